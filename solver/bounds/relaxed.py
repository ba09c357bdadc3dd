"""A problem that asks for less than a given one, so that what it can reach bounds the given one.

People become utilities: as much of each qualification as there are people who hold it and are on
shift, so that nobody is named. What only people or only costs decide is left out. Where an activity
could stand against what is pinned is worked out beforehand and kept as windows of its modes.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, product

import numpy as np

from solver.bounds.alone import pins_only, uncertain_pins
from solver.problem import (
    Activity,
    Changeover,
    Draw,
    Group,
    Level,
    Mode,
    Phase,
    PrecedenceLag,
    Problem,
    Resource,
    Utility,
    Window,
)
from solver.search.construct import never
from solver.solution import Assignment, Rule
from solver.state.frame import Frame
from solver.state.index import Index, length, phase_span
from solver.state.masks import spans
from solver.state.state import State
from solver.state.worth import Ledger, hope, worth

# The rules look at neighbours only, and another one may lie between: see `Index.changeovers_are_strict`.
_SKIP: frozenset[Rule] = frozenset(("changeover",))


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A problem with less rules, and what is to be added to its objective.

    Parameters
    ----------
    index
        The relaxed problem; its activities are those of the given one that have any place at all.
    state
        What is pinned in the given problem, with the people whom pins name.
    constant
        In units of value: what pins are worth, and what an empty schedule is worth. The objective of
        any feasible schedule of the given problem is at most this and what the activities that are
        not pinned can bring in the relaxed one.
    """

    index: Index
    state: State
    constant: float


class Stopped(Exception):
    """Whoever builds was told to stop."""


def relax(index: Index, over: Callable[[], bool] = never) -> Relaxed:
    """The relaxed problem of a problem without faults.

    Raises
    ------
    Stopped
        Once `over` answers true.
    """
    problem = index.problem
    doubtful = uncertain_pins(index)
    state = pins_only(index, doubtful)
    names = _Names(problem)
    skills = {q: names.new(q) for q in index.qualified}
    persons = {p: names.new(p) for p in index.people}
    movable = frozenset(a.id for a in problem.activities if a.pin is None or a.id in doubtful)
    kept: dict[str, Activity] = {}
    for activity in problem.activities:
        if over():
            raise Stopped
        if activity.id in doubtful:
            continue
        modes = activity.modes if activity.pin else tuple(_modes(state, activity, movable))
        if modes:
            kept[activity.id] = replace(
                activity,
                modes=modes,
                needs=(),
                draws=(*activity.draws, *_staff(activity, skills)),
                participants=(),
                groups=(*activity.groups, *(persons[p] for p in _present(activity))),
                mandatory=False,
            )
    _drop_hopeless(problem, kept, doubtful)
    relaxed = replace(
        problem,
        activities=tuple(kept.values()),
        resources=tuple(_without_doubtful_changeovers(index, r) for r in problem.resources),
        people=(),
        utilities=(
            *problem.utilities,
            *(Utility(skills[q], _levels(_heads(state, q))) for q in index.qualified),
        ),
        groups=(*problem.groups, *(Group(name) for name in persons.values())),
        precedences=tuple(p for p in problem.precedences if p.before in kept and p.after in kept),
        chains=tuple(c for c in problem.chains if all(member in kept for member in c)),
        weights=replace(problem.weights, changeover=0.0, fairness=0.0, balance=0.0, reassigned=0.0),
    )
    own = Index(relaxed)
    constant = Ledger(index).base()
    for activity in problem.activities:
        pin = activity.pin
        if pin is None:
            continue
        if activity.id in doubtful:
            mode = index.modes[activity.id][pin.mode]
            worked = index.calendar.worked(activity, mode, pin.start, pin.duration)
            constant += max(0.0, hope(index, activity, mode, worked))
        else:
            placed = Assignment(activity.id, 1, pin.mode, pin.start, pin.duration)
            constant += worth(own, own.activities[activity.id], [placed])
    return Relaxed(own, state, constant)


class _Names:
    """Ids that are new in a problem."""

    def __init__(self, problem: Problem) -> None:
        self._taken = {u.id for u in problem.utilities} | {g.id for g in problem.groups}

    def new(self, name: str) -> str:
        while name in self._taken:
            name += "'"
        self._taken.add(name)
        return name


def _modes(state: State, activity: Activity, movable: Collection[str]) -> Iterator[Mode]:
    """The modes in which the activity has a place; those of fixed length with just these as windows."""
    index = state.index
    several = activity.most_parts > 1
    for mode in activity.modes:
        shortest, longest = index.least(activity, mode), index.wish(activity, mode)
        if several:
            shortest = min(shortest, activity.least_part)
        frame = Frame(state, activity, mode, _SKIP, first=not several, last=not several, free=movable)
        if activity.closed == "pause":
            if any(frame.starts(ticks) for ticks, _ in index.ways(activity, mode)):
                yield mode
            continue
        starts = frame.starts(shortest)
        if not starts:
            continue
        if several or shortest < longest:
            yield mode
            continue
        whole = length(activity, longest)
        yield replace(mode, windows=tuple(Window(a, b - 1 + whole) for a, b in spans(starts)))


def _present(activity: Activity) -> tuple[str, ...]:
    """Who takes part without a break: from a run that pauses they may go elsewhere, a group may not."""
    return () if activity.closed == "pause" else activity.participants


