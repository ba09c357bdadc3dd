"""How sheets print: A4 landscape, fitted to the width, with a head and a foot on each page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.calendars.rules import week_name
from scheduler.calendars.words import DAYS, MONTHS
from scheduler.intervals import Interval

A4 = 9
MOST_HEAD_SIGNS, MOST_FOOT_SIGNS = 105, 170
"""In one part: Excel takes 255 for a whole head or foot, codes included."""


@dataclass(frozen=True)
class Imprint:
    """What stands on each page: of what it is, which version, made when and by whom."""

    site: str
    period: str
    version: str
    made: str
    zone: str


def set_up(sheet: Any, imprint: Imprint, head_rows: str | None = None, legend: str = "") -> None:
    """Give a sheet its paper; `head_rows` ("1:4") are repeated on every page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.header, margins.footer = 0.65, 0.55, 0.3, 0.25
    sheet.print_title_rows = head_rows
    sheet.sheet_view.showGridLines = False
    _say(sheet.oddHeader.left, f"{imprint.site} · {imprint.period}"[:MOST_HEAD_SIGNS], bold=True)
    _say(sheet.oddHeader.right, f"{imprint.version} · {imprint.made}"[:MOST_HEAD_SIGNS])
    _say(sheet.oddFooter.left, (legend or f"Times are {imprint.zone}")[:MOST_FOOT_SIGNS])
    _say(sheet.oddFooter.right, f"{sheet.title} · page ")
    sheet.oddFooter.right.text += "&P of &N"


def _say(part: Any, text: str, *, bold: bool = False) -> None:
    part.font = "Arial,Bold" if bold else "Arial,Regular"
    part.size = 8
    part.text = _plain(text)


def _plain(text: str) -> str:
    """A single ampersand begins a code of Excel's."""
    return text.replace("&", "&&")


def zone_words(zone: ZoneInfo, span: Interval) -> str:
    """Asia/Karachi (UTC+05:00); with both where the clock changes within the span."""
    offsets = []
    for moment in (span.start, span.end - timedelta(seconds=1)):
        text = f"{moment.astimezone(zone):%z}"
        words = "UTC" if text == "+0000" else f"UTC{text[:3]}:{text[3:]}"
        if words not in offsets:
            offsets.append(words)
    if offsets == [zone.key]:
        return zone.key
    return f"{zone.key} ({', then '.join(offsets)})"


def period_words(span: Interval, zone: ZoneInfo) -> str:
    """Week 49, 30 Nov to 6 Dec 2026; without the week where it is not one."""
    first = span.start.astimezone(zone).date()
    last = (span.end - timedelta(seconds=1)).astimezone(zone).date()
    start = f"{first.day} {MONTHS[first.month - 1]}"
    if first.year != last.year:
        start += f" {first.year}"
    days = f"{start} to {last.day} {MONTHS[last.month - 1]} {last.year}"
    if first.weekday() == 0 and last - first == timedelta(days=6):
        return f"Week {int(week_name(first)[-2:])}, {days}"
    return days


def made_words(now: datetime, zone: ZoneInfo, by: str) -> str:
    local = now.astimezone(zone)
    day = f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year}"
    return f"printed {day} {local:%H:%M} by {by}"
