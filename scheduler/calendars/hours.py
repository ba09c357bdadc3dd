"""Opening hours of a day, and of a week, as people write and read them: 08:00-12:00; 13:00-17:00."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from scheduler.calendars.rules import Opening
from scheduler.calendars.words import DAYS
from scheduler.errors import UserError

DAY_MINUTES = 1440
REMEDY = "Write 08:00-12:00; 13:00-17:00, or 24h, or leave it blank: closed."

Hours = tuple[tuple[int, int], ...]
"""Sorted (opens, closes) in minutes after midnight; a close above 1440 lies in the next day."""
Week = tuple[Hours, ...]
"""Monday to Sunday."""

_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))? ?(?:-|–|—|to) ?(\d{1,2})(?:[:.](\d{2}))?")
_ALL_DAY = re.compile(r"24 ?h(?:ours)?")
LETTERS = 200


def read_hours(text: str) -> Hours:
    """The hours of one day; an end before its start lies in the next day. Refused with how to write it."""
    plain = " ".join(text.split()).casefold()
    if plain in ("", "closed", "-", "none"):
        return ()
    if len(plain) > LETTERS:
        raise UserError(f"That is too long. {REMEDY}")
    spans = sorted(_span(part.strip()) for part in re.split("[;,]", plain) if part.strip())
    for before, after in pairwise(spans):
        if after[0] < before[1]:
            raise UserError(f"{hours_text([before])} and {hours_text([after])} overlap. Write them as one.")
    return tuple(spans)


def hours_text(hours: Iterable[tuple[int, int]]) -> str:
    """The same as text that `read_hours` reads back exactly."""
    return "; ".join(_text(opens, closes) for opens, closes in sorted(hours))


def week_of(openings: Iterable[Opening]) -> Week:
    openings = list(openings)
    return tuple(
        tuple(sorted((each.opens_minute, each.closes_minute) for each in openings if each.weekday == day))
        for day in range(7)
    )


def openings_of(week: Sequence[Hours]) -> list[Opening]:
    return [Opening(day, opens, closes) for day, hours in enumerate(week) for opens, closes in hours]


def week_words(week: Sequence[Hours], *, nothing: str = "always open") -> str:
    """Mon-Thu 08:00-17:00, Fri 08:00-12:30; 14:30-17:00: days of one kind together."""
    if not any(week):
        return nothing
    parts, day = [], 0
    while day < 7:
        last = day
        while last < 6 and week[last + 1] == week[day]:
            last += 1
        if week[day]:
            name = DAYS[day] if last == day else f"{DAYS[day]}–{DAYS[last]}"
            parts.append(f"{name} {hours_text(week[day]).replace('-', '–')}")
        day = last + 1
    return ", ".join(parts)


def week_minutes(week: Sequence[Hours]) -> int:
    """Open minutes of a week; a week without any hours is always open."""
    if not any(week):
        return 7 * DAY_MINUTES
    return sum(closes - opens for hours in week for opens, closes in hours)


PRAYER_GAP = (12 * 60 + 30, 14 * 60 + 30)


def with_friday_gap(week: Sequence[Hours]) -> Week:
    """Friday in two stretches around the prayer; a blank Friday gets Thursday's hours first."""
    friday = week[4] or week[3] or ((8 * 60, 17 * 60),)
    start, end = PRAYER_GAP
    stretches = [
        (opens, closes)
        for from_minute, until_minute in friday
        for opens, closes in (
            (from_minute, min(until_minute, start)), (max(from_minute, end), until_minute)
        )
        if opens < closes
    ]  # fmt: skip
    return tuple(tuple(stretches) if day == 4 else tuple(week[day]) for day in range(7))


_NINE, _SHORT_FRIDAY, _LONG = ((9 * 60, 15 * 60),), ((9 * 60, 12 * 60 + 30),), ((6 * 60, 22 * 60),)
RAMADAN: Week = (_NINE, _NINE, _NINE, _NINE, _SHORT_FRIDAY, (), ())
DOUBLE_SHIFT: Week = (_LONG, _LONG, _LONG, _LONG, _LONG, _LONG, ())
TEMPLATES: Mapping[str, tuple[str, Week | None]] = {
    "friday": ("Friday prayer gap", None),
    "ramadan": ("Ramadan hours", RAMADAN),
    "double": ("Double shift", DOUBLE_SHIFT),
}
"""What a button of the form fills in; None changes the week that stands there."""


def _span(part: str) -> tuple[int, int]:
    if _ALL_DAY.fullmatch(part):
        return 0, DAY_MINUTES
    found = _SPAN.fullmatch(part)
    if not found:
        raise UserError(f'"{part[:20]}" are no opening hours. {REMEDY}')
    from_hour, from_minute, to_hour, to_minute = (int(group or 0) for group in found.groups())
    opens, closes = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if from_minute > 59 or to_minute > 59 or opens >= DAY_MINUTES or closes > 2 * DAY_MINUTES:
        raise UserError(f'"{part[:20]}" has no such time of day. {REMEDY}')
    if closes < opens:
        closes += DAY_MINUTES
    if closes == opens:
        raise UserError(f'"{part[:20]}" ends when it starts. Write 24h for a whole day.')
    return opens, closes


def _text(opens: int, closes: int) -> str:
    if (opens, closes) == (0, DAY_MINUTES):
        return "24h"
    if closes > DAY_MINUTES and closes - DAY_MINUTES < opens:
        closes -= DAY_MINUTES
    return f"{opens // 60:02d}:{opens % 60:02d}-{closes // 60:02d}:{closes % 60:02d}"
