"""Weeks and spans that a page offers, and reading back what was chosen."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from scheduler.calendars.rules import local_midnight, monday_of, week_name
from scheduler.calendars.words import MONTHS
from scheduler.errors import UserError
from scheduler.intervals import Interval

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True)
class WeekChoice:
    """2026-W49, and in words."""

    name: str
    words: str


def week_choices(today: date, back: int, ahead: int, chosen: str | None = None) -> list[WeekChoice]:
    """The weeks around today, and the one that is chosen wherever it lies."""
    monday = today - timedelta(days=today.weekday())
    mondays = {monday + timedelta(weeks=step) for step in range(-back, ahead + 1)}
    if chosen:
        mondays.add(read_week(chosen))
    return [WeekChoice(week_name(day), week_words(day)) for day in sorted(mondays)]


def week_words(monday: date) -> str:
    """Week 49, 30 Nov to 6 Dec 2026."""
    last = monday + timedelta(days=6)
    first = f"{monday.day} {MONTHS[monday.month - 1]}"
    return f"Week {monday.isocalendar().week}, {first} to {last.day} {MONTHS[last.month - 1]} {last.year}"


def read_week(text: str) -> date:
    """The Monday of a week like 2026-W49; refused outside the years that Markaz knows."""
    monday = monday_of(text)
    if not FIRST_DAY < monday < LAST_DAY - timedelta(days=7):
        raise UserError(f"{text} is out of range. Choose a week from {FIRST_DAY.year} to {LAST_DAY.year}.")
    return monday


def read_days(first_text: str, last_text: str, zone: ZoneInfo, most_days: int) -> Interval:
    """Whole local days, the last one included. Faults are named after the fields `from` and `until`."""
    first, last = _day(first_text, "from"), _day(last_text, "until")
    if last < first:
        message = f"The last day is before the first, {first_text}. Choose a later one."
        raise UserError(message, {"until": message})
    if (last - first).days >= most_days:
        message = f"That is more than {most_days} days. Choose an earlier last day."
        raise UserError(message, {"until": message})
    return Interval(local_midnight(first, zone), local_midnight(last + timedelta(days=1), zone))


def _day(text: str, field: str) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        message = f'"{text[:20]}" is no day. Write it like 2026-11-30.' if text else "Choose a day."
        raise UserError(message, {field: message}) from None
    if not FIRST_DAY <= day < LAST_DAY:
        message = f"{text} is out of range. Choose a year from {FIRST_DAY.year} to {LAST_DAY.year}."
        raise UserError(message, {field: message})
    return day
