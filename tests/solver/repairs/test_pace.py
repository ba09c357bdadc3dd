"""Neighbourhoods grow while they are seen through, and shrink where time runs out."""

import pytest

from solver.repairs.pace import FEW, Pace


@pytest.mark.parametrize(
    ("effort", "proven", "size"),
    [(0.01, True, 32.0), (0.02, True, 25.0), (0.01, False, 16.0)],
    ids=["with ease", "with effort", "not to the end"],
)
def test_the_next_is_larger_the_easier_the_last_was(effort, proven, size):
    pace = Pace(100)
    pace.nothing("value", 20.0, effort, proven=proven)
    assert pace.sizes == {"must": 20.0, "value": size, "change": 20.0}


def test_a_smaller_one_than_usual_says_nothing_of_larger_ones():
    pace = Pace(100)
    pace.nothing("value", 19.0, 0.0, proven=True)
    assert pace.sizes["value"] == 20.0


def test_none_is_larger_than_all_nor_smaller_than_few():
    pace = Pace(21)
    pace.nothing("value", 20.0, 0.0, proven=True)
    assert pace.sizes["value"] == 21.0
    for _ in range(9):
        pace.nothing("value", pace.sizes["value"], 1.0, proven=False)
    assert pace.sizes["value"] == FEW


def test_what_is_found_makes_all_kinds_worth_a_look_again():
    pace = Pace(100)
    pace.exhausted("change", any_number=False)
    pace.exhausted("value", any_number=False)
    assert pace.done == {"must": False, "value": True, "change": True}
    pace.better("must", 15.0)
    assert not any(pace.done.values())
    assert pace.sizes["must"] == 15.0


def test_more_than_is_allowed_is_moved_once_that_is_seen_to_be_needed():
    pace = Pace(100)
    pace.exhausted("must", any_number=False)
    assert (pace.any_number, pace.done["must"]) == (True, False)
    pace.exhausted("must", any_number=True)
    assert pace.done["must"]
