"""New rows written one statement a table, where the unit of work would cost several times as much.

What it does is what a flush does: rows take the keys of what they refer to, defaults, who made them, their
ids, and a note in the audit log; the session then has them as if it had read them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Executable, event, insert
from sqlalchemy.orm import (
    Mapper,
    Session,
    SessionTransaction,
    class_mapper,
    make_transient,
    make_transient_to_detached,
)
from sqlalchemy.orm.interfaces import MANYTOONE

from scheduler import audit
from scheduler.database import Base, is_writing, session, table_of

_WRITTEN = "written past the unit of work"


@dataclass(frozen=True)
class _Way:
    """How rows of one type are written.

    Parameters
    ----------
    fields
        Every field but the id, with what it is where nothing was said.
    keys
        For each reference the field that keeps its key, the reference, and the field over there.
    """

    one: Executable
    all: Executable
    fields: tuple[tuple[str, Callable[[], Any]], ...]
    keys: tuple[tuple[str, str, str], ...]


def insert_whole(row: Any, *parts: Sequence[Any], key: str) -> None:
    """Write a new row, and the rows that belong to it, whose field `key` says so.

    Rows of one sequence are of one type. None of them may be in a session yet.
    """
    if not is_writing():
        raise ValueError(f"write of {row.__tablename__} outside transaction()")
    _insert([row])
    for rows in parts:
        for part in rows:
            setattr(part, key, row.id)
        _insert(rows)
    written = [row, *(part for rows in parts for part in rows)]
    audit.note_added(session(), written)
    for each in reversed(written):
        make_transient_to_detached(each)
    session.add_all(written)
    within = _innermost(session())
    session.info.setdefault(_WRITTEN, []).extend((each, within) for each in written)


@event.listens_for(Session, "after_rollback")
def _take_back(current: Session) -> None:
    """What was written in a transaction, or since a savepoint, that is taken back is as new as before."""
    ended = _innermost(current)
    kept = []
    for row, within in current.info.pop(_WRITTEN, ()):
        if not _lies_in(within, ended):
            kept.append((row, within))
        elif row in current:
            make_transient(row)
    current.info[_WRITTEN] = kept


def _innermost(current: Session) -> SessionTransaction | None:
    return current.get_nested_transaction() or current.get_transaction()


def _lies_in(within: SessionTransaction | None, ended: SessionTransaction | None) -> bool:
    while within is not None and within is not ended:
        within = within.parent
    return within is ended


def _insert(rows: Sequence[Any]) -> None:
    if not rows:
        return
    row_type: type[Base] = type(rows[0])
    way = _way(row_type)
    for row in rows:
        audit.sign(session(), row)
    values = [_values(row, way) for row in rows]
    # Of one row nothing has to be kept in order.
    found = session.execute(way.one, values[0]) if len(rows) == 1 else session.execute(way.all, values)
    for row, row_id in zip(rows, found.scalars(), strict=True):
        row.id = row_id


def _values(row: Any, way: _Way) -> dict[str, Any]:
    """What the row says, as the table takes it; what it does not say is said on it as well."""
    for field, reference, there in way.keys:
        if (other := row.__dict__.get(reference)) is not None:
            setattr(row, field, getattr(other, there))
    said = row.__dict__
    for field, usual in way.fields:
        if said.get(field) is None:
            setattr(row, field, usual())
    return {field: said[field] for field, _ in way.fields}


@cache
def _way(row_type: type[Base]) -> _Way:
    mapper: Mapper[Any] = class_mapper(row_type)
    table = table_of(row_type)
    fields = []
    for column in table.columns:
        field = mapper.get_property_by_column(column).key
        if column.name != field or column.server_default is not None:
            raise ValueError(f"{table.name}.{column.name} cannot be written without the unit of work")
        if not column.primary_key:
            fields.append((field, _usual(column.default)))
    keys = [
        (here.name, reference.key, there.name)
        for reference in mapper.relationships
        if reference.direction is MANYTOONE
        for here, there in reference.local_remote_pairs or ()
    ]
    one = insert(table).returning(table.c.id)
    all_ = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return _Way(one, all_, tuple(fields), tuple(keys))


def _usual(default: Any) -> Callable[[], Any]:
    if default is None:
        return lambda: None
    if default.is_callable:
        return lambda: default.arg(None)
    return lambda: default.arg
