"""Wall time and calendars, on both sides of every edge and over the days on which the clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.calendars.rules import (
    Opening,
    OpeningRules,
    Overlay,
    local_days,
    local_midnight,
    monday_of,
    open_time,
    wall_to_utc,
    wall_to_utc_forward,
    week_name,
    week_span,
)
from scheduler.errors import UserError
from scheduler.intervals import Interval, total_minutes

BERLIN = ZoneInfo("Europe/Berlin")
KARACHI = ZoneInfo("Asia/Karachi")
CAIRO = ZoneInfo("Africa/Cairo")  # its clock jumps at midnight
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # its clock moves by half an hour
ZONES = [BERLIN, KARACHI, CAIRO, LORD_HOWE, ZoneInfo("America/New_York"), ZoneInfo("Asia/Shanghai")]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def working_days(opens: int = 8, closes: int = 18) -> tuple[Opening, ...]:
    return tuple(Opening(day, opens * 60, closes * 60) for day in range(5))


@pytest.mark.parametrize(
    ("wall", "moment"),
    [
        (datetime(2026, 3, 29, 1, 59), utc(2026, 3, 29, 0, 59)),
        (datetime(2026, 3, 29, 3, 0), utc(2026, 3, 29, 1, 0)),
        (datetime(2026, 10, 25, 3, 0), utc(2026, 10, 25, 2, 0)),
    ],
    ids=["just before the gap", "just after the gap", "just after the hour that comes twice"],
)
def test_wall_time_that_exists_once_is_read_as_it_is(wall, moment):
    assert wall_to_utc(wall, BERLIN) == moment


def test_wall_time_in_a_gap_is_refused_with_the_two_nearest():
    with pytest.raises(UserError, match=r"does not exist.*Write 01:45 or 03:00"):
        wall_to_utc(datetime(2026, 3, 29, 2, 30), BERLIN)


def test_wall_time_that_comes_twice_asks_which():
    wall = datetime(2026, 10, 25, 2, 30)
    with pytest.raises(UserError, match="comes twice"):
        wall_to_utc(wall, BERLIN)
    assert wall_to_utc(wall, BERLIN, second=False) == utc(2026, 10, 25, 0, 30)
    assert wall_to_utc(wall, BERLIN, second=True) == utc(2026, 10, 25, 1, 30)


@pytest.mark.parametrize("year", [1, 1989, 2200, 9999])
def test_years_out_of_range_are_refused(year):
    with pytest.raises(UserError, match="out of range"):
        wall_to_utc(datetime(year, 6, 1), BERLIN)


def test_a_midnight_that_is_skipped_is_the_first_moment_of_the_day():
    # Cairo 2026-04-24: the clock goes from 00:00 to 01:00.
    midnight = local_midnight(date(2026, 4, 24), CAIRO)
    assert midnight.astimezone(CAIRO).date() == date(2026, 4, 24)
    assert (midnight - timedelta(seconds=1)).astimezone(CAIRO).date() == date(2026, 4, 23)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(
        lambda wall: wall.replace(microsecond=0, second=0)
    ),
    st.sampled_from(ZONES),
)
def test_every_wall_time_has_a_moment_that_reads_the_same_or_lies_at_the_end_of_its_gap(wall, zone):
    moment = wall_to_utc_forward(wall, zone)
    back = moment.astimezone(zone).replace(tzinfo=None)
    assert back >= wall
    if back != wall:
        just_before = (moment - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        assert just_before < wall


def test_days_of_a_clock_change_have_23_and_25_hours():
    spring = local_days(week_span(date(2026, 3, 23), BERLIN), BERLIN)
    autumn = local_days(week_span(date(2026, 10, 19), BERLIN), BERLIN)
    assert [whole.hours for _, whole in spring] == [24] * 6 + [23]
    assert [whole.hours for _, whole in autumn] == [24] * 6 + [25]


def test_without_rules_it_is_always_open():
    span = week_span(date(2026, 11, 30), KARACHI)
    assert open_time(OpeningRules(), span, KARACHI) == [span]


def test_a_weekly_rule_opens_each_of_its_days_in_local_time():
    span = week_span(date(2026, 11, 30), KARACHI)
    hours = open_time(OpeningRules(working_days()), span, KARACHI)
    assert len(hours) == 5
    assert hours[0] == Interval(utc(2026, 11, 30, 3), utc(2026, 11, 30, 13))


def test_a_confirmed_holiday_closes_its_day():
    rules = OpeningRules(working_days(), holidays=frozenset({date(2026, 12, 2)}))
    hours = open_time(rules, week_span(date(2026, 11, 30), KARACHI), KARACHI)
    assert [interval.start.astimezone(KARACHI).day for interval in hours] == [30, 1, 3, 4]


def test_a_holiday_cuts_the_night_shift_that_began_the_day_before():
    nights = tuple(Opening(day, 22 * 60, 30 * 60) for day in range(7))
    rules = OpeningRules(nights, holidays=frozenset({date(2026, 12, 2)}))
    span = Interval(utc(2026, 12, 1, 12), utc(2026, 12, 3, 12))
    hours = open_time(rules, span, ZoneInfo("UTC"))
    # The night from Tuesday loses its hours on Wednesday; the one from Wednesday keeps those on Thursday.
    assert hours == [
        Interval(utc(2026, 12, 1, 22), utc(2026, 12, 2, 0)),
        Interval(utc(2026, 12, 3, 0), utc(2026, 12, 3, 6)),
    ]


@pytest.mark.parametrize(
    ("day", "opens"),
    [(date(2027, 2, 7), 8), (date(2027, 2, 8), 9), (date(2027, 3, 9), 9), (date(2027, 3, 10), 8)],
    ids=["the day before", "its first day", "its last day", "the day after"],
)
def test_an_overlay_replaces_the_weekly_hours_for_its_days_only(day, opens):
    every_day = tuple(Opening(weekday, 480, 1080) for weekday in range(7))
    ramadan = Overlay(
        date(2027, 2, 8), date(2027, 3, 9), tuple(Opening(weekday, 540, 900) for weekday in range(7))
    )
    start = local_midnight(day, KARACHI)
    hours = open_time(
        OpeningRules(every_day, (ramadan,)), Interval(start, start + timedelta(days=1)), KARACHI
    )
    assert hours[0].start.astimezone(KARACHI).hour == opens


def test_an_overlay_without_hours_closes():
    start = local_midnight(date(2027, 2, 8), KARACHI)
    shut = OpeningRules((), (Overlay(date(2027, 2, 8), date(2027, 2, 8), ()),))
    two_days = Interval(start, start + timedelta(days=2))
    assert open_time(shut, two_days, KARACHI) == [Interval(start + timedelta(days=1), two_days.end)]


def test_a_night_shift_that_began_before_the_span_is_seen():
    nights = OpeningRules((Opening(6, 22 * 60, 30 * 60),))
    span = week_span(date(2026, 11, 30), ZoneInfo("UTC"))
    hours = open_time(nights, span, ZoneInfo("UTC"))
    assert hours[0] == Interval(span.start, span.start + timedelta(hours=6))


@given(st.sampled_from(ZONES), st.dates(date(2025, 1, 1), date(2029, 1, 1)))
def test_ten_hours_a_day_are_ten_hours_unless_the_clock_changes_within(zone, day):
    start = local_midnight(day, zone)
    span = Interval(start, start + timedelta(days=1))
    hours = open_time(OpeningRules(tuple(Opening(d, 480, 1080) for d in range(7))), span, zone)
    assert total_minutes(hours) == 600


@pytest.mark.parametrize("text", ["2026-49", "49", "2026-W54", "2026-W00", "W49", "", "2026-Wxx"])
def test_what_is_no_week_is_refused_with_an_example(text):
    with pytest.raises(UserError, match="Write it like 2026-W49"):
        monday_of(text)


def test_a_week_is_written_as_it_is_read():
    assert monday_of("2026-W49") == date(2026, 11, 30)
    assert week_name(date(2026, 12, 6)) == "2026-W49"
    assert week_name(date(2027, 1, 1)) == "2026-W53"
