"""A made-up week there and back."""

import json

import pytest

from solver import Options, check, problem_from_json, problem_to_json, solve, verify
from tests.benchmarks.weeks_problem import DATA, problem_from_week, read_week, schedule


@pytest.mark.parametrize(("name", "asked"), [("small-1", 40), ("weekly-1", 300)])
def test_a_week_is_a_problem_without_faults(name, asked):
    problem = problem_from_week(read_week(DATA / f"{name}.json"))
    assert check(problem) == ()
    assert len(problem.activities) == asked
    assert problem_from_json(problem_to_json(problem)) == problem


def test_the_schedule_says_who_does_what_where_and_when():
    week = read_week(DATA / "small-1.json")
    problem = problem_from_week(week)
    solution = solve(problem, Options(time_limit=60, workers=1, max_rounds=0))
    assert verify(problem, solution.assignments).violations == ()
    requests = {request["id"]: request for request in week["requests"]}
    bookings = schedule(week, solution.assignments)["bookings"]
    assert len(bookings) == len(solution.assignments)
    assert sum(requests[booking["request"]]["value"] for booking in bookings) == solution.objective
    for booking in bookings:
        request = requests[booking["request"]]
        assert booking["resource"] in request["resources"]
        assert [len(names) for names in booking["staff"]] == [need["count"] for need in request["staff"]]
        if request["pinned"]:
            assert (booking["resource"], booking["start"]) == tuple(request["pinned"].values())


def test_another_format_is_refused(tmp_path):
    path = tmp_path / "week.json"
    path.write_text(json.dumps({"format": "satnet-week/1"}))
    with pytest.raises(ValueError, match="satnet-week/1"):
        read_week(path)
