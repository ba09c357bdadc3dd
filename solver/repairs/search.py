"""The search for the repair that takes least: what is out of place, with ever more of what is around it."""

import random
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass

from solver.repairs.least import least_toll
from solver.repairs.model import Proposal, RepairModel
from solver.repairs.near import Near, core_of, standing
from solver.repairs.pace import FEW, Kind, Pace
from solver.repairs.toll import Placed, Toll, Tolls, people_of, share, stands
from solver.search.construct import Chooser, fill
from solver.search.order import before_first, ordered
from solver.search.watch import Watch
from solver.solution import Assignment, Options
from solver.state.index import Index
from solver.verification.verify import verify

TINY = 30
"""Most activities of which all are placed anew in one model, up to a proven answer."""

_WAIT_SECONDS = 0.05
_GRACE_SECONDS = 0.1
_ROUND_SECONDS = 2.0
_ROUND_EFFORT = 0.2
_ROUND_SHARE, _ROUND_LEAST = 0.1, 0.3
_MOST_OUT = 50
_PATIENT_SECONDS = 5.0
_VALUE_SHARE, _LOST_SHARE = 0.7, 0.5
_FILL_SHARE = 0.12
_MOST_FILLED = 60

Rank = tuple[int, int, Toll, float]
"""Mandatory activities left out, bookings moved beyond what may, the toll, then how far the objective
of the problem is below 0: the smaller the better."""


@dataclass(frozen=True, slots=True)
class _Pending:
    model: RepairModel
    free: list[str]
    kind: Kind
    size: float


