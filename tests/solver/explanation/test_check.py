"""The plain check of reasons and remedies finds what is wrong, and nothing in what the engine says."""

from dataclasses import replace

import pytest

from solver.explanation.explain import explain
from solver.explanation.remedies import Cost
from solver.problem import PrecedenceLag
from solver.solution import Blocker, Options, Reason
from solver.solve import solve
from tests.benchmarks.explain_check import fault_of, what_helps, wrong_with
from tests.benchmarks.weeks_problem import DATA, problem_from_week, read_week
from tests.solver.plans import activity, put, week
from tests.solver.rules import X, pinned

BUSY = week(replace(X, deadline=8), pinned("b", 2, 18))
PLAN = [put("b", 2, 18)]
WINDOW, HELD = Blocker("window"), Blocker("busy", ("lab",), ("b",))


@pytest.mark.parametrize(
    ("blockers", "fault"),
    [
        ((HELD,), None),
        ((WINDOW,), "there is a place"),
        ((WINDOW, HELD), "window is padding"),
    ],
    ids=["true and smallest", "untrue", "padded"],
)
def test_a_reason_is_held_against_all_places(blockers, fault):
    found = fault_of(BUSY, PLAN, "x", Reason(blockers))
    assert found is None if fault is None else fault in found


@pytest.mark.parametrize(("follows", "right"), [("y", True), ("x", False)])
def test_the_line_that_a_reason_follows_is_held_against_the_problem(follows, right):
    problem = week(
        activity("y", 21), X, activity("z", 4), precedences=(PrecedenceLag("y", "x"), PrecedenceLag("x", "z"))
    )
    reason = Reason((Blocker("precedence", ("x",)),), follows)
    assert (fault_of(problem, [], "z", reason) is None) == right


def test_a_remedy_that_leaves_out_what_it_costs_is_found_out():
    problem = week(replace(X, deadline=5), activity("b", 4))
    plan = [put("b", 2)]
    (each,) = explain(problem, plan, budget=10)
    remedy = next(remedy for remedy in each.remedies if remedy.kind == "move")
    assert wrong_with(problem, plan, "x", remedy) is None
    assert wrong_with(problem, plan, "x", replace(remedy, cost=Cost())) is not None
    assert wrong_with(problem, plan, "x", replace(remedy, assignments=tuple(plan))) is not None
    assert wrong_with(problem, plan, "x", replace(remedy, kind="later_deadline", subject="x")) is not None


@pytest.mark.parametrize(("deadline", "kind"), [(8, "later_deadline"), (None, None)])
def test_what_nothing_helps_is_told_from_what_something_does(deadline, kind):
    problem = week(replace(X, deadline=deadline), pinned("b", 0, 16 if deadline else 20))
    assert what_helps(problem, [put("b", 0, 16 if deadline else 20)], "x") == kind


def test_all_that_is_said_of_a_small_week_holds():
    problem = problem_from_week(read_week(DATA / "small-1.json"))
    solution = solve(problem, Options(time_limit=5, workers=1, max_rounds=2))
    found = explain(problem, solution.assignments, budget=60)
    assert found
    for each in found:
        assert fault_of(problem, solution.assignments, each.activity, each.reason) is None
        for remedy in each.remedies:
            assert wrong_with(problem, solution.assignments, each.activity, remedy) is None
        if not each.remedies:
            assert what_helps(problem, solution.assignments, each.activity) is None
