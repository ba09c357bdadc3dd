"""Scheduling a space centre: activities on facilities with people and utilities, no clash, most value.

A `Problem` in, a `Solution` out; no web, no database, no clock time. All public names are here. Times
are whole ticks from the start of the horizon, intervals half-open ``[start, end)``, ids strings.

Solve, and hold the answer against the rules by code that the search does not share:

>>> import solver
>>> from solver import Activity, Assignment, Down, Mode, Options, Problem, Resource, Window
>>> shake = Activity("shake", (Mode("m", ("shaker",)),), wish=4, least=4, value=3)
>>> spin = Activity("spin", (Mode("m", ("shaker",)),), wish=2, least=2, value=2, deadline=5)
>>> problem = Problem(8, (shake, spin), (Resource("shaker", outages=(Window(2, 3),)),))
>>> one_worker = Options(time_limit=5, workers=1)
>>> solution = solver.solve(problem, one_worker)
>>> [(part.activity, part.start) for part in solution.assignments], solution.status
([('spin', 0), ('shake', 3)], 'optimal')
>>> solver.verify(problem, solution.assignments)
Verdict(violations=(), objective=5.0)

What is not placed has a reason, a price and remedies, each of them tried out; what is placed can say why
it is not earlier:

>>> bake = Activity("bake", (Mode("m", ("shaker",)),), wish=2, least=2, deadline=8)
>>> full = Problem(8, (shake, spin, bake), problem.resources)
>>> explanation, = solver.explain(full, solution.assignments, budget=5)
>>> explanation.activity, [blocker.rule for blocker in explanation.reason.blockers]
('bake', ['busy'])
>>> solver.why(full, solution.assignments)[0].reason == explanation.reason
True
>>> solver.price(full, solution.assignments, "bake").cost.dropped
('spin',)
>>> solver.why_not_earlier(problem, solution.assignments, "shake").blockers[0].rule
'outage'
>>> remedy = explanation.remedies[0]
>>> solver.verify(solver.apply_remedy(full, remedy), remedy.assignments).violations
()

When something happens to a published plan, as little as possible is changed:

>>> today = solver.disturb(problem, solution.assignments, Down("shaker", Window(3, 4)))
>>> repaired = solver.repair(today, solution.assignments, one_worker)
>>> [(each.kind, each.activity, each.after[0].start) for each in repaired.changes]
[('moved', 'shake', 4)]

All of it can be written as JSON and read back; `json_schema` describes the files:

>>> solver.problem_from_json(solver.problem_to_json(problem)) == problem
True
>>> solver.solution_from_json(solver.solution_to_json(solution)) == solution
True
>>> solver.json_schema("problem")["title"]
'Markaz problem'

From the command line: ``python -m solver solve | verify | explain | repair | schema``.
"""

from solver.checks.check import check
from solver.codec import (
    CodecError,
    activity_from_json,
    activity_to_json,
    assignments_from_json,
    assignments_to_json,
    explanations_from_json,
    explanations_to_json,
    fingerprint,
    price_from_json,
    price_to_json,
    problem_from_json,
    problem_to_json,
    remedy_from_json,
    remedy_to_json,
    repair_from_json,
    repair_to_json,
    solution_from_json,
    solution_to_json,
)
from solver.explanation.explain import Explanation, explain, price, why, why_not_earlier
from solver.explanation.force import Price
from solver.explanation.remedies import Cost, Remedy
from solver.explanation.remedies import apply as apply_remedy
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
from solver.repairs.disturb import Added, Cancelled, Down, Moved, disturb
from solver.repairs.lexicographic import lexicographic
from solver.repairs.repair import Change, Repair, Toll, repair, toll
from solver.schema import json_schema
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
from solver.verification.verify import Verdict, Violation, verify
from solver.weights import Weights

__all__ = [
    "Activity",
    "Added",
    "Assignment",
    "Blocker",
    "Cancelled",
    "Change",
    "Changeover",
    "CodecError",
    "Cost",
    "Down",
    "Draw",
    "Explanation",
    "Fault",
    "Group",
    "Level",
    "Mode",
    "Moved",
    "Need",
    "Options",
    "Person",
    "Pin",
    "PrecedenceLag",
    "Price",
    "Problem",
    "ProblemError",
    "Progress",
    "Qualification",
    "Reason",
    "Remedy",
    "Repair",
    "Resource",
    "Solution",
    "Toll",
    "Unplaced",
    "Utility",
    "Verdict",
    "Violation",
    "Weights",
    "Window",
    "activity_from_json",
    "activity_to_json",
    "apply_remedy",
    "assignments_from_json",
    "assignments_to_json",
    "check",
    "disturb",
    "explain",
    "explanations_from_json",
    "explanations_to_json",
    "fingerprint",
    "json_schema",
    "lexicographic",
    "price",
    "price_from_json",
    "price_to_json",
    "problem_from_json",
    "problem_to_json",
    "remedy_from_json",
    "remedy_to_json",
    "repair",
    "repair_from_json",
    "repair_to_json",
    "solution_from_json",
    "solution_to_json",
    "solve",
    "toll",
    "verify",
    "why",
    "why_not_earlier",
]
