"""Terms of the objective in order of rank: weights by which each counts more than all after it."""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal, get_args

from solver.problem import Activity, Mode, Problem
from solver.weights import Weights

Term = Literal[
    "value", "lateness", "changeover", "preference", "makespan", "kept", "moved", "distance", "reassigned"
]
"""A term of `Weights` that is a whole number of steps; fairness and balance are squares and are not."""

MOST = 1 << 53
"""Below this floats hold every whole number; the whole objective stays under it."""

MOST_SUM = 1 << 61
"""Below this CP-SAT adds up without overflow; its objective is in steps of value."""

_MOST_SCALE = 100_000
"""Most steps of value to one unit in `solver.model.objective`."""


def lexicographic(problem: Problem, terms: Sequence[Term]) -> Weights:
    """Weights by which one step of a term outweighs all that the terms after it can ever come to.

    Parameters
    ----------
    terms
        The first ranks highest; each at most once, at least one.

    Returns
    -------
    Weights
        Whole numbers. Terms that are not named weigh 0, and so do the last ones if the ranges of all
        together do not fit into 53 bits: `stages` says what to do with those.

    Raises
    ------
    ValueError
        If a term is named twice, none is, or the first alone does not fit.

    >>> from solver.problem import Activity, Mode, Pin, Resource
    >>> cast = Activity("cast", (Mode("m", ("kiln",)),), wish=4, least=4, value=3, previous=(Pin(2, 4, "m"),))
    >>> weights = lexicographic(Problem(20, (cast,), (Resource("kiln"),)), ("kept", "moved", "distance"))
    >>> weights.kept, weights.moved, weights.distance
    (38.0, 19.0, 1.0)
    """
    if not terms or len(set(terms)) < len(terms):
        raise ValueError(f"Each term is to be named once, and at least one: {list(terms)}")
    for count in range(len(terms), 0, -1):
        weights = _weights(problem, terms[:count])
        if weights is not None:
            return weights
    raise ValueError(f"{problem.name or 'problem'}: the range of {terms[0]} alone exceeds 53 bits")


def stages(problem: Problem, terms: Sequence[Term]) -> tuple[Weights, ...]:
    """All terms, in as few objectives as hold them: each is to be solved with those before it held.

    Raises
    ------
    ValueError
        As `lexicographic` does.
    """
    found: list[Weights] = []
    left = list(terms)
    while left or not found:
        weights = lexicographic(problem, left)
        found.append(weights)
        left = [term for term in left if getattr(weights, term) == 0]
    return tuple(found)


def widest(problem: Problem, weights: Weights) -> float:
    """No two schedules differ by more in the sum of all terms with these weights but fairness and balance."""
    amounts = ((getattr(weights, term), term) for term in get_args(Term))
    return float(sum(Fraction(weight) * _range(problem, term) for weight, term in amounts if weight))


def _weights(problem: Problem, terms: Sequence[Term]) -> Weights | None:
    """The weights if they fit."""
    found: dict[str, float] = {}
    total = Fraction(0)
    for term in reversed(terms):
        steps = step(problem, term)
        # In the last place a step may be a fraction of 1: nothing comes after it that it could miss.
        weight = math.floor(total) + 1
        weight *= steps if found else 1
        total += weight * _range(problem, term)
        found[term] = float(weight)
        # Above `_MOST_SCALE` the model counts in rougher steps.
        if total >= MOST or total * min(step(problem, "value"), _MOST_SCALE) >= MOST_SUM:
            return None
    weights = Weights(value=0.0)
    return Weights(**{name: found.get(name, 0.0) for name in weights.__slots__})


def step(problem: Problem, term: Term) -> int:
    """Steps to one unit of the term: shares of a value are fractions, all else are whole numbers.

    Weighted with this alone, a term is a whole number for every schedule.
    """
    if term not in ("value", "kept"):
        return 1
    rates = {
        Fraction(activity.value, wish) for activity in problem.activities for wish in _wishes(activity, term)
    }
    return math.lcm(*(rate.denominator for rate in rates))


def _wishes(activity: Activity, term: Term) -> Iterator[int]:
    """The wishes in whose shares a placement is counted; none if it is always all of one."""
    if term == "kept" and not activity.previous:
        return
    pins = [*activity.previous, *([activity.pin] if activity.pin is not None else [])]
    lengths = {_wish(activity, mode) for mode in activity.modes}
    for mode in activity.modes:
        wish, least = _wish(activity, mode), _least(activity, mode)
        # Of lengths that differ a model counts each tick, though it takes all of them.
        if (
            len(lengths) > 1
            or least < wish
            or activity.most_parts > 1
            or any(pin.duration != wish for pin in pins)
        ):
            yield wish
    if any(pin.mode not in {mode.id for mode in activity.modes} for pin in pins):
        yield activity.wish


def _wish(activity: Activity, mode: Mode) -> int:
    return activity.wish if mode.wish is None else mode.wish


def _least(activity: Activity, mode: Mode) -> int:
    return min(activity.least, _wish(activity, mode)) if mode.least is None else mode.least


def _range(problem: Problem, term: Term) -> Fraction:
    """No two schedules differ by more in the term."""
    if term == "makespan":
        return Fraction(max(_latest_end(problem, activity) for activity in problem.activities))
    if term == "changeover":
        gap = {r.id: max((c.ticks for c in r.changeovers), default=0) for r in problem.resources}
        return Fraction(
            sum(
                max(sum(gap[resource] for resource in mode.resources) for mode in activity.modes)
                * activity.most_parts
                for activity in problem.activities
            )
        )
    return sum((_range_of(problem, activity, term) for activity in problem.activities), Fraction(0))


def _range_of(problem: Problem, activity: Activity, term: Term) -> Fraction:
    parts, before = activity.most_parts, activity.previous
    if term == "value":
        most = max((mode.penalty for mode in activity.modes), default=0)
        return Fraction(activity.value * _longest_share(activity) + parts * most)
    if term == "lateness":
        return Fraction(0 if activity.due is None else max(0, _latest_end(problem, activity) - activity.due))
    if term == "preference":
        return Fraction(parts if activity.preferred else 0)
    if not before:
        return Fraction(0)
    if term == "kept":
        return Fraction(activity.value * _longest_share(activity))
    if term == "moved":
        return Fraction(activity.move_cost)
    if term == "distance":
        return Fraction(sum(_furthest(problem, activity, pin.start) for pin in before[:parts]))
    return Fraction(len({name for pin in before for names in pin.people or () for name in names}))


def _longest_share(activity: Activity) -> Fraction:
    """How much of its value it can earn: more than all only if a pin is longer than the wish."""
    pin = activity.pin
    if pin is None:
        return Fraction(1)
    wish = next((_wish(activity, mode) for mode in activity.modes if mode.id == pin.mode), activity.wish)
    return max(Fraction(1), Fraction(pin.duration, wish))


def _furthest(problem: Problem, activity: Activity, start: int) -> int:
    """Most ticks between a start and the one before."""
    if activity.pin is not None:
        return abs(activity.pin.start - start)
    first = max(0, activity.release or 0)
    last = problem.horizon if activity.deadline is None else min(problem.horizon, activity.deadline)
    return max(start - first, last - start, 0)


def _latest_end(problem: Problem, activity: Activity) -> int:
    if activity.pin is not None:
        whole = activity.setup + activity.pin.duration + activity.teardown
        return max(problem.horizon, activity.pin.start + whole)
    return problem.horizon if activity.deadline is None else min(problem.horizon, activity.deadline)
