"""Where a run could begin within free time: ranges of starts, both ends included."""

from datetime import timedelta

from scheduler.bookings.rule_facts import Taken
from scheduler.bookings.start_times import common, full, on_grid, starts_within
from tests.centre import at, span


def test_a_run_begins_early_enough_to_end_within_and_late_enough_for_its_setup():
    assert starts_within([span(0, 8, 12)], 30, 60) == [(at(0, 8.5), at(0, 11))]
    assert starts_within([span(0, 8, 12)], 60, 180) == [(at(0, 9), at(0, 9))]
    assert starts_within([span(0, 8, 12)], 60, 181) == []


def test_what_is_common_may_be_one_moment():
    assert common([(at(0, 8), at(0, 10))], [(at(0, 10), at(0, 12))]) == [(at(0, 10), at(0, 10))]
    assert common([(at(0, 8), at(0, 10))], [(at(0, 11), at(0, 12))]) == []


def test_starts_lie_on_quarters_of_an_hour_each_once():
    first, last = at(0, 8) + timedelta(minutes=7), at(0, 8) + timedelta(minutes=45)
    starts = list(on_grid([(first, last), (at(0, 8.5), at(0, 9))]))
    assert starts == [at(0, 8.25), at(0, 8.5), at(0, 8.75), at(0, 9)]


def test_a_place_is_full_where_more_hold_it_than_leave_room():
    taken = [Taken(span(0, 8, 12), 1, "A"), Taken(span(0, 10, 14), 2, "B")]
    assert full(taken, 0) == [span(0, 8, 14)]
    assert full(taken, 1) == [span(0, 10, 12)]
    assert full(taken, 2) == []
