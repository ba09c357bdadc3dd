"""Wall time and calendars: weekly rules, dated overlays and holidays become intervals in UTC."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.errors import UserError
from scheduler.intervals import Interval, intersect, union


@dataclass(frozen=True)
class Opening:
    """Open on `weekday` (Monday 0) from one minute after local midnight to another (up to 2880)."""

    weekday: int
    opens_minute: int
    closes_minute: int


@dataclass(frozen=True)
class Overlay:
    """Openings that hold from one day to another (both included) instead of the weekly ones."""

    from_on: date
    until_on: date
    openings: tuple[Opening, ...]


@dataclass(frozen=True)
class OpeningRules:
    """A calendar as facts. Without openings and overlays it is always open, but for holidays."""

    openings: tuple[Opening, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    holidays: frozenset[date] = frozenset()


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """First moment of a local day, in UTC; where midnight is skipped, the first that exists."""
    return wall_to_utc_forward(datetime.combine(day, time()), zone)


def wall_to_utc_forward(wall: datetime, zone: ZoneInfo) -> datetime:
    """Wall time in UTC; inside a gap the moment the clock jumps to, inside an overlap the first."""
    # fold=0 reads a time in a gap with the offset before it, which lands after the jump by as much
    # as the wall time lies after the gap's start: subtract that.
    local = wall.replace(tzinfo=zone, fold=0)
    moment = local.astimezone(UTC)
    back = moment.astimezone(zone).replace(tzinfo=None)
    if back == wall:
        return moment
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    if before is None or after is None:
        raise ValueError(f"{zone} knows no offset at {wall}")
    low, high = (
        (wall - max(before, after)).replace(tzinfo=UTC),
        (wall - min(before, after)).replace(tzinfo=UTC),
    )
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset():
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def wall_to_utc(wall: datetime, zone: ZoneInfo, *, second: bool | None = None) -> datetime:
    """Wall time in UTC; one that does not exist, or exists twice, is refused with what to do.

    `second` chooses between the two moments of an hour that comes twice.
    """
    if not date(1990, 1, 1) <= wall.date() <= date(2199, 12, 31):
        raise UserError(f"{wall.day} {wall:%b} {wall.year} is out of range. Write a day from 1990 to 2199.")
    first = wall.replace(tzinfo=zone, fold=0)
    moments = {
        option.astimezone(UTC)
        for option in (first, first.replace(fold=1))
        if option.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall
    }
    if len(moments) == 1:
        return moments.pop()
    if not moments:
        jump = wall_to_utc_forward(wall, zone)
        last = (jump - timedelta(minutes=15)).astimezone(zone)
        raise UserError(
            f"{wall:%H:%M} on {wall:%a %d %b %Y} does not exist: the clock goes forward. "
            f"Write {last:%H:%M} or {jump.astimezone(zone):%H:%M}."
        )
    if second is None:
        raise UserError(
            f"{wall:%H:%M} on {wall:%a %d %b %Y} comes twice: the clock goes back. "
            "Choose a time outside that hour, or say first or second."
        )
    return max(moments) if second else min(moments)


def local_days(span: Interval, zone: ZoneInfo) -> list[tuple[date, Interval]]:
    """The local days that `span` touches, each with its whole time (23, 24 or 25 hours)."""
    day = span.start.astimezone(zone).date()
    days = []
    while (start := local_midnight(day, zone)) < span.end:
        following = day + timedelta(days=1)
        days.append((day, Interval(start, local_midnight(following, zone))))
        day = following
    return days


def open_time(rules: OpeningRules, span: Interval, zone: ZoneInfo) -> list[Interval]:
    """When it is open within `span`: sorted, disjoint, touching hours joined.

    A holiday closes its day from midnight to midnight, also for a shift that began the day before.
    """
    days = local_days(Interval(span.start - timedelta(days=1), span.end), zone)
    if not rules.openings and not rules.overlays:
        hours: Iterable[Interval] = [whole for _, whole in days]
    else:
        hours = [interval for day, _ in days for interval in _openings_on(day, rules, zone)]
    working = [whole for day, whole in days if day not in rules.holidays]
    return intersect(intersect(union(hours), working), [span])


def _openings_on(day: date, rules: OpeningRules, zone: ZoneInfo) -> list[Interval]:
    openings: Sequence[Opening] = rules.openings
    always = not rules.openings
    for overlay in rules.overlays:
        if overlay.from_on <= day <= overlay.until_on:
            openings, always = overlay.openings, False
    if always:
        return [Interval(local_midnight(day, zone), local_midnight(day + timedelta(days=1), zone))]
    found = []
    for opening in openings:
        if opening.weekday == day.weekday():
            start = _at_minute(day, opening.opens_minute, zone)
            end = _at_minute(day, opening.closes_minute, zone)
            if start < end:
                found.append(Interval(start, end))
    return found


def _at_minute(day: date, minute: int, zone: ZoneInfo) -> datetime:
    extra, rest = divmod(minute, 1440)
    wall = datetime.combine(day + timedelta(days=extra), time(rest // 60, rest % 60))
    return wall_to_utc_forward(wall, zone)


def monday_of(week: str) -> date:
    """The Monday of an ISO week written 2026-W49."""
    try:
        year_text, week_text = week.strip().upper().split("-W")
        return date.fromisocalendar(int(year_text), int(week_text), 1)
    except ValueError:
        raise UserError(f'"{week}" is no week. Write it like 2026-W49.') from None


def week_name(day: date) -> str:
    """The ISO week of a day, as `monday_of` reads it."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def week_span(monday: date, zone: ZoneInfo) -> Interval:
    """Seven local days from `monday`."""
    return Interval(local_midnight(monday, zone), local_midnight(monday + timedelta(days=7), zone))
