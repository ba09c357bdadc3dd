"""Local days and moments as people write them in forms: always with a year, always 24 hours."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.calendars.choices import FIRST_DAY, LAST_DAY
from scheduler.calendars.rules import local_midnight, wall_to_utc
from scheduler.calendars.words import MONTHS
from scheduler.errors import UserError

DAY_FORMATS = ("%Y-%m-%d", "%d %b %Y", "%d %B %Y")
TIME_FORMATS = ("%Y-%m-%d %H:%M", "%d %b %Y %H:%M", "%d %B %Y %H:%M")
WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+", re.IGNORECASE)
WHICH = re.compile(r"\s+(first|second)$", re.IGNORECASE)
LETTERS = 40
NO_DAY = "Write the day like 2026-11-30."
NO_MOMENT = "Write the day and the time like 2026-11-30 09:00, or the day alone."


def read_day(text: str) -> date:
    """The day of `2026-11-30`, `30 Nov 2026`, `Mon 30 Nov 2026`; refused with how to write it."""
    found = _parsed(_plain(text), DAY_FORMATS)
    if found is None:
        raise UserError(NO_DAY)
    return _in_range(found.date())


def write_day(day: date | None) -> str:
    return day.isoformat() if day else ""


def day_in_words(day: date) -> str:
    """25 Aug 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def read_moment(text: str, zone: ZoneInfo, *, ends: bool = False) -> datetime:
    """The moment of `2026-11-30 09:00`; of a day alone its start, or its last moment where it `ends` there.

    An hour that comes twice is told apart by a last word: `2026-10-25 01:30 second`.
    """
    plain = _plain(text)
    which = WHICH.search(plain)
    plain = plain[: which.start()] if which else plain
    if found := _parsed(plain, TIME_FORMATS):
        _in_range(found.date())
        return wall_to_utc(found, zone, second=which.group(1).lower() == "second" if which else None)
    if day := _parsed(plain, DAY_FORMATS):
        return local_midnight(_in_range(day.date()) + timedelta(days=1 if ends else 0), zone)
    raise UserError(NO_MOMENT)


def write_moment(moment: datetime, zone: ZoneInfo) -> str:
    """What `read_moment` reads back."""
    local = moment.astimezone(zone)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{local:%Y-%m-%d %H:%M}" + (f" {'second' if local.fold else 'first'}" if twice else "")


def _plain(text: str) -> str:
    if len(text) > LETTERS:
        return ""
    plain = " ".join(WEEKDAY.sub("", text.strip()).split())
    return re.sub(r"(\d)T(\d)", r"\1 \2", plain)


def _parsed(plain: str, formats: tuple[str, ...]) -> datetime | None:
    for pattern in formats:
        try:
            return datetime.strptime(plain, pattern)  # noqa: DTZ007 - the zone comes next
        except ValueError:
            continue
    return None


def _in_range(day: date) -> date:
    if not FIRST_DAY <= day < LAST_DAY:
        raise UserError(f"{day} is out of range. Write a year from {FIRST_DAY.year} to {LAST_DAY.year - 1}.")
    return day
