"""Holidays of a country and year, as the package `holidays` knows them: a start, never the last word."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import holidays

from scheduler.calendars.wall_times import day_in_words
from scheduler.errors import UserError

COUNTRIES = {"PK": "Pakistan", "CN": "China"}
FIRST_YEAR, LAST_YEAR = 2000, 2077
ESTIMATED = " (estimated)"
AMERICAN_DAY = re.compile(r"(\d\d)/(\d\d)/(\d{4})")
SAME_WITHIN = timedelta(days=7)
NEW, THERE, TAKEN, MOVED = "new", "there", "taken", "moved"


@dataclass(frozen=True)
class Known:
    """A day off; `is_provisional` where it hangs on the sight of a moon not yet seen."""

    on_day: date
    name: str
    is_provisional: bool


@dataclass(frozen=True)
class Offer:
    """A day off, and how it stands to those that the site has."""

    known: Known
    status: str
    other: str = ""


def days_off(country: str, year: int) -> list[Known]:
    """By day. Moon-sighted ones of years to come are marked as estimated there."""
    found = _of(country, year)
    return [
        Known(day, _plain(name), ESTIMATED in name) for day, name in sorted(found.items()) if day.year == year
    ]


def make_up_days(country: str, year: int) -> list[date]:
    """Weekend days on which China works for days off elsewhere; none before they are announced."""
    return sorted(day for day in _of(country, year).weekend_workdays if day.year == year)


def offers(known: list[Known], present: dict[date, str]) -> list[Offer]:
    """Each known day beside the holidays that a site has (day -> name)."""
    return [_offer(each, known, present) for each in known]


def _offer(each: Known, known: list[Known], present: dict[date, str]) -> Offer:
    if each.on_day in present:
        name = present[each.on_day]
        return Offer(each, THERE if name == each.name else TAKEN, name)
    near = [
        day for day, name in present.items() if name == each.name and abs(day - each.on_day) <= SAME_WITHIN
    ]
    alike = [
        other for other in known if other.name == each.name and abs(other.on_day - each.on_day) <= SAME_WITHIN
    ]
    if near and len(near) >= len(alike):
        return Offer(each, MOVED, ", ".join(f"{day:%d %b}" for day in sorted(near)))
    return Offer(each, NEW)


def _plain(name: str) -> str:
    """Without the mark of the moon, and with days as they are written elsewhere."""
    plain = AMERICAN_DAY.sub(
        lambda found: day_in_words(date(int(found[3]), int(found[1]), int(found[2]))),
        name.replace(ESTIMATED, ""),
    )
    return plain[:200]


def _of(country: str, year: int) -> holidays.HolidayBase:
    if country not in COUNTRIES:
        raise UserError(f'"{country[:20]}" is not to be had. Choose {" or ".join(COUNTRIES.values())}.')
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UserError(f"Holidays are known from {FIRST_YEAR} to {LAST_YEAR}. Choose such a year.")
    return holidays.country_holidays(country, years=year, language="en_US")
