"""Days and moments as people write them, and the hours that the clock skips or repeats."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduler.calendars.wall_times import read_day, read_moment, write_moment
from scheduler.errors import UserError

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "text", ["2026-11-30", "30 Nov 2026", "Mon 30 Nov 2026", " monday, 30 november 2026 "]
)
def test_a_day_is_read(text):
    assert read_day(text) == date(2026, 11, 30)


@pytest.mark.parametrize(
    "text", ["", "30.11.", "31 Feb 2027", "0001-01-01", "9999-12-31", "x" * 50, "2026-11-30 09:00"]
)
def test_what_is_no_day_is_refused_with_how_to_write_it(text):
    with pytest.raises(UserError, match="Write"):
        read_day(text)


def test_a_day_alone_is_its_start_or_where_it_ends_its_end():
    assert read_moment("2026-11-30", BERLIN) == datetime(2026, 11, 29, 23, tzinfo=UTC)
    assert read_moment("2026-11-30", BERLIN, ends=True) == datetime(2026, 11, 30, 23, tzinfo=UTC)


def test_an_hour_that_does_not_exist_is_refused_with_the_two_nearest():
    with pytest.raises(UserError, match=r"Write 01:45 or 03:00"):
        read_moment("2026-03-29 02:30", BERLIN)


def test_an_hour_that_comes_twice_is_asked_for_and_can_be_told_apart():
    with pytest.raises(UserError, match="say first or second"):
        read_moment("2026-10-25 02:30", BERLIN)
    first, second = (read_moment(f"2026-10-25 02:30 {word}", BERLIN) for word in ("first", "second"))
    assert (second - first).total_seconds() == 3600
    assert write_moment(second, BERLIN) == "2026-10-25 02:30 second"
    assert read_moment("2026-10-26 02:30", BERLIN) == read_moment(
        write_moment(read_moment("2026-10-26 02:30", BERLIN), BERLIN), BERLIN
    )
