"""What is odd but plain is read rightly, without a complaint."""

import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from sqlalchemy import select

from scheduler.database import session
from scheduler.excel.service import read_file
from scheduler.excel.study import study
from scheduler.excel.template import write_template
from scheduler.requests.models import ActivityRequest
from tests.excel.trial import counts, import_all, look, places, preview
from tests.excel.workbooks import content_of, good_centre, make, put, spoiled

NOTHING = {"added": 0, "changed": 0, "removed": 0}


def test_codes_with_spaces_other_case_other_digits_and_other_composition_mean_the_same(sqlite_database):
    rows = good_centre()
    rows["Projects"].append({"Code": "\u00c9TUVE 1", "Name": "Étuve", "Kind": "R&D"})
    rows["Requests"][0]["Project"] = "  " + unicodedata.normalize("NFD", "\u00e9tuve  1") + " "
    rows["Requests"][1]["Project"] = "\u00e9tuve ۱"
    rows["Alternatives"][0]["Resources"] = " tv-１ "
    rows["Precedences"][0]["After"] = "r-۲"
    rows["Requests"][2]["Participants"] = "p-۳；"
    assert places(look(spoiled(rows=rows))) == []
    import_all(spoiled(rows=rows))
    asked = session.scalars(select(ActivityRequest).where(ActivityRequest.code == "R-2")).one()
    assert asked.project.code == "\u00c9TUVE 1"
    session.rollback()
    assert counts(preview(spoiled(rows=rows))["summary"]) == NOTHING


def test_urdu_and_full_width_digits_are_numbers_and_dates(sqlite_database):
    import_all(spoiled())
    content = spoiled(
        put("Requests", 2, "Wish min", "۲۴۰"),
        put("Requests", 3, "Wish min", "１２０"),
        put("Requests", 4, "Earliest", "۲۰۲۶-۱۱-۳۰ ۰۰:۰۰"),
        put("Calendars", 2, "Tue", "۰۸:۰۰-۱۷:۰۰"),
        put("Holidays", 2, "Date", "２０２６-１２-２５"),
    )
    assert counts(preview(content)["summary"]) == NOTHING


def test_a_1904_workbook_means_the_same_times(sqlite_database):
    import_all(spoiled())
    workbook = make(good_centre())
    workbook.epoch = CALENDAR_MAC_1904
    run = preview(content_of(workbook))
    assert run["faults"] == []
    assert counts(run["summary"]) == NOTHING


@pytest.mark.parametrize("keep_headers", [True, False], ids=["headers only", "nothing at all"])
def test_empty_optional_sheets_are_no_fault(sqlite_database, keep_headers):
    rows = {title: [] for title in good_centre()}
    for title in ("Resources", "Projects"):
        rows[title] = [
            {k: v for k, v in row.items() if k in ("Code", "Name", "Kind")} for row in good_centre()[title]
        ]
    rows["Requests"] = [{"Code": "R-1", "Title": "Alone", "Project": "BDR", "Wish min": 60}]
    workbook = make(rows)
    if not keep_headers:
        for page in workbook.worksheets:
            if page.title not in ("Resources", "Projects", "Requests"):
                page.delete_rows(1)
    assert places(look(content_of(workbook))) == []


def test_three_sheets_are_enough_in_an_empty_database_and_the_site_made_is_told(any_database):
    rows = {
        "Resources": [{"Code": "TV-1", "Name": "Chamber"}],
        "Projects": [{"Code": "BDR", "Name": "Badr", "Kind": "R&D"}],
        "Requests": [{"Code": "R-1", "Title": "Alone", "Project": "BDR", "Wish min": 60}],
    }
    summary = import_all(spoiled(rows=rows))
    assert "CENTRE" in summary["notes"][0]
    assert summary["added"] == 4
    asked = session.scalars(select(ActivityRequest)).one()
    assert (asked.state, asked.least_minutes, asked.value, asked.most_parts) == ("approved", 60, 60, 1)
    assert asked.requester_id is None
    session.rollback()
    again = preview(spoiled(rows=rows))["summary"]
    assert counts(again) == NOTHING
    assert again["notes"] == []


def test_the_template_is_read_without_a_fault(sqlite_database, tmp_path):
    path = tmp_path / "centre.xlsx"
    write_template(path)
    found = study(read_file(path.read_bytes(), path.name), None, None)
    session.rollback()
    assert found.faults == []
    assert [change.sheet.title for change in found.comparison.changes] == ["Site"]


def test_blank_rows_a_title_above_and_columns_in_another_order_are_no_fault(sqlite_database):
    import_all(spoiled())

    def spoil(workbook):
        page = workbook["Draws"]
        page.insert_rows(1, 2)
        page["A1"] = "What our requests draw"
        page.append([None, None, " ", None])
        page = workbook["Needs"]
        page.insert_rows(3)
        page.move_range("B1:B9", cols=4)
        page.move_range("C1:C9", cols=-1)
        page.move_range("F1:F9", cols=-3)

    content = spoiled(spoil, put("Draws", 1, "Request", None))
    assert counts(preview(content)["summary"]) == NOTHING


def test_titles_and_sheet_names_in_other_case_and_extra_sheets_are_no_fault(sqlite_database):
    def spoil(workbook):
        workbook["Requests"].title = " requests "
        workbook["Resources"]["B1"] = " NAME * "
        workbook.create_sheet("My own notes").append(["anything"])

    found = look(spoiled(spoil))
    assert places(found) == []
    assert any("My own notes" in note for note in found.notes)


def test_a_row_said_twice_in_the_same_words_is_read_once(sqlite_database):
    rows = good_centre()
    for sheet in ("Precedences", "Qualifications", "Changeovers", "Holidays"):
        rows[sheet].append(dict(rows[sheet][0]))
    import_all(spoiled())
    assert counts(preview(spoiled(rows=rows))["summary"]) == NOTHING


def test_a_code_written_as_a_plain_number_is_that_number_as_text(sqlite_database):
    rows = good_centre()
    rows["Resources"].append({"Code": 12, "Name": "Lab twelve"})
    rows["Alternatives"].append({"Request": "R-8", "Number": 2, "Resources": "12"})
    rows["Alternatives"].append({"Request": "R-7", "Number": 2, "Resources": 12})
    assert places(look(spoiled(rows=rows))) == []


def test_real_dates_and_text_mean_the_same(sqlite_database):
    rows = good_centre()
    rows["Qualifications"][0]["Valid until"] = "2026-12-02"
    rows["Windows"][1]["From"] = datetime(2026, 12, 2, 8)
    rows["Overlays"][0]["From"] = "3 Dec 2026"
    rows["Holidays"][0]["Date"] = datetime(2026, 12, 25)
    rows["Resources"][1]["Calibration due"] = date(2027, 3, 1)
    import_all(spoiled())
    assert counts(preview(spoiled(rows=rows))["summary"]) == NOTHING


@pytest.mark.parametrize(
    ("noise", "seen"),
    [(-1_000, 0), (-5_000, 0), (4_000, 0), (-6_000, -6_000), (-500_000, -500_000)],
    ids=["a thousandth", "just noise", "after it", "just none", "half a second"],
)
def test_the_noise_of_fractions_of_a_day_is_taken_off_times(sqlite_database, noise, seen):
    start = datetime(2026, 11, 30, 8)
    rows = good_centre()
    rows["Windows"][0]["From"] = start + timedelta(microseconds=noise)
    table = look(spoiled(rows=rows)).tables.by_title["Windows"]
    assert table.rows[0].values["starts_at"] == (start + timedelta(hours=-5, microseconds=seen)).replace(
        tzinfo=UTC
    )
