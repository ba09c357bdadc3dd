"""A project of PSPLIB there and back."""

import json
from pathlib import Path

import pytest

from solver import Options, check, solve, verify
from tests.benchmarks import psplib_verify
from tests.benchmarks.psplib_problem import answer, list_length, problem_from_project, read_project

DATA = Path(__file__).parent / "data" / "psplib"


@pytest.mark.parametrize(("name", "best_known"), [("J30_16", 47), ("J30_82", 92)])
def test_a_project_is_a_problem_without_faults_and_its_answer_passes(name, best_known):
    project = read_project(DATA / f"{name}.json")
    problem = problem_from_project(project)
    assert check(problem) == ()
    assert len(problem.activities) == 30
    assert [each.capacity for each in problem.resources] == project["capacities"]
    solution = solve(problem, Options(time_limit=120, workers=1, max_rounds=2))
    assert verify(problem, solution.assignments).violations == ()
    found = answer(project, solution.assignments)
    assert psplib_verify.verify(project, found) == []
    assert best_known <= found["makespan"] == -solution.objective <= problem.horizon


def small(**changes):
    project = {
        "format": "rcpsp/1",
        "name": "three",
        "durations": [0, 2, 3, 2, 0],
        "capacities": [2],
        "demands": [[0], [2], [1], [0], [0]],
        "successors": [[1, 2, 3], [4], [4], [4], []],
    }
    return {**project, **changes}


def test_the_best_of_a_small_project_is_found_and_proven():
    project = small()
    solution = solve(problem_from_project(project), Options(time_limit=120, workers=1))
    assert (solution.status, solution.objective, solution.bound) == ("optimal", -5, -5)
    found = answer(project, solution.assignments)
    assert (found["starts"][0], found["starts"][4], found["makespan"]) == (0, 5, 5)


def test_an_activity_without_demands_takes_no_resource():
    problem = problem_from_project(small())
    assert {resource.id: resource.capacity for resource in problem.resources} == {"r0": 2}
    assert [each.modes[0].resources for each in problem.activities] == [("r0",), ("r0",), ()]


def test_a_missing_part_leaves_holes_in_the_answer():
    project = small()
    solution = solve(problem_from_project(project), Options(time_limit=120, workers=1))
    found = answer(project, [part for part in solution.assignments if part.activity != "2"])
    assert found["starts"][2] is None
    assert found["starts"][4] is None
    assert psplib_verify.verify(project, found)


def test_a_demand_above_the_capacity_is_refused():
    with pytest.raises(ValueError, match="activity 1 needs more"):
        list_length(small(capacities=[1]))


def test_another_format_is_refused(tmp_path):
    path = tmp_path / "project.json"
    path.write_text(json.dumps({"format": "mspsp/1"}))
    with pytest.raises(ValueError, match="mspsp/1"):
        read_project(path)
