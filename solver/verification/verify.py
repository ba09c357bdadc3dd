"""A second opinion on every answer: plain Python over intervals, no code shared with the search.

Nothing is stored that has not passed here. Each rule of `solver.problem` is one function that looks
at the placements and yields what it finds wrong; a rule does not trust that the others hold.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from solver.problem import Problem
from solver.solution import Assignment
from solver.verification.facts import Facts, Placed, Violation
from solver.verification.objective import objective
from solver.verification.people import PEOPLE_RULES
from solver.verification.placement import PLACEMENT_RULES
from solver.verification.sharing import SHARING_RULES

__all__ = ["Verdict", "Violation", "verify"]

_RULES: tuple[Callable[[Facts], Iterator[Violation]], ...] = (
    *PLACEMENT_RULES,
    *PEOPLE_RULES,
    *SHARING_RULES,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer breaks (nothing, if it is good), and what it is worth.

    `objective` is that of `Problem`; with violations it counts what could be understood.
    """

    violations: tuple[Violation, ...]
    objective: float


def verify(problem: Problem, assignments: Sequence[Assignment]) -> Verdict:
    """Hold an answer against every rule of the problem and work out its objective anew.

    The problem is taken to be without faults (`solver.check`). What is not placed is no violation,
    mandatory or not; a pin that is missing is.

    >>> from solver.problem import Activity, Mode, Resource
    >>> shake = Activity("shake", (Mode("m", ("shaker",)),), wish=4, least=4)
    >>> spin = Activity("spin", (Mode("m", ("shaker",)),), wish=2, least=2)
    >>> problem = Problem(8, (shake, spin), (Resource("shaker"),))
    >>> verify(problem, [Assignment("shake", 1, "m", 0, 4), Assignment("spin", 1, "m", 4, 2)])
    Verdict(violations=(), objective=2.0)
    >>> verdict = verify(problem, [Assignment("shake", 1, "m", 0, 4), Assignment("spin", 1, "m", 3, 2)])
    >>> [violation.message for violation in verdict.violations]
    ['shake [0, 4) and spin [3, 5) overlap on shaker']
    """
    placed: list[Placed] = []
    violations = list(_understand(problem, assignments, placed))
    facts = Facts(problem, placed)
    for rule in _RULES:
        violations.extend(rule(facts))
    return Verdict(tuple(violations), objective(facts))


def _understand(
    problem: Problem, assignments: Iterable[Assignment], placed: list[Placed]
) -> Iterator[Violation]:
    """Fill `placed` with the assignments that name an activity, a mode of it, and a length."""
    activities = {activity.id: activity for activity in problem.activities}
    for assignment in assignments:
        activity = activities.get(assignment.activity)
        if activity is None:
            yield Violation(
                "unknown", assignment.activity, f"There is no activity {assignment.activity!r} in the problem"
            )
            continue
        mode = next((mode for mode in activity.modes if mode.id == assignment.mode), None)
        if mode is None:
            yield Violation("unknown", activity.id, f"{activity.id} has no mode {assignment.mode!r}")
        elif assignment.duration < 1:
            yield Violation("length", activity.id, f"{activity.id} runs for {assignment.duration} ticks")
        else:
            placed.append(Placed(assignment, activity, mode))
