"""Thirty faults of fifteen kinds in one workbook: exactly these are named, each with its cell."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl.workbook import Workbook
from sqlalchemy import text

from scheduler.database import session
from scheduler.excel import faults as kinds
from scheduler.models import metadata
from tests.excel.trial import import_all, look, places, preview
from tests.excel.workbooks import place, put, row_of, spoiled

LOGS = {"audit", "import_run", "sign_in", "sign_in_attempt", "outbox"}


def _append(sheet: str, **values: Any) -> Callable[[Workbook], None]:
    def spoil(workbook: Workbook) -> None:
        page = workbook[sheet]
        row = page.max_row + 1
        for title, value in values.items():
            page.cell(row, place(sheet, title.replace("_", " ")), value)

    return spoil


def _zeros(sheet: str, row: int, value: int, number_format: str) -> Callable[[Workbook], None]:
    def spoil(workbook: Workbook) -> None:
        cell = workbook[sheet].cell(row, 1, value)
        cell.number_format = number_format

    return spoil


def _merge(sheet: str, cells: str) -> Callable[[Workbook], None]:
    return lambda workbook: workbook[sheet].merge_cells(cells)


def _head(sheet: str, word: str) -> Callable[[Workbook], None]:
    def spoil(workbook: Workbook) -> None:
        page = workbook[sheet]
        page.cell(1, page.max_column + 1, word)

    return spoil


def _without(sheet: str, column: str) -> Callable[[Workbook], None]:
    return lambda workbook: workbook[sheet].delete_cols(place(sheet, column))


PLANTED: list[tuple[Callable[[Workbook], None], tuple[str, int | None, str, str]]] = [
    (put("Requests", 8, "Wish min", "45 min"), ("Requests", 8, "Wish min", kinds.TEXT_FOR_NUMBER)),
    (put("Needs", 3, "Count", "two"), ("Needs", 3, "Count", kinds.TEXT_FOR_NUMBER)),
    (put("Requests", 9, "Due", "03/12/26"), ("Requests", 9, "Due", kinds.TWO_READINGS)),
    (put("Outages", 3, "From", "04/12/2026 09:00"), ("Outages", 3, "From", kinds.TWO_READINGS)),
    (put("Alternatives", 9, "Resources", "LAB-9"), ("Alternatives", 9, "Resources", kinds.UNKNOWN_CODE)),
    (put("Staff", 5, "Calendar", "NIGHT"), ("Staff", 5, "Calendar", kinds.UNKNOWN_CODE)),
    (put("Draws", 2, "Utility", "LHe"), ("Draws", 2, "Utility", kinds.UNKNOWN_CODE)),
    (
        _append("Requests", Code=" r-1 ", Title="Again", Project="BDR", Wish_min=60),
        ("Requests", 10, "Code", kinds.DUPLICATE_CODE),
    ),
    (_append("Calendars", Code="day", Name="Again"), ("Calendars", 4, "Code", kinds.DUPLICATE_CODE)),
    (put("Windows", 3, "To", "2026-12-01 20:00"), ("Windows", 3, "To", kinds.END_BEFORE_START)),
    (put("Requests", 3, "Latest", "2026-11-29"), ("Requests", 3, "Latest", kinds.END_BEFORE_START)),
    (_merge("Utilities", "C1:D1"), ("Utilities", 1, "Unit", kinds.MERGED_HEADER)),
    (_merge("Holidays", "A1:B1"), ("Holidays", 1, "Date", kinds.MERGED_HEADER)),
    (put("Resources", 7, "Setup min", "=10+5"), ("Resources", 7, "Setup min", kinds.FORMULA)),
    (put("Qualifications", 4, "Valid from", "=TODAY()"), ("Qualifications", 4, "Valid from", kinds.FORMULA)),
    (_append("Resources", Name="Small lab", Kind="lab"), None),
    (_zeros("Resources", 8, 7, "000"), ("Resources", 8, "Code", kinds.LEADING_ZEROS)),
    (_append("Organisations", Name="Third"), None),
    (_zeros("Organisations", 4, 12, "00000"), ("Organisations", 4, "Code", kinds.LEADING_ZEROS)),
    (lambda workbook: workbook.remove(workbook["Projects"]), ("Projects", None, "", kinds.MISSING_SHEET)),
    (_without("Levels", "Capacity"), ("Levels", 1, "Capacity", kinds.MISSING_COLUMN)),
    (_without("Changeovers", "Minutes"), ("Changeovers", 1, "Minutes", kinds.MISSING_COLUMN)),
    (_head("Staff", "Shoe size"), ("Staff", 1, "Shoe size", kinds.UNKNOWN_COLUMN)),
    (_head("Absences", "Approved by"), ("Absences", 1, "Approved by", kinds.UNKNOWN_COLUMN)),
    (_append("Precedences", Before="R-2", After="R-1"), ("Precedences", 5, "After", kinds.CYCLE)),
    (_append("Precedences", Before="R-6", After="R-5"), ("Precedences", 6, "After", kinds.CYCLE)),
    (put("Precedences", 3, "Min lag min", -5), ("Precedences", 3, "Min lag min", kinds.NEGATIVE_LAG)),
    (put("Precedences", 4, "Max lag min", "-1"), ("Precedences", 4, "Max lag min", kinds.NEGATIVE_LAG)),
    (put("Requests", 6, "State", "aproved"), ("Requests", 6, "State", kinds.NOT_IN_LIST)),
    (put("Resources", 5, "Kind", "toy"), ("Resources", 5, "Kind", kinds.NOT_IN_LIST)),
    (put("Alternatives", 8, "Resources", None), ("Alternatives", 8, "Resources", kinds.NO_RESOURCE)),
    (put("Alternatives", 10, "Resources", " ; "), ("Alternatives", 10, "Resources", kinds.NO_RESOURCE)),
]  # fmt: skip


def _dump() -> dict[str, list[Any]]:
    tables = [table for table in metadata.sorted_tables if table.name not in LOGS]
    found = {
        table.name: [tuple(row) for row in session.execute(table.select().order_by(text("id")))]
        for table in tables
    }
    session.rollback()
    return found


def test_thirty_planted_faults_are_named_exactly_and_nothing_is_written(any_database):
    import_all(spoiled())
    before = _dump()
    expected = [fault for _, fault in PLANTED if fault is not None]
    assert len(expected) == 30
    assert len({kind for *_, kind in expected}) == 15

    run = preview(spoiled(*[spoil for spoil, _ in PLANTED]))

    answered = [(fault["sheet"], fault["row"], fault["column"], fault["kind"]) for fault in run["faults"]]
    assert Counter(answered) == Counter(expected)
    assert run["state"] == "refused"
    assert all(fault["remedy"] for fault in run["faults"])
    assert _dump() == before


def test_thirty_planted_faults_are_the_same_in_an_empty_database(sqlite_database):
    expected = [fault for _, fault in PLANTED if fault is not None]
    assert Counter(places(look(spoiled(*[spoil for spoil, _ in PLANTED])))) == Counter(expected)


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        pytest.param(spoil, expected, id=f"{expected[3]}: {expected[0]} {expected[1]} {expected[2]}")
        for spoil, expected in PLANTED
        if expected
    ],
)
def test_a_planted_fault_alone_is_named_alone(sqlite_database, spoil, expected):
    if expected[3] == kinds.LEADING_ZEROS:
        more = {"Resources": {"Kind": "lab"}, "Organisations": {}}[expected[0]]
        found = look(spoiled(_append(expected[0], Name="One more", **more), spoil))
    else:
        found = look(spoiled(spoil))
    # The row that a fault is planted into counts from the good workbook: a cycle may stand higher alone.
    row = 5 if expected[3] == kinds.CYCLE else expected[1]
    assert places(found) == [(expected[0], row, *expected[2:])]


def test_rows_of_the_good_centre_stand_where_the_plants_expect_them():
    assert row_of("Requests", "R-8") == 9
    assert row_of("Staff", "P-4") == 5
