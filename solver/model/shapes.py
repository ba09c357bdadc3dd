"""Pieces of work in the CP-SAT model: who could do them at which starts, and on which day they begin."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from solver.model.sharing import days_of
from solver.problem import Activity, Mode
from solver.state.index import Index
from solver.state.masks import first, has, last, shifted, ticks
from solver.state.work import Piece, Shape

if TYPE_CHECKING:
    from solver.model.model import Model
    from solver.model.parts import Choice, Part


def shaped(
    index: Index, activity: Activity, mode: Mode, duration: int, starts: int
) -> Iterator[tuple[int, Shape | None]]:
    """The starts of a run of fixed length, parted by how the work then lies where that counts."""
    busy = activity.needs or activity.participants or activity.draws
    if not (activity.closed == "pause" and busy) and all(need.longest is None for need in activity.needs):
        yield starts, None
        return
    for shape in index.calendar.shapes(activity, mode, duration):
        if starts & shape.starts:
            yield starts & shape.starts, shape


def possible_starts(
    model: "Model", person: str, qualification: str, choice: "Choice", pieces: tuple[Piece, ...]
) -> int:
    """Of the starts of a choice those at which a person could do a duty that consists of these pieces."""
    index, crew = model.index, model.state.crew
    there = index.qualification_starts(person, qualification, 1) & index.on_shift[person]
    there &= ~crew.busy[person]
    mask = choice.starts
    for begin, end in pieces:
        if begin.moves == end.moves:
            starts = crew.starts(person, qualification, end.tick - begin.tick)
            if begin.moves:
                mask &= shifted(starts, -begin.tick)
            elif not has(starts, begin.tick):
                return 0
        elif begin.moves:
            if not has(there, end.tick - 1):
                return 0
            # No earlier than the stretch that reaches to where the pause begins.
            since = (~there & ((1 << end.tick) - 1)).bit_length()
            mask &= -1 << max(0, since - begin.tick)
        else:
            away = ~there >> begin.tick
            until = begin.tick + (away & -away).bit_length() - 1
            mask &= (1 << max(0, until - end.tick + 1)) - 1
    if mask and len(pieces) > 1 and _may_have_enough(model, person, pieces, first(mask)):
        at = ((start, tuple((a.at(start), b.at(start)) for a, b in pieces)) for start in ticks(mask))
        mask = sum(1 << start for start, spans in at if crew.can(person, qualification, spans))
    return mask


def _may_have_enough(model: "Model", person: str, pieces: tuple[Piece, ...], start: int) -> bool:
    """Whether a duty of several pieces might be too much for a person, or leave too little rest."""
    who, index = model.index.people[person], model.index
    if who.min_rest:
        return True
    total = sum(end.at(start) - begin.at(start) for begin, end in pieces)
    for limit, periods in ((who.max_day, index.days), (who.max_week, index.weeks)):
        if limit is not None:
            held = model.state.crew.duties[person]
            most = max(sum(b - a for a, b in held if begin <= a < end) for begin, end in periods)
            if most + total > limit:
                return True
    return False


def least_ticks(choice: "Choice", piece: Piece) -> int:
    """The least ticks of a piece, over the starts of its choice."""
    begin, end = piece
    if begin.moves == end.moves:
        return end.tick - begin.tick
    return min(end.at(start) - begin.at(start) for start in (first(choice.starts), last(choice.starts)))


def day_literals(
    model: "Model", part: "Part", choice: "Choice", piece: Piece, literal: cp_model.IntVar, *, weeks: bool
) -> dict[int, cp_model.IntVar]:
    """For each day (or week) in which a piece may start a literal that it does."""
    begin = piece[0]
    if begin.moves:
        what = f"+{begin.tick}"
        return days_of(model, part, what, begin.tick, literal, choice.starts, weeks=weeks)
    index = model.index
    number = index.week_of(begin.tick) if weeks else index.day_of(begin.tick)
    periods = index.weeks if weeks else index.days
    return {number: literal} if 0 <= number < len(periods) else {}
