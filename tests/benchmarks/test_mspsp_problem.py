"""A project with people of several skills there and back."""

import json
from pathlib import Path

import pytest

from solver import Need, Options, check, solve, verify
from tests.benchmarks import mspsp_verify
from tests.benchmarks.mspsp_problem import answer, list_length, problem_from_project, read_project

SMALL = Path(__file__).parent / "data" / "mspsp" / "small-1.json"


@pytest.fixture
def project():
    return read_project(SMALL)


def test_skills_are_qualifications_needed_over_the_run(project):
    problem = problem_from_project(project)
    assert check(problem) == ()
    third = next(each for each in problem.activities if each.id == "3")
    assert third.needs == (Need("s0", 1, "run"), Need("s1", 1, "run"))
    assert [len(person.qualifications) for person in problem.people] == [1, 2, 1]
    assert {(lag.before, lag.after) for lag in problem.precedences} == {("1", "3"), ("2", "3"), ("3", "5")}


def test_the_best_of_the_small_project_is_found_and_passes(project):
    problem = problem_from_project(project)
    solution = solve(problem, Options(time_limit=120, workers=1))
    assert verify(problem, solution.assignments).violations == ()
    # 1, 3 and 5 one after the other: 3 + 4 + 3.
    assert (solution.status, solution.objective) == ("optimal", -10)
    found = answer(project, solution.assignments)
    assert mspsp_verify.verify(project, found) == []
    assert found["makespan"] == 10


def test_a_missing_part_leaves_holes_in_the_answer(project):
    solution = solve(problem_from_project(project), Options(time_limit=120, workers=1))
    found = answer(project, [part for part in solution.assignments if part.activity != "5"])
    assert (found["starts"][5], found["starts"][6], found["assigned"][5]) == (None, None, [])
    assert mspsp_verify.verify(project, found)


def test_whoever_alone_has_a_skill_is_freed_for_it():
    # Person 0 is tried first for skill 0, but nobody else has skill 1.
    project = {
        "durations": [4],
        "skill_requirements": [[1, 1, 0]],
        "staff_skills": [[0, 1], [0, 2]],
        "precedences": [],
    }
    assert list_length(project) == 4
    project["staff_skills"] = [[0, 1], [2]]
    with pytest.raises(ValueError, match="activity 0 needs more"):
        list_length(project)


def test_those_who_are_busy_are_waited_for(project):
    project["staff_skills"] = [[0], [0, 1]]
    # 1 beside 2, then 3 and 5, which take whoever has skill 1; 4 needs both people.
    assert list_length(project) == 3 + 4 + 3 + 2


def test_too_few_people_for_an_activity_are_refused(project):
    project["staff_skills"] = [[0], [1]]
    with pytest.raises(ValueError, match="activity 4 needs more"):
        list_length(project)


def test_another_format_is_refused(tmp_path):
    path = tmp_path / "project.json"
    path.write_text(json.dumps({"format": "rcpsp/1"}))
    with pytest.raises(ValueError, match="rcpsp/1"):
        read_project(path)
