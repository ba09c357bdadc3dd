"""What all suites have in common when one instance is solved."""

import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from solver import Activity, Mode, Problem, Resource, Solution, Weights
from solver.solution import Assignment, Progress, Reason, Unplaced
from tests.benchmarks import solving, weeks
from tests.benchmarks.psplib import SUITE
from tests.benchmarks.weeks_problem import DATA


@pytest.mark.parametrize(
    ("value", "bound", "gap"),
    [(90, 100, 0.1), (100, 90, 0.1), (7, 7, 0.0), (0, 0, 0.0), (0, 5, 1.0), (None, 5, None), (5, None, None)],
    ids=["most wanted", "least wanted", "closed", "nothing", "all open", "no value", "no bound"],
)
def test_the_gap_is_a_share_of_the_larger(value, bound, gap):
    assert solving.gap(value, bound) == (None if gap is None else pytest.approx(gap))


@pytest.mark.parametrize(
    ("objective", "ticks"),
    [(-47.0, 47), (-46.2, 47), (-46.9999999, 47), (-47.0000001, 47), (0.0, 0), (12.0, 0)],
    ids=["whole", "a bound between two", "a little under", "a little above", "nothing", "no bound at all"],
)
def test_a_bound_of_the_makespan_is_the_least_whole_one_left(objective, ticks):
    assert solving.makespan(objective) == ticks


def two():
    activities = tuple(
        Activity(name, (Mode("m", ("r",)),), wish=2, least=2, value=0, mandatory=True) for name in "ab"
    )
    return Problem(4, activities, (Resource("r"),), weights=Weights(makespan=1))


def answer(*starts):
    assignments = tuple(Assignment(name, 1, "m", start, 2) for name, start in zip("ab", starts, strict=False))
    history = (Progress(0.25, -2, None, 1, 2), Progress(0.5, -4, None, 2, 2), Progress(0.75, -4, -3.5, 2, 2))
    unplaced = tuple(Unplaced(name, Reason(())) for name in "ab"[len(starts) :])
    return Solution(assignments, unplaced, "feasible", -4.0, -3.5, history[: len(starts) + 1], 1.0, 1)


def test_the_first_schedule_is_the_first_that_has_all_that_is_mandatory():
    line = solving.figures(SUITE, {}, two(), answer(0, 2), begun=10.0)
    assert (line["value"], line["bound"], line["gap"], line["first_seconds"]) == (4, 4, 0.0, 10.5)
    assert line["history"] == [[10.25, None, None], [10.5, 4, None], [10.75, 4, 4]]


def test_an_answer_without_something_mandatory_has_no_value():
    line = solving.figures(SUITE, {}, two(), answer(0), begun=10.0)
    assert (line["value"], line["gap"], line["placed"], line["asked"]) == (None, None, 1, 2)


@pytest.mark.parametrize(
    ("elapsed", "left"),
    [(1.0, 60 - 1.0 - 0.25 - 40 * 1.5e-4), (59.9, 0.01)],
    ids=["some is left", "none is left"],
)
def test_start_and_end_of_the_process_are_taken_from_the_time_limit(monkeypatch, capsys, elapsed, left):
    given = []

    def solve(problem, options, **others):
        given.append(options)
        return Solution((), (), "stopped", 0.0, None, (), 0.0, 1)

    monkeypatch.setattr(solving, "solve", solve)
    monkeypatch.setattr(solving, "process_seconds", lambda: elapsed)
    weeks.main(["solve", str(DATA / "small-1.json"), "--time-limit", "60"])
    assert given[0].time_limit == pytest.approx(left)
    assert json.loads(capsys.readouterr().out)["seconds"] == elapsed


def test_a_broken_answer_ends_with_one(monkeypatch, capsys):
    path = DATA / "small-1.json"
    request = json.loads(path.read_text())["requests"][0]
    early = Assignment(request["id"], 1, request["resources"][0], -5, request["duration"])
    broken = Solution((early,), (), "feasible", 0.0, None, (), 0.0, 1)
    monkeypatch.setattr(solving, "solve", lambda problem, options, **others: broken)
    assert weeks.main(["solve", str(path)]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["violations"] > 0
    assert f"VIOLATION {request['id']}" in told.err


def test_an_interrupt_keeps_the_best_so_far(capsys, tmp_path):
    output = tmp_path / "schedule.json"
    before = signal.getsignal(signal.SIGINT)

    def interrupt():
        while signal.getsignal(signal.SIGINT) is before:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    # Without the interrupt the test would run into its own limit.
    code = weeks.main(["solve", str(DATA / "weekly-1.json"), "-o", str(output), "--time-limit", "100000"])
    thread.join()
    line = json.loads(capsys.readouterr().out)
    assert (code, line["status"], line["violations"]) == (0, "stopped", 0)
    assert len(json.loads(output.read_text())["bookings"]) == line["placed"] > 100
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("argument", ["--time-limit=0", "--time-limit=-3", "--time-limit=inf", "--workers=0"])
def test_a_limit_without_sense_is_refused(argument, capsys):
    with pytest.raises(SystemExit) as ended:
        weeks.main(["solve", str(DATA / "small-1.json"), argument])
    assert ended.value.code == 2
    assert argument.partition("=")[0] in capsys.readouterr().err


def test_an_answer_that_cannot_be_written_is_told(capsys, tmp_path):
    output = tmp_path / "none" / "schedule.json"
    command = ["solve", str(DATA / "small-1.json"), "-o", str(output), "--workers", "1", "--max-rounds", "0"]
    assert weeks.main(command) == 2
    assert str(output) in capsys.readouterr().err


def test_no_bar_is_drawn_where_nobody_looks(capsys):
    command = ["solve", str(Path(DATA) / "small-1.json"), "--workers", "1", "--max-rounds", "0"]
    assert weeks.main(command) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert len(told.out.splitlines()) == 1
