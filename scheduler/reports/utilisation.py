"""Utilisation of facilities: opening hours, outages and bookings in, minutes by category out.

For a facility and a stretch of time, each counted once per place (capacity n counts n times):

    calendar  = closed + outage + available
    closed      outside opening hours and on holidays
    outage      inside opening hours, but not to be had
    booked    = productive (the run) + setup (setup, teardown, changeover)
    outside     booked while closed or in an outage, or above the capacity
    used      = booked - outside
    idle      = available - used, so never negative
    utilisation = used / available
"""

from bisect import insort
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from scheduler.calendars.rules import local_midnight
from scheduler.intervals import Interval, intersect, subtract, total_minutes

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class FacilityFacts:
    """A facility with its opening hours and outages, both cut to the span or wider."""

    code: str
    name: str
    kind: str
    capacity: int
    open: Sequence[Interval]
    outages: Sequence[Interval] = ()


@dataclass(frozen=True)
class StayFacts:
    """A booking on one facility.

    Parameters
    ----------
    occupied, run
        Setup, run and teardown together, and the run alone.
    changeovers
        Time held on this facility to change its configuration for this booking.
    as_part_of
        Code of the whole that was booked, where the facility is held only as a part of it.
    """

    booking_id: int
    facility: str
    title: str
    project: str
    kind: str
    state: str
    part_no: int
    run: Interval
    occupied: Interval
    changeovers: tuple[Interval, ...] = ()
    as_part_of: str = ""


@dataclass(frozen=True)
class Stay:
    """What of a stay lies in one month of the span, in minutes; `outside` is a share of the booked."""

    facts: StayFacts
    month: date
    setup: float
    teardown: float
    changeover: float
    productive: float
    outside: float = 0

    @property
    def booked(self) -> float:
        return self.setup + self.teardown + self.changeover + self.productive


