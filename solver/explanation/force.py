"""The price of an activity: what others lose if it has to be placed."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from time import monotonic

from solver.explanation.remedies import Cost, cost_to_others, value_placed
from solver.explanation.remedies_places import placements
from solver.explanation.tries import line_of
from solver.model.model import Model
from solver.problem import Activity
from solver.search.construct import Chooser, fill, never, place_pinned
from solver.search.order import ordered
from solver.search.rounds import Answer, Round
from solver.solution import Assignment
from solver.state.competition import things
from solver.state.index import length
from solver.state.masks import ticks
from solver.state.state import State

_NEAREST = 45
_PLACES = 4
_MODEL_SHARE = 0.8
_WAIT_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Price:
    """What forcing an activity in costs others: the least that was found, an upper bound of the least.

    Parameters
    ----------
    placed_too
        Activities that had to be placed with it: those before it, and those of its chain.
    assignments
        The whole plan with it; it breaks no rule that the plan without it kept.
    proven
        Whether nothing cheaper is possible as long as only activities near it move.
    """

    cost: Cost
    placed_too: tuple[str, ...]
    assignments: tuple[Assignment, ...]
    proven: bool


def force(
    state: State, name: str, *, seconds: float, seed: int = 1, stop: Callable[[], bool] = never
) -> Price | None:
    """Place an activity whatever it takes, others losing as little value as can be found in the time.

    The state is left as it was. First all that is placed gives way to it, and is put back where it
    fits; then CP-SAT places those around it anew, with it as a must.

    Returns
    -------
    Price | None
        None if it has no place even where only pins, and those it waits for, are placed.
    """
    end = monotonic() + seconds
    index = state.index
    line = line_of(state, name)
    plan = _first(state, line, lambda: stop() or monotonic() > end - _MODEL_SHARE * seconds)
    # What is pinned is in no line: it stands, or there is nobody for it.
    if plan is None or name not in plan.placed:
        return None
    old = state.assignments()
    best, proven = plan, False
    cost = cost_to_others(index.problem, old, best.assignments(), line)
    if cost.value_lost > 0 and not stop() and monotonic() < end:
        better, proven = _improved(state, best, line, max(0.05, end - monotonic()), seed, stop)
        if better is not None:
            lost = cost_to_others(index.problem, old, better.assignments(), line)
            if (lost.value_lost, len(lost.moved)) < (cost.value_lost, len(cost.moved)):
                best, cost = better, lost
    others = tuple(each for each in line if each != name)
    return Price(cost, others, best.assignments(), proven)


def _first(state: State, line: Sequence[str], over: Callable[[], bool]) -> State | None:
    """The line first, then the others where they were if they still fit: the best of a few places."""
    best: State | None = None
    lost = 0.0
    for rank in range(_PLACES):
        for keep in (True, False):
            if best is not None and over():
                return best
            trial = _placed_first(state, line, rank, keep_before=keep)
            if trial is None:
                continue
            cost = cost_to_others(state.index.problem, state.assignments(), trial.assignments(), line)
            if best is None or cost.value_lost < lost:
                best, lost = trial, cost.value_lost
    return best


def _placed_first(state: State, line: Sequence[str], rank: int, *, keep_before: bool) -> State | None:
    """One try; with `keep_before` those that are placed and come before the line stay where they are."""
    index = state.index
    trial = State(index)
    place_pinned(trial)
    chooser = Chooser(index)
    for each in (*_ahead(state, line), *line):
        activity = index.activities[each]
        if each in trial.placed:
            continue
        if keep_before and each in state.placed and trial.insert(activity, state.placed[each]):
            continue
        parts = _cheap_place(state, trial, activity, rank) if each == line[-1] else None
        parts = parts or chooser.find(trial, activity)
        if not parts or not trial.insert(activity, parts):
            return None
    waiting = [a for a in ordered(index, "value") if a.id in state.placed and a.id not in trial.placed]
    for activity in waiting:
        trial.insert(activity, state.placed[activity.id])
    fill(trial, (a for a in waiting if a.id not in trial.placed), chooser)
    while broken := trial.incomplete():
        for each in broken:
            trial.remove(each)
    return trial if all(each in trial.placed for each in line) else None


def _cheap_place(state: State, trial: State, activity: Activity, rank: int) -> list[Assignment] | None:
    """A place with little value in the way on its resources: the least for rank 0, the next for 1, ..."""
    rated: list[tuple[float, int, str, int]] = []
    for mode, duration, starts in placements(trial, activity):
        held = [
            (part.start, part.start + length(other, part.duration), value_placed(other, [part]))
            for name, parts in state.placed.items()
            for other in (state.index.activities[name],)
            for part in parts
            if name not in trial.placed
            and not set(mode.resources).isdisjoint(state.index.modes[name][part.mode].resources)
        ]
        for start in ticks(starts):
            end = start + length(activity, duration)
            lost = sum(value for begin, finish, value in held if begin < end and start < finish)
            rated.append((lost, start, mode.id, duration))
    costs = sorted({lost for lost, *_ in rated})[rank : rank + 1]
    for lost, start, mode_id, duration in sorted(rated):
        if lost in costs:
            mode = trial.index.modes[activity.id][mode_id]
            people = trial.crew.choose(activity, mode, start, duration)
            if people is not None:
                return [Assignment(activity.id, 1, mode_id, start, duration, people)]
    return None


def _ahead(state: State, line: Sequence[str]) -> list[str]:
    """Placed activities that the line waits for, those before others first."""
    found: dict[str, None] = {}
    stack = list(line)
    while stack:
        for lag in state.index.before[stack.pop()]:
            if lag.before in state.placed and lag.before not in found:
                found[lag.before] = None
                stack.append(lag.before)
    return sorted(found, key=lambda each: state.start(each))


def _improved(
    state: State,
    plan: State,
    line: Sequence[str],
    seconds: float,
    seed: int,
    stop: Callable[[], bool],
) -> tuple[State | None, bool]:
    """Those around the line placed anew by CP-SAT, the line being a must; and whether that is the best."""
    index = state.index
    free = [*line, *_near(state, plan, line)]
    old = {name: plan.remove(name) for name in free if name in plan.placed}
    try:
        model = Model(plan, free, old)
        if any(name not in model.parts for name in line):
            return None, False
        for name in line:
            model.cp.add(model.parts[name][0].present == 1)
        answer = _answer(Round(model, seconds, None, 1, seed), stop)
        if answer.parts is None:
            return None, False
        better = State(index)
        better.restore(plan.placed, plan.placed)
    finally:
        for parts in old.values():
            for part in parts:
                plan.hold(part)
    for activity in ordered(index, "value"):
        if activity.id in answer.parts and not better.insert(activity, answer.parts[activity.id]):
            return None, False
    while broken := better.incomplete():
        for name in broken:
            better.remove(name)
    _put_back(state, better, line)
    return (better, answer.proven) if all(name in better.placed for name in line) else (None, False)


def _answer(solving: Round, stop: Callable[[], bool]) -> Answer:
    """What CP-SAT finds until its time is up or somebody says stop."""
    with ThreadPoolExecutor(1, "force") as threads:
        future = threads.submit(solving.run)
        while not wait((future,), _WAIT_SECONDS).done:
            if stop():
                solving.stop()
        return future.result()


def _put_back(state: State, better: State, line: Sequence[str]) -> None:
    """Back to where they were with all that moved without need."""
    for activity in ordered(state.index, "value"):
        name = activity.id
        if name in line or name not in state.placed or name not in better.placed:
            continue
        if better.placed[name] != state.placed[name]:
            new = better.remove(name)
            if not better.insert(activity, state.placed[name]):
                for part in new:
                    better.hold(part)


def _near(state: State, plan: State, line: Sequence[str]) -> list[str]:
    """Activities to place anew: those that lost something first, then those that share most with the line."""
    index = state.index
    own = {thing for name in line for thing in things(index, name, utilities=True)}
    start, end = min(plan.start(name) for name in line), max(plan.end(name) for name in line)
    rated: list[tuple[bool, float, str]] = []
    for name in state.placed:
        activity = index.activities[name]
        if activity.pin is not None or name in line:
            continue
        common = len(own & things(index, name, utilities=True))
        if not common:
            continue
        gap = max(state.start(name) - end, start - state.end(name), 0)
        same = name in plan.placed and plan.placed[name] == state.placed[name]
        rated.append((same, (gap + index.horizon / 50) / common, name))
    found: dict[str, None] = {}
    for _, _, name in sorted(rated):
        if len(found) >= _NEAREST:
            break
        found.update(dict.fromkeys(index.chains.get(name, (name,))))
        found[name] = None
    # What follows one that is free has to be free as well: it may have to go with it.
    stack = list(found)
    while stack:
        for lag in index.after[stack.pop()]:
            placed = lag.after in state.placed and index.activities[lag.after].pin is None
            if placed and lag.after not in found and lag.after not in line:
                found[lag.after] = None
                stack.append(lag.after)
    return list(found)
