"""Who is free when, and who is put on which duty."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from solver.problem import Activity, Need, Person
from solver.state.index import Index, Span, phase_span
from solver.state.masks import EVERY, Tally, has, interval, runs, shifted

People = tuple[tuple[str, ...], ...]

_NODES = 2_000
"""Most steps of the search for names; only needs that compete for the same people take many."""

_MOST_CHANGES = 200_000
"""So many changes of duty are remembered; then all that is kept of them is worked out anew."""


class Crew:
    """What people are held for, and what that leaves.

    Attributes
    ----------
    busy
        For each person the ticks of duty and of taking part.
    duties
        For each person the duties ``[start, end)`` that count for limits and rest.
    """

    def __init__(self, index: Index) -> None:
        self.index = index
        self.busy: dict[str, int] = dict.fromkeys(index.people, 0)
        self.duties: dict[str, list[Span]] = {person: [] for person in index.people}
        self._starts: dict[str, dict[int, int]] = {person: {} for person in index.people}
        self._changed: list[str] = []
        self._able_people: dict[tuple[str, int], Able] = {}

    def hold(self, person: str, span: Span, *, duty: bool) -> None:
        """Put a person on a duty, or down as taking part."""
        if span[0] >= span[1]:
            return
        self.busy[person] |= interval(*span)
        self._starts[person].clear()
        self._changed.append(person)
        if duty:
            self.duties[person].append(span)

    def release(self, person: str, span: Span, *, duty: bool) -> None:
        """Take back what `hold` did."""
        if span[0] >= span[1]:
            return
        self.busy[person] &= ~interval(*span)
        self._starts[person].clear()
        self._changed.append(person)
        if duty:
            self.duties[person].remove(span)

    def starts(self, person: str, qualification: str, ticks: int) -> int:
        """Ticks at which the person could begin a duty of `ticks` ticks with the qualification."""
        held = self.index.qualification_starts(person, qualification, ticks)
        return held & self.duty_starts(person, ticks) if held else 0

    def duty_starts(self, person: str, ticks: int) -> int:
        """Ticks at which the person is free, on shift and within the limits for `ticks` ticks."""
        if ticks <= 0:
            return EVERY
        known = self._starts[person]
        if ticks not in known:
            mask = runs(self.index.on_shift[person] & ~self.busy[person], ticks)
            known[ticks] = mask & ~self._forbidden(person, ticks) if mask else 0
        return known[ticks]

    def _forbidden(self, person: str, ticks: int) -> int:
        """Starts of a duty that would break a limit of the person."""
        who = self.index.people[person]
        mask = 0
        for limit, periods in ((who.max_day, self.index.days), (who.max_week, self.index.weeks)):
            if limit is not None:
                for start, end in periods:
                    used = sum(b - a for a, b in self.duties[person] if start <= a < end)
                    if used + ticks > limit:
                        mask |= interval(start, end)
        if who.min_rest:
            for start, end in self.duties[person]:
                day = self.index.day_of(start)
                same = interval(*self.index.days[day]) if 0 <= day < len(self.index.days) else 0
                mask |= interval(start - who.min_rest - ticks + 1, end + who.min_rest) & ~same
        return mask

    def enough(self, activity: Activity, duration: int) -> int:
        """Starts of a part at which each need alone finds enough people."""
        mask = EVERY
        for need in activity.needs:
            offset, ticks = _offset(activity, need, duration)
            if not ticks:
                continue
            able = self.able(need.qualification, ticks)
            mask &= shifted(able.tally.at_least(need.count), -offset)
            if not mask:
                break
        return mask

    def able(self, qualification: str, ticks: int) -> "Able":
        """When how many of those with the qualification could begin a duty of `ticks` ticks."""
        if len(self._changed) > _MOST_CHANGES:
            self._changed.clear()
            self._able_people.clear()
        key = (qualification, ticks)
        able = self._able_people.get(key)
        if able is None:
            people = self.index.qualified.get(qualification, [])
            able = self._able_people[key] = Able(people)
            stale: Iterable[str] = people
        else:
            recent = self._changed[able.seen :]
            stale = able.starts if len(recent) > len(able.starts) else able.starts.keys() & recent
        for person in stale:
            able.update(person, self.starts(person, qualification, ticks))
        able.seen = len(self._changed)
        return able

    def takes_part(self, activity: Activity, *, absences: bool = True) -> int:
        """Ticks in which all named participants are free (and not absent)."""
        mask = EVERY
        for person in activity.participants:
            mask &= ~self.busy[person]
            if absences:
                mask &= ~self.index.absent[person]
        return mask

    def choose(self, activity: Activity, start: int, duration: int, *, pinned: bool = False) -> People | None:
        """Names for each need of a part, or None if there are not enough.

        Parameters
        ----------
        pinned
            Do not ask for duty limits; the start may lie outside the horizon.
        """
        slots = []
        # As many able people as there are places, over all needs, are as good as all of them: the
        # other needs take at most the rest of the places, so that there is always one left.
        enough = sum(need.count for need in activity.needs)
        for number, need in enumerate(activity.needs):
            span = phase_span(activity, need.phase, start, duration)
            if span[0] == span[1]:
                continue  # a phase without length needs nobody
            able = list(islice(self._able(activity, need, span, duration, start, pinned), enough))
            if len(able) < need.count:
                return None
            slots.append((len(able) - need.count, number, need.count, span, able))
        slots.sort()
        chosen: list[list[str]] = [[] for _ in activity.needs]
        flat = [(number, span, able) for _, number, count, span, able in slots for _ in range(count)]
        if self._fill(flat, 0, chosen, {}, pinned, [_NODES]):
            return tuple(tuple(names) for names in chosen)
        return None

    def _able(
        self, activity: Activity, need: Need, span: Span, duration: int, start: int, pinned: bool
    ) -> Iterator[str]:
        """Those who could meet the need, the least versatile first."""
        outside: Collection[str] = ()
        if activity.participants and _meet(phase_span(activity, "run", start, duration), span):
            outside = activity.participants
        people = self.index.qualified.get(need.qualification, ())
        if pinned:
            for person in people:
                who = self.index.people[person]
                if person not in outside and self._pinned_can(who, need.qualification, span):
                    yield person
            return
        starts = self.able(need.qualification, span[1] - span[0]).starts
        for person in people:
            if starts[person] >> span[0] & 1 and person not in outside:
                yield person

    def able_when_pinned(self, activity: Activity, need: Need, start: int, duration: int) -> Iterator[str]:
        """Those who could meet a need of a pinned part, the least versatile first."""
        span = phase_span(activity, need.phase, start, duration)
        return self._able(activity, need, span, duration, start, pinned=True)

    def _pinned_can(self, who: Person, qualification: str, span: Span) -> bool:
        """Whether a person is there and free for a pinned duty, which may stick out of the horizon."""
        index = self.index
        ticks = interval(*span)
        if ticks & self.busy[who.id]:
            return False
        if span[0] >= 0 and span[1] <= index.horizon:
            return not ticks & ~(
                index.on_shift[who.id] & index.qualification_starts(who.id, qualification, 1)
            )
        return (
            any(q.id == qualification and _covers((q.start, q.end), span) for q in who.qualifications)
            and (who.shifts is None or any(_covers((w.start, w.end), span) for w in who.shifts))
            and not any(_meet((w.start, w.end), span) for w in who.absences)
        )

    def _fill(
        self,
        slots: Sequence[tuple[int, Span, list[str]]],
        at: int,
        chosen: list[list[str]],
        taken: dict[str, list[Span]],
        pinned: bool,
        nodes: list[int],
    ) -> bool:
        """Give each slot a person by depth-first search; `taken` are the duties given so far."""
        if at == len(slots):
            return True
        number, span, able = slots[at]
        # The people of one need are given out in order, so that no set of names is tried twice.
        after = able.index(chosen[number][-1]) + 1 if chosen[number] else 0
        for person in able[after:]:
            nodes[0] -= 1
            if nodes[0] < 0:
                return False
            mine = taken.get(person, [])
            if mine and not self._together(self.index.people[person], mine, span, pinned):
                continue
            chosen[number].append(person)
            taken[person] = [*mine, span]
            if self._fill(slots, at + 1, chosen, taken, pinned, nodes):
                return True
            chosen[number].pop()
            taken[person] = mine
        return False

    def _together(self, who: Person, mine: list[Span], span: Span, pinned: bool) -> bool:
        """Whether a person can take `span` besides the duties of the same part."""
        if any(_meet(other, span) for other in mine):
            return False
        if pinned:
            return True
        index = self.index
        for limit, number in ((who.max_day, index.day_of), (who.max_week, index.week_of)):
            if limit is not None:
                period = number(span[0])
                duties = [*self.duties[who.id], *mine, span]
                if sum(b - a for a, b in duties if number(a) == period) > limit:
                    return False
        day = index.day_of(span[0])
        return all(
            index.day_of(a) == day or b + who.min_rest <= span[0] or span[1] + who.min_rest <= a
            for a, b in mine
        )

    def admits(self, activity: Activity, start: int, duration: int, people: People) -> bool:
        """Whether the named people can do the part as things stand."""
        if len(people) != len(activity.needs):
            return False
        run = phase_span(activity, "run", start, duration)
        taken: dict[str, list[Span]] = {}
        for need, names in zip(activity.needs, people, strict=True):
            span = phase_span(activity, need.phase, start, duration)
            count = need.count if span[0] < span[1] else 0
            if len(set(names)) != count or len(names) != count:
                return False
            for person in names:
                if person not in self.busy or (person in activity.participants and _meet(run, span)):
                    return False
                if not has(self.starts(person, need.qualification, span[1] - span[0]), span[0]):
                    return False
                mine = taken.setdefault(person, [])
                if mine and not self._together(self.index.people[person], mine, span, False):
                    return False
                mine.append(span)
        return True


class Able:
    """For one qualification and length of duty the starts that each person has left.

    Attributes
    ----------
    starts
        For each person with the qualification the mask of the possible starts.
    tally
        How many of them could start at each tick.
    seen
        How much of the changes of the crew is taken in.
    """

    def __init__(self, people: Iterable[str]) -> None:
        self.starts = dict.fromkeys(people, 0)
        self.tally = Tally()
        self.seen = 0

    def update(self, person: str, starts: int) -> None:
        """Take in what a person has left."""
        before = self.starts[person]
        if starts != before:
            self.tally.remove(before & ~starts)
            self.tally.add(starts & ~before)
            self.starts[person] = starts


def _offset(activity: Activity, need: Need, duration: int) -> Span:
    """Where the phase of a need begins, from the start of the part, and its ticks."""
    begin, end = phase_span(activity, need.phase, 0, duration)
    return begin, end - begin


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _covers(window: Span, span: Span) -> bool:
    return window[0] <= span[0] and span[1] <= window[1]
