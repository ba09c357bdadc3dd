"""How a facility stands at a moment, and when an outage comes back."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.intervals import Interval
from scheduler.resources.rules import (
    MOST_TIMES,
    calibration,
    is_like,
    repeat_faults,
    state_at,
    times_of,
    value_faults,
)
from tests.centre import at, on, span

UTC_ZONE, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")


def stands(hour, outages=(), open_time=(span(0, 8, 18), span(1, 8, 18)), retired=False):
    ahead = Interval(at(0, hour), at(9, 0))
    found = state_at(ahead, retired, list(open_time), [(each, "pump") for each in outages])
    return found.name, found.until


@pytest.mark.parametrize(
    ("hour", "expected"),
    [(7.99, ("closed", at(0, 8))), (8, ("open", at(0, 18))), (18, ("closed", at(1, 8)))],
    ids=["before it opens", "as it opens", "as it closes"],
)
def test_hours_are_half_open(hour, expected):
    assert stands(hour) == expected


def test_an_outage_counts_before_hours_and_ends_them():
    assert stands(9, [span(0, 8, 12)]) == ("out", at(0, 12))
    assert stands(12, [span(0, 8, 12)]) == ("open", at(0, 18))
    assert stands(9, [span(0, 12, 14)]) == ("open", at(0, 12))


def test_what_is_always_open_names_no_end():
    assert stands(9, open_time=[Interval(at(0, 0), at(9, 0))]) == ("open", None)
    assert stands(9, open_time=[]) == ("closed", None)
    assert stands(9, retired=True) == ("retired", None)


@pytest.mark.parametrize(
    ("days", "is_over", "is_soon"),
    [(-1, True, True), (0, False, True), (30, False, True), (31, False, False)],
)
def test_it_may_be_used_to_the_end_of_the_day_on_which_calibration_is_due(days, is_over, is_soon):
    found = calibration(on(days), on(0))
    assert (found.is_over, found.is_soon) == (is_over, is_soon)


def test_an_outage_that_comes_back_keeps_its_local_hours_over_a_change_of_the_clock():
    first = Interval(datetime(2026, 10, 20, 9, tzinfo=BERLIN), datetime(2026, 10, 20, 12, tzinfo=BERLIN))
    times = times_of(first, 1, date(2026, 11, 3), BERLIN)
    assert [(each.start.astimezone(BERLIN).hour, each.hours) for each in times] == [(9, 3)] * 3
    assert times[1].start - times[0].start == timedelta(days=7, hours=1)


@pytest.mark.parametrize(
    ("last", "count"), [(13, 2), (14, 3), (15, 3)], ids=["a day short", "that day", "later"]
)
def test_the_last_day_is_included(last, count):
    assert len(times_of(span(0, 9, 12), 1, on(last), UTC_ZONE)) == count


def test_once_is_once():
    assert times_of(span(0, 9, 12), 0, on(300), UTC_ZONE) == [span(0, 9, 12)]


@pytest.mark.parametrize(
    ("first", "weeks", "last", "fields"),
    [
        (span(0, 9, 12), 0, None, []),
        (span(0, 9, 12), 1, None, ["repeat_until"]),
        (span(0, 9, 12), 1, on(-1), ["repeat_until"]),
        (span(0, 9, 12), 1, on(0), []),
        (span(0, 0, 7 * 24), 1, on(30), []),
        (span(0, 0, 7 * 24 + 1), 1, on(30), ["ends"]),
        (span(0, 9, 12), 1, on(7 * (MOST_TIMES - 1)), []),
        (span(0, 9, 12), 1, on(7 * MOST_TIMES), ["repeat_until"]),
    ],
)
def test_what_cannot_come_back_is_refused_beside_its_field(first, weeks, last, fields):
    assert list(repeat_faults(first, weeks, last, UTC_ZONE)) == fields


def test_occurrences_of_one_report_look_alike():
    assert is_like(span(0, 9, 12), span(14, 9, 12), UTC_ZONE)
    assert not is_like(span(0, 9, 12), span(1, 9, 12), UTC_ZONE)
    assert not is_like(span(0, 9, 12), span(7, 9, 13), UTC_ZONE)


@pytest.mark.parametrize(
    ("values", "fields"),
    [({"shortest_minutes": 60, "longest_minutes": 60}, []),
     ({"shortest_minutes": 61, "longest_minutes": 60}, ["longest"]),
     ({"notice_minutes": 1440, "horizon_days": 1}, []),
     ({"notice_minutes": 1441, "horizon_days": 1}, ["horizon"])],
)  # fmt: skip
def test_values_that_leave_nothing_to_book_are_refused(values, fields):
    assert list(value_faults(values)) == fields
