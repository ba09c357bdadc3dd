"""Masks of ticks do what lists of ticks would."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from solver.state import masks

TICKS = st.sets(st.integers(0, 40))


def mask_of(some):
    return sum(1 << tick for tick in some)


def test_an_interval_is_half_open_and_begins_at_tick_0():
    assert list(masks.ticks(masks.interval(2, 5))) == [2, 3, 4]
    assert list(masks.ticks(masks.interval(-3, 2))) == [0, 1]
    assert masks.interval(5, 5) == masks.interval(7, 3) == 0


def test_a_union_counts_each_tick_once():
    assert masks.union([(0, 3), (2, 4), (6, 7)]) == mask_of([0, 1, 2, 3, 6])


@given(TICKS, st.integers(1, 9))
def test_runs_begin_where_all_the_ticks_are_there(some, length):
    expected = {t for t in some if all(t + k in some for k in range(length))}
    assert set(masks.ticks(masks.runs(mask_of(some), length))) == expected


def test_a_run_of_no_ticks_begins_everywhere():
    assert masks.runs(0, 0) == masks.EVERY


@given(st.lists(TICKS, max_size=5), st.integers(1, 4))
def test_at_least_counts_masks(sets, count):
    expected = {t for t in range(41) if sum(t in s for s in sets) >= count}
    assert set(masks.ticks(masks.at_least([mask_of(s) for s in sets], count))) == expected


@given(TICKS)
def test_spans_are_the_maximal_intervals(some):
    spans = masks.spans(mask_of(some))
    assert masks.union(spans) == mask_of(some)
    assert all(one[1] < other[0] for one, other in pairwise(spans))


@given(TICKS.filter(bool))
def test_first_and_last(some):
    assert (masks.first(mask_of(some)), masks.last(mask_of(some))) == (min(some), max(some))


def test_no_tick_before_0_is_in_a_mask():
    assert masks.has(0b101, 2)
    assert not masks.has(0b101, 1)
    assert not masks.has(masks.EVERY, -1)


def test_shifting_earlier_loses_what_falls_before_tick_0():
    assert masks.shifted(0b110, -2) == 0b1
    assert masks.shifted(0b110, 1) == 0b1100


@given(st.lists(TICKS, max_size=9), st.data(), st.integers(0, 10))
def test_a_tally_counts_what_was_added_and_not_taken_away(sets, data, count):
    tally = masks.Tally()
    for some in sets:
        tally.add(mask_of(some))
    gone = data.draw(st.sets(st.integers(0, len(sets) - 1))) if sets else set()
    for number in gone:
        tally.remove(mask_of(sets[number]))
    left = [mask_of(some) for number, some in enumerate(sets) if number not in gone]
    assert tally.at_least(count) == masks.at_least(left, count)
