"""Half-open intervals [start, end) of aware UTC datetimes, and what one does with them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Time from `start` (included) to `end` (not included); never empty, never naive."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError(f"naive time in interval {self.start} to {self.end}")
        # UTC before comparing: two local times of one zone compare by wall clock, not by moment.
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))
        if self.end <= self.start:
            raise ValueError(f"interval ends at {self.end}, not after its start {self.start}")

    @classmethod
    def lasting(cls, start: datetime, minutes: float) -> Self:
        return cls(start, start.astimezone(UTC) + timedelta(minutes=minutes))

    @property
    def minutes(self) -> float:
        return (self.end - self.start).total_seconds() / 60

    @property
    def hours(self) -> float:
        return (self.end - self.start).total_seconds() / 3600

    def overlaps(self, other: "Interval") -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Interval") -> bool:
        return self.start <= other.start and other.end <= self.end

    def intersection(self, other: "Interval") -> "Interval | None":
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time as few, sorted, disjoint intervals; touching ones are joined."""
    joined: list[Interval] = []
    for interval in sorted(intervals):
        if joined and interval.start <= joined[-1].end:
            if interval.end > joined[-1].end:
                joined[-1] = Interval(joined[-1].start, interval.end)
        else:
            joined.append(interval)
    return joined


def subtract(intervals: Iterable[Interval], holes: Iterable[Interval]) -> list[Interval]:
    """What is left of `intervals` outside `holes`, sorted and disjoint."""
    taken = union(holes)
    left: list[Interval] = []
    for interval in union(intervals):
        start = interval.start
        for hole in taken:
            if hole.end <= start:
                continue
            if hole.start >= interval.end:
                break
            if hole.start > start:
                left.append(Interval(start, hole.start))
            start = max(start, hole.end)
        if start < interval.end:
            left.append(Interval(start, interval.end))
    return left


def intersect(first: Iterable[Interval], second: Iterable[Interval]) -> list[Interval]:
    """Time that lies in both, sorted and disjoint."""
    others = union(second)
    return [
        common for interval in union(first) for other in others if (common := interval.intersection(other))
    ]


def total_minutes(intervals: Iterable[Interval]) -> float:
    """Minutes covered by `intervals`, overlapping time once."""
    return sum(interval.minutes for interval in union(intervals))


def peaks(loads: Iterable[tuple[Interval, int]]) -> Iterator[tuple[datetime, int]]:
    """Each moment at which the load changes, with the load from there on."""
    changes: dict[datetime, int] = {}
    for interval, amount in loads:
        changes[interval.start] = changes.get(interval.start, 0) + amount
        changes[interval.end] = changes.get(interval.end, 0) - amount
    load = 0
    for moment in sorted(changes):
        load += changes[moment]
        yield moment, load
