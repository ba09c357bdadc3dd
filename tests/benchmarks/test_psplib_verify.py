"""Each rule of the projects, broken once, is found."""

import pytest

from tests.benchmarks.psplib_verify import verify

PROJECT = {
    "durations": [0, 2, 3, 2, 0],
    "capacities": [2, 5],
    "demands": [[0, 0], [2, 0], [1, 0], [0, 5], [0, 0]],
    "successors": [[1, 2, 3], [4], [3, 4], [4], []],
}
GOOD = {"format": "rcpsp-schedule/1", "starts": [0, 0, 2, 5, 7], "makespan": 7}


def test_an_answer_that_keeps_all_rules_passes():
    assert verify(PROJECT, GOOD) == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"format": "mspsp-schedule/1"}, "P1"),
        ({"starts": [0, 0, 2, 5]}, "P1"),
        ({"starts": [0, 0, 2, None, 7]}, "P1"),
        ({"starts": [0, 0, 2, 5.0, 7]}, "P1"),
        ({"starts": [0, -1, 2, 5, 7]}, "P1"),
        ({"starts": [0, 0, 2, 4, 7]}, "P2"),
        ({"starts": [0, 0, 2, 5, 6], "makespan": 7}, "P2"),
        ({"starts": [0, 0, 1, 5, 7]}, "P3"),
        ({"makespan": 6}, "P4"),
        ({"makespan": None}, "P4"),
    ],
    ids=[
        "another format",
        "one start is missing",
        "no start",
        "half a tick",
        "before the beginning",
        "one tick before the one before has ended",
        "the last dummy too early",
        "one tick in which two take three of two",
        "a makespan that is too short",
        "no makespan",
    ],
)
def test_each_rule_is_caught(changes, rule):
    wrong = verify(PROJECT, {**GOOD, **changes})
    assert wrong
    assert {line.split()[0] for line in wrong} == {rule}


@pytest.mark.parametrize("answer", [None, [], "answer"])
def test_what_is_no_answer_is_said_to_be_none(answer):
    assert verify(PROJECT, answer)[0].startswith("P1")
