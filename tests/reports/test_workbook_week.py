"""The weekly workbook as its readers find it, on screen and on paper."""

import pytest
from openpyxl import load_workbook

from scheduler.reports.look import BLOCKS, TINTS
from tests.reports.conftest import IMPOSSIBLE
from tests.reports.office import pages

SHEETS = ["Grid", "Roster", "List", "Not placed", "Sign-off"]


@pytest.fixture(scope="module")
def week(files):
    return load_workbook(files.week)


@pytest.fixture(scope="module")
def researchers(files):
    return load_workbook(files.researcher_week)


def rows_of(sheet, first):
    """Rows below the head whose first cell is `first`, by the head's names."""
    rows = list(sheet.iter_rows(values_only=True))
    at = next(number for number, row in enumerate(rows) if row[0] == first)
    return [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :] if row[1] is not None]


def every_text(workbook):
    return [str(cell.value) for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value]


def test_it_has_its_sheets_and_no_formula_at_all(week):
    assert week.sheetnames == SHEETS
    for sheet in week:
        assert [c.coordinate for r in sheet.iter_rows() for c in r if c.data_type == "f"] == []


def test_each_bar_of_the_grid_has_the_letter_and_the_colour_of_its_kind(week):
    sheet = week["Grid"]
    letters = {"R": 0, "T": 0, "A": 0}
    for row in sheet.iter_rows(min_col=3):
        for cell in row:
            if cell.value in letters:
                letters[cell.value] += 1
                assert cell.fill.fgColor.rgb == f"00{BLOCKS[cell.value]}"
                merged = next((r for r in sheet.merged_cells.ranges if cell.coordinate in r), None)
                after = sheet.cell(cell.row, (merged.max_col if merged else cell.column) + 1)
                if after.value and after.value != "/":
                    assert after.fill.fgColor.rgb == f"00{TINTS[cell.value]}"
    assert min(letters.values()) > 0


def test_no_two_merged_ranges_share_a_cell(week):
    for sheet in week:
        cells = [cell for merged in sheet.merged_cells.ranges for row in merged.rows for cell in row]
        assert len(cells) == len(set(cells))


def test_setup_is_hatched_and_closed_time_is_grey(week):
    fills = {(c.fill.patternType, c.value) for r in week["Grid"].iter_rows(min_col=3) for c in r}
    assert ("lightUp", "/") in fills
    assert any(c.fill.fgColor.rgb == "00E3E6EB" for r in week["Grid"].iter_rows(min_col=3) for c in r)


def test_each_day_with_bookings_has_a_page_and_the_others_are_named(files, week):
    titles = [cell.value for cell in week["Grid"]["A"] if cell.value]
    assert "Mon 30 Nov 2026" in titles
    days = [title for title in titles if title.endswith("2026")]
    assert len(week["Grid"].row_breaks.brk) == len(days) - 1
    assert any(
        title.startswith("Nothing is booked on") and "Fri 4 Dec 2026 (Founders' day, holiday)" in title
        for title in titles
    )
    grid = [page for page in pages(files.week_pdf) if "Grid · page" in page]
    assert len(grid) == len(days)


def test_every_page_says_site_week_version_maker_and_number(files):
    printed = pages(files.week_pdf)
    for number, page in enumerate(printed, start=1):
        assert "National Space Centre · Week 49, 30 Nov to 6 Dec 2026" in page
        assert "Plan 1, published" in page
        assert "printed" in page and "by the system" in page
        assert f"page {number} of {len(printed)}" in page
        assert "Asia/Karachi (UTC+05:00)" in page


def test_heads_are_repeated_on_every_page(week):
    for name, first in (("Roster", "Person"), ("List", "Start"), ("Not placed", "Request")):
        sheet = week[name]
        row = int(sheet.print_title_rows.split(":")[0].strip("$"))
        assert sheet.cell(row, 1).value == first


def test_what_is_not_placed_has_a_reason_and_text_stays_text(week):
    (row,) = [row for row in rows_of(week["Not placed"], "Request") if row["Request"] == "EVA-999"]
    assert row["Activity"] == IMPOSSIBLE
    assert row["Kind"] == "T Training"
    assert "216 h" in row["Why not"]
    assert row["What would help"] not in ("", "·")


def test_the_list_has_every_booking_once_with_its_people(week):
    rows = rows_of(week["List"], "Start")
    assert len(rows) >= 30
    assert [row["Start"] for row in rows] == sorted(row["Start"] for row in rows)
    assert all("(operator)" in row["People"] or row["People"] == "·" for row in rows)


def test_hours_of_the_roster_are_those_of_the_duties_in_the_list(week):
    listed = sum(
        (row["End"] - row["Start"]).total_seconds() / 3600
        for row in rows_of(week["List"], "Start")
        if "(operator)" in row["People"]
    )
    roster = sum(
        float(row["Hours"].split(" of ")[0])
        for row in rows_of(week["Roster"], "Person")
        if " of 40 h" in str(row["Hours"])
    )
    assert roster == pytest.approx(listed)
    assert roster > 0


def test_absence_shows_without_its_reason(week):
    texts = every_text(week)
    assert "away" in "\n".join(texts)
    assert "leave" not in "\n".join(texts)


def test_names_in_urdu_and_chinese_stay_whole(week):
    texts = "\n".join(every_text(week))
    assert "李雯 Li Wen" in texts
    assert "نور احمد" in texts


def test_a_confidential_project_is_busy_to_who_may_not_see_it(week, researchers):
    full, partial = rows_of(week["List"], "Start"), rows_of(researchers["List"], "Start")
    secret = [number for number, row in enumerate(full) if row["Project"] == "ION"]
    assert secret
    for number in secret:
        row = partial[number]
        assert (row["Activity"], row["Project"], row["Request"], row["People"]) == ("Busy", "·", "·", "·")
        assert row["Kind"] == "– Busy"
        assert row["Start"] == full[number]["Start"]
    texts = every_text(researchers)
    assert not any("ION" in text.split() or "ION-" in text for text in texts)
    assert any("ION-" in text for text in every_text(week))


def test_there_is_a_block_to_sign(week):
    texts = [cell.value for cell in week["Sign-off"]["A"]]
    assert {"Planned by", "Approved by"} <= set(texts)
    assert {"Name", "Signature", "Date"} <= {c.value for r in week["Sign-off"].iter_rows() for c in r}
