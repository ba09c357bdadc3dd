"""What was measured: one small file for each instance, time limit and variant, with machine and commit."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.benchmarks.instances import Trouble, natural

RESULTS = Path(__file__).parent / "results"
ROOT = Path(__file__).parents[2]

Entry = dict[str, Any]
"""What one file holds: suite, instance, settings, machine, commit, date, and `results`, one by seed."""


def entry(suite: str, instance: str, settings: dict[str, Any], results: Iterable[dict[str, Any]]) -> Entry:
    """Results of one instance, with where they come from."""
    return {
        "suite": suite,
        "instance": instance,
        **settings,
        "commit": commit(),
        "measured_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "machine": machine(),
        "results": [{k: v for k, v in each.items() if k not in _ELSEWHERE} for each in results],
    }


_ELSEWHERE = {"suite", "instance", "workers", "time_limit", "history", "solver", "fairness"}


def store(found: Entry, folder: Path = RESULTS) -> Path:
    """Write an entry over the one that stands for the same instance, time limit and variant."""
    path: Path = folder / found["suite"] / f"{_name(found)}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = json.dumps({**found, "results": []}, indent=1).removesuffix("[]\n}")
    rows = ",\n".join("  " + json.dumps(each) for each in found["results"])
    path.write_text(f"{lines}[\n{rows}\n ]\n}}\n")
    return path


def stored(suite: str, folder: Path = RESULTS) -> list[Entry]:
    """All entries of a suite, by instance and time limit."""
    entries = [read_entry(path) for path in (folder / suite).glob("*.json")]
    return sorted(entries, key=lambda each: (natural(each["instance"]), each["time_limit"], each["variant"]))


def find_stored(found: Entry, folder: Path = RESULTS) -> Entry | None:
    """The entry that stands for the same instance, time limit and variant, if there is one."""
    path = folder / found["suite"] / f"{_name(found)}.json"
    return read_entry(path) if path.is_file() else None


def read_entry(path: Path) -> Entry:
    """One stored entry; `Trouble` if the file is something else."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Trouble(f"{path} cannot be read as a stored result: {error}") from None
    if not isinstance(found, dict) or not {"suite", "instance", "time_limit", "results"} <= set(found):
        raise Trouble(f"{path} is no stored result. They lie in {RESULTS}.")
    return found


def machine() -> dict[str, Any]:
    """Where it was measured."""
    return {
        "cores": os.cpu_count(),
        "model": _line_of(Path("/proc/cpuinfo"), "model name") or platform.processor() or platform.machine(),
        "memory_gb": _memory_gb(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "ortools": version("ortools"),
    }


def commit() -> str:
    """Short hash of the commit, with a plus if the code differs; empty outside a repository."""
    try:
        short = _git("rev-parse", "--short", "HEAD")
        changed = _git("status", "--porcelain", "--", "solver", "tests/benchmarks/*.py")
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{short}+" if changed else short


def _name(found: Entry) -> str:
    variant = f"-{found['variant']}" if found["variant"] else ""
    return f"{found['instance']}-{found['time_limit']:g}s-{found['workers']}w{variant}"


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _line_of(path: Path, name: str) -> str:
    if not path.is_file():
        return ""
    lines = (line.partition(":") for line in path.read_text().splitlines())
    return next((value.strip() for key, _, value in lines if key.strip() == name), "")


def _memory_gb() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (ValueError, OSError):
        return None
