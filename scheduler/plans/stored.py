"""What a plan keeps as JSON, read; and the rows and names to which it leads, as a user may see them."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from scheduler.accounts.models import User
from scheduler.bookings.models import Booking
from scheduler.bookings.queries import shows, visible_project_ids
from scheduler.calendars.service import zone_of
from scheduler.database import session
from scheduler.intervals import Interval
from scheduler.people.models import Person
from scheduler.plans.left_out import LeftOut
from scheduler.plans.models import Plan
from scheduler.plans.names import HIDDEN, Names
from scheduler.plans.timeline import Timeline
from scheduler.projects.models import Project
from scheduler.requests.models import ActivityRequest
from scheduler.resources.models import Utility
from solver import Assignment, Problem, Solution, problem_from_json, solution_from_json


class Stored:
    """What a plan keeps as JSON, read."""

    def __init__(self, plan: Plan) -> None:
        kept = plan.solution or {}
        self.problem: Problem = problem_from_json(plan.problem)
        self.solution: Solution | None = solution_from_json(kept["answer"]) if kept.get("answer") else None
        self.left_out = [
            LeftOut(**out | {"subjects": tuple(out["subjects"])}) for out in kept.get("left_out", [])
        ]
        span = Interval(plan.starts_at, plan.ends_at)
        self.timeline = Timeline(span, plan.tick_seconds, zone_of(plan.site))
        self.reasons = (
            {each.activity: each.reason for each in self.solution.unplaced} if self.solution else {}
        )

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """What is placed; nothing while there is no solution."""
        return self.solution.assignments if self.solution else ()

    @property
    def without_place(self) -> list[str]:
        """Ids of activities that are not placed; none while there is no solution."""
        if self.solution is None:
            return []
        placed = {part.activity for part in self.assignments}
        return [activity.id for activity in self.problem.activities if activity.id not in placed]


def requests_of(plan: Plan, stored: Stored, user: User | None) -> dict[str, ActivityRequest]:
    """Requests of the plan by code, those that `user` may see."""
    ids = {activity.id for activity in stored.problem.activities} | {out.code for out in stored.left_out}
    codes = ids | {name.partition("#")[0] for name in ids}
    mine = visible_project_ids(user)
    return {asked.code: asked for asked in _by_code(plan, codes) if user is None or asked.project_id in mine}


def _by_code(plan: Plan, codes: set[str]) -> list[ActivityRequest]:
    return list(
        session.scalars(
            select(ActivityRequest)
            .where(ActivityRequest.site_id == plan.site_id, ActivityRequest.code.in_(codes))
            .options(joinedload(ActivityRequest.project))
        )
    )


def names_of(plan: Plan, stored: Stored, user: User | None) -> Names:
    mine = visible_project_ids(user)
    ids = {activity.id for activity in stored.problem.activities}
    waited_for = {code for out in stored.left_out for code in out.subjects}
    titles = {}
    for asked in _by_code(plan, ids | waited_for | {name.partition("#")[0] for name in ids}):
        titles[asked.code] = asked.title if user is None or asked.project_id in mine else HIDDEN
    for name in ids:
        if name not in titles and name.partition("#")[0] in titles:
            titles[name] = titles[name.partition("#")[0]]
    for booking in _bookings(ids):
        titles[f"booking:{booking.id}"] = booking.title if user is None or shows(booking, mine) else HIDDEN
    site = plan.site_id
    people = session.execute(select(Person.code, Person.name).where(Person.site_id == site)).all()
    projects = session.execute(select(Project.code, Project.name).where(Project.site_id == site)).all()
    units = session.execute(select(Utility.code, Utility.unit).where(Utility.site_id == site)).all()
    return Names(
        titles,
        {row.code: row.name for row in people},
        {row.code: row.name for row in projects},
        {row.code: row.unit for row in units},
        unknown=None if user is None else HIDDEN,
    )


def _bookings(names: set[str]) -> list[Booking]:
    ids = [int(name[8:]) for name in names if name.startswith("booking:") and name[8:].isdigit()]
    return list(session.scalars(select(Booking).where(Booking.id.in_(ids)))) if ids else []
