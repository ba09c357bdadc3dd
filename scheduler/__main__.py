"""`python3 -m scheduler ...`: sets up what is missing, then does as `markaz ...` does.

Standard library only up to the hand-over: this runs on a machine with nothing but Python and pip.
"""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

LEAST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = Path(__file__).resolve().parent / "constraints.txt"
ENVIRONMENT = ROOT / ".venv"
HANDED_OVER = "MARKAZ_HANDED_OVER"
"""Set for the interpreter of `.venv`, so that a broken one is not called again and again."""


class SetupError(Exception):
    """The environment cannot be made; says why and what to do."""


def main() -> None:
    if sys.version_info < LEAST_PYTHON:
        wanted = ".".join(map(str, LEAST_PYTHON))
        sys.exit(f"Markaz needs Python {wanted} or newer; this is {sys.version.split()[0]}.")
    extras = ("dev",) if "test" in sys.argv[1:2] else ()
    # Taken out at once: what is started from here may be another checkout with another environment.
    handed_over = bool(os.environ.pop(HANDED_OVER, ""))
    if is_checkout():
        try:
            prepare(extras, handed_over=handed_over)
        except SetupError as error:
            print(f"Markaz: {error}", file=sys.stderr)
            sys.exit(1)
    from scheduler.cli import main as markaz

    markaz(prog_name="python3 -m scheduler")


def is_checkout() -> bool:
    """False for an installed wheel: whoever installed that has also installed what it needs."""
    return (ROOT / "pyproject.toml").is_file()


def prepare(extras: tuple[str, ...] = (), *, handed_over: bool = False) -> None:
    """Return if this interpreter has all that is needed; else go on in `.venv`, made where missing."""
    missing = missing_distributions(extras)
    if not missing:
        return
    if not _runs_in(ENVIRONMENT):
        python = _python_of(ENVIRONMENT)
        if handed_over:
            raise SetupError(f"{python} does not belong to {ENVIRONMENT}. Remove .venv and run again.")
        if not python.exists():
            _make_environment()
        _continue_with(python)
    _install(extras, missing)
    importlib.invalidate_caches()
    still = missing_distributions(extras)
    if still:
        raise SetupError(
            f"after installing, these are still missing: {', '.join(still)}. Remove .venv and run again."
        )


def missing_distributions(extras: tuple[str, ...] = ()) -> list[str]:
    """Names that pyproject.toml asks for and this interpreter lacks, or has outside the bounds."""
    import tomllib
    from importlib import metadata

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    missing = []
    for requirement in wanted:
        name, bounds = _split(requirement)
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
            continue
        if not all(_holds(version, sign, bound) for sign, bound in bounds):
            missing.append(name)
    return missing


def _split(requirement: str) -> tuple[str, list[tuple[str, str]]]:
    """Name and bounds of a line such as `psycopg[binary]>=3.2,<4`; pip itself reads the rest."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    if match is None:
        raise ValueError(f"unreadable requirement {requirement!r}")
    return match.group(), re.findall(r"(>=|<)\s*([0-9.]+)", requirement.partition(";")[0])


def _holds(version: str, sign: str, bound: str) -> bool:
    have, limit = _numbers(version), _numbers(bound)
    return have >= limit if sign == ">=" else have < limit


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:3])


def _runs_in(environment: Path) -> bool:
    return Path(sys.prefix).resolve() == environment.resolve()


def _python_of(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _make_environment() -> None:
    _say("Setting up Markaz in .venv: the first time takes about a minute.")
    made_here = not ENVIRONMENT.exists()
    done = subprocess.run(
        [sys.executable, "-m", "venv", str(ENVIRONMENT)], capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return
    if made_here:  # a half-made one would be taken for whole the next time
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    if "ensurepip" in done.stdout + done.stderr and shutil.which("apt-get"):
        raise SetupError(
            "this Python cannot make environments. Install it: sudo apt-get install -y python3-venv"
        )
    raise SetupError(f"{ENVIRONMENT} could not be made.\n{_tail(done)}")


def _install(extras: tuple[str, ...], missing: list[str]) -> None:
    what = "Markaz and its test tools" if extras else "Markaz"
    _say(f"Installing {what}: {len(missing)} of its packages are missing here.")
    started = time.monotonic()
    target = str(ROOT) + (f"[{','.join(extras)}]" if extras else "")
    command = [*_installer(), "--quiet", "--constraint", str(CONSTRAINTS), "--editable", target]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SetupError(
            "the packages could not be installed. Is there a way to a package index? "
            f"(PIP_INDEX_URL names another one.)\n{_tail(done)}"
        )
    _say(f"Installed in {time.monotonic() - started:.0f} s.")


def _installer() -> list[str]:
    """pip of this environment; one made by uv has none, but then there is uv."""
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode == 0:
        return [*pip, "--disable-pip-version-check", "install"]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--python", sys.executable]
    made = subprocess.run([sys.executable, "-m", "ensurepip"], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise SetupError(f"this environment has no pip. Remove {ENVIRONMENT} and run again.\n{_tail(made)}")
    return [*pip, "--disable-pip-version-check", "install"]


def _continue_with(python: Path) -> None:
    """The same command once more, with the interpreter of `.venv`; does not come back."""
    command = [str(python), "-m", "scheduler", *sys.argv[1:]]
    environment = os.environ | {HANDED_OVER: "1"}
    if os.name == "nt":  # exec gives the prompt back before the command is done
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)
    os.execve(command[0], command, environment)  # noqa: S606 - our own Python, no shell


def _tail(done: subprocess.CompletedProcess[str], lines: int = 12) -> str:
    return "\n".join((done.stdout + done.stderr).strip().splitlines()[-lines:])


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
