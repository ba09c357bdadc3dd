"""Moments and intervals as people of a site read them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler.intervals import Interval

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_words(moment: datetime, zone: ZoneInfo) -> str:
    """Wed 26 Aug."""
    local = moment.astimezone(zone)
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"


def moment_words(moment: datetime, zone: ZoneInfo) -> str:
    """Wed 26 Aug 09:00."""
    return f"{day_words(moment, zone)} {moment.astimezone(zone):%H:%M}"


def interval_words(interval: Interval, zone: ZoneInfo) -> str:
    """Wed 26 Aug 09:00-15:00, or with both days where it runs over midnight."""
    start, end = interval.start.astimezone(zone), interval.end.astimezone(zone)
    if start.date() == end.date():
        return f"{moment_words(start, zone)}-{end:%H:%M}"
    return f"{moment_words(start, zone)} to {moment_words(end, zone)}"


def hours_words(minutes: float) -> str:
    """Hours as people write them: 9 h, 4.5 h, 20 min."""
    if minutes < 60:
        return f"{round(minutes)} min"
    return f"{round(minutes / 60, 2):g} h"
