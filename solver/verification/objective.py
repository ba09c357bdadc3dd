"""What an answer is worth, worked out anew: each term of the objective is one function.

A function gives the amount of its term; `solver.weights.Weights` says what each unit counts.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence

from solver.problem import Activity, Binds, Window
from solver.verification.facts import Facts, Placed, intervals_of, lies_in_one
from solver.verification.sharing import changeovers_needed


def objective(facts: Facts) -> float:
    """The sum of all terms, in units of value."""
    weights = facts.problem.weights
    terms = [weights.value * amount for amount in (value(facts), -penalties(facts))]
    terms.append(weights.kept * kept(facts))
    terms += [-weight * cost(facts) for weight, cost in _costs(facts) if weight]
    return math.fsum(terms)


def _costs(facts: Facts) -> list[tuple[float, Callable[[Facts], float]]]:
    weights = facts.problem.weights
    return [
        (weights.lateness, lateness),
        (weights.changeover, changeover),
        (weights.preference, not_preferred),
        (weights.makespan, makespan),
        (weights.fairness, unfairness),
        (weights.balance, imbalance),
        (weights.moved, moved),
        (weights.distance, distance),
        (weights.reassigned, reassigned),
    ]


def value(facts: Facts) -> float:
    """Value of what is placed, in proportion to the wish."""
    return math.fsum(each.activity.value * facts.worked(each) / each.wish for each in facts.placed)


def penalties(facts: Facts) -> float:
    """Penalties of the modes, for each part."""
    return sum(each.mode.penalty for each in facts.placed)


def kept(facts: Facts) -> float:
    """Value of what is placed of that which was placed before."""
    return math.fsum(
        each.activity.value * facts.worked(each) / each.wish
        for each in facts.placed
        if each.activity.previous
    )


def lateness(facts: Facts) -> int:
    """Ticks after `due`, of the last part of each activity."""
    late = 0
    for parts in facts.by_activity.values():
        due = parts[0].activity.due
        if due is not None:
            late += max(0, max(part.end for part in parts) - due)
    return late


def changeover(facts: Facts) -> int:
    """Ticks of changeover between neighbours on all resources."""
    return sum(
        needed.ticks for resource in facts.problem.resources for needed in changeovers_needed(facts, resource)
    )


def not_preferred(facts: Facts) -> int:
    """Parts that lie in none of their preferred windows; what is pinned has no choice."""
    return sum(
        each.pin is None and bool(each.activity.preferred) and not _is_preferred(each)
        for each in facts.placed
    )


def _is_preferred(each: Placed) -> bool:
    def inside(binds: Binds, interval: tuple[int, int]) -> bool:
        windows: list[Window] = [w for w in each.activity.preferred if w.binds == binds]
        return not windows or lies_in_one(interval, intervals_of(windows))

    return inside("run", each.run) and inside("whole", each.whole)


def makespan(facts: Facts) -> int:
    """Tick at which the last part of all ends; 0 if nothing is placed."""
    return max((each.end for each in facts.placed), default=0)


def unfairness(facts: Facts) -> float:
    """Sum over programmes of the squared share of their asked ticks that is not placed."""
    asked: dict[str, int] = defaultdict(int)
    got: dict[str, float] = defaultdict(float)
    for activity in facts.problem.activities:
        if activity.programme is not None:
            asked[activity.programme] += activity.wish
    for each in facts.placed:
        if each.activity.programme is not None:
            share = facts.worked(each) / each.wish
            got[each.activity.programme] += each.activity.wish * share
    return math.fsum(max(0.0, 1 - got[each] / ticks) ** 2 for each, ticks in asked.items())


def imbalance(facts: Facts) -> float:
    """Sum over people of the squared share of their shifts that is duty."""
    duty: dict[str, int] = defaultdict(int)
    for each in facts.duties:
        duty[each.person.id] += each.end - each.start
    total = 0.0
    for name, ticks in duty.items():
        total += (ticks / max(1, _ticks_on_shift(facts, name))) ** 2
    return total


def _ticks_on_shift(facts: Facts, name: str) -> int:
    """Ticks of the horizon in which somebody is on shift and not absent."""
    person, horizon = facts.people[name], facts.problem.horizon
    shifts = [(0, horizon)] if person.shifts is None else list(intervals_of(person.shifts))
    there = {tick for start, end in shifts for tick in range(max(start, 0), min(end, horizon))}
    for start, end in intervals_of(person.absences):
        there.difference_update(range(max(start, 0), min(end, horizon)))
    return len(there)


def moved(facts: Facts) -> int:
    """Move costs of those that do not stand as before, or not at all."""
    return sum(
        activity.move_cost
        for activity in facts.problem.activities
        if activity.previous and not _stands_as_before(activity, facts.by_activity.get(activity.id, ()))
    )


def _stands_as_before(activity: Activity, parts: Sequence[Placed]) -> bool:
    now = sorted((each.start, each.assignment.duration, each.mode.id) for each in parts)
    return now == sorted((pin.start, pin.duration, pin.mode) for pin in activity.previous)


def distance(facts: Facts) -> int:
    """Ticks between where parts start and where they started before, in order of time."""
    total = 0
    for parts in facts.by_activity.values():
        before = sorted(pin.start for pin in parts[0].activity.previous)
        now = sorted(each.start for each in parts)
        total += sum(abs(one - other) for one, other in zip(before, now, strict=False))
    return total


def reassigned(facts: Facts) -> int:
    """People who were named before on what is placed, and are not on it any more."""
    total = 0
    for parts in facts.by_activity.values():
        now = {name for each in parts for names in each.assignment.people for name in names}
        before = {name for pin in parts[0].activity.previous for names in pin.people or () for name in names}
        total += len(before - now)
    return total
