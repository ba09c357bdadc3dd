"""Lists of bookings for pages and files, each in a constant number of statements."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from scheduler.accounts.models import User
from scheduler.bookings.models import (
    HOLDING_STATES,
    Booking,
    BookingPerson,
    BookingResource,
    BookingUtility,
)
from scheduler.database import session
from scheduler.errors import NotFound
from scheduler.intervals import Interval
from scheduler.projects.models import Project, ProjectMember
from scheduler.projects.queries import visible

BUSY = "Busy"
"""What a confidential booking is called for whoever may not see it."""


def bookings_between(site_id: int, span: Interval, states: Sequence[str] = HOLDING_STATES) -> list[Booking]:
    """Bookings that occupy any of `span`, by time, with all that a page shows of them."""
    return list(
        session.scalars(
            _whole(select(Booking))
            .where(
                Booking.site_id == site_id,
                Booking.state.in_(states),
                Booking.occupied_from < span.end,
                Booking.occupied_until > span.start,
            )
            .order_by(Booking.occupied_from, Booking.id)
        )
    )


def bookings_of_request(request_id: int, states: Sequence[str] = HOLDING_STATES) -> list[Booking]:
    return list(
        session.scalars(
            _whole(select(Booking))
            .where(Booking.request_id == request_id, Booking.state.in_(states))
            .order_by(Booking.occupied_from, Booking.id)
        )
    )


def get_booking(booking_id: int) -> Booking:
    booking = session.scalars(_whole(select(Booking)).where(Booking.id == booking_id)).one_or_none()
    if booking is None:
        raise NotFound("There is no such booking. It may be of another site, or the address is mistyped.")
    return booking


def next_booked_moment(site_id: int, now: datetime) -> datetime | None:
    """When something is, or will next be, occupied; None if nothing more is booked."""
    return session.scalar(
        select(func.min(Booking.occupied_from)).where(
            Booking.site_id == site_id, Booking.state.in_(HOLDING_STATES), Booking.occupied_until > now
        )
    )


def that_could_swap(booking: Booking, most: int = 30) -> list[Booking]:
    """Bookings of the same kind of facility, within a week on either side, still to come or under way."""
    kinds = {resource.kind for resource in booking.resources}
    near = Interval(booking.starts_at - timedelta(days=7), booking.ends_at + timedelta(days=7))
    found = bookings_between(booking.site_id, near, ("booked", "needs repair"))
    return [
        other
        for other in found
        if other.id != booking.id and {resource.kind for resource in other.resources} == kinds
    ][:most]


def count_of_series(series_id: int) -> int:
    """Bookings of a series that stand."""
    return (
        session.scalar(
            select(func.count()).where(Booking.series_id == series_id, Booking.state.in_(HOLDING_STATES))
        )
        or 0
    )


def visible_project_ids(user: User | None) -> set[int]:
    """Projects whose bookings `user` may read in full."""
    return set(session.scalars(select(Project.id).where(visible(user))))


def project_ids_of_member(user: User) -> set[int]:
    """Projects that `user` is a member of."""
    rows = session.scalars(select(ProjectMember.project_id).where(ProjectMember.user_id == user.id))
    return set(rows)


def shows(booking: Booking, project_ids: set[int]) -> bool:
    """Whether the reader of `project_ids` may see more of it than that something is there."""
    return booking.project_id is None or booking.project_id in project_ids


def shown_title(booking: Booking, project_ids: set[int]) -> str:
    return booking.title if shows(booking, project_ids) else BUSY


def _whole(statement: Select[Booking]) -> Select[Booking]:
    return statement.options(
        joinedload(Booking.project),
        joinedload(Booking.exclusion_group),
        joinedload(Booking.activity_request),
        selectinload(Booking.uses).joinedload(BookingResource.resource),
        selectinload(Booking.duties).joinedload(BookingPerson.person),
        selectinload(Booking.duties).joinedload(BookingPerson.qualification),
        selectinload(Booking.supplies).joinedload(BookingUtility.utility),
        selectinload(Booking.holds),
    )
