"""A first schedule, and places for single activities: greedy, one activity after another."""

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice

from solver.problem import Activity, Mode
from solver.search.order import Order, before_first, ordered
from solver.solution import Assignment, Rule
from solver.state.frame import NO_RULES, Frame, window_starts
from solver.state.index import Index, length
from solver.state.masks import ticks
from solver.state.state import State
from solver.state.worth import hope

_TRIES = 400
"""Most starts in one mode for which names are looked for."""

_LENGTHS = 8
"""About so many lengths of an elastic run are tried where trying them all would take long."""


def never() -> bool:
    """Nobody said stop."""
    return False


class Chooser:
    """Finds the best place for one activity in a state as it stands.

    Parameters
    ----------
    spare
        Whether to prefer modes whose resources are asked for least, before early starts.
    """

    def __init__(self, index: Index, *, spare: bool = False) -> None:
        self.index = index
        self.spare = spare
        self._pressure = _pressure(index) if spare else {}

    def find(
        self, state: State, activity: Activity, skip: Collection[Rule] = NO_RULES
    ) -> list[Assignment] | None:
        """The place of most worth, earlier before later; None if there is none.

        With rules in `skip` the answer ignores these, and may not be placed.
        """
        single = self._part(state, activity, skip, None, [])
        worth = state.worth(activity, [single]) if single else 0.0
        if activity.most_parts > 1 and (single is None or single.duration < self._wish(single)):
            parts = self._split(state, activity, skip)
            if parts and (single is None or state.worth(activity, parts) > worth + 1e-9):
                return parts
        return [single] if single else None

    def fits(self, state: State, activity: Activity, skip: Collection[Rule] = NO_RULES) -> bool:
        """Whether there is any place, with some of the rules not asked."""
        for mode, shortest, longest in self._ways(activity):
            frame = Frame(state, activity, mode, skip)
            # A teardown may find room after a longer run only: look at some lengths in between.
            for duration in range(shortest, longest + 1, max(1, (longest - shortest) // _LENGTHS)):
                mask = frame.starts(duration)
                if not activity.needs or "people" in skip:
                    if mask:
                        return True
                    continue
                for start in islice(ticks(mask), _TRIES):
                    if state.crew.choose(activity, mode, start, duration) is not None:
                        return True
        return activity.most_parts > 1 and self._split(state, activity, skip) is not None

    def place(self, state: State, activity: Activity) -> bool:
        """Place an activity if there is room, and it is worth more than it costs."""
        parts = self.find(state, activity)
        if not parts:
            return False
        before = state.shared_cost()
        if not state.insert(activity, parts):
            return False
        gain = state.worth(activity, parts) - (state.shared_cost() - before)
        if gain < -1e-9 and not activity.mandatory:
            state.remove(activity.id)
            parts = self._worthwhile(state, activity)
            return parts is not None and state.insert(activity, parts)
        return True

    def _worthwhile(self, state: State, activity: Activity) -> list[Assignment] | None:
        """The place that brings most above what it costs, tried one by one."""
        before = state.shared_cost()
        best, found = 0.0, None
        for mode, shortest, longest in self._ways(activity):
            frame = Frame(state, activity, mode)
            for duration in range(longest, shortest - 1, -max(1, (longest - shortest) // _LENGTHS)):
                for start in islice(ticks(frame.starts(duration)), _TRIES):
                    parts = [Assignment(activity.id, 1, mode.id, start, duration)]
                    worth = state.worth(activity, parts)
                    if worth <= best + 1e-9 or not state.insert(activity, parts):
                        continue
                    gain = worth - (state.shared_cost() - before)
                    state.remove(activity.id)
                    if gain > best + 1e-9:
                        best, found = gain, parts
        return found

    def _ways(self, activity: Activity) -> list[tuple[Mode, int, int]]:
        """The modes with the least and the most that a run can last; one that pauses has several."""
        return [(mode, *way) for mode in activity.modes for way in self.index.ways(activity, mode)]

    def _wish(self, part: Assignment) -> int:
        return self.index.wish(
            self.index.activities[part.activity], self.index.modes[part.activity][part.mode]
        )

    def _part(
        self,
        state: State,
        activity: Activity,
        skip: Collection[Rule],
        limits: tuple[int, int] | None,
        others: Sequence[Assignment],
    ) -> Assignment | None:
        """The best single part; with `limits` of its run it is one of several."""
        best: tuple[float, float, int] | None = None
        found: Assignment | None = None
        for mode, shortest, longest in self._ways(activity):
            if limits is not None:
                shortest, longest = limits[0], min(limits[1], longest)
            if others and not self._alike(activity, mode, others[0]):
                continue
            if shortest > longest:
                continue
            alone = limits is None
            frame = Frame(state, activity, mode, skip, first=alone, last=alone, besides=others)
            tie = self._pressure_of(mode)
            named = bool(activity.needs) and "people" not in skip
            for duration, mask in _runs(frame, shortest, longest, named=named):
                if best is not None and (-hope(self.index, activity, mode, duration), tie) > best[:2]:
                    break
                part = self._start(state, activity, mode, duration, mask, named)
                if part is None:
                    continue
                rank = (-state.worth(activity, [part]), tie, part.start)
                if best is None or rank < best:
                    best, found = rank, part
                break
        return found

    def _start(
        self, state: State, activity: Activity, mode: Mode, duration: int, mask: int, named: bool
    ) -> Assignment | None:
        """The part that starts best of those in the mask for which there are people."""
        for start in islice(self._starts(activity, mode, duration, mask), _TRIES):
            people = state.crew.choose(activity, mode, start, duration) if named else ()
            if people is not None:
                return Assignment(activity.id, 1, mode.id, start, duration, people)
        return None

    def _starts(self, activity: Activity, mode: Mode, duration: int, mask: int) -> Iterator[int]:
        """The starts of the mask: those as before and near it first, then preferred ones, then early ones."""
        weights = self.index.problem.weights
        if activity.previous and (weights.moved or weights.distance):
            was = activity.previous[0].start
            yield from sorted(ticks(mask), key=lambda start: (abs(start - was), start))
            return
        if activity.preferred and weights.preference:
            liked = mask & window_starts(activity, activity.preferred, duration)
            yield from ticks(liked)
            mask &= ~liked
        yield from ticks(mask)

    def _pressure_of(self, mode: Mode) -> float:
        return round(sum(self._pressure[r] for r in mode.resources), 6) if self.spare else 0.0

    def _alike(self, activity: Activity, mode: Mode, other: Assignment) -> bool:
        """Whether a part in `mode` counts as much as one in the mode of `other`."""
        same = self.index.modes[activity.id][other.mode]
        index = self.index
        return (index.wish(activity, mode), index.least(activity, mode)) == (
            index.wish(activity, same),
            index.least(activity, same),
        )

    def _split(self, state: State, activity: Activity, skip: Collection[Rule]) -> list[Assignment] | None:
        """Several parts, each as long as it can be; None unless they sum up to the least."""
        parts: list[Assignment] = []
        wish = max(self.index.wish(activity, mode) for mode in activity.modes)
        left = wish
        while len(parts) < activity.most_parts and left >= activity.least_part:
            more = len(parts) + 1 < activity.most_parts and left >= 2 * activity.least_part
            most = left - activity.least_part if more else left
            part = self._part(state, activity, skip, (activity.least_part, most), parts)
            if part is None:
                break
            parts.append(part)
            left = min(left, self._wish(part)) - part.duration
        if len(parts) < 2:
            return None
        mode = self.index.modes[activity.id][parts[0].mode]
        if sum(part.duration for part in parts) < self.index.least(activity, mode):
            return None
        return sorted(parts, key=lambda part: part.start)


def _runs(frame: Frame, shortest: int, longest: int, *, named: bool) -> Iterator[tuple[int, int]]:
    """The longest run that fits, with the mask of its starts; where people have names, shorter ones too.

    The masks ask for each need alone: that there are enough people for all at once shows only when
    they are chosen, and for a shorter run there may be.
    """
    duration, mask = _longest(frame, shortest, longest)
    if mask:
        yield duration, mask
    if mask and named:
        step = max(1, (duration - shortest) // _LENGTHS)
        for shorter in sorted(
            {*range(duration - step, shortest, -step), shortest} - {duration}, reverse=True
        ):
            yield shorter, frame.starts(shorter)


def _longest(frame: Frame, shortest: int, longest: int) -> tuple[int, int]:
    """The longest run that fits, with the mask of its starts; an empty mask if not even the shortest.

    Notes
    -----
    By bisection: what fits for long fits for less, but for teardowns that then fall elsewhere, so
    that in rare cases a longer run is missed.
    """
    mask = frame.starts(longest)
    if mask or shortest == longest:
        return longest, mask
    mask = frame.starts(shortest)
    if not mask:
        return shortest, 0
    low, high = shortest, longest
    while high - low > 1:
        middle = (low + high) // 2
        trial = frame.starts(middle)
        if trial:
            low, mask = middle, trial
        else:
            high = middle
    return low, mask


def _pressure(index: Index) -> dict[str, float]:
    """For each resource the share of its open time that is asked for, spread over the modes."""
    asked = dict.fromkeys(index.resources, 0.0)
    for activity in index.activities.values():
        for mode in activity.modes:
            for resource, units in index.demands(mode):
                total = length(activity, index.wish(activity, mode)) * units
                asked[resource] += total / len(activity.modes)
    return {
        r: asked[r] / max(1, (index.open[r] & ~index.outage[r]).bit_count() * index.resources[r].capacity)
        for r in asked
    }


def place_pinned(state: State) -> None:
    """Place all that is pinned, first where names are given: they are not to be chosen for others."""
    pinned = [activity for activity in state.index.activities.values() if activity.pin is not None]
    for activity in sorted(pinned, key=lambda a: a.pin is None or a.pin.people is None):
        if activity.pin is not None:
            state.pin(activity, activity.pin)


def fill(
    state: State,
    activities: Iterable[Activity],
    chooser: Chooser,
    stop: Callable[[], bool] = never,
) -> int:
    """Place what fits, in the given order, chains all or not at all; return how many were placed."""
    before = len(state.placed)
    tried: set[str] = set()
    for activity in activities:
        if stop():
            break
        if activity.id in state.placed or activity.id in tried:
            continue
        chain = state.index.chains.get(activity.id)
        if chain:
            tried.update(chain)
            fill_chain(state, chain, chooser)
        else:
            chooser.place(state, activity)
    return len(state.placed) - before


def fill_chain(state: State, chain: Sequence[str], chooser: Chooser) -> bool:
    """Place all members of a chain, or none if one of them finds no place."""
    members = [name for name in before_first(state.index, chain) if name in set(chain)]
    added: list[str] = []
    for name in members:
        if name in state.placed:
            continue
        activity = state.index.activities[name]
        parts = chooser.find(state, activity)
        if not parts or not state.insert(activity, parts):
            break
        added.append(name)
    else:
        if sum(state.worth(state.index.activities[n], state.placed[n]) for n in added) >= -1e-9:
            return True
    for name in reversed(added):
        state.remove(name)
    return False


def greedy(
    index: Index,
    order: Order,
    *,
    spare: bool = False,
    rng: random.Random | None = None,
    stop: Callable[[], bool] = never,
) -> State:
    """Pinned first, then everything that fits in the given order."""
    state = State(index)
    place_pinned(state)
    fill(state, ordered(index, order, rng), Chooser(index, spare=spare), stop)
    return state
