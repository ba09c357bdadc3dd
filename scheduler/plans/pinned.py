"""Bookings that stand, as pinned activities: a published week stays fixed when it is planned again."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from scheduler.bookings.models import (
    HOLDING_STATES,
    Booking,
    BookingPerson,
    BookingResource,
    BookingUtility,
)
from scheduler.bookings.proposal import seats_held
from scheduler.calendars.models import Site
from scheduler.calendars.service import zone_of
from scheduler.database import session
from scheduler.intervals import Interval
from scheduler.people.models import Person
from scheduler.plans.timeline import Timeline, whole_weeks
from scheduler.resources.models import Resource
from solver import Activity, Draw, Mode, Need, Pin

MODE = "booked"


@dataclass(frozen=True)
class Standing:
    """What is booked already and matters for a span.

    Parameters
    ----------
    bookings
        Activity id -> booking.
    by_request
        Request id -> activity ids, in order of time.
    """

    bookings: dict[str, Booking] = field(default_factory=dict)
    by_request: dict[int, list[str]] = field(default_factory=dict)

    def lengths(self, span: Interval) -> Iterator[int]:
        """Minutes from the start of the span to each bound, so that the tick can measure them."""
        for booking in self.bookings.values():
            for moment in (
                booking.occupied_from,
                booking.starts_at,
                booking.ends_at,
                booking.occupied_until,
            ):
                minutes, rest = divmod(abs(moment - span.start), timedelta(minutes=1))
                yield 1 if rest else minutes


def reach(site: Site, span: Interval, resources: Sequence[Resource], people: Sequence[Person]) -> Interval:
    """How far from the span a booking can lie and still bind a rule within it.

    Whole weeks, because of the weekly limits; beyond them the longest rest, changeover and row of days.
    """
    minutes = max(
        [
            0,
            *(person.least_rest_minutes or 0 for person in people),
            *(24 * 60 * (1 + person.most_days_in_a_row) for person in people if person.most_days_in_a_row),
            *(row.minutes for resource in resources for row in resource.changeovers),
        ]
    )
    weeks = whole_weeks(span, zone_of(site))
    return Interval(weeks.start - timedelta(minutes=minutes), weeks.end + timedelta(minutes=minutes))


def load_standing(
    site: Site, within: Interval, request_ids: Iterable[int], asked_codes: Collection[str]
) -> Standing:
    """Bookings that occupy any of `within`, and all of these requests, whenever they are."""
    touching = (Booking.occupied_from < within.end) & (Booking.occupied_until > within.start)
    bookings = list(
        session.scalars(
            select(Booking)
            .where(
                Booking.site_id == site.id,
                Booking.state.in_(HOLDING_STATES),
                touching | Booking.request_id.in_(list(request_ids)),
            )
            .options(
                joinedload(Booking.exclusion_group),
                joinedload(Booking.activity_request),
                selectinload(Booking.uses).joinedload(BookingResource.resource),
                selectinload(Booking.duties).joinedload(BookingPerson.person),
                selectinload(Booking.duties).joinedload(BookingPerson.qualification),
                selectinload(Booking.supplies).joinedload(BookingUtility.utility),
            )
            .order_by(Booking.occupied_from, Booking.id)
        )
    )
    return _named(bookings, asked_codes)


def activity(name: str, booking: Booking, timeline: Timeline) -> Activity:
    """A booking as an activity that stays where it is, with the people who were named for it.

    The tick measures its bounds exactly, unless somebody booked by the second: then outwards.
    """
    start, end = timeline.floor(booking.occupied_from), timeline.ceil(booking.occupied_until)
    run, run_end = timeline.floor(booking.starts_at), timeline.ceil(booking.ends_at)
    needs, names = _duties(booking)
    held = sorted((resource.code, seats) for resource, seats in seats_held(booking.resources))
    codes, seats = tuple(code for code, _ in held), tuple(taken for _, taken in held)
    mode = Mode(MODE, codes, seats if max(seats, default=1) > 1 else ())
    return Activity(
        id=name,
        modes=(mode,),
        wish=run_end - run,
        least=run_end - run,
        setup=run - start,
        teardown=end - run_end,
        # Nothing is to be won with what stands: value and gap then speak of what is new.
        value=0,
        configuration=booking.configuration,
        needs=needs,
        draws=tuple(
            Draw(supply.utility.code, supply.amount, supply.phase)  # type: ignore[arg-type]
            for supply in booking.supplies
        ),
        participants=tuple(sorted(duty.person.code for duty in booking.duties if not duty.is_duty)),
        groups=(booking.exclusion_group.code,) if booking.exclusion_group else (),
        pin=Pin(start=start, duration=run_end - run, mode=MODE, people=names),
    )


def _named(bookings: Sequence[Booking], asked_codes: Collection[str]) -> Standing:
    """Ids that people recognise: the code of the request, with the part where there are several."""
    parts = Counter(booking.request_id for booking in bookings if booking.request_id is not None)
    taken = set(asked_codes)
    taken |= {booking.activity_request.code for booking in bookings if booking.activity_request}
    named: dict[str, Booking] = {}
    by_request: dict[int, list[str]] = defaultdict(list)
    for booking in bookings:
        asked = booking.activity_request
        if asked is None or booking.request_id is None:
            name = _free(f"booking:{booking.id}", taken)
        elif parts[booking.request_id] == 1:
            name = asked.code
        else:
            name = _free(f"{asked.code}#{booking.part_no}", taken)
        taken.add(name)
        named[name] = booking
        if booking.request_id is not None:
            by_request[booking.request_id].append(name)
    return Standing(named, dict(by_request))


def _free(name: str, taken: Collection[str]) -> str:
    """No code holds a semicolon, so one makes the id unlike the code of any request."""
    while name in taken:
        name += ";"
    return name


def _duties(booking: Booking) -> tuple[tuple[Need, ...], tuple[tuple[str, ...], ...]]:
    """Needs with the names that meet them, one need for each qualification and phase."""
    names: dict[tuple[str, str], list[str]] = defaultdict(list)
    for duty in booking.duties:
        if duty.qualification is not None and booking.phase(duty.phase):
            names[(duty.qualification.code, duty.phase)].append(duty.person.code)
    needs = tuple(
        Need(qualification, len(people), phase)  # type: ignore[arg-type]
        for (qualification, phase), people in names.items()
    )
    return needs, tuple(tuple(sorted(people)) for people in names.values())
