"""Greedy schedules keep every rule, and take things in a sensible order."""

import random

import pytest

from solver.problem import Mode, Need, PrecedenceLag, Resource
from solver.search.construct import Chooser, fill, greedy, place_pinned
from solver.search.order import ORDERS, before_first, ordered
from solver.state.index import Index
from solver.state.state import State
from solver.verification.verify import verify
from solver.weights import Weights
from tests.benchmarks.weeks_problem import DATA, problem_from_week, read_week
from tests.solver.plans import activity, week
from tests.solver.rules import HOT_COLD, pinned, staff


def state_of(problem) -> State:
    state = State(Index(problem))
    place_pinned(state)
    return state


def find(problem, name="x", **options):
    state = state_of(problem)
    return Chooser(state.index, **options).find(state, state.index.activities[name])


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("spare", [False, True])
def test_every_order_keeps_every_rule(order, spare):
    problem = problem_from_week(read_week(DATA / "weekly-1.json"))
    state = greedy(Index(problem), order, spare=spare, rng=random.Random(3))
    verdict = verify(problem, state.assignments())
    assert verdict.violations == ()
    assert state.objective() == pytest.approx(verdict.objective)
    assert state.incomplete() == []


def test_what_is_mandatory_or_before_a_pin_comes_first():
    problem = week(
        activity("dear", value=99),
        activity("must", value=1, mandatory=True),
        activity("early", value=1, on="hall"),
        pinned("b", 10, on="hall"),
        precedences=(PrecedenceLag("early", "b"),),
    )
    for order in ORDERS:
        assert {a.id for a in ordered(Index(problem), order)[:2]} == {"must", "early"}


def test_what_comes_before_is_placed_before():
    problem = week(
        activity("c", value=9),
        activity("b", value=5),
        activity("a", value=1),
        precedences=(PrecedenceLag("a", "b"), PrecedenceLag("b", "c")),
    )
    assert [each.id for each in ordered(Index(problem), "value")] == ["a", "b", "c"]


def test_the_longest_run_that_fits_is_taken():
    (part,) = find(week(activity("x", wish=9, least=2), pinned("b", 3), pinned("c", 13)))
    assert (part.start, part.duration) == (7, 6)


def test_a_run_shorter_than_the_least_is_not_taken():
    assert find(week(activity("x", wish=9, least=7), pinned("b", 3), pinned("c", 13))) is None


def test_parts_are_used_where_one_does_not_reach_the_wish():
    x = activity("x", wish=9, least=2, most_parts=2, least_part=3)
    parts = find(week(x, pinned("b", 3), pinned("c", 13)))
    assert sorted((part.start, part.duration) for part in parts) == [(0, 3), (7, 6)]


def test_a_mode_that_costs_more_is_second_choice():
    modes = (Mode("l", ("lab",), penalty=2), Mode("h", ("hall",)))
    x = activity("x", modes=modes, value=5)
    assert find(week(x))[0].mode == "h"
    busy = pinned("b", 0, 20, modes=(Mode("m", ("hall",), (3,)),))
    assert find(week(x, busy))[0].mode == "l"


def test_spare_prefers_what_is_asked_for_least():
    modes = (Mode("l", ("lab",)), Mode("p", ("pit",)))
    problem = week(activity("x", modes=modes), activity("y"), resources=(Resource("lab"), Resource("pit")))
    assert find(problem)[0].mode == "l"
    assert find(problem, spare=True)[0].mode == "p"


def test_what_costs_more_than_it_is_worth_stays_out_unless_it_must():
    late = {"value": 3, "due": 2}
    for mandatory, placed in ((False, False), (True, True)):
        problem = week(activity("x", mandatory=mandatory, **late), weights=Weights(lateness=2.0))
        state = greedy(Index(problem), "value")
        assert ("x" in state.placed) == placed


def test_a_place_is_found_where_it_is_worth_what_the_changeovers_cost():
    """The first one stands between two others, and costs two changeovers; the last costs one."""
    lab = Resource("lab", changeovers=HOT_COLD)
    hot = {"configuration": "hot"}
    problem = week(
        activity("x", 2, value=4, configuration="cold"),
        pinned("b", 0, 2, **hot),
        pinned("c", 9, 2, **hot),
        resources=(lab,),
        weights=Weights(changeover=1.0),
    )
    state = greedy(Index(problem), "value")
    assert state.placed["x"][0].start == 14
    assert state.objective() == pytest.approx(4 + 2 - 3)


def test_a_chain_goes_in_whole_or_not_at_all():
    for horizon, placed in ((8, {"a", "b"}), (7, set())):
        problem = week(activity("a"), activity("b"), chains=(("a", "b"),), horizon=horizon)
        assert set(greedy(Index(problem), "value").placed) == placed


def test_a_pin_that_finds_nobody_is_left_out():
    problem = week(pinned("b", 0, needs=(Need("operator"),)), people=(staff("ann", "inspector"),))
    assert state_of(problem).placed == {}
    problem = week(pinned("b", 0, needs=(Need("operator"),)), people=(staff("ann", "operator"),))
    assert state_of(problem).placed["b"][0].people == (("ann",),)


def test_fill_stops_when_it_is_told():
    problem = week(activity("a"), activity("b"))
    state = state_of(problem)
    assert fill(state, problem.activities, Chooser(state.index), stop=lambda: bool(state.placed)) == 1


def test_whoever_is_waited_for_comes_first_however_many_wait():
    problem = week(
        *(activity(name) for name in "xba"),
        precedences=(PrecedenceLag("a", "x"), PrecedenceLag("b", "x"), PrecedenceLag("a", "b")),
    )
    for names in ("xba", "xab", "bxa", "abx"):
        assert before_first(Index(problem), names) == ["a", "b", "x"]
