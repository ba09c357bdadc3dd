"""Networks without their empty activities, and list schedules."""

import pytest

from tests.benchmarks.network import (
    horizon,
    in_order,
    list_schedule_length,
    precedences_without_empty,
    starts_with_empty,
)

DURATIONS = [0, 3, 0, 2, 4, 0]
SUCCESSORS = [[1, 4], [2], [3], [5], [5], []]


def test_precedence_leads_through_empty_activities():
    assert precedences_without_empty(DURATIONS, SUCCESSORS) == [(1, 3)]


def test_precedence_through_a_row_of_empty_activities_is_named_once():
    assert precedences_without_empty([1, 0, 0, 0, 1], [[1, 2], [3], [3], [4], []]) == [(0, 4)]


def test_an_empty_activity_starts_when_all_before_it_have_ended():
    assert starts_with_empty(DURATIONS, SUCCESSORS, {1: 1, 3: 4, 4: 3}) == [0, 1, 4, 4, 3, 7]


def test_an_empty_activity_after_one_without_a_start_has_none_either():
    assert starts_with_empty(DURATIONS, SUCCESSORS, {1: 1, 4: 3}) == [0, 1, 4, None, 3, None]


def one_at_a_time():
    running = []

    def take(number):
        if DURATIONS[number] and any(DURATIONS[each] for each in running):
            return False
        running.append(number)
        return True

    return take, running.remove


def test_a_list_schedule_waits_for_those_before_and_for_room():
    assert list_schedule_length(DURATIONS, SUCCESSORS, *one_at_a_time()) == 9
    assert list_schedule_length(DURATIONS, SUCCESSORS, lambda number: True, lambda number: None) == 5


def test_what_does_not_fit_alone_is_refused():
    with pytest.raises(ValueError, match="activity 1 needs more"):
        list_schedule_length(DURATIONS, SUCCESSORS, lambda number: number != 1, lambda number: None)


def test_a_circle_is_refused():
    with pytest.raises(ValueError, match="circle"):
        in_order([[1], [2], [1]])


@pytest.mark.parametrize(
    ("durations", "length", "ticks"),
    [([5, 5], 10, 10), ([4, 4, 4], 5, 7), ([], 0, 1)],
    ids=["never more than all in a row", "half as long again", "at least one tick"],
)
def test_the_horizon_leaves_room_for_a_poor_schedule(durations, length, ticks):
    assert horizon(durations, length) == ticks
