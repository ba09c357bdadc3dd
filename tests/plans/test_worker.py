"""A real worker process, killed in the middle of a build: nothing is lost."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scheduler import jobs
from scheduler.database import session, transaction, utc_now
from scheduler.plans import queries, remedies, service
from scheduler.plans.models import SolveRun
from tests.centre import make_request, make_resource
from tests.plans.week import WEEK, Centre

WORKER = """
from scheduler.config import load_config
from scheduler import jobs
from scheduler.plans import tasks
from scheduler.plans.ledger import Pace
tasks.pace = Pace(lease_seconds=2.0, heartbeat_seconds=0.4, listen_seconds=0.1, store_seconds=0.2)
print("ready", flush=True)
jobs.run_worker(load_config())
print("left", flush=True)
"""


class Workers:
    """Worker processes of one instance; all of them end with the test."""

    def __init__(self, tmp_path, database_url, queue_url):
        self.environ = os.environ | {
            "MARKAZ_INSTANCE": str(tmp_path / "instance"),
            "MARKAZ_DATABASE_URL": database_url,
            "MARKAZ_QUEUE_URL": queue_url,
        }
        self.processes = []

    def start(self):
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            env=self.environ,
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    def end(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait(10)
            process.stdout.close()


@pytest.fixture(params=["sqlite", "postgres"])
def workers(request, tmp_path):
    """Ledger and queue both on SQLite, both on PostgreSQL."""
    database_url = request.getfixturevalue(f"{request.param}_database")
    if request.param == "sqlite":
        queue_url = f"sqlite:///{tmp_path / 'queue.db'}"
    else:
        queue_url = database_url.replace("postgresql+psycopg", "postgresql")
    jobs.configure(queue_url)
    made = Workers(tmp_path, database_url, queue_url)
    yield made
    made.end()
    jobs.close()


def order_long_build(seconds):
    """More requests than fit, so that the search goes on until the time is up."""
    with transaction():
        centre = Centre()
        others = [make_resource(centre.site, f"TV-{n}", calendar=centre.day) for n in range(2, 5)]
        for number in range(110):
            make_request(
                centre.project,
                centre.chamber,
                *others,
                code=f"R-{number}",
                minutes=75 + 15 * (number % 11),
                value=50 + number * 37 % 83,
            )
        run_id = service.order_build(centre.site, WEEK, time_limit_seconds=seconds, workers=1).id
    service.enqueue(run_id)
    return run_id


def wait_for(run_id, condition, seconds=40):
    deadline = time.monotonic() + seconds
    while True:
        session.rollback()
        run = session.get_one(SolveRun, run_id)
        if condition(run):
            return run
        assert time.monotonic() < deadline, (run.state, run.attempt, run.error, run.heartbeat_at)
        time.sleep(0.05)


def test_a_build_whose_worker_is_killed_ends_done_at_the_second_attempt(workers):
    first = workers.start()
    run_id = order_long_build(seconds=5)
    wait_for(run_id, lambda run: run.state == "running" and run.best_solution is not None)
    first.send_signal(signal.SIGKILL)
    first.wait(10)
    killed_at = time.monotonic()
    session.rollback()
    before = session.get_one(SolveRun, run_id)
    assert (before.state, before.attempt) == ("running", 1)
    best = before.objective
    workers.start()
    wait_for(run_id, lambda run: run.attempt == 2)
    assert time.monotonic() - killed_at < 15
    run = wait_for(run_id, lambda run: run.state in queries.ENDED)
    assert (run.state, run.attempt, run.plan.state) == ("done", 2, "draft")
    assert run.objective >= best
    assert run.history[0][0] < run.history[-1][0]


@pytest.mark.parametrize("workers", ["sqlite"], indirect=True)
def test_a_worker_that_is_told_to_go_puts_its_build_back(workers):
    first = workers.start()
    run_id = order_long_build(seconds=60)
    wait_for(run_id, lambda run: run.state == "running" and run.best_solution is not None)
    first.send_signal(signal.SIGTERM)
    assert first.wait(20) == 0
    run = wait_for(run_id, lambda run: run.state == "queued")
    assert run.attempt == 1
    workers.start()
    wait_for(run_id, lambda run: run.state == "running")
    with transaction():
        service.request_stop(session.get_one(SolveRun, run_id))
    assert wait_for(run_id, lambda run: run.state in queries.ENDED).state == "done"


@pytest.mark.parametrize("workers", ["sqlite"], indirect=True)
def test_a_run_whose_message_was_lost_is_found(workers):
    with transaction():
        centre = Centre()
        make_request(centre.project, centre.chamber)
        run_id = service.order_build(centre.site, WEEK, time_limit_seconds=2, workers=1).id
    workers.start()
    assert wait_for(run_id, lambda run: run.state in queries.ENDED).state == "done"


def test_the_draft_is_there_first_and_then_what_would_place_what_it_leaves_out(workers):
    with transaction():
        centre = Centre()
        make_request(centre.project, centre.chamber, code="R-1", minutes=600, value=900)
        make_request(centre.project, centre.chamber, code="R-2", minutes=660)
        run_id = service.order_build(centre.site, WEEK, time_limit_seconds=5, workers=1).id
    workers.start()
    service.enqueue(run_id)
    plan_id = wait_for(run_id, lambda run: run.state == "done").plan_id
    run = wait_for(run_id, lambda run: remedies.found_of(run.plan))
    assert [each.is_settled for each in remedies.found_of(run.plan).values()] == [True]
    assert {each.remedy.kind for each in remedies.found_of(run.plan)["R-2"].remedies} >= {"shorter_run"}
    wait_for(run_id, lambda run: not remedies.is_looking(run.plan, utc_now()))
    assert queries.get_plan(plan_id).state == "draft"
