"""Rules of the CP-SAT model between activities: groups, order, chains."""

from collections import defaultdict
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from solver.model.sharing import phase_interval
from solver.problem import PrecedenceLag

if TYPE_CHECKING:
    from solver.model.model import Model
    from solver.model.parts import Part


def add_runs(model: "Model") -> None:
    """Runs of one exclusion group never overlap."""
    runs: dict[str, list[cp_model.IntervalVar]] = defaultdict(list)
    for parts in model.parts.values():
        for part in parts:
            if part.activity.groups:
                run = phase_interval(model, part, "run", part.present)
                for group in set(part.activity.groups):
                    runs[group].append(run)
    for together in runs.values():
        if len(together) > 1:
            model.cp.add_no_overlap(together)


def add_precedences(model: "Model") -> None:
    """What comes after is placed only with what comes before, within the lags."""
    for name, parts in model.parts.items():
        for lag in model.index.before[name]:
            if lag.before not in model.free:
                continue
            before = model.parts.get(lag.before)
            if before is None:
                model.cp.add(parts[0].present == 0)
            else:
                _lag(model, lag, before, parts)


def _lag(model: "Model", lag: PrecedenceLag, before: "list[Part]", after: "list[Part]") -> None:
    cp = model.cp
    cp.add_implication(after[0].present, before[0].present)
    for part in before:
        both = [after[0].present, part.present]
        cp.add(after[0].start >= part.end + lag.min_lag).only_enforce_if(both)
    if lag.max_lag is not None:
        for number, part in enumerate(before):
            ends: list[cp_model.LiteralT] = [after[0].present, part.present]
            if number + 1 < len(before):
                ends.append(before[number + 1].present.negated())
            cp.add(after[0].start <= part.end + lag.max_lag).only_enforce_if(ends)
    if lag.same_resource:
        for part in (*before[1:], *after):
            _same_resources(model, before[0], part)


def _same_resources(model: "Model", one: "Part", other: "Part") -> None:
    """If `other` is placed it is on the set of resources that `one` is on."""
    for choice in other.choices:
        resources = frozenset(choice.mode.resources)
        alike = [c.literal for c in one.choices if frozenset(c.mode.resources) == resources]
        model.cp.add_bool_or([*alike, choice.literal.negated()])


def add_chains(model: "Model") -> None:
    """A chain is placed whole or not at all."""
    done: set[str] = set()
    for name in model.parts:
        chain = model.index.chains.get(name)
        if not chain or name in done:
            continue
        done.update(chain)
        members = [member for member in chain if member not in model.state.placed]
        possible = all(member in model.parts for member in members)
        for member in members:
            if member not in model.parts:
                continue
            present = model.parts[member][0].present
            if not possible:
                model.cp.add(present == 0)
            elif len(members) < len(chain):
                model.cp.add(present == 1)
            else:
                model.cp.add(present == model.parts[members[0]][0].present)
