"""The header of a sheet: which column stands where, and what is wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from scheduler.excel.columns import Column, Sheet
from scheduler.excel.faults import (
    DOUBLE_COLUMN,
    MERGED_HEADER,
    MISSING_COLUMN,
    UNKNOWN_COLUMN,
    CellFault,
    Fault,
    cell_name,
    did_you_mean,
    nearest,
    quoted,
)
from scheduler.excel.reading import Cell, RawSheet
from scheduler.excel.values import cell_text, is_blank, read_cell
from scheduler.excel.words import one_line

SEARCHED_ROWS = 10


@dataclass
class Header:
    """Where the columns stand.

    Parameters
    ----------
    places
        Number of the column in the sheet (from 1) -> the column.
    missing
        Fields whose column is not there and ought to be: nothing is known of them.
    absent
        Fields whose column is not there and need not be: what is stored stays.
    covered
        Cells below that a merged header hides, as (row, column).
    """

    row: int
    places: dict[int, Column]
    missing: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    covered: set[tuple[int, int]] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)


def read_header(sheet: Sheet, raw: RawSheet) -> Header | None:
    """The header of a sheet that has rows; None where no row looks like one."""
    titles = {_fold(column.title): column for column in sheet.columns}
    row = _header_row(raw, titles)
    if row is None:
        return None
    cells = dict(raw.rows)[row]
    header = Header(row, {})
    words = {
        number: one_line(cell_text(cell)) for number, cell in enumerate(cells, start=1) if not is_blank(cell)
    }
    found: dict[Column, list[int]] = {}
    strangers = {}
    for number, word in words.items():
        column = titles.get(_fold(word))
        if column is None:
            strangers[number] = word
        else:
            found.setdefault(column, []).append(number)
    header.places = {numbers[0]: column for column, numbers in found.items() if len(numbers) == 1}
    _read_merged(sheet, raw, header, words, strangers)
    _place_doubles(sheet, header, {column: places for column, places in found.items() if len(places) > 1})
    _place_strangers(sheet, raw, header, strangers)
    _place_headless(sheet, header, _headless(raw, header, words))
    _note_missing(sheet, header)
    return header


def _header_row(raw: RawSheet, titles: Iterable[str]) -> int | None:
    """The first of the top rows in which most titles stand, if at least two do (or the only ones)."""
    known = set(titles)
    best, best_count = None, 1
    for number, cells in raw.rows[:SEARCHED_ROWS]:
        words = {_fold(cell_text(cell)): place for place, cell in enumerate(cells, 1) if not is_blank(cell)}
        count = len(known & set(words))
        # Merging has eaten the titles beside the one that is left.
        count += sum(
            right - left
            for top, left, _, right in raw.merges
            if top == number and any(words.get(title) == left for title in known)
        )
        if count > best_count:
            best, best_count = number, count
    return best


def _read_merged(
    sheet: Sheet, raw: RawSheet, header: Header, words: dict[int, str], strangers: dict[int, str]
) -> None:
    for top, left, bottom, right in raw.merges:
        if top > header.row or (bottom, right) == (top, left):
            continue
        word = words.get(left, "") if top == header.row else _word_at(raw, top, left)
        header.faults.append(
            _fault(
                sheet,
                top,
                left,
                word,
                MERGED_HEADER,
                f"The header cells {cell_name(left, top)} to {cell_name(right, bottom)} are merged.",
                "Unmerge them and give each column its own title.",
            )
        )
        header.covered |= {
            (row, column) for row in range(header.row + 1, bottom + 1) for column in range(left, right + 1)
        }
        if bottom < header.row:
            continue
        strangers.pop(left, None)  # its fault is the merging
        for number in range(left, right + 1):
            if number not in header.places and (
                column := _expected_at(sheet, header, number)
                or _expected_at(sheet, header, number, by_left=True)
            ):
                header.places[number] = column


def _place_doubles(sheet: Sheet, header: Header, doubles: dict[Column, list[int]]) -> None:
    """Titles that come twice: one is right, the one in its place if there is such; the others are faults."""
    for column, numbers in doubles.items():
        fitting = [number for number in numbers if _expected_at(sheet, header, number) == column]
        right = fitting[0] if fitting else numbers[0]
        header.places[right] = column
    for column, numbers in doubles.items():
        for number in numbers:
            if number in header.places:
                continue
            header.faults.append(
                _fault(
                    sheet,
                    header.row,
                    number,
                    column.title,
                    DOUBLE_COLUMN,
                    f"The column {column.title} comes twice.",
                    "Delete one, or give it its own title.",
                )
            )
            if meant := _expected_at(sheet, header, number):
                header.places[number] = meant


def _place_strangers(sheet: Sheet, raw: RawSheet, header: Header, strangers: dict[int, str]) -> None:
    """Titles that we do not know: each is one fault, also where it stands in place of one of ours."""
    for number, word in strangers.items():
        open_columns = {c.title: c for c in sheet.columns if c not in header.places.values()}
        meant = nearest(word, open_columns, cutoff=0.75)
        column = open_columns[meant] if meant else _expected_at(sheet, header, number)
        if column is not None and not meant and not _may_hold(raw, header, number, column):
            column = None
        if column is not None:
            header.places[number] = column
            remedy = f"Write {column.title} if that is what it holds, or delete the column."
            if meant:
                remedy = f"Did you mean {column.title}?"
        else:
            remedy = did_you_mean(word, [c.title for c in sheet.columns], "Delete the column.")
        header.faults.append(
            _fault(
                sheet, header.row, number, word, UNKNOWN_COLUMN, f"There is no column {quoted(word)}.", remedy
            )
        )


def _place_headless(sheet: Sheet, header: Header, headless: list[int]) -> None:
    """Columns whose title is blank: ours, going by their place, or nobody's."""
    for number in headless:
        column = _expected_at(sheet, header, number)
        if column is not None:
            header.places[number] = column
            header.faults.append(_missing(sheet, header.row, column, number))
        else:
            header.faults.append(
                _fault(
                    sheet,
                    header.row,
                    number,
                    "",
                    UNKNOWN_COLUMN,
                    f"Column {cell_name(number, header.row).rstrip('0123456789')} has cells but no title.",
                    "Give it a title of the template, or delete the column.",
                )
            )


