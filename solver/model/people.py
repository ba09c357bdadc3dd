"""Rules of the CP-SAT model about people: enough of them, each at one place, within limits."""

from collections import defaultdict
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from solver.model.sharing import phase_interval, phase_ticks, start_days
from solver.problem import Need
from solver.solution import Assignment
from solver.state.index import phase_span
from solver.state.masks import shifted, spans

if TYPE_CHECKING:
    from solver.model.model import Model, Part

Duty = tuple["Part", Need, int, cp_model.IntVar]

_MOST_PAIRS = 400
"""Most pairs of duties that are kept apart; beyond, rest is left to `State.insert`."""


def add_people(model: "Model") -> None:
    """Each need gets its people; nobody is at two places, or on duty beyond the limits."""
    busy: dict[str, list[cp_model.IntervalVar]] = defaultdict(list)
    duties: dict[str, list[Duty]] = defaultdict(list)
    for part in model.all_parts():
        activity = part.activity
        if activity.participants:
            run = phase_interval(model, part, "run", part.present)
            for person in set(activity.participants):
                busy[person].append(run)
        at = model.placed(part)
        for number, need in enumerate(activity.needs):
            part.people.append([])
            begin, end = phase_span(activity, need.phase, 0, part.shortest)
            if begin == end:
                continue
            named = at.people[number] if at is not None and number < len(at.people) else ()
            for person, literal in _candidates(model, part, need, named):
                part.people[number].append((person, literal))
                busy[person].append(phase_interval(model, part, need.phase, literal))
                duties[person].append((part, need, end - begin, literal))
            # Without enough candidates the sum cannot be reached, and the part stays out.
            model.cp.add(sum(x for _, x in part.people[number]) == need.count * part.present)
    for pin in model.pins:
        _choose_for(model, pin, busy)
    for intervals in busy.values():
        if len(intervals) > 1:
            model.cp.add_no_overlap(intervals)
    pairs = 0
    for person, held in duties.items():
        _limits(model, person, held)
        if len(held) > 1 and not _shifts_give_rest(model, person):
            pairs += len(held) * (len(held) - 1) // 2
            if pairs <= _MOST_PAIRS:
                _rest(model, person, held)


def _choose_for(model: "Model", pin: Assignment, busy: dict[str, list[cp_model.IntervalVar]]) -> None:
    """People for a promise that names none. Its duties are not counted for limits and rest."""
    activity = model.index.activities[pin.activity]
    chosen = model.pin_people[pin.activity] = []
    for need, named in zip(activity.needs, pin.people, strict=True):
        start, end = phase_span(activity, need.phase, pin.start, pin.duration)
        literals: list[tuple[str, cp_model.IntVar]] = []
        chosen.append(literals)
        if start == end:
            continue
        for person in model.state.crew.able_when_pinned(activity, need, pin.start, pin.duration):
            literal = model.new_literal(person in named)
            literals.append((person, literal))
            busy[person].append(
                model.cp.new_optional_fixed_size_interval_var(start, end - start, literal, "")
            )
        model.cp.add(sum(literal for _, literal in literals) == need.count)


def _candidates(
    model: "Model", part: "Part", need: Need, named: tuple[str, ...]
) -> list[tuple[str, cp_model.IntVar]]:
    """Those who could meet the need at some start, each with a literal that they do."""
    found = []
    begin, end = phase_span(part.activity, need.phase, 0, part.shortest)
    moves = need.phase == "teardown" and not isinstance(part.size, int)
    for person in model.index.qualified.get(need.qualification, ()):
        starts = shifted(model.state.crew.starts(person, need.qualification, end - begin), -begin)
        possible = part.starts if moves else part.starts & starts
        if not possible:
            continue
        literal = model.new_literal(person in named)
        if possible != part.starts:
            model.restrict(part.start, possible, literal)
        found.append((person, literal))
    return found


def _limits(model: "Model", person: str, duties: list[Duty]) -> None:
    """No more duty starts within a day or a week than is allowed."""
    who = model.index.people[person]
    for limit, periods, weeks in (
        (who.max_day, model.index.days, False),
        (who.max_week, model.index.weeks, True),
    ):
        if limit is None:
            continue
        total: dict[int, list[cp_model.LinearExprT]] = defaultdict(list)
        for part, need, ticks, literal in duties:
            for number, on in start_days(model, part, need.phase, literal, weeks=weeks).items():
                total[number].append(ticks * on)
        for number, (start, end) in enumerate(periods):
            used = sum(b - a for a, b in model.state.crew.duties[person] if start <= a < end)
            if len(total[number]) > 1:
                model.cp.add(sum(total[number]) <= max(0, limit - used))


def _shifts_give_rest(model: "Model", person: str) -> bool:
    """Whether a person who keeps to the shifts always rests long enough."""
    index = model.index
    rest = index.people[person].min_rest
    if not rest:
        return True
    shifts = spans(index.on_shift[person])
    if any(index.day_of(start) != index.day_of(end - 1) for start, end in shifts):
        return False
    return all(
        later[0] - earlier[1] >= rest or index.day_of(earlier[0]) == index.day_of(later[0])
        for earlier, later in pairwise(shifts)
    )


def _rest(model: "Model", person: str, duties: list[Duty]) -> None:
    """Between two duties that start on different days lies the rest of the person."""
    cp = model.cp
    rest = model.index.people[person].min_rest
    for (one, need, _, literal), (other, also, _, another) in combinations(duties, 2):
        days = start_days(model, one, need.phase, literal)
        other_days = start_days(model, other, also.phase, another)
        pairs = [(a, b) for d, a in days.items() for e, b in other_days.items() if d != e]
        if not pairs:
            continue
        apart = model.new_literal(any(model.hinted(a) and model.hinted(b) for a, b in pairs))
        for a, b in pairs:
            cp.add_bool_or([a.negated(), b.negated(), apart])
        at, then = model.placed(one), model.placed(other)
        first = model.new_literal(
            at is None
            or then is None
            or phase_span(one.activity, need.phase, at.start, at.duration)
            <= phase_span(other.activity, also.phase, then.start, then.duration)
        )
        start, end = phase_ticks(one, need.phase)
        begin, finish = phase_ticks(other, also.phase)
        both = [literal, another, apart]
        cp.add(begin >= end + rest).only_enforce_if([*both, first])
        cp.add(start >= finish + rest).only_enforce_if([*both, first.negated()])
