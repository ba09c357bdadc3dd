"""The engine from the command line: files in, files out.

python -m solver solve problem.json -o solution.json --time-limit 30 --workers 2
python -m solver verify problem.json solution.json
python -m solver explain problem.json solution.json --budget 10 -o explanations.json
python -m solver repair problem.json solution.json --down TVAC-1 40 60 -o repaired.json
python -m solver schema problem

Exit code 0: done; 1: our fault; 2: what was given is wrong, with every fault on a line of its own; 130:
ended by a second Ctrl-C (the first one ends the search and keeps the best so far).

Each command has a file: `cli_solve` (verify too), `cli_explain`, `cli_repair`. `cli_files` reads, writes
and refuses, `cli_progress` draws the bar, `cli_words` says in words what was found.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias, get_args

from solver.cli.explain import run_explain
from solver.cli.files import Refused, as_text
from solver.cli.repair import run_repair
from solver.cli.solve import run_solve, run_verify
from solver.repairs.repair import MOST_MOVED
from solver.schema import Document, json_schema
from solver.solution import Options, ProblemError

DONE, OUR_FAULT, USERS_FAULT, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    >>> main(["schema", "activity"])  # doctest: +ELLIPSIS
    {
     "$schema": "https://json-schema.org/draft/2020-12/schema",
     "title": "Markaz activity",
    ...
    0
    """
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return USERS_FAULT
    except ProblemError as error:
        print("\n".join(fault.message for fault in error.faults), file=sys.stderr)
        return USERS_FAULT
    except BrokenPipeError:
        # Whoever reads, such as `head`, has enough. What is still to be written goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("Ended at once; nothing is kept.", file=sys.stderr)
        return INTERRUPTED
    except Exception:
        traceback.print_exc()
        print("This is a fault in the solver; please report it with the problem file.", file=sys.stderr)
        return OUR_FAULT
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m solver", description="Solve, verify, explain and repair schedules."
    )
    commands = parser.add_subparsers(required=True, metavar="solve | verify | explain | repair | schema")
    _add_solve(commands)
    _add_verify(commands)
    _add_explain(commands)
    _add_repair(commands)
    _add_schema(commands)
    return parser


_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add_solve(commands: _Commands) -> None:
    command = commands.add_parser("solve", help="find a good schedule for a problem")
    _add_problem(command)
    command.add_argument("-o", "--output", type=Path, help="where to write the solution (default: print it)")
    command.add_argument("--start", type=Path, metavar="SOLUTION", help="an earlier solution to begin from")
    _add_search(command)
    command.set_defaults(command=run_solve)


def _add_verify(commands: _Commands) -> None:
    command = commands.add_parser("verify", help="hold a solution against every rule of its problem")
    _add_problem(command)
    command.add_argument("solution", type=Path, help="solution as JSON")
    command.set_defaults(command=run_verify)


def _add_explain(commands: _Commands) -> None:
    command = commands.add_parser("explain", help="say why activities are not placed, and what would help")
    _add_problem(command)
    command.add_argument("solution", type=Path, help="solution as JSON, one that breaks no rule")
    command.add_argument(
        "--activity",
        nargs="+",
        metavar="ID",
        help="only these (default: all that are not placed); of one that is placed: why not earlier",
    )
    command.add_argument("--budget", type=_positive, default=10.0, help="seconds, 10 if not given")
    command.add_argument("-o", "--output", type=Path, help="where to write the explanations as JSON")
    command.set_defaults(command=run_explain)


def _add_repair(commands: _Commands) -> None:
    command = commands.add_parser("repair", help="change a published plan as little as possible")
    _add_problem(command)
    command.add_argument("solution", type=Path, help="the published plan, as JSON")
    happened = command.add_mutually_exclusive_group()
    happened.add_argument(
        "--down", nargs=3, metavar=("RESOURCE", "START", "END"), help="it is out of service in these ticks"
    )
    happened.add_argument("--add", type=Path, metavar="FILE", help="an activity as JSON has to be done too")
    happened.add_argument("--cancel", metavar="ID", help="this activity is not asked for any more")
    happened.add_argument(
        "--move", nargs=3, metavar=("ID", "START", "MODE"), help="somebody has put this activity there"
    )
    command.add_argument(
        "--most-moved",
        type=float,
        default=100 * MOST_MOVED,
        metavar="PERCENT",
        help="of the bookings, at most, for the value of others (default: %(default)g)",
    )
    command.add_argument("-o", "--output", type=Path, help="where to write the new solution")
    command.add_argument("--answer", type=Path, metavar="FILE", help="where to write all of the answer")
    command.add_argument(
        "--changed-problem", type=Path, metavar="FILE", help="where to write the problem as it is now"
    )
    command.epilog = "Without --down, --add, --cancel or --move the problem file is as things are now."
    _add_search(command)
    command.set_defaults(command=run_repair)


def _add_schema(commands: _Commands) -> None:
    command = commands.add_parser("schema", help="print the JSON schema of a kind of file")
    command.add_argument("document", choices=get_args(Document))
    command.set_defaults(command=_run_schema)


def _run_schema(options: argparse.Namespace) -> None:
    sys.stdout.write(as_text(json_schema(options.document)))


def _add_problem(command: argparse.ArgumentParser) -> None:
    command.add_argument("problem", type=Path, help="problem as JSON")


def _add_search(command: argparse.ArgumentParser) -> None:
    defaults = Options()
    command.add_argument("--time-limit", type=_positive, default=defaults.time_limit, help="seconds")
    command.add_argument("--workers", type=_count, default=defaults.workers, help="processor cores to use")
    command.add_argument("--seed", type=int, default=defaults.seed)
    command.add_argument("--max-rounds", type=int, help="end after so many rounds of improvement")


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
