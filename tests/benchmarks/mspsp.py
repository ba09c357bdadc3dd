"""Projects with people of several skills (format `mspsp/1`): the makespan.

python -m tests.benchmarks.mspsp solve small-1 --time-limit 60 --workers 2 --seed 1 -o answer.json
python -m tests.benchmarks.mspsp verify small-1 answer.json
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from solver import Assignment, Problem
from tests.benchmarks import mspsp_verify
from tests.benchmarks.mspsp_problem import answer, problem_from_project, read_project
from tests.benchmarks.solving import Figures, add_solve, add_verify, main_with, makespan, makespan_figures


class Mspsp:
    """The suite; its verifier is `mspsp_verify`."""

    name = "mspsp"

    def read(self, path: Path) -> dict[str, Any]:
        """The project as it lies in the file."""
        return read_project(path)

    def problem(self, instance: dict[str, Any], given: argparse.Namespace) -> Problem:
        """Nothing but the project."""
        return problem_from_project(instance)

    def answer(self, instance: dict[str, Any], assignments: Sequence[Assignment]) -> Any:
        """Starts and people, as `mspsp-schedule/1`."""
        return answer(instance, assignments)

    def value(self, objective: float, problem: Problem) -> float | None:
        """The makespan."""
        return makespan(objective)

    def figures(
        self, instance: dict[str, Any], problem: Problem, assignments: Sequence[Assignment]
    ) -> Figures:
        """The makespan, if everything is placed."""
        return makespan_figures(problem, assignments)


def main(arguments: Sequence[str] | None = None) -> int:
    """The commands above."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.mspsp", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(required=True)
    add_solve(commands, Mspsp())
    add_verify(commands, "mspsp", mspsp_verify.verify)
    return main_with(parser, arguments)


if __name__ == "__main__":
    sys.exit(main())
