"""Why an activity has no place: a smallest set of rules that leaves it none.

The rules are left out one at a time; a rule stays in the set only if without it, and with those
still in the set, there would be a place. What a user reads is therefore true and has no padding.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from solver.explanation.masks import RULES, Room
from solver.problem import Activity
from solver.search.construct import Chooser, never
from solver.solution import Blocker, Reason, Rule, Unplaced
from solver.state.index import length, phase_span
from solver.state.state import State

_MOST_ACTIVITIES = 10


def reasons(state: State, over: Callable[[], bool] = never) -> tuple[Unplaced, ...]:
    """A reason for each activity that is not placed, in the order of the problem.

    Once `over` says so those that are left get one without blockers.
    """
    chooser, takers = Chooser(state.index), Takers(state)
    return tuple(
        Unplaced(activity.id, Reason(()) if over() else reason(state, activity, chooser, takers))
        for activity in state.index.problem.activities
        if activity.id not in state.placed
    )


def reason(state: State, activity: Activity, chooser: Chooser, takers: "Takers | None" = None) -> Reason:
    """Why one activity is not placed, against all that is.

    Parameters
    ----------
    takers
        Who holds what in the state, to be given where many reasons are asked for; it is not to have
        changed since.
    """
    takers = takers or Takers(state)
    if activity.pin is not None:
        return Reason((_people(takers, activity, lambda _: False),))
    waits_for = [lag.before for lag in state.index.before[activity.id] if lag.before not in state.placed]
    if waits_for:
        return Reason((Blocker("precedence", (waits_for[0],)),), first_unplaced(state, waits_for[0]))
    room = Room(state, activity, chooser=chooser, enough=takers.enough)
    if room.fits(RULES):
        return Reason((_fits_but(state, activity, chooser),))
    return Reason(smallest(room, takers))


def smallest(room: Room, takers: "Takers") -> tuple[Blocker, ...]:
    """A smallest set of rules that leaves no place, of those in `RULES`, which leave none together."""
    asked = set(room.rules)
    while True:
        before = len(asked)
        for rule in RULES:
            if rule in asked and not room.fits(asked - {rule}):
                asked.remove(rule)
        # A run that pauses needs people in other ticks once the calendar is not asked: what stood in
        # the way before that may not do so any more.
        if len(asked) == before or room.activity.closed != "pause":
            break
    rules = [rule for rule in reversed(RULES) if rule in asked]
    # If no rule that can be left out stands in the way it is longer than the horizon.
    return tuple(_blocker(room, takers, rule, asked) for rule in rules) or (Blocker("window"),)


def first_unplaced(state: State, name: str) -> str:
    """The first of the line of activities that wait for each other, from `name` backwards."""
    seen = {name}
    while True:
        ahead = [x.before for x in state.index.before[name] if x.before not in state.placed]
        ahead = [before for before in ahead if before not in seen]
        if not ahead:
            return name
        name = ahead[0]
        seen.add(name)


def _fits_but(state: State, activity: Activity, chooser: Chooser) -> Blocker:
    """Why an activity that would fit is not placed: its chain, or what it costs."""
    others = [name for name in state.index.chains.get(activity.id, ()) if name != activity.id]
    missing = [name for name in others if name not in state.placed]
    if not missing:
        return Blocker("worth")
    skip: tuple[Rule, ...] = ("precedence",)
    alone = [name for name in missing if not chooser.fits(state, state.index.activities[name], skip)]
    return Blocker("chain", tuple(alone or missing))


def _blocker(room: Room, takers: "Takers", rule: Rule, asked: set[Rule]) -> Blocker:
    """The rule with what is short or closed, and who takes it."""
    state, activity = room.state, room.activity

    def fits(other: Activity) -> bool:
        return room.fits_as(other, asked, rule)

    if rule in ("calendar", "outage"):
        return Blocker(rule, tuple(_closed(state, activity, rule)))
    if rule in ("busy", "changeover"):
        resources = tuple(dict.fromkeys(r for mode in activity.modes for r in mode.resources))
        return Blocker(rule, resources, takers.most(activity, takers.of("resource", resources)))
    if rule == "people":
        return _people(takers, activity, fits)
    if rule == "utility":
        return _utility(takers, activity, fits)
    if rule == "group":
        groups = tuple(dict.fromkeys(activity.groups))
        return Blocker(rule, groups, takers.most(activity, takers.of("group", groups)))
    if rule == "participant":
        people = activity.participants
        return Blocker(rule, people, takers.most(activity, takers.of("person", people)))
    if rule == "precedence":
        index = state.index
        before = [lag.before for lag in index.before[activity.id]]
        after = [lag.after for lag in index.after[activity.id] if lag.after in state.placed]
        return Blocker(rule, tuple(dict.fromkeys(before + after)))
    return Blocker(rule)


def _closed(state: State, activity: Activity, rule: Rule) -> Iterator[str]:
    """Resources that are closed, or out of service, at some time that the activity could use."""
    closed = {
        r: (state.index.outage[r] if rule == "outage" else state.index.full & ~state.index.open[r])
        for mode in activity.modes
        for r in mode.resources
    }
    return (resource for resource, mask in closed.items() if mask)


def _people(takers: "Takers", activity: Activity, fits: Callable[[Activity], bool]) -> Blocker:
    """Too few people; the qualification that is short, if one alone is."""
    state, needs = takers.state, activity.needs
    if activity.pin is not None:
        start, ticks = activity.pin.start, activity.pin.duration
        alone = [(need, replace(activity, needs=(need,))) for need in needs]
        mode = state.index.modes[activity.id][activity.pin.mode]
        short = [n for n, asked in alone if state.crew.choose(asked, mode, start, ticks, pinned=True) is None]
    elif len(needs) == 1:
        short = list(needs)
    else:
        short = [need for need in needs if not fits(replace(activity, needs=(need,)))][:1]
    wanted = tuple(dict.fromkeys(need.qualification for need in short or needs))
    people = {person: None for q in wanted for person in state.index.qualified.get(q, ())}
    return Blocker("people", wanted, takers.most(activity, takers.of("person", people)))


def _utility(takers: "Takers", activity: Activity, fits: Callable[[Activity], bool]) -> Blocker:
    """Too little of a utility; the one that is short, if one alone is."""
    draws = activity.draws
    if len(draws) == 1:
        short = list(draws)
    else:
        short = [draw for draw in draws if not fits(replace(activity, draws=(draw,)))][:1]
    wanted = tuple(dict.fromkeys(draw.utility for draw in short or draws))
    return Blocker("utility", wanted, takers.most(activity, takers.of("utility", wanted)))


class Takers:
    """Which placed activities hold what in a state as it stands.

    Attributes
    ----------
    enough
        When there are enough people, as `Room` finds out.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.enough: dict[tuple[str, int, int], int] = {}

    def of(self, kind: str, things: Iterable[str]) -> set[str]:
        """Activities that hold one of the resources, utilities, groups or persons (also to take part)."""
        return {name for thing in things for name in self._holders.get((kind, thing), ())}

    def most(self, activity: Activity, names: Iterable[str]) -> tuple[str, ...]:
        """Of the placed activities those that take most of the time that the activity could use."""
        start, end = _usable(self.state, activity)
        taken: list[tuple[int, str]] = []
        for name in names:
            held = 0
            for begin, finish in self._spans[name]:
                if begin < end and start < finish:
                    held += (finish if finish < end else end) - (begin if begin > start else start)
            if held:
                taken.append((-held, name))
        taken.sort()
        return tuple(name for _, name in taken[:_MOST_ACTIVITIES])

    @cached_property
    def _spans(self) -> dict[str, list[tuple[int, int]]]:
        activities = self.state.index.activities
        return {
            name: [phase_span(activities[name], "all", part.start, part.duration) for part in parts]
            for name, parts in self.state.placed.items()
        }

    @cached_property
    def _holders(self) -> dict[tuple[str, str], set[str]]:
        found: dict[tuple[str, str], set[str]] = {}
        for name, parts in self.state.placed.items():
            activity, modes = self.state.index.activities[name], self.state.index.modes[name]
            things = {("resource", resource) for part in parts for resource in modes[part.mode].resources}
            things |= {("person", person) for part in parts for names in part.people for person in names}
            things |= {("person", person) for person in activity.participants}
            things |= {("utility", draw.utility) for draw in activity.draws}
            things |= {("group", group) for group in activity.groups}
            for thing in things:
                found.setdefault(thing, set()).add(name)
        return found


def _usable(state: State, activity: Activity) -> tuple[int, int]:
    """First and last tick of what the activity could use, by its own windows."""
    if activity.pin is not None:
        start = activity.pin.start
        return start, start + length(activity, activity.pin.duration)
    start = max(0, activity.release or 0)
    end = state.index.horizon if activity.deadline is None else activity.deadline
    if activity.windows:
        start = max(start, min(w.start for w in activity.windows) - activity.setup)
        end = min(end, max(w.end for w in activity.windows) + activity.teardown)
    return start, end
