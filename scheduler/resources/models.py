"""Labs, chambers, simulators and utilities: what they are, and when they are not to be had."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduler.accounts.models import User
from scheduler.calendars.models import Calendar
from scheduler.database import Base, Coded, Row
from scheduler.holdables import Held

RESOURCE_KINDS = ("lab", "test facility", "trainer", "room", "equipment", "antenna")
UTILITY_PERIODS = ("moment", "day")


class Resource(Held, Coded, Base):
    """Something that is booked: `capacity` bookings of it can run at once.

    Parameters
    ----------
    calendar
        Opening hours; without one it is always open.
    whole
        The resource that this one is a part of (a bay of a hall): who holds the whole holds it too.
    setup_minutes, teardown_minutes
        Taken by requests that leave their own blank.
    configuration
        How it stands before the first booking that is known; None if that does not matter.
    calibration_due_on
        It may be used up to the end of that local day, until a later one is set.
    zone, is_hazardous
        The resource whose space it stands in. Each booking takes one of the zone's places; one of
        something hazardous takes them all, so that nobody else works there meanwhile.
    least_people
        So many have to be on duty throughout the run.
    is_restricted
        Visitors take part only beside somebody of the staff.
    notice_minutes, horizon_days
        Booked by hand no later than so long before the start, and no earlier than so many days.
    shortest_minutes, longest_minutes
        Of one run.
    """

    __tablename__ = "resource"
    holdable_kind = "resource"

    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20), default="lab")
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendar.id"))
    whole_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    setup_minutes: Mapped[int] = mapped_column(default=0)
    teardown_minutes: Mapped[int] = mapped_column(default=0)
    configuration: Mapped[str | None] = mapped_column(String(60))
    calibration_due_on: Mapped[date | None]
    location: Mapped[str] = mapped_column(String(200), default="")
    zone_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    is_hazardous: Mapped[bool] = mapped_column(default=False, server_default=false())
    least_people: Mapped[int] = mapped_column(default=0, server_default="0")
    is_restricted: Mapped[bool] = mapped_column(default=False, server_default=false())
    notice_minutes: Mapped[int | None]
    horizon_days: Mapped[int | None]
    shortest_minutes: Mapped[int | None]
    longest_minutes: Mapped[int | None]

    calendar: Mapped[Calendar | None] = relationship()
    whole: Mapped["Resource | None"] = relationship(
        remote_side="Resource.id", back_populates="parts", foreign_keys=[whole_id]
    )
    parts: Mapped[list["Resource"]] = relationship(back_populates="whole", foreign_keys=[whole_id])
    zone: Mapped["Resource | None"] = relationship(remote_side="Resource.id", foreign_keys=[zone_id])
    changeovers: Mapped[list["Changeover"]] = relationship(
        back_populates="resource", cascade="all, delete-orphan"
    )
    outages: Mapped[list["Outage"]] = relationship(back_populates="resource", cascade="all, delete-orphan")
    stewards: Mapped[list["Stewardship"]] = relationship(
        back_populates="resource", cascade="all, delete-orphan"
    )

    @property
    def capacity(self) -> int:
        return self.holdable.seats

    @capacity.setter
    def capacity(self, seats: int) -> None:
        self.holdable.seats = seats


class Changeover(Row, Base):
    """Minutes between a booking in one configuration and the next in another on one resource."""

    __tablename__ = "changeover"
    __table_args__ = (
        UniqueConstraint("resource_id", "from_configuration", "to_configuration"),
        CheckConstraint("minutes >= 0", name="minutes"),
    )

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)
    from_configuration: Mapped[str] = mapped_column(String(60))
    to_configuration: Mapped[str] = mapped_column(String(60))
    minutes: Mapped[int]

    resource: Mapped[Resource] = relationship(back_populates="changeovers")


class Outage(Row, Base):
    """Time in which a resource cannot be used: maintenance, calibration, failure."""

    __tablename__ = "outage"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="order"),)

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200), default="")

    resource: Mapped[Resource] = relationship(back_populates="outages")


class Stewardship(Row, Base):
    """Which manager looks after which resource."""

    __tablename__ = "stewardship"
    __table_args__ = (UniqueConstraint("resource_id", "user_id"),)

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)

    resource: Mapped[Resource] = relationship(back_populates="stewards")
    user: Mapped[User] = relationship()


class Utility(Coded, Base):
    """Power, nitrogen, compressed air: `capacity` whole units at any moment, or over a local day."""

    __tablename__ = "utility"

    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(40), default="")
    capacity: Mapped[int]
    per: Mapped[str] = mapped_column(String(10), default="moment")

    levels: Mapped[list["UtilityLevel"]] = relationship(
        back_populates="utility", cascade="all, delete-orphan", order_by="UtilityLevel.starts_at"
    )


class UtilityLevel(Row, Base):
    """For that time another capacity holds; where several do, the least."""

    __tablename__ = "utility_level"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="order"),
        CheckConstraint("capacity >= 0", name="capacity"),
    )

    utility_id: Mapped[int] = mapped_column(ForeignKey("utility.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int]

    utility: Mapped[Utility] = relationship(back_populates="levels")