class Search:
    """One repair.

    Parameters
    ----------
    told
        Called whenever there is a better repair, and while there is none.
    asked, allowed
        At most `allowed` of the bookings `asked` are to be moved or dropped.

    Attributes
    ----------
    state
        The best repair so far.
    proven
        Whether there is none better.
    """

    def __init__(
        self,
        index: Index,
        options: Options,
        watch: Watch,
        executor: Executor,
        told: Callable[[bool], None],
        asked: Collection[str],
        allowed: int,
    ) -> None:
        self._index = index
        self._options = options
        self._watch = watch
        self._executor = executor
        self._told = told
        self._asked, self._allowed = asked, allowed
        self._rng = random.Random(options.seed)
        self._tolls = Tolls(index.problem)
        self._near = Near(index, core_of(index), self._rng)
        self._movable = [name for name, activity in index.activities.items() if activity.pin is None]
        self._left = options.max_rounds
        self.state = standing(index)
        self._least = least_toll(index, self._tolls)
        self._pace = Pace(len(self._near.core))
        self.proven = False

    def run(self) -> None:
        """Look until nothing is out of place, until the answer is proven, or until the time is up."""
        self._told(True)
        tiny = len(self._movable) <= TINY
        end = self._watch.left() * _FILL_SHARE
        if self._near.core:
            self._first()
            self._improve(lambda: self._watch.left() <= end)
        self._fill()
        if tiny and self._movable:
            self._whole()

    # Rank

    def rank(self) -> Rank:
        """How good the state is."""
        return self._rank(self.state.placed, self.state.objective())

    def _rank(self, placed: Placed, objective: float) -> Rank:
        toll = self._tolls.of(placed)
        beyond = sum(self._is_moved(name, placed) for name in self._asked)
        return toll.left_out, max(0, beyond - self._allowed), toll, -objective

    def _is_moved(self, name: str, placed: Placed) -> bool:
        return name not in placed or not stands(self._index.activities[name], placed[name])

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

    def _improve(self, over: Callable[[], bool]) -> None:
        """Neighbourhood after neighbourhood, as many at a time as there are workers."""
        pending: dict[Future[Proposal], _Pending] = {}
        while True:
            while len(pending) < self._options.workers:
                if self._watch.over() or over() or self._left == 0:
                    break
                round_ = self._next()
                if round_ is None:
                    break
                pending[self._executor.submit(round_.model.run)] = round_
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
                    self._pace.better(waiting.kind, waiting.size)
                elif answer.proven and set(self._near.core) <= set(waiting.free):
                    self._pace.exhausted(waiting.kind, any_number=waiting.model.any_number)
                else:
                    self._pace.nothing(waiting.kind, waiting.size, answer.effort, proven=answer.proven)

    def _next(self) -> _Pending | None:
        """The next neighbourhood: for more of the value, or for less change; None if there is none left."""
        out = self.out()
        kind = self._kind(out)
        if kind is None:
            return None
        some = out
        if kind == "must":
            some = [name for name in out if name not in self.state.placed and self._is_mandatory(name)] or out
        elif kind == "value" and self._rng.random() < _LOST_SHARE:
            some = [name for name in out if self._loses(name)]
        # Few in another place are looked at sooner than more in the same.
        size = (
            self._pace.sizes[kind]
            if self._rng.random() < 0.5
            else self._rng.uniform(FEW, self._pace.sizes[kind])
        )
        # All that is out of place together, unless that is very much.
        whole = out if len(out) < _MOST_OUT else []
        free = self._near.pick(self.state, self._rng.choice(some), whole, int(size))
        model = self._model(
            free, any_number=kind == "must" and self._may_any_number(), worth_more=kind != "change"
        )
        return _Pending(model, free, kind, size)

    def _may_any_number(self) -> bool:
        """Whether mandatory activities may move more than is allowed: once that seems to be needed."""
        if self._left is not None:
            late = self._left < (self._options.max_rounds or 0) / 2
        else:
            late = self._watch.seconds() > max(_PATIENT_SECONDS, self._watch.left())
        return self._pace.any_number or (late and self._rng.random() < 0.5)

    def _kind(self, out: Sequence[str]) -> Kind | None:
        """What to look for now: places for what is mandatory, more of the value, or less change."""
        left_out, beyond, toll, _ = self.rank()
        if not out or self._is_least():
            return None
        if left_out or beyond:
            return None if self._pace.done["must"] else "must"
        losing = sum(self._loses(name) for name in out)
        value = losing > 0 and toll.lost > self._least.lost and not self._pace.done["value"]
        change = not self._pace.done["change"]
        # Where all that is out of place is lost, a change for the better is one of value.
        if value and (losing == len(out) or not change or self._rng.random() < _VALUE_SHARE):
            return "value"
        return "change" if change else None

    def _is_mandatory(self, name: str) -> bool:
        return self._index.activities[name].mandatory

    def _loses(self, name: str) -> bool:
        """Whether some of what was published of it has no place."""
        activity = self._index.activities[name]
        parts = self.state.placed.get(name)
        return parts is None or share(activity, parts) < self._tolls.before.get(name, 0)

    def _is_least(self) -> bool:
        """Whether nothing can take less, but for the objective of the problem."""
        return self.rank()[1] == 0 and self._tolls.of(self.state.placed) <= self._least

    def _fill(self) -> None:
        """Requests that were not published fill in what is free."""
        fill(self.state, ordered(self._index, "density"), Chooser(self._index), self._watch.over)
        self._told(True)
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
        model = self._model(self._movable, any_number=True, own=True, exact=True, effort=effort)
        answer = self._run(model)
        taken = self._take(answer.parts, self._movable)
        # What the state refused may be better than what it holds.
        as_good = taken or self._is_as_good(answer.parts)
        self.proven = answer.proven and as_good and not self._has_pin_without_its_people()

    def _has_pin_without_its_people(self) -> bool:
        """Whether other people might do on what is pinned, of whom more were on it before."""
        pinned = (a for a in self._index.activities.values() if a.pin is not None and a.pin.people is None)
        return any(people_of(a.previous) - people_of(self.state.placed.get(a.id, ())) for a in pinned)

    def _is_as_good(self, proposed: dict[str, list[Assignment]] | None) -> bool:
        """Whether the state is no worse than what it was offered."""
        pinned = {n: p for n, p in self.state.placed.items() if self._index.activities[n].pin is not None}
        facts = [part for parts in [*pinned.values(), *(proposed or {}).values()] for part in parts]
        offered = verify(self._index.problem, facts).objective
        return self.rank() <= self._rank({**pinned, **(proposed or {})}, offered - 1e-6)

    # One model

    def _model(
        self,
        free: Sequence[str],
        *,
        any_number: bool = False,
        worth_more: bool = False,
        own: bool = False,
        exact: bool = False,
        effort: float | None = _ROUND_EFFORT,
    ) -> RepairModel:
        """Model of some activities against the rest; the state is left as it was."""
        inside = set(free)
        elsewhere = sum(self._is_moved(n, self.state.placed) for n in self._asked if n not in inside)
        old = {name: self.state.remove(name) for name in free if name in self.state.placed}
        seconds = self._watch.left()
        if effort is not None and self._options.max_rounds is None:
            seconds = min(_ROUND_SECONDS, seconds, max(_ROUND_SHARE * seconds, _ROUND_LEAST))
        model = RepairModel(
            self.state,
            free,
            old,
            asked=self._asked,
            allowed=max(0, self._allowed - elsewhere),
            any_number=any_number,
            worth_more=worth_more,
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
        self._told(False)
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
        if self.rank() < (*before[:3], before[3] - 1e-9):
            self._told(True)
            return True
        state.restore(touched, old)
        return False
