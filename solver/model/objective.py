"""What the CP-SAT model makes as large as possible, in whole numbers."""

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from solver.model import terms as costs_of
from solver.model.terms import floored
from solver.problem import Activity

if TYPE_CHECKING:
    from solver.model.model import Model
    from solver.model.parts import Part

_MOST_SCALE = 100_000
_SQUARES_SCALE = 1_000


class Objective:
    """What the activities of a model bring, less what they cost, times `scale`.

    Rounding only ever adds, so that an upper bound stays one.

    Attributes
    ----------
    bonus
        Counted for each mandatory activity that was not placed: more than all else together.
    """

    def __init__(self, model: "Model") -> None:
        self._model = model
        self._weights = model.index.problem.weights
        self.scale = self._scale()
        self.bonus = int(self.scale * (self._most() + 1))
        self.wanted = [
            parts[0].present
            for parts in model.parts.values()
            if parts[0].activity.mandatory and not model.must(parts[0].activity)
        ]
        terms: list[cp_model.LinearExprT] = [self.bonus * present for present in self.wanted]
        for part in model.all_parts():
            terms += self._gain(part)
        weights = self._weights
        for weight, term in (
            (weights.lateness, costs_of.lateness),
            (weights.preference, costs_of.preference),
            (weights.makespan, costs_of.makespan),
            (weights.fairness, costs_of.fairness),
            (weights.balance, costs_of.balance),
            (weights.moved, costs_of.moved),
            (weights.distance, costs_of.distance),
            (weights.reassigned, costs_of.reassigned),
        ):
            if weight:
                terms += [-1 * cost for cost in term(model, weight * self.scale)]
        for cost, literal in model.costs:
            terms.append(-floored(cost * self.scale) * literal)
        model.cp.maximize(sum(terms))

    def bound(self, best: float, mandatory: int) -> float:
        """Upper bound of the worth of all schedules that place so many of `wanted`."""
        return (round(best) - self.bonus * mandatory) / self.scale

    def _scale(self) -> int:
        """The number that makes what a tick is worth whole; a thousand if that is too much."""
        index, weights = self._model.index, self._weights
        rates = {
            (part.activity.value, index.wish(part.activity, choice.mode))
            for part in self._model.all_parts()
            for choice in part.choices
            if not _earns_whole(part)
        }
        parts = [wish // math.gcd(value, wish) for value, wish in rates]
        parts += [
            Fraction(str(weight)).denominator
            for weight in (
                weights.value,
                weights.kept,
                weights.lateness,
                weights.changeover,
                weights.preference,
                weights.makespan,
                weights.moved,
                weights.distance,
                weights.reassigned,
            )
        ]
        scale = math.lcm(*parts)
        if weights.fairness or weights.balance:
            # Squares of shares are no whole numbers, whatever the scale.
            scale = max(scale, _SQUARES_SCALE)
        return scale if scale <= _MOST_SCALE else _SQUARES_SCALE

    def _most(self) -> float:
        """No schedule of the activities is worth more, or costs more."""
        weights, index = self._weights, self._model.index
        horizon = index.horizon
        most = sum(cost for cost, _ in self._model.costs) + weights.makespan * 2 * horizon
        programmes = set()
        for parts in self._model.parts.values():
            activity = parts[0].activity
            most += (weights.value + weights.kept) * activity.value
            most += weights.lateness * horizon * (activity.due is not None)
            penalty = max((mode.penalty for mode in activity.modes), default=0)
            each = weights.value * penalty + weights.preference
            if activity.previous:
                most += weights.moved * activity.move_cost
                each += weights.distance * 2 * horizon
                named = {name for pin in activity.previous for names in pin.people or () for name in names}
                most += weights.reassigned * len(named)
            most += len(parts) * each
            programmes.add(activity.programme)
        most += weights.fairness * len(programmes)
        if weights.balance:
            # Nobody is on duty for longer than there is time, pins that overlap aside.
            most += weights.balance * sum(
                (horizon / max(1, (mask & index.full).bit_count())) ** 2 for mask in index.on_shift.values()
            )
        return most

    def _gain(self, part: "Part") -> list[cp_model.LinearExprT]:
        """What a part is worth, mode by mode."""
        model, activity = self._model, part.activity
        penalty = self._weights.value * self.scale
        if _earns_whole(part):
            return [
                (self._rate(activity, 1) - floored(penalty * c.mode.penalty)) * c.literal
                for c in part.choices
            ]
        terms: list[cp_model.LinearExprT] = []
        wishes = {model.index.wish(activity, choice.mode) for choice in part.choices}
        at = model.placed(part)
        if len(wishes) == 1:
            terms.append(self._rate(activity, wishes.pop()) * model.counted(part))
        else:
            for choice in part.choices:
                counted = model.cp.new_int_var(0, part.longest, "")
                model.hint(counted, at.duration if at and at.mode == choice.mode.id else 0)
                model.cp.add(counted <= part.size)
                model.cp.add(counted == 0).only_enforce_if(choice.literal.negated())
                terms.append(self._rate(activity, model.index.wish(activity, choice.mode)) * counted)
        terms += [-floored(penalty * c.mode.penalty) * c.literal for c in part.choices if c.mode.penalty]
        return terms

    def _rate(self, activity: Activity, wish: int) -> int:
        """What each tick of a run of `wish` ticks is worth."""
        value = self._weights.value + (self._weights.kept if activity.previous else 0.0)
        return math.ceil(round(self.scale * value * activity.value / wish, 6))


def _earns_whole(part: "Part") -> bool:
    """Whether a part is worth the same in each length it can have: all of its value."""
    return isinstance(part.size, int) or part.activity.closed == "pause"
