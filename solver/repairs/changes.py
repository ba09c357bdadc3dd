"""What a repair changes, and why each booking could not stay: facts of the plan, not guesses."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from solver.bounds.alone import pins_only
from solver.problem import Activity
from solver.repairs.toll import by_activity, stands
from solver.repairs.why import gone, obstacles
from solver.solution import Assignment, Blocker
from solver.state.index import Index
from solver.state.state import State

Kind = Literal["moved", "dropped", "reassigned", "added", "cancelled"]
"""Not placed just so any more, without a place, with other people, new, or not asked for any more."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is different for one activity.

    Parameters
    ----------
    before, after
        Its parts in the published plan and in the new one, in order of time.
    why
        The rules that its old place would break as things now stand, each with what is short or
        closed and the activities that take it; for a change of people alone, why those who are gone
        cannot be there. Empty for what is added, cancelled or pinned, and where nothing is in the way:
        the search ended before it was moved back.
    makes_room_for
        Of the activities in `why` those that are not where they were before.
    """

    activity: str
    kind: Kind
    before: tuple[Assignment, ...]
    after: tuple[Assignment, ...]
    why: tuple[Blocker, ...] = ()
    makes_room_for: tuple[str, ...] = ()


def changes_between(state: State, plan: Sequence[Assignment]) -> tuple[Change, ...]:
    """All changes from a plan to what is placed; the state is left as it was."""
    index = state.index
    before, after = by_activity(plan), by_activity(state.assignments())
    activities = index.activities
    changed = {n for n, parts in after.items() if not _same(activities[n], before.get(n, ()), parts)}
    changes: list[Change] = []
    for name, old in before.items():
        activity, new = index.activities.get(name), after.get(name, [])
        if activity is None:
            changes.append(Change(name, "cancelled", tuple(old), ()))
        elif not new or name in changed:
            changes.append(_change(state, activity, old, new, changed))
    changes += [Change(name, "added", (), tuple(new)) for name, new in after.items() if name not in before]
    return tuple(changes)


def displaced_from(index: Index, plan: Sequence[Assignment]) -> tuple[str, ...]:
    """Activities that could not stay, with the same people, if only what is pinned were placed."""
    alone = pins_only(index)
    free = [name for name, activity in index.activities.items() if activity.pin is None]
    found = []
    for name, parts in by_activity(plan).items():
        activity = index.activities.get(name)
        if activity is None or activity.pin is not None:
            continue
        if obstacles(alone, activity, parts, free) or any(gone(alone, activity, parts)):
            found.append(name)
    return tuple(found)


def _same(activity: Activity, old: Sequence[Assignment], new: Sequence[Assignment]) -> bool:
    return [_facts(activity, part) for part in old] == [_facts(activity, part) for part in new]


def _facts(activity: Activity, part: Assignment) -> tuple[int, int, str, list[list[frozenset[str]]]]:
    """Where a part is, and who is on each of its duties."""
    on_duty = []
    for number, names in enumerate(part.people):
        need = activity.needs[number] if number < len(activity.needs) else None
        each = len(names) if need is None or need.longest is None else need.count
        on_duty.append([frozenset(names[k : k + each]) for k in range(0, len(names), max(1, each))])
    return part.start, part.duration, part.mode, on_duty


def _change(
    state: State,
    activity: Activity,
    old: Sequence[Assignment],
    new: Sequence[Assignment],
    changed: Collection[str],
) -> Change:
    stays = bool(new) and stands(activity, new)
    why: tuple[Blocker, ...] = ()
    if activity.pin is None:
        held = state.remove(activity.id) if new else []
        # Who is on which need may change among the same people: then nobody is gone.
        why = tuple(gone(state, activity, old, new)) if stays else obstacles(state, activity, old)
        for part in held:
            state.hold(part)
    room = dict.fromkeys(name for blocker in why for name in blocker.activities if name in changed)
    kind: Kind = "reassigned" if stays else "moved" if new else "dropped"
    return Change(activity.id, kind, tuple(old), tuple(new), why, tuple(room))
