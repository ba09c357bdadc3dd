"""What the world outside is to be told: written with the change, sent afterwards."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scheduler.database import Base, Row, insert_plainly, utc_now


class OutboxMessage(Row, Base):
    """A message that waits: it exists if and only if the change that caused it does."""

    __tablename__ = "outbox"
    is_audited = False

    topic: Mapped[str] = mapped_column(String(60), index=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(500))


class IdempotencyKey(Row, Base):
    """A write that was already answered: the same key gets the same answer again."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("scope", "key"),)
    is_audited = False

    scope: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(120))
    fingerprint: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


def post(topic: str, body: dict[str, Any]) -> None:
    """Leave a message in the transaction that is open."""
    insert_plainly(OutboxMessage, {"topic": topic, "body": body})
