"""`solve` against all plans of tiny problems: never wrong, and the best whenever it says so."""

import pytest
from hypothesis import HealthCheck, assume, event, given, note, settings

from solver import (
    Activity,
    Assignment,
    Mode,
    Need,
    Options,
    Person,
    Pin,
    PrecedenceLag,
    Problem,
    Qualification,
    Resource,
    problem_to_json,
    solve,
    verify,
)
from tests.solver.brute import best_plan, is_small
from tests.solver.strategies import problems

OPTIONS = Options(time_limit=1.0, workers=1, seed=1)

few = settings(
    max_examples=200, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
many = settings(
    max_examples=2_000,
    derandomize=False,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@few
@given(problems())
def test_solve_is_never_above_the_best_and_the_best_if_it_says_so(problem):
    agrees_with_brute_force(problem)


@pytest.mark.long
@pytest.mark.timeout(3_600)
@many
@given(problems())
def test_solve_is_the_best_on_many_more_problems(problem):
    agrees_with_brute_force(problem)


def test_what_comes_before_a_pinned_one_may_give_way_to_something_better():
    """Two ticks are free before the pin: for the one before it and another, or for one worth more."""
    shaker = (Mode("1", ("R1",)),)
    problem = Problem(
        7,
        (
            Activity("before", shaker, wish=1, least=1),
            Activity("other", shaker, wish=1, least=1),
            Activity("better", shaker, wish=2, least=2, deadline=4, value=2),
            Activity("pinned", shaker, wish=1, least=1, pin=Pin(2, 1, "1")),
        ),
        (Resource("R1"),),
        precedences=(PrecedenceLag("before", "pinned"),),
    )
    solution = solve(problem, OPTIONS)
    assert (solution.status, solution.objective) == ("optimal", 4)
    assert {unplaced.activity for unplaced in solution.unplaced} == {"before"}


def test_one_that_may_be_split_need_not_be_where_the_next_uses_the_same_resource():
    shaker = (Mode("1", ("R1",)),)
    problem = Problem(
        4,
        (
            Activity("before", shaker, wish=1, least=1, most_parts=2),
            Activity("after", shaker, wish=1, least=1),
        ),
        (Resource("R1"),),
        precedences=(PrecedenceLag("before", "after", same_resource=True),),
    )
    solution = solve(problem, OPTIONS)
    assert (solution.status, solution.objective) == ("optimal", 2)


def test_whoever_keeps_a_promise_without_names_may_be_exchanged():
    """The pin is first given the one person who could do the other activity, too."""
    amal = Person("Amal", tuple(Qualification(q, 0, 6) for q in ("welder", "pilot")))
    bilal = Person("Bilal", tuple(Qualification(q, 0, 6) for q in ("welder", "cook", "nurse")))
    problem = Problem(
        6,
        (
            Activity("pinned", (Mode("1", ("R1",)),), 4, 4, needs=(Need("welder"),), pin=Pin(0, 4, "1")),
            Activity("flight", (Mode("2", ("R2",)),), 4, 4, needs=(Need("pilot"),)),
        ),
        (Resource("R1"), Resource("R2")),
        (amal, bilal),
    )
    solution = solve(problem, OPTIONS)
    assert (solution.status, solution.objective) == ("optimal", 2)
    assert {part.activity: part.people for part in solution.assignments} == {
        "pinned": (("Bilal",),),
        "flight": (("Amal",),),
    }


def agrees_with_brute_force(problem: Problem) -> None:
    assume(is_small(problem))
    note(f"problem: {problem_to_json(problem)}")
    solution = solve(problem, OPTIONS)
    note(f"solution: {solution.assignments}")
    verdict = verify(problem, solution.assignments)
    assert verdict.violations == ()
    assert solution.objective == pytest.approx(verdict.objective, abs=1e-6)
    best = best_plan(problem)
    event(f"{len(problem.activities)} activities, {solution.status}")
    # Mandatory activities come first: with fewer of them an objective may well be higher.
    mandatory = mandatory_placed(problem, solution.assignments)
    most = mandatory_placed(problem, best.assignments)
    assert (mandatory, solution.objective) <= (most, best.objective + 1e-6)
    assert solution.bound is None or solution.bound >= best.objective - 1e-6
    if solution.status == "optimal":
        assert mandatory == most
        assert solution.objective == pytest.approx(best.objective, abs=1e-6)


def mandatory_placed(problem: Problem, plan: tuple[Assignment, ...]) -> int:
    placed = {part.activity for part in plan}
    return sum(activity.mandatory and activity.id in placed for activity in problem.activities)
