"""Changeovers: held before the later of two bookings, rewritten whenever the neighbours change."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from scheduler.bookings import guard
from scheduler.bookings.models import Booking, Hold
from scheduler.bookings.proposal import all_held
from scheduler.calendars.service import zone_of
from scheduler.calendars.words import interval_words
from scheduler.database import session
from scheduler.errors import Conflict
from scheduler.intervals import Interval
from scheduler.resources.models import Resource


def make_room(booking: Booking) -> None:
    """The booking after this one will have a new one before it: its changeover is written anew."""
    with session.no_autoflush:
        for resource in all_held(booking.resources):
            if has_changeovers(resource):
                later = next_use(resource, booking.occupied)
                if later is not None:
                    drop(resource, later)


def write_around(booking: Booking) -> None:
    """The changeover before a booking, and before the one after it, on each of its resources."""
    for resource in all_held(booking.resources):
        if not has_changeovers(resource):
            continue
        for later in (booking, next_use(resource, booking.occupied)):
            if later is not None:
                write(resource, later)


def write(resource: Resource, booking: Booking) -> None:
    """The changeover before one booking on one resource; `Conflict` where it has no room."""
    drop(resource, booking)
    before = previous_use(resource, booking)
    interval = wanted(resource, booking, before)
    if interval is None:
        return
    try:
        with session.begin_nested():
            booking.holds.append(
                Hold(
                    holdable_id=resource.holdable_id,
                    kind="changeover",
                    starts_at=interval.start,
                    ends_at=interval.end,
                )
            )
    except IntegrityError as error:
        if guard.refused_by(error) is None:
            raise
        follows = before.title if before else "what is there"
        words = interval_words(interval, zone_of(booking.site))
        raise Conflict(
            f"{booking.title} cannot follow {follows} on {resource.code}: the changeover {words} "
            "has no room. Choose a later start.",
            (before.id,) if before else (),
        ) from error


def following(booking: Booking) -> list[tuple[Resource, Booking]]:
    """On each resource with changeovers the booking that comes after this one."""
    found = []
    for resource in all_held(booking.resources):
        if has_changeovers(resource):
            later = next_use(resource, booking.occupied, but=[booking.id])
            if later is not None:
                found.append((resource, later))
    return found


def renew(resources: Iterable[Resource]) -> None:
    """Write the changeovers of these resources anew, because their matrix or configuration changed.

    `Conflict` where one has no room any more.
    """
    resources = list(resources)
    guard.lock(session.connection(), [resource.holdable_id for resource in resources])
    for resource in resources:
        bookings = session.scalars(
            select(Booking)
            .join(Hold, Hold.booking_id == Booking.id)
            .where(Hold.holdable_id == resource.holdable_id, Hold.kind == "use")
            .order_by(Hold.starts_at)
        ).all()
        for booking in bookings:
            drop(resource, booking)
        if has_changeovers(resource):
            for booking in bookings:
                write(resource, booking)


def minutes_between(resource: Resource, before: str | None, after: str | None) -> int:
    """Minutes between two configurations on a resource; none where nothing is known, or changes."""
    if before is None or after is None or before == after:
        return 0
    for changeover in resource.changeovers:
        if changeover.from_configuration == before and changeover.to_configuration == after:
            return changeover.minutes
    return 0


def wanted(resource: Resource, booking: Booking, before: Booking | None) -> Interval | None:
    """The changeover that lies just before `booking`, given the one before it on that resource."""
    earlier = before.configuration if before is not None else resource.configuration
    minutes = minutes_between(resource, earlier, booking.configuration)
    if minutes == 0:
        return None
    return Interval(booking.occupied_from - timedelta(minutes=minutes), booking.occupied_from)


def previous_use(resource: Resource, booking: Booking) -> Booking | None:
    """The last booking on `resource` that ends before `booking` starts."""
    return session.scalar(
        select(Booking)
        .join(Hold, Hold.booking_id == Booking.id)
        .where(
            Hold.holdable_id == resource.holdable_id,
            Hold.kind == "use",
            Hold.ends_at <= booking.occupied_from,
            Booking.id != booking.id,
        )
        .order_by(Hold.ends_at.desc())
        .limit(1)
    )


def next_use(resource: Resource, interval: Interval, but: Sequence[int] = ()) -> Booking | None:
    """The first booking on `resource` that starts after `interval`, other than those of `but`."""
    return session.scalar(
        select(Booking)
        .join(Hold, Hold.booking_id == Booking.id)
        .where(
            Hold.holdable_id == resource.holdable_id,
            Hold.kind == "use",
            Hold.starts_at >= interval.end,
            Booking.id.not_in(but),
        )
        .order_by(Hold.starts_at)
        .limit(1)
    )


def drop(resource: Resource, booking: Booking) -> None:
    """Let go of the changeover before `booking` on one resource."""
    for hold in [hold for hold in booking.holds if hold.kind == "changeover"]:
        if hold.holdable_id == resource.holdable_id:
            booking.holds.remove(hold)
    session.flush()


def has_changeovers(resource: Resource) -> bool:
    return resource.capacity == 1 and bool(resource.changeovers)
