"""When a series comes round: each week, each second Tuesday, the second Tuesday of a month. Local days."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from scheduler.calendars.words import DAYS
from scheduler.errors import UserError

FARTHEST = timedelta(days=3 * 366)
EVERY = ("week", "month")


@dataclass(frozen=True)
class Pattern:
    """
    Parameters
    ----------
    every
        `week`: on `weekdays` of each `interval`-th week. `month`: on the first of `weekdays` that is
        the `nth` of its month (5 is the last), each `interval`-th month.
    count, until
        So many times, or up to a day (included); one of both.
    but
        Days left out; they count towards `count`.
    """

    every: str = "week"
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nth: int = 1
    count: int | None = None
    until: date | None = None
    but: frozenset[date] = field(default_factory=frozenset)

    def as_json(self) -> dict[str, Any]:
        return {
            "every": self.every,
            "interval": self.interval,
            "weekdays": list(self.weekdays),
            "nth": self.nth,
            "count": self.count,
            "until": self.until.isoformat() if self.until else None,
            "but": sorted(day.isoformat() for day in self.but),
        }

    @property
    def words(self) -> str:
        """Every 2 weeks on Tue and Thu, 6 times, but not on 8 Dec."""
        names = " and ".join(DAYS[day] for day in self.weekdays)
        unit = self.every if self.interval == 1 else f"{self.interval} {self.every}s"
        if self.every == "week":
            text = f"Every {unit} on {names}"
        else:
            nth = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "last"}[self.nth]
            text = f"The {nth} {names} of every {unit}"
        text += f", {self.count} times" if self.count else f", until {self.until:%d %b %Y}"
        return text + (
            f", but not on {', '.join(f'{day:%d %b}' for day in sorted(self.but))}" if self.but else ""
        )


def days_of(pattern: Pattern, first: date, most: int, what: str) -> list[date]:
    """The days of a series of `what` from `first` on; refused where it says nothing, or more than `most`."""
    _refuse(pattern, most)
    weekdays = pattern.weekdays or (first.weekday(),)
    until = pattern.until or first + FARTHEST
    days: list[date] = []
    candidates = _weekly if pattern.every == "week" else _monthly
    for day in candidates(pattern, first, weekdays):
        if day > min(until, first + FARTHEST) or (pattern.count and len(days) >= pattern.count):
            break
        days.append(day)
        if len(days) > most:
            raise UserError(
                f"That is more than {most} {what}. Choose an earlier end.",
                {"until": "Choose an earlier end."},
            )
    kept = [day for day in days if day not in pattern.but]
    if not kept:
        raise UserError(
            "No day is left of this series. Choose a later end.", {"until": "Choose a later end."}
        )
    return kept


def _refuse(pattern: Pattern, most: int) -> None:
    if pattern.every not in EVERY:
        raise UserError("A series comes every week or every month.", {"every": "Choose week or month."})
    if not 1 <= pattern.interval <= 52:
        raise UserError("Write from 1 to 52.", {"interval": "Write from 1 to 52."})
    if (pattern.count is None) == (pattern.until is None):
        words = "Say how many times, or until which day: one of both."
        raise UserError(words, {"count": words})
    if pattern.count is not None and not 1 <= pattern.count <= most:
        raise UserError(f"Write from 1 to {most} times.", {"count": f"Write from 1 to {most}."})
    if not 1 <= pattern.nth <= 5:
        raise UserError("Choose the first to the fourth, or the last.", {"nth": "Choose one of the list."})
    if any(not 0 <= day <= 6 for day in pattern.weekdays):
        raise UserError("There are seven weekdays.", {"weekdays": "Choose among the days of the week."})


def _weekly(pattern: Pattern, first: date, weekdays: tuple[int, ...]) -> Iterator[date]:
    monday = first - timedelta(days=first.weekday())
    while True:
        for weekday in sorted(set(weekdays)):
            if (day := monday + timedelta(days=weekday)) >= first:
                yield day
        monday += timedelta(weeks=pattern.interval)


def _monthly(pattern: Pattern, first: date, weekdays: tuple[int, ...]) -> Iterator[date]:
    year, month = first.year, first.month
    while True:
        day = _nth(year, month, weekdays[0], pattern.nth)
        if day >= first:
            yield day
        month += pattern.interval
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    if nth == 5:
        following = date(year + month // 12, month % 12 + 1, 1)
        last = following - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    start = date(year, month, 1)
    return start + timedelta(days=(weekday - start.weekday()) % 7 + 7 * (nth - 1))
