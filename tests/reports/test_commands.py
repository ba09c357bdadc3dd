"""`markaz export week` and `markaz export utilisation`."""

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import select

from scheduler.audit import Audit
from scheduler.cli import main
from scheduler.database import session, transaction
from tests.centre import make_site, make_user


@pytest.fixture
def run(sqlite_database, tmp_path, monkeypatch):
    """Runs `markaz ...` on that database, from an empty folder."""
    monkeypatch.setenv("MARKAZ_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("MARKAZ_DATABASE_URL", sqlite_database)
    monkeypatch.chdir(tmp_path)
    with transaction():
        make_site(time_zone="Asia/Karachi")
        make_user("manager")
    return lambda *words: CliRunner().invoke(main, words)


def test_the_week_is_written_and_noted(run, tmp_path):
    result = run("export", "week", "--week", "2026-W49", "-o", "week.xlsx")
    assert (result.exit_code, result.output) == (0, "week.xlsx: Week 49, 30 Nov to 6 Dec 2026\n")
    assert load_workbook(tmp_path / "week.xlsx").sheetnames[0] == "Grid"
    noted = session.scalars(select(Audit).where(Audit.action == "exported")).one()
    assert noted.after == {"file": "week.xlsx"}


def test_the_last_day_of_utilisation_is_included(run, tmp_path):
    result = run("export", "utilisation", "--from", "2026-11-01", "--until", "2026-12-01", "-o", "u.xlsx")
    assert (result.exit_code, result.output) == (0, "u.xlsx: 1 Nov to 1 Dec 2026\n")
    by_month = load_workbook(tmp_path / "u.xlsx")["By month"]
    months = [cell.value.strftime("%Y-%m") for cell in by_month["A"] if hasattr(cell.value, "strftime")]
    assert months == ["2026-11", "2026-12"]


def test_help_says_that_the_last_day_is_included(run):
    assert "itself included" in run("export", "utilisation", "--help").output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("week", "--week", "2026-49"), "Write it like 2026-W49"),
        (("utilisation", "--from", "2026-12-02", "--until", "2026-12-01"), "before the first"),
        (("utilisation", "--from", "1 Nov", "--until", "2026-12-01"), "Write it like 2026-11-30"),
        (("utilisation", "--from", "2025-01-01", "--until", "2026-12-01"), "more than 400 days"),
    ],
    ids=["no week", "days the wrong way round", "no day", "too long"],
)
def test_what_cannot_be_read_is_refused_and_nothing_written(run, tmp_path, words, message):
    result = run("export", *words, "-o", "file.xlsx")
    assert result.exit_code == 2
    assert message in result.output
    assert not (tmp_path / "file.xlsx").exists()


def test_a_manager_may_not_take_the_utilisation_out(run, tmp_path):
    words = ("export", "utilisation", "--from", "2026-11-01", "--until", "2026-11-30", "-o", "u.xlsx")
    result = run("--as", "manager@centre.example", *words)
    assert result.exit_code == 2
    assert "role administrator" in result.output
    assert not (tmp_path / "u.xlsx").exists()


def test_a_folder_that_is_not_there_is_the_users_fault(run, tmp_path):
    result = run("export", "week", "--week", "2026-W49", "-o", "nowhere/week.xlsx")
    assert result.exit_code == 2
    assert "nowhere" in result.output
