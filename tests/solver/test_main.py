"""The command line: files in, files out, exit codes, every fault in words."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from solver import json_schema, problem_to_json, solution_from_json, solution_to_json, solve, verify
from solver.__main__ import main
from solver.problem import Mode
from solver.solution import Solution
from tests.benchmarks.weeks_problem import DATA, problem_from_week, read_week
from tests.solver.plans import activity, put, week

ROOT = Path(__file__).parents[2]


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

    monkeypatch.setattr("solver.cli.solve.solve", broken)
    assert main(["solve", str(path)]) == 1
    assert "a promise was broken" in capsys.readouterr().err


def test_an_earlier_solution_is_where_it_begins(path, tmp_path):
    first, second = str(tmp_path / "first.json"), tmp_path / "second.json"
    assert main(["solve", str(path), "-o", first, "--time-limit", "5", "--workers", "1"]) == 0
    begun = ["--start", first, "--max-rounds", "0", "--workers", "1"]
    assert main(["solve", str(path), "-o", str(second), *begun]) == 0
    assert json.loads(second.read_text())["history"][0]["objective"] == 3


def test_of_an_earlier_solution_what_is_known_no_more_is_passed_over(path, tmp_path):
    earlier, answer = tmp_path / "earlier.json", tmp_path / "solution.json"
    parts = (put("called off", 0), put("x", 0, mode="gone"))
    earlier.write_text(json.dumps(solution_to_json(Solution(parts, (), "feasible", 1.0, None, (), 0.1, 1))))
    search = ["--max-rounds", "0", "--workers", "1", "-o", str(answer)]
    assert main(["solve", str(path), "--start", str(earlier), *search]) == 0
    assert solution_from_json(json.loads(answer.read_text())).objective == 3


def test_an_earlier_solution_of_another_problem_is_refused(path, tmp_path, capsys):
    other = tmp_path / "other.json"
    stranger = Solution((put("nobody", 0),), (), "feasible", 1.0, None, (), 0.1, 1)
    other.write_text(json.dumps(solution_to_json(stranger)))
    assert main(["solve", str(path), "--start", str(other)]) == 2
    assert "none of its activities, not even 'nobody'. Give a solution" in capsys.readouterr().err


def test_ctrl_c_keeps_the_best_so_far(path, tmp_path, monkeypatch):
    def interrupted(problem, options, *, stop, **kwargs):
        signal.raise_signal(signal.SIGINT)
        return solve(problem, options, stop=stop, **kwargs)

    monkeypatch.setattr("solver.cli.solve.solve", interrupted)
    answer = tmp_path / "solution.json"
    assert main(["solve", str(path), "-o", str(answer), "--time-limit", "600"]) == 0
    assert solution_from_json(json.loads(answer.read_text())).status == "stopped"


def test_a_second_ctrl_c_ends_at_once(path, tmp_path, monkeypatch, capsys):
    def interrupted(*args, **kwargs):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("solver.cli.solve.solve", interrupted)
    answer = tmp_path / "solution.json"
    assert main(["solve", str(path), "-o", str(answer)]) == 130
    assert not answer.exists()
    assert "nothing is kept" in capsys.readouterr().err


@pytest.mark.parametrize("document", ["problem", "solution", "activity", "explanations", "repair"])
def test_a_schema_is_printed(document, capsys):
    assert main(["schema", document]) == 0
    assert json.loads(capsys.readouterr().out) == json_schema(document)


def test_a_schema_that_is_not_there_is_refused():
    with pytest.raises(SystemExit) as refusal:
        main(["schema", "week"])
    assert refusal.value.code == 2


@pytest.mark.timeout(120)
def test_ctrl_c_in_the_middle_of_a_search_keeps_the_best_so_far(tmp_path):
    """CP-SAT runs in threads then, and is not to take the signal for itself."""
    problem, answer = tmp_path / "problem.json", tmp_path / "solution.json"
    week = problem_from_week(read_week(DATA / "weekly-1.json"))
    problem.write_text(json.dumps(problem_to_json(week)))
    begun = [sys.executable, "-m", "solver", "solve", str(problem), "-o", str(answer), "--time-limit", "100"]
    running = subprocess.Popen(begun, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    time.sleep(6)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 0, said
    assert not verify(week, solution_from_json(json.loads(answer.read_text())).assignments).violations


def test_a_reader_who_has_enough_is_no_fault():
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "solver", "schema", "problem"]
    done = subprocess.run(command, cwd=ROOT, stdout=write, stderr=subprocess.PIPE, text=True)
    os.close(write)
    assert (done.returncode, "fault" in done.stderr) == (0, False)
