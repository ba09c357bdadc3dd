"""The bookings of a span as a problem of repair: each where it stands, and where else it may lie."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from scheduler.bookings.models import Booking
from scheduler.calendars.models import Site
from scheduler.calendars.service import zone_of
from scheduler.database import normal_code
from scheduler.intervals import Interval
from scheduler.plans import asked as asking
from scheduler.plans import centre, pinned
from scheduler.plans.desk_rules import OF_STAFF, code_of
from scheduler.plans.left_out import LeftOut
from scheduler.plans.pinned import Standing
from scheduler.plans.problem import CentreRows, assemble, lags
from scheduler.plans.timeline import Rounding, Timeline, tick_minutes
from scheduler.requests.models import ActivityRequest
from solver import Activity, Assignment, Mode, Need, Pin, Problem, fingerprint, verify

PARTS = ";parts"
"""Stands after the code of a request, for the group of its parts."""

WORTH_BY_HAND = 3
"""What is booked by hand is worth so much for each minute of its run: as a request of middle priority."""


@dataclass(frozen=True)
class Present:
    """A span as it stands, with what may move in it and what has to.

    Parameters
    ----------
    plan
        Where each booking stands now, also those that stay.
    bookings
        Activity id -> booking, of all that the problem speaks of and of what is `lost`.
    free
        Ids of those that may move.
    hit
        Ids of those that need repair and lie wholly in the span.
    lost
        Those of `hit` that are in no problem, because their request has no way left at all.
    """

    site: Site
    problem: Problem
    timeline: Timeline
    plan: tuple[Assignment, ...]
    bookings: Mapping[str, Booking]
    free: frozenset[str]
    hit: frozenset[str]
    lost: tuple[LeftOut, ...]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that the repair rests on, the places from which it starts included."""
        rest = [self.timeline.span.start.isoformat(), str(self.timeline.tick_seconds)]
        rest += sorted(self.hit) + [each.code for each in self.lost]
        facts = " ".join([fingerprint(self.problem), *rest])
        return hashlib.sha256(facts.encode()).hexdigest()


def may_be_repaired(booking: Booking, span: Interval) -> bool:
    """Whether a repair of that span could move it: it has not begun, and lies wholly in the span."""
    return (
        booking.state in ("booked", "needs repair")
        and booking.actual_start_at is None
        and span.contains(booking.occupied)
    )


def translate(site: Site, span: Interval) -> Present:
    """What a repair of the span has to solve, from the rows as they are now."""
    rows = CentreRows(centre.load_resources(site), centre.load_people(site), centre.load_utilities(site))
    wanted = asking.load_booked(site, span)
    precedences = asking.load_precedences(wanted)
    related = {lag.before_id for lag in precedences} | {lag.after_id for lag in precedences}
    related |= {asked.id for asked in wanted}
    standing = pinned.load_standing(
        site, pinned.reach(site, span, rows.resources, rows.people), related, [asked.code for asked in wanted]
    )
    lengths = [
        *(minutes for asked in wanted for minutes in asking.lengths(asked)),
        *standing.lengths(span),
        *(minutes for lag in precedences for minutes in (lag.min_lag_minutes, lag.max_lag_minutes or 0)),
        *(row.minutes for resource in rows.resources for row in resource.changeovers),
    ]
    timeline = Timeline(span, 60 * tick_minutes(lengths), zone_of(site))
    rounding = Rounding(timeline)
    pins = _apart(
        standing,
        {name: pinned.activity(name, each, timeline) for name, each in standing.bookings.items()},
    )
    visitors = [person for person in rows.people if person.kind == "visitor" and person.retired_at is None]
    visitors_hold = {row.qualification.code for person in visitors for row in person.qualifications}
    freeing = _Freeing(standing, rounding, visitors_hold)

    hit = {
        name
        for name, booking in standing.bookings.items()
        if booking.state == "needs repair" and may_be_repaired(booking, span)
    }
    free: dict[str, Activity] = {}
    lost: list[LeftOut] = []
    for name, booking in standing.bookings.items():
        if name not in hit and not _may_make_room(booking, span):
            continue
        found = freeing.freed(name, pins[name])
        if isinstance(found, Activity):
            free[name] = found
        elif name in hit:
            lost.append(replace(found, code=name))
    gone = {each.code for each in lost}
    moving = {
        booking.request_id
        for name, booking in standing.bookings.items()
        if name in free and booking.request_id is not None
    }
    problem = assemble(
        site,
        rounding,
        rows,
        standing,
        pins=[*pins.values()],
        free=[*free.values()],
        precedences=[
            lag
            for lag in lags({}, standing, precedences, timeline, moving)
            if lag.before not in gone and lag.after not in gone
        ],
        chains=_chains(standing, free),
    )
    problem = _without_doubt(problem, pins, free, hit, gone)
    left = {activity.id for activity in problem.activities if activity.pin is None}
    return Present(
        site=site,
        problem=problem,
        timeline=timeline,
        plan=tuple(_part(activity) for activity in problem.activities),
        bookings=standing.bookings,
        free=frozenset(left),
        hit=frozenset(hit),
        lost=tuple(lost),
    )


