"""Where things stand in the printed grid: a day becomes slots of equal width, a booking some of them."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.calendars.rules import wall_to_utc_forward
from scheduler.intervals import Interval, intersect, total_minutes
from scheduler.reports.week import Entry, FacilityWeek, Stay, Week

SLOT_MINUTES = (15, 10, 5)
USUAL_HOURS = (8, 18)
NIGHT_SLOT = timedelta(hours=1)
LEAST_NIGHT_RUN_MINUTES = 180
"""Runs as long as this are still well seen in slots of an hour."""


@dataclass(frozen=True)
class DayAxis:
    """The hours of one local day that are drawn: slot n lies between `edges` n and n + 1.

    All slots are as wide as each other, also those at night, which may last longer.
    """

    on: date
    edges: tuple[datetime, ...]
    zone: ZoneInfo

    @property
    def slots(self) -> int:
        return len(self.edges) - 1

    @property
    def drawn(self) -> Interval:
        return Interval(self.edges[0], self.edges[-1])

    def slot(self, moment: datetime) -> int:
        """The edge that is nearest to a moment, kept inside the day."""
        after = bisect_left(self.edges, moment)
        if after == 0 or after == len(self.edges):
            return min(after, self.slots)
        before = self.edges[after - 1]
        return after - 1 if moment - before < self.edges[after] - moment else after

    def middle(self, slot: int) -> datetime:
        return self.edges[slot] + (self.edges[slot + 1] - self.edges[slot]) / 2

    def hours(self) -> list[tuple[int, str]]:
        """Slots at which a full hour begins, with its name; of long ones the first and each third."""
        marks = []
        was_long = False
        for slot in range(self.slots):
            local = self.edges[slot].astimezone(self.zone)
            is_long = self.edges[slot + 1] - self.edges[slot] >= NIGHT_SLOT
            if local.minute == 0 and (not (is_long and was_long) or local.hour % 3 == 0):
                marks.append((slot, f"{local:%H}"))
            was_long = is_long
        return marks


@dataclass(frozen=True)
class Piece:
    """Something drawn from one slot to another (the last not included) of a row.

    `look` is setup, run, teardown, changeover or outage; `words` are its labels, the longest first.
    """

    look: str
    first: int
    last: int
    entry: Entry | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hours:
    """Hours of the day that the grid shows, and those within them that are drawn in short slots."""

    first: int
    last: int
    fine_first: int
    fine_last: int


def hours_drawn(week: Week) -> Hours:
    """When anything is open or held: nights are left out, or pressed together where little happens.

    What is open day and night unfolds nothing by itself, only what is booked there at night does.
    """
    opened = [
        interval
        for facility in week.facilities
        if total_minutes(facility.open) < week.span.minutes
        for interval in facility.open
    ]
    stays = [stay for facility in week.facilities for lane in facility.lanes for stay in lane]
    first, last = _hours_of([*opened, *(stay.held for stay in stays)], week)
    fine = _hours_of(opened, week)
    night = [stay for stay in stays if _hours_of([stay.held], week, fine) != fine]
    if any(stay.entry.run.minutes < LEAST_NIGHT_RUN_MINUTES for stay in night):
        fine = (first, last)
    return Hours(first, last, *fine)


def _hours_of(times: Iterable[Interval], week: Week, least: tuple[int, int] = USUAL_HOURS) -> tuple[int, int]:
    """The hours of a day in which all the times lie, and at least those of `least`."""
    first, last = least
    for common in intersect(times, [week.span]):
        start, end = common.start.astimezone(week.zone), common.end.astimezone(week.zone)
        reaches_midnight = end.date() > start.date()
        if reaches_midnight and end != end.replace(hour=0, minute=0, second=0):
            return 0, 24
        first = min(first, start.hour)
        last = 24 if reaches_midnight else max(last, end.hour + (end.minute > 0))
    return first, last


def slot_minutes(week: Week) -> int:
    """The widest slot in which every run of the week still has one of its own."""
    runs = [entry.run.minutes for entry in week.entries]
    return next((width for width in SLOT_MINUTES if all(run >= width for run in runs)), SLOT_MINUTES[-1])


def day_axis(day: date, hours: Hours, zone: ZoneInfo, width_minutes: int) -> DayAxis:
    """Slots of real time: a day on which the clock changes has fewer or more of them."""
    midnight = datetime.combine(day, time())
    turns = [
        wall_to_utc_forward(midnight + timedelta(hours=hour), zone)
        for hour in (hours.first, hours.fine_first, hours.fine_last, hours.last)
    ]
    edges = [turns[0]]
    for end, slot in zip(turns[1:], (NIGHT_SLOT, timedelta(minutes=width_minutes), NIGHT_SLOT), strict=True):
        while edges[-1] < end:
            edges.append(min(edges[-1] + slot, end))
    return DayAxis(day, tuple(edges), zone)


def is_open(facility: FacilityWeek, axis: DayAxis) -> list[bool]:
    """For each slot whether its middle lies in opening hours."""
    marks = [False] * axis.slots
    for interval in facility.open:
        if interval.overlaps(axis.drawn):
            for slot in range(axis.slots):
                if interval.start <= axis.middle(slot) < interval.end:
                    marks[slot] = True
    return marks


def draw_lane(stays: Iterable[Stay], axis: DayAxis) -> list[Piece]:
    """The pieces of one row on one day, from left to right, none over another.

    A run has at least one slot; a setup that is shorter than half a slot has none.
    """
    pieces: list[Piece] = []
    for stay in sorted(stays, key=lambda stay: stay.held.start):
        if not stay.held.overlaps(axis.drawn):
            continue
        after = pieces[-1].last if pieces else 0
        pieces += _pieces(stay, axis, after)
    return pieces


def _pieces(stay: Stay, axis: DayAxis, after: int) -> Iterable[Piece]:
    run, occupied = stay.entry.run, stay.occupied
    first, last = max(after, axis.slot(run.start)), max(after, axis.slot(run.end))
    if run.overlaps(axis.drawn) and last <= first:
        first = min(first, axis.slots - 1)
        last = first + 1
        if first < after:
            return  # the row is full to its end: the list has it
    opens = min(first, max(after, axis.slot(occupied.start)))
    if stay.changeover is not None:
        begins = min(opens, max(after, axis.slot(stay.changeover.start)))
        yield from _piece("changeover", begins, opens, stay.entry, (stay.changeover_label,))
    yield from _piece("setup", opens, first, stay.entry)
    yield from _piece("run", first, last, stay.entry, stay.entry.labels)
    yield from _piece("teardown", last, max(last, axis.slot(occupied.end)), stay.entry)


def _piece(
    look: str, first: int, last: int, entry: Entry | None, words: tuple[str, ...] = ()
) -> Iterable[Piece]:
    if last > first:
        yield Piece(look, first, last, entry, words)


def draw_outages(
    outages: Iterable[tuple[Interval, str]], taken: Sequence[Piece], axis: DayAxis
) -> list[Piece]:
    """Outages of a day where nothing is booked over them; the words say why and until when."""
    free = [True] * axis.slots
    for piece in taken:
        free[piece.first : piece.last] = [False] * (piece.last - piece.first)
    pieces = []
    for interval, reason in outages:
        first, last = axis.slot(interval.start), axis.slot(interval.end)
        until = interval.end.astimezone(axis.zone)
        when = f"{until:%H:%M}" if until.date() == axis.on else f"{until:%a %H:%M}"
        words = (f"out until {when}: {reason}", f"out until {when}", "out", "×")
        start = None
        for slot in range(first, last + 1):
            is_free = slot < last and free[slot]
            if is_free and start is None:
                start = slot
            elif not is_free and start is not None:
                pieces.append(Piece("outage", start, slot, words=words if reason else words[1:]))
                start = None
        free[first:last] = [False] * (last - first)
    return pieces
