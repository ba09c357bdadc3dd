"""A write that comes twice is done once, also where both come at the same moment."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from scheduler.accounts import service as accounts
from scheduler.accounts.models import User
from scheduler.database import retrying, session, transaction
from scheduler.errors import UserError
from scheduler.idempotency import LONGEST_KEY, find_answer, keep_answer

Answer = dict[str, Any]


def once(
    user: User,
    what: str,
    key: str,
    asked: Mapping[str, Any],
    work: Callable[[], Answer],
    reason: str | None = None,
) -> Answer:
    """Do `work` in a transaction of its own and keep its answer; the same key gets that answer again."""
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        remedy = f"Send a key of 1 to {LONGEST_KEY} signs, a new one for each wish."
        raise UserError(f"This write carries no key. {remedy}", {"Idempotency-Key": remedy})
    scope = f"bookings.{what}:{user.id}"

    def attempt() -> Answer:
        with transaction(actor=user, reason=reason):
            _wait_for_the_same(scope, key)
            answer = find_answer(scope, key, asked)
            if answer is None:
                accounts.read_again(user)
                answer = work()
                keep_answer(scope, key, asked, answer)
            return answer

    try:
        return retrying(attempt)
    except IntegrityError:
        # Two with one key on two servers, and the other was faster: its answer stands by now.
        return retrying(attempt)


def _wait_for_the_same(scope: str, key: str) -> None:
    """Whoever sends the same again waits for the first. SQLite lets only one write at a time anyway."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        statement = text("SELECT pg_advisory_xact_lock(7003, hashtext(:name))")
        connection.execute(statement, {"name": f"{scope} {key}"})
