"""What happens to a published plan: something is added, moved, called off, or out of service."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from solver.problem import Activity, Pin, Problem, Window
from solver.repairs.toll import by_activity
from solver.solution import Assignment


@dataclass(frozen=True, slots=True)
class Added:
    """Something new that has to be done."""

    activity: Activity


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody has put an activity to a new place, where it stays."""

    activity: str
    pin: Pin


@dataclass(frozen=True, slots=True)
class Cancelled:
    """An activity is not asked for any more."""

    activity: str


@dataclass(frozen=True, slots=True)
class Down:
    """A resource is out of service for some time."""

    resource: str
    window: Window


Disturbance = Added | Moved | Cancelled | Down


def disturb(problem: Problem, plan: Sequence[Assignment], disturbance: Disturbance) -> Problem:
    """The problem as it is after a disturbance, for `solver.repair.repair`.

    What is added or moved is mandatory. A pin that lies on a resource while that is out of service
    is none any more: the activity is mandatory instead, and can be moved.

    Raises
    ------
    ValueError
        If the disturbance names what is not in the problem, or adds what is there already.

    >>> from solver.problem import Mode, Resource
    >>> cast = Activity("cast", (Mode("m", ("kiln",)),), wish=4, least=4)
    >>> problem = Problem(20, (cast,), (Resource("kiln"),))
    >>> disturb(problem, [], Down("kiln", Window(0, 6))).resources[0].outages
    (Window(start=0, end=6, binds='whole'),)
    """
    ids = {activity.id for activity in problem.activities}
    if isinstance(disturbance, Added):
        if disturbance.activity.id in ids:
            raise ValueError(f"There is an activity {disturbance.activity.id!r} already; give another id.")
        added = replace(disturbance.activity, mandatory=True)
        return replace(problem, activities=(*problem.activities, added))
    if isinstance(disturbance, Down):
        return _down(problem, plan, disturbance)
    if disturbance.activity not in ids:
        raise ValueError(f"There is no activity {disturbance.activity!r} in the problem.")
    if isinstance(disturbance, Moved):
        return _replaced(problem, {disturbance.activity}, pin=disturbance.pin)
    gone = disturbance.activity
    chains = (tuple(member for member in chain if member != gone) for chain in problem.chains)
    return replace(
        problem,
        activities=tuple(activity for activity in problem.activities if activity.id != gone),
        precedences=tuple(lag for lag in problem.precedences if gone not in (lag.before, lag.after)),
        chains=tuple(chain for chain in chains if len(chain) > 1),
    )


def _down(problem: Problem, plan: Sequence[Assignment], down: Down) -> Problem:
    if down.resource not in {resource.id for resource in problem.resources}:
        raise ValueError(f"There is no resource {down.resource!r} in the problem.")
    hit = on_resource(problem, plan, down.resource, down.window)
    pinned = {a.id for a in problem.activities if a.pin is not None and a.id in hit}
    problem = _replaced(problem, pinned, pin=None)
    return replace(
        problem,
        resources=tuple(
            replace(each, outages=(*each.outages, down.window)) if each.id == down.resource else each
            for each in problem.resources
        ),
    )


def on_resource(
    problem: Problem, plan: Sequence[Assignment], resource: str, window: Window
) -> frozenset[str]:
    """Activities of the plan that hold a resource in some of the time."""
    placed = by_activity(plan)
    found = set()
    for activity in problem.activities:
        modes = {mode.id: mode for mode in activity.modes}
        for part in placed.get(activity.id, ()):
            mode = modes.get(part.mode)
            end = part.start + activity.setup + part.duration + activity.teardown
            if mode and resource in mode.resources and part.start < window.end and window.start < end:
                found.add(activity.id)
    return frozenset(found)


def _replaced(problem: Problem, names: Collection[str], *, pin: Pin | None) -> Problem:
    activities = (
        replace(each, pin=pin, mandatory=True) if each.id in names else each for each in problem.activities
    )
    return replace(problem, activities=tuple(activities))
