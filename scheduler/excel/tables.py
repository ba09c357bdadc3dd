"""Sheets become tables of values: every cell read, every fault of a cell, a header or a sheet noted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.excel.columns import Sheet
from scheduler.excel.faults import (
    MISSING_COLUMN,
    MISSING_SHEET,
    NO_RESOURCE,
    UNKNOWN_SHEET,
    CellFault,
    Fault,
    cell_name,
    nearest,
)
from scheduler.excel.headers import Header, read_header
from scheduler.excel.reading import Cell, Formula, Padded, RawWorkbook
from scheduler.excel.sheets import SHEETS
from scheduler.excel.values import cell_text, empty_fault, is_blank, read_cell
from scheduler.excel.words import one_line

OWN_SHEETS = ("README", "Lists")
_FORMULA_WORDS = re.compile(r'"([^"]*)"|(?<![A-Za-z$\d.])(\d+)(?![\d.:(])')


@dataclass
class TableRow:
    """One row of a sheet.

    Parameters
    ----------
    values
        Field -> value, of every column that is there. A blank cell has what blank means.
    blank
        Fields whose cell is blank.
    unreadable
        Fields of which nothing is known, because their cell has a fault.
    """

    number: int
    cells: list[Cell]
    values: dict[str, Any] = field(default_factory=dict)
    blank: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    is_duplicate: bool = False

    def get(self, name: str) -> Any:
        return self.values.get(name)

    def knows(self, *names: str) -> bool:
        """Whether each of these was read."""
        return all(name in self.values for name in names)


@dataclass
class Table:
    """A sheet that the workbook holds."""

    sheet: Sheet
    header: Header
    rows: list[TableRow]

    def fault(self, row: TableRow, name: str, kind: str, message: str, remedy: str) -> Fault:
        """A fault of the cell of that field in that row, which from now on counts as unreadable."""
        row.values.pop(name, None)
        row.unreadable.add(name)
        place = next((n for n, column in self.header.places.items() if column.field == name), 0)
        cell = row.cells[place - 1] if 0 < place <= len(row.cells) else None
        return Fault(
            sheet=self.sheet.title,
            row=row.number,
            column=self.sheet.column(name).title,
            cell=cell_name(place, row.number) if place else "",
            value=cell_text(cell)[:200],
            kind=kind,
            message=message,
            remedy=remedy,
        )


@dataclass
class Tables:
    """All sheets of a workbook that were understood, and the faults found so far.

    `unknown` are the titles of sheets of which nothing can be known: missing though required, or
    without a header.
    """

    by_title: dict[str, Table] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    def rows(self, title: str) -> list[TableRow]:
        table = self.by_title.get(title)
        return table.rows if table else []

    def __iter__(self) -> Iterator[Table]:
        return iter(self.by_title.values())

    def without_faulty_rows(self) -> "Tables":
        """The same rows, but for those with a cell that could not be read."""
        clean = Tables()
        for title, table in self.by_title.items():
            rows = [row for row in table.rows if not row.unreadable]
            if not table.header.missing:
                clean.by_title[title] = Table(table.sheet, table.header, rows)
        return clean


def read_tables(workbook: RawWorkbook, required: tuple[str, ...]) -> Tables:
    """Which sheets are there, and their headers; the rows are read by `read_rows`, which needs the zone."""
    tables = Tables()
    for title in required:
        if title not in workbook.sheets:
            tables.unknown.add(title)
            tables.faults.append(_missing_sheet(title, workbook.others))
    for sheet in SHEETS:
        raw = workbook.sheets.get(sheet.title)
        if raw is None or (not raw.rows and sheet.title not in required):
            continue
        header = read_header(sheet, raw)
        if header is None:
            tables.unknown.add(sheet.title)
            tables.faults.append(_no_header(sheet))
            continue
        tables.faults.extend(header.faults)
        rows = [
            TableRow(number, cells)
            for number, cells in raw.rows
            if number > header.row and not all(is_blank(cell) for cell in cells)
        ]
        tables.by_title[sheet.title] = Table(sheet, header, rows)
    _note_other_sheets(tables, workbook)
    return tables


def read_rows(table: Table, zone: ZoneInfo) -> list[Fault]:
    """Read every cell of a table; a cell without a fault is in its row's `values` afterwards."""
    faults: list[Fault] = []
    for row in table.rows:
        for place, column in table.header.places.items():
            cell = row.cells[place - 1] if place <= len(row.cells) else None
            if (row.number, place) in table.header.covered:
                row.unreadable.add(column.field)
            elif is_blank(cell):
                row.blank.add(column.field)
                row.values[column.field] = column.blank
            else:
                try:
                    row.values[column.field] = read_cell(cell, column, zone)
                except CellFault as fault:
                    faults.append(table.fault(row, column.field, fault.kind, fault.message, fault.remedy))
        faults.extend(_empty_cells(table, row))
    return faults


def _empty_cells(table: Table, row: TableRow) -> Iterator[Fault]:
    """Required cells that are blank; in a row without a code that one fault says it all."""
    columns = table.header.places.values()
    empty = [column for column in columns if column.required and column.field in row.blank]
    if any(column.kind == "code" for column in empty):
        empty = [column for column in empty if column.kind == "code"]
    for column in empty:
        fault = empty_fault(column)
        yield table.fault(row, column.field, fault.kind, fault.message, fault.remedy)
    if table.sheet.title == "Alternatives" and not row.get("resources") and row.knows("resources"):
        yield table.fault(
            row,
            "resources",
            NO_RESOURCE,
            "The alternative has no resource.",
            "Write the codes of all resources that it takes at once, such as A; B.",
        )


def displayed_codes(row: TableRow, place: int) -> list[str]:
    """What a code cell with padded zeros, or with a formula made of words, may have been meant to say."""
    cell = row.cells[place - 1] if place <= len(row.cells) else None
    if isinstance(cell, Formula):
        words = [word or number for word, number in _FORMULA_WORDS.findall(cell.text)]
        return [code for code in (one_line("".join(words)), *map(one_line, words)) if code]
    return [cell.text, str(cell.number)] if isinstance(cell, Padded) else []


def _missing_sheet(title: str, others: list[str]) -> Fault:
    meant = nearest(title, others, cutoff=0.75)
    remedy = f'Rename the sheet "{meant}" to {title}.' if meant else "Add it; the template has it."
    return Fault(title, None, "", "", "", MISSING_SHEET, "This sheet is missing, and it is required.", remedy)


def _no_header(sheet: Sheet) -> Fault:
    titles = [column.title for column in sheet.columns]
    return Fault(
        sheet.title,
        1,
        titles[0],
        "A1",
        "",
        MISSING_COLUMN,
        "No row holds the titles of the columns.",
        f"Write {', '.join(titles[:3])} and so on into row 1, as in the template.",
    )


def _note_other_sheets(tables: Tables, workbook: RawWorkbook) -> None:
    absent = [sheet.title for sheet in SHEETS if sheet.title not in workbook.sheets]
    required_near = {nearest(title, workbook.others, cutoff=0.75) for title in tables.unknown}
    for name in workbook.others:
        if one_line(name) in OWN_SHEETS or name in required_near:
            continue
        meant = nearest(name, absent, cutoff=0.85)
        if meant is None:
            tables.ignored.append(name)
            continue
        tables.unknown.add(meant)
        tables.faults.append(
            Fault(name, None, "", "", "", UNKNOWN_SHEET, "There is no such sheet.", f"Did you mean {meant}?")
        )
