"""Which hours a timeline draws, and what stands in its rows: facts in, picture out."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.bookings.axis import FOLDED_DAY_MINUTES, DayOff, make_axis
from scheduler.bookings.timeline import (
    Changing,
    Pause,
    RowFacts,
    Stay,
    draw_row,
    labels_for,
    lanes_of,
    use_of,
)
from scheduler.intervals import Interval
from tests.centre import MONDAY, at, span

ZONE = ZoneInfo("UTC")
WEEK = Interval(MONDAY, MONDAY + timedelta(days=7))
DAYS = [span(day, 8, 18) for day in range(5)]


def shown_hours(axis):
    """The drawn time as (from, until) in hours from Monday midnight."""
    joined = []
    for part in axis.segments:
        if part.is_folded:
            continue
        if joined and joined[-1][1] == part.from_minute / 60:
            joined[-1] = (joined[-1][0], part.until_minute / 60)
        else:
            joined.append((part.from_minute / 60, part.until_minute / 60))
    return joined


def a_stay(day=0, hours=(9, 12), setup=0, teardown=0, **values):
    run = span(day, *hours)
    occupied = Interval(run.start - timedelta(hours=setup), run.end + timedelta(hours=teardown))
    fixed = {"kind": "r", "labels": ("Leak test",), "says": "Leak test, TV-1"}
    return Stay(**{"occupied": occupied, "run": run} | fixed | values)


def test_nights_and_the_weekend_are_folded_where_no_row_is_open():
    axis = make_axis(WEEK, ZONE, [DAYS])
    assert shown_hours(axis) == [(day * 24 + 8, day * 24 + 18) for day in range(5)]
    assert [fold.label for fold in axis.folds][-1] == "Fri 18:00 to Mon 00:00"
    assert [day.is_folded for day in axis.days] == [False] * 5 + [True] * 2


def test_a_folded_day_keeps_a_little_width_and_a_folded_night_none():
    axis = make_axis(WEEK, ZONE, [DAYS])
    widths = {part.width_minutes for part in axis.segments if part.is_folded}
    assert widths == {0, FOLDED_DAY_MINUTES}


def test_segments_cover_the_week_without_gap_or_overlap():
    axis = make_axis(WEEK, ZONE, [DAYS, [span(2, 5, 21)]], [span(3, 20, 26)])
    ends = [0] + [part.until_minute for part in axis.segments]
    assert [part.from_minute for part in axis.segments] == ends[:-1]
    assert ends[-1] == 7 * 1440


def test_rows_that_never_close_do_not_unfold_the_night():
    assert shown_hours(make_axis(WEEK, ZONE, [DAYS, [WEEK]])) == shown_hours(make_axis(WEEK, ZONE, [DAYS]))


def test_nothing_is_folded_where_no_row_ever_closes():
    assert shown_hours(make_axis(WEEK, ZONE, [[WEEK]])) == [(0, 168)]


def test_nothing_is_folded_where_all_is_closed():
    assert shown_hours(make_axis(WEEK, ZONE, [[]])) == [(0, 168)]


@pytest.mark.parametrize(
    ("bar", "night"),
    [
        (span(0, 15, 17), []),
        (span(0, 15, 18), []),
        (span(0, 15, 20.5), [(18, 21)]),
        (span(0, 15, 34), []),
        (span(0, 22, 23), [(22, 23)]),
        (Interval(at(1, 6.5), at(1, 12)), [(30, 32)]),
    ],
    ids=[
        "inside the open hours",
        "to the end of the open hours",
        "into the night: as far as it goes, in whole hours",
        "through the whole night: drawn across the fold",
        "in the night: only its hours",
        "from before the morning",
    ],
)
def test_a_bar_that_begins_or_ends_at_night_unfolds_its_part_of_it(bar, night):
    shown = shown_hours(make_axis(WEEK, ZONE, [DAYS], [bar]))
    expected = {hour for day in range(5) for hour in range(day * 24 + 8, day * 24 + 18)}
    expected |= {hour for start, end in night for hour in range(start, end)}
    assert {hour for start, end in shown for hour in range(int(start), int(end))} == expected


@pytest.mark.parametrize(
    ("pause_ends", "folds"), [(13.75, 0), (14, 1)], ids=["just under two hours", "two hours"]
)
def test_a_short_closure_is_not_folded(pause_ends, folds):
    day = [span(0, 8, 12), span(0, pause_ends, 18)]
    axis = make_axis(span(0, 8, 18), ZONE, [day])
    assert len(axis.folds) == folds


def test_a_confirmed_holiday_keeps_the_usual_hours_so_that_its_name_has_room():
    holiday = date(2026, 12, 2)
    axis = make_axis(WEEK, ZONE, [[*DAYS[:2], *DAYS[3:]]], days_off={holiday: DayOff("Founding day", False)})
    assert (56.0, 66.0) in shown_hours(axis)
    assert axis.days[2].day_off == DayOff("Founding day", False)


def test_days_and_hours_follow_the_clock_of_the_site_through_a_change():
    zone = ZoneInfo("Europe/Berlin")
    week = Interval(datetime(2026, 10, 18, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))
    axis = make_axis(week, zone, [])
    assert [day.until_minute - day.from_minute for day in axis.days] == [1440] * 6 + [1500]
    sunday = [(minute, words) for minute, words in axis.hours if minute >= 6 * 1440]
    assert [words for _, words in sunday] == ["04", "08", "12", "16", "20"]
    assert sunday[0][0] - 6 * 1440 == 300


def test_labels_go_from_the_title_to_the_code_of_the_project():
    assert labels_for("Shaheen: dive 6", "SHN", "R-006") == ("Shaheen: dive 6", "SHN 6", "SHN")
    assert labels_for("Shaheen: dive", "SHN", "dive") == ("Shaheen: dive", "SHN")
    assert labels_for("Floor polish", "", "") == ("Floor polish",)


@pytest.mark.parametrize(
    ("intervals", "lanes"),
    [
        ([span(0, 8, 10), span(0, 10, 12)], [0, 0]),
        ([span(0, 8, 10), span(0, 9, 12)], [0, 1]),
        ([span(0, 8, 10), span(0, 9, 12), span(0, 10, 11), span(0, 11, 13)], [0, 1, 0, 0]),
    ],
    ids=["touching ones share a lane", "overlapping ones do not", "a lane is used again"],
)
def test_lanes(intervals, lanes):
    assert lanes_of(intervals) == lanes


def facts(**values):
    return RowFacts(**{"code": "TV-1", "name": "Chamber", "open": DAYS, "stays": []} | values)


def draw(row, bars=()):
    return draw_row(row, make_axis(WEEK, ZONE, [row.open], bars))


def test_a_stay_is_drawn_as_setup_run_and_teardown_and_its_name_says_all():
    row = draw(facts(stays=[a_stay(setup=1, teardown=0.5, marks=(("lock", "frozen"),), href="/b/1")]))
    bars = [block for block in row.blocks if block.look in ("setup", "run", "teardown")]
    assert sorted((block.look, block.from_minute, block.until_minute) for block in bars) == [
        ("run", 540, 720),
        ("setup", 480, 540),
        ("teardown", 720, 750),
    ]
    (run,) = row.bars
    assert run.name == (
        "Leak test, TV-1, R&D, Mon 30 Nov 09:00-12:00, setup from Mon 30 Nov 08:00, "
        "teardown until Mon 30 Nov 12:30, frozen"
    )
    assert run.href == "/b/1"


def test_a_confidential_stay_tells_neither_kind_nor_address():
    row = draw(facts(stays=[a_stay(kind="x", labels=("Busy",), says="Busy, TV-1")]))
    (run,) = row.bars
    assert run.name == "Busy, TV-1, Mon 30 Nov 09:00-12:00"
    assert run.href is None


def test_a_stay_that_began_before_the_week_says_so():
    stay = a_stay(day=-1, hours=(9, 34))
    (run,) = draw(facts(stays=[stay])).bars
    assert (run.from_minute, run.until_minute, run.starts_before, run.ends_after) == (0, 600, True, False)


def test_a_stay_of_another_week_is_left_out():
    assert draw(facts(stays=[a_stay(day=7)])).bars == []
    assert draw(facts(stays=[a_stay(day=-1, hours=(20, 24))])).bars == []


def test_use_counts_setup_and_changeover_inside_open_hours_only():
    row = facts(
        stays=[a_stay(setup=1), a_stay(day=1, hours=(16, 20))],
        changeovers=[Changing(span(2, 8, 9), "A→B")],
        pauses=[Pause(span(4, 8, 18), "Amplifier")],
    )
    used, available = use_of(row, WEEK)
    assert used == (4 + 2 + 1) * 60
    assert available == 40 * 60
    assert draw(row).says == "TV-1 Chamber, 7 of 40 open hours in use"


def test_capacity_multiplies_the_open_hours():
    _, available = use_of(facts(capacity=3), WEEK)
    assert available == 150 * 60


def test_closed_time_of_a_facility_and_shifts_of_a_person_are_the_ground():
    looks = {block.look for block in draw(facts()).blocks}
    assert looks == {"closed"}
    person = facts(is_person=True, most_minutes=40 * 60, stays=[a_stay(is_duty=True)])
    row = draw(person)
    assert [block.look for block in row.blocks] == ["shift"] * 5 + ["duty"]
    assert row.says == "TV-1 Chamber, 3 of at most 40 hours on duty"
    assert not row.is_full


def test_an_outage_says_what_and_until_when():
    row = draw(facts(pauses=[Pause(span(1, 8, 18), "Amplifier, until Tue 1 Dec 18:00")]))
    (outage,) = [block for block in row.blocks if block.look == "outage"]
    assert outage.name == "Amplifier, until Tue 1 Dec 18:00"
