"""Reasons, prices and remedies in words: no kind without its own."""

from typing import get_args

import pytest

from solver.cli.words import blocker_words, explanation_lines, remedy_words
from solver.explanation.explain import Explanation
from solver.explanation.force import Price
from solver.explanation.remedies import Cost, Kind, Remedy
from solver.problem import Mode, Window
from solver.solution import Blocker, Reason, Rule
from tests.solver.plans import activity, week

FILLED = {
    "ticks": 3,
    "amount": 2,
    "mode": "m",
    "person": "another operator 1",
    "before": Window(2, 4),
    "windows": (Window(2, 6), Window(7, 9)),
    "new_mode": Mode("other", ("hall",)),
}


@pytest.mark.parametrize("rule", get_args(Rule))
def test_each_rule_has_words_with_what_is_short_and_who_takes_it(rule):
    text = blocker_words(Blocker(rule, ("lab",), ("spin",)))
    assert text.endswith(", by spin")
    assert "lab" in text or rule == "worth"


def test_no_two_rules_read_alike():
    assert len({blocker_words(Blocker(rule, ("lab",))) for rule in get_args(Rule)}) == len(get_args(Rule))


@pytest.mark.parametrize("kind", get_args(Kind))
def test_each_remedy_names_its_subject_and_has_its_numbers(kind):
    text = remedy_words(Remedy(kind, "spin", **FILLED))
    assert "spin" in text
    assert "None" not in text


@pytest.mark.parametrize(
    ("remedy", "words"),
    [
        (Remedy("move", "a", ticks=1), "move a 1 tick later"),
        (Remedy("move", "a", ticks=-2, mode="n"), "move a 2 ticks earlier to mode n"),
        (
            Remedy("wider_window", "a", mode="n", before=Window(2, 4), windows=(Window(2, 6),)),
            "widen window [2, 4) of a in mode n to [2, 6)",
        ),
        (
            Remedy("more_of_utility", "power", amount=2, windows=(Window(2, 6),)),
            "provide 2 more of power in [2, 6)",
        ),
        (Remedy("other_resource", "a", new_mode=Mode("x", ("hall",))), "let a use hall as well"),
        (
            Remedy("place_first", "a", steps=(Remedy("more_value", "a", amount=2), Remedy("drop", "b"))),
            "give a 2 more value, then take out b",
        ),
    ],
    ids=["later", "earlier, elsewhere", "window of a mode", "utility", "resource", "steps"],
)
def test_a_remedy_says_what_to_do(remedy, words):
    assert remedy_words(remedy) == words


def test_an_explanation_says_what_where_and_what_to_do_next():
    problem = week(activity("a", value=7, mandatory=True), activity("b"))
    reason = Reason((Blocker("precedence", ("b",)), Blocker("busy", ("lab",), ("c",))), follows="b")
    price = Price(Cost(2.5, ("d",), ("c",)), ("b",), (), proven=True)
    remedy = Remedy("drop", "c", cost=Cost(2.5, dropped=("c",)), gain=-1.5)
    assert explanation_lines(problem, Explanation("a", reason, price, (remedy,))) == [
        "a (value 7, mandatory) is not placed.",
        "  In the way: its order with b, which is not placed or leaves no room",
        "  In the way: lab is taken, by c",
        "  In the way: first in that line is b: its own reason counts",
        "  Price: to force it in, others lose 2.5 of value: drops c, moves d, b placed with it"
        " (the least near it).",
        "  Any one of these places it:",
        "  - take out c (others lose 2.5 of value: drops c; objective -1.5)",
    ]


def test_without_price_and_remedies_it_says_so():
    lines = explanation_lines(week(activity("a")), Explanation("a", Reason((Blocker("window"),)), None, ()))
    assert lines[2] == "  Price: not known, the time was up: give more --budget."
    assert "No single change was found" in lines[3]


def test_what_has_no_place_at_all_has_no_price_whatever_the_budget():
    found = Explanation("a", Reason((Blocker("window"),)), None, (), has_place=False)
    assert (
        explanation_lines(week(activity("a")), found)[2]
        == "  Price: none: it has no place even where all others give way."
    )
