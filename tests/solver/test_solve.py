"""`solve` as its callers see it."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from solver import Options, ProblemError, Weights, solve, verify
from solver.problem import Mode, Need
from tests.benchmarks.weeks_problem import DATA, problem_from_week, read_week
from tests.solver.plans import activity, put, week
from tests.solver.rules import pinned, staff

SHORT = Options(time_limit=10, workers=1)


@pytest.fixture(scope="module")
def small():
    return problem_from_week(read_week(DATA / "small-1.json"))


@pytest.fixture(scope="module")
def weekly():
    return problem_from_week(read_week(DATA / "weekly-1.json"))


def check(problem, solution):
    verdict = verify(problem, solution.assignments)
    assert verdict.violations == ()
    assert solution.objective == pytest.approx(verdict.objective)
    placed = {part.activity for part in solution.assignments}
    unplaced = [entry.activity for entry in solution.unplaced]
    assert [each.id for each in problem.activities if each.id not in placed] == unplaced
    assert solution.bound is not None
    assert solution.bound >= solution.objective - 1e-6
    if not any(each.mandatory for each in problem.activities):
        objectives = [progress.objective for progress in solution.history]
        assert objectives == sorted(objectives)
    bounds = [progress.bound for progress in solution.history if progress.bound is not None]
    assert bounds == sorted(bounds, reverse=True)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_small_week_is_proven_optimal(small, workers):
    solution = solve(small, Options(time_limit=60, workers=workers))
    check(small, solution)
    assert (solution.objective, solution.bound, solution.status) == (1412, 1412, "optimal")
    assert solution.gap == 0


def test_a_week_gets_better_than_greedy(weekly):
    solution = solve(weekly, Options(time_limit=60, workers=2, max_rounds=4))
    check(weekly, solution)
    assert solution.status == "feasible"
    assert solution.objective > 17_000


def test_the_answer_is_the_same_each_time(weekly):
    options = Options(time_limit=120, workers=1, seed=3, max_rounds=3)
    one, other = solve(weekly, options), solve(weekly, options)
    assert one.assignments == other.assignments
    assert one.unplaced == other.unplaced


def test_a_faulty_problem_is_refused_with_all_its_faults():
    bad = replace(activity("x"), modes=(Mode("m", ("nowhere",)),), setup=-1)
    with pytest.raises(ProblemError) as refusal:
        solve(replace(week(activity("y")), activities=(bad,)))
    assert len(refusal.value.faults) == 2


def test_stop_keeps_the_best_so_far(weekly):
    said = []

    def stop():
        if not said and time.monotonic() - begun > 0.5:
            said.append(time.monotonic())
        return bool(said)

    begun = time.monotonic()
    solution = solve(weekly, Options(time_limit=120, workers=2), stop=stop)
    check(weekly, solution)
    assert solution.status == "stopped"
    # Generous: the promise is 0.3 s on a machine of its own.
    assert time.monotonic() - said[0] < 10


def test_stopped_at_once_it_still_answers(weekly):
    solution = solve(weekly, SHORT, stop=lambda: True)
    check(weekly, solution)
    assert solution.assignments
    assert solution.status == "stopped"


def test_progress_tells_each_improvement_with_its_schedule(weekly):
    told = []
    solution = solve(
        weekly,
        Options(time_limit=60, workers=1, max_rounds=2),
        on_progress=lambda progress, parts: told.append((progress, parts)),
    )
    assert told
    for progress, parts in told:
        verdict = verify(weekly, parts)
        assert verdict.violations == ()
        assert progress.objective == pytest.approx(verdict.objective)
        assert progress.placed == len({part.activity for part in parts})
        assert progress.asked == 300
    assert {progress.objective for progress in solution.history} <= {p.objective for p, _ in told}


def test_it_never_returns_less_than_its_start(weekly):
    first = solve(weekly, Options(time_limit=60, workers=1, max_rounds=3))
    again = solve(weekly, Options(time_limit=60, workers=1, max_rounds=0), start=first.assignments)
    check(weekly, again)
    assert again.objective >= first.objective


def test_what_still_fits_of_a_start_is_taken():
    problem = week(activity("x", value=1), activity("y", value=1), pinned("b", 0, 4))
    start = (put("x", 2), put("y", 9), put("gone", 5), put("b", 3))
    solution = solve(problem, Options(time_limit=5, workers=1, max_rounds=0), start=start)
    check(problem, solution)
    where = {part.activity: part.start for part in solution.assignments}
    assert where["y"] == 9
    assert where["b"] == 0
    assert "x" in where


def test_an_executor_of_the_caller_is_used_and_left_open(small):
    with ThreadPoolExecutor(1) as threads:
        assert solve(small, Options(time_limit=60, workers=1), threads).status == "optimal"
        assert threads.submit(lambda: 5).result() == 5


def test_nothing_to_place_is_solved_at_once():
    for problem in (week(), week(pinned("b", 0))):
        solution = solve(problem, SHORT)
        check(problem, solution)
        assert solution.status == "optimal"


def test_mandatory_comes_before_any_value():
    problem = week(activity("x", 12, value=99), activity("must", 12, value=1, mandatory=True))
    solution = solve(problem, SHORT)
    check(problem, solution)
    assert [part.activity for part in solution.assignments] == ["must"]
    assert solution.unplaced[0].reason.blockers[0].activities == ("must",)


def test_as_many_mandatory_as_possible_are_placed():
    long = activity("long", 16, value=50, mandatory=True)
    problem = week(long, *(activity(f"s{i}", 8, value=1, mandatory=True) for i in range(2)))
    solution = solve(problem, SHORT)
    check(problem, solution)
    assert {part.activity for part in solution.assignments} == {"s0", "s1"}


def test_a_pin_that_finds_nobody_is_answered_with_a_reason():
    problem = week(pinned("b", 0, needs=(Need("operator"),)), people=(staff("ann", "inspector"),))
    solution = solve(problem, SHORT)
    check(problem, solution)
    assert [entry.activity for entry in solution.unplaced] == ["b"]


def test_elastic_runs_share_what_there_is():
    problem = week(
        activity("x", wish=15, least=4, value=30, setup=1),
        activity("y", wish=15, least=4, value=15, setup=1),
        weights=Weights(lateness=0.0),
    )
    solution = solve(problem, SHORT)
    check(problem, solution)
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx(2 * 14 + 4)
