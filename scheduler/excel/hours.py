"""Opening hours of one day as text: 08:00-12:00; 13:00-17:00, 24h, 22:00-06:00."""

import re
from collections.abc import Iterable

from scheduler.excel.faults import NO_HOURS, CellFault, quoted
from scheduler.excel.words import listed, western

DAY_MINUTES = 1440
REMEDY = "Write 08:00-12:00; 13:00-17:00, or 24h, or leave it blank."

Hours = tuple[tuple[int, int], ...]
"""Sorted (opens, closes) in minutes after midnight; a close above 1440 lies in the next day."""

_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))? ?(?:-|—|to) ?(\d{1,2})(?:[:.](\d{2}))?")


def read_hours(text: str) -> Hours:
    """The hours of one day; an end before its start lies in the next day."""
    if western(text).casefold() in ("closed", "-", "none"):
        return ()
    return tuple(sorted(_span(part) for part in listed(text.replace(",", ";"))))


def hours_text(hours: Iterable[tuple[int, int]]) -> str:
    """The same as text that `read_hours` reads back exactly."""
    return "; ".join(_text(opens, closes) for opens, closes in sorted(hours))


def _span(part: str) -> tuple[int, int]:
    plain = western(part).lower()
    if re.fullmatch(r"24 ?h(ours)?", plain):
        return 0, DAY_MINUTES
    found = _SPAN.fullmatch(plain)
    if not found:
        raise CellFault(NO_HOURS, f"{quoted(part)} are no opening hours.", REMEDY)
    from_hour, from_minute, to_hour, to_minute = (int(group or 0) for group in found.groups())
    opens, closes = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if from_minute > 59 or to_minute > 59 or opens >= DAY_MINUTES or closes > 2 * DAY_MINUTES:
        raise CellFault(NO_HOURS, f"{quoted(part)} has no such time of day.", REMEDY)
    if closes < opens:
        closes += DAY_MINUTES
    if closes == opens:
        raise CellFault(NO_HOURS, f"{quoted(part)} ends when it starts.", "Write 24h for a whole day.")
    return opens, closes


def _text(opens: int, closes: int) -> str:
    if (opens, closes) == (0, DAY_MINUTES):
        return "24h"
    if closes > DAY_MINUTES and closes - DAY_MINUTES < opens:
        closes -= DAY_MINUTES
    return f"{opens // 60:02d}:{opens % 60:02d}-{closes // 60:02d}:{closes % 60:02d}"
