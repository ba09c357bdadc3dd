"""Dates and times of cells: real ones, and the texts that can be read in one way only."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.calendars.rules import wall_to_utc
from scheduler.calendars.words import MONTHS
from scheduler.errors import UserError
from scheduler.excel.faults import NO_DATE, NO_SUCH_DAY, NO_SUCH_TIME, TWO_READINGS, CellFault, quoted
from scheduler.excel.words import western

WRITE_DAY = "Write a date such as 2026-11-30."
WRITE_MOMENT = "Write a date and time such as 2026-11-30 08:00."

_TIME = (
    r"(?:[T, ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,6})0*)?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?(?: (?P<which>first|second))?)?"
)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})" + _TIME, re.I)
_YEAR_LAST = re.compile(r"(?P<one>\d{1,2})([-/.])(?P<two>\d{1,2})\2(?P<year>\d{2}|\d{4})" + _TIME, re.I)
_NAMED = re.compile(r"(?P<day>\d{1,2})[ .-]+(?P<name>[a-z]{3,9})[ .,-]+(?P<year>\d{4})" + _TIME, re.I)
_NAMED_FIRST = re.compile(r"(?P<name>[a-z]{3,9})\.? (?P<day>\d{1,2}),? (?P<year>\d{4})" + _TIME, re.I)


def read_day(text: str) -> date:
    """A day written as text; a time of day is refused."""
    wall, _, has_time = _parse(text, WRITE_DAY)
    if has_time:
        raise CellFault(NO_DATE, f"{quoted(text)} has a time of day, and a day is needed.", WRITE_DAY)
    return wall.date()


def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """A day and time written as text, local to `zone`; a day alone is its midnight."""
    wall, which, _ = _parse(text, WRITE_MOMENT)
    return to_utc(wall, zone, which)


def to_utc(wall: datetime, zone: ZoneInfo, which: str | None = None) -> datetime:
    """Wall time as a moment; one that does not exist is a fault, one that comes twice too without `which`."""
    try:
        return wall_to_utc(wall, zone, second=None if which is None else which == "second")
    except UserError as error:
        remedy = ""
        if "comes twice" in error.message:
            remedy = f"Here: write {wall:%Y-%m-%d %H:%M} first, or {wall:%Y-%m-%d %H:%M} second."
        raise CellFault(NO_SUCH_TIME, error.message, remedy) from None


def wall_text(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as text that `read_moment` reads back exactly."""
    local = moment.astimezone(zone)
    text = f"{local:%Y-%m-%d %H:%M}"
    if local.second or local.microsecond:
        text += f":{local:%S}"
    if local.microsecond:
        text += f".{local.microsecond:06d}"
    return text + (f" {which}" if (which := _which(local)) else "")


def is_plain(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether a date cell says it exactly: no hour that comes twice, nothing under a second."""
    local = moment.astimezone(zone)
    return local.microsecond == 0 and not _which(local)


def _which(local: datetime) -> str:
    other = local.replace(fold=1 - local.fold)
    if other.astimezone(UTC) == local.astimezone(UTC):
        return ""
    return "second" if local.fold else "first"


def _parse(text: str, remedy: str) -> tuple[datetime, str | None, bool]:
    plain = western(text)
    if found := _YEAR_FIRST.fullmatch(plain):
        day = _day(text, int(found["year"]), int(found["month"]), int(found["day"]))
    elif found := _YEAR_LAST.fullmatch(plain):
        day = _from_two(text, int(found["one"]), int(found["two"]), found["year"])
    elif found := (_NAMED.fullmatch(plain) or _NAMED_FIRST.fullmatch(plain)):
        day = _day(text, int(found["year"]), _month(text, found["name"], remedy), int(found["day"]))
    else:
        raise CellFault(NO_DATE, f"{quoted(text)} is not a date.", remedy)
    if found["hour"] is None:
        return datetime.combine(day, datetime.min.time()), None, False
    hour = _of_day(int(found["hour"]), (found["half"] or "").lower())
    minute, second = int(found["minute"]), int(found["second"] or 0)
    microsecond = int((found["fraction"] or "0").ljust(6, "0"))
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second)):
        raise CellFault(
            NO_SUCH_TIME, f"{quoted(text)} has no such time of day.", "Write a time from 00:00 to 24:00."
        )
    wall = datetime.combine(day, datetime.min.time()) + timedelta(
        hours=hour, minutes=minute, seconds=second, microseconds=microsecond
    )
    return wall, (found["which"] or "").lower() or None, True


def _of_day(hour: int, half: str) -> int:
    """10 PM is 22; an hour that the half day does not have, such as 13 PM, becomes one of no day."""
    if not half:
        return hour
    return hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 25


def _from_two(text: str, one: int, two: int, year_text: str) -> date:
    """30/11/2026: right where only one reading is a day, refused where two are."""
    year = int(year_text) + (2000 if len(year_text) == 2 else 0)
    readings = {
        day
        for day_no, month in ((one, two), (two, one))
        if 1 <= month <= 12 and (day := _exists(year, month, day_no))
    }
    if len(year_text) == 2 and 1 <= two <= 12 and (third := _exists(2000 + one, two, int(year_text))):
        readings.add(third)
    if not readings:
        raise CellFault(NO_SUCH_DAY, f"There is no day {quoted(text)}.", WRITE_DAY)
    if len(readings) > 1:
        first, second, *_ = sorted(readings, key=lambda day: (day.year != year, day))
        raise CellFault(
            TWO_READINGS,
            f"{quoted(text)} can be {_long(first)} or {_long(second)}.",
            f"Write {first} or {second}.",
        )
    return readings.pop()


def _long(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _month(text: str, name: str, remedy: str) -> int:
    for number, month in enumerate(_FULL_MONTHS, start=1):
        if month.startswith(name.lower()):
            return number
    raise CellFault(NO_DATE, f"{quoted(text)} is not a date.", remedy)


_FULL_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def _day(text: str, year: int, month: int, number: int) -> date:
    day = _exists(year, month, number)
    if day is None:
        raise CellFault(NO_SUCH_DAY, f"There is no day {quoted(text)}.", WRITE_DAY)
    return day


def _exists(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
