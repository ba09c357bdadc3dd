from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.intervals import Interval
from scheduler.plans.timeline import Rounding, Timeline, tick_minutes, whole_days, whole_weeks
from solver import Window
from tests.centre import MONDAY, at, span

UTC_ZONE = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
WEEK = Interval(MONDAY, MONDAY + timedelta(days=7))


def timeline(tick_minutes=15, whole=WEEK, zone=UTC_ZONE):
    return Timeline(whole, tick_minutes * 60, zone)


@pytest.mark.parametrize(
    ("lengths", "tick"),
    [
        ([], 15),
        ([120, 480], 15),
        ([120, 50], 10),
        ([60, 0, 45], 15),
        ([60, 7], 1),
        ([42, 84], 6),
        ([14, 28], 2),
        ([240, 66], 6),
        ([1440], 15),
    ],
    ids=[
        "nothing to measure",
        "never above a quarter of an hour",
        "common divisor",
        "no setup measures nothing",
        "down to a minute",
        "divides the hour",
        "14 would not divide the hour",
        "3.96 h and 4 h",
        "a day",
    ],
)
def test_the_tick_is_the_longest_that_measures_all_lengths(lengths, tick):
    assert tick_minutes(lengths) == tick


@pytest.mark.parametrize(
    ("moment", "floor", "ceil"),
    [
        (at(0, 0), 0, 0),
        (at(0, 0.25), 1, 1),
        (at(0, 0.25) + timedelta(seconds=1), 1, 2),
        (at(0, 0.25) - timedelta(seconds=1), 0, 1),
        (at(0, -0.25), -1, -1),
        (at(0, -0.1), -1, 0),
    ],
    ids=["start", "on a tick", "just after", "just before", "a tick before the span", "before the span"],
)
def test_moments_round_both_ways(moment, floor, ceil):
    assert (timeline().floor(moment), timeline().ceil(moment)) == (floor, ceil)


def test_a_tick_leads_back_to_its_moment():
    assert timeline().moment(33) == at(0, 8.25)
    assert timeline().interval(32, 36) == span(0, 8, 9)


def test_a_length_that_the_tick_does_not_measure_is_a_fault():
    assert timeline().ticks(45) == 3
    with pytest.raises(ValueError, match="50 min is no multiple"):
        timeline().ticks(50)


def test_limits_are_rounded_to_the_safe_side():
    assert timeline().ticks_at_most(500) == 33
    assert timeline().ticks_at_least(500) == 34


def test_opening_hours_are_rounded_inwards_and_the_loss_is_counted():
    rounding = Rounding(timeline())
    assert rounding.inwards(
        [Interval(at(0, 8) + timedelta(minutes=5), at(0, 12) + timedelta(minutes=4))]
    ) == [(33, 48)]
    assert rounding.minutes == 14


def test_hours_on_ticks_lose_nothing():
    rounding = Rounding(timeline())
    assert rounding.inwards([span(0, 8, 12)]) == [(32, 48)]
    assert rounding.outwards([span(0, 8, 12)]) == [(32, 48)]
    assert rounding.minutes == 0


def test_an_opening_within_one_tick_is_lost_whole():
    rounding = Rounding(timeline())
    assert (
        rounding.inwards([Interval(at(0, 8) + timedelta(minutes=1), at(0, 8) + timedelta(minutes=29))]) == []
    )
    assert rounding.minutes == 28


def test_outages_are_rounded_outwards():
    rounding = Rounding(timeline())
    assert rounding.outwards(
        [Interval(at(0, 8) + timedelta(minutes=5), at(0, 9) + timedelta(minutes=5))]
    ) == [(32, 37)]
    assert rounding.minutes == 15


def test_what_lies_outside_the_span_is_cut_without_loss():
    rounding = Rounding(timeline())
    assert rounding.inwards([Interval(at(-1, 5), at(0, 6)), span(8, 1, 2)]) == [(0, 24)]
    assert rounding.outwards([Interval(at(6, 12), at(9, 0))]) == [(624, 672)]
    assert rounding.minutes == 0


def test_days_and_weeks_of_a_week():
    line = timeline()
    assert line.horizon == 672
    assert line.days() == tuple(Window(day * 96, (day + 1) * 96) for day in range(7))
    assert line.weeks() == (Window(0, 672),)


def test_a_span_that_begins_within_a_day_and_a_week_begins_them_before_tick_0():
    line = timeline(whole=Interval(at(2, 12), at(8, 0)))
    assert line.days()[0] == Window(-48, 48)
    assert line.weeks() == (Window(-240, 432), Window(432, 1104))
    assert line.horizon == 528


@pytest.mark.parametrize(
    ("day", "hours"),
    [(datetime(2026, 10, 25, tzinfo=BERLIN), 25), (datetime(2027, 3, 28, tzinfo=BERLIN), 23)],
    ids=["the clock goes back", "the clock goes forward"],
)
def test_a_day_of_a_clock_change_has_its_real_length(day, hours):
    start = day.astimezone(UTC)
    line = timeline(whole=Interval(start, start + timedelta(hours=hours)), zone=BERLIN)
    assert line.days() == (Window(0, hours * 4),)
    assert line.horizon == hours * 4


def test_the_week_of_a_clock_change_is_an_hour_longer():
    start = datetime(2026, 10, 19, tzinfo=BERLIN).astimezone(UTC)
    line = timeline(whole=whole_weeks(Interval.lasting(start, 60), BERLIN), zone=BERLIN)
    assert line.horizon == (7 * 24 + 1) * 4
    assert line.days()[-1] == Window(6 * 96, 6 * 96 + 100)


def test_whole_days_begin_and_end_at_local_midnight():
    found = whole_days(
        Interval(datetime(2026, 10, 25, 10, tzinfo=UTC), datetime(2026, 10, 26, 1, tzinfo=UTC)), BERLIN
    )
    assert found.start == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert found.end == datetime(2026, 10, 26, 23, tzinfo=UTC)


def test_whole_days_that_end_at_midnight_do_not_touch_the_next():
    assert whole_days(span(0, 8, 24), UTC_ZONE) == span(0, 0, 24)
