"""Where the instances lie: a folder with one folder for each suite.

The folder is the one that is given, else `MARKAZ_BENCHMARKS`, else `../shared/benchmarks` beside the
checkout, else the few that may be shipped, in `data`.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

SHIPPED = Path(__file__).parent / "data"
BESIDE = Path(__file__).parents[3] / "shared" / "benchmarks"

INSTANCES = {"weeks": "*-*.json", "satnet": "*.json", "psplib": "*.json", "mspsp": "*.json"}
"""For each suite the names of its instances."""

NOT_INSTANCES = {"index.json"}
MADE = re.compile(r"(small|weekly|large|huge)-(\d+)")


class Trouble(Exception):
    """Something that whoever gave the command can mend."""


def instance_folder(given: Path | None = None) -> Path:
    """The folder of all suites."""
    named = given or (Path(os.environ["MARKAZ_BENCHMARKS"]) if os.environ.get("MARKAZ_BENCHMARKS") else None)
    if named is None:
        return BESIDE if BESIDE.is_dir() else SHIPPED
    if not named.is_dir():
        raise Trouble(
            f"There is no folder {named}. Name the one in which weeks, satnet, psplib and mspsp lie."
        )
    return named


def known(suite: str, folder: Path) -> list[str]:
    """Names of the instances of a suite that lie in the folder, in their natural order."""
    paths = (folder / suite).glob(INSTANCES[suite])
    return sorted((path.stem for path in paths if path.name not in NOT_INSTANCES), key=natural)


def chosen(suite: str, folder: Path, asked: Iterable[str]) -> list[str]:
    """Names that are asked for: each one, all that begin so, or (weeks) 1 to 5 of a size; none: all."""
    there = known(suite, folder)
    names: list[str] = []
    for each in asked:
        if each in there or (suite == "weeks" and MADE.fullmatch(each)):
            names.append(each)
        elif suite == "weeks" and MADE.fullmatch(f"{each}-1"):
            names.extend(f"{each}-{number}" for number in range(1, 6))
        elif alike := [name for name in there if name.startswith(each)]:
            names.extend(alike)
        else:
            raise Trouble(
                f"{suite} has no instance {each}. In {folder / suite} there are: {', '.join(there)}."
            )
    if not names and not asked:
        names = there
    if not names:
        raise Trouble(f"{folder / suite} holds no instances. Name another folder by --from.")
    return list(dict.fromkeys(names))


def find_instance(suite: str, given: str, folder: Path | None = None) -> Path:
    """The file of an instance, named by its path or by its name in the folder."""
    if Path(given).is_file():
        return Path(given)
    place = instance_folder(folder)
    path = place / suite / f"{given}.json"
    if path.is_file():
        return path
    there = ", ".join(known(suite, place)) or "none"
    made = MADE.fullmatch(given)
    make = f" Make it: {_generator_line(made[1], int(made[2]), f'{given}.json')}." if made else ""
    raise Trouble(
        f"There is no file {given}, and no instance of that name in {place / suite} (there are: {there})."
        f"{make} Or name another folder by --from or MARKAZ_BENCHMARKS."
    )


def find_or_make(suite: str, name: str, folder: Path, scratch: Path) -> Path:
    """The file of an instance; a week that is not there is made with the generator that lies beside."""
    path = folder / suite / f"{name}.json"
    made = MADE.fullmatch(name) if suite == "weeks" else None
    generator = script(folder, "weeks", "generate_weeks.py")
    if path.is_file() or made is None or generator is None:
        return find_instance(suite, name, folder)
    output = scratch / f"{name}.json"
    command = [sys.executable, str(generator), "--size", made[1], "--seed", made[2], "-o", str(output)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return output


def script(folder: Path, suite: str, name: str) -> Path | None:
    """A script that lies with the instances, there or beside the checkout; None if it does not."""
    for place in (folder, BESIDE):
        if (place / suite / name).is_file():
            return place / suite / name
    return None


def natural(name: str) -> list[tuple[int, str]]:
    """Sort key in which J30 comes before J120."""
    pieces = re.findall(r"\d+|\D+", name)
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in pieces]


def _generator_line(size: str, seed: int, output: str) -> str:
    return f"python generate_weeks.py --size {size} --seed {seed} -o {output}"
