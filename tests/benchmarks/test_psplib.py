"""The commands of the projects: solve, verify, and the comparison with PyJobShop."""

import importlib.util
import json
from pathlib import Path

import pytest

from tests.benchmarks import psplib
from tests.benchmarks.peer import INSTALL

DATA = Path(__file__).parent / "data" / "psplib"
EASY = DATA / "J30_16.json"


def test_the_answer_of_a_solve_passes_the_verifier(capsys, tmp_path):
    output = tmp_path / "answer.json"
    command = ["solve", str(EASY), "-o", str(output), "--time-limit", "120", "--workers", "1"]
    assert psplib.main([*command, "--max-rounds", "3"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["suite"], line["instance"], line["placed"], line["asked"]) == ("psplib", "J30_16", 30, 30)
    assert line["bound"] <= 47 <= line["value"] == -line["objective"]
    assert line["gap"] == pytest.approx((line["value"] - line["bound"]) / line["value"], abs=1e-4)
    assert psplib.main(["verify", str(EASY), str(output)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"instance": "J30_16", "violations": 0, "makespan": line["value"]}


def test_a_broken_answer_is_shown_and_told_by_the_exit_code(capsys, tmp_path):
    output = tmp_path / "answer.json"
    output.write_text(json.dumps({"format": "rcpsp-schedule/1", "starts": [0] * 32, "makespan": 47}))
    assert psplib.main(["verify", str(EASY), str(output)]) == 1
    *violations, line = capsys.readouterr().out.splitlines()
    assert len(violations) == min(100, json.loads(line)["violations"])
    assert violations[0].startswith("VIOLATION P2")


def test_an_answer_that_is_not_there_is_refused(capsys, tmp_path):
    assert psplib.main(["verify", str(EASY), str(tmp_path / "none.json")]) == 2
    assert "There is no file" in capsys.readouterr().err


@pytest.mark.skipif(importlib.util.find_spec("pyjobshop") is not None, reason="it is installed")
def test_without_pyjobshop_the_line_that_installs_it_is_told(capsys):
    assert psplib.main(["pyjobshop", str(EASY)]) == 2
    assert INSTALL in capsys.readouterr().err
