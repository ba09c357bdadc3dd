"""Facts for the workbooks, each in a constant number of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from scheduler.accounts.models import User
from scheduler.bookings.models import Booking
from scheduler.bookings.queries import BUSY, bookings_between, shown_title, shows, visible_project_ids
from scheduler.calendars.models import Calendar, CalendarOverlay, Site
from scheduler.calendars.service import holidays_of, open_intervals, zone_of
from scheduler.database import session
from scheduler.intervals import Interval, intersect
from scheduler.projects.models import PROJECT_KINDS, Project
from scheduler.reports.demand import DEMAND_STATES, Demand, DemandFacts, demand_of
from scheduler.reports.utilisation import FacilityFacts, StayFacts, Utilisation, utilise
from scheduler.requests.models import ActivityRequest
from scheduler.resources.models import RESOURCE_KINDS, Changeover, Resource

NO_PROJECT = "no project"


@dataclass(frozen=True)
class ProjectNames:
    """What the tables say about a project beside its code."""

    name: str
    kind: str
    cost_code: str


@dataclass(frozen=True)
class UtilisationFacts:
    """All that the utilisation workbook shows."""

    figures: Utilisation
    projects: dict[str, ProjectNames]
    demand: tuple[Demand, ...]


def utilisation_facts(site: Site, span: Interval, user: User | None) -> UtilisationFacts:
    """The figures of a site; what `user` may not see is in the sums, but has no name."""
    bookings = bookings_that_hold(site.id, span)
    resources = resources_of(site.id, span, bookings)
    readable = visible_project_ids(user)
    facilities = [_facility(resource, hours) for resource, hours in opening_hours(site, resources, span)]
    stays = list(_stays(bookings, resources, readable))
    return UtilisationFacts(
        figures=utilise(facilities, stays, span, zone_of(site)),
        projects=_project_names(bookings, readable),
        demand=tuple(demand_of(_demand_facts(site.id, span, bookings, readable), span)),
    )


def bookings_that_hold(site_id: int, span: Interval) -> list[Booking]:
    """Bookings that hold anything in the span, also those of which only the changeover lies in it."""
    longest = session.scalar(
        select(func.max(Changeover.minutes)).join(Resource).where(Resource.site_id == site_id)
    )
    return bookings_between(site_id, Interval(span.start, span.end + timedelta(minutes=longest or 0)))


def resources_of(site_id: int, span: Interval, bookings: Iterable[Booking]) -> list[Resource]:
    """Resources that are to be had in the span or are held in it, by kind and code."""
    held = {hold.holdable_id for booking in bookings for hold in booking.holds}
    rows = session.scalars(
        select(Resource)
        .where(Resource.site_id == site_id)
        .options(
            selectinload(Resource.outages),
            joinedload(Resource.calendar).selectinload(Calendar.rules),
            joinedload(Resource.calendar).selectinload(Calendar.overlays).selectinload(CalendarOverlay.rules),
        )
    )
    found = [
        resource
        for resource in rows
        if resource.retired_at is None or resource.retired_at > span.start or resource.holdable_id in held
    ]
    return sorted(found, key=lambda resource: (RESOURCE_KINDS.index(resource.kind), resource.code_key))


def opening_hours(
    site: Site, resources: Sequence[Resource], span: Interval
) -> list[tuple[Resource, list[Interval]]]:
    """Each resource with the hours in which it can be booked; none once it is retired."""
    holidays = holidays_of(site)
    by_calendar: dict[int | None, list[Interval]] = {}
    hours = []
    for resource in resources:
        if resource.calendar_id not in by_calendar:
            by_calendar[resource.calendar_id] = open_intervals(resource.calendar, site, span, holidays)
        opened = by_calendar[resource.calendar_id]
        if resource.retired_at is not None:
            retired_at = max(resource.retired_at, span.start)
            opened = intersect(opened, [Interval(span.start, retired_at)] if retired_at > span.start else [])
        hours.append((resource, opened))
    return hours


def project_letter(booking: Booking, readable: set[int]) -> str:
    """R, T, A; an en dash where the reader may not know, N where it is for no project."""
    if not shows(booking, readable):
        return "–"
    return kind_letter(booking.project.kind if booking.project else None)


def kind_letter(kind: str | None) -> str:
    return dict(zip(PROJECT_KINDS, "RTA", strict=True)).get(kind or "", "N")


def _facility(resource: Resource, hours: list[Interval]) -> FacilityFacts:
    return FacilityFacts(
        code=resource.code,
        name=resource.name,
        kind=resource.kind,
        capacity=resource.capacity,
        open=hours,
        outages=[Interval(outage.starts_at, outage.ends_at) for outage in resource.outages],
    )


def _stays(
    bookings: Iterable[Booking], resources: Iterable[Resource], readable: set[int]
) -> Iterable[StayFacts]:
    by_holdable = {resource.holdable_id: resource for resource in resources}
    by_id = {resource.id: resource for resource in resources}
    for booking in bookings:
        asked = {use.resource_id for use in booking.uses}
        uses = [hold for hold in booking.holds if hold.kind == "use" and hold.holdable_id in by_holdable]
        for use in uses:
            resource = by_holdable[use.holdable_id]
            yield StayFacts(
                booking_id=booking.id,
                facility=resource.code,
                title=shown_title(booking, readable),
                project=_project_code(booking, readable),
                kind=_project_kind(booking, readable),
                state=booking.state,
                part_no=booking.part_no,
                run=booking.run,
                occupied=Interval(use.starts_at, use.ends_at),
                changeovers=tuple(
                    Interval(hold.starts_at, hold.ends_at)
                    for hold in booking.holds
                    if hold.kind == "changeover" and hold.holdable_id == use.holdable_id
                ),
                as_part_of="" if resource.id in asked else _whole_code(resource, asked, by_id),
            )


def _whole_code(part: Resource, asked: set[int], by_id: dict[int, Resource]) -> str:
    whole = by_id.get(part.whole_id or 0)
    while whole is not None and whole.id not in asked:
        whole = by_id.get(whole.whole_id or 0)
    return whole.code if whole is not None else "another facility"


def _project_code(booking: Booking, readable: set[int]) -> str:
    if not shows(booking, readable):
        return BUSY
    return booking.project.code if booking.project else NO_PROJECT


def _project_kind(booking: Booking, readable: set[int]) -> str:
    if not shows(booking, readable):
        return BUSY
    return booking.project.kind if booking.project else NO_PROJECT


def _project_names(bookings: Iterable[Booking], readable: set[int]) -> dict[str, ProjectNames]:
    seen: dict[int, Project] = {}
    for booking in bookings:
        if booking.project is not None and shows(booking, readable):
            seen[booking.project.id] = booking.project
    return {
        project.code: ProjectNames(project.name, project.kind, project.cost_code) for project in seen.values()
    }


def _demand_facts(
    site_id: int, span: Interval, bookings: Iterable[Booking], readable: set[int]
) -> list[DemandFacts]:
    runs: dict[int, list[Interval]] = {}
    for booking in bookings:
        if booking.request_id is not None:
            runs.setdefault(booking.request_id, []).append(booking.run)
    rows = session.scalars(
        select(ActivityRequest)
        .where(
            ActivityRequest.site_id == site_id,
            ActivityRequest.state.in_(DEMAND_STATES),
            or_(ActivityRequest.earliest_at.is_(None), ActivityRequest.earliest_at < span.end),
            or_(ActivityRequest.latest_at.is_(None), ActivityRequest.latest_at > span.start),
        )
        .options(joinedload(ActivityRequest.project), selectinload(ActivityRequest.windows))
        .order_by(ActivityRequest.code_key)
    )
    return [_asked(row, runs.get(row.id, []), row.project_id in readable) for row in rows]


def _asked(asked: ActivityRequest, runs: list[Interval], is_readable: bool) -> DemandFacts:
    earliest, latest = window_of(asked)
    return DemandFacts(
        code=asked.code if is_readable else BUSY,
        title=asked.title if is_readable else BUSY,
        project=asked.project.code if is_readable else BUSY,
        kind=asked.project.kind if is_readable else BUSY,
        priority=asked.priority,
        state=asked.state,
        earliest=earliest,
        latest=latest,
        wish_minutes=asked.wish_minutes,
        runs=runs,
    )


def window_of(asked: ActivityRequest) -> tuple[datetime | None, datetime | None]:
    """First and last moment at which it may run: its own limits, narrowed by its windows."""
    starts = [moment for moment in (asked.earliest_at,) if moment is not None]
    ends = [moment for moment in (asked.latest_at,) if moment is not None]
    if asked.windows:
        starts.append(min(window.starts_at for window in asked.windows))
        ends.append(max(window.ends_at for window in asked.windows))
    return max(starts, default=None), min(ends, default=None)
