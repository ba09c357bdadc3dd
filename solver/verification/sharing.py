"""Rules of `solver.verify` between activities: what they share, what comes after what."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from solver.problem import Resource, Utility
from solver.verification.facts import (
    Facts,
    Interval,
    Placed,
    Violation,
    days_of,
    load_steps,
    overlap,
)


def nothing_overlaps_on_one_resource(facts: Facts) -> Iterator[Violation]:
    for resource in facts.problem.resources:
        if resource.capacity == 1:
            wholes = [(each.whole, each) for each in facts.by_resource[resource.id]]
            yield from _overlaps("busy", resource.id, wholes, f"overlap on {resource.id}")


def capacity_suffices(facts: Facts) -> Iterator[Violation]:
    for resource in facts.problem.resources:
        if resource.capacity == 1:
            continue
        takes = [(p.whole, p.demand(resource.id), p.pin is not None) for p in facts.by_resource[resource.id]]
        for step in load_steps(takes):
            # Promises alone may exceed it, as after a capacity was lowered; nothing may come on top.
            if step.free and step.load > resource.capacity:
                yield Violation(
                    "capacity",
                    resource.id,
                    f"{step.load} units of {resource.id} are taken in [{step.start}, {step.end}), "
                    f"there are {resource.capacity}",
                )


@dataclass(frozen=True, slots=True)
class ChangeoverNeeded:
    """Ticks of changeover before `after`; it follows `before`, or the state at tick 0 if None."""

    before: Placed | None
    after: Placed
    ticks: int

    @property
    def free(self) -> int:
        """Ticks there are between the two."""
        return self.after.start - (self.before.end if self.before else 0)


def changeovers_needed(facts: Facts, resource: Resource) -> Iterator[ChangeoverNeeded]:
    """Every changeover between neighbours on a resource, the first from how it stands at tick 0."""
    if resource.capacity != 1:
        return
    ticks = {(each.before, each.after): each.ticks for each in resource.changeovers}
    # What is over at tick 0 does not count: how the resource then stands is given.
    row = [each for each in facts.by_resource[resource.id] if each.end > 0]
    if row and row[0].start >= 0 and resource.configuration is not None:
        other = row[0].activity.configuration
        if other is not None and (needed := ticks.get((resource.configuration, other), 0)):
            yield ChangeoverNeeded(None, row[0], needed)
    for before, after in pairwise(row):
        one, other = before.activity.configuration, after.activity.configuration
        if one is not None and other is not None and (needed := ticks.get((one, other), 0)):
            yield ChangeoverNeeded(before, after, needed)


def changeovers_fit(facts: Facts) -> Iterator[Violation]:
    for resource in facts.problem.resources:
        for needed in changeovers_needed(facts, resource):
            between_promises = needed.after.pin and (needed.before is None or needed.before.pin)
            if needed.free < needed.ticks and not between_promises:
                before = needed.before.label if needed.before else f"configuration {resource.configuration}"
                yield Violation(
                    "changeover",
                    resource.id,
                    f"{resource.id} has {needed.free} ticks from {before} to {needed.after.label}, "
                    f"the changeover takes {needed.ticks}",
                )


def runs_of_a_group_never_overlap(facts: Facts) -> Iterator[Violation]:
    runs: dict[str, list[tuple[Interval, Placed]]] = defaultdict(list)
    for each in facts.placed:
        for group in set(each.activity.groups):
            runs[group].append((each.run, each))
    for group, members in runs.items():
        yield from _overlaps("group", group, members, f"run at once in {group}")


def runs_of_parts_never_overlap(facts: Facts) -> Iterator[Violation]:
    for activity_id, parts in facts.by_activity.items():
        yield from _overlaps("part", activity_id, [(part.run, part) for part in parts], "run at once")


def utilities_suffice(facts: Facts) -> Iterator[Violation]:
    takes: dict[str, list[tuple[Interval, int, bool]]] = defaultdict(list)
    for each in facts.placed:
        for draw in each.activity.draws:
            work = facts.work(each, draw.phase)
            if facts.utilities[draw.utility].per == "day":
                # By the day it counts once, when the phase begins.
                work = [each.phase(draw.phase)] if work else []
            takes[draw.utility] += [(stretch, draw.amount, each.pin is not None) for stretch in work]
    for utility in facts.problem.utilities:
        over = _over_moment if utility.per == "moment" else _over_day
        yield from over(facts, utility, takes[utility.id])


def _over_moment(
    facts: Facts, utility: Utility, takes: list[tuple[Interval, int, bool]]
) -> Iterator[Violation]:
    steps = list(load_steps(takes))
    starts = [step.start for step in steps]
    for level in utility.levels:
        # From the step in which the level begins to the last that begins before its end.
        first = max(0, bisect_right(starts, level.start) - 1)
        for step in steps[first : bisect_left(starts, level.end)]:
            start, end = max(step.start, level.start, 0), min(step.end, level.end, facts.problem.horizon)
            if start < end and step.free and step.load > level.amount:
                yield Violation(
                    "utility",
                    utility.id,
                    f"{step.load} of {utility.id} are drawn in [{start}, {end}), there are {level.amount}",
                )


def _over_day(facts: Facts, utility: Utility, takes: list[tuple[Interval, int, bool]]) -> Iterator[Violation]:
    for day in days_of(facts.problem):
        within = [take for take in takes if day.start <= take[0][0] < day.end]
        total = sum(amount for _, amount, _ in within)
        # Levels cover the horizon only; the first day may have begun before it.
        morning = max(day.start, 0)
        budget = next((level.amount for level in utility.levels if level.start <= morning < level.end), 0)
        if total > budget and not all(pinned for _, _, pinned in within):
            yield Violation(
                "utility",
                utility.id,
                f"{total} of {utility.id} are drawn on day [{day.start}, {day.end}), there are {budget}",
            )


def precedences_hold(facts: Facts) -> Iterator[Violation]:
    for precedence in facts.problem.precedences:
        before = facts.by_activity.get(precedence.before, [])
        after = facts.by_activity.get(precedence.after, [])
        if not after:
            continue
        if not before:
            if after[0].pin is None:
                yield Violation(
                    "precedence",
                    precedence.after,
                    f"{precedence.after} is placed, {precedence.before} before it is not",
                )
            continue
        if after[0].pin and before[0].pin:
            continue
        lag = min(part.start for part in after) - max(part.end for part in before)
        if lag < precedence.min_lag or (precedence.max_lag is not None and lag > precedence.max_lag):
            at_most = "" if precedence.max_lag is None else f" and at most {precedence.max_lag}"
            yield Violation(
                "precedence",
                precedence.after,
                f"{precedence.after} starts {lag} ticks after {precedence.before}, "
                f"at least {precedence.min_lag}{at_most} are asked for",
            )
        places = {frozenset(part.mode.resources) for part in (*before, *after)}
        if precedence.same_resource and len(places) > 1:
            yield Violation(
                "same_resource",
                precedence.after,
                f"{precedence.before} and {precedence.after} are not on the same resources",
            )


def chains_are_whole(facts: Facts) -> Iterator[Violation]:
    pinned = {activity.id for activity in facts.problem.activities if activity.pin}
    for chain in facts.problem.chains:
        # A pin stands whatever becomes of the others.
        free = [member for member in chain if member not in pinned]
        missing = [member for member in free if not facts.is_placed(member)]
        if missing and len(missing) < len(free):
            yield Violation(
                "chain", missing[0], f"{', '.join(missing)} is missing from a chain that is placed"
            )


SHARING_RULES: tuple[Callable[[Facts], Iterator[Violation]], ...] = (
    nothing_overlaps_on_one_resource,
    capacity_suffices,
    changeovers_fit,
    runs_of_a_group_never_overlap,
    runs_of_parts_never_overlap,
    utilities_suffice,
    precedences_hold,
    chains_are_whole,
)


def _overlaps(rule: str, subject: str, takes: list[tuple[Interval, Placed]], how: str) -> Iterator[Violation]:
    """A violation for each pair of placements whose intervals overlap."""
    row = sorted(takes, key=lambda take: take[0])
    for i, (interval, each) in enumerate(row):
        for other_interval, other in row[i + 1 :]:
            if other_interval[0] >= interval[1]:
                break
            if overlap(interval, other_interval):
                yield Violation(
                    rule,
                    subject,
                    f"{each.label} [{interval[0]}, {interval[1]}) and "
                    f"{other.label} [{other_interval[0]}, {other_interval[1]}) {how}",
                )
