"""Why a request has no place, in the names that people use, and what would help.

The solver's blockers are minimal: with any one of them out of the way there is a place. That makes
the remedies true, as far as they go; none of them was tried out.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from scheduler.calendars.words import day_words, hours_words, interval_words
from scheduler.plans.desk_rules import code_of
from scheduler.plans.left_out import LeftOut
from scheduler.plans.names import MOST_NAMES, Names, and_more, any_of, is_or_are, sentence
from scheduler.plans.timeline import Timeline
from solver import Activity, Blocker, PrecedenceLag, Problem, Reason

MOST_TAKERS = 10

Rules = AbstractSet[str]
"""The other rules in the same reason."""


class Speaker:
    """Puts the reasons of one plan into words."""

    def __init__(
        self, problem: Problem, timeline: Timeline, names: Names, reasons: Mapping[str, Reason]
    ) -> None:
        self._activities = {activity.id: activity for activity in problem.activities}
        self._outages = {
            resource.id: [timeline.interval(w.start, w.end) for w in resource.outages]
            for resource in problem.resources
        }
        self._people_by_id = {person.id: person for person in problem.people}
        self._lags = {(lag.before, lag.after): lag for lag in problem.precedences}
        self._timeline, self._names, self._reasons = timeline, names, reasons

    def reason(self, name: str) -> str:
        """One line: why the activity has no place."""
        reason, activity = self._reasons.get(name), self._activities[name]
        if reason is None or not reason.blockers:
            return "No place was found for it in the time."
        if reason.follows is not None:
            return self._waits(reason, reason.blockers[0])
        return sentence(self._clauses(activity, reason))

    def remedy(self, name: str) -> str:
        """One line: what would help."""
        reason, activity = self._reasons.get(name), self._activities[name]
        if reason is None or not reason.blockers:
            return "A longer build may find one."
        if reason.follows is not None:
            root = self._names.activity(reason.follows)
            return f"{sentence(f'find a place for {root} first')} {self._root_remedy(reason.follows)}".strip()
        rules = {blocker.rule for blocker in reason.blockers}
        if "chain" in rules:
            others = self._list(reason.blockers[0].subjects, self._names.activity)
            return sentence(f"find a place for {others} first, or take one of them out of the chain")
        if "worth" in rules:
            return "A higher value, or making it mandatory, would place it."
        helps = dict.fromkeys(
            help_ for blocker in reason.blockers for help_ in self._helps(activity, blocker)
        )
        return sentence(f"{any_of(list(helps))} would help")

    def left_out_reason(self, out: LeftOut) -> str:
        """The same for a request that was not even tried."""
        names = self._list(out.subjects, self._names.activity)
        if out.rule == "quota":
            project = self._list(out.subjects, lambda code: self._names.projects.get(code, code))
            left, wish = hours_words(out.minutes or 0), hours_words(out.wish_minutes or 0)
            return (
                f"{project} has {left} of its quota left after the requests ahead of it, this takes {wish}."
            )
        return {
            "alternatives": "It names no facility.",
            "retired": f"{names} {is_or_are(out.subjects)} retired, and it cannot do without.",
            "people": f"{names} needs more people on duty during the run than it names.",
            "escort": f"{names} is restricted: somebody visits, and nobody of the staff is there.",
            "length": f"{names} is not booked for so long, or for so short a run.",
            "window": "Its times within this plan are shorter than one step of the plan "
            f"({hours_words(self._timeline.tick_seconds / 60)}).",
            "precedence": f"Waits for {names}, which is neither booked nor in this plan.",
            "chain": f"Goes only together with {names}, which {is_or_are(out.subjects)} "
            "neither booked nor in this plan.",
        }[out.rule]

    def left_out_remedy(self, out: LeftOut) -> str:
        names = self._list(out.subjects, self._names.activity)
        if out.rule == "quota" and out.minutes:
            return f"Shorten it to {hours_words(out.minutes)}, or ask for more hours."
        return {
            "alternatives": "Say which facility it takes.",
            "retired": "Choose another in the request.",
            "people": "Add the people that it needs to the request.",
            "escort": "Add somebody of the staff to the request.",
            "length": "Change its length, or choose another facility.",
            "window": "A longer window would help.",
            "quota": "Ask for more hours.",
            "precedence": f"Approve {names}, plan a span that holds both, or let it follow something else.",
            "chain": f"Approve {names}, plan a span that holds all, or take it out of the chain.",
        }[out.rule]

    def _waits(self, reason: Reason, blocker: Blocker) -> str:
        first, root = blocker.subjects[0] if blocker.subjects else "", reason.follows or ""
        names = self._names.activity
        between = f"{names(first)}, which waits for " if first and first != root else ""
        return f"Waits for {between}{names(root)}, which is not placed: {self._root(root)}."

    def _root(self, root: str) -> str:
        """The reason at the start of the line, as the end of a sentence."""
        reason = self._reasons.get(root)
        if root not in self._activities or reason is None or reason.follows is not None:
            return "it has no place"
        return self._clauses(self._activities[root], reason) or "it has no place"

    def _root_remedy(self, root: str) -> str:
        reason = self._reasons.get(root)
        if root not in self._activities or reason is None or reason.follows is not None:
            return ""
        return self.remedy(root)

    def _clauses(self, activity: Activity, reason: Reason) -> str:
        """What takes the place first, what leaves no other last."""
        rules = {blocker.rule for blocker in reason.blockers}
        return "; ".join(
            _WORDS[blocker.rule](self, activity, blocker, rules - {blocker.rule})
            for blocker in reversed(reason.blockers)
        )

    def _window(self, activity: Activity, _blocker: Blocker, others: Rules) -> str:
        if others:
            return f"it can only lie in {self._times(activity)}"
        return f"it takes {self._length(activity)}, more than fits into {self._times(activity)}"

    def _calendar(self, activity: Activity, blocker: Blocker, others: Rules) -> str:
        resources = f"{self._list(blocker.subjects)} {is_or_are(blocker.subjects)}"
        if others - {"window"}:
            return f"{resources} closed at other times"
        within = "" if others else f" in {self._times(activity)}"
        return f"{resources} never open for the {self._length(activity)} that it takes{within}"

    def _outage(self, _activity: Activity, blocker: Blocker, _others: Rules) -> str:
        words = []
        for resource in blocker.subjects[:MOST_NAMES]:
            times = [interval_words(time, self._timeline.zone) for time in self._outages.get(resource, ())]
            words.append(f"{resource} is out {and_more(times)}" if times else f"{resource} is out")
        return " and ".join(words) or "a facility is out"

    def _busy(self, activity: Activity, blocker: Blocker, others: Rules) -> str:
        held = f"{self._list(blocker.subjects)} {is_or_are(blocker.subjects)} held"
        by = f" by {self._takers(blocker)}" if blocker.activities else ""
        return f"{held}{by}{self._in(activity, others)}"

    def _changeover(self, activity: Activity, blocker: Blocker, _others: Rules) -> str:
        after = f" next to {self._takers(blocker)}" if blocker.activities else ""
        resources = self._list(blocker.subjects)
        return f"no room is left on {resources} for the changeover to {activity.configuration}{after}"

    def _people(self, activity: Activity, blocker: Blocker, others: Rules) -> str:
        clauses = []
        for qualification in blocker.subjects:
            count = max((n.count for n in activity.needs if n.qualification == qualification), default=1)
            who = "nobody" if count == 1 else f"fewer than {count}"
            held = qualification.rstrip(";")  # that of an escort ends so
            clauses.append(f"{who} with {held} {'is' if count == 1 else 'are'} on shift and free")
        notes = [f"busy with {self._takers(blocker)}"] if blocker.activities else []
        notes += self._lapses(activity, blocker.subjects)
        aside = f" ({'; '.join(notes)})" if notes else ""
        return " and ".join(clauses) + f"{self._in(activity, others)}{aside}"

    def _lapses(self, activity: Activity, qualifications: Sequence[str]) -> list[str]:
        """Whose qualification ends before the time that the activity could use does."""
        _, end = self._span(activity)
        words = []
        for person in self._people_by_id.values():
            for qualification in qualifications:
                valid = [held.end for held in person.qualifications if held.id == qualification]
                if valid and max(valid) < end:
                    last = self._timeline.interval(max(valid) - 1, max(valid)).start
                    name = self._names.people.get(person.id, person.id)
                    held = code_of(qualification)
                    words.append(f"{name}'s {held} lapses on {day_words(last, self._timeline.zone)}")
        return [and_more(words)] if words else []

    def _utility(self, activity: Activity, blocker: Blocker, _others: Rules) -> str:
        amounts = []
        for utility in blocker.subjects:
            amount = sum(draw.amount for draw in activity.draws if draw.utility == utility)
            amounts.append(f"{amount} {self._names.units.get(utility, '')}".strip() + f" of {utility}")
        by = f" (taken by {self._takers(blocker)})" if blocker.activities else ""
        return f"not enough is left for its {and_more(amounts)}{by}"

    def _group(self, _activity: Activity, blocker: Blocker, _others: Rules) -> str:
        by = f": {self._takers(blocker)}" if blocker.activities else ""
        return f"{self._list(blocker.subjects)} has another run at that time{by}"

    def _participant(self, _activity: Activity, blocker: Blocker, _others: Rules) -> str:
        people = self._list(blocker.subjects, lambda code: self._names.people.get(code, code))
        by = f" (busy with {self._takers(blocker)})" if blocker.activities else ""
        return f"{people} {is_or_are(blocker.subjects)} not free{by}"

    def _precedence(self, activity: Activity, blocker: Blocker, others: Rules) -> str:
        clauses = []
        for other in blocker.subjects:
            title = self._names.activity(other)
            if lag := self._lags.get((other, activity.id)):
                clauses.append(f"it has to start {self._lag(lag)}after {title}")
            elif lag := self._lags.get((activity.id, other)):
                clauses.append(f"it has to end {self._lag(lag)}before {title}")
        if not clauses:
            return f"{self._list(blocker.subjects, self._names.activity)} leaves no room"
        return " and ".join(clauses) + ("" if others else ", where there is no room")

    def _lag(self, lag: PrecedenceLag) -> str:
        least = hours_words(self._timeline.minutes(lag.min_lag))
        if lag.max_lag is None:
            return f"at least {least} " if lag.min_lag else ""
        most = hours_words(self._timeline.minutes(lag.max_lag))
        return f"{least} to {most} " if lag.min_lag else f"at most {most} "

    def _chain(self, _activity: Activity, blocker: Blocker, _others: Rules) -> str:
        others = self._list(blocker.subjects, self._names.activity)
        verb = "has" if len(blocker.subjects) == 1 else "have"
        return f"it goes only together with {others}, which {verb} no place"

    def _worth(self, _activity: Activity, _blocker: Blocker, _others: Rules) -> str:
        return "it fits, but costs more than it brings (lateness, changeovers, penalty)"

    def _helps(self, activity: Activity, blocker: Blocker) -> list[str]:
        first = self._list(blocker.subjects[:1])
        return {
            "window": ["a longer window"],
            "calendar": ["longer opening hours"],
            "outage": ["an earlier end of the outage"],
            "busy": ["a longer window", "another facility"],
            "changeover": ["more time between two configurations", "another facility"],
            "people": [f"one more on shift with {held.rstrip(';')}" for held in blocker.subjects[:1]],
            "utility": [f"drawing less of {first}", "another day"],
            "group": [f"another time for {first}"],
            "participant": ["another participant"],
            "precedence": ["a longer time between the two"],
        }.get(blocker.rule, ["another wish"])

    def _in(self, activity: Activity, others: Rules) -> str:
        """In which time; not said where another clause says it."""
        return "" if others & {"window", "calendar"} else f" in all of {self._times(activity)}"

    def _length(self, activity: Activity) -> str:
        whole = self._timeline.minutes(activity.setup + activity.least + activity.teardown)
        extra = " with setup and teardown" if activity.setup or activity.teardown else ""
        return f"{hours_words(whole)}{extra}"

    def _times(self, activity: Activity) -> str:
        """The time that it could use: its own, or the plan's."""
        start, end = self._span(activity)
        if start >= end:
            return "its time"
        whole = interval_words(self._timeline.interval(start, end), self._timeline.zone)
        if len(activity.windows) > 1:
            return f"its {len(activity.windows)} windows ({whole})"
        if (start, end) == (0, self._timeline.horizon):
            return "the plan's time"
        return f"its time ({whole})"

    def _span(self, activity: Activity) -> tuple[int, int]:
        """First and last tick that it could use; empty where they exclude each other."""
        start = max(0, activity.release or 0)
        end = self._timeline.horizon if activity.deadline is None else activity.deadline
        if activity.windows:
            start = max(start, min(window.start for window in activity.windows))
            end = min(end, max(window.end for window in activity.windows))
        return start, end

    def _takers(self, blocker: Blocker) -> str:
        if len(blocker.activities) < MOST_TAKERS:
            return self._list(blocker.activities, self._names.activity)
        # The solver names no more than these: there may be others.
        first = dict.fromkeys(self._names.activity(name) for name in blocker.activities)
        return f"{', '.join(list(first)[:MOST_NAMES])} and others"

    def _list(self, ids: Sequence[str], name: Callable[[str], str] = str) -> str:
        return and_more(list(dict.fromkeys(name(each) for each in ids)), len(set(ids)))


_WORDS: Mapping[str, Callable[[Speaker, Activity, Blocker, Rules], str]] = {
    "window": Speaker._window,
    "calendar": Speaker._calendar,
    "outage": Speaker._outage,
    "busy": Speaker._busy,
    "changeover": Speaker._changeover,
    "people": Speaker._people,
    "utility": Speaker._utility,
    "group": Speaker._group,
    "participant": Speaker._participant,
    "precedence": Speaker._precedence,
    "chain": Speaker._chain,
    "worth": Speaker._worth,
}
