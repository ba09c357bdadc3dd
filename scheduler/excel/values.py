"""One cell becomes one value, or says what is wrong with it."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from scheduler.excel.columns import Column
from scheduler.excel.faults import (
    EMPTY_CELL,
    ERROR_VALUE,
    FORMULA,
    LEADING_ZEROS,
    NEGATIVE,
    NEGATIVE_LAG,
    NO_CODE,
    NO_DATE,
    NOT_IN_LIST,
    NOT_WHOLE,
    OUT_OF_RANGE,
    TEXT_FOR_NUMBER,
    TOO_LONG,
    CellFault,
    did_you_mean,
    quoted,
)  # fmt: skip
from scheduler.excel.hours import read_hours
from scheduler.excel.moments import WRITE_DAY, WRITE_MOMENT, read_day, read_moment, to_utc
from scheduler.excel.reading import Cell, ErrorValue, Formula, LongText, Padded, TimeOfDay
from scheduler.excel.words import clean, listed, one_line, western

YES = {"yes", "y", "true", "1", "x", "✓", "✔"}
NO = {"no", "n", "false", "0"}
LAGS = ("min_lag_minutes", "max_lag_minutes")


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not clean(cell))


def read_cell(cell: Cell, column: Column, zone: ZoneInfo) -> Any:
    """The value of a cell that is not blank; raises `CellFault`."""
    if isinstance(cell, Formula):
        raise CellFault(
            FORMULA,
            f"A formula ({quoted(cell.text)}) stands where a value is needed.",
            "Copy the cell and paste it as a value.",
        )
    if isinstance(cell, ErrorValue):
        raise CellFault(ERROR_VALUE, f"The cell shows the error {cell.text}.", "Write the value itself.")
    if isinstance(cell, LongText):
        raise CellFault(
            TOO_LONG,
            f"The text has {cell.characters} characters.",
            f"Shorten it to {column.longest}.",
        )
    return _READERS[column.kind](cell, column, zone)


def cell_text(cell: Cell) -> str:
    """A cell as one would see it: for messages, and for the value that is kept with a fault."""
    match cell:
        case None:
            return ""
        case Formula() | ErrorValue() | Padded() | TimeOfDay():
            return cell.text
        case LongText():
            return f"({cell.characters} characters)"
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M:%S}".removesuffix(":00").removesuffix(" 00:00")
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return f"{cell:g}"
    return str(cell)


def _text(cell: Cell, column: Column, _zone: ZoneInfo) -> str:
    if isinstance(cell, float) and cell == int(cell):
        cell = int(cell)
    return _short_enough(clean(cell_text(cell)), column)


def _short_enough(text: str, column: Column) -> str:
    if len(text) > column.longest:
        raise CellFault(
            TOO_LONG,
            f"{quoted(text)} has {len(text)} characters.",
            f"Shorten it to {column.longest}.",
        )
    return text


def _code(cell: Cell, column: Column, _zone: ZoneInfo) -> str:
    return _short_enough(_one_code(_code_text(cell), column), column)


def _codes(cell: Cell, column: Column, _zone: ZoneInfo) -> tuple[str, ...]:
    # Before the text becomes one line: line breaks part codes too.
    parts = dict.fromkeys(listed(clean(cell) if isinstance(cell, str) else _code_text(cell)))
    return tuple(_short_enough(part, Column("", "", "code", "", longest=60)) for part in parts)


def _one_code(text: str, column: Column) -> str:
    if ";" in text:
        remedy = "Write one code." if column.kind == "ref" else "Write a code without it."
        raise CellFault(NO_CODE, f"{quoted(text)} holds a semicolon.", remedy)
    return text


def _code_text(cell: Cell) -> str:
    if isinstance(cell, Padded):
        raise CellFault(
            LEADING_ZEROS,
            f"The cell shows {cell.text}, but holds the number {cell.number}.",
            f"Format the column as text and write {cell.text} again.",
        )
    if isinstance(cell, datetime | TimeOfDay):
        raise CellFault(
            NO_CODE,
            f"The cell holds a date or time ({cell_text(cell)}), and a code is needed.",
            "Format the column as text and write the code again.",
        )
    if isinstance(cell, float):
        cell = int(cell) if cell == int(cell) else cell
    return one_line(cell_text(cell))


def _whole(cell: Cell, column: Column, _zone: ZoneInfo) -> int:
    number = _number(cell, column)
    if number < 0:
        kind = NEGATIVE_LAG if column.field in LAGS else NEGATIVE
        least = "0 or more" if column.least == 0 else f"{column.least} or more"
        raise CellFault(kind, f"{number:g} is less than 0.", f"Write {least}.")
    if number != int(number):
        raise CellFault(
            NOT_WHOLE, f"{number:g} is not a whole number.", f"Write {int(number)} or {int(number) + 1}."
        )
    if not column.least <= number <= column.most:
        raise CellFault(
            OUT_OF_RANGE, f"{number:g} is out of range.", f"Write {column.least} to {column.most}."
        )
    return int(number)


def _number(cell: Cell, column: Column) -> float:
    if isinstance(cell, Padded):
        return cell.number
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell
    text = cell_text(cell)
    plain = western(text)
    if isinstance(cell, str) and re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,15})?", plain):
        return float(plain)
    raise CellFault(TEXT_FOR_NUMBER, f"{quoted(text)} is not a number.", _meant_number(plain, column))


def _meant_number(plain: str, column: Column) -> str:
    found = re.fullmatch(r"(\d+(?:\.\d+)?) *([a-z]*)\.?", plain.lower())
    if not found:
        return "Write a number such as 120."
    number = float(found[1])
    if found[2] in ("h", "hr", "hrs", "hour", "hours") and column.field.endswith("minutes"):
        number *= 60
    return f"Write {number:g}."


def _flag(cell: Cell, _column: Column, _zone: ZoneInfo) -> bool:
    word = western(cell_text(cell)).casefold()
    if word in YES or word in NO:
        return word in YES
    raise CellFault(NOT_IN_LIST, f"{quoted(cell_text(cell))} is neither yes nor no.", "Write yes or no.")


def _choice(cell: Cell, column: Column, _zone: ZoneInfo) -> str | int:
    word = western(cell_text(cell))
    if word in column.choices and word.isdigit():
        return int(word)
    word = one_line(cell_text(cell))
    for option in column.choices:
        if option.casefold() == word.casefold():
            return option
    options = f"Write one of {', '.join(column.choices)}."
    raise CellFault(
        NOT_IN_LIST, f"{quoted(word)} is not in its list.", did_you_mean(word, column.choices, options)
    )


def _day(cell: Cell, _column: Column, _zone: ZoneInfo) -> date:
    if isinstance(cell, datetime):
        if cell.time() != datetime.min.time():
            raise CellFault(NO_DATE, f"{cell_text(cell)} has a time of day, and a day is needed.", WRITE_DAY)
        return _in_range(cell).date()
    if isinstance(cell, str):
        found = read_day(cell)
        return _in_range(datetime(found.year, found.month, found.day)).date()  # noqa: DTZ001 - a wall day
    raise CellFault(NO_DATE, f"{quoted(cell_text(cell))} is not a date.", WRITE_DAY)


def _in_range(wall: datetime) -> datetime:
    if not 1990 <= wall.year <= 2199:
        raise CellFault(
            OUT_OF_RANGE, f"The year {wall.year} is out of range.", "Write a day from 1990 to 2199."
        )
    return wall


def _moment(cell: Cell, _column: Column, zone: ZoneInfo) -> datetime:
    if isinstance(cell, datetime):
        return to_utc(_in_range(cell), zone)
    if isinstance(cell, str):
        return read_moment(cell, zone)
    raise CellFault(NO_DATE, f"{quoted(cell_text(cell))} is not a date and time.", WRITE_MOMENT)


def _hours(cell: Cell, column: Column, _zone: ZoneInfo) -> tuple[tuple[int, int], ...]:
    return read_hours(cell_text(cell))


def _zone(cell: Cell, _column: Column, _zone: ZoneInfo) -> str:
    word = one_line(cell_text(cell))
    names = {name.casefold(): name for name in available_timezones()}
    if found := names.get(word.casefold()):
        return found
    raise CellFault(
        NOT_IN_LIST,
        f"{quoted(word)} is no time zone.",
        did_you_mean(word, names.values(), "Write its IANA name, such as Asia/Karachi."),
    )


def _users(cell: Cell, _column: Column, _zone: ZoneInfo) -> tuple[str, ...]:
    return tuple(dict.fromkeys(listed(cell_text(cell))))


_READERS: dict[str, Callable[[Cell, Column, ZoneInfo], Any]] = {
    "code": _code,
    "ref": _code,
    "refs": _codes,
    "configuration": _code,
    "user": _text,
    "users": _users,
    "text": _text,
    "whole": _whole,
    "flag": _flag,
    "choice": _choice,
    "date": _day,
    "moment": _moment,
    "hours": _hours,
    "zone": _zone,
}


def empty_fault(column: Column) -> CellFault:
    """What to say of a required cell that is blank."""
    example = f" such as {column.example}" if column.example else ""
    return CellFault(EMPTY_CELL, "The cell is empty.", f"Write a value{example}.")
