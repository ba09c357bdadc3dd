"""The best free times for what somebody asks for: where, with whom, or why there is none.

Every rule is asked for each slot that is shown: what is offered could be booked at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.accounts.models import User
from scheduler.bookings.crews import Crews
from scheduler.bookings.free import ledger_with_held
from scheduler.bookings.proposal import Proposal, Supply
from scheduler.bookings.rules import Refusal, refusals
from scheduler.bookings.start_times import (
    Starts,
    common,
    free_of_resources,
    full,
    longest_free,
    on_grid,
    starts_within,
)
from scheduler.calendars.models import Site
from scheduler.calendars.rules import local_days
from scheduler.calendars.service import zone_of
from scheduler.errors import UserError
from scheduler.intervals import Interval, subtract, union
from scheduler.requests.models import ActivityRequest, Alternative
from scheduler.requests.preferences import is_liked, liked_starts

LOOK_AHEAD = timedelta(days=28)
BEST = 3
MOST_TRIES = 500
"""Starts that the whole rule book is asked about, in one search."""
MOST_A_DAY = 40
"""Of them on one day in one place."""
MOST_WAYS = 12
MOST_LINES = 4


@dataclass(frozen=True)
class Slot:
    """A booking that the rule book allows as things are. `number` is that of the way."""

    proposal: Proposal
    is_liked: bool
    is_whole: bool
    penalty: int

    @property
    def run(self) -> Interval:
        return self.proposal.run

    @property
    def number(self) -> int:
        return self.proposal.alternative or 1


@dataclass(frozen=True)
class Line:
    """One row of the picture: a place, or the people with a qualification. `ways` that need it."""

    name: str
    open: Sequence[Interval]
    taken: Sequence[Interval]
    ways: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Found:
    """What a search came to.

    Parameters
    ----------
    slots
        The best first, then the soonest.
    refused
        Where there is no slot: the refusal that was met most often.
    lacking
        Qualification of which there were never enough people, where that was it.
    longest
        The longest stretch in which a place is free, where none is long enough.
    holders
        By qualification how many hold it at all, of how many needed.
    """

    asked: ActivityRequest
    looked: Interval
    slots: Sequence[Slot] = ()
    refused: Refusal | None = None
    lacking: str = ""
    longest: Interval | None = None
    lines: Sequence[Line] = ()
    holders: Sequence[tuple[str, int, int]] = ()


def find_slots(
    asked: ActivityRequest,
    site: Site,
    *,
    user: User | None,
    now: datetime,
    within: Interval | None = None,
    most: int = BEST,
    ignoring: Sequence[int] = (),
    by_hand: bool = True,
) -> Found:
    """The best starts within the times that `asked` may have, at most four weeks ahead of the first.

    `within`: only bookings that lie in it. `by_hand` False does not ask for notice and horizon.
    """
    looked = _span(asked, now, within)
    if looked is None or not asked.alternatives:
        return Found(asked, Interval(now, now + timedelta(minutes=1)))
    search = _Search(asked, site, user, now if by_hand else None, looked, ignoring)
    slots = search.run(asked.wish_minutes, most)
    if not slots and asked.least_minutes < asked.wish_minutes:
        slots = search.run(asked.least_minutes, most)
    known = Found(asked, looked, lines=search.lines(), holders=search.crews.counts)
    if slots:
        return replace(known, slots=_in_order(slots, most))
    refused, longest = search.met_most(), search.longest_free()
    return replace(known, refused=refused, lacking=search.lacking(), longest=longest)


def slot_at(
    asked: ActivityRequest, site: Site, run: Interval, *, user: User | None, now: datetime | None
) -> Proposal:
    """The booking of a request at that time: in the first way that the rules allow, with people for it.

    Where none is allowed, that of the first way: to book it says why not.
    """
    search = _Search(asked, site, user, now, Interval(run.start, run.end), ())
    first = None
    for way in search.ways:
        bare = proposal_for(asked, site, way, run)
        proposal = replace(bare, duties=search.crews.for_booking(bare) or ())
        first = first or proposal
        is_manned = not asked.needs or proposal.duties
        if is_manned and not refusals(search.ledger.facts_of(proposal)):
            return proposal
    if first is None:
        raise UserError(f"{asked.code} asks for no place that there is. Choose another one.")
    if asked.needs and not first.duties:
        raise UserError(f"Not enough people for {search.crews.missed} are free then. Choose another slot.")
    return first


def proposal_for(asked: ActivityRequest, site: Site, way: Alternative, run: Interval) -> Proposal:
    """A booking of a request in one of its ways, without anybody on duty yet."""
    resources = tuple(way.resources)
    setup, teardown = asked.setup_minutes, asked.teardown_minutes
    return Proposal(
        site=site,
        title=asked.title,
        resources=resources,
        run=run,
        setup_minutes=max((one.setup_minutes for one in resources), default=0) if setup is None else setup,
        teardown_minutes=max((one.teardown_minutes for one in resources), default=0)
        if teardown is None
        else teardown,
        activity_request=asked,
        project=asked.project,
        exclusion_group=asked.exclusion_group,
        configuration=asked.configuration,
        participants=tuple(row.person for row in asked.participants),
        supplies=tuple(Supply(draw.utility, draw.amount, draw.phase) for draw in asked.draws),
        alternative=way.number,
    )


def _span(asked: ActivityRequest, now: datetime, within: Interval | None) -> Interval | None:
    starts = [now, *(moment for moment in (asked.earliest_at, within and within.start) if moment)]
    start = max(starts)
    ends = [start + LOOK_AHEAD, *(moment for moment in (asked.latest_at, within and within.end) if moment)]
    return Interval(start, min(ends)) if start < min(ends) else None


class _Search:
    """One search: facts are loaded once, whatever is tried."""

    def __init__(
        self,
        asked: ActivityRequest,
        site: Site,
        user: User | None,
        now: datetime | None,
        looked: Interval,
        ignoring: Sequence[int],
    ) -> None:
        self.asked, self.site, self.looked = asked, site, looked
        self.zone = zone_of(site)
        self.crews = Crews(asked, site)
        self.ways = [
            way
            for way in asked.alternatives[:MOST_WAYS]
            if way.uses and all(resource.retired_at is None for resource in way.resources)
        ]
        edges = [
            proposal_for(asked, site, asked.alternatives[0], Interval.lasting(moment, 1))
            for moment in (looked.start, looked.end)
        ]
        # Everybody who might be on duty: how far the facts reach depends on their limits.
        probes = [replace(edge, duties=self.crews.everybody) for edge in edges]
        self.ledger = ledger_with_held(probes, user, now=now, ignoring=ignoring)
        self.crews.use(self.ledger)
        self.tries = 0
        self.met: dict[str, tuple[int, Refusal]] = {}

    def run(self, minutes: int, most: int) -> list[Slot]:
        """At most one slot for each day and way; ends early when enough of them are just as asked for."""
        self.tries = 0
        starts = {way.number: self._starts(way, minutes) for way in self.ways}
        least = min((way.penalty for way in self.ways), default=0)
        found: list[Slot] = []
        for _, day in local_days(self.looked, self.zone):
            for way in self.ways:
                found += self._on_day(way, minutes, common(starts[way.number], [(day.start, _last(day))]))
            perfect = [slot for slot in found if slot.is_liked and slot.penalty == least]
            if len(perfect) >= most or self.tries >= MOST_TRIES:
                break
        return found

    def _starts(self, way: Alternative, minutes: int) -> Starts:
        """Starts of the run at which nothing is closed, away or full: what is worth asking the rules for."""
        probe = proposal_for(self.asked, self.site, way, Interval.lasting(self.looked.start, minutes))
        facts = self.ledger.facts_of(probe)
        setup, teardown = probe.setup_minutes, probe.teardown_minutes
        free = free_of_resources(facts, self.looked)
        starts = starts_within(free, setup, minutes + teardown)
        if facts.request is not None:
            for windows in facts.request.run_windows:
                starts = common(starts, starts_within(windows, 0, minutes))
            for windows in facts.request.whole_windows:
                starts = common(starts, starts_within(windows, setup, minutes + teardown))
        for person in facts.participants:
            starts = common(starts, starts_within(self.crews.free_time(person, self.looked), 0, minutes))
        beside = subtract([self.looked], (taken.interval for taken in facts.group_taken))
        return common(starts, starts_within(beside, 0, minutes))

    def _on_day(self, way: Alternative, minutes: int, starts: Starts) -> list[Slot]:
        """The first liked start of a day, else the first one."""
        if not starts:
            return []
        liked = [
            (each.start, each.end - timedelta(minutes=1))
            for each in liked_starts(self.asked.preferred, self.looked, self.zone)
        ]
        for times in ([common(starts, liked)] if liked else []) + [starts]:
            slot = self._first(way, minutes, times)
            if slot is not None:
                return [slot]
        return []

    def _first(self, way: Alternative, minutes: int, starts: Starts) -> Slot | None:
        tries = 0
        for start in on_grid(starts):
            bare = proposal_for(self.asked, self.site, way, Interval.lasting(start, minutes))
            crew = self.crews.for_booking(bare)
            if crew is None:
                continue
            self.tries, tries = self.tries + 1, tries + 1
            proposal = replace(bare, duties=crew)
            refused = refusals(self.ledger.facts_of(proposal))
            if not refused:
                liked = is_liked(self.asked.preferred, None, proposal.run, self.zone)
                return Slot(proposal, liked, minutes >= self.asked.wish_minutes, way.penalty)
            count, first = self.met.get(refused[0].rule, (0, refused[0]))
            self.met[refused[0].rule] = count + 1, first
            if tries >= MOST_A_DAY or self.tries >= MOST_TRIES:
                break
        return None

    def lines(self) -> list[Line]:
        """What the picture shows: every place of the ways, then the people."""
        places: dict[str, Line] = {}
        for way in self.ways:
            probe = proposal_for(self.asked, self.site, way, Interval.lasting(self.looked.start, 1))
            named = {resource.code for resource in way.resources}
            for facts in self.ledger.facts_of(probe).resources:
                if facts.code in named:
                    out = [outage.interval for outage in facts.outages]
                    taken = union([*full(facts.taken, facts.capacity - facts.seats), *out])
                    line = places.get(facts.code, Line(facts.code, facts.open, taken))
                    places[facts.code] = replace(line, ways=line.ways | {way.number})
        return [*list(places.values())[:MOST_LINES], *self._people_lines()]

    def _people_lines(self) -> list[Line]:
        return [
            Line(name, [self.looked], subtract([self.looked], there))
            for name, there in self.crews.times_with_enough()
        ][:MOST_LINES]

    def met_most(self) -> Refusal | None:
        return max(self.met.values(), key=lambda each: each[0])[1] if self.met else None

    def lacking(self) -> str:
        return "" if self.met else self.crews.missed

    def longest_free(self) -> Interval | None:
        """The longest stretch in which one of the places is free, within its windows."""
        stretches = []
        for way in self.ways:
            probe = proposal_for(self.asked, self.site, way, Interval.lasting(self.looked.start, 1))
            stretches += free_of_resources(self.ledger.facts_of(probe), self.looked)
        return longest_free(stretches)


def _in_order(slots: list[Slot], most: int) -> list[Slot]:
    """The best first, then the soonest of the rest, what is liked before what is not."""
    best = min(slots, key=lambda slot: (not slot.is_liked, slot.penalty, slot.run.start, slot.number))
    rest = [slot for slot in slots if slot is not best]
    rest.sort(key=lambda slot: (not slot.is_liked, slot.run.start, slot.penalty, slot.number))
    return [best, *rest[: most - 1]]


def _last(day: Interval) -> datetime:
    return day.end - timedelta(minutes=1)
