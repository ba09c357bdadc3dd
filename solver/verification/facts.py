"""What the rules of `solver.verify` look at: placements with their intervals, found by id."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from solver.problem import Activity, Mode, Need, Person, Phase, Pin, Problem, Resource, Utility, Window
from solver.solution import Assignment

Interval = tuple[int, int]
"""Half-open, in ticks: ``(start, end)`` holds start and not end."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that an answer breaks: which, at whose place (an id), and how, in words."""

    rule: str
    subject: str
    message: str


@dataclass(slots=True, eq=False)
class Placed:
    """An assignment together with the activity and the mode that it names.

    What rules ask for most is worked out once: there are tens of thousands of them, and many rules.

    Attributes
    ----------
    whole
        From the start of the setup to the end of the teardown.
    run
        The whole without both.
    """

    assignment: Assignment
    activity: Activity
    mode: Mode
    id: str = field(init=False)
    pin: Pin | None = field(init=False)
    start: int = field(init=False)
    end: int = field(init=False)
    run: Interval = field(init=False)
    whole: Interval = field(init=False)

    def __post_init__(self) -> None:
        self.id, self.pin = self.activity.id, self.activity.pin
        self.start = self.assignment.start
        run_start = self.start + self.activity.setup
        self.run = run_start, run_start + self.assignment.duration
        self.end = self.run[1] + self.activity.teardown
        self.whole = self.start, self.end

    @property
    def label(self) -> str:
        """How messages call it."""
        if self.activity.most_parts == 1:
            return self.activity.id
        return f"{self.activity.id} (part {self.assignment.part})"

    @property
    def wish(self) -> int:
        return self.activity.wish if self.mode.wish is None else self.mode.wish

    @property
    def least(self) -> int:
        return self.activity.least if self.mode.least is None else self.mode.least

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
    """One person on one need of one placement: for its phase, or for a stretch of work in it."""

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

    def work(self, placed: Placed, phase: Phase) -> list[Interval]:
        """The stretches of a phase in which there is work: all of it, but for the pauses of a run."""
        start, end = placed.phase(phase)
        if start >= end:
            return []
        if placed.activity.closed != "pause" or phase in ("setup", "teardown"):
            return [(start, end)]
        run = [placed.run]
        for resource_id in placed.mode.resources:
            hours = self.resources[resource_id].open
            if hours is not None:
                run = common(run, joined(intervals_of(hours)))
        if phase == "run":
            return run
        around = [(start, placed.run[0]), (placed.run[1], end)]
        return joined(each for each in (*run, *around) if each[0] < each[1])

    def worked(self, placed: Placed) -> int:
        """Ticks of the run in which there is work."""
        return sum(end - start for start, end in self.work(placed, "run"))

    def relays(self, placed: Placed, need: Need) -> list[list[Interval]]:
        """The duties of a need, each of stretches of work that the same people are there for."""
        work = self.work(placed, need.phase)
        if not work or need.longest is None:
            return [work] if work else []
        ticks = [tick for start, end in work for tick in range(start, end)]
        each = math.ceil(len(ticks) / math.ceil(len(ticks) / need.longest))
        return [
            joined((tick, tick + 1) for tick in ticks[first : first + each])
            for first in range(0, len(ticks), each)
        ]

    @cached_property
    def duties(self) -> list[Duty]:
        """All duties of those who are in the problem, whoever else may be named."""
        found: list[Duty] = []
        for each in self.placed:
            # Not strict: people for too few needs are told by `every_need_is_met`.
            for need, names in zip(each.activity.needs, each.assignment.people, strict=False):
                relays = self.relays(each, need)
                for row, stretches in zip(rows_of(names, need.count, len(relays)), relays, strict=True):
                    found += [
                        Duty(self.people[name], each, need.qualification, start, end)
                        for name in row
                        if name in self.people
                        for start, end in stretches
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


def rows_of(names: Sequence[str], count: int, rows: int) -> list[Sequence[str]]:
    """Names in rows of `count`, the last with all that are left.

    >>> rows_of("abcde", 2, 2)
    ['ab', 'cde']
    """
    cuts = [row * count for row in range(rows)]
    return [names[cut : cut + count if cut != cuts[-1] else None] for cut in cuts]


def common(some: Iterable[Interval], others: Sequence[Interval]) -> list[Interval]:
    """The time that lies in both, where neither overlaps itself.

    >>> common([(2, 9)], [(0, 4), (6, 20)])
    [(2, 4), (6, 9)]
    """
    both = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return sorted(each for each in both if each[0] < each[1])


def overlap(one: Interval, other: Interval) -> bool:
    """Whether the two share a tick; an empty interval shares none."""
    return max(one[0], other[0]) < min(one[1], other[1])


def lies_in_one(interval: Interval, windows: Iterable[Interval]) -> bool:
    first, last = interval
    for start, end in windows:  # noqa: SIM110 - called for each duty: a generator takes twice as long
        if start <= first and last <= end:
            return True
    return False


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
