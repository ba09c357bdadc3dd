"""Weights by which one step of a term counts more than all that comes after it."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from solver.problem import Person, Pin
from solver.repairs.lexicographic import MOST, lexicographic, stages
from solver.verification.verify import verify
from solver.weights import Weights
from tests.solver.brute import candidates
from tests.solver.plans import activity, week
from tests.solver.strategies import problems

ALL = ("value", "kept", "moved", "distance", "reassigned", "lateness", "changeover", "preference", "makespan")


def published(name="a", length=4, **fields):
    return activity(name, length, previous=(Pin(2, length, "m", fields.pop("people", None)),), **fields)


def test_one_tick_of_the_term_before_outweighs_the_whole_range_of_the_next():
    """Two activities may lie up to 18 ticks away each, which is less than to move one of them."""
    problem = week(published("a"), published("b"))
    weights = lexicographic(problem, ("moved", "distance"))
    assert (weights.moved, weights.distance) == (2 * 18 + 1, 1)


def test_terms_that_are_not_named_weigh_nothing():
    weights = lexicographic(week(published()), ("moved", "distance"))
    assert weights == Weights(value=0, moved=weights.moved, distance=1)


def test_the_distance_is_that_which_release_and_deadline_leave():
    problem = week(published(release=1, deadline=9))
    assert lexicographic(problem, ("moved", "distance")).moved == 7 + 1


def test_a_pinned_one_can_only_be_as_far_as_its_pin():
    problem = week(published(pin=Pin(5, 4, "m")))
    assert lexicographic(problem, ("moved", "distance")).moved == 3 + 1


def test_a_share_of_a_value_counts_as_a_step():
    """A quarter of value 3 is the least that can be lost: it outweighs to be moved."""
    problem = week(published(length=4, least=1, value=3, move_cost=5))
    weights = lexicographic(problem, ("kept", "moved"))
    assert weights.kept * 3 / 4 > weights.moved * 5
    assert weights.kept * 3 / 4 == round(weights.kept * 3 / 4)


def test_what_is_always_placed_whole_has_no_shares():
    assert lexicographic(week(published(value=3, move_cost=5)), ("kept", "moved")).kept == 6


def test_people_who_were_named_twice_count_once():
    people = (("ann", "bob"), ("ann",))
    problem = week(published(people=people), people=(Person("ann"), Person("bob")))
    assert lexicographic(problem, ("distance", "reassigned")).distance == 2 + 1


def test_what_does_not_fit_is_left_for_another_stage():
    problem = week(*(published(f"a{i}", move_cost=10**6, value=10**6) for i in range(3)), horizon=10**4)
    weights = lexicographic(problem, ("kept", "moved", "distance"))
    assert (weights.kept > 0, weights.moved, weights.distance) == (True, 1, 0)
    first, second = stages(problem, ("kept", "moved", "distance"))
    assert first == weights
    assert second == Weights(value=0, distance=1)


def test_what_fits_is_one_stage():
    assert len(stages(week(published()), ("kept", "moved", "distance", "reassigned"))) == 1


@pytest.mark.parametrize(
    "value, fits", [(MOST - 1, True), (MOST, False)], ids=["just below", "just too large"]
)
def test_the_first_term_has_to_fit_into_what_floats_hold(value, fits):
    problem = week(published(value=value))
    if fits:
        assert lexicographic(problem, ("kept", "moved")) == Weights(value=0, kept=1)
    else:
        with pytest.raises(ValueError, match="kept alone exceeds 53 bits"):
            lexicographic(problem, ("kept", "moved"))


@pytest.mark.parametrize("terms", [(), ("moved", "kept", "moved")], ids=["none", "one twice"])
def test_each_term_is_named_once(terms):
    with pytest.raises(ValueError, match="named once"):
        lexicographic(week(published()), terms)


@settings(
    max_examples=60, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(problem=problems(), data=st.data())
def test_weighted_sums_order_plans_as_the_terms_one_after_the_other(problem, data):
    """Any two plans of single activities: whichever is first by the terms has the larger sum."""
    terms = data.draw(st.lists(st.sampled_from(ALL), min_size=1, max_size=4, unique=True))
    weights = lexicographic(problem, terms)
    alone = replace(problem, precedences=(), chains=())
    # What pauses where its resource opens no more has no place, and a pin stands anyway.
    assume(all(each.pin is None or list(candidates(alone, each)) for each in alone.activities))
    plans = [_any_plan(alone, data) for _ in range(2)]
    amounts = [[_amount(alone, plan, term) for term in terms if getattr(weights, term)] for plan in plans]
    sums = [verify(replace(alone, weights=weights), plan).objective for plan in plans]
    if amounts[0] == amounts[1]:
        assert sums[0] == pytest.approx(sums[1], abs=1e-3)
    else:
        assert (amounts[0] < amounts[1]) == (sums[0] < sums[1])


def _any_plan(problem, data):
    chosen = []
    for each in problem.activities:
        ways = [(), *list(candidates(problem, each))[:200]]
        chosen += data.draw(st.sampled_from(ways[1:] if each.pin else ways))
    return chosen


def _amount(problem, plan, term):
    """What a term adds to the objective if it counts 1, to the precision of its steps."""
    weights = Weights(**{"value": 0.0, term: 1.0})
    return round(verify(replace(problem, weights=weights), plan).objective, 6)
