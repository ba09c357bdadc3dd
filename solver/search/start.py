"""Where a search begins: the best of the earlier schedule and greedy ones."""

from collections.abc import Sequence
from itertools import product

from solver.search.construct import Chooser, fill, greedy, place_pinned
from solver.search.order import ORDERS, ordered
from solver.search.watch import Watch
from solver.solution import Assignment, Options
from solver.state.index import Index
from solver.state.state import State

_START_SHARE = 0.1


def first_schedule(index: Index, options: Options, watch: Watch, start: Sequence[Assignment]) -> State:
    """The best of the earlier schedule and greedy ones in several orders."""
    slowest, best = 0.0, State(index)
    if start:
        best = resume(index, start)
        watch.offer(best)
    limited = options.max_rounds is None
    for spare, order in product((True, False), ORDERS):
        enough = limited and watch.seconds() + slowest > _START_SHARE * options.time_limit
        if watch.rank is not None and (enough or watch.over()):
            break
        begun = watch.seconds()
        # The first one is finished whatever the clock says: it is the answer if there is no time.
        # Who says stop gets as much of it as there is.
        state = greedy(index, order, spare=spare, stop=watch.told)
        if watch.offer(state):
            best = state
        slowest = max(slowest, watch.seconds() - begun)
    # To fill up, to verify and to find reasons takes about as long as some greedy schedules.
    watch.keep_back(3 * slowest)
    return best


def resume(index: Index, start: Sequence[Assignment]) -> State:
    """What of an earlier schedule still fits, then what else does."""
    state = State(index)
    place_pinned(state)
    parts: dict[str, list[Assignment]] = {}
    for part in start:
        if part.activity in index.activities and part.activity not in state.placed:
            parts.setdefault(part.activity, []).append(part)
    for activity in ordered(index, "value"):
        if activity.id in parts:
            state.insert(activity, parts[activity.id])
    while broken := state.incomplete():
        for name in broken:
            state.remove(name)
    fill(state, ordered(index, "density"), Chooser(index))
    return state
