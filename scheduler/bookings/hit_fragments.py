"""What bookings show on the pages of people, facilities and calendars: duties, hits, stand-ins."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, render_template
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from scheduler.accounts.models import User
from scheduler.bookings import hits, queries, rights
from scheduler.bookings.models import HOLDING_STATES, Booking, BookingPerson, BookingResource
from scheduler.bookings.stand_ins import stand_ins
from scheduler.calendars.models import Holiday, Site
from scheduler.calendars.queries import the_site
from scheduler.calendars.rules import monday_of, week_name, week_span
from scheduler.calendars.service import zone_of
from scheduler.calendars.wall_times import day_in_words
from scheduler.database import session, utc_now
from scheduler.fragments import fill
from scheduler.intervals import Interval
from scheduler.people.models import Person, Qualification
from scheduler.people.rules import SOON_DAYS
from scheduler.resources.models import Resource
from scheduler.resources.queries import parts_below, wholes_above

MOST_SHOWN = 12
MOST_WITH_STAND_INS = 8
"""For so many bookings a stand-in is looked for on one page; the others have their own."""


@dataclass(frozen=True)
class Line:
    """A booking that is hit, as a page shows it."""

    booking: Booking
    title: str
    sentences: Sequence[str]
    lost: Sequence[tuple[BookingPerson, Sequence[Person]]]
    may_change: bool


def fill_places(app: Flask) -> None:
    """Take the places that the pages of people, facilities and calendars leave open."""
    for place, filler in (
        ("person", person_duties), ("duty hours", duty_hours), ("absence", absence_hits),
        ("certificate", certificate_hits), ("lapsing", lapsing), ("lapsing total", lapsing_total),
        ("qualification needs", qualification_needs), ("outage", outage_hits), ("holiday", holiday_hits),
        ("resource", resource_bookings),
    ):  # fmt: skip
        fill(app, place, filler)


def person_duties(person: Person) -> Markup:
    """Hours of duty this week against the limit, and what comes."""
    now, site = utc_now(), the_site()
    monday = monday_of(week_name(now.astimezone(zone_of(site)).date()))
    span = week_span(monday, zone_of(site))
    rows = _duties_from(site, now, person.id)
    return _markup(
        "bookings/_hit_person.html",
        minutes=_minutes_by_person(site, span).get(person.id, 0),
        limit=person.most_minutes_week,
        duties=[(row, row.booking.phase(row.phase)) for row in rows[:MOST_SHOWN]],
        more=max(0, len(rows) - MOST_SHOWN),
        titles=_titles(row.booking for row in rows),
    )


def duty_hours(people: Sequence[Person], span: Interval) -> Markup:
    """Everybody's hours of one week."""
    minutes = _minutes_by_person(the_site(), span)
    order = sorted(people, key=lambda person: -_share(minutes.get(person.id, 0), person.most_minutes_week))
    return _markup("bookings/_hit_hours.html", people=order, minutes=minutes)


def absence_hits(person: Person, interval: Interval) -> Markup:
    found = hits.hit_by_absence(person, interval, utc_now())
    return _list(found, "This absence hits no booking.", "loses", with_stand_ins=True)


# Pages ask with the names of the places that they leave open.
def certificate_hits(person: Person, qualification: Qualification, stand_ins: bool) -> Markup:
    """Bookings that lose their person, and how many rest on the certificate."""
    now = utc_now()
    found = hits.hit_by_lapse(person, qualification, now)
    rests = hits.resting_on(person, qualification, now)
    empty = f"{rests} booked {'duty rests' if rests == 1 else 'duties rest'} on it; none loses its person."
    if not rests:
        empty = "No booked duty rests on it."
    return _list(found, empty, "loses", with_stand_ins=stand_ins, is_small=True)


def lapsing(held: Sequence[Any]) -> Markup:
    """What lapses next, each with how many bookings lose their person."""
    return _markup("bookings/_hit_lapsing.html", held=held, lost=_lost(held), in_words=day_in_words)


def lapsing_total(held: Sequence[Any]) -> Markup:
    count = sum(_lost(held).values())
    if not count:
        return Markup("")
    words = "booking loses its" if count == 1 else "bookings lose their"
    return Markup(" {} {} person.").format(count, words)


def qualification_needs(names: Sequence[Qualification], valid: Mapping[int, int]) -> Markup:
    """The last row of the matrix: valid now, of how many at once in the bookings to come."""
    now = utc_now()
    needed = _most_at_once(the_site(), Interval(now, now + timedelta(days=SOON_DAYS)))
    return _markup("bookings/_hit_needs.html", names=names, valid=valid, needed=needed)


def outage_hits(resource: Resource, spans: Sequence[Interval]) -> Markup:
    found = hits.hit_by_outage(resource, spans, utc_now())
    return _list(found, "It hits no booking.", "hits")


