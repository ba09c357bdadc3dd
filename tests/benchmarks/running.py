"""Solves in processes of their own, each checked by the suite's verifier."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.checking import check_answer
from tests.benchmarks.instances import Trouble
from tests.benchmarks.results import ROOT
from tests.benchmarks.solving import USERS_FAULT

GRACE_SECONDS = 120.0
"""How long after its time limit a solve is given up."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is the same for all solves of a run.

    Parameters
    ----------
    fairness
        Weight of fairness (satnet), 0 is none.
    peer
        Whether PyJobShop solves instead of us (psplib).
    """

    suite: str
    time_limit: float
    workers: int = 2
    fairness: float = 0.0
    peer: bool = False
    max_rounds: int | None = None

    @property
    def variant(self) -> str:
        """What sets these results apart from the plain ones."""
        return "pyjobshop" if self.peer else f"fair{self.fairness:g}" if self.fairness else ""

    def as_data(self) -> dict[str, Any]:
        """What is stored of it."""
        return {
            "variant": self.variant,
            "time_limit": self.time_limit,
            "workers": self.workers,
            "fairness": self.fairness,
        }


def run_one(settings: Settings, instance: Path, folder: Path, seed: int, scratch: Path) -> dict[str, Any]:
    """One solve: its line of figures, with `wall` (seconds from outside), `verifier` and `wrong`.

    A solve that breaks off is an outcome too: `value` is None, and `wrong` says how it ended.

    Raises
    ------
    Trouble
        If it refused to start, with what it said.
    """
    answer = scratch / f"{instance.stem}-{seed}-answer.json"
    answer.unlink(missing_ok=True)
    begun = time.monotonic()
    try:
        done = subprocess.run(
            _command(settings, instance, seed, answer),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=settings.time_limit + GRACE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return _failed(seed, begun, f"it did not end within {GRACE_SECONDS:g} s of its time limit")
    wall = time.monotonic() - begun
    if done.returncode == USERS_FAULT:
        raise Trouble(done.stderr.strip())
    lines = done.stdout.splitlines()
    if not lines or not answer.is_file():
        said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        return _failed(seed, begun, said[-1])
    line: dict[str, Any] = json.loads(lines[-1])
    verifier, wrong = check_answer(settings.suite, folder, instance, answer, line["value"])
    if line["violations"]:
        wrong.append(f"solver.verify finds {line['violations']} violations")
    if line["value"] is None:
        wrong.append(f"{line['placed']} of {line['asked']} are placed, and all must be")
    return {**line, "wall": round(wall, 2), "verifier": verifier, "wrong": wrong[:5]}


def _command(settings: Settings, instance: Path, seed: int, answer: Path) -> Sequence[str]:
    command = [
        *(sys.executable, "-m", f"tests.benchmarks.{settings.suite}"),
        *("pyjobshop" if settings.peer else "solve", str(instance.resolve()), "-o", str(answer.resolve())),
        *("--time-limit", f"{settings.time_limit:g}", "--workers", str(settings.workers)),
        *("--seed", str(seed)),
    ]
    if settings.fairness:
        command += ["--fair", f"{settings.fairness:g}"]
    if settings.max_rounds is not None and not settings.peer:
        command += ["--max-rounds", str(settings.max_rounds)]
    return command


def _failed(seed: int, begun: float, what: str) -> dict[str, Any]:
    wall = round(time.monotonic() - begun, 2)
    return {"seed": seed, "status": "failed", "value": None, "wall": wall, "verifier": "", "wrong": [what]}
