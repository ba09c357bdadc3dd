"""The blank workbook: what helps to fill it is there, and it opens in the programs that people use."""

import io

import openpyxl
import pytest

from scheduler.excel.sheets import BY_TITLE, SHEETS
from scheduler.excel.template import write_template


@pytest.fixture(scope="module")
def template() -> openpyxl.Workbook:
    stream = io.BytesIO()
    write_template(stream)
    return openpyxl.load_workbook(stream)


def test_every_sheet_is_there_with_its_titles_frozen(template):
    assert template.sheetnames == ["README", *(sheet.title for sheet in SHEETS), "Lists"]
    for sheet in SHEETS:
        page = template[sheet.title]
        assert [cell.value for cell in page[1]] == [column.title for column in sheet.columns]
        assert page.freeze_panes == "B2"
        assert page.max_row == 1
        assert not page.merged_cells.ranges


def test_parents_have_their_code_in_column_a():
    for title in (
        "Site",
        "Resources",
        "Utilities",
        "Organisations",
        "Staff",
        "Projects",
        "Calendars",
        "Requests",
    ):
        assert BY_TITLE[title].columns[0].title == "Code"


def test_columns_with_a_list_have_a_drop_down_from_the_sheet_of_lists(template):
    for sheet in SHEETS:
        page = template[sheet.title]
        sources = {
            str(validation.sqref).split(":")[0]: validation
            for validation in page.data_validations.dataValidation
        }
        for number, column in enumerate(sheet.columns, start=1):
            if not column.choices:
                continue
            validation = sources[page.cell(2, number).coordinate]
            area = validation.formula1.removeprefix("Lists!").replace("$", "")
            listed = [str(cell.value) for (cell,) in template["Lists"][area]]
            assert listed == list(column.choices)
            assert validation.showErrorMessage


def test_codes_of_other_sheets_are_offered_but_not_demanded(template):
    validations = template["Alternatives"].data_validations.dataValidation
    offered = [one for one in validations if one.formula1.startswith("'Requests'!")]
    assert len(offered) == 1
    assert not offered[0].showErrorMessage


def test_code_columns_are_text_so_that_no_code_becomes_a_number(template):
    for sheet in SHEETS:
        for number, column in enumerate(sheet.columns, start=1):
            letter = openpyxl.utils.get_column_letter(number)
            if column.is_code:
                assert template[sheet.title].column_dimensions[letter].number_format == "@"


def test_each_head_says_what_belongs_there_and_the_readme_names_every_column(template):
    readme = {(row[1].value, row[3].value) for row in template["README"].iter_rows()}
    for sheet in SHEETS:
        for cell, column in zip(template[sheet.title][1], sheet.columns, strict=True):
            assert column.hint in cell.comment.text
            assert ("Required." in cell.comment.text) == column.required
            assert (column.title, column.hint) in readme
