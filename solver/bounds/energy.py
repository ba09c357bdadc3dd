"""A bound by energy: a linear programme that spreads each activity over coarse cells of time.

An activity may be cut into pieces, run on several modes at once and be placed in part; only the
ticks that are taken of each resource, utility and group in each cell are limited. Cheap enough for
thousands of activities, and near the truth where runs are elastic.

Notes
-----
The bound is not the objective that the solver of the programme reports but worked out from its dual
values: any that are not negative give a valid one, be they rounded or not yet the best.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt
from ortools.util.python.solve_interrupter import SolveInterrupter

from solver.bounds.alone import pins_only
from solver.bounds.relaxed import Stopped
from solver.problem import Activity, Mode
from solver.search.construct import never
from solver.solution import Rule
from solver.state.cells import cells_of
from solver.state.frame import Frame
from solver.state.index import Index, Span
from solver.state.masks import first, interval, last, shifted, spans
from solver.state.state import State

_SKIP: frozenset[Rule] = frozenset(("changeover", "precedence"))
_LEAST_CELL = 20
_MOST_PIECES = 100_000
"""Cells are at least so many ticks, and longer where there would be more pieces of activities in them."""

_PRECISION = 1e-4
"""Of the prices, relative to the objective: a first-order method has them some ten times sooner than the
simplex method has exact ones."""

Row = tuple[str, str, int]


@dataclass(slots=True, eq=False)
class EnergyBound:
    """The linear programme of some activities of a relaxed problem (see `solver.bounds.relaxed`).

    Attributes
    ----------
    constant
        To be added to what the programme can reach.
    """

    index: Index
    names: Sequence[str]
    constant: float = 0.0
    _rows: dict[Row, int] = field(default_factory=dict)
    _most: list[float] = field(default_factory=list)
    _gains: list[float] = field(default_factory=list)
    _uppers: list[float] = field(default_factory=list)
    _entries: list[tuple[int, int, float]] = field(default_factory=list)
    _never_closed: set[str] = field(default_factory=set)

    def build(self, over: Callable[[], bool] = never) -> None:
        """Choose the cells, and write the programme; raise `Stopped` once `over` answers true."""
        state = pins_only(self.index)
        self._never_closed = {
            resource
            for name in self.names
            for mode in self.index.activities[name].modes
            if self.index.activities[name].closed == "run"
            for resource in mode.resources
        }
        reaches = {}
        for name in self.names:
            if over():
                raise Stopped
            reaches[name] = list(self._reach(state, name))
        ticks = sum(end - start for modes in reaches.values() for _, row in modes for start, end in row)
        cell = max(_LEAST_CELL, -(-ticks // _MOST_PIECES))
        left = self._left(state, cell)
        for name, modes in reaches.items():
            if over():
                raise Stopped
            self._activity(self.index.activities[name], modes, left, cell)

    def solve(self, seconds: float, interrupter: SolveInterrupter | None = None) -> float | None:
        """The bound in units of value, None if there is none in the time."""
        if not self._gains:
            return self.constant
        parameters = mathopt.SolveParameters(time_limit=timedelta(seconds=max(0.01, seconds)), threads=1)
        criteria = parameters.pdlp.termination_criteria.simple_optimality_criteria
        criteria.eps_optimal_relative = _PRECISION
        criteria.eps_optimal_absolute = 1.0
        result = mathopt.solve(
            mathopt.Model.from_model_proto(self._proto()),
            mathopt.SolverType.PDLP,
            params=parameters,
            interrupter=interrupter,
        )
        for solution in result.solutions:
            if solution.dual_solution is not None:
                values = solution.dual_solution.dual_values
                return self.bound_by({row.id: value for row, value in values.items()})
        return None

    def bound_by(self, duals: Mapping[int, float]) -> float:
        """The bound that prices of the rows prove; prices below 0 count as 0.

        Whatever is reached is at most what all that there is costs, and of each variable what it
        gains above the price of what it takes.
        """
        prices = np.zeros(len(self._most))
        for row, price in duals.items():
            prices[row] = max(0.0, price)
        net = np.array(self._gains)
        rows, columns, taken = self._arrays()
        np.subtract.at(net, columns, prices[rows] * taken)
        surplus = np.maximum(net, 0.0) @ np.array(self._uppers)
        return float(prices @ np.array(self._most) + surplus + self.constant)

    def _reach(self, state: State, name: str) -> Iterator[tuple[Mode, list[Span]]]:
        """For each mode the stretches in one of which each run must lie."""
        activity = self.index.activities[name]
        for mode in activity.modes:
            shortest, longest = self.index.least(activity, mode), self.index.wish(activity, mode)
            if activity.most_parts > 1:
                shortest = min(shortest, activity.least_part)
            frame = Frame(state, activity, mode, _SKIP, first=False, last=False)
            if activity.closed == "pause":
                found = {
                    span
                    for ticks, _ in self.index.ways(activity, mode)
                    for span in spans(_cover(shifted(frame.starts(ticks), activity.setup), ticks))
                }
            elif shortest < longest or activity.most_parts > 1:
                cells = cells_of(frame, shortest)
                found = {(first(each.starts) + activity.setup, last(each.ends)) for each in cells}
            else:
                found = set(spans(_cover(shifted(frame.starts(longest), activity.setup), longest)))
            if found:
                yield mode, _merged(found)

    def _left(self, state: State, cell: int) -> dict[tuple[str, str], NDArray[np.int64]]:
        """Ticks times units that pins leave of each thing in each cell."""
        horizon = self.index.horizon
        edges = np.arange(0, horizon, cell)

        def per_cell(mask: int) -> NDArray[np.int64]:
            flags = np.zeros(horizon, dtype=np.int64)
            for start, end in spans(mask & self.index.full):
                flags[start:end] = 1
            return np.asarray(np.add.reduceat(flags, edges))

        left: dict[tuple[str, str], NDArray[np.int64]] = {}
        for resource, line in state.lines.items():
            left["resource", resource] = per_cell(self._open(resource) & ~line.busy)
        for resource, pool in state.pools.items():
            free = np.maximum(pool.left, 0)
            left["resource", resource] = np.asarray(np.add.reduceat(free, edges))
        for utility, pool in state.power.items():
            left["utility", utility] = np.asarray(np.add.reduceat(np.maximum(pool.left, 0), edges))
        for group, busy in state.groups.items():
            left["group", group] = per_cell(~busy)
        return left

    def _open(self, resource: str) -> int:
        """Ticks in which somebody may be at work on it."""
        hours = self.index.full if resource in self._never_closed else self.index.open[resource]
        return hours & ~self.index.outage[resource]

    def _activity(
        self,
        activity: Activity,
        modes: Sequence[tuple[Mode, list[Span]]],
        left: Mapping[tuple[str, str], NDArray[np.int64]],
        cell: int,
    ) -> None:
        weights, index = self.index.problem.weights, self.index
        if activity.previous:
            self.constant += weights.moved * activity.move_cost
        share = self._row(("share", activity.id, 0), 1.0)
        around = activity.setup + activity.teardown
        in_run = index.draws(activity, "run")
        for mode, stretches in modes:
            wish = index.wish(activity, mode)
            gain = weights.value * (activity.value - mode.penalty)
            if activity.previous:
                gain += weights.kept * activity.value
            takes = [(("resource", r), units) for r, units in index.demands(mode)]
            during = [*takes, *((("utility", u), amount) for u, amount in in_run.items())]
            during += [(("group", group), 1) for group in set(activity.groups)]
            before = index.draws(activity, "setup") if activity.setup else None
            behind = index.draws(activity, "teardown") if activity.teardown else None
            beside = [*takes, *((("utility", u), amount) for u, amount in _both(before, behind))]
            for start, end in stretches:
                # A run lies in one stretch, so it is no longer than that, with all its setup near by.
                longest = min(wish, end - start)
                link = self._row(("around", f"{activity.id} {mode.id}", start), 0.0) if around else None
                for number, ticks in _in_cells(interval(start, end), cell):
                    column = self._column(gain / wish, min(ticks, wish))
                    self._entries.append((share, column, 1.0 / wish))
                    if link is not None:
                        self._entries.append((link, column, around / longest))
                    self._take(column, during, number, left)
                if link is None:
                    continue
                whole = interval(start - activity.setup, end + activity.teardown) & index.full
                for number, ticks in _in_cells(whole, cell):
                    column = self._column(0.0, min(ticks, around * activity.most_parts))
                    self._entries.append((link, column, -1.0))
                    self._take(column, beside, number, left)

    def _take(
        self,
        column: int,
        takes: Sequence[tuple[tuple[str, str], int]],
        number: int,
        left: Mapping[tuple[str, str], NDArray[np.int64]],
    ) -> None:
        for (kind, name), amount in takes:
            row = self._row((kind, name, number), float(left[kind, name][number]))
            self._entries.append((row, column, float(amount)))

    def _row(self, key: Row, most: float) -> int:
        if key not in self._rows:
            self._rows[key] = len(self._most)
            self._most.append(most)
        return self._rows[key]

    def _column(self, gain: float, upper: float) -> int:
        self._gains.append(gain)
        self._uppers.append(float(upper))
        return len(self._gains) - 1

    def _arrays(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        entries = np.array(self._entries)
        return entries[:, 0].astype(np.int64), entries[:, 1].astype(np.int64), entries[:, 2]

    def _proto(self) -> model_pb2.ModelProto:
        rows, columns, taken = self._arrays()
        # The matrix is asked for row by row; an activity that names a thing twice takes the sum.
        keys, at = np.unique(rows * len(self._gains) + columns, return_inverse=True)
        sums = np.zeros(len(keys))
        np.add.at(sums, at, taken)
        proto = model_pb2.ModelProto()
        proto.variables.ids.extend(range(len(self._gains)))
        proto.variables.lower_bounds.extend([0.0] * len(self._gains))
        proto.variables.upper_bounds.extend(self._uppers)
        proto.variables.integers.extend([False] * len(self._gains))
        proto.objective.maximize = True
        gains = np.array(self._gains)
        gainful = np.flatnonzero(gains)
        proto.objective.linear_coefficients.ids.extend(gainful.tolist())
        proto.objective.linear_coefficients.values.extend(gains[gainful].tolist())
        proto.linear_constraints.ids.extend(range(len(self._most)))
        proto.linear_constraints.lower_bounds.extend([-np.inf] * len(self._most))
        proto.linear_constraints.upper_bounds.extend(self._most)
        matrix = proto.linear_constraint_matrix
        matrix.row_ids.extend((keys // len(self._gains)).tolist())
        matrix.column_ids.extend((keys % len(self._gains)).tolist())
        matrix.coefficients.extend(sums.tolist())
        return proto


def _cover(starts: int, ticks: int) -> int:
    """The ticks that stretches of so many ticks from these starts cover."""
    covered, have = starts, 1
    while have < ticks:
        step = min(have, ticks - have)
        covered |= covered << step
        have += step
    return covered


def _merged(stretches: Iterable[Span]) -> list[Span]:
    """The stretches, those that overlap as one."""
    row: list[Span] = []
    for start, end in sorted(stretches):
        if row and start < row[-1][1]:
            row[-1] = (row[-1][0], max(row[-1][1], end))
        else:
            row.append((start, end))
    return row


def _in_cells(mask: int, cell: int) -> Iterator[tuple[int, int]]:
    """Cells that a mask touches, each with its ticks there."""
    found: dict[int, int] = defaultdict(int)
    for start, end in spans(mask):
        for number in range(start // cell, (end - 1) // cell + 1):
            found[number] += (
                mask & interval(max(start, number * cell), min(end, number * cell + cell))
            ).bit_count()
    yield from found.items()


def _both(one: Mapping[str, int] | None, other: Mapping[str, int] | None) -> Iterator[tuple[str, int]]:
    """What setup and teardown draw alike; the draws of the one there is if there is only one."""
    if one is None or other is None:
        yield from (one or other or {}).items()
        return
    for utility in one.keys() & other.keys():
        yield utility, min(one[utility], other[utility])
