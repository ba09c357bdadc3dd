"""From rows to the week that the weekly workbook shows, in a constant number of statements."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from scheduler.accounts.models import User
from scheduler.bookings.models import Booking, BookingPerson
from scheduler.bookings.queries import BUSY, shown_title, shows, visible_project_ids
from scheduler.bookings.timeline import labels_for, lanes_of
from scheduler.calendars.models import Site
from scheduler.calendars.rules import local_days
from scheduler.calendars.service import holidays_of, zone_of
from scheduler.calendars.words import moment_words
from scheduler.database import session
from scheduler.intervals import Interval
from scheduler.people.models import Absence, Person
from scheduler.plans.models import Plan
from scheduler.plans.queries import unplaced
from scheduler.projects.queries import visible
from scheduler.reports.demand import lies_in
from scheduler.reports.queries import (
    bookings_that_hold,
    kind_letter,
    opening_hours,
    project_letter,
    resources_of,
    window_of,
)
from scheduler.reports.week import Entry, FacilityWeek, LeftOver, PersonWeek, Stay, Turn, Week
from scheduler.requests.models import ActivityRequest
from scheduler.resources.models import Resource

TAKES_PART = "takes part"


def week_facts(site: Site, span: Interval, user: User | None, plan: Plan | None) -> Week:
    """The span as `user` may see it; what is left over is that of `plan`, or of the published one."""
    bookings = bookings_that_hold(site.id, span)
    readable = visible_project_ids(user)
    entries = {booking.id: _entry(booking, readable) for booking in bookings}
    resources = resources_of(site.id, span, bookings)
    plan = plan or published_plan(site.id, span)
    holidays = [*holidays_of(site), *holidays_of(site, provisional=True)]
    return Week(
        site=site.name,
        zone=zone_of(site),
        span=span,
        version=_version(plan, site),
        days=tuple(local_days(span, zone_of(site))),
        holidays={day.on_day: (day.name, day.is_provisional) for day in holidays},
        facilities=tuple(
            _facility(resource, hours, bookings, entries, span)
            for resource, hours in opening_hours(site, resources, span)
        ),
        entries=tuple(entry for entry in entries.values() if entry.occupied.overlaps(span)),
        people=tuple(_people(site.id, span, bookings, entries)),
        left_over=tuple(_left_over(site.id, span, plan, bookings, user)),
    )


def published_plan(site_id: int, span: Interval) -> Plan | None:
    """The latest published plan that covers any of the span."""
    return session.scalar(
        select(Plan)
        .where(
            Plan.site_id == site_id,
            Plan.state == "published",
            Plan.starts_at < span.end,
            Plan.ends_at > span.start,
        )
        .order_by(Plan.number.desc())
        .limit(1)
    )


def _version(plan: Plan | None, site: Site) -> str:
    if plan is None:
        return "No plan published"
    if plan.published_at is None:
        return f"Plan {plan.number} ({plan.state})"
    return f"Plan {plan.number}, published {moment_words(plan.published_at, zone_of(site))}"


def _entry(booking: Booking, readable: set[int]) -> Entry:
    letter = project_letter(booking, readable)
    facilities = tuple(resource.code for resource in booking.resources)
    title = shown_title(booking, readable)
    common = (booking.run, booking.occupied, booking.state, booking.part_no, facilities)
    if not shows(booking, readable):
        # Who is there is as telling as the name of the project.
        return Entry(booking.id, letter, BUSY, "", "", (BUSY,), *common, turns=())
    project = booking.project.code if booking.project else ""
    request = booking.activity_request.code if booking.activity_request else ""
    labels = labels_for(title, project, request)
    if project:
        labels = (f"{title} · {labels[1]}", *labels)
    turns = tuple(turn for row in booking.duties if (turn := _turn(row, booking)))
    return Entry(booking.id, letter, title, project, request, labels, *common, turns=turns)


def _turn(row: BookingPerson, booking: Booking) -> Turn | None:
    interval = booking.phase(row.phase)
    if interval is None:
        return None
    role = row.qualification.code if row.qualification else TAKES_PART
    return Turn(row.person.name, role, row.phase, interval, row.is_duty)


def _facility(
    resource: Resource,
    hours: Iterable[Interval],
    bookings: Iterable[Booking],
    entries: dict[int, Entry],
    span: Interval,
) -> FacilityWeek:
    stays = sorted(
        (
            stay
            for booking in bookings
            if (stay := _stay(booking, resource, entries[booking.id])) and stay.held.overlaps(span)
        ),
        key=lambda stay: (stay.held.start, stay.entry.booking_id),
    )
    lanes: dict[int, list[Stay]] = {0: []}
    for stay, lane in zip(stays, lanes_of([stay.held for stay in stays]), strict=True):
        lanes.setdefault(lane, []).append(stay)
    return FacilityWeek(
        code=resource.code,
        name=resource.name,
        kind=resource.kind,
        places=resource.capacity,
        open=tuple(hours),
        outages=tuple((Interval(row.starts_at, row.ends_at), row.reason) for row in resource.outages),
        lanes=tuple(tuple(lanes[lane]) for lane in sorted(lanes)),
    )


def _stay(booking: Booking, resource: Resource, entry: Entry) -> Stay | None:
    holds = [hold for hold in booking.holds if hold.holdable_id == resource.holdable_id]
    use = next((hold for hold in holds if hold.kind == "use"), None)
    if use is None:
        return None
    change = next((hold for hold in holds if hold.kind == "changeover"), None)
    return Stay(
        entry=entry,
        occupied=Interval(use.starts_at, use.ends_at),
        changeover=Interval(change.starts_at, change.ends_at) if change else None,
        changeover_label=f"→ {booking.configuration}" if entry.title != BUSY else "",
    )


def _people(
    site_id: int, span: Interval, bookings: Iterable[Booking], entries: dict[int, Entry]
) -> Iterable[PersonWeek]:
    """Everybody who is with the centre, by name; whose turns the reader may not see are Busy."""
    turns: dict[int, list[tuple[Turn, Entry]]] = {}
    for booking in bookings:
        for row in booking.duties:
            turn = _turn(row, booking)
            if turn is not None and turn.interval.overlaps(span):
                turns.setdefault(row.person_id, []).append((turn, entries[booking.id]))
    absences: dict[int, list[Interval]] = {}
    for absence in session.scalars(
        select(Absence)
        .join(Absence.person)
        .where(Person.site_id == site_id, Absence.ends_at > span.start, Absence.starts_at < span.end)
        .order_by(Absence.starts_at)
    ):
        absences.setdefault(absence.person_id, []).append(Interval(absence.starts_at, absence.ends_at))
    rows = session.scalars(
        select(Person).where(Person.site_id == site_id).order_by(Person.name, Person.code_key)
    )
    for person in rows:
        if person.retired_at is not None and person.id not in turns:
            continue
        yield PersonWeek(
            code=person.code,
            name=person.name,
            kind=person.kind,
            most_minutes_week=person.most_minutes_week,
            turns=tuple(sorted(turns.get(person.id, ()), key=lambda pair: pair[0].interval)),
            absences=tuple(absences.get(person.id, ())),
        )


def _left_over(
    site_id: int, span: Interval, plan: Plan | None, bookings: Iterable[Booking], user: User | None
) -> list[LeftOver]:
    """What the plan could not place and nobody booked since; then what came after it."""
    rows = session.scalars(
        select(ActivityRequest)
        .join(ActivityRequest.project)
        .where(ActivityRequest.site_id == site_id, ActivityRequest.state == "approved", visible(user))
        .options(selectinload(ActivityRequest.project), selectinload(ActivityRequest.windows))
        .order_by(ActivityRequest.priority, ActivityRequest.code_key)
    )
    waiting = {asked.id: asked for asked in rows}
    found = []
    for item in unplaced(plan, user) if plan is not None else ():
        asked = waiting.pop(item.request_id or 0, None)
        if asked is not None:
            found.append(_left(asked, item.reason_text, item.remedy_text))
    served = {booking.request_id for booking in bookings}
    for asked in waiting.values():
        if lies_in(*window_of(asked), span) and asked.id not in served:
            found.append(_left(asked, *_not_planned(plan)))
    return found


def _not_planned(plan: Plan | None) -> tuple[str, str]:
    if plan is None:
        return "No plan is published for these days.", "Build the week and publish it."
    return f"It was not part of plan {plan.number}.", "Build these days again: what is booked stays."


def _left(asked: ActivityRequest, reason: str, remedy: str) -> LeftOver:
    letter = kind_letter(asked.project.kind)
    return LeftOver(asked.code, asked.title, asked.project.code, letter, reason, remedy)
