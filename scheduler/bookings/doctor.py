"""An independent look at what is booked: plain SQL and plain recomputation, none of the booking code.

Asks three things: does anything overlap, are the guards in place, and do holds, draws and changeovers
say what the bookings say.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import selectinload

from scheduler.bookings import guard
from scheduler.bookings.models import HOLDING_STATES, Booking, BookingPerson, BookingResource, Hold
from scheduler.calendars.service import zone_of
from scheduler.database import session
from scheduler.resources.models import Resource

# What was agreed, not what is held: bookings of one resource at one time, beyond its capacity.
_RESOURCE_OVERLAPS = """
SELECT r.code AS what, a.title AS first, b.title AS second
FROM booking_resource ra
JOIN booking a ON a.id = ra.booking_id AND a.state <> 'cancelled'
JOIN booking_resource rb ON rb.resource_id = ra.resource_id AND rb.booking_id > ra.booking_id
JOIN booking b ON b.id = rb.booking_id AND b.state <> 'cancelled'
JOIN resource r ON r.id = ra.resource_id
JOIN holdable h ON h.id = r.holdable_id
WHERE a.occupied_from < b.occupied_until AND b.occupied_from < a.occupied_until AND h.seats = 1
"""
_SEAT_OVERLAPS = """
SELECT h.kind AS what, ba.title AS first, bb.title AS second
FROM hold a
JOIN hold b ON b.holdable_id = a.holdable_id AND b.seat = a.seat AND b.id > a.id
  AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
JOIN holdable h ON h.id = a.holdable_id
JOIN booking ba ON ba.id = a.booking_id
JOIN booking bb ON bb.id = b.booking_id
"""
_TOO_MANY_SEATS = """
SELECT h.kind AS what, b.title AS first, b.title AS second
FROM hold a JOIN holdable h ON h.id = a.holdable_id JOIN booking b ON b.id = a.booking_id
WHERE a.seat > h.seats OR a.seat < 1
"""
_UTILITIES_OVER = """
SELECT u.code AS what, b.title AS first, b.title AS second
FROM draw d JOIN utility u ON u.id = d.utility_id JOIN booking b ON b.id = d.booking_id
WHERE (
    SELECT SUM(o.amount) FROM draw o
    WHERE o.utility_id = d.utility_id AND (
      (u.per = 'moment' AND o.starts_at <= d.starts_at AND o.ends_at > d.starts_at)
      OR (u.per = 'day' AND o.on_day = d.on_day))
  ) > COALESCE((
    SELECT MIN(l.capacity) FROM utility_level l
    WHERE l.utility_id = d.utility_id AND l.starts_at <= d.starts_at AND l.ends_at > d.starts_at
  ), u.capacity)
