"""How soon the best so far is back: that it is, and that it is feasible."""

import json

from tests.benchmarks import cancel
from tests.benchmarks.weeks_problem import DATA


def test_each_moment_is_stopped_and_feasible(capsys):
    small = str(DATA / "weekly-1.json")
    assert cancel.main(["weeks", small, "--moments", "2", "--within", "0.4", "--workers", "1"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["moments"], line["violations"]) == (2, 0)
    assert 0 < line["median_seconds"] <= line["p95_seconds"] <= line["worst_seconds"] < 60


def test_an_instance_that_is_nowhere_is_refused(capsys):
    assert cancel.main(["weeks", "weekly-77"]) == 2
    assert "weekly-77" in capsys.readouterr().err
