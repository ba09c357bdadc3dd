"""What the objective takes off for more than the place of one part, as CP-SAT terms.

Each function yields linear expressions in whole numbers of ``1 / scale`` units of value, to be taken
off the objective. Rounding only ever makes a cost smaller, so that an upper bound stays one.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from solver.problem import Activity, Phase, Pin, Window
from solver.state.index import length, phase_span
from solver.state.masks import has
from solver.state.worth import is_preferred

if TYPE_CHECKING:
    from solver.model.model import Model
    from solver.model.parts import Choice, Part

Terms = Iterator[cp_model.LinearExprT]

_FAIRNESS_TANGENTS = 20
_BALANCE_TANGENTS = 16


def lateness(model: "Model", unit: float) -> Terms:
    """`unit` for each tick by which the last part of an activity ends after its due tick."""
    cost = floored(unit)
    for name, parts in model.parts.items():
        activity = parts[0].activity
        if activity.due is None:
            continue
        late = model.cp.new_int_var(0, model.index.horizon, "")
        ends = [part.start + length(activity, part.duration) for part in model.incumbent.get(name, ())]
        model.hint(late, max([0, *(end - activity.due for end in ends)]))
        for part in parts:
            model.cp.add(late >= part.end - activity.due).only_enforce_if(part.present)
        yield cost * late


def preference(model: "Model", unit: float) -> Terms:
    """`unit` for each part outside its preferred windows."""
    cost = floored(unit)
    for part in model.all_parts():
        activity = part.activity
        if not activity.preferred:
            continue
        at = model.placed(part)
        outside = model.new_literal(at is not None and not is_preferred(activity, at))
        for binds in ("run", "whole"):
            windows = [window for window in activity.preferred if window.binds == binds]
            if windows:
                literals = [_inside(model, part, window) for window in windows]
                model.cp.add_bool_or([*literals, outside, part.present.negated()])
        yield cost * outside


def _inside(model: "Model", part: "Part", window: Window) -> cp_model.IntVar:
    """A literal that implies that the part lies inside the window."""
    run = part.start + part.activity.setup
    start, end = (run, part.run_end) if window.binds == "run" else (part.start, part.end)
    at = model.placed(part)
    hint = False
    if at is not None:
        phase: Phase = "run" if window.binds == "run" else "all"
        placed = phase_span(part.activity, phase, at.start, at.duration)
        hint = window.start <= placed[0] and placed[1] <= window.end
    literal = model.new_literal(hint)
    model.cp.add(start >= window.start).only_enforce_if([literal, part.present])
    model.cp.add(end <= window.end).only_enforce_if([literal, part.present])
    return literal


def makespan(model: "Model", unit: float) -> Terms:
    """`unit` for each tick of the end of the last part of all."""
    state = model.state
    fixed = max([0, *(state.end(name) for name in state.placed)])
    most = max([fixed, *(part.latest_end() for part in model.all_parts())])
    end = model.cp.new_int_var(fixed, most, "")
    ends = [fixed]
    for part in model.all_parts():
        model.cp.add(end >= part.end).only_enforce_if(part.present)
        at = model.placed(part)
        if at is not None:
            ends.append(at.start + length(part.activity, at.duration))
    model.hint(end, max(ends))
    yield floored(unit) * end


def fairness(model: "Model", unit: float) -> Terms:
    """`unit` times the squared share that is not placed of each programme, by its tangents.

    The square is convex, so the tangents lie below it; one touches it at the incumbent.
    """
    index = model.index
    asked: dict[str, int] = defaultdict(int)
    for activity in index.activities.values():
        if activity.programme is not None:
            asked[activity.programme] += activity.wish
    unplaced = model.state.ledger.unplaced_shares(model.state)
    gains: dict[str, list[tuple[int, cp_model.IntVar, int]]] = defaultdict(list)
    for parts in model.parts.values():
        programme = parts[0].activity.programme
        if programme is not None:
            for part in parts:
                gains[programme] += _ticks_placed(model, part)
    for programme, taken in gains.items():
        total = asked[programme]
        fixed = math.ceil((1 - unplaced[programme]) * total - 1e-9)
        now = fixed + sum(rate * hint for rate, _, hint in taken)
        placed = fixed + sum(rate * variable for rate, variable, _ in taken)
        cost = model.cp.new_int_var(0, math.ceil(unit), "")
        shares = {i / _FAIRNESS_TANGENTS for i in range(_FAIRNESS_TANGENTS)} | {min(1.0, now / total)}
        least = 0
        for share in shares:
            level, slope = math.floor(unit * total * (1 - share**2)), math.ceil(2 * unit * (1 - share))
            model.cp.add(total * cost >= level - slope * placed)
            least = max(least, -(-(level - slope * now) // total))
        model.hint(cost, least)
        yield cost


def _ticks_placed(model: "Model", part: "Part") -> list[tuple[int, cp_model.IntVar, int]]:
    """What a part adds to the ticks of its programme: rate, variable, and its value in the incumbent."""
    activity, index = part.activity, model.index
    at = model.placed(part)
    if activity.closed == "pause":
        return [(activity.wish, c.literal, int(model.hinted(c.literal))) for c in part.choices]
    if isinstance(part.size, int):
        return [
            (
                math.ceil(activity.wish * part.size / index.wish(activity, choice.mode)),
                choice.literal,
                int(at is not None and at.mode == choice.mode.id),
            )
            for choice in part.choices
        ]
    wish = min(index.wish(activity, choice.mode) for choice in part.choices)
    return [(math.ceil(activity.wish / wish), model.counted(part), at.duration if at else 0)]


def balance(model: "Model", unit: float) -> Terms:
    """`unit` times the squared load of each person, by its tangents."""
    crew, index = model.state.crew, model.index
    duties: dict[str, list[tuple[int, cp_model.IntVar]]] = defaultdict(list)
    for part in model.all_parts():
        for person, ticks, literal in part.duties:
            duties[person].append((ticks, literal))
    for person, taken in duties.items():
        on_shift = max(1, (index.on_shift[person] & index.full).bit_count())
        fixed = sum(end - start for start, end in crew.duties[person])
        most = fixed + sum(ticks for ticks, _ in taken)
        now = fixed + sum(ticks for ticks, literal in taken if model.hinted(literal))
        duty = fixed + sum(ticks * literal for ticks, literal in taken)
        cost = model.cp.new_int_var(0, math.ceil(unit * (most / on_shift) ** 2), "")
        least = 0
        for at in {most * i // _BALANCE_TANGENTS for i in range(_BALANCE_TANGENTS + 1)} | {now}:
            slope, level = math.floor(2 * unit * at), math.ceil(unit * at * at)
            model.cp.add(on_shift**2 * cost >= slope * duty - level)
            least = max(least, -(-(slope * now - level) // on_shift**2))
        model.hint(cost, least)
        yield cost


def moved(model: "Model", unit: float) -> Terms:
    """A gain of `unit` times its move cost for each activity that stands as before."""
    for parts in model.parts.values():
        activity = parts[0].activity
        same = stays(model, activity, parts) if activity.previous else None
        if same is not None:
            yield -math.ceil(unit * activity.move_cost) * same


def stays(model: "Model", activity: Activity, parts: "Sequence[Part]") -> cp_model.IntVar | None:
    """A literal that implies that the parts stand as before; None if they cannot."""
    before = sorted(activity.previous, key=lambda pin: pin.start)
    if len(before) > len(parts):
        return None
    chosen: list[tuple[Part, Pin, cp_model.IntVar]] = []
    for part, pin in _pairs(parts, before):
        choice = next((c for c in part.choices if _is_at(c, pin)), None)
        if choice is None:
            return None
        if isinstance(part.size, int) and part.size != pin.duration:
            return None
        chosen.append((part, pin, choice.literal))
    at = sorted((p.start, p.duration, p.mode) for p in model.incumbent.get(activity.id, ()))
    same = model.new_literal(at == sorted((pin.start, pin.duration, pin.mode) for pin in before))
    for part, pin, literal in chosen:
        model.cp.add(part.start == pin.start).only_enforce_if(same)
        model.cp.add_implication(same, literal)
        if not isinstance(part.size, int):
            model.cp.add(part.size == pin.duration).only_enforce_if(same)
    if len(parts) > len(before):
        model.cp.add_implication(same, parts[len(before)].present.negated())
    return same


def _is_at(choice: "Choice", pin: Pin) -> bool:
    return (
        choice.mode.id == pin.mode and choice.ticks in (None, pin.duration) and has(choice.starts, pin.start)
    )


def _pairs(parts: "Sequence[Part]", before: list[Pin]) -> "list[tuple[Part, Pin]]":
    return list(zip(parts, before, strict=False))


def distance(model: "Model", unit: float) -> Terms:
    """`unit` for each tick between the start of a part and its previous start."""
    cost = floored(unit)
    for parts in model.parts.values():
        before = sorted(parts[0].activity.previous, key=lambda pin: pin.start)
        for part, pin in _pairs(parts, before):
            at = model.placed(part)
            away = model.cp.new_int_var(0, model.index.horizon + abs(pin.start), "")
            model.hint(away, abs(at.start - pin.start) if at else 0)
            model.cp.add(away >= part.start - pin.start).only_enforce_if(part.present)
            model.cp.add(away >= pin.start - part.start).only_enforce_if(part.present)
            yield cost * away


def reassigned(model: "Model", unit: float) -> Terms:
    """`unit` for each person named before who is not on the activity any more."""
    cost = floored(unit)
    for parts in model.parts.values():
        pins = parts[0].activity.previous
        if parts[0].activity.id in model.nameless:
            continue  # whoever is on it is not known here, and may be one of those
        for person in sorted({name for pin in pins for names in pin.people or () for name in names}):
            on = [x for part in parts for need in part.people for name, x in need if name == person]
            gone = model.new_literal(
                model.hinted(parts[0].present) and not any(model.hinted(literal) for literal in on)
            )
            model.cp.add_bool_or([gone, parts[0].present.negated(), *on])
            yield cost * gone


def floored(amount: float) -> int:
    """The whole number below, but for the noise of binary fractions."""
    return math.floor(round(amount, 6))
