"""Real weeks of NASA's Deep Space Network (format `satnet-week/1`): hours tracked.

python -m tests.benchmarks.satnet solve w20 --time-limit 60 --workers 2 --seed 1 -o tracks.json
python -m tests.benchmarks.satnet solve w20 --fair 3000 -o tracks.json
python -m tests.benchmarks.satnet workbook w20.json -o w20.xlsx
python -m tests.benchmarks.satnet tracks w20.json -o tracks.json

`verify_satnet.py`, which lies beside the weeks, checks the tracks. The last two go through the whole
of Markaz: between them the workbook is imported, planned and published as any other.
"""

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from solver import Assignment, Problem
from tests.benchmarks.satnet_problem import problem_from_week, read_week, tracks
from tests.benchmarks.solving import DONE, Figures, add_solve, main_with, not_negative, read_with

TICKS_PER_HOUR = 60


class Satnet:
    """The suite; its verifier is `verify_satnet.py`, beside the instances."""

    name = "satnet"

    def read(self, path: Path) -> dict[str, Any]:
        """The week as it lies in the file."""
        return read_week(path)

    def problem(self, instance: dict[str, Any], given: argparse.Namespace) -> Problem:
        """The week; with ``--fair`` missions that get little count as well."""
        return problem_from_week(instance, fairness=given.fair)

    def answer(self, instance: dict[str, Any], assignments: Sequence[Assignment]) -> Any:
        """A list of tracks."""
        return tracks(instance, assignments)

    def value(self, objective: float, problem: Problem) -> float | None:
        """Hours: the objective counts minutes, unless it counts fairness too."""
        return None if problem.weights.fairness else objective / TICKS_PER_HOUR

    def figures(
        self, instance: dict[str, Any], problem: Problem, assignments: Sequence[Assignment]
    ) -> Figures:
        """Hours, requests satisfied, and the unsatisfied share of the missions' time."""
        wanted: dict[int, int] = {}
        short: dict[int, int] = {}
        satisfied = 0
        seconds: dict[str, int] = {}
        for part in assignments:
            seconds[part.activity] = seconds.get(part.activity, 0) + part.duration * problem.tick_seconds
        for request in instance["requests"]:
            got, mission = seconds.get(request["id"], 0), request["mission"]
            wanted[mission] = wanted.get(mission, 0) + request["duration"]
            short[mission] = short.get(mission, 0) + request["duration"] - got
            satisfied += got >= request["min"]
        shares = [short[mission] / wanted[mission] for mission in wanted]
        return {
            "value": round(sum(seconds.values()) / 3600, 2),
            "satisfied": satisfied,
            "u_rms": round(math.sqrt(sum(share**2 for share in shares) / len(shares)), 4),
            "u_max": round(max(shares), 4),
            "fairness": problem.weights.fairness,
        }


def main(arguments: Sequence[str] | None = None) -> int:
    """The commands above."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.satnet", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(required=True)
    command = add_solve(commands, Satnet())
    command.add_argument(
        "--fair",
        type=not_negative,
        default=0.0,
        metavar="W",
        help="minutes of tracking that a rise of the sum of squared unsatisfied shares by 1 must bring",
    )
    for name, what, function in (
        ("workbook", "the week as a centre workbook", _workbook),
        ("tracks", "what was booked as tracks", _tracks),
    ):
        command = commands.add_parser(name, help=what)
        command.add_argument("week", type=Path)
        command.add_argument("-o", dest="output", type=Path, required=True)
        command.set_defaults(command=function)
    return main_with(parser, arguments)


# These two need the whole application, which a solve has no time to import.


def _workbook(given: argparse.Namespace) -> int:
    from tests.benchmarks.satnet_workbook import write_workbook

    write_workbook(read_with(read_week, given.week), given.output)
    return DONE


def _tracks(given: argparse.Namespace) -> int:
    from scheduler.instance import open_instance
    from tests.benchmarks.satnet_workbook import booked_tracks

    week = read_with(read_week, given.week)
    open_instance()
    rows = booked_tracks(week)
    given.output.write_text(json.dumps(rows, indent=1))
    print(f"{given.output}: {len(rows)} tracks.")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
