"""Which activities to take out and place anew: those that compete for the same things."""

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain

from solver.state.competition import span, things
from solver.state.index import Index, length
from solver.state.state import State

_SMALLEST, _LARGEST = 12, 120
_FORGET = 0.9
_GROW, _SHRINK = 1.05, 0.93
_OVERHEAD = 0.03
"""About the deterministic time that it takes to make a model."""

_REACH = 8.0
"""Within so many times the length of a usual activity from the focus candidates are looked for."""


class Neighbourhoods:
    """Chooses neighbourhoods, more often the kinds that have brought most of late.

    Attributes
    ----------
    size
        About how many activities to free in the neighbourhood that is chosen.
    sizes
        The same for each kind: it grows while CP-SAT proves its answers, and shrinks while it runs
        out of time. Some kinds are much harder than others.
    """

    def __init__(self, index: Index, rng: random.Random, size: float) -> None:
        self._index = index
        self._rng = rng
        self.size = size
        self._kinds: dict[str, Callable[[State], list[str]]] = {
            "left out": self._left_out,
            "short": self._short,
            "place": self._place,
            "time": self._time,
            "any": self._any,
        }
        self.sizes = dict.fromkeys(self._kinds, size)
        self._weights = dict.fromkeys(self._kinds, 1.0)
        self._taken: Collection[str] = ()
        self._movable = [name for name, activity in index.activities.items() if activity.pin is None]
        self._elastic = [name for name in self._movable if _is_elastic(index, name)]
        self._things = {name: things(index, name) for name in self._movable}
        self._span = {name: span(index, name) for name in self._movable}
        lengths = sorted(
            min(length(a, index.wish(a, mode)) for mode in a.modes)
            for a in (index.activities[name] for name in self._movable)
        )
        self._usual = lengths[len(lengths) // 2] if lengths else 1
        self._near_by = _Near(self._things, self._span, max(1, round(_REACH * self._usual)))

    def pick(self, state: State, taken: Collection[str], size: float | None = None) -> tuple[str, list[str]]:
        """A kind of neighbourhood, and the activities to free; none of them is in `taken`.

        They are about `size`, or as many as that kind stands at.
        """
        self._taken = taken
        kinds = list(self._kinds)
        kind = self._rng.choices(kinds, [self._weights[k] for k in kinds])[0]
        self.size = size or self.sizes[kind]
        names = self._kinds[kind](state)
        if not names:
            kind, self.size = "any", size or self.sizes["any"]
            names = self._any(state)
        return kind, self._whole(state, names, taken)

    def learn(self, kind: str, gain: float, effort: float, *, proven: bool) -> None:
        """Take note of what a neighbourhood brought, as a share of the objective, for its effort."""
        reward = min(10.0, 100 * max(0.0, gain) / (effort + _OVERHEAD)) + 0.1
        self._weights[kind] = _FORGET * self._weights[kind] + (1 - _FORGET) * reward
        self.sizes[kind] = min(max(self.sizes[kind] * (_GROW if proven else _SHRINK), _SMALLEST), _LARGEST)

    def _whole(self, state: State, names: Iterable[str], taken: Collection[str]) -> list[str]:
        """With them the rest of their chains, and what would have to be placed before them."""
        found: dict[str, None] = {}
        stack = list(names)[::-1]
        while stack:
            name = stack.pop()
            if name in found or name in taken or self._index.activities[name].pin is not None:
                continue
            found[name] = None
            stack += self._index.chains.get(name, [])
            stack += [lag.before for lag in self._index.before[name] if lag.before not in state.placed]
        return list(found)

    def _free(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if name not in self._taken]

    def _left_out(self, state: State) -> list[str]:
        """Around an activity that has no place."""
        left = self._free(name for name in self._movable if name not in state.placed)
        if not left:
            return []
        values = [self._index.activities[name].value + 1e-6 for name in left]
        return self._around(state, self._rng.choices(left, values)[0])

    def _short(self, state: State) -> list[str]:
        """Around an activity that is placed with less than its wish."""
        short = [name for name in self._elastic if name in state.placed and self._missing(state, name)]
        short = self._free(short)
        return self._around(state, self._rng.choice(short)) if short else []

    def _place(self, state: State) -> list[str]:
        """Around an activity that has a place."""
        placed = self._free(name for name in self._movable if name in state.placed)
        return self._around(state, self._rng.choice(placed)) if placed else []

    def _time(self, state: State) -> list[str]:
        """Whatever could run at one time."""
        return self._near(state, self._rng.randrange(self._index.horizon), None)

    def _any(self, state: State) -> list[str]:
        """Some of all; of very many those that could run within some days of each other."""
        movable = self._free(self._movable)
        if len(movable) > _LARGEST * 4:
            focus = self._rng.choice(movable)
            movable = self._free(self._near_by.at(self._rng.randrange(*self._span[focus])))
        return self._rng.sample(movable, min(len(movable), int(self.size)))

    def _around(self, state: State, name: str) -> list[str]:
        start, end = self._span[name]
        if name in state.placed:
            start, end = state.start(name), state.end(name)
        focus = self._rng.randrange(start, max(end, start + 1))
        near = self._near(state, focus, self._things[name])
        return [name, *(other for other in near if other != name)]

    def _near(self, state: State, focus: int, things: frozenset[str] | None) -> list[str]:
        """Those that share something with `things` and lie nearest to a tick; some have no place."""
        size = int(self.size)
        placed: list[tuple[float, str]] = []
        left: list[tuple[float, str]] = []
        scale = 2.0 * self._usual
        random_number = self._rng.random
        for name in self._near_by.sharing(focus, things, 2 * size):
            if name in self._taken:
                continue
            shared = 1.0
            if things is not None:
                shared = len(things & self._things[name]) / len(things)
            noise = random_number() * scale
            if name in state.placed:
                gap = max(state.start(name) - focus, focus - state.end(name), 0)
                placed.append(((gap + noise) / (0.3 + shared), name))
            else:
                start, end = self._span[name]
                gap = max(start - focus, focus - end, 0)
                left.append(((gap + 3 * noise) / (0.3 + shared), name))
        chosen = sorted(placed)[: max(size * 2 // 3, size - len(left))]
        return [name for _, name in [*chosen, *sorted(left)[: size - len(chosen)]]]

    def _missing(self, state: State, name: str) -> bool:
        parts = state.placed[name]
        activity = self._index.activities[name]
        mode = self._index.modes[name][parts[0].mode]
        return sum(part.duration for part in parts) < self._index.wish(activity, mode)


class _Near:
    """Finds activities by what they could hold and when they could run, without looking at all."""

    def __init__(
        self, things: dict[str, frozenset[str]], spans: dict[str, tuple[int, int]], bucket: int
    ) -> None:
        self._bucket = bucket
        self._all = list(things)
        self._order = {name: number for number, name in enumerate(self._all)}
        self._times: dict[int, set[str]] = defaultdict(set)
        self._by_thing: dict[str, set[str]] = defaultdict(set)
        for name, (start, end) in spans.items():
            for number in range(start // bucket, (end - 1) // bucket + 1):
                self._times[number].add(name)
        for name, held in things.items():
            for thing in held:
                self._by_thing[thing].add(name)

    def at(self, focus: int) -> list[str]:
        """Those that could run about a tick."""
        return self._in_order(self._times[focus // self._bucket])

    def sharing(self, focus: int, things: Iterable[str] | None, enough: int) -> Sequence[str]:
        """Those that could hold one of the things about a tick; later and earlier ones if these are few."""
        middle = focus // self._bucket
        near = self._times[middle] | self._times[middle - 1] | self._times[middle + 1]
        if things is None:
            found = near
            if len(found) < enough:
                return self._all
        else:
            held = list(things)
            found = set(chain.from_iterable(self._by_thing[thing] & near for thing in held))
            if len(found) < enough:
                found = set(chain.from_iterable(self._by_thing[thing] for thing in held))
        return self._in_order(found)

    def _in_order(self, names: set[str]) -> list[str]:
        """As in the problem: the order of a set differs from run to run."""
        return sorted(names, key=self._order.__getitem__)


def _is_elastic(index: Index, name: str) -> bool:
    activity = index.activities[name]
    return any(index.least(activity, mode) < index.wish(activity, mode) for mode in activity.modes)
