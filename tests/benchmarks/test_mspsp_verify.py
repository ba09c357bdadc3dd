"""Each rule of the projects with people, broken once, is found."""

import json
from pathlib import Path

import pytest

from tests.benchmarks.mspsp_verify import verify

PROJECT = json.loads((Path(__file__).parent / "data" / "mspsp" / "small-1.json").read_text())
GOOD = {
    "format": "mspsp-schedule/1",
    "starts": [0, 0, 0, 3, 7, 7, 10],
    "assigned": [[], [[0, 0]], [[1, 2]], [[0, 0], [1, 1]], [[0, 0], [0, 1]], [[1, 2]], []],
    "makespan": 10,
}


def assigned(number, pairs):
    return [pairs if each == number else crew for each, crew in enumerate(GOOD["assigned"])]


def test_an_answer_that_keeps_all_rules_passes():
    assert verify(PROJECT, GOOD) == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"format": "rcpsp-schedule/1"}, "M1"),
        ({"starts": [0, 0, 0]}, "M1"),
        ({"starts": [0, 0, None, 3, 7, 7, 10]}, "M1"),
        ({"starts": [0, -1, 0, 3, 7, 7, 10]}, "M1"),
        ({"starts": [0, 0, 2, 3, 7, 7, 10]}, "M2"),
        ({"assigned": []}, "M3"),
        ({"assigned": assigned(3, [0, 1])}, "M3"),
        ({"assigned": assigned(4, [[0, 0]])}, "M3"),
        ({"assigned": assigned(1, [[0, 0], [0, 1]])}, "M3"),
        ({"assigned": assigned(1, [[0, 2]])}, "M4"),
        ({"assigned": assigned(1, [[0, 3]])}, "M4"),
        ({"assigned": assigned(3, [[0, 1], [1, 1]])}, "M5"),
        ({"assigned": assigned(5, [[1, 1]])}, "M6"),
        ({"makespan": 9}, "M7"),
    ],
    ids=[
        "another format",
        "starts are missing",
        "no start",
        "before the beginning",
        "one tick before the one before has ended",
        "nobody at all",
        "people without skills",
        "one too few",
        "one too many",
        "somebody without the skill",
        "somebody who is not there",
        "two skills of one person",
        "at two places at a time",
        "a makespan that is too short",
    ],
)
def test_each_rule_is_caught(changes, rule):
    wrong = verify(PROJECT, {**GOOD, **changes})
    assert rule in {line.split()[0] for line in wrong}
    if rule != "M4":
        assert {line.split()[0] for line in wrong} == {rule}


@pytest.mark.parametrize(
    ("start", "rules"), [(9, []), (8, ["M6"])], ids=["when the one before has ended", "one tick before"]
)
def test_a_person_may_go_on_to_the_next(start, rules):
    starts = [0, 0, 0, 3, 7, start, 12]
    answer = {**GOOD, "starts": starts, "assigned": assigned(5, [[1, 1]]), "makespan": 12}
    assert [line.split()[0] for line in verify(PROJECT, answer)] == rules


@pytest.mark.parametrize("answer", [None, [], "answer"])
def test_what_is_no_answer_is_said_to_be_none(answer):
    assert verify(PROJECT, answer)[0].startswith("M1")
