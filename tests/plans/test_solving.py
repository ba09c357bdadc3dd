"""Working on a run: what is kept, what is refused, who is heard."""

import threading
import time
from dataclasses import replace

import pytest

from scheduler.database import session, transaction, utc_now
from scheduler.plans import ledger, queries, service, solving
from scheduler.plans.models import SolveRun
from scheduler.plans.solving import solve_run, with_all_reasons
from solver import (
    Activity,
    Assignment,
    Mode,
    Options,
    Problem,
    Progress,
    Reason,
    Resource,
    Solution,
    Unplaced,
    solve,
)
from tests.centre import make_request
from tests.plans.week import QUICK, WEEK, Centre


@pytest.fixture
def centre(sqlite_database):
    with transaction():
        made = Centre()
        make_request(made.project, made.chamber, code="R-1", minutes=120)
        make_request(made.project, made.chamber, code="R-2", minutes=180)
    return made


def order(centre, **options):
    with transaction():
        return service.order_build(centre.site, WEEK, **options).id


def run_of(run_id):
    session.rollback()
    return session.get_one(SolveRun, run_id)


def answering(monkeypatch, change):
    """The solver's answer, changed on its way."""
    monkeypatch.setattr(solving, "solve", lambda *args, **values: change(solve(*args, **values)))


class Endless:
    """A solver that tells of one placed activity, and goes on until somebody says stop."""

    def __init__(self, monkeypatch, *, places=1):
        self.places, self.told, self.start = places, threading.Event(), None
        monkeypatch.setattr(solving, "solve", self)

    def __call__(self, problem: Problem, options, *, on_progress, stop, start) -> Solution:
        self.start = start
        best = solve(problem, replace(options, max_rounds=0))
        kept = best.assignments[: self.places]
        part = sum(a.value for a in problem.activities if a.id in {each.activity for each in kept})
        on_progress(Progress(0.1, float(part), 9999.0, len(kept), len(problem.activities)), kept)
        self.told.set()
        deadline = time.monotonic() + 20
        while not stop():
            assert time.monotonic() < deadline, "nobody said stop"
            time.sleep(0.01)
        return replace(best, assignments=kept, objective=float(part), bound=9999.0, status="stopped")


def in_thread(work):
    def run():
        try:
            work()
        finally:
            session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.02)


def test_progress_is_told_without_what_is_pinned(centre):
    told = []
    assert solve_run(order(centre), "w", told.append, pace=QUICK)
    assert (told[-1].placed, told[-1].asked, told[-1].objective) == (2, 2, 300.0)


def test_a_run_that_is_taken_is_left_alone(centre):
    run_id = order(centre)
    with transaction():
        ledger.claim(run_id, "another", QUICK)
    assert not solve_run(run_id, "w", pace=QUICK)
    assert run_of(run_id).worker == "another"


def test_no_transaction_is_open_while_the_solver_thinks(centre, monkeypatch):
    seen = []

    def look(*args, **values):
        seen.append(session().in_transaction())
        return solve(*args, **values)

    monkeypatch.setattr(solving, "solve", look)
    solve_run(order(centre), "w", pace=QUICK)
    assert seen == [False]


def test_the_best_so_far_stands_in_the_ledger_while_the_solver_thinks(centre, monkeypatch):
    endless, run_id = Endless(monkeypatch), order(centre)
    thread = in_thread(lambda: solve_run(run_id, "w", pace=QUICK))
    until(lambda: run_of(run_id).best_solution is not None)
    shown = queries.progress(run_of(run_id))
    assert (shown["state"], shown["placed"], shown["asked"], shown["bound"]) == ("running", 1, 2, 9999.0)
    assert shown["history"][0][1:] == [shown["objective"], 9999.0]
    assert len(run_of(run_id).best_solution["assignments"]) == 1
    first = run_of(run_id).heartbeat_at
    until(lambda: run_of(run_id).heartbeat_at > first)
    with transaction():
        service.request_stop(run_of(run_id))
    thread.join(10)
    assert endless.told.is_set()


def test_stop_keeps_the_best(centre, monkeypatch):
    endless, run_id = Endless(monkeypatch), order(centre)
    thread = in_thread(lambda: solve_run(run_id, "w", pace=QUICK))
    endless.told.wait(10)
    asked_at = time.monotonic()
    with transaction():
        service.request_stop(run_of(run_id))
    thread.join(10)
    assert time.monotonic() - asked_at < 5
    run = run_of(run_id)
    assert (run.state, run.plan.state, run.plan.placed, run.plan.asked) == ("done", "draft", 1, 2)
    assert len(run.plan.solution["answer"]["assignments"]) == 1


