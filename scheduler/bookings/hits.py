"""Which bookings an outage, an absence, a lapsed certificate or a day off hits, and what becomes of them.

A booking that is hit keeps all that it holds and needs repair; when nothing stands against it any
more, it is in order again.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from scheduler import outbox
from scheduler.bookings import guard
from scheduler.bookings.ground import (
    ABSENT,
    CALIBRATION,
    CLOSED,
    OFF_SHIFT,
    OUTAGE,
    RETIRED,
    UNQUALIFIED,
    Against,
    Ground,
)
from scheduler.bookings.models import Booking, BookingPerson, BookingResource
from scheduler.calendars.models import Calendar, Site
from scheduler.calendars.rules import local_midnight
from scheduler.calendars.service import zone_of
from scheduler.database import session, utc_now
from scheduler.events import (
    CalendarChanged,
    OutageEnded,
    OutageReported,
    PersonChanged,
    QualificationLapses,
    ResourceChanged,
    subscribe,
)
from scheduler.intervals import Interval
from scheduler.people.models import Person, Qualification
from scheduler.requests.models import ActivityRequest
from scheduler.resources.models import Outage, Resource
from scheduler.resources.queries import family

LIVE = ("booked", "needs repair")
BEGINNING, END = date(1990, 1, 1), date(2199, 12, 30)


@dataclass(frozen=True)
class Hit:
    """A booking, and what of it is hit: sentences, and the duties that lose their person."""

    booking: Booking
    against: tuple[Against, ...]

    @property
    def lost(self) -> list[BookingPerson]:
        return [each.duty for each in self.against if each.duty is not None]


@dataclass(frozen=True)
class Told:
    """Somebody whom a change of a booking concerns."""

    name: str
    person_id: int | None = None
    user_id: int | None = None


def listen() -> None:
    """Hear what the rooms to the left say."""
    subscribe(OutageReported, on_outage)
    subscribe(OutageEnded, on_outage_ended)
    subscribe(ResourceChanged, on_resource)
    subscribe(PersonChanged, on_person)
    subscribe(QualificationLapses, on_qualification)
    subscribe(CalendarChanged, on_calendar)


def hit_by_outage(resource: Resource, spans: Sequence[Interval], now: datetime) -> list[Hit]:
    """What an outage in `spans` would hit: bookings of the facility, of its parts and of its whole."""
    if not spans:
        return []
    around = Interval(min(span.start for span in spans), max(span.end for span in spans))
    bookings = _live(resource.site_id, around, now, _uses([each.id for each in family(resource)]))
    return [
        Hit(booking, (Against(OUTAGE, f"{resource.code} is out then."),))
        for booking in bookings
        if any(span.overlaps(booking.occupied) for span in spans)
    ]


def hit_by_absence(person: Person, interval: Interval, now: datetime) -> list[Hit]:
    """Bookings that somebody works on, or takes part in, during `interval`."""
    hits = []
    for booking in _live(person.site_id, interval, now, _names(person.id)):
        lost = [
            duty
            for duty in booking.duties
            if duty.person_id == person.id and (time := booking.phase(duty.phase)) and time.overlaps(interval)
        ]
        if lost:
            against = tuple(Against(ABSENT, f"{person.name} is away then.", duty) for duty in lost)
            hits.append(Hit(booking, against))
    return hits


def hit_by_lapse(person: Person, qualification: Qualification, now: datetime) -> list[Hit]:
    """Bookings with a duty by that qualification at a time at which it is not valid."""
    bookings = _live(person.site_id, None, now, _names(person.id, qualification.id))
    return [
        Hit(hit.booking, lost)
        for hit in _hits(bookings, person.site_id)
        if (
            lost := tuple(
                each
                for each in hit.against
                if each.kind == UNQUALIFIED
                and each.duty is not None
                and (each.duty.person_id, each.duty.qualification_id) == (person.id, qualification.id)
            )
        )
    ]


def resting_on(person: Person, qualification: Qualification, now: datetime) -> int:
    """How many bookings to come have a duty of that person by that qualification."""
    return len(_live(person.site_id, None, now, _names(person.id, qualification.id)))


def hit_by_day_off(site: Site, day: date, now: datetime) -> list[Hit]:
    """Bookings that a day off closes: those whose facilities or people keep the holidays."""
    zone = zone_of(site)
    whole_day = Interval(local_midnight(day, zone), local_midnight(day + timedelta(days=1), zone))
    hits = []
    for booking in _live(site.id, whole_day, now):
        if booking.override_reason is not None:
            continue
        against = [
            Against(CLOSED, f"{resource.code} keeps the holidays.")
            for resource in booking.resources
            if resource.calendar is not None and resource.calendar.keeps_holidays
        ]
        for duty in booking.duties:
            time, calendar = booking.phase(duty.phase), duty.person.calendar
            if duty.is_duty and time and time.overlaps(whole_day) and calendar and calendar.keeps_holidays:
                against.append(Against(OFF_SHIFT, f"{duty.person.name} keeps the holidays.", duty))
        if against:
            hits.append(Hit(booking, tuple(against)))
    return hits


def told_of(bookings: Iterable[Booking]) -> list[Told]:
    """Whom a change of these concerns: who works on them or takes part, who asked, who looks after where."""
    found: dict[tuple[int | None, int | None], Told] = {}
    for booking in bookings:
        for duty in booking.duties:
            person = duty.person
            found.setdefault((person.id, person.user_id), Told(person.name, person.id, person.user_id))
        asked = booking.activity_request
        if asked is not None and asked.requester is not None:
            found.setdefault((None, asked.requester_id), Told(asked.requester.name, None, asked.requester_id))
        for resource in booking.resources:
            for steward in resource.stewards:
                found.setdefault((None, steward.user_id), Told(steward.user.name, None, steward.user_id))
    signed_in = {told.user_id for told in found.values() if told.person_id and told.user_id}
    return [told for told in found.values() if told.person_id or told.user_id not in signed_in]


def on_outage(event: OutageReported) -> None:
    outage = session.get(Outage, event.outage_id)
    if outage is not None:
        span = Interval(outage.starts_at, outage.ends_at)
        _settle_outage(outage.resource, span, outage.reason)


def on_outage_ended(event: OutageEnded) -> None:
    resource = session.get_one(Resource, event.resource_id)
    _settle_outage(resource, Interval(event.starts_at, event.ends_at), "")


def on_resource(event: ResourceChanged) -> None:
    resource = session.get_one(Resource, event.resource_id)
    members = family(resource)
    guard.lock(session.connection(), {each.holdable_id for each in members})
    bookings = _live(resource.site_id, None, utc_now(), _uses([each.id for each in members]))
    _settle(bookings, resource.site_id, {CLOSED, RETIRED, CALIBRATION}, f"{resource.code} has changed")


def on_person(event: PersonChanged) -> None:
    person = session.get_one(Person, event.person_id)
    guard.lock(session.connection(), {person.holdable_id})
    bookings = _live(person.site_id, None, utc_now(), _names(person.id))
    _settle(bookings, person.site_id, {ABSENT, OFF_SHIFT, RETIRED}, f"{person.name} cannot come")


def on_qualification(event: QualificationLapses) -> None:
    person = session.get_one(Person, event.person_id)
    guard.lock(session.connection(), {person.holdable_id})
    bookings = _live(person.site_id, None, utc_now(), _names(person.id, event.qualification_id))
    _settle(bookings, person.site_id, {UNQUALIFIED}, f"a certificate of {person.name} lapses")


def on_calendar(event: CalendarChanged) -> None:
    site = session.get_one(Site, event.site_id)
    zone = zone_of(site)
    span = Interval(
        local_midnight(event.from_on or BEGINNING, zone),
        local_midnight((event.until_on or END) + timedelta(days=1), zone),
    )
    calendars = [event.calendar_id] if event.calendar_id else _calendar_ids(event.site_id)
    resources = select(Resource.id).where(Resource.calendar_id.in_(calendars))
    people = select(Person.id).where(Person.calendar_id.in_(calendars))
    guard.lock(
        session.connection(),
        {
            *session.scalars(select(Resource.holdable_id).where(Resource.calendar_id.in_(calendars))),
            *session.scalars(select(Person.holdable_id).where(Person.calendar_id.in_(calendars))),
        },
    )
    concerned = or_(
        Booking.uses.any(BookingResource.resource_id.in_(_with_wholes(resources))),
        Booking.duties.any(BookingPerson.person_id.in_(people)),
    )
    bookings = _live(event.site_id, span, utc_now(), concerned)
    _settle(bookings, event.site_id, {CLOSED, OFF_SHIFT}, "opening hours or shifts changed")


def _settle_outage(resource: Resource, span: Interval, reason: str) -> None:
    members = family(resource)
    # Whoever books one of them at this moment is waited for, and then seen.
    guard.lock(session.connection(), {each.holdable_id for each in members})
    bookings = _live(resource.site_id, span, utc_now(), _uses([each.id for each in members]))
    _settle(bookings, resource.site_id, {OUTAGE}, f"{resource.code} is out{f': {reason}' if reason else ''}")


def _settle(bookings: Sequence[Booking], site_id: int, kinds: Collection[str], why: str) -> None:
    """Those that are hit by one of `kinds` need repair, those that nothing is against no longer do."""
    struck, mended = [], []
    for booking, against in _judged(bookings, site_id):
        if booking.state == "booked" and any(each.kind in kinds for each in against):
            booking.state = "needs repair"
            struck.append(booking)
        elif booking.state == "needs repair" and not against:
            booking.state = "booked"
            mended.append(booking)
    session.flush()
    for topic, found in (("bookings.needs_repair", struck), ("bookings.in_order", mended)):
        if found:
            outbox.post(topic, _notice(found, why))


def _notice(bookings: Sequence[Booking], why: str) -> dict[str, object]:
    told = told_of(bookings)
    return {
        "bookings": [booking.id for booking in bookings],
        "why": why,
        "people": sorted(each.person_id for each in told if each.person_id),
        "users": sorted(each.user_id for each in told if each.user_id),
    }


def _hits(bookings: Sequence[Booking], site_id: int) -> list[Hit]:
    return [Hit(booking, tuple(against)) for booking, against in _judged(bookings, site_id) if against]


def _judged(bookings: Sequence[Booking], site_id: int) -> list[tuple[Booking, list[Against]]]:
    if not bookings:
        return []
    span = Interval(
        min(booking.occupied_from for booking in bookings),
        max(booking.occupied_until for booking in bookings),
    )
    ground = Ground(session.get_one(Site, site_id), span)
    return [(booking, ground.against(booking)) for booking in bookings]


def _live(site_id: int, span: Interval | None, now: datetime, *where: ColumnElement[bool]) -> list[Booking]:
    """Bookings that are not over yet, within `span`, by time, as the database has them now."""
    query = select(Booking).where(
        Booking.site_id == site_id, Booking.state.in_(LIVE), Booking.occupied_until > now, *where
    )
    if span is not None:
        query = query.where(Booking.occupied_from < span.end, Booking.occupied_until > span.start)
    query = query.order_by(Booking.occupied_from, Booking.id).options(*_shown())
    return list(session.scalars(query.execution_options(populate_existing=True)).unique())


def _shown() -> list[ExecutableOption]:
    """All that is judged and told: a constant number of statements, however many bookings."""
    person = selectinload(Booking.duties).joinedload(BookingPerson.person)
    return [
        joinedload(Booking.project),
        joinedload(Booking.activity_request).joinedload(ActivityRequest.requester),
        selectinload(Booking.uses).joinedload(BookingResource.resource).selectinload(Resource.outages),
        selectinload(Booking.duties).joinedload(BookingPerson.qualification),
        person.selectinload(Person.absences),
        person.selectinload(Person.qualifications),
    ]


def _uses(resource_ids: Collection[int]) -> ColumnElement[bool]:
    return Booking.uses.any(BookingResource.resource_id.in_(resource_ids))


def _names(person_id: int, qualification_id: int | None = None) -> ColumnElement[bool]:
    if qualification_id is None:
        return Booking.duties.any(BookingPerson.person_id == person_id)
    return Booking.duties.any(
        (BookingPerson.person_id == person_id) & (BookingPerson.qualification_id == qualification_id)
    )


def _with_wholes(resources: Any) -> list[int]:
    """Ids, or a statement for them, with those of every whole above: who books it holds the part."""
    found = {row.id: row for row in session.scalars(select(Resource).where(Resource.id.in_(resources)))}
    return [each.id for row in list(found.values()) for each in (row, *_above(row))]


def _above(resource: Resource) -> list[Resource]:
    above = []
    while resource.whole is not None and resource.whole not in above:
        resource = resource.whole
        above.append(resource)
    return above


def _calendar_ids(site_id: int) -> list[int]:
    return list(session.scalars(select(Calendar.id).where(Calendar.site_id == site_id)))
