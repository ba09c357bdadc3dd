"""Repair of a published week after one disturbance, held against a long run of the same.

python -m tests.benchmarks.repair weekly-1 --cases 20 --seconds 2 15 --reference 300
"""

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from solver import Assignment, Options, Problem, solution_from_json, solve, verify
from solver.codec import assignments_from_json
from solver.repairs.repair import Repair, Toll, repair
from tests.benchmarks.bars import count_bar
from tests.benchmarks.instances import Trouble, find_instance
from tests.benchmarks.repair_cases import KINDS, draw
from tests.benchmarks.weeks_problem import problem_from_week, read_week

_PLAN_SECONDS = 20.0


@dataclass(frozen=True)
class Run:
    """One repair."""

    kind: str
    case: int
    limit: float
    seconds: float
    status: str
    toll: Toll
    displaced: int
    beyond: int

    def row(self) -> dict[str, object]:
        """As plain data."""
        toll = self.toll
        return {
            "kind": self.kind,
            "case": self.case,
            "limit": self.limit,
            "seconds": round(self.seconds, 2),
            "status": self.status,
            "toll": [toll.left_out, float(toll.lost), toll.moved, toll.distance, toll.reassigned],
            "displaced": self.displaced,
            "beyond": self.beyond,
        }


def run_case(problem: Problem, plan: Sequence[Assignment], kind: str, case: int, options: Options) -> Run:
    """Repair one case, and hold the answer against every rule."""
    _, disturbed = draw(problem, plan, kind, case)
    found = repair(disturbed, plan, options)
    broken = verify(disturbed, found.solution.assignments).violations
    if broken:
        raise RuntimeError(f"{kind} {case}: {broken[0].message}")
    seconds = found.solution.seconds
    displaced = len(found.displaced)
    return Run(
        kind,
        case,
        options.time_limit,
        seconds,
        found.solution.status,
        found.toll,
        displaced,
        beyond(disturbed, found),
    )


def beyond(problem: Problem, found: Repair) -> int:
    """Bookings that are elsewhere, or dropped, though the disturbance alone would have left them in place."""
    apart = {activity.id for activity in problem.activities if activity.pin is not None}
    apart.update(found.displaced)
    kinds = ("moved", "dropped")
    return sum(change.kind in kinds and change.activity not in apart for change in found.changes)


def table(runs: Sequence[Run], limits: Sequence[float], value: float, bookings: int) -> Table:
    """For each kind and limit how far the repairs are from those of the longest limit."""
    found = Table("kind", "limit s", "took s (median)", "lost", "lost above reference, % of the plan (worst)")
    for title in (
        "mandatory left out",
        "as good in lost",
        "as good in all",
        "moved beyond, % (mean, worst)",
        "distance",
        "optimal",
    ):
        found.add_column(title)
    reference = {(run.kind, run.case): run for run in runs if run.limit == limits[-1]}
    for kind in dict.fromkeys(run.kind for run in runs):
        for limit in limits:
            some = [run for run in runs if (run.kind, run.limit) == (kind, limit)]
            others = [reference[run.kind, run.case] for run in some]
            above = [float(a.toll.lost - b.toll.lost) for a, b in zip(some, others, strict=True)]
            alike = sum(
                (a.toll.left_out, a.toll.lost) <= (b.toll.left_out, b.toll.lost)
                for a, b in zip(some, others, strict=True)
            )
            equal = sum(a.toll <= b.toll for a, b in zip(some, others, strict=True))
            moved = [100 * run.beyond / bookings for run in some]
            found.add_row(
                kind,
                f"{limit:g}",
                f"{statistics.median(run.seconds for run in some):.1f}",
                f"{sum(float(run.toll.lost) for run in some):g}",
                f"{100 * max(above) / value:.3f}",
                f"{sum(run.toll.left_out for run in some)}",
                f"{alike}/{len(some)}",
                f"{equal}/{len(some)}",
                f"{statistics.mean(moved):.1f}, {max(moved):.1f}",
                f"{sum(run.toll.distance for run in some)}",
                f"{sum(run.status == 'optimal' for run in some)}/{len(some)}",
            )
    return found


def published_plan(problem: Problem, given: Path | None, workers: int) -> tuple[Assignment, ...]:
    """The plan in a file (a solution, or its assignments), or one that is made now."""
    if given is None:
        return solve(problem, Options(time_limit=_PLAN_SECONDS, workers=workers)).assignments
    data = json.loads(given.read_text())
    return (
        tuple(assignments_from_json(data)) if isinstance(data, list) else solution_from_json(data).assignments
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command above."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.repair", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("instance", help="name or path of a week")
    parser.add_argument("--plan", type=Path, help="what is published (default: the plan of a 20 s solve)")
    parser.add_argument("--cases", type=int, default=20, help="of each kind")
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--seconds", type=float, nargs="+", default=[2.0, 15.0])
    parser.add_argument("--reference", type=float, default=300.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, help="where to write each run as JSON")
    given = parser.parse_args(arguments)
    try:
        problem = problem_from_week(read_week(find_instance("weeks", given.instance)))
    except (Trouble, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    plan = published_plan(problem, given.plan, given.workers)
    limits = [*given.seconds, given.reference]
    numbers = range(given.first, given.first + given.cases)
    runs = []
    with count_bar(len(given.kinds) * len(numbers) * len(limits)) as step:
        for kind in given.kinds:
            for case in numbers:
                for limit in limits:
                    step(f"{kind} {case}, {limit:g} s")
                    runs.append(
                        run_case(problem, plan, kind, case, Options(limit, given.workers, given.seed))
                    )
    if given.output is not None:
        given.output.write_text(json.dumps([run.row() for run in runs], indent=1) + "\n")
    names = {part.activity for part in plan}
    value = sum(activity.value for activity in problem.activities if activity.id in names)
    Console(width=140).print(table(runs, limits, value, len(names)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
