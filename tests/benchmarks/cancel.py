"""How soon the best so far is back after somebody says stop.

python -m tests.benchmarks.cancel weeks weekly-1 --moments 20 --within 20
python -m tests.benchmarks.cancel weeks huge-1 --moments 4 --within 30

Each moment is a solve of its own, stopped at a random time; before the first schedule is there what
comes back is as much of the greedy one as there is, which is feasible as well. `holds` says whether the
median is within 0.3 s (of more than 5,000 activities 1 s), and the 95th percentile within twice that.
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from solver import Options, Problem, solve, verify
from tests.benchmarks import mspsp, psplib
from tests.benchmarks.instances import find_instance
from tests.benchmarks.satnet import Satnet
from tests.benchmarks.solving import Suite, count, main_with, positive, read_with
from tests.benchmarks.weeks import Weeks

SUITES: dict[str, Suite] = {
    "weeks": Weeks(),
    "satnet": Satnet(),
    "psplib": psplib.SUITE,
    "mspsp": mspsp.SUITE,
}

_MOST_SECONDS, _MOST_SECONDS_OF_HUGE = 0.3, 1.0
_HUGE = 5_000


def stopped_after(problem: Problem, seconds: float, workers: int, seed: int) -> tuple[float, int, int]:
    """Seconds from the word stop to the answer, violations of the answer, and activities placed.

    The seconds are negative where the solve ended by itself before.
    """
    begun = time.monotonic()
    solution = solve(
        problem,
        Options(time_limit=seconds + 600, workers=workers, seed=seed),
        stop=lambda: time.monotonic() - begun >= seconds,
    )
    late = time.monotonic() - begun - seconds
    placed = {part.activity for part in solution.assignments}
    return late, len(verify(problem, solution.assignments).violations), len(placed)


def holds(median: float, p95: float, activities: int) -> bool:
    """Whether the answer is back as soon as it is to be."""
    most = _MOST_SECONDS_OF_HUGE if activities > _HUGE else _MOST_SECONDS
    return median <= most and p95 <= 2 * most


def main(arguments: Sequence[str] | None = None) -> int:
    """The command above; 0 all answers are feasible, 1 one is not."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.cancel", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("suite", choices=sorted(SUITES))
    parser.add_argument("instance")
    parser.add_argument("--moments", type=count, default=20)
    parser.add_argument("--within", type=positive, default=20.0, help="latest moment, in seconds")
    parser.add_argument("--workers", type=count, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="folder", type=Path, help="folder of instances")
    parser.set_defaults(command=_measure, fair=0.0)
    return main_with(parser, arguments)


def _measure(given: argparse.Namespace) -> int:
    suite = SUITES[given.suite]
    instance = read_with(suite.read, find_instance(given.suite, given.instance, given.folder))
    problem = suite.problem(instance, given)
    rng = random.Random(given.seed)
    late, wrong = [], 0
    for number in range(given.moments):
        moment = rng.uniform(0, given.within)
        seconds, violations, placed = stopped_after(problem, moment, given.workers, number + 1)
        if seconds >= 0:
            late.append(seconds)
        wrong += violations
        if sys.stderr.isatty():
            print(f"stop at {moment:6.2f} s: back in {seconds:.3f} s, {placed} placed", file=sys.stderr)
    if not late:
        print(
            f"Every solve ended before it was stopped: give --within below {given.within:g}.", file=sys.stderr
        )
        return 2
    median, p95 = statistics.median(late), sorted(late)[max(0, -(-len(late) * 95 // 100) - 1)]
    line = {
        "suite": given.suite,
        "instance": given.instance,
        "moments": given.moments,
        "ended_before": given.moments - len(late),
        "median_seconds": round(median, 3),
        "p95_seconds": round(p95, 3),
        "worst_seconds": round(max(late), 3),
        "violations": wrong,
        "holds": holds(median, p95, len(problem.activities)),
    }
    print(json.dumps(line))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
