"""The bootstrap: what it finds missing, how it makes the environment, what it says when it cannot."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler import __main__ as bootstrap
from scheduler.__main__ import ROOT, SetupError


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """An empty checkout with its own pyproject.toml, not the one that is under test."""
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "ENVIRONMENT", tmp_path / ".venv")
    monkeypatch.delenv(bootstrap.HANDED_OVER, raising=False)

    def write(dependencies, dev=()):
        names = [", ".join(f'"{line}"' for line in lines) for lines in (dependencies, dev)]
        (tmp_path / "pyproject.toml").write_text(
            f"[project]\ndependencies = [{names[0]}]\noptional-dependencies = {{ dev = [{names[1]}] }}\n"
        )
        return tmp_path

    return write


@pytest.fixture
def calls(monkeypatch):
    """What would have been run or handed over to, in order; each answer is taken from `answers`."""
    made: list[list[str]] = []
    answers: dict[str, subprocess.CompletedProcess] = {}

    def note(command, **_):
        made.append([str(word) for word in command])
        for word, answer in answers.items():
            if word in command:
                return answer
        return subprocess.CompletedProcess(command, 0, "", "")

    def hand_over(path, command, environment):
        made.append(["exec", *command])
        raise SystemExit(0)

    monkeypatch.setattr(bootstrap.subprocess, "run", note)
    monkeypatch.setattr(bootstrap.os, "execve", hand_over)
    note.made, note.answers = made, answers
    return note


def test_nothing_is_missing_in_the_environment_of_the_tests():
    assert bootstrap.missing_distributions(("dev",)) == []


def test_what_is_absent_or_out_of_bounds_is_missing(checkout):
    checkout(["click>=8", "no-such-thing-zz>=1", "sqlalchemy>=99"], dev=["pytest<2", "hypothesis>=6,<7"])
    assert bootstrap.missing_distributions() == ["no-such-thing-zz", "sqlalchemy"]
    assert bootstrap.missing_distributions(("dev",)) == ["no-such-thing-zz", "sqlalchemy", "pytest"]


@pytest.mark.parametrize(
    ("version", "sign", "bound", "holds"),
    [
        ("3.1.3", ">=", "3.1", True),
        ("3.0.9", ">=", "3.1", False),
        ("3.1", ">=", "3.1", True),
        ("4.0", "<", "4", False),
        ("3.99.9", "<", "4", True),
        ("2.4.6+local", ">=", "2.4.6", True),
        ("10.0", ">=", "9.12", True),
    ],
)
def test_versions_are_compared_as_numbers(version, sign, bound, holds):
    assert bootstrap._holds(version, sign, bound) is holds


def test_where_all_is_there_nothing_is_run(checkout, calls):
    checkout(["click>=8"])
    bootstrap.prepare()
    assert calls.made == []


def test_a_bare_python_makes_the_environment_and_goes_on_in_it(checkout, calls, monkeypatch):
    folder = checkout(["no-such-thing-zz"])
    monkeypatch.setattr(sys, "argv", ["scheduler", "demo", "--serve"])
    with pytest.raises(SystemExit):
        bootstrap.prepare()
    made, called = calls.made
    assert made[1:] == ["-m", "venv", str(folder / ".venv")]
    python = str(bootstrap._python_of(folder / ".venv"))
    assert called == ["exec", python, "-m", "scheduler", "demo", "--serve"]


def test_in_the_environment_it_installs_with_the_tested_versions(checkout, calls, monkeypatch):
    folder = checkout(["no-such-thing-zz"])
    monkeypatch.setattr(sys, "prefix", str(folder / ".venv"))
    with pytest.raises(SetupError, match="still missing: no-such-thing-zz"):
        bootstrap.prepare(("dev",))
    install = calls.made[-1]
    assert install[install.index("--constraint") + 1] == str(bootstrap.CONSTRAINTS)
    assert install[-1] == f"{folder}[dev]"


def test_an_environment_of_uv_has_no_pip_and_is_filled_with_uv(checkout, calls, monkeypatch):
    folder = checkout(["no-such-thing-zz"])
    monkeypatch.setattr(sys, "prefix", str(folder / ".venv"))
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    calls.answers["--version"] = subprocess.CompletedProcess([], 1, "", "No module named pip")
    with pytest.raises(SetupError):
        bootstrap.prepare()
    assert calls.made[-1][:3] == ["/bin/uv", "pip", "install"]


def test_debians_python_without_venv_is_told_the_one_line_and_leaves_nothing(checkout, calls, monkeypatch):
    folder = checkout(["no-such-thing-zz"])
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    calls.answers["venv"] = subprocess.CompletedProcess([], 1, "ensurepip is not available", "")
    with pytest.raises(SetupError, match="apt-get install -y python3-venv"):
        bootstrap.prepare()
    assert not (folder / ".venv").exists()


def test_a_failed_installation_shows_the_end_of_what_pip_said(checkout, calls, monkeypatch):
    folder = checkout(["no-such-thing-zz"])
    monkeypatch.setattr(sys, "prefix", str(folder / ".venv"))
    calls.answers["--editable"] = subprocess.CompletedProcess([], 1, "", "No matching distribution")
    with pytest.raises(SetupError, match="No matching distribution"):
        bootstrap.prepare()


def test_a_broken_environment_is_not_called_again_and_again(checkout, calls):
    folder = checkout(["no-such-thing-zz"])
    python = bootstrap._python_of(folder / ".venv")
    python.parent.mkdir(parents=True)
    python.touch()
    with pytest.raises(SetupError, match=r"Remove \.venv"):
        bootstrap.prepare(handed_over=True)
    assert calls.made == []


def test_an_old_python_is_told_what_is_needed(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer"):
        bootstrap.main()


def test_the_bootstrap_needs_the_standard_library_only():
    script = (
        "import sys\nimport scheduler.__main__, scheduler.selftest\n"
        "known = set(sys.stdlib_module_names) | {'scheduler', '__main__'}\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} - known))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_fresh_checkout_becomes_a_published_week(tmp_path):
    """README command 1 with nothing but Python and a way to a package index."""
    files = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], capture_output=True, cwd=ROOT, check=True
    ).stdout.split(b"\0")
    for name in filter(None, (file.decode() for file in files)):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copy2(ROOT / name, target)
    python = getattr(sys, "_base_executable", sys.executable)
    own = {name: value for name, value in os.environ.items() if not name.startswith("MARKAZ_")}
    done = subprocess.run(
        [python, "-m", "scheduler", "demo"],
        cwd=tmp_path, env=own, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "instance").glob("*.xlsx"))) == 2
    checked = subprocess.run([python, "-m", "scheduler", "doctor"], cwd=tmp_path, env=own, check=False)
    assert checked.returncode == 0


def test_the_root_is_the_checkout():
    assert (ROOT / "scheduler" / "__main__.py").samefile(Path(bootstrap.__file__))
