"""The small picture of free time beside the cards: places and people on one axis, with folded nights."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from scheduler.bookings.axis import Axis, make_axis
from scheduler.bookings.slots import Found, Line
from scheduler.calendars.models import Site
from scheduler.calendars.rules import local_midnight
from scheduler.calendars.service import zone_of
from scheduler.calendars.words import DAYS
from scheduler.intervals import Interval, intersect, subtract

LEAST_DAYS, MOST_DAYS = 5, 10
LEAST_SHARE = 0.05
"""Percent of the width below which nothing is drawn."""


@dataclass(frozen=True)
class Part:
    """`x` and `width` in percent of the axis; `label` the number of a card."""

    look: str
    x: float
    width: float
    label: str = ""


@dataclass(frozen=True)
class PictureRow:
    name: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Picture:
    days: Sequence[tuple[float, str]]
    rows: Sequence[PictureRow]
    says: str


def draw(found: Found, site: Site) -> Picture | None:
    """From the day of the first slot; None where there is nothing to show."""
    if not found.slots or not found.lines:
        return None
    zone = zone_of(site)
    first = min(slot.run.start for slot in found.slots).astimezone(zone).date()
    last = max(slot.run.end for slot in found.slots).astimezone(zone).date()
    count = min(max((last - first).days + 1, LEAST_DAYS), MOST_DAYS)
    span = Interval(local_midnight(first, zone), local_midnight(first + timedelta(days=count), zone))
    runs = [slot.run for slot in found.slots]
    axis = make_axis(span, zone, [line.open for line in found.lines if line.ways], runs)
    days = [
        (_place(axis, day.from_minute), f"{DAYS[day.on.weekday()]} {day.on.day}")
        for day in axis.days
        if not day.is_folded
    ]
    rows = [PictureRow(line.name, _parts(found, line, axis)) for line in found.lines]
    says = f"Free time of {', '.join(line.name for line in found.lines)} from {first:%d %b}"
    return Picture(days, rows, says)


def _parts(found: Found, line: Line, axis: Axis) -> list[Part]:
    parts = []
    for look, times in (
        ("closed", subtract([axis.span], line.open)),
        ("busy", intersect(line.taken, [axis.span])),
    ):
        parts += [part for each in times if (part := _part(look, each, axis))]
    for number, slot in enumerate(found.slots, start=1):
        inside = slot.run.intersection(axis.span)
        if slot.number in line.ways and inside is not None:
            part = _part("slot", inside, axis, str(number))
            parts += [part] if part else []
    return parts


def _part(look: str, interval: Interval, axis: Axis, label: str = "") -> Part | None:
    start = _place(axis, axis.minute(interval.start))
    width = _place(axis, axis.minute(interval.end)) - start
    return Part(look, round(start, 2), round(width, 2), label) if width > LEAST_SHARE else None


def _place(axis: Axis, minute: int) -> float:
    """Where a minute is drawn, in percent; folded time takes the width of its fold."""
    whole = sum(segment.width_minutes for segment in axis.segments) or 1
    before = 0.0
    for segment in axis.segments:
        if minute >= segment.until_minute:
            before += segment.width_minutes
        elif minute > segment.from_minute:
            share = (minute - segment.from_minute) / (segment.until_minute - segment.from_minute)
            before += share * segment.width_minutes
    return 100 * before / whole
