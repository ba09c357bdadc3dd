"""The audit log for those who read it: searching, who and what a row is about, what changed in it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, or_, select

from scheduler.audit import Audit
from scheduler.database import Base, UtcDateTime, session

PAGE_ROWS = 50
MOST_EXPORTED = 20_000
SIGNS = {"added": "+", "removed": "−", "changed": "≠"}

ENTITIES = {
    "user_account": "user",
    "sign_in_attempt": "sign-in",
    "activity_request": "request",
    "solve_run": "build",
    "import_run": "import",
    "booking_person": "duty",
    "booking_resource": "facility of a booking",
    "booking_utility": "supply of a booking",
    "person_qualification": "qualification of a person",
    "request_need": "need of a request",
    "request_draw": "draw of a request",
    "request_window": "window of a request",
    "project_member": "member of a project",
}
"""Tables whose name is not what people call it."""

PAGES = {
    "user_account": "/users/{}",
    "project": "/projects/{}",
    "activity_request": "/requests/{}",
    "booking": "/week/booking/{}",
    "plan": "/plans/{}",
    "person": "/people/{}",
    "resource": "/facilities/{}",
    "calendar": "/calendars/{}",
    "import_run": "/import/{}",
}
"""Where a row has a page of its own."""


@dataclass(frozen=True)
class Search:
    """What to look for; what is None or empty does not count."""

    text: str = ""
    actor: str = ""
    entity: str = ""
    entity_id: int | None = None
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Change:
    """One field: its name in words, what it was, what it is."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Entry:
    """A row of the log as it is read."""

    id: int
    at: datetime
    actor_id: int | None
    actor: str
    action: str
    sign: str
    entity: str
    kind: str
    entity_id: int | None
    name: str | None
    page: str | None
    reason: str | None
    changes: Sequence[Change]


@dataclass(frozen=True)
class LogPage:
    entries: Sequence[Entry]
    number: int
    pages: int
    total: int


def search(asked: Search, page: int = 1) -> LogPage:
    """What matches, the newest first."""
    query = _matching(asked)
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, ceil(total / PAGE_ROWS))
    number = min(max(1, page), pages)
    rows = list(session.scalars(query.limit(PAGE_ROWS).offset((number - 1) * PAGE_ROWS)))
    return LogPage(read(rows), number, pages, total)


def subject(asked: Search) -> str | None:
    """What people call the row whose history is asked for; None where it is the log of many."""
    if not asked.entity or asked.entity_id is None:
        return None
    name = next((words for _, words in _named(asked.entity, {asked.entity_id})), "")
    return f"{kind_words(asked.entity)} {name or asked.entity_id}"


def count(asked: Search) -> int:
    return session.scalar(select(func.count()).select_from(_matching(asked).order_by(None).subquery())) or 0


def matching_rows(asked: Search) -> Iterable[Audit]:
    """All that matches, for a file; fetched in portions."""
    return session.scalars(_matching(asked).limit(MOST_EXPORTED).execution_options(yield_per=500))


def actions() -> list[str]:
    """Every action that was ever written down."""
    return list(session.scalars(select(Audit.action).distinct().order_by(Audit.action)))


def entities() -> list[tuple[str, str]]:
    """Every kind of row that was ever changed: its table, and what people call it."""
    found = session.scalars(select(Audit.entity).distinct())
    return sorted(((table, kind_words(table)) for table in found), key=lambda pair: pair[1])


def kind_words(table: str) -> str:
    return ENTITIES.get(table, table.replace("_", " "))


def read(rows: Sequence[Audit]) -> list[Entry]:
    """Rows of the log with ids turned into names, in a number of statements that knows no rows."""
    names = _names(rows)
    return [_entry(row, names) for row in rows]


def _entry(row: Audit, names: dict[tuple[str, int], str]) -> Entry:
    page = PAGES.get(row.entity)
    before, after = row.before or {}, row.after or {}
    fields = [field for field in dict.fromkeys([*before, *after]) if field != "id"]
    return Entry(
        id=row.id,
        at=row.at,
        actor_id=row.actor_id,
        actor=row.actor_name,
        action=row.action,
        sign=SIGNS.get(row.action, "·"),
        entity=row.entity,
        kind=kind_words(row.entity),
        entity_id=row.entity_id,
        name=names.get((row.entity, row.entity_id)) if row.entity_id is not None else None,
        page=page.format(row.entity_id)
        if page and row.entity_id is not None and row.action != "removed"
        else None,
        reason=row.reason,
        changes=[
            Change(
                field=field.removesuffix("_id").replace("_", " "),
                old=_shown(row.entity, field, before.get(field), names),
                new=_shown(row.entity, field, after.get(field), names),
            )
            for field in fields
        ],
    )


