"""Eight processes that write bookings in two ways at once, round after round, until every pair was tried.

A round: everybody makes ready, one looks with SQL whether anything is wrong and tidies up, then half of
the processes take one path and the other half another, all from the same moment on.
"""

import multiprocessing
import random
import threading
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from typing import Any

from sqlalchemy import select

from scheduler import database, wiring
from scheduler.bookings import edits
from scheduler.bookings.models import Booking
from scheduler.database import session, transaction
from scheduler.errors import UserError
from tests.bookings.attempts_centre import offer_slots
from tests.bookings.attempts_checks import wrong
from tests.bookings.attempts_paths import (
    DEAR,
    LIVE,
    PATHS,
    Nothing,
    Somebody,
    let_go_of,
    ready_import,
    ready_plan,
    ready_undo,
)
from tests.bookings.attempts_unguarded import disarm_process

PROCESSES = 8
Pair = tuple[str, str]
MOST_BOOKED = 30
"""So many bookings stand when a round begins, at most: about half of what there is room for."""
LEAST_BOOKED = 12
LEAST_IN_SERIES = 6


@dataclass
class Heard:
    """What all processes were told.

    Parameters
    ----------
    told
        (path, word) -> how often; `done` or the name of the refusal.
    pairs
        How often two paths were really under way at once: both had something to attempt.
    faults
        What nobody should ever see, with where it came from.
    wrong
        What the checks in SQL found, with the pair after which they found it.
    """

    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    pairs: Counter[Pair] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def attempts(self) -> int:
        return sum(count for (_, word), count in self.told.items() if word != "nothing")

    def done(self, path: str) -> int:
        return self.told[path, "done"]

    def tried(self, path: str) -> int:
        return sum(count for (name, word), count in self.told.items() if name == path and word != "nothing")


def every_pair(seed: int) -> list[Pair]:
    """Each path beside each other and beside itself, in some order."""
    pairs = list(combinations_with_replacement(PATHS, 2))
    random.Random(seed).shuffle(pairs)
    return pairs


def cover(url: str, pairs: Sequence[Pair], each: int, *, seed: int = 1) -> Heard:
    """A round for each of `pairs`, and again for those in which one half found nothing to act on."""
    heard = run(url, pairs, each, seed=seed)
    for more in range(1, 4):
        missed = [pair for pair, rounds in heard.pairs.items() if not rounds]
        if not missed:
            break
        again = run(url, missed, each, seed=seed + 1000 * more)
        heard.told += again.told
        heard.pairs.update(again.pairs)  # adds them up, and keeps those that stay at none
        heard.faults += again.faults
        heard.wrong += again.wrong
        heard.seconds += again.seconds
    return heard


def run(url: str, pairs: Sequence[Pair], each: int, *, seed: int = 1, guarded: bool = True) -> Heard:
    """A round for each of `pairs`, with `each` attempts of every process in it."""
    # Forked from one that has read all the code once: eight would take as long as all that follows.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    barrier = context.Barrier(PROCESSES)
    results: Any = context.Queue()
    begun = time.monotonic()
    workers = [
        context.Process(
            target=_work, args=(url, number, pairs, each, seed, guarded, barrier, results), daemon=True
        )
        for number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    heard = Heard()
    halves: tuple[list[list[bool]], list[list[bool]]] = [], []
    for _ in workers:
        who, found, rounds = results.get(timeout=120 + 5 * len(pairs) * each)
        heard.told += found.told
        heard.faults += found.faults
        heard.wrong += found.wrong
        halves[who % 2].append(rounds)
    for worker in workers:
        worker.join(timeout=30)
    for at, pair in enumerate(pairs):
        heard.pairs[pair] += all(any(any(rounds[at : at + 1]) for rounds in half) for half in halves)
    heard.seconds = time.monotonic() - begun
    return heard


def _work(
    url: str, number: int, pairs: Sequence[Pair], each: int, seed: int, guarded: bool,
    barrier: Any, results: Any,
) -> None:  # fmt: skip
    heard, rounds = Heard(), []
    try:
        database.configure(url)
        wiring.listen()
        if not guarded:
            disarm_process()
        me = Somebody(number, seed)
        for at, pair in enumerate(pairs):
            path = pair[number % 2]
            me.round = at
            _make_ready(me, path)
            barrier.wait(timeout=300)
            if number == at % PROCESSES:
                heard.wrong += [f"round {at - 1}, {pairs[at - 1]}: {what}" for what in wrong()]
                _tidy(me, pair, LEAST_BOOKED if guarded else 0)
            barrier.wait(timeout=300)
            words = [_attempt(me, path, heard) for _ in range(1 if path in DEAR else each)]
            rounds.append(any(word != "nothing" for word in words))
    except threading.BrokenBarrierError:
        pass  # another one failed, and says why
    except Exception:
        heard.faults.append(f"process {number}: {traceback.format_exc()}")
        barrier.abort()
    finally:
        results.put((number, heard, rounds))
        session.remove()


def _attempt(me: Somebody, path: str, heard: Heard) -> str:
    try:
        me.attempt(path)
        word = "done"
    except Nothing:
        word = "nothing"
    except UserError as refusal:
        word = type(refusal).__name__
    except Exception as fault:
        word = type(fault).__name__
        heard.faults.append(f"{path}: {traceback.format_exc()[-1500:]}")
    heard.told[path, word] += 1
    return word


def _make_ready(me: Somebody, path: str) -> None:
    if path == "undo":
        ready_undo(me)
    if path == "import":
        ready_import(me)


def _tidy(me: Somebody, pair: Pair, least: int) -> None:
    """Room for what comes, and something to act on: bookings, offers, a draft, requests to decide."""
    _thin_out(me, least)
    if "waiting list" in pair:
        let_go_of("WAIT", "declined")
        offer_slots(me.wishes)
    if "approve" in pair:
        let_go_of("DECIDE", "submitted")
    if "change series" in pair:
        _have_series(me)
    if "publish" in pair:
        ready_plan()


def _have_series(me: Somebody) -> None:
    for _ in range(20):
        session.rollback()
        query = select(Booking.id).where(Booking.series_id.is_not(None), Booking.state.in_(LIVE))
        if len(session.scalars(query).all()) >= LEAST_IN_SERIES:
            break
        with suppress(UserError):
            me.attempt("series")
    session.rollback()


def _thin_out(me: Somebody, least: int) -> None:
    session.rollback()
    live = session.scalars(select(Booking.id).where(Booking.state.in_(LIVE)).order_by(Booking.id)).all()
    session.rollback()
    if len(live) > (MOST_BOOKED if least else 0):
        gone = me.dice.sample(live, len(live) - (MOST_BOOKED + least) // 2 if least else len(live))
        with transaction():
            bookings = [session.get_one(Booking, booking_id) for booking_id in gone]
            edits.cancel_by_hand(bookings, "too many", user=None)
    for _ in range(2 * (least - len(live))):
        with suppress(UserError, Nothing):
            me.attempt(me.dice.choice(("create", "create", "series")))
    session.rollback()
