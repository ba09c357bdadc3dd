"""The files of the project: those that git would keep."""

import subprocess
from functools import cache
from pathlib import Path

from scheduler.__main__ import ROOT

TEXT = {".py", ".js", ".css", ".html", ".md", ".toml", ".txt", ".json", ".yaml", ".yml", ".mako", ".svg", ""}


@cache
def kept_files() -> tuple[Path, ...]:
    """Tracked, or new and not ignored; of an unpacked archive all but what is made by running it."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=False
    )
    if listing.returncode == 0:
        names = [name for name in listing.stdout.decode().split("\0") if name]
        return tuple(path for name in names if (path := ROOT / name).is_file())
    made = {".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis", "results", "instance"}
    return tuple(
        path
        for path in ROOT.rglob("*")
        if path.is_file()
        and (path == ROOT / "instance" / "README.md" or not made & set(path.relative_to(ROOT).parts))
    )


def text_files() -> list[Path]:
    """Those that people read and write."""
    return [path for path in kept_files() if path.suffix in TEXT]


def is_foreign(path: Path) -> bool:
    """Whether it was made elsewhere, and is kept as it came."""
    return "vendor" in path.relative_to(ROOT).parts
