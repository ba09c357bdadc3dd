"""A request in a few words: what it takes, how long, when, since when it waits."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.calendars.words import day_words, hours_words, moment_words
from scheduler.requests.models import ActivityRequest, Alternative

SHOWN_WAYS = 3


def way_words(way: Alternative) -> str:
    """SH-1 + DS-1."""
    return " + ".join(use.resource.code for use in way.uses)


def needs_words(row: ActivityRequest) -> str:
    """TV-2 or TV-1 · 1 vacuum operator."""
    ways = [way_words(way) for way in row.alternatives]
    text = " or ".join(ways[:SHOWN_WAYS])
    if len(ways) > SHOWN_WAYS:
        text += f" or {len(ways) - SHOWN_WAYS} more"
    # The same people serve several phases: the most that are needed at once is what counts.
    people: dict[str, int] = {}
    for need in row.needs:
        people[need.qualification.name] = max(need.count, people.get(need.qualification.name, 0))
    return " · ".join([*([text] if text else []), *(f"{count} {name}" for name, count in people.items())])


def length_words(row: ActivityRequest) -> str:
    """9 h, 5–6 h, up to 3 × 6 h in all."""
    wish = hours_words(row.wish_minutes)
    if row.least_minutes < row.wish_minutes:
        wish = f"{hours_words(row.least_minutes)} – {wish}"
    return wish if row.most_parts == 1 else f"{wish} in ≤ {row.most_parts}"


def when_words(row: ActivityRequest, zone: ZoneInfo) -> str:
    """Mon 31 Aug – Fri 4 Sep; by Thu 3 Sep 18:00; from Mon 31 Aug 08:00; any time."""
    if row.earliest_at is None and row.latest_at is None:
        return "any time"
    if row.latest_at is None:
        return f"from {moment_words(row.earliest_at, zone)}" if row.earliest_at else "any time"
    if row.earliest_at is None:
        return f"by {moment_words(row.latest_at, zone)}"
    # An end at midnight belongs to the day before it.
    last = row.latest_at - timedelta(minutes=1)
    first_day, last_day = day_words(row.earliest_at, zone), day_words(last, zone)
    return first_day if first_day == last_day else f"{first_day} – {last_day}"


def waits_words(since: datetime, now: datetime) -> str:
    """5 min, 5 h, 4 d."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"
