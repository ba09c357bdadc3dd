"""Upper bounds of the objective: what no schedule can exceed."""

from collections.abc import Callable, Collection

from solver.problem import Activity
from solver.search.construct import never, place_pinned
from solver.solution import Assignment, Rule
from solver.state.frame import Frame
from solver.state.index import Index
from solver.state.state import State
from solver.state.worth import hope

# Those before may be placed elsewhere in another schedule, so the order is not asked; nor are
# changeovers, for which see `Index.changeovers_are_strict`.
_SKIP: frozenset[Rule] = frozenset(("precedence", "changeover"))


def pins_only(index: Index, without: Collection[str] = ()) -> State:
    """A facility that holds only what is pinned, and of people only those that a pin names."""
    state = State(index)
    for activity in index.activities.values():
        pin = activity.pin
        if pin is not None and activity.id not in without:
            state.hold(Assignment(activity.id, 1, pin.mode, pin.start, pin.duration, pin.people or ()))
    return state


def uncertain_pins(index: Index) -> frozenset[str]:
    """Pins that may be missing from a schedule, since it is not certain that people are found for all.

    Empty if people for all pins are found at the first try: then every schedule has them.
    """
    state = State(index)
    place_pinned(state)
    pins = {activity.id: activity.pin for activity in index.activities.values() if activity.pin}
    if all(name in state.placed for name in pins):
        return frozenset()
    return frozenset(
        name for name, pin in pins.items() if pin.people is None and index.activities[name].needs
    )


def alone(index: Index, over: Callable[[], bool] = never) -> dict[str, float]:
    """For each activity the most it can be worth if no other one is placed; at least 0.

    Once `over` answers true it is not looked any further where they fit: what is left counts with
    all that is wished for.
    """
    # Of what is left out for want of time the state is not asked either.
    state = State(index) if over() else pins_only(index, uncertain_pins(index))
    worth: dict[str, float] = {}
    for activity in index.activities.values():
        pin = activity.pin
        if pin is not None:
            mode = index.modes[activity.id][pin.mode]
            worked = index.calendar.worked(activity, mode, pin.start, pin.duration)
            worth[activity.id] = max(0.0, hope(index, activity, mode, worked))
        elif over():
            worth[activity.id] = _hoped(index, activity)
        else:
            worth[activity.id] = max([0.0, *most_shares(state, activity, _SKIP).values()])
    return worth


def _hoped(index: Index, activity: Activity) -> float:
    """What the activity would be worth in its best mode at its longest, wherever that may fit."""
    hopes = [hope(index, activity, mode, index.wish(activity, mode)) for mode in activity.modes]
    return max([0.0, *hopes])


def most_shares(state: State, activity: Activity, skip: Collection[Rule]) -> dict[str, float]:
    """For each mode in which it fits the most that the activity can be worth there."""
    found: dict[str, float] = {}
    for mode in activity.modes:
        frame = Frame(state, activity, mode, skip)
        wish = state.index.wish(activity, mode)
        least = state.index.least(activity, mode)
        if activity.closed == "pause":
            if any(frame.starts(ticks) for ticks, _ in state.index.ways(activity, mode)):
                found[mode.id] = hope(state.index, activity, mode, wish)
            continue
        if activity.most_parts > 1:
            # Several parts may reach the wish where no single one does.
            least = min(least, activity.least_part)
            if frame.starts(least):
                found[mode.id] = hope(state.index, activity, mode, wish)
            continue
        for duration in (wish, *range(wish - 1, least - 1, -max(1, (wish - least) // 8))):
            if frame.starts(duration):
                # The next longer of the lengths that were tried did not fit.
                longer = min(wish, duration + (0 if duration == wish else max(1, (wish - least) // 8)))
                found[mode.id] = hope(state.index, activity, mode, longer)
                break
        else:
            if frame.starts(least):
                longer = min(wish, least + max(1, (wish - least) // 8))
                found[mode.id] = hope(state.index, activity, mode, longer)
    return found
