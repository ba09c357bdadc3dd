"""Eight processes that want the same thing at the same moment, and what each was told.

Run in processes of their own, started afresh: nothing is shared but the database.
"""

import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from scheduler import database
from scheduler.bookings import guard, holding, service
from scheduler.bookings.proposal import Duty, Proposal
from scheduler.calendars.queries import the_site
from scheduler.database import session, transaction
from scheduler.errors import Conflict
from scheduler.intervals import Interval
from scheduler.people.models import Person, Qualification
from scheduler.resources.models import Resource
from tests.centre import make_person, make_qualification, make_resource, make_site

FIRST = datetime(2026, 11, 30, tzinfo=UTC)
PAUSE_SECONDS = 0.02


@dataclass(frozen=True)
class Answer:
    """What one process was told in one round: the id of its booking, or of those in the way."""

    round: int
    booked: int | None
    clashes: tuple[int, ...] = ()
    fault: str = ""


def prepare(processes: int) -> None:
    """One chamber and one operator that all want, and a chamber for each process."""
    with transaction():
        site = make_site()
        operator = make_qualification(site)
        make_person(site, "P-1", holds=(operator,))
        make_resource(site, "SHARED")
        for number in range(processes):
            make_resource(site, f"OWN-{number}")


def run_race(url: str, rounds: int, processes: int, *, guarded: bool = True) -> list[Answer]:
    """All processes ask for round after round; every second round the chamber, else the operator."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(processes)
    results: Any = context.Queue()
    workers = [
        context.Process(target=_contend, args=(url, number, rounds, barrier, results, guarded), daemon=True)
        for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    answers = [answer for _ in workers for answer in results.get(timeout=240)]
    for worker in workers:
        worker.join(timeout=30)
    return answers


def doubles() -> int:
    """Rounds in which a holdable is held twice, counted by plain SQL."""
    statement = text(
        "SELECT COUNT(*) FROM (SELECT a.holdable_id, a.starts_at FROM hold a JOIN hold b "
        "ON b.holdable_id = a.holdable_id AND b.seat = a.seat AND b.id > a.id "
        "AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at GROUP BY a.holdable_id, a.starts_at) AS d"
    )
    return int(session.execute(statement).scalar_one())


def _contend(url: str, number: int, rounds: int, barrier: Any, results: Any, guarded: bool) -> None:
    database.configure(url)
    if not guarded:
        guard.lock = lambda *_: None
        holding.take_seat = lambda *_: 1
    answers: list[Answer] = []
    for turn in range(rounds):
        barrier.wait(timeout=120)
        answers.append(_ask(turn, number, guarded))
    results.put(answers)
    session.remove()


def _ask(turn: int, number: int, guarded: bool) -> Answer:
    try:
        if not guarded and _is_taken(turn, number):
            return Answer(turn, None)
        with transaction():
            booking = service.book(_proposal(turn, number))
        return Answer(turn, booking.id)
    except Conflict as conflict:
        return Answer(turn, None, conflict.clashes)
    except SQLAlchemyError as error:
        return Answer(turn, None, fault=f"{type(error).__name__}: {error}")


def _is_taken(turn: int, number: int) -> bool:
    """Check in one transaction, write in another, 20 ms later: what the guard makes impossible."""
    proposal = _proposal(turn, number)
    claims = [
        holding.Claim(resource.holdable_id, "use", proposal.occupied) for resource in proposal.resources
    ]
    claims += [holding.Claim(duty.person.holdable_id, "person", proposal.run) for duty in proposal.duties]
    taken = bool(holding.holds_in_the_way(claims))
    session.rollback()
    time.sleep(PAUSE_SECONDS)
    return taken


def _proposal(turn: int, number: int) -> Proposal:
    site = the_site()
    wanted = "SHARED" if turn % 2 == 0 else f"OWN-{number}"
    duties: Sequence[Duty] = ()
    if turn % 2:
        person = session.scalars(select(Person)).one()
        duties = (Duty(person, session.scalars(select(Qualification)).one(), "all"),)
    resource = session.scalars(select(Resource).where(Resource.code == wanted)).one()
    start = FIRST + timedelta(hours=2 * turn)
    return Proposal(
        site=site,
        title=f"round {turn} of {number}",
        resources=(resource,),
        run=Interval(start, start + timedelta(hours=1)),
        duties=tuple(duties),
    )
