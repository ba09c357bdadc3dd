"""The search: greedy schedules, then one model if the problem is small, else many neighbourhoods."""

import random
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Any

from solver.bounds.alone import alone
from solver.compact.compact import compact
from solver.model.model import Model
from solver.problem import Activity
from solver.search.construct import Chooser, fill, place_pinned
from solver.search.neighbourhoods import Neighbourhoods
from solver.search.order import ordered
from solver.search.proof import Proof
from solver.search.rounds import Round
from solver.search.ruin import Ruin
from solver.search.watch import Watch
from solver.solution import Assignment, Options
from solver.state.index import Index
from solver.state.state import State

_TINY, _SMALL = 60, 100
"""Most activities that are solved as one model, and that are tried as one before neighbourhoods."""

_MONOLITH_SHARE = 0.3
_PROOF_SHARE, _PROOF_SECONDS = 0.2, 4.5

_WAIT_SECONDS = 0.05
_GRACE_SECONDS = 0.3
_ROUND_SECONDS = 4.0
_ROUND_EFFORT = 0.08
_FIRST_SIZE = 30.0

_STALL, _STALLED_ROUNDS, _ROUND_OVERHEAD = 0.15, 12, 0.01
"""Effort and rounds without any gain after which a kick follows; what a round counts besides its effort."""

_FAR = 0.004
"""From so much worse than the best, as a share, the search goes back to it."""

_TOLERANCE = 1e-9

_RUIN_SHARE = 0.15
_LEAST_GAIN = 2e-4
_PATIENCE = 4
_MOST_BURSTS = 100


def search(
    index: Index,
    options: Options,
    watch: Watch,
    state: State,
    executor: Executor | None,
) -> None:
    """Leave the best schedule that is found from `state` on with `watch`."""
    watch.lower_bound_to(state.ledger.base() + sum(alone(index, watch.told).values()))
    if watch.over() or options.max_rounds == 0:
        return
    if executor is not None:
        _Search(index, options, watch, executor, state).run()
        return
    threads = ThreadPoolExecutor(options.workers, "solve")
    try:
        _Search(index, options, watch, threads, state).run()
    finally:
        # Not waited for: whoever said stop gets the answer while CP-SAT still folds up.
        threads.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class _Pending:
    round: Round
    kind: str
    free: list[str]


