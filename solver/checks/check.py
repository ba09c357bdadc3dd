"""Finds what makes a problem meaningless, all of it at once, before anything is searched.

A fault is what no schedule could settle: an id that is nowhere, a contradiction inside one object,
a circle of precedence, a demand that exceeds the whole resource, two promises for the same place. An
activity that merely finds no place is none: its windows may be too short, nobody may hold the
qualification, its draw may exceed every level. Such wishes are part of a real week, and are answered
with a reason, one by one, while the others are placed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import pairwise

from solver.checks.activities import activity_faults
from solver.checks.relations import relation_faults
from solver.problem import Level, Person, Problem, Resource, Utility, Window
from solver.solution import Fault


def check(problem: Problem) -> tuple[Fault, ...]:
    """Every fault of a problem; empty if it can be solved.

    >>> from solver.problem import Activity, Mode
    >>> leak_test = Activity("leak test", (Mode("m", ("TVAC-1",)),), wish=4, least=6)
    >>> for fault in check(Problem(24, (leak_test,))):
    ...     print(fault.code, "-", fault.message)
    unknown-resource - leak test, mode m: there is no resource 'TVAC-1'.
    least-above-wish - leak test, mode m: least 6 is more than wish 4.
    """
    rules: tuple[Callable[[Problem], Iterator[Fault]], ...] = (
        _sizes,
        _ids,
        _periods,
        _resources,
        _people,
        _utilities,
        activity_faults,
        relation_faults,
    )
    return tuple(fault for rule in rules for fault in rule(problem))


def _sizes(problem: Problem) -> Iterator[Fault]:
    name = problem.name or "problem"
    if problem.horizon < 1:
        yield Fault("horizon", name, f"The horizon is {problem.horizon} ticks; it needs at least 1.")
    if problem.tick_seconds < 1:
        yield Fault("tick", name, f"A tick has {problem.tick_seconds} seconds; it needs at least 1.")
    for each in fields(problem.weights):
        what, weight = each.name, getattr(problem.weights, each.name)
        if not 0 <= weight < float("inf"):
            yield Fault(
                "negative", name, f"The weight of {what} is {weight}; it must be 0 or a number above."
            )


def _ids(problem: Problem) -> Iterator[Fault]:
    for kind, ids in (
        ("activity", [each.id for each in problem.activities]),
        ("resource", [each.id for each in problem.resources]),
        ("person", [each.id for each in problem.people]),
        ("utility", [each.id for each in problem.utilities]),
        ("group", [each.id for each in problem.groups]),
    ):
        for each, times in Counter(ids).items():
            if times > 1:
                yield Fault("duplicate-id", each, f"There are {times} {kind} entries with id {each!r}.")
            if not each:
                yield Fault("empty-id", each, f"There is a {kind} entry without id.")


def _periods(problem: Problem) -> Iterator[Fault]:
    """Days and weeks follow one another without gaps and cover the horizon, or are not given."""
    for kind, periods in (("days", problem.days), ("weeks", problem.weeks)):
        if periods:
            spans = [(period.start, period.end) for period in periods]
            yield from _row_faults(kind, problem.name or "problem", spans, problem.horizon)


def _resources(problem: Problem) -> Iterator[Fault]:
    for resource in problem.resources:
        if resource.capacity < 1:
            yield Fault(
                "capacity",
                resource.id,
                f"{resource.id}: the capacity is {resource.capacity}; it needs at least 1.",
            )
        yield from _window_faults(resource.id, "opening hours", resource.open or ())
        yield from _window_faults(resource.id, "outage", resource.outages)
        yield from _changeover_faults(resource)


def _changeover_faults(resource: Resource) -> Iterator[Fault]:
    if resource.changeovers and resource.capacity > 1:
        yield Fault(
            "changeover-capacity",
            resource.id,
            f"{resource.id}: changeovers are for capacity 1 only, this one has {resource.capacity}.",
        )
    pairs = Counter((each.before, each.after) for each in resource.changeovers)
    for (before, after), times in pairs.items():
        if times > 1:
            yield Fault(
                "duplicate-changeover",
                resource.id,
                f"{resource.id}: the changeover from {before} to {after} is listed {times} times.",
            )
    for each in resource.changeovers:
        if each.ticks < 0:
            yield Fault(
                "negative",
                resource.id,
                f"{resource.id}: the changeover from {each.before} to {each.after} takes {each.ticks} ticks.",
            )
        if each.before == each.after and each.ticks > 0:
            yield Fault(
                "changeover-to-itself",
                resource.id,
                f"{resource.id}: from {each.before} to {each.after} there is nothing to change, "
                f"yet it takes {each.ticks} ticks.",
            )


def _people(problem: Problem) -> Iterator[Fault]:
    for person in problem.people:
        yield from _window_faults(person.id, "shift", person.shifts or ())
        yield from _window_faults(person.id, "absence", person.absences)
        for held in person.qualifications:
            if held.end <= held.start:
                yield Fault(
                    "window",
                    person.id,
                    f"{person.id}: {held.id} is held from {held.start} to {held.end}, which is no time.",
                )
        yield from _person_limits(person)


def _person_limits(person: Person) -> Iterator[Fault]:
    for what, ticks in (
        ("most duty in a day", person.max_day),
        ("most duty in a week", person.max_week),
        ("least rest", person.min_rest),
    ):
        if ticks is not None and ticks < 0:
            yield Fault("negative", person.id, f"{person.id}: {what} is {ticks} ticks.")


def _utilities(problem: Problem) -> Iterator[Fault]:
    for utility in problem.utilities:
        spans = [(level.start, level.end) for level in utility.levels]
        yield from _row_faults(f"levels of {utility.id}", utility.id, spans, problem.horizon)
        yield from _negative_levels(utility, utility.levels)


def _negative_levels(utility: Utility, levels: Iterable[Level]) -> Iterator[Fault]:
    for level in levels:
        if level.amount < 0:
            yield Fault(
                "negative", utility.id, f"{utility.id}: the level is {level.amount} from tick {level.start}."
            )


def _window_faults(subject: str, what: str, windows: Iterable[Window]) -> Iterator[Fault]:
    for window in windows:
        if window.end <= window.start:
            yield Fault(
                "window",
                subject,
                f"{subject}: {what} from {window.start} to {window.end} is no time; the end must come later.",
            )


def _row_faults(what: str, subject: str, spans: Sequence[tuple[int, int]], horizon: int) -> Iterator[Fault]:
    """Faults of spans that should follow one another and cover the horizon."""
    for start, end in spans:
        if end <= start:
            yield Fault("window", subject, f"The {what} hold [{start}, {end}), which is no time.")
    for (_, end), (start, _) in pairwise(spans):
        if start < end:
            yield Fault("not-in-order", subject, f"The {what} overlap or are out of order at tick {start}.")
        if start > end:
            yield Fault("gap", subject, f"The {what} leave [{end}, {start}) out.")
    if not spans or spans[0][0] > 0 or spans[-1][1] < horizon:
        covered = f"[{spans[0][0]}, {spans[-1][1]})" if spans else "nothing"
        yield Fault("not-covering", subject, f"The {what} cover {covered}, not the horizon [0, {horizon}).")
