"""Who could take over a duty: found by the rule book itself, person by person."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from scheduler.bookings.facts import Ledger
from scheduler.bookings.models import Booking, BookingPerson, Hold
from scheduler.bookings.proposal import Duty, Proposal
from scheduler.bookings.rules import refusals
from scheduler.database import session
from scheduler.intervals import Interval
from scheduler.people.models import Person, PersonQualification, Qualification

MOST = 3


def stand_ins(booking: Booking, duty: BookingPerson, most: int = MOST) -> list[Person]:
    """People who hold the qualification, are free, and whom no rule keeps from this duty."""
    interval = booking.phase(duty.phase)
    if duty.qualification is None or interval is None:
        return []
    found = []
    for person in _holders(booking.site_id, duty.qualification):
        if person.id != duty.person_id and _is_free(person, interval) and _may(person, booking, duty):
            found.append(person)
            if len(found) == most:
                break
    return found


def _may(person: Person, booking: Booking, duty: BookingPerson) -> bool:
    """Whether the rule book lets this person do this duty, asked about nothing else of the booking."""
    assert duty.qualification is not None
    proposal = Proposal(
        site=booking.site,
        title=booking.title,
        resources=(),
        run=booking.run,
        setup_minutes=round((booking.starts_at - booking.occupied_from).total_seconds() / 60),
        teardown_minutes=round((booking.occupied_until - booking.ends_at).total_seconds() / 60),
        duties=(Duty(person, duty.qualification, duty.phase),),
    )
    return not refusals(Ledger.for_proposals([proposal]).facts_of(proposal))


def _holders(site_id: int, qualification: Qualification) -> Sequence[Person]:
    holds = Person.qualifications.any(PersonQualification.qualification_id == qualification.id)
    return session.scalars(
        select(Person)
        .where(Person.site_id == site_id, Person.retired_at.is_(None), holds)
        .options(
            selectinload(Person.qualifications).joinedload(PersonQualification.qualification),
            selectinload(Person.absences),
        )
        .order_by(func.lower(Person.name))
    ).all()


def _is_free(person: Person, interval: Interval) -> bool:
    held = session.scalar(
        select(func.count())
        .select_from(Hold)
        .where(
            Hold.holdable_id == person.holdable_id,
            Hold.starts_at < interval.end,
            Hold.ends_at > interval.start,
        )
    )
    return not held
