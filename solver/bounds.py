"""Upper bounds of the objective: what no schedule can exceed."""

from collections.abc import Collection

from solver.frame import Frame
from solver.index import Index
from solver.problem import Activity
from solver.solution import Assignment, Rule
from solver.state import State

# Those before may be placed elsewhere in another schedule, so the order is not asked; nor are
# changeovers, for which see `Index.changeovers_are_strict`.
_SKIP: frozenset[Rule] = frozenset(("precedence", "changeover"))


def pins_only(index: Index) -> State:
    """A facility that holds only what is pinned, and of people only those that a pin names."""
    state = State(index)
    for activity in index.activities.values():
        pin = activity.pin
        if pin is not None:
            state.hold(Assignment(activity.id, 1, pin.mode, pin.start, pin.duration, pin.people or ()))
    return state


def alone(index: Index) -> dict[str, float]:
    """For each activity the most it can be worth if no other one is placed; at least 0."""
    state = pins_only(index)
    worth: dict[str, float] = {}
    for activity in index.activities.values():
        if activity.pin is not None:
            worth[activity.id] = max(0.0, state.worth(activity, state.placed[activity.id]))
        else:
            worth[activity.id] = max([0.0, *most_shares(state, activity, _SKIP).values()])
    return worth


def most_shares(state: State, activity: Activity, skip: Collection[Rule]) -> dict[str, float]:
    """For each mode in which it fits the most that the activity can be worth there."""
    found: dict[str, float] = {}
    for mode in activity.modes:
        frame = Frame(state, activity, mode, skip)
        wish = state.index.wish(activity, mode)
        least = state.index.least(activity, mode)
        if activity.most_parts > 1:
            # Several parts may reach the wish where no single one does.
            least = min(least, activity.least_part)
            if frame.starts(least):
                found[mode.id] = float(activity.value - mode.penalty)
            continue
        for duration in (wish, *range(wish - 1, least - 1, -max(1, (wish - least) // 8))):
            if frame.starts(duration):
                # The next longer of the lengths that were tried did not fit.
                longer = min(wish, duration + (0 if duration == wish else max(1, (wish - least) // 8)))
                found[mode.id] = activity.value * longer / wish - mode.penalty
                break
        else:
            if frame.starts(least):
                longer = min(wish, least + max(1, (wish - least) // 8))
                found[mode.id] = activity.value * longer / wish - mode.penalty
    return found
