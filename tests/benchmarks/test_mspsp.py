"""The commands of the projects with people: solve and verify."""

import json
from pathlib import Path

from tests.benchmarks import mspsp

SMALL = Path(__file__).parent / "data" / "mspsp" / "small-1.json"


def test_the_answer_of_a_solve_passes_the_verifier(capsys, tmp_path):
    output = tmp_path / "answer.json"
    command = ["solve", str(SMALL), "-o", str(output), "--time-limit", "120", "--workers", "1"]
    assert mspsp.main(command) == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["value"], line["bound"], line["status"], line["placed"]) == (10, 10, "optimal", 5)
    assert mspsp.main(["verify", str(SMALL), str(output)]) == 0
    assert json.loads(capsys.readouterr().out) == {"instance": "small-1", "violations": 0, "makespan": 10}


def test_a_broken_answer_is_shown_and_told_by_the_exit_code(capsys, tmp_path):
    output = tmp_path / "answer.json"
    output.write_text(
        json.dumps({"format": "mspsp-schedule/1", "starts": [0] * 7, "assigned": [[]] * 7, "makespan": 4})
    )
    assert mspsp.main(["verify", str(SMALL), str(output)]) == 1
    assert "VIOLATION M2" in capsys.readouterr().out


def test_a_project_that_nobody_can_do_is_refused(capsys, tmp_path):
    path = tmp_path / "project.json"
    path.write_text(json.dumps({**json.loads(SMALL.read_text()), "staff_skills": [[0], [1]]}))
    assert mspsp.main(["solve", str(path)]) == 2
    assert "activity 4 needs more than there is" in capsys.readouterr().err
