"""The year of a calendar, day by day: what applies on each, and why."""

import calendar as months
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from scheduler.calendars.hours import DAY_MINUTES, Hours, hours_text
from scheduler.calendars.rules import Opening
from scheduler.calendars.words import DAYS, MONTHS


@dataclass(frozen=True)
class DayOff:
    """A holiday of the site."""

    on_day: date
    name: str
    is_provisional: bool


@dataclass(frozen=True)
class OtherHours:
    """An overlay with its name; one of a single day is an exception."""

    id: int
    name: str
    from_on: date
    until_on: date
    openings: tuple[Opening, ...]

    @property
    def is_exception(self) -> bool:
        return self.from_on == self.until_on


@dataclass(frozen=True)
class YearFacts:
    """A calendar and the holidays of its site. `others` in the order in which later ones win."""

    openings: tuple[Opening, ...] = ()
    others: tuple[OtherHours, ...] = ()
    days_off: Mapping[date, DayOff] = field(default_factory=dict)
    keeps_holidays: bool = True


@dataclass(frozen=True)
class Day:
    """What holds on one day.

    Parameters
    ----------
    hours
        By its rules, before a holiday closes it.
    other
        The overlay or exception that holds instead of the week.
    off
        The holiday of that day, whatever the calendar makes of it.
    is_kept
        Whether that holiday is confirmed and this calendar keeps it.
    spills_until
        Minute of this day until which a shift of the day before runs; 0 where none does.
    """

    on: date
    hours: Hours
    other: OtherHours | None
    off: DayOff | None
    is_kept: bool
    spills_until: int
    is_always_open: bool

    @property
    def is_open(self) -> bool:
        return not self.is_kept and bool(self.hours or self.spills_until)

    @property
    def kind(self) -> str:
        """What it is shown as: the strongest of what applies."""
        if self.is_kept:
            return "holiday"
        if self.off is not None and self.off.is_provisional:
            return "provisional"
        if self.other is not None:
            return "exception" if self.other.is_exception else "overlay"
        return "open" if self.is_open else "closed"

    @property
    def hours_words(self) -> str:
        if not self.is_open:
            return "closed"
        if not self.hours:
            return f"until {_clock(self.spills_until)} only"
        return hours_text(self.hours).replace("-", "–")

    @property
    def label(self) -> str:
        """Fri 4 Dec: 08:00–18:00. For the ear, all of it."""
        words = f"{DAYS[self.on.weekday()]} {self.on.day} {MONTHS[self.on.month - 1]}: {self.hours_words}"
        if self.off is not None:
            words += f", {self.off.name}{', provisional' if self.off.is_provisional else ''}"
        elif self.other is not None:
            words += f", {self.other.name}"
        return words


@dataclass(frozen=True)
class Month:
    """Weeks from Monday; None where the day is of another month."""

    name: str
    weeks: tuple[tuple[Day | None, ...], ...]


def day_of(day: date, facts: YearFacts) -> Day:
    hours, other = _hours_on(day, facts)
    before, _ = _hours_on(day - timedelta(days=1), facts)
    off = facts.days_off.get(day)
    is_kept = off is not None and not off.is_provisional and facts.keeps_holidays
    spills = max((closes - DAY_MINUTES for _, closes in before), default=0)
    # A shift of the evening before runs on, also where that day was a holiday: only its own day is closed.
    return Day(
        on=day,
        hours=hours,
        other=other,
        off=off,
        is_kept=is_kept,
        spills_until=max(0, spills),
        is_always_open=not facts.openings and other is None,
    )


def months_of(year: int, facts: YearFacts) -> list[Month]:
    return [
        Month(
            MONTHS[number - 1],
            tuple(
                tuple(day_of(date(year, number, day), facts) if day else None for day in week)
                for week in months.monthcalendar(year, number)
            ),
        )
        for number in range(1, 13)
    ]


def why(day: Day, facts: YearFacts) -> list[str]:
    """What applies on a day and why, as sentences: the strongest first."""
    said = []
    if day.off is not None and day.is_kept:
        said.append(f"Closed from midnight to midnight: {day.off.name}, a confirmed holiday.")
    elif day.off is not None and day.off.is_provisional:
        closes = "it would close" if facts.keeps_holidays else "it would change nothing here"
        said.append(
            f"{day.off.name} may fall on this day. Until an administrator confirms it, nothing is closed; "
            f"confirmed, {closes}{' all of the day' if facts.keeps_holidays else ''}."
        )
    elif day.off is not None:
        said.append(f"{day.off.name} is a holiday of the site; this calendar does not keep holidays.")
    without = "Without it: " if day.is_kept else ""
    if day.other is not None:
        until = "" if day.other.is_exception else f", {_span_words(day.other)}"
        word = "an exception for this day" if day.other.is_exception else f"other hours{until}"
        said.append(
            f"{without}{_hours_words(day)}, by “{day.other.name}”, {word}, instead of the weekly hours."
        )
    elif day.is_always_open:
        said.append(f"{without}Open all day: the calendar has no weekly hours, so it is always open.")
    else:
        said.append(f"{without}{_hours_words(day)}, by the weekly hours of {DAYS[day.on.weekday()]}.")
    if day.spills_until and not day.is_kept:
        said.append(f"The hours of the day before run until {_clock(day.spills_until)}.")
    beaten = [
        other.name
        for other in facts.others
        if other.from_on <= day.on <= other.until_on and other is not day.other
    ]
    if beaten:
        said.append(f"“{'”, “'.join(beaten)}” would hold too, but the one that began last does.")
    return said


def _hours_on(day: date, facts: YearFacts) -> tuple[Hours, OtherHours | None]:
    openings: Sequence[Opening] = facts.openings
    found = None
    for other in facts.others:
        if other.from_on <= day <= other.until_on:
            openings, found = other.openings, other
    if found is None and not facts.openings:
        return ((0, DAY_MINUTES),), None
    of_day = [each for each in openings if each.weekday == day.weekday()]
    return tuple(sorted((each.opens_minute, each.closes_minute) for each in of_day)), found


def _hours_words(day: Day) -> str:
    return f"Open {hours_text(day.hours).replace('-', '–')}" if day.hours else "Closed"


def _span_words(other: OtherHours) -> str:
    first, last = other.from_on, other.until_on
    return f"{first.day} {MONTHS[first.month - 1]} to {last.day} {MONTHS[last.month - 1]} {last.year}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
