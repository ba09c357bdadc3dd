"""What suites of projects have in common: all has to be placed, and the makespan is what counts."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solver import Assignment, Problem
from tests.benchmarks.solving import Figures, makespan, makespan_figures


@dataclass(frozen=True)
class Projects:
    """A suite of projects.

    Parameters
    ----------
    reader, translator, writer
        From a file to the project, from that to a problem, and from what is placed to the answer.
    """

    name: str
    reader: Callable[[Path], dict[str, Any]]
    translator: Callable[[dict[str, Any]], Problem]
    writer: Callable[[dict[str, Any], Sequence[Assignment]], Any]

    def read(self, path: Path) -> dict[str, Any]:
        """The project as it lies in the file."""
        return self.reader(path)

    def problem(self, instance: dict[str, Any], given: argparse.Namespace) -> Problem:
        """Nothing but the project."""
        return self.translator(instance)

    def answer(self, instance: dict[str, Any], assignments: Sequence[Assignment]) -> Any:
        """Starts, and people where there are any."""
        return self.writer(instance, assignments)

    def value(self, objective: float, problem: Problem) -> float | None:
        """The makespan."""
        return makespan(objective)

    def figures(
        self, instance: dict[str, Any], problem: Problem, assignments: Sequence[Assignment]
    ) -> Figures:
        """The makespan, if everything is placed."""
        return makespan_figures(problem, assignments)
