"""The command of the made-up weeks."""

import json

import pytest

from tests.benchmarks import weeks
from tests.benchmarks.weeks_problem import DATA


def test_the_value_is_that_of_the_bookings(capsys, tmp_path):
    output = tmp_path / "schedule.json"
    path = DATA / "small-1.json"
    command = ["solve", str(path), "-o", str(output), "--time-limit", "120", "--workers", "1", "--seed", "3"]
    assert weeks.main(command) == 0
    line = json.loads(capsys.readouterr().out)
    values = {each["id"]: each["value"] for each in json.loads(path.read_text())["requests"]}
    bookings = json.loads(output.read_text())["bookings"]
    assert line["value"] == sum(values[booking["request"]] for booking in bookings) == 1412
    assert line["share"] == pytest.approx(1412 / sum(values.values()), abs=1e-4)
    assert (line["status"], line["bound"], line["gap"], line["seed"]) == ("optimal", 1412, 0.0, 3)
    assert (line["placed"], line["asked"]) == (len(bookings), 40)
    assert 0 < line["first_seconds"] <= line["seconds"]
    assert line["history"][0][1] <= line["history"][-1][1] == 1412
    assert line["memory_mb"] > 10


def test_a_name_that_is_nowhere_says_how_to_make_it(capsys, monkeypatch):
    monkeypatch.setenv("MARKAZ_BENCHMARKS", str(DATA.parent))
    assert weeks.main(["solve", "weekly-77"]) == 2
    told = capsys.readouterr().err
    assert "small-1, weekly-1" in told
    assert "generate_weeks.py --size weekly --seed 77" in told


def test_a_file_of_another_format_is_refused(capsys):
    assert weeks.main(["solve", str(DATA.parent / "satnet" / "small-1.json")]) == 2
    assert "satnet-week/1" in capsys.readouterr().err
