"""Where a repair starts, and which bookings to look at together."""

import random
from collections.abc import Collection, Iterable
from dataclasses import replace

from solver.problem import Activity, Pin
from solver.repairs.toll import people_of
from solver.search.order import before_first
from solver.solution import Assignment
from solver.state.competition import span, things
from solver.state.index import Index, length
from solver.state.state import State
from solver.verification.verify import verify


def standing(index: Index) -> State:
    """What is pinned, and what was published and can stay, with other people where need be."""
    state = State(index)
    unnamed = _pin_named(state)
    for activity in unnamed:
        if (pin := activity.pin) is not None:
            # Its place is taken; who works on it is chosen once those who were published have theirs.
            state.hold(Assignment(activity.id, 1, pin.mode, pin.start, pin.duration))
    before = {a.id: old_parts(a) for a in index.activities.values() if a.previous and a.pin is None}
    names = before_first(index, sorted(before, key=lambda name: (-index.activities[name].value, name)))
    names = [name for name in names if name in before]
    for name in names:
        activity, parts = index.activities[name], before[name]
        # Whoever can stay on what they are on does: only then are others given out.
        if all(_admits(state, activity, part) for part in parts):
            state.insert(activity, parts)
    for activity in unnamed:
        if (pin := activity.pin) is not None:
            _name(state, activity, pin)
    for name in names:
        if name not in state.placed:
            state.insert(index.activities[name], before[name])
    if index.changeovers_are_strict():
        for name in names:
            if name not in state.placed:
                _hold_if_allowed(state, before[name])
    while broken := state.incomplete():
        for name in broken:
            state.remove(name)
    return state


def _admits(state: State, activity: Activity, part: Assignment) -> bool:
    """Whether those who were on a part can be on it again; its mode may be gone."""
    mode = state.index.modes[activity.id].get(part.mode)
    return mode is not None and state.crew.admits(activity, mode, part.start, part.duration, part.people)


def old_parts(activity: Activity) -> list[Assignment]:
    """Where an activity stood before, part by part."""
    pins = sorted(activity.previous, key=lambda pin: pin.start)
    return [
        Assignment(activity.id, number, pin.mode, pin.start, pin.duration, pin.people or ())
        for number, pin in enumerate(pins, start=1)
    ]


def _pin_named(state: State) -> list[Activity]:
    """Place what is pinned with people that are named, or that can be those of before; return the rest."""
    unnamed: list[Activity] = []
    pinned = [a for a in state.index.activities.values() if a.pin is not None]
    for activity in sorted(pinned, key=lambda a: a.pin is None or a.pin.people is None):
        pin = activity.pin
        if pin is None:
            continue
        if pin.people is not None or not activity.needs:
            state.pin(activity, pin)
        elif not _hold_with_old_names(state, activity, pin):
            unnamed.append(activity)
    return unnamed


def _hold_with_old_names(state: State, activity: Activity, pin: Pin) -> bool:
    """Place a pinned activity with those who were on it, if they can, also where it is moved."""
    before = sorted(activity.previous, key=lambda old: (old.start, old.duration, old.mode) != _place(pin))
    old = next(iter(before), None)
    if old is None or old.people is None:
        return False
    part = Assignment(activity.id, 1, pin.mode, pin.start, pin.duration, old.people)
    found = verify(state.index.problem, [part]).violations
    busy = [
        other
        for parts in state.placed.values()
        for other in parts
        if {name for names in other.people for name in names} & {n for names in part.people for n in names}
    ]
    found += verify(state.index.problem, [*busy, part]).violations if busy else ()
    if any(violation.subject == activity.id and violation.rule != "pin" for violation in found):
        return False
    together = verify(state.index.problem, busy).violations if busy else ()
    if {(v.rule, v.subject) for v in found if v.rule != "pin"} - {(v.rule, v.subject) for v in together}:
        return False
    state.hold(part)
    return True


def _place(pin: Pin) -> tuple[int, int, str]:
    return pin.start, pin.duration, pin.mode


