"""Times that a request likes: words and a chosen slot become windows in which its run would lie."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.calendars.rules import local_days, wall_to_utc_forward
from scheduler.calendars.words import DAYS
from scheduler.intervals import Interval, intersect, union
from scheduler.requests.choices import PARTS_OF_DAY, PREFERRED, known

LONGEST_RUN_MINUTES = 90 * 24 * 60


def liked_windows(
    preferred: str,
    chosen: Interval | None,
    run_minutes: float,
    span: Interval,
    zone: ZoneInfo,
) -> list[Interval]:
    """Windows within `span` in which a run of that length is as it is liked; empty where all is alike.

    A slot that was chosen is liked alone. A morning is liked for what begins in it, not for what
    is over by noon.
    """
    if chosen is not None:
        return intersect([chosen], [span])
    begins = liked_starts(preferred, span, zone)
    # Less a minute: what begins at noon is no morning's work.
    longer = timedelta(minutes=run_minutes - 1)
    return intersect(union(Interval(each.start, each.end + longer) for each in begins), [span])


def liked_starts(preferred: str, span: Interval, zone: ZoneInfo) -> list[Interval]:
    """When a run would begin as it is liked: parts of the day, on days of the week."""
    words = known(preferred, PREFERRED)
    days = [DAYS.index(word) for word in words if word in DAYS]
    parts = [PARTS_OF_DAY[word] for word in words if word in PARTS_OF_DAY] or [(0, 24)]
    if not words:
        return []
    found = []
    for day, _ in local_days(span, zone):
        if not days or day.weekday() in days:
            hours = ((_at(day, first, zone), _at(day, last, zone)) for first, last in parts)
            found += [Interval(start, end) for start, end in hours if start < end]
    return intersect(union(found), [span])


def is_liked(
    preferred: str, chosen: Interval | None, run: Interval, zone: ZoneInfo, *, chosen_only: bool = False
) -> bool:
    """Whether a run at that time is what was asked for, as far as anything was."""
    if chosen is not None and (chosen_only or chosen == run):
        return chosen == run
    around = Interval(run.start - timedelta(days=1), run.start + timedelta(days=1))
    begins = liked_starts(preferred, around, zone)
    return not known(preferred, PREFERRED) or any(each.start <= run.start < each.end for each in begins)


def write_slot(run: Interval) -> str:
    """A slot as the form sends it: start and minutes."""
    return f"{run.start.astimezone(UTC):%Y-%m-%dT%H:%MZ}/{run.minutes:g}"


def read_slot(text: str) -> Interval | None:
    """What `write_slot` wrote; None for anything else."""
    start, _, minutes = text[:40].partition("/")
    if not (minutes.isascii() and minutes.isdigit() and 0 < int(minutes) <= LONGEST_RUN_MINUTES):
        return None
    try:
        moment = datetime.strptime(start, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return Interval.lasting(moment, int(minutes)) if 1990 <= moment.year < 2199 else None


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    wall = datetime.combine(day + timedelta(days=hour // 24), datetime.min.time())
    return wall_to_utc_forward(wall.replace(hour=hour % 24), zone)
