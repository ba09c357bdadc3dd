"""The time axis of a timeline: which hours are drawn, which are folded away, where the labels stand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.calendars.rules import local_days
from scheduler.intervals import Interval, intersect, subtract, total_minutes, union

LEAST_FOLD_MINUTES = 120
FOLDED_DAY_MINUTES = 100
"""How wide a folded whole day is drawn, as minutes of drawn time: enough for "Sa"."""
HAIRLINE_HOURS = 3
LABEL_HOURS = 4


@dataclass(frozen=True)
class DayOff:
    """A holiday in the axis; a provisional one closes nothing, but shows."""

    name: str
    is_provisional: bool


@dataclass(frozen=True)
class Segment:
    """A stretch of time from the start of the axis, in minutes, and how wide it is drawn."""

    from_minute: int
    until_minute: int
    width_minutes: int

    @property
    def is_folded(self) -> bool:
        return self.width_minutes != self.until_minute - self.from_minute


@dataclass(frozen=True)
class Fold:
    """Neighbouring folded segments: one rule, one press to unfold."""

    from_minute: int
    until_minute: int
    label: str


@dataclass(frozen=True)
class AxisDay:
    on: date
    from_minute: int
    until_minute: int
    is_folded: bool
    day_off: DayOff | None


@dataclass(frozen=True)
class Axis:
    """Minutes count from `span.start`; `hours` are labels, `hairlines` the fine lines between."""

    span: Interval
    zone: ZoneInfo
    segments: tuple[Segment, ...]
    folds: tuple[Fold, ...]
    days: tuple[AxisDay, ...]
    hours: tuple[tuple[int, str], ...]
    hairlines: tuple[int, ...]

    def minute(self, moment: datetime) -> int:
        """Minutes from the start of the axis, kept inside it."""
        return _minute(self.span, moment)

    def widths(self) -> list[list[int]]:
        """What the browser needs to place things: from, until, width."""
        return [[part.from_minute, part.until_minute, part.width_minutes] for part in self.segments]


def make_axis(
    span: Interval,
    zone: ZoneInfo,
    open_times: Iterable[Sequence[Interval]],
    bars: Iterable[Interval] = (),
    days_off: Mapping[date, DayOff] | None = None,
) -> Axis:
    """An axis for rows with these open times, which hold these bars.

    Time in which no row that ever closes is open takes no width, unless a bar begins or ends in it:
    then its share of that time is drawn. A bar that runs through is drawn across.
    """
    days_off = days_off or {}
    days = local_days(span, zone)
    shown = _shown(span, days, open_times, list(bars), days_off, zone)
    segments = _segments(span, days, shown)
    folds = tuple(
        Fold(start, end, _fold_label(span, zone, start, end)) for start, end in _joined_folds(segments)
    )
    return Axis(
        span=span,
        zone=zone,
        segments=segments,
        folds=folds,
        days=tuple(
            AxisDay(
                day,
                _minute(span, whole.start),
                _minute(span, whole.end),
                not intersect([whole], shown),
                days_off.get(day),
            )
            for day, whole in days
        ),
        hours=tuple(_hours(span, days, zone, LABEL_HOURS)),
        hairlines=tuple(minute for minute, _ in _hours(span, days, zone, HAIRLINE_HOURS)),
    )


def _shown(
    span: Interval,
    days: list[tuple[date, Interval]],
    open_times: Iterable[Sequence[Interval]],
    bars: list[Interval],
    days_off: Mapping[date, DayOff],
    zone: ZoneInfo,
) -> list[Interval]:
    closing = [hours for hours in open_times if total_minutes(intersect(hours, [span])) < span.minutes]
    shown = intersect([interval for hours in closing for interval in hours], [span])
    if not shown:
        return [span]
    gaps = subtract([span], shown)
    ends = [common for bar in bars for gap in gaps if (common := bar.intersection(gap)) and common != gap]
    shown = union([*shown, *intersect([_whole_hours(part, zone) for part in ends], gaps)])
    first, last = _daily_hours(shown, zone)
    for day, whole in days:
        # A closed weekday keeps its width, so that the name of the holiday has room.
        if day in days_off and not intersect([whole], shown):
            usual = Interval(whole.start + timedelta(minutes=first), whole.start + timedelta(minutes=last))
            shown = union([*shown, *intersect([usual], [span])])
    short = [gap for gap in subtract([span], shown) if gap.minutes < LEAST_FOLD_MINUTES]
    return union([*shown, *short])


def _whole_hours(interval: Interval, zone: ZoneInfo) -> Interval:
    start, end = interval.start.astimezone(zone), interval.end.astimezone(zone)
    after = timedelta(minutes=end.minute, seconds=end.second)
    return Interval(
        interval.start - timedelta(minutes=start.minute, seconds=start.second),
        interval.end + (timedelta(hours=1) - after if after else timedelta()),
    )


def _daily_hours(shown: list[Interval], zone: ZoneInfo) -> tuple[int, int]:
    """Earliest and latest minute of a local day that is drawn."""
    starts, ends = [], []
    for interval in shown:
        start, end = interval.start.astimezone(zone), interval.end.astimezone(zone)
        if start.date() == end.date():
            starts.append(start.hour * 60 + start.minute)
            ends.append(end.hour * 60 + end.minute)
    return (min(starts), max(ends)) if starts else (0, 1440)


def _segments(
    span: Interval, days: list[tuple[date, Interval]], shown: list[Interval]
) -> tuple[Segment, ...]:
    parts = []
    for _, whole in days:
        for interval in intersect([whole], shown):
            start, end = _minute(span, interval.start), _minute(span, interval.end)
            parts.append(Segment(start, end, end - start))
        for gap in intersect(subtract([whole], shown), [span]):
            start, end = _minute(span, gap.start), _minute(span, gap.end)
            parts.append(Segment(start, end, FOLDED_DAY_MINUTES if gap == whole else 0))
    return tuple(sorted(parts, key=lambda part: part.from_minute))


def _joined_folds(segments: Sequence[Segment]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for part in segments:
        if not part.is_folded:
            continue
        if joined and joined[-1][1] == part.from_minute:
            joined[-1] = (joined[-1][0], part.until_minute)
        else:
            joined.append((part.from_minute, part.until_minute))
    return joined


def _fold_label(span: Interval, zone: ZoneInfo, from_minute: int, until_minute: int) -> str:
    start, end = (
        (span.start + timedelta(minutes=minute)).astimezone(zone) for minute in (from_minute, until_minute)
    )
    return f"{start:%a %H:%M} to {end:%a %H:%M}"


def _hours(
    span: Interval, days: list[tuple[date, Interval]], zone: ZoneInfo, every_hours: int
) -> Iterator[tuple[int, str]]:
    """Each full local hour divisible by `every_hours` but midnight, where the day itself begins.

    Those that are folded away are hidden where they are drawn.
    """
    for _, whole in days:
        labels = {"00"}
        moment = whole.start
        while moment < whole.end:
            local = moment.astimezone(zone)
            label = f"{local:%H}"
            # An hour that comes twice, when the clock goes back, is labelled once.
            if local.hour % every_hours == 0 and label not in labels and span.start <= moment < span.end:
                labels.add(label)
                yield _minute(span, moment), label
            moment += timedelta(hours=1)


def _minute(span: Interval, moment: datetime) -> int:
    inside = min(max(moment, span.start), span.end)
    return round((inside - span.start).total_seconds() / 60)
