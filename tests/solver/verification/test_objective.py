"""Each term of the objective by itself: what it counts, from `verify` and from `State` alike."""

from dataclasses import replace

import pytest

from solver import (
    Activity,
    Assignment,
    Changeover,
    Mode,
    Need,
    Person,
    Pin,
    Problem,
    Qualification,
    Resource,
    Window,
    verify,
)
from solver.state.index import Index
from solver.state.state import State
from solver.weights import Weights

NOTHING = Weights(value=0.0)
X = Activity("x", (Mode("m", ("R1",)), Mode("n", ("R2",), penalty=3)), wish=4, least=2, setup=1, value=8)
Y = Activity("y", (Mode("m", ("R1",)),), wish=2, least=2, value=5)
BEFORE = (Pin(6, 4, "m"),)


def problem(*activities, resources=(Resource("R1"), Resource("R2")), people=(), **weights):
    return Problem(24, activities, resources, people, weights=replace(NOTHING, **weights))


def at(start, duration=4, mode="m", activity="x", people=(), part=1):
    return Assignment(activity, part, mode, start, duration, people)


def objective(given, *parts):
    """The objective; the state, which keeps it up to date, has to agree."""
    verdict = verify(given, parts)
    assert verdict.violations == ()
    state = State(Index(given))
    assert state.objective() == pytest.approx(verify(given, ()).objective)
    for part in parts:
        state.hold(part)
    assert state.objective() == pytest.approx(verdict.objective)
    for name in list(state.placed):
        state.remove(name)
    assert state.objective() == pytest.approx(verify(given, ()).objective)
    return verdict.objective


def test_value_is_earned_in_proportion_less_the_penalty_of_the_mode():
    given = problem(X, value=2.0)
    assert objective(given) == 0
    assert objective(given, at(0)) == 16
    assert objective(given, at(0, duration=3)) == 12
    assert objective(given, at(0, mode="n")) == 2 * (8 - 3)


@pytest.mark.parametrize(("start", "late"), [(0, 0), (5, 0), (6, 1), (9, 4)])
def test_lateness_counts_ticks_after_due(start, late):
    assert objective(problem(replace(X, due=10), lateness=0.5), at(start)) == -0.5 * late


def test_changeover_counts_ticks_between_neighbours():
    rows = (Resource("R1", changeovers=(Changeover("hot", "cold", 3),)), Resource("R2"))
    hot, cold = replace(X, configuration="hot"), replace(Y, configuration="cold")
    given = problem(hot, cold, resources=rows, changeover=0.25)
    assert objective(given, at(0), at(8, 2, activity="y")) == -0.75
    assert objective(given, at(0, mode="n"), at(8, 2, activity="y")) == 0
    assert objective(given, at(8), at(0, 2, activity="y")) == 0


@pytest.mark.parametrize(
    ("start", "outside"),
    [(3, True), (4, False), (6, False), (7, True)],
    ids=["before", "first", "last", "after"],
)
def test_preference_counts_parts_outside_their_windows(start, outside):
    liked = replace(X, preferred=(Window(5, 11, "run"), Window(20, 24, "run")))
    assert objective(problem(liked, preference=2.0), at(start)) == -2.0 * outside


def test_preference_asks_windows_of_both_sorts():
    liked = replace(X, preferred=(Window(5, 11, "run"), Window(4, 9, "whole")))
    assert objective(problem(liked, preference=2.0), at(4)) == 0
    assert objective(problem(liked, preference=2.0), at(5)) == -2


def test_preference_is_not_asked_of_what_is_pinned():
    fixed = replace(X, preferred=(Window(5, 11, "run"),), pin=Pin(0, 4, "m"))
    assert objective(problem(fixed, preference=2.0), at(0)) == 0


def test_makespan_is_the_end_of_the_last_of_all():
    given = problem(X, Y, makespan=1.0)
    assert objective(given) == 0
    assert objective(given, at(7), at(0, 2, activity="y")) == -12


def test_fairness_squares_the_share_that_each_programme_misses():
    given = problem(replace(X, programme="a"), replace(Y, programme="b"), makespan=0.0, fairness=10.0)
    assert objective(given) == -20
    assert objective(given, at(0)) == -10
    assert objective(given, at(0, duration=3)) == pytest.approx(-10 * (1 + 0.25**2))
    both = problem(replace(X, programme="a"), replace(Y, programme="a"), fairness=10.0)
    assert objective(both, at(0)) == pytest.approx(-10 * (2 / 6) ** 2)


def test_fairness_counts_the_share_of_the_mode_that_is_used():
    slow = Mode("slow", ("R2",), wish=8, least=4)
    given = problem(replace(X, modes=(*X.modes, slow), programme="a"), fairness=10.0)
    assert objective(given, at(0, duration=6, mode="slow")) == pytest.approx(-10 * 0.25**2)


def test_balance_squares_the_share_of_the_shifts_that_is_duty():
    people = tuple(
        Person(name, (Qualification("q", 0, 24),), (Window(0, end),), absences=(Window(20, 30),))
        for name, end in (("Amal", 10), ("Bilal", 24))
    )
    given = problem(replace(X, needs=(Need("q"),)), people=people, balance=100.0)
    assert objective(given) == 0
    assert objective(given, at(0, people=(("Amal",),))) == pytest.approx(-100 * 0.5**2)
    assert objective(given, at(0, people=(("Bilal",),))) == pytest.approx(-100 * 0.25**2)


def test_kept_counts_the_value_of_what_stood_before_only():
    given = problem(replace(X, previous=BEFORE), Y, kept=3.0)
    assert objective(given, at(0, duration=2), at(8, 2, activity="y")) == 3 * 8 / 2


@pytest.mark.parametrize(
    ("parts", "moved"),
    [
        ((at(6),), False),
        ((at(7),), True),
        ((at(6, duration=3),), True),
        ((at(6, mode="n"),), True),
        ((), True),
    ],
    ids=["same", "start", "length", "mode", "dropped"],
)
def test_moved_costs_whatever_does_not_stand_as_before(parts, moved):
    given = problem(replace(X, previous=BEFORE, move_cost=3), moved=2.0)
    assert objective(given, *parts) == -6.0 * moved


@pytest.mark.parametrize(("start", "ticks"), [(6, 0), (4, 2), (9, 3)])
def test_distance_counts_ticks_from_where_it_stood(start, ticks):
    assert objective(problem(replace(X, previous=BEFORE), distance=0.5), at(start)) == -0.5 * ticks


def test_distance_takes_parts_in_order_of_time():
    split = replace(X, most_parts=2, previous=(Pin(15, 2, "m"), Pin(2, 2, "m")))
    parts = at(3, duration=2), at(10, duration=2, part=2)
    assert objective(problem(split, distance=1.0), *parts) == -(1 + 5)


def test_reassigned_counts_people_who_are_not_on_it_any_more():
    people = tuple(Person(name, (Qualification("q", 0, 24),)) for name in ("Amal", "Bilal", "Chen"))
    pin = Pin(6, 4, "m", (("Amal", "Bilal"),))
    given = problem(
        replace(X, needs=(Need("q", 2),), previous=(pin,)), people=people, reassigned=0.5, moved=0.0
    )
    assert objective(given, at(0, people=(("Bilal", "Amal"),))) == 0
    assert objective(given, at(0, people=(("Chen", "Amal"),))) == -0.5
    assert objective(given) == 0
