"""Why a part cannot stand at one given place: which rules it breaks there, and who is in its way."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from solver.explanation.masks import RULES
from solver.problem import Activity, Mode, Need
from solver.repairs.toll import people_of
from solver.solution import Assignment, Blocker, Rule
from solver.state.frame import Frame
from solver.state.index import phase_span
from solver.state.masks import has
from solver.state.state import State

Span = tuple[int, int]
Holds = Callable[[Activity, Assignment], Iterable[Span]]
"""When a part of another activity holds the thing that is asked for."""


def obstacles(
    state: State, activity: Activity, parts: Sequence[Assignment], free: Collection[str] = ()
) -> tuple[Blocker, ...]:
    """The rules that the parts of an activity, which is not placed, would break in a state.

    A mode or a length that the activity does not allow any more is a broken "window", named by the
    mode. People are asked for by number: why those of before are not there is for `gone` to say.

    Parameters
    ----------
    free
        Activities that may still go anywhere: lags to them, and their chains, are not asked.
    """
    found: list[Blocker] = []
    for number, part in enumerate(parts, start=1):
        mode = state.index.modes[activity.id].get(part.mode)
        if mode is None or not _has_length(state, activity, mode, parts):
            found.append(Blocker("window", (part.mode,)))
            continue
        place = _Place(state, activity, mode, part, free, first=number == 1, last=number == len(parts))
        broken = [rule for rule in RULES if not place.keeps(rule)]
        if "busy" in broken and "changeover" in broken:
            broken.remove("changeover")
        found += [place.blocker(rule) for rule in broken]
    mates = [each for each in state.index.chains.get(activity.id, ()) if each != activity.id]
    missing = tuple(each for each in mates if each not in state.placed and each not in free)
    if missing:
        found.append(Blocker("chain", missing))
    return tuple(dict.fromkeys(found))


def gone(
    state: State, activity: Activity, old: Sequence[Assignment], new: Sequence[Assignment] = ()
) -> Iterator[Blocker]:
    """Why people who were on the parts of an activity, which is not placed, cannot be there now."""
    left = people_of(old) - people_of(new)
    for part in old:
        for need, names in zip(activity.needs, part.people, strict=False):
            for person, spans in _work(state, activity, need, names, part):
                if person not in left:
                    continue
                if not all(_is_free(state, person, need.qualification, span) for span in spans):
                    others = _overlapping(state, spans, _with_people(state, {person}))
                    yield Blocker("people", (person,), others)


def _work(
    state: State, activity: Activity, need: Need, names: Sequence[str], part: Assignment
) -> Iterator[tuple[str, list[Span]]]:
    """Those on a need of a part, each with the stretches of work; without pauses if the mode is gone."""
    mode = state.index.modes[activity.id].get(part.mode)
    if mode is None:
        span = phase_span(activity, need.phase, part.start, part.duration)
        yield from ((person, [span]) for person in names)
        return
    work: dict[str, list[Span]] = {}
    named = state.index.calendar.named(activity, mode, need, names, part.start, part.duration)
    for person, piece in named:
        work.setdefault(person, []).append(piece)
    yield from work.items()


def _is_free(state: State, person: str, qualification: str, span: Span) -> bool:
    if person not in state.index.people:
        return False
    return has(state.crew.starts(person, qualification, span[1] - span[0]), span[0])


def _has_length(state: State, activity: Activity, mode: Mode, parts: Sequence[Assignment]) -> bool:
    total = sum(part.duration for part in parts)
    if activity.closed == "pause":
        # How long it has to pause is for the calendar to say.
        return len(parts) == 1 and total >= state.index.wish(activity, mode)
    fits = state.index.least(activity, mode) <= total <= state.index.wish(activity, mode)
    return fits and len(parts) <= activity.most_parts


class _Place:
    """Where one part stood, held against each rule alone."""

    def __init__(
        self,
        state: State,
        activity: Activity,
        mode: Mode,
        part: Assignment,
        free: Collection[str],
        *,
        first: bool,
        last: bool,
    ) -> None:
        self._state, self._activity, self._mode, self._part = state, activity, mode, part
        self._free, self._first, self._last = free, first, last
        self._span = phase_span(activity, "all", part.start, part.duration)

    def keeps(self, rule: Rule) -> bool:
        """Whether the part keeps the rule, all others aside."""
        part = self._part
        skip = frozenset(RULES) - {rule}
        frame = Frame(
            self._state,
            self._activity,
            self._mode,
            skip,
            first=self._first,
            last=self._last,
            free=self._free,
            as_paused=True,
        )
        if not has(frame.starts(part.duration), part.start):
            return False
        if rule != "people" or not self._activity.needs:
            return True
        return self._state.crew.choose(self._activity, self._mode, part.start, part.duration) is not None

    def blocker(self, rule: Rule) -> Blocker:
        """The rule that is broken, with what is short or closed, and who takes it."""
        state, activity = self._state, self._activity
        index, whole = state.index, [self._span]
        if rule in ("calendar", "outage"):
            return Blocker(rule, tuple(r for r in self._mode.resources if self._is_closed(r, rule)))
        if rule in ("busy", "changeover"):
            resources = set(self._mode.resources)
            if rule == "changeover":
                gap = max((g for r in resources for g in index.gaps[r].values()), default=0)
                whole = [(self._span[0] - gap, self._span[1] + gap)]
            return Blocker(rule, self._mode.resources, self._on(whole, resources))
        if rule == "people":
            wanted = tuple(dict.fromkeys(need.qualification for need in activity.needs))
            able = {person for q in wanted for person in index.qualified.get(q, ())}
            return Blocker(rule, wanted, _overlapping(state, whole, _with_people(state, able)))
        if rule == "utility":
            utilities = tuple(dict.fromkeys(draw.utility for draw in activity.draws))
            return Blocker(rule, utilities, self._drawing(set(utilities)))
        run = [phase_span(activity, "run", self._part.start, self._part.duration)]
        if rule == "group":
            groups = tuple(dict.fromkeys(activity.groups))
            return Blocker(rule, groups, _overlapping(state, run, _in_groups(set(groups))))
        if rule == "participant":
            people = activity.participants
            return Blocker(rule, people, _overlapping(state, run, _with_people(state, set(people))))
        if rule == "precedence":
            return Blocker(rule, tuple(self._ordered_with()))
        return Blocker(rule)

    def _is_closed(self, resource: str, rule: Rule) -> bool:
        index = self._state.index
        closed = index.outage[resource] if rule == "outage" else ~index.open[resource]
        return any(has(closed, tick) or tick < 0 for tick in range(*self._span))

    def _on(self, spans: Sequence[Span], resources: set[str]) -> tuple[str, ...]:
        modes = self._state.index.modes

        def holds(other: Activity, part: Assignment) -> Iterator[Span]:
            if resources & set(modes[other.id][part.mode].resources):
                yield phase_span(other, "all", part.start, part.duration)

        return _overlapping(self._state, spans, holds)

    def _drawing(self, utilities: set[str]) -> tuple[str, ...]:
        """Who draws them meanwhile, or on the same day where the day counts."""
        index = self._state.index
        spans = [self._span]
        if any(index.utilities[each].per == "day" for each in utilities):
            spans += [day for day in index.days if day[0] < self._span[1] and self._span[0] < day[1]]

        def holds(other: Activity, part: Assignment) -> Iterator[Span]:
            for draw in other.draws:
                if draw.utility in utilities:
                    mode = index.modes[other.id][part.mode]
                    yield from index.calendar.pieces(other, mode, draw.phase, part.start, part.duration)

        return _overlapping(self._state, spans, holds)

    def _ordered_with(self) -> Iterator[str]:
        """Activities before and after to which the place breaks a lag."""
        state, own = self._state, frozenset(self._mode.resources)
        for lag in state.index.before[self._activity.id]:
            if lag.before in self._free:
                continue
            if lag.before not in state.placed:
                yield lag.before
                continue
            wait = self._span[0] - state.end(lag.before)
            late = self._first and lag.max_lag is not None and wait > lag.max_lag
            if wait < lag.min_lag or late or (lag.same_resource and state.resources(lag.before) != own):
                yield lag.before
        for lag in state.index.after[self._activity.id]:
            if lag.after not in state.placed:
                continue
            wait = state.start(lag.after) - self._span[1]
            late = self._last and lag.max_lag is not None and wait > lag.max_lag
            if wait < lag.min_lag or late or (lag.same_resource and state.resources(lag.after) != own):
                yield lag.after


def _overlapping(state: State, spans: Iterable[Span], holds: Holds) -> tuple[str, ...]:
    """Placed activities that hold something in some of the time, by start."""
    found = []
    for name, parts in state.placed.items():
        held = [span for part in parts for span in holds(state.index.activities[name], part)]
        if any(start < end and a < end and start < b for start, end in held for a, b in spans):
            found.append(name)
    return tuple(sorted(found, key=lambda name: (state.start(name), name)))


def _with_people(state: State, people: set[str]) -> Holds:
    calendar, modes = state.index.calendar, state.index.modes

    def holds(other: Activity, part: Assignment) -> Iterator[Span]:
        mode = modes[other.id][part.mode]
        if people & set(other.participants):
            yield from calendar.pieces(other, mode, "run", part.start, part.duration)
        for need, names in zip(other.needs, part.people, strict=False):
            for person, piece in calendar.named(other, mode, need, names, part.start, part.duration):
                if person in people:
                    yield piece

    return holds


def _in_groups(groups: set[str]) -> Holds:
    def holds(other: Activity, part: Assignment) -> Iterator[Span]:
        if groups & set(other.groups):
            yield phase_span(other, "run", part.start, part.duration)

    return holds
