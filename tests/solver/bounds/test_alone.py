"""No schedule is worth more than the bound of what each activity is worth alone."""

import pytest

from solver.bounds.alone import alone
from solver.problem import Mode, Need
from solver.state.index import Index
from tests.benchmarks.weeks_problem import DATA, problem_from_week, read_week
from tests.solver.plans import activity, week
from tests.solver.rules import pinned, staff


def worth(problem):
    return alone(Index(problem))


def test_what_fits_alone_counts_whole():
    assert worth(week(activity("x", value=7), activity("y", value=5))) == {"x": 7, "y": 5}


def test_what_fits_nowhere_counts_nothing():
    problem = week(activity("x", value=7, needs=(Need("operator"),)), people=(staff("ann", "inspector"),))
    assert worth(problem) == {"x": 0}


def test_pins_are_in_the_way_and_count_themselves():
    assert worth(week(activity("x", value=7), pinned("b", 3, 14, value=2))) == {"x": 0, "b": 2}
    assert worth(week(activity("x", value=7), pinned("b", 4, 14, value=2))) == {"x": 7, "b": 2}


def test_an_elastic_run_counts_at_least_what_it_could_get():
    problem = week(activity("x", wish=20, least=2, value=20), pinned("b", 9, 11))
    assert 9 <= worth(problem)["x"] <= 11


def test_the_best_mode_counts_with_its_penalty():
    modes = (Mode("l", ("lab",), penalty=3), Mode("h", ("hall",), penalty=1))
    assert worth(week(activity("x", modes=modes, value=7))) == {"x": 6}


def test_a_real_sized_week_stays_below_its_whole_value():
    problem = problem_from_week(read_week(DATA / "weekly-1.json"))
    assert 18_608 <= sum(worth(problem).values()) <= 24_659


@pytest.mark.parametrize("parts", [1, 2])
def test_parts_may_reach_the_wish_together(parts):
    problem = week(activity("x", wish=12, least=6, value=12, most_parts=parts, least_part=3), pinned("b", 8))
    assert worth(problem)["x"] == 12 if parts == 2 else 8 <= worth(problem)["x"] < 12


def test_what_there_is_no_time_to_look_at_counts_with_all_that_is_wished_for():
    modes = (Mode("l", ("lab",), penalty=3), Mode("h", ("hall",), penalty=1))
    problem = week(
        activity("x", modes=modes, value=7),
        activity("y", value=5, needs=(Need("operator"),)),
        pinned("b", 3, 14, value=2),
    )
    asked = iter((False, False, True, True))
    assert alone(Index(problem), lambda: True) == {"x": 6, "y": 5, "b": 2}
    assert alone(Index(problem), lambda: next(asked)) == {"x": worth(problem)["x"], "y": 5, "b": 2}


def test_what_is_not_looked_at_is_never_below_what_is():
    week_of_requests = problem_from_week(read_week(DATA / "small-1.json"))
    looked_at = worth(week_of_requests)
    for name, hoped in alone(Index(week_of_requests), lambda: True).items():
        assert hoped >= looked_at[name]
