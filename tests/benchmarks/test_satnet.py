"""The commands of the antenna weeks: solve into tracks, and the walk through a workbook."""

import json
import math
from collections import defaultdict
from pathlib import Path

import pytest

from tests.benchmarks import satnet

SMALL = Path(__file__).parent / "data" / "satnet" / "small-1.json"


def solve(capsys, tmp_path, *arguments):
    output = tmp_path / "tracks.json"
    command = ["solve", str(SMALL), "-o", str(output), "--time-limit", "120", "--workers", "1"]
    code = satnet.main([*command, "--max-rounds", "3", *arguments])
    return code, json.loads(capsys.readouterr().out), json.loads(output.read_text())


def test_hours_and_unsatisfied_shares_are_those_of_the_tracks(capsys, tmp_path):
    code, line, tracks = solve(capsys, tmp_path)
    requests = {each["id"]: each for each in json.loads(SMALL.read_text())["requests"]}
    got = defaultdict(int)
    for track in tracks:
        got[track["track_id"]] += track["tracking_off"] - track["tracking_on"]
    wanted, short = defaultdict(int), defaultdict(int)
    for request in requests.values():
        wanted[request["mission"]] += request["duration"]
        short[request["mission"]] += request["duration"] - got[request["id"]]
    shares = [short[mission] / wanted[mission] for mission in wanted]
    assert code == 0
    assert line["value"] == pytest.approx(sum(got.values()) / 3600, abs=0.006)
    assert line["u_rms"] == pytest.approx(math.sqrt(sum(u * u for u in shares) / 3), abs=1e-4)
    assert line["u_max"] == pytest.approx(max(shares), abs=1e-4)
    assert line["satisfied"] == sum(got[name] >= each["min"] for name, each in requests.items())
    assert line["value"] * 60 == pytest.approx(line["objective"], abs=1)
    assert line["bound"] >= line["value"] - 0.01
    assert (line["suite"], line["instance"], line["violations"]) == ("satnet", "small-1", 0)


def scarce(path):
    """One antenna open for 10 h: two requests of one mission fill it, or one of each of two missions."""
    asked = [("first", 1, 5), ("second", 1, 5), ("other", 2, 4)]
    requests = [
        {
            "id": name,
            "mission": mission,
            "duration": hours * 3600,
            "min": hours * 3600,
            "setup": 0,
            "teardown": 0,
            "window": [0, 36_000],
            "views": {"DSS-91": [[0, 36_000]]},
        }
        for name, mission, hours in asked
    ]
    week = {**json.loads(SMALL.read_text()), "antennas": ["DSS-91"], "maintenance": [], "requests": requests}
    path.write_text(json.dumps(week))
    return str(path)


@pytest.mark.parametrize(
    ("weight", "hours", "u_rms"),
    [(0, 10, math.sqrt(1 / 2)), (79, 10, math.sqrt(1 / 2)), (81, 9, math.sqrt(0.25 / 2))],
    ids=["none", "one short of an hour", "one above an hour"],
)
def test_fairness_gives_hours_up_for_the_mission_that_gets_nothing(capsys, tmp_path, weight, hours, u_rms):
    # Squared shares 1 or 0.25: 80 minutes times the difference is the hour that is given up.
    path = scarce(tmp_path / "scarce.json")
    code = satnet.main(["solve", path, "--fair", str(weight), "--time-limit", "120", "--workers", "1"])
    line = json.loads(capsys.readouterr().out)
    assert (code, line["value"], line["fairness"]) == (0, hours, weight)
    assert line["u_rms"] == pytest.approx(u_rms, abs=1e-4)
    assert line["objective"] == pytest.approx(60 * hours - weight * 2 * u_rms**2, abs=0.01)
    assert line["history"][-1][1] == pytest.approx(line["objective"] if weight else hours, abs=1e-3)
    assert (line["bound"] is None) == (weight > 0), "with fairness the objective does not measure hours"


@pytest.mark.parametrize("weight", ["-1", "nan", "inf", "much"])
def test_a_weight_that_is_none_is_refused(weight, capsys):
    with pytest.raises(SystemExit) as ended:
        satnet.main(["solve", str(SMALL), f"--fair={weight}"])
    assert ended.value.code == 2
    assert "--fair" in capsys.readouterr().err


def test_the_commands_write_their_file_or_say_what_is_missing(tmp_path, capsys):
    output = tmp_path / "week.xlsx"
    assert satnet.main(["workbook", str(SMALL), "-o", str(output)]) == 0
    assert output.stat().st_size > 10_000
    assert satnet.main(["workbook", str(tmp_path / "none.json"), "-o", str(output)]) == 2
    assert "There is no file" in capsys.readouterr().err
    other = tmp_path / "other.json"
    other.write_text('{"format": "rcpsp/1"}')
    assert satnet.main(["workbook", str(other), "-o", str(output)]) == 2
    assert satnet.main(["workbook", str(SMALL), "-o", str(tmp_path / "none" / "week.xlsx")]) == 2
