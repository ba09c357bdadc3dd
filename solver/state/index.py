"""A problem looked up quickly: by id, as masks, and by who waits for whom."""

from bisect import bisect_right
from collections import defaultdict

from solver.problem import Activity, Draw, Mode, Phase, PrecedenceLag, Problem, Window
from solver.state.masks import interval, runs, union
from solver.state.work import Calendar, Span, length, phase_span

__all__ = ["Index", "Span", "length", "phase_span"]


class Index:
    """What does not change while a problem is solved.

    Attributes
    ----------
    open, outage
        For each resource the mask of its opening hours, and of its outages.
    on_shift
        For each person the ticks in which a duty may lie: shifts less absences.
    qualified
        For each qualification those who hold it at some time, the least versatile first.
    before, after
        For each activity the precedences that lead to it, and that leave it.
    calendar
        When there is work on a part: see `solver.state.work`.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.horizon = problem.horizon
        self.full = interval(0, problem.horizon)
        self.activities = {activity.id: activity for activity in problem.activities}
        self.mandatory = [activity.id for activity in problem.activities if activity.mandatory]
        self.modes = {a.id: {mode.id: mode for mode in a.modes} for a in problem.activities}
        self.resources = {resource.id: resource for resource in problem.resources}
        self.people = {person.id: person for person in problem.people}
        self.utilities = {utility.id: utility for utility in problem.utilities}
        self.open = {
            r.id: self.full if r.open is None else self.full & _windows(r.open) for r in problem.resources
        }
        self.outage = {r.id: self.full & _windows(r.outages) for r in problem.resources}
        self.gaps = {r.id: {(c.before, c.after): c.ticks for c in r.changeovers} for r in problem.resources}
        self.calendar = Calendar(problem.resources, problem.horizon)
        self.absent = {p.id: _windows(p.absences) for p in problem.people}
        self.on_shift = {
            p.id: (self.full if p.shifts is None else _windows(p.shifts)) & ~self.absent[p.id]
            for p in problem.people
        }
        self.qualified = self._qualified()
        self._qualification_starts: dict[tuple[str, str, int], int] = {}
        self.before: dict[str, list[PrecedenceLag]] = defaultdict(list)
        self.after: dict[str, list[PrecedenceLag]] = defaultdict(list)
        for lag in problem.precedences:
            self.before[lag.after].append(lag)
            self.after[lag.before].append(lag)
        self.chains: dict[str, list[str]] = {}
        self._join_chains()
        whole = (Window(0, problem.horizon),)
        self.days: list[Span] = [(w.start, w.end) for w in problem.days or whole]
        self.weeks: list[Span] = [(w.start, w.end) for w in problem.weeks or whole]
        self._day_starts = [day[0] for day in self.days]
        self._week_starts = [week[0] for week in self.weeks]

    def changeovers_are_strict(self) -> bool:
        """Whether the search asks for more time between activities than the rules do.

        Where one without a configuration lies between two with, the rules look at neighbours only.
        The search keeps the changeover between the two as well, for it may move the one between.
        """
        return any(
            self.gaps[resource]
            for activity in self.activities.values()
            if activity.configuration is None
            for mode in activity.modes
            for resource in mode.resources
        )

    def _qualified(self) -> dict[str, list[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for person in self.problem.people:
            for qualification in person.qualifications:
                found[qualification.id].add(person.id)
        held = {p.id: len({q.id for q in p.qualifications}) for p in self.problem.people}
        return {q: sorted(people, key=lambda p: (held[p], p)) for q, people in found.items()}

    def _join_chains(self) -> None:
        """Chains that share a member stand and fall together; what is pinned stands anyway."""
        for chain in self.problem.chains:
            members = [m for m in dict.fromkeys(chain) if self.activities[m].pin is None]
            for member in list(members):
                members += [m for m in self.chains.get(member, ()) if m not in members]
            for member in members:
                self.chains[member] = members

    def wish(self, activity: Activity, mode: Mode) -> int:
        """Ticks of run that are asked for in this mode."""
        return activity.wish if mode.wish is None else mode.wish

    def least(self, activity: Activity, mode: Mode) -> int:
        """The least ticks of run that are of use in this mode."""
        if mode.least is not None:
            return mode.least
        return min(activity.least, self.wish(activity, mode))

    def ways(self, activity: Activity, mode: Mode) -> list[tuple[int, int]]:
        """Ranges of lengths of a run that are one way to do it: from the least to the wish.

        A run that pauses has one way for each length, pauses included; the first is without any.
        """
        if activity.closed != "pause":
            return [(self.least(activity, mode), self.wish(activity, mode))]
        wish = self.wish(activity, mode)
        lengths = dict.fromkeys((wish, *self.calendar.run_starts(mode, wish)))
        return [(ticks, ticks) for ticks in lengths]

    def demands(self, mode: Mode) -> list[tuple[str, int]]:
        """Resources of a mode, each with the units that it takes of it."""
        return list(zip(mode.resources, mode.demands or (1,) * len(mode.resources), strict=True))

    def gap(self, resource: str, before: str | None, after: str | None) -> int:
        """Ticks of changeover from one configuration to another; 0 where nothing is listed."""
        if before is None or after is None or before == after:
            return 0
        return self.gaps[resource].get((before, after), 0)

    def day_of(self, tick: int) -> int:
        """Number of the day in which `tick` lies; -1 before the first, their number after the last."""
        return len(self.days) if tick >= self.days[-1][1] else bisect_right(self._day_starts, tick) - 1

    def week_of(self, tick: int) -> int:
        """Number of the week in which `tick` lies; -1 before the first, their number after the last."""
        return len(self.weeks) if tick >= self.weeks[-1][1] else bisect_right(self._week_starts, tick) - 1

    def qualification_starts(self, person: str, qualification: str, ticks: int) -> int:
        """Starts at which the person holds the qualification for `ticks` ticks."""
        key = (person, qualification, ticks)
        if key not in self._qualification_starts:
            held = union(
                (q.start, min(q.end, self.horizon))
                for q in self.people[person].qualifications
                if q.id == qualification
            )
            self._qualification_starts[key] = runs(held, ticks)
        return self._qualification_starts[key]

    def level_at(self, utility: str, tick: int) -> int:
        """Capacity of a utility at a tick, or at tick 0 if that is later; 0 outside its levels."""
        tick = max(tick, 0)
        for level in self.utilities[utility].levels:
            if level.start <= tick < level.end:
                return level.amount
        return 0

    def draws(self, activity: Activity, phase: Phase) -> dict[str, int]:
        """What each momentary utility gives in one of the phases setup, run and teardown."""
        amounts: dict[str, int] = {}
        for draw in activity.draws:
            if draw.phase in (phase, "all") and self.utilities[draw.utility].per == "moment":
                amounts[draw.utility] = amounts.get(draw.utility, 0) + draw.amount
        return amounts

    def budget_draws(self, activity: Activity) -> list[Draw]:
        """Draws of utilities that are limited by the day."""
        lengths = {"setup": activity.setup, "teardown": activity.teardown}
        return [
            draw
            for draw in activity.draws
            if self.utilities[draw.utility].per == "day" and lengths.get(draw.phase, 1) > 0
        ]


def _windows(windows: tuple[Window, ...]) -> int:
    return union((window.start, window.end) for window in windows)
