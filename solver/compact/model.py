"""CP-SAT model of a lean problem, whole or a stretch of time of it.

People who can do the same are one class. Names are given afterwards: as long as no more of a class are
held at a time than there are, some of them are free whenever the next activity begins.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from solver.compact.generate import Built
from solver.compact.lean import Field, Lean


@dataclass(frozen=True, slots=True)
class Taken:
    """How many of one class work on one activity, in all and for each need (number and count)."""

    total: cp_model.LinearExprT
    shares: tuple[tuple[int, cp_model.IntVar | int], ...]


class CompactModel:
    """A lean problem, to end before or together with a schedule that is known.

    Parameters
    ----------
    known
        A schedule: the hint, and no later end is allowed.
    lower_bound
        No schedule ends earlier.
    free
        Activities that are placed anew; None: all. Of the others those that start before all free
        ones end stay where they are, and the later ones move together, towards the beginning.
    sooner
        At least so much sooner it has to end.
    """

    def __init__(
        self,
        lean: Lean,
        known: Built,
        lower_bound: int,
        free: Collection[int] | None = None,
        *,
        sooner: int = 0,
    ) -> None:
        self.lean = lean
        self.cp = cp_model.CpModel()
        self._known = known
        self._first_end = min(lower_bound, known.end - sooner)
        self.end = self.cp.new_int_var(self._first_end, known.end - sooner, "")
        numbers = range(len(lean.names))
        self._free = frozenset(numbers if free is None else free)
        if not sooner:
            self.cp.add_hint(self.end, known.end)
        self._last = max([0, *(known.starts[a] + lean.ticks[a] for a in self._free)])
        self._middle = min([known.end, *(known.starts[a] for a in self._free)])
        self._first, self._past = self._meeting()
        self._starts: list[cp_model.LinearExprT] = [self._start(a) for a in numbers]
        self._kept = [a for a in numbers if self._matters(a)]
        self._intervals = {
            a: self.cp.new_fixed_size_interval_var(self._starts[a], lean.ticks[a], "") for a in self._kept
        }
        self._lags()
        for each in lean.fields:
            self._cumulative(each)
        self._classes = classes(lean)
        self._taken: list[dict[int, Taken]] = [{} for _ in lean.names]
        if lean.people:
            self._people()
        self.cp.minimize(self.end)

    def _later(self, activity: int) -> bool:
        """Whether an activity that is not free moves with the end."""
        return activity not in self._free and self._known.starts[activity] >= self._middle

    def _start(self, activity: int) -> cp_model.LinearExprT:
        lean, known = self.lean, self._known
        at = known.starts[activity]
        if activity not in self._free:
            if not self._later(activity):
                return at
            if at - lean.release[activity] < known.end - self._first_end:
                self.cp.add(self.end >= known.end - (at - lean.release[activity]))
            return self.end - (known.end - at)
        last = min(lean.latest[activity], self._last - lean.ticks[activity])
        start = self.cp.new_int_var(lean.release[activity], last, "")
        self.cp.add_hint(start, at)
        return start

    def _matters(self, activity: int) -> bool:
        """Whether an activity may meet one that moves otherwise than it."""
        start = self._known.starts[activity]
        if activity in self._free:
            return True
        if self._later(activity):
            return start - (self._known.end - self._first_end) < self._past
        return start + self.lean.ticks[activity] > self._first

    def _meeting(self) -> tuple[int, int]:
        """From when to when something moves against something else."""
        lean, known = self.lean, self._known
        firsts, lasts = [], [self._last]
        for a, start in enumerate(known.starts):
            if a in self._free:
                stay = (b for b, _ in lean.before[a] if b not in self._free and not self._later(b))
                firsts.append(max([lean.release[a], *(known.starts[b] + lean.ticks[b] for b in stay)]))
            elif self._later(a):
                firsts.append(start - (known.end - self._first_end))
            else:
                lasts.append(start + lean.ticks[a])
        return min(firsts, default=0), max(lasts)

    def _lags(self) -> None:
        lean = self.lean
        for a in range(len(lean.names)):
            for other, lag in lean.before[a]:
                # Two that are not free keep their distance, or are moved by what stands between them.
                if a in self._free or other in self._free or self._later(a) != self._later(other):
                    self.cp.add(self._starts[a] >= self._starts[other] + lean.ticks[other] + lag)
            if a in self._free and not lean.after[a]:
                self.cp.add(self.end >= self._starts[a] + lean.ticks[a])
            elif a not in self._free and not self._later(a):
                self.cp.add(self.end >= self._known.starts[a] + lean.ticks[a])
        if lean.end:
            self.cp.add(self.end >= lean.end)

    def _cumulative(self, each: Field) -> None:
        users = [a for a in self._kept if each.asked[a]]
        intervals = [self._intervals[a] for a in users]
        amounts = [each.asked[a] for a in users]
        for start, end, units in _stretches(each.taken):
            intervals.append(self.cp.new_fixed_size_interval_var(start, end - start, ""))
            amounts.append(units)
        if len(intervals) < 2:
            return
        if each.most == 1:
            self.cp.add_no_overlap(intervals)
        else:
            self.cp.add_cumulative(intervals, amounts, each.most)

    def _people(self) -> None:
        lean, cp = self.lean, self.cp
        for a, needs in enumerate(lean.needs):
            shares: dict[int, list[tuple[int, cp_model.IntVar | int]]] = defaultdict(list)
            for number, (able, count) in enumerate(needs):
                given: list[cp_model.LinearExprT] = []
                for group, members in enumerate(self._classes):
                    if not members & able:
                        continue
                    held = (self._known.people[a][number] & members).bit_count()
                    share: cp_model.IntVar | int = held
                    if a in self._free:
                        share = cp.new_int_var(0, min(count, members.bit_count()), "")
                        cp.add_hint(share, held)
                        given.append(share)
                    if a in self._free or held:
                        shares[group].append((number, share))
                if given:
                    cp.add(sum(given) == count)
            for group, each in shares.items():
                self._taken[a][group] = Taken(self._total(a, group, each), tuple(each))
        for group, members in enumerate(self._classes):
            self._class(group, members)

    def _total(
        self, activity: int, group: int, shares: Sequence[tuple[int, cp_model.IntVar | int]]
    ) -> cp_model.LinearExprT:
        """How many of a class an activity takes for all its needs."""
        if activity not in self._free or len(shares) == 1:
            return sum(share for _, share in shares)
        members = self._classes[group]
        total = self.cp.new_int_var(0, members.bit_count(), "")
        self.cp.add(total == sum(share for _, share in shares))
        self.cp.add_hint(total, sum((mask & members).bit_count() for mask in self._known.people[activity]))
        return total

    def _class(self, group: int, members: int) -> None:
        """No more of a class are held at a time than there are."""
        lean, cp = self.lean, self.cp
        intervals = []
        amounts: list[cp_model.LinearExprT] = []
        size = members.bit_count()
        for a in self._kept:
            if group not in self._taken[a]:
                continue
            total = self._taken[a][group].total
            if size == 1 and isinstance(total, cp_model.IntVar):
                intervals.append(
                    cp.new_optional_fixed_size_interval_var(self._starts[a], lean.ticks[a], total, "")
                )
            else:
                intervals.append(self._intervals[a])
            amounts.append(total)
        for start, end, units in _stretches([(away & members).bit_count() for away in lean.absent]):
            intervals.append(cp.new_fixed_size_interval_var(start, end - start, ""))
            amounts.append(units)
        if len(intervals) < 2:
            return
        if size == 1:
            cp.add_no_overlap(intervals)
        else:
            cp.add_cumulative(intervals, amounts, size)

    def solution(self, values: cp_model.CpSolver | cp_model.CpSolverSolutionCallback) -> Built:
        """The schedule that was found, with people by number."""
        lean = self.lean
        starts = [values.value(start) for start in self._starts]
        people: list[tuple[int, ...]] = [()] * len(starts)
        held: list[tuple[int, int]] = []
        busy = 0
        for a in sorted(range(len(starts)), key=starts.__getitem__):
            busy ^= sum(mask for end, mask in held if end <= starts[a])
            held = [each for each in held if each[0] > starts[a]]
            # Who is away later on is away from the class as a whole: all of it is alike.
            chosen = [0] * len(lean.needs[a])
            for group, taken in self._taken[a].items():
                for number, share in taken.shares:
                    count = share if isinstance(share, int) else values.value(share)
                    given = _lowest(self._classes[group] & ~busy, count)
                    chosen[number] |= given
                    busy |= given
            people[a] = tuple(chosen)
            held.append((starts[a] + lean.ticks[a], sum(chosen)))
        end = max([lean.end, *(start + ticks for start, ticks in zip(starts, lean.ticks, strict=True))])
        return Built(end, starts, people)


def classes(lean: Lean) -> list[int]:
    """Masks of people who can do the same, and are away at the same ticks."""
    abilities = sorted({able for needs in lean.needs for able, _ in needs})
    alike: dict[tuple[object, ...], int] = defaultdict(int)
    for number in range(len(lean.people)):
        able = tuple(mask >> number & 1 for mask in abilities)
        away = tuple(tick for tick, mask in enumerate(lean.absent) if mask >> number & 1)
        alike[able, away] |= 1 << number
    return list(alike.values())


def _lowest(mask: int, count: int) -> int:
    """The lowest bits of a mask."""
    chosen = 0
    for _ in range(count):
        low = mask & -mask
        chosen |= low
        mask ^= low
    return chosen


def _stretches(taken: Sequence[int]) -> list[tuple[int, int, int]]:
    """Where something is taken: start, end and how much."""
    found: list[tuple[int, int, int]] = []
    for tick, units in enumerate(taken):
        if found and found[-1][1] == tick and found[-1][2] == units:
            found[-1] = (found[-1][0], tick + 1, units)
        elif units:
            found.append((tick, tick + 1, units))
    return found
