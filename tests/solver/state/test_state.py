"""`State` takes an activity exactly where the rules allow it."""

import pytest

from solver.problem import Mode, PrecedenceLag, Resource
from solver.search.construct import place_pinned
from solver.solution import Assignment
from solver.state.index import Index
from solver.state.state import State
from solver.verification.verify import verify
from solver.weights import Weights
from tests.solver.plans import activity, broken_rules, put, week
from tests.solver.rules import CASES as PLAIN_CASES
from tests.solver.rules import pinned
from tests.solver.rules_closed import CLOSED_CASES

CASES = [*PLAIN_CASES, *CLOSED_CASES]


def state_of(problem) -> State:
    state = State(Index(problem))
    place_pinned(state)
    return state


def insert(state, name, *parts):
    return state.insert(state.index.activities[name], parts)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_rule_is_kept_to_the_tick(case):
    state = state_of(case.problem)
    assert insert(state, "x", put("x", case.start, case.ticks)) == case.fits
    assert ("x" in state.placed) == case.fits
    assert verify(case.problem, state.assignments()).violations == ()


@pytest.mark.parametrize("case", [c for c in CASES if not c.fits], ids=lambda case: case.name)
def test_what_is_refused_breaks_a_rule(case):
    """The other way round: whoever is named, `verify` finds something."""
    state = state_of(case.problem)
    x = state.index.activities["x"]
    names = [tuple(p.id for p in case.problem.people)[: need.count] for need in x.needs]
    placed = put("x", case.start, case.ticks, people=tuple(names))
    assert verify(case.problem, [*state.assignments(), placed]).violations


def test_taking_back_leaves_no_trace():
    for case in CASES:
        state = state_of(case.problem)
        if insert(state, "x", put("x", case.start, case.ticks)):
            state.remove("x")
        assert insert(state, "x", put("x", case.start, case.ticks)) == case.fits, case.name


def test_parts_are_numbered_in_order_of_time_and_share_the_length():
    x = activity("x", wish=8, least=6, most_parts=2, least_part=3, value=8)
    state = state_of(week(x))
    assert insert(state, "x", put("x", 10, 4), put("x", 0, 3))
    assert [(part.part, part.start) for part in state.placed["x"]] == [(1, 0), (2, 10)]
    assert state.objective() == pytest.approx(7)


@pytest.mark.parametrize(
    "parts",
    [
        [(0, 3), (5, 2)],
        [(0, 5), (6, 4)],
        [(0, 2), (3, 4)],
        [(0, 3), (2, 3)],
        [(0, 3), (4, 3), (8, 3)],
        [(0, 5)],
    ],
    ids=["too little", "too much", "a short part", "overlap", "too many", "one part with too little"],
)
def test_parts_that_break_a_rule_are_refused(parts):
    x = activity("x", wish=8, least=6, most_parts=2, least_part=3)
    state = state_of(week(x))
    assert not insert(state, "x", *(put("x", start, duration) for start, duration in parts))
    assert state.placed == {}


def test_a_single_part_may_be_shorter_than_least_part():
    state = state_of(week(activity("x", 4, most_parts=2, least_part=6)))
    assert insert(state, "x", put("x", 0, 4))


def test_lags_count_from_the_last_part_to_the_first():
    x = activity("x", wish=6, least=6, most_parts=2, least_part=3)
    after = activity("y", 2, on="hall")
    problem = week(x, after, precedences=(PrecedenceLag("x", "y", max_lag=1),))
    state = state_of(problem)
    assert insert(state, "x", put("x", 0, 3), put("x", 6, 3))
    assert not insert(state, "y", put("y", 8, 2))
    assert not insert(state, "y", put("y", 11, 2))
    assert insert(state, "y", put("y", 10, 2))


def test_all_parts_are_on_the_resource_that_the_order_asks_for():
    modes = (Mode("l", ("lab",)), Mode("h", ("hall",)))
    x = activity("x", wish=6, least=6, most_parts=2, least_part=3, modes=modes)
    problem = week(pinned("b", 0), x, precedences=(PrecedenceLag("b", "x", same_resource=True),))
    state = state_of(problem)
    assert not insert(state, "x", put("x", 4, 3, mode="l"), put("x", 8, 3, mode="h"))
    assert insert(state, "x", put("x", 4, 3, mode="l"), put("x", 8, 3, mode="l"))


def test_objective_counts_value_penalty_lateness_and_changeovers():
    from tests.solver.rules import HOT_COLD

    x = activity(
        "x", wish=4, least=2, value=10, due=6, configuration="hot", modes=(Mode("m", ("lab",), penalty=3),)
    )
    y = activity("y", 4, value=5, configuration="cold")
    problem = week(
        x,
        y,
        resources=(Resource("lab", changeovers=HOT_COLD),),
        weights=Weights(lateness=0.5, changeover=0.25),
    )
    state = state_of(problem)
    assert insert(state, "y", put("y", 0))
    assert insert(state, "x", put("x", 6, 2))
    assert state.objective() == pytest.approx(5 + 10 * 2 / 4 - 3 - 0.5 * 2 - 0.25 * 2)
    assert state.objective() == pytest.approx(verify(problem, state.assignments()).objective)


def test_incomplete_names_what_cannot_stand_alone():
    problem = week(
        activity("b", 2),
        activity("x", 2),
        activity("c", 2),
        activity("d", 2),
        precedences=(PrecedenceLag("b", "x"),),
        chains=(("c", "d"),),
    )
    state = state_of(problem)
    for name, start in (("b", 0), ("x", 2), ("c", 4), ("d", 6)):
        assert insert(state, name, put(name, start, 2))
    assert state.incomplete() == []
    state.remove("b")
    state.remove("c")
    assert state.incomplete() == ["x", "d"]


def test_pins_stand_even_where_nothing_else_may():
    problem = week(pinned("b", -2, 6), pinned("c", 18, 6), activity("x", 4))
    state = state_of(problem)
    assert [part.start for part in state.assignments()] == [-2, 18]
    assert broken_rules(problem, *state.assignments()) == []
    assert not insert(state, "x", Assignment("x", 1, "m", 3, 4))
    assert insert(state, "x", Assignment("x", 1, "m", 4, 4))
