"""What a plan takes from those to whom an earlier one was promised, counted exactly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from solver.problem import Activity, Pin, Problem
from solver.solution import Assignment

Placed = Mapping[str, Sequence[Assignment]]
"""For each placed activity its parts."""


@dataclass(frozen=True, slots=True, order=True)
class Toll:
    """How far a plan is from a published one; the smaller the better, the first that differs decides.

    Parameters
    ----------
    left_out
        Mandatory activities that are not placed.
    lost
        Value of what was published that is not placed any more. What runs longer than it was
        published makes up for nothing.
    moved
        Sum of the move costs of the published activities that are not placed just so, or not at all.
    distance
        Ticks between the starts, part by part, of published activities that are placed.
    reassigned
        People who were named on a published activity that is placed, and are not on it any more.
    """

    left_out: int
    lost: Fraction
    moved: int
    distance: int
    reassigned: int


def toll(problem: Problem, plan: Sequence[Assignment], assignments: Sequence[Assignment]) -> Toll:
    """What `assignments` take from a published `plan`; what is no longer asked for does not count.

    >>> from solver.problem import Mode, Resource
    >>> cast = Activity("cast", (Mode("m", ("kiln",)),), wish=4, least=4, value=3)
    >>> problem = Problem(20, (cast,), (Resource("kiln"),))
    >>> toll(problem, [Assignment("cast", 1, "m", 2, 4)], [Assignment("cast", 1, "m", 7, 4)])
    Toll(left_out=0, lost=Fraction(0, 1), moved=1, distance=5, reassigned=0)
    """
    return Tolls(published(problem, plan)).of(by_activity(assignments))


def published(problem: Problem, plan: Iterable[Assignment]) -> Problem:
    """The problem with the plan as the places where its activities stood before."""
    before = by_activity(plan)
    return replace(
        problem,
        activities=tuple(
            replace(activity, previous=tuple(_pin(part) for part in before.get(activity.id, ())))
            for activity in problem.activities
        ),
    )


def _pin(part: Assignment) -> Pin:
    return Pin(part.start, part.duration, part.mode, part.people)


def by_activity(assignments: Iterable[Assignment]) -> dict[str, list[Assignment]]:
    """For each placed activity its parts, in order of time."""
    found: dict[str, list[Assignment]] = {}
    for part in sorted(assignments, key=lambda part: part.start):
        found.setdefault(part.activity, []).append(part)
    return found


class Tolls:
    """The toll of many plans of one problem, whose activities know where they stood before."""

    def __init__(self, problem: Problem) -> None:
        self._activities = [a for a in problem.activities if a.previous or a.mandatory]
        self._known: dict[tuple[Assignment, ...], tuple[Fraction, int, int, int]] = {}
        self.before = {a.id: share(a, a.previous) for a in self._activities}

    def of(self, placed: Placed) -> Toll:
        """The toll of a plan."""
        left_out = moved = distance = reassigned = 0
        lost = Fraction(0)
        for activity in self._activities:
            parts = placed.get(activity.id)
            if not parts:
                left_out += activity.mandatory
                if activity.previous:
                    lost += self.before[activity.id]
                    moved += activity.move_cost
            elif activity.previous:
                one = self._one(activity, tuple(parts))
                lost, moved = lost + one[0], moved + one[1]
                distance, reassigned = distance + one[2], reassigned + one[3]
        return Toll(left_out, lost, moved, distance, reassigned)

    def _one(self, activity: Activity, parts: tuple[Assignment, ...]) -> tuple[Fraction, int, int, int]:
        if parts not in self._known:
            before = sorted(activity.previous, key=lambda pin: pin.start)
            pairs = zip(before, sorted(parts, key=lambda part: part.start), strict=False)
            self._known[parts] = (
                max(Fraction(0), self.before[activity.id] - share(activity, parts)),
                0 if stands(activity, parts) else activity.move_cost,
                sum(abs(pin.start - part.start) for pin, part in pairs),
                len(people_of(before) - people_of(parts)),
            )
        return self._known[parts]


def share(activity: Activity, parts: Iterable[Assignment | Pin]) -> Fraction:
    """The value of some parts; of a mode that is gone, as if its wish were that of the activity."""
    wishes = {mode.id: mode.wish or activity.wish for mode in activity.modes}
    rates = (Fraction(part.duration, wishes.get(part.mode, activity.wish)) for part in parts)
    if activity.closed == "pause":
        # Whatever is beyond the wish is pauses.
        rates = (min(rate, Fraction(1)) for rate in rates)
    return activity.value * sum(rates, Fraction(0))


def stands(activity: Activity, parts: Iterable[Assignment]) -> bool:
    """Whether the parts lie just as before, whoever works on them."""
    now = sorted((part.start, part.duration, part.mode) for part in parts)
    return now == sorted((pin.start, pin.duration, pin.mode) for pin in activity.previous)


def people_of(parts: Iterable[Assignment | Pin]) -> frozenset[str]:
    """Everybody who is named on the parts."""
    return frozenset(name for part in parts for names in part.people or () for name in names)
