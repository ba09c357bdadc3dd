"""The button that hands a duty over to somebody who can stand in."""

from typing import Any

from flask import request

from scheduler.accounts.models import User
from scheduler.bookings import edits
from scheduler.bookings.blueprint import blueprint
from scheduler.bookings.desk import one_deed
from scheduler.bookings.models import Booking
from scheduler.database import session, utc_now
from scheduler.errors import UserError
from scheduler.people.models import Person
from scheduler.security import LARGEST_ID, role_required


@blueprint.post("/booking/<int:booking_id>/hand-over")
@role_required("manager")
def hand_over(booking_id: int) -> Any:
    def work(booking: Booking, user: User) -> str:
        duty = next((row for row in booking.duties if row.id == _id("duty")), None)
        person = session.get(Person, _id("person"))
        if duty is None or person is None or person.site_id != booking.site_id or person.retired_at:
            raise UserError("That duty or person is no longer there. Look at the booking again.")
        edits.hand_over(booking, duty, person, user=user, now=utc_now())
        return f"{person.name} does it from now on."

    return one_deed(booking_id, work)


def _id(name: str) -> int:
    text = request.form.get(name, "")
    return min(int(text), LARGEST_ID) if text.isascii() and text.isdigit() and len(text) < 11 else 0
