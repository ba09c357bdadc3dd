"""Intervals against the plainest model there is: the set of minutes they cover."""

import itertools
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.intervals import Interval, intersect, peaks, subtract, total_minutes, union

START = datetime(2026, 11, 30, tzinfo=UTC)


def minutes(first: int, last: int) -> Interval:
    return Interval(START + timedelta(minutes=first), START + timedelta(minutes=last))


some = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda pair: minutes(pair[0], pair[0] + pair[1])),
    max_size=8,
)


def covered(intervals) -> set[int]:
    return {
        minute
        for interval in intervals
        for minute in range(
            int((interval.start - START).total_seconds() // 60),
            int((interval.end - START).total_seconds() // 60),
        )
    }


def is_tidy(intervals) -> bool:
    return all(first.end < second.start for first, second in itertools.pairwise(intervals))


@given(some)
def test_a_union_covers_the_same_minutes_in_order_and_apart(intervals):
    assert covered(union(intervals)) == covered(intervals)
    assert is_tidy(union(intervals))
    assert total_minutes(intervals) == len(covered(intervals))


@given(some, some)
def test_subtracting_leaves_what_is_not_taken(intervals, holes):
    assert covered(subtract(intervals, holes)) == covered(intervals) - covered(holes)
    assert is_tidy(subtract(intervals, holes))


@given(some, some)
def test_an_intersection_covers_what_both_do(first, second):
    assert covered(intersect(first, second)) == covered(first) & covered(second)


@given(some)
def test_the_load_at_each_peak_is_the_number_that_run_then(intervals):
    for moment, load in peaks((interval, 1) for interval in intervals):
        assert load == sum(interval.start <= moment < interval.end for interval in intervals)


def test_touching_intervals_do_not_overlap():
    assert not minutes(0, 10).overlaps(minutes(10, 20))
    assert minutes(0, 11).overlaps(minutes(10, 20))


@pytest.mark.parametrize("end", [0, -1], ids=["empty", "backwards"])
def test_an_interval_lasts(end):
    with pytest.raises(ValueError, match="not after its start"):
        minutes(0, end)


def test_an_interval_is_never_naive():
    with pytest.raises(ValueError, match="naive"):
        Interval(datetime(2026, 1, 1), datetime(2026, 1, 2))


def test_an_interval_over_a_clock_change_is_as_long_as_it_really_is():
    berlin_winter, berlin_summer = timezone(timedelta(hours=1)), timezone(timedelta(hours=2))
    night = Interval(
        datetime(2026, 3, 29, 2, 0, tzinfo=berlin_winter), datetime(2026, 3, 29, 4, 0, tzinfo=berlin_summer)
    )
    assert night.hours == 1
    with pytest.raises(ValueError, match="not after"):
        Interval(
            datetime(2026, 3, 29, 2, 0, tzinfo=berlin_winter),
            datetime(2026, 3, 29, 3, 0, tzinfo=berlin_summer),
        )
