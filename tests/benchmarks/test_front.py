"""The front between hours and fairness."""

import json
import re

import pytest

from tests.benchmarks import front
from tests.benchmarks.__main__ import main
from tests.benchmarks.front import front_plot
from tests.benchmarks.instances import SHIPPED

SMALL = str(SHIPPED / "satnet" / "small-1.json")


def test_the_front_is_joined_and_what_is_worse_in_both_is_not():
    tried = ((0.0, 990, 0.2), (3000.0, 980, 0.15), (9000.0, 970, 0.16))
    points = [{"fairness": weight, "hours": hours, "u_rms": share} for weight, hours, share in tried]
    svg = front_plot("w10", points, [{"hours": 886, "u_rms": 0.28, "method": "RL (PPO)"}])
    # One of each is in the legend; the ground is a rectangle too.
    assert svg.count('fill="white" stroke=') == 2
    assert (svg.count("<circle"), svg.count("<rect")) == (3 + 2, 1 + 1 + 1)
    (line,) = re.findall(r'polyline points="([^"]*)"', svg)
    assert len(line.split()) == 2
    assert all(text in svg for text in ("RL (PPO)", "hours", "U_RMS", "9000"))


def test_each_weight_is_a_point(tmp_path, capsys):
    output = tmp_path / "front.json"
    command = ["front", SMALL, "-o", str(output), "--weights", "0,500", "--time-limit", "120"]
    assert main([*command, "--workers", "1", "--max-rounds", "2"]) == 0
    points = json.loads(output.read_text())["points"]
    assert [point["fairness"] for point in points] == [0, 500]
    assert all(point["hours"] > 0 and 0 <= point["u_rms"] <= point["u_max"] for point in points)
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_a_broken_answer_is_no_point(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(front, "run_one", lambda *_: {"wrong": ["R5 a clash"], "value": 7})
    output = tmp_path / "front.json"
    assert main(["front", SMALL, "-o", str(output), "--weights", "0"]) == 1
    assert json.loads(output.read_text())["points"] == []
    assert "R5 a clash" in capsys.readouterr().err


def test_without_a_single_point_there_is_no_plot(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(front, "run_one", lambda *_: {"wrong": ["R5 a clash"], "value": 7})
    assert main(["front", SMALL, "-o", str(tmp_path / "front.svg"), "--weights", "0"]) == 1
    assert not (tmp_path / "front.svg").exists()


@pytest.mark.parametrize("name", ["front.png", "front"])
def test_another_kind_of_file_is_refused(tmp_path, capsys, name):
    assert main(["front", SMALL, "-o", str(tmp_path / name)]) == 2
    assert ".svg nor .json" in capsys.readouterr().err