@dataclass(frozen=True)
class Minutes:
    """The figures of one facility, or of several summed; `setup` is without the changeovers."""

    calendar: float = 0
    closed: float = 0
    outage: float = 0
    available: float = 0
    productive: float = 0
    setup: float = 0
    changeover: float = 0
    outside: float = 0

    @property
    def booked(self) -> float:
        return self.productive + self.setup + self.changeover

    @property
    def used(self) -> float:
        # Whole minutes are exact; with seconds a sum of fractions may miss 0 by a hair.
        return max(0.0, self.booked - self.outside)

    @property
    def idle(self) -> float:
        return max(0.0, self.available - self.used)

    @property
    def utilisation(self) -> float | None:
        """Share of the available time that is used, in [0, 1]; None where nothing is available."""
        return min(1.0, self.used / self.available) if self.available else None

    @property
    def productive_share(self) -> float | None:
        """Share of the booked time that is run; None where nothing is booked."""
        return self.productive / self.booked if self.booked else None

    def __add__(self, other: "Minutes") -> "Minutes":
        return Minutes(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Utilisation:
    """All figures of a span: `cells` by facility code and first day of the month."""

    span: Interval
    facilities: tuple[FacilityFacts, ...]
    months: tuple[date, ...]
    stays: tuple[Stay, ...]
    cells: dict[tuple[str, date], Minutes] = field(repr=False)

    def of_facility(self, code: str) -> Minutes:
        return total(self.cells[code, month] for month in self.months)

    def of_month(self, month: date) -> Minutes:
        return total(self.cells[facility.code, month] for facility in self.facilities)

    @property
    def all(self) -> Minutes:
        return total(self.cells.values())

    def grouped(self, key: Callable[[Stay], Key]) -> dict[Key, list[Stay]]:
        """The stays that were asked for, by `key`: a part held with its whole is nobody's wish."""
        groups: dict[Key, list[Stay]] = {}
        for stay in self.stays:
            if not stay.facts.as_part_of:
                groups.setdefault(key(stay), []).append(stay)
        return groups


def utilise(
    facilities: Sequence[FacilityFacts], stays: Iterable[StayFacts], span: Interval, zone: ZoneInfo
) -> Utilisation:
    """The figures of every facility in every local month that `span` touches, cut at its edges."""
    months = months_of(span, zone)
    by_facility: dict[str, list[StayFacts]] = {facility.code: [] for facility in facilities}
    for stay in sorted(stays, key=lambda stay: (stay.occupied.start, stay.booking_id)):
        by_facility[stay.facility].append(stay)
    kept: list[Stay] = []
    cells = {}
    for facility in facilities:
        for month, within in months:
            cells[facility.code, month], found = _cell(facility, by_facility[facility.code], month, within)
            kept.extend(found)
    return Utilisation(
        span=span,
        facilities=tuple(facilities),
        months=tuple(month for month, _ in months),
        stays=tuple(kept),
        cells=cells,
    )


def total(figures: Iterable[Minutes]) -> Minutes:
    return sum(figures, Minutes())


def months_of(span: Interval, zone: ZoneInfo) -> list[tuple[date, Interval]]:
    """First day and time of each local month that `span` touches, cut to the span."""
    first = span.start.astimezone(zone).date().replace(day=1)
    months = []
    while (start := local_midnight(first, zone)) < span.end:
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        within = Interval(start, local_midnight(following, zone)).intersection(span)
        if within is not None:
            months.append((first, within))
        first = following
    return months


def _cell(
    facility: FacilityFacts, stays: Sequence[StayFacts], month: date, within: Interval
) -> tuple[Minutes, list[Stay]]:
    opened = intersect(facility.open, [within])
    available = subtract(opened, facility.outages)
    present = [stay for stay in stays if any(part.overlaps(within) for part in _held(stay))]
    inside = _minutes_inside([_held(stay) for stay in present], available, facility.capacity)
    found = [_cut(stay, month, within, minutes) for stay, minutes in zip(present, inside, strict=True)]
    figures = Minutes(
        calendar=within.minutes * facility.capacity,
        closed=(within.minutes - total_minutes(opened)) * facility.capacity,
        outage=(total_minutes(opened) - total_minutes(available)) * facility.capacity,
        available=total_minutes(available) * facility.capacity,
        productive=sum(stay.productive for stay in found),
        setup=sum(stay.setup + stay.teardown for stay in found),
        changeover=sum(stay.changeover for stay in found),
        outside=sum(stay.outside for stay in found),
    )
    return figures, found


def _held(stay: StayFacts) -> list[Interval]:
    return [*stay.changeovers, stay.occupied]


def _cut(stay: StayFacts, month: date, within: Interval, inside_minutes: float) -> Stay:
    occupied, run = stay.occupied, stay.run
    cut = Stay(
        facts=stay,
        month=month,
        setup=_minutes(occupied.start, run.start, within),
        teardown=_minutes(run.end, occupied.end, within),
        changeover=sum(_minutes(part.start, part.end, within) for part in stay.changeovers),
        productive=_minutes(run.start, run.end, within),
    )
    return replace(cut, outside=cut.booked - inside_minutes)


def _minutes(start: datetime, end: datetime, within: Interval) -> float:
    first, last = max(start, within.start), min(end, within.end)
    return max(0.0, (last - first).total_seconds() / 60)


def _minutes_inside(
    held: Sequence[Sequence[Interval]], available: Sequence[Interval], capacity: int
) -> list[float]:
    """For each stay, the minutes in available time during which it has one of the places.

    Where more than `capacity` run at once, the first in the order given have the places.
    """
    available_rank = -1
    changes: list[tuple[datetime, int, int]] = []
    for rank, intervals in enumerate(held):
        for interval in intervals:
            changes += [(interval.start, 1, rank), (interval.end, -1, rank)]
    for interval in available:
        changes += [(interval.start, 1, available_rank), (interval.end, -1, available_rank)]
    changes.sort(key=lambda change: change[0])
    minutes = [0.0] * len(held)
    present: list[int] = []
    is_available = False
    for (moment, sign, rank), (following, _, _) in pairwise(changes):
        if rank == available_rank:
            is_available = sign == 1
        elif sign == 1:
            insort(present, rank)
        else:
            present.remove(rank)
        if is_available:
            lasting = (following - moment).total_seconds() / 60
            for holder in present[:capacity]:
                minutes[holder] += lasting
    return minutes
