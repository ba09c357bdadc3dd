"""Booking and cancelling: what other rooms ask of the one door."""

from collections.abc import Sequence
from datetime import datetime

from scheduler import outbox
from scheduler.accounts.models import User
from scheduler.bookings.models import Booking
from scheduler.bookings.order import Order, Release, carry_out
from scheduler.bookings.proposal import Duty, Proposal, Supply
from scheduler.errors import UserError

__all__ = ["Duty", "Proposal", "Supply", "book", "book_all", "cancel"]


def book(
    proposal: Proposal,
    *,
    user: User | None = None,
    override_reason: str | None = None,
    now: datetime | None = None,
) -> Booking:
    """Hold everything that `proposal` takes; refuse if the rules, or another booking, stand against it.

    `now` is given for what is booked by hand: then the past, notice and horizon are asked too.
    """
    return book_all([proposal], user=user, override_reason=override_reason, now=now)[0]


def book_all(
    proposals: Sequence[Proposal],
    *,
    releasing: Sequence[Booking] = (),
    user: User | None = None,
    override_reason: str | None = None,
    now: datetime | None = None,
) -> list[Booking]:
    """Book them all, having cancelled those of `releasing`; or refuse, and nothing is changed.

    With a reason, those whose role allows it override the rule book, never another booking.
    """
    return carry_out(
        Order(
            adding=proposals,
            releasing=[Release(booking, "made way for a new plan") for booking in releasing],
            user=user,
            now=now,
            override_reason=override_reason,
        )
    )


def cancel(booking: Booking, reason: str, *, user: User | None = None, version: int | None = None) -> None:
    """Let go of all that a booking holds; the booking itself stays, with its history."""
    if booking.state == "cancelled":
        raise UserError(f"{booking.title} is already cancelled.")
    if booking.state == "done":
        raise UserError(f"{booking.title} is over: what has happened is not cancelled.")
    words = f"{booking.title} cancelled"
    carry_out(Order(releasing=[Release(booking, reason, version)], user=user, kind="cancel", words=words))
    outbox.post("bookings.cancelled", {"bookings": [booking.id], "reason": reason})
