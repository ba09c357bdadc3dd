"""Who is free when, and who is put on which duty."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from solver.problem import Activity, Mode, Need, Person
from solver.state.able import Able
from solver.state.index import Index, Span, phase_span
from solver.state.masks import EVERY, at_least, has, interval, runs, shifted
from solver.state.work import Spans, cross, meet, neighbours, relay, shared

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

    def enough(self, activity: Activity, mode: Mode, duration: int) -> int:
        """Starts of a part at which each need alone finds enough people.

        Of a run that pauses, or that people share, some starts are left for `choose` to refuse.
        """
        mask = EVERY
        pauses = activity.closed == "pause" and duration > self.index.wish(activity, mode)
        for need in activity.needs:
            offset, ticks = _offset(activity, need, duration)
            if not ticks:
                continue
            if pauses:
                mask &= self._enough_between_pauses(activity, mode, need, duration)
            elif need.longest is None:
                able = self.able(need.qualification, ticks)
                mask &= shifted(able.tally.at_least(need.count), -offset)
            else:
                for ((start, end),) in relay(((offset, offset + ticks),), need.longest):
                    able = self.able(need.qualification, end - start)
                    mask &= shifted(able.tally.at_least(need.count), -start)
            if not mask:
                break
        return mask

    def _enough_between_pauses(self, activity: Activity, mode: Mode, need: Need, duration: int) -> int:
        """Starts at which enough people are there in all ticks of work; those of one duty the same."""
        offset, ticks = _offset(activity, need, duration)
        pauses = self.index.calendar.closed_mask(mode)
        there = [
            self.index.qualification_starts(person, need.qualification, 1)
            & self.index.on_shift[person]
            & ~self.busy[person]
            for person in self.index.qualified.get(need.qualification, ())
        ]
        if need.longest is not None:
            return shifted(runs(at_least(there, need.count) | pauses, ticks), -offset)
        return shifted(at_least((runs(mask | pauses, ticks) for mask in there), need.count), -offset)

    def able(self, qualification: str, ticks: int) -> Able:
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

    def choose(
        self, activity: Activity, mode: Mode, start: int, duration: int, *, pinned: bool = False
    ) -> People | None:
        """Names for each need of a part, or None if there are not enough.

        Parameters
        ----------
        pinned
            Do not ask for duty limits; the start may lie outside the horizon.
        """
        # A phase without work needs nobody.
        calendar = self.index.calendar
        duties = [calendar.duties(activity, mode, need, start, duration) for need in activity.needs]
        # As many able people as there are places, over all needs, are as good as all of them: the
        # other needs take at most the rest of the places, so that there is always one left.
        enough, relieved = 0, False
        for need, own in zip(activity.needs, duties, strict=True):
            enough += need.count * len(own)
            relieved = relieved or len(own) > 1
        run: Spans = ()
        if activity.participants:
            run = calendar.pieces(activity, mode, "run", start, duration)
        slots: list[tuple[int, int, int, Spans, list[str]]] = []
        chosen: list[list[str]] = []
        for need, own in zip(activity.needs, duties, strict=True):
            for pieces in own:
                outside = activity.participants if run and cross(run, pieces) else ()
                able = list(islice(self.able_for(need.qualification, pieces, outside, pinned), enough))
                if len(able) < need.count:
                    return None
                slots.append((len(able) - need.count, len(chosen), need.count, pieces, able))
                chosen.append([])
        beside = neighbours(duties) if relieved else {}
        slots.sort()
        flat = [(number, pieces, able) for _, number, count, pieces, able in slots for _ in range(count)]
        if not self._fill(flat, 0, chosen, {}, beside, pinned, [_NODES]):
            return None
        if not beside and all(duties):
            return tuple(map(tuple, chosen))
        rows = iter(chosen)
        return tuple(tuple(name for _ in own for name in next(rows)) for own in duties)

    def able_for(
        self, qualification: str, pieces: Spans, outside: Collection[str] = (), pinned: bool = False
    ) -> Iterator[str]:
        """Those who could do a duty, the least versatile first; none of those `outside`."""
        people = self.index.qualified.get(qualification, ())
        if pinned:
            for person in people:
                who = self.index.people[person]
                if person not in outside and all(
                    self._pinned_can(who, qualification, piece) for piece in pieces
                ):
                    yield person
            return
        start, end = pieces[0]
        starts = self.able(qualification, end - start).starts
        broken = len(pieces) > 1
        for person in people:
            if not starts[person] >> start & 1 or person in outside:
                continue
            if not broken or self.can(person, qualification, pieces):
                yield person

    def can(self, person: str, qualification: str, pieces: Spans, mine: Sequence[Span] = ()) -> bool:
        """Whether a person can do a duty besides those of the same part, given in `mine`."""
        taken = list(mine)
        for piece in pieces:
            if not has(self.starts(person, qualification, piece[1] - piece[0]), piece[0]):
                return False
            if taken and not self._together(self.index.people[person], taken, piece, False):
                return False
            taken.append(piece)
        return True

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
            and not any(meet((w.start, w.end), span) for w in who.absences)
        )

    def _fill(
        self,
        slots: Sequence[tuple[int, Spans, list[str]]],
        at: int,
        chosen: list[list[str]],
        taken: dict[str, list[Span]],
        beside: Mapping[int, Sequence[int]],
        pinned: bool,
        nodes: list[int],
    ) -> bool:
        """Give each slot a person by depth-first search; `taken` are the duties given so far."""
        if at == len(slots):
            return True
        number, pieces, able = slots[at]
        # The people of one duty are given out in order, so that no set of names is tried twice.
        after = able.index(chosen[number][-1]) + 1 if chosen[number] else 0
        for person in able[after:]:
            nodes[0] -= 1
            if nodes[0] < 0:
                return False
            mine = taken.get(person, [])
            if mine and not self._besides(person, mine, pieces, pinned):
                continue
            if beside and any(person in chosen[other] for other in beside.get(number, ())):
                continue
            chosen[number].append(person)
            taken[person] = [*mine, *pieces]
            if self._fill(slots, at + 1, chosen, taken, beside, pinned, nodes):
                return True
            chosen[number].pop()
            taken[person] = mine
        return False

    def _besides(self, person: str, mine: list[Span], pieces: Spans, pinned: bool) -> bool:
        """Whether a person can take a duty besides others of the same part."""
        who = self.index.people[person]
        if len(pieces) == 1:
            return self._together(who, mine, pieces[0], pinned)
        return all(
            self._together(who, [*mine, *pieces[:number]], piece, pinned)
            for number, piece in enumerate(pieces)
        )

    def _together(self, who: Person, mine: list[Span], span: Span, pinned: bool) -> bool:
        """Whether a person can take `span` besides the duties of the same part."""
        if any(meet(other, span) for other in mine):
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

    def admits(self, activity: Activity, mode: Mode, start: int, duration: int, people: People) -> bool:
        """Whether the named people can do the part as things stand."""
        if len(people) != len(activity.needs):
            return False
        calendar = self.index.calendar
        run: Spans = ()
        if activity.participants:
            run = calendar.pieces(activity, mode, "run", start, duration)
        taken: dict[str, list[Span]] = {}
        for need, names in zip(activity.needs, people, strict=True):
            duties = calendar.duties(activity, mode, need, start, duration)
            if len(names) != need.count * len(duties):
                return False
            before: tuple[str, ...] = ()
            for own, pieces in zip(shared(names, need.count, len(duties)), duties, strict=True):
                if len(set(own)) != need.count or not set(own).isdisjoint(before):
                    return False
                before = own
                for person in own:
                    if person not in self.busy or (person in activity.participants and cross(run, pieces)):
                        return False
                    mine = taken.setdefault(person, [])
                    if not self.can(person, need.qualification, pieces, mine):
                        return False
                    mine += pieces
        return True


def _offset(activity: Activity, need: Need, duration: int) -> Span:
    """Where the phase of a need begins, from the start of the part, and its ticks."""
    begin, end = phase_span(activity, need.phase, 0, duration)
    return begin, end - begin


def _covers(window: Span, span: Span) -> bool:
    return window[0] <= span[0] and span[1] <= window[1]
