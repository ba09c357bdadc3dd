"""Remedies that ask something of the activity itself: other times, another place, less of it.

All that is placed stays where it is. Each kind proposes the least that helps, found by masks; whether
it really helps is for `solver.explanation.tries` to verify.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, islice

from solver.explanation.remedies import Remedy
from solver.explanation.remedies_places import Proposal, first_part, placements
from solver.problem import Activity, Mode, Window
from solver.search.construct import Chooser
from solver.solution import Assignment
from solver.state.frame import Frame
from solver.state.index import length, phase_span
from solver.state.masks import spans, ticks
from solver.state.state import State

_TRIES = 60
_LEAST_SHARE = 2
_SHARE_OF_PART = 4


def proposals(state: State, activity: Activity) -> Iterator[Proposal]:
    """What would place the activity while all others stay, at most a few of each kind."""
    for kind in (_later_deadline, _earlier_release, _wider_window, _other_resource, _shorter_run, _split):
        yield from kind(state, activity)


def interchangeable(state: State, resource: str) -> list[str]:
    """Resources that stand in for one another: alike in changeovers, or alternatives of some activity.

    Only those of the same capacity count.
    """
    index = state.index
    own = index.resources[resource]
    beside = {
        other
        for activity in index.activities.values()
        for one, two in combinations(activity.modes, 2)
        for mine, theirs in ((one, two), (two, one))
        if mine.resources == (resource,)
        for other in theirs.resources
        if len(theirs.resources) == 1
    }
    return [
        other.id
        for other in index.problem.resources
        if other.id != resource
        and other.capacity == own.capacity
        and (other.id in beside or (own.changeovers and set(other.changeovers) == set(own.changeovers)))
    ]


def _later_deadline(state: State, activity: Activity) -> Iterator[Proposal]:
    deadline = activity.deadline
    if deadline is None:
        return
    asked = replace(activity, deadline=None)
    found = first_part(
        state, asked, placements(state, asked), lambda _, start, run: start + length(asked, run) - deadline
    )
    if found and found[0] > 0:
        yield Proposal(Remedy("later_deadline", activity.id, ticks=found[0]), found[0], (found[1],))


def _earlier_release(state: State, activity: Activity) -> Iterator[Proposal]:
    release = activity.release
    if release is None:
        return
    asked = replace(activity, release=None)
    found = first_part(state, asked, placements(state, asked), lambda _, start, __: release - start)
    if found and found[0] > 0:
        yield Proposal(Remedy("earlier_release", activity.id, ticks=found[0]), found[0], (found[1],))


def _wider_window(state: State, activity: Activity) -> Iterator[Proposal]:
    best: Proposal | None = None
    for owner in (None, *activity.modes):
        windows = activity.windows if owner is None else owner.windows
        for window in windows:
            proposal = _widened(state, activity, owner, window)
            if proposal and (best is None or proposal.change < best.change):
                best = proposal
    if best is not None:
        yield best


def _widened(state: State, activity: Activity, owner: Mode | None, window: Window) -> Proposal | None:
    every = Window(0, state.index.horizon, window.binds)
    if owner is None:
        asked = replace(activity, windows=(every, *(w for w in activity.windows if w.binds != window.binds)))
    else:
        others = (w for w in owner.windows if w.binds != window.binds)
        asked = replace(activity, modes=(replace(owner, windows=(every, *others)),))

    def reach(start: int, run: int) -> Window:
        begin, end = phase_span(activity, "run" if window.binds == "run" else "all", start, run)
        return Window(min(begin, window.start), max(end, window.end), window.binds)

    def change(_: Mode, start: int, run: int) -> int:
        wide = reach(start, run)
        return (wide.end - wide.start) - (window.end - window.start)

    found = first_part(state, asked, placements(state, asked), change)
    if not found or found[0] <= 0:
        return None
    remedy = Remedy(
        "wider_window",
        activity.id,
        ticks=found[0],
        mode="" if owner is None else owner.id,
        before=window,
        windows=(reach(found[1].start, found[1].duration),),
    )
    return Proposal(remedy, found[0], (found[1],))


def _other_resource(state: State, activity: Activity) -> Iterator[Proposal]:
    known = {frozenset(mode.resources) for mode in activity.modes}
    ids = {mode.id for mode in activity.modes}
    for mode in activity.modes:
        for resource in mode.resources:
            for other in interchangeable(state, resource):
                resources = tuple(other if each == resource else each for each in mode.resources)
                if frozenset(resources) in known or len(set(resources)) < len(resources):
                    continue
                known.add(frozenset(resources))
                name = other if other not in ids else f"{mode.id} on {other}"
                new = replace(mode, id=name, resources=resources)
                asked = replace(activity, modes=(new,))
                found = first_part(state, asked, placements(state, asked), lambda _, start, __: start)
                if found and name not in ids:
                    remedy = Remedy("other_resource", activity.id, new_mode=new)
                    yield Proposal(remedy, 1, (found[1],))


def _shorter_run(state: State, activity: Activity) -> Iterator[Proposal]:
    """Not less than half of the least: what is shorter is another activity."""
    shortest = max((state.index.least(activity, mode) for mode in activity.modes), default=1)
    for less in range(1, shortest // _LEAST_SHARE + 1):
        places = []
        for mode in activity.modes:
            least = state.index.least(activity, mode)
            if least - less >= max(1, -(-least // _LEAST_SHARE)):
                starts = Frame(state, activity, mode).starts(least - less)
                if starts:
                    places.append((mode, least - less, starts))
        found = first_part(state, activity, places, lambda _, start, __: start)
        if found:
            yield Proposal(Remedy("shorter_run", activity.id, ticks=less), less, (found[1],))
            return


def _split(state: State, activity: Activity) -> Iterator[Proposal]:
    """Two parts, each at least a quarter of the least."""
    least_part = max(1, -(-activity.least // _SHARE_OF_PART))
    if activity.most_parts > 1 or activity.least < 2 * least_part or activity.closed == "pause":
        return
    asked = replace(activity, most_parts=2, least_part=least_part)
    parts = Chooser(state.index).find(state, asked) or _two_parts(state, asked)
    if parts and len(parts) == 2:
        change = activity.setup + activity.teardown + 1
        remedy = Remedy("split", activity.id, ticks=least_part, amount=2)
        yield Proposal(remedy, change, tuple(parts))


def _two_parts(state: State, activity: Activity) -> list[Assignment] | None:
    """A first part as long as it can be in a few places, then the rest wherever it fits."""
    for mode in activity.modes:
        least = state.index.least(activity, mode)
        for run in range(least - activity.least_part, activity.least_part - 1, -1):
            frame = Frame(state, activity, mode, first=False, last=False)
            starts = frame.starts(run)
            for begin, end in spans(starts):
                for start in {begin, end - 1}:
                    people = state.crew.choose(activity, mode, start, run)
                    if people is None:
                        continue
                    one = Assignment(activity.id, 1, mode.id, start, run, people)
                    other = _rest(state, activity, one, least - run)
                    if other is not None:
                        ordered = sorted((one, other), key=lambda part: part.start)
                        return [replace(part, part=i) for i, part in enumerate(ordered, start=1)]
    return None


def _rest(state: State, activity: Activity, one: Assignment, run: int) -> Assignment | None:
    state.hold(one)
    try:
        for mode in activity.modes:
            if state.index.least(activity, mode) != one.duration + run:
                continue
            frame = Frame(state, activity, mode, first=False, last=False)
            for start in islice(ticks(frame.starts(run)), _TRIES):
                people = state.crew.choose(activity, mode, start, run)
                if people is not None:
                    return Assignment(activity.id, 2, mode.id, start, run, people)
        return None
    finally:
        state.remove(activity.id)
