"""A form that makes something is sent twice, and makes it once."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from scheduler.database import transaction
from scheduler.idempotency import find_answer, keep_answer


def once(
    scope: str,
    key: str,
    asked: Mapping[str, Any],
    actor: Any,
    work: Callable[[], dict[str, Any]],
    reason: str | None = None,
) -> dict[str, Any]:
    """What `work` answers inside a transaction of its own; what it answered before to the same key."""

    def attempt() -> dict[str, Any]:
        with transaction(actor=actor, reason=reason):
            answer = find_answer(scope, key, asked)
            if answer is None:
                answer = work()
                keep_answer(scope, key, asked, answer)
            return answer

    try:
        return attempt()
    except IntegrityError:
        # The same form at the same moment: the other one stands by now.
        return attempt()
