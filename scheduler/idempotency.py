"""The same write sent twice is done once: what was answered before is answered again."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from scheduler.database import insert_plainly, session, table_of
from scheduler.errors import UserError
from scheduler.outbox import IdempotencyKey

LONGEST_KEY = 120

_KEYS = table_of(IdempotencyKey)
_KNOWN = select(_KEYS.c.fingerprint, _KEYS.c.answer).where(
    _KEYS.c.scope == bindparam("of_scope"), _KEYS.c.key == bindparam("of_key")
)


def find_answer(scope: str, key: str, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    """What was answered to this key before; refused when it came with something else then.

    Ask inside the transaction that is to write. On PostgreSQL two that ask at once may both find
    nothing: the unique key then refuses the second one's `keep_answer`.
    """
    found = session.execute(_KNOWN, {"of_scope": scope, "of_key": key[:LONGEST_KEY]}).one_or_none()
    if found is None:
        return None
    if found.fingerprint != _fingerprint(asked):
        raise UserError("This form was sent before with something else in it. Open a new one and fill it in.")
    return found.answer or {}


def keep_answer(scope: str, key: str, asked: Mapping[str, Any], answer: dict[str, Any]) -> None:
    known_as = {"scope": scope, "key": key[:LONGEST_KEY], "fingerprint": _fingerprint(asked)}
    insert_plainly(IdempotencyKey, known_as | {"answer": answer})


def _fingerprint(asked: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()
