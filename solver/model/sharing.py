"""Rules of the CP-SAT model about what many share: resources, changeovers, utilities."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from ortools.sat.python import cp_model

from solver.model.changeovers import Orders, Use, add_order, add_row
from solver.problem import Draw, Phase
from solver.state.index import length, phase_span
from solver.state.lines import Pool
from solver.state.masks import has, interval, shifted
from solver.state.work import Piece

if TYPE_CHECKING:
    from solver.model.model import Model
    from solver.model.parts import Choice, Part

Take = tuple[cp_model.IntervalVar, int]


def add_resources(model: "Model") -> None:
    """Nothing overlaps on a resource, or takes more units than it has; changeovers fit between."""
    uses: dict[str, list[tuple[Use, int]]] = defaultdict(list)
    for part in model.all_parts():
        for choice in part.choices:
            for resource, units in model.index.demands(choice.mode):
                uses[resource].append(((part, choice), units))
    orders: Orders = {}
    for resource, takers in uses.items():
        if model.by_row and resource in model.state.lines and model.index.gaps[resource]:
            add_row(model, resource, [use for use, _ in takers])
            model.rows.add(resource)
        if len({id(part) for (part, _), _ in takers}) < 2:
            continue
        intervals = [_held(model, part, choice) for (part, choice), _ in takers]
        if resource in model.state.lines:
            model.cp.add_no_overlap(intervals)
            if model.index.gaps[resource] and not model.by_row:
                add_order(model, resource, [use for use, _ in takers], orders)
        else:
            takes = list(zip(intervals, (units for _, units in takers), strict=True))
            _cumulative(model, model.state.pools[resource], takes)


def _held(model: "Model", part: "Part", choice: "Choice") -> cp_model.IntervalVar:
    """Interval in which a part holds the resources of one choice."""
    if part.activity.closed != "pause" or choice.ticks is None:
        return _whole(model, part, choice.literal)
    ticks = length(part.activity, choice.ticks)
    return model.cp.new_optional_fixed_size_interval_var(part.start, ticks, choice.literal, "")


def _whole(model: "Model", part: "Part", literal: cp_model.IntVar) -> cp_model.IntervalVar:
    around = part.activity.setup + part.activity.teardown
    if isinstance(part.size, int):
        return model.cp.new_optional_fixed_size_interval_var(part.start, part.size + around, literal, "")
    return model.cp.new_optional_interval_var(part.start, part.size + around, part.end, literal, "")


def _cumulative(model: "Model", pool: Pool, takes: list[Take]) -> None:
    """At no tick more is taken than what the fixed ones leave."""
    left = np.maximum(pool.left, 0)
    most = int(left.max(initial=0))
    intervals = [interval for interval, _ in takes]
    amounts = [amount for _, amount in takes]
    edges = np.flatnonzero(np.diff(left)) + 1
    for start, end in zip([0, *edges.tolist()], [*edges.tolist(), len(left)], strict=True):
        if start < end and left[start] < most:
            intervals.append(model.cp.new_fixed_size_interval_var(start, end - start, ""))
            amounts.append(most - int(left[start]))
    model.cp.add_cumulative(intervals, amounts, most)


def phase_interval(
    model: "Model", part: "Part", phase: str, literal: cp_model.IntVar
) -> cp_model.IntervalVar:
    """Interval of one phase of a part."""
    activity = part.activity
    if phase == "all":
        return _whole(model, part, literal)
    if phase == "setup":
        return model.cp.new_optional_fixed_size_interval_var(part.start, activity.setup, literal, "")
    if phase == "teardown":
        return model.cp.new_optional_fixed_size_interval_var(part.run_end, activity.teardown, literal, "")
    run = part.start + activity.setup
    if isinstance(part.size, int):
        return model.cp.new_optional_fixed_size_interval_var(run, part.size, literal, "")
    return model.cp.new_optional_interval_var(run, part.size, part.run_end, literal, "")


def work_intervals(model: "Model", part: "Part", phase: Phase) -> list[cp_model.IntervalVar]:
    """Intervals of the work of one phase of a part: one, unless its run may pause."""
    if part.activity.closed != "pause" or phase in ("setup", "teardown"):
        return [phase_interval(model, part, phase, part.present)]
    found = []
    for choice in part.choices:
        if choice.shape is not None:
            pieces = choice.shape.run if phase == "run" else choice.shape.whole
            found += [piece_interval(model, part, piece, choice.literal) for piece in pieces]
    return found


def piece_interval(
    model: "Model", part: "Part", piece: Piece, literal: cp_model.IntVar
) -> cp_model.IntervalVar:
    """Interval of one piece of work."""
    start, end = piece_ticks(part, piece)
    ticks = piece[1].tick - piece[0].tick
    if piece[0].moves == piece[1].moves:
        return model.cp.new_optional_fixed_size_interval_var(start, ticks, literal, "")
    size = ticks - part.start if piece[0].moves else ticks + part.start
    return model.cp.new_optional_interval_var(start, size, end, literal, "")


def piece_ticks(part: "Part", piece: Piece) -> tuple[cp_model.LinearExprT, cp_model.LinearExprT]:
    """Start and end of one piece of work."""
    start, end = (part.start + edge.tick if edge.moves else edge.tick for edge in piece)
    return start, end


def phase_ticks(part: "Part", phase: str) -> tuple[cp_model.LinearExprT, cp_model.LinearExprT]:
    """Start and end of one phase of a part."""
    run = part.start + part.activity.setup
    if phase == "setup":
        return part.start, run
    if phase == "run":
        return run, part.run_end
    return (part.run_end if phase == "teardown" else part.start), part.end


def add_utilities(model: "Model") -> None:
    """No more is drawn than there is, at every moment or by the day."""
    takes: dict[str, list[Take]] = defaultdict(list)
    daily: dict[str, list[tuple[Part, Draw]]] = defaultdict(list)
    for part in model.all_parts():
        for draw in part.activity.draws:
            if (
                phase_span(part.activity, draw.phase, 0, 1)[0]
                == phase_span(part.activity, draw.phase, 0, 1)[1]
            ):
                continue
            if draw.utility in model.state.budgets:
                daily[draw.utility].append((part, draw))
            else:
                intervals = work_intervals(model, part, draw.phase)
                takes[draw.utility] += [(each, draw.amount) for each in intervals]
    for utility, taken in takes.items():
        if len(taken) > 1:
            _cumulative(model, model.state.power[utility], taken)
    for utility, draws in daily.items():
        _budget(model, utility, draws)


def _budget(model: "Model", utility: str, draws: Iterable[tuple["Part", Draw]]) -> None:
    on_day: dict[int, list[cp_model.LinearExprT]] = defaultdict(list)
    for part, draw in draws:
        literals = start_days(model, part, draw.phase, part.present)
        for day, literal in literals.items():
            on_day[day].append(draw.amount * literal)
    for day, amounts in on_day.items():
        model.cp.add(sum(amounts) <= max(0, model.state.budgets[utility].left[day]))


def start_days(
    model: "Model", part: "Part", phase: str, literal: cp_model.IntVar, *, weeks: bool = False
) -> dict[int, cp_model.IntVar]:
    """For each day (or week) in which a phase may start a literal that it does.

    Empty where the phase begins after a run of variable length, so that it has no fixed offset.
    """
    activity = part.activity
    if phase == "teardown" and not isinstance(part.size, int):
        return {}
    size = part.size if isinstance(part.size, int) else 0
    offset = {"setup": 0, "all": 0, "run": activity.setup}.get(phase, activity.setup + size)
    return days_of(model, part, phase, offset, literal, part.starts, weeks=weeks)


def days_of(
    model: "Model",
    part: "Part",
    what: str,
    offset: int,
    literal: cp_model.IntVar,
    starts: int,
    *,
    weeks: bool,
) -> dict[int, cp_model.IntVar]:
    """The same for what begins `offset` ticks after the part, whose start is one of `starts`.

    Parameters
    ----------
    what
        A name for it; what has the same name and literal is asked for once.
    """
    key = (id(part), what, literal.index, weeks)
    if key in model.days:
        return model.days[key]
    periods = model.index.weeks if weeks else model.index.days
    within = {
        number: mask
        for number, (start, end) in enumerate(periods)
        if (mask := starts & shifted(interval(start, end), -offset))
    }
    if len(within) == 1:
        return dict.fromkeys(within, literal)
    at = model.placed(part)
    found = {}
    for number, mask in within.items():
        chosen = at is not None and has(mask, at.start) and model.hinted(literal)
        found[number] = model.new_literal(chosen)
        model.restrict(part.start, mask, found[number])
    model.cp.add(sum(found.values()) == literal)
    model.days[key] = found
    return found
