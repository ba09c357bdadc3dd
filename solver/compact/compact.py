"""Search for problems in which only the end of the last activity counts.

A genetic search breeds orders of the activities (`compact_genetic`); CP-SAT shortens stretches of time
of the best schedules, and tries to prove the whole (`compact_rounds`). All run on plain numbers
(`compact_lean`); what they find is judged by `State`, rule by rule, before it counts.
"""

import math
import random
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait

from solver.compact.generate import Built
from solver.compact.genetic import Genetic
from solver.compact.lean import Lean, lean
from solver.compact.rounds import Attempt, Outcome, Proof, Stretches
from solver.search.construct import place_pinned
from solver.search.watch import Watch
from solver.solution import Assignment, Options
from solver.state.index import Index
from solver.state.state import State

_WAIT_SECONDS = 0.05
_GRACE_SECONDS = 0.3
_BREED_SECONDS = 2.5
_BREED_SHARE = 0.06
_BREED_AGAIN = 5
"""Seconds of breeding at first, at most that share of the time; and of not breeding, times that, after."""

_SMALL, _PROVABLE = 45, 100
_PROOF_SHARE = 0.15
"""Most activities of problems that are tried to be proven all the time, and for that share of it."""

_CALM_SECONDS, _CALM_SECONDS_EACH = 0.3, 0.01
_EFFORT = 0.06
_GENERATIONS = 30
_VARIANTS = 6


def is_compact(index: Index) -> bool:
    """Whether makespan counts and nothing else, once all is placed."""
    weights = index.problem.weights
    if weights.makespan <= 0 or weights.fairness or weights.balance:
        return False
    movable = [activity for activity in index.activities.values() if activity.pin is None]
    if not movable or not all(activity.mandatory for activity in movable):
        return False
    if weights.changeover and any(index.gaps.values()):
        return False
    if weights.lateness and any(activity.due is not None for activity in movable):
        return False
    if weights.preference and any(activity.preferred for activity in movable):
        return False
    stability = weights.kept or weights.moved or weights.distance or weights.reassigned
    return not (stability and any(activity.previous for activity in movable))


def compact(index: Index, options: Options, watch: Watch, state: State, executor: Executor) -> bool:
    """Leave the shortest schedule that is found with `watch`; return whether the search is at its end.

    That is so when the schedule is proven the shortest, or time or rounds are used up. False, with
    nothing done, where the problem is not one of plain numbers or no schedule has all activities.

    Parameters
    ----------
    state
        A schedule to begin with; it may leave out activities.
    """
    plain = lean(index) if is_compact(index) else None
    if plain is None:
        return False
    return _Compact(index, plain, options, watch, executor).run(state)


