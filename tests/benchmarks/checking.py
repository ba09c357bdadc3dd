"""The suites' own verifiers: scripts that lie with the instances, or modules here that share no code."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks import mspsp_verify, psplib_verify
from tests.benchmarks.instances import script

SCRIPTS = {"weeks": ("verify_week.py", "value"), "satnet": ("verify_satnet.py", "hours_allocated")}
"""For each suite its script, and the figure of it that is the suite's measure."""

MODULES = {"psplib": psplib_verify.verify, "mspsp": mspsp_verify.verify}


def check_answer(suite: str, folder: Path, instance: Path, answer: Path, value: Any) -> tuple[str, list[str]]:
    """Who verified, empty if nobody could, and what is wrong; another value than ours is wrong too."""
    if suite in MODULES:
        wrong = MODULES[suite](json.loads(instance.read_text()), json.loads(answer.read_text()))
        return f"{suite}_verify", wrong
    name, measure = SCRIPTS[suite]
    path = script(folder, suite, name)
    if path is None:
        return "", []
    command = [sys.executable, str(path), str(instance), str(answer)]
    done = subprocess.run(command, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    if done.returncode not in (0, 1) or not lines:
        return name, [f"{name} failed: {done.stderr.strip()[-300:]}"]
    wrong = lines[:-1] if done.returncode else []
    theirs = json.loads(lines[-1]).get(measure)
    if theirs != value:
        wrong.append(f"{name} counts {theirs}, not {value}")
    return name, wrong
