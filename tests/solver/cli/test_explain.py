"""The command `explain`: reasons for what is not placed, and refusals."""

import json
from dataclasses import replace

import pytest

from solver import explanations_from_json, problem_to_json, solution_to_json, verify
from solver.__main__ import main
from solver.explanation.remedies import apply
from solver.solution import Solution
from tests.solver.plans import activity, put, week

PROBLEM = week(
    activity("x", 12, value=3), activity("y", 12, value=2), activity("late", 4, value=1, deadline=3)
)


def solved(*parts):
    return Solution(parts, (), "feasible", 3.0, None, (), 0.5, 1)


@pytest.fixture
def files(tmp_path):
    problem, solution = tmp_path / "problem.json", tmp_path / "solution.json"
    problem.write_text(json.dumps(problem_to_json(PROBLEM)))
    solution.write_text(json.dumps(solution_to_json(solved(put("x", 2, 12)))))
    return str(problem), str(solution)


def test_each_activity_that_is_not_placed_is_explained_in_lines(files, capsys):
    assert main(["explain", *files, "--budget", "3"]) == 0
    out = capsys.readouterr().out
    assert "y (value 2) is not placed." in out
    assert "lab is taken, by x" in out
    assert "late (value 1) is not placed." in out
    assert "set the deadline of late" in out
    assert "Price:" in out


def test_what_is_written_are_explanations_whose_remedies_hold(files, tmp_path):
    target = tmp_path / "explanations.json"
    assert main(["explain", *files, "--budget", "3", "-o", str(target)]) == 0
    explanations = explanations_from_json(json.loads(target.read_text()))
    assert [each.activity for each in explanations] == ["y", "late"]
    remedies = [remedy for each in explanations for remedy in each.remedies]
    assert remedies
    for remedy in remedies:
        assert verify(apply(PROBLEM, remedy), remedy.assignments).violations == ()


def test_only_what_is_asked_for_is_explained(files, capsys):
    assert main(["explain", *files, "--activity", "late", "--budget", "2"]) == 0
    out = capsys.readouterr().out
    assert "late (value 1)" in out
    assert "y (value 2)" not in out


def test_of_a_placed_one_it_says_why_not_earlier(files, capsys):
    assert main(["explain", *files, "--activity", "x"]) == 0
    out = capsys.readouterr().out
    assert out == (
        "x is placed at 2.\n  Against earlier: nothing: it could start earlier and be worth as much\n"
    )


def test_where_all_is_placed_it_says_so(files, tmp_path, capsys):
    problem = tmp_path / "all.json"
    problem.write_text(json.dumps(problem_to_json(replace(PROBLEM, activities=PROBLEM.activities[:1]))))
    assert main(["explain", str(problem), files[1]]) == 0
    assert capsys.readouterr().out == "Every activity is placed.\n"


def test_ids_that_are_nowhere_are_refused_all_at_once(files, capsys):
    assert main(["explain", *files, "--activity", "nowhere", "x", "never"]) == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert streams.err.splitlines() == [
        "There is no activity 'nowhere' in the problem; give one of its ids.",
        "There is no activity 'never' in the problem; give one of its ids.",
    ]


def test_a_solution_that_breaks_a_rule_is_refused(files, tmp_path, capsys):
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(solution_to_json(solved(put("x", 18, 12)))))
    assert main(["explain", files[0], str(broken)]) == 2
    err = capsys.readouterr().err
    assert "x" in err
    assert "solve again" in err


def test_a_budget_without_meaning_is_refused(files):
    with pytest.raises(SystemExit) as refusal:
        main(["explain", *files, "--budget", "0"])
    assert refusal.value.code == 2
