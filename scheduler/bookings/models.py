"""What is promised. A booking says what was agreed; its holds and draws are what the database guards."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduler.accounts.models import User
from scheduler.calendars.models import Site
from scheduler.database import Base, Editable, Row, utc_now
from scheduler.holdables import Holdable
from scheduler.intervals import Interval
from scheduler.people.models import ExclusionGroup, Person, Qualification
from scheduler.projects.models import Project
from scheduler.requests.models import ActivityRequest
from scheduler.resources.models import Resource, Utility

BOOKING_STATES = ("booked", "needs repair", "cancelled", "done")
HOLDING_STATES = ("booked", "needs repair", "done")
HOLD_KINDS = ("use", "zone", "changeover", "person", "group")


class Booking(Editable, Base):
    """One run on one set of resources.

    Parameters
    ----------
    starts_at, ends_at
        The run, as it is shown.
    occupied_from, occupied_until
        Setup, run and teardown.
    alternative
        Number of the alternative of the request that was taken.
    request_revision
        Which revision of the request it was made for.
    series_id, original_start_at
        Which series it belongs to, and where that first put it.
    override_reason, overridden_by, overridden_at
        Why, by whom and when a rule was set aside for it; blank where every rule is kept.
    """

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="order"),
        CheckConstraint("occupied_from <= starts_at AND occupied_until >= ends_at", name="occupied"),
        Index("ix_booking_site_times", "site_id", "occupied_from", "occupied_until"),
        Index("ix_booking_series_id", "series_id"),
    )

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("activity_request.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    exclusion_group_id: Mapped[int | None] = mapped_column(ForeignKey("exclusion_group.id"))
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20), default="booked", index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    occupied_from: Mapped[datetime]
    occupied_until: Mapped[datetime]
    alternative: Mapped[int | None]
    configuration: Mapped[str | None] = mapped_column(String(60))
    request_revision: Mapped[int | None]
    part_no: Mapped[int] = mapped_column(default=1)
    series_id: Mapped[int | None]
    original_start_at: Mapped[datetime | None]
    actual_start_at: Mapped[datetime | None]
    actual_end_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(200))
    override_reason: Mapped[str | None] = mapped_column(String(500))
    overridden_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    overridden_at: Mapped[datetime | None]

    overridden_by: Mapped[User | None] = relationship(foreign_keys=[overridden_by_id])
    site: Mapped[Site] = relationship()
    activity_request: Mapped[ActivityRequest | None] = relationship()
    project: Mapped[Project | None] = relationship()
    exclusion_group: Mapped[ExclusionGroup | None] = relationship()
    uses: Mapped[list["BookingResource"]] = relationship(
        back_populates="booking", cascade="all, delete-orphan", order_by="BookingResource.id"
    )
    duties: Mapped[list["BookingPerson"]] = relationship(
        back_populates="booking", cascade="all, delete-orphan", order_by="BookingPerson.id"
    )
    supplies: Mapped[list["BookingUtility"]] = relationship(
        back_populates="booking", cascade="all, delete-orphan", order_by="BookingUtility.id"
    )
    holds: Mapped[list["Hold"]] = relationship(
        back_populates="booking", cascade="all, delete-orphan", order_by="Hold.id"
    )
    draws: Mapped[list["Draw"]] = relationship(
        back_populates="booking", cascade="all, delete-orphan", order_by="Draw.id"
    )

    @property
    def is_outdated(self) -> bool:
        """Whether its request was changed after it was booked."""
        asked = self.activity_request
        return asked is not None and asked.revision != (self.request_revision or asked.revision)

    @property
    def run(self) -> Interval:
        return Interval(self.starts_at, self.ends_at)

    @property
    def occupied(self) -> Interval:
        return Interval(self.occupied_from, self.occupied_until)

    @property
    def resources(self) -> list[Resource]:
        return [use.resource for use in self.uses]

    def phase(self, name: str) -> Interval | None:
        """The time of setup, run, teardown or all; None where that phase has no length."""
        start, end = {
            "setup": (self.occupied_from, self.starts_at),
            "run": (self.starts_at, self.ends_at),
            "teardown": (self.ends_at, self.occupied_until),
            "all": (self.occupied_from, self.occupied_until),
        }[name]
        return Interval(start, end) if end > start else None


class BookingResource(Row, Base):
    """A resource that was agreed; stays when the holds of a cancelled booking go."""

    __tablename__ = "booking_resource"
    __table_args__ = (UniqueConstraint("booking_id", "resource_id"),)

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)

    booking: Mapped[Booking] = relationship(back_populates="uses")
    resource: Mapped[Resource] = relationship()


class BookingPerson(Row, Base):
    """Somebody on duty for a need, or (without a qualification) a participant of the run."""

    __tablename__ = "booking_person"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    qualification_id: Mapped[int | None] = mapped_column(ForeignKey("qualification.id"))
    phase: Mapped[str] = mapped_column(String(10), default="all")

    booking: Mapped[Booking] = relationship(back_populates="duties")
    person: Mapped[Person] = relationship()
    qualification: Mapped[Qualification | None] = relationship()

    @property
    def is_duty(self) -> bool:
        return self.qualification_id is not None or self.qualification is not None


class BookingUtility(Row, Base):
    """What a booking draws of a utility in a phase; its draw is derived from this."""

    __tablename__ = "booking_utility"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    utility_id: Mapped[int] = mapped_column(ForeignKey("utility.id"), index=True)
    amount: Mapped[int]
    phase: Mapped[str] = mapped_column(String(10), default="run")

    booking: Mapped[Booking] = relationship(back_populates="supplies")
    utility: Mapped[Utility] = relationship()


class Hold(Row, Base):
    """One seat of one holdable for one interval. The database refuses a second one: see `guard`."""

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="order"),
        CheckConstraint("seat >= 1", name="seat"),
        Index("ix_hold_holdable_times", "holdable_id", "seat", "starts_at", "ends_at"),
    )
    is_audited = False

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    holdable_id: Mapped[int] = mapped_column(ForeignKey("holdable.id"))
    seat: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(String(12))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    booking: Mapped[Booking] = relationship(back_populates="holds")
    holdable: Mapped[Holdable] = relationship()


class Draw(Row, Base):
    """Units of a utility for an interval. `on_day`: the local day that a daily budget counts it to."""

    __tablename__ = "draw"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="order"),
        CheckConstraint("amount >= 1", name="amount"),
        Index("ix_draw_utility_times", "utility_id", "starts_at", "ends_at"),
    )
    is_audited = False

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    utility_id: Mapped[int] = mapped_column(ForeignKey("utility.id"))
    amount: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    on_day: Mapped[date]

    booking: Mapped[Booking] = relationship(back_populates="draws")
    utility: Mapped[Utility] = relationship()


class Series(Row, Base):
    """Bookings that were asked for in one go, at the same local time; `pattern` says when."""

    __tablename__ = "booking_series"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    pattern: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class BookingAct(Row, Base):
    """What one user did to bookings in one go, and how they stood before: so that it can be undone.

    Parameters
    ----------
    changes
        For each booking its id, `before` (None where it is new), and its version afterwards.
    """

    __tablename__ = "booking_act"
    is_audited = False

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(300))
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    undone_at: Mapped[datetime | None]
