"""Quick improvement: take some activities out and put them back greedily in another order.

A round takes milliseconds and finds what is easy; CP-SAT then has the hard part left.

Notes
-----
Ruin and recreate as in Schrimpf, Schneider, Stamm-Wilbrandt and Dueck (2000), Record breaking
optimization results using the ruin and recreate principle, Journal of Computational Physics 159.
"""

import math
import random
from collections.abc import Callable, Iterable

from solver.search.construct import Chooser, fill
from solver.search.neighbourhoods import Neighbourhoods
from solver.search.order import before_first
from solver.state.index import Index, length
from solver.state.state import State

_SIZES = (6.0, 10.0, 16.0)
_BURST = 50

_KICK_SIZES = (20.0, 30.0)
_KICK_ROUNDS = 20
_HEAT = 0.5
"""Temperature of a kick, in units of what a placed activity is worth on average."""


class Ruin:
    """Rounds of ruin and recreate on one state: bursts never make it worse, kicks may."""

    def __init__(self, index: Index, rng: random.Random) -> None:
        self._index = index
        self._rng = rng
        self._sizes: tuple[float, ...] = _SIZES
        self._picker = Neighbourhoods(index, rng, _SIZES[0])
        self._choosers = (Chooser(index), Chooser(index, spare=True))
        self._ticks = {name: _least_ticks(index, name) for name in index.activities}

    def burst(self, state: State, stop: Callable[[], bool]) -> float:
        """Some rounds; return by which share of the objective the schedule is better."""
        before = (state.mandatory(), state.objective())
        rank = before
        for _ in range(_BURST):
            if stop():
                break
            rank = self._round(state, rank)
        if rank[0] > before[0]:
            return 1.0
        return (rank[1] - before[1]) / max(1.0, abs(before[1]))

    def kick(self, state: State, offer: Callable[[State], object], stop: Callable[[], bool]) -> None:
        """Some rounds that may make it a little worse, to leave a local optimum behind.

        Notes
        -----
        Accepted as in simulated annealing at one temperature (Kirkpatrick, Gelatt and Vecchi, 1983,
        Optimization by simulated annealing, Science 220); never with fewer mandatory activities.
        """
        values = [self._index.activities[name].value for name in state.placed]
        heat = _HEAT * sum(values) / max(1, len(values))
        self._sizes = _KICK_SIZES
        for _ in range(_KICK_ROUNDS):
            if stop():
                break
            loss = -heat * math.log(1.0 - self._rng.random())
            self._round(state, (state.mandatory(), state.objective() - loss))
            offer(state)
        self._sizes = _SIZES

    def _round(self, state: State, rank: tuple[int, float]) -> tuple[int, float]:
        _, free = self._picker.pick(state, (), self._rng.choice(self._sizes))
        out = self._with_followers(state, free)
        old = {name: state.remove(name) for name in out}
        names = self._order(dict.fromkeys([*free, *out]))
        chooser = self._rng.choice(self._choosers)
        fill(state, [self._index.activities[name] for name in names], chooser)
        new = (state.mandatory(), state.objective())
        if new >= (rank[0], rank[1] - 1e-9):
            return new
        chains = (member for name in names for member in self._index.chains.get(name, ()))
        state.restore({*old, *names, *chains}, old)
        return rank

    def _with_followers(self, state: State, names: Iterable[str]) -> list[str]:
        """Those of the names that are placed, with all that stands on them."""
        out: dict[str, None] = {}
        stack = [name for name in names if name in state.placed]
        while stack:
            name = stack.pop()
            if name in out or self._index.activities[name].pin is not None:
                continue
            out[name] = None
            chain = self._index.chains.get(name, ())
            after = [lag.after for lag in self._index.after[name]]
            stack += [other for other in [*after, *chain] if other in state.placed]
        return list(out)

    def _order(self, names: Iterable[str]) -> list[str]:
        """An order near that of value, or of value a tick; mandatory ones first."""
        by_density = self._rng.random() < 0.6
        keys = {}
        for name in names:
            activity = self._index.activities[name]
            good: float = activity.value
            if by_density:
                good /= self._ticks[name]
            keys[name] = (not activity.mandatory, -good * (0.6 + 0.8 * self._rng.random()), name)
        wanted = set(keys)
        return [
            name for name in before_first(self._index, sorted(keys, key=keys.__getitem__)) if name in wanted
        ]


def _least_ticks(index: Index, name: str) -> int:
    """Ticks of all its resources that the activity takes in the mode that takes least."""
    activity = index.activities[name]
    ticks = (length(activity, index.wish(activity, m)) * max(1, len(m.resources)) for m in activity.modes)
    return max(1, min(ticks, default=1))