class _Search:
    def __init__(
        self, index: Index, options: Options, watch: Watch, executor: Executor, state: State
    ) -> None:
        self._index = index
        self._options = options
        self._watch = watch
        self._executor = executor
        self._state = state
        self._rng = random.Random(options.seed)
        self._chooser = Chooser(index)
        self._place_in_order = {a.id: number for number, a in enumerate(ordered(index, "value"))}
        self._movable = [a.id for a in index.activities.values() if a.pin is None]
        self._proof: Proof | None = None

    def run(self) -> None:
        if not self._movable:
            return
        if compact(self._index, self._options, self._watch, self._state, self._executor):
            return
        if len(self._movable) > _SMALL:
            self._prove_beside()
        try:
            if len(self._movable) <= _SMALL and self._monolith():
                return
            if len(self._movable) > _TINY:
                self._ruin()
            self._improve()
        finally:
            if self._proof is not None:
                self._proof.stop()

    def _prove_beside(self) -> None:
        """Have a relaxation lower the bound in a thread of its own, if there are workers for both."""
        if self._options.max_rounds is not None or self._options.workers < 2:
            return
        left = self._watch.left()
        self._proof = Proof(self._index, max(_PROOF_SHARE * left, min(_PROOF_SECONDS, left / 3)))
        self._proof.start()

    def _ruin(self) -> None:
        """Quick rounds in this thread, while they bring much."""
        ruin = Ruin(self._index, self._rng)
        most = self._options.max_rounds
        end = self._watch.seconds() + _RUIN_SHARE * self._watch.left()
        poor = 0
        for _ in range(_MOST_BURSTS if most is None else min(most, _MOST_BURSTS)):
            gain = ruin.burst(self._state, self._watch.over)
            poor = poor + 1 if gain < _LEAST_GAIN else 0
            self._watch.offer(self._state)
            self._take_bound()
            self._watch.tick()
            if self._watch.over() or poor == _PATIENCE or (most is None and self._watch.seconds() > end):
                return

    def _monolith(self) -> bool:
        """Solve the whole problem as one model; return whether the answer is proven the best."""
        watch, rounds = self._watch, self._options.max_rounds
        pins = [name for name, activity in self._index.activities.items() if _may_choose(activity)]
        if any(name not in self._state.placed for name in pins):
            return False
        free = [*self._movable, *pins]
        model = self._model(free, exact=True)
        fixed = self._fixed_worth(model)
        share = 1.0 if len(self._movable) <= _TINY else _MONOLITH_SHARE
        effort = None if rounds is None else rounds * _ROUND_EFFORT
        told = rounds is None
        solving = Round(
            model, share * watch.left(), effort, self._options.workers, self._options.seed, told=told
        )
        future = solving.submit(self._executor)
        while not self._wait({future: solving}):
            if (found := solving.latest()) is not None:
                self._take(found, free)
            if (bound := solving.bound) is not None:
                self._lower_bound(model, fixed, bound)
            if self._late():
                return True
        answer = solving.answer(future)
        if answer.parts is not None:
            self._take(answer.parts, free)
        if answer.bound is not None:
            self._lower_bound(model, fixed, answer.bound)
        rank = watch.rank
        return rank is not None and watch.bound is not None and rank[1] >= watch.bound - 1e-6

    def _lower_bound(self, model: Model, fixed: float, bound: float) -> None:
        """Take over a bound of CP-SAT; it holds for schedules with as many mandatory activities."""
        placed = [name for name in self._movable if name in self._state.placed and self._wanted(model, name)]
        self._watch.lower_bound_to(fixed + model.objective.bound(bound, len(placed)))

    def _wanted(self, model: Model, name: str) -> bool:
        activity = self._index.activities[name]
        return activity.mandatory and not model.must(activity)

    def _fixed_worth(self, model: Model) -> float:
        """What of the objective the model does not count."""
        state = State(self._index)
        place_pinned(state)
        weights = self._index.problem.weights
        worth = state.ledger.base()
        worth += sum(state.worth(self._index.activities[n], parts) for n, parts in state.placed.items())
        lines = (line for resource, line in state.lines.items() if resource not in model.rows)
        worth -= weights.changeover * sum(line.changeover_ticks() for line in lines)
        shares, loads = state.ledger.unplaced_shares(state), state.ledger.loads(state)
        programmes = {parts[0].activity.programme for parts in model.parts.values()}
        needs = [need for part in model.all_parts() for need in part.people]
        needs += [need for pinned in model.pin_people.values() for need in pinned]
        people = {name for need in needs for name, _ in need}
        worth -= weights.fairness * sum(share**2 for p, share in shares.items() if p not in programmes)
        return worth - weights.balance * sum(load**2 for p, load in loads.items() if p not in people)

    def _improve(self) -> None:
        """Neighbourhood after neighbourhood, as many at a time as there are workers.

        When they bring nothing more for a while a kick leads away from where they are stuck.
        """
        picker = Neighbourhoods(self._index, self._rng, _FIRST_SIZE)
        ruin = Ruin(self._index, self._rng)
        pending: dict[Future[Any], _Pending] = {}
        rounds = in_vain = 0
        vain = 0.0
        most = self._options.max_rounds
        while True:
            stuck = vain > _STALL and in_vain >= _STALLED_ROUNDS
            if stuck and not pending and (most is None or rounds < most):
                self._back_if_far()
                ruin.kick(self._state, self._watch.offer, self._watch.over)
                vain, in_vain, stuck = 0.0, 0, False
            while not stuck and len(pending) < self._free_workers() and (most is None or rounds < most):
                if self._watch.over():
                    break
                rounds += 1
                taken = {name for waiting in pending.values() for name in waiting.free}
                kind, free = picker.pick(self._state, taken)
                if not free:
                    break
                seconds = self._watch.left()
                if most is None:
                    seconds = min(_ROUND_SECONDS, seconds)
                seed = self._rng.randrange(1 << 30)
                solving = Round(self._model(free), seconds, _ROUND_EFFORT, 1, seed, quick=True)
                pending[solving.submit(self._executor)] = _Pending(solving, kind, free)
            if not pending:
                return
            done = self._wait({future: waiting.round for future, waiting in pending.items()})
            if self._late():
                return
            for future in done:
                waiting = pending.pop(future)
                answer = waiting.round.answer(future)
                before = self._state.objective()
                if answer.parts is not None:
                    self._take(answer.parts, waiting.free)
                gain = (self._state.objective() - before) / max(1.0, abs(before))
                better = gain > _TOLERANCE
                vain = 0.0 if better else vain + answer.effort + _ROUND_OVERHEAD
                in_vain = 0 if better else in_vain + 1
                picker.learn(waiting.kind, gain, answer.effort, proven=answer.proven)

    def _back_if_far(self) -> None:
        """Go on from the best schedule if the one at hand is much worse."""
        rank, best = (self._state.mandatory(), self._state.objective()), self._watch.rank
        if best is not None and rank < (best[0], best[1] - _FAR * abs(best[1])):
            kept = {name: list(parts) for name, parts in self._watch.best.items()}
            placed = self._state.placed
            self._state.restore([n for n in {**placed, **kept} if placed.get(n) != kept.get(n)], kept)

    def _model(self, free: Sequence[str], *, exact: bool = False) -> Model:
        """Model of some activities against the rest; the state is left as it was."""
        state = self._state
        old = {name: state.remove(name) for name in free if name in state.placed}
        # Promises stay where they are: what is free about them is who keeps them.
        pins = [old.pop(name)[0] for name in free if self._index.activities[name].pin is not None]
        for pin in pins:
            state.hold(replace(pin, people=()))
        movable = [name for name in free if self._index.activities[name].pin is None]
        model = Model(state, movable, old, exact=exact, pins=pins)
        for pin in pins:
            state.remove(pin.activity)
        for part in (*pins, *(part for parts in old.values() for part in parts)):
            state.hold(part)
        return model

    def _wait(self, running: dict[Future[Any], Round]) -> set[Future[Any]]:
        """Wait a moment for one to be done, tell how it stands, stop all when it is time to end."""
        done, _ = wait(running, _WAIT_SECONDS, return_when=FIRST_COMPLETED)
        self._take_bound()
        self._watch.tick()
        if self._watch.over():
            for solving in running.values():
                solving.stop()
        return done

    def _take_bound(self) -> None:
        """Take over what the relaxation has proven so far."""
        if self._proof is not None:
            self._watch.lower_bound_to(self._proof.bound)

    def _free_workers(self) -> int:
        """Workers for neighbourhoods: all but the one that proves."""
        proving = self._proof is not None and self._proof.is_alive()
        return self._options.workers - proving

    def _late(self) -> bool:
        """Whether to leave without waiting for what still runs."""
        return self._watch.over() and (self._watch.stopped or self._watch.late() > _GRACE_SECONDS)

    def _take(self, proposed: dict[str, list[Assignment]], free: Sequence[str]) -> bool:
        """Place what CP-SAT proposes, rule by rule; go back if that is worse than before."""
        state = self._state
        rank = (state.mandatory(), state.objective())
        old = {name: state.remove(name) for name in free if name in state.placed}
        own = frozenset(free)
        touched = dict.fromkeys(free)
        refused = []
        for name in self._in_order(proposed):
            if self._index.activities[name].pin is not None:
                state.hold(proposed[name][0])
            elif not state.insert(self._index.activities[name], proposed[name]):
                refused.append(name)
        while broken := state.incomplete(touched):
            touched.update(dict.fromkeys(broken))
            for name in broken:
                parts = state.remove(name)
                if name not in own:
                    old[name] = parts
        if refused:
            touched.update(dict.fromkeys(m for name in refused for m in self._index.chains.get(name, ())))
            fill(state, [self._index.activities[name] for name in refused], self._chooser)
        if (state.mandatory(), state.objective()) < (rank[0], rank[1] - 1e-9):
            state.restore(touched, old)
            return False
        self._watch.offer(state)
        return True

    def _in_order(self, names: dict[str, list[Assignment]]) -> list[str]:
        """Promises first, then those before others, else as in the order of value."""
        return sorted(names, key=lambda name: self._place_in_order.get(name, -1))


def _may_choose(activity: Activity) -> bool:
    """Whether the activity is pinned without names to its needs."""
    return activity.pin is not None and activity.pin.people is None and bool(activity.needs)
