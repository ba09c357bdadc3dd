"""LibreOffice as a second reader of our workbooks: it recalculates formulas and prints pages."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

MISSING_OFFICE = "No LibreOffice for the tests: apt-get install -y libreoffice-calc"
MISSING_POPPLER = "No pdftotext for the tests: apt-get install -y poppler-utils"


def convert(paths: Sequence[Path], to: str, folder: Path) -> list[Path]:
    """The workbooks in another format ("xlsx" is recalculated, "pdf" printed) in `folder`."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.fail(MISSING_OFFICE)
    folder.mkdir(parents=True, exist_ok=True)
    # A profile of our own: whoever shares one with a running LibreOffice waits, or is refused.
    profile = f"-env:UserInstallation={(folder.parent / 'office-profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", to, "--outdir", str(folder), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    made = [folder / path.with_suffix(f".{to}").name for path in paths]
    for path in made:
        if not path.exists():
            pytest.fail(f"LibreOffice made no {path.name}: {done.stderr or done.stdout} {MISSING_OFFICE}")
    return made


def pages(pdf: Path) -> list[str]:
    """The text of each page, laid out as it is printed."""
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.fail(MISSING_POPPLER)
    done = subprocess.run([reader, "-layout", str(pdf), "-"], capture_output=True, text=True, check=True)
    return done.stdout.split("\f")[:-1]
