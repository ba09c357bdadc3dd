"""The utilisation workbook as a reader finds it, with and without recalculation."""

import pytest
from openpyxl import load_workbook

from tests.reports.office import pages

SHEETS = ["Summary", "By facility", "By project", "By kind", "By month", "Demand", "Bookings"]
LIVE, STORED = "Total, live formula", "Total, stored value"


@pytest.fixture(scope="module")
def written(files):
    return load_workbook(files.utilisation)


@pytest.fixture(scope="module")
def recalculated(files):
    return load_workbook(files.recalculated, data_only=True)


def totals(sheet):
    """Pairs of rows: the live formulas, and the stored values below."""
    found = [row[0].row for row in sheet.iter_rows() if row[0].value == LIVE]
    for row in found:
        assert sheet.cell(row + 1, 1).value == STORED
    return [(sheet[row], sheet[row + 1]) for row in found]


def test_it_has_its_sheets_and_two_charts(written):
    assert written.sheetnames == SHEETS
    assert len(written["Summary"]._charts) == 2


@pytest.mark.parametrize("name", SHEETS[1:])
def test_recalculated_totals_equal_the_stored_ones(written, recalculated, name):
    formulas = totals(written[name])
    results = totals(recalculated[name])
    assert formulas
    compared = 0
    for (live, _), (calculated, stored) in zip(formulas, results, strict=True):
        for cell, result, value in zip(live, calculated, stored, strict=True):
            if cell.data_type != "f":
                continue
            compared += 1
            assert result.value == pytest.approx(value.value), (name, cell.coordinate)
    assert compared >= 3


def test_the_summary_recalculates_to_its_stored_values_and_all_checks_are_zero(written, recalculated):
    live = [row[1].coordinate for row in written["Summary"].iter_rows() if row[1].data_type == "f"]
    assert len(live) >= 17
    sheet = recalculated["Summary"]
    for coordinate in live:
        cell = sheet[coordinate]
        assert cell.value == pytest.approx(sheet.cell(cell.row, 3).value), cell.coordinate
        if sheet.cell(cell.row, 1).value.startswith("Facilities −"):
            assert cell.value == 0


def test_every_total_is_a_formula_of_ours_and_no_text_is_one(written):
    for sheet in written:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert cell.value.startswith(
                        ("=SUM(", "=IF(", "=ROUND(", "=COUNTIF(", "='By ", "='Demand")
                    )
    titles = [cell.value for cell in written["Demand"]["B"] if cell.value]
    assert any(title.startswith("=HYPERLINK(") for title in titles)


def test_facilities_add_up_line_by_line(written):
    sheet = written["By facility"]
    head = next(row for row in sheet.iter_rows() if row[0].value == "Facility")
    column = {cell.value: cell.column - 1 for cell in head}
    lines = list(sheet.iter_rows(min_row=head[0].row + 1, max_row=head[0].row + 32, values_only=True))
    assert [line[0] for line in lines][-1] == "HALL"
    for line in lines:
        hours = {name: line[index] for name, index in column.items()}
        assert hours["Calendar h"] == pytest.approx(
            hours["− Closed h"] + hours["− Outage h"] + hours["= Available h"]
        )
        used = hours["Booked h"] - hours["of booked: outside available h"]
        assert hours["= Available h"] == pytest.approx(used + hours["Idle h"])
        assert hours["Booked h"] == pytest.approx(hours["of it productive h"] + hours["of it setup h"])


def test_every_booking_behind_the_figures_is_listed(written):
    sheet = written["Bookings"]
    head = next(row for row in sheet.iter_rows() if row[0].value == "Booking")
    column = {cell.value: cell.column - 1 for cell in head}
    rows = [
        row for row in sheet.iter_rows(min_row=head[0].row + 1, values_only=True) if isinstance(row[0], int)
    ]
    by_facility: dict[str, float] = {}
    for row in rows:
        code = row[column["Facility"]]
        by_facility[code] = by_facility.get(code, 0) + row[column["Booked h"]]
    facility = written["By facility"]
    booked = next(c.column for r in facility.iter_rows() for c in r if c.value == "Booked h")
    for line in facility.iter_rows(min_row=1):
        if line[0].value in by_facility:
            assert line[booked - 1].value == pytest.approx(by_facility.pop(line[0].value))
    assert by_facility == {}


def test_it_prints_on_landscape_a4_with_head_and_foot(files, written):
    for sheet in written:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    printed = pages(files.utilisation_pdf)
    for number, page in enumerate(printed, start=1):
        assert "National Space Centre · Week 49, 30 Nov to 6 Dec 2026" in page
        assert f"page {number} of {len(printed)}" in page
    assert "Utilisation, % of available hours" in printed[1]  # the chart's title: it is drawn
