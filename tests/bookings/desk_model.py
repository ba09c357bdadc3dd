"""What the desk ought to do, in plain Python: bookings are intervals in a dict, in minutes from a Monday.

Written apart from the product: it imports nothing of it, and knows neither holds, seats nor locks.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

CAPACITY = {"ONE": 1, "TWO": 2, "HALL": 1, "BAY": 1}
PARTS = {"HALL": ("HALL", "BAY")}
TOGETHER = {"HALL": ("HALL", "BAY"), "BAY": ("HALL", "BAY")}
"""Whose outages stop whom: a part goes with its whole, and the whole with its part."""
CHANGEOVER_MINUTES = {("hot", "cold"): 120, ("cold", "hot"): 60}
POWER = 5
DAY = 24 * 60


@dataclass(frozen=True)
class Kept:
    """One booking: run from `start` to `end`, and `setup` minutes before it."""

    code: str
    start: int
    end: int
    setup: int = 0
    person: bool = False
    crew: bool = False
    power: int = 0
    configuration: str | None = None
    series: int | None = None
    state: str = "booked"
    begun: bool = False

    @property
    def whole(self) -> tuple[int, int]:
        return self.start - self.setup, self.end

    @property
    def length(self) -> int:
        return self.end - self.start

    @property
    def is_open(self) -> bool:
        return self.state in ("booked", "needs repair")

    def at(self, start: int) -> "Kept":
        return replace(self, start=start, end=start + self.length)


Act = list[tuple[int, Kept | None, int]]
"""Of each booking of a deed: its id, how it stood before, and how often it had changed afterwards."""


@dataclass
class Model:
    now: int = 0
    bookings: dict[int, Kept] = field(default_factory=dict)
    changes: dict[int, int] = field(default_factory=dict)
    outages: list[tuple[str, int, int]] = field(default_factory=list)
    absences: list[tuple[int, int]] = field(default_factory=list)
    last: Act | None = None

    def may(
        self, wanted: Mapping[object, Kept], gone: tuple[int, ...] = (), since: int | None = None
    ) -> bool:
        """Whether all of these can stand at once beside what stays; none may begin before `since`."""
        if any(since is not None and one.start < since for one in wanted.values()):
            return False
        if any(self.is_hit(one) for one in wanted.values()):
            return False
        stay = {
            key: one for key, one in self.bookings.items() if one.state != "cancelled" and key not in gone
        }
        return fit(list((stay | dict(wanted)).values()))

    def is_hit(self, one: Kept) -> bool:
        start, end = one.whole
        codes = TOGETHER.get(one.code, (one.code,))
        out = any(code in codes and a < end and start < z for code, a, z in self.outages)
        return out or (one.person and any(a < one.end and one.start < z for a, z in self.absences))

    def write(self, changed: Mapping[int, Kept], *, deed: bool = True) -> None:
        """`deed`: somebody did it to bookings, and may take it back."""
        before = {key: self.bookings.get(key) for key in changed}
        for key, one in changed.items():
            if self.bookings.get(key) != one:
                self.changes[key] = self.changes.get(key, 0) + 1
            self.bookings[key] = one
        if deed:
            self.last = [(key, before[key], self.changes[key]) for key in changed]

    def ground_moved(self) -> None:
        """Outages or absences are others than before: whatever is hit needs repair, and nothing else."""
        states = {
            key: replace(one, state="needs repair" if self.is_hit(one) else "booked")
            for key, one in self.bookings.items()
            if one.is_open
        }
        self.write(states, deed=False)

    def members(self, key: int, scope: str) -> list[int]:
        """Whom a change of a series concerns."""
        one = self.bookings[key]
        if scope == "one" or one.series is None:
            return [key]
        found = [
            other
            for other, each in self.bookings.items()
            if each.series == one.series and each.is_open and each.start > self.now
            and (scope == "all" or each.start >= one.start)
        ]  # fmt: skip
        return found if key in found else [key, *found]

    def back(self) -> dict[int, Kept] | None:
        """How the bookings would stand if the last deed had not been; None where it cannot be undone."""
        if self.last is None or any(self.changes[key] != count for key, _, count in self.last):
            return None
        stood = {key: replace(old, state="booked") for key, old, _ in self.last if old is not None}
        gone = {
            key: replace(self.bookings[key], state="cancelled") for key, old, _ in self.last if old is None
        }
        return stood | gone if self.may(stood, tuple(gone)) else None

    def over(self, key: int) -> Kept:
        """A booking that is over now: what is left of its time is free."""
        one = self.bookings[key]
        return replace(one, end=min(one.end, max(self.now, one.start + 1)), state="done")


def fit(bookings: list[Kept]) -> bool:
    """Whether all of these can stand at once: places, people, crew, power, changeovers."""
    for moment in {moment for one in bookings for moment in (one.whole[0], one.start)}:
        there = [one for one in bookings if one.whole[0] <= moment < one.end]
        running = [one for one in there if one.start <= moment]
        for code, capacity in CAPACITY.items():
            if sum(code in PARTS.get(one.code, (one.code,)) for one in there) > capacity:
                return False
        if sum(one.person for one in running) > 1 or sum(one.crew for one in running) > 1:
            return False
        if sum(one.power for one in running) > POWER:
            return False
    line = sorted((one for one in bookings if one.code == "ONE"), key=lambda one: one.start)
    return all(
        one.end + CHANGEOVER_MINUTES.get((one.configuration, other.configuration), 0) <= other.whole[0]
        for one, other in itertools.pairwise(line)
    )
