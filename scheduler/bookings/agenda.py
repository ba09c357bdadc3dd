"""A week as a list of days: for phones, for "My week", and for browsers without script."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from scheduler.bookings.axis import DayOff
from scheduler.bookings.models import Booking
from scheduler.bookings.queries import BUSY, shows
from scheduler.bookings.timeline import KIND_LETTERS
from scheduler.bookings.week import Week
from scheduler.calendars.rules import local_days
from scheduler.calendars.service import zone_of
from scheduler.calendars.words import hours_words, moment_words
from scheduler.intervals import Interval


@dataclass(frozen=True)
class Item:
    """A booking on the day that it begins; one that began earlier stands on the first day."""

    starts: str
    ends: str
    kind: str
    title: str
    where: str
    note: str
    people: str
    href: str | None
    is_over: bool
    is_tentative: bool
    needs_repair: bool


@dataclass(frozen=True)
class AgendaDay:
    on: date
    is_today: bool
    day_off: DayOff | None
    items: tuple[Item, ...]


def make_agenda(
    week: Week, bookings: Collection[Booking], link: Callable[[int], str], *, are_own: bool = False
) -> list[AgendaDay]:
    """Day by day; of bookings that are one's own also what is confidential to others is shown."""
    zone = zone_of(week.site)
    today = week.now.astimezone(zone).date()
    days = []
    for day, whole in local_days(week.span, zone):
        first = whole.start <= week.span.start
        todays = [
            booking
            for booking in bookings
            if whole.start <= booking.starts_at < whole.end
            or (first and booking.starts_at < whole.start < booking.ends_at)
        ]
        in_order = sorted(todays, key=lambda one: one.run)
        items = [
            _item(week, each, whole, link, are_own or shows(each, week.project_ids)) for each in in_order
        ]
        days.append(AgendaDay(day, day == today, week.days_off.get(day), tuple(items)))
    return days


def bookings_of_user(
    bookings: Collection[Booking], user_id: int, own_project_ids: Collection[int]
) -> list[Booking]:
    """Of one's own requests, of the projects one belongs to, and those in which one has a duty."""
    return [
        booking
        for booking in bookings
        if booking.project_id in own_project_ids
        or (booking.activity_request is not None and booking.activity_request.requester_id == user_id)
        or any(duty.person.user_id == user_id for duty in booking.duties)
    ]


def _item(week: Week, booking: Booking, day: Interval, link: Callable[[int], str], is_shown: bool) -> Item:
    zone = zone_of(week.site)
    start, end = booking.starts_at.astimezone(zone), booking.ends_at.astimezone(zone)
    notes = []
    if booking.ends_at > day.end:
        notes.append(f"{hours_words(booking.run.minutes)}, until {moment_words(booking.ends_at, zone)}")
    if booking.occupied_from < booking.starts_at:
        notes.append(f"setup from {booking.occupied_from.astimezone(zone):%H:%M}")
    is_tentative = any(booking.run.overlaps(doubtful) for doubtful in week.provisional_days)
    return Item(
        starts=f"{start:%H:%M}" if booking.starts_at >= day.start else f"{start:%a} {start.day}",
        ends=f"{end:%H:%M}" if booking.ends_at <= day.end else f"{end:%a} {end.day}",
        kind=(KIND_LETTERS[booking.project.kind] if booking.project else "n") if is_shown else "x",
        title=booking.title if is_shown else BUSY,
        where=", ".join(resource.code for resource in booking.resources),
        note=", ".join(notes),
        people=", ".join(dict.fromkeys(duty.person.name for duty in booking.duties)) if is_shown else "",
        href=link(booking.id) if is_shown else None,
        is_over=booking.ends_at <= week.now,
        is_tentative=is_tentative,
        needs_repair=booking.state == "needs repair",
    )