def _name(state: State, activity: Activity, pin: Pin) -> None:
    """Give people to what is pinned: whoever is free; if nobody is, someone is taken off a booking."""
    if _choose(state, activity, pin):
        return
    end = pin.start + length(activity, pin.duration)
    able = {person for need in activity.needs for person in state.index.qualified.get(need.qualification, ())}
    out: dict[str, list[Assignment]] = {}
    for name in sorted(state.placed, key=lambda name: (state.index.activities[name].value, name)):
        parts, other = state.placed[name], state.index.activities[name]
        if other.pin is not None or not (state.start(name) < end and pin.start < state.end(name)):
            continue
        if able & (people_of(parts) | set(other.participants)):
            out[name] = state.remove(name)
            if _choose(state, activity, pin):
                break
    else:
        state.remove(activity.id)
    for name, parts in out.items():
        state.insert(state.index.activities[name], parts)


def _choose(state: State, activity: Activity, pin: Pin) -> bool:
    """Put people on what is held already without any, if there are enough."""
    mode = state.index.modes[activity.id][pin.mode]
    people = state.crew.choose(activity, mode, pin.start, pin.duration, pinned=True)
    if people is None:
        return False
    state.placed[activity.id] = [replace(state.placed[activity.id][0], people=people)]
    for need, names in zip(activity.needs, people, strict=True):
        on_duty = state.index.calendar.named(activity, mode, need, names, pin.start, pin.duration)
        for person, piece in on_duty:
            state.crew.hold(person, piece, duty=True)
    return True


def _hold_if_allowed(state: State, parts: list[Assignment]) -> None:
    """Leave in place what the search would not put there, for it keeps more distance than the rules ask."""
    problem, held = state.index.problem, state.assignments()
    known = {(v.rule, v.subject, v.message) for v in verify(problem, held).violations}
    found = {(v.rule, v.subject, v.message) for v in verify(problem, [*held, *parts]).violations}
    # Asked before it is held: what overlaps could not be taken out again without harm.
    if all(rule == "chain" for rule, _, _ in found - known):
        for part in parts:
            state.hold(part)


_WEIGHTS = {"r": 3.0, "q": 1.0, "u": 0.5, "g": 3.0, "p": 3.0, "-": 1.0}
"""How much it tells of two activities that they could hold the same: mostly resources are short."""


class Near:
    """Finds what competes with an activity, nearest first.

    Parameters
    ----------
    core
        The activities that may be found.
    """

    def __init__(self, index: Index, core: Iterable[str], rng: random.Random) -> None:
        self._index = index
        self._rng = rng
        self.core = [name for name in core if index.activities[name].pin is None]
        self._things = {name: things(index, name, utilities=True) or frozenset({"-"}) for name in self.core}
        self._span = {name: span(index, name) for name in self.core}

    def pick(self, state: State, target: str, out: Collection[str], size: int) -> list[str]:
        """`target`, what is out of place, and what is nearest to a tick at which the target could run."""
        start, end = self._span[target]
        before = self._index.activities[target].previous
        focus = self._rng.randrange(start, max(end, start + 1))
        if before and self._rng.random() < 0.5:
            focus = self._rng.choice(before).start
        mine = self._things[target]
        most = sum(_WEIGHTS[thing[0]] for thing in mine)
        found: list[tuple[bool, float, str]] = []
        scale = self._index.horizon / 40
        for name in self.core:
            common = sum(_WEIGHTS[thing[0]] for thing in mine & self._things[name])
            if name == target or name in out or name not in state.placed:
                continue
            gap = max(state.start(name) - focus, focus - state.end(name), 0) + self._rng.random() * scale
            # Those that share nothing with it may stand in the way of those that stand in its way.
            found.append((not common, gap / (0.3 + common / most), name))
        near = [name for _, _, name in sorted(found)[:size]]
        return self.whole(state, [target, *out, *near])

    def whole(self, state: State, names: Iterable[str]) -> list[str]:
        """With them the rest of their chains, and what would have to be placed before them."""
        index = self._index
        found: dict[str, None] = {}
        stack = list(names)[::-1]
        while stack:
            name = stack.pop()
            if name in found or index.activities[name].pin is not None:
                continue
            found[name] = None
            stack += index.chains.get(name, [])
            stack += [lag.before for lag in index.before[name] if lag.before not in state.placed]
        return list(found)


def core_of(index: Index) -> list[str]:
    """Published and mandatory activities, and what these cannot be placed without."""
    found: dict[str, None] = {}
    stack = [a.id for a in index.activities.values() if a.previous or a.mandatory][::-1]
    while stack:
        name = stack.pop()
        if name in found:
            continue
        found[name] = None
        stack += index.chains.get(name, [])
        stack += [lag.before for lag in index.before[name]]
    return list(found)
