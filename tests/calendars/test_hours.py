"""Opening hours as people write them, and the weeks that a button fills in."""

import pytest

from scheduler.calendars.hours import (
    RAMADAN,
    hours_text,
    read_hours,
    week_minutes,
    week_words,
    with_friday_gap,
)
from scheduler.errors import UserError

DAY = ((8 * 60, 17 * 60),)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("08:00-12:00; 13:00-17:00", ((480, 720), (780, 1020))),
        ("13-17, 8-12", ((480, 720), (780, 1020))),
        ("24h", ((0, 1440),)),
        ("22:00-06:00", ((1320, 1800),)),
        ("8.30 to 9", ((510, 540),)),
        ("", ()),
        ("closed", ()),
        ("08:00-10:00; 10:00-12:00", ((480, 600), (600, 720))),
    ],
)
def test_hours_are_read(text, hours):
    assert read_hours(text) == hours
    assert read_hours(hours_text(hours)) == hours


@pytest.mark.parametrize(
    "text",
    [
        "morning",
        "08:00",
        "08:00-08:00",
        "25:00-26:00",
        "08:60-09:00",
        "8-12; 11-13",
        "1" * 300,
        "08:00-49:00",
    ],
)
def test_what_are_no_hours_is_refused_with_how_to_write_them(text):
    with pytest.raises(UserError, match="Write"):
        read_hours(text)


def test_days_of_one_kind_are_said_together():
    week = (DAY, DAY, DAY, DAY, ((480, 750), (870, 1020)), (), ())
    assert week_words(week) == "Mon–Thu 08:00–17:00, Fri 08:00–12:30; 14:30–17:00"
    assert week_words(((),) * 7) == "always open"
    assert week_minutes(week) == 4 * 540 + 270 + 150
    assert week_minutes(((),) * 7) == 7 * 1440


@pytest.mark.parametrize(
    ("friday", "expected"),
    [
        (DAY, ((480, 750), (870, 1020))),
        ((), ((480, 750), (870, 1020))),
        (((480, 720),), ((480, 720),)),
        (((480, 750), (870, 1020)), ((480, 750), (870, 1020))),
        (((780, 840),), ()),
    ],
    ids=["cut in two", "blank: as on Thursday", "over before", "cut already", "all within the prayer"],
)
def test_friday_is_parted_by_the_prayer(friday, expected):
    week = (DAY, DAY, DAY, DAY, friday, (), ())
    assert with_friday_gap(week) == (DAY, DAY, DAY, DAY, expected, (), ())


def test_ramadan_hours_are_short_and_shorter_on_friday():
    assert week_words(RAMADAN) == "Mon–Thu 09:00–15:00, Fri 09:00–12:30"
