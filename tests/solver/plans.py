"""Short ways to write a problem and a plan of it, for the tests of single rules."""

from dataclasses import replace

from solver.checks.check import check
from solver.problem import Activity, Mode, Problem, Resource
from solver.solution import Assignment
from solver.verification.verify import verify

LAB, HALL = Resource("lab"), Resource("hall", 3)


def activity(name="a", length=4, *, on="lab", **fields):
    """An activity of fixed length in one mode ``m`` on one resource, unless `fields` say otherwise."""
    modes = fields.pop("modes", (Mode("m", (on,)),))
    wish = fields.pop("wish", length)
    return Activity(name, modes, wish=wish, least=fields.pop("least", wish), **fields)


def week(*activities, horizon=20, resources=(LAB, HALL), **fields):
    """A problem without faults."""
    problem = Problem(horizon, activities, resources, **fields)
    assert check(problem) == ()
    return problem


def put(name, start, duration=4, *, part=1, mode="m", people=()):
    return Assignment(name, part, mode, start, duration, people)


def broken_rules(problem, *assignments):
    """Names of the rules that the plan breaks, each once, in order of the alphabet."""
    return sorted({violation.rule for violation in verify(problem, assignments).violations})


def with_resource(problem, **fields):
    """The problem with the lab changed."""
    return replace(problem, resources=(replace(LAB, **fields), HALL))
