"""Heads, feet and words of printed sheets, and the room that text takes."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from scheduler.calendars.rules import local_midnight
from scheduler.intervals import Interval
from scheduler.reports.fit import fitting, line_count, text_points
from scheduler.reports.look import write
from scheduler.reports.paper import Imprint, period_words, set_up, zone_words


def days(zone, first, last):
    zone = ZoneInfo(zone)
    return Interval(local_midnight(first, zone), local_midnight(last + timedelta(days=1), zone)), zone


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 11, 30), date(2026, 12, 6), "Week 49, 30 Nov to 6 Dec 2026"),
        (date(2026, 12, 1), date(2026, 12, 7), "1 Dec to 7 Dec 2026"),
        (date(2026, 12, 28), date(2027, 1, 3), "Week 53, 28 Dec 2026 to 3 Jan 2027"),
    ],
    ids=["a week", "seven days that are none", "over the year's end"],
)
def test_a_period_is_a_week_only_from_monday_to_sunday(first, last, words):
    assert period_words(*days("Asia/Karachi", first, last)) == words


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "UTC"),
        ("Asia/Karachi", "Asia/Karachi (UTC+05:00)"),
        ("Europe/Berlin", "Europe/Berlin (UTC+02:00, then UTC+01:00)"),
    ],
)
def test_the_zone_is_named_with_its_offsets(zone, words):
    span, found = days(zone, date(2026, 10, 19), date(2026, 10, 25))
    assert zone_words(found, span) == words


def test_heads_stay_whole_with_signs_that_mean_something_to_excel():
    sheet = Workbook().create_sheet("R&D")
    set_up(sheet, Imprint("R&D Centre & Co", "Week 49", "Plan 3", "printed by " + "A&B " * 60, "UTC"))
    assert "R&&D Centre && Co · Week 49" in str(sheet.oddHeader.left)
    assert str(sheet.oddFooter.right).endswith("R&&D · page &P of &N")
    assert len(str(sheet.oddHeader.right)) < 255


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\tx", "#REF!", '=HYPERLINK("x")'])
def test_text_never_becomes_a_formula_or_a_fault(text):
    cell = write(Workbook().create_sheet().cell(1, 1), text)
    assert cell.data_type == "s"
    assert cell.quotePrefix == (not text.startswith("#"))


def test_signs_that_a_workbook_cannot_hold_become_blanks():
    assert write(Workbook().create_sheet().cell(1, 1), "a\x00b").value == "a b"


def test_the_longest_label_that_fits_is_taken_and_none_is_cut():
    labels = ("Thermal balance · BDR 12", "BDR 12", "BDR")
    for points in range(0, 120, 3):
        label = fitting(labels, points, 7)
        assert text_points(label, 7) <= points
    assert fitting(labels, 200, 7) == labels[0]
    assert fitting(labels, 1, 7) == ""


def test_wide_signs_take_more_room():
    assert text_points("对接训练", 7) > text_points("dock", 7)


@pytest.mark.parametrize(
    ("text", "lines"), [("", 1), ("word", 1), ("one\ntwo", 2), ("word " * 12, 3), ("w" * 60, 4)]
)
def test_lines_of_wrapped_text(text, lines):
    assert line_count(text.strip(), 24, 8) == lines
