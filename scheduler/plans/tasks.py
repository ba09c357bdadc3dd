"""What a worker does for plans: solve what is ordered, and look after what was left lying."""

import os
import socket
import threading
import time

from scheduler import jobs
from scheduler.database import session, transaction, utc_now
from scheduler.plans import ledger, remedies, service
from scheduler.plans.ledger import Pace
from scheduler.plans.models import Plan, SolveRun
from scheduler.plans.solving import solve_run

SWEEP_SECONDS = 2.0
LOOK_SECONDS = 0.5
"""Between two looks at whether a build waits."""

pace = Pace()
"""How long a run of this process's workers may be silent; tests are less patient."""


def worker_name() -> str:
    """Who it is: machine, process, thread."""
    return f"{socket.gethostname()}/{os.getpid()}/{threading.get_ident() % 100_000}"


@jobs.on_message(service.MESSAGE)
def solve(run_id: int) -> None:
    """Solve a run, and call for the next of those that waited for it."""
    is_mine = solve_run(run_id, worker_name(), leaving=jobs.is_leaving, pace=pace)
    if jobs.is_leaving():
        return
    call_for_waiting()
    if is_mine:
        _order_remedies(run_id)


@jobs.on_message(remedies.MESSAGE)
def look_for_remedies(plan_id: int) -> None:
    """Look for what would place what a draft leaves out; a build that waits comes first."""
    with transaction(reason="a worker looks for remedies"):
        plan = session.get(Plan, plan_id)
        is_announced = plan is not None and remedies.announce(plan, utc_now())
    if is_announced and not remedies.look_for(plan_id, stop=_Break()):
        call_for_waiting()
        remedies.call(plan_id)


@jobs.chore(every_seconds=SWEEP_SECONDS)
def look_after_runs() -> None:
    """Take up runs whose worker died, and those whose message was lost."""
    if ledger.is_any_over():
        session.rollback()
        with transaction(reason="the worker of a build died"):
            ledger.sweep()
    call_for_waiting()


def _order_remedies(run_id: int) -> None:
    """Once the draft stands; after the builds that wait, because messages come in their order."""
    with transaction(reason="the draft stands"):
        run = session.get_one(SolveRun, run_id)
        plan_id, is_announced = run.plan_id, remedies.announce(run.plan, utc_now())
    if is_announced:
        remedies.call(plan_id)


class _Break:
    """Whether a worker has something better to do than to look for remedies."""

    def __init__(self) -> None:
        self._asked_at, self._said = 0.0, False

    def __call__(self) -> bool:
        if jobs.is_leaving() or self._said:
            return True
        if time.monotonic() - self._asked_at >= LOOK_SECONDS:
            self._asked_at = time.monotonic()
            self._said = bool(ledger.waiting())
            session.rollback()
        return self._said


def call_for_waiting() -> None:
    """A message for each run that could start and has none."""
    waiting = ledger.waiting()
    session.rollback()
    if waiting:
        called = jobs.pending(service.MESSAGE)
        for run_id in waiting:
            if run_id not in called:
                service.enqueue(run_id)
