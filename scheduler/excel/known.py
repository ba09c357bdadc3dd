"""Which codes a workbook may name: those that are stored, and those that it makes itself."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from scheduler.database import normal_code
from scheduler.excel.faults import DUPLICATE_CODE, Fault
from scheduler.excel.sheets import PARENTS, SHEETS
from scheduler.excel.stored import Stored
from scheduler.excel.tables import Table, TableRow, Tables, displayed_codes
from scheduler.excel.words import western

CONFIGURATIONS = "Changeovers"
"""Configurations have no sheet of codes: they are the words of this one."""


@dataclass
class Codes:
    """The codes of one sheet.

    Parameters
    ----------
    by_key
        Key -> the code as it is spelled where it is made.
    is_open
        Nothing can be said against any code: the sheet that makes them is missing or broken.
    makes
        Naming a code makes it; which ones were made so far stands in `made`.
    hidden
        Keys that rows with an unreadable code most likely stand for. To call them unknown would
        say one fault twice.
    """

    by_key: dict[str, str] = field(default_factory=dict)
    by_digits: dict[str, str] = field(default_factory=dict)
    is_open: bool = False
    makes: bool = False
    made: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)

    def add(self, code: str) -> None:
        self.by_key.setdefault(normal_code(code), code)
        self.by_digits.setdefault(normal_code(western(code)), code)

    def find(self, word: str) -> str | None:
        """The code that is meant; also where its digits are written in another script."""
        return self.by_key.get(normal_code(word)) or self.by_digits.get(normal_code(western(word)))

    def make(self, word: str) -> None:
        self.made.append(word)
        self.add(word)

    def excuses(self, word: str) -> bool:
        return self.is_open or normal_code(word) in self.hidden


@dataclass
class Known:
    by_sheet: dict[str, Codes]
    users: Codes

    def __getitem__(self, title: str) -> Codes:
        return self.by_sheet[title]


def gather(tables: Tables, stored: Stored, *, makes_accounts: bool = False) -> tuple[Known, list[Fault]]:
    """All codes that may be named, and the codes that are given twice.

    With `makes_accounts` an e-mail that no account has makes one.
    """
    by_sheet = {sheet.title: Codes() for sheet in PARENTS}
    for title, records in stored.parents.items():
        for record in records.values():
            by_sheet[title].add(record.values["code"])
    faults: list[Fault] = []
    for sheet in PARENTS:
        table = tables.by_title.get(sheet.title)
        if table is not None:
            faults.extend(_add_own(table, by_sheet[sheet.title]))
        by_sheet[sheet.title].is_open = _is_unknowable(tables, sheet.title, "code")
    for sheet in SHEETS:
        for column in sheet.columns:
            if column.makes:
                codes = by_sheet[column.refers_to]
                codes.is_open |= _is_unknowable(tables, sheet.title, column.field)
                for row in tables.rows(sheet.title):
                    if word := row.get(column.field):
                        codes.add(word)
    by_sheet[CONFIGURATIONS] = _configurations(tables, stored)
    users = Codes(makes=makes_accounts)
    for _, email in stored.users.values():
        users.add(email)
    _hide(tables, by_sheet)
    return Known(by_sheet, users), faults


def _is_unknowable(tables: Tables, title: str, name: str) -> bool:
    table = tables.by_title.get(title)
    return title in tables.unknown or (table is not None and name in table.header.missing)


def _add_own(table: Table, codes: Codes) -> Iterator[Fault]:
    place = next((n for n, column in table.header.places.items() if column.field == "code"), None)
    first_rows: dict[str, int] = {}
    for row in table.rows:
        code = row.get("code")
        if code is None:
            for display in displayed_codes(row, place) if place else ():
                codes.add(display)
            continue
        key = normal_code(code)
        if key in first_rows:
            row.is_duplicate = True
            yield table.fault(
                row,
                "code",
                DUPLICATE_CODE,
                f"The code {code} already stands in row {first_rows[key]}.",
                f"Give row {row.number} a code of its own, or delete it.",
            )
            continue
        first_rows[key] = row.number
        codes.add(code)


def _configurations(tables: Tables, stored: Stored) -> Codes:
    """Words for how a resource stands. Without any changeover there is nothing to check them against."""
    codes = Codes()
    names = ("from_configuration", "to_configuration")
    for records in stored.children[CONFIGURATIONS].values():
        for record in records:
            for name in names:
                codes.add(record.values[name])
    for row in tables.rows(CONFIGURATIONS):
        for name in names:
            if row.get(name):
                codes.add(row.values[name])
    unknowable = any(_is_unknowable(tables, CONFIGURATIONS, name) for name in names)
    codes.is_open = unknowable or not codes.by_key
    for title in ("Resources", "Requests"):
        for record in stored.parents[title].values():
            if record.values["configuration"]:
                codes.add(record.values["configuration"])
    return codes


def _hide(tables: Tables, by_sheet: dict[str, Codes]) -> None:
    """Guess what rows without a readable code stand for: what is named, and would fill the gap there.

    Between two rows a gap of one number is sure; at an end, or without numbers, only what is named
    several times is taken for a row of that sheet, for a slip of the pen is made once.
    """
    named = _named_unknown(tables, by_sheet)
    for sheet in PARENTS:
        table = tables.by_title.get(sheet.title)
        if table is None:
            continue
        codes, left = by_sheet[sheet.title], named[sheet.title]
        lost = doubled = 0
        for at, row in enumerate(table.rows):
            if "code" not in row.unreadable:
                continue
            before, after = _neighbour(table.rows, at - 1, 1), _neighbour(table.rows, at + 1, -1)
            if before is not None and before == after:
                guesses = {before} & set(left)
            else:
                guesses = {guess for guess in (before, after) if guess is not None and left[guess] >= 2}
            codes.hidden |= guesses
            lost += not guesses and not row.is_duplicate
            doubled += not guesses and row.is_duplicate
        # A code given twice may be a row too many, with nothing lost: that takes more to believe.
        for rows, least in ((lost, 2), (doubled, 3)):
            often = [key for key, count in left.most_common() if count >= least and key not in codes.hidden]
            codes.hidden |= set(often[:rows])


def _named_unknown(tables: Tables, by_sheet: dict[str, Codes]) -> dict[str, Counter[str]]:
    named: dict[str, Counter[str]] = {sheet.title: Counter() for sheet in PARENTS}
    for table in tables:
        for column in table.sheet.columns:
            if not column.refers_to:
                continue
            for row in table.rows:
                words = row.get(column.field) or ()
                for word in (words,) if isinstance(words, str) else words:
                    if by_sheet[column.refers_to].find(word) is None:
                        named[column.refers_to][normal_code(word)] += 1
    return named


def _neighbour(rows: list[TableRow], at: int, add: int) -> str | None:
    """Key of the code that comes next to that of row `at`: R-7 after R-6."""
    code = str(rows[at].get("code") or "") if 0 <= at < len(rows) else ""
    found = re.fullmatch(r"(.*?)(\d+)(\D*)", code)
    if not found or int(found[2]) + add < 0:
        return None
    return normal_code(f"{found[1]}{int(found[2]) + add:0{len(found[2])}d}{found[3]}")
