"""A header with a fault is one fault: nothing follows from it, and what stands below is still read."""

from collections.abc import Callable

import pytest
from openpyxl.workbook import Workbook

from scheduler.excel import faults as kinds
from scheduler.excel.sheets import SHEETS
from tests.excel.trial import look, places
from tests.excel.workbooks import good_centre, place, put, spoiled


def _head(sheet: str, column: str, word: str | None) -> Callable[[Workbook], None]:
    return lambda workbook: setattr(workbook[sheet].cell(1, place(sheet, column)), "value", word)


def _merge(sheet: str, cells: str) -> Callable[[Workbook], None]:
    return lambda workbook: workbook[sheet].merge_cells(cells)


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (
            _head("Requests", "Wish min", "Wish minutes"),
            ("Requests", 1, "Wish minutes", kinds.UNKNOWN_COLUMN),
        ),
        (_head("Requests", "Wish min", "Length"), ("Requests", 1, "Length", kinds.UNKNOWN_COLUMN)),
        (_head("Requests", "Wish min", None), ("Requests", 1, "Wish min", kinds.MISSING_COLUMN)),
        (_head("Draws", "Utility", "Amount"), ("Draws", 1, "Amount", kinds.DOUBLE_COLUMN)),
        (_merge("Requests", "B1:E1"), ("Requests", 1, "Title", kinds.MERGED_HEADER)),
        (_merge("Requests", "A1:A3"), ("Requests", 1, "Code", kinds.MERGED_HEADER)),
        (put("Requests", 3, "Retired", "perhaps"), ("Requests", 3, "Retired", kinds.NOT_IN_LIST)),
    ],
    ids=[
        "nearly right",
        "another word",
        "no word",
        "twice",
        "merged over four",
        "merged downwards",
        "(control)",
    ],
)
def test_a_spoiled_title_is_one_fault(sqlite_database, spoil, fault):
    assert places(look(spoiled(spoil))) == [fault]


def test_faults_below_a_spoiled_title_are_found(sqlite_database):
    found = look(
        spoiled(
            _merge("Requests", "D1:E1"),
            put("Requests", 2, "Wish min", "long"),
            _head("Needs", "Count", "Number of people"),
            put("Needs", 2, "Count", "two"),
            put("Needs", 3, "Count", 2),
        )
    )
    assert places(found) == [
        ("Requests", 1, "State", kinds.MERGED_HEADER),
        ("Requests", 2, "Wish min", kinds.TEXT_FOR_NUMBER),
        ("Needs", 1, "Number of people", kinds.UNKNOWN_COLUMN),
        ("Needs", 2, "Count", kinds.TEXT_FOR_NUMBER),
    ]


def test_a_merged_line_above_the_header_is_one_fault_and_the_header_is_found(sqlite_database):
    def spoil(workbook: Workbook) -> None:
        page = workbook["Staff"]
        page.insert_rows(1)
        page["A1"] = "Our people"
        page.merge_cells("A1:F1")

    assert places(look(spoiled(spoil))) == [("Staff", 1, "Our people", kinds.MERGED_HEADER)]


@pytest.mark.parametrize(
    ("sheet", "cells", "title"),
    [("Site", "A1:C1", "Code"), ("Changeovers", "A1:D1", "Resource"), ("Holidays", "A1:B1", "Date")],
)
def test_a_header_of_which_merging_left_one_title_is_one_fault(sqlite_database, sheet, cells, title):
    assert places(look(spoiled(_merge(sheet, cells)))) == [(sheet, 1, title, kinds.MERGED_HEADER)]


@pytest.mark.parametrize("cells", [["often used"], ["likes it", "hates it"]])
def test_a_strange_column_where_one_of_ours_is_missing_is_two_faults(sqlite_database, cells):
    def spoil(workbook: Workbook) -> None:
        page = workbook["Alternatives"]
        page.delete_cols(4)
        for row, word in enumerate(["Remarks", *cells], start=1):
            page.cell(row, 4, word)

    assert sorted(places(look(spoiled(spoil)))) == [
        ("Alternatives", 1, "Penalty", kinds.MISSING_COLUMN),
        ("Alternatives", 1, "Remarks", kinds.UNKNOWN_COLUMN),
    ]


def test_a_strange_title_above_cells_that_fit_is_one_fault_also_if_one_of_them_is_wrong(sqlite_database):
    spoils = [_head("Requests", "Wish min", "Length"), put("Requests", 4, "Wish min", "long")]
    assert places(look(spoiled(*reversed(spoils)))) == [
        ("Requests", 1, "Length", kinds.UNKNOWN_COLUMN),
        ("Requests", 4, "Wish min", kinds.TEXT_FOR_NUMBER),
    ]


def test_a_required_sheet_without_a_header_is_one_fault(sqlite_database):
    found = look(spoiled(lambda workbook: workbook["Requests"].delete_rows(1)))
    assert places(found) == [("Requests", 1, "Code", kinds.MISSING_COLUMN)]


def test_a_sheet_with_a_name_nearly_right_is_not_left_out_in_silence(sqlite_database):
    def spoil(workbook: Workbook) -> None:
        workbook["Precedences"].title = "Precedence"
        workbook["Projects"].title = "Project"

    found = look(spoiled(spoil))
    assert places(found) == [
        ("Projects", None, "", kinds.MISSING_SHEET),
        ("Precedence", None, "", kinds.UNKNOWN_SHEET),
    ]
    assert found.faults[0].remedy == 'Rename the sheet "Project" to Projects.'
    assert found.faults[1].remedy == "Did you mean Precedences?"


def test_codes_of_a_sheet_with_a_name_nearly_right_are_not_called_unknown(sqlite_database):
    found = look(spoiled(lambda workbook: setattr(workbook["Alternatives"], "title", "Alternative")))
    assert places(found) == [("Alternative", None, "", kinds.UNKNOWN_SHEET)]


def _each_column() -> list[tuple[str, str]]:
    return [(sheet.title, column.title) for sheet in SHEETS for column in sheet.columns]


@pytest.mark.long
@pytest.mark.parametrize(("sheet", "title"), _each_column())
def test_any_column_spoiled_in_any_way_is_one_fault(sqlite_database, sheet, title):
    column = next(c for s in SHEETS if s.title == sheet for c in s.columns if c.title == title)
    number = place(sheet, title)
    last = number == len(next(s for s in SHEETS if s.title == sheet).columns)
    has_cells = any(row.get(title) is not None for row in good_centre()[sheet])

    def cells(*spoils: Callable[[Workbook], None]) -> list[tuple[str, int | None, str]]:
        return [fault[:3] for fault in places(look(spoiled(*spoils)))]

    missing = [] if column.may_be_absent else [(sheet, 1, title)]
    assert cells(lambda workbook: workbook[sheet].delete_cols(number)) == missing
    assert cells(_head(sheet, title, None)) == ([(sheet, 1, title)] if has_cells else missing)
    assert cells(_head(sheet, title, "Zzz")) == [(sheet, 1, "Zzz")]
    if not last:

        def merge(workbook: Workbook) -> None:
            workbook[sheet].merge_cells(start_row=1, end_row=1, start_column=number, end_column=number + 1)

        assert cells(merge) == [(sheet, 1, title)]
    if column.kind != "code":
        assert cells(put(sheet, 2, title, "=1+1")) == [(sheet, 2, title)]
        if column.required:
            assert cells(put(sheet, 2, title, None)) == [(sheet, 2, title)]
