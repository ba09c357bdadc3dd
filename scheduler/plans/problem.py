"""The only translator: rows of a site and a span become a problem for the solver.

Every id in it leads back to a row: activities bear the code of their request, modes the number of
the alternative, resources, people, utilities and groups their codes; what is booked already is
pinned under the code of its request (`code#part` where there are several, `booking:ID` without one).
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeVar

from scheduler.calendars.models import Site
from scheduler.calendars.rules import local_days
from scheduler.calendars.service import holidays_of, zone_of
from scheduler.database import Coded, normal_code
from scheduler.intervals import Interval, subtract
from scheduler.people.models import Person
from scheduler.plans import asked as asking
from scheduler.plans import centre, pinned
from scheduler.plans.left_out import LeftOut, over_quota, waiting_in_vain
from scheduler.plans.pinned import Standing
from scheduler.plans.timeline import Rounding, Timeline, tick_minutes
from scheduler.requests.models import ActivityRequest, Precedence
from scheduler.requests.preferences import liked_windows
from scheduler.resources.models import Resource, Utility
from solver import Activity, Group, PrecedenceLag, Problem, Weights, Window, fingerprint

CodedRow = TypeVar("CodedRow", bound=Coded)

SMALL_SHARE = 0.1
"""What lateness, or changeovers, over the whole horizon may cost: a tenth of the least worth.

They choose between plans that hold the same work; they never make work not worth doing.
"""


@dataclass(frozen=True)
class Translation:
    """A problem, and what leads back from it to the rows.

    Parameters
    ----------
    requests
        Activity id -> request, for those that may be placed.
    left_out
        Requests of the span that were not even tried, with the reason.
    rounding_minutes
        What ticks take away of opening hours, windows, shifts and validity, summed over all rows.
    """

    problem: Problem
    timeline: Timeline
    requests: Mapping[str, ActivityRequest]
    left_out: tuple[LeftOut, ...]
    rounding_minutes: int

    @property
    def asked(self) -> int:
        return len(self.requests) + len(self.left_out)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that the plan rests on; other facts, another fingerprint."""
        start = self.timeline.span.start.isoformat()
        facts = f"{fingerprint(self.problem)} {start} {self.timeline.tick_seconds}"
        return hashlib.sha256(facts.encode("ascii")).hexdigest()


@dataclass(frozen=True)
class CentreRows:
    """The rows of a site that a problem speaks of, retired ones too."""

    resources: Sequence[Resource]
    people: Sequence[Person]
    utilities: Sequence[Utility]


def translate(site: Site, span: Interval) -> Translation:
    """What a plan of this span has to solve, from the rows as they are now."""
    resources, people, utilities = (
        centre.load_resources(site),
        centre.load_people(site),
        centre.load_utilities(site),
    )
    wanted = asking.load_asked(site, span)
    precedences = asking.load_precedences(wanted)
    mates = asking.load_chain_mates(site, wanted)
    related = {lag.before_id for lag in precedences} | {lag.after_id for lag in precedences}
    related |= {mate.id for members in mates.values() for mate in members}
    standing = pinned.load_standing(
        site, pinned.reach(site, span, resources, people), related, [asked.code for asked in wanted]
    )
    timeline = Timeline(
        span, 60 * tick_minutes(_lengths(span, wanted, standing, precedences, resources)), zone_of(site)
    )
    rounding = Rounding(timeline)

    activities, left_out = _tried(site, wanted, rounding, people)
    kept = {asked.id: asked for asked in wanted if asked.code in activities}
    left_out += _closed(kept, standing, precedences, mates)
    refused, shortened = over_quota(kept.values())
    left_out += _without(kept, refused)
    for asked, minutes in [(kept[request_id], minutes) for request_id, minutes in shortened.items()]:
        found = asking.shortened(activities[asked.code], timeline.ticks_at_most(minutes))
        if found is None:
            subject = (asked.project.code,)
            left_out += _without(kept, [LeftOut(asked.code, "quota", subject, minutes, asked.wish_minutes)])
        else:
            activities[asked.code] = found
    left_out += _closed(kept, standing, precedences, mates)
    pins = tuple(pinned.activity(name, booking, timeline) for name, booking in standing.bookings.items())
    free = tuple(activities[asked.code] for asked in kept.values())
    problem = assemble(
        site,
        rounding,
        CentreRows(resources, people, utilities),
        standing,
        pins=pins,
        free=free,
        precedences=lags(kept, standing, precedences, timeline),
        chains=_chains(kept),
    )
    return Translation(
        problem=problem,
        timeline=timeline,
        requests={asked.code: asked for asked in kept.values()},
        left_out=tuple(sorted(left_out, key=lambda each: normal_code(each.code))),
        rounding_minutes=rounding.minutes,
    )


