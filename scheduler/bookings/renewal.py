"""Changeovers follow the matrix of a resource: where that changes, they are written anew."""

from collections.abc import Iterable

from sqlalchemy import select

from scheduler.bookings import guard, holding
from scheduler.bookings.models import Booking, Hold
from scheduler.bookings.service import _write_changeover
from scheduler.database import session
from scheduler.resources.models import Resource


def renew_changeovers(resources: Iterable[Resource]) -> None:
    """Write the changeovers of these resources anew; `Conflict` where one has no room any more."""
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
            holding.drop_changeover(resource, booking)
        if holding.has_changeovers(resource):
            for booking in bookings:
                _write_changeover(resource, booking)
