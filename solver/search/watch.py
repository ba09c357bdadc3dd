"""The clock of one solve: when to end, what is best so far, and who is told."""

import time
from collections.abc import Callable

from solver.problem import Problem
from solver.solution import Assignment, Options, Progress
from solver.state.state import State

OnProgress = Callable[[Progress, tuple[Assignment, ...]], None]

_EPSILON = 1e-9
_REPORT_SECONDS = 1.0
_ASK_SECONDS = 0.05


class Watch:
    """Keeps the best schedule of a solve and its history, and knows when to end.

    Attributes
    ----------
    best
        For each placed activity its parts.
    rank
        Mandatory activities placed, then the objective: the larger the better.
    stopped
        Whether somebody said stop.
    """

    def __init__(
        self,
        problem: Problem,
        options: Options,
        on_progress: OnProgress | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        self._problem = problem
        self._on_progress = on_progress
        self._stop = stop
        self._begun = time.monotonic()
        self._limit = options.time_limit
        self._asked_at = self._told_at = -1.0
        self.stopped = False
        self.best: dict[str, tuple[Assignment, ...]] = {}
        self.rank: tuple[int, float] | None = None
        self.bound: float | None = None
        self.history: list[Progress] = []

    def seconds(self) -> float:
        """Since the solve began."""
        return time.monotonic() - self._begun

    def left(self) -> float:
        """Seconds of the time limit that are left, at least 0."""
        return max(0.0, self._limit - self.seconds())

    def keep_back(self, seconds: float) -> None:
        """End the search that much earlier, but by no more than a tenth: finishing takes time too."""
        self._limit -= min(seconds, 0.1 * self._limit)

    def late(self) -> float:
        """Seconds since the time was up, negative before."""
        return self.seconds() - self._limit

    def told(self) -> bool:
        """Whether somebody said stop."""
        if not self.stopped and self._stop is not None:
            now = self.seconds()
            if now - self._asked_at >= _ASK_SECONDS:
                self._asked_at = now
                self.stopped = self._stop()
        return self.stopped

    def over(self) -> bool:
        """Whether to end: the time is up, or somebody said stop."""
        return self.told() or self.seconds() >= self._limit

    def offer(self, state: State) -> bool:
        """Keep the schedule if it is better than the best so far, and tell of it."""
        rank = (state.mandatory(), state.objective())
        if self.rank is not None and rank <= (self.rank[0], self.rank[1] + _EPSILON):
            return False
        self.rank = rank
        self.best = {name: tuple(parts) for name, parts in state.placed.items()}
        self.history.append(self._progress())
        self._tell()
        return True

    def lower_bound_to(self, bound: float) -> None:
        """Take a proven upper bound; it only ever falls, and never below what is reached."""
        if self.rank is not None:
            bound = max(bound, self.rank[1])
        if self.bound is None or bound < self.bound:
            self.bound = bound
            if self.rank is not None:
                self.history.append(self._progress())

    def tick(self) -> None:
        """Tell how it stands, if that was not done within a second."""
        if self.seconds() - self._told_at >= _REPORT_SECONDS:
            self._tell()

    def assignments(self) -> tuple[Assignment, ...]:
        """The best schedule so far, by start."""
        parts = (part for parts in self.best.values() for part in parts)
        return tuple(sorted(parts, key=lambda part: (part.start, part.activity, part.part)))

    def _progress(self) -> Progress:
        return Progress(
            seconds=self.seconds(),
            objective=self.rank[1] if self.rank else 0.0,
            bound=self.bound,
            placed=len(self.best),
            asked=len(self._problem.activities),
        )

    def _tell(self) -> None:
        self._told_at = self.seconds()
        if self._on_progress is not None:
            self._on_progress(self._progress(), self.assignments())
