"""Whether a wish would be booked, and what to say where it would not: refusals, who is there, free slots."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select

from scheduler.accounts.models import User
from scheduler.bookings.free import ledger_with_held, next_free
from scheduler.bookings.models import Booking
from scheduler.bookings.proposal import Proposal
from scheduler.bookings.rules import Refusal, refusals
from scheduler.calendars.service import zone_of
from scheduler.calendars.words import moment_words
from scheduler.database import session
from scheduler.errors import Conflict, UserError

FREE_SHOWN = 3
FREE_SAID = 2
"""So many of them stand in the sentence."""


@dataclass(frozen=True)
class Verdict:
    """What the rule book says to one proposal. `in_the_way`: bookings, in order of time."""

    proposal: Proposal
    refusals: Sequence[Refusal]
    in_the_way: Sequence[Booking] = ()
    free: Sequence[datetime] = ()

    @property
    def is_allowed(self) -> bool:
        return not self.refusals

    @property
    def override_role(self) -> str | None:
        """The role that may set aside all that refuses; None where nobody may, or nothing does."""
        roles = {refusal.override_role for refusal in self.refusals}
        if not roles or None in roles:
            return None
        return "administrator" if "administrator" in roles else "manager"

    @property
    def sentences(self) -> list[str]:
        return [refusal.sentence for refusal in self.refusals]


@dataclass(frozen=True)
class Search:
    """The question when a refused proposal could be booked next."""

    now: datetime | None
    ignoring: Collection[int] = ()

    def answer(self, verdict: Verdict) -> Verdict:
        if not still_there(verdict.proposal):
            return verdict
        free = next_free(verdict.proposal, FREE_SHOWN, now=self.now, ignoring=self.ignoring)
        return replace(verdict, free=free)


class Refused(UserError):
    """The rule book, not another booking, stands against it; `verdict` says all that does.

    With a `search` what is free is looked for later, by `complete`: not while others wait for the lock.
    """

    def __init__(self, message: str, verdict: Verdict, search: Search | None = None) -> None:
        super().__init__(message)
        self.verdict, self.search = verdict, search

    def complete(self) -> None:
        if self.search is not None:
            self.verdict, self.search = self.search.answer(self.verdict), None


class Clash(Conflict):
    """Something is held already; `verdict` says by whom and, once it is complete, what is free next."""

    def __init__(
        self, message: str, verdict: Verdict, clashes: tuple[int, ...] = (), search: Search | None = None
    ) -> None:
        super().__init__(message, clashes or tuple(booking.id for booking in verdict.in_the_way))
        self.verdict, self.search = verdict, search

    def complete(self) -> None:
        if self.search is not None:
            self.verdict, self.search = self.search.answer(self.verdict), None
            self.message += free_words(self.verdict)
            self.args = (self.message,)


def check(
    proposal: Proposal,
    *,
    user: User | None = None,
    now: datetime | None = None,
    ignoring: Collection[int] = (),
    most_free: int = FREE_SHOWN,
) -> Verdict:
    """What would be said to `proposal` if it were booked now. Writes nothing.

    `user` is who reads it: what is confidential to them is busy. `ignoring`: bookings that it replaces.
    """
    return check_all([proposal], user=user, now=now, ignoring=ignoring, most_free=most_free)[0]


def check_all(
    proposals: Sequence[Proposal],
    *,
    user: User | None = None,
    now: datetime | None = None,
    ignoring: Collection[int] = (),
    most_free: int = FREE_SHOWN,
) -> list[Verdict]:
    """The same for several, each as if those before it that are allowed were booked."""
    if not proposals:
        return []
    ledger = ledger_with_held(list(proposals), user, now=now, ignoring=ignoring)
    verdicts = []
    for proposal in proposals:
        refused = refusals(ledger.facts_of(proposal))
        if not refused:
            ledger.note(proposal)
        free: list[datetime] = []
        if refused and most_free:
            own = ledger if len(proposals) == 1 else None
            free = next_free(proposal, most_free, now=now, ignoring=ignoring, ledger=own)
        verdicts.append(Verdict(proposal, refused, bookings_of(refused), free))
    return verdicts


def bookings_of(refused: Iterable[Refusal]) -> list[Booking]:
    ids = {booking_id for refusal in refused for booking_id in refusal.in_the_way}
    if not ids:
        return []
    rows = session.scalars(select(Booking).where(Booking.id.in_(ids)))
    return sorted(rows, key=lambda booking: (booking.occupied_from, booking.id))


def free_words(verdict: Verdict) -> str:
    zone = zone_of(verdict.proposal.site)
    if not verdict.free:
        return " Nothing is free in the two weeks after it."
    return f" Free next: {', '.join(moment_words(start, zone) for start in verdict.free[:FREE_SAID])}."


def still_there(proposal: Proposal) -> bool:
    """Whether all that it takes is still there: what was new is gone once it was rolled back."""
    people = [*(duty.person for duty in proposal.duties), *proposal.participants]
    maybe = [proposal.project, proposal.activity_request, proposal.exclusion_group]
    rows: list[Any] = [
        proposal.site,
        *proposal.resources,
        *people,
        *(row for row in maybe if row is not None),
    ]
    return all(inspect(row).persistent for row in rows)
