"""The tools that read the source have nothing to say."""

import subprocess
import sys

import pytest

from scheduler.__main__ import ROOT


@pytest.mark.parametrize(
    "words",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
        ("djlint", "--lint", "--quiet", "templates"),
    ],
    ids=" ".join,
)
def test_a_tool_finds_nothing(words):
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_types_of_the_solver_are_checked_strictly(tmp_path):
    loose = tmp_path / "loose.py"
    loose.write_text("def anything(it):\n    return it\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(loose)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    settings = (ROOT / "pyproject.toml").read_text()
    assert 'module = "solver.*"\nstrict = true' in settings
