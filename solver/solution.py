"""What the solver answers: who does what where and when, how good it is, and why not the rest."""

from dataclasses import dataclass
from typing import Literal

from solver.problem import Problem

Status = Literal["optimal", "feasible", "stopped"]
"""Proven best; the best found in the time; the best found when somebody said stop."""

Rule = Literal[
    "window",  # release, deadline, windows of activity and mode
    "calendar",  # opening hours of the resources
    "outage",
    "busy",  # other activities on the resources
    "changeover",  # ... together with the changeover that they need
    "people",  # nobody qualified is on shift and free
    "utility",
    "group",  # exclusion group
    "participant",  # a named participant is absent or elsewhere
    "precedence",  # lag to an activity that is placed, or one before it is not placed
    "chain",  # another member of its chain cannot be placed
    "worth",  # it fits, but costs more than it is worth
]


@dataclass(frozen=True, slots=True)
class Assignment:
    """One part of an activity in its place.

    Parameters
    ----------
    part
        Counts from 1 within the activity, in order of time.
    start
        First tick of the setup; the run begins `activity.setup` ticks later.
    duration
        Ticks from the start of the run to its end. A run that pauses (`Activity.closed`) works only in
        those of them in which all resources of its mode are open; there are as many as its wish.
    people
        For each need of the activity, in its order, the ids of those who meet it. Of a need that is
        shared (`Need.longest`) those of the first duty, then those of the second, and so on.
    """

    activity: str
    part: int
    mode: str
    start: int
    duration: int
    people: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that stands in the way.

    Parameters
    ----------
    rule
        What kind of rule it is.
    subjects
        Ids of what is short or closed: resources, qualification, utility, group, persons, or the
        activity before it; empty for the activity's own windows.
    activities
        Ids of placed activities that take it, at most ten, those that take most first.
    """

    rule: Rule
    subjects: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an activity is not placed.

    `blockers` together leave no start in any mode against the placed activities, while without
    any one of them there is one. If the activity waits for one that is not placed, `follows` names
    the first of that line, whose own reason counts.
    """

    blockers: tuple[Blocker, ...]
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An activity without a place, and why."""

    activity: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Progress:
    """How the search stands: told to `on_progress`, kept in `Solution.history`.

    Parameters
    ----------
    seconds
        Since the start of `solve`.
    objective, bound
        Of the best solution so far, and the proven upper bound (None until there is one).
    placed, asked
        Activities placed, and asked for, pinned ones included.
    """

    seconds: float
    objective: float
    bound: float | None
    placed: int
    asked: int


@dataclass(frozen=True, slots=True)
class Solution:
    """The answer: always feasible, whatever the status.

    Parameters
    ----------
    objective, bound
        As `Problem` defines it, and a proven upper bound of it (None: none was found).
    seconds
        Wall-clock time that `solve` took.
    """

    assignments: tuple[Assignment, ...]
    unplaced: tuple[Unplaced, ...]
    status: Status
    objective: float
    bound: float | None
    history: tuple[Progress, ...]
    seconds: float
    seed: int

    @property
    def gap(self) -> float | None:
        """``(bound - objective) / bound``, at least 0; None without a bound, 0 if the bound is 0."""
        if self.bound is None:
            return None
        if self.bound <= 0:
            return 0.0
        return max(0.0, (self.bound - self.objective) / self.bound)


@dataclass(frozen=True, slots=True)
class Options:
    """How to search.

    Parameters
    ----------
    time_limit
        Seconds of wall clock, positive.
    workers
        CP-SAT workers, and neighbourhoods at a time, at least 1.
    seed
        What all that is drawn at random begins with; any whole number.
    max_rounds
        End after so many rounds of improvement, whatever the clock says; with one worker and a seed
        the answer is then the same each time. None: no limit.
    """

    time_limit: float = 30.0
    workers: int = 2
    seed: int = 1
    max_rounds: int | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a problem that makes it meaningless: what, of which id, in words."""

    code: str
    subject: str
    message: str


class ProblemError(ValueError):
    """A problem with faults was given to `solve`; all of them are in `faults`."""

    def __init__(self, problem: Problem, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        lines = "; ".join(fault.message for fault in faults[:5])
        super().__init__(f"{problem.name or 'problem'}: {len(faults)} faults: {lines}")
