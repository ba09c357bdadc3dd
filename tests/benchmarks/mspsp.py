"""Projects with people of several skills (format `mspsp/1`): the makespan.

python -m tests.benchmarks.mspsp solve small-1 --time-limit 60 --workers 2 --seed 1 -o answer.json
python -m tests.benchmarks.mspsp verify small-1 answer.json
"""

import argparse
import sys
from collections.abc import Sequence

from tests.benchmarks import mspsp_verify
from tests.benchmarks.mspsp_problem import answer, problem_from_project, read_project
from tests.benchmarks.projects import Projects
from tests.benchmarks.solving import add_solve, add_verify, main_with

SUITE = Projects("mspsp", read_project, problem_from_project, answer)
"""The suite; its verifier is `mspsp_verify`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The commands above."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.mspsp", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(required=True)
    add_solve(commands, SUITE)
    add_verify(commands, "mspsp", mspsp_verify.verify)
    return main_with(parser, arguments)


if __name__ == "__main__":
    sys.exit(main())
