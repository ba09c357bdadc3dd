"""What a worker does for plans: solve what is ordered, and look after what was left lying."""

import os
import socket
import threading

from scheduler import jobs
from scheduler.database import session, transaction
from scheduler.plans import ledger, service
from scheduler.plans.ledger import Pace
from scheduler.plans.solving import solve_run

SWEEP_SECONDS = 2.0

pace = Pace()
"""How long a run of this process's workers may be silent; tests are less patient."""


def worker_name() -> str:
    """Who it is: machine, process, thread."""
    return f"{socket.gethostname()}/{os.getpid()}/{threading.get_ident() % 100_000}"


@jobs.on_message(service.MESSAGE)
def solve(run_id: int) -> None:
    """Solve a run, and call for the next of those that waited for it."""
    solve_run(run_id, worker_name(), leaving=jobs.is_leaving, pace=pace)
    if not jobs.is_leaving():
        call_for_waiting()


@jobs.chore(every_seconds=SWEEP_SECONDS)
def look_after_runs() -> None:
    """Take up runs whose worker died, and those whose message was lost."""
    if ledger.is_any_over():
        session.rollback()
        with transaction(reason="the worker of a build died"):
            ledger.sweep()
    call_for_waiting()


def call_for_waiting() -> None:
    """A message for each run that could start and has none."""
    waiting = ledger.waiting()
    session.rollback()
    if waiting:
        called = jobs.pending(service.MESSAGE)
        for run_id in waiting:
            if run_id not in called:
                service.enqueue(run_id)
