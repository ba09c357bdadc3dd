"""The search for the repair that takes least: what is out of place, with ever more of what is around it."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass

from solver.repairs.least import least_toll
from solver.repairs.model import Proposal, RepairModel
from solver.repairs.near import Near, core_of, standing
from solver.repairs.toll import Toll, Tolls, people_of, stands
from solver.search.construct import Chooser, fill
from solver.search.order import before_first, ordered
from solver.search.watch import Watch
from solver.solution import Assignment, Options
from solver.state.index import Index
from solver.verification.verify import verify

TINY = 30
"""Most activities of which all are placed anew in one model, up to a proven answer."""

_WAIT_SECONDS = 0.05
_GRACE_SECONDS = 0.3
_ROUND_SECONDS = 4.0
_ROUND_EFFORT = 0.3
_FIRST_SIZE = 12
_GROW, _SHRINK = 1.25, 0.8
_FILL_SHARE = 0.12
_MOST_FILLED = 60

Rank = tuple[Toll, float]
"""The toll, then how far the objective of the problem is below 0: the smaller the better."""


@dataclass(frozen=True, slots=True)
class _Pending:
    model: RepairModel
    free: list[str]
    size: int


class Search:
    """One repair.

    Parameters
    ----------
    told
        Called whenever there is a better repair.

    Attributes
    ----------
    state
        The best repair so far.
    proven
        Whether there is none better.
    """

    def __init__(
        self, index: Index, options: Options, watch: Watch, executor: Executor, told: Callable[[], None]
    ) -> None:
        self._index = index
        self._options = options
        self._watch = watch
        self._executor = executor
        self._told = told
        self._rng = random.Random(options.seed)
        self._tolls = Tolls(index.problem)
        self._near = Near(index, core_of(index), self._rng)
        self._movable = [name for name, activity in index.activities.items() if activity.pin is None]
        self._left = options.max_rounds
        self.state = standing(index)
        self._least = least_toll(index, self._tolls)
        self.proven = False

    def run(self) -> None:
        """Look until nothing is out of place, until the answer is proven, or until the time is up."""
        self._told()
        tiny = len(self._movable) <= TINY
        end = self._watch.left() * _FILL_SHARE
        if self._near.core:
            self._first()
            self._improve(lambda: self._watch.left() <= end, small=tiny)
        self._fill()
        if tiny and self._movable:
            self._whole()

    # Rank

    def rank(self) -> Rank:
        """How good the state is."""
        return self._tolls.of(self.state.placed), -self.state.objective()

    def out(self) -> list[str]:
        """Activities that are not placed though they should be, or do not stand as before."""
        return [name for name in self._near.core if self._is_out(name)]

    def _is_out(self, name: str) -> bool:
        activity = self._index.activities[name]
        if name not in self.state.placed:
            return bool(activity.previous) or activity.mandatory
        parts = self.state.placed[name]
        if not activity.previous:
            return False
        return not stands(activity, parts) or bool(people_of(activity.previous) - people_of(parts))

    # Search

    def _first(self) -> None:
        """Find places for what is displaced between all that stays."""
        out = self.out()
        if out and not self._watch.over():
            free = self._near.whole(self.state, out)
            self._take(self._run(self._model(free)).parts, free)

    def _improve(self, over: Callable[[], bool], *, small: bool) -> None:
        """Neighbourhood after neighbourhood, as many at a time as there are workers."""
        size = float(_FIRST_SIZE)
        pending: dict[Future[Proposal], _Pending] = {}
        done_all = False
        while True:
            while len(pending) < self._options.workers and not done_all:
                if self._watch.over() or over() or self._left == 0:
                    break
                targets = self._targets()
                if not targets or self._tolls.of(self.state.placed) <= self._least:
                    break
                free = self._near.pick(self.state, self._rng.choice(targets), self.out(), int(size))
                model = self._model(free)
                pending[self._executor.submit(model.run)] = _Pending(model, free, int(size))
                if self._left is not None:
                    self._left -= 1
            if not pending:
                return
            done = self._wait({future: waiting.model for future, waiting in pending.items()})
            if self._late():
                return
            for future in done:
                waiting = pending.pop(future)
                answer = future.result()
                better = self._take(answer.parts, waiting.free)
                if better:
                    size = max(_FIRST_SIZE, size * _SHRINK)
                else:
                    size *= _GROW if answer.proven else _SHRINK
                size = min(max(size, 6.0), len(self._near.core))
                if answer.proven and not better and set(self._near.core) <= set(waiting.free):
                    done_all = True

    def _targets(self) -> list[str]:
        """What to look around: what has no place, else what is not where it was."""
        out = self.out()
        left = [name for name in out if name not in self.state.placed]
        return left if left and self._rng.random() < 0.75 else out

    def _fill(self) -> None:
        """Requests that were not published fill in what is free."""
        fill(self.state, ordered(self._index, "density"), Chooser(self._index), self._watch.over)
        self._told()
        kept = {name for name in self._near.core if name in self.state.placed}
        rest = [a.id for a in ordered(self._index, "density") if a.id not in kept]
        while rest and not self._watch.over() and self._left != 0:
            # Some that have no place with some that have one.
            some, rest = rest[:_MOST_FILLED], rest[_MOST_FILLED:]
            free = [name for name in self._near.whole(self.state, some) if name not in kept]
            if self._left is not None:
                self._left -= 1
            self._take(self._run(self._model(free, own=True)).parts, free)

    def _whole(self) -> None:
        """The whole problem as one model, the objective of the problem last."""
        if self._watch.over() or self._left == 0:
            return
        effort = None if self._left is None else self._left * _ROUND_EFFORT
        answer = self._run(self._model(self._movable, own=True, exact=True, effort=effort))
        taken = self._take(answer.parts, self._movable)
        # What the state refused may be better than what it holds.
        self.proven = answer.proven and (taken or self._is_as_good(answer.parts))

    def _is_as_good(self, proposed: dict[str, list[Assignment]] | None) -> bool:
        """Whether the state is no worse than what it was offered."""
        pinned = {n: p for n, p in self.state.placed.items() if self._index.activities[n].pin is not None}
        facts = [part for parts in [*pinned.values(), *(proposed or {}).values()] for part in parts]
        offered = verify(self._index.problem, facts).objective
        toll = self._tolls.of({**pinned, **(proposed or {})})
        return self.rank() <= (toll, -offered + 1e-6)

    # One model

    def _model(
        self,
        free: Sequence[str],
        *,
        own: bool = False,
        exact: bool = False,
        effort: float | None = _ROUND_EFFORT,
    ) -> RepairModel:
        """Model of some activities against the rest; the state is left as it was."""
        old = {name: self.state.remove(name) for name in free if name in self.state.placed}
        seconds = self._watch.left()
        if effort is not None and self._options.max_rounds is None:
            seconds = min(_ROUND_SECONDS, seconds)
        model = RepairModel(
            self.state,
            free,
            old,
            own=own,
            exact=exact,
            seconds=seconds,
            effort=effort,
            workers=self._options.workers if exact else 1,
            seed=self._rng.randrange(1 << 30),
        )
        for parts in old.values():
            for part in parts:
                self.state.hold(part)
        return model

    def _run(self, model: RepairModel) -> Proposal:
        """Run one model alone."""
        future = self._executor.submit(model.run)
        while not self._wait({future: model}):
            if self._late():
                return Proposal(None, 0.0, False)
        return future.result()

    def _wait(self, running: dict[Future[Proposal], RepairModel]) -> set[Future[Proposal]]:
        """Wait a moment for one to be done; stop all when it is time to end."""
        done, _ = wait(running, _WAIT_SECONDS, return_when=FIRST_COMPLETED)
        if self._watch.over():
            for model in running.values():
                model.stop()
        return done

    def _late(self) -> bool:
        """Whether to leave without waiting for what still runs."""
        return self._watch.over() and (self._watch.stopped or self._watch.late() > _GRACE_SECONDS)

    def _take(self, proposed: dict[str, list[Assignment]] | None, free: Sequence[str]) -> bool:
        """Place what CP-SAT proposes, rule by rule; go back if that is no better than before."""
        if proposed is None:
            return False
        state, before = self.state, self.rank()
        old = dict(state.placed)
        for name in free:
            if name in state.placed:
                state.remove(name)
        for name in before_first(self._index, sorted(proposed)):
            if name in proposed:
                state.insert(self._index.activities[name], proposed[name])
        touched = set(free)
        while broken := state.incomplete():
            touched.update(broken)
            for name in broken:
                state.remove(name)
        if self.rank() < (before[0], before[1] - 1e-9):
            self._told()
            return True
        state.restore(touched, old)
        return False
