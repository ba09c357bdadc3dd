"""Who changed what, when, before, after and why: written in the transaction of the change."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, event, insert, inspect
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session

from scheduler.database import Base, Row, session, table_of, utc_now

BULKY = {"content", "problem", "solution", "best_solution"}
SECRET_WORDS = ("password", "token", "secret")
HIDDEN = "…"
"""Stands in the log for what must not, or need not, be read there: that it changed is enough."""
QUIET = {"version", "updated_at", "updated_by_id", "created_at", "created_by_id"}


class Audit(Row, Base):
    """One change of one row. `before` and `after` hold the fields that changed."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "entity", "entity_id"),)
    is_audited = False

    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    actor_name: Mapped[str] = mapped_column(String(200))
    entity: Mapped[str] = mapped_column(String(60))
    entity_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(20))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    reason: Mapped[str | None] = mapped_column(String(500))


def record(action: str, entity: str, entity_id: int | None, after: dict[str, Any] | None = None) -> None:
    """Log something that is not a change of a row: a refusal, a publication, an export."""
    current = session()
    current.add(
        Audit(
            actor_id=current.info.get("actor_id"),
            actor_name=current.info.get("actor_name", "system"),
            entity=entity,
            entity_id=entity_id,
            action=action,
            after=after,
            reason=current.info.get("reason"),
        )
    )


@event.listens_for(Session, "before_flush")
def _sign_and_note(current: Session, _context: Any, _instances: Any) -> None:
    actor_id = current.info.get("actor_id")
    notes = current.info.setdefault("audit_notes", [])
    for row in current.new:
        sign(current, row)
        if getattr(row, "is_audited", False):
            notes.append((row, "added", None))
    for row in current.dirty:
        if not current.is_modified(row, include_collections=False):
            continue
        before = _changed(row)
        if hasattr(row, "updated_by_id"):
            row.updated_by_id = actor_id
        if getattr(row, "is_audited", False) and before:
            notes.append((row, "changed", before))


@event.listens_for(Base, "before_delete", propagate=True)
def _note_removal(_mapper: Any, _connection: Any, row: Any) -> None:
    # Not in before_flush: what goes because its parent let go of it is found only during the flush.
    current = object_session(row)
    if current is not None and getattr(row, "is_audited", False):
        current.info.setdefault("audit_notes", []).append((row, "removed", _values(row)))


@event.listens_for(Session, "after_flush")
def _write_notes(current: Session, _context: Any) -> None:
    _write(current, current.info.pop("audit_notes", []))


def _write(current: Session, notes: Sequence[tuple[Any, str, dict[str, Any] | None]]) -> None:
    if not notes:
        return
    now = utc_now()
    current.execute(
        insert(table_of(Audit)),
        [
            {
                "at": now,
                "actor_id": current.info.get("actor_id"),
                "actor_name": current.info.get("actor_name", "system"),
                "entity": row.__tablename__,
                "entity_id": row.id,
                "action": action,
                "before": before,
                "after": _after(row, action, before),
                "reason": current.info.get("reason"),
            }
            for row, action, before in notes
        ],
    )


def sign(current: Session, row: Any) -> None:
    """Say on a new row who made it."""
    if hasattr(row, "created_by_id"):
        if row.created_by_id is None:
            row.created_by_id = current.info.get("actor_id")
        row.updated_by_id = current.info.get("actor_id")


def note_added(current: Session, rows: Iterable[Any]) -> None:
    """Log rows that were written without a flush."""
    _write(current, [(row, "added", None) for row in rows if row.is_audited])


def is_hidden(field: str) -> bool:
    """Whether the log keeps the values of a field to itself."""
    return field in BULKY or any(word in field for word in SECRET_WORDS)


def _changed(row: Any) -> dict[str, Any]:
    state = inspect(row)
    before = {}
    for attribute in state.mapper.column_attrs:
        if attribute.key in QUIET:
            continue
        history = state.attrs[attribute.key].history
        if history.has_changes():
            old = history.deleted[0] if history.deleted else None
            if history.added and history.added[0] == old:
                continue  # set to what stood there
            before[attribute.key] = HIDDEN if is_hidden(attribute.key) else _plain(old)
    return before


def _after(row: Any, action: str, before: dict[str, Any] | None) -> dict[str, Any] | None:
    if action == "removed":
        return None
    values = _values(row)
    return values if before is None else {key: values.get(key) for key in before}


def _values(row: Any) -> dict[str, Any]:
    state = inspect(row)
    return {
        attribute.key: HIDDEN if is_hidden(attribute.key) else _plain(state.dict.get(attribute.key))
        for attribute in state.mapper.column_attrs
        if attribute.key not in QUIET and state.dict.get(attribute.key) is not None
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str | int | float | bool | list | dict) or value is None:
        return value
    return str(value)
