"""Rules of the rule book that the solver has no word for, said in words that it has.

Where they cannot be said exactly they are said a little more strictly, so that what is planned can be
booked.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from scheduler.bookings.models import Booking
from scheduler.bookings.proposal import all_held
from scheduler.bookings.rules_people import days_touched
from scheduler.calendars.models import Site
from scheduler.calendars.rules import local_days, local_midnight
from scheduler.calendars.service import holidays_of, open_intervals, zone_of
from scheduler.intervals import Interval, subtract, total_minutes
from scheduler.people.models import Person
from scheduler.requests.models import ActivityRequest, Alternative
from scheduler.resources.models import Resource
from solver import Need

OF_STAFF, NO_VISITOR = " of the staff;", " who is no visitor;"
"""Stand after the code of a qualification, for those of its holders. No code has a semicolon."""


def code_of(qualification: str) -> str:
    """The code of a qualification, whoever of its holders is meant."""
    return qualification.removesuffix(OF_STAFF).removesuffix(NO_VISITOR)


def unmet(asked: ActivityRequest, way: Alternative) -> tuple[str, str] | None:
    """Why no booking of that alternative passes the rule book, whenever it is: the rule, and whose it is."""
    throughout = [need for need in asked.needs if need.phase in ("run", "all")]
    people = sum(need.count for need in throughout)
    visits = any(row.person.kind == "visitor" for row in asked.participants)
    escorted = bool(throughout) or any(row.person.kind == "staff" for row in asked.participants)
    for resource in all_held(way.resources):
        if people < resource.least_people:
            return "people", resource.code
        if visits and resource.is_restricted and not escorted:
            return "escort", resource.code
        most, least = resource.longest_minutes, resource.shortest_minutes
        if most is not None and most < asked.least_minutes:
            return "length", resource.code
        if least is not None and least > asked.wish_minutes:
            return "length", resource.code
    return None


def needs(asked: ActivityRequest, visitors_hold: Collection[str]) -> tuple[Need, ...]:
    """What it needs of people; where a visitor may come to a restricted place, one throughout the run is of
    the staff, and where nobody is there throughout, no visitor is on duty. `visitors_hold`: qualifications
    by which one could be.

    In the order of the request, and a rest of the one that is parted for an escort at the end.
    """
    found = [
        # The database holds no other phases than the solver's.
        Need(need.qualification.code, need.count, need.phase)  # type: ignore[arg-type]
        for need in asked.needs
    ]
    present = {row.person.kind for row in asked.participants}
    is_restricted = any(one.is_restricted for way in asked.alternatives for one in all_held(way.resources))
    on_duty = any(need.qualification in visitors_hold for need in found)
    if not is_restricted or "staff" in present or not ("visitor" in present or on_duty):
        return tuple(found)
    at = next((at for at, need in enumerate(found) if need.phase in ("run", "all")), None)
    if at is None:
        return tuple(replace(need, qualification=f"{need.qualification}{NO_VISITOR}") for need in found)
    rest = replace(found[at], count=found[at].count - 1)
    found[at] = replace(found[at], qualification=f"{rest.qualification}{OF_STAFF}", count=1)
    return (*found, rest) if rest.count else tuple(found)


def run_minutes(asked: ActivityRequest, way: Alternative) -> tuple[int, int]:
    """Least and most of the run in that alternative, as its resources allow.

    Of a request in parts the most is that of all together: stricter than the rule book, which
    looks at each part, but the solver knows no longest part.
    """
    held = all_held(way.resources)
    least = max([asked.least_minutes, *(one.shortest_minutes or 0 for one in held)])
    longest = [one.longest_minutes for one in held if one.longest_minutes is not None]
    most = max(min([asked.wish_minutes, *longest]), min(asked.least_minutes, asked.wish_minutes))
    return min(least, most), most


def least_part_minutes(asked: ActivityRequest) -> int:
    """The least of one part, in whichever alternative: the solver knows one for all of them."""
    shortest: list[int] = [
        resource.shortest_minutes or 0 for way in asked.alternatives for resource in all_held(way.resources)
    ]
    least: int = max([asked.least_part_minutes or 0, *(shortest if asked.most_parts > 1 else ())])
    return least


def calibration_outages(site: Site, resource: Resource, span: Interval) -> list[Interval]:
    """From the end of the day on which calibration is due it cannot be used."""
    if resource.calibration_due_on is None:
        return []
    due = local_midnight(resource.calibration_due_on + timedelta(days=1), zone_of(site))
    return [Interval(max(due, span.start), span.end)] if due < span.end else []


def rest_days(site: Site, person: Person, bookings: Iterable[Booking], span: Interval) -> list[Interval]:
    """Days kept free of duty, so that whatever is planned never exceeds the days in a row.

    The solver counts no days: of each stretch of days that could become too long, one without a
    duty so far is taken out, the one with the shortest shift.
    """
    most = person.most_days_in_a_row
    if most is None:
        return []
    zone = zone_of(site)
    duties = [
        phase
        for booking in bookings
        for duty in booking.duties
        if duty.person_id == person.id and duty.is_duty and (phase := booking.phase(duty.phase))
    ]
    busy = days_touched(duties, zone)
    margin = timedelta(days=most + 1)
    around = local_days(Interval(span.start - margin, span.end + margin), zone)
    minutes = _possible_minutes(site, person, around)
    first, last = (
        span.start.astimezone(zone).date(),
        (span.end - timedelta(seconds=1)).astimezone(zone).date(),
    )
    could = {day for day, _ in around if day in busy or (first <= day <= last and minutes[day] > 0)}
    freed: list[date] = []
    stretch: list[date] = []
    for day, _ in around:
        stretch = [*stretch, day] if day in could else []
        if len(stretch) > most:
            choices = [each for each in stretch if each not in busy and first <= each <= last]
            if not choices:
                stretch = stretch[1:]
                continue
            chosen = min(choices, key=lambda each: (minutes[each], -each.toordinal()))
            freed.append(chosen)
            could.discard(chosen)
            stretch = stretch[stretch.index(chosen) + 1 :]
    whole = dict(around)
    return [whole[day] for day in freed]


def _possible_minutes(site: Site, person: Person, days: Sequence[tuple[date, Interval]]) -> dict[date, float]:
    """Minutes of each day on which the person could be on duty."""
    holidays = holidays_of(site)
    away = [Interval(row.starts_at, row.ends_at) for row in person.absences]
    return {
        day: total_minutes(subtract(open_intervals(person.calendar, site, whole, holidays), away))
        for day, whole in days
    }
