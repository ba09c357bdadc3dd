"""What rules leave together is what each leaves, and people are found for all needs at once or not."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solver.explanation.masks import RULES, Room
from solver.problem import Need
from solver.search.construct import Chooser, fill, place_pinned
from solver.search.order import ordered
from solver.state.index import Index
from solver.state.state import State
from tests.solver.plans import week
from tests.solver.rules import X, staff
from tests.solver.strategies import problems


def filled(problem):
    state = State(Index(problem))
    place_pinned(state)
    fill(state, ordered(state.index, "value"), Chooser(state.index))
    return state


@settings(
    max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(problems(), st.data())
def test_masks_agree_with_trying_all_the_rules_at_once(problem, data):
    state = filled(problem)
    chooser = Chooser(state.index)
    rules = data.draw(st.sets(st.sampled_from(RULES)))
    for activity in problem.activities:
        if activity.id in state.placed or activity.pin is not None:
            continue
        room = Room(state, activity, chooser=chooser)
        assert room.fits(rules) == chooser.fits(state, activity, frozenset(RULES) - rules)


BOTH = (Need("operator", phase="run"), Need("inspector", phase="run"))
ANN, BOB = staff("ann", "operator", "inspector"), staff("bob", "operator")


@pytest.mark.parametrize(
    ("people", "fits"),
    [
        ((ANN,), False),
        ((ANN, BOB), True),
        ((BOB, staff("eve", "operator")), False),
        ((ANN, staff("eve", "operator", "inspector")), True),
    ],
    ids=["one for both", "one for each", "nobody for one of them", "two who could do either"],
)
def test_two_needs_of_one_phase_want_two_people(people, fits):
    problem = week(replace(X, needs=BOTH), people=people, horizon=4)
    activity = problem.activities[0]
    assert Room(State(Index(problem)), activity).fits({"people"}) == fits


@pytest.mark.parametrize(("limit", "fits"), [(8, True), (7, False)])
def test_one_person_does_two_phases_only_within_the_limit(limit, fits):
    needs = (Need("operator", phase="run"), Need("operator", phase="setup"))
    problem = week(replace(X, setup=4, needs=needs), people=(staff("ann", "operator", max_day=limit),))
    assert Room(State(Index(problem)), problem.activities[0]).fits({"people"}) == fits


def test_whoever_takes_part_is_not_on_duty_meanwhile():
    x = replace(X, needs=(Need("operator", phase="run"),), participants=("ann",))
    problem = week(x, people=(staff("ann", "operator"),))
    assert not Room(State(Index(problem)), x).fits({"people"})


@pytest.mark.parametrize(("before", "fits"), [(1, True), (0, False)])
def test_only_starts_before_a_tick_are_looked_at(before, fits):
    assert Room(State(Index(week(X))), X, before=before).fits(RULES) == fits
