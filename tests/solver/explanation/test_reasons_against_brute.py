"""Every reason on tiny problems is true and has no padding, by trying all places that there are."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, event, given, note, settings

from solver import (
    Activity,
    Mode,
    Need,
    Options,
    Person,
    Problem,
    Qualification,
    Resource,
    Solution,
    Unplaced,
    Window,
    problem_to_json,
    solve,
    verify,
)
from tests.solver.brute import Parts, candidates, is_small
from tests.solver.strategies import problems

OPTIONS = Options(time_limit=1.0, workers=1, seed=1)

RULES = "window calendar outage busy changeover people utility group participant precedence"
EVERYTHING = frozenset(RULES.split())


@settings(
    max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(problems())
def test_every_reason_is_true(problem):
    reasons_hold(problem)


@pytest.mark.long
@pytest.mark.timeout(3_600)
@settings(
    max_examples=2_000,
    derandomize=False,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(problems())
def test_every_reason_is_true_on_many_more_problems(problem):
    reasons_hold(problem)


LAB = (Mode("m", ("lab",)),)

FOUND = {
    "names are found only for less than the longest run": Problem(
        horizon=5,
        activities=(
            Activity(
                "a", LAB, wish=3, least=2, needs=(Need("inspector", phase="run"),), participants=("P1",)
            ),
        ),
        resources=(Resource("lab", open=(Window(2, 5),)),),
        people=(
            Person("P1", (Qualification("inspector", 0, 5),)),
            Person("P3", (Qualification("inspector", 0, 5),), absences=(Window(4, 5),)),
        ),
    ),
    "each need finds people, but not both at once": Problem(
        horizon=9,
        activities=(
            Activity(
                "a",
                LAB,
                wish=4,
                least=1,
                needs=(Need("inspector"), Need("operator")),
                participants=("P1",),
            ),
        ),
        resources=(Resource("lab"),),
        people=(
            Person("P1", (Qualification("inspector", 0, 9),), absences=(Window(3, 4),)),
            Person("P2", (Qualification("operator", 0, 9), Qualification("inspector", 0, 9)), max_week=2),
            Person("P3", (Qualification("operator", 0, 9),), max_week=1),
        ),
    ),
}


@pytest.mark.parametrize("problem", FOUND.values(), ids=FOUND.keys())
def test_reasons_that_were_once_untrue_are_true(problem):
    solution = solve(problem, OPTIONS)
    for unplaced in solution.unplaced:
        reason_holds(problem, solution, unplaced)


def reasons_hold(problem: Problem) -> None:
    assume(is_small(problem))
    solution = solve(problem, OPTIONS)
    note(f"problem: {problem_to_json(problem)}")
    note(f"placed: {solution.assignments}")
    placed = {part.activity for part in solution.assignments}
    assert [each.activity for each in solution.unplaced] == [
        activity.id for activity in problem.activities if activity.id not in placed
    ]
    for unplaced in solution.unplaced:
        note(f"reason: {unplaced}")
        event(" ".join(sorted(blocker.rule for blocker in unplaced.reason.blockers)))
        reason_holds(problem, solution, unplaced)


def reason_holds(problem: Problem, solution: Solution, unplaced: Unplaced) -> None:
    rules = {blocker.rule for blocker in unplaced.reason.blockers}
    assert rules, "a reason says something"
    if unplaced.reason.follows is not None:
        assert rules == {"precedence"}
        assert_first_of_the_line(problem, solution, unplaced)
    elif rules == {"worth"}:
        assert_not_worth_it(problem, solution, (unplaced.activity,))
    elif rules == {"chain"}:
        assert_not_worth_it(problem, solution, chained_and_missing(problem, solution, unplaced.activity))
    else:
        assert rules <= EVERYTHING
        assert not places(problem, solution, unplaced.activity, EVERYTHING), "there is a place"
        assert not places(problem, solution, unplaced.activity, rules), "other rules stand in the way"
        for rule in rules:
            assert places(problem, solution, unplaced.activity, rules - {rule}), f"{rule} is padding"


def assert_first_of_the_line(problem: Problem, solution: Solution, unplaced: Unplaced) -> None:
    """`follows` is reached by going back over activities that are not placed, and waits for none."""
    missing = {each.activity for each in solution.unplaced}
    before = {
        name: {lag.before for lag in problem.precedences if lag.after == name} & missing for name in missing
    }
    reached, frontier = set(), {unplaced.activity}
    while frontier:
        frontier = {name for each in frontier for name in before[each]} - reached
        reached |= frontier
    assert unplaced.reason.follows in reached
    assert not before[unplaced.reason.follows]


def chained_and_missing(problem: Problem, solution: Solution, activity_id: str) -> tuple[str, ...]:
    missing = {each.activity for each in solution.unplaced}
    members = {activity_id}
    for _ in problem.chains:
        members |= {name for chain in problem.chains if members & set(chain) for name in chain}
    assert len(members & missing) > 1, "no other member of its chain is missing"
    return tuple(sorted(members & missing))


def assert_not_worth_it(problem: Problem, solution: Solution, missing: tuple[str, ...]) -> None:
    """Together they could be placed at no gain, or not at all."""
    wanted = [activity for activity in problem.activities if activity.id in missing]
    assert not any(activity.mandatory for activity in wanted) or len(wanted) > 1
    for places_of_each in product(*(list(candidates(problem, activity)) for activity in wanted)):
        plan = (*solution.assignments, *(part for parts in places_of_each for part in parts))
        verdict = verify(problem, plan)
        assert verdict.violations or verdict.objective <= solution.objective + 1e-6


def places(problem: Problem, solution: Solution, activity_id: str, rules: frozenset[str]) -> list[Parts]:
    """Where the activity could be, all that is placed staying as it is, if only `rules` were asked of it."""
    relaxed = asked_only_for(problem, activity_id, rules)
    activity = next(each for each in relaxed.activities if each.id == activity_id)
    ignored = {"chain"}
    if "changeover" not in rules:
        ignored.add("changeover")
        # A changeover stands for the activity and its changeover: both are asked, or neither.
        if "busy" not in rules:
            ignored.add("busy")
    if "busy" not in rules:
        ignored.add("capacity")
    participants = next(each for each in problem.activities if each.id == activity_id).participants
    return [
        parts
        for parts in candidates(relaxed, activity)
        if not on_duty_in_the_run(relaxed, activity, parts, participants)
        and all(
            violation.rule in ignored
            for violation in verify(relaxed, (*solution.assignments, *parts)).violations
        )
    ]


def on_duty_in_the_run(
    problem: Problem, activity: Activity, parts: Parts, participants: tuple[str, ...]
) -> bool:
    """Whether somebody who takes part is also on duty: of people, that one is not free."""
    asked = replace(activity, participants=participants)
    alone = replace(problem, activities=(asked,), precedences=(), chains=())
    return any(violation.rule == "person" for violation in verify(alone, parts).violations)


def asked_only_for(problem: Problem, activity_id: str, rules: frozenset[str]) -> Problem:
    """The problem with the rules that are not in `rules` taken off one activity."""
    activity = next(each for each in problem.activities if each.id == activity_id)
    if "window" not in rules:
        modes = tuple(replace(mode, windows=()) for mode in activity.modes)
        activity = replace(activity, windows=(), release=None, deadline=None, modes=modes)
    if "people" not in rules:
        activity = replace(activity, needs=())
    if "utility" not in rules:
        activity = replace(activity, draws=())
    if "group" not in rules:
        activity = replace(activity, groups=())
    if "participant" not in rules:
        activity = replace(activity, participants=())
    if "calendar" not in rules:
        activity = replace(activity, closed="run")
    resources = problem.resources
    if "outage" not in rules:
        resources = tuple(replace(each, outages=()) for each in resources)
    precedences = problem.precedences
    if "precedence" not in rules:
        precedences = tuple(lag for lag in precedences if activity_id not in (lag.before, lag.after))
    return replace(
        problem,
        activities=tuple(activity if each.id == activity_id else each for each in problem.activities),
        resources=resources,
        precedences=precedences,
    )
