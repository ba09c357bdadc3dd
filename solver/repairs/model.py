"""CP-SAT model of some activities of a repair: least toll first, stage after stage."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ortools.sat.python import cp_model

from solver.model import terms as costs_of
from solver.model.model import Model
from solver.model.parts import Part
from solver.problem import Activity, Problem
from solver.repairs.lexicographic import MOST, MOST_SUM, Term, stages, step, widest
from solver.repairs.toll import share
from solver.solution import Assignment
from solver.state.state import State
from solver.weights import Weights

TERMS: tuple[Term, ...] = ("kept", "moved", "distance", "reassigned")
"""In this order, after the mandatory activities and before the objective of the problem."""


_ROUGH_STEPS = 1_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """What CP-SAT found.

    Attributes
    ----------
    parts
        For each activity that is placed its parts; None if nothing was found in time.
    effort
        Deterministic time that it took.
    proven
        Whether no choice of places in the model takes less.
    """

    parts: dict[str, list[Assignment]] | None
    effort: float
    proven: bool


class RepairModel:
    """The activities `free`, placed anew around all that `state` holds, to be run once.

    Parameters
    ----------
    asked, allowed
        At most `allowed` of the activities `asked` are to stand elsewhere than before, or not at all.
    any_number
        Whether more may, for mandatory ones that have no place otherwise; still as few as possible.
    worth_more
        Whether to look for what loses less value than the incumbent, for all else only once it is found.
    own
        Whether the objective of the problem itself is a last stage.
    exact
        Whether the model may forbid nothing that the rules allow, see `solver.model.model.Model`.
    seconds, effort
        Limits of wall-clock and of deterministic time; None is no limit.
    """

    def __init__(
        self,
        state: State,
        free: Sequence[str],
        incumbent: Mapping[str, Sequence[Assignment]],
        *,
        asked: Collection[str],
        allowed: int,
        any_number: bool = False,
        worth_more: bool = False,
        own: bool,
        exact: bool,
        seconds: float,
        effort: float | None,
        workers: int,
        seed: int,
    ) -> None:
        self._model = Model(state, free, incumbent, exact=exact)
        # Kept, not built again when its turn comes: the state holds other things by then.
        built = self._model.cp.proto.objective
        self._last = type(built)()
        self._last.copy_from(built)
        self._own = own
        self._stopped = False
        self._effort, self._seconds = effort, max(0.01, seconds)
        self._hinted = set(self._model.hints)
        self._same = {
            name: same
            for name, parts in self._model.parts.items()
            if parts[0].activity.previous
            and (same := costs_of.stays(self._model, parts[0].activity, parts)) is not None
        }
        self._free, self._asked, self._allowed = free, asked, allowed
        self.any_number, self._worth_more = any_number, worth_more
        self._now: int | None = None
        self._objectives = self._stages()
        self._solver = cp_model.CpSolver()
        self._solver.parameters.num_workers = workers
        self._solver.parameters.random_seed = seed % (1 << 31)
        self._solver.parameters.symmetry_level = 0
        self._solver.parameters.catch_sigint_signal = False
        # Both take longer than they save: the models are small, and most are solved in one go.
        self._solver.parameters.cp_model_probing_level = 0
        self._solver.parameters.linearization_level = 0

    def _stages(self) -> list[cp_model.LinearExprT]:
        """What each stage makes as large as possible, in whole numbers."""
        problem = self._model.index.problem
        activities = tuple(parts[0].activity for parts in self._model.parts.values())
        here = replace(problem, activities=activities, precedences=(), chains=())
        weighed: tuple[Weights, ...] = ()
        if any(activity.previous for activity in activities):
            weighed = stages(here, TERMS)
            if self._worth_more or not weighed[0].moved:
                weighed = (_kept_alone(here), *stages(here, TERMS[1:]))
        found = [self._weighed(weights) for weights in weighed]
        exact = bool(weighed) and weighed[0].kept % step(here, "kept") == 0
        if self._worth_more and exact and not self._model.objective.wanted:
            # As much, not more: from a hint that holds more is found sooner than from one that does not.
            self._now = self._kept_now(int(weighed[0].kept))
            self._model.cp.add(found[0] >= self._now)
        width = int(widest(here, weighed[0])) if weighed else 0
        # Mandatory activities that the model does not have to place anyway, and before these what moves
        # beyond what may. In one objective with the first stage if they fit: alone they would leave all
        # else to chance.
        for terms, most in ((self._beyond(), len(self._asked)), self._wanted()):
            if not terms:
                continue
            unit = width + 1
            if found and unit * (most + 1) < MOST_SUM:
                found[0] = sum([*(unit * term for term in terms), found[0]])
                width += unit * most
            else:
                found.insert(0, sum(terms))
                width = most
        for index, (variable, value) in self._model.hints.items():
            if index not in self._hinted:
                self._model.cp.add_hint(variable, value)
        return found

    def _kept_now(self, unit: int) -> int:
        """What the incumbent has of what is kept."""
        kept = Fraction(0)
        for name, parts in self._model.incumbent.items():
            activity = self._model.index.activities[name]
            if activity.previous:
                kept += min(share(activity, activity.previous), share(activity, parts))
        return _whole(unit * kept)

    def _wanted(self) -> tuple[list[cp_model.LinearExprT], int]:
        wanted: list[cp_model.LinearExprT] = [*self._model.objective.wanted]
        return wanted, len(wanted)

    def _beyond(self) -> list[cp_model.LinearExprT]:
        """What is large if no more is moved than may be; empty where that is a constraint."""
        model = self._model
        asked = [name for name in self._free if name in self._asked]
        same = [self._same[name] for name in asked if name in self._same]
        if not same:
            return []
        moved = len(asked) - sum(same)
        now = len(asked) - sum(model.hinted(literal) for literal in same)
        if now <= self._allowed and not self.any_number:
            model.cp.add(moved <= self._allowed)
            return []
        beyond = model.cp.new_int_var(0, len(asked), "")
        model.hint(beyond, max(0, now - self._allowed))
        model.cp.add(beyond >= moved - self._allowed)
        return [-1 * beyond]

    def _weighed(self, weights: Weights) -> cp_model.LinearExprT:
        model = self._model
        terms: list[cp_model.LinearExprT] = []
        if weights.kept:
            for name, parts in model.parts.items():
                if parts[0].activity.previous:
                    terms += self._kept(name, parts, int(weights.kept))
        if weights.moved:
            for name, same in self._same.items():
                terms.append(int(weights.moved) * model.parts[name][0].activity.move_cost * same)
        if weights.distance:
            terms += [-1 * cost for cost in costs_of.distance(model, weights.distance)]
        if weights.reassigned:
            terms += [-1 * cost for cost in costs_of.reassigned(model, weights.reassigned)]
        return sum(terms)

    def _kept(self, name: str, parts: Sequence[Part], unit: int) -> list[cp_model.LinearExprT]:
        """`unit` for each unit of value that is kept: of what runs longer than before no more than before."""
        model, activity = self._model, parts[0].activity
        before = share(activity, activity.previous)
        if activity.closed == "pause":
            whole = Fraction(activity.value)
            return [_whole(unit * min(before, whole)) * choice.literal for choice in parts[0].choices]
        if len(parts) == 1 and isinstance(parts[0].size, int):
            return [
                _whole(unit * min(before, self._rate(activity, choice.mode.wish) * parts[0].longest))
                * choice.literal
                for choice in parts[0].choices
            ]
        gains: list[cp_model.LinearExprT] = []
        now = Fraction(0)
        for part in parts:
            at = model.placed(part)
            for choice in part.choices:
                rate = self._rate(activity, choice.mode.wish)
                taken = at.duration if at is not None and at.mode == choice.mode.id else 0
                now += rate * taken
                counted = model.counted(part)
                if len(part.choices) > 1:
                    counted = model.cp.new_int_var(0, part.longest, "")
                    model.hint(counted, taken)
                    model.cp.add(counted <= part.size)
                    model.cp.add(counted == 0).only_enforce_if(choice.literal.negated())
                gains.append(_whole(unit * rate) * counted)
        kept = model.cp.new_int_var(0, _whole(unit * before), "")
        model.hint(kept, _whole(unit * min(now, before)))
        model.cp.add(kept <= sum(gains))
        return [kept]

    def _rate(self, activity: Activity, wish: int | None) -> Fraction:
        return Fraction(activity.value, wish or activity.wish)

    def stop(self) -> None:
        """End the search soon; may be called from another thread, and before it runs."""
        self._stopped = True
        self._solver.stop_search()

    def run(self) -> Proposal:
        """Solve stage after stage, holding what those before have reached."""
        cp = self._model.cp
        parts: dict[str, list[Assignment]] | None = None
        effort = 0.0
        own: list[None] = [None] if self._own else []
        for expression in [*self._objectives, *own]:
            if self._stopped:
                return Proposal(parts, effort, False)
            if expression is None:
                # That of the model as it was built; what is mandatory is held.
                cp.proto.objective.copy_from(self._last)
            else:
                cp.maximize(expression)
            self._solver.parameters.max_time_in_seconds = self._seconds
            if self._effort is not None:
                self._solver.parameters.max_deterministic_time = max(0.0, self._effort - effort)
            status = self._solver.solve(cp)
            if status == cp_model.MODEL_INVALID:
                raise RuntimeError(f"The model is not valid: {cp.validate()}")
            effort += self._solver.deterministic_time
            self._seconds = max(0.01, self._seconds - self._solver.wall_time)
            if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                return Proposal(parts, effort, parts is None and status == cp_model.INFEASIBLE)
            if parts is None and self._now is not None and self._reached(expression) <= self._now:
                return Proposal(None, effort, status == cp_model.OPTIMAL)
            parts = self._model.solution(self._solver)
            if status == cp_model.FEASIBLE:
                return Proposal(parts, effort, False)
            if expression is not None:
                cp.add(expression >= self._reached(expression))
                self._hint_found()
        return Proposal(parts, effort, True)

    def _reached(self, expression: cp_model.LinearExprT | None) -> int:
        """The value of a stage; not the solver's own figure: as a float a large sum is not exact."""
        return 0 if expression is None else self._solver.value(expression)

    def _hint_found(self) -> None:
        """What the last stage found is where the next begins."""
        values = [
            (variable, self._solver.value(variable)) for variable, _ in list(self._model.hints.values())
        ]
        # OR-Tools gives this one method no types.
        self._model.cp.clear_hints()  # type: ignore[no-untyped-call]
        for variable, value in values:
            self._model.hint(variable, value)
            self._model.cp.add_hint(variable, value)


def _kept_alone(problem: Problem) -> Weights:
    """A weight of what is kept that makes it whole; where that is too large, to a thousandth."""
    steps = step(problem, "kept")
    exact = steps * widest(problem, Weights(value=0.0, kept=1.0)) < MOST
    return Weights(value=0.0, kept=float(steps if exact else _ROUGH_STEPS))


def _whole(amount: Fraction) -> int:
    """An amount that the steps of `lexicographic` make whole, but for rough ones."""
    return math.floor(amount)
