"""Plans, their progress, what they place and what not, for pages and files."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload, selectinload

from scheduler.accounts.models import User
from scheduler.database import session, utc_now
from scheduler.errors import NotFound
from scheduler.intervals import Interval
from scheduler.plans.desk_rules import code_of
from scheduler.plans.models import Plan, SolveRun, repair_week_of_plan
from scheduler.plans.names import HIDDEN
from scheduler.plans.reasons import Speaker
from scheduler.plans.stored import Stored, names_of, requests_of
from scheduler.requests.models import ActivityRequest

ENDED = ("done", "failed", "cancelled")


@dataclass(frozen=True)
class NotPlaced:
    """A request without a place; `kind` is that of its project."""

    code: str
    title: str
    kind: str
    reason_text: str
    remedy_text: str
    rule: str
    request_id: int | None = None
    project_code: str = ""
    wish_minutes: int = 0
    priority: int = 3


@dataclass(frozen=True)
class Placed:
    """One part of a request in its place; what stood before is not new, and has a booking.

    `people` are names with what they are there for, as "Sana Mirza (vacuum operator)".
    """

    code: str
    title: str
    kind: str
    part_no: int
    run: Interval
    occupied: Interval
    resources: tuple[str, ...]
    people: tuple[str, ...]
    is_new: bool
    request_id: int | None = None
    project_code: str = ""


def list_plans(site_id: int) -> list[Plan]:
    """The latest first, without the large fields."""
    return list(
        session.scalars(
            select(Plan)
            .where(Plan.site_id == site_id)
            .options(
                defer(Plan.problem),
                defer(Plan.solution),
                selectinload(Plan.runs).options(defer(SolveRun.best_solution), defer(SolveRun.history)),
            )
            .order_by(Plan.number.desc())
        )
    )


def get_plan(plan_id: int) -> Plan:
    plan = session.scalar(select(Plan).where(Plan.id == plan_id).options(joinedload(Plan.site)))
    if plan is None:
        raise NotFound("There is no such plan. See the list of plans.")
    return plan


def find_plan(site_id: int, number: int) -> Plan | None:
    """The plan of that number at a site."""
    return session.scalar(select(Plan).where(Plan.site_id == site_id, Plan.number == number))


def get_run(run_id: int) -> SolveRun:
    run = session.get(SolveRun, run_id)
    if run is None:
        raise NotFound("There is no such build. See the list of plans.")
    return run


def latest_with_answer(site_id: int, *, drafts: bool) -> Plan | None:
    """The last plan that says what is placed: published, or with `drafts` also not yet."""
    states = ("published", "draft") if drafts else ("published",)
    return session.scalar(
        select(Plan)
        .where(Plan.site_id == site_id, Plan.state.in_(states), repair_week_of_plan().is_(None))
        .options(joinedload(Plan.site))
        .order_by(Plan.number.desc())
        .limit(1)
    )


def latest_run(plan: Plan) -> SolveRun | None:
    return session.scalar(
        select(SolveRun).where(SolveRun.plan_id == plan.id).order_by(SolveRun.id.desc()).limit(1)
    )


def is_building(site_id: int) -> bool:
    """Whether a worker is at work on a plan of that site."""
    running = select(SolveRun.id).join(Plan, Plan.id == SolveRun.plan_id)
    running = running.where(Plan.site_id == site_id, SolveRun.state == "running").limit(1)
    return session.scalar(running) is not None


def progress(run: SolveRun) -> dict[str, Any]:
    """How a build stands, for the page that follows it."""
    return {
        "run": run.id,
        "plan": run.plan_id,
        "state": run.state,
        "is_over": run.state in ENDED,
        "attempt": run.attempt,
        "seconds": _seconds(run.started_at, run.finished_at or utc_now()),
        "time_limit_seconds": run.time_limit_seconds,
        "stop_requested": run.cancel_requested,
        "objective": run.objective,
        "bound": run.bound,
        "gap": gap(run.objective, run.bound),
        "placed": run.placed,
        "asked": run.asked,
        "solutions": run.solutions,
        "history": run.history or [],
        "error": run.error,
    }


def gap(objective: float | None, bound: float | None) -> float | None:
    """Share of the proven bound that is missing: 0 is proven best; None where nothing is proven."""
    if objective is None or bound is None:
        return None
    return max(0.0, (bound - objective) / bound) if bound > 0 else 0.0


def unplaced(plan: Plan, user: User | None = None) -> list[NotPlaced]:
    """Requests without a place, those of most worth first, as `user` may see them; None sees all."""
    stored = Stored(plan)
    rows = requests_of(plan, stored, user)
    speaker = Speaker(stored.problem, stored.timeline, names_of(plan, stored, user), stored.reasons)
    worth = {activity.id: activity.value for activity in stored.problem.activities}
    found: list[tuple[int, NotPlaced]] = []
    for code in stored.without_place:
        if (asked := rows.get(code)) is not None:
            reason = stored.reasons.get(code)
            rule = reason.blockers[0].rule if reason and reason.blockers else ""
            row = _not_placed(asked, rule, speaker.reason(code), speaker.remedy(code))
            found.append((worth.get(code, 0), row))
    for out in stored.left_out:
        if (asked := rows.get(out.code)) is not None:
            reason_text, remedy_text = speaker.left_out_reason(out), speaker.left_out_remedy(out)
            found.append((asked.value, _not_placed(asked, out.rule, reason_text, remedy_text)))
    return [row for _, row in sorted(found, key=lambda each: (-each[0], each[1].code))]


def placed(plan: Plan, user: User | None = None) -> list[Placed]:
    """Everything that the plan shows in its span, in order of time, as `user` may see it."""
    stored = Stored(plan)
    rows = requests_of(plan, stored, user)
    activities = {activity.id: activity for activity in stored.problem.activities}
    names = names_of(plan, stored, user)
    found = []
    for part in stored.assignments:
        activity = activities[part.activity]
        asked = rows.get(part.activity) or rows.get(part.activity.partition("#")[0])
        mode = next(mode for mode in activity.modes if mode.id == part.mode)
        start = part.start + activity.setup
        occupied = stored.timeline.interval(part.start, start + part.duration + activity.teardown)
        if not occupied.overlaps(stored.timeline.span):
            continue
        hidden = names.title(part.activity) == HIDDEN
        found.append(
            Placed(
                code="" if hidden else part.activity,
                title=names.title(part.activity),
                kind=asked.project.kind if asked else "",
                part_no=part.part,
                run=stored.timeline.interval(start, start + part.duration),
                occupied=occupied,
                resources=mode.resources,
                people=()
                if hidden
                else tuple(
                    f"{names.people.get(person, person)} ({code_of(need.qualification)})"
                    for need, people in zip(activity.needs, part.people, strict=False)
                    for person in people
                ),
                is_new=activity.pin is None,
                request_id=asked.id if asked else None,
                project_code=asked.project.code if asked else "",
            )
        )
    return sorted(found, key=lambda each: (each.occupied.start, each.resources, each.code))


def _not_placed(asked: ActivityRequest, rule: str, reason_text: str, remedy_text: str) -> NotPlaced:
    return NotPlaced(
        code=asked.code,
        title=asked.title,
        kind=asked.project.kind,
        reason_text=reason_text,
        remedy_text=remedy_text,
        rule=rule,
        request_id=asked.id,
        project_code=asked.project.code,
        wish_minutes=asked.wish_minutes,
        priority=asked.priority,
    )


def _seconds(started_at: datetime | None, ended_at: datetime) -> float:
    return round((ended_at - started_at).total_seconds(), 1) if started_at else 0.0
