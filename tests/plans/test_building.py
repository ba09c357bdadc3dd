"""Building in this process, whoever else is at work."""

import threading
from datetime import timedelta

import pytest

from scheduler.database import session, transaction, utc_now
from scheduler.plans import building, ledger, queries, service
from scheduler.plans.models import SolveRun
from tests.centre import make_request
from tests.plans.week import QUICK, WEEK, Centre


@pytest.fixture
def centre(sqlite_database, monkeypatch):
    monkeypatch.setattr(building, "_LOOK_SECONDS", 0.02)
    with transaction():
        made = Centre()
        make_request(made.project, made.chamber)
    return made


def order(centre):
    with transaction():
        return service.order_build(centre.site, WEEK).id


def claim(run_id):
    with transaction():
        return ledger.claim(run_id, "another", QUICK)


def run_of(run_id):
    session.rollback()
    return session.get_one(SolveRun, run_id)


def after_looks(number, work):
    """A stop that never stops, but does `work` when it is asked for the n-th time."""
    asked = []

    def stop():
        asked.append(1)
        if len(asked) == number:
            work()
        return False

    return stop


def in_its_own_session(work):
    """Done by another thread, as another process would."""

    def run():
        thread = threading.Thread(target=lambda: (work(), session.remove()))
        thread.start()
        thread.join()

    return run


def test_a_build_waits_for_its_turn_at_the_site(centre):
    first, second = order(centre), order(centre)
    mine = claim(first)

    @in_its_own_session
    def finish():
        with transaction():
            ledger.close(mine, "done")

    building.build(second, stop=after_looks(3, finish), pace=QUICK)
    assert run_of(second).state == "done"
    assert "another" not in run_of(second).worker


def test_a_build_that_a_worker_took_is_followed_to_its_end(centre):
    run_id = order(centre)
    mine = claim(run_id)
    told = []

    @in_its_own_session
    def finish():
        with transaction():
            ledger.close(mine, "done", ledger.Standing(7.0, None, 1, 1, 1, []))

    @in_its_own_session
    def tell():
        with transaction():
            ledger.beat(mine, QUICK, ledger.Standing(5.0, 9.0, 1, 1, 1, []))
        session.remove()

    tell()
    building.build(run_id, told.append, stop=after_looks(3, finish), pace=QUICK)
    assert {(progress.objective, progress.bound) for progress in told} == {(5.0, 9.0)}
    assert run_of(run_id).worker == "another"


def test_a_build_steps_in_when_the_worker_dies(centre):
    run_id = order(centre)
    claim(run_id)
    with transaction():
        session.get_one(SolveRun, run_id).lease_until = utc_now() - timedelta(seconds=1)
    building.build(run_id, pace=QUICK)
    run = run_of(run_id)
    assert (run.state, run.attempt, run.plan.state) == ("done", 2, "draft")


def test_stop_reaches_the_worker_that_has_the_run(centre):
    run_id = order(centre)
    mine = claim(run_id)

    def close_once_asked():
        while ledger.listen(mine) != "stop":
            session.rollback()
        session.rollback()
        with transaction():
            ledger.close(mine, "done")
        session.remove()

    worker = threading.Thread(target=close_once_asked)
    worker.start()
    building.build(run_id, stop=lambda: True, pace=QUICK)
    worker.join(10)
    assert run_of(run_id).cancel_requested


def test_a_build_that_fails_says_why(centre, monkeypatch):
    from scheduler.plans import solving

    def fall_over(*_args, **_values):
        raise RuntimeError("the search is broken")

    monkeypatch.setattr(solving, "solve", fall_over)
    run_id = order(centre)
    building.build(run_id, pace=QUICK)
    assert (run_of(run_id).state, run_of(run_id).error) == ("failed", "RuntimeError: the search is broken")
    assert queries.progress(run_of(run_id))["is_over"]
