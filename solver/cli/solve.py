"""The commands `solve` and `verify`."""

import argparse
import sys
from collections.abc import Sequence

from solver.cli.files import (
    Refused,
    as_text,
    read_problem,
    read_solution,
    some_of,
    write_json,
)
from solver.cli.progress import Bar, stop_on_interrupt
from solver.codec import solution_to_json
from solver.problem import Problem
from solver.solution import Assignment, Options, Solution
from solver.solve import solve
from solver.verification.verify import verify


def run_solve(options: argparse.Namespace) -> None:
    """Find a schedule, and write or print it."""
    problem = read_problem(options.problem)
    start: Sequence[Assignment] = ()
    if options.start is not None:
        start = some_of(problem, options.start, read_solution(options.start).assignments)
    with stop_on_interrupt() as stopped, Bar(options.time_limit) as bar:
        solution = solve(problem, search_options(options), on_progress=bar.show, stop=stopped, start=start)
    if options.output is None:
        sys.stdout.write(as_text(solution_to_json(solution)))
    else:
        write_json(options.output, solution_to_json(solution))
        print(summary(problem, solution))


def run_verify(options: argparse.Namespace) -> None:
    """Hold a solution against every rule; refused with all that it breaks."""
    problem = read_problem(options.problem)
    solution = read_solution(options.solution)
    verdict = verify(problem, solution.assignments)
    if verdict.violations:
        raise Refused("\n".join(violation.message for violation in verdict.violations))
    print(f"No rule is broken. Objective {verdict.objective:g}, {len(solution.assignments)} placements.")


def search_options(options: argparse.Namespace) -> Options:
    """The options of a search as they were given."""
    return Options(options.time_limit, options.workers, options.seed, options.max_rounds)


def summary(problem: Problem, solution: Solution) -> str:
    """How good a solution is, in a line."""
    gap = "" if solution.gap is None else f", gap {solution.gap:.1%}"
    return (
        f"{solution.status}: objective {solution.objective:g}{gap}, "
        f"{len(problem.activities) - len(solution.unplaced)} of {len(problem.activities)} placed, "
        f"{solution.seconds:.1f} s"
    )
