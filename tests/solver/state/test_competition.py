"""Who could compete: by what they could hold, and when they could run."""

from dataclasses import replace

import pytest

from solver.problem import Draw, Mode, Need, Window
from solver.state.competition import span, things
from solver.state.index import Index
from tests.solver.plans import activity, week
from tests.solver.rules import POWER, staff

FULL = activity(
    "a",
    4,
    modes=(Mode("m", ("lab",)), Mode("n", ("hall",))),
    needs=(Need("op"),),
    draws=(Draw("power", 1),),
    participants=("ann",),
)


PEOPLE = (staff("ann", "op"), staff("bob", "op"))


def test_all_that_it_could_hold_counts_whatever_the_mode():
    index = Index(week(FULL, people=PEOPLE, utilities=(POWER,)))
    assert things(index, "a") == {"rlab", "rhall", "qop", "pann"}
    assert things(index, "a", utilities=True) == things(index, "a") | {"upower"}


@pytest.mark.parametrize(
    ("changes", "ticks"),
    [
        ({}, (0, 20)),
        ({"release": 3, "deadline": 12}, (3, 12)),
        ({"release": -5, "deadline": 99}, (0, 20)),
        ({"setup": 2, "teardown": 1, "windows": (Window(6, 12),)}, (4, 13)),
        ({"release": 18}, (18, 22)),
    ],
    ids=[
        "horizon",
        "own limits",
        "never beyond the horizon",
        "setup before the window",
        "at least its length",
    ],
)
def test_the_span_is_from_the_first_start_to_the_last_end(changes, ticks):
    assert span(Index(week(replace(FULL, **changes), people=PEOPLE, utilities=(POWER,))), "a") == ticks
