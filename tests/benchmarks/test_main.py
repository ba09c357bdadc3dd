"""Running a suite, keeping it, and showing what is kept."""

import json

import pytest

from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks.__main__ import main
from tests.benchmarks.instances import SHIPPED


@pytest.fixture
def solves(monkeypatch):
    """Solves that answer at once; what they were asked."""
    asked = []

    def run_one(settings, path, folder, seed, scratch):
        asked.append((settings, path.stem, seed))
        line = {"seed": seed, "status": "optimal", "value": 1400 + seed, "bound": 1412, "gap": 0.01}
        line |= {"first_seconds": 0.1, "wall": 1.0, "memory_mb": 90.0, "verifier": "v", "wrong": []}
        return line

    monkeypatch.setattr(benchmarks, "run_one", run_one)
    return asked


def run(*arguments, results):
    return main(["run", *arguments, "--from", str(SHIPPED), "--results", str(results)])


def test_a_run_solves_verifies_shows_and_keeps(tmp_path, capsys):
    command = ("psplib", "--instances", "J30_16", "--time-limit", "120", "--workers", "1", "--seeds", "1,2")
    assert run(*command, results=tmp_path) == 0
    told = capsys.readouterr()
    assert "| J30_16" in told.out
    assert "J30_16, seed 2" in told.err, "without a terminal each step is a line"
    assert main(["table", "psplib", "--results", str(tmp_path)]) == 0
    assert "| 47 " in capsys.readouterr().out
    (path,) = (tmp_path / "psplib").iterdir()
    kept = json.loads(path.read_text())
    assert [(each["seed"], each["value"], each["verifier"]) for each in kept["results"]] == [
        (1, 47, "psplib_verify"),
        (2, 47, "psplib_verify"),
    ]


def test_every_instance_is_solved_with_every_seed(tmp_path, solves):
    assert run("weeks", "--seeds", "1,3", "--workers", "1", results=tmp_path) == 0
    assert [each[1:] for each in solves] == [("small-1", 1), ("small-1", 3), ("weekly-1", 1), ("weekly-1", 3)]
    assert [each[0].time_limit for each in solves] == [10, 10, 60, 60], "what a size gets"


def test_with_no_store_or_rounds_nothing_is_kept(tmp_path, solves):
    assert run("weeks", "--no-store", results=tmp_path) == 0
    assert run("weeks", "--max-rounds", "1", results=tmp_path) == 0
    assert list(tmp_path.iterdir()) == []
    assert solves[-1][0].max_rounds == 1


def test_what_was_stored_before_is_shown_beside(tmp_path, solves, capsys):
    assert run("weeks", "--instances", "small-1", results=tmp_path) == 0
    assert "1,401 (" not in capsys.readouterr().out
    assert run("weeks", "--instances", "small-1", "--seeds", "2", results=tmp_path) == 0
    told = capsys.readouterr().out
    assert "1,401 (" in told
    assert "| 1,402 " in told


def test_a_stored_result_is_run_again_as_it_was(tmp_path, solves):
    command = ("satnet", "--fair", "500", "--seeds", "4,5", "--time-limit", "7", "--workers", "1")
    assert run(*command, results=tmp_path) == 0
    (path,) = (tmp_path / "satnet").iterdir()
    assert run("satnet", "--repeat-of", str(path), results=tmp_path) == 0
    assert solves[:2] == solves[2:]
    assert (solves[3][0].fairness, solves[3][0].time_limit, solves[3][2]) == (500, 7, 5)
    assert run("weeks", "--repeat-of", str(path), results=tmp_path) == 2


def test_a_broken_answer_fails_the_run_and_shows(tmp_path, solves, monkeypatch, capsys):
    line = {
        "seed": 1,
        "status": "failed",
        "value": None,
        "wall": 1.0,
        "verifier": "",
        "wrong": ["H4 a clash"],
    }
    monkeypatch.setattr(benchmarks, "run_one", lambda *_: line)
    assert run("weeks", "--instances", "small-1", results=tmp_path) == 1
    told = capsys.readouterr()
    assert "BROKEN: H4 a clash" in told.out
    assert "small-1, seed 1: H4 a clash" in told.err


def test_an_interrupt_keeps_what_is_done(tmp_path, solves, monkeypatch, capsys):
    answers_at_once = benchmarks.run_one

    def interrupted(settings, path, *others):
        if path.stem == "weekly-1":
            raise KeyboardInterrupt
        return answers_at_once(settings, path, *others)

    monkeypatch.setattr(benchmarks, "run_one", interrupted)
    assert run("weeks", results=tmp_path) == 130
    assert [path.name for path in (tmp_path / "weeks").iterdir()] == ["small-1-10s-2w.json"]
    assert "kept" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("weeks", "--fair", "5"), "satnet only"),
        (("mspsp", "--pyjobshop"), "psplib only"),
        (("weeks", "--instances", "medium"), "there are: small-1, weekly-1"),
        (("weeks", "--repeat-of", "none.json"), "none.json"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path, capsys, arguments, said):
    assert run(*arguments, results=tmp_path) == 2
    assert said in capsys.readouterr().err


def test_where_nothing_is_stored_the_line_that_runs_it_is_told(tmp_path, capsys):
    assert main(["table", "--results", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert all(f"benchmarks run {suite}" in told for suite in ("weeks", "satnet", "psplib", "mspsp"))


def test_all_that_is_kept_can_be_shown(capsys):
    assert main(["table"]) == 0
    assert capsys.readouterr().out
