"""How soon the best so far is back: that it is, and that it is feasible."""

import json

import pytest

from tests.benchmarks import cancel
from tests.benchmarks.weeks_problem import DATA


def test_each_moment_is_stopped_and_feasible(capsys):
    small = str(DATA / "weekly-1.json")
    assert cancel.main(["weeks", small, "--moments", "2", "--within", "0.4", "--workers", "1"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["moments"], line["violations"]) == (2, 0)
    assert 0 < line["median_seconds"] <= line["p95_seconds"] <= line["worst_seconds"] < 60


def test_solves_that_end_by_themselves_say_nothing_of_stopping(capsys, monkeypatch):
    monkeypatch.setattr(cancel, "stopped_after", lambda *_: (-0.5, 0, 3))
    assert cancel.main(["weeks", str(DATA / "weekly-1.json"), "--moments", "2"]) == 2
    assert "give --within below 20" in capsys.readouterr().err
    ends = iter([(-0.5, 0, 3), (0.2, 0, 3)])
    monkeypatch.setattr(cancel, "stopped_after", lambda *_: next(ends))
    assert cancel.main(["weeks", str(DATA / "weekly-1.json"), "--moments", "2"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["moments"], line["ended_before"], line["worst_seconds"]) == (2, 1, 0.2)


def test_an_instance_that_is_nowhere_is_refused(capsys):
    assert cancel.main(["weeks", "weekly-77"]) == 2
    assert "weekly-77" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("median", "p95", "activities", "answer"),
    [
        (0.3, 0.6, 5_000, True),
        (0.31, 0.6, 5_000, False),
        (0.3, 0.61, 5_000, False),
        (1.0, 2.0, 5_001, True),
        (1.01, 2.0, 5_001, False),
        (1.0, 2.01, 5_001, False),
    ],
)
def test_it_holds_up_to_the_limit_and_no_further(median, p95, activities, answer):
    assert cancel.holds(median, p95, activities) is answer
