"""The audit log as a file: one row a change, nothing in it that a spreadsheet would run."""

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from scheduler.accounts.log import kind_words
from scheduler.audit import Audit

HEADS = ("When (UTC)", "Who", "Who (id)", "What", "Of what", "Of what (id)", "Before", "After", "Why")
WIDTHS = (20, 22, 9, 14, 22, 12, 60, 60, 40)
MOST_LETTERS = 32_000
"""Excel refuses more in a cell."""


def write_workbook(rows: Iterable[Audit], stream: BinaryIO) -> int:
    """All rows on one sheet; how many there were."""
    workbook = Workbook(write_only=True)
    sheet: Any = workbook.create_sheet("Audit log")
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGHI", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([_cell(sheet, head, bold=True) for head in HEADS])
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, value) for value in _values(row)])
        count += 1
    sheet.auto_filter.ref = f"A1:I{count + 1}"
    workbook.save(stream)
    return count


def write_csv(rows: Iterable[Audit], stream: BinaryIO) -> int:
    """The same, for programs that read nothing better; with the mark by which Excel knows UTF-8."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADS)
    count = 0
    for row in rows:
        writer.writerow([_harmless(value) for value in _values(row)])
        count += 1
    stream.write(text.getvalue().encode("utf-8-sig"))
    return count


def _values(row: Audit) -> Iterator[str | int | None]:
    yield f"{row.at:%Y-%m-%d %H:%M:%S}"
    yield row.actor_name
    yield row.actor_id
    yield row.action
    yield kind_words(row.entity)
    yield row.entity_id
    yield _json(row.before)
    yield _json(row.after)
    yield row.reason


def _json(values: dict[str, Any] | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False, sort_keys=True)


def _cell(sheet: Any, value: str | int | None, bold: bool = False) -> Any:
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[:MOST_LETTERS] if isinstance(value, str) else value
    cell = WriteOnlyCell(sheet, text)
    if isinstance(value, str):
        cell.data_type = "s"  # a text that begins with = is a text
    if bold:
        cell.font = Font(bold=True)
    return cell


def _harmless(value: str | int | None) -> str | int | None:
    # What begins with one of these is run as a formula by programs that open the file.
    if isinstance(value, str) and value.lstrip().startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    if isinstance(value, str) and value.startswith(("\t", "\r", "\n")):
        return "'" + value
    return value
