"""Wall times as people write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduler.requests.wall_times import read_wall, which_hour, write_wall

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "text",
    ["2026-08-26 09:00", "2026-08-26T09:00", "2026-08-26 09:00:00", "26 Aug 2026 09:00",
     "Wed 26 Aug 2026 09:00", "Wednesday, 26 August 2026  09:00", "  2026-8-26 9:00 "],
)  # fmt: skip
def test_a_time_is_read_in_the_usual_ways(text):
    assert read_wall(text) == datetime(2026, 8, 26, 9)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "nan", "09:00", "2026-08-26", "31 Feb 2026 09:00", "2026-02-31 09:00", "2026-08-26 24:00",
     "2026-08-26 09:00 AM", "08/26/2026 09:00", "0000-01-01 00:00", "2026-08-26 09:00" + " " * 40],
)  # fmt: skip
def test_what_is_no_time_or_can_be_read_two_ways_is_not_read(text):
    assert read_wall(text) is None


def test_the_second_of_two_hours_is_told_from_the_first():
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert write_wall(first, BERLIN) == write_wall(second, BERLIN) == "2026-10-25 02:30"
    assert [which_hour(moment, BERLIN) for moment in (first, second)] == ["first", "second"]
    assert which_hour(datetime(2026, 10, 26, tzinfo=UTC), BERLIN) == ""


def test_seconds_are_kept_where_there_are_any():
    assert write_wall(datetime(2026, 8, 26, 7, 0, 5, tzinfo=UTC), BERLIN) == "2026-08-26 09:00:05"
