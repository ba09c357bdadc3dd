"""Sites and their time: weekly rules, dated overlays, holidays. Local wall time, never expanded here."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduler.database import Base, Coded, Editable, Row


class Site(Editable, Base):
    """A place with one time zone: it stands here and nowhere else."""

    __tablename__ = "site"

    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(60))


class Calendar(Coded, Base):
    """Opening hours of a resource or shifts of a person.

    Without any rule it is always open. `keeps_holidays`: closed on the site's confirmed holidays.
    """

    __tablename__ = "calendar"

    name: Mapped[str] = mapped_column(String(200))
    keeps_holidays: Mapped[bool] = mapped_column(default=True)

    rules: Mapped[list["CalendarRule"]] = relationship(
        back_populates="calendar",
        cascade="all, delete-orphan",
        order_by="(CalendarRule.weekday, CalendarRule.opens_minute)",
    )
    # Later ones win: what began last, and of two that begin together the shorter.
    overlays: Mapped[list["CalendarOverlay"]] = relationship(
        back_populates="calendar",
        cascade="all, delete-orphan",
        order_by="(CalendarOverlay.from_on, CalendarOverlay.until_on.desc(), CalendarOverlay.id)",
    )


class CalendarRule(Row, Base):
    """Open on a weekday (Monday 0) from `opens_minute` to `closes_minute` after local midnight.

    A close above 1440 runs into the next day: 1320 to 1800 is 22:00 to 06:00. A rule belongs to a
    calendar or to one of its overlays.
    """

    __tablename__ = "calendar_rule"
    __table_args__ = (
        CheckConstraint("(calendar_id IS NULL) <> (overlay_id IS NULL)", name="owner"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens_minute >= 0 AND opens_minute < 1440", name="opens"),
        CheckConstraint("closes_minute > opens_minute AND closes_minute <= 2880", name="closes"),
    )

    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendar.id"), index=True)
    overlay_id: Mapped[int | None] = mapped_column(ForeignKey("calendar_overlay.id"), index=True)
    weekday: Mapped[int]
    opens_minute: Mapped[int]
    closes_minute: Mapped[int]

    calendar: Mapped[Calendar | None] = relationship(back_populates="rules")
    overlay: Mapped["CalendarOverlay | None"] = relationship(back_populates="rules")


class CalendarOverlay(Row, Base):
    """From `from_on` to `until_on` (both included) its own rules hold instead; none: closed."""

    __tablename__ = "calendar_overlay"
    __table_args__ = (CheckConstraint("until_on >= from_on", name="order"),)

    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    from_on: Mapped[date]
    until_on: Mapped[date]

    calendar: Mapped[Calendar] = relationship(back_populates="overlays")
    rules: Mapped[list[CalendarRule]] = relationship(
        back_populates="overlay",
        cascade="all, delete-orphan",
        order_by="(CalendarRule.weekday, CalendarRule.opens_minute)",
    )


class Holiday(Row, Base):
    """A day off at a site. A provisional one (a moon not yet seen) closes nothing, but shows."""

    __tablename__ = "holiday"
    __table_args__ = (UniqueConstraint("site_id", "on_day"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    on_day: Mapped[date]
    name: Mapped[str] = mapped_column(String(200))
    is_provisional: Mapped[bool] = mapped_column(default=False)