def _apart(standing: Standing, pins: Mapping[str, Activity]) -> dict[str, Activity]:
    """The parts of one request never run at once: what was one activity is several here."""
    found = dict(pins)
    for names in standing.by_request.values():
        runs = sorted((standing.bookings[name].run for name in names), key=lambda run: run.start)
        if len(names) > 1 and not any(one.overlaps(other) for one, other in pairwise(runs)):
            for name in names:
                # No code has a semicolon: like no group of the centre.
                group = f"{name.partition('#')[0]}{PARTS}"
                found[name] = replace(pins[name], groups=(*pins[name].groups, group))
    return found


def _may_make_room(booking: Booking, span: Interval) -> bool:
    """Whether what is in order may be moved for the sake of another.

    What was booked by hand, or against a rule, or for what its request no longer says, stays: nobody
    but whoever put it there knows where else it could be.
    """
    return (
        may_be_repaired(booking, span)
        and booking.request_id is not None
        and booking.override_reason is None
        and not booking.is_outdated
    )


def _without_doubt(
    problem: Problem,
    pins: Mapping[str, Activity],
    free: Mapping[str, Activity],
    hit: Collection[str],
    gone: Collection[str],
) -> Problem:
    """The problem in which what is in order, but not where its request would have it, stays there."""
    staying = {name for name in pins if name not in free}
    while True:
        activities = tuple(pins[name] if name in staying else free[name] for name in pins if name not in gone)
        parts = [_part(activity) for activity in activities]
        found = verify(replace(problem, activities=activities), parts)
        doubtful = {each.subject for each in found.violations} & (free.keys() - set(hit) - staying)
        if not doubtful:
            return _regrouped(replace(problem, activities=activities))
        staying |= doubtful


def _regrouped(problem: Problem) -> Problem:
    """Only groups, lags and chains of what is still there and may move."""
    free = {activity.id for activity in problem.activities if activity.pin is None}
    chains = (tuple(name for name in chain if name in free) for chain in problem.chains)
    return replace(
        problem,
        precedences=tuple(lag for lag in problem.precedences if lag.before in free or lag.after in free),
        chains=tuple(chain for chain in chains if len(chain) > 1),
    )


def _part(activity: Activity) -> Assignment:
    """Where it stands, pinned or not."""
    place = activity.pin or activity.previous[0]
    return Assignment(
        activity.id, 1, place.mode or "", place.start or 0, place.duration or 0, place.people or ()
    )


def _chains(standing: Standing, free: Mapping[str, Activity]) -> Iterator[tuple[str, ...]]:
    members: dict[str, list[str]] = defaultdict(list)
    for name in free:
        asked = standing.bookings[name].activity_request
        if asked is not None and asked.chain:
            members[normal_code(asked.chain)].append(name)
    return (tuple(names) for _, names in sorted(members.items()) if len(names) > 1)


