"""The CP-SAT model places an activity exactly where the rules allow it."""

from dataclasses import replace

import pytest
from ortools.sat.python import cp_model

from solver.model.model import Model
from solver.problem import Mode, PrecedenceLag, Resource
from solver.search.construct import place_pinned
from solver.state.index import Index
from solver.state.state import State
from solver.verification.verify import verify
from solver.weights import Weights
from tests.solver.plans import activity, put, week
from tests.solver.rules import CASES as PLAIN_CASES
from tests.solver.rules import HOT_COLD, pinned
from tests.solver.rules_closed import CLOSED_CASES

CASES = [*PLAIN_CASES, *CLOSED_CASES]


def solved(problem, *, incumbent=None, exact=False):
    """The parts that CP-SAT places, and the bound of what they are worth."""
    index = Index(problem)
    state = State(index)
    place_pinned(state)
    free = [each.id for each in problem.activities if each.pin is None]
    model = Model(state, free, incumbent or {}, exact=exact)
    assert model.cp.validate() == ""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = 20
    assert solver.solve(model.cp) == cp_model.OPTIMAL
    return model.solution(solver), model.objective.bound(solver.best_objective_bound, 0)


@pytest.mark.parametrize("exact", [False, True], ids=["strict", "exact"])
@pytest.mark.parametrize("others_free", [False, True], ids=["others fixed", "others free"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_rule_is_kept_to_the_tick(case, others_free, exact):
    problem = case.forced(others_free=others_free)
    found, _ = solved(problem, exact=exact)
    together = {each.id for each in problem.activities if each.pin is None}
    assert (set(found) == together) == case.fits


@pytest.mark.parametrize("case", [c for c in CASES if c.fits], ids=lambda case: case.name)
def test_what_the_model_places_keeps_every_rule(case):
    problem = case.forced(others_free=True)
    found, bound = solved(problem)
    verdict = verify(problem, [part for parts in found.values() for part in parts])
    assert verdict.violations == ()
    assert bound >= verdict.objective - 1e-6


def test_an_elastic_run_takes_all_that_is_free():
    problem = week(
        activity("x", wish=8, least=2, value=8, setup=1, teardown=1), pinned("b", 7), pinned("c", 18, 2)
    )
    found, bound = solved(problem)
    assert [(part.start, part.duration) for part in found["x"]] in ([(0, 5)], [(11, 5)])
    assert bound == pytest.approx(5)


def test_parts_fill_two_gaps_and_each_is_long_enough():
    x = activity("x", wish=8, least=6, most_parts=2, least_part=3, value=8)
    problem = week(x, pinned("b", 4, 3), pinned("c", 10, 10))
    found, bound = solved(problem)
    assert [(part.part, part.start, part.duration) for part in found["x"]] == [(1, 0, 4), (2, 7, 3)]
    assert bound == pytest.approx(7)


def test_parts_that_do_not_reach_the_least_are_left_out():
    x = activity("x", wish=8, least=8, most_parts=2, least_part=3, value=8)
    found, _ = solved(week(x, pinned("b", 4, 3), pinned("c", 10, 10)))
    assert found == {}


def test_each_mode_has_its_own_length_and_penalty():
    modes = (Mode("l", ("lab",), wish=6, least=6), Mode("h", ("hall",), wish=3, least=3, penalty=2))
    x = activity("x", modes=modes, wish=6, value=5)
    found, bound = solved(week(x, horizon=6))
    assert (found["x"][0].mode, found["x"][0].duration, bound) == ("l", 6, pytest.approx(5))
    found, bound = solved(week(x, horizon=5))
    assert (found["x"][0].mode, found["x"][0].duration, bound) == ("h", 3, pytest.approx(3))


def test_what_comes_after_needs_what_comes_before():
    problem = week(
        activity("b", 4, deadline=3, value=1),
        activity("x", 4, value=9),
        precedences=(PrecedenceLag("b", "x"),),
    )
    assert solved(problem)[0] == {}


def test_a_chain_is_whole_or_not_at_all():
    free = week(activity("b", 10), activity("x", 10), chains=(("b", "x"),))
    assert set(solved(free)[0]) == {"b", "x"}
    tight = replace(free, horizon=19)
    assert solved(tight)[0] == {}


def test_lateness_moves_a_placement_forward():
    problem = week(activity("x", 4, value=9, due=6), pinned("b", 1, 3), weights=Weights(lateness=0.5))
    found, bound = solved(problem)
    assert found["x"][0].start == 4
    assert bound == pytest.approx(9 - 0.5 * 2)


def test_changeovers_that_cost_bring_one_configuration_together():
    lab = Resource("lab", changeovers=HOT_COLD)
    problem = week(
        activity("a", 2, configuration="hot", value=5),
        activity("b", 2, configuration="cold", value=5),
        activity("c", 2, configuration="hot", value=5),
        resources=(lab,),
        weights=Weights(changeover=1.0),
    )
    found, bound = solved(problem)
    verdict = verify(problem, [part for parts in found.values() for part in parts])
    assert verdict.violations == ()
    assert verdict.objective == pytest.approx(15 - 2)
    assert bound == pytest.approx(15 - 2)


def test_the_hint_is_complete_and_good():
    """Every variable has a value in the incumbent, and together they are a solution."""
    problem = week(
        activity("a", 2, configuration="hot", modes=(Mode("l", ("lab",)), Mode("h", ("hall",)))),
        activity("b", wish=4, least=2, configuration="cold", most_parts=2, least_part=1),
        resources=(Resource("lab", changeovers=HOT_COLD), Resource("hall", 3)),
    )
    state = State(Index(problem))
    incumbent = {"a": [put("a", 0, 2, mode="l")], "b": [put("b", 5, 2), put("b", 8, 1, part=2)]}
    model = Model(state, ["a", "b"], incumbent)
    proto = model.cp.proto
    assert sorted(proto.solution_hint.vars) == list(range(len(proto.variables)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.fix_variables_to_their_hinted_value = True
    assert solver.solve(model.cp) == cp_model.OPTIMAL
    assert {
        name: [(p.start, p.duration) for p in parts] for name, parts in model.solution(solver).items()
    } == {
        "a": [(0, 2)],
        "b": [(5, 2), (8, 1)],
    }
