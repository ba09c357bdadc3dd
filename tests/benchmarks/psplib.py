"""Projects of PSPLIB (format `rcpsp/1`): the makespan.

python -m tests.benchmarks.psplib solve J30_16 --time-limit 60 --workers 2 --seed 1 -o answer.json
python -m tests.benchmarks.psplib verify J30_16 answer.json
python -m tests.benchmarks.psplib pyjobshop J30_16 --time-limit 60 --workers 2 -o answer.json

The last one gives the project to PyJobShop, for comparison, if that is installed.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import psplib_verify
from tests.benchmarks.instances import find_instance
from tests.benchmarks.projects import Projects
from tests.benchmarks.psplib_problem import answer, problem_from_project, read_project
from tests.benchmarks.solving import add_solve, add_time, add_verify, main_with, read_with

SUITE = Projects("psplib", read_project, problem_from_project, answer)
"""The suite; its verifier is `psplib_verify`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The commands above."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.psplib", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(required=True)
    add_solve(commands, SUITE)
    add_verify(commands, "psplib", psplib_verify.verify)
    command = commands.add_parser("pyjobshop", help="give one instance to PyJobShop")
    command.add_argument("instance", help="a file, or the name of one in the folder of instances")
    command.add_argument("-o", "--output", type=Path, help="where to write the answer")
    add_time(command)
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--from", dest="folder", type=Path, help="folder of instances")
    command.set_defaults(command=_pyjobshop)
    return main_with(parser, arguments)


def _pyjobshop(given: argparse.Namespace) -> int:
    from tests.benchmarks.peer import solve_project

    path = find_instance("psplib", given.instance, given.folder)
    project = read_with(read_project, path)
    line, found = solve_project(project, given.time_limit, given.workers, given.seed)
    if given.output is not None:
        given.output.write_text(json.dumps(found))
    wrong = psplib_verify.verify(project, found)
    print(json.dumps({**line, "instance": path.stem, "violations": len(wrong)}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