def assemble(
    site: Site,
    rounding: Rounding,
    rows: CentreRows,
    standing: Standing,
    *,
    pins: Sequence[Activity],
    free: Sequence[Activity],
    precedences: Iterable[PrecedenceLag],
    chains: Iterable[tuple[str, ...]],
) -> Problem:
    """The problem of what stays and what is to be placed; retired rows only where what stays names them."""
    timeline = rounding.timeline
    held = {code for activity in pins for code in activity.modes[0].resources}
    named = {
        code
        for activity in pins
        for names in (activity.pin.people if activity.pin else None) or ()
        for code in names
    }
    named |= {code for activity in pins for code in activity.participants}
    drawn = {draw.utility for activity in pins for draw in activity.draws}
    escorts = {need.qualification for activity in free for need in activity.needs}
    return Problem(
        name=f"{site.code} from {timeline.span.start:%Y-%m-%d}",
        horizon=timeline.horizon,
        tick_seconds=timeline.tick_seconds,
        activities=(*pins, *free),
        resources=centre.resources(site, _in_use(rows.resources, held), rounding),
        people=centre.people(
            site, _in_use(rows.people, named), rounding, list(standing.bookings.values()), escorts
        ),
        utilities=centre.utilities(site, _in_use(rows.utilities, drawn), rounding),
        groups=_groups((*pins, *free)),
        precedences=tuple(precedences),
        chains=tuple(chains),
        days=timeline.days(),
        weeks=timeline.weeks(),
        weights=_weights(free, timeline.horizon),
    )


def _tried(
    site: Site, wanted: Iterable[ActivityRequest], rounding: Rounding, people: Iterable[Person]
) -> tuple[dict[str, Activity], list[LeftOut]]:
    activities, left_out = {}, []
    visitors = [person for person in people if person.kind == "visitor" and person.retired_at is None]
    visitors_hold = {row.qualification.code for person in visitors for row in person.qualifications}
    certain = _certain(site, rounding.timeline)
    for asked in wanted:
        found = asking.activity(asked, rounding, visitors_hold)
        if isinstance(found, LeftOut):
            left_out.append(found)
        else:
            preferred = (*_preferred(asked, rounding.timeline), *certain)
            activities[asked.code] = replace(found, preferred=preferred)
    return activities, left_out


def _preferred(asked: ActivityRequest, timeline: Timeline) -> tuple[Window, ...]:
    """Where its run would lie as it is liked; none where all times are alike."""
    liked = liked_windows(asked.preferred, _chosen(asked), asked.wish_minutes, timeline.span, timeline.zone)
    # Counted by itself: what is only liked loses nothing by rounding.
    return tuple(Window(start, end, "run") for start, end in Rounding(timeline).inwards(liked))


def _certain(site: Site, timeline: Timeline) -> tuple[Window, ...]:
    """The time around days that may yet become holidays; none where there is no such day."""
    days = {holiday.on_day for holiday in holidays_of(site, provisional=True)}
    doubtful = [whole for day, whole in local_days(timeline.span, timeline.zone) if day in days]
    if not doubtful:
        return ()
    rest = subtract([timeline.span], doubtful)
    return tuple(Window(start, end, "whole") for start, end in Rounding(timeline).inwards(rest))


def _chosen(asked: ActivityRequest) -> Interval | None:
    start, end = asked.preferred_from, asked.preferred_until
    return Interval(start, end) if start and end and start < end else None


