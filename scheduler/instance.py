"""One instance: its folder, its database brought up and opened, what it holds, and emptying it."""

import os
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, Table, func, select

from scheduler import database, migrations
from scheduler.config import Config, load_config
from scheduler.errors import UserError


def open_instance() -> Config:
    """Point the session at the instance's database; an empty one gets its schema, an old one is refused."""
    config = load_config()
    engine = open_database(config)
    revision = migrations.current_revision(engine)
    if revision is None:
        migrations.upgrade(engine)
    elif not migrations.is_current(engine):
        raise UserError(outdated(revision))
    return config


def outdated(revision: str) -> str:
    """What to do about a database of another revision than the program's."""
    known = migrations.revisions()
    if revision not in known:
        return (
            f"The database stands at revision {revision}, which this Markaz does not know: "
            "a newer one made it. Install that one, or a later one."
        )
    return (
        f"The database stands at revision {revision}, this Markaz at {known[-1]}. "
        "Make a backup first (markaz backup FILE), then: markaz migrate"
    )


def open_database(config: Config) -> Engine:
    """The engine of the instance, whatever state its schema is in."""
    make_folder(config)
    return database.configure(config.database_url)


def make_folder(config: Config) -> None:
    """The instance folder, and in it the files of databases, for their owner alone."""
    if not config.instance.exists():
        config.instance.mkdir(parents=True)
        config.instance.chmod(0o700)
    for url in (config.database_url, config.queue_url):
        path = file_of(url)
        if path is not None and not path.exists() and path.parent.is_dir():
            # Made empty before SQLite does: it would leave it readable for everybody.
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def file_of(url: str) -> Path | None:
    """The file of a SQLite address; None for a server."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def tables(connection: Connection) -> list[Table]:
    """Every table as it stands there but Alembic's, those that others point to first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def rows_held(connection: Connection) -> int:
    """Rows in all tables together: 0 is an empty instance."""
    return sum(
        connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables(connection)
    )


def drop_everything(connection: Connection) -> None:
    """Every table with all that is in it, within the transaction that is open."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    else:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
    everything = MetaData()
    everything.reflect(connection)
    everything.drop_all(connection)
