"""The command `repair`: what has happened, the changes in words, the new files, and refusals."""

import json
from pathlib import Path

import pytest

from solver import (
    activity_to_json,
    problem_from_json,
    problem_to_json,
    repair_from_json,
    solution_from_json,
    solution_to_json,
    verify,
)
from solver.__main__ import main
from solver.problem import Mode
from solver.solution import Solution
from tests.solver.plans import activity, put, week

TWO_MODES = (Mode("m", ("lab",)), Mode("short", ("hall",), wish=3, least=2))
PROBLEM = week(activity("x", 4, value=3), activity("y", 4, value=2, modes=TWO_MODES), horizon=20)
PLAN = (put("x", 0), put("y", 6))
SEARCH = ["--time-limit", "5", "--workers", "1"]


@pytest.fixture
def files(tmp_path):
    problem, solution = tmp_path / "problem.json", tmp_path / "solution.json"
    problem.write_text(json.dumps(problem_to_json(PROBLEM)))
    solution.write_text(json.dumps(solution_to_json(Solution(PLAN, (), "feasible", 5.0, None, (), 0.5, 1))))
    return str(problem), str(solution)


def repaired(files, tmp_path, *what):
    """The problem as it is after a repair, the new solution, and the whole answer."""
    names = [str(tmp_path / name) for name in ("new.json", "now.json", "answer.json")]
    targets = ["-o", names[0], "--changed-problem", names[1], "--answer", names[2]]
    assert main(["repair", *files, *what, *SEARCH, *targets]) == 0
    assert main(["verify", names[1], names[0]]) == 0
    solution, problem, answer = (json.loads(Path(name).read_text()) for name in names)
    return problem_from_json(problem), solution_from_json(solution), repair_from_json(answer)


def starts(solution):
    return {part.activity: (part.start, part.mode) for part in solution.assignments}


def test_a_resource_that_is_down_moves_what_lies_there(files, tmp_path, capsys):
    problem, solution, answer = repaired(files, tmp_path, "--down", "lab", "0", "1")
    assert verify(problem, solution.assignments).violations == ()
    assert starts(solution) == {"x": (1, "m"), "y": (6, "m")}
    assert answer.solution == solution
    out = capsys.readouterr().out
    assert "moved       x: from 0 in m for 4 to 1 in m for 4" in out
    assert "in the way of its old place: outages of lab" in out
    assert "In all: 0 of published value lost, move costs 1, 1 tick between old and new starts" in out


def test_what_is_cancelled_goes_and_the_rest_stays(files, tmp_path, capsys):
    _, solution, _ = repaired(files, tmp_path, "--cancel", "x")
    assert starts(solution) == {"y": (6, "m")}
    assert "cancelled   x: was 0 in m for 4, is not asked for any more" in capsys.readouterr().out


def test_what_is_added_finds_a_place(files, tmp_path, capsys):
    extra = tmp_path / "extra.json"
    extra.write_text(json.dumps(activity_to_json(activity("z", 3))))
    _, solution, _ = repaired(files, tmp_path, "--add", str(extra))
    assert starts(solution).keys() == {"x", "y", "z"}
    assert "added       z: new, " in capsys.readouterr().out


def test_what_is_moved_stands_there_as_long_as_its_mode_allows(files, tmp_path):
    _, solution, _ = repaired(files, tmp_path, "--move", "y", "10", "short")
    assert [part for part in solution.assignments if part.activity == "y"] == [put("y", 10, 3, mode="short")]


def test_without_anything_that_happened_nothing_has_to_change(files, tmp_path, capsys):
    problem, solution, _ = repaired(files, tmp_path)
    assert problem == PROBLEM
    assert solution.assignments == PLAN
    assert "Nothing has to change." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("what", "says"),
    [
        (["--down", "nowhere", "0", "4"], "no resource 'nowhere'"),
        (["--down", "lab", "4", "4"], "give an end after the start"),
        (["--down", "lab", "noon", "4"], "'noon' is not a tick"),
        (["--cancel", "nobody"], "no activity 'nobody'"),
        (["--move", "nobody", "4", "m"], "no activity 'nobody'"),
        (["--move", "x", "4", "short"], "--move x: there is no mode 'short'; it has m."),
        (["--move", "x", "soon", "m"], "'soon' is not a tick"),
        (["--add", "no such file.json"], "cannot be read"),
    ],
    ids=lambda case: " ".join(case) if isinstance(case, list) else "",
)
def test_what_cannot_have_happened_is_refused(files, capsys, what, says):
    assert main(["repair", *files, *what, *SEARCH]) == 2
    assert says in capsys.readouterr().err


def test_an_added_activity_with_faults_is_refused_in_words(files, tmp_path, capsys):
    extra = tmp_path / "extra.json"
    for data, says in (
        (activity_to_json(activity("x", 3)), "an activity 'x' already"),
        (activity_to_json(activity("z", 3, on="nowhere")), "'nowhere'"),
        ({"id": "z"}, "modes: Activity needs this field"),
    ):
        extra.write_text(json.dumps(data))
        assert main(["repair", *files, "--add", str(extra), *SEARCH]) == 2
        assert says in capsys.readouterr().err


@pytest.mark.parametrize("percent", ["-1", "101"])
def test_a_share_of_bookings_that_is_none_is_refused(files, capsys, percent):
    assert main(["repair", *files, "--cancel", "x", f"--most-moved={percent}", *SEARCH]) == 2
    assert "give 0 to 100 percent" in capsys.readouterr().err


def test_two_things_at_once_are_refused(files):
    with pytest.raises(SystemExit) as refusal:
        main(["repair", *files, "--cancel", "x", "--down", "lab", "0", "1"])
    assert refusal.value.code == 2
