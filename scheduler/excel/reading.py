"""A workbook that somebody sent, read under guard: bytes in, plain cells out."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from scheduler.errors import UserError
from scheduler.excel import limits
from scheduler.excel.child import SAVE_AGAIN
from scheduler.excel.sheets import SHEETS

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Formula:
    text: str


@dataclass(frozen=True)
class ErrorValue:
    text: str


@dataclass(frozen=True)
class Padded:
    """A number that its cell shows with zeros before it, or with words around it."""

    number: int
    text: str


@dataclass(frozen=True)
class TimeOfDay:
    text: str


@dataclass(frozen=True)
class LongText:
    characters: int


Cell = None | bool | int | float | str | datetime | Formula | ErrorValue | Padded | TimeOfDay | LongText
Area = tuple[int, int, int, int]
"""First row, first column, last row, last column; all from 1."""


@dataclass
class RawSheet:
    """Cells of one sheet: (row number, cells from column 1), rows without content left out."""

    title: str
    merges: list[Area]
    rows: list[tuple[int, list[Cell]]] = field(default_factory=list)


@dataclass
class RawWorkbook:
    """All sheets that we know by name, and the names of the others."""

    sheets: dict[str, RawSheet]
    others: list[str]


class UnreadableFile(UserError):
    """The file cannot be read at all."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"This file cannot be read. {message} {remedy}")
        self.what = message
        self.remedy = remedy


def read_workbook(content: bytes, file_name: str) -> RawWorkbook:
    """The cells of a workbook, or `UnreadableFile` with what to do.

    It is read by a child process with a limit of memory and of time, so that no file can stop or
    fill the process that serves others. Takes up to a minute for the largest: call it outside a
    transaction.
    """
    _refuse_by_looks(content, file_name)
    lines = _run_child(content)
    if not lines or lines[-1] != "end":
        refusal = lines[-1] if lines and isinstance(lines[-1], dict) else {}
        refusal = {"refused": "It could not be read.", "remedy": SAVE_AGAIN} | refusal
        raise UnreadableFile(str(refusal.get("refused")), str(refusal.get("remedy")))
    return assemble(lines[:-1])


def wanted_titles() -> dict[str, str]:
    """The titles of our sheets by how they are compared: without regard to case and space."""
    return {_fold(sheet.title): sheet.title for sheet in SHEETS}


def assemble(lines: Iterable[Any]) -> RawWorkbook:
    """What the child process said, as sheets with cells."""
    titles = wanted_titles()
    workbook = RawWorkbook({}, [])
    sheet: RawSheet | None = None
    for item in lines:
        if isinstance(item, dict) and "sheets" in item:
            workbook.others = [name for name in item["sheets"] if _fold(name) not in titles]
        elif isinstance(item, dict):
            sheet = RawSheet(item["sheet"], [(a, b, c, d) for a, b, c, d in item["merges"]])
            workbook.sheets[titles[_fold(sheet.title)]] = sheet
        elif sheet is not None:
            number, cells = item
            sheet.rows.append((number, [_cell(cell) if isinstance(cell, list) else cell for cell in cells]))
    return workbook


def _refuse_by_looks(content: bytes, file_name: str) -> None:
    if not content:
        raise UnreadableFile("It is empty.", "Choose the workbook again.")
    if len(content) > limits.FILE_BYTES:
        raise UnreadableFile(
            f"It is larger than {limits.FILE_BYTES // 1024**2} MB.", "Split it into smaller files."
        )
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnreadableFile("It is locked with a password.", "Save it without a password.")
        raise UnreadableFile("It is an old workbook (.xls) or another Office file.", SAVE_AGAIN)
    if not content.startswith(b"PK"):
        raise UnreadableFile("It is not an Excel workbook, whatever its name says.", SAVE_AGAIN)
    if not re.search(r"\.xlsx$", file_name.strip(), re.IGNORECASE):
        raise UnreadableFile("Its name does not end in .xlsx.", SAVE_AGAIN)


def _run_child(content: bytes) -> list[Any]:
    environment = {
        key: value
        for key, value in os.environ.items()
        if key in ("PATH", "SYSTEMROOT", "LANG", "TMPDIR", "TEMP")
    }
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    environment["PYTHONUTF8"] = "1"
    try:
        done = subprocess.run(
            [sys.executable, "-m", "scheduler.excel.child", json.dumps(list(wanted_titles()))],
            input=content,
            capture_output=True,
            timeout=limits.CHILD_SECONDS + 10,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableFile("Reading it takes too long.", "Split it into smaller files.") from None
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()] if done.returncode == 0 else []
    if done.returncode != 0:
        raise UnreadableFile("Reading it takes too much memory or time.", "Split it into smaller files.")
    return lines


def _cell(tagged: list[Any]) -> Cell:
    match tagged:
        case ["date", text]:
            return datetime.fromisoformat(text)
        case ["time", text]:
            return TimeOfDay(text)
        case ["formula", text]:
            return Formula(text)
        case ["error", text]:
            return ErrorValue(text)
        case ["shown", number, text]:
            return Padded(number, text)
        case ["long", characters]:
            return LongText(characters)
    raise ValueError(f"the reader knows no cell {tagged[0]!r}")


def _fold(title: str) -> str:
    return " ".join(title.split()).casefold()
