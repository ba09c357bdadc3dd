"""A partial schedule: what is placed, what that holds, and where more could go.

`State` knows every rule. Whatever proposes a place (greedy, CP-SAT, an earlier solution), it is
taken only through `insert`, so a proposal may be loose without the schedule ever being wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from solver.problem import Activity, Mode, Pin
from solver.solution import Assignment
from solver.state.crew import Crew
from solver.state.frame import Frame
from solver.state.index import Index, Span, length, phase_span
from solver.state.lines import Budget, Line, Pool
from solver.state.masks import has, interval
from solver.state.worth import Ledger, worth


class State:
    """What is placed, with all that it holds.

    Attributes
    ----------
    placed
        For each placed activity its parts, in order of time.
    lines, pools
        Resources of capacity 1 and above.
    power, budgets
        Utilities limited at every moment, and by the day.
    groups
        For each exclusion group the ticks in which one of its activities runs.
    """

    def __init__(self, index: Index) -> None:
        self.index = index
        self.placed: dict[str, list[Assignment]] = {}
        self.lines = {r.id: Line(index, r.id) for r in index.resources.values() if r.capacity == 1}
        self.pools = {
            r.id: Pool(index, [(0, index.horizon, r.capacity)])
            for r in index.resources.values()
            if r.capacity != 1
        }
        self.power = {
            u.id: Pool(index, [(x.start, x.end, x.amount) for x in u.levels])
            for u in index.utilities.values()
            if u.per == "moment"
        }
        self.budgets = {u.id: Budget(index, u.id) for u in index.utilities.values() if u.per == "day"}
        self.groups: dict[str, int] = {group.id: 0 for group in index.problem.groups}
        self.crew = Crew(index)
        self.ledger = Ledger(index)

    # What is placed

    def end(self, activity: str) -> int:
        """End of the last part, teardown included."""
        asked = self.index.activities[activity]
        return max(part.start + length(asked, part.duration) for part in self.placed[activity])

    def start(self, activity: str) -> int:
        """Start of the first part."""
        return self.placed[activity][0].start

    def resources(self, activity: str) -> frozenset[str]:
        """The set of resources that the first part of a placed activity is on."""
        part = self.placed[activity][0]
        return frozenset(self.index.modes[activity][part.mode].resources)

    def assignments(self) -> tuple[Assignment, ...]:
        """All parts, by start."""
        return tuple(
            sorted(
                (part for parts in self.placed.values() for part in parts),
                key=lambda part: (part.start, part.activity, part.part),
            )
        )

    # Placing

    def insert(self, activity: Activity, parts: Sequence[Assignment], *, tentative: bool = False) -> bool:
        """Place the parts of an activity if every rule holds; else change nothing.

        Names that are given are kept if they can do it, else others are found. With `tentative`
        what concerns the parts together (sum, order to other activities) is not asked.
        """
        held: list[Assignment] = []
        ordered = sorted(parts, key=lambda part: part.start)
        for number, part in enumerate(ordered, start=1):
            mode = self.index.modes[activity.id].get(part.mode)
            if mode is None:
                break
            frame = Frame(self, activity, mode, first=number == 1, last=number == len(ordered))
            if not has(frame.starts(part.duration), part.start):
                break
            people: tuple[tuple[str, ...], ...] | None = part.people
            if people is None or not self.crew.admits(activity, mode, part.start, part.duration, people):
                people = self.crew.choose(activity, mode, part.start, part.duration)
            if people is None:
                break
            placed = replace(part, part=number, people=people)
            self.hold(placed)
            held.append(placed)
        else:
            if held and (tentative or self._whole(activity, held)):
                return True
        if held:
            self.remove(activity.id)
        return False

    def _whole(self, activity: Activity, parts: Sequence[Assignment]) -> bool:
        """Whether the parts together are what was asked for."""
        index = self.index
        modes = [index.modes[activity.id][part.mode] for part in parts]
        if len(parts) > activity.most_parts:
            return False
        ticks = sum(part.duration for part in parts)
        if activity.closed == "pause":
            ticks = sum(
                index.calendar.worked(activity, mode, part.start, part.duration)
                for mode, part in zip(modes, parts, strict=True)
            )
        for mode, part in zip(modes, parts, strict=True):
            if not index.least(activity, mode) <= ticks <= index.wish(activity, mode):
                return False
            if len(parts) > 1 and part.duration < activity.least_part:
                return False
        follows = [lag for lag in index.before[activity.id] if lag.same_resource]
        leads = [lag for lag in index.after[activity.id] if lag.same_resource]
        places = {frozenset(mode.resources) for mode in modes}
        return len(places) == 1 or not (follows or leads)

    def pin(self, activity: Activity, pin: Pin) -> bool:
        """Place a pinned activity, whatever stands in the way, unless names are asked and not found."""
        people = pin.people
        if people is None:
            mode = self.index.modes[activity.id][pin.mode]
            people = self.crew.choose(activity, mode, pin.start, pin.duration, pinned=True)
        if people is None:
            return False
        self.hold(Assignment(activity.id, 1, pin.mode, pin.start, pin.duration, people))
        return True

    def hold(self, part: Assignment) -> None:
        """Take all that a part takes, without asking whether it is free."""
        activity = self.index.activities[part.activity]
        self.placed.setdefault(part.activity, []).append(part)
        self.ledger.touch(part.activity)
        span = phase_span(activity, "all", part.start, part.duration)
        mode = self.index.modes[part.activity][part.mode]
        for resource, units in self.index.demands(mode):
            if resource in self.lines:
                self.lines[resource].hold(span, activity.configuration, part.activity)
                self.ledger.touch_line(resource)
            else:
                self.pools[resource].hold(span, units)
        self._draw(activity, mode, part, 1)
        run = phase_span(activity, "run", part.start, part.duration)
        for group in activity.groups:
            self.groups[group] |= interval(*run)
        if activity.participants or part.people:
            for person, piece, duty in self._people_of(activity, mode, part):
                self.crew.hold(person, piece, duty=duty)

    def remove(self, name: str) -> list[Assignment]:
        """Take back a placed activity, and return its parts.

        What overlaps on a resource or a person, as only `hold` and `pin` allow, is marked once: taking
        out one of the two leaves the ticks of both as if free. Ask before holding such parts.
        """
        activity = self.index.activities[name]
        parts = self.placed.pop(name)
        self.ledger.touch(name)
        for part in parts:
            span = phase_span(activity, "all", part.start, part.duration)
            mode = self.index.modes[name][part.mode]
            for resource, units in self.index.demands(mode):
                if resource in self.lines:
                    self.lines[resource].release(span, activity.configuration, name)
                    self.ledger.touch_line(resource)
                else:
                    self.pools[resource].hold(span, -units)
            self._draw(activity, mode, part, -1)
            run = phase_span(activity, "run", part.start, part.duration)
            for group in activity.groups:
                self.groups[group] &= ~interval(*run)
            if activity.participants or part.people:
                for person, piece, duty in self._people_of(activity, mode, part):
                    self.crew.release(person, piece, duty=duty)
        return parts

    def _people_of(self, activity: Activity, mode: Mode, part: Assignment) -> list[tuple[str, Span, bool]]:
        """Everybody on a part with each piece of work, and whether that is duty."""
        calendar = self.index.calendar
        found: list[tuple[str, Span, bool]] = []
        if activity.participants:
            work = calendar.pieces(activity, mode, "run", part.start, part.duration)
            found += [(person, piece, False) for piece in work for person in activity.participants]
        for need, names in zip(activity.needs, part.people, strict=False):
            if names:
                on_duty = calendar.named(activity, mode, need, names, part.start, part.duration)
                found += [(person, piece, True) for person, piece in on_duty]
        return found

    def _draw(self, activity: Activity, mode: Mode, part: Assignment, sign: int) -> None:
        for draw in activity.draws:
            pieces = self.index.calendar.pieces(activity, mode, draw.phase, part.start, part.duration)
            if draw.utility in self.power:
                for piece in pieces:
                    self.power[draw.utility].hold(piece, sign * draw.amount)
            elif pieces:
                start = phase_span(activity, draw.phase, part.start, part.duration)[0]
                self.budgets[draw.utility].hold(start, sign * draw.amount)

    def restore(self, names: Iterable[str], placed: dict[str, list[Assignment]]) -> None:
        """Put the named activities back as they stand in `placed`, or out if they are not there."""
        names = list(names)
        for name in names:
            if name in self.placed:
                self.remove(name)
        for name in names:
            for part in placed.get(name, ()):
                self.hold(part)

    # How good it is

    def worth(self, activity: Activity, parts: Sequence[Assignment]) -> float:
        """What the parts bring by themselves, see `solver.state.worth.worth`."""
        return worth(self.index, activity, parts)

    def shared_cost(self) -> float:
        """What the terms of the objective cost that hang on several activities at once."""
        return self.ledger.shared_cost(self)

    def objective(self) -> float:
        """What `Problem` asks to make as large as possible."""
        return self.ledger.objective(self)

    def mandatory(self) -> int:
        """Mandatory activities that are placed."""
        return sum(name in self.placed for name in self.index.mandatory)

    def incomplete(self, names: Iterable[str] | None = None) -> list[str]:
        """Placed activities that may not stand: the one before is not placed, or the chain is broken.

        With `names` only those that hang on them are looked at.
        """
        return [name for name in (self.placed if names is None else self._on(names)) if self._may_not(name)]

    def _on(self, names: Iterable[str]) -> list[str]:
        """The placed ones of some activities, and what is placed after them or in their chains."""
        found: dict[str, None] = {}
        for name in names:
            for other in (
                name,
                *(lag.after for lag in self.index.after[name]),
                *self.index.chains.get(name, ()),
            ):
                if other in self.placed:
                    found[other] = None
        return list(found)

    def _may_not(self, name: str) -> bool:
        index, placed = self.index, self.placed
        if index.activities[name].pin is not None:
            return False
        return any(lag.before not in placed for lag in index.before[name]) or any(
            member not in placed for member in index.chains.get(name, ())
        )
