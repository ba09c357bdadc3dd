"""Local days and times as people write them in forms, always with 24 hours and a year."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d %b %Y %H:%M", "%d %B %Y %H:%M")
WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+", re.IGNORECASE)
ISO = re.compile(r"\d{4}-\d\d?-\d\d?T")
LETTERS = 40


def read_wall(text: str) -> datetime | None:
    """The wall time of `2026-08-26 09:00`, `2026-08-26T09:00`, `Wed 26 Aug 2026 09:00`; else None."""
    if len(text) > LETTERS:
        return None
    written = " ".join(WEEKDAY.sub("", text.strip()).split())
    if ISO.match(written):
        written = written.replace("T", " ")
    for pattern in FORMATS:
        try:
            return datetime.strptime(written, pattern)  # noqa: DTZ007 - the zone comes next
        except ValueError:
            continue
    return None


def write_wall(moment: datetime, zone: ZoneInfo) -> str:
    """What `read_wall` reads as that moment in that zone; seconds only where there are any."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M")


def which_hour(moment: datetime, zone: ZoneInfo) -> str:
    """Whether a wall time that comes twice is the `first` or the `second`; blank where it comes once."""
    local = moment.astimezone(zone)
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return ""
    return "second" if local.fold else "first"
