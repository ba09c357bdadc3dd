"""Answers go to the verifier of their suite."""

import json

import pytest

from tests.benchmarks import instances
from tests.benchmarks.checking import check_answer
from tests.benchmarks.instances import SHIPPED

SCRIPT = """
import json, sys
answer = json.load(open(sys.argv[2]))
if answer["crash"]:
    raise SystemExit("it crashed")
for line in answer["wrong"]:
    print("VIOLATION", line)
print(json.dumps({"value": answer["value"]}))
sys.exit(1 if answer["wrong"] else 0)
"""


@pytest.fixture
def check(tmp_path, monkeypatch):
    monkeypatch.setattr(instances, "BESIDE", tmp_path / "nowhere")
    (tmp_path / "weeks").mkdir()
    (tmp_path / "weeks" / "verify_week.py").write_text(SCRIPT)

    def run(value=5, wrong=(), crash=False, folder=tmp_path):
        answer = tmp_path / "answer.json"
        answer.write_text(json.dumps({"value": 5, "wrong": wrong, "crash": crash}))
        return check_answer("weeks", folder, tmp_path / "instance.json", answer, value)

    return run


def test_an_answer_without_violations_of_the_same_value_passes(check):
    assert check() == ("verify_week.py", [])


def test_violations_are_told(check):
    assert check(wrong=["H4 a clash"]) == ("verify_week.py", ["VIOLATION H4 a clash"])


def test_another_value_than_ours_is_wrong(check):
    assert check(value=6) == ("verify_week.py", ["verify_week.py counts 5, not 6"])


def test_a_verifier_that_breaks_off_has_not_verified(check):
    _, wrong = check(crash=True)
    assert len(wrong) > 0
    assert "it crashed" in " ".join(wrong)


def test_without_the_script_nobody_has_verified(check, tmp_path):
    assert check(folder=tmp_path / "elsewhere") == ("", [])


@pytest.mark.parametrize(("makespan", "faults"), [(10, 0), (9, 1)], ids=["as it is", "one that is too short"])
def test_projects_are_verified_by_their_module(tmp_path, makespan, faults):
    answer = tmp_path / "answer.json"
    answer.write_text(
        json.dumps(
            {
                "format": "mspsp-schedule/1",
                "starts": [0, 0, 0, 3, 7, 7, 10],
                "assigned": [[], [[0, 0]], [[1, 2]], [[0, 0], [1, 1]], [[0, 0], [0, 1]], [[1, 2]], []],
                "makespan": makespan,
            }
        )
    )
    path = SHIPPED / "mspsp" / "small-1.json"
    verifier, wrong = check_answer("mspsp", SHIPPED, path, answer, makespan)
    assert (verifier, len(wrong)) == ("mspsp_verify", faults)
