"""What a plan would look like once published: figures for its page, and its timeline."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scheduler.accounts.models import User
from scheduler.bookings import week
from scheduler.bookings.queries import BUSY
from scheduler.bookings.timeline import KIND_LETTERS, Stay, Timeline, labels_for, provisional_marks
from scheduler.calendars.rules import local_days, week_name
from scheduler.calendars.service import zone_of
from scheduler.intervals import Interval
from scheduler.plans.models import Plan
from scheduler.plans.queries import Placed
from solver import problem_from_json, solution_from_json, verify

MOST_DAYS = 8
"""A timeline of more days has bars too short to read: then one week is shown."""


@dataclass(frozen=True)
class Checked:
    """What publishing would do, counted; `clashes` are found by the verifier, here and now."""

    bookings: int
    people: int
    clashes: int


def check_plan(plan: Plan) -> Checked:
    """Count what is new in a plan, and verify all of it once more."""
    problem = problem_from_json(plan.problem)
    kept = (plan.solution or {}).get("answer")
    parts = solution_from_json(kept).assignments if kept else ()
    pinned = {activity.id for activity in problem.activities if activity.pin is not None}
    new = [part for part in parts if part.activity not in pinned]
    people = {code for part in new for names in part.people for code in names}
    people |= {
        code
        for activity in problem.activities
        if activity.id in {part.activity for part in new}
        for code in activity.participants
    }
    return Checked(len(new), len(people), len(verify(problem, parts).violations))


def kinds_of(placed: Sequence[Placed]) -> list[tuple[str, int]]:
    """How many new parts there are of each kind of project, as letters."""
    counted = Counter(KIND_LETTERS.get(each.kind, "x") for each in placed if each.is_new)
    return [(letter, counted[letter]) for letter in "rtax" if counted[letter]]


def weeks_of(plan: Plan) -> list[str]:
    """The weeks that a plan touches."""
    days = local_days(Interval(plan.starts_at, plan.ends_at), zone_of(plan.site))
    return list(dict.fromkeys(week_name(day) for day, _ in days))


def draw_plan(
    plan: Plan,
    placed: Sequence[Placed],
    span: Interval,
    user: User | None,
    now: datetime,
    link: Callable[[int], str],
) -> Timeline:
    """The timeline of a plan by facility; what stood before is marked as booked."""
    loaded = week.load_week(plan.site, span, user, now)
    doubtful = loaded.provisional_days
    stays: dict[str, list[Stay]] = {}
    for each in placed:
        for code in each.resources:
            stays.setdefault(code, []).append(_stay(each, doubtful, link))
    rows = [
        (group, replace(row, stays=stays.get(row.code, []), changeovers=()))
        for group, row in week.facility_rows(loaded, lambda _: "")
    ]
    return week.draw(loaded, rows)


def _stay(placed: Placed, doubtful: list[Interval], link: Callable[[int], str]) -> Stay:
    marks = provisional_marks(placed.run, doubtful)
    is_hidden = not placed.code
    return Stay(
        occupied=placed.occupied,
        run=placed.run,
        kind="x" if is_hidden else KIND_LETTERS.get(placed.kind, "n"),
        labels=(BUSY,) if is_hidden else labels_for(placed.title, placed.project_code, placed.code),
        says=f"{BUSY if is_hidden else placed.title}, {', '.join(placed.resources)}",
        href=link(placed.request_id) if placed.request_id and not is_hidden else None,
        marks=(*marks, ("lock", "booked before")) if not placed.is_new else marks,
        is_tentative=bool(marks),
    )
