"""What the CP-SAT model makes as large as possible, in whole numbers."""

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from solver.index import length

if TYPE_CHECKING:
    from solver.model import Model, Part

_MOST_SCALE = 100_000


class Objective:
    """Value less penalties and lateness of the activities of a model, times `scale`.

    Rounding only ever adds, so that an upper bound stays one.

    Attributes
    ----------
    bonus
        Counted for each mandatory activity that was not placed: more than all else together.
    """

    def __init__(self, model: "Model") -> None:
        self._model = model
        self._lateness = model.index.problem.weights.lateness
        self.scale = self._scale()
        self.bonus = int(self.scale * (self._most() + 1))
        self.wanted = [
            parts[0].present
            for parts in model.parts.values()
            if parts[0].activity.mandatory and not model.must(parts[0].activity)
        ]
        terms: list[cp_model.LinearExprT] = [self.bonus * present for present in self.wanted]
        for parts in model.parts.values():
            for part in parts:
                terms += self._gain(part)
            if self._lateness and parts[0].activity.due is not None:
                terms.append(
                    -math.floor(round(self._lateness * self.scale, 6))
                    * self._late(parts, parts[0].activity.due)
                )
        for cost, literal in model.costs:
            terms.append(-math.floor(round(cost * self.scale, 6)) * literal)
        model.cp.maximize(sum(terms))

    def bound(self, best: float, mandatory: int) -> float:
        """Upper bound of the worth of all schedules that place so many of `wanted`."""
        return (best - self.bonus * mandatory) / self.scale

    def _scale(self) -> int:
        """The number that makes what a tick is worth whole; a thousand if that is too much."""
        index = self._model.index
        rates = {
            (part.activity.value, index.wish(part.activity, choice.mode))
            for part in self._model.all_parts()
            for choice in part.choices
            if not isinstance(part.size, int)
        }
        parts = [wish // math.gcd(value, wish) for value, wish in rates]
        weights = self._model.index.problem.weights
        parts += [Fraction(str(weight)).denominator for weight in (weights.lateness, weights.changeover)]
        scale = math.lcm(*parts)
        return scale if scale <= _MOST_SCALE else 1_000

    def _most(self) -> float:
        """No schedule of the activities is worth more, or costs more."""
        horizon = self._model.index.horizon
        most = sum(cost for cost, _ in self._model.costs)
        for parts in self._model.parts.values():
            activity = parts[0].activity
            most += activity.value + self._lateness * horizon * (activity.due is not None)
            most += len(parts) * max((mode.penalty for mode in activity.modes), default=0)
        return most

    def _gain(self, part: "Part") -> list[cp_model.LinearExprT]:
        """What a part is worth, mode by mode."""
        model, activity = self._model, part.activity
        if isinstance(part.size, int):
            return [self.scale * (activity.value - c.mode.penalty) * c.literal for c in part.choices]
        terms: list[cp_model.LinearExprT] = []
        wishes = {model.index.wish(activity, choice.mode) for choice in part.choices}
        at = model.placed(part)
        if len(wishes) == 1:
            terms.append(self._rate(activity.value, wishes.pop()) * model.counted(part))
        else:
            for choice in part.choices:
                counted = model.cp.new_int_var(0, part.longest, "")
                model.hint(counted, at.duration if at and at.mode == choice.mode.id else 0)
                model.cp.add(counted <= part.size)
                model.cp.add(counted == 0).only_enforce_if(choice.literal.negated())
                rate = self._rate(activity.value, model.index.wish(activity, choice.mode))
                terms.append(rate * counted)
        terms += [-self.scale * c.mode.penalty * c.literal for c in part.choices if c.mode.penalty]
        return terms

    def _rate(self, value: int, wish: int) -> int:
        return -(-self.scale * value // wish)

    def _late(self, parts: "list[Part]", due: int) -> cp_model.IntVar:
        """Ticks by which the last part ends after the due tick."""
        model, activity = self._model, parts[0].activity
        late = model.cp.new_int_var(0, model.index.horizon, "")
        placed = model.incumbent.get(activity.id, ())
        ends = [part.start + length(activity, part.duration) for part in placed]
        model.hint(late, max([0, *(end - due for end in ends)]))
        for part in parts:
            model.cp.add(late >= part.end - due).only_enforce_if(part.present)
        return late
