"""Tables in a sheet: a head, rows, and totals twice: as live formulas and as stored values below.

A workbook made here carries formulas without their results until a program recalculates it; whoever
reads it without doing so finds the same totals in the row of stored values.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.utils import get_column_letter

from scheduler.reports.look import (
    INK_2,
    INK_3,
    LINE,
    LINE_2,
    PAPER,
    Sheet,
    bottom,
    dress_alike,
    edges,
    font,
    line,
    middle,
    solid,
    write,
    write_formula,
)

LIVE, STORED = "Total, live formula", "Total, stored value"

TEXT, HOURS, COUNT, SHARE = "@", "#,##0.0;-#,##0.0;0", "#,##0", "0.0%"
MOMENT, MONTH = "ddd d mmm yyyy hh:mm", "mmm yyyy"
"""Number formats: what a column holds."""

ROW_POINTS = 13
HEAD_POINTS = 34


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    value
        Of a row, and of the object that stands for all rows.
    total
        "sum" (of what is no text); or a formula in which {key} is the total of another column; or
        nothing.
    """

    key: str
    head: str
    width: float
    holds: str
    value: Callable[[Any], Any]
    total: str = ""
    is_strong: bool = False

    @property
    def side(self) -> str:
        """Figures stand at the end side, words and times at the start."""
        return "right" if self.holds in (HOURS, COUNT, SHARE) else "left"


@dataclass(frozen=True)
class Placed:
    """Where a table came to stand: rows of the sheet (both included), letters of its columns."""

    sheet: str
    first: int
    last: int
    live: int
    stored: int
    letters: dict[str, str]

    def live_cell(self, key: str) -> str:
        """The total of a column, for formulas on other sheets."""
        return f"'{self.sheet}'!{self.letters[key]}{self.live}"

    def column_range(self, key: str) -> str:
        letter = self.letters[key]
        return f"'{self.sheet}'!${letter}${self.first}:${letter}${self.last}"


def write_heading(sheet: Sheet, title: str, lines: Sequence[str] = ()) -> int:
    """Title and small print at the top of a sheet; gives the next free row."""
    write(sheet.cell(1, 1), title, font=font(13, bold=True), alignment=middle())
    sheet.row_dimensions[1].height = 21
    for offset, text in enumerate(lines):
        write(sheet.cell(2 + offset, 1), text, font=font(8, INK_2), alignment=middle())
    return 3 + len(lines)


def write_table(
    sheet: Sheet, row: int, columns: Sequence[Column], rows: Sequence[Any], empty: str, whole: Any = None
) -> Placed:
    """Head, rows and both totals from `row` on; `empty` is said where there are no rows.

    `whole` is a row that stands for all: it gives the stored value of totals that are no sums.
    """
    letters = {column.key: get_column_letter(number) for number, column in enumerate(columns, start=1)}
    write_head(sheet, row, columns)
    first = row + 1
    for offset, item in enumerate(rows):
        sheet.row_dimensions[first + offset].height = ROW_POINTS
        for number, column in enumerate(columns, start=1):
            write(sheet.cell(first + offset, number), column.value(item))
    last = max(first, row + len(rows))
    if not rows:
        write(sheet.cell(first, 1), empty, font=font(8, INK_3))
    _dress_rows(sheet, columns, first, row + len(rows))
    placed = Placed(sheet.title, first, last, last + 1, last + 2, letters)
    _write_totals(sheet, columns, placed, rows, whole)
    return placed


def write_head(sheet: Sheet, row: int, columns: Sequence[Column]) -> None:
    """Heads wrap; figures stand at the end side."""
    strong = line(LINE_2)
    for number, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
        write(
            sheet.cell(row, number),
            column.head,
            font=font(8, INK_2, bold=True),
            alignment=bottom(column.side),
            border=edges(bottom=strong),
        )
    sheet.row_dimensions[row].height = HEAD_POINTS


def _dress_rows(sheet: Sheet, columns: Sequence[Column], first: int, last: int) -> None:
    for number, column in enumerate(columns, start=1):
        cells = [sheet.cell(row, number) for row in range(first, last + 1)]
        quoted = [cell for cell in cells if cell.quotePrefix]
        dress_alike(cells, **_look(column))
        for cell in quoted:
            cell.quotePrefix = True


def _look(column: Column, bold: bool = False) -> dict[str, Any]:
    is_text = column.holds == TEXT
    return {
        "font": font(8, bold=bold or column.is_strong),
        "alignment": middle(column.side),
        "border": edges(bottom=line(LINE)),
        "number_format": "General" if is_text else column.holds,
    }


def _write_totals(
    sheet: Sheet, columns: Sequence[Column], placed: Placed, rows: Sequence[Any], whole: Any
) -> None:
    totals = {key: f"{letter}{placed.live}" for key, letter in placed.letters.items()}
    for number, column in enumerate(columns, start=1):
        live, stored = sheet.cell(placed.live, number), sheet.cell(placed.stored, number)
        if column.total == "sum":
            letter = placed.letters[column.key]
            write_formula(live, f"=SUM({letter}{placed.first}:{letter}{placed.last})")
            values = [column.value(row) for row in rows]
            write(stored, sum(value for value in values if not isinstance(value, str)))
        elif column.total:
            write_formula(live, "=" + column.total.format_map(totals))
            write(stored, column.value(whole))
        elif number == 1:
            write(live, LIVE)
            write(stored, STORED)
        for cell, is_live in ((live, True), (stored, False)):
            for name, value in _look(column, bold=is_live).items():
                setattr(cell, name, value)
            cell.fill = solid(PAPER)
            cell.border = edges(top=line(LINE_2)) if is_live else edges(bottom=line(LINE))
            if not is_live:
                cell.font = font(8, INK_2)
