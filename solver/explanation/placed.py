"""The state in which a plan stands."""

from collections.abc import Iterable

from solver.problem import Problem
from solver.solution import Assignment
from solver.state.index import Index
from solver.state.state import State


def placed_state(problem: Problem, assignments: Iterable[Assignment]) -> State:
    """The state in which a plan stands, whether or not it breaks rules.

    Raises
    ------
    ValueError
        If the plan names an activity, a mode or a person that the problem does not have.
    """
    placed: dict[str, list[Assignment]] = {}
    state = State(Index(problem))
    for part in sorted(assignments, key=lambda part: part.start):
        _known(state.index, part)
        placed.setdefault(part.activity, []).append(part)
    state.restore(placed, placed)
    return state


def _known(index: Index, part: Assignment) -> None:
    if part.activity not in index.activities:
        raise ValueError(f"The plan places {part.activity!r}, which is not in the problem. {_NEXT}")
    if part.mode not in index.modes[part.activity]:
        raise ValueError(
            f"The plan places {part.activity!r} in mode {part.mode!r}, which it has not. {_NEXT}"
        )
    for person in (name for names in part.people for name in names):
        if person not in index.people:
            raise ValueError(
                f"The plan puts {person!r} on {part.activity!r}, who is not in the problem. {_NEXT}"
            )


_NEXT = "Give a plan in which solver.verify finds nothing wrong, or the problem that it was made for."
