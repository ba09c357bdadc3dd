"""Why an activity has no place: a smallest set of rules that leaves it none.

The rules are left out one at a time; a rule stays in the set only if without it, and with those
still in the set, there would be a place. What a user reads is therefore true and has no padding.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from solver.construct import Chooser
from solver.index import length, phase_span
from solver.problem import Activity
from solver.solution import Blocker, Reason, Rule, Unplaced
from solver.state import State

_RULES: tuple[Rule, ...] = (
    # Tried to be left out in this order: what remains is what says most. A window that is too short
    # is a better answer than whoever is busy meanwhile.
    "utility",
    "people",
    "changeover",
    "busy",
    "group",
    "precedence",
    "participant",
    "outage",
    "calendar",
    "window",
)
_MOST_ACTIVITIES = 10


def reasons(state: State) -> tuple[Unplaced, ...]:
    """A reason for each activity that is not placed, in the order of the problem."""
    chooser = Chooser(state.index)
    return tuple(
        Unplaced(activity.id, reason(state, activity, chooser))
        for activity in state.index.problem.activities
        if activity.id not in state.placed
    )


def reason(state: State, activity: Activity, chooser: Chooser) -> Reason:
    """Why one activity is not placed, against all that is."""
    if activity.pin is not None:
        return Reason((_people(state, activity, lambda _: False),))
    waits_for = [lag.before for lag in state.index.before[activity.id] if lag.before not in state.placed]
    if waits_for:
        return Reason((Blocker("precedence", (waits_for[0],)),), _first_unplaced(state, waits_for[0]))

    def fits(skip: Collection[Rule], asked: Activity = activity) -> bool:
        return chooser.fits(state, asked, skip)

    if fits(()):
        return Reason((_fits_but(state, activity, chooser),))
    skip: set[Rule] = set(_RULES) - set(_rules_of(state, activity))
    for rule in _RULES:
        if rule not in skip and not fits(skip | {rule}):
            skip.add(rule)
    blockers = [_blocker(state, activity, rule, skip, fits) for rule in reversed(_RULES) if rule not in skip]
    if not blockers:
        # No rule that can be left out stands in the way: it is longer than the horizon.
        blockers = [Blocker("window")]
    return Reason(tuple(blockers))


def _rules_of(state: State, activity: Activity) -> Iterator[Rule]:
    """The rules that can stand in the way of an activity at all."""
    index = state.index
    resources = {resource for mode in activity.modes for resource in mode.resources}
    applies: dict[Rule, object] = {
        "utility": activity.draws,
        "people": activity.needs,
        "changeover": any(index.gaps[resource] for resource in resources),
        "busy": True,
        "group": activity.groups,
        "precedence": index.before[activity.id] or index.after[activity.id],
        "participant": activity.participants,
        "outage": any(index.outage[resource] for resource in resources),
        "calendar": any(index.open[resource] != index.full for resource in resources),
        "window": True,
    }
    return (rule for rule in _RULES if applies[rule])


def _first_unplaced(state: State, name: str) -> str:
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


def _blocker(
    state: State,
    activity: Activity,
    rule: Rule,
    skip: set[Rule],
    fits: Callable[[Collection[Rule], Activity], bool],
) -> Blocker:
    """The rule with what is short or closed, and who takes it."""
    if rule in ("calendar", "outage"):
        return Blocker(rule, tuple(_closed(state, activity, rule)))
    if rule in ("busy", "changeover"):
        resources = list(dict.fromkeys(r for mode in activity.modes for r in mode.resources))
        return Blocker(rule, tuple(resources), _takers(state, activity, _on_resources(state, set(resources))))
    if rule == "people":
        return _people(state, activity, lambda asked: fits(skip, asked))
    if rule == "utility":
        return _utility(state, activity, lambda asked: fits(skip, asked))
    if rule == "group":
        members = set(activity.groups)
        taking = (n for n in state.placed if members & set(state.index.activities[n].groups))
        return Blocker(rule, tuple(dict.fromkeys(activity.groups)), _takers(state, activity, taking))
    if rule == "participant":
        people = set(activity.participants)
        return Blocker(rule, activity.participants, _takers(state, activity, _with_people(state, people)))
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


def _people(state: State, activity: Activity, fits: Callable[[Activity], bool]) -> Blocker:
    """Too few people; the qualification that is short, if one alone is."""
    needs = activity.needs
    if activity.pin is not None:
        start, ticks = activity.pin.start, activity.pin.duration
        alone = [(need, replace(activity, needs=(need,))) for need in needs]
        short = [n for n, asked in alone if state.crew.choose(asked, start, ticks, pinned=True) is None]
    else:
        short = [need for need in needs if not fits(replace(activity, needs=(need,)))][:1]
    wanted = tuple(dict.fromkeys(need.qualification for need in short or needs))
    people = {person for q in wanted for person in state.index.qualified.get(q, ())}
    return Blocker("people", wanted, _takers(state, activity, _with_people(state, people)))


def _utility(state: State, activity: Activity, fits: Callable[[Activity], bool]) -> Blocker:
    short = [draw for draw in activity.draws if not fits(replace(activity, draws=(draw,)))][:1]
    wanted = tuple(dict.fromkeys(draw.utility for draw in short or activity.draws))
    taking = (
        name
        for name in state.placed
        if any(draw.utility in wanted for draw in state.index.activities[name].draws)
    )
    return Blocker("utility", wanted, _takers(state, activity, taking))


def _on_resources(state: State, resources: set[str]) -> Iterator[str]:
    for name, parts in state.placed.items():
        if any(not resources.isdisjoint(state.index.modes[name][part.mode].resources) for part in parts):
            yield name


def _with_people(state: State, people: set[str]) -> Iterator[str]:
    for name, parts in state.placed.items():
        held = {person for part in parts for names in part.people for person in names}
        if people & held or people & set(state.index.activities[name].participants):
            yield name


def _takers(state: State, activity: Activity, names: Iterable[str]) -> tuple[str, ...]:
    """Of the placed activities those that take most of the time that the activity could use."""
    start = max(0, activity.release or 0)
    end = state.index.horizon if activity.deadline is None else activity.deadline
    if activity.windows:
        start = max(start, min(w.start for w in activity.windows) - activity.setup)
        end = min(end, max(w.end for w in activity.windows) + activity.teardown)
    if activity.pin is not None:
        start = activity.pin.start
        end = start + length(activity, activity.pin.duration)
    taken: list[tuple[int, str]] = []
    for name in names:
        other = state.index.activities[name]
        held = 0
        for part in state.placed[name]:
            begin, finish = phase_span(other, "all", part.start, part.duration)
            held += max(0, min(finish, end) - max(begin, start))
        if held:
            taken.append((-held, name))
    return tuple(name for _, name in sorted(taken)[:_MOST_ACTIVITIES])
