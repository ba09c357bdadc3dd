"""Runs the suites, shows what was reached beside what is published, and keeps it.

python -m tests.benchmarks run weeks --instances weekly --time-limit 60 --seeds 1,2,3
python -m tests.benchmarks run psplib --pyjobshop
python -m tests.benchmarks run satnet --repeat-of tests/benchmarks/results/satnet/w10-60s-2w.json
python -m tests.benchmarks table
python -m tests.benchmarks front w10 -o front.svg

Instances come from the folder given by --from, else that in MARKAZ_BENCHMARKS, else ../shared/benchmarks.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.benchmarks.bars import count_bar
from tests.benchmarks.front import add_front
from tests.benchmarks.instances import INSTANCES, Trouble, chosen, find_or_make, instance_folder
from tests.benchmarks.results import RESULTS, Entry, entry, find_stored, read_entry, store, stored
from tests.benchmarks.running import Settings, run_one
from tests.benchmarks.solving import BROKEN, DONE, count, main_with, not_negative, positive
from tests.benchmarks.tables import table

DEFAULT_SECONDS = {"small": 10.0, "large": 120.0, "huge": 300.0}
"""Time limit of a size of the made-up weeks; 60 s for all else."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The commands above; 0 done, 1 an answer is broken, 2 something that the user can mend."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(required=True)
    _add_run(commands)
    command = commands.add_parser("table", help="the stored results as Markdown")
    command.add_argument("suite", nargs="?", choices=list(INSTANCES))
    command.add_argument("--results", type=Path, default=RESULTS, help="folder of stored results")
    command.set_defaults(command=_table)
    add_front(commands)
    return main_with(parser, arguments)


def _add_run(commands: Any) -> None:
    command = commands.add_parser("run", help="run a suite, compare and keep the results")
    command.add_argument("suite", choices=list(INSTANCES))
    command.add_argument("--time-limit", type=positive, help="seconds for each solve, its whole process")
    command.add_argument("--workers", type=count, default=2)
    command.add_argument("--seeds", type=_numbers, default=[1], help="such as 1,2,3")
    command.add_argument(
        "--instances",
        type=_names,
        default=[],
        help="names or beginnings of them, such as weekly or J30,J60_47",
    )
    command.add_argument("--from", dest="folder", type=Path, help="folder of instances")
    command.add_argument(
        "--repeat-of", type=Path, metavar="FILE", help="instance and settings of a stored result"
    )
    command.add_argument("--no-store", action="store_true", help="only look")
    command.add_argument("--results", type=Path, default=RESULTS, help="folder of stored results")
    command.add_argument(
        "--fair", type=not_negative, default=0.0, metavar="W", help="satnet: weight of fairness"
    )
    command.add_argument("--pyjobshop", action="store_true", help="psplib: PyJobShop instead of us")
    command.add_argument("--max-rounds", type=int, help="end each solve after so many rounds (not stored)")
    command.set_defaults(command=_run)


def _run(given: argparse.Namespace) -> int:
    if given.repeat_of is not None:
        _take_over(given, read_entry(given.repeat_of))
    if given.fair and given.suite != "satnet":
        raise Trouble("--fair is for satnet only: the other suites have no missions. Leave it out.")
    if given.pyjobshop and given.suite != "psplib":
        raise Trouble("--pyjobshop is for psplib only. Leave it out.")
    folder = instance_folder(given.folder)
    names = chosen(given.suite, folder, given.instances)
    keep = not given.no_store and given.max_rounds is None
    found: list[Entry] = []
    before: list[Entry | None] = []
    with tempfile.TemporaryDirectory() as scratch, count_bar(len(names) * len(given.seeds)) as step:
        for name in names:
            settings = _settings(given, name)
            path = find_or_make(given.suite, name, folder, Path(scratch))
            results = []
            for seed in given.seeds:
                step(f"{name}, seed {seed}")
                results.append(run_one(settings, path, folder, seed, Path(scratch)))
            found.append(entry(given.suite, name, settings.as_data(), results))
            before.append(find_stored(found[-1], given.results))
            if keep:
                # One by one: whoever ends a long run early keeps what is done.
                store(found[-1], given.results)
    print(table(given.suite, found, before))
    broken = [(e["instance"], r["seed"], w) for e in found for r in e["results"] for w in r["wrong"]]
    for instance, seed, what in broken:
        print(f"{instance}, seed {seed}: {what}", file=sys.stderr)
    return BROKEN if broken else DONE


def _settings(given: argparse.Namespace, name: str) -> Settings:
    limit = given.time_limit or DEFAULT_SECONDS.get(name.partition("-")[0], 60.0)
    settings = Settings(given.suite, limit, given.workers, given.fair, given.pyjobshop)
    return replace(settings, max_rounds=given.max_rounds)


def _take_over(given: argparse.Namespace, old: Entry) -> None:
    """Ask for the instance, the seeds and the settings of a stored result."""
    if old["suite"] != given.suite:
        raise Trouble(f"{given.repeat_of} is of {old['suite']}, not of {given.suite}.")
    given.instances = [old["instance"]]
    given.seeds = [each["seed"] for each in old["results"]]
    given.time_limit, given.workers, given.fair = old["time_limit"], old["workers"], old["fairness"]
    given.pyjobshop = old["variant"] == "pyjobshop"


def _table(given: argparse.Namespace) -> int:
    for suite in [given.suite] if given.suite else INSTANCES:
        entries = stored(suite, given.results)
        if not entries:
            print(f"Nothing is stored of {suite}. Run it: python -m tests.benchmarks run {suite}\n")
            continue
        machines = {f"{e['machine']['cores']} cores, {e['machine']['model']}" for e in entries}
        print(f"**{suite}** ({'; '.join(sorted(machines))})\n\n{table(suite, entries)}\n")
    return DONE


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _numbers(text: str) -> list[int]:
    return [int(number) for number in _names(text)]


if __name__ == "__main__":
    sys.exit(main())
