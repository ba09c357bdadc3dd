"""The database: engine, session, the one way to write (`transaction`), and what every row has."""

import math
import random
import sqlite3
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from sqlalchemy import (
    DateTime,
    Engine,
    ForeignKey,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    create_engine,
    event,
    insert,
)
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.orm import (
    ColumnProperty,
    DeclarativeBase,
    Mapped,
    Session,
    declared_attr,
    mapped_column,
    scoped_session,
    sessionmaker,
    validates,
)
from sqlalchemy.orm.exc import StaleDataError

from scheduler.errors import Stale, UserError

Result = TypeVar("Result")

CONNECTIONS = 20
"""Kept open for the threads of one server, and as many more at most: PostgreSQL allows 100 in all."""

IDLE_SECONDS = 1.0

BUSY_SECONDS = 30
"""So long a write waits for another one on SQLite."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment: refuses naive ones, stores UTC in one width, gives UTC back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value} on its way into the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime(), str: String()}
    is_audited = True
    """False for rows that are themselves a log, or repeat what another row says."""


# Here, before any row is mapped: which module is imported first must not decide what the audit log says.
@event.listens_for(Base, "attribute_instrument", propagate=True)
def _remember_old_value(_class: type, _key: str, attribute: Any) -> None:
    # Without it, setting a field that is not loaded forgets what stood there before.
    if isinstance(attribute.property, ColumnProperty):
        attribute.impl.active_history = True


def utc_now() -> datetime:
    return datetime.now(UTC)


def normal_code(code: str) -> str:
    """How two codes are compared: NFC, trimmed, case-folded, inner spaces as one."""
    return " ".join(unicodedata.normalize("NFC", code).split()).casefold()


class Row:
    """Integer key of every table."""

    id: Mapped[int] = mapped_column(primary_key=True)


class Editable(Row):
    """A row that people change: optimistic lock, and who made and last changed it."""

    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    @declared_attr
    def created_by_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("user_account.id"))

    @declared_attr
    def updated_by_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("user_account.id"))

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Coded(Editable):
    """A row with a code that people and workbooks use, unique in its site by `normal_code`.

    Retired rows keep their code, so that an old workbook never means something new.
    """

    code: Mapped[str] = mapped_column(String(60))
    code_key: Mapped[str] = mapped_column(String(60))
    retired_at: Mapped[datetime | None]

    @validates("code")
    def _keep_key(self, _key: str, code: str) -> str:
        code = " ".join(unicodedata.normalize("NFC", code).split())
        if not code or ";" in code:
            raise ValueError(f"{code!r} is no code: it is empty or holds a semicolon")
        self.code_key = normal_code(code)
        return code

    @declared_attr
    def site_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("site.id"), index=True)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        return (UniqueConstraint("site_id", "code_key"),)


_factory = sessionmaker(autoflush=True)
session: scoped_session[Session] = scoped_session(_factory)
"""The session of this thread. Reads need nothing more; writes happen inside `transaction()`."""

_WRITING: dict[str, Any] = {
    "sqlite": {"markaz_writes": True},
    "postgresql": {"markaz_writes": True, "isolation_level": "READ COMMITTED"},
}
_engine: Engine | None = None
_line = threading.Lock()


def configure(url: str, **options: Any) -> Engine:
    """Point `session` at the database at `url`."""
    from scheduler import audit  # noqa: F401 - its listeners belong to every session

    global _engine
    if _engine is not None:
        session.remove()
        _engine.dispose()
    _engine = make_engine(url, **options)
    _factory.configure(bind=_reading(_engine))
    session.remove()
    return _engine


def _reading(made: Engine) -> Engine:
    """The engine for whoever does not write: each statement by itself.

    On PostgreSQL it sees what is committed when it begins, as it would in a transaction, which costs
    two ways to the server and back more. On SQLite a transaction is cheap, and sees one moment.
    """
    return made if made.dialect.name == "sqlite" else made.execution_options(isolation_level="AUTOCOMMIT")


def engine() -> Engine:
    if _engine is None:
        raise ValueError("the database is not configured")
    return _engine


def make_engine(url: str, **options: Any) -> Engine:
    """An engine with Markaz' rules for its database."""
    options = {"pool_size": CONNECTIONS, "max_overflow": CONNECTIONS} | options
    made = create_engine(url, **options)
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", _prepare_sqlite)
        event.listen(made, "begin", _begin_sqlite)
    else:
        _ask_the_idle(made)
    return made


