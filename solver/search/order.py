"""In which order to place activities: by worth, by density, by scarcity, by deadline."""

import random
from collections.abc import Sequence
from typing import Literal

from solver.problem import Activity
from solver.solution import Rule
from solver.state.frame import Frame
from solver.state.index import Index, length
from solver.state.state import State

Order = Literal["value", "density", "scarce", "deadline"]
ORDERS: tuple[Order, ...] = ("density", "value", "scarce", "deadline")


def ordered(index: Index, order: Order, rng: random.Random | None = None) -> list[Activity]:
    """Activities that are not pinned, in the order in which to place them.

    Mandatory ones come first, as do those before a pinned one. With `rng` the order is disturbed.
    """
    keys: dict[str, tuple[int, float]] = {}
    urgent = {lag.before for name, a in index.activities.items() if a.pin for lag in index.before[name]}
    empty = State(index) if order == "scarce" else None
    for activity in index.activities.values():
        total = min(
            length(activity, index.wish(activity, m)) * max(1, len(m.resources)) for m in activity.modes
        )
        key = -float(activity.value)
        if order == "density":
            key = -activity.value / total
        elif order == "deadline":
            key = float(index.horizon if activity.deadline is None else activity.deadline)
        elif empty is not None:
            key = _choices(empty, activity) / max(1, activity.value)
        if rng is not None:
            key *= 0.4 + 1.2 * rng.random()
        first = activity.mandatory or activity.id in urgent
        keys[activity.id] = (0 if first else 1, key)
    names = sorted(keys, key=lambda name: (keys[name], name))
    return [index.activities[name] for name in before_first(index, names)]


def _choices(state: State, activity: Activity) -> int:
    """Number of starts over all modes in an empty facility."""
    skip: frozenset[Rule] = frozenset(("precedence", "people"))
    return sum(
        Frame(state, activity, mode, skip).starts(longest).bit_count()
        for mode in activity.modes
        for _, longest in state.index.ways(activity, mode)
    )


def before_first(index: Index, names: Sequence[str]) -> list[str]:
    """The same names, those before each one moved ahead of it; without those that are pinned."""
    done: dict[str, None] = {}
    for name in names:
        stack = [name]
        while stack:
            top = stack[-1]
            waiting = [lag.before for lag in index.before[top] if lag.before not in done]
            if waiting:
                stack += waiting
            else:
                done.setdefault(stack.pop())
    return [name for name in done if index.activities[name].pin is None]
