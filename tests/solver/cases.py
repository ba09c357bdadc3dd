"""A problem with one question: may the activity ``x`` start at this tick?"""

from dataclasses import dataclass, replace

from solver.problem import Activity, Problem


@dataclass(frozen=True)
class Case:
    """A problem, and whether ``x`` may start at a tick, with a run of so many ticks."""

    name: str
    problem: Problem
    start: int
    fits: bool
    ticks: int = 4

    def forced(self, *, others_free: bool = False) -> Problem:
        """``x`` can start at the tick only; the others stand, or are free but can go nowhere else."""
        problem = self.problem
        rows = []
        for each in problem.activities:
            if each.id == "x":
                rows.append(_held(each, self.start, self.ticks))
            elif others_free and each.pin is not None:
                mode = next(mode for mode in each.modes if mode.id == each.pin.mode)
                free = replace(each, pin=None, modes=(mode,), value=100)
                rows.append(_held(free, each.pin.start, each.pin.duration))
            else:
                rows.append(each)
        return replace(problem, activities=tuple(rows))


def _held(each: Activity, start: int, duration: int) -> Activity:
    end = start + each.setup + duration + each.teardown
    release = max(start, each.release or 0)
    return replace(each, release=release, deadline=end if each.deadline is None else min(end, each.deadline))
