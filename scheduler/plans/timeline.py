"""A plan's horizon in ticks: to and from UTC, local days and weeks, and what rounding takes away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import gcd
from zoneinfo import ZoneInfo

from scheduler.calendars.rules import local_days, local_midnight
from scheduler.intervals import Interval
from solver import Window

LONGEST_TICK_MINUTES = 15


def tick_minutes(lengths: Iterable[int]) -> int:
    """The longest tick of 1 to 15 minutes that measures all `lengths` (minutes) exactly.

    It divides the hour as well, so that hours and days begin on a tick.
    """
    common = gcd(60, *lengths)
    return max(tick for tick in range(1, LONGEST_TICK_MINUTES + 1) if common % tick == 0)


@dataclass(frozen=True)
class Timeline:
    """`span` cut into ticks of `tick_seconds`; tick 0 begins at its start, in the zone of the site."""

    span: Interval
    tick_seconds: int
    zone: ZoneInfo

    @property
    def horizon(self) -> int:
        """Ticks that lie wholly within the span."""
        return self.floor(self.span.end)

    def floor(self, moment: datetime) -> int:
        """The tick in which a moment lies, or which it begins; negative before the span."""
        return (moment - self.span.start) // timedelta(seconds=self.tick_seconds)

    def ceil(self, moment: datetime) -> int:
        """The first tick that does not begin before the moment."""
        return -((self.span.start - moment) // timedelta(seconds=self.tick_seconds))

    def moment(self, tick: int) -> datetime:
        """When a tick begins, in UTC."""
        return self.span.start + timedelta(seconds=tick * self.tick_seconds)

    def interval(self, start: int, end: int) -> Interval:
        return Interval(self.moment(start), self.moment(end))

    def ticks(self, minutes: int) -> int:
        """A length that the tick measures exactly."""
        whole, rest = divmod(minutes * 60, self.tick_seconds)
        if rest:
            raise ValueError(f"{minutes} min is no multiple of the tick of {self.tick_seconds} s")
        return whole

    def ticks_at_most(self, minutes: int) -> int:
        return minutes * 60 // self.tick_seconds

    def ticks_at_least(self, minutes: int) -> int:
        return -(-minutes * 60 // self.tick_seconds)

    def minutes(self, ticks: int) -> int:
        return ticks * self.tick_seconds // 60

    def days(self) -> tuple[Window, ...]:
        """Local days, of 23, 24 or 25 hours; the first may begin before tick 0."""
        return tuple(
            Window(self.floor(whole.start), self.floor(whole.end))
            for _, whole in local_days(self.span, self.zone)
        )

    def weeks(self) -> tuple[Window, ...]:
        """Local weeks from Monday on; the first may begin before tick 0, the last end after the horizon."""
        whole = whole_weeks(self.span, self.zone)
        day = whole.start.astimezone(self.zone).date()
        weeks = []
        while (start := local_midnight(day, self.zone)) < whole.end:
            day += timedelta(days=7)
            weeks.append(Window(self.floor(start), self.floor(local_midnight(day, self.zone))))
        return tuple(weeks)


class Rounding:
    """Rounds the times of one plan to ticks, and adds up the minutes that this takes away.

    What may be used (opening hours, shifts, windows, validity) is rounded inwards, what is taken
    (outages, absences) outwards. Either is first cut to the horizon.
    """

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self._lost = timedelta()

    @property
    def minutes(self) -> int:
        """What was lost so far, each row counted by itself, in whole minutes rounded up."""
        return -(-self._lost // timedelta(minutes=1))

    def inwards(self, intervals: Iterable[Interval]) -> list[tuple[int, int]]:
        """Whole ticks within the intervals; what holds not one whole tick is dropped."""
        return [ticks for interval in intervals if (ticks := self._inwards(interval))]

    def outwards(self, intervals: Iterable[Interval]) -> list[tuple[int, int]]:
        """Every tick that the intervals touch."""
        timeline, found = self.timeline, []
        for interval in intervals:
            cut = interval.intersection(timeline.span)
            if cut is None:
                continue
            start, end = timeline.floor(cut.start), min(timeline.ceil(cut.end), timeline.horizon)
            if start < end:
                self._lost += max(_length(timeline.interval(start, end)) - _length(cut), timedelta())
                found.append((start, end))
        return found

    def _inwards(self, interval: Interval) -> tuple[int, int] | None:
        timeline = self.timeline
        cut = interval.intersection(timeline.span)
        if cut is None:
            return None
        start, end = timeline.ceil(cut.start), timeline.floor(cut.end)
        if start >= end:
            self._lost += _length(cut)
            return None
        self._lost += _length(cut) - _length(timeline.interval(start, end))
        return start, end


def whole_days(span: Interval, zone: ZoneInfo) -> Interval:
    """The local days that `span` touches, from midnight to midnight."""
    days = local_days(span, zone)
    return Interval(days[0][1].start, days[-1][1].end)


def whole_weeks(span: Interval, zone: ZoneInfo) -> Interval:
    """The local weeks (Monday to Monday) that `span` touches."""
    days = local_days(span, zone)
    first, last = days[0][0], days[-1][0]
    monday = first - timedelta(days=first.weekday())
    following = last + timedelta(days=7 - last.weekday())
    return Interval(local_midnight(monday, zone), local_midnight(following, zone))


def _length(interval: Interval) -> timedelta:
    return interval.end - interval.start