class _Freeing:
    """Takes bookings from their pins: what else they may be, their requests say."""

    def __init__(self, standing: Standing, rounding: Rounding, visitors_hold: Collection[str]) -> None:
        self._standing, self._rounding, self._visitors_hold = standing, rounding, visitors_hold
        self._found: dict[int, Activity | LeftOut] = {}

    def freed(self, name: str, stands: Activity) -> Activity | LeftOut:
        """A booking as it stands, that may lie elsewhere; why not, if its request has no way left."""
        booking = self._standing.bookings[name]
        asked = booking.activity_request
        if asked is None:
            worth = WORTH_BY_HAND * round(booking.run.minutes)
            return replace(stands, pin=None, previous=_previous(stands), value=max(1, worth))
        if asked.id not in self._found:
            self._found[asked.id] = asking.activity(asked, self._rounding, self._visitors_hold)
        found = self._found[asked.id]
        if isinstance(found, LeftOut):
            return found
        is_part = len(self._standing.by_request[asked.id]) > 1
        if is_anew(booking, is_part):
            most, least, own = found.wish, found.least, found
        else:
            # It never becomes longer, and the part of a whole never shorter: others count on its length.
            most = stands.wish
            least = most if is_part or most < found.least else found.least
            own = stands
        modes = tuple(_modes(found, least, most))
        if not modes:
            codes = dict.fromkeys(code for mode in found.modes for code in mode.resources)
            return LeftOut(asked.code, "length", tuple(codes))
        needs = found.needs if own is found or _demand(found.needs) == _demand(stands.needs) else stands.needs
        place = _previous(stands)[0]
        way = _way_of(booking, asked)
        return replace(
            own,
            id=name,
            modes=modes,
            wish=most,
            least=least,
            most_parts=1,
            least_part=1,
            release=found.release,
            deadline=found.deadline,
            due=found.due,
            windows=found.windows,
            mandatory=found.mandatory,
            value=max(1, asking.worth(asked) * round(booking.run.minutes) // asked.wish_minutes),
            needs=needs,
            pin=None,
            previous=(replace(place, mode=way or place.mode, people=_people(needs, booking)),),
        )


def is_anew(booking: Booking, is_part: bool) -> bool:
    """Whether it is placed as its request says now, because that was changed since it was booked."""
    return booking.is_outdated and not is_part


def _previous(stands: Activity) -> tuple[Pin, ...]:
    return (stands.pin,) if stands.pin else ()


def _modes(found: Activity, least: int, most: int) -> Iterator[Mode]:
    """The ways of the request that allow such a length."""
    for mode in found.modes:
        longest = most if mode.wish is None else min(mode.wish, most)
        shortest = least if mode.least is None else max(mode.least, least)
        if shortest <= longest:
            yield replace(
                mode,
                wish=None if longest == most else longest,
                least=None if shortest == least else shortest,
            )


def _way_of(booking: Booking, asked: ActivityRequest) -> str | None:
    """The alternative of the request that it is, by what it takes; None where somebody moved it elsewhere."""
    taken = {resource.id for resource in booking.resources}
    ways = [way for way in asked.alternatives if {resource.id for resource in way.resources} == taken]
    ways.sort(key=lambda way: way.number != booking.alternative)
    return str(ways[0].number) if ways else None


def _demand(needs: Sequence[Need]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for need in needs:
        found[code_of(need.qualification), need.phase] += need.count
    return found


def _people(needs: Sequence[Need], booking: Booking) -> tuple[tuple[str, ...], ...]:
    """Who is on each of the needs; those of the staff first where one of them has to be."""
    left = defaultdict(list)
    for duty in booking.duties:
        if duty.qualification is not None:
            left[duty.qualification.code, duty.phase].append(duty.person)
    names = []
    for need in needs:
        held = left[code_of(need.qualification), need.phase]
        if need.qualification.endswith(OF_STAFF):
            held.sort(key=lambda person: person.kind != "staff")
        names.append(tuple(sorted(person.code for person in held[: need.count])))
        del held[: need.count]
    return tuple(names)
