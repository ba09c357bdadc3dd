"""Names are found whenever there are enough people, and only then."""

from dataclasses import replace

import pytest

from solver.problem import Need, Window
from solver.state.crew import Crew
from solver.state.index import Index
from tests.solver.plans import activity, week
from tests.solver.rules import DAYS, staff


def crew_of(x, *people, **fields):
    problem = week(x, people=people, **fields)
    return Crew(Index(problem)), problem.activities[0]


def test_the_least_versatile_is_named_first():
    x = activity("x", needs=(Need("operator"),))
    crew, x = crew_of(x, staff("ann", "operator", "inspector"), staff("bob", "operator"))
    assert crew.choose(x, x.modes[0], 0, 4) == (("bob",),)


def test_who_alone_can_do_one_need_is_kept_for_it():
    """Bob is the first to come to mind for both; the search goes back on it."""
    x = activity("x", needs=(Need("operator", 2), Need("inspector"), Need("rigger")))
    people = (
        staff("ann", "operator", "inspector", "rigger"),
        staff("bob", "operator", "inspector"),
        staff("cy", "operator", "rigger"),
        staff("dan", "operator"),
    )
    crew, x = crew_of(x, *people)
    names = crew.choose(x, x.modes[0], 0, 4)
    assert names is not None
    assert sorted(name for need in names for name in need) == ["ann", "bob", "cy", "dan"]
    assert crew.admits(x, x.modes[0], 0, 4, names)


def test_nobody_is_named_if_the_needs_together_lack_people():
    x = activity("x", needs=(Need("operator"), Need("inspector")))
    crew, x = crew_of(x, staff("ann", "operator", "inspector"))
    assert crew.choose(x, x.modes[0], 0, 4) is None
    assert crew.enough(x, x.modes[0], 4) & 1, "each need alone would find somebody"


def test_duties_of_one_part_together_keep_to_the_limit_of_a_day():
    x = activity("x", 4, setup=2, needs=(Need("operator", 1, "setup"), Need("operator", 1, "run")))
    for most, named in ((6, (("ann",), ("ann",))), (5, None)):
        crew, x = crew_of(x, staff("ann", "operator", max_day=most), days=DAYS)
        assert crew.choose(x, x.modes[0], 0, 4) == named


@pytest.mark.parametrize(
    ("people", "admitted"),
    [
        ((("ann",),), True),
        ((("bob",),), False),
        ((("zoe",),), False),
        ((("ann", "ann"),), False),
        ((), False),
        (((),), False),
    ],
    ids=["qualified", "not qualified", "unknown", "twice", "no needs", "nobody"],
)
def test_given_names_are_held_to_the_rules(people, admitted):
    x = activity("x", needs=(Need("operator"),))
    crew, x = crew_of(x, staff("ann", "operator"), staff("bob", "inspector"))
    assert crew.admits(x, x.modes[0], 0, 4, people) == admitted


def test_a_pin_asks_for_the_shift_but_not_for_limits():
    x = activity("x", needs=(Need("operator"),))
    crew, x = crew_of(x, staff("ann", "operator", shifts=(Window(0, 8),), max_day=1))
    assert crew.choose(x, x.modes[0], 2, 4) is None
    assert crew.choose(x, x.modes[0], 2, 4, pinned=True) == (("ann",),)
    assert crew.choose(x, x.modes[0], 5, 4, pinned=True) is None


def test_a_pin_that_sticks_out_of_the_horizon_needs_a_shift_that_does_too():
    x = activity("x", needs=(Need("operator"),))
    always = replace(staff("ann", "operator"), qualifications=())
    crew, x = crew_of(x, staff("ann", "operator"))
    assert crew.choose(x, x.modes[0], 18, 4, pinned=True) is None, "the certificate ends with the horizon"
    crew, x = crew_of(x, replace(always, qualifications=staff("a", "operator", until=30).qualifications))
    assert crew.choose(x, x.modes[0], 18, 4, pinned=True) == (("ann",),)


def test_release_gives_back_what_hold_took():
    x = activity("x", needs=(Need("operator"),))
    crew, x = crew_of(x, staff("ann", "operator", max_week=4, min_rest=3), days=DAYS)
    before = crew.duty_starts("ann", 4)
    crew.hold("ann", (3, 7), duty=True)
    assert crew.duty_starts("ann", 4) == 0
    crew.release("ann", (3, 7), duty=True)
    assert crew.duty_starts("ann", 4) == before
