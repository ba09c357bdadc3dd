"""Solve and verify from the command line.

python -m solver solve problem.json -o solution.json --time-limit 30 --workers 2
python -m solver verify problem.json solution.json

Exit code 0: done; 1: our fault; 2: what was given is wrong, with every fault on a line of its own.
"""

import argparse
import json
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from solver import (
    Assignment,
    CodecError,
    Options,
    Problem,
    ProblemError,
    Progress,
    Solution,
    check,
    problem_from_json,
    solution_from_json,
    solution_to_json,
    solve,
    verify,
)

DONE, OUR_FAULT, USERS_FAULT = 0, 1, 2


class _Refused(Exception):
    """What was given cannot be used; each line says one thing."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.command(options)
    except _Refused as refused:
        print(refused, file=sys.stderr)
        return USERS_FAULT
    except Exception:
        traceback.print_exc()
        print("This is a fault in the solver; please report it with the problem file.", file=sys.stderr)
        return OUR_FAULT
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m solver", description="Solve and verify schedules.")
    commands = parser.add_subparsers(required=True, metavar="solve | verify")
    defaults = Options()
    command = commands.add_parser("solve", help="find a good schedule for a problem")
    command.add_argument("problem", type=Path, help="problem as JSON")
    command.add_argument("-o", "--output", type=Path, help="where to write the solution (default: print it)")
    command.add_argument("--time-limit", type=_positive, default=defaults.time_limit, help="seconds")
    command.add_argument("--workers", type=_count, default=defaults.workers, help="processor cores to use")
    command.add_argument("--seed", type=int, default=defaults.seed)
    command.add_argument("--max-rounds", type=int, help="end after so many rounds of improvement")
    command.set_defaults(command=_solve)
    command = commands.add_parser("verify", help="hold a solution against every rule of its problem")
    command.add_argument("problem", type=Path, help="problem as JSON")
    command.add_argument("solution", type=Path, help="solution as JSON")
    command.set_defaults(command=_verify)
    return parser


def _solve(options: argparse.Namespace) -> int:
    problem = _read_problem(options.problem)
    asked_to_stop = False

    def stop_at_signal(number: int, frame: FrameType | None) -> None:
        nonlocal asked_to_stop
        asked_to_stop = True

    before = signal.signal(signal.SIGINT, stop_at_signal)
    try:
        solution = solve(
            problem,
            Options(options.time_limit, options.workers, options.seed, options.max_rounds),
            on_progress=_show if sys.stderr.isatty() else None,
            stop=lambda: asked_to_stop,
        )
    except ProblemError as error:
        raise _Refused("\n".join(fault.message for fault in error.faults)) from error
    finally:
        signal.signal(signal.SIGINT, before)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    text = json.dumps(solution_to_json(solution), ensure_ascii=False, indent=1) + "\n"
    if options.output is None:
        sys.stdout.write(text)
    else:
        _write(options.output, text)
        print(_summary(problem, solution))
    return DONE


def _verify(options: argparse.Namespace) -> int:
    problem = _read_problem(options.problem)
    if faults := check(problem):
        raise _Refused("\n".join(fault.message for fault in faults))
    try:
        solution = solution_from_json(_read(options.solution))
    except CodecError as error:
        raise _Refused(f"{options.solution}: {error}") from error
    verdict = verify(problem, solution.assignments)
    if verdict.violations:
        raise _Refused("\n".join(violation.message for violation in verdict.violations))
    print(f"No rule is broken. Objective {verdict.objective:g}, {len(solution.assignments)} placements.")
    return DONE


def _read_problem(path: Path) -> Problem:
    try:
        return problem_from_json(_read(path))
    except CodecError as error:
        raise _Refused(f"{path}: {error}") from error


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _Refused(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise _Refused(f"{path} is not JSON: {error}.") from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _Refused(f"{path} cannot be written: {error.strerror}.") from error


def _show(progress: Progress, assignments: tuple[Assignment, ...]) -> None:
    bound = "" if progress.bound is None else f", at most {progress.bound:.6g}"
    line = f"{progress.seconds:6.1f} s  objective {progress.objective:.6g}{bound}"
    print(f"\r{line}, {progress.placed} of {progress.asked} placed   ", end="", file=sys.stderr, flush=True)


def _summary(problem: Problem, solution: Solution) -> str:
    gap = "" if solution.gap is None else f", gap {solution.gap:.1%}"
    return (
        f"{solution.status}: objective {solution.objective:g}{gap}, "
        f"{len(problem.activities) - len(solution.unplaced)} of {len(problem.activities)} placed, "
        f"{solution.seconds:.1f} s"
    )


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number of seconds")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return value


if __name__ == "__main__":
    sys.exit(main())