def _staff(activity: Activity, skills: dict[str, str]) -> Iterator[Draw]:
    """What an activity draws of each qualification; nothing if it is pinned with names."""
    if activity.pin is not None and activity.pin.people is not None:
        return
    taken: dict[tuple[str, Phase], int] = defaultdict(int)
    for need in activity.needs:
        if need.qualification in skills:
            taken[skills[need.qualification], need.phase] += need.count
    for (utility, phase), amount in taken.items():
        yield Draw(utility, amount, phase)


def _heads(state: State, qualification: str) -> np.ndarray:
    """For each tick the people who could be on a duty, but for those whom a pin names."""
    index = state.index
    heads = np.zeros(index.horizon, dtype=np.int64)
    for person in index.qualified[qualification]:
        held = index.qualification_starts(person, qualification, 1)
        for start, end in spans(held & index.on_shift[person] & index.full & ~state.crew.busy[person]):
            heads[start:end] += 1
    return heads


def _levels(amounts: np.ndarray) -> tuple[Level, ...]:
    edges = [0, *(np.flatnonzero(np.diff(amounts)) + 1).tolist(), len(amounts)]
    return tuple(Level(a, b, int(amounts[a])) for a, b in pairwise(edges))


def _drop_hopeless(problem: Problem, kept: dict[str, Activity], doubtful: Collection[str]) -> None:
    """Take out what waits for something without a place, or is in a chain with it."""
    known = {*kept, *doubtful}
    while True:
        gone = {
            lag.after
            for lag in problem.precedences
            if lag.before not in known and lag.after in kept and kept[lag.after].pin is None
        }
        for chain in problem.chains:
            free = [member for member in chain if member not in kept or kept[member].pin is None]
            free = [member for member in free if member not in doubtful]
            if any(member not in kept for member in free):
                gone.update(member for member in free if member in kept)
        if not gone:
            return
        for name in gone:
            del kept[name]
        known -= gone


def _without_doubtful_changeovers(index: Index, resource: Resource) -> Resource:
    """The resource with the least time between any two of its activities, or with none.

    None where one without a configuration may lie between two, for then the rules ask for no time
    between them, or where pins leave less time than they should.
    """
    if not resource.changeovers:
        return resource
    users = [
        activity
        for activity in index.activities.values()
        if any(resource.id in mode.resources for mode in activity.modes)
    ]
    if any(activity.configuration is None for activity in users):
        return replace(resource, changeovers=())
    pins = sorted(
        (*phase_span(a, "all", a.pin.start, a.pin.duration), a.configuration or "")
        for a in users
        if a.pin is not None and resource.id in index.modes[a.id][a.pin.mode].resources
    )
    for one, other in combinations(pins, 2):
        if other[0] - one[1] < index.gap(resource.id, one[2], other[2]):
            return replace(resource, changeovers=())
    return replace(resource, changeovers=tuple(_closed(resource.changeovers)))


def _closed(changeovers: Iterable[Changeover]) -> Iterator[Changeover]:
    """The changeovers, none longer than over other configurations."""
    ticks = {(c.before, c.after): c.ticks for c in changeovers}
    names = sorted({name for pair in ticks for name in pair})
    for middle, one, other in product(names, repeat=3):
        if one != other and (one, other) in ticks:
            around = ticks.get((one, middle), 0) + ticks.get((middle, other), 0)
            if middle not in (one, other):
                ticks[one, other] = min(ticks[one, other], around)
    for (one, other), least in ticks.items():
        yield Changeover(one, other, least)


def components(index: Index) -> list[list[str]]:
    """Activities that are not pinned, in sets that share nothing with each other."""
    problem = index.problem
    sets = _Sets([a.id for a in problem.activities if a.pin is None])
    short = _utilities_that_bind(index)
    last: dict[tuple[str, str], str] = {}

    def share(kind: str, name: str, activity: str) -> None:
        sets.join(last.setdefault((kind, name), activity), activity)

    for activity in problem.activities:
        if activity.pin is not None:
            continue
        for mode in activity.modes:
            for resource in mode.resources:
                share("resource", resource, activity.id)
        for draw in activity.draws:
            if draw.utility in short:
                share("utility", draw.utility, activity.id)
        for group in activity.groups:
            share("group", group, activity.id)
        if problem.weights.makespan:
            share("end", "", activity.id)
    _join(sets, problem.precedences, problem.chains)
    return sets.all()


def _join(sets: "_Sets", precedences: Iterable[PrecedenceLag], chains: Iterable[tuple[str, ...]]) -> None:
    for lag in precedences:
        sets.join(lag.before, lag.after)
    for chain in chains:
        for one, other in pairwise(chain):
            sets.join(one, other)


def _utilities_that_bind(index: Index) -> set[str]:
    """Utilities of which all activities together might draw more than there is at some time."""
    asked: dict[str, int] = defaultdict(int)
    for activity in index.activities.values():
        for draw in activity.draws:
            asked[draw.utility] += draw.amount * activity.most_parts
    return {
        name for name, total in asked.items() if total > min(x.amount for x in index.utilities[name].levels)
    }


class _Sets:
    """Disjoint sets of names, joined step by step; names that are not in them are passed over."""

    def __init__(self, names: Iterable[str]) -> None:
        self._parent = {name: name for name in names}

    def _root(self, name: str) -> str:
        while self._parent[name] != name:
            self._parent[name] = self._parent[self._parent[name]]
            name = self._parent[name]
        return name

    def join(self, one: str, other: str) -> None:
        if one in self._parent and other in self._parent:
            self._parent[self._root(one)] = self._root(other)

    def all(self) -> list[list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for name in self._parent:
            found[self._root(name)].append(name)
        return sorted(found.values(), key=lambda names: (-len(names), names))
