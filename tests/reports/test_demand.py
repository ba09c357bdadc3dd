"""What counts as demand of a span, on both sides of its edges."""

from datetime import timedelta

import pytest

from scheduler.intervals import Interval
from scheduler.reports.demand import DemandFacts, demand_of
from tests.centre import at, span

WEEK = Interval(at(0, 0), at(7, 0))


def asked(earliest=WEEK.start, latest=WEEK.end, wish=120, runs=(), state="approved"):
    return DemandFacts("R-1", "Leak test", "BDR", "R&D", 3, state, earliest, latest, wish, runs)


@pytest.mark.parametrize(
    ("runs", "placed", "unmet", "outcome"),
    [
        ((), 0, 120, "not placed"),
        ((span(0, 9, 10),), 60, 60, "in part"),
        ((span(0, 9, 10), span(1, 9, 10)), 120, 0, "placed"),
        ((span(0, 9, 12),), 120, 0, "placed"),
        ((span(6, 23, 25),), 60, 60, "in part"),
        ((span(7, 9, 11),), 0, 120, "not placed"),
    ],
    ids=["none", "one of two hours", "two parts", "more than wished", "cut at the edge", "after the span"],
)
def test_what_is_asked_is_placed_or_unmet(runs, placed, unmet, outcome):
    (found,) = demand_of([asked(runs=runs)], WEEK)
    assert (found.placed, found.unmet, found.outcome) == (placed, unmet, outcome)


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("earliest", "latest", "is_inside"),
    [
        (WEEK.start, WEEK.end, True),
        (WEEK.start - MINUTE, WEEK.end, False),
        (WEEK.start, WEEK.end + MINUTE, False),
        (None, WEEK.end, False),
        (WEEK.start, None, False),
    ],
    ids=["exactly the span", "begins before", "ends after", "without a start", "without an end"],
)
def test_only_a_window_wholly_inside_can_be_unmet(earliest, latest, is_inside):
    (found,) = demand_of([asked(earliest, latest)], WEEK)
    assert (found.unmet is not None) == is_inside


@pytest.mark.parametrize(
    ("earliest", "latest", "count"),
    [
        (WEEK.end, WEEK.end + MINUTE, 0),
        (WEEK.end - MINUTE, WEEK.end + MINUTE, 1),
        (WEEK.start - MINUTE, WEEK.start, 0),
        (WEEK.start - MINUTE, WEEK.start + MINUTE, 1),
        (None, None, 1),
    ],
    ids=["begins as it ends", "begins in it", "ends as it begins", "ends in it", "at any time"],
)
def test_a_window_that_does_not_touch_the_span_is_no_demand_of_it(earliest, latest, count):
    assert len(demand_of([asked(earliest, latest)], WEEK)) == count


def test_what_is_done_elsewhere_is_no_demand():
    assert demand_of([asked(None, None, state="done")], WEEK) == []
    assert len(demand_of([asked(None, None, state="done", runs=(span(0, 9, 11),))], WEEK)) == 1
