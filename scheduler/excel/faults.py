"""Faults of a workbook: what is wrong, in which cell, and what to do about it."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from openpyxl.utils import get_column_letter

TEXT_FOR_NUMBER = "text for a number"
TWO_READINGS = "text date that reads two ways"
UNKNOWN_CODE = "unknown code"
DUPLICATE_CODE = "duplicate code"
END_BEFORE_START = "end before start"
MERGED_HEADER = "merged header"
FORMULA = "formula in an input cell"
LEADING_ZEROS = "number in a code column shown with leading zeros"
MISSING_SHEET = "missing required sheet"
MISSING_COLUMN = "missing column"
UNKNOWN_COLUMN = "unknown column"
CYCLE = "cycle of precedence"
NEGATIVE_LAG = "negative lag"
NOT_IN_LIST = "value out of its list"
NO_RESOURCE = "alternative without resource"

UNREADABLE_FILE = "unreadable file"
UNKNOWN_SHEET = "unknown sheet"
DOUBLE_COLUMN = "column that comes twice"
EMPTY_CELL = "empty required cell"
ERROR_VALUE = "error value"
NO_CODE = "no code"
TOO_LONG = "text too long"
NOT_WHOLE = "not a whole number"
NEGATIVE = "negative number"
OUT_OF_RANGE = "number out of range"
NO_DATE = "not a date"
NO_SUCH_DAY = "no such day"
NO_SUCH_TIME = "no such time"
NO_HOURS = "unreadable hours"
DUPLICATE_ROW = "row that comes twice"
PART_OF_ITSELF = "part of itself"
HELD = "in use by bookings"
FORBIDDEN = "not allowed"

MOST_KEPT = 5_000
"""So many faults are kept with an import; a workbook with more has one cause."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    Parameters
    ----------
    row
        Number of the row as the program shows it; None where a whole sheet or file is meant.
    column
        Title of the column; in the header what stands there.
    cell
        Such as E14; empty where there is none.
    """

    sheet: str
    row: int | None
    column: str
    cell: str
    value: str
    kind: str
    message: str
    remedy: str

    def as_json(self) -> dict[str, Any]:
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "cell": self.cell,
            "value": self.value,
            "kind": self.kind,
            "message": self.message,
            "remedy": self.remedy,
        }


class CellFault(Exception):
    """What is wrong with one value; where it stands the caller knows."""

    def __init__(self, kind: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.remedy = remedy


def cell_name(column: int, row: int) -> str:
    """E14."""
    return f"{get_column_letter(column)}{row}"


def shown(value: Any, longest: int = 60) -> str:
    """A value as a message quotes it: on one line, cut where it is long."""
    words = " ".join(str(value).split())
    return words if len(words) <= longest else words[: longest - 1] + "…"


def quoted(value: Any) -> str:
    return f'"{shown(value)}"'


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that was most likely meant; None where none is near."""
    by_fold = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=cutoff)
    return by_fold[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    found = nearest(word, known)
    return f"Did you mean {found}?" if found else otherwise


def line(fault: dict[str, Any]) -> str:
    """A stored fault as one line: Sheet "Requests", row 14, column "Wish min": …"""
    place = f'Sheet "{fault["sheet"]}"' if fault["sheet"] else "File"
    if fault["row"]:
        place += f", row {fault['row']}"
    if fault["column"]:
        place += f', column "{fault["column"]}"'
    return f"{place}: {fault['message']} {fault['remedy']}".rstrip()
