"""From a booking to what the database guards: holds with their seats, changeovers, draws."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import joinedload

from scheduler.bookings.models import Booking, Draw, Hold
from scheduler.bookings.proposal import all_held, seats_held
from scheduler.database import session
from scheduler.intervals import Interval


@dataclass(frozen=True)
class Claim:
    """What a booking ought to hold of one thing, without saying which seats."""

    holdable_id: int
    kind: str
    interval: Interval
    seats: int = 1


def claims_of(booking: Booking) -> list[Claim]:
    """What a booking holds, but for changeovers, which depend on its neighbours."""
    own = {resource.id for resource in all_held(booking.resources)}
    claims = [
        Claim(resource.holdable_id, "use" if resource.id in own else "zone", booking.occupied, seats)
        for resource, seats in seats_held(booking.resources)
    ]
    for duty in booking.duties:
        if interval := booking.phase(duty.phase):
            claims.append(Claim(duty.person.holdable_id, "person", interval))
    if booking.exclusion_group is not None:
        claims.append(Claim(booking.exclusion_group.holdable_id, "group", booking.run))
    return claims


def draws_of(booking: Booking, zone: ZoneInfo) -> list[Draw]:
    """The draws that a booking ought to own."""
    return [
        Draw(
            utility_id=supply.utility_id or supply.utility.id,
            amount=supply.amount,
            starts_at=interval.start,
            ends_at=interval.end,
            on_day=interval.start.astimezone(zone).date(),
        )
        for supply in booking.supplies
        if (interval := booking.phase(supply.phase))
    ]


def holds_in_the_way(claims: Iterable[Claim]) -> list[Hold]:
    """Holds of others that overlap any of the claims, seats aside, by time."""
    found: dict[int, Hold] = {}
    for claim in claims:
        rows = session.scalars(
            select(Hold)
            .where(
                Hold.holdable_id == claim.holdable_id,
                Hold.starts_at < claim.interval.end,
                Hold.ends_at > claim.interval.start,
            )
            .options(joinedload(Hold.booking))
        )
        found.update({hold.id: hold for hold in rows})
    return sorted(found.values(), key=lambda hold: (hold.starts_at, hold.id))


def take_seats(claim: Claim, seats: int) -> list[int] | None:
    """Free seats for the whole claim, one or all of them; None where there are not so many."""
    if claim.seats == 1:
        seat = take_seat(claim, seats)
        return None if seat is None else [seat]
    return None if _overlapping(claim.holdable_id, claim.interval) else list(range(1, seats + 1))


def take_seat(claim: Claim, seats: int) -> int | None:
    """A seat that is free for the whole claim; None where the load reaches the capacity.

    Where no seat is free throughout but the load stays below, the holds that overlap are given
    other seats: intervals can always be coloured with as many colours as overlap at most.
    """
    if seats == 1:
        return None if _overlapping(claim.holdable_id, claim.interval) else 1
    around = _overlapping(claim.holdable_id, claim.interval)
    taken = {hold.seat for hold in around}
    free = next((seat for seat in range(1, seats + 1) if seat not in taken), None)
    if free is not None:
        return free
    return _reseat(claim, seats)


def _reseat(claim: Claim, seats: int) -> int | None:
    cluster = _cluster(claim)
    new = object()
    spans: list[tuple[Interval, object]] = [
        (Interval(hold.starts_at, hold.ends_at), hold) for hold in cluster
    ]
    spans.append((claim.interval, new))
    spans.sort(key=lambda span: (span[0].start, span[0].end))
    free_from: dict[int, datetime | None] = dict.fromkeys(range(1, seats + 1))
    chosen: dict[int, int] = {}
    for interval, owner in spans:
        seat = next(
            (seat for seat, until in free_from.items() if until is None or until <= interval.start), None
        )
        if seat is None:
            return None
        free_from[seat] = interval.end
        chosen[id(owner)] = seat
    moved = [hold for hold in cluster if hold.seat != chosen[id(hold)]]
    copies = [
        Hold(
            booking_id=hold.booking_id,
            holdable_id=hold.holdable_id,
            kind=hold.kind,
            starts_at=hold.starts_at,
            ends_at=hold.ends_at,
            seat=chosen[id(hold)],
        )
        for hold in moved
    ]
    # Away first, then back on the new seats: SQLite's trigger looks at every row as it is written.
    session.execute(delete(Hold).where(Hold.id.in_([hold.id for hold in moved])))
    for hold in moved:
        session.expunge(hold)
    session.add_all(copies)
    session.flush()
    return chosen[id(new)]


def _cluster(claim: Claim) -> list[Hold]:
    """Every hold that is linked to the claim by a chain of overlaps: outside, nothing changes."""
    start, end = claim.interval.start, claim.interval.end
    while True:
        holds = _overlapping(claim.holdable_id, Interval(start, end))
        wider = (
            min([start, *(hold.starts_at for hold in holds)]),
            max([end, *(hold.ends_at for hold in holds)]),
        )
        if wider == (start, end):
            return holds
        start, end = wider


def _overlapping(holdable_id: int, interval: Interval) -> list[Hold]:
    asked = {"holdable": holdable_id, "start": interval.start, "end": interval.end}
    return list(session.scalars(_OVERLAPPING, asked))


_OVERLAPPING = (
    select(Hold)
    .where(
        Hold.holdable_id == bindparam("holdable"),
        Hold.starts_at < bindparam("end"),
        Hold.ends_at > bindparam("start"),
    )
    .order_by(Hold.starts_at, Hold.id)
)