def _shown(table: str, field: str, value: Any, names: dict[tuple[str, int], str]) -> str | None:
    """A stored value in words; None where there is none."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    target = _target(table, field)
    if target is not None and isinstance(value, int):
        return names.get((target, value), f"{kind_words(target)} {value}")
    column = _column(table, field)
    if column is not None and isinstance(column.type, UtcDateTime) and isinstance(value, str):
        return f"{value[:10]} {value[11:16]} UTC"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _names(rows: Sequence[Audit]) -> dict[tuple[str, int], str]:
    """What people call the rows that these rows are about or point to, as far as they still stand."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if row.entity_id is not None:
            wanted.setdefault(row.entity, set()).add(row.entity_id)
        for values in (row.before or {}, row.after or {}):
            for field, value in values.items():
                target = _target(row.entity, field)
                if target is not None and isinstance(value, int):
                    wanted.setdefault(target, set()).add(value)
    names: dict[tuple[str, int], str] = {}
    for table, ids in wanted.items():
        for row_id, words in _named(table, ids):
            names[table, row_id] = words
    return names


def _named(table_name: str, ids: set[int]) -> Iterable[tuple[int, str]]:
    table = Base.metadata.tables.get(table_name)
    if table is None:
        return []
    columns = [table.c[name] for name in ("code", "name", "title", "file_name", "number") if name in table.c]
    if not columns:
        return []
    found = session.execute(select(table.c.id, *columns[:2]).where(table.c.id.in_(ids)))
    return [(row[0], " ".join(str(part) for part in row[1:] if part not in (None, ""))) for row in found]


def _target(table: str, field: str) -> str | None:
    """The table that a field points to; `scope_id` and their like point nowhere in particular."""
    column = _column(table, field)
    if column is None:
        return None
    return next((key.column.table.name for key in column.foreign_keys), None)


def _column(table: str, field: str) -> Any:
    found = Base.metadata.tables.get(table)
    return found.c.get(field) if found is not None else None


def _matching(asked: Search) -> Select[Audit]:
    query = select(Audit).order_by(Audit.id.desc())
    if asked.entity and asked.entity_id is not None:
        query = query.where(_history_of(asked.entity, asked.entity_id))
    elif asked.entity:
        query = query.where(Audit.entity == asked.entity)
    elif asked.entity_id is not None:
        query = query.where(Audit.entity_id == asked.entity_id)
    if asked.action:
        query = query.where(Audit.action == asked.action)
    if asked.actor.strip():
        query = query.where(Audit.actor_name.icontains(asked.actor.strip(), autoescape=True))
    if asked.since is not None:
        query = query.where(Audit.at >= asked.since)
    if asked.until is not None:
        query = query.where(Audit.at < asked.until)
    if text := asked.text.strip():
        # JSON keeps other letters than Latin ones as \uXXXX.
        escaped = json.dumps(text)[1:-1]
        values = [cast(column, Text) for column in (Audit.before, Audit.after)]
        query = query.where(
            or_(
                *(column.icontains(text, autoescape=True) for column in (Audit.reason, Audit.actor_name)),
                *(column.icontains(each, autoescape=True) for column in values for each in {text, escaped}),
            )
        )
    return query


def _history_of(table: str, row_id: int) -> ColumnElement[bool]:
    """What was done to a row, and to the rows that are part of it: the roles of a user, say."""
    parts = [and_(Audit.entity == table, Audit.entity_id == row_id)]
    for child, field in _parts(table):
        # Later changes of a part do not repeat to whom it belongs; what added it says it.
        added = select(Audit.entity_id).where(
            Audit.entity == child, Audit.action == "added", Audit.after[field].as_integer() == row_id
        )
        parts.append(and_(Audit.entity == child, Audit.entity_id.in_(added)))
    return or_(*parts)


def _parts(table: str) -> list[tuple[str, str]]:
    """Tables whose rows belong to a row of `table` and go with it, and the field that says to which."""
    found = []
    for mapper in Base.registry.mappers:
        if str(mapper.local_table) != table:
            continue
        for relation in mapper.relationships:
            if relation.cascade.delete_orphan:
                field = next(iter(relation.remote_side)).name
                found.append((str(relation.mapper.local_table), str(field)))
    return found
