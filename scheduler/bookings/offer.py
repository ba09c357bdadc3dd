"""A slot that came free, offered to a request that waits for one."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduler.bookings.models import Booking
from scheduler.database import Base, Row, utc_now
from scheduler.requests.models import ActivityRequest

OFFER_STATES = ("open", "accepted", "declined", "lapsed", "taken")


class Offer(Row, Base):
    """Holds nothing: who accepts first has it. The rule book is asked again then.

    Parameters
    ----------
    proposal
        The booking to be, as `acts.proposal_from` reads it.
    until_at
        From then on it is offered to the next who waits.
    """

    __tablename__ = "booking_offer"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="order"),
        Index("ix_booking_offer_state_until_at", "state", "until_at"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("activity_request.id"), index=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    state: Mapped[str] = mapped_column(String(12), default="open")
    proposal: Mapped[dict[str, Any]] = mapped_column(JSON)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    until_at: Mapped[datetime]
    offered_at: Mapped[datetime] = mapped_column(default=utc_now)
    answered_at: Mapped[datetime | None]

    activity_request: Mapped[ActivityRequest] = relationship()
    booking: Mapped[Booking | None] = relationship()


class FreedSlot(Row, Base):
    """Something came free while somebody waited; a worker looks at it and takes the note away."""

    __tablename__ = "freed_slot"
    is_audited = False

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    at: Mapped[datetime] = mapped_column(default=utc_now)
