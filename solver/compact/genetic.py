"""Two populations of schedules, one pushed to the left and one to the right, bred from each other.

Notes
-----
After Debels and Vanhoucke (2007), A decomposition-based genetic algorithm for the resource-constrained
project-scheduling problem, Operations Research 55, 457-469: the order of the starts in a schedule is
its genetic code, and building the child of two left-justified schedules from the right justifies it.
"""

import random
from collections.abc import Callable, Sequence

from solver.compact.generate import Built, Generator
from solver.compact.lean import Lean

_SIZE = 40
_PATIENCE = 60
"""Generations without anything better after which all but the best begins anew."""


class Genetic:
    """A search over the orders of a lean problem.

    Parameters
    ----------
    stop
        Asked before each schedule whether to end.

    Attributes
    ----------
    best
        The schedule that ends first, in plain time; None until there is one.
    """

    def __init__(self, lean: Lean, rng: random.Random, stop: Callable[[], bool]) -> None:
        self.lean = lean
        self.best: Built | None = None
        self._rng = rng
        self._stop = stop
        self._forward = Generator(lean)
        self._sides = [self._forward]
        if lean.steady:
            self._sides.append(Generator(lean, backwards=True))
        self._populations: list[list[Built]] = [[] for _ in self._sides]
        self._poor = 0

    def start(self, keys: Sequence[float]) -> None:
        """Build the first population: one in the order of `keys`, the others at random."""
        self._fill([list(keys)])

    def _fill(self, given: list[list[float]]) -> None:
        side = self._populations[0]
        lean, rng = self.lean, self._rng
        count = len(lean.names)
        for keys in given:
            self._add(side, self._build(0, keys))
        tails = self._tails()
        tries = 0
        while len(side) < _SIZE and not self._stop() and tries < 4 * _SIZE:
            tries += 1
            noise = rng.random()
            keys = [-tails[a] * (1 + noise * (rng.random() - 0.5)) for a in range(count)]
            self._add(side, self._build(0, keys))

    def _tails(self) -> list[float]:
        """For each activity the longest path from its start to the end."""
        lean = self.lean
        tails = [float(ticks) for ticks in lean.ticks]
        for a in reversed(range(len(tails))):
            tails[a] += max([0.0, *(tails[c] + lag for c, lag in lean.after[a])])
        return tails

    def take(self, starts: Sequence[int]) -> None:
        """Breed from a schedule that was found elsewhere as well."""
        built = self._build(0, [float(start) for start in starts])
        if built is not None and self._populations[0]:
            worst = max(range(len(self._populations[0])), key=lambda i: self._populations[0][i].end)
            self._populations[0][worst] = built

    def begin_anew(self) -> None:
        """Forget all schedules but the best one."""
        self._restart()

    def variant(self, base: Built, tries: int) -> Built:
        """Another schedule that ends no later than `base`, or that one if there is none in so many tries."""
        rng = self._rng
        for _ in range(tries):
            reach = rng.uniform(0.02, 0.15) * base.end
            found: Built | None = base
            for side in [1, 0] if self.lean.steady else [0]:
                if found is None:
                    break
                turned = self._turned(found, self.lean.steady)
                keys = [start + rng.uniform(-reach, reach) for start in turned]
                found = self._build(side, keys)
            if found is not None and found.end <= base.end:
                return found
        return base

    def generation(self) -> bool:
        """One generation of each population; whether the best became better."""
        before = self.best.end if self.best is not None else None
        for side in range(len(self._sides)):
            self._breed(side, (side + 1) % len(self._sides))
        better = self.best is not None and (before is None or self.best.end < before)
        self._poor = 0 if better else self._poor + 1
        if self._poor > _PATIENCE:
            self._restart()
        return better

    def _restart(self) -> None:
        self._poor = 0
        for population in self._populations:
            population.clear()
        given: list[list[float]] = []
        if self.best is not None and self._rng.random() < 0.5:
            given = [[float(start) for start in self.best.starts]]
        self._fill(given)

    def _breed(self, origin: int, target: int) -> None:
        parents, children = self._populations[origin], self._populations[target]
        coded = [self._turned(built, origin != target) for built in parents]
        size = len(parents)
        if size < 2:
            return
        born = []
        for number in range(size):
            if self._stop():
                break
            mother = self._tournament(parents, number)
            keys = self._cross(coded[number], coded[mother])
            child = self._build(target, keys)
            if child is not None:
                born.append(child)
        if target == origin:
            ranked = sorted((*parents, *born), key=lambda built: built.end)
            children[:] = ranked[:size]
        elif len(children) < size:
            children[:] = born
        else:
            self._replace(children, born)

    def _replace(self, children: list[Built], born: list[Built]) -> None:
        best = min(range(len(children)), key=lambda i: children[i].end)
        for number, child in enumerate(born):
            if number != best or child.end <= children[number].end:
                children[number] = child

    def _turned(self, built: Built, turn: bool) -> list[int]:
        """Starts, in time that runs the other way if `turn`."""
        if not turn:
            return built.starts
        end = built.end
        return [end - start - ticks for start, ticks in zip(built.starts, self.lean.ticks, strict=True)]

    def _tournament(self, parents: Sequence[Built], besides: int) -> int:
        rng, size = self._rng, len(parents)
        one, other = int(rng.random() * size), int(rng.random() * size)
        chosen = one if parents[one].end <= parents[other].end else other
        return chosen if chosen != besides else (chosen + 1) % size

    def _cross(self, father: Sequence[int], mother: Sequence[int]) -> list[float]:
        """The father's order in a stretch of time, the mother's before and after it."""
        rng = self._rng
        span = max(father) + 1
        share = 0.25 + 0.5 * rng.random()
        first = rng.random() * (1 - share) * span
        last = first + share * span
        far = 4.0 * self.lean.horizon
        keys = [
            m - far if f < first else (m + far if f > last else f)
            for f, m in zip(father, mother, strict=True)
        ]
        if rng.random() < 0.5:
            self._mutate(keys, span)
        return keys

    def _mutate(self, keys: list[float], span: int) -> None:
        rng, count = self._rng, len(keys)
        for _ in range(1 + count // 30):
            one = int(rng.random() * count)
            keys[one] += (rng.random() - 0.5) * 0.3 * span

    def _build(self, side: int, keys: Sequence[float]) -> Built | None:
        generator = self._sides[side]
        built = generator.build(generator.in_order(keys))
        if built is not None and (self.best is None or built.end < self.best.end):
            self.best = built if side == 0 else self._forwards(built)
        return built

    def _forwards(self, built: Built) -> Built:
        return Built(built.end, self._turned(built, True), built.people)

    def _add(self, population: list[Built], built: Built | None) -> None:
        if built is not None:
            population.append(built)
