"""Where an activity could stand after a change that is thought of, and the least change that helps."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from solver.explanation.remedies import Remedy
from solver.problem import Activity, Mode
from solver.solution import Assignment, Rule
from solver.state.frame import Frame
from solver.state.masks import ticks
from solver.state.state import State

_TRIES = 60


@dataclass(frozen=True, slots=True)
class Proposal:
    """A remedy that is not verified yet.

    Parameters
    ----------
    change
        How much it asks for, about in ticks: to compare proposals that cost the others the same.
    parts
        Where the activity would stand.
    others
        New places of other activities; no parts for those that have to go.
    """

    remedy: Remedy
    change: float
    parts: tuple[Assignment, ...] = ()
    others: tuple[tuple[str, tuple[Assignment, ...]], ...] = ()


def placements(
    state: State, activity: Activity, skip: Iterable[Rule] = ()
) -> Iterator[tuple[Mode, int, int]]:
    """For each mode the least run and the starts that the masks leave it; each length of one that pauses."""
    for mode in activity.modes:
        frame = Frame(state, activity, mode, frozenset(skip))
        for duration, _ in state.index.ways(activity, mode):
            starts = frame.starts(duration)
            if starts:
                yield mode, duration, starts


def first_part(
    state: State,
    activity: Activity,
    places: Iterable[tuple[Mode, int, int]],
    change: Callable[[Mode, int, int], int | None],
) -> tuple[int, Assignment] | None:
    """The part that changes least of those for which there are people, with its change.

    Parameters
    ----------
    change
        Of a mode, a start and a run; None where it would not help.
    """
    best: tuple[int, Assignment] | None = None
    for mode, duration, starts in places:
        rated = ((change(mode, start, duration), start) for start in ticks(starts))
        for cost, start in islice(sorted((c, s) for c, s in rated if c is not None), _TRIES):
            if best is not None and cost >= best[0]:
                break
            people = state.crew.choose(activity, mode, start, duration)
            if people is not None:
                best = cost, Assignment(activity.id, 1, mode.id, start, duration, people)
                break
    return best
