"""The week as the weekly workbook shows it: what is booked where, who is on duty, what is left over."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from scheduler.intervals import Interval


@dataclass(frozen=True)
class Turn:
    """Somebody at a booking for a time; `role` is the qualification, or that one takes part."""

    person: str
    role: str
    phase: str
    interval: Interval
    is_duty: bool


@dataclass(frozen=True)
class Entry:
    """A booking as its reader may see it: nothing but time and place where that is all.

    Parameters
    ----------
    letter
        Of the kind of project: R, T, A, N for none, a dash where it is confidential to the reader.
    labels
        What a bar may say, the longest first.
    facilities
        Codes of what was asked for.
    """

    booking_id: int
    letter: str
    title: str
    project: str
    request: str
    labels: tuple[str, ...]
    run: Interval
    occupied: Interval
    state: str
    part_no: int
    facilities: tuple[str, ...]
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Stay:
    """A booking on one row of the grid, with the changeover before it, if any."""

    entry: Entry
    occupied: Interval
    changeover: Interval | None = None
    changeover_label: str = ""

    @property
    def held(self) -> Interval:
        return Interval(self.changeover.start if self.changeover else self.occupied.start, self.occupied.end)


@dataclass(frozen=True)
class FacilityWeek:
    """`lanes`: for each row of the grid its stays; more than one where several run at once."""

    code: str
    name: str
    kind: str
    places: int
    open: tuple[Interval, ...]
    outages: tuple[tuple[Interval, str], ...]
    lanes: tuple[tuple[Stay, ...], ...]


@dataclass(frozen=True)
class PersonWeek:
    """Somebody with all turns and absences; `most_minutes_week` None: no limit."""

    code: str
    name: str
    kind: str
    most_minutes_week: int | None
    turns: tuple[tuple[Turn, Entry], ...]
    absences: tuple[Interval, ...]

    def duty_minutes(self, span: Interval) -> float:
        """Whole length of the duties that start in the span: what the limit of a week counts."""
        return self._minutes(span, True)

    def other_minutes(self, span: Interval) -> float:
        """The same of runs that one takes part in, which no limit counts."""
        return self._minutes(span, False)

    def _minutes(self, span: Interval, is_duty: bool) -> float:
        return sum(
            turn.interval.minutes
            for turn, _ in self.turns
            if turn.is_duty == is_duty and span.start <= turn.interval.start < span.end
        )


@dataclass(frozen=True)
class LeftOver:
    """A request without a place: why, and what would help."""

    code: str
    title: str
    project: str
    letter: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Week:
    """All that the weekly workbook shows. `holidays`: day -> (name, whether it is provisional)."""

    site: str
    zone: ZoneInfo
    span: Interval
    version: str
    days: tuple[tuple[date, Interval], ...]
    holidays: dict[date, tuple[str, bool]]
    facilities: tuple[FacilityWeek, ...]
    entries: tuple[Entry, ...]
    people: tuple[PersonWeek, ...]
    left_over: tuple[LeftOver, ...]

    @property
    def is_one_week(self) -> bool:
        return len(self.days) == 7 and self.days[0][0].weekday() == 0

    @property
    def placed_requests(self) -> int:
        return len({entry.request for entry in self.entries if entry.request})


def clock_words(interval: Interval, zone: ZoneInfo) -> str:
    """09:00–12:00; 22:00–24:00; 22:00–06:00 +1 d where it ends on a later day."""
    start, end = interval.start.astimezone(zone), interval.end.astimezone(zone)
    later = (end.date() - start.date()) // timedelta(days=1)
    if later == 1 and end.hour == end.minute == 0:
        return f"{start:%H:%M}–24:00"
    return f"{start:%H:%M}–{end:%H:%M}" + (f" +{later} d" if later else "")
