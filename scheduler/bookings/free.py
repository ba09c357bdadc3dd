"""When everything that a proposal takes is free next."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from scheduler.bookings.models import Hold
from scheduler.bookings.proposal import Proposal, all_held
from scheduler.calendars.service import holidays_of, open_intervals
from scheduler.database import session
from scheduler.intervals import Interval, intersect, subtract

LOOK_AHEAD = timedelta(days=14)
STEP_MINUTES = 15


def next_free(proposal: Proposal, most: int = 2) -> list[datetime]:
    """Starts of the run, at most `most`, at which facilities, people and group are all free.

    Looks at opening hours, outages, shifts, absences and holds from the proposal's own time on; what
    else the rule book asks is asked when it is booked.
    """
    span = Interval(proposal.occupied.start, proposal.occupied.start + LOOK_AHEAD)
    free = _free_time(proposal, span)
    length = proposal.occupied.end - proposal.occupied.start
    setup = proposal.run.start - proposal.occupied.start
    starts: list[datetime] = []
    for interval in free:
        start = _round_up(interval.start)
        if start + length <= interval.end:
            starts.append(start + setup)
        if len(starts) == most:
            break
    return starts


def _free_time(proposal: Proposal, span: Interval) -> list[Interval]:
    holidays = holidays_of(proposal.site)
    free = [span]
    for resource in all_held(proposal.resources):
        free = intersect(free, open_intervals(resource.calendar, proposal.site, span, holidays))
        free = subtract(free, (Interval(outage.starts_at, outage.ends_at) for outage in resource.outages))
        free = subtract(free, _full(resource.holdable_id, resource.capacity, span))
    for person in {duty.person.id: duty.person for duty in proposal.duties}.values():
        if person.calendar is not None:
            free = intersect(free, open_intervals(person.calendar, proposal.site, span, holidays))
    everybody = [*(duty.person for duty in proposal.duties), *proposal.participants]
    for person in {person.id: person for person in everybody}.values():
        free = subtract(free, (Interval(away.starts_at, away.ends_at) for away in person.absences))
        free = subtract(free, _full(person.holdable_id, 1, span))
    if proposal.exclusion_group is not None:
        free = subtract(free, _full(proposal.exclusion_group.holdable_id, 1, span))
    return free


def _full(holdable_id: int, seats: int, span: Interval) -> Iterable[Interval]:
    """Time within `span` in which every seat is taken."""
    rows = session.execute(
        select(Hold.starts_at, Hold.ends_at, Hold.seat).where(
            Hold.holdable_id == holdable_id, Hold.starts_at < span.end, Hold.ends_at > span.start
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
