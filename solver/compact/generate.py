"""Serial schedule generation on packed counts: one schedule of a lean problem in well under a millisecond.

Notes
-----
The counts of all resources at a tick stand side by side in one Python integer, each in a field with
a guard bit: a demand is added to a stretch of ticks, and held against what is free there, in one step.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from solver.compact.lean import Lean


@dataclass(frozen=True, slots=True)
class Built:
    """A schedule: the start of each activity, who works on it (masks for each need), the last end."""

    end: int
    starts: list[int]
    people: list[tuple[int, ...]]


class Generator:
    """Places activities one after another, each as early as it can start.

    Parameters
    ----------
    backwards
        Whether time runs from the end of the schedule to its beginning; only for steady problems.
    """

    def __init__(self, lean: Lean, *, backwards: bool = False) -> None:
        if backwards and not lean.steady:
            raise ValueError("time runs backwards only where all ticks are alike")
        self._lean = lean
        self._backwards = backwards
        self._count = len(lean.names)
        waits = lean.after if backwards else lean.before
        self.waits = [[other for other, _ in each] for each in waits]
        self._direct = [[other for other, lag in each if not lag] for each in waits]
        self._lagged = [[(other, lag) for other, lag in each if lag] for each in waits]
        self._release = list(lean.release)
        self._latest = list(lean.latest)
        self._absent = list(lean.absent) or [0] * lean.horizon
        self._everybody = (1 << len(lean.people)) - 1
        self._unions = [_unions(each) for each in lean.needs]
        self._pack()

    def _pack(self) -> None:
        lean = self._lean
        places, width = [], 0
        for each in lean.fields:
            places.append((width, each.most.bit_length() + 1))
            width += places[-1][1]
        self._width = width = max(1, width)
        ones: dict[int, int] = {}
        for ticks in set(lean.ticks):
            ones[ticks] = sum(1 << (width * tick) for tick in range(ticks))
        high = sum(1 << (at + bits - 1) for at, bits in places)
        self._high = [ones[ticks] * high for ticks in lean.ticks]
        self._stretch = [(1 << (width * ticks)) - 1 for ticks in lean.ticks]
        self._asked, self._test = [], []
        for activity, ticks in enumerate(lean.ticks):
            asked = test = 0
            for (at, bits), each in zip(places, lean.fields, strict=True):
                if units := each.asked[activity]:
                    asked |= units << at
                    # Taken + asked reaches the guard bit only if it exceeds what there is.
                    test |= (units + (1 << (bits - 1)) - 1 - each.most) << at
            self._asked.append(asked * ones[ticks])
            self._test.append(test * ones[ticks])
        self._taken = 0
        if any(any(each.taken) for each in lean.fields):
            for tick in range(lean.horizon):
                row = sum(each.taken[tick] << at for (at, _), each in zip(places, lean.fields, strict=True))
                self._taken |= row << (width * tick)

    def in_order(self, keys: Sequence[float]) -> list[int]:
        """Activities by key, each after those that it waits for."""
        waiting = [len(each) for each in self.waits]
        order = sorted(range(self._count), key=keys.__getitem__)
        if self._is_possible(order):
            return order
        raised = list(keys)
        numbers = range(self._count)
        for activity in reversed(numbers) if self._backwards else numbers:
            if waiting[activity]:
                least = max(raised[other] for other in self.waits[activity])
                if raised[activity] <= least:
                    raised[activity] = least + 1e-6
        return sorted(numbers, key=raised.__getitem__)

    def _is_possible(self, order: Sequence[int]) -> bool:
        place = [0] * self._count
        for at, activity in enumerate(order):
            place[activity] = at
        return all(
            place[other] < place[activity] for activity, each in enumerate(self.waits) for other in each
        )

    def build(self, order: Sequence[int]) -> Built | None:
        """The schedule in an order in which none waits for a later one; None if one finds no place."""
        lean, width, profile = self._lean, self._width, self._taken
        ticks, release, latest = lean.ticks, self._release, self._latest
        direct, lagged = self._direct, self._lagged
        stretch, test, high, asked = self._stretch, self._test, self._high, self._asked
        unions = self._unions
        peopled = bool(lean.people)
        absent = self._absent[:] if peopled else []
        starts, ends = [0] * self._count, [0] * self._count
        people: list[tuple[int, ...]] = [()] * self._count
        for activity in order:
            start = release[activity]
            for other in direct[activity]:
                if ends[other] > start:
                    start = ends[other]
            for other, lag in lagged[activity]:
                if ends[other] + lag > start:
                    start = ends[other] + lag
            window, trial, guard = stretch[activity], test[activity], high[activity]
            duration = ticks[activity]
            while True:
                over = (((profile >> (start * width)) & window) + trial) & guard
                if over:
                    # Whatever starts up to the last tick that is too full meets that tick as well.
                    start += (over.bit_length() - 1) // width + 1
                    continue
                if start > latest[activity]:
                    return None
                if not unions[activity]:
                    break
                busy = 0
                for away in absent[start : start + duration]:
                    busy |= away
                free = self._everybody & ~busy
                for union, count in unions[activity]:
                    if (free & union).bit_count() < count:
                        break
                else:
                    people[activity] = chosen = choose(lean.needs[activity], free)
                    held = 0
                    for each in chosen:
                        held |= each
                    for tick in range(start, start + duration):
                        absent[tick] |= held
                    break
                start += 1
            profile += asked[activity] << (start * width)
            starts[activity] = start
            ends[activity] = start + duration
        return Built(max(lean.end, max(ends)), starts, people)


def _unions(needs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """For each set of needs all who can meet one of them, and how many it takes (Hall's condition)."""
    found: list[tuple[int, int]] = []
    for mask, count in needs:
        found += [(union | mask, most + count) for union, most in found]
        found.append((mask, count))
    strictest: dict[int, int] = {}
    for union, count in found:
        strictest[union] = max(count, strictest.get(union, 0))
    return sorted(strictest.items(), key=lambda each: each[0].bit_count() - each[1])


def choose(needs: Sequence[tuple[int, int]], free: int) -> tuple[int, ...]:
    """People for each need out of `free`, who are enough, as masks; the least sought after are taken.

    Notes
    -----
    Sets of people who can be given places are independent in a transversal matroid, so that taking
    them in order of price, each by an augmenting path, takes the cheapest set of all.
    """
    chosen = [0] * len(needs)
    left = sum(count for _, count in needs)
    while left:
        person = free & -free
        if not person:
            raise ValueError("not enough people for these needs")
        free ^= person
        if _seat(needs, chosen, person, 0):
            left -= 1
    return tuple(chosen)


def _seat(needs: Sequence[tuple[int, int]], chosen: list[int], person: int, tried: int) -> bool:
    """Give a person a place, moving others to where they can be as well."""
    for number, (able, count) in enumerate(needs):
        if not able & person or tried >> number & 1:
            continue
        if chosen[number].bit_count() < count:
            chosen[number] |= person
            return True
        tried |= 1 << number
        seated = chosen[number]
        while seated:
            other = seated & -seated
            seated ^= other
            if _seat(needs, chosen, other, tried):
                chosen[number] = chosen[number] & ~other | person
                return True
    return False