def _ask_the_idle(made: Engine) -> None:
    """A connection that nobody has used for a while is asked whether it still stands, and else made anew.

    `pool_pre_ping` asks each time, twice or more for one page: a way to the server and back.
    """

    @event.listens_for(made, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info["used_at"] = time.monotonic()

    @event.listens_for(made, "checkout")
    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("used_at", math.inf) < IDLE_SECONDS:
            return
        try:
            made.dialect.do_ping(connection)
        except made.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError("the connection was cut while nobody used it") from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event decides how a transaction opens
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "synchronous=FULL",  # acknowledged means durable, also after power loss
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # A deferred transaction that reads and then writes fails at once when another wrote between.
    writes = connection.get_execution_options().get("markaz_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def transaction(actor: Any = None, reason: str | None = None) -> Iterator[Session]:
    """Write: all of it or nothing, under the name of `actor` (a user; None is the system).

    Whatever was read before is forgotten, so that what is checked inside is checked against the
    present state. Transactions do not nest: the caller that translates (view, command, task) opens.
    """
    current = session()
    if current.info.get("writes"):
        raise ValueError("transaction() inside transaction(): services never open one")
    # Read before the rollback: afterwards the row would be loaded again, which opens a transaction
    # of its own, and that one is deferred.
    actor_id, actor_name = getattr(actor, "id", None), getattr(actor, "name", None) or "system"
    current.rollback()
    current.info.update(writes=True, actor_id=actor_id, actor_name=actor_name, reason=reason)
    try:
        with _in_line(current):
            try:
                current.connection(execution_options=_WRITING[current.get_bind().dialect.name])
                yield current
                current.commit()
            except BaseException:
                current.rollback()
                raise
    except StaleDataError as error:
        raise Stale("Somebody changed it at the same moment. Look at it again and repeat.") from error
    except UserError as error:
        current.info.clear()
        error.complete()
        raise
    finally:
        current.info.clear()


@contextmanager
def _in_line(current: Session) -> Iterator[None]:
    """Let the threads of this process write to SQLite one after the other.

    A courtesy and no guard, which SQLite's own lock is: whoever waits for that one sleeps and looks
    again, for up to a tenth of a second each time, while the next in line here is woken at once.
    """
    is_mine = current.get_bind().dialect.name == "sqlite" and _line.acquire(timeout=BUSY_SECONDS)
    try:
        yield
    finally:
        if is_mine:
            _line.release()


def is_writing() -> bool:
    return bool(session().info.get("writes"))


def insert_plainly(row_type: type[Base], values: dict[str, Any]) -> None:
    """Write a row that nobody will change, such as a message or a note, without an object of it."""
    if not is_writing():
        raise ValueError(f"write of {row_type.__tablename__} outside transaction()")
    session.execute(insert(table_of(row_type)), values)


def table_of(row_type: type[Base]) -> Table:
    return cast(Table, row_type.__table__)


@event.listens_for(Session, "before_flush")
def _refuse_write_outside(current: Session, _context: Any, _instances: Any) -> None:
    if current.info.get("writes"):
        return
    if current.new or current.deleted or any(current.is_modified(row) for row in current.dirty):
        raise ValueError("write outside transaction()")


def retrying(work: Callable[[], Result], attempts: int = 4) -> Result:
    """Do `work`, which opens its own transaction, again when the database says try again.

    Deadlocks and serialization failures are the database's business, not the user's.
    """
    for attempt in range(1, attempts + 1):
        try:
            return work()
        except DBAPIError as error:
            if attempt == attempts or not is_passing(error):
                raise
            time.sleep(random.uniform(0.01, 0.05) * attempt)
    raise AssertionError("unreachable")


def is_passing(error: DBAPIError) -> bool:
    """Whether the same work may well succeed a moment later."""
    code = getattr(error.orig, "sqlstate", None)
    if code in ("40001", "40P01", "55P03"):
        return True
    return isinstance(error, OperationalError) and "database is locked" in str(error.orig)
