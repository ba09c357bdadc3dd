"""The command line: files in, files out, exit codes, every fault in words."""

import json
from dataclasses import replace

import pytest

from solver import problem_to_json, solution_from_json, verify
from solver.__main__ import main
from solver.problem import Mode
from tests.solver.plans import activity, week


@pytest.fixture
def problem():
    return week(activity("x", value=3), activity("y", 18, value=2))


@pytest.fixture
def path(problem, tmp_path):
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(problem_to_json(problem)))
    return path


def test_solve_writes_a_solution_and_verify_accepts_it(problem, path, tmp_path, capsys):
    answer = tmp_path / "solution.json"
    assert main(["solve", str(path), "-o", str(answer), "--time-limit", "5", "--workers", "1"]) == 0
    assert "optimal: objective 3, gap 0.0%, 1 of 2 placed" in capsys.readouterr().out
    solution = solution_from_json(json.loads(answer.read_text()))
    assert verify(problem, solution.assignments).violations == ()
    assert main(["verify", str(path), str(answer)]) == 0
    assert "No rule is broken" in capsys.readouterr().out


def test_without_an_output_the_solution_is_printed(path, capsys):
    assert main(["solve", str(path), "--time-limit", "5", "--workers", "1", "--max-rounds", "1"]) == 0
    assert solution_from_json(json.loads(capsys.readouterr().out)).objective == 3


def test_verify_prints_every_broken_rule(path, tmp_path, capsys):
    answer = tmp_path / "solution.json"
    main(["solve", str(path), "-o", str(answer), "--time-limit", "5", "--workers", "1"])
    data = json.loads(answer.read_text())
    data["assignments"][0]["start"] = 18
    answer.write_text(json.dumps(data))
    assert main(["verify", str(path), str(answer)]) == 2
    assert "x" in capsys.readouterr().err


def test_every_fault_of_a_problem_is_printed(problem, tmp_path, capsys):
    bad = replace(activity("z"), modes=(Mode("m", ("nowhere",)),), setup=-1)
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(problem_to_json(replace(problem, activities=(bad,)))))
    assert main(["solve", str(path), "--time-limit", "1"]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 2
    assert any("'nowhere'" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "says"), [(None, "cannot be read"), ("{", "is not JSON"), ('{"horizon": 4}', "problem.json")]
)
def test_a_file_that_is_no_problem_is_the_users_fault(tmp_path, capsys, text, says):
    path = tmp_path / "problem.json"
    if text is not None:
        path.write_text(text)
    assert main(["solve", str(path)]) == 2
    assert says in capsys.readouterr().err


def test_an_output_that_cannot_be_written_is_the_users_fault(path, tmp_path, capsys):
    target = str(tmp_path / "no such folder" / "solution.json")
    assert main(["solve", str(path), "-o", target, "--time-limit", "5", "--workers", "1"]) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--time-limit", "0"], ["--workers", "0"], ["--time-limit", "inf"]])
def test_limits_without_meaning_are_refused(path, wrong):
    with pytest.raises(SystemExit) as refusal:
        main(["solve", str(path), *wrong])
    assert refusal.value.code == 2


def test_a_fault_of_ours_is_told_apart(path, monkeypatch, capsys):
    def broken(*args, **kwargs):
        raise RuntimeError("a promise was broken")

    monkeypatch.setattr("solver.__main__.solve", broken)
    assert main(["solve", str(path)]) == 1
    assert "a promise was broken" in capsys.readouterr().err
