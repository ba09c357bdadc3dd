"""Decisions about facilities: how one stands at a moment, when an outage comes back, what may be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.calendars.rules import local_midnight, wall_to_utc_forward
from scheduler.intervals import Interval

OPEN, SHUT, OUT, GONE = "open", "closed", "out", "retired"
CALIBRATION_SOON_DAYS = 30
MOST_TIMES = 60
"""So often one report may come back."""


@dataclass(frozen=True)
class State:
    """How a facility stands: `until` is when that ends; None where nothing ends it in sight."""

    name: str
    until: datetime | None = None
    why: str = ""


@dataclass(frozen=True)
class Calibration:
    due_on: date
    is_over: bool
    is_soon: bool


def state_at(
    ahead: Interval,
    is_retired: bool,
    open_time: Sequence[Interval],
    outages: Sequence[tuple[Interval, str]],
) -> State:
    """At the start of `ahead`, from what is known of that time; an outage counts before hours."""
    now = ahead.start
    if is_retired:
        return State(GONE)
    running = [(span, why) for span, why in outages if span.start <= now < span.end]
    if running:
        until, why = max((span.end, why) for span, why in running)
        return State(OUT, until, why)
    for span in open_time:
        if span.start <= now < span.end:
            closing = min([span.end, *(each.start for each, _ in outages if each.start > now)])
            return State(OPEN, closing if closing < ahead.end else None)
    opening = min((span.start for span in open_time if span.start > now), default=None)
    return State(SHUT, opening)


def calibration(due_on: date | None, today: date) -> Calibration | None:
    """It may be used up to the end of the day on which calibration is due."""
    if due_on is None:
        return None
    is_soon = due_on <= today + timedelta(days=CALIBRATION_SOON_DAYS)
    return Calibration(due_on, due_on < today, is_soon)


def times_of(first: Interval, every_weeks: int, until_on: date | None, zone: ZoneInfo) -> list[Interval]:
    """The first time and, each `every_weeks` weeks at the same local time, those that begin by `until_on`.

    0 weeks is once. Local hours are kept over a change of the clock.
    """
    if not every_weeks or until_on is None:
        return [first]
    last = local_midnight(until_on + timedelta(days=1), zone)
    start, end = (moment.astimezone(zone).replace(tzinfo=None) for moment in (first.start, first.end))
    found = [first]
    while len(found) <= MOST_TIMES:
        weeks = timedelta(weeks=every_weeks * len(found))
        begins, ends = wall_to_utc_forward(start + weeks, zone), wall_to_utc_forward(end + weeks, zone)
        if begins >= last:
            break
        if begins < ends:
            found.append(Interval(begins, ends))
    return found


def repeat_faults(first: Interval, every_weeks: int, until_on: date | None, zone: ZoneInfo) -> dict[str, str]:
    """What is wrong with an outage that comes back, by the name of the field."""
    if not every_weeks:
        return {}
    if until_on is None:
        return {"repeat_until": "Write the last day on which it may begin."}
    if until_on < first.start.astimezone(zone).date():
        return {"repeat_until": "That is before the first time. Write a later day."}
    if first.minutes > every_weeks * 7 * 1440:
        return {"ends": "It would begin anew before it is over. Write an earlier end, or report it once."}
    if len(times_of(first, every_weeks, until_on, zone)) > MOST_TIMES:
        return {"repeat_until": f"That is more than {MOST_TIMES} times. Write an earlier day."}
    return {}


def value_faults(values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with the fields of a facility taken together."""
    least, most = values.get("shortest_minutes"), values.get("longest_minutes")
    if least is not None and most is not None and most < least:
        return {"longest": "That is shorter than the shortest run. Write at least as much."}
    notice, horizon = values.get("notice_minutes"), values.get("horizon_days")
    if notice is not None and horizon is not None and notice > horizon * 1440:
        return {"horizon": "Nothing could be booked: notice is longer than that. Write more days."}
    return {}


def is_like(one: Interval, other: Interval, zone: ZoneInfo) -> bool:
    """Whether two times fall on one weekday at the same local hours: occurrences of one report."""
    shapes = [
        (local.weekday(), local.time(), ends.time(), (ends.date() - local.date()).days)
        for local, ends in ((span.start.astimezone(zone), span.end.astimezone(zone)) for span in (one, other))
    ]
    return shapes[0] == shapes[1]


def rounded(moment: datetime) -> datetime:
    """The full minute that begins at or after it."""
    seconds = -(-moment.timestamp() // 60) * 60
    return datetime.fromtimestamp(seconds, UTC)
