"""Building a plan to its end in this process: for the command line and the demo."""

import os
import socket
import time
from collections.abc import Callable

from scheduler.database import session, transaction
from scheduler.plans import ledger, queries
from scheduler.plans.ledger import Pace
from scheduler.plans.service import request_stop
from scheduler.plans.solving import OnProgress, never, solve_run
from solver import Progress

_LOOK_SECONDS = 0.5


def build(
    run_id: int,
    on_progress: OnProgress | None = None,
    *,
    stop: Callable[[], bool] = never,
    pace: Pace = Pace(),
) -> None:
    """Solve a run, or wait for the worker that took it first, or for its turn at the site."""
    asked_to_stop = False
    while not _is_over(run_id):
        if solve_run(run_id, f"{socket.gethostname()}/{os.getpid()}/here", on_progress, stop=stop, pace=pace):
            continue
        # Somebody else has it, or has the site: follow, and step in if that worker dies.
        if ledger.is_any_over():
            session.rollback()
            with transaction(reason="the worker of a build died"):
                ledger.sweep()
        if stop() and not asked_to_stop:
            asked_to_stop = True
            session.rollback()
            with transaction(reason="stopped by hand"):
                request_stop(queries.get_run(run_id))
        if on_progress is not None:
            _tell(run_id, on_progress)
        session.rollback()
        time.sleep(_LOOK_SECONDS)


def _is_over(run_id: int) -> bool:
    session.rollback()
    return queries.get_run(run_id).state in queries.ENDED


def _tell(run_id: int, on_progress: OnProgress) -> None:
    shown = queries.progress(queries.get_run(run_id))
    if shown["objective"] is not None:
        on_progress(
            Progress(shown["seconds"], shown["objective"], shown["bound"], shown["placed"], shown["asked"])
        )
