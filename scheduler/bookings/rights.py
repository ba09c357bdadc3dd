"""Who may change a booking by hand: managers of all that it takes, and for some of it its own people."""

from collections.abc import Iterable

from scheduler.accounts import service as accounts
from scheduler.accounts.models import User
from scheduler.accounts.rules import Place
from scheduler.bookings import queries
from scheduler.bookings.models import Booking
from scheduler.errors import Forbidden
from scheduler.resources.models import Resource


def may_manage(user: User | None, site_id: int, resources: Iterable[Resource]) -> bool:
    """Whether `user` is a manager of every one of them; None is the system, which may."""
    return all(accounts.can(user, "manager", Place(site_id, resource.id)) for resource in resources)


def require_manager(user: User | None, site_id: int, resources: Iterable[Resource]) -> None:
    for resource in resources:
        if not accounts.can(user, "manager", Place(site_id, resource.id)):
            raise Forbidden(
                f"Booking {resource.code} by hand needs a manager of it. Ask for time instead, or ask one."
            )


def may_change(user: User | None, booking: Booking) -> bool:
    """Move it, split it, cancel it: its managers."""
    return may_manage(user, booking.site_id, booking.resources)


def may_attend(user: User | None, booking: Booking) -> bool:
    """Check in and end it: its managers, who asked for it, and who is on duty or takes part."""
    if user is None or may_change(user, booking):
        return True
    if user.disabled_at is not None:
        return False
    asked = booking.activity_request
    if asked is not None and asked.requester_id == user.id:
        return True
    return any(duty.person.user_id == user.id for duty in booking.duties)


def may_cancel(user: User | None, booking: Booking) -> bool:
    """Its managers, and who asked for it."""
    if user is None or may_change(user, booking):
        return True
    asked = booking.activity_request
    return user.disabled_at is None and asked is not None and asked.requester_id == user.id


def may_read(user: User | None, booking: Booking) -> bool:
    """Also what is confidential to others: whose project it is, who asked for it, who is there."""
    if queries.shows(booking, queries.visible_project_ids(user)):
        return True
    asked = booking.activity_request
    if user is None or user.disabled_at is not None:
        return False
    is_there = any(duty.person.user_id == user.id for duty in booking.duties)
    return is_there or (asked is not None and asked.requester_id == user.id)


def require_visible(user: User | None, booking: Booking) -> None:
    if not may_read(user, booking):
        raise Forbidden("This booking is confidential. Ask its project to add you as a member.")
