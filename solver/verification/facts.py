"""What the rules of `solver.verify` look at: placements with their intervals, found by id."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from solver.problem import Activity, Mode, Person, Phase, Pin, Problem, Resource, Utility, Window
from solver.solution import Assignment

Interval = tuple[int, int]
"""Half-open, in ticks: ``(start, end)`` holds start and not end."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that an answer breaks: which, at whose place (an id), and how, in words."""

    rule: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class Placed:
    """An assignment together with the activity and the mode that it names."""

    assignment: Assignment
    activity: Activity
    mode: Mode

    @property
    def id(self) -> str:
        return self.activity.id

    @property
    def label(self) -> str:
        """How messages call it."""
        if self.activity.most_parts == 1:
            return self.activity.id
        return f"{self.activity.id} (part {self.assignment.part})"

    @property
    def pin(self) -> Pin | None:
        return self.activity.pin

    @property
    def wish(self) -> int:
        return self.activity.wish if self.mode.wish is None else self.mode.wish

    @property
    def least(self) -> int:
        return self.activity.least if self.mode.least is None else self.mode.least

    @property
    def start(self) -> int:
        return self.assignment.start

    @property
    def end(self) -> int:
        return self.run[1] + self.activity.teardown

    @property
    def whole(self) -> Interval:
        return self.start, self.end

    @property
    def run(self) -> Interval:
        run_start = self.assignment.start + self.activity.setup
        return run_start, run_start + self.assignment.duration

    def phase(self, phase: Phase) -> Interval:
        if phase == "setup":
            return self.start, self.run[0]
        if phase == "run":
            return self.run
        if phase == "teardown":
            return self.run[1], self.end
        return self.whole

    def demand(self, resource_id: str) -> int:
        """Units that it takes of one of its resources."""
        if not self.mode.demands:
            return 1
        return self.mode.demands[self.mode.resources.index(resource_id)]


@dataclass(frozen=True, slots=True)
class Duty:
    """One person on one need of one placement, for the phase of the need."""

    person: Person
    placed: Placed
    qualification: str
    start: int
    end: int

    @property
    def interval(self) -> Interval:
        return self.start, self.end

    @property
    def chosen(self) -> bool:
        """Whether the solver chose the person; names that come with a pin are not questioned."""
        return self.placed.pin is None or self.placed.pin.people is None

    @property
    def pinned(self) -> bool:
        return self.placed.pin is not None


class Facts:
    """A problem and the placements in it that can be understood, each found by what it touches."""

    def __init__(self, problem: Problem, placed: Sequence[Placed]) -> None:
        self.problem = problem
        self.placed = placed
        self.resources: dict[str, Resource] = {each.id: each for each in problem.resources}
        self.people: dict[str, Person] = {each.id: each for each in problem.people}
        self.utilities: dict[str, Utility] = {each.id: each for each in problem.utilities}
        self.by_activity: dict[str, list[Placed]] = defaultdict(list)
        self.by_resource: dict[str, list[Placed]] = defaultdict(list)
        for each in sorted(placed, key=lambda placed: (placed.start, placed.end)):
            self.by_activity[each.id].append(each)
            for resource_id in each.mode.resources:
                self.by_resource[resource_id].append(each)

    @cached_property
    def duties(self) -> list[Duty]:
        """All duties of those who are in the problem, whoever else may be named."""
        found: list[Duty] = []
        for each in self.placed:
            # Not strict: people for too few needs are told by `every_need_is_met`.
            for need, names in zip(each.activity.needs, each.assignment.people, strict=False):
                start, end = each.phase(need.phase)
                found += [
                    Duty(self.people[name], each, need.qualification, start, end)
                    for name in names
                    if name in self.people and start < end
                ]
        return found

    def is_placed(self, activity_id: str) -> bool:
        return activity_id in self.by_activity


def days_of(problem: Problem) -> Sequence[Window]:
    return problem.days or (Window(0, problem.horizon),)


def weeks_of(problem: Problem) -> Sequence[Window]:
    return problem.weeks or (Window(0, problem.horizon),)


def spanned(periods: Sequence[Window], tick: int) -> int:
    """Index of the period that holds `tick`; -1 before the first, their number after the last."""
    return sum(period.end <= tick for period in periods) if tick >= periods[0].start else -1


def overlap(one: Interval, other: Interval) -> bool:
    """Whether the two share a tick; an empty interval shares none."""
    return max(one[0], other[0]) < min(one[1], other[1])


def lies_in_one(interval: Interval, windows: Iterable[Interval]) -> bool:
    return any(start <= interval[0] and interval[1] <= end for start, end in windows)


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time with touching and overlapping intervals made one, in order.

    >>> joined([(8, 12), (2, 4), (12, 16), (3, 6)])
    [(2, 6), (8, 16)]
    """
    result: list[Interval] = []
    for start, end in sorted(intervals):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def intervals_of(windows: Iterable[Window]) -> Iterator[Interval]:
    return ((window.start, window.end) for window in windows)


@dataclass(frozen=True, slots=True)
class Step:
    """Time in which a load stays the same, and whether something that is no pin is part of it."""

    start: int
    end: int
    load: int
    free: bool


def load_steps(takes: Iterable[tuple[Interval, int, bool]]) -> Iterator[Step]:
    """Load over time of (interval, amount, pinned), as steps in order of time.

    >>> [(step.start, step.end, step.load) for step in load_steps([((0, 4), 2, False), ((3, 6), 1, False)])]
    [(0, 3, 2), (3, 4, 3), (4, 6, 1)]
    """
    changes: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for (start, end), amount, pinned in takes:
        for tick, sign in ((start, 1), (end, -1)):
            changes[tick][0] += sign * amount
            changes[tick][1] += sign * (not pinned)
    load = free = 0
    for tick, following in pairwise(sorted(changes)):
        load += changes[tick][0]
        free += changes[tick][1]
        yield Step(tick, following, load, free > 0)
