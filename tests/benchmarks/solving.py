"""One instance of a suite through the engine: read, solve, verify, write, and one line of figures.

What differs between suites is a `Suite`; all else is the same for all, and the engine is the product's.
"""

import argparse
import json
import math
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from solver import Assignment, Options, Problem, ProblemError, Progress, Solution, solve, verify
from tests.benchmarks.clock import peak_memory_mb, process_seconds
from tests.benchmarks.instances import Trouble, find_instance

DONE, BROKEN, USERS_FAULT, STOPPED = 0, 1, 2, 130

RESERVE_SECONDS = 0.25
RESERVE_SECONDS_PER_ACTIVITY = 1.5e-4
"""Kept of the time limit for verifying, writing and the end of the process, once the engine has answered."""

Figures = dict[str, Any]


class Suite(Protocol):
    """What is special about one set of instances."""

    name: str

    def read(self, path: Path) -> dict[str, Any]:
        """The instance as it lies in the file; `ValueError` if it is in another format."""
        ...

    def problem(self, instance: dict[str, Any], given: argparse.Namespace) -> Problem:
        """What the engine is asked."""
        ...

    def answer(self, instance: dict[str, Any], assignments: Sequence[Assignment]) -> Any:
        """What is placed, in the format that the suite's verifier takes."""
        ...

    def value(self, objective: float, problem: Problem) -> float | None:
        """An objective of the engine in the suite's own measure, None where it says nothing of it."""
        ...

    def figures(
        self, instance: dict[str, Any], problem: Problem, assignments: Sequence[Assignment]
    ) -> Figures:
        """`value` in the suite's own measure (None: it does not count) and what else the suite counts."""
        ...


def add_solve(commands: Any, suite: Suite) -> argparse.ArgumentParser:
    """The command `solve` of a suite; more arguments may be added to what is returned."""
    defaults = Options()
    command: argparse.ArgumentParser = commands.add_parser("solve", help="solve one instance")
    command.add_argument("instance", help="a file, or the name of one in the folder of instances")
    command.add_argument("-o", "--output", type=Path, help="where to write the answer")
    add_time(command)
    command.add_argument("--seed", type=int, default=defaults.seed)
    command.add_argument("--max-rounds", type=int, help="end after so many rounds of improvement")
    command.add_argument("--from", dest="folder", type=Path, help="folder of instances")
    command.set_defaults(command=lambda given: solve_instance(suite, given))
    return command


def add_time(command: argparse.ArgumentParser) -> None:
    """The two arguments that whatever solves takes."""
    command.add_argument(
        "--time-limit",
        type=positive,
        default=60.0,
        help="seconds for the whole process, reading and writing too",
    )
    command.add_argument("--workers", type=count, default=2, help="processor cores to use")


def add_verify(commands: Any, suite: str, verify_answer: Callable[[dict[str, Any], Any], list[str]]) -> None:
    """The command `verify` of a suite: what is wrong with an answer, and one line of figures."""

    def command(given: argparse.Namespace) -> int:
        path = find_instance(suite, given.instance, given.folder)
        instance, found = read_with(_read, path), read_with(_read, given.answer)
        wrong = verify_answer(instance, found)
        for each in wrong[:100]:
            print("VIOLATION", each)
        value = found.get("makespan") if isinstance(found, dict) else None
        print(json.dumps({"instance": path.stem, "violations": len(wrong), "makespan": value}))
        return BROKEN if wrong else DONE

    parser: argparse.ArgumentParser = commands.add_parser("verify", help="hold an answer against every rule")
    parser.add_argument("instance", help="a file, or the name of one in the folder of instances")
    parser.add_argument("answer", type=Path)
    parser.add_argument("--from", dest="folder", type=Path, help="folder of instances")
    parser.set_defaults(command=command)


