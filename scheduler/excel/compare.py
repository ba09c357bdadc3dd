"""What an import would add, change, leave and remove: the workbook against the database."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, Literal
from zoneinfo import ZoneInfo

from scheduler.database import normal_code
from scheduler.excel.columns import Column, Sheet
from scheduler.excel.hours import hours_text
from scheduler.excel.moments import wall_text
from scheduler.excel.sheets import CHILDREN, PARENTS, SHEETS
from scheduler.excel.stored import Record, Stored
from scheduler.excel.tables import Table, TableRow, Tables
from scheduler.excel.words import clean

MOST_LISTED = 500

Values = dict[str, Any]


@dataclass
class Change:
    """One row of the database that would be added, changed or removed.

    Parameters
    ----------
    owner
        Code of the parent row, of a child; else of the row itself.
    values
        Of an added row every field; of a changed one those that differ.
    """

    action: Literal["added", "changed", "removed"]
    sheet: Sheet
    owner: str
    values: Values
    record: Record | None = None
    row: TableRow | None = None


@dataclass
class Comparison:
    changes: list[Change] = field(default_factory=list)
    same: Counter[str] = field(default_factory=Counter)

    def of(self, title: str, *actions: str) -> list[Change]:
        return [
            change
            for change in self.changes
            if change.sheet.title == title and (not actions or change.action in actions)
        ]


def compare(
    tables: Tables, stored: Stored, settled: dict[int, Values], *, parents_only: bool = False
) -> Comparison:
    """Every difference. `settled` has by `id` of a row of Requests what is decided about it elsewhere.

    `parents_only` is for workbooks with faults, whose rows without any are compared all the same:
    of child sheets one would not know what is to be removed.
    """
    comparison = Comparison()
    for sheet in PARENTS:
        table = tables.by_title.get(sheet.title)
        if table is not None:
            _compare_parents(table, stored, comparison, settled)
        _add_named_only(sheet, tables, stored, comparison)
    for sheet in () if parents_only else CHILDREN:
        table = tables.by_title.get(sheet.title)
        if table is not None:
            _compare_children(table, tables, stored, comparison)
    return comparison


def _compare_parents(
    table: Table, stored: Stored, comparison: Comparison, settled: dict[int, Values]
) -> None:
    for row in table.rows:
        values = row.values | settled.get(id(row), {})
        record = stored.parents[table.sheet.title].get(normal_code(values["code"]))
        if record is None:
            comparison.changes.append(
                Change("added", table.sheet, values["code"], _complete(table.sheet, values), row=row)
            )
            continue
        left = {
            column.field
            for column in table.sheet.columns
            if column.blank_keeps
            and column.field in row.blank
            and column.field not in settled.get(id(row), {})
        }
        differing = _differing(table.sheet, values, record.values, {"code", *left})
        _note(comparison, table.sheet, record.values["code"], differing, record, row)


def _add_named_only(sheet: Sheet, tables: Tables, stored: Stored, comparison: Comparison) -> None:
    """Codes that are made by being named, in the order in which they are."""
    have = set(stored.parents[sheet.title])
    have |= {normal_code(row.values["code"]) for row in tables.rows(sheet.title)}
    for other in SHEETS:
        for column in other.columns:
            if column.makes and column.refers_to == sheet.title:
                for row in tables.rows(other.title):
                    word = row.get(column.field)
                    if word and normal_code(word) not in have:
                        have.add(normal_code(word))
                        values = _complete(sheet, {"code": word})
                        if sheet.column("name").required:
                            values["name"] = word
                        comparison.changes.append(Change("added", sheet, word, values))


def _compare_children(table: Table, tables: Tables, stored: Stored, comparison: Comparison) -> None:
    sheet = table.sheet
    owners: dict[str, str] = {}
    for row in tables.rows(sheet.parent):
        owners.setdefault(normal_code(row.values["code"]), row.values["code"])
    new: dict[str, list[TableRow]] = defaultdict(list)
    for row in table.rows:
        owner = _owner_of(sheet, row, tables, stored)
        owners.setdefault(normal_code(owner), owner)
        new[normal_code(owner)].append(row)
    present = tuple(
        column.field for column in table.header.places.values() if column.field != sheet.parent_field
    )
    for key, owner in owners.items():
        old = list(stored.children[sheet.title].get(key, ()))
        _match(sheet, owner, old, new[key], present, comparison)


def _owner_of(sheet: Sheet, row: TableRow, tables: Tables, stored: Stored) -> str:
    if sheet.parent_field:
        return str(row.values[sheet.parent_field])
    for site in tables.rows("Site"):
        return str(site.values["code"])
    return stored.site.code if stored.site else ""


def _match(
    sheet: Sheet,
    owner: str,
    old: list[Record],
    rows: list[TableRow],
    present: tuple[str, ...],
    comparison: Comparison,
) -> None:
    """Pair stored with new rows: equal ones, then those of one key, then the most alike."""
    pairs: list[tuple[Record, TableRow]] = []
    for names in (present, sheet.key) if sheet.key else (present,):
        by_key: dict[Any, list[Record]] = defaultdict(list)
        for record in old:
            by_key[_key(sheet, names, record.values)].append(record)
        left = []
        for row in rows:
            matches = by_key.get(_key(sheet, names, row.values))
            if matches:
                pairs.append((matches.pop(0), row))
            else:
                left.append(row)
        paired = {id(record) for record, _ in pairs}
        old = [record for record in old if id(record) not in paired]
        rows = left
    for row in rows:
        best = max(old, key=partial(_alike, sheet, row), default=None)
        if best is not None and _alike(sheet, row, best) > 0:
            old.remove(best)
            pairs.append((best, row))
        else:
            comparison.changes.append(Change("added", sheet, owner, _complete(sheet, row.values), row=row))
    for record, row in sorted(pairs, key=lambda pair: pair[1].number):
        differing = _differing(sheet, row.values, record.values, {sheet.parent_field})
        _note(comparison, sheet, owner, differing, record, row)
    for record in old:
        comparison.changes.append(Change("removed", sheet, owner, {}, record))


def _note(
    comparison: Comparison, sheet: Sheet, owner: str, differing: Values, record: Record, row: TableRow
) -> None:
    if differing:
        comparison.changes.append(Change("changed", sheet, owner, differing, record, row))
    else:
        comparison.same[sheet.title] += 1


def _key(sheet: Sheet, names: Iterable[str], values: Values) -> tuple[Any, ...]:
    return tuple(canonical(sheet.column(name), values.get(name)) for name in names)


def _alike(sheet: Sheet, row: TableRow, record: Record) -> int:
    """How many cells of a row say what is stored."""
    return sum(
        canonical(column, row.values[column.field]) == canonical(column, record.values[column.field])
        for column in sheet.columns
        if column.field in row.values
        and column.field != sheet.parent_field
        and record.values[column.field] is not None
    )


def _complete(sheet: Sheet, values: Values) -> Values:
    """Every field, with what blank means where the workbook says nothing."""
    return {column.field: values.get(column.field, column.blank) for column in sheet.columns}


def _differing(sheet: Sheet, values: Values, stored: Values, but: set[str]) -> Values:
    return {
        column.field: values[column.field]
        for column in sheet.columns
        if column.field in values
        and column.field not in but
        and canonical(column, values[column.field]) != canonical(column, stored[column.field])
    }


def canonical(column: Column, value: Any) -> Any:
    """The form in which two values of a column are compared."""
    if value is None or value == "":
        return None
    if column.kind in ("refs", "users"):
        return frozenset(normal_code(word) for word in value)
    if column.kind in ("code", "ref", "user", "configuration") or column.field.endswith("_configuration"):
        return normal_code(value)
    if column.kind == "hours":
        return tuple(sorted(value))
    return clean(value) if isinstance(value, str) else value


def display(column: Column, value: Any, zone: ZoneInfo) -> str:
    """A value as the workbook writes it, for people."""
    if value is None:
        return ""
    if column.kind == "hours":
        return hours_text(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return wall_text(value, zone)
    if isinstance(value, date):
        return value.isoformat()
    return "; ".join(value) if isinstance(value, tuple) else str(value)


def listed(comparison: Comparison, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    """Changes one by one, field by field, as they are kept and shown; no more than `MOST_LISTED`.

    What is changed or removed comes first: of what is added there may be very much.
    """
    count = 0
    for change in sorted(comparison.changes, key=lambda change: change.action == "added"):
        for entry in _entries(change, zone):
            if count == MOST_LISTED:
                return
            count += 1
            yield entry


def _entries(change: Change, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    place = {
        "sheet": change.sheet.title,
        "code": change.owner,
        "row": change.row.number if change.row else None,
        "action": change.action,
    }
    if change.action == "changed" and change.record is not None:
        for name, value in change.values.items():
            column = change.sheet.column(name)
            before = display(column, change.record.values[name], zone)
            yield place | {"field": column.title, "before": before, "after": display(column, value, zone)}
        return
    values = change.record.values if change.record else change.values
    summary = ", ".join(
        words
        for column in change.sheet.columns
        if column.field not in ("code", change.sheet.parent_field) and column.kind != "flag"
        if (words := display(column, values[column.field], zone))
    )[:200]
    removed = change.action == "removed"
    yield place | {"field": "", "before": summary if removed else None, "after": None if removed else summary}
