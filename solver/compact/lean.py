"""A problem without alternatives as plain numbers, for search that builds thousands of schedules.

Lean are activities of fixed length in one mode, bound only by lags, release and deadline, shared
resources, and people who work whenever they are there. Everything else is left to `State`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from solver.problem import Activity, Phase
from solver.search.construct import place_pinned
from solver.state.index import Index, length, phase_span
from solver.state.masks import has
from solver.state.state import State

_MOST_FIELDS = 120
"""Most counts kept for each tick; unions of qualifications are given up first."""


@dataclass(frozen=True, slots=True)
class Field:
    """Something of which at most `most` units can be taken at a time.

    Attributes
    ----------
    taken
        Units that are taken from the beginning at each tick, over the horizon.
    asked
        Units that each activity takes.
    """

    most: int
    taken: tuple[int, ...]
    asked: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lean:
    """Activities by number, each after all those that it waits for.

    Attributes
    ----------
    ticks
        Of each activity, setup and teardown included.
    release, latest
        First and last start of each, from its own dates and from what is pinned.
    before, after
        For each activity pairs of another that comes before (after) it and the least lag.
    needs
        For each activity pairs of a set of people, as a mask, and how many of them it needs, in the
        order of `Activity.needs`.
    people
        Ids of the people, of whom bit ``i`` of a mask is number ``i``, the least sought after first.
    absent
        For each tick the people who are not there.
    steady
        Whether every tick is like any other, so that time may run backwards.
    end
        Last end of what is pinned, at least 0.
    """

    names: tuple[str, ...]
    ticks: tuple[int, ...]
    release: tuple[int, ...]
    latest: tuple[int, ...]
    before: tuple[tuple[tuple[int, int], ...], ...]
    after: tuple[tuple[tuple[int, int], ...], ...]
    fields: tuple[Field, ...]
    needs: tuple[tuple[tuple[int, int], ...], ...]
    people: tuple[str, ...]
    absent: tuple[int, ...]
    steady: bool
    horizon: int
    end: int

    def lower_bound(self) -> int:
        """No schedule ends earlier: the longest path, and the work on each resource."""
        heads = list(self.release)
        for a in range(len(heads)):
            heads[a] = max([heads[a], *(heads[b] + self.ticks[b] + lag for b, lag in self.before[a])])
        tails = [0] * len(heads)
        for a in reversed(range(len(heads))):
            tails[a] = max([0, *(tails[c] + self.ticks[c] + lag for c, lag in self.after[a])])
        best = max([self.end, *(h + t + q for h, t, q in zip(heads, self.ticks, tails, strict=True))])
        for each in self.fields:
            best = max(best, _work_bound(each, self.ticks, heads, tails))
        return best


def _work_bound(each: Field, ticks: Sequence[int], heads: Sequence[int], tails: Sequence[int]) -> int:
    """Earliest end by one resource: after a head, the work of all that cannot begin before, then a tail."""
    users = [a for a, units in enumerate(each.asked) if units]
    best = 0
    for head in sorted({heads[a] for a in users}):
        late = sorted((a for a in users if heads[a] >= head), key=lambda a: -tails[a])
        work = 0
        for a in late:
            work += ticks[a] * each.asked[a]
            best = max(best, head - (-work // each.most) + tails[a])
    return best


def lean(index: Index) -> Lean | None:
    """The problem as numbers; None if it has more to it."""
    movable = [a for a in index.activities.values() if a.pin is None]
    if not movable or not all(_is_plain(index, activity) for activity in movable):
        return None
    if not all(_is_plain_person(index, person) for person in index.people):
        return None
    state = State(index)
    place_pinned(state)
    return _Reader(index, state, _before_first(index, movable)).read()


def _is_plain(index: Index, activity: Activity) -> bool:
    """Whether an activity has one mode and length, and only rules that are kept here."""
    if len(activity.modes) != 1 or activity.most_parts != 1 or not activity.mandatory:
        return False
    mode = activity.modes[0]
    if index.least(activity, mode) != index.wish(activity, mode):
        return False
    if activity.closed != "avoid" and any(index.open[r] != index.full for r in mode.resources):
        return False
    if any(need.longest is not None for need in activity.needs):
        return False
    if activity.windows or mode.windows or activity.groups or activity.participants:
        return False
    if activity.configuration is not None and any(index.gaps[r] for r in mode.resources):
        return False
    if any(units > index.resources[r].capacity for r, units in index.demands(mode)):
        return False
    lags = [*index.before[activity.id], *index.after[activity.id]]
    if any(lag.max_lag is not None or lag.same_resource or lag.min_lag < 0 for lag in lags):
        return False
    if any(index.utilities[draw.utility].per == "day" for draw in activity.draws):
        return False
    phases = {need.phase for need in activity.needs} | {draw.phase for draw in activity.draws}
    return all(_is_whole(index, activity, phase) for phase in phases)


def _is_whole(index: Index, activity: Activity, phase: Phase) -> bool:
    duration = index.wish(activity, activity.modes[0])
    return phase_span(activity, phase, 0, duration) == (0, length(activity, duration))


def _is_plain_person(index: Index, name: str) -> bool:
    """Whether a person has no limits, and holds each qualification all the time."""
    person = index.people[name]
    if person.max_day is not None or person.max_week is not None or person.min_rest:
        return False
    return all(q.start <= 0 and q.end >= index.horizon for q in person.qualifications)


def _before_first(index: Index, activities: Sequence[Activity]) -> list[str]:
    """Ids, each after all that it waits for."""
    names = dict.fromkeys(activity.id for activity in activities)
    waits = {name: sum(lag.before in names for lag in index.before[name]) for name in names}
    done = [name for name in names if not waits[name]]
    for name in done:
        for lag in index.after[name]:
            if lag.after in waits:
                waits[lag.after] -= 1
                if not waits[lag.after]:
                    done.append(lag.after)
    return done


class _Reader:
    """Reads a plain problem; `state` holds what is pinned."""

    def __init__(self, index: Index, state: State, names: Sequence[str]) -> None:
        self._index = index
        self._state = state
        self._names = names
        self._activities = [index.activities[name] for name in names]
        self._horizon = index.horizon

    def read(self) -> Lean | None:
        index, state = self._index, self._state
        number = {name: i for i, name in enumerate(self._names)}
        ticks = tuple(length(a, index.wish(a, a.modes[0])) for a in self._activities)
        people = self._people()
        bit = {person: 1 << i for i, person in enumerate(people)}
        needs = tuple(
            tuple(
                (sum(bit[p] for p in index.qualified.get(need.qualification, ())), need.count)
                for need in a.needs
            )
            for a in self._activities
        )
        if any(mask.bit_count() < count for each in needs for mask, count in each):
            return None
        absent = tuple(self._absent(bit, tick) for tick in range(self._horizon)) if people else ()
        fields = [*self._resources(), *self._utilities()]
        fields += self._unions(needs, absent, _MOST_FIELDS - len(fields))
        if any(units > each.most for each in fields for units in each.asked):
            return None
        release = tuple(self._release(a) for a in self._activities)
        latest = tuple(self._latest(a, t) for a, t in zip(self._activities, ticks, strict=True))
        end = max([0, *(state.end(name) for name in state.placed)])
        dated = end or any(release) or any(s + t < self._horizon for s, t in zip(latest, ticks, strict=True))
        bound = any(absent) or any(any(each.taken) for each in fields)
        return Lean(
            names=tuple(self._names),
            ticks=ticks,
            release=release,
            latest=latest,
            before=tuple(
                tuple((number[g.before], g.min_lag) for g in index.before[n] if g.before in number)
                for n in self._names
            ),
            after=tuple(
                tuple((number[g.after], g.min_lag) for g in index.after[n] if g.after in number)
                for n in self._names
            ),
            fields=tuple(fields),
            needs=needs,
            people=people,
            absent=absent,
            steady=not dated and not bound,
            horizon=self._horizon,
            end=end,
        )

    def _release(self, activity: Activity) -> int:
        ends = (
            self._state.end(lag.before) + lag.min_lag
            for lag in self._index.before[activity.id]
            if lag.before in self._state.placed
        )
        return max([0, activity.release or 0, *ends])

    def _latest(self, activity: Activity, ticks: int) -> int:
        deadline = self._horizon if activity.deadline is None else min(activity.deadline, self._horizon)
        starts = (
            self._state.start(lag.after) - lag.min_lag
            for lag in self._index.after[activity.id]
            if lag.after in self._state.placed
        )
        return min([deadline, *starts]) - ticks

    def _resources(self) -> list[Field]:
        index, state = self._index, self._state
        asked: dict[str, list[int]] = {}
        for number, activity in enumerate(self._activities):
            for resource, units in index.demands(activity.modes[0]):
                asked.setdefault(resource, [0] * len(self._activities))[number] += units
        found = []
        for resource, total in asked.items():
            most = index.resources[resource].capacity
            open_ticks = index.open[resource] & ~index.outage[resource]
            if resource in state.lines:
                open_ticks &= ~state.lines[resource].busy
                left = [most] * self._horizon
            else:
                left = [int(each) for each in state.pools[resource].left]
            found.append(Field(most, _taken(most, left, open_ticks), tuple(total)))
        return [each for each in found if _binds(each)]

    def _utilities(self) -> list[Field]:
        asked: dict[str, list[int]] = {}
        for number, activity in enumerate(self._activities):
            for draw in activity.draws:
                asked.setdefault(draw.utility, [0] * len(self._activities))[number] += draw.amount
        found = []
        for utility, amounts in asked.items():
            left = [int(each) for each in self._state.power[utility].left]
            most = max([1, *left, *amounts])
            found.append(Field(most, _taken(most, left, self._index.full), tuple(amounts)))
        return [each for each in found if _binds(each)]

    def _people(self) -> tuple[str, ...]:
        """Those who can be of use, first those whose qualifications are asked for least."""
        index = self._index
        asked: dict[str, int] = {}
        for activity in self._activities:
            ticks = index.wish(activity, activity.modes[0])
            for need in activity.needs:
                asked[need.qualification] = asked.get(need.qualification, 0) + need.count * ticks
        sought = {
            person: sum(
                asked[q.id] / len(index.qualified[q.id])
                for q in index.people[person].qualifications
                if q.id in asked
            )
            for person in index.people
        }
        return tuple(sorted((p for p in sought if sought[p]), key=lambda p: (sought[p], p)))

    def _absent(self, bit: dict[str, int], tick: int) -> int:
        index, busy = self._index, self._state.crew.busy
        return sum(
            mask for person, mask in bit.items() if not has(index.on_shift[person] & ~busy[person], tick)
        )

    def _unions(
        self, needs: Sequence[Sequence[tuple[int, int]]], absent: Sequence[int], room: int
    ) -> list[Field]:
        """For sets of qualifications all who hold one of them: no more are needed at a time."""
        singles = sorted({mask for each in needs for mask, _ in each})
        if not singles:
            return []
        unions = dict.fromkeys(singles)
        whole = 0
        for mask in singles:
            whole |= mask
        unions.setdefault(whole)
        for size in range(2, len(singles)):
            for chosen in combinations(singles, size):
                if len(unions) >= room:
                    break
                union = 0
                for mask in chosen:
                    union |= mask
                unions.setdefault(union)
            if len(unions) >= room:
                break
        fields = []
        for union in unions:
            # Whoever can only be taken from the union counts, whatever the qualification.
            asked = [sum(count for mask, count in each if not mask & ~union) for each in needs]
            if any(asked):
                most = union.bit_count()
                taken = tuple((union & away).bit_count() for away in absent)
                fields.append(Field(most, taken, tuple(asked)))
        return [each for each in fields if _binds(each)]


def _taken(most: int, left: Sequence[int], open_ticks: int) -> tuple[int, ...]:
    """What is not to be had at each tick: all of it where it is closed."""
    return tuple(
        most - min(most, max(0, units)) if has(open_ticks, tick) else most for tick, units in enumerate(left)
    )


def _binds(each: Field) -> bool:
    """Whether it can be too much if all activities take place at once."""
    return any(each.taken) or sum(each.asked) > each.most
