"""Made-up weeks of a space centre (format `space-centre-week/1`): total value of what is placed.

python -m tests.benchmarks.weeks solve weekly-1 --time-limit 60 --workers 2 --seed 1 -o schedule.json
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from solver import Assignment, Problem
from tests.benchmarks.solving import Figures, add_solve, main_with
from tests.benchmarks.weeks_problem import problem_from_week, read_week, schedule


class Weeks:
    """The suite; its verifier is `verify_week.py`, beside the instances."""

    name = "weeks"

    def read(self, path: Path) -> dict[str, Any]:
        """The week as it lies in the file."""
        return read_week(path)

    def problem(self, instance: dict[str, Any], given: argparse.Namespace) -> Problem:
        """Nothing but the week."""
        return problem_from_week(instance)

    def answer(self, instance: dict[str, Any], assignments: Sequence[Assignment]) -> Any:
        """The format's schedule."""
        return schedule(instance, assignments)

    def value(self, objective: float, problem: Problem) -> float | None:
        """The objective is the total value."""
        return objective

    def figures(
        self, instance: dict[str, Any], problem: Problem, assignments: Sequence[Assignment]
    ) -> Figures:
        """Value of what is placed, from the file, and its share of all that is asked."""
        values = {request["id"]: request["value"] for request in instance["requests"]}
        value = sum(values[part.activity] for part in assignments)
        return {"value": value, "share": round(value / max(1, sum(values.values())), 4)}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command above."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.weeks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_solve(parser.add_subparsers(required=True), Weeks())
    return main_with(parser, arguments)


if __name__ == "__main__":
    sys.exit(main())
