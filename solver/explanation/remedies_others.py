"""Remedies at the cost of one placed activity: it moves, or it goes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from solver.explanation.reasons import Takers
from solver.explanation.remedies import Remedy, value_placed
from solver.explanation.remedies_places import Proposal, placements
from solver.problem import Activity, Mode
from solver.solution import Assignment
from solver.state.frame import Frame
from solver.state.masks import ticks
from solver.state.state import State

_MOST_PLACES = 60
_MOST_MOVED = 40
_FOUND = 3


def proposals(
    state: State,
    activity: Activity,
    takers: Takers,
    most_lost: float,
    over: Callable[[], bool],
) -> Iterator[Proposal]:
    """One placed activity moved or dropped, those that cost least first; the state is left as it was.

    Parameters
    ----------
    most_lost
        Value below which all that is dropped has to stay.
    """
    helping: list[str] = []
    dropped = 0
    for name, _ in _in_the_way(state, activity, takers):
        if over():
            return
        helps, proposal = _dropped(state, activity, name, most_lost if dropped < _FOUND else 0.0)
        if helps:
            helping.append(name)
        if proposal is not None:
            dropped += 1
            yield proposal
    moved = 0
    for name in helping[:_MOST_MOVED]:
        if over() or moved == _FOUND:
            return
        proposal = _moved(state, activity, name)
        if proposal is not None:
            moved += 1
            yield proposal


def _dropped(state: State, activity: Activity, name: str, most_lost: float) -> tuple[bool, Proposal | None]:
    """Whether there is a place without one activity; and the remedy without it and its followers."""
    gone = _with_followers(state, name)
    old = {each: state.placed[each] for each in gone}
    cost = sum(_value(state, each, old[each]) for each in gone)
    state.remove(name)
    part = place(state, activity)
    helps, allowed = part is not None, cost < most_lost and not _keeps(state, gone, activity)
    if allowed and part is None and len(gone) > 1:
        for each in gone[1:]:
            state.remove(each)
        part = place(state, activity)
    state.restore(gone, old)
    if part is None or not allowed:
        return helps, None
    others = tuple((each, ()) for each in gone)
    return helps, Proposal(Remedy("drop", name), cost, (part,), others)


def place(state: State, activity: Activity) -> Assignment | None:
    """A part of the activity with its least run, at the first start in the first mode that has one."""
    for mode, duration, starts in placements(state, activity):
        for start in ticks(starts):
            people = state.crew.choose(activity, mode, start, duration)
            if people is not None:
                return Assignment(activity.id, 1, mode.id, start, duration, people)
    return None


def _in_the_way(state: State, activity: Activity, takers: Takers) -> list[tuple[str, float]]:
    """Placed activities that share something with one that is not, with their value, least first."""
    index = state.index
    modes = activity.modes
    names = takers.of("resource", (resource for mode in modes for resource in mode.resources))
    people = (p for need in activity.needs for p in index.qualified.get(need.qualification, ()))
    names |= takers.of("person", (*people, *activity.participants))
    names |= takers.of("utility", (draw.utility for draw in activity.draws))
    names |= takers.of("group", activity.groups)
    names |= {lag.before for lag in index.before[activity.id]} & state.placed.keys()
    names |= {lag.after for lag in index.after[activity.id]} & state.placed.keys()
    free = (name for name in names if index.activities[name].pin is None)
    rated = ((name, _value(state, name, state.placed[name])) for name in free)
    return sorted(rated, key=lambda each: (each[1], each[0]))


def _value(state: State, name: str, parts: Sequence[Assignment]) -> float:
    return value_placed(state.index.activities[name], parts)


def _keeps(state: State, gone: Iterable[str], activity: Activity) -> bool:
    """Whether one that would go has to stay: it is mandatory, or the activity itself waits for it."""
    before = {lag.before for lag in state.index.before[activity.id]}
    activities = state.index.activities
    return any((activities[name].mandatory and not activity.mandatory) or name in before for name in gone)


def _with_followers(state: State, name: str) -> list[str]:
    """A placed activity and all that cannot stay without it, itself first."""
    found = {name: None}
    stack = [name]
    while stack:
        top = stack.pop()
        more = [lag.after for lag in state.index.after[top]] + list(state.index.chains.get(top, ()))
        for other in more:
            placed = other in state.placed and state.index.activities[other].pin is None
            if placed and other not in found:
                found[other] = None
                stack.append(other)
    return list(found)


def _moved(state: State, activity: Activity, name: str) -> Proposal | None:
    """The least move of one activity that leaves a place to another."""
    if len(state.placed[name]) > 1:
        return None
    other = state.index.activities[name]
    old = state.remove(name)[0]
    best: tuple[int, Assignment, Assignment] | None = None
    try:
        for part in _spread(state, activity):
            state.hold(part)
            new = _nearest(state, other, old, best[0] if best else None)
            state.remove(activity.id)
            if new is not None:
                best = (_distance(old, new), part, new)
                if best[0] == 1:
                    break
    finally:
        state.hold(old)
    if best is None:
        return None
    distance, part, new = best
    mode = "" if new.mode == old.mode else new.mode
    remedy = Remedy("move", name, ticks=new.start - old.start, mode=mode)
    return Proposal(remedy, distance, (part,), ((name, (new,)),))


def _spread(state: State, activity: Activity) -> Iterator[Assignment]:
    """Places of the activity, spread over all that it has."""
    for mode, duration, starts in list(placements(state, activity)):
        all_starts = list(ticks(starts))
        for start in all_starts[:: max(1, len(all_starts) // _MOST_PLACES)]:
            people = state.crew.choose(activity, mode, start, duration)
            if people is not None:
                yield Assignment(activity.id, 1, mode.id, start, duration, people)


def _distance(old: Assignment, new: Assignment) -> int:
    return abs(new.start - old.start) + (new.mode != old.mode)


def _lengths(state: State, other: Activity, old: Assignment) -> Iterator[tuple[Mode, int]]:
    """The modes with the length that the run has now; of one that pauses with each that it can have."""
    for mode in other.modes:
        for shortest, longest in state.index.ways(other, mode):
            if other.closed == "pause":
                yield mode, longest
            elif shortest <= old.duration <= longest:
                yield mode, old.duration


def _nearest(state: State, other: Activity, old: Assignment, below: int | None) -> Assignment | None:
    """The place of the same length nearest to the old one, if it is nearer than `below`."""
    best: Assignment | None = None
    for mode, duration in _lengths(state, other, old):
        starts = Frame(state, other, mode).starts(duration)
        for start in sorted(ticks(starts), key=lambda tick: (abs(tick - old.start), tick)):
            new = replace(old, mode=mode.id, start=start, duration=duration)
            distance = _distance(old, new)
            if below is not None and distance >= below:
                break
            if start == old.start and mode.id == old.mode:
                continue
            kept = state.crew.admits(other, mode, start, duration, old.people)
            people = old.people if kept else state.crew.choose(other, mode, start, duration)
            if people is not None:
                best, below = replace(new, people=people), distance
                break
    return best