class _Compact:
    def __init__(self, index: Index, plain: Lean, options: Options, watch: Watch, executor: Executor) -> None:
        self._index = index
        self._lean = plain
        self._options = options
        self._watch = watch
        self._executor = executor
        self._rng = random.Random(options.seed)
        self._genetic = Genetic(plain, self._rng, watch.over)
        self._stretches = Stretches(plain, self._rng, _EFFORT)
        self._bound = plain.lower_bound()
        self._base: Built | None = None
        self._worth: float | None = None
        self._pending: dict[Future[Outcome], Attempt] = {}
        self._proving_until = 0.0
        self._better_at = 0.0

    def run(self, state: State) -> bool:
        keys = [
            float(state.start(name)) if name in state.placed else float(self._index.horizon)
            for name in self._lean.names
        ]
        self._genetic.start(keys)
        self._note()
        if self._base is None:
            return False  # not even one schedule with all of them
        try:
            if self._options.max_rounds is not None:
                self._by_rounds(self._options.max_rounds)
            else:
                self._by_time()
        finally:
            for attempt in self._pending.values():
                attempt.stop()
        return True

    def _proven(self) -> bool:
        return self._base is not None and self._base.end <= self._bound

    # What is known

    def _note(self) -> None:
        """Offer what the genetic search has found, if it is better."""
        if self._genetic.best is not None:
            self._keep(self._genetic.best)

    def _keep(self, built: Built) -> bool:
        """Have a schedule judged, and keep it if it is good and better."""
        if self._base is not None and built.end >= self._base.end:
            return False
        state = self._placed(built)
        if state is None:
            return False
        self._base = built
        self._better_at = self._watch.seconds()
        self._watch.offer(state)
        self._worth = state.objective() + self._index.problem.weights.makespan * built.end
        self._raise_bound(self._bound)
        return True

    def _placed(self, built: Built) -> State | None:
        """The schedule in full, None if a rule forbids it or there is no time to see."""
        index, plain = self._index, self._lean
        state = State(index)
        place_pinned(state)
        for a in sorted(range(len(plain.names)), key=lambda a: (built.starts[a], a)):
            if self._late():
                return None
            activity = index.activities[plain.names[a]]
            mode = activity.modes[0]
            people = tuple(self._names(mask) for mask in built.people[a])
            part = Assignment(activity.id, 1, mode.id, built.starts[a], index.wish(activity, mode), people)
            if not state.insert(activity, [part]):
                return None
        return state

    def _names(self, mask: int) -> tuple[str, ...]:
        people = self._lean.people
        return tuple(people[number] for number in range(len(people)) if mask >> number & 1)

    def _raise_bound(self, bound: int) -> None:
        self._bound = max(self._bound, bound)
        if self._worth is not None:
            self._watch.lower_bound_to(self._worth - self._index.problem.weights.makespan * self._bound)

    def _found(self, built: Built) -> None:
        """Something that CP-SAT found: bred from, too, for it may shrink further."""
        self._keep(built)
        self._genetic.take(built.starts)
        self._note()

    # By the clock, in parallel

    def _by_time(self) -> None:
        watch = self._watch
        breed = min(_BREED_SECONDS, _BREED_SHARE * watch.left())
        breed_until = watch.seconds() + breed
        count = len(self._lean.names)
        if count <= _PROVABLE:
            share = 1.0 if count <= _SMALL else _PROOF_SHARE
            self._proving_until = watch.seconds() + share * watch.left()
        rest_until = 0.0
        while not watch.over() and not self._proven():
            now = watch.seconds()
            breeding = now < breed_until
            if not breeding and rest_until <= breed_until:
                rest_until = now + _BREED_AGAIN * breed
            elif not breeding and now >= rest_until:
                breed_until = now + breed
                self._genetic.begin_anew()
                breeding = True
            # The genetic search takes a worker, but the last one is left to CP-SAT.
            self._submit(max(1, self._options.workers - breeding))
            if breeding:
                self._genetic.generation()
                self._note()
            self._collect(0.0 if breeding else _WAIT_SECONDS)
            watch.tick()
        self._end()

    def _submit(self, most: int) -> None:
        while len(self._pending) < most and self._base is not None:
            left = self._watch.left()
            proving = any(isinstance(each, Proof) for each in self._pending.values())
            attempt: Attempt
            now = self._watch.seconds()
            # While it becomes better all the time a proof would have to begin anew all the time.
            calm = now - self._better_at > min(_CALM_SECONDS, _CALM_SECONDS_EACH * len(self._lean.names))
            if not proving and calm and now < self._proving_until:
                attempt = Proof(self._lean, self._base, self._bound, self._options.seed, left, None)
            else:
                attempt = self._stretches.attempt(self._variant(), self._bound, left)
            self._pending[self._executor.submit(attempt.run)] = attempt

    def _variant(self) -> Built:
        """The best schedule, or another that ends as soon."""
        base = self._base
        if base is None:
            raise ValueError("there is no schedule yet")
        found = self._genetic.variant(base, _VARIANTS)
        self._note()
        return found

    def _collect(self, seconds: float) -> None:
        done, _ = wait(self._pending, seconds, return_when=FIRST_COMPLETED)
        for future in done:
            self._learn(self._pending.pop(future), future.result())
        for attempt in self._pending.values():
            if isinstance(attempt, Proof):
                self._watch_proof(attempt)

    def _watch_proof(self, proof: Proof) -> None:
        self._raise_bound(proof.bound)
        if (found := proof.found) is not None:
            proof.known, proof.found = found, None
            self._found(found)
        late = self._watch.seconds() >= self._proving_until
        # What it found itself it goes on from; of what others found CP-SAT can only be told anew.
        outdone = proof.found is None and self._base is not None and self._base.end < proof.known.end
        if late or outdone:
            proof.stop()

    def _learn(self, attempt: Attempt, outcome: Outcome) -> None:
        if not isinstance(attempt, Proof):
            self._stretches.learn(outcome)
        if outcome.built is not None:
            self._found(outcome.built)
        self._raise_bound(outcome.bound)

    def _end(self) -> None:
        """Stop what still runs, and wait for it as long as that takes no time that is not there."""
        for attempt in self._pending.values():
            attempt.stop()
        while self._pending and not self._late() and not self._proven():
            self._collect(_WAIT_SECONDS)

    def _late(self) -> bool:
        """Whether to leave as things stand."""
        return self._base is not None and (self._watch.stopped or self._watch.late() > _GRACE_SECONDS)

    # By rounds, the same each time

    def _by_rounds(self, rounds: int) -> None:
        if rounds == 0:
            return
        for _ in range(_GENERATIONS):
            if not self._goes_on():
                return
            self._genetic.generation()
            self._note()
        if len(self._lean.names) <= _PROVABLE and self._base is not None:
            seconds, effort = self._watch.left(), _EFFORT * math.sqrt(rounds)
            proof = Proof(self._lean, self._base, self._bound, self._options.seed, seconds, effort)
            self._learn(proof, proof.run())
        for _ in range(rounds):
            if not self._goes_on():
                return
            attempt = self._stretches.attempt(self._variant(), self._bound, self._watch.left())
            self._learn(attempt, attempt.run())
            self._genetic.generation()
            self._note()
            self._watch.tick()

    def _goes_on(self) -> bool:
        return not self._watch.over() and not self._proven()