def _may_hold(raw: RawSheet, header: Header, number: int, column: Column) -> bool:
    """Whether the cells below can be those of the column: at least one is read so, or none is needed."""
    cells = [
        cells[number - 1]
        for row, cells in raw.rows
        if row > header.row and number <= len(cells) and not is_blank(cells[number - 1])
    ]
    return any(_is_read(cell, column) for cell in cells) if cells else not column.required


def _is_read(cell: Cell, column: Column) -> bool:
    try:
        read_cell(cell, column, ZoneInfo("UTC"))
    except CellFault:
        return False
    return True


def _headless(raw: RawSheet, header: Header, words: dict[int, str]) -> list[int]:
    """Columns with something below the header, but nothing in it."""
    seen = {
        number
        for row, cells in raw.rows
        if row > header.row
        for number, cell in enumerate(cells, start=1)
        if number not in words and number not in header.places and not is_blank(cell)
    }
    return sorted(seen)


def _expected_at(sheet: Sheet, header: Header, number: int, *, by_left: bool = False) -> Column | None:
    """The column of ours that would stand there going by its neighbours, if it is not elsewhere.

    Neighbours on both sides must agree; `by_left` follows the left one where they do not.
    """
    order = list(sheet.columns)
    index_at = {place: order.index(column) for place, column in header.places.items()}
    left = max((place for place in index_at if place < number), default=None)
    right = min((place for place in index_at if place > number), default=None)
    guesses = set()
    if left is not None:
        guesses.add(index_at[left] + number - left)
    if right is not None and not (by_left and left is not None):
        guesses.add(index_at[right] - (right - number))
    index = guesses.pop() if len(guesses) == 1 else -1
    if not 0 <= index < len(order) or index in index_at.values():
        return None
    return order[index]


def _note_missing(sheet: Sheet, header: Header) -> None:
    for column in sheet.columns:
        if column in header.places.values():
            continue
        if column.may_be_absent:
            header.absent.add(column.field)
        else:
            header.missing.add(column.field)
            header.faults.append(_missing(sheet, header.row, column, None))


def _missing(sheet: Sheet, row: int, column: Column, number: int | None) -> Fault:
    may_stay_empty = "" if column.required else " Its cells may stay empty."
    return Fault(
        sheet=sheet.title,
        row=row,
        column=column.title,
        cell=cell_name(number, row) if number else "",
        value="",
        kind=MISSING_COLUMN,
        message=f"The column {column.title} is missing.",
        remedy=f"Add it.{may_stay_empty}",
    )


def _fault(sheet: Sheet, row: int, number: int, word: str, kind: str, message: str, remedy: str) -> Fault:
    return Fault(sheet.title, row, word, cell_name(number, row), word, kind, message, remedy)


def _word_at(raw: RawSheet, row: int, column: int) -> str:
    cells = dict(raw.rows).get(row, [])
    return one_line(cell_text(cells[column - 1])) if column <= len(cells) else ""


def _fold(word: str) -> str:
    return one_line(word).rstrip("* ").casefold()
