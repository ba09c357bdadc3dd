"""The verdict as a whole: what cannot be understood, what is no violation, what a plan is worth."""

import doctest
import importlib

import pytest

from solver.problem import Changeover, Mode
from solver.verification.verify import verify
from solver.weights import Weights
from tests.solver.plans import activity, broken_rules, put, week, with_resource

HOT_COLD = (Changeover("hot", "cold", 3), Changeover("cold", "hot", 1))


@pytest.mark.parametrize(
    ("plan", "broken"),
    [
        ([], []),
        ([put("a", 0)], []),
        ([put("b", 0)], ["unknown"]),
        ([put("a", 0, mode="x")], ["unknown"]),
        ([put("a", 0, 0)], ["length"]),
        ([put("a", 0, -2)], ["length"]),
    ],
    ids=[
        "nothing placed",
        "as asked",
        "unknown activity",
        "unknown mode",
        "no length",
        "less than no length",
    ],
)
def test_what_is_placed_is_known(plan, broken):
    assert broken_rules(week(activity()), *plan) == broken


def test_mandatory_and_not_placed_breaks_no_rule():
    assert broken_rules(week(activity(mandatory=True))) == []


@pytest.mark.parametrize("module", ["solver.verification.verify", "solver.verification.facts"])
def test_examples_in_the_docstrings_run(module):
    outcome = doctest.testmod(importlib.import_module(module))
    assert outcome.attempted > 0
    assert outcome.failed == 0


def test_objective_adds_shares_and_takes_penalties_lateness_and_changeovers():
    modes = (Mode("m", ("lab",)), Mode("short", ("lab",), wish=4, least=1, penalty=3))
    two = week(
        activity("a", wish=8, least=2, value=40, most_parts=2, due=10, modes=modes, configuration="hot"),
        activity("b", value=7, configuration="cold", teardown=1, due=9),
        weights=Weights(lateness=0.5, changeover=0.25),
    )
    problem = with_resource(two, changeovers=HOT_COLD)

    def worth(*plan):
        return verify(problem, plan).objective

    assert worth() == 0
    assert worth(put("a", 0, 8)) == 40
    assert worth(put("a", 0, 6)) == 30
    assert worth(put("a", 0, 2, mode="short")) == 20 - 3
    assert worth(put("a", 0, 2), put("a", 2, 2, part=2, mode="short")) == 10 + 20 - 3
    assert worth(put("a", 2, 8)) == 40, "on time"
    assert worth(put("a", 3, 8)) == 39.5
    assert worth(put("a", 0, 4), put("a", 8, 4, part=2)) == 39, "the end of the last part counts"
    assert worth(put("b", 4)) == 7
    assert worth(put("b", 5)) == 6.5, "its teardown ends a tick late"
    # The changeover costs what it takes, not the gap that there is for it.
    assert worth(put("a", 0, 4), put("b", 15)) == 20 + 7 - 5.5 - 3 * 0.25
    assert worth(put("b", 0), put("a", 6, 4)) == 20 + 7 - 1 * 0.25


def test_the_changeover_from_how_the_resource_stands_costs_too():
    weights = Weights(changeover=0.5)
    problem = with_resource(
        week(activity(value=7, configuration="cold"), weights=weights),
        changeovers=HOT_COLD,
        configuration="hot",
    )
    assert verify(problem, [put("a", 10)]).objective == 7 - 1.5
