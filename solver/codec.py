"""Problems, solutions, explanations and repairs as JSON and back, so that any solve can be replayed.

What is a file of its own is an object with a ``format``; what stands inside something else (a remedy
that is stored, an activity that is added) has none. The shapes are those of `solver.codec_plain`;
keys come in the order of the dataclass.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from solver.codec_plain import CodecError, plain, read, shown
from solver.explanation.explain import Explanation
from solver.explanation.force import Price
from solver.explanation.remedies import Remedy
from solver.problem import Activity, Problem
from solver.repairs.repair import Repair
from solver.solution import Assignment, Solution

__all__ = [
    "EXPLANATIONS_FORMAT",
    "PROBLEM_FORMAT",
    "REPAIR_FORMAT",
    "SOLUTION_FORMAT",
    "CodecError",
    "activity_from_json",
    "activity_to_json",
    "assignments_from_json",
    "assignments_to_json",
    "explanations_from_json",
    "explanations_to_json",
    "fingerprint",
    "price_from_json",
    "price_to_json",
    "problem_from_json",
    "problem_to_json",
    "remedy_from_json",
    "remedy_to_json",
    "repair_from_json",
    "repair_to_json",
    "solution_from_json",
    "solution_to_json",
]

PROBLEM_FORMAT = "markaz-problem/1"
SOLUTION_FORMAT = "markaz-solution/1"
EXPLANATIONS_FORMAT = "markaz-explanations/1"
REPAIR_FORMAT = "markaz-repair/1"


def problem_to_json(problem: Problem) -> dict[str, Any]:
    """The problem as plain dicts and lists, ready for `json.dumps`.

    >>> from solver.problem import Activity, Mode, Resource, Window
    >>> leak_test = Activity("leak test", (Mode("in TVAC-1", ("TVAC-1",)),), wish=6, least=6)
    >>> problem = Problem(24, (leak_test,), (Resource("TVAC-1", open=(Window(8, 18),)),))
    >>> problem_to_json(problem)["resources"]
    [{'id': 'TVAC-1', 'open': [[8, 18]]}]
    >>> problem_from_json(problem_to_json(problem)) == problem
    True
    """
    return {"format": PROBLEM_FORMAT, **plain(problem)}


def problem_from_json(data: object) -> Problem:
    """The problem that `problem_to_json` wrote.

    Raises
    ------
    CodecError
        If the format is another one, a key is unknown or missing, or a value has the wrong type.
        Whether the values make sense together is the question of `solver.check`.

    >>> problem_from_json({"format": "markaz-problem/1", "horizon": 8, "activities": [{"id": "spin"}]})
    Traceback (most recent call last):
        ...
    solver.codec_plain.CodecError: activities[0].modes: Activity needs this field
    """
    problem: Problem = read(Problem, _without_format(data, PROBLEM_FORMAT))
    return problem


def solution_to_json(solution: Solution) -> dict[str, Any]:
    """The solution as plain dicts and lists, ready for `json.dumps`.

    >>> nothing = Solution((), (), "optimal", 0.0, 0.0, (), seconds=0.5, seed=1)
    >>> solution_to_json(nothing)["status"]
    'optimal'
    >>> solution_from_json(solution_to_json(nothing)) == nothing
    True
    """
    return {"format": SOLUTION_FORMAT, **plain(solution)}


def solution_from_json(data: object) -> Solution:
    """The solution that `solution_to_json` wrote; raises `CodecError` as `problem_from_json` does.

    >>> solution_from_json([])
    Traceback (most recent call last):
        ...
    solver.codec_plain.CodecError: expected an object with format 'markaz-solution/1', not []
    """
    solution: Solution = read(Solution, _without_format(data, SOLUTION_FORMAT))
    return solution


def assignments_to_json(assignments: Sequence[Assignment]) -> list[dict[str, Any]]:
    """Assignments alone, as a list: what a stored plan keeps.

    >>> assignments_to_json([Assignment("leak test", 1, "in TVAC-1", start=8, duration=6)])
    [{'activity': 'leak test', 'part': 1, 'mode': 'in TVAC-1', 'start': 8, 'duration': 6}]
    """
    return [plain(assignment) for assignment in assignments]


def assignments_from_json(data: object) -> tuple[Assignment, ...]:
    """The assignments that `assignments_to_json` wrote; raises `CodecError`, path from ``[0]`` on.

    >>> assignments_from_json([{"activity": "spin", "part": 1, "mode": "m", "start": 8, "duration": 2}])
    (Assignment(activity='spin', part=1, mode='m', start=8, duration=2, people=()),)
    """
    assignments: tuple[Assignment, ...] = read(tuple[Assignment, ...], data)
    return assignments


def activity_to_json(activity: Activity) -> dict[str, Any]:
    """One activity alone, such as one that is added to a published plan.

    >>> from solver.problem import Mode
    >>> activity_to_json(Activity("spin", (Mode("m", ("shaker",)),), wish=2, least=2))
    {'id': 'spin', 'modes': [{'id': 'm', 'resources': ['shaker']}], 'wish': 2, 'least': 2}
    """
    written: dict[str, Any] = plain(activity)
    return written


def activity_from_json(data: object) -> Activity:
    """The activity that `activity_to_json` wrote; raises `CodecError` as `problem_from_json` does.

    >>> activity_from_json({"id": "spin", "modes": [], "wish": 2, "least": 2}).wish
    2
    """
    activity: Activity = read(Activity, data)
    return activity


def explanations_to_json(explanations: Iterable[Explanation]) -> dict[str, Any]:
    """What `solver.explain` found, as plain dicts and lists.

    >>> from solver.solution import Blocker, Reason
    >>> closed = Explanation("spin", Reason((Blocker("calendar", ("shaker",)),)), None, ())
    >>> explanations_to_json([closed])["explanations"][0]["reason"]
    {'blockers': [{'rule': 'calendar', 'subjects': ['shaker']}]}
    """
    return {"format": EXPLANATIONS_FORMAT, "explanations": plain(tuple(explanations))}


def explanations_from_json(data: object) -> tuple[Explanation, ...]:
    """The explanations that `explanations_to_json` wrote; raises `CodecError` as `problem_from_json` does.

    >>> explanations_from_json({"format": "markaz-explanations/1", "explanations": []})
    ()
    """
    inner = _without_format(data, EXPLANATIONS_FORMAT)
    for key in inner:
        if key != "explanations":
            raise CodecError(key, "there is no such field")
    if "explanations" not in inner:
        raise CodecError("explanations", "is missing; expected a list")
    explanations: tuple[Explanation, ...] = read(
        tuple[Explanation, ...], inner["explanations"], "explanations"
    )
    return explanations


def remedy_to_json(remedy: Remedy) -> dict[str, Any]:
    """One remedy alone, to be kept and applied later.

    >>> remedy_to_json(Remedy("later_deadline", "spin", ticks=2))
    {'kind': 'later_deadline', 'subject': 'spin', 'ticks': 2}
    """
    written: dict[str, Any] = plain(remedy)
    return written


def remedy_from_json(data: object) -> Remedy:
    """The remedy that `remedy_to_json` wrote; raises `CodecError` as `problem_from_json` does.

    >>> remedy_from_json({"kind": "later_deadline", "subject": "spin", "ticks": 2}).ticks
    2
    """
    remedy: Remedy = read(Remedy, data)
    return remedy


def price_to_json(price: Price) -> dict[str, Any]:
    """One price alone.

    >>> from solver.explanation.remedies import Cost
    >>> price_to_json(Price(Cost(2.0, dropped=("spin",)), (), (), proven=True))["cost"]
    {'value_lost': 2, 'dropped': ['spin']}
    """
    written: dict[str, Any] = plain(price)
    return written


def price_from_json(data: object) -> Price:
    """The price that `price_to_json` wrote; raises `CodecError` as `problem_from_json` does.

    >>> price_from_json({"cost": {}, "placed_too": [], "assignments": [], "proven": False}).cost.value_lost
    0.0
    """
    price: Price = read(Price, data)
    return price


def repair_to_json(repair: Repair) -> dict[str, Any]:
    """What `solver.repair` found, as plain dicts and lists; its exact fractions as text, ``7/2``.

    >>> from fractions import Fraction
    >>> from solver.repairs.repair import Toll
    >>> nothing = Solution((), (), "optimal", 0.0, 0.0, (), seconds=0.5, seed=1)
    >>> found = Repair(nothing, (), Toll(0, Fraction(7, 2), 1, 0, 0), ())
    >>> repair_to_json(found)["toll"]
    {'left_out': 0, 'lost': '7/2', 'moved': 1, 'distance': 0, 'reassigned': 0}
    >>> repair_from_json(repair_to_json(found)) == found
    True
    """
    return {"format": REPAIR_FORMAT, **plain(repair)}


def repair_from_json(data: object) -> Repair:
    """The repair that `repair_to_json` wrote; raises `CodecError` as `problem_from_json` does.

    >>> repair_from_json({"format": "markaz-repair/1", "changes": []})
    Traceback (most recent call last):
        ...
    solver.codec_plain.CodecError: solution: Repair needs this field
    """
    repair: Repair = read(Repair, _without_format(data, REPAIR_FORMAT))
    return repair


def fingerprint(problem: Problem) -> str:
    """SHA-256, in 64 hex digits, of the problem in one canonical spelling.

    Equal problems have equal fingerprints, on any machine and in any release that writes this format.

    >>> fingerprint(Problem(8, ())) == fingerprint(Problem(horizon=8, activities=()))
    True
    """
    canonical = json.dumps(problem_to_json(problem), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _without_format(data: object, expected: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise CodecError("", f"expected an object with format {expected!r}, not {shown(data)}")
    if "format" not in data:
        raise CodecError("format", f"is missing; expected {expected!r}")
    if data["format"] != expected:
        raise CodecError("format", f"expected {expected!r}, not {shown(data['format'])}")
    return {key: value for key, value in data.items() if key != "format"}
