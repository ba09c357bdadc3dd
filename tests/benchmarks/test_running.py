"""Each solve in a process of its own, and what comes of those that end badly."""

import json

import pytest

from tests.benchmarks import running
from tests.benchmarks.instances import SHIPPED, Trouble
from tests.benchmarks.running import Settings, run_one

SMALL = SHIPPED / "mspsp" / "small-1.json"


def test_a_solve_brings_its_line_its_wall_clock_and_its_verifier(tmp_path):
    found = run_one(Settings("mspsp", 120, workers=1), SMALL, SHIPPED, 3, tmp_path)
    assert (found["value"], found["seed"], found["wrong"], found["verifier"]) == (10, 3, [], "mspsp_verify")
    assert 0 < found["seconds"] <= found["wall"] + 0.02


def test_a_refusal_is_handed_on(tmp_path):
    path = tmp_path / "other.json"
    path.write_text('{"format": "rcpsp/1"}')
    with pytest.raises(Trouble, match="rcpsp/1"):
        run_one(Settings("mspsp", 120), path, SHIPPED, 1, tmp_path)


@pytest.mark.parametrize(
    ("program", "said"),
    [("raise RuntimeError('no good')", "RuntimeError: no good"), ("import os; os._exit(9)", "ended with 9")],
    ids=["a traceback", "a silent end"],
)
def test_a_solve_that_breaks_off_is_a_failure_with_what_it_said(tmp_path, monkeypatch, program, said):
    monkeypatch.setattr(running, "_command", lambda *_: [running.sys.executable, "-c", program])
    found = run_one(Settings("mspsp", 120), SMALL, SHIPPED, 1, tmp_path)
    assert (found["status"], found["value"]) == ("failed", None)
    assert said in found["wrong"][0]


def test_a_solve_that_does_not_end_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "GRACE_SECONDS", 0.2)
    monkeypatch.setattr(
        running, "_command", lambda *_: [running.sys.executable, "-c", "import time; time.sleep(600)"]
    )
    found = run_one(Settings("mspsp", 0.1), SMALL, SHIPPED, 1, tmp_path)
    assert "did not end" in found["wrong"][0]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"value": 10, "violations": 2}, "2 violations"),
        ({"value": None, "violations": 0, "placed": 4, "asked": 5}, "4 of 5 are placed"),
    ],
    ids=["it breaks a rule of ours", "not all is placed"],
)
def test_what_the_line_admits_is_wrong(tmp_path, monkeypatch, line, said):
    good = {"starts": [0, 0, 0, 3, 7, 7, 10], "makespan": 10, "format": "mspsp-schedule/1"}
    good["assigned"] = [[], [[0, 0]], [[1, 2]], [[0, 0], [1, 1]], [[0, 0], [0, 1]], [[1, 2]], []]
    program = "import sys; open(sys.argv[1], 'w').write(sys.argv[2]); print(sys.argv[3]); sys.exit(1)"

    def command(settings, instance, seed, answer):
        return [running.sys.executable, "-c", program, str(answer), json.dumps(good), json.dumps(line)]

    monkeypatch.setattr(running, "_command", command)
    found = run_one(Settings("mspsp", 120), SMALL, SHIPPED, 1, tmp_path)
    assert [said in each for each in found["wrong"]] == [True]


@pytest.mark.parametrize(
    ("settings", "variant"),
    [
        (Settings("satnet", 60), ""),
        (Settings("satnet", 60, fairness=2500.0), "fair2500"),
        (Settings("psplib", 60, peer=True), "pyjobshop"),
    ],
)
def test_the_variant_sets_results_apart(settings, variant):
    assert settings.variant == settings.as_data()["variant"] == variant