def main_with(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> int:
    """Run the command that is given; 0 done, 1 a broken answer, 2 something that the user can mend."""
    given = parser.parse_args(arguments)
    try:
        code: int = given.command(given)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return USERS_FAULT
    except OSError as error:
        print(f"{error.filename}: {error.strerror}.", file=sys.stderr)
        return USERS_FAULT
    except KeyboardInterrupt:
        print("Stopped. What was done before is kept.", file=sys.stderr)
        return STOPPED
    return code


def solve_instance(suite: Suite, given: argparse.Namespace) -> int:
    """Solve one instance, write the answer and print the line; SIGINT keeps the best so far."""
    path = find_instance(suite.name, given.instance, given.folder)
    instance = read_with(suite.read, path)
    try:
        problem = suite.problem(instance, given)
    except ValueError as error:
        raise Trouble(f"{path} cannot be used: {error}") from None
    reserve = RESERVE_SECONDS + RESERVE_SECONDS_PER_ACTIVITY * len(problem.activities)
    begun = process_seconds()
    options = Options(
        time_limit=max(0.01, given.time_limit - begun - reserve),
        workers=given.workers,
        seed=given.seed,
        max_rounds=given.max_rounds,
    )
    try:
        with _bar(given.time_limit, begun) as show, _Stop() as stop:
            solution = solve(problem, options, on_progress=show, stop=stop)
    except ProblemError as error:
        raise Trouble("\n".join(fault.message for fault in error.faults)) from None
    if given.output is not None:
        given.output.write_text(json.dumps(suite.answer(instance, solution.assignments)))
    violations = verify(problem, solution.assignments).violations
    for violation in violations[:20]:
        print(f"VIOLATION {violation.message}", file=sys.stderr)
    line = {
        "suite": suite.name,
        "instance": path.stem,
        "seed": given.seed,
        "workers": given.workers,
        "time_limit": given.time_limit,
        **figures(suite, instance, problem, solution, begun),
        "violations": len(violations),
        "memory_mb": round(peak_memory_mb(), 1),
        "seconds": round(process_seconds(), 2),
    }
    print(json.dumps(line))
    return BROKEN if violations or line["value"] is None else DONE


def figures(
    suite: Suite, instance: dict[str, Any], problem: Problem, solution: Solution, begun: float
) -> Figures:
    """What there is to say about an answer, in times since the start of the process.

    `begun` is when the engine was called. The history is in the suite's own measure, where there is one
    (null: not everything that is mandatory was placed); else the objective itself.
    """
    whole = any(activity.mandatory for activity in problem.activities)
    own = suite.figures(instance, problem, solution.assignments)
    schedules = [each for each in solution.history if not whole or each.placed == each.asked]
    bound = None if solution.bound is None else suite.value(solution.bound, problem)

    def measured(objective: float) -> float | None:
        value = suite.value(objective, problem)
        return tidy(objective if value is None else value)

    asked, value = len(problem.activities), own.pop("value")
    unproven = gap(value, bound)
    return {
        "status": solution.status,
        "value": value,
        "bound": tidy(bound),
        "gap": None if unproven is None else round(unproven, 5),
        "first_seconds": round(begun + schedules[0].seconds, 3) if schedules else None,
        "placed": asked - len(solution.unplaced),
        "asked": asked,
        "objective": tidy(solution.objective),
        "objective_bound": tidy(solution.bound),
        **own,
        "history": [
            [
                round(begun + each.seconds, 3),
                measured(each.objective) if each in schedules else None,
                None if each.bound is None else measured(each.bound),
            ]
            for each in solution.history
        ],
    }


def makespan_figures(problem: Problem, assignments: Sequence[Assignment]) -> Figures:
    """The makespan, if everything is placed (no setup or teardown: an activity is its run)."""
    if {part.activity for part in assignments} != {activity.id for activity in problem.activities}:
        return {"value": None}
    return {"value": max((part.start + part.duration for part in assignments), default=0)}


def makespan(objective: float) -> float:
    """The makespan of a schedule with that objective; of a bound, the least one that is left, whole."""
    return float(max(0, math.ceil(-objective - 1e-6)))


def gap(value: float | None, bound: float | None) -> float | None:
    """Share of the larger of the two by which they differ: what is not proven."""
    if value is None or bound is None:
        return None
    return abs(bound - value) / max(bound, value, 1e-9)


def read_with(read: Callable[[Path], dict[str, Any]], path: Path) -> dict[str, Any]:
    """What `read` finds in a file; `Trouble` if it is something else."""
    if not path.is_file():
        raise Trouble(f"There is no file {path}. Name an instance by its path.")
    try:
        return read(path)
    except (ValueError, UnicodeDecodeError) as error:
        raise Trouble(f"{path} cannot be used: {error}") from None


def _read(path: Path) -> Any:
    return json.loads(path.read_text())


def tidy(number: float | None) -> float | int | None:
    """A whole number as one, others with four digits."""
    if number is None:
        return None
    return round(number) if abs(number - round(number)) < 1e-6 else round(number, 4)


def positive(text: str) -> float:
    """A number of seconds."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value


def not_negative(text: str) -> float:
    """A weight."""
    return 0.0 if text.strip("0.") == "" and any(c.isdigit() for c in text) else positive(text)


def count(text: str) -> int:
    """A number of workers."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return value


class _Stop:
    """Answers true once SIGINT has come; for the time in which it is entered."""

    def __enter__(self) -> Callable[[], bool]:
        self._asked = False
        self._before = signal.signal(signal.SIGINT, self._ask)
        return lambda: self._asked

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked = True


OnProgress = Callable[[Progress, tuple[Assignment, ...]], None]


def _bar(time_limit: float, begun: float) -> AbstractContextManager[OnProgress | None]:
    """A bar of the time on standard error, if somebody looks."""
    if not sys.stderr.isatty():
        return nullcontext()
    from tests.benchmarks.bars import time_bar  # takes time to import, which a solve has better use for

    return time_bar(time_limit, begun)
