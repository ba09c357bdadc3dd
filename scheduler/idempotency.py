"""The same write sent twice is done once: what was answered before is answered again."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from scheduler.database import session
from scheduler.errors import UserError
from scheduler.outbox import IdempotencyKey

LONGEST_KEY = 120


def find_answer(scope: str, key: str, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    """What was answered to this key before; refused when it came with something else then.

    Ask inside the transaction that is to write. On PostgreSQL two that ask at once may both find
    nothing: the unique key then refuses the second one's `keep_answer`.
    """
    found = session.scalar(
        select(IdempotencyKey).where(IdempotencyKey.scope == scope, IdempotencyKey.key == key[:LONGEST_KEY])
    )
    if found is None:
        return None
    if found.fingerprint != _fingerprint(asked):
        raise UserError("This form was sent before with something else in it. Open a new one and fill it in.")
    return found.answer or {}


def keep_answer(scope: str, key: str, asked: Mapping[str, Any], answer: dict[str, Any]) -> None:
    session.add(
        IdempotencyKey(scope=scope, key=key[:LONGEST_KEY], fingerprint=_fingerprint(asked), answer=answer)
    )
    session.flush()


def _fingerprint(asked: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()
