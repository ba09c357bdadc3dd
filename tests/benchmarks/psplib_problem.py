"""A project of PSPLIB (format `rcpsp/1`) as a problem, and back as starts."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from solver.problem import Activity, Mode, PrecedenceLag, Problem, Resource
from solver.solution import Assignment
from solver.weights import Weights
from tests.benchmarks.network import (
    horizon,
    list_schedule_length,
    precedences_without_empty,
    starts_with_empty,
)


def read_project(path: Path) -> dict[str, Any]:
    """The project as it lies in the file."""
    project: dict[str, Any] = json.loads(path.read_text())
    if project.get("format") != "rcpsp/1":
        raise ValueError(f"{path} is not in format rcpsp/1: {project.get('format')!r}")
    return project


def problem_from_project(project: dict[str, Any]) -> Problem:
    """One activity for each that takes time, all mandatory, worth nothing: the makespan is all."""
    durations, capacities = project["durations"], project["capacities"]
    activities = tuple(
        _activity(number, duration, project["demands"][number])
        for number, duration in enumerate(durations)
        if duration
    )
    return Problem(
        name=project["name"],
        horizon=horizon(project["durations"], list_length(project)),
        activities=activities,
        resources=tuple(Resource(f"r{number}", capacity) for number, capacity in enumerate(capacities)),
        precedences=tuple(
            PrecedenceLag(str(before), str(after))
            for before, after in precedences_without_empty(durations, project["successors"])
        ),
        weights=Weights(makespan=1.0),
    )


def list_length(project: dict[str, Any]) -> int:
    """Makespan of a list schedule."""
    free = list(project["capacities"])
    demands = project["demands"]

    def take(number: int) -> bool:
        if any(units > left for units, left in zip(demands[number], free, strict=True)):
            return False
        _add(free, demands[number], -1)
        return True

    def give(number: int) -> None:
        _add(free, demands[number], 1)

    return list_schedule_length(project["durations"], project["successors"], take, give)


def answer(project: dict[str, Any], assignments: Iterable[Assignment]) -> dict[str, Any]:
    """What is placed, as `rcpsp-schedule/1`: the start of each activity, null where it has none."""
    placed = {int(part.activity): part.start for part in assignments}
    starts = starts_with_empty(project["durations"], project["successors"], placed)
    ends = [start + project["durations"][number] for number, start in placed.items()]
    return {
        "format": "rcpsp-schedule/1",
        "instance": project["name"],
        "starts": starts,
        "makespan": max(ends, default=0),
    }


def _activity(number: int, duration: int, demands: list[int]) -> Activity:
    taken = [(f"r{resource}", units) for resource, units in enumerate(demands) if units]
    mode = Mode("m", tuple(name for name, _ in taken), tuple(units for _, units in taken))
    return Activity(str(number), (mode,), wish=duration, least=duration, value=0, mandatory=True)


def _add(free: list[int], demands: list[int], sign: int) -> None:
    for resource, units in enumerate(demands):
        free[resource] += sign * units
