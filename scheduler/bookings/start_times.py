"""Starts at which a run could lie in free time: ranges of moments, both ends included. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from scheduler.bookings.rule_facts import BookingFacts, Taken
from scheduler.intervals import Interval, intersect, peaks, subtract

STEP_MINUTES = 15

Starts = list[tuple[datetime, datetime]]


def starts_within(free: Iterable[Interval], before_minutes: float, after_minutes: float) -> Starts:
    """Starts with so much of the free time before them, and so much after."""
    lead, rest = timedelta(minutes=before_minutes), timedelta(minutes=after_minutes)
    ranges = ((each.start + lead, each.end - rest) for each in free)
    return [(first, last) for first, last in ranges if first <= last]


def common(some: Starts, others: Starts) -> Starts:
    """Starts that are in both."""
    both = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return sorted((first, last) for first, last in both if first <= last)


def on_grid(starts: Starts) -> Iterator[datetime]:
    """Every full quarter of an hour among them, in order."""
    done: datetime | None = None
    for first, last in sorted(starts):
        moment = _round_up(first if done is None else max(first, done))
        while moment <= last:
            yield moment
            moment += timedelta(minutes=STEP_MINUTES)
            done = moment


def free_of_resources(facts: BookingFacts, span: Interval) -> list[Interval]:
    """When all that is held is open, whole and not full."""
    free = [span]
    for resource in facts.resources:
        free = intersect(free, resource.open)
        free = subtract(free, (outage.interval for outage in resource.outages))
        free = subtract(free, full(resource.taken, resource.capacity - resource.seats))
    return free


def full(taken: Sequence[Taken], room: int) -> list[Interval]:
    """When more than `room` of them hold at once."""
    found, start = [], None
    for moment, load in peaks((each.interval, 1) for each in taken):
        if load > room and start is None:
            start = moment
        elif load <= room and start is not None:
            found.append(Interval(start, moment))
            start = None
    return found


def longest_free(stretches: Iterable[Interval]) -> Interval | None:
    return max(stretches, key=lambda each: each.minutes, default=None)


def _round_up(moment: datetime) -> datetime:
    step = STEP_MINUTES * 60
    return datetime.fromtimestamp(-(-moment.timestamp() // step) * step, UTC)
