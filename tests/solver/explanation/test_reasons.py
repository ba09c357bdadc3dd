"""A reason is true, smallest, and names what stands in the way."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from solver import Options, solve
from solver.explanation.reasons import reasons
from solver.problem import Draw, Group, Need, PrecedenceLag, Window
from solver.search.construct import Chooser, fill, place_pinned
from solver.search.order import ordered
from solver.solution import Blocker
from solver.state.index import Index
from solver.state.state import State
from solver.verification.verify import verify
from solver.weights import Weights
from tests.solver.brute import candidates
from tests.solver.plans import activity, week
from tests.solver.rules import HOT_COLD, ON_DUTY, OPERATOR, POWER, X, _lab, pinned, staff
from tests.solver.strategies import problems


def reasons_of(problem):
    state = State(Index(problem))
    place_pinned(state)
    fill(state, ordered(state.index, "value"), Chooser(state.index))
    return {unplaced.activity: unplaced.reason for unplaced in reasons(state)}


def blockers_of(problem, name="x"):
    return reasons_of(problem)[name].blockers


ALL_DAY = pinned("b", 0, 20)
HALF_OPEN = _lab(open=(Window(0, 8),))

CASES = {
    "longer than its window": (week(replace(X, release=4, deadline=7)), [Blocker("window")]),
    "longer than the opening hours": (
        week(X, resources=_lab(open=(Window(0, 3),))),
        [Blocker("calendar", ("lab",))],
    ),
    "an outage": (week(X, resources=_lab(outages=(Window(0, 18),))), [Blocker("outage", ("lab",))]),
    "an outage in its window only": (
        week(replace(X, deadline=8), resources=_lab(outages=(Window(2, 6),))),
        [Blocker("window"), Blocker("outage", ("lab",))],
    ),
    "another activity": (week(X, ALL_DAY), [Blocker("busy", ("lab",), ("b",))]),
    "another activity in its window only": (
        week(replace(X, deadline=8), pinned("b", 2)),
        [Blocker("window"), Blocker("busy", ("lab",), ("b",))],
    ),
    "another activity while it is open": (
        week(X, pinned("b", 2), resources=HALF_OPEN),
        [Blocker("calendar", ("lab",)), Blocker("busy", ("lab",), ("b",))],
    ),
    "a changeover": (
        week(
            replace(X, configuration="cold"),
            pinned("b", 0, 14, configuration="hot"),
            resources=_lab(changeovers=HOT_COLD),
        ),
        [Blocker("changeover", ("lab",), ("b",))],
    ),
    "nobody qualified": (
        week(replace(X, needs=OPERATOR), people=(staff("ann", "inspector"),)),
        [Blocker("people", ("operator",))],
    ),
    "nobody free": (
        week(
            replace(X, needs=(*OPERATOR, Need("inspector"))),
            replace(ON_DUTY, pin=replace(ON_DUTY.pin, duration=18)),
            people=(staff("ann", "operator"), staff("bob", "inspector")),
        ),
        [Blocker("people", ("operator",), ("b",))],
    ),
    "power": (
        week(
            replace(X, draws=(Draw("power", 2),)),
            pinned("b", 0, 20, on="hall", draws=(Draw("power", 2),)),
            utilities=(POWER,),
        ),
        [Blocker("utility", ("power",), ("b",))],
    ),
    "its group": (
        week(
            replace(X, groups=("crew",)),
            pinned("b", 2, 16, on="hall", groups=("crew",)),
            groups=(Group("crew"),),
        ),
        [Blocker("group", ("crew",), ("b",))],
    ),
    "its participant": (
        week(replace(X, participants=("ann",)), people=(staff("ann", absences=(Window(0, 20),)),)),
        [Blocker("participant", ("ann",))],
    ),
    "what comes before it ends late": (
        week(X, pinned("b", 13, on="hall"), precedences=(PrecedenceLag("b", "x"),)),
        [Blocker("precedence", ("b",))],
    ),
    "its price": (week(replace(X, value=1, due=0), weights=Weights(lateness=1.0)), [Blocker("worth")]),
    "the horizon": (week(activity("x", 21)), [Blocker("window")]),
}


@pytest.mark.parametrize(("problem", "expected"), CASES.values(), ids=CASES)
def test_the_reason_is_the_smallest_that_is_true(problem, expected):
    assert list(blockers_of(problem)) == expected


def test_it_follows_the_line_to_the_first_that_has_no_place():
    problem = week(
        activity("a", deadline=3),
        activity("b"),
        activity("c"),
        precedences=(PrecedenceLag("a", "b"), PrecedenceLag("b", "c")),
    )
    found = reasons_of(problem)
    assert found["c"].blockers == (Blocker("precedence", ("b",)),)
    assert found["c"].follows == found["b"].follows == "a"
    assert found["a"].blockers == (Blocker("window"),)
    assert found["a"].follows is None


def test_a_chain_names_the_member_that_has_no_place():
    found = reasons_of(week(activity("a", deadline=3), activity("b"), chains=(("a", "b"),)))
    assert found["b"].blockers == (Blocker("chain", ("a",)),)
    assert found["a"].blockers == (Blocker("window"),)


def test_a_pin_that_finds_nobody_says_so():
    problem = week(pinned("b", 0, needs=OPERATOR), people=(staff("ann", "inspector"),))
    assert blockers_of(problem, "b") == (Blocker("people", ("operator",)),)


def test_those_that_take_most_come_first_and_at_most_ten():
    takers = [pinned(f"b{i}", 2 * i, 1 + (i == 7)) for i in range(12)]
    (blocker,) = blockers_of(week(X, *takers, horizon=24))
    assert blocker.activities[0] == "b7"
    assert len(blocker.activities) == 10


@settings(
    max_examples=60, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(problems())
def test_what_is_said_to_have_no_place_has_none(problem):
    """Against all ways to place it, tried one by one; but where its price or its chain is the reason."""
    solution = solve(problem, Options(time_limit=2, workers=1, max_rounds=1))
    index = Index(problem)
    for unplaced in solution.unplaced:
        rules = {blocker.rule for blocker in unplaced.reason.blockers}
        activity = index.activities[unplaced.activity]
        if rules & {"worth", "chain"} or activity.pin is not None or index.chains.get(activity.id):
            continue
        if index.changeovers_are_strict():
            continue
        for parts in candidates(problem, activity):
            assert verify(problem, [*solution.assignments, *parts]).violations