def test_a_later_attempt_starts_from_the_best_and_its_curve_goes_on(centre, monkeypatch):
    best = {"assignments": [{"activity": "R-2", "part": 1, "mode": "1", "start": 32, "duration": 12}]}
    run_id = order(centre, time_limit_seconds=20)
    with transaction():
        row = session.get_one(SolveRun, run_id)
        row.attempt, row.best_solution, row.history = 1, best, [[8.0, 180.0, 300.0]]
        row.started_at, row.solutions = utc_now(), 3
    seen = {}

    def look(problem, options, **values):
        seen.update(values, options=options)
        return solve(problem, options, **values)

    monkeypatch.setattr(solving, "solve", look)
    solve_run(run_id, "w", pace=QUICK)
    assert seen["start"] == (Assignment("R-2", 1, "1", 32, 12),)
    assert seen["options"].time_limit == 12.0
    run = run_of(run_id)
    assert (run.state, run.attempt) == ("done", 2)
    assert run.history[0] == [8.0, 180.0, 300.0]
    assert run.solutions > 3


def breaks_a_rule(solution):
    first, *others = solution.assignments
    return replace(solution, assignments=(replace(first, start=0), *others))


def overstates(solution):
    return replace(solution, objective=solution.objective + 1)


def invents(solution):
    return replace(solution, assignments=(*solution.assignments, Assignment("R-9", 1, "1", 40, 4)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (breaks_a_rule, "broke 1 rules"),
        (overstates, "claims to be worth 301 and is worth 300"),
        (invents, "R-9"),
    ],
)
def test_an_answer_that_does_not_pass_the_second_opinion_never_becomes_a_plan(
    centre, monkeypatch, change, words
):
    answering(monkeypatch, change)
    run_id = order(centre)
    assert solve_run(run_id, "w", pace=QUICK)
    run = run_of(run_id)
    assert run.state == "failed"
    assert words in run.error
    assert "fault of the program" in run.error
    assert (run.plan.state, run.plan.solution["answer"]) == ("failed", None)
    assert service.latest_draft(centre.site) is None


def test_a_solver_that_falls_over_is_marked_failed_and_an_earlier_draft_stays(centre, monkeypatch):
    first = order(centre)
    solve_run(first, "w", pace=QUICK)

    def fall_over(*_args, **_values):
        raise MemoryError("no more")

    monkeypatch.setattr(solving, "solve", fall_over)
    second = order(centre)
    solve_run(second, "w", pace=QUICK)
    assert (run_of(second).state, run_of(second).error) == ("failed", "MemoryError: no more")
    assert service.latest_draft(centre.site).id == run_of(first).plan_id


def test_a_worker_that_was_given_up_ends_and_changes_nothing(centre, monkeypatch):
    endless, run_id = Endless(monkeypatch), order(centre)
    thread = in_thread(lambda: solve_run(run_id, "slow", pace=QUICK))
    endless.told.wait(10)
    # As if it had been silent for too long, and another worker had taken over.
    with transaction():
        row = session.get_one(SolveRun, run_id)
        row.attempt, row.worker = 2, "quick"
    thread.join(10)
    assert not thread.is_alive()
    run = run_of(run_id)
    assert (run.state, run.attempt, run.worker, run.plan.state) == ("running", 2, "quick", "building")


def test_a_worker_that_has_to_go_leaves_the_best_for_the_next(centre, monkeypatch):
    endless, run_id = Endless(monkeypatch), order(centre)
    leaving = threading.Event()
    thread = in_thread(lambda: solve_run(run_id, "w", leaving=leaving.is_set, pace=QUICK))
    endless.told.wait(10)
    leaving.set()
    thread.join(10)
    run = run_of(run_id)
    assert (run.state, run.attempt, run.plan.state) == ("queued", 1, "building")
    assert len(run.best_solution["assignments"]) == 1
    monkeypatch.setattr(solving, "solve", solve)
    assert solve_run(run_id, "next", pace=QUICK)
    assert (run_of(run_id).state, run_of(run_id).attempt) == ("done", 2)


def test_reasons_that_a_stopped_solve_had_no_time_for_are_found_afterwards():
    shaker = (Mode("m", ("shaker",)),)
    problem = Problem(
        5, tuple(Activity(n, shaker, 4, 4, value=v) for n, v in (("a", 2), ("b", 1))), (Resource("shaker"),)
    )
    whole = solve(problem, Options(time_limit=5, workers=1))
    assert with_all_reasons(problem, whole) is whole
    stopped = replace(whole, unplaced=(Unplaced("b", Reason(())),))
    assert with_all_reasons(problem, stopped).unplaced == whole.unplaced
