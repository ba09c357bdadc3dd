"""Approved requests as activities: which can lie in a span, and what each asks of the solver."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from scheduler.bookings.models import HOLDING_STATES, Booking
from scheduler.bookings.proposal import all_held, seats_held
from scheduler.calendars.models import Site
from scheduler.database import normal_code, session
from scheduler.intervals import Interval
from scheduler.plans import desk_rules
from scheduler.plans.left_out import LeftOut
from scheduler.plans.timeline import Rounding, Timeline
from scheduler.projects.models import Project
from scheduler.requests.models import (
    ActivityRequest,
    Alternative,
    AlternativeResource,
    Participant,
    Precedence,
    RequestDraw,
    RequestNeed,
    RequestWindow,
)
from scheduler.resources.models import Resource
from solver import Activity, Draw, Mode, Window

WORTH_BY_PRIORITY = {1: 5, 2: 4, 3: 3, 4: 2, 5: 1}
"""A request that states no value is worth so much for each minute of its wish."""


def load_asked(site: Site, span: Interval) -> list[ActivityRequest]:
    """Approved requests without a booking that can lie in the span, by code."""
    booked = select(Booking.request_id).where(
        Booking.request_id.is_not(None), Booking.state.in_(HOLDING_STATES), Booking.site_id == site.id
    )
    found = session.scalars(
        select(ActivityRequest)
        .where(
            ActivityRequest.site_id == site.id,
            ActivityRequest.state == "approved",
            ActivityRequest.retired_at.is_(None),
            ActivityRequest.id.not_in(booked),
            or_(ActivityRequest.earliest_at.is_(None), ActivityRequest.earliest_at < span.end),
            or_(ActivityRequest.latest_at.is_(None), ActivityRequest.latest_at > span.start),
        )
        .options(*_whole())
        .order_by(ActivityRequest.code_key)
    )
    return [asked for asked in found if can_lie_in(asked, span)]


def load_booked(site: Site, within: Interval) -> list[ActivityRequest]:
    """Requests of which a booking that is not over lies within a time, by code."""
    booked = select(Booking.request_id).where(
        Booking.site_id == site.id,
        Booking.state.in_(("booked", "needs repair")),
        Booking.occupied_from >= within.start,
        Booking.occupied_until <= within.end,
    )
    found = select(ActivityRequest).where(ActivityRequest.id.in_(booked)).options(*_whole())
    return list(session.scalars(found.order_by(ActivityRequest.code_key)))


def _whole() -> list[ExecutableOption]:
    """All that becomes part of an activity, in a constant number of statements."""
    return [
        joinedload(ActivityRequest.project).joinedload(Project.partner),
        joinedload(ActivityRequest.exclusion_group),
        selectinload(ActivityRequest.alternatives)
        .selectinload(Alternative.uses)
        .joinedload(AlternativeResource.resource),
        selectinload(ActivityRequest.windows).joinedload(RequestWindow.alternative),
        selectinload(ActivityRequest.needs).joinedload(RequestNeed.qualification),
        selectinload(ActivityRequest.draws).joinedload(RequestDraw.utility),
        selectinload(ActivityRequest.participants).joinedload(Participant.person),
    ]


def load_precedences(requests: Iterable[ActivityRequest]) -> list[Precedence]:
    """Precedences that one of the requests is part of."""
    ids = [asked.id for asked in requests]
    return list(
        session.scalars(
            select(Precedence)
            .where(Precedence.before_id.in_(ids) | Precedence.after_id.in_(ids))
            .options(joinedload(Precedence.before), joinedload(Precedence.after))
            .order_by(Precedence.id)
        )
    )


def load_chain_mates(site: Site, requests: Iterable[ActivityRequest]) -> dict[str, list[ActivityRequest]]:
    """For each chain of the requests all requests of the site that are in it and not given up."""
    chains = {normal_code(asked.chain) for asked in requests if asked.chain}
    mates: dict[str, list[ActivityRequest]] = defaultdict(list)
    if chains:
        for asked in session.scalars(
            select(ActivityRequest)
            .where(
                ActivityRequest.site_id == site.id,
                ActivityRequest.chain.is_not(None),
                ActivityRequest.retired_at.is_(None),
                ActivityRequest.state.not_in(("declined", "withdrawn")),
            )
            .order_by(ActivityRequest.code_key)
        ):
            if (chain := normal_code(asked.chain or "")) in chains:
                mates[chain].append(asked)
    return dict(mates)


def can_lie_in(asked: ActivityRequest, span: Interval) -> bool:
    """Whether the span has any room for it, or it could lie nowhere but here.

    One that only brushes the span waits for another plan, unless its whole time is here: then it
    is asked for, so that somebody is told why it has no place.
    """
    start = max(span.start, asked.earliest_at or span.start)
    end = min(span.end, asked.latest_at or span.end)
    if start >= end:
        return False
    goes_beyond = start != asked.earliest_at or end != asked.latest_at
    room = Interval(start, end)
    if goes_beyond and room.minutes < setup_minutes(asked) + asked.least_minutes + teardown_minutes(asked):
        return False
    if not _windows_meet([window for window in asked.windows if window.alternative_id is None], room):
        return False
    return not asked.alternatives or any(
        _windows_meet([window for window in asked.windows if window.alternative_id == way.id], room)
        for way in asked.alternatives
    )


def _windows_meet(windows: Sequence[RequestWindow], room: Interval) -> bool:
    """Whether of each sort, run and whole, there is none or one that meets the room."""
    for binds in ("run", "whole"):
        times = [Interval(row.starts_at, row.ends_at) for row in windows if row.binds == binds]
        if times and not any(time.overlaps(room) for time in times):
            return False
    return True


def setup_minutes(asked: ActivityRequest) -> int:
    """Its own, or the longest that any of its alternatives' resources takes.

    The longest, because the solver knows one setup for an activity whatever alternative it takes.
    """
    return _own_or_longest(asked.setup_minutes, (r.setup_minutes for r in _resources(asked)))


def teardown_minutes(asked: ActivityRequest) -> int:
    """As `setup_minutes`, after the run."""
    return _own_or_longest(asked.teardown_minutes, (r.teardown_minutes for r in _resources(asked)))


def lengths(asked: ActivityRequest) -> Iterator[int]:
    """Every length, in minutes, that the tick has to measure."""
    yield from (asked.wish_minutes, asked.least_minutes, asked.least_part_minutes or 0)
    yield from (setup_minutes(asked), teardown_minutes(asked))
    yield desk_rules.least_part_minutes(asked)
    for way in asked.alternatives:
        yield from desk_rules.run_minutes(asked, way)


def worth(asked: ActivityRequest) -> int:
    """Its value; where none is stated, its length weighed by its priority."""
    return asked.value or asked.wish_minutes * WORTH_BY_PRIORITY.get(asked.priority, 1)


def activity(
    asked: ActivityRequest, rounding: Rounding, visitors_hold: Collection[str] = ()
) -> Activity | LeftOut:
    """One request as an activity whose modes bear the numbers of its alternatives."""
    if not asked.alternatives:
        return LeftOut(asked.code, "alternatives")
    if retired := _retired(asked):
        return LeftOut(asked.code, "retired", tuple(retired))
    unmet = [desk_rules.unmet(asked, way) for way in asked.alternatives]
    if all(unmet) and unmet[0] is not None:
        return LeftOut(asked.code, unmet[0][0], (unmet[0][1],))
    timeline = rounding.timeline
    own = _solver_windows([row for row in asked.windows if row.alternative_id is None], rounding)
    modes = list(_modes(asked, rounding))
    release, deadline = _bounds(asked, timeline)
    if own is None or not modes or (release or 0) >= (timeline.horizon if deadline is None else deadline):
        return LeftOut(asked.code, "window")
    due = None if asked.due_at is None else timeline.floor(asked.due_at)
    return Activity(
        id=asked.code,
        modes=tuple(modes),
        wish=timeline.ticks(asked.wish_minutes),
        least=timeline.ticks(asked.least_minutes),
        setup=timeline.ticks(setup_minutes(asked)),
        teardown=timeline.ticks(teardown_minutes(asked)),
        most_parts=asked.most_parts,
        least_part=max(1, timeline.ticks(desk_rules.least_part_minutes(asked))),
        release=release,
        deadline=deadline,
        due=due,
        windows=own,
        value=worth(asked),
        mandatory=asked.is_mandatory,
        configuration=asked.configuration,
        needs=desk_rules.needs(asked, visitors_hold),
        draws=tuple(
            Draw(draw.utility.code, draw.amount, draw.phase)  # type: ignore[arg-type]
            for draw in asked.draws
        ),
        participants=tuple(sorted(row.person.code for row in asked.participants)),
        groups=(asked.exclusion_group.code,) if asked.exclusion_group else (),
    )


def shortened(activity: Activity, most: int) -> Activity | None:
    """The activity with a wish of `most` ticks, worth as much less; None where each way takes longer."""
    modes = tuple(
        replace(mode, wish=None if mode.wish is None else min(mode.wish, most))
        for mode in activity.modes
        if mode.least is None or mode.least <= most
    )
    value = max(1, activity.value * most // activity.wish) if activity.value else 0
    return replace(activity, wish=most, value=value, modes=modes) if modes else None


def _modes(asked: ActivityRequest, rounding: Rounding) -> Iterator[Mode]:
    for way in asked.alternatives:
        held = sorted(seats_held(way.resources), key=lambda each: each[0].code)
        windows = _solver_windows([row for row in asked.windows if row.alternative_id == way.id], rounding)
        if windows is None or not held or any(resource.retired_at for resource, _ in held):
            continue
        if desk_rules.unmet(asked, way):
            continue
        least, wish = desk_rules.run_minutes(asked, way)
        seats = tuple(seats for _, seats in held)
        ticks = rounding.timeline.ticks
        yield Mode(
            id=str(way.number),
            resources=tuple(resource.code for resource, _ in held),
            demands=seats if max(seats) > 1 else (),
            windows=windows,
            wish=None if wish == asked.wish_minutes else ticks(wish),
            least=None if least == asked.least_minutes else ticks(least),
            penalty=way.penalty,
        )


def _solver_windows(rows: Sequence[RequestWindow], rounding: Rounding) -> tuple[Window, ...] | None:
    """Windows cut to the horizon; None where of one sort there are some and none is left of them.

    No window of a sort means no limit to the solver, so the last one must not be dropped unseen.
    """
    windows: list[Window] = []
    for binds in ("run", "whole"):
        times = sorted(Interval(row.starts_at, row.ends_at) for row in rows if row.binds == binds)
        ticks = rounding.inwards(times)
        if times and not ticks:
            return None
        windows += [Window(start, end, binds) for start, end in ticks]
    return tuple(windows)


def _bounds(asked: ActivityRequest, timeline: Timeline) -> tuple[int | None, int | None]:
    release = None if asked.earliest_at is None else timeline.ceil(asked.earliest_at)
    deadline = None if asked.latest_at is None else timeline.floor(asked.latest_at)
    return (
        release if release is not None and release > 0 else None,
        deadline if deadline is not None and deadline < timeline.horizon else None,
    )


def _retired(asked: ActivityRequest) -> list[str]:
    """Codes of retired rows that it cannot do without."""
    found = [row.person.code for row in asked.participants if row.person.retired_at]
    found += [draw.utility.code for draw in asked.draws if draw.utility.retired_at]
    ways = [all_held(way.resources) for way in asked.alternatives]
    if ways and all(any(resource.retired_at for resource in way) for way in ways):
        found += sorted({resource.code for way in ways for resource in way if resource.retired_at})
    return found


def _own_or_longest(own: int | None, defaults: Iterable[int]) -> int:
    return max(defaults, default=0) if own is None else own


def _resources(asked: ActivityRequest) -> Iterator[Resource]:
    return (use.resource for way in asked.alternatives for use in way.uses)
