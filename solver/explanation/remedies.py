"""What would give an activity its place: a change to the problem or to the plan, as data.

A remedy says what to change, never how to say it. `apply` makes the changed problem, so that whoever
doubts a remedy can solve or verify again; `Remedy.assignments` is the whole plan that it leads to.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from solver.problem import Activity, Level, Mode, Person, Problem, Qualification, Resource, Utility, Window
from solver.solution import Assignment

Kind = Literal[
    "later_deadline",  # `subject` an activity, `ticks` later
    "earlier_release",  # `subject` an activity, `ticks` earlier
    "wider_window",  # `subject` an activity, `mode` whose window or "", `before` becomes `windows[0]`
    "other_resource",  # `subject` an activity, `new_mode` besides its own
    "shorter_run",  # `subject` an activity, `ticks` less than the least
    "split",  # `subject` an activity, in up to `amount` parts of at least `ticks`
    "more_value",  # `subject` an activity, `amount` more
    "another_person",  # `subject` a qualification, on duty in `windows`, called `person`
    "longer_opening",  # `subject` a resource, `windows[0]` is open as well, `ticks` long
    "shorter_outage",  # `subject` a resource, `before` becomes `windows[0]`, `ticks` shorter
    "without_outage",  # `subject` a resource, `before` falls away, `ticks` long
    "more_of_utility",  # `subject` a utility, `amount` more in `windows[0]`
    "move",  # `subject` a placed activity, `ticks` later (earlier if negative), `mode` if it changes
    "drop",  # `subject` a placed activity
    "place_first",  # `subject` the activity at the head of the line, `steps` what places those before
]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a remedy costs the other activities, ids in the order of the alphabet.

    Parameters
    ----------
    value_lost
        Units of value that others are placed with before and not after; never negative.
    moved
        Activities that are placed before and after, but not in the same place (mode, start, length).
    dropped
        Activities that are placed before and not after.
    """

    value_lost: float = 0.0
    moved: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change after which an activity is placed; which fields count hangs on `kind`, see `Kind`.

    Parameters
    ----------
    assignments
        The whole plan after it; `solver.verify` finds nothing wrong with it in the problem that
        `apply` makes.
    cost
        What the others lose.
    gain
        Units of the objective that the plan gains, in the changed problem.
    """

    kind: Kind
    subject: str
    ticks: int = 0
    amount: int = 0
    mode: str = ""
    person: str = ""
    before: Window | None = None
    windows: tuple[Window, ...] = ()
    new_mode: Mode | None = None
    steps: tuple["Remedy", ...] = ()
    assignments: tuple[Assignment, ...] = ()
    cost: Cost = Cost()
    gain: float = 0.0


def apply(problem: Problem, remedy: Remedy) -> Problem:
    """The problem as it is once the remedy is taken; the same where only the plan changes.

    Raises
    ------
    ValueError
        If the problem has no such subject, or nothing of it that could be changed so.

    >>> from solver.problem import Activity, Mode, Problem, Resource
    >>> late = Activity("late", (Mode("m", ("lab",)),), wish=4, least=4, deadline=3)
    >>> problem = Problem(8, (late,), (Resource("lab"),))
    >>> apply(problem, Remedy("later_deadline", "late", ticks=1)).activities[0].deadline
    4
    """
    if remedy.kind == "place_first":
        for step in remedy.steps:
            problem = apply(problem, step)
        return problem
    if remedy.kind in _OF_ACTIVITIES:
        change = _OF_ACTIVITIES[remedy.kind]
        _known(remedy, (activity.id for activity in problem.activities))
        return replace(
            problem,
            activities=tuple(change(a, remedy) if a.id == remedy.subject else a for a in problem.activities),
        )
    if remedy.kind in _OF_RESOURCES:
        adapt = _OF_RESOURCES[remedy.kind]
        _known(remedy, (resource.id for resource in problem.resources))
        return replace(
            problem,
            resources=tuple(adapt(r, remedy) if r.id == remedy.subject else r for r in problem.resources),
        )
    if remedy.kind == "more_of_utility":
        _known(remedy, (utility.id for utility in problem.utilities))
        return replace(
            problem,
            utilities=tuple(_raised(u, remedy) if u.id == remedy.subject else u for u in problem.utilities),
        )
    if remedy.kind == "another_person":
        return replace(problem, people=(*problem.people, _newcomer(problem, remedy)))
    _known(remedy, (activity.id for activity in problem.activities))
    return problem


def cost_to_others(
    problem: Problem,
    before: Sequence[Assignment],
    after: Sequence[Assignment],
    without: Iterable[str],
) -> Cost:
    """What the activities of a plan lose in another, those in `without` not counted."""
    own = set(without)
    old, new = _by_activity(before, own), _by_activity(after, own)
    dropped = sorted(set(old) - set(new))
    moved = sorted(name for name in old if name in new and _places(old[name]) != _places(new[name]))
    activities = {a.id: a for a in problem.activities if a.id in dropped or a.id in moved}
    lost = sum(value_placed(activities[name], old[name]) for name in dropped)
    lost += sum(
        max(0.0, value_placed(activities[name], old[name]) - value_placed(activities[name], new[name]))
        for name in moved
    )
    return Cost(round(lost, 9), tuple(moved), tuple(dropped))


def value_placed(activity: Activity, parts: Sequence[Assignment]) -> float:
    """Units of value that the parts of one activity are placed with."""
    wishes = {mode.id: activity.wish if mode.wish is None else mode.wish for mode in activity.modes}
    # Of a run that pauses no more ticks than its wish are worked, however long it is.
    pauses = activity.closed == "pause"
    worked = (min(p.duration, wishes[p.mode]) if pauses else p.duration for p in parts)
    return sum(activity.value * ticks / wishes[p.mode] for ticks, p in zip(worked, parts, strict=True))


def _by_activity(assignments: Iterable[Assignment], without: set[str]) -> dict[str, list[Assignment]]:
    found: dict[str, list[Assignment]] = {}
    for part in assignments:
        if part.activity not in without:
            found.setdefault(part.activity, []).append(part)
    return found


def _places(parts: Iterable[Assignment]) -> list[tuple[int, int, str]]:
    return sorted((part.start, part.duration, part.mode) for part in parts)


def _known(remedy: Remedy, names: Iterable[str]) -> None:
    if remedy.subject not in set(names):
        raise ValueError(f"{remedy.kind}: there is no {remedy.subject!r} in the problem")


def _deadline(activity: Activity, remedy: Remedy) -> Activity:
    if activity.deadline is None:
        raise ValueError(f"later_deadline: {activity.id} has no deadline")
    return replace(activity, deadline=activity.deadline + remedy.ticks)


def _release(activity: Activity, remedy: Remedy) -> Activity:
    if activity.release is None:
        raise ValueError(f"earlier_release: {activity.id} has no release")
    return replace(activity, release=activity.release - remedy.ticks)


def _window(activity: Activity, remedy: Remedy) -> Activity:
    def widened(windows: tuple[Window, ...]) -> tuple[Window, ...]:
        if remedy.before not in windows:
            raise ValueError(f"wider_window: {activity.id} has no window {remedy.before}")
        return tuple(remedy.windows[0] if window == remedy.before else window for window in windows)

    if not remedy.mode:
        return replace(activity, windows=widened(activity.windows))
    modes = (
        replace(mode, windows=widened(mode.windows)) if mode.id == remedy.mode else mode
        for mode in activity.modes
    )
    return replace(activity, modes=tuple(modes))


def _other_resource(activity: Activity, remedy: Remedy) -> Activity:
    if remedy.new_mode is None or remedy.new_mode.id in {mode.id for mode in activity.modes}:
        raise ValueError(f"other_resource: {activity.id} needs a mode that it does not have yet")
    return replace(activity, modes=(*activity.modes, remedy.new_mode))


def _shorter(activity: Activity, remedy: Remedy) -> Activity:
    def least(length: int) -> int:
        return max(1, length - remedy.ticks)

    modes = (
        mode
        if mode.least is None and mode.wish is None
        else replace(mode, least=least(_least(activity, mode)))
        for mode in activity.modes
    )
    return replace(activity, least=least(activity.least), modes=tuple(modes))


def _least(activity: Activity, mode: Mode) -> int:
    if mode.least is not None:
        return mode.least
    return activity.least if mode.wish is None else min(activity.least, mode.wish)


def _split(activity: Activity, remedy: Remedy) -> Activity:
    return replace(activity, most_parts=remedy.amount, least_part=remedy.ticks)


def _more_value(activity: Activity, remedy: Remedy) -> Activity:
    return replace(activity, value=activity.value + remedy.amount)


def _opened(resource: Resource, remedy: Remedy) -> Resource:
    if resource.open is None:
        raise ValueError(f"longer_opening: {resource.id} is always open")
    return replace(resource, open=(*resource.open, remedy.windows[0]))


def _outage(resource: Resource, remedy: Remedy) -> Resource:
    if remedy.before not in resource.outages:
        raise ValueError(f"{remedy.kind}: {resource.id} has no outage {remedy.before}")
    left = [outage for outage in resource.outages if outage != remedy.before]
    return replace(resource, outages=(*left, *remedy.windows))


def _raised(utility: Utility, remedy: Remedy) -> Utility:
    start, end = remedy.windows[0].start, remedy.windows[0].end
    levels: list[Level] = []
    for level in utility.levels:
        cuts = sorted({level.start, level.end, *(t for t in (start, end) if level.start < t < level.end)})
        for a, b in pairwise(cuts):
            inside = start <= a and b <= end
            levels.append(Level(a, b, level.amount + (remedy.amount if inside else 0)))
    return replace(utility, levels=tuple(levels))


def _newcomer(problem: Problem, remedy: Remedy) -> Person:
    if remedy.person in {person.id for person in problem.people}:
        raise ValueError(f"another_person: there is a person {remedy.person!r} already")
    held = Qualification(remedy.subject, 0, problem.horizon)
    return Person(remedy.person, (held,), shifts=remedy.windows)


_OF_ACTIVITIES: dict[Kind, Callable[[Activity, Remedy], Activity]] = {
    "later_deadline": _deadline,
    "earlier_release": _release,
    "wider_window": _window,
    "other_resource": _other_resource,
    "shorter_run": _shorter,
    "split": _split,
    "more_value": _more_value,
}
_OF_RESOURCES: dict[Kind, Callable[[Resource, Remedy], Resource]] = {
    "longer_opening": _opened,
    "shorter_outage": _outage,
    "without_outage": _outage,
}
