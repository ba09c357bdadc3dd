"""Bookings as JSON: a bounded span, a constant number of statements, nothing that the reader may not see."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, bindparam, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from scheduler.accounts.models import User
from scheduler.bookings.models import HOLDING_STATES, Booking, BookingPerson, BookingResource
from scheduler.bookings.queries import BUSY, visible_project_ids
from scheduler.calendars.models import Site
from scheduler.calendars.rules import local_midnight
from scheduler.calendars.service import zone_of
from scheduler.database import session
from scheduler.errors import UserError
from scheduler.intervals import Interval
from scheduler.people.models import Person
from scheduler.projects.models import Project
from scheduler.requests.models import ActivityRequest
from scheduler.resources.models import Resource

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
    asked = {"site": site.id, "start": span.start, "end": span.end}
    people: dict[int, list[str]] = {}
    for booking_id, name in session.execute(_PEOPLE, asked):
        names = people.setdefault(booking_id, [])
        if name not in names:
            names.append(name)
    texts = _Texts()
    found: dict[int, dict[str, Any]] = {}
    rows: Iterable[Any] = session.execute(_BOOKINGS, asked)
    for row in rows:
        booking_id, code = row[0], row[-1]
        if booking_id in found:
            found[booking_id]["resources"].append(code)
        else:
            found[booking_id] = _as_json(row, texts, project_ids, people.get(booking_id, []))
    return {
        "from": span.start.isoformat(),
        "until": span.end.isoformat(),
        "time_zone": zone_of(site).key,
        "bookings": list(found.values()),
    }


def _as_json(row: Sequence[Any], texts: "_Texts", project_ids: set[int], people: list[str]) -> dict[str, Any]:
    (
        booking_id, title, state, version, part_no, project_id, starts_at, ends_at, occupied_from,
        occupied_until, request, project, resource,
    ) = row  # fmt: skip
    shown = {
        "starts_at": texts[starts_at],
        "ends_at": texts[ends_at],
        "occupied_from": texts[occupied_from],
        "occupied_until": texts[occupied_until],
        "resources": [] if resource is None else [resource],
    }
    if project_id is not None and project_id not in project_ids:
        shown["title"] = BUSY
        return shown
    shown["id"] = booking_id
    shown["title"] = title
    shown["state"] = state
    shown["version"] = version
    shown["request"] = request
    shown["project"] = project
    shown["part_no"] = part_no
    shown["people"] = people
    return shown


class _Texts(dict[Any, str]):
    """Moments as the database gives them, text or not, and how the feed writes them; each worked out once."""

    def __missing__(self, stored: Any) -> str:
        moment = stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        self[stored] = moment.isoformat()
        return self[stored]


def _as_stored(column: InstrumentedAttribute[datetime]) -> ColumnElement[str]:
    # A dense week has thousands of moments and few different ones: reading each anew takes half the time.
    return type_coerce(column, String)


_IN_SPAN = (
    Booking.site_id == bindparam("site"),
    Booking.state.in_(HOLDING_STATES),
    Booking.occupied_from < bindparam("end"),
    Booking.occupied_until > bindparam("start"),
)
# Columns, no rows of the model: of a week there are thousands, and nothing is done with them but show them.
_BOOKINGS = (
    select(
        Booking.id, Booking.title, Booking.state, Booking.version, Booking.part_no, Booking.project_id,
        _as_stored(Booking.starts_at), _as_stored(Booking.ends_at),
        _as_stored(Booking.occupied_from), _as_stored(Booking.occupied_until),
        ActivityRequest.code, Project.code, Resource.code,
    )
    .select_from(Booking)
    .outerjoin(Booking.activity_request)
    .outerjoin(Booking.project)
    .outerjoin(Booking.uses)
    .outerjoin(BookingResource.resource)
    .where(*_IN_SPAN)
    .order_by(Booking.occupied_from, Booking.id, BookingResource.id)
)  # fmt: skip
_PEOPLE = (
    select(BookingPerson.booking_id, Person.name)
    .join(BookingPerson.booking)
    .join(BookingPerson.person)
    .where(*_IN_SPAN)
    .order_by(BookingPerson.id)
)


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
