"""A proposal written into the row of a booking: what the row says already is left as it is."""

from collections.abc import Callable
from typing import Any

from scheduler.bookings.models import Booking, BookingPerson, BookingResource, BookingUtility
from scheduler.bookings.proposal import Proposal
from scheduler.database import session, utc_now


def write_row(booking: Booking, proposal: Proposal) -> None:
    """Make the row say what the proposal says; what it says already stays as it is.

    Other places or people are a change of the booking too: its version counts them.
    """
    occupied, asked = proposal.occupied, proposal.activity_request
    values = {
        "site": proposal.site,
        "title": proposal.title,
        "activity_request": asked,
        "project": proposal.project,
        "exclusion_group": proposal.exclusion_group,
        "configuration": proposal.configuration,
        "alternative": proposal.alternative,
        "request_revision": asked.revision if asked else None,
        "part_no": proposal.part_no,
        "starts_at": proposal.run.start,
        "ends_at": proposal.run.end,
        "occupied_from": occupied.start,
        "occupied_until": occupied.end,
    }
    with session.no_autoflush:
        for name, value in values.items():
            if getattr(booking, name) != value:
                setattr(booking, name, value)
        if booking.state in (None, "cancelled", "needs repair"):
            booking.state = "booked"
            booking.outcome = None
        uses = [BookingResource(resource=resource) for resource in proposal.resources]
        differs = _keep(booking.uses, uses, _use_key)
        duties = [
            BookingPerson(person=duty.person, qualification=duty.qualification, phase=duty.phase)
            for duty in proposal.duties
        ] + [BookingPerson(person=person, phase="run") for person in proposal.participants]
        differs |= _keep(booking.duties, duties, _duty_key)
        supplies = [
            BookingUtility(utility=supply.utility, amount=supply.amount, phase=supply.phase)
            for supply in proposal.supplies
        ]
        differs |= _keep(booking.supplies, supplies, _supply_key)
        if differs and booking.id is not None:
            booking.updated_at = utc_now()


def _keep(present: list[Any], wanted: list[Any], key: Callable[[Any], object]) -> bool:
    """Make one list of rows like another, leaving the rows that are right as they are; whether it was not."""
    before = list(present)
    left = {key(row): row for row in present}
    rows = [left.pop(key(row), row) for row in wanted]
    for row in list(present):
        if row not in rows:
            present.remove(row)
    for row in rows:
        if row not in present:
            present.append(row)
    return present != before


def _use_key(use: BookingResource) -> object:
    return use.resource.id


def _duty_key(duty: BookingPerson) -> object:
    return duty.person.id, duty.qualification.id if duty.qualification else None, duty.phase


def _supply_key(supply: BookingUtility) -> object:
    return supply.utility.id, supply.amount, supply.phase
