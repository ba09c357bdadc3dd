"""What every repair takes at least: each activity that cannot stay, placed as if it were alone."""

from collections.abc import Collection
from fractions import Fraction

from solver.bounds.alone import pins_only
from solver.problem import Activity
from solver.repairs.near import old_parts
from solver.repairs.toll import Toll, Tolls, stands
from solver.repairs.why import obstacles
from solver.solution import Rule
from solver.state.frame import Frame
from solver.state.index import Index
from solver.state.masks import ticks
from solver.state.state import State

_SKIP: frozenset[Rule] = frozenset(("precedence", "changeover"))


def least_toll(index: Index, tolls: Tolls) -> Toll:
    """A toll of which no repair takes less in any of its counts: one that is as good is the least."""
    alone = pins_only(index)
    free = [name for name, activity in index.activities.items() if activity.pin is None]
    lost, moved, distance = Fraction(0), 0, 0
    for activity in index.activities.values():
        if not activity.previous:
            continue
        if activity.pin is not None:
            moved += 0 if stands(activity, alone.placed[activity.id]) else activity.move_cost
            continue
        if any(each.rule != "changeover" for each in obstacles(alone, activity, old_parts(activity), free)):
            moved += activity.move_cost
            away = _nearest(alone, activity, free)
            if away is None:
                lost += tolls.before[activity.id]
            else:
                distance += away
    # Whoever is lost is not far away: the two are only as small together where nothing is lost.
    return Toll(0, lost, moved, 0 if lost else distance, 0)


def _nearest(alone: State, activity: Activity, free: Collection[str]) -> int | None:
    """Ticks to the nearest start that is possible at all; 0 where that is not looked into."""
    if activity.most_parts > 1:
        return 0
    before, index = activity.previous[0].start, alone.index
    found: list[int] = []
    for mode in activity.modes:
        frame = Frame(alone, activity, mode, _SKIP, free=free)
        for shortest, longest in index.ways(activity, mode):
            for duration in range(shortest, longest + 1):
                found += [abs(start - before) for start in ticks(frame.starts(duration))]
    return min(found, default=None)
