"""A made-up week in the format of the Deep Space Network's, there and back."""

import json

import pytest

from solver import Options, check, solve, verify
from tests.benchmarks.satnet_problem import problem_from_week, read_week, tracks

HOUR = 3600
WEEK = {
    "format": "satnet-week/1",
    "week": 1,
    "year": 2018,
    "epoch": 1514764800,
    "horizon": 48 * HOUR,
    "antennas": ["DSS-14", "DSS-24", "DSS-25"],
    "maintenance": [["DSS-14", 10 * HOUR + 30, 12 * HOUR + 30]],
    "requests": [
        {
            "id": "short",
            "mission": 1,
            "duration": 2 * HOUR,
            "min": HOUR,
            "setup": HOUR,
            "teardown": 900,
            "window": [0, 24 * HOUR],
            "views": {"DSS-14": [[7 * HOUR + 1, 13 * HOUR + 59]], "DSS-24_DSS-25": [[0, 30]]},
        },
        {
            "id": "long",
            "mission": 2,
            "duration": 9 * HOUR,
            "min": 3 * HOUR,
            "setup": HOUR,
            "teardown": 900,
            "window": [0, 48 * HOUR],
            "views": {"DSS-24_DSS-25": [[2 * HOUR, 7 * HOUR], [20 * HOUR, 25 * HOUR]]},
        },
    ],
}


def test_views_are_rounded_inwards_and_maintenance_outwards():
    problem = problem_from_week(WEEK)
    assert check(problem) == ()
    short, long = problem.activities
    (window,) = short.modes[0].windows
    assert (window.start, window.end, window.binds) == (421, 780, "run")
    assert [mode.id for mode in short.modes] == ["DSS-14"], "a view without a whole minute is none"
    (outage,) = problem.resources[0].outages
    assert (outage.start, outage.end) == (600, 721)
    assert (long.modes[0].resources, long.groups) == (("DSS-24", "DSS-25"), ("2",))


def test_long_requests_may_be_split_into_parts_of_four_hours():
    short, long = problem_from_week(WEEK).activities
    assert (short.most_parts, short.least) == (1, 60)
    assert (long.most_parts, long.least_part, long.least) == (2, 240, 240)


def test_tracks_keep_to_views_in_seconds():
    problem = problem_from_week(WEEK)
    solution = solve(problem, Options(time_limit=60, workers=1))
    assert verify(problem, solution.assignments).violations == ()
    rows = tracks(WEEK, solution.assignments)
    assert sum(row["tracking_off"] - row["tracking_on"] for row in rows) == 60 * solution.objective
    assert sorted(row["track_id"] for row in rows) == ["long", "long", "short"]
    for row in rows:
        request = next(each for each in WEEK["requests"] if each["id"] == row["track_id"])
        views = request["views"]["_".join(row["antennas"])]
        assert any(on <= row["tracking_on"] and row["tracking_off"] <= off for on, off in views)
        assert row["tracking_on"] - row["start"] == request["setup"]
        assert row["end"] - row["tracking_off"] == request["teardown"]
        if row["antennas"] == ["DSS-14"]:
            assert row["end"] <= 10 * HOUR or row["start"] >= 12 * HOUR + 30


def test_another_format_is_refused(tmp_path):
    path = tmp_path / "week.json"
    path.write_text(json.dumps({"format": "space-centre-week/1"}))
    with pytest.raises(ValueError, match="space-centre-week/1"):
        read_week(path)
