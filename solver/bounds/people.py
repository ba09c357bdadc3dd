"""What people bring to a relaxation beyond their number: nobody hands a duty over to the next shift."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from solver.state.index import Index, phase_span
from solver.state.masks import interval, runs, shifted, spans
from solver.state.state import State
from solver.state.work import relay

if TYPE_CHECKING:
    from solver.model.model import Model

_LAGS = (8, 16)
"""Ticks, measured on shifts of 36 and duties of up to 24: more of them take longer and prove no more."""


def add_unbroken_duties(model: "Model", index: Index, state: State) -> None:
    """A duty that lasts for more than some ticks takes people who are there for all of these.

    Parameters
    ----------
    model
        Of the relaxed problem, whose activities need nobody any more.
    index, state
        The problem with its people, and what is pinned in it.

    Notes
    -----
    A duty over ``[start, end)`` covers both t - lag and t if t lies in ``[start + lag, end)``. So at t
    no more of these shortened duties can run than there are people on shift throughout
    ``[t - lag, t]``. With lag 0 it is the plain count of heads, which the relaxed problem has already.
    """
    for lag in _LAGS:
        takes = _shortened(model, index, lag)
        for qualification, taken in takes.items():
            heads = heads_throughout(index, state, qualification, lag)
            most = int(heads.max(initial=0))
            intervals = [each for each, _ in taken]
            amounts = [amount for _, amount in taken]
            for start, end, amount in _pinned(index, state, qualification, lag):
                heads[start:end] -= amount
            # Promises alone may take more than there are.
            heads = np.maximum(heads, 0)
            for start, end in pairwise([0, *(np.flatnonzero(np.diff(heads)) + 1).tolist(), len(heads)]):
                if heads[start] < most:
                    intervals.append(model.cp.new_fixed_size_interval_var(start, end - start, ""))
                    amounts.append(most - int(heads[start]))
            model.cp.add_cumulative(intervals, amounts, most)


def heads_throughout(index: Index, state: State, qualification: str, lag: int) -> NDArray[np.int64]:
    """For each tick t the people who can be on one duty throughout ``[t - lag, t]``.

    Those whom a pin names are taken out for that time. Shape (ticks,), not negative.
    """
    heads = np.zeros(index.horizon, dtype=np.int64)
    for person in index.qualified.get(qualification, ()):
        held = index.qualification_starts(person, qualification, 1)
        free = held & index.on_shift[person] & index.full & ~state.crew.busy[person]
        for start, end in spans(shifted(runs(free, lag + 1), lag)):
            heads[start:end] += 1
    return heads


def _shortened(model: "Model", index: Index, lag: int) -> dict[str, list[tuple[cp_model.IntervalVar, int]]]:
    """For each qualification the duties of known length that last longer than the lag, without it."""
    takes: dict[str, list[tuple[cp_model.IntervalVar, int]]] = defaultdict(list)
    for part in model.all_parts():
        # What is done before a pause, and behind it, are two duties that move against each other.
        if not isinstance(part.size, int) or part.activity.closed == "pause":
            continue
        for need in index.activities[part.activity.id].needs:
            for ((begin, end),) in relay(
                (phase_span(part.activity, need.phase, 0, part.size),), need.longest
            ):
                if end - begin > lag:
                    rest = model.cp.new_optional_fixed_size_interval_var(
                        part.start + begin + lag, end - begin - lag, part.present, ""
                    )
                    takes[need.qualification].append((rest, need.count))
    return takes


def _pinned(index: Index, state: State, qualification: str, lag: int) -> Sequence[tuple[int, int, int]]:
    """The shortened duties of pins whose people are still to be found: start, end, people."""
    found = []
    for activity in index.activities.values():
        pin = activity.pin
        if pin is None or pin.people is not None or activity.id not in state.placed:
            continue
        mode = index.modes[activity.id][pin.mode]
        for need in activity.needs:
            duties = index.calendar.duties(activity, mode, need, pin.start, pin.duration)
            for begin, end in (piece for pieces in duties for piece in pieces):
                if need.qualification == qualification and interval(begin + lag, end):
                    found.append((max(0, begin + lag), min(end, index.horizon), need.count))
    return found
