"""Rules of the CP-SAT model about people: enough of them, each at one place, within limits."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from solver.model.shapes import day_literals, least_ticks, possible_starts
from solver.model.sharing import (
    phase_interval,
    phase_ticks,
    piece_interval,
    piece_ticks,
    start_days,
    work_intervals,
)
from solver.problem import Need
from solver.solution import Assignment
from solver.state.index import Span, phase_span
from solver.state.masks import shifted, spans
from solver.state.work import Piece, cross, shared

if TYPE_CHECKING:
    from solver.model.model import Model
    from solver.model.parts import Choice, Part

Busy = dict[str, list[cp_model.IntervalVar]]

_MOST_PAIRS = 400
"""Most pairs of duties that are kept apart; beyond, rest is left to `State.insert`."""


@dataclass(frozen=True, slots=True)
class _Duty:
    """One stretch of work of one person, if `literal` holds: a whole phase, or a piece of a choice.

    Attributes
    ----------
    ticks
        The least it takes.
    at
        Where it lies in the incumbent, None if it is not placed there.
    """

    part: "Part"
    what: "Need | tuple[Choice, Piece]"
    ticks: int
    literal: cp_model.IntVar
    at: Span | None

    def days(self, model: "Model", *, weeks: bool = False) -> dict[int, cp_model.IntVar]:
        """For each day (or week) in which it may start a literal that it does."""
        if isinstance(self.what, Need):
            return start_days(model, self.part, self.what.phase, self.literal, weeks=weeks)
        choice, piece = self.what
        return day_literals(model, self.part, choice, piece, self.literal, weeks=weeks)

    def span(self) -> tuple[cp_model.LinearExprT, cp_model.LinearExprT]:
        """Start and end."""
        if isinstance(self.what, Need):
            return phase_ticks(self.part, self.what.phase)
        return piece_ticks(self.part, self.what[1])


def add_people(model: "Model") -> None:
    """Each need gets its people; nobody is at two places, or on duty beyond the limits."""
    busy: Busy = defaultdict(list)
    duties: dict[str, list[_Duty]] = defaultdict(list)
    for part in model.all_parts():
        activity = part.activity
        if activity.participants:
            work = work_intervals(model, part, "run")
            for person in set(activity.participants):
                busy[person] += work
        for number, need in enumerate(activity.needs):
            part.people.append([])
            if not _is_shared_or_pauses(part, need):
                _whole_phase(model, part, number, busy, duties)
            elif all(choice.shape is not None for choice in part.choices):
                for choice in part.choices:
                    _duties_of_choice(model, part, number, choice, busy, duties)
            else:
                # How many share it hangs on its length: whom, is for `State.insert` to find out.
                model.nameless.add(activity.id)
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


def _is_shared_or_pauses(part: "Part", need: Need) -> bool:
    if part.activity.closed == "pause":
        return True
    if need.longest is None:
        return False
    begin, end = phase_span(part.activity, need.phase, 0, part.longest)
    return end - begin > need.longest


def _whole_phase(
    model: "Model", part: "Part", number: int, busy: Busy, duties: dict[str, list[_Duty]]
) -> None:
    """The same people for all of a phase."""
    need, at = part.activity.needs[number], model.placed(part)
    begin, end = phase_span(part.activity, need.phase, 0, part.shortest)
    if begin == end:
        return
    named = at.people[number] if at is not None and number < len(at.people) else ()
    placed = None if at is None else phase_span(part.activity, need.phase, at.start, at.duration)
    for person, literal in _candidates(model, part, need, named):
        part.people[number].append((person, literal))
        part.duties.append((person, end - begin, literal))
        busy[person].append(phase_interval(model, part, need.phase, literal))
        duties[person].append(_Duty(part, need, end - begin, literal, placed))
    # Without enough candidates the sum cannot be reached, and the part stays out.
    model.cp.add(sum(x for _, x in part.people[number]) == need.count * part.present)


def _duties_of_choice(
    model: "Model",
    part: "Part",
    number: int,
    choice: "Choice",
    busy: Busy,
    duties: dict[str, list[_Duty]],
) -> None:
    """People for each duty of a need, if the part is placed by this choice; neighbours are others."""
    need, at = part.activity.needs[number], model.placed(part)
    own = choice.shape.duties[number] if choice.shape is not None else ()
    hinted = at is not None and model.hinted(choice.literal)
    names = at.people[number] if at is not None and hinted and number < len(at.people) else ()
    before: dict[str, cp_model.IntVar] = {}
    for pieces, named in zip(own, shared(names, need.count, len(own)), strict=True):
        literals: dict[str, cp_model.IntVar] = {}
        for person in model.index.qualified.get(need.qualification, ()):
            starts = possible_starts(model, person, need.qualification, choice, pieces)
            if not starts:
                continue
            literal = literals[person] = model.new_literal(person in named)
            if starts != choice.starts:
                model.restrict(part.start, starts, literal)
            if person in before:
                model.cp.add_bool_or([literal.negated(), before[person].negated()])
            part.people[number].append((person, literal))
            for piece in pieces:
                ticks = least_ticks(choice, piece)
                placed = None
                if at is not None and hinted:
                    placed = piece[0].at(at.start), piece[1].at(at.start)
                part.duties.append((person, ticks, literal))
                busy[person].append(piece_interval(model, part, piece, literal))
                duties[person].append(_Duty(part, (choice, piece), ticks, literal, placed))
        model.cp.add(sum(literals.values()) == need.count * choice.literal)
        before = literals


def _choose_for(model: "Model", pin: Assignment, busy: Busy) -> None:
    """People for a promise that names none. Its duties are not counted for limits and rest."""
    activity = model.index.activities[pin.activity]
    mode = model.index.modes[pin.activity][pin.mode]
    chosen = model.pin_people[pin.activity] = []
    run = model.index.calendar.pieces(activity, mode, "run", pin.start, pin.duration)
    for need, named in zip(activity.needs, pin.people, strict=True):
        literals: list[tuple[str, cp_model.IntVar]] = []
        chosen.append(literals)
        duties = model.index.calendar.duties(activity, mode, need, pin.start, pin.duration)
        before: dict[str, cp_model.IntVar] = {}
        for pieces, on in zip(duties, shared(named, need.count, len(duties)), strict=True):
            own: dict[str, cp_model.IntVar] = {}
            outside = activity.participants if cross(run, pieces) else ()
            for person in model.state.crew.able_for(need.qualification, pieces, outside, pinned=True):
                literal = own[person] = model.new_literal(person in on)
                literals.append((person, literal))
                if person in before:
                    model.cp.add_bool_or([literal.negated(), before[person].negated()])
                for start, end in pieces:
                    busy[person].append(
                        model.cp.new_optional_fixed_size_interval_var(start, end - start, literal, "")
                    )
            model.cp.add(sum(own.values()) == need.count)
            before = own


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


def _limits(model: "Model", person: str, duties: Sequence[_Duty]) -> None:
    """No more duty starts within a day or a week than is allowed."""
    who = model.index.people[person]
    for limit, periods, weeks in (
        (who.max_day, model.index.days, False),
        (who.max_week, model.index.weeks, True),
    ):
        if limit is None:
            continue
        total: dict[int, list[cp_model.LinearExprT]] = defaultdict(list)
        for duty in duties:
            for number, on in duty.days(model, weeks=weeks).items():
                total[number].append(duty.ticks * on)
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


def _rest(model: "Model", person: str, duties: Sequence[_Duty]) -> None:
    """Between two duties that start on different days lies the rest of the person."""
    cp = model.cp
    rest = model.index.people[person].min_rest
    for one, other in combinations(duties, 2):
        days, other_days = one.days(model), other.days(model)
        pairs = [(a, b) for d, a in days.items() for e, b in other_days.items() if d != e]
        if not pairs:
            continue
        apart = model.new_literal(any(model.hinted(a) and model.hinted(b) for a, b in pairs))
        for a, b in pairs:
            cp.add_bool_or([a.negated(), b.negated(), apart])
        first = model.new_literal(one.at is None or other.at is None or one.at <= other.at)
        start, end = one.span()
        begin, finish = other.span()
        both = [one.literal, other.literal, apart]
        cp.add(begin >= end + rest).only_enforce_if([*both, first])
        cp.add(start >= finish + rest).only_enforce_if([*both, first.negated()])
