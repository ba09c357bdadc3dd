"""What the commands read and write: files as JSON, and refusals in words."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from solver.checks.check import check
from solver.codec import CodecError, problem_from_json, solution_from_json
from solver.problem import Problem
from solver.solution import Assignment, Fault, Solution

Read = TypeVar("Read")


class Refused(Exception):
    """What was given cannot be used; each line says one thing."""


def read_problem(path: Path) -> Problem:
    """The problem of a file; refused with every fault at once if it has any."""
    problem = read_as(problem_from_json, path)
    refuse_faults(check(problem))
    return problem


def read_solution(path: Path) -> Solution:
    """The solution of a file."""
    return read_as(solution_from_json, path)


def read_as(decode: Callable[[object], Read], path: Path) -> Read:
    """What a file holds, by a function of `solver.codec`."""
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise Refused(f"{path} is not JSON: {error}.") from error
    try:
        return decode(data)
    except CodecError as error:
        raise Refused(f"{path}: {error}") from error


def refuse_faults(faults: Sequence[Fault]) -> None:
    """Refuse a problem that has faults, each on a line."""
    if faults:
        raise Refused("\n".join(fault.message for fault in faults))


def some_of(problem: Problem, path: Path, parts: Sequence[Assignment]) -> Sequence[Assignment]:
    """The parts themselves; refused if the problem has none of their activities."""
    known = {activity.id for activity in problem.activities}
    if parts and not any(part.activity in known for part in parts):
        first = parts[0].activity
        raise Refused(
            f"{path}: the problem has none of its activities, not even {first!r}. "
            "Give a solution of this problem."
        )
    return parts


def write_json(path: Path, data: object) -> None:
    """Write a file, one fact a line, so that two of them can be compared."""
    try:
        path.write_text(as_text(data), encoding="utf-8")
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from error


def as_text(data: object) -> str:
    """JSON as the commands print and write it."""
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
