"""Organisations, persons apart from users, qualifications with validity, absences, exclusion groups."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduler.accounts.models import User
from scheduler.calendars.models import Calendar
from scheduler.database import Base, Coded, Row
from scheduler.holdables import Held

ORGANISATION_KINDS = ("home", "partner")
PERSON_KINDS = ("staff", "trainee", "visitor")


class Organisation(Coded, Base):
    """The centre itself, or a partner that works with it."""

    __tablename__ = "organisation"

    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20), default="home")


class Person(Held, Coded, Base):
    """Somebody who works or takes part; may or may not have a user.

    Parameters
    ----------
    calendar
        Shifts. Without one the person can be put on duty at any time.
    most_minutes_day, most_minutes_week, least_rest_minutes, most_days_in_a_row
        Duty limits; None is no limit.
    """

    __tablename__ = "person"
    holdable_kind = "person"

    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20), default="staff")
    email: Mapped[str | None] = mapped_column(String(254))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendar.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), unique=True)
    most_minutes_day: Mapped[int | None]
    most_minutes_week: Mapped[int | None]
    least_rest_minutes: Mapped[int | None]
    most_days_in_a_row: Mapped[int | None]

    organisation: Mapped[Organisation | None] = relationship()
    calendar: Mapped[Calendar | None] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    qualifications: Mapped[list["PersonQualification"]] = relationship(
        back_populates="person", cascade="all, delete-orphan"
    )
    absences: Mapped[list["Absence"]] = relationship(back_populates="person", cascade="all, delete-orphan")


class Qualification(Coded, Base):
    """Something a person must hold to do a kind of work."""

    __tablename__ = "qualification"

    name: Mapped[str] = mapped_column(String(200))


class PersonQualification(Row, Base):
    """Held from the start of `valid_from_on` to the end of `valid_until_on`, local days; None is open."""

    __tablename__ = "person_qualification"
    __table_args__ = (
        UniqueConstraint("person_id", "qualification_id", "valid_from_on"),
        CheckConstraint("valid_until_on >= valid_from_on", name="order"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    qualification_id: Mapped[int] = mapped_column(ForeignKey("qualification.id"), index=True)
    valid_from_on: Mapped[date | None]
    valid_until_on: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="qualifications")
    qualification: Mapped[Qualification] = relationship()


class Absence(Row, Base):
    """Leave, illness, travel: neither duty nor taking part."""

    __tablename__ = "absence"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="order"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200), default="")

    person: Mapped[Person] = relationship(back_populates="absences")


class ExclusionGroup(Held, Coded, Base):
    """A crew, a mission's runs: activities of one group never run at the same time."""

    __tablename__ = "exclusion_group"
    holdable_kind = "group"

    name: Mapped[str] = mapped_column(String(200), default="")
