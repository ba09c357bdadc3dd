"""Rows of the database become what a timeline shows: by facility, by person, and as a list of days."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from scheduler.accounts.models import User
from scheduler.bookings.axis import Axis, DayOff, make_axis
from scheduler.bookings.models import Booking, Hold
from scheduler.bookings.queries import BUSY, bookings_between, shows, visible_project_ids
from scheduler.bookings.timeline import (
    KIND_LETTERS,
    Changing,
    Pause,
    Row,
    RowFacts,
    RowGroup,
    Stay,
    Timeline,
    draw_row,
    labels_for,
    provisional_marks,
    use_of,
)
from scheduler.calendars.models import Calendar, CalendarOverlay, Holiday, Site
from scheduler.calendars.rules import local_days
from scheduler.calendars.service import holidays_of, open_intervals, zone_of
from scheduler.calendars.words import moment_words
from scheduler.database import session
from scheduler.intervals import Interval, intersect
from scheduler.people.models import Person, PersonQualification
from scheduler.resources.models import Resource
from scheduler.resources.queries import wholes_above

GROUP_NAMES = {
    "test facility": "Test facilities",
    "trainer": "Trainers",
    "antenna": "Antennas",
    "lab": "Labs",
    "room": "Rooms",
    "equipment": "Equipment",
}
"""Kinds of facility in the order in which a page shows them: the scarce ones first."""
PERSON_GROUPS = {"trainee": "Trainees", "visitor": "Visitors"}

BookingLink = Callable[[int], str]


@dataclass(frozen=True)
class Week:
    """One site and span, asked of the database once; both pictures are drawn from it."""

    site: Site
    span: Interval
    bookings: Sequence[Booking]
    project_ids: set[int]
    holidays: Sequence[Holiday]
    provisional: Sequence[Holiday]
    now: datetime

    @property
    def days_off(self) -> dict[date, DayOff]:
        return {
            holiday.on_day: DayOff(holiday.name, holiday.is_provisional)
            for holiday in (*self.holidays, *self.provisional)
        }

    @property
    def provisional_days(self) -> list[Interval]:
        days = {holiday.on_day for holiday in self.provisional}
        return [whole for day, whole in local_days(self.span, zone_of(self.site)) if day in days]


def load_week(site: Site, span: Interval, user: User | None, now: datetime) -> Week:
    return Week(
        site=site,
        span=span,
        bookings=bookings_between(site.id, span),
        project_ids=visible_project_ids(user),
        holidays=holidays_of(site),
        provisional=holidays_of(site, provisional=True),
        now=now,
    )


def facility_rows(week: Week, link: BookingLink) -> list[tuple[str, RowFacts]]:
    """Each facility with the name of its group, in the order in which they are shown."""
    held = holds_by_holdable(week.bookings)
    by_id = {booking.id: booking for booking in week.bookings}
    hours = OpenHours(week)
    order = list(GROUP_NAMES)
    resources = sorted(resources_of(week.site), key=lambda one: (order.index(one.kind), one.id))
    zone = zone_of(week.site)
    rows = []
    for resource in resources:
        holds = held[resource.holdable_id]
        rows.append(
            (
                GROUP_NAMES[resource.kind],
                RowFacts(
                    code=resource.code,
                    name=resource.name,
                    open=hours.of(resource.calendar),
                    stays=[_stay(week, by_id[hold.booking_id], link) for hold in holds if hold.kind == "use"],
                    changeovers=_changeovers(week, holds, by_id),
                    pauses=[
                        Pause(
                            Interval(outage.starts_at, outage.ends_at),
                            f"{'' if down is resource else down.code + ': '}{outage.reason or 'Outage'}, "
                            f"until {moment_words(outage.ends_at, zone)}",
                        )
                        # A part is down with its whole.
                        for down in (resource, *wholes_above(resource))
                        for outage in down.outages
                    ],
                    capacity=resource.capacity,
                ),
            )
        )
    return rows


def person_rows(week: Week, link: BookingLink) -> list[tuple[str, RowFacts]]:
    """Each person with the name of the group: staff by the first qualification, then the others."""
    held = holds_by_holdable(week.bookings)
    by_id = {booking.id: booking for booking in week.bookings}
    hours = OpenHours(week)
    zone = zone_of(week.site)
    rows = []
    for person in people_of(week.site):
        stays = []
        for hold in held[person.holdable_id]:
            booking = by_id[hold.booking_id]
            interval = Interval(hold.starts_at, hold.ends_at)
            stay = _stay(week, booking, link)
            if stay.kind != "x":
                codes = ", ".join(resource.code for resource in booking.resources)
                stay = replace(stay, labels=(codes, *stay.labels[-1:]), says=f"{codes}, {stay.says}")
            stays.append(replace(stay, occupied=interval, run=interval, is_duty=True))
        rows.append(
            (
                _person_group(person),
                RowFacts(
                    code="",
                    name=person.name,
                    open=hours.of(person.calendar),
                    stays=stays,
                    pauses=[
                        Pause(
                            Interval(absence.starts_at, absence.ends_at),
                            f"{absence.reason or 'Away'}, until {moment_words(absence.ends_at, zone)}",
                        )
                        for absence in person.absences
                    ],
                    is_person=True,
                    most_minutes=person.most_minutes_week,
                ),
            )
        )
    return rows


def draw(week: Week, rows: Sequence[tuple[str, RowFacts]]) -> Timeline:
    """The picture of those rows, with one axis for all of them."""
    facts = [row for _, row in rows]
    bars = [stay.occupied for row in facts for stay in row.stays]
    bars += [changing.interval for row in facts for changing in row.changeovers]
    axis = make_axis(week.span, zone_of(week.site), [row.open for row in facts], bars, week.days_off)
    grouped: dict[str, list[Row]] = defaultdict(list)
    for name, row in rows:
        grouped[name].append(draw_row(row, axis))
    return Timeline(
        axis=axis,
        groups=tuple(RowGroup(name, tuple(drawn)) for name, drawn in grouped.items()),
        now=week.now,
        day_shares=day_shares(facts, axis),
    )


def day_shares(rows: Sequence[RowFacts], axis: Axis) -> dict[str, int]:
    """Percent of the open hours of all facilities in use, by local day; closed days are left out."""
    shares = {}
    for day, whole in local_days(axis.span, axis.zone):
        uses = [use_of(row, whole) for row in rows if not row.is_person]
        if available := sum(minutes for _, minutes in uses):
            shares[day.isoformat()] = round(100 * sum(minutes for minutes, _ in uses) / available)
    return shares


def holds_by_holdable(bookings: Iterable[Booking]) -> dict[int, list[Hold]]:
    """The holds of those bookings by what they hold, each list by time."""
    held: dict[int, list[Hold]] = defaultdict(list)
    for booking in bookings:
        for hold in booking.holds:
            held[hold.holdable_id].append(hold)
    for holds in held.values():
        holds.sort(key=lambda hold: (hold.starts_at, hold.id))
    return held


def resources_of(site: Site) -> Sequence[Resource]:
    return session.scalars(
        select(Resource)
        .where(Resource.site_id == site.id, Resource.retired_at.is_(None))
        .options(
            joinedload(Resource.holdable),
            selectinload(Resource.outages),
            *_calendar_loads(Resource.calendar),
        )
    ).all()


def people_of(site: Site) -> Sequence[Person]:
    return session.scalars(
        select(Person)
        .where(Person.site_id == site.id, Person.retired_at.is_(None))
        .order_by(Person.kind, Person.code_key)
        .options(
            selectinload(Person.absences),
            selectinload(Person.qualifications).joinedload(PersonQualification.qualification),
            *_calendar_loads(Person.calendar),
        )
    ).all()


class OpenHours:
    """Open hours of calendars within a span, each calendar expanded once."""

    def __init__(self, week: Week) -> None:
        self.week = week
        self.known: dict[int | None, list[Interval]] = {}

    def of(self, calendar: Calendar | None) -> list[Interval]:
        key = calendar.id if calendar else None
        if key not in self.known:
            self.known[key] = open_intervals(
                calendar, self.week.site, self.week.span, list(self.week.holidays)
            )
        return self.known[key]


def _calendar_loads(path: Any) -> list[ExecutableOption]:
    calendar = joinedload(path)
    return [
        calendar.selectinload(Calendar.rules),
        calendar.selectinload(Calendar.overlays).selectinload(CalendarOverlay.rules),
    ]


def _stay(week: Week, booking: Booking, link: BookingLink) -> Stay:
    marks: list[tuple[str, str]] = []
    if booking.state == "needs repair":
        marks.append(("warn", "needs repair"))
    if booking.override_reason:
        marks.append(("warn", "a rule set aside"))
    doubts = provisional_marks(booking.run, intersect([booking.run], week.provisional_days))
    marks.extend(doubts)
    if booking.starts_at <= week.now:
        marks.append(("lock", "frozen"))
    codes = ", ".join(resource.code for resource in booking.resources)
    if not shows(booking, week.project_ids):
        return Stay(
            booking.occupied, booking.run, "x", (BUSY,), f"{BUSY}, {codes}", is_tentative=bool(doubts)
        )
    project = booking.project
    return Stay(
        occupied=booking.occupied,
        run=booking.run,
        kind=KIND_LETTERS[project.kind] if project else "n",
        labels=labels_for(
            booking.title,
            project.code if project else "",
            booking.activity_request.code if booking.activity_request else "",
        ),
        says=f"{booking.title}, {codes}",
        href=link(booking.id),
        marks=tuple(marks),
        is_tentative=bool(doubts),
    )


def _changeovers(week: Week, holds: Sequence[Hold], by_id: dict[int, Booking]) -> list[Changing]:
    found = []
    for hold in holds:
        if hold.kind != "changeover":
            continue
        before = [other for other in holds if other.kind == "use" and other.ends_at <= hold.starts_at]
        # What stood there before this week is not loaded; then only where it leads is known.
        earlier = _configuration(week, by_id[before[-1].booking_id]) if before else ""
        later = _configuration(week, by_id[hold.booking_id])
        found.append(Changing(Interval(hold.starts_at, hold.ends_at), f"{earlier}→{later}"))
    return found


def _configuration(week: Week, booking: Booking) -> str:
    """How a facility stands for a booking, unless the reader may not know of that."""
    return (booking.configuration or "") if shows(booking, week.project_ids) else ""


def _person_group(person: Person) -> str:
    if person.kind in PERSON_GROUPS:
        return PERSON_GROUPS[person.kind]
    names = [held.qualification.name for held in sorted(person.qualifications, key=lambda one: one.id)]
    return names[0][:1].upper() + names[0][1:] if names else "Other staff"
