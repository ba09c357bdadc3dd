"""CP-SAT model of some activities, placed anew around all that is fixed.

What is fixed seldom enters as a constraint: it is cut out of the domains (`solver.state.frame`). In a few
rare cases the model allows more than the rules (duties whose place or number hangs on an elastic run,
rest in large models), which `State.insert` then refuses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_

from ortools.sat.python import cp_model

from solver.model.objective import Objective
from solver.model.parts import Choice, Part, Values
from solver.model.people import add_people
from solver.model.rules import add_chains, add_precedences, add_runs
from solver.model.shapes import shaped
from solver.model.sharing import add_resources, add_utilities
from solver.problem import Activity, Mode
from solver.solution import Assignment, Rule
from solver.state.cells import Cell, cells_of
from solver.state.frame import Frame
from solver.state.masks import has, spans
from solver.state.state import State
from solver.state.work import Shape


class Model:
    """CP-SAT model of the activities `free`, which are not placed in `state`.

    Parameters
    ----------
    incumbent
        Where the activities were placed: the hint, complete for every variable.
    exact
        Whether the model may forbid nothing that the rules allow, so that its bound is one. Else it
        is as strict as `State` (see `Index.changeovers_are_strict`).

    pins
        Placements of pinned activities that stand in `state` without people: these are chosen.

    Attributes
    ----------
    parts
        For each activity that has a place at all its parts.
    pin_people
        For each of `pins` and each of its needs those who could meet it, with literals.
    costs
        What is paid if a literal holds, for changeovers.
    by_row
        Whether changeovers are a circuit on each resource, else orders of pairs.
    loose
        Whether changeovers to what is fixed are in the circuit, else they are cut out of the domains.
    rows
        Resources whose changeovers are in `costs`.
    nameless
        Activities of which the names for some need are left to `State.insert`.
    elastic
        Whether a run has a length to choose.
    days
        Literals for the day or week in which a phase starts, see `model_sharing.start_days`.
    """

    def __init__(
        self,
        state: State,
        free: Sequence[str],
        incumbent: Mapping[str, Sequence[Assignment]],
        *,
        exact: bool = False,
        pins: Sequence[Assignment] = (),
    ) -> None:
        self.state = state
        self.index = state.index
        self.cp = cp_model.CpModel()
        self.free = frozenset(free)
        weighted = self.index.problem.weights.changeover > 0
        self.loose = exact and self.index.changeovers_are_strict()
        self.by_row = weighted or self.loose
        self.incumbent = incumbent
        self.pins = pins
        self.pin_people: dict[str, list[list[tuple[str, cp_model.IntVar]]]] = {}
        self._all_mandatory = all(n in incumbent for n in free if self.index.activities[n].mandatory)
        self.parts: dict[str, list[Part]] = {}
        self.elastic = False
        self.costs: list[tuple[float, cp_model.IntVar]] = []
        self.rows: set[str] = set()
        self.nameless: set[str] = set()
        self.days: dict[tuple[int, str, int, bool], dict[int, cp_model.IntVar]] = {}
        self._counts: dict[Part, cp_model.IntVar] = {}
        self.hints: dict[int, tuple[cp_model.IntVar, int]] = {}
        for name in free:
            parts = self._activity(self.index.activities[name])
            if parts:
                self.parts[name] = parts
        for name in free:
            if name not in self.parts and self.must(self.index.activities[name]):
                self.cp.add_bool_or([])
        add_resources(self)
        add_runs(self)
        add_utilities(self)
        add_people(self)
        add_precedences(self)
        add_chains(self)
        self.objective = Objective(self)
        for variable, value in self.hints.values():
            self.cp.add_hint(variable, value)

    # Variables

    def hint(self, variable: cp_model.IntVar, value: int) -> None:
        """Say which value a variable has in the incumbent."""
        self.hints[variable.index] = (variable, value)

    def new_literal(self, hint: bool) -> cp_model.IntVar:
        """A new Boolean with its value in the incumbent."""
        variable = self.cp.new_bool_var("")
        self.hint(variable, int(hint))
        return variable

    def hinted(self, literal: cp_model.IntVar) -> bool:
        """Whether a Boolean is true in the incumbent."""
        return bool(self.hints[literal.index][1])

    def restrict(self, start: cp_model.IntVar, starts: int, literal: cp_model.IntVar) -> None:
        """The start is one of `starts` if the literal holds."""
        self.cp.add_linear_expression_in_domain(start, domain(starts)).only_enforce_if(literal)

    def all_parts(self) -> list[Part]:
        """Parts of all activities."""
        return [part for parts in self.parts.values() for part in parts]

    def placed(self, part: Part) -> Assignment | None:
        """Where a part is in the incumbent."""
        placed = self.incumbent.get(part.activity.id, ())
        return placed[part.number] if part.number < len(placed) else None

    def must(self, activity: Activity) -> bool:
        """Whether the activity has to stay placed: it is mandatory, or another stands on it.

        What is pinned stands whatever becomes of the one before it. Where not all mandatory ones
        are placed another choice of them may be better.
        """
        if activity.id not in self.incumbent:
            return False
        return (activity.mandatory and self._all_mandatory) or any(
            lag.after in self.state.placed and self.index.activities[lag.after].pin is None
            for lag in self.index.after[activity.id]
        )

    def _activity(self, activity: Activity) -> list[Part]:
        parts: list[Part] = []
        several = activity.most_parts > 1
        for number in range(activity.most_parts):
            part = self._part(activity, number, several)
            if part is None:
                break
            if parts:
                self.cp.add_implication(part.present, parts[-1].present)
                self.cp.add(part.start + activity.setup >= parts[-1].run_end).only_enforce_if(part.present)
            parts.append(part)
        if parts and self.must(activity):
            self.cp.add(parts[0].present == 1)
        if parts and several:
            self._sum(activity, parts)
        return parts

    def _part(self, activity: Activity, number: int, several: bool) -> Part | None:
        cp, index = self.cp, self.index
        old = self.incumbent.get(activity.id, ())
        at = old[number] if number < len(old) else None
        modes: list[tuple[Mode, int, int, int, list[Cell], Shape | None]] = []
        for mode in activity.modes:
            skip: tuple[Rule, ...] = ("changeover",) if self.loose else ()
            alone = not several
            frame = Frame(self.state, activity, mode, skip, first=alone, last=alone, free=self.free)
            for shortest, longest in index.ways(activity, mode):
                if several:
                    shortest = min(shortest, activity.least_part)
                if shortest < longest:
                    cells = cells_of(frame, shortest)
                    starts = reduce(or_, (cell.starts for cell in cells), 0)
                    if starts:
                        modes.append((mode, shortest, longest, starts, cells, None))
                elif starts := frame.starts(longest):
                    for mask, shape in shaped(index, activity, mode, longest, starts):
                        modes.append((mode, longest, longest, mask, [], shape))
        if not modes:
            return None
        starts = 0
        for entry in modes:
            starts |= entry[3]
        shortest, longest = min(m[1] for m in modes), max(m[2] for m in modes)
        present = self.new_literal(at is not None)
        start = cp.new_int_var_from_domain(domain(starts), "")
        self.hint(start, at.start if at else spans(starts)[0][0])
        size: cp_model.IntVar | int = longest
        run_end: cp_model.LinearExprT = start + activity.setup + longest
        if shortest < longest or len({m[2] for m in modes}) > 1:
            size = cp.new_int_var(shortest, longest, "")
            self.elastic = True
            end = cp.new_int_var(0, index.horizon, "")
            self.hint(size, at.duration if at else shortest)
            begin = (at.start if at else spans(starts)[0][0]) + activity.setup
            self.hint(end, begin + (at.duration if at else shortest))
            cp.add(start + activity.setup + size == end).only_enforce_if(present)
            run_end = end
        part = Part(activity, number, present, start, size, run_end, starts, shortest, longest)
        for mode, least, wish, mask, cells, shape in modes:
            chosen = at is not None and at.mode == mode.id
            if chosen and at is not None and activity.closed == "pause":
                chosen = at.duration == wish and has(mask, at.start)
            literal = present if len(modes) == 1 else self.new_literal(chosen)
            part.choices.append(Choice(mode, literal, mask, wish if least == wish else None, shape))
            if mask != starts:
                self.restrict(start, mask, literal)
            if not isinstance(size, int) and (least, wish) != (shortest, longest):
                cp.add_linear_constraint(size, least, wish).only_enforce_if(literal)
            if cells:
                self._stay_in_cell(part, literal, cells, at if chosen else None)
        if len(modes) > 1:
            cp.add_exactly_one([*(c.literal for c in part.choices), present.negated()])
        return part

    def _stay_in_cell(
        self, part: Part, literal: cp_model.IntVar, cells: list[Cell], at: Assignment | None
    ) -> None:
        """An elastic run lies in one free stretch of its mode."""
        literals = []
        taken = False
        for cell in cells:
            inside = (
                at is not None
                and not taken
                and has(cell.starts, at.start)
                and has(cell.ends, at.start + part.activity.setup + at.duration)
            )
            taken = taken or inside
            mine = literal if len(cells) == 1 else self.new_literal(inside)
            literals.append(mine)
            self.restrict(part.start, cell.starts, mine)
            self.cp.add_linear_expression_in_domain(part.run_end, domain(cell.ends)).only_enforce_if(mine)
        if len(cells) > 1:
            self.cp.add_exactly_one([*literals, literal.negated()])

    def _sum(self, activity: Activity, parts: list[Part]) -> None:
        """All parts together have between the least and the wish; several are each long enough."""
        total = sum(self.counted(part) for part in parts)
        for choice in (choice for part in parts for choice in part.choices):
            least, wish = self.index.least(activity, choice.mode), self.index.wish(activity, choice.mode)
            self.cp.add_linear_constraint(total, least, wish).only_enforce_if(choice.literal)
        for part in parts[1:]:
            self.cp.add(part.size >= activity.least_part).only_enforce_if(part.present)
            self.cp.add(parts[0].size >= activity.least_part).only_enforce_if(part.present)

    def counted(self, part: Part) -> cp_model.IntVar:
        """Ticks of run of a part: 0 if it is not placed."""
        if part in self._counts:
            return self._counts[part]
        counted = self._counts[part] = self.cp.new_int_var(0, part.longest, "")
        at = self.placed(part)
        self.hint(counted, at.duration if at else 0)
        self.cp.add(counted == part.size).only_enforce_if(part.present)
        self.cp.add(counted == 0).only_enforce_if(part.present.negated())
        return counted

    def solution(self, values: Values) -> dict[str, list[Assignment]]:
        """The parts of each activity that the solver places, in order of time."""
        found: dict[str, list[Assignment]] = {}
        for name, parts in self.parts.items():
            for part in parts:
                if not values.boolean_value(part.present):
                    continue
                mode = next(c.mode for c in part.choices if values.boolean_value(c.literal))
                size = part.size if isinstance(part.size, int) else values.value(part.size)
                people = tuple(
                    tuple(person for person, literal in need if values.boolean_value(literal))
                    for need in part.people
                )
                start = values.value(part.start)
                found.setdefault(name, []).append(
                    Assignment(name, part.number + 1, mode.id, start, size, people)
                )
        for pin in self.pins:
            people = tuple(
                tuple(person for person, literal in need if values.boolean_value(literal))
                for need in self.pin_people[pin.activity]
            )
            found[pin.activity] = [replace(pin, people=people)]
        return found


def domain(mask: int) -> cp_model.Domain:
    """A mask that is not negative as a domain of CP-SAT."""
    return cp_model.Domain.from_intervals([[start, end - 1] for start, end in spans(mask)])
