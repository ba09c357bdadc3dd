"""Every step of the schema, on both databases: the guards stand after each, nothing is missing at the end."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from scheduler import database, migrations
from scheduler.bookings import guard
from scheduler.models import metadata


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request, tmp_path):
    """An engine on a database without any table."""
    if request.param == "sqlite":
        engine = database.make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
        yield engine
    else:
        url = request.getfixturevalue("postgres_database")
        database.engine().dispose()
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        yield engine
    engine.dispose()


def test_the_guards_stand_after_every_step(empty):
    for revision in migrations.revisions():
        migrations.upgrade(empty, revision)
        assert migrations.current_revision(empty) == revision
        with empty.connect() as connection:
            if inspect(connection).has_table("hold"):
                assert guard.missing(connection) == [], revision
    assert migrations.is_current(empty)


def test_the_migrated_schema_is_that_of_the_models(empty):
    migrations.upgrade(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(empty):
    migrations.upgrade(empty)
    with empty.connect() as connection:
        before = inspect(connection).get_table_names()
    migrations.upgrade(empty)
    with empty.connect() as connection:
        assert inspect(connection).get_table_names() == before
        assert guard.missing(connection) == []


def test_a_guard_that_is_taken_away_is_missed_and_put_back(empty):
    migrations.upgrade(empty)
    with empty.connect().execution_options(markaz_writes=True) as connection, connection.begin():
        guard.remove(connection)
        assert guard.NO_OVERLAP in " ".join(guard.missing(connection))
        guard.install(connection)
        assert guard.missing(connection) == []


def test_a_step_that_fails_leaves_the_schema_as_it_was(empty, monkeypatch):
    def broken(_connection):
        raise RuntimeError("power cut")

    monkeypatch.setattr(guard, "install", broken)
    with pytest.raises(RuntimeError, match="power cut"):
        migrations.upgrade(empty)
    assert migrations.current_revision(empty) is None
    with empty.connect() as connection:
        assert inspect(connection).get_table_names() == []