def resource_bookings(resource: Resource) -> Markup:
    """What is booked next on a facility; those that need repair first say so."""
    now = utc_now()
    # A whole is held with its parts, and a part with its whole.
    ids = [each.id for each in (resource, *parts_below(resource), *wholes_above(resource))]
    rows = session.scalars(
        select(Booking)
        .where(
            Booking.state.in_(hits.LIVE),
            Booking.occupied_until > now,
            Booking.uses.any(BookingResource.resource_id.in_(ids)),
        )
        .options(joinedload(Booking.project))
        .order_by(Booking.occupied_from, Booking.id)
        .limit(MOST_SHOWN)
    ).all()
    broken = sum(row.state == "needs repair" for row in rows)
    return _markup("bookings/_hit_resource.html", bookings=rows, titles=_titles(rows), broken=broken)


def holiday_hits(holiday: Holiday) -> Markup:
    site = session.get_one(Site, holiday.site_id)
    found = hits.hit_by_day_off(site, holiday.on_day, utc_now())
    return _list(found, "No booking lies on that day where holidays are kept.", "hits")


def _list(
    found: Sequence[hits.Hit], empty: str, verb: str, *, with_stand_ins: bool = False, is_small: bool = False
) -> Markup:
    project_ids = queries.visible_project_ids(current_user)
    lines = []
    for number, hit in enumerate(found[:MOST_SHOWN]):
        looked_for = with_stand_ins and number < MOST_WITH_STAND_INS
        lines.append(
            Line(
                hit.booking,
                queries.shown_title(hit.booking, project_ids),
                list(dict.fromkeys(each.sentence for each in hit.against)),
                [(duty, stand_ins(hit.booking, duty)) for duty in hit.lost if duty.is_duty]
                if looked_for
                else [],
                rights.may_change(_asking(), hit.booking),
            )
        )
    return _markup(
        "bookings/_hit_list.html",
        lines=lines,
        count=len(found),
        more=len(found) - len(lines),
        empty=empty,
        verb=verb,
        is_small=is_small,
        with_stand_ins=with_stand_ins,
        told=hits.told_of(hit.booking for hit in found),
    )


def _asking() -> User:
    user: User = current_user._get_current_object()
    return user


def _lost(held: Sequence[Any]) -> dict[tuple[int, int], int]:
    """By (person, qualification) how many bookings lose their person by it."""
    now = utc_now()
    return {
        (each.person.id, each.qualification.id): len(hits.hit_by_lapse(each.person, each.qualification, now))
        for each in held
    }


def _titles(bookings: Iterable[Booking]) -> dict[int, str]:
    project_ids = queries.visible_project_ids(current_user)
    return {booking.id: queries.shown_title(booking, project_ids) for booking in bookings}


def _duties_from(site: Site, now: datetime, person_id: int) -> list[BookingPerson]:
    """Duties and parts in bookings that are not over, by time."""
    query = (
        select(BookingPerson)
        .join(BookingPerson.booking)
        .where(
            Booking.site_id == site.id,
            Booking.state.in_(hits.LIVE),
            Booking.occupied_until > now,
            BookingPerson.person_id == person_id,
        )
        .options(joinedload(BookingPerson.booking).joinedload(Booking.project))
        .order_by(Booking.occupied_from, BookingPerson.id)
    )
    return list(session.scalars(query).unique())


def _minutes_by_person(site: Site, span: Interval) -> dict[int, float]:
    """Minutes of duty that start within `span`, as the rule book counts them."""
    minutes: dict[int, float] = defaultdict(float)
    for row, phase in _phases(site, span):
        if span.start <= phase.start < span.end:
            minutes[row.person_id] += phase.minutes
    return minutes


def _most_at_once(site: Site, span: Interval) -> dict[int, int]:
    """By qualification the most duties that run at one moment within `span`."""
    steps: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for row, phase in _phases(site, span):
        if row.qualification_id is not None:
            steps[row.qualification_id] += [(phase.start, 1), (phase.end, -1)]
    most = {}
    for qualification_id, changes in steps.items():
        # Of two at one moment the end comes first: half-open intervals do not meet.
        level = peak = 0
        for _, change in sorted(changes):
            level += change
            peak = max(peak, level)
        most[qualification_id] = peak
    return most


def _phases(site: Site, span: Interval) -> list[tuple[BookingPerson, Interval]]:
    rows = session.scalars(
        select(BookingPerson)
        .join(BookingPerson.booking)
        .where(
            Booking.site_id == site.id,
            Booking.state.in_(HOLDING_STATES),
            Booking.occupied_from < span.end,
            Booking.occupied_until > span.start,
            BookingPerson.qualification_id.is_not(None),
        )
        .options(joinedload(BookingPerson.booking))
    ).unique()
    return [(row, phase) for row in rows if (phase := row.booking.phase(row.phase))]


def _share(minutes: float, limit: int | None) -> float:
    return minutes / limit if limit else minutes / 1e6


def _markup(template: str, **facts: Any) -> Markup:
    return Markup(render_template(template, **facts))  # noqa: S704 - rendered by Jinja, which escapes
