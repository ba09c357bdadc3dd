"""Drafts of a horizon, and the ledger of the solver's work on them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduler.calendars.models import Site
from scheduler.database import Base, Editable, Row, utc_now

PLAN_STATES = ("building", "draft", "published", "superseded", "stale", "failed")
RUN_STATES = ("queued", "running", "done", "failed", "cancelled")


class Plan(Editable, Base):
    """One site, one horizon: what the solver was asked, and what it answered.

    Parameters
    ----------
    number
        Counts the plans of a site.
    fingerprint
        Of the facts it was built on: publishing compares it with the present ones.
    parent
        The plan of which this one is a scenario.
    """

    __tablename__ = "plan"
    __table_args__ = (
        UniqueConstraint("site_id", "number"),
        CheckConstraint("ends_at > starts_at", name="order"),
    )

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    number: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), default="building", index=True)
    tick_seconds: Mapped[int]
    problem: Mapped[dict[str, Any]] = mapped_column(JSON)
    solution: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    fingerprint: Mapped[str] = mapped_column(String(64))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    objective: Mapped[float | None]
    bound: Mapped[float | None]
    placed: Mapped[int | None]
    asked: Mapped[int | None]
    rounding_minutes: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime | None]

    site: Mapped[Site] = relationship()
    parent: Mapped["Plan | None"] = relationship(remote_side="Plan.id")
    runs: Mapped[list["SolveRun"]] = relationship(back_populates="plan", order_by="SolveRun.id")

    @property
    def repair_week(self) -> str | None:
        """Of which week it is the repair, like 2026-W49; None of an ordinary plan."""
        kept = (self.solution or {}).get("repair")
        return None if kept is None else str(kept["week"])


def repair_week_of_plan() -> ColumnElement[str | None]:
    """The same within a statement, which need not load what the plan keeps."""
    week: ColumnElement[str | None] = Plan.solution["repair", "week"].as_string()
    return week


class SolveRun(Row, Base):
    """One order to solve: the truth about it, whatever becomes of queue and worker.

    Every write of a worker says the attempt it belongs to, so that one that comes back late
    changes nothing.
    """

    __tablename__ = "solve_run"
    is_audited = False

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default="queued", index=True)
    attempt: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(String(120))
    time_limit_seconds: Mapped[float]
    workers: Mapped[int] = mapped_column(default=2)
    seed: Mapped[int] = mapped_column(default=1)
    queued_at: Mapped[datetime] = mapped_column(default=utc_now)
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    objective: Mapped[float | None]
    bound: Mapped[float | None]
    placed: Mapped[int | None]
    asked: Mapped[int | None]
    solutions: Mapped[int] = mapped_column(default=0)
    history: Mapped[list[Any] | None] = mapped_column(JSON)
    best_solution: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[str | None] = mapped_column(String(1000))

    plan: Mapped[Plan] = relationship(back_populates="runs")
