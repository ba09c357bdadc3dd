"""Remedies as people read them: the verb first, then what it brings, and what it costs the others."""

from collections.abc import Callable, Mapping, Sequence

from scheduler.calendars.rules import local_days
from scheduler.calendars.words import day_words, hours_words, interval_words, moment_words
from scheduler.intervals import Interval
from scheduler.plans.desk_rules import code_of
from scheduler.plans.names import HIDDEN, Names, and_more
from scheduler.plans.remedies import Kept, by_activity
from scheduler.plans.timeline import Timeline
from solver import Assignment, Problem, Remedy, Window

ROUNDING = 0.5
"""A smaller change of the plan's value is none."""


class RemedySpeaker:
    """Puts the remedies of one plan into words; `assignments` is what the plan places."""

    def __init__(
        self, problem: Problem, timeline: Timeline, names: Names, assignments: Sequence[Assignment]
    ) -> None:
        self._activities = {activity.id: activity for activity in problem.activities}
        self._timeline, self._names = timeline, names
        self._before = by_activity(assignments)

    def words(self, code: str, kept: Kept) -> str:
        """What to do, such as: Move Panel bake-out 2 h later, to Thu 27 Aug 14:00-18:00."""
        after = by_activity(kept.changed)
        clauses = [_WORDS[step.kind](self, step, code, after) for step in kept.steps]
        said = "; ".join(dict.fromkeys(clauses))
        if kept.remedy.steps and kept.remedy.subject != code:
            said = f"place {self._names.activity(kept.remedy.subject)} first: {said}"
        return f"{said[:1].upper()}{said[1:]}"

    def cost(self, kept: Kept) -> str:
        """What the others pay: nobody anything, or who moves and who goes."""
        cost = kept.remedy.cost
        said = [
            f"{verb} {self._list(names)}"
            for verb, names in (("moves", cost.moved), ("leaves out", cost.dropped))
            if names
        ]
        return ", ".join(said) or "costs nobody anything"

    def gain(self, kept: Kept) -> str:
        """What the whole plan gains, in its units of value."""
        gain = kept.remedy.gain
        return "value +0" if abs(gain) < ROUNDING else f"value {gain:+,.0f}".replace("-", "\N{MINUS SIGN}")

    def place(self, code: str, kept: Kept) -> str:
        """Where the request then stands."""
        return self.stands(code, by_activity(kept.changed).get(code, ()), kept)

    def stands(self, code: str, parts: Sequence[Assignment], kept: Kept | None = None) -> str:
        """When and where: Thu 27 Aug 14:00-18:00, TV-2."""
        modes = {mode.id: mode.resources for mode in self._activities[code].modes}
        if kept is not None:
            new = (step.new_mode for step in kept.steps)
            modes |= {mode.id: mode.resources for mode in new if mode is not None}
        runs = [interval_words(self.run(part), self._timeline.zone) for part in parts]
        resources = dict.fromkeys(name for part in parts for name in modes.get(part.mode, ()))
        return ", ".join([" and ".join(runs), *([", ".join(resources)] if resources else [])])

    def run(self, part: Assignment) -> Interval:
        """The run of a part, without setup and teardown."""
        start = part.start + self._activities[part.activity].setup
        return self._timeline.interval(start, start + part.duration)

    def _list(self, ids: Sequence[str]) -> str:
        shown = [self._names.activity(name) for name in ids if self._names.title(name) != HIDDEN]
        hidden = len(ids) - len(shown)
        if hidden:
            shown.append(HIDDEN if hidden == 1 else f"{hidden} other bookings")
        count = f"{len(ids)}: " if len(ids) > 1 else ""
        return f"{count}{and_more(shown)}"

    def _it(self, remedy: Remedy, code: str) -> str:
        return "it" if remedy.subject == code else self._names.activity(remedy.subject)

    def _its(self, remedy: Remedy, code: str) -> str:
        return "its" if remedy.subject == code else f"{self._names.activity(remedy.subject)}'s"

    def _hours(self, ticks: int) -> str:
        return hours_words(self._timeline.minutes(ticks))

    def _moment(self, tick: int) -> str:
        return moment_words(self._timeline.moment(tick), self._timeline.zone)

    def _span(self, window: Window | None) -> str:
        if window is None:
            return ""
        return interval_words(self._timeline.interval(window.start, window.end), self._timeline.zone)

    def _day_or_span(self, window: Window) -> str:
        """Of a utility that is given by the day the day says enough."""
        time = self._timeline.interval(window.start, window.end)
        days = local_days(time, self._timeline.zone)
        is_day = len(days) == 1 and days[0][1] == time
        return day_words(time.start, self._timeline.zone) if is_day else self._span(window)

    def _deadline(self, remedy: Remedy, code: str, _after: "After") -> str:
        deadline = (self._activities[remedy.subject].deadline or 0) + remedy.ticks
        return (
            f"let {self._it(remedy, code)} end by {self._moment(deadline)}, {self._hours(remedy.ticks)} later"
        )

    def _release(self, remedy: Remedy, code: str, _after: "After") -> str:
        release = (self._activities[remedy.subject].release or 0) - remedy.ticks
        earlier = self._hours(remedy.ticks)
        return f"let {self._it(remedy, code)} begin from {self._moment(release)}, {earlier} earlier"

    def _window(self, remedy: Remedy, code: str, _after: "After") -> str:
        before, wide, its = remedy.before, remedy.windows[0], self._its(remedy, code)
        if before is not None and wide.end == before.end:
            earlier = self._hours(before.start - wide.start)
            return f"let {its} window begin on {self._moment(wide.start)}, {earlier} earlier"
        if before is not None and wide.start == before.start:
            later = self._hours(wide.end - before.end)
            return f"let {its} window end on {self._moment(wide.end)}, {later} later"
        return f"let {its} window be {self._span(wide)}"

    def _resource(self, remedy: Remedy, code: str, _after: "After") -> str:
        own = {name for mode in self._activities[remedy.subject].modes for name in mode.resources}
        taken = remedy.new_mode.resources if remedy.new_mode else ()
        other = [name for name in taken if name not in own] or taken
        return f"let {self._it(remedy, code)} take {and_more(list(other))}"

    def _shorter(self, remedy: Remedy, code: str, _after: "After") -> str:
        least = self._activities[remedy.subject].least - remedy.ticks
        less = self._hours(remedy.ticks)
        return f"let {self._it(remedy, code)} run {self._hours(least)}, {less} less than its least"

    def _split(self, remedy: Remedy, code: str, _after: "After") -> str:
        parts = f"{remedy.amount} parts of at least {self._hours(remedy.ticks)}"
        return f"let {self._it(remedy, code)} run in {parts}"

    def _value(self, remedy: Remedy, code: str, _after: "After") -> str:
        value = self._activities[remedy.subject].value + remedy.amount
        return f"raise {self._its(remedy, code)} value by {remedy.amount}, to {value}"

    def _person(self, remedy: Remedy, _code: str, _after: "After") -> str:
        who = code_of(remedy.subject)
        staff = " of the staff" if who != remedy.subject else ""
        when = " and ".join(self._span(window) for window in remedy.windows)
        return f"one more {who}{staff} on {when}"

    def _opening(self, remedy: Remedy, _code: str, _after: "After") -> str:
        return f"open {remedy.subject} on {self._span(remedy.windows[0])} as well"

    def _shorter_outage(self, remedy: Remedy, _code: str, _after: "After") -> str:
        before, left = remedy.before, remedy.windows[0]
        if before is not None and left.start > before.start:
            begins = self._moment(left.start)
            return f"begin the outage of {remedy.subject} on {begins}, {self._hours(remedy.ticks)} later"
        ends = self._moment(left.end)
        return f"end the outage of {remedy.subject} by {ends}, {self._hours(remedy.ticks)} earlier"

    def _no_outage(self, remedy: Remedy, _code: str, _after: "After") -> str:
        return f"put off the outage of {remedy.subject}, {self._span(remedy.before)}"

    def _utility(self, remedy: Remedy, _code: str, _after: "After") -> str:
        unit = self._names.units.get(remedy.subject, "")
        amount = f"{remedy.amount:,} {unit}".rstrip()
        return f"{amount} more of {remedy.subject} on {self._day_or_span(remedy.windows[0])}"

    def _move(self, remedy: Remedy, _code: str, after: "After") -> str:
        name = self._names.activity(remedy.subject)
        new = after.get(remedy.subject) or self._before.get(remedy.subject, ())
        old = self._before.get(remedy.subject, ())
        if not new:
            return f"move {name}"
        when = interval_words(self.run(new[0]), self._timeline.zone)
        if not old or new[0].mode != old[0].mode:
            return f"move {name} to {self.stands(remedy.subject, new)}"
        ticks = new[0].start - old[0].start
        return f"move {name} {self._hours(abs(ticks))} {'later' if ticks > 0 else 'earlier'}, to {when}"

    def _drop(self, remedy: Remedy, _code: str, _after: "After") -> str:
        return f"leave out {self._names.activity(remedy.subject)}"

    def _force(self, remedy: Remedy, _code: str, _after: "After") -> str:
        is_free = not remedy.cost.moved and not remedy.cost.dropped
        return "place it as it is" if is_free else "place it, and let others give way"


After = Mapping[str, Sequence[Assignment]]

_WORDS: Mapping[str, Callable[[RemedySpeaker, Remedy, str, After], str]] = {
    "later_deadline": RemedySpeaker._deadline,
    "earlier_release": RemedySpeaker._release,
    "wider_window": RemedySpeaker._window,
    "other_resource": RemedySpeaker._resource,
    "shorter_run": RemedySpeaker._shorter,
    "split": RemedySpeaker._split,
    "more_value": RemedySpeaker._value,
    "another_person": RemedySpeaker._person,
    "longer_opening": RemedySpeaker._opening,
    "shorter_outage": RemedySpeaker._shorter_outage,
    "without_outage": RemedySpeaker._no_outage,
    "more_of_utility": RemedySpeaker._utility,
    "move": RemedySpeaker._move,
    "drop": RemedySpeaker._drop,
    "place_first": RemedySpeaker._force,
}
