"""Where one activity could stand, rule by rule, against all that is placed.

Rules only ever narrow: what several of them leave is what each of them leaves, taken together. So the
mask of each rule is worked out once, and every set of rules is then a few intersections.
"""

from collections.abc import Callable, Collection, Iterator
from itertools import combinations

from solver.problem import Activity, Mode
from solver.search.construct import Chooser
from solver.solution import Rule
from solver.state.frame import Frame
from solver.state.index import phase_span
from solver.state.masks import EVERY, at_least, shifted, ticks
from solver.state.state import State

RULES: tuple[Rule, ...] = (
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
_BUT: dict[Rule, frozenset[Rule]] = {rule: frozenset(RULES) - {rule} for rule in RULES}
_NONE = frozenset(RULES)
_COST: dict[Rule, int] = {rule: cost for cost, rule in enumerate((*reversed(RULES[2:]), *RULES[:2]))}
"""In this order the rules are asked: those that are soon worked out first."""


class Room:
    """The starts that each rule leaves to one activity, in each mode and for each length of run.

    Parameters
    ----------
    lengths
        Which runs to look at in a mode; None: all that the activity allows and that could differ.
    before
        Only starts before this tick count; None: all.
    last
        Whether it is the last part of its activity that is to be placed.
    enough
        What rooms of one state, which is not to change meanwhile, may share.
    """

    def __init__(
        self,
        state: State,
        activity: Activity,
        *,
        chooser: Chooser | None = None,
        lengths: Callable[[Mode], Collection[int]] | None = None,
        before: int | None = None,
        last: bool = True,
        enough: dict[tuple[str, int, int], int] | None = None,
    ) -> None:
        self.state = state
        self.activity = activity
        self.rules = frozenset(_rules_of(state, activity))
        self._chooser = chooser
        self._last = last
        self._enough = {} if enough is None else enough
        self._below = EVERY if before is None else (1 << max(0, before)) - 1
        asked = lengths or (lambda mode: _lengths(state, activity, mode))
        self._lengths = {mode.id: asked(mode) for mode in activity.modes}
        self.ways = [(mode, duration) for mode in activity.modes for duration in self._lengths[mode.id]]
        self._masks: dict[tuple[int, Rule | None], int] = {}
        self._named: dict[tuple[int, int], bool] = {}
        self._pair = _is_pair(state, activity)
        self._alone = self._pair or _each_need_is_alone(state, activity)

    def fits(self, rules: Collection[Rule]) -> bool:
        """Whether there is a place if only these rules are asked."""
        for way in range(len(self.ways)):
            mask = self.starts(way, rules)
            if mask and (self._alone or "people" not in rules):
                return True
            if any(self.finds_people(way, start) for start in ticks(mask)):
                return True
        if self.activity.most_parts == 1 or self._chooser is None:
            return False
        return self._chooser.fits(self.state, self.activity, _NONE - set(rules))

    def starts_with_people(self, way: int, rules: Collection[Rule]) -> Iterator[int]:
        """Starts that the rules leave, and for which there are people for all needs at once."""
        return (start for start in ticks(self.starts(way, rules)) if self.finds_people(way, start))

    def fits_as(self, other: Activity, rules: Collection[Rule], changed: Rule) -> bool:
        """Whether there would be a place for `other`, which differs in what the rule `changed` asks."""
        room = Room(self.state, other, chooser=self._chooser, lengths=lambda mode: self._lengths[mode.id])
        room._enough = self._enough
        room._masks = {key: mask for key, mask in self._masks.items() if key[1] != changed}
        return room.fits(rules)

    def starts(self, way: int, rules: Collection[Rule]) -> int:
        """Starts in one of `ways` that the rules leave; of people each need is asked alone."""
        if "calendar" not in rules and self._pauses(way):
            return 0  # where nothing is ever closed nothing waits
        mask = self._mask(way, None)
        for rule in sorted(self.rules & set(rules), key=_COST.__getitem__):
            if not mask:
                return 0
            mask &= self._mask(way, rule)
        return mask

    def finds_people(self, way: int, start: int) -> bool:
        """Whether there are people for all needs at once."""
        if self._alone:
            return True
        if (way, start) not in self._named:
            mode, duration = self.ways[way]
            people = self.state.crew.choose(self.activity, mode, start, duration)
            self._named[way, start] = people is not None
        return self._named[way, start]

    def _mask(self, way: int, rule: Rule | None) -> int:
        if (way, rule) not in self._masks:
            if rule == "people":
                self._masks[way, rule] = self._people_starts(way)
            else:
                mode, duration = self.ways[way]
                skip = _BUT[rule] if rule else _NONE
                paused = self._pauses(way)
                frame = Frame(self.state, self.activity, mode, skip, last=self._last, as_paused=paused)
                self._masks[way, rule] = frame.starts(duration) & self._below
        return self._masks[way, rule]

    def _pauses(self, way: int) -> bool:
        """Whether it is a way for a run to pause."""
        mode, duration = self.ways[way]
        return self.activity.closed == "pause" and duration != self.state.index.wish(self.activity, mode)

    def _people_starts(self, way: int) -> int:
        """Starts at which each need alone finds enough people, and a pair of needs for both."""
        mask, (mode, duration) = self._mask(way, None), self.ways[way]
        if not _keeps_its_people(self.activity):
            return mask & self.state.crew.enough(self.activity, mode, duration)
        crew, qualified = self.state.crew, self.state.index.qualified
        for need in self.activity.needs:
            begin, end = phase_span(self.activity, need.phase, 0, duration)
            key = need.qualification, end - begin, need.count
            if begin == end:
                continue
            if key not in self._enough:
                able = qualified.get(need.qualification, ())
                starts = (crew.starts(person, need.qualification, end - begin) for person in able)
                self._enough[key] = at_least(starts, need.count)
            mask &= shifted(self._enough[key], -begin)
        return mask & self._pair_starts(duration) if mask and self._pair else mask

    def _pair_starts(self, duration: int) -> int:
        """Starts at which two needs of one phase together find enough people, each being for one of them.

        Notes
        -----
        Hall's condition; that each finds enough alone is asked elsewhere.
        """
        one, other = self.activity.needs
        begin, end = phase_span(self.activity, one.phase, 0, duration)
        qualified, crew = self.state.index.qualified, self.state.crew
        able: dict[str, int] = {}
        for need in (one, other):
            for person in qualified.get(need.qualification, ()):
                starts = crew.starts(person, need.qualification, end - begin)
                able[person] = able.get(person, 0) | starts
        return shifted(at_least(able.values(), one.count + other.count), -begin)


def _lengths(state: State, activity: Activity, mode: Mode) -> Collection[int]:
    """The runs that could have a place: the shortest alone, unless a longer one may fit where it does not.

    What fits for long fits for less from the same start, but for what comes after the run, and for an
    activity after this one that has to start soon.
    """
    if activity.closed == "pause":
        return [ticks for ticks, _ in state.index.ways(activity, mode)]
    shortest, longest = state.index.least(activity, mode), state.index.wish(activity, mode)
    follows = (lag for lag in state.index.after[activity.id] if lag.after in state.placed)
    if activity.teardown or any(lag.max_lag is not None for lag in follows):
        return range(shortest, longest + 1)
    return (shortest,)


def _keeps_its_people(activity: Activity) -> bool:
    """Whether each need has the same people throughout its phase, without a break."""
    return activity.closed != "pause" and all(need.longest is None for need in activity.needs)


def _is_pair(state: State, activity: Activity) -> bool:
    """Whether there are two needs, of one phase, and nobody who takes part could be on duty."""
    if not _keeps_its_people(activity):
        return False
    if len(activity.needs) != 2 or activity.needs[0].phase != activity.needs[1].phase:
        return False
    if (activity.needs[0].phase, activity.setup) == ("setup", 0):
        return False
    if (activity.needs[0].phase, activity.teardown) == ("teardown", 0):
        return False
    qualified = state.index.qualified
    able = {person for need in activity.needs for person in qualified.get(need.qualification, ())}
    return not able & set(activity.participants)


def _each_need_is_alone(state: State, activity: Activity) -> bool:
    """Whether enough people for each need are enough for all: no two needs ask for one at one time."""
    index = state.index
    if not _keeps_its_people(activity):
        return False
    able = [set(index.qualified.get(need.qualification, ())) for need in activity.needs]
    if any(people & set(activity.participants) for people in able):
        return False
    for (need, people), (other, others) in combinations(zip(activity.needs, able, strict=True), 2):
        shared = [index.people[name] for name in people & others]
        if shared and (need.phase == other.phase or "all" in (need.phase, other.phase)):
            return False
        if any(p.max_day is not None or p.max_week is not None or p.min_rest for p in shared):
            return False
    return True


def _rules_of(state: State, activity: Activity) -> Iterator[Rule]:
    """The rules that can stand in the way of an activity at all."""
    index = state.index
    resources = {resource for mode in activity.modes for resource in mode.resources}
    closed = any(index.open[resource] != index.full for resource in resources)
    applies: dict[Rule, object] = {
        "utility": activity.draws,
        "people": activity.needs,
        "changeover": any(index.gaps[resource] for resource in resources),
        "busy": True,
        "group": activity.groups,
        "precedence": index.before[activity.id] or index.after[activity.id],
        "participant": activity.participants,
        "outage": any(index.outage[resource] for resource in resources),
        "calendar": closed and activity.closed != "run",
        "window": True,
    }
    return (rule for rule in RULES if applies[rule])
