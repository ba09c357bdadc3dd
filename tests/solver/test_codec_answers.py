"""The JSON round trip of explanations, remedies, prices and repairs: exact and strict."""

import dataclasses
from fractions import Fraction

import pytest

from solver.codec import (
    CodecError,
    activity_from_json,
    activity_to_json,
    explanations_from_json,
    explanations_to_json,
    price_from_json,
    price_to_json,
    remedy_from_json,
    remedy_to_json,
    repair_from_json,
    repair_to_json,
)
from solver.explanation.explain import Explanation
from solver.explanation.force import Price
from solver.explanation.remedies import Cost, Remedy
from solver.problem import Mode, Window
from solver.repairs.repair import Change, Repair, Toll
from solver.solution import Assignment, Blocker, Reason
from tests.solver.test_codec import FULL, SOLUTION, changed, through_text

EXPLANATIONS = (
    Explanation(
        "bake-out",
        Reason((Blocker("busy", ("TVAC-1",), ("leak test",)),), follows="leak test"),
        Price(
            Cost(2.5, ("a",), ("b",)), ("leak test",), (Assignment("bake-out", 1, "big", 3, 12),), proven=True
        ),
        (
            Remedy(
                "wider_window",
                "bake-out",
                ticks=2,
                amount=1,
                mode="big",
                person="p3",
                before=Window(0, 40, "run"),
                windows=(Window(0, 42, "run"),),
                new_mode=Mode("extra", ("TVAC-3",), penalty=1),
                assignments=(Assignment("bake-out", 1, "big", 3, 12, (("p1", "p2"), ())),),
                cost=Cost(1.5),
                gain=-0.25,
            ),
            Remedy("place_first", "leak test", steps=(Remedy("drop", "a"), Remedy("move", "b", ticks=-3))),
        ),
    ),
    Explanation("other", Reason(()), None, (), has_place=False),
)

REPAIR = Repair(
    SOLUTION,
    (
        Change(
            "leak test",
            "moved",
            (Assignment("leak test", 1, "m", 4, 4),),
            SOLUTION.assignments,
            why=(Blocker("outage", ("TVAC-1",)),),
            makes_room_for=("bake-out",),
        ),
        Change("old", "cancelled", (Assignment("old", 1, "m", 4, 4),), ()),
    ),
    Toll(0, Fraction(7, 2), 3, 6, 1),
    ("leak test",),
)

BOTH_WAYS = [
    (activity_to_json, activity_from_json, FULL.activities[0]),
    (explanations_to_json, explanations_from_json, EXPLANATIONS),
    (remedy_to_json, remedy_from_json, EXPLANATIONS[0].remedies[0]),
    (price_to_json, price_from_json, EXPLANATIONS[0].price),
    (repair_to_json, repair_from_json, REPAIR),
]


@pytest.mark.parametrize(
    ("write", "read", "value"), BOTH_WAYS, ids=["activity", "explanations", "remedy", "price", "repair"]
)
def test_what_else_is_written_comes_back_equal(write, read, value):
    assert read(through_text(write(value))) == value


def test_the_examples_use_every_field():
    (change, _), (wider, first) = REPAIR.changes, EXPLANATIONS[0].remedies
    for row in (change, EXPLANATIONS[0].price.cost):
        at_default = [
            each.name for each in dataclasses.fields(row) if getattr(row, each.name) == each.default
        ]
        assert at_default == []
    for each in dataclasses.fields(Remedy):
        assert each.default != getattr(wider if each.name != "steps" else first, each.name)


LATER_FAULTS = [
    (explanations_from_json, EXPLANATIONS, ("explanations",), "del", "is missing", "explanations"),
    (explanations_from_json, EXPLANATIONS, ("more",), 1, "no such field", "more"),
    (
        explanations_from_json,
        EXPLANATIONS,
        ("explanations", 0, "price"),
        1,
        "an object",
        "explanations[0].price",
    ),
    (
        explanations_from_json,
        EXPLANATIONS,
        ("explanations", 0, "remedies", 1, "steps", 0, "kind"),
        "pray",
        "one of later_deadline",
        "explanations[0].remedies[1].steps[0].kind",
    ),
    (repair_from_json, REPAIR, ("format",), "markaz-solution/1", "markaz-repair/1", "format"),
    (repair_from_json, REPAIR, ("toll", "lost"), 3.5, "a fraction such as", "toll.lost"),
    (repair_from_json, REPAIR, ("toll", "lost"), "7/0", "a fraction such as", "toll.lost"),
    (repair_from_json, REPAIR, ("toll", "lost"), "3.5", "a fraction such as", "toll.lost"),
    (repair_from_json, REPAIR, ("changes", 0, "kind"), "gone", "one of moved", "changes[0].kind"),
]


@pytest.mark.parametrize(
    ("read", "value", "path", "wrong", "message", "where"),
    LATER_FAULTS,
    ids=[f"{case[5]}: {case[3]}" for case in LATER_FAULTS],
)
def test_a_fault_in_explanations_or_a_repair_is_refused_with_its_path(
    read, value, path, wrong, message, where
):
    write = repair_to_json if isinstance(value, Repair) else explanations_to_json
    with pytest.raises(CodecError) as caught:
        read(changed(write(value), path, wrong))
    assert caught.value.path == where
    assert message in str(caught.value)


def test_an_exact_fraction_stays_exact():
    third = dataclasses.replace(REPAIR, toll=Toll(0, Fraction(1, 3), 0, 0, 0))
    assert repair_to_json(third)["toll"]["lost"] == "1/3"
    assert repair_from_json(through_text(repair_to_json(third))).toll.lost == Fraction(1, 3)
