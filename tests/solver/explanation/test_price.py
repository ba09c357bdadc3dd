"""What it costs others to force an activity in."""

from dataclasses import replace

import pytest

from solver import verify
from solver.explanation.explain import price
from solver.problem import Need, PrecedenceLag
from tests.solver.plans import activity, put, week
from tests.solver.rules import X, pinned, staff

BUSY = pinned("b", 0, 20)


def test_the_price_is_the_least_that_others_lose():
    problem = week(
        replace(X, value=2, deadline=6),
        activity("dear", 6, value=9),
        activity("cheap", 14, value=3),
        activity("hall", 4, on="hall"),
    )
    found = price(problem, [put("dear", 0, 6), put("cheap", 6, 14), put("hall", 0)], "x")
    assert found.cost.dropped == ("cheap",)
    assert found.cost.moved == ("dear",)
    assert found.cost.value_lost == 3
    assert verify(problem, found.assignments).violations == ()


def test_what_only_moves_others_costs_no_value():
    found = price(week(replace(X, deadline=5), activity("b", 4)), [put("b", 2)], "x")
    assert found.cost.value_lost == 0
    assert found.cost.moved == ("b",)


def test_what_need_not_move_stays():
    problem = week(
        replace(X, value=2, deadline=4), activity("b", 4, value=1, deadline=4), activity("c", 4), horizon=12
    )
    found = price(problem, [put("b", 0), put("c", 7)], "x")
    assert found.cost.dropped == ("b",)
    assert found.cost.moved == ()


def test_what_has_no_place_at_all_has_no_price():
    assert price(week(X, BUSY), [put("b", 0, 20)], "x") is None
    assert price(week(replace(X, deadline=3)), [], "x") is None


def test_what_is_pinned_with_nobody_to_do_it_has_no_price():
    twice = pinned("x", 0, 4, needs=(Need("operator"), Need("operator")))
    problem = week(twice, people=(staff("ann", "operator"),))
    assert price(problem, [], "x") is None


def test_the_price_of_one_that_waits_is_that_of_its_line():
    problem = week(activity("y", 16), X, activity("b", 20, value=4), precedences=(PrecedenceLag("y", "x"),))
    found = price(problem, [put("b", 0, 20)], "x")
    assert found.placed_too == ("y",)
    assert found.cost.dropped == ("b",)


def test_the_price_of_what_is_placed_is_not_asked():
    with pytest.raises(ValueError, match="placed already"):
        price(week(X), [put("x", 0)], "x")
