"""Rules of `verify` about what comes after what, and what goes together, on both sides of their edges."""

import pytest

from solver.problem import Mode, Pin, PrecedenceLag
from solver.verification.verify import verify
from tests.solver.plans import activity, broken_rules, put, week


@pytest.mark.parametrize(
    ("lag", "start", "broken"),
    [
        (PrecedenceLag("a", "b"), 5, ["precedence"]),
        (PrecedenceLag("a", "b"), 6, []),
        (PrecedenceLag("a", "b", 2), 7, ["precedence"]),
        (PrecedenceLag("a", "b", 2), 8, []),
        (PrecedenceLag("a", "b", 2, 3), 9, []),
        (PrecedenceLag("a", "b", 2, 3), 10, ["precedence"]),
        (PrecedenceLag("a", "b", 2), 14, []),
    ],
    ids=[
        "setup into the teardown",
        "at once",
        "a tick early",
        "at the least lag",
        "at the most lag",
        "a tick late",
        "no most lag",
    ],
)
def test_lags_count_from_the_teardown_to_the_setup(lag, start, broken):
    problem = week(
        activity("a", setup=1, teardown=1), activity("b", setup=1, teardown=1, on="hall"), precedences=(lag,)
    )
    assert broken_rules(problem, put("a", 0), put("b", start)) == broken


def test_lags_count_from_the_last_part_to_the_first():
    in_parts = {"wish": 8, "least": 4, "most_parts": 2}
    problem = week(
        activity("a", **in_parts),
        activity("b", on="hall", **in_parts),
        precedences=(PrecedenceLag("a", "b", 1, 2),),
    )
    first = [put("a", 0, 2), put("a", 4, 2, part=2)]
    assert broken_rules(problem, *first, put("b", 6, 4)) == ["precedence"]
    assert broken_rules(problem, *first, put("b", 7, 2), put("b", 15, 2, part=2)) == []
    assert broken_rules(problem, *first, put("b", 9, 2), put("b", 15, 2, part=2)) == ["precedence"]


def test_nothing_is_placed_without_what_comes_before_it():
    problem = week(activity("a"), activity("b"), precedences=(PrecedenceLag("a", "b"),))
    assert broken_rules(problem, put("a", 0)) == []
    assert broken_rules(problem, put("b", 8)) == ["precedence"]


def test_a_pin_stands_without_what_comes_before_it_but_binds_it_if_placed():
    pinned = activity("b", pin=Pin(8, 4, "m"))
    problem = week(activity("a"), pinned, precedences=(PrecedenceLag("a", "b", 1),))
    assert broken_rules(problem, put("b", 8)) == []
    assert broken_rules(problem, put("b", 8), put("a", 3)) == []
    assert broken_rules(problem, put("b", 8), put("a", 4)) == ["precedence"]


def test_two_pins_keep_no_order():
    pins = [activity("a", pin=Pin(8, 4, "m"), on="hall"), activity("b", pin=Pin(0, 4, "m"))]
    problem = week(*pins, precedences=(PrecedenceLag("a", "b", same_resource=True),))
    assert broken_rules(problem, put("a", 8), put("b", 0)) == []


def test_same_resource_asks_for_one_set_of_resources():
    modes = (
        Mode("m", ("lab",)),
        Mode("n", ("hall",)),
        Mode("both", ("hall", "lab")),
        Mode("turned", ("lab", "hall")),
    )
    in_parts = {"wish": 8, "least": 4, "most_parts": 2}
    lag = PrecedenceLag("a", "b", same_resource=True)
    problem = week(activity("a", modes=modes, **in_parts), activity("b", modes=modes), precedences=(lag,))
    assert broken_rules(problem, put("a", 0), put("b", 8)) == []
    assert broken_rules(problem, put("a", 0, mode="n"), put("b", 8)) == ["same_resource"]
    assert broken_rules(problem, put("a", 0, mode="both"), put("b", 8)) == ["same_resource"]
    assert broken_rules(problem, put("a", 0, mode="both"), put("b", 8, mode="turned")) == []
    in_two_places = [put("a", 0), put("a", 4, part=2, mode="n")]
    assert broken_rules(problem, *in_two_places, put("b", 8)) == ["same_resource"]
    assert broken_rules(problem, *in_two_places) == []


def test_a_chain_is_placed_whole_or_not_at_all():
    problem = week(*(activity(name) for name in "abc"), chains=(("a", "b"),))
    assert broken_rules(problem) == []
    assert broken_rules(problem, put("c", 0)) == []
    assert broken_rules(problem, put("a", 0)) == ["chain"]
    assert broken_rules(problem, put("b", 0), put("c", 8)) == ["chain"]
    assert broken_rules(problem, put("a", 0), put("b", 4)) == []
    (violation,) = verify(problem, [put("a", 0)]).violations
    assert violation.subject == "b", "the one that is missing"


def test_a_pinned_member_of_a_chain_stands_alone():
    problem = week(activity("p", pin=Pin(0, 4, "m")), activity("a"), activity("b"), chains=(("p", "a", "b"),))
    assert broken_rules(problem, put("p", 0)) == []
    assert broken_rules(problem, put("p", 0), put("a", 4)) == ["chain"]
    assert broken_rules(problem, put("p", 0), put("a", 4), put("b", 8)) == []
