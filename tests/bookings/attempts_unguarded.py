"""The guard off: what is checked in one transaction is written in another, 20 ms later, and the database
refuses nothing. Then the checks in SQL have to find what is wrong."""

import random
import time

from scheduler.bookings import edits, guard, holding
from scheduler.bookings.verdict import check
from scheduler.database import engine, session
from tests.bookings.attempts_centre import Wishes
from tests.bookings.attempts_paths import PATHS, Nothing, Somebody

PAUSE_SECONDS = 0.02


def disarm_database() -> None:
    with engine().connect().execution_options(markaz_writes=True) as connection, connection.begin():
        guard.remove(connection)


def disarm_process() -> None:
    guard.lock = lambda *_: None  # type: ignore[assignment]
    holding.take_seats = lambda *_: [1]  # type: ignore[assignment]
    PATHS["create"] = _check_then_create


def _check_then_create(me: Somebody) -> None:
    """All processes want the same in one round, each finds it free, and each then writes it."""
    proposal = Wishes(random.Random(me.round)).proposal()
    taken = check(proposal, most_free=0).refusals
    session.rollback()
    if taken:
        raise Nothing
    time.sleep(PAUSE_SECONDS)
    me.write(lambda: edits.book_by_hand([proposal], **me.how()))
