"""Each remedy makes the problem that it says, and refuses what is not there."""

from dataclasses import replace

import pytest

from solver.checks.check import check
from solver.explanation.remedies import Cost, Remedy, apply, cost_to_others
from solver.problem import Level, Mode, Person, Qualification, Resource, Utility, Window
from tests.solver.plans import activity, put, week

LAB = Resource("lab", open=(Window(0, 8),), outages=(Window(2, 6), Window(7, 8)))
POWER = Utility("power", (Level(0, 10, 3), Level(10, 20, 2)))
X = activity("x", 4, release=5, deadline=9, windows=(Window(4, 9), Window(12, 14)))
PROBLEM = week(X, activity("y", 4), resources=(LAB, Resource("hall", 3)), utilities=(POWER,))
HALL = Mode("hall", ("hall",))


def of_x(**fields):
    return replace(PROBLEM, activities=(replace(X, **fields), PROBLEM.activities[1]))


def of_lab(**fields):
    return replace(PROBLEM, resources=(replace(LAB, **fields), PROBLEM.resources[1]))


CASES = {
    "a later deadline": (Remedy("later_deadline", "x", ticks=2), of_x(deadline=11)),
    "an earlier release": (Remedy("earlier_release", "x", ticks=3), of_x(release=2)),
    "a wider window": (
        Remedy("wider_window", "x", before=Window(12, 14), windows=(Window(12, 16),)),
        of_x(windows=(Window(4, 9), Window(12, 16))),
    ),
    "another resource": (
        Remedy("other_resource", "x", new_mode=HALL),
        of_x(modes=(*X.modes, HALL)),
    ),
    "a shorter run keeps the wish": (Remedy("shorter_run", "x", ticks=1), of_x(least=3)),
    "parts": (Remedy("split", "x", ticks=1, amount=2), of_x(most_parts=2, least_part=1)),
    "more value": (Remedy("more_value", "x", amount=5), of_x(value=6)),
    "a longer opening": (
        Remedy("longer_opening", "lab", ticks=2, windows=(Window(8, 10),)),
        of_lab(open=(Window(0, 8), Window(8, 10))),
    ),
    "a shorter outage": (
        Remedy("shorter_outage", "lab", ticks=1, before=Window(2, 6), windows=(Window(2, 5),)),
        of_lab(outages=(Window(7, 8), Window(2, 5))),
    ),
    "no outage": (
        Remedy("without_outage", "lab", ticks=4, before=Window(2, 6)),
        of_lab(outages=(Window(7, 8),)),
    ),
    "more power over a change of level": (
        Remedy("more_of_utility", "power", amount=2, windows=(Window(8, 12),)),
        replace(
            PROBLEM,
            utilities=(
                Utility("power", (Level(0, 8, 3), Level(8, 10, 5), Level(10, 12, 4), Level(12, 20, 2))),
            ),
        ),
    ),
    "one more person": (
        Remedy("another_person", "operator", person="new", windows=(Window(2, 6),)),
        replace(
            PROBLEM,
            people=(Person("new", (Qualification("operator", 0, 20),), shifts=(Window(2, 6),)),),
        ),
    ),
    "a move changes the plan only": (Remedy("move", "y", ticks=2), PROBLEM),
    "a drop changes the plan only": (Remedy("drop", "y"), PROBLEM),
    "what is placed first takes its steps": (
        Remedy(
            "place_first",
            "x",
            steps=(Remedy("later_deadline", "x", ticks=2), Remedy("earlier_release", "x", ticks=1)),
        ),
        of_x(deadline=11, release=4),
    ),
}


@pytest.mark.parametrize(("remedy", "expected"), CASES.values(), ids=CASES)
def test_a_remedy_makes_the_problem_that_it_says(remedy, expected):
    assert apply(PROBLEM, remedy) == expected
    assert check(apply(PROBLEM, remedy)) == ()


REFUSED = {
    "an activity that is not there": Remedy("later_deadline", "nobody", ticks=1),
    "no deadline to move": Remedy("later_deadline", "y", ticks=1),
    "no release to move": Remedy("earlier_release", "y", ticks=1),
    "a window that it does not have": Remedy(
        "wider_window", "x", before=Window(0, 1), windows=(Window(0, 2),)
    ),
    "a mode that it has": Remedy("other_resource", "x", new_mode=X.modes[0]),
    "no mode": Remedy("other_resource", "x"),
    "a resource that is not there": Remedy("without_outage", "yard", before=Window(2, 6)),
    "an outage that is not there": Remedy("without_outage", "lab", before=Window(2, 5)),
    "opening what is always open": Remedy("longer_opening", "hall", windows=(Window(2, 5),)),
    "a utility that is not there": Remedy("more_of_utility", "steam", amount=1, windows=(Window(0, 1),)),
    "dropping what is not there": Remedy("drop", "nobody"),
}


@pytest.mark.parametrize("remedy", REFUSED.values(), ids=REFUSED)
def test_a_remedy_that_does_not_match_the_problem_is_refused(remedy):
    with pytest.raises(ValueError, match=remedy.kind):
        apply(PROBLEM, remedy)


def test_a_person_who_is_there_already_is_refused():
    remedy = Remedy("another_person", "operator", person="new", windows=(Window(2, 6),))
    with pytest.raises(ValueError, match="'new' already"):
        apply(apply(PROBLEM, remedy), remedy)


def test_the_cost_counts_who_goes_who_moves_and_what_is_lost():
    problem = week(
        activity("x", 4),
        activity("moved", 4, value=3),
        activity("gone", 4, value=5),
        activity("short", 4, least=2, value=4),
        activity("same", 4),
        horizon=40,
    )
    before = [put("moved", 0), put("gone", 4), put("short", 8), put("same", 20, people=())]
    after = [put("x", 4), put("moved", 1), put("short", 8, 2), put("same", 20, people=(("ann",),))]
    assert cost_to_others(problem, before, after, {"x"}) == Cost(7.0, ("moved", "short"), ("gone",))
    assert cost_to_others(problem, before, before, {"x"}) == Cost()
