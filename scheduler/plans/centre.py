"""Rows of the centre - resources, people, utilities - as the solver's dataclasses."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from scheduler.bookings.changeovers import has_changeovers
from scheduler.bookings.facts import outages_of
from scheduler.bookings.models import HOLDING_STATES, Booking, Hold
from scheduler.calendars.models import Site
from scheduler.calendars.rules import local_midnight
from scheduler.calendars.service import holidays_of, open_intervals, zone_of
from scheduler.database import session
from scheduler.intervals import Interval, subtract
from scheduler.people.models import Person, PersonQualification
from scheduler.plans.desk_rules import NO_VISITOR, OF_STAFF, calibration_outages, rest_days
from scheduler.plans.timeline import Rounding
from scheduler.resources import models as rows
from solver import Changeover, Level, Qualification, Utility, Window
from solver import Person as SolverPerson
from solver import Resource as SolverResource


def load_resources(site: Site) -> list[rows.Resource]:
    """Every resource of the site, retired ones too, with all that a problem says of them."""
    return list(
        session.scalars(
            select(rows.Resource)
            .where(rows.Resource.site_id == site.id)
            .options(
                selectinload(rows.Resource.calendar),
                selectinload(rows.Resource.parts),
                selectinload(rows.Resource.changeovers),
                selectinload(rows.Resource.outages),
            )
            .order_by(rows.Resource.code_key)
        )
    )


def load_people(site: Site) -> list[Person]:
    """Every person of the site, retired ones too."""
    return list(
        session.scalars(
            select(Person)
            .where(Person.site_id == site.id)
            .options(
                selectinload(Person.calendar),
                selectinload(Person.qualifications).joinedload(PersonQualification.qualification),
                selectinload(Person.absences),
            )
            .order_by(Person.code_key)
        )
    )


def load_utilities(site: Site) -> list[rows.Utility]:
    """Every utility of the site, retired ones too."""
    return list(
        session.scalars(
            select(rows.Utility)
            .where(rows.Utility.site_id == site.id)
            .options(selectinload(rows.Utility.levels))
            .order_by(rows.Utility.code_key)
        )
    )


def resources(site: Site, found: Iterable[rows.Resource], rounding: Rounding) -> tuple[SolverResource, ...]:
    """Opening hours less holidays, outages, changeovers, and how each stands when the span begins."""
    timeline, holidays = rounding.timeline, holidays_of(site)
    found = list(found)
    standing = _configurations(found, timeline.span)
    translated = []
    for resource in found:
        hours = None
        if resource.calendar is not None:
            hours = _windows(
                rounding.inwards(open_intervals(resource.calendar, site, timeline.span, holidays))
            )
        translated.append(
            SolverResource(
                id=resource.code,
                capacity=resource.capacity,
                open=hours,
                outages=_windows(
                    rounding.outwards(
                        [
                            *_times(outages_of(resource)),
                            *calibration_outages(site, resource, timeline.span),
                        ]
                    )
                ),
                changeovers=_changeovers(resource, rounding),
                configuration=standing.get(resource.id) if has_changeovers(resource) else None,
            )
        )
    return tuple(translated)


def people(
    site: Site,
    found: Iterable[Person],
    rounding: Rounding,
    bookings: Collection[Booking] = (),
    escorts: Collection[str] = (),
) -> tuple[SolverPerson, ...]:
    """Shifts less holidays, absences, validity of qualifications by local days, duty limits.

    `escorts`: qualifications that not all of their holders have, as `desk_rules.needs` asks for them.
    """
    timeline, holidays = rounding.timeline, holidays_of(site)
    translated = []
    for person in found:
        hours = open_intervals(person.calendar, site, timeline.span, holidays)
        rest = rest_days(site, person, bookings, timeline.span)
        shifts = None
        if person.calendar is not None or rest:
            # Not absences: on a day without duty one may still take part in something.
            shifts = _windows(rounding.inwards(subtract(hours, rest)))
        day, week = person.most_minutes_day, person.most_minutes_week
        translated.append(
            SolverPerson(
                id=person.code,
                qualifications=_qualifications(site, person, rounding, escorts),
                shifts=shifts,
                absences=_windows(rounding.outwards(_times(person.absences))),
                max_day=None if day is None else timeline.ticks_at_most(day),
                max_week=None if week is None else timeline.ticks_at_most(week),
                min_rest=timeline.ticks_at_least(person.least_rest_minutes or 0),
            )
        )
    return tuple(translated)


def utilities(site: Site, found: Iterable[rows.Utility], rounding: Rounding) -> tuple[Utility, ...]:
    """Capacity over time, with the times in which another one holds."""
    return tuple(
        Utility(
            id=utility.code,
            levels=_levels(site, utility, rounding),
            per="day" if utility.per == "day" else "moment",
        )
        for utility in found
    )


def _configurations(found: Sequence[rows.Resource], span: Interval) -> dict[int, str | None]:
    """How each resource stands when the span begins: as the last booking before left it.

    Without one before, as the resource itself says. The solver takes this as a booking that ended
    just before the span, which is at least as strict as the rule book.
    """
    standing = {resource.id: resource.configuration for resource in found}
    owners = {resource.holdable_id: resource.id for resource in found if has_changeovers(resource)}
    if not owners:
        return standing
    last = (
        select(Hold.holdable_id, func.max(Hold.ends_at).label("ends_at"))
        .join(Hold.booking)
        .where(
            Hold.kind == "use",
            Hold.holdable_id.in_(owners),
            Hold.ends_at <= span.start,
            Booking.state.in_(HOLDING_STATES),
        )
        .group_by(Hold.holdable_id)
        .subquery()
    )
    ends = session.execute(
        select(Hold.holdable_id, Booking.configuration)
        .join(Hold.booking)
        .join(last, (last.c.holdable_id == Hold.holdable_id) & (last.c.ends_at == Hold.ends_at))
        .where(Hold.kind == "use")
    )
    for holdable_id, configuration in ends:
        standing[owners[holdable_id]] = configuration
    return standing


def _changeovers(resource: rows.Resource, rounding: Rounding) -> tuple[Changeover, ...]:
    if not has_changeovers(resource):
        return ()
    return tuple(
        Changeover(row.from_configuration, row.to_configuration, rounding.timeline.ticks(row.minutes))
        for row in sorted(
            resource.changeovers, key=lambda row: (row.from_configuration, row.to_configuration)
        )
        if row.minutes and row.from_configuration != row.to_configuration
    )


def _qualifications(
    site: Site, person: Person, rounding: Rounding, escorts: Collection[str]
) -> tuple[Qualification, ...]:
    zone, span = zone_of(site), rounding.timeline.span
    kinds = ((OF_STAFF, person.kind == "staff"), (NO_VISITOR, person.kind != "visitor"))
    held = []
    for row in person.qualifications:
        start, end = span.start, span.end
        if row.valid_from_on is not None:
            start = max(start, local_midnight(row.valid_from_on, zone))
        if row.valid_until_on is not None:
            end = min(end, local_midnight(row.valid_until_on + timedelta(days=1), zone))
        if start < end:
            for first, last in rounding.inwards([Interval(start, end)]):
                held.append(Qualification(row.qualification.code, first, last))
                for ending, is_one in kinds:
                    if is_one and (escort := f"{row.qualification.code}{ending}") in escorts:
                        held.append(Qualification(escort, first, last))
    return tuple(sorted(held, key=lambda each: (each.id, each.start, each.end)))


def _levels(site: Site, utility: rows.Utility, rounding: Rounding) -> tuple[Level, ...]:
    """The least capacity in each tick; of a daily budget the least of each local day.

    The database counts a day against the level at which a draw starts, the solver against that at
    the start of the day: the least of the day satisfies both.
    """
    timeline = rounding.timeline
    changed = [(Interval(row.starts_at, row.ends_at), row.capacity) for row in utility.levels]
    if utility.per == "day":
        cuts = {0, timeline.horizon, *(day.start for day in timeline.days()[1:])}
    else:
        cuts = {0, timeline.horizon}
        for when, _ in changed:
            cuts |= {timeline.floor(when.start), timeline.ceil(when.start)}
            cuts |= {timeline.floor(when.end), timeline.ceil(when.end)}
    ticks = sorted(cut for cut in cuts if 0 <= cut <= timeline.horizon)
    levels: list[Level] = []
    for start, end in pairwise(ticks):
        amount = _least_capacity(utility.capacity, changed, timeline.interval(start, end))
        if levels and levels[-1].amount == amount:
            levels[-1] = Level(levels[-1].start, end, amount)
        else:
            levels.append(Level(start, end, amount))
    return tuple(levels)


def _least_capacity(usual: int, changed: Sequence[tuple[Interval, int]], within: Interval) -> int:
    """The least capacity at any moment; where several levels hold at once, the least of them does."""
    moments = {within.start}
    for when, _ in changed:
        moments |= {moment for moment in (when.start, when.end) if within.start < moment < within.end}
    capacities = []
    for moment in moments:
        holding = [capacity for when, capacity in changed if when.start <= moment < when.end]
        capacities.append(min(holding) if holding else usual)
    return min(capacities)


def _times(found: Iterable[rows.Outage] | Iterable[object]) -> list[Interval]:
    return sorted(Interval(row.starts_at, row.ends_at) for row in found)  # type: ignore[attr-defined]


def _windows(ticks: Iterable[tuple[int, int]]) -> tuple[Window, ...]:
    return tuple(Window(start, end) for start, end in ticks)