def _closed(
    kept: dict[int, ActivityRequest],
    standing: Standing,
    precedences: Sequence[Precedence],
    mates: Mapping[str, Sequence[ActivityRequest]],
) -> list[LeftOut]:
    """Take out whatever waits for what is not here, then whatever waits for that, and so on."""
    left_out: list[LeftOut] = []
    while refused := _without(kept, waiting_in_vain(kept, standing.by_request, precedences, mates)):
        left_out += refused
    return left_out


def _without(kept: dict[int, ActivityRequest], refused: Iterable[LeftOut]) -> list[LeftOut]:
    """Drop the refused from `kept`; one reason for each."""
    first = {each.code: each for each in reversed(list(refused))}
    for asked in list(kept.values()):
        if asked.code in first:
            del kept[asked.id]
    return list(first.values())


def _lengths(
    span: Interval,
    wanted: Iterable[ActivityRequest],
    standing: Standing,
    precedences: Iterable[Precedence],
    resources: Iterable[Resource],
) -> Iterator[int]:
    yield from chain.from_iterable(asking.lengths(asked) for asked in wanted)
    yield from standing.lengths(span)
    for lag in precedences:
        yield from (lag.min_lag_minutes, lag.max_lag_minutes or 0)
    yield from (row.minutes for resource in resources for row in resource.changeovers)


def _in_use(rows: Iterable[CodedRow], referred: set[str]) -> list[CodedRow]:
    return [row for row in rows if row.retired_at is None or row.code in referred]


def _groups(activities: Iterable[Activity]) -> tuple[Group, ...]:
    return tuple(
        Group(name) for name in sorted({name for activity in activities for name in activity.groups})
    )


def lags(
    kept: Mapping[int, ActivityRequest],
    standing: Standing,
    precedences: Iterable[Precedence],
    timeline: Timeline,
    moving: Collection[int] = (),
) -> Iterator[PrecedenceLag]:
    """Lags between activities; of a request that is booked in parts the last and the first count.

    The most that may lie between is counted from the part that ends last to the one that starts first.
    Between two that are booked nothing is to be kept, unless a booking of either is `moving`.
    """
    for lag in precedences:
        before = _ids(lag.before_id, kept, standing)
        after = _ids(lag.after_id, kept, standing)
        if not any(each in kept or each in moving for each in (lag.before_id, lag.after_id)):
            continue
        last = max(before, key=lambda name: _end(name, standing), default=None)
        for one in before:
            for other in after:
                bounded = one == last and other == after[0]
                yield PrecedenceLag(
                    one,
                    other,
                    min_lag=timeline.ticks(lag.min_lag_minutes),
                    max_lag=timeline.ticks(lag.max_lag_minutes)
                    if bounded and lag.max_lag_minutes is not None
                    else None,
                    same_resource=lag.same_resource,
                )


def _ids(request_id: int, kept: Mapping[int, ActivityRequest], standing: Standing) -> list[str]:
    if request_id in kept:
        return [kept[request_id].code]
    return standing.by_request.get(request_id, [])


def _end(name: str, standing: Standing) -> float:
    booking = standing.bookings.get(name)
    return booking.occupied_until.timestamp() if booking else 0.0


def _chains(kept: Mapping[int, ActivityRequest]) -> Iterator[tuple[str, ...]]:
    """Chains of two or more; a member that is booked stands anyway and need not be named."""
    members: dict[str, list[str]] = {}
    for asked in kept.values():
        if asked.chain:
            members.setdefault(normal_code(asked.chain), []).append(asked.code)
    return (tuple(codes) for _, codes in sorted(members.items()) if len(codes) > 1)


def _weights(free: Sequence[Activity], horizon: int) -> Weights:
    least = min((activity.value for activity in free if activity.value > 0), default=0)
    share = SMALL_SHARE * least / max(horizon, 1)
    liked = SMALL_SHARE * least if any(activity.preferred for activity in free) else 0.0
    return Weights(lateness=share, changeover=share, preference=liked)
