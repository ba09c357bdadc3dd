"""Where things stand in the printed grid."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.intervals import Interval
from scheduler.reports.grid import (
    Hours,
    day_axis,
    draw_lane,
    draw_outages,
    hours_drawn,
    is_open,
    slot_minutes,
)
from scheduler.reports.week import Entry, FacilityWeek, Stay, Week
from tests.centre import at, span

UTC_ZONE = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 30)
ALL_DAY = Hours(0, 24, 0, 24)


def entry(run, setup=0, teardown=0):
    occupied = Interval(run.start - timedelta(minutes=setup), run.end + timedelta(minutes=teardown))
    return Entry(1, "R", "Leak test", "BDR", "R-1", ("Leak test",), run, occupied, "booked", 1, ("TV-1",), ())


def stay(run, setup=0, teardown=0):
    one = entry(run, setup, teardown)
    return Stay(one, one.occupied)


def week(*stays, opened=(), outages=()):
    facility = FacilityWeek("TV-1", "Chamber", "lab", 1, tuple(opened), tuple(outages), (tuple(stays),))
    whole = Interval(at(0, 0), at(7, 0))
    return Week("Site", UTC_ZONE, whole, "", (), {}, (facility,), tuple(one.entry for one in stays), (), ())


def axis(hours=ALL_DAY, width=15, day=MONDAY, zone=UTC_ZONE):
    return day_axis(day, hours, zone, width)


@pytest.mark.parametrize(
    ("day", "slots"),
    [(date(2026, 3, 29), 92), (date(2026, 10, 25), 100), (MONDAY, 96)],
    ids=["clock goes forward", "clock goes back", "clock stays"],
)
def test_a_day_has_as_many_slots_as_its_clock_has_quarters(day, slots):
    assert axis(day=day, zone=BERLIN).slots == slots


def test_the_hour_that_comes_twice_is_drawn_twice():
    names = [name for _, name in axis(day=date(2026, 10, 25), zone=BERLIN).hours()]
    assert names[:5] == ["00", "01", "02", "02", "03"]


def test_pressed_nights_have_a_slot_an_hour():
    pressed = axis(Hours(0, 24, 6, 22))
    assert pressed.slots == 6 + 16 * 4 + 2
    assert pressed.hours()[:4] == [(0, "00"), (3, "03"), (6, "06"), (10, "07")]
    assert pressed.slot(at(0, 22.2)) == 6 + 64


@pytest.mark.parametrize(
    ("hour", "slot"),
    [(-1, 0), (0, 0), (0.12, 0), (0.13, 1), (9, 36), (24, 96), (30, 96)],
    ids=["before the day", "midnight", "7 minutes", "8 minutes", "nine", "end of the day", "after it"],
)
def test_a_moment_goes_to_the_nearest_edge(hour, slot):
    assert axis().slot(at(0, hour)) == slot


def test_a_booking_is_setup_run_and_teardown_side_by_side():
    pieces = draw_lane([stay(span(0, 9, 11), setup=30, teardown=15)], axis())
    assert [(piece.look, piece.first, piece.last) for piece in pieces] == [
        ("setup", 34, 36),
        ("run", 36, 44),
        ("teardown", 44, 45),
    ]


def test_a_run_over_midnight_is_drawn_on_both_days():
    night = stay(span(0, 22, 26))
    assert [(piece.first, piece.last) for piece in draw_lane([night], axis())] == [(88, 96)]
    tuesday = axis(day=date(2026, 12, 1))
    assert [(piece.first, piece.last) for piece in draw_lane([night], tuesday)] == [(0, 8)]


def test_a_run_shorter_than_half_a_slot_still_has_one():
    (piece,) = draw_lane([stay(span(0, 9, 9.05))], axis())
    assert (piece.first, piece.last) == (36, 37)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 300), st.integers(0, 40)), max_size=12))
def test_no_piece_lies_over_another(gaps):
    moment, stays = at(0, 0) - timedelta(hours=3), []
    for gap, length, setup in gaps:
        start = moment + timedelta(minutes=gap + setup)
        stays.append(stay(Interval.lasting(start, length), setup=setup))
        moment = stays[-1].occupied.end
    for hours in (ALL_DAY, Hours(0, 24, 8, 18)):
        pieces = draw_lane(stays, axis(hours))
        for before, after in pairwise(pieces):
            assert before.last <= after.first
        assert all(0 <= piece.first < piece.last <= axis(hours).slots for piece in pieces)


def test_an_outage_is_drawn_around_what_is_booked_over_it():
    one = axis()
    taken = draw_lane([stay(span(0, 10, 11))], one)
    pieces = draw_outages([(span(0, 9, 12), "repair")], taken, one)
    assert [(piece.first, piece.last) for piece in pieces] == [(36, 40), (44, 48)]
    assert pieces[0].words[0] == "out until 12:00: repair"


def test_overlapping_outages_are_drawn_once():
    outages = [(span(0, 9, 11), "a"), (span(0, 10, 12), "b")]
    assert [(p.first, p.last) for p in draw_outages(outages, [], axis())] == [(36, 44), (44, 48)]


def test_closed_slots_are_those_whose_middle_is_closed():
    facility = week(opened=[span(0, 8, 18)]).facilities[0]
    marks = is_open(facility, axis())
    assert (marks[31], marks[32], marks[71], marks[72]) == (False, True, True, False)


@pytest.mark.parametrize(
    ("stays", "hours"),
    [
        ((), Hours(7, 19, 7, 19)),
        ((stay(span(0, 5.5, 6.5)),), Hours(5, 19, 5, 19)),
        ((stay(span(0, 16, 20.5)),), Hours(7, 21, 7, 19)),
        ((stay(span(0, 20, 32)),), Hours(0, 24, 7, 19)),
        ((stay(span(0, 20, 32)), stay(span(1, 22, 23))), Hours(0, 24, 0, 24)),
        ((stay(span(0, 20, 24)),), Hours(7, 24, 7, 19)),
    ],
    ids=[
        "opening hours",
        "a short early run",
        "a long late run",
        "a night",
        "a short run at night",
        "to midnight",
    ],
)
def test_nights_are_left_out_or_pressed_unless_something_short_runs_in_them(stays, hours):
    assert hours_drawn(week(*stays, opened=[span(0, 7, 19)])) == hours


def test_always_open_unfolds_no_night():
    assert hours_drawn(week(opened=[Interval(at(0, 0), at(7, 0))])) == Hours(8, 18, 8, 18)


@pytest.mark.parametrize(("minutes", "width"), [(60, 15), (15, 15), (14, 10), (9, 5), (1, 5)])
def test_slots_are_as_wide_as_the_shortest_run_allows(minutes, width):
    start = datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert slot_minutes(week(stay(Interval.lasting(start, minutes)))) == width
