"""Changeovers in the CP-SAT model: time between neighbours, and what they cost if that counts."""

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from solver.state.index import length

if TYPE_CHECKING:
    from solver.model.model import Model
    from solver.model.parts import Choice, Part

Use = tuple["Part", "Choice"]
Orders = dict[tuple[str, int, str, int], cp_model.IntVar]


def add_order(model: "Model", resource: str, uses: list[Use], orders: Orders) -> None:
    """One is so long before the other that the changeover fits, for each pair that can meet."""
    gap = model.index.gap
    for (one, choice), (other, another) in combinations(uses, 2):
        if one is other:
            continue
        a, b = one.activity.configuration, other.activity.configuration
        there, back = gap(resource, a, b), gap(resource, b, a)
        if not there and not back:
            continue
        if one.latest_end() + there <= other.earliest() or other.latest_end() + back <= one.earliest():
            continue
        key = (one.activity.id, one.number, other.activity.id, other.number)
        if key not in orders:
            at, then = model.placed(one), model.placed(other)
            orders[key] = model.new_literal(at is None or then is None or at.start <= then.start)
        first = orders[key]
        both = [choice.literal, another.literal]
        model.cp.add(other.start >= one.end + there).only_enforce_if([first, *both])
        model.cp.add(one.start >= other.end + back).only_enforce_if([first.negated(), *both])


@dataclass(frozen=True, slots=True)
class _Stop:
    """A place in the row on a resource: something fixed, or a part that may be there."""

    use: Use | None
    configuration: str | None
    earliest: int
    latest: int
    shortest: int
    placed: int | None

    @property
    def earliest_end(self) -> int:
        return self.earliest + self.shortest


def add_row(model: "Model", resource: str, uses: list[Use]) -> None:
    """All on a resource form a row, whose changeovers cost what they take.

    A circuit, not pairwise orders: the cost depends on the activity just before.
    """
    line = model.state.lines[resource]
    weight = model.index.problem.weights.changeover
    stops = [_fixed(item) for item in line.items if item[1] > 0]
    stops += [_optional(model, use) for use in uses]
    initial = model.index.resources[resource].configuration
    order = sorted(
        (i for i, stop in enumerate(stops) if stop.placed is not None),
        key=lambda i: (stops[i].placed, stops[i].earliest_end),
    )
    follows = dict(zip([-1, *order], [*order, -1], strict=True)) if order else {}
    arcs: list[cp_model.ArcT] = []

    def arc(before: int, after: int, ticks: int) -> cp_model.IntVar:
        literal = model.new_literal(follows.get(before) == after)
        arcs.append((before + 1, after + 1, literal))
        if ticks and weight:
            model.costs.append((weight * ticks, literal))
        return literal

    for i, stop in enumerate(stops):
        ticks = model.index.gap(resource, initial, stop.configuration) if stop.earliest >= 0 else 0
        first = arc(-1, i, ticks)
        if ticks and stop.use is not None:
            model.cp.add(stop.use[0].start >= ticks).only_enforce_if(first)
        arc(i, -1, 0)
        if stop.use is not None:
            arcs.append((i + 1, i + 1, stop.use[1].literal.negated()))
        for j, other in enumerate(stops):
            ticks = model.index.gap(resource, stop.configuration, other.configuration)
            if i == j or not _may_follow(stop, other, ticks):
                continue
            literal = arc(i, j, ticks)
            if stop.use is None and other.use is None:
                continue
            end = stop.earliest_end if stop.use is None else stop.use[0].end
            start = other.earliest if other.use is None else other.use[0].start
            model.cp.add(start >= end + ticks).only_enforce_if(literal)
    if not any(stop.use is None for stop in stops):
        arcs.append((0, 0, model.new_literal(not order)))
    model.cp.add_circuit(arcs)


def _fixed(item: tuple[int, int, str, str]) -> _Stop:
    start, end, configuration, _ = item
    return _Stop(None, configuration or None, start, start, end - start, start)


def _optional(model: "Model", use: Use) -> _Stop:
    part, choice = use
    shortest = length(part.activity, part.shortest)
    at = model.placed(part)
    placed = at.start if at is not None and model.hinted(choice.literal) else None
    latest = part.latest_end() - length(part.activity, part.longest)
    return _Stop(use, part.activity.configuration, part.earliest(), latest, shortest, placed)


def _may_follow(before: _Stop, after: _Stop, ticks: int) -> bool:
    if before.use is not None and after.use is not None and before.use[0] is after.use[0]:
        return False
    if before.use is None and after.use is None:
        return before.earliest < after.earliest
    return before.earliest_end + ticks <= after.latest