"""


@dataclass
class Examination:
    """What was found; all lists empty is a clean bill of health."""

    bookings: int = 0
    holds: int = 0
    draws: int = 0
    changeovers: int = 0
    overlaps: list[str] = field(default_factory=list)
    missing_guards: list[str] = field(default_factory=list)
    wrong_holds: list[str] = field(default_factory=list)
    wrong_draws: list[str] = field(default_factory=list)
    wrong_changeovers: list[str] = field(default_factory=list)

    @property
    def is_healthy(self) -> bool:
        return not (
            self.overlaps
            or self.missing_guards
            or self.wrong_holds
            or self.wrong_draws
            or self.wrong_changeovers
        )


def examine() -> Examination:
    """Look at everything that is booked."""
    found = Examination(missing_guards=guard.missing(session.connection()))
    for statement in (_RESOURCE_OVERLAPS, _SEAT_OVERLAPS, _TOO_MANY_SEATS, _UTILITIES_OVER):
        for row in session.execute(text(statement)):
            found.overlaps.append(f"{row.what}: {row.first} and {row.second}")
    found.overlaps.extend(_people_twice())
    bookings = _all_bookings()
    found.bookings = len(bookings)
    for booking in bookings:
        _compare_holds(booking, found)
        _compare_draws(booking, found)
    _compare_changeovers(bookings, found)
    return found


def _all_bookings() -> list[Booking]:
    return list(
        session.scalars(
            select(Booking)
            .options(
                selectinload(Booking.uses).joinedload(BookingResource.resource),
                selectinload(Booking.duties).joinedload(BookingPerson.person),
                selectinload(Booking.supplies),
                selectinload(Booking.holds),
                selectinload(Booking.draws),
            )
            .order_by(Booking.occupied_from, Booking.id)
        )
    )


def _people_twice() -> list[str]:
    """People who are at two places at once, by what was agreed with them."""
    rows = session.scalars(
        select(BookingPerson)
        .join(BookingPerson.booking)
        .where(Booking.state.in_(HOLDING_STATES))
        .options(selectinload(BookingPerson.booking), selectinload(BookingPerson.person))
    )
    by_person = defaultdict(list)
    for row in rows:
        if interval := row.booking.phase(row.phase):
            by_person[row.person.name].append((interval.start, interval.end, row.booking.title))
    twice = []
    for name, spans in by_person.items():
        spans.sort()
        latest = spans[0]
        for span in spans[1:]:
            if span[0] < latest[1]:
                twice.append(f"{name}: {latest[2]} and {span[2]}")
            if span[1] > latest[1]:
                latest = span
    return twice


def _compare_holds(booking: Booking, found: Examination) -> None:
    expected: dict[tuple[Any, ...], int] = defaultdict(int)
    if booking.state in HOLDING_STATES:
        for holdable_id, seats in _seats_with_parts([use.resource for use in booking.uses]).items():
            expected[(holdable_id, booking.occupied_from, booking.occupied_until)] += seats
        for duty in booking.duties:
            interval = booking.phase(duty.phase)
            if interval is not None:
                expected[(duty.person.holdable_id, interval.start, interval.end)] += 1
        if booking.exclusion_group is not None:
            expected[(booking.exclusion_group.holdable_id, booking.starts_at, booking.ends_at)] += 1
    actual: dict[tuple[Any, ...], int] = defaultdict(int)
    for hold in booking.holds:
        found.holds += 1
        if hold.kind != "changeover":
            actual[(hold.holdable_id, hold.starts_at, hold.ends_at)] += 1
    if expected != actual:
        found.wrong_holds.append(f"{booking.title} (booking {booking.id})")


def _seats_with_parts(resources: list[Resource]) -> dict[int, int]:
    """Seats of whatever is taken: parts of wholes, and of zones one, or all for what is hazardous."""
    ids: dict[int, int] = {}
    zones: dict[int, int] = {}
    while resources:
        resource = resources.pop()
        ids[resource.holdable_id] = 1
        resources.extend(resource.parts)
        if resource.zone is not None and resource.zone is not resource:
            seats = resource.zone.holdable.seats if resource.is_hazardous else 1
            zones[resource.zone.holdable_id] = max(seats, zones.get(resource.zone.holdable_id, 1))
    return ids | zones


def _compare_draws(booking: Booking, found: Examination) -> None:
    zone = zone_of(booking.site)
    expected = []
    if booking.state in HOLDING_STATES:
        for supply in booking.supplies:
            interval = booking.phase(supply.phase)
            if interval is not None:
                day = interval.start.astimezone(zone).date()
                expected.append((supply.utility_id, supply.amount, interval.start, interval.end, day))
    actual = [
        (draw.utility_id, draw.amount, draw.starts_at, draw.ends_at, draw.on_day) for draw in booking.draws
    ]
    found.draws += len(actual)
    if sorted(expected) != sorted(actual):
        found.wrong_draws.append(f"{booking.title} (booking {booking.id})")


def _compare_changeovers(bookings: list[Booking], found: Examination) -> None:
    """Walk along each resource and say anew what must lie between neighbours."""
    written = defaultdict(list)
    for hold in session.scalars(select(Hold).where(Hold.kind == "changeover")):
        written[(hold.booking_id, hold.holdable_id)].append((hold.starts_at, hold.ends_at))
        found.changeovers += 1
    by_holdable: dict[int, list[Booking]] = defaultdict(list)
    for booking in bookings:
        for hold in booking.holds:
            if hold.kind == "use":
                by_holdable[hold.holdable_id].append(booking)
    for resource in session.scalars(select(Resource).options(selectinload(Resource.changeovers))):
        matrix = {(row.from_configuration, row.to_configuration): row.minutes for row in resource.changeovers}
        standing = resource.configuration
        for booking in sorted(by_holdable[resource.holdable_id], key=lambda row: row.occupied_from):
            minutes = 0
            wanted = booking.configuration
            if resource.capacity == 1 and standing is not None and wanted not in (None, standing):
                minutes = matrix.get((standing, wanted or ""), 0)
            start = booking.occupied_from - timedelta(minutes=minutes)
            expected = [(start, booking.occupied_from)] if minutes else []
            if written.pop((booking.id, resource.holdable_id), []) != expected:
                found.wrong_changeovers.append(f"{resource.code}: before {booking.title}")
            standing = booking.configuration
    found.wrong_changeovers.extend(f"left over at booking {booking_id}" for booking_id, _ in written)
