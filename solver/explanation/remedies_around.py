"""Remedies that ask something of those around: one more person, longer hours, more of a utility.

All that is placed stays where it is, and the activity is as it was asked for. Each kind proposes the
least that helps, found by masks; whether it really helps is for `solver.explanation.tries` to verify.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from solver.explanation.remedies import Remedy
from solver.explanation.remedies_places import Proposal, first_part, placements
from solver.problem import Activity, Draw, Mode, Need, Resource, Window
from solver.solution import Rule
from solver.state.index import Span, length, phase_span
from solver.state.masks import interval, runs, spans
from solver.state.state import State


def proposals(state: State, activity: Activity) -> Iterator[Proposal]:
    """What would place the activity while all others stay, at most a few of each kind."""
    for kind in (_another_person, _longer_opening, _no_outage, _more_of_utility):
        yield from kind(state, activity)


def _another_person(state: State, activity: Activity) -> Iterator[Proposal]:
    for qualification in dict.fromkeys(need.qualification for need in activity.needs):
        own = [i for i, need in enumerate(activity.needs) if need.qualification == qualification]
        sets = [(i,) for i in own] + [pair for pair in combinations(own, 2) if _apart(activity, *pair)]
        best: Proposal | None = None
        for chosen in sets:
            proposal = _with_one_more(state, activity, qualification, chosen)
            if proposal and (best is None or proposal.change < best.change):
                best = proposal
        if best is not None:
            yield best


def _apart(activity: Activity, one: int, other: int) -> bool:
    phases = {activity.needs[one].phase, activity.needs[other].phase}
    return len(phases) == 2 and "all" not in phases


def _with_one_more(
    state: State, activity: Activity, qualification: str, chosen: tuple[int, ...]
) -> Proposal | None:
    def fewer(number: int, need: Need) -> Need:
        return replace(need, count=need.count - 1) if number in chosen else need

    asked = replace(activity, needs=tuple(fewer(i, need) for i, need in enumerate(activity.needs)))
    found = first_part(state, asked, placements(state, asked), lambda _, start, __: start)
    if not found:
        return None
    part = found[1]
    name = newcomer(state, qualification)
    names = tuple(
        (*people, name) if number in chosen else people for number, people in enumerate(part.people)
    )
    windows = [phase_span(activity, activity.needs[i].phase, part.start, part.duration) for i in chosen]
    if any(start >= end for start, end in windows):
        return None
    duty = tuple(Window(*window) for window in sorted(windows))
    remedy = Remedy("another_person", qualification, person=name, windows=duty)
    return Proposal(remedy, sum(w.end - w.start for w in duty), (replace(part, people=names),))


def newcomer(state: State, qualification: str) -> str:
    """A name for one more person that nobody has."""
    number = 1
    while f"another {qualification} {number}" in state.index.people:
        number += 1
    return f"another {qualification} {number}"


def _whole(activity: Activity, start: int, run: int) -> int:
    return interval(start, start + length(activity, run))


def _resources(state: State, activity: Activity) -> list[Resource]:
    names = dict.fromkeys(resource for mode in activity.modes for resource in mode.resources)
    return [state.index.resources[name] for name in names]


def _closed_places(
    state: State, activity: Activity, resource: Resource, rule: Rule
) -> Iterator[tuple[Mode, int, int]]:
    """Places if one resource was always open, or had no outage."""
    for mode, duration, starts in placements(state, activity, (rule,)):
        if resource.id not in mode.resources:
            continue
        free = state.index.full
        for other in mode.resources:
            if other != resource.id:
                free &= state.index.open[other] if rule == "calendar" else ~state.index.outage[other]
        yield mode, duration, starts & runs(free, length(activity, duration))


def _longer_opening(state: State, activity: Activity) -> Iterator[Proposal]:
    for resource in _resources(state, activity):
        if resource.open is None:
            continue
        closed = state.index.full & ~state.index.open[resource.id]

        def change(_: Mode, start: int, run: int, closed: int = closed) -> int | None:
            missing = spans(_whole(activity, start, run) & closed)
            return missing[0][1] - missing[0][0] if len(missing) == 1 else None

        found = first_part(state, activity, _closed_places(state, activity, resource, "calendar"), change)
        if found:
            start, end = spans(_whole(activity, found[1].start, found[1].duration) & closed)[0]
            remedy = Remedy("longer_opening", resource.id, ticks=found[0], windows=(Window(start, end),))
            yield Proposal(remedy, found[0], (found[1],))


def _no_outage(state: State, activity: Activity) -> Iterator[Proposal]:
    for resource in _resources(state, activity):
        best: Proposal | None = None
        for outage in resource.outages:
            proposal = _less_outage(state, activity, resource, outage)
            if proposal and (best is None or proposal.change < best.change):
                best = proposal
        if best is not None:
            yield best


def _less_outage(state: State, activity: Activity, resource: Resource, outage: Window) -> Proposal | None:
    """One outage shorter at one end, or away altogether."""
    rest = state.index.full
    for other in resource.outages:
        if other != outage:
            rest &= ~interval(other.start, other.end)

    def left(start: int, run: int) -> Window | None:
        end = start + length(activity, run)
        if start <= outage.start and end < outage.end:
            return Window(end, outage.end)
        if outage.start < start and outage.end <= end:
            return Window(outage.start, start)
        return None

    def change(_: Mode, start: int, run: int) -> int | None:
        if start >= outage.end or start + length(activity, run) <= outage.start:
            return None
        remaining = left(start, run)
        return outage.end - outage.start - (remaining.end - remaining.start if remaining else 0)

    places = (
        (mode, run, starts & runs(rest, length(activity, run)))
        for mode, run, starts in _closed_places(state, activity, resource, "outage")
    )
    found = first_part(state, activity, places, change)
    if not found:
        return None
    remaining = left(found[1].start, found[1].duration)
    remedy = Remedy(
        "shorter_outage" if remaining else "without_outage",
        resource.id,
        ticks=found[0],
        before=outage,
        windows=(remaining,) if remaining else (),
    )
    return Proposal(remedy, found[0], (found[1],))


def _more_of_utility(state: State, activity: Activity) -> Iterator[Proposal]:
    for draw in activity.draws:
        if sum(other.utility == draw.utility for other in activity.draws) > 1:
            continue  # what several draws of one utility lack together has no one window
        asked = replace(activity, draws=tuple(d for d in activity.draws if d.utility != draw.utility))

        def change(_: Mode, start: int, run: int, draw: Draw = draw) -> int | None:
            return _lacking(state, draw, phase_span(activity, draw.phase, start, run))

        found = first_part(state, asked, placements(state, asked), change)
        if found and found[0] > 0:
            span = phase_span(activity, draw.phase, found[1].start, found[1].duration)
            if draw.utility in state.budgets:
                span = state.index.days[state.index.day_of(span[0])]
            window = Window(max(span[0], 0), min(span[1], state.index.horizon))
            remedy = Remedy("more_of_utility", draw.utility, amount=found[0], windows=(window,))
            yield Proposal(remedy, window.end - window.start, (found[1],))


def _lacking(state: State, draw: Draw, span: Span) -> int | None:
    """Units that a utility lacks for a draw; None if more of it would not help."""
    if span[0] >= span[1]:
        return None
    if draw.utility in state.power:
        return draw.amount - int(state.power[draw.utility].left[span[0] : span[1]].min())
    day, left = state.index.day_of(span[0]), state.budgets[draw.utility].left
    return draw.amount - left[day] if 0 <= day < len(left) else None
