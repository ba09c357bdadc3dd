"""Bookings as JSON: a bounded span, a constant number of statements, nothing that the reader may not see."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.accounts.models import User
from scheduler.bookings.models import Booking
from scheduler.bookings.queries import BUSY, bookings_between, shows, visible_project_ids
from scheduler.calendars.models import Site
from scheduler.calendars.rules import local_midnight
from scheduler.calendars.service import zone_of
from scheduler.errors import UserError
from scheduler.intervals import Interval

MOST_DAYS = 400
FIRST_YEAR, LAST_YEAR = 1990, 2199


def read_span(from_text: str | None, until_text: str | None, zone: ZoneInfo) -> Interval:
    """Two local days (the second not included) or moments with their offset, at most 400 days apart."""
    start, end = _moment(from_text, "from", zone), _moment(until_text, "until", zone)
    if end <= start:
        raise UserError(f"until={until_text} is not after from={from_text}. Write a later one.")
    if end - start > timedelta(days=MOST_DAYS, hours=2):  # two clock changes may lie in between
        raise UserError(f"From {from_text} to {until_text} is more than {MOST_DAYS} days. Ask in pieces.")
    return Interval(start, end)


def feed(site: Site, span: Interval, user: User | None) -> dict[str, Any]:
    project_ids = visible_project_ids(user)
    return {
        "from": span.start.isoformat(),
        "until": span.end.isoformat(),
        "time_zone": zone_of(site).key,
        "bookings": [_as_json(booking, project_ids) for booking in bookings_between(site.id, span)],
    }


def _as_json(booking: Booking, project_ids: set[int]) -> dict[str, Any]:
    times: dict[str, Any] = {
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "occupied_from": booking.occupied_from.isoformat(),
        "occupied_until": booking.occupied_until.isoformat(),
        "resources": [resource.code for resource in booking.resources],
    }
    if not shows(booking, project_ids):
        return {"title": BUSY} | times
    asked, project = booking.activity_request, booking.project
    return {
        "id": booking.id,
        "title": booking.title,
        "state": booking.state,
        "version": booking.version,
        "request": asked.code if asked else None,
        "project": project.code if project else None,
        "part_no": booking.part_no,
        "people": list(dict.fromkeys(duty.person.name for duty in booking.duties)),
    } | times


def _moment(text: str | None, name: str, zone: ZoneInfo) -> datetime:
    remedy = f"Write a day like {name}=2026-11-30, or a moment with its offset like 2026-11-30T08:00+05:00."
    if not text:
        raise UserError(f"{name} is missing. {remedy}")
    try:
        # A plus sign that was not escaped arrives as a blank.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        day = date.fromisoformat(text) if len(text) == 10 else moment.date()
    except ValueError:
        raise UserError(f'{name}="{text[:40]}" is no day. {remedy}') from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise UserError(f"{name}={text} is out of range. Write a year from {FIRST_YEAR} to {LAST_YEAR}.")
    if len(text) == 10:
        return local_midnight(day, zone)
    if moment.tzinfo is None:
        raise UserError(f"{name}={text} does not say in which zone. {remedy}")
    return moment
