"""Every code that a workbook names must be known; afterwards each value has its one spelling."""

import re
from collections import defaultdict
from collections.abc import Iterator

from scheduler.database import normal_code
from scheduler.excel.columns import Column
from scheduler.excel.faults import DUPLICATE_ROW, UNKNOWN_CODE, Fault, did_you_mean, quoted
from scheduler.excel.known import CONFIGURATIONS, Codes, Known
from scheduler.excel.stored import Stored
from scheduler.excel.tables import Table, TableRow, Tables

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def resolve(tables: Tables, known: Known) -> list[Fault]:
    """Put the one spelling of each code into the rows; a code that is not known is a fault."""
    faults: list[Fault] = []
    for table in tables:
        for column in table.sheet.columns:
            codes = _codes_for(column, known, table)
            if codes is None:
                continue
            for row in table.rows:
                faults.extend(_resolve_cell(table, row, column, codes))
    return faults


def _codes_for(column: Column, known: Known, table: Table) -> Codes | None:
    if column.refers_to:
        return known[column.refers_to]
    if column.kind == "configuration" or column.field in ("from_configuration", "to_configuration"):
        return known[CONFIGURATIONS]
    if column.kind == "code":
        return known[table.sheet.title]
    return known.users if column.kind in ("user", "users") else None


def _resolve_cell(table: Table, row: TableRow, column: Column, codes: Codes) -> Iterator[Fault]:
    value = row.get(column.field)
    if not value:
        return
    words = (value,) if isinstance(value, str) else value
    for word in words:
        if codes.makes and codes.find(word) is None and _EMAIL.fullmatch(word):
            codes.make(word)
    found = {word: codes.find(word) for word in words}
    unknown = [word for word in words if found[word] is None]
    if not unknown:
        spelled = tuple(str(found[word]) for word in words)
        row.values[column.field] = spelled[0] if isinstance(value, str) else tuple(dict.fromkeys(spelled))
        return
    fault = [word for word in unknown if not codes.excuses(word)]
    if not fault:
        if column.refers_to != "Requests":
            row.values.pop(column.field)
        # Of requests the word is kept: rows that name the same one can still be seen to be at odds.
        row.unreadable.add(column.field)
        return
    yield table.fault(row, column.field, UNKNOWN_CODE, *_unknown(column, fault, codes))


def _unknown(column: Column, words: list[str], codes: Codes) -> tuple[str, str]:
    names = ", ".join(quoted(word) for word in words)
    known = codes.by_key.values()
    if column.kind in ("user", "users"):
        otherwise = "Write the e-mail of an account; an administrator makes one: markaz user add."
        return f"No account has the e-mail {names}.", did_you_mean(words[0], known, otherwise)
    if column.kind == "configuration":
        otherwise = "Write a configuration of sheet Changeovers, or add it there."
        return f"No changeover names the configuration {names}.", did_you_mean(words[0], known, otherwise)
    otherwise = f"Write a code of sheet {column.refers_to}, or add it there."
    return f"There is no {names} in {column.refers_to}.", did_you_mean(words[0], known, otherwise)


def check_alternatives(tables: Tables, stored: Stored) -> list[Fault]:
    """The alternatives that windows are for must be there."""
    table = tables.by_title.get("Windows")
    if table is None or "Alternatives" in tables.unknown:
        return []
    numbers, doubtful, loose = _numbers(tables, stored)
    if numbers is None:
        return []
    faults = []
    for row in table.rows:
        number, request = row.get("alternative"), row.get("request")
        if number is None or request is None or number in loose:
            continue
        key = normal_code(request)
        if number in numbers[key] or key in doubtful:
            continue
        there = ", ".join(str(n) for n in sorted(numbers[key]))
        faults.append(
            table.fault(
                row,
                "alternative",
                UNKNOWN_CODE,
                f"Request {request} has no alternative {number}.",
                f"It has {there}: write one of these, or nothing."
                if there
                else "Add it in sheet Alternatives.",
            )
        )
    return faults


def _numbers(tables: Tables, stored: Stored) -> tuple[dict[str, set[int]] | None, set[str], set[int]]:
    """Numbers by request; requests of which not all are known; numbers of which the request is not."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for key, records in stored.children["Alternatives"].items():
        numbers[key] = {record.values["number"] for record in records}
    table = tables.by_title.get("Alternatives")
    if table is None:
        return numbers, set(), set()
    if {"request", "number"} & table.header.missing:
        return None, set(), set()
    for title, name in (("Requests", "code"), ("Alternatives", "request")):
        for row in tables.rows(title):
            if row.get(name):
                numbers[normal_code(row.values[name])] = set()
    doubtful, loose = set(), set()
    for row in table.rows:
        key = normal_code(row.get("request") or "")
        number = row.get("number")
        if key and number is not None:
            if number in numbers[key]:
                doubtful.add(key)
            numbers[key].add(number)
        elif key:
            doubtful.add(key)
        elif number is not None:
            loose.add(number)
    return numbers, doubtful, loose


def check_repeated(tables: Tables) -> list[Fault]:
    """Rows that name the same thing twice; said twice in the same words it is no fault, but read once."""
    faults = []
    for table in tables:
        sheet = table.sheet
        if not sheet.key:
            continue
        seen: dict[tuple[object, ...], TableRow] = {}
        kept = []
        for row in table.rows:
            names = (*filter(None, (sheet.parent_field,)), *sheet.key)
            if not row.knows(*names) or row.unreadable.intersection(names):
                kept.append(row)
                continue
            key = tuple(_folded(row.values[name]) for name in names)
            first = seen.setdefault(key, row)
            if first is row:
                kept.append(row)
            elif first.values != row.values or first.unreadable or row.unreadable:
                kept.append(row)
                faults.append(
                    table.fault(
                        row,
                        sheet.key[-1] if sheet.key[-1] not in row.blank else sheet.key[0],
                        DUPLICATE_ROW,
                        f"Row {first.number} already says this, in another way.",
                        "Delete one of the two.",
                    )
                )
        table.rows[:] = kept
    return faults


def _folded(value: object) -> object:
    return normal_code(value) if isinstance(value, str) else value
