"""What a schedule is worth, kept up to date while activities are placed and taken out.

Amounts are kept as whole numbers of ``2 ** -40`` units of value: taking back what was added leaves
exactly what was there before, however often that is done.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from solver.problem import Activity, Binds, Mode
from solver.solution import Assignment
from solver.state.index import Index, length, phase_span

if TYPE_CHECKING:
    from solver.state.state import State

_UNIT = 1 << 40


def worth(index: Index, activity: Activity, parts: Sequence[Assignment]) -> float:
    """What placing the parts brings by itself, more than leaving the activity out.

    Terms that hang on other activities as well (changeover, makespan, fairness, balance) are not in it.
    """
    weights = index.problem.weights
    modes = index.modes[activity.id]
    total = 0.0
    for part in parts:
        mode = modes[part.mode]
        worked = part.duration
        if activity.closed == "pause":
            worked = index.calendar.worked(activity, mode, part.start, part.duration)
        share = activity.value * worked / index.wish(activity, mode)
        total += weights.value * (share - mode.penalty)
        if activity.previous:
            total += weights.kept * share
    if parts and activity.due is not None and weights.lateness:
        total -= weights.lateness * max(0, _end(activity, parts) - activity.due)
    if activity.preferred and weights.preference and activity.pin is None:
        total -= weights.preference * sum(not is_preferred(activity, part) for part in parts)
    if activity.previous and parts:
        total += _stability(index, activity, parts)
    return total


def hope(index: Index, activity: Activity, mode: Mode, ticks: int) -> float:
    """No placement of so many ticks of run in the mode brings more, wherever it lies.

    Of a pin whose run pauses these are the ticks that are worked.
    """
    weights = index.problem.weights
    if activity.closed == "pause" and activity.pin is None:
        ticks = index.wish(activity, mode)
    share = activity.value * ticks / index.wish(activity, mode)
    most = weights.value * (share - mode.penalty)
    if activity.previous:
        most += weights.kept * share + weights.moved * activity.move_cost
    return most


def is_preferred(activity: Activity, part: Assignment) -> bool:
    """Whether a part lies in a preferred window of each sort that there is."""
    return _inside(activity, part, "run") and _inside(activity, part, "whole")


def _inside(activity: Activity, part: Assignment, binds: Binds) -> bool:
    start, end = phase_span(activity, "run" if binds == "run" else "all", part.start, part.duration)
    windows = [window for window in activity.preferred if window.binds == binds]
    return not windows or any(w.start <= start and end <= w.end for w in windows)


def _stability(index: Index, activity: Activity, parts: Sequence[Assignment]) -> float:
    """What it brings to stand as before, less what it costs to stand elsewhere."""
    weights = index.problem.weights
    before = sorted((pin.start, pin.duration, pin.mode) for pin in activity.previous)
    now = sorted((part.start, part.duration, part.mode) for part in parts)
    total = weights.moved * activity.move_cost if now == before else 0.0
    if weights.distance:
        total -= weights.distance * sum(abs(a[0] - b[0]) for a, b in zip(before, now, strict=False))
    if weights.reassigned:
        named = {name for pin in activity.previous for names in pin.people or () for name in names}
        named -= {name for part in parts for names in part.people for name in names}
        total -= weights.reassigned * len(named)
    return total


def _end(activity: Activity, parts: Sequence[Assignment]) -> int:
    return max(part.start + length(activity, part.duration) for part in parts)


class Ledger:
    """The terms of the objective for one state, of which only what was touched is worked out anew."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._weights = index.problem.weights
        self._worth: dict[str, int] = {}
        self._total = 0
        self._touched: set[str] = set()
        self._lines: set[str] = set()
        self._ticks: dict[str, int] = {}
        self._changeover = 0
        self._base = -sum(
            self._weights.moved * activity.move_cost
            for activity in index.activities.values()
            if activity.previous
        )
        self._asked: dict[str, int] = {}
        self._of_programme: dict[str, int] = {}
        for activity in index.activities.values():
            if activity.programme is not None:
                self._asked[activity.programme] = self._asked.get(activity.programme, 0) + activity.wish
        self._got = dict.fromkeys(self._asked, 0)
        self._shifts = (
            {person: max(1, (index.on_shift[person] & index.full).bit_count()) for person in index.people}
            if self._weights.balance
            else {}
        )

    def touch(self, activity: str) -> None:
        """Parts of the activity were placed or taken out."""
        self._touched.add(activity)

    def touch_line(self, resource: str) -> None:
        """Something was placed on the resource, or taken from it."""
        self._lines.add(resource)

    def objective(self, state: "State") -> float:
        """The objective of the state, as `Problem` defines it."""
        self._settle(state)
        return self._base + self._total / _UNIT - self.shared_cost(state)

    def shared_cost(self, state: "State") -> float:
        """What the terms cost that hang on several activities at once."""
        weights = self._weights
        total = 0.0
        if weights.changeover:
            total += weights.changeover * self._changeover_ticks(state)
        if weights.makespan:
            total += weights.makespan * max(0, max(map(state.end, state.placed), default=0))
        if weights.fairness:
            total += weights.fairness * sum(share**2 for share in self.unplaced_shares(state).values())
        if weights.balance:
            total += weights.balance * sum(load**2 for load in self.loads(state).values())
        return total

    def base(self) -> float:
        """The objective of an empty schedule, but for what it costs programmes."""
        return self._base

    def loads(self, state: "State") -> Mapping[str, float]:
        """For each person with duties these as a share of the shifts; only where balance counts."""
        if not self._weights.balance:
            return {}
        return {
            person: sum(end - start for start, end in spans) / self._shifts[person]
            for person, spans in state.crew.duties.items()
            if spans
        }

    def unplaced_shares(self, state: "State") -> Mapping[str, float]:
        """For each programme the share in [0, 1] of its asked ticks that is not placed."""
        self._settle(state)
        return {each: max(0.0, 1 - self._got[each] / (asked * _UNIT)) for each, asked in self._asked.items()}

    def _changeover_ticks(self, state: "State") -> int:
        for resource in self._lines:
            ticks = state.lines[resource].changeover_ticks()
            self._changeover += ticks - self._ticks.get(resource, 0)
            self._ticks[resource] = ticks
        self._lines.clear()
        return self._changeover

    def _settle(self, state: "State") -> None:
        index = self._index
        for name in self._touched:
            activity = index.activities[name]
            parts = state.placed.get(name, ())
            new = round(worth(index, activity, parts) * _UNIT) if parts else 0
            self._total += new - self._worth.get(name, 0)
            self._worth[name] = new
            if activity.programme is not None:
                modes = index.modes[name]
                worked = index.calendar.worked
                share = sum(
                    worked(activity, mode, part.start, part.duration) / index.wish(activity, mode)
                    for part in parts
                    for mode in (modes[part.mode],)
                )
                got = round(activity.wish * share * _UNIT)
                self._got[activity.programme] += got - self._of_programme.get(name, 0)
                self._of_programme[name] = got
        self._touched.clear()
