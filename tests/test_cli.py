"""One command line for all rooms: what it offers, and how it fails."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from scheduler import cli, database, migrations
from scheduler.database import transaction
from scheduler.errors import UserError
from tests.centre import make_site


@pytest.fixture
def instance(tmp_path, monkeypatch):
    """An empty instance that the command line finds."""
    folder = tmp_path / "instance"
    monkeypatch.setenv("MARKAZ_INSTANCE", str(folder))
    monkeypatch.delenv("MARKAZ_DATABASE_URL", raising=False)
    yield folder
    database.session.remove()
    if database._engine is not None:
        database._engine.dispose()


def run(*words, text=None):
    return CliRunner().invoke(cli.main, list(words), input=text, prog_name="markaz")


EVERY_COMMAND = (
    "demo", "template", "import", "approve", "plan", "publish", "repair", "export", "worker", "user", "serve",
    "migrate", "backup", "restore", "doctor", "test",
)  # fmt: skip


def test_the_help_names_every_command(instance):
    shown = run("--help").output
    assert [name for name in EVERY_COMMAND if f"\n  {name} " not in shown] == []
    assert not instance.exists(), "asking for help must not touch the instance"


@pytest.mark.parametrize(
    "name", [*EVERY_COMMAND, "export week", "export utilisation", "export centre", "user add"]
)
def test_every_command_explains_itself(instance, name):
    answer = run(*name.split(), "--help")
    assert answer.exit_code == 0
    assert len(answer.output.splitlines()) > 3


def test_the_help_comes_without_loading_the_solver_or_the_workbooks():
    script = (
        "import sys\nfrom scheduler.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print([name for name in ('ortools', 'pandas', 'openpyxl', 'flask') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_rooms_own_command_is_left_as_it_is(instance):
    from scheduler.requests.commands import approve

    run("approve", "--help")
    assert cli.main._assembled()["approve"].callback is not approve.callback
    assert not hasattr(approve.callback, "__wrapped__")


def test_an_unknown_command_is_the_users_fault(instance):
    answer = run("paint")
    assert answer.exit_code == 2
    assert "No such command" in answer.output


def test_what_the_user_can_mend_is_said_plainly(instance):
    answer = run("publish")
    assert answer.exit_code == 2
    assert "There is no site yet" in answer.output
    assert "Traceback" not in answer.output


def test_faults_beside_fields_are_said_as_well(instance, monkeypatch):
    _break(monkeypatch, UserError("It does not fit.", {"wish": "longer than the week"}))
    answer = run("break")
    assert answer.exit_code == 2
    assert "wish: longer than the week" in answer.output


def test_a_broken_promise_is_our_fault_and_its_trace_goes_to_the_log(instance, monkeypatch):
    _break(monkeypatch, ValueError("holds without a booking"))
    answer = run("break")
    assert answer.exit_code == 1
    assert "ValueError: holds without a booking" in answer.output
    assert "Traceback" not in answer.output
    log = (instance / "markaz.log").read_text(encoding="utf-8")
    assert "Traceback" in log and "holds without a booking" in log


def test_no_to_a_question_changes_nothing_and_is_the_users_word(instance, monkeypatch):
    _break(monkeypatch, click.Abort())
    assert run("break").exit_code == 2


def test_a_file_that_cannot_be_written_is_named(instance, tmp_path):
    answer = run("template", "-o", str(tmp_path / "no" / "such" / "folder.xlsx"))
    assert answer.exit_code == 2
    assert "folder.xlsx" in answer.output


def test_an_empty_instance_gets_its_schema_and_closed_files(instance):
    run("publish")
    assert migrations.is_current(database.engine())
    assert instance.stat().st_mode & 0o077 == 0
    assert (instance / "markaz.db").stat().st_mode & 0o077 == 0


def test_a_database_of_a_newer_program_is_refused(instance):
    run("migrate")
    with database.engine().begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    answer = run("publish")
    assert answer.exit_code == 2
    assert "a newer one made it" in answer.output


def test_somebody_unknown_cannot_act(instance):
    run("migrate")
    with transaction():
        make_site()
    answer = run("--as", "nobody@centre.example", "plan")
    assert answer.exit_code == 2
    assert 'no enabled user "nobody@centre.example"' in answer.output


def _break(monkeypatch, error):
    @click.command("break")
    def command():
        raise error

    monkeypatch.setitem(cli.main._assembled(), "break", command)
