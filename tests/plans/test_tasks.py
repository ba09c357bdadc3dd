"""What a worker does with a build: solve it, then look for remedies, unless something better waits."""

import threading

import pytest

from scheduler import jobs
from scheduler.database import session, transaction
from scheduler.plans import ledger, queries, remedies, service, tasks
from scheduler.plans.models import Plan
from tests.centre import make_request
from tests.plans import remedy_week
from tests.plans.remedy_week import found, made
from tests.plans.week import QUICK, WEEK, Centre


@pytest.fixture
def queue(sqlite_database, tmp_path, monkeypatch):
    jobs.configure(f"sqlite:///{tmp_path / 'queue.db'}")
    monkeypatch.setattr(tasks, "pace", QUICK)
    yield
    jobs.close()


def order(seconds=5):
    with transaction():
        centre = Centre()
        make_request(centre.project, centre.chamber, code="R-1", minutes=90 * 60)
        make_request(centre.project, centre.chamber, code="R-2")
        return service.order_build(centre.site, WEEK, time_limit_seconds=seconds).id


def test_the_draft_stands_before_anybody_looks_for_remedies(queue, monkeypatch):
    run_id = order()
    monkeypatch.setattr(remedies, "explain", lambda *_args, **_values: pytest.fail("looked at once"))
    tasks.solve(run_id)
    run = queries.get_run(run_id)
    assert (run.state, run.plan.state) == ("done", "draft")
    assert jobs.pending(remedies.MESSAGE) == {run.plan_id}


def test_a_search_brings_the_remedies(queue):
    _, plan_id = made(remedy_week.in_the_way)
    tasks.look_for_remedies(plan_id)
    assert found(plan_id)["R-2"].remedies
    assert jobs.pending(remedies.MESSAGE) == set()


def test_a_plan_that_places_all_calls_nobody(queue):
    with transaction():
        centre = Centre()
        make_request(centre.project, centre.chamber)
        run_id = service.order_build(centre.site, WEEK, time_limit_seconds=5).id
    tasks.solve(run_id)
    assert queries.get_run(run_id).plan.state == "draft"
    assert jobs.pending(remedies.MESSAGE) == set()


def test_a_build_that_waits_comes_first_and_the_search_after_it(queue):
    _, plan_id = made(remedy_week.in_the_way)
    with transaction():
        waiting = service.order_build(queries.get_plan(plan_id).site, WEEK, time_limit_seconds=5).id
    tasks.look_for_remedies(plan_id)
    assert found(plan_id) == {}
    assert ledger.waiting() == [waiting]
    in_order = [task.args[:2] for task in jobs._configured().huey.pending()]
    assert in_order == [(service.MESSAGE, waiting), (remedies.MESSAGE, plan_id)]


def test_a_worker_that_has_to_go_leaves_the_search_to_the_next(queue, monkeypatch):
    _, plan_id = made(remedy_week.in_the_way)
    leaving = threading.Event()
    leaving.set()
    monkeypatch.setattr(jobs, "_leaving", leaving)
    tasks.look_for_remedies(plan_id)
    assert found(plan_id) == {}
    assert jobs.pending(remedies.MESSAGE) == {plan_id}
    leaving.clear()
    tasks.look_for_remedies(plan_id)
    assert found(plan_id)["R-2"].remedies


@pytest.mark.parametrize("state", ["published", "stale", "failed"])
def test_a_plan_that_is_no_draft_is_left_alone(queue, state):
    _, plan_id = made(remedy_week.in_the_way)
    with transaction():
        queries.get_plan(plan_id).state = state
    before = dict(queries.get_plan(plan_id).solution)
    tasks.look_for_remedies(plan_id)
    session.expire_all()
    assert session.get_one(Plan, plan_id).solution == before
    assert jobs.pending(remedies.MESSAGE) == set()


def test_a_plan_that_is_gone_is_passed_over(queue):
    order()
    tasks.look_for_remedies(99)
    assert jobs.pending(remedies.MESSAGE) == set()


def test_a_queue_that_is_away_costs_only_the_remedies(queue, monkeypatch):
    def away(*_args):
        raise OSError("no queue")

    _, plan_id = made(remedy_week.in_the_way)
    monkeypatch.setattr(jobs, "send", away)
    remedies.call(plan_id)
    assert queries.get_plan(plan_id).state == "draft"
