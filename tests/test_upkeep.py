"""`markaz doctor`, `migrate`, `backup`, `restore` as they are typed."""

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from scheduler import database
from scheduler.bookings import guard
from scheduler.bookings.proposal import Proposal
from scheduler.bookings.service import book
from scheduler.cli import main
from scheduler.database import session, transaction
from scheduler.upkeep import first_steps
from tests.centre import make_resource, make_site, make_user, span


@pytest.fixture(params=["sqlite", "postgres"])
def instance(request, tmp_path, monkeypatch):
    """A migrated instance with one booking."""
    folder = tmp_path / "instance"
    monkeypatch.setenv("MARKAZ_INSTANCE", str(folder))
    if request.param == "postgres":
        monkeypatch.setenv("MARKAZ_DATABASE_URL", request.getfixturevalue("postgres_database"))
    else:
        monkeypatch.delenv("MARKAZ_DATABASE_URL", raising=False)
    run("migrate")
    with transaction():
        site = make_site()
        book(Proposal(site=site, title="Leak test", resources=(make_resource(site),), run=span(0, 9, 12)))
    yield folder
    database.session.remove()
    database.engine().dispose()


def run(*words):
    return CliRunner().invoke(main, list(words))


def test_a_healthy_instance_is_said_to_be_so(instance):
    answer = run("doctor")
    assert answer.exit_code == 0
    assert "1 bookings, 1 holds" in answer.output
    assert "overlaps: 0" in answer.output
    assert "wrong " not in answer.output.replace("ok    wrong ", "")


def test_a_missing_guard_is_found(instance):
    with transaction():
        guard.remove(session.connection())
    answer = run("doctor")
    assert answer.exit_code == 1
    assert guard.NO_OVERLAP in answer.output


def test_a_hold_that_was_shifted_by_hand_is_found(instance):
    with transaction():
        session.execute(text("DELETE FROM hold"))
    answer = run("doctor")
    assert answer.exit_code == 1
    assert "wrong wrong holds: 1" in answer.output
    assert "Leak test" in answer.output


def test_a_secret_that_others_can_read_is_found(instance):
    (instance / "secret.key").write_text("x")
    (instance / "secret.key").chmod(0o644)
    instance.chmod(0o755)
    answer = run("doctor")
    assert answer.exit_code == 1
    assert f"chmod 600 {instance / 'secret.key'}" in answer.output


def test_an_outdated_schema_is_found_and_not_touched(instance):
    with database.engine().connect().execution_options(markaz_writes=True) as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    assert run("doctor").exit_code == 1


def test_backup_and_restore_go_there_and_back(instance, tmp_path, monkeypatch):
    assert run("backup", str(tmp_path / "all.zip")).exit_code == 0
    refused = run("restore", str(tmp_path / "all.zip"))
    assert refused.exit_code == 2
    assert "--replace" in refused.output
    monkeypatch.setenv("MARKAZ_INSTANCE", str(tmp_path / "second"))
    monkeypatch.delenv("MARKAZ_DATABASE_URL", raising=False)
    assert run("restore", str(tmp_path / "all.zip")).exit_code == 0
    assert run("doctor").exit_code == 0


def test_migrating_twice_does_nothing_the_second_time(instance):
    answer = run("migrate")
    assert answer.exit_code == 0
    assert "already" in answer.output


def test_a_first_start_says_how_to_make_the_first_administrator(instance):
    assert "user add --role administrator" in first_steps()
    session.rollback()
    with transaction():
        make_user("administrator")
    assert first_steps() is None


def test_where_nothing_is_there_is_nothing_to_examine(tmp_path, monkeypatch):
    monkeypatch.setenv("MARKAZ_INSTANCE", str(tmp_path / "new"))
    monkeypatch.delenv("MARKAZ_DATABASE_URL", raising=False)
    answer = run("doctor")
    assert answer.exit_code == 2
    database.engine().dispose()
