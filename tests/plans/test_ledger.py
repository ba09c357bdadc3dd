"""Who may write to a run, and what becomes of one whose worker is silent."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduler.database import session, transaction, utc_now
from scheduler.outbox import OutboxMessage
from scheduler.plans import ledger, service
from scheduler.plans.ledger import Pace, Standing
from scheduler.plans.models import Plan, SolveRun
from tests.centre import make_request
from tests.plans.week import WEEK, Centre

PACE = Pace()


@pytest.fixture
def centre(any_database):
    with transaction():
        made = Centre()
        make_request(made.project, made.chamber)
    return made


def order(centre):
    with transaction():
        return service.order_build(centre.site, WEEK).id


def claim(run_id, worker="w", pace=PACE):
    with transaction():
        return ledger.claim(run_id, worker, pace)


def sweep():
    with transaction():
        return ledger.sweep()


def run_of(run_id):
    session.rollback()
    return session.get_one(SolveRun, run_id)


def silence(run_id):
    """As if the worker had given no sign of life for longer than its lease."""
    with transaction():
        session.get_one(SolveRun, run_id).lease_until = utc_now() - timedelta(seconds=1)


def standing(objective=5.0):
    return Standing(objective, 9.0, 1, 2, 1, [(0.5, objective, 9.0)], {"assignments": []})


def test_a_run_is_claimed_once(centre):
    run_id = order(centre)
    mine = claim(run_id, "first")
    assert (mine.run_id, mine.attempt) == (run_id, 1)
    assert claim(run_id, "second") is None
    run = run_of(run_id)
    assert (run.state, run.worker, run.attempt) == ("running", "first", 1)
    assert run.lease_until - run.heartbeat_at == timedelta(seconds=PACE.lease_seconds)


def test_one_run_of_a_site_is_at_work_and_the_others_wait_for_it(centre):
    first, second = order(centre), order(centre)
    mine = claim(first)
    assert claim(second) is None
    assert ledger.waiting() == []
    with transaction():
        assert ledger.close(mine, "done")
    assert ledger.waiting() == [second]
    assert claim(second) is not None


def test_runs_of_two_sites_are_at_work_together(centre):
    with transaction():
        other = Centre(code="OTHER", name="Other")
        make_request(other.project, other.chamber)
    first, second = order(centre), order(other)
    assert ledger.waiting() == [first, second]
    assert claim(first) and claim(second)


def test_signs_of_life_extend_the_lease_and_carry_the_best_so_far(centre):
    run_id = order(centre)
    mine = claim(run_id)
    before = run_of(run_id).lease_until
    with transaction():
        assert ledger.beat(mine, PACE, standing()) == "go on"
    run = run_of(run_id)
    assert run.lease_until > before
    assert (run.objective, run.bound, run.placed, run.asked, run.solutions) == (5.0, 9.0, 1, 2, 1)
    assert (run.history, run.best_solution) == ([[0.5, 5.0, 9.0]], {"assignments": []})


def test_a_run_with_signs_of_life_is_left_alone(centre):
    run_id = order(centre)
    claim(run_id)
    assert not ledger.is_any_over()
    assert sweep() == []
    assert run_of(run_id).state == "running"


def test_a_silent_run_goes_back_to_the_queue_with_its_best_solution(centre):
    run_id = order(centre)
    mine = claim(run_id)
    with transaction():
        ledger.beat(mine, PACE, standing())
    silence(run_id)
    assert ledger.is_any_over()
    assert sweep() == []
    run = run_of(run_id)
    assert (run.state, run.worker, run.best_solution) == ("queued", None, {"assignments": []})
    assert claim(run_id, "second").attempt == 2


def test_a_worker_that_comes_back_late_changes_nothing(centre):
    run_id = order(centre)
    late = claim(run_id, "first")
    silence(run_id)
    sweep()
    claim(run_id, "second")
    before = {column.key: getattr(run_of(run_id), column.key) for column in SolveRun.__table__.columns}
    with transaction():
        assert ledger.beat(late, PACE, standing(99.0)) == "lost"
        assert ledger.listen(late) == "lost"
        assert not ledger.close(late, "done", standing(99.0))
        assert not ledger.close(late, "failed", error="late")
        assert not ledger.give_back(late)
    after = {column.key: getattr(run_of(run_id), column.key) for column in SolveRun.__table__.columns}
    assert after == before


def test_a_worker_that_comes_back_before_anybody_took_over_has_lost_the_run_as_well(centre):
    run_id = order(centre)
    late = claim(run_id)
    silence(run_id)
    sweep()
    with transaction():
        assert ledger.beat(late, PACE) == "lost"
    assert run_of(run_id).state == "queued"


def test_after_the_third_silence_the_run_has_failed_and_a_message_waits(centre):
    run_id = order(centre)
    for attempt in (1, 2, 3):
        assert claim(run_id).attempt == attempt
        silence(run_id)
        assert sweep() == ([run_id] if attempt == 3 else [])
    run = run_of(run_id)
    assert run.state == "failed"
    assert "broken off 3 times" in run.error
    assert run.plan.state == "failed"
    (message,) = session.scalars(select(OutboxMessage).where(OutboxMessage.topic == "plans.failed"))
    assert message.body["plan"] == run.plan_id
    assert claim(run_id) is None


def test_a_worker_that_has_to_go_gives_the_run_back(centre):
    run_id = order(centre)
    with transaction():
        mine = ledger.claim(run_id, "w", PACE)
        assert ledger.give_back(mine)
    assert run_of(run_id).state == "queued"
    assert ledger.waiting() == [run_id]


def test_a_worker_hears_that_somebody_asked_to_stop(centre):
    run_id = order(centre)
    mine = claim(run_id)
    assert ledger.listen(mine) == "go on"
    with transaction():
        service.request_stop(run_of(run_id))
    assert ledger.listen(mine) == "stop"
    with transaction():
        assert ledger.beat(mine, PACE) == "stop"


def test_a_run_that_has_not_begun_is_called_off(centre):
    run_id = order(centre)
    with transaction():
        service.request_stop(run_of(run_id))
    run = run_of(run_id)
    assert (run.state, session.get_one(Plan, run.plan_id).state) == ("cancelled", "failed")
    assert claim(run_id) is None


def test_the_curve_is_kept_in_bounds(centre):
    run_id = order(centre)
    mine = claim(run_id)
    points = [(float(i), float(i), None) for i in range(ledger.MOST_HISTORY + 100)]
    with transaction():
        ledger.beat(mine, PACE, Standing(1.0, None, 1, 1, 1, points))
    assert len(run_of(run_id).history) == ledger.MOST_HISTORY
