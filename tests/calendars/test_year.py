"""What a year says of each day is what bookings are judged by, and it says why."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.calendars.rules import Opening, OpeningRules, Overlay, local_days, local_midnight, open_time
from scheduler.calendars.year import DayOff, OtherHours, YearFacts, day_of, months_of, why
from scheduler.intervals import Interval, union

UTC_ZONE = ZoneInfo("UTC")
WEEK = tuple(Opening(day, 480, 1080) for day in range(5))
FRIDAY = date(2026, 12, 4)


def facts(others=(), days_off=(), keeps=True, openings=WEEK):
    return YearFacts(openings, tuple(others), {each.on_day: each for each in days_off}, keeps)


def other(name, first, last, openings=(), number=1):
    return OtherHours(number, name, first, last, tuple(openings))


def said(day, known):
    return " ".join(why(day_of(day, known), known))


def test_the_week_holds_where_nothing_else_does():
    day = day_of(FRIDAY, facts())
    assert (day.kind, day.hours_words) == ("open", "08:00–18:00")
    assert said(FRIDAY, facts()) == "Open 08:00–18:00, by the weekly hours of Fri."
    assert day_of(FRIDAY + timedelta(days=1), facts()).kind == "closed"


def test_other_hours_hold_instead_and_an_exception_within_them_before_them():
    ramadan = other(
        "Ramadan hours", FRIDAY - timedelta(days=9), FRIDAY + timedelta(days=9), [Opening(4, 540, 750)]
    )
    launch = other("Launch", FRIDAY, FRIDAY, [Opening(4, 360, 1320)], 2)
    known = facts([ramadan, launch])
    assert (day_of(FRIDAY, known).kind, day_of(FRIDAY, known).hours_words) == ("exception", "06:00–22:00")
    assert "“Ramadan hours” would hold too" in said(FRIDAY, known)
    assert day_of(FRIDAY - timedelta(days=7), known).hours_words == "09:00–12:30"


def test_a_confirmed_holiday_closes_and_a_provisional_one_only_shows():
    sure, maybe = DayOff(FRIDAY, "Eid", False), DayOff(FRIDAY, "Eid", True)
    assert (day_of(FRIDAY, facts(days_off=[sure])).kind, day_of(FRIDAY, facts(days_off=[sure])).is_open) == (
        "holiday", False,
    )  # fmt: skip
    assert "Eid, a confirmed holiday." in said(FRIDAY, facts(days_off=[sure]))
    day = day_of(FRIDAY, facts(days_off=[maybe]))
    assert (day.kind, day.is_open) == ("provisional", True)
    assert "nothing is closed" in said(FRIDAY, facts(days_off=[maybe]))
    assert day_of(FRIDAY, facts(days_off=[sure], keeps=False)).is_open
    assert "does not keep holidays" in said(FRIDAY, facts(days_off=[sure], keeps=False))


def test_a_shift_of_the_night_runs_into_the_day():
    known = facts(openings=[Opening(3, 1320, 1800)])
    assert day_of(FRIDAY, known).hours_words == "until 06:00 only"
    assert "run until 06:00" in said(FRIDAY, known)


def test_a_calendar_without_hours_is_always_open():
    assert day_of(FRIDAY, facts(openings=())).hours_words == "24h"
    assert "always open" in said(FRIDAY, facts(openings=()))


def test_a_year_has_every_day_once():
    days = [day.on for month in months_of(2028, facts()) for week in month.weeks for day in week if day]
    assert days == [date(2028, 1, 1) + timedelta(days=number) for number in range(366)]


minutes = st.integers(0, 95).map(lambda quarter: quarter * 15)
openings = st.builds(
    lambda day, start, length: Opening(day, start, min(start + length, 2880)),
    st.integers(0, 6), minutes, st.integers(1, 100).map(lambda quarter: quarter * 15),
)  # fmt: skip
days = st.integers(0, 20).map(lambda number: FRIDAY + timedelta(days=number))


@given(
    st.lists(openings, max_size=5),
    st.lists(st.tuples(days, st.integers(0, 6), st.lists(openings, max_size=3)), max_size=3),
    st.lists(days, max_size=3, unique=True),
    days,
)
def test_the_page_and_the_rule_book_agree(week, overlays, off, day):
    overlays.sort(key=lambda each: (each[0], -each[1]))
    spans = [(first, first + timedelta(days=length), tuple(hours)) for first, length, hours in overlays]
    rules = OpeningRules(tuple(week), tuple(Overlay(*span) for span in spans), frozenset(off))
    known = facts(
        [other(str(number), *span, number=number) for number, span in enumerate(spans)],
        [DayOff(each, "off", False) for each in off],
        openings=tuple(week),
    )
    whole = Interval(local_midnight(day, UTC_ZONE), local_midnight(day + timedelta(days=1), UTC_ZONE))
    shown = day_of(day, known)
    expected = open_time(rules, whole, UTC_ZONE)
    assert shown.is_open == bool(expected)
    if shown.is_open:
        spans_of_day = [(0, shown.spills_until)] if shown.spills_until else []
        spans_of_day += [(opens, min(closes, 1440)) for opens, closes in shown.hours]
        found = union(
            Interval(whole.start + timedelta(minutes=opens), whole.start + timedelta(minutes=closes))
            for opens, closes in spans_of_day
        )
        # A shift of the day before may have a second stretch after midnight that ends earlier.
        assert sum(each.minutes for each in found) >= sum(each.minutes for each in expected)
        assert found[-1].end == expected[-1].end


def test_local_days_are_the_days_of_the_page():
    (found,) = local_days(
        Interval(local_midnight(FRIDAY, UTC_ZONE), local_midnight(FRIDAY, UTC_ZONE) + timedelta(hours=1)),
        UTC_ZONE,
    )
    assert found[0] == FRIDAY


@pytest.mark.parametrize("year", [1990, 2198])
def test_the_first_and_the_last_year_are_shown(year):
    assert len(months_of(year, facts())) == 12
