"""`markaz template`, `import` and `export centre`: words, files and exit codes."""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from scheduler.database import session
from scheduler.excel import commands
from scheduler.excel.models import ImportRun
from scheduler.requests.models import ActivityRequest
from tests.excel.workbooks import put, spoiled


def run(command, *arguments) -> Result:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    session.rollback()
    return result


@pytest.fixture
def workbook(tmp_path):
    def write(*spoils):
        path = tmp_path / "centre.xlsx"
        path.write_bytes(spoiled(*spoils))
        return path

    return write


def requests() -> int:
    count = session.scalar(select(func.count(ActivityRequest.id))) or 0
    session.rollback()
    return count


def test_an_import_without_yes_is_a_trial_run_that_says_so(sqlite_database, workbook):
    path = workbook()
    result = run(commands.import_workbook, path)
    assert result.exit_code == 0
    assert "63 added, 0 changed, 0 same, 0 removed." in result.output
    assert (
        f"Nothing was changed: this was a trial run. To import it: markaz import {path} --yes"
        in result.output
    )
    assert requests() == 0


def test_an_import_with_yes_imports(sqlite_database, workbook):
    result = run(commands.import_workbook, workbook(), "--yes")
    assert result.exit_code == 0
    assert result.output.endswith("centre.xlsx is imported.\n")
    assert requests() == 8


def test_faults_are_lines_with_their_place_and_the_exit_code_is_2(sqlite_database, workbook):
    path = workbook(put("Requests", 2, "Wish min", "4 hrs"), put("Requests", 3, "Project", "BDX"))
    result = run(commands.import_workbook, path, "--yes")
    assert result.exit_code == 2
    assert result.output.splitlines() == [
        'Sheet "Requests", row 2, column "Wish min": "4 hrs" is not a number. Write 240.',
        'Sheet "Requests", row 3, column "Project": There is no "BDX" in Projects. Did you mean BDR?',
        "2 faults in centre.xlsx, so nothing was imported. Repair the cells and import it again.",
    ]
    assert requests() == 0
    assert session.scalars(select(ImportRun)).one().state == "refused"
    session.rollback()


def test_a_file_that_is_no_workbook_is_refused_with_exit_code_2(sqlite_database, tmp_path):
    path = tmp_path / "centre.xlsx"
    path.write_text("Code;Title")
    result = run(commands.import_workbook, path, "--yes")
    assert result.exit_code == 2
    assert result.output.startswith("File: It is not an Excel workbook")


def test_the_template_is_written_and_imports_nothing_but_the_site(sqlite_database, tmp_path):
    path = tmp_path / "blank.xlsx"
    assert run(commands.template, "-o", path).exit_code == 0
    result = run(commands.import_workbook, path)
    assert "1 added, 0 changed, 0 same, 0 removed." in result.output


def test_the_centre_is_exported_and_imported_again_without_a_change(sqlite_database, workbook, tmp_path):
    run(commands.import_workbook, workbook(), "--yes")
    path = tmp_path / "export.xlsx"
    assert run(commands.export_centre, "-o", path).exit_code == 0
    result = run(commands.import_workbook, path)
    assert "0 added, 0 changed, 62 same, 0 removed." in result.output
