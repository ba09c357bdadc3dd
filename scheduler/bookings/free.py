"""When a proposal may be booked next: only starts that the whole rule book allows."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from scheduler.accounts.models import User
from scheduler.bookings.facts import Ledger, outages_of
from scheduler.bookings.facts_held import HeldFacts
from scheduler.bookings.models import Hold
from scheduler.bookings.proposal import Proposal, seats_held
from scheduler.bookings.queries import visible_project_ids
from scheduler.bookings.rules import refusals
from scheduler.calendars.service import Hours
from scheduler.database import session
from scheduler.intervals import Interval, intersect, subtract

LOOK_AHEAD = timedelta(days=14)
STEP_MINUTES = 15
MOST_TRIES = 300
"""Starts that the rules are asked for: with notice, quota or lag against all of them one gives up."""


def next_free(
    proposal: Proposal,
    most: int = 2,
    *,
    now: datetime | None = None,
    ignoring: Collection[int] = (),
    ledger: Ledger | None = None,
) -> list[datetime]:
    """Starts of the run, at most `most`, in stretches of free time from the proposal's own time on.

    What is offered can be booked: every rule is asked for each start. `ledger` is one of the same
    proposal that says what others hold, where there is one already.
    """
    ledger = ledger or ledger_with_held([proposal], None, now=now, ignoring=ignoring)
    return _allowed(proposal, ledger, most, now, ignoring)


def ledger_with_held(
    proposals: list[Proposal],
    reader: User | None,
    *,
    now: datetime | None = None,
    ignoring: Collection[int] = (),
) -> Ledger:
    """Facts that also say what others hold, under the names that `reader` may see."""
    ledger = Ledger.for_proposals(proposals, now=now, ignoring=ignoring, ahead=LOOK_AHEAD + timedelta(days=8))
    held = HeldFacts(ledger.site, ledger.span, visible_project_ids(reader), ignoring)
    ledger.held = held
    return ledger


def _allowed(
    proposal: Proposal, ledger: Ledger, most: int, now: datetime | None, ignoring: Collection[int]
) -> list[datetime]:
    start = proposal.occupied.start
    if now is not None:
        start = max(start, now - timedelta(minutes=proposal.setup_minutes))
    span = Interval(start, start + LOOK_AHEAD)
    starts: list[datetime] = []
    tries = 0
    for interval in _free_time(proposal, span, ignoring):
        for candidate in _starts_within(proposal, interval):
            if (tries := tries + 1) > MOST_TRIES:
                return starts
            if not refusals(ledger.facts_of(candidate)):
                starts.append(candidate.run.start)
                break
        if len(starts) == most:
            break
    return starts


def _starts_within(proposal: Proposal, interval: Interval) -> Iterable[Proposal]:
    length = proposal.occupied.end - proposal.occupied.start
    setup = proposal.run.start - proposal.occupied.start
    start = _round_up(interval.start)
    while start + length <= interval.end:
        run = Interval.lasting(start + setup, proposal.run.minutes)
        yield replace(proposal, run=run)
        start += timedelta(minutes=STEP_MINUTES)


def _free_time(proposal: Proposal, span: Interval, ignoring: Collection[int]) -> list[Interval]:
    """Time in which nothing is closed, out, away or full: what is worth asking the rules for."""
    hours = Hours(proposal.site, span)
    free = [span]
    for resource, seats in seats_held(proposal.resources):
        free = intersect(free, hours.of(resource.calendar_id))
        free = subtract(free, (Interval(out.starts_at, out.ends_at) for out in outages_of(resource)))
        if seats == 1:
            free = subtract(free, _full(resource.holdable_id, resource.capacity, span, ignoring))
    for person in {duty.person.id: duty.person for duty in proposal.duties}.values():
        free = intersect(free, hours.of(person.calendar_id))
    everybody = [*(duty.person for duty in proposal.duties), *proposal.participants]
    for person in {person.id: person for person in everybody}.values():
        free = subtract(free, (Interval(away.starts_at, away.ends_at) for away in person.absences))
        free = subtract(free, _full(person.holdable_id, 1, span, ignoring))
    if proposal.exclusion_group is not None:
        free = subtract(free, _full(proposal.exclusion_group.holdable_id, 1, span, ignoring))
    return free


def _full(holdable_id: int, seats: int, span: Interval, ignoring: Collection[int]) -> Iterable[Interval]:
    """Time within `span` in which every seat is taken."""
    rows = session.execute(
        select(Hold.starts_at, Hold.ends_at, Hold.seat).where(
            Hold.holdable_id == holdable_id,
            Hold.kind != "changeover",
            Hold.starts_at < span.end,
            Hold.ends_at > span.start,
            Hold.booking_id.not_in(ignoring),
        )
    ).all()
    full = [span]
    for seat in range(1, seats + 1):
        full = intersect(full, (Interval(row.starts_at, row.ends_at) for row in rows if row.seat == seat))
    return full


def _round_up(moment: datetime) -> datetime:
    step = STEP_MINUTES * 60
    seconds = int(-(-moment.timestamp() // step) * step)
    return datetime.fromtimestamp(seconds, UTC)
