"""Scheduling a space centre: activities on facilities with people and utilities, no clash, most value.

A `Problem` in, a `Solution` out; no web, no database, no clock time. All public names are here.

>>> from solver import Activity, Mode, Options, Problem, Resource, solve
>>> shake = Activity("shake", (Mode("m", ("shaker",)),), wish=4, least=4, value=3)
>>> spin = Activity("spin", (Mode("m", ("shaker",)),), wish=2, least=2, value=2)
>>> solution = solve(Problem(5, (shake, spin), (Resource("shaker"),)), Options(time_limit=5, workers=1))
>>> [assignment.activity for assignment in solution.assignments], solution.status
(['shake'], 'optimal')
>>> solution.unplaced[0].reason.blockers[0].activities
('shake',)
"""

from solver.check import check
from solver.codec import (
    CodecError,
    assignments_from_json,
    assignments_to_json,
    fingerprint,
    problem_from_json,
    problem_to_json,
    solution_from_json,
    solution_to_json,
)
from solver.problem import (
    Activity,
    Changeover,
    Draw,
    Group,
    Level,
    Mode,
    Need,
    Person,
    Pin,
    PrecedenceLag,
    Problem,
    Qualification,
    Resource,
    Utility,
    Window,
)
from solver.solution import (
    Assignment,
    Blocker,
    Fault,
    Options,
    ProblemError,
    Progress,
    Reason,
    Solution,
    Unplaced,
)
from solver.solve import solve
from solver.verify import Verdict, Violation, verify
from solver.weights import Weights

__all__ = [
    "Activity",
    "Assignment",
    "Blocker",
    "Changeover",
    "CodecError",
    "Draw",
    "Fault",
    "Group",
    "Level",
    "Mode",
    "Need",
    "Options",
    "Person",
    "Pin",
    "PrecedenceLag",
    "Problem",
    "ProblemError",
    "Progress",
    "Qualification",
    "Reason",
    "Resource",
    "Solution",
    "Unplaced",
    "Utility",
    "Verdict",
    "Violation",
    "Weights",
    "Window",
    "assignments_from_json",
    "assignments_to_json",
    "check",
    "fingerprint",
    "problem_from_json",
    "problem_to_json",
    "solution_from_json",
    "solution_to_json",
    "solve",
    "verify",
]
