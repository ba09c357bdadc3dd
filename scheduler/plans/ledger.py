"""The truth about every order to solve: who works on it, since when, and what is best so far.

Every function belongs inside a transaction. A worker proves by its claim (run and attempt) that the
run is still its own; one that comes back late, after somebody else took over, changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, CursorResult, select, update

from scheduler import outbox
from scheduler.calendars.models import Site
from scheduler.database import session, utc_now
from scheduler.plans.models import Plan, SolveRun

MOST_ATTEMPTS = 3
MOST_HISTORY = 500
"""Points of the curve that are kept."""

Word = Literal["go on", "stop", "lost"]


@dataclass(frozen=True)
class Pace:
    """How often a worker writes, and how long the others wait before they take its run.

    Parameters
    ----------
    lease_seconds
        Without a sign of life for so long, a run is taken from its worker.
    heartbeat_seconds
        Between two signs of life.
    listen_seconds
        Between two looks at whether somebody asked to stop.
    store_seconds
        At least so long between two stored solutions.
    """

    lease_seconds: float = 10.0
    heartbeat_seconds: float = 2.0
    listen_seconds: float = 0.25
    store_seconds: float = 1.0


@dataclass(frozen=True)
class Claim:
    """The right to write to a run: gone as soon as somebody else claims it."""

    run_id: int
    attempt: int
    plan_id: int


@dataclass(frozen=True)
class Standing:
    """How a search stands, as the ledger keeps it; what is pinned is not counted."""

    objective: float
    bound: float | None
    placed: int
    asked: int
    solutions: int
    history: Sequence[tuple[float, float, float | None]]
    best: dict[str, Any] | None = None


def claim(run_id: int, worker: str, pace: Pace) -> Claim | None:
    """Take a queued run; None if it is not queued, or another run of its site is at work."""
    site_id = session.scalar(
        select(Plan.site_id).join(SolveRun, SolveRun.plan_id == Plan.id).where(SolveRun.id == run_id)
    )
    # One at a time looks whether the site is free: without the lock two could find it so.
    session.execute(select(Site.id).where(Site.id == site_id).with_for_update())
    if _running_at(site_id):
        return None
    now = utc_now()
    taken = _update(
        (SolveRun.id == run_id) & (SolveRun.state == "queued"),
        state="running",
        attempt=SolveRun.attempt + 1,
        worker=worker[:120],
        heartbeat_at=now,
        lease_until=now + timedelta(seconds=pace.lease_seconds),
    )
    if not taken:
        return None
    _update((SolveRun.id == run_id) & SolveRun.started_at.is_(None), started_at=now)
    row = session.execute(select(SolveRun.attempt, SolveRun.plan_id).where(SolveRun.id == run_id)).one()
    return Claim(run_id, row.attempt, row.plan_id)


def beat(mine: Claim, pace: Pace, standing: Standing | None = None) -> Word:
    """A sign of life, with how the search stands if that is new; hear whether to go on."""
    now = utc_now()
    values: dict[str, Any] = {
        "heartbeat_at": now,
        "lease_until": now + timedelta(seconds=pace.lease_seconds),
    }
    if standing is not None:
        values |= _values(standing)
    if not _update(_own(mine), **values):
        return "lost"
    return listen(mine)


def listen(mine: Claim) -> Word:
    """Whether the run is still one's own, and nobody asked to stop. A read: needs no transaction."""
    row = session.execute(select(SolveRun.cancel_requested).where(_own(mine))).one_or_none()
    if row is None:
        return "lost"
    return "stop" if row.cancel_requested else "go on"


def close(mine: Claim, state: str, standing: Standing | None = None, error: str | None = None) -> bool:
    """End a run as done or failed; False if it is no longer one's own, and nothing is changed."""
    values: dict[str, Any] = {
        "state": state,
        "finished_at": utc_now(),
        "lease_until": None,
        "error": error[:1000] if error else None,
    }
    if standing is not None:
        values |= _values(standing)
    return _update(_own(mine), **values)


def give_back(mine: Claim) -> bool:
    """Put a run back in the queue, for a worker that has to go."""
    return _update(_own(mine), state="queued", worker=None, lease_until=None)


def sweep() -> list[int]:
    """Take runs from workers that gave no sign of life; ids of those that failed for good."""
    now = utc_now()
    over = session.execute(
        select(SolveRun.id, SolveRun.attempt, SolveRun.plan_id, SolveRun.worker).where(
            SolveRun.state == "running", SolveRun.lease_until < now
        )
    ).all()
    return [row.id for row in over if _take_away(row, now)]


def is_any_over() -> bool:
    """Whether `sweep` would find something. A read: needs no transaction."""
    over = select(SolveRun.id).where(SolveRun.state == "running", SolveRun.lease_until < utc_now()).limit(1)
    return session.scalar(over) is not None


def waiting() -> list[int]:
    """Queued runs that could start: for each site that is not at work, the oldest."""
    rows = session.execute(
        select(SolveRun.id, Plan.site_id)
        .join(Plan, Plan.id == SolveRun.plan_id)
        .where(SolveRun.state == "queued")
        .order_by(SolveRun.id)
    ).all()
    first: dict[int, int] = {}
    for run_id, site_id in rows:
        if site_id not in first and not _running_at(site_id):
            first[site_id] = run_id
    return list(first.values())


def _take_away(row: Any, now: datetime) -> bool:
    """Requeue a run, or fail it if that was its last attempt; True if it failed."""
    mine = Claim(row.id, row.attempt, row.plan_id)
    still_over = _own(mine) & (SolveRun.lease_until < now)
    if row.attempt < MOST_ATTEMPTS:
        _update(still_over, state="queued", worker=None, lease_until=None)
        return False
    error = (
        f"The build was broken off {row.attempt} times, last on {row.worker}. "
        "Build again with a shorter span or fewer requests; if that fails too, look at the worker's log."
    )
    if not _update(still_over, state="failed", finished_at=now, lease_until=None, error=error):
        return False
    plan = session.get_one(Plan, row.plan_id)
    plan.state = "failed"
    outbox.post("plans.failed", {"plan": plan.id, "number": plan.number, "error": error})
    return True


def _running_at(site_id: int | None) -> bool:
    running = select(SolveRun.id).join(Plan, Plan.id == SolveRun.plan_id)
    running = running.where(Plan.site_id == site_id, SolveRun.state == "running").limit(1)
    return session.scalar(running) is not None


def _own(mine: Claim) -> ColumnElement[bool]:
    """The fence: nobody else has claimed the run since."""
    return (SolveRun.id == mine.run_id) & (SolveRun.attempt == mine.attempt) & (SolveRun.state == "running")


def _values(standing: Standing) -> dict[str, Any]:
    values: dict[str, Any] = {
        "objective": standing.objective,
        "bound": standing.bound,
        "placed": standing.placed,
        "asked": standing.asked,
        "solutions": standing.solutions,
        "history": [list(point) for point in standing.history][-MOST_HISTORY:],
    }
    if standing.best is not None:
        values["best_solution"] = standing.best
    return values


def _update(where: ColumnElement[bool], **values: Any) -> bool:
    result = session.execute(
        update(SolveRun).where(where).values(**values).execution_options(synchronize_session=False)
    )
    session.expire_all()
    return isinstance(result, CursorResult) and result.rowcount > 0
