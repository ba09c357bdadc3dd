"""A repair in words: who and what goes from where to where, why, what is lost, who is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from scheduler.accounts.models import User
from scheduler.bookings.models import Booking
from scheduler.bookings.queries import shown_title, shows, visible_project_ids
from scheduler.calendars.service import zone_of
from scheduler.calendars.words import hours_words, interval_words
from scheduler.database import session
from scheduler.intervals import Interval
from scheduler.plans.desk_rules import code_of
from scheduler.plans.models import Plan
from scheduler.plans.names import and_more, is_or_are, sentence
from scheduler.plans.reasons import Speaker
from scheduler.plans.repair_problem import PARTS
from scheduler.plans.repair_record import Record, week_words
from scheduler.plans.stored import names_of
from solver import Activity, Assignment, Blocker, Change

SIGNS = {"moved": "⇄", "reassigned": "≠", "dropped": "−", "in order": "✓"}
WORDS = {
    "moved": "moved",
    "reassigned": "other people",
    "dropped": "no place",
    "in order": "stays",
}
MENDED = "Nothing stands against it any more."
CONFIDENTIAL = "It is confidential to you."


@dataclass(frozen=True)
class Stand:
    """When, where and with whom."""

    run: Interval
    resources: tuple[str, ...]
    people: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One change, as a page or a terminal shows it; `after` is None where there is no place."""

    booking_id: int
    kind: str
    title: str
    project_kind: str
    before: Stand
    after: Stand | None
    why: tuple[str, ...]
    told: tuple[str, ...]
    is_shown: bool

    @property
    def sign(self) -> str:
        return SIGNS[self.kind]

    @property
    def word(self) -> str:
        return WORDS[self.kind]

    @property
    def lost_minutes(self) -> float:
        """What of its run is lost."""
        kept = self.after.run.minutes if self.after else 0
        return max(0.0, self.before.run.minutes - kept)


@dataclass(frozen=True)
class Spoken:
    """A whole repair: its changes, those that lose their place first, then by time."""

    lines: tuple[Line, ...]
    is_proven: bool
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def lost_minutes(self) -> float:
        return sum(line.lost_minutes for line in self.lines)

    @property
    def told(self) -> list[tuple[str, list[Line]]]:
        """Everybody concerned, with their changes."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            for name in line.told:
                found.setdefault(name, []).append(line)
        return sorted(found.items())

    @property
    def summary(self) -> str:
        """3 bookings move, 1 gets other people, 1 has no place."""
        return count_words(self.counts)


def count_words(counts: Mapping[str, int]) -> str:
    words: list[str] = []
    for kind, one, more in (
        ("moved", "moves", "move"),
        ("reassigned", "gets other people", "get other people"),
        ("dropped", "has no place", "have no place"),
        ("in order", "is in order as it stands", "are in order as they stand"),
    ):
        if count := counts.get(kind, 0):
            what = "" if words else " booking" if count == 1 else " bookings"
            words.append(f"{count}{what} {one if count == 1 else more}")
    return ", ".join(words) or "nothing changes"


def speak(plan: Plan, user: User | None) -> Spoken:
    """The repair that a plan keeps, as `user` may read it; None reads all."""
    record = Record(plan)
    speaker = _Repairs(plan, record, user)
    changes = {change.activity: change for change in record.found.changes}
    names = [*changes, *record.mended, *sorted(record.lost)]
    lines = [speaker.line(name, changes.get(name)) for name in names]
    lines.sort(key=lambda line: (line.kind != "dropped", line.kind == "in order", line.before.run.start))
    counts: dict[str, int] = {}
    for line in lines:
        counts[line.kind] = counts.get(line.kind, 0) + 1
    return Spoken(tuple(lines), record.found.solution.status == "optimal", counts)


def terminal_lines(plan: Plan, user: User | None) -> list[str]:
    """The same for a terminal: a line for each change, and one for its reason."""
    zone, spoken = zone_of(plan.site), speak(plan, user)
    lines = [f"Repair of {week_words(plan.repair_week or '')} (plan {plan.number}): {spoken.summary}."]
    for line in spoken.lines:
        was = f"{interval_words(line.before.run, zone)} {', '.join(line.before.resources)}"
        if line.kind == "moved" and line.after:
            was += f" -> {interval_words(line.after.run, zone)} {', '.join(line.after.resources)}"
        elif line.kind == "reassigned" and line.after:
            was += f", {', '.join(line.before.people)} -> {', '.join(line.after.people)}"
        lines += [f"  {line.word:<13} {line.title}: {was}", f"  {'':<13} {' '.join(line.why)}"]
    if spoken.lost_minutes:
        lines.append(f"Lost: {hours_words(spoken.lost_minutes)} of run.")
    return lines


class _Repairs:
    """Puts the changes of one repair into words."""

    def __init__(self, plan: Plan, record: Record, user: User | None) -> None:
        self._record, self._names = record, names_of(plan, record.stored, user)
        self._mine = visible_project_ids(user)
        self._is_all_shown = user is None
        ids = [booking_id for booking_id, _ in record.bookings.values()]
        rows = session.scalars(
            select(Booking).where(Booking.id.in_(ids)).options(joinedload(Booking.project))
        )
        self._rows = {row.id: row for row in rows}
        self._activities = {activity.id: activity for activity in record.stored.problem.activities}
        self._after = {part.activity: part for part in record.stored.assignments}
        stored = record.stored
        self._elsewhere = Speaker(stored.problem, stored.timeline, self._names, stored.reasons)
        self._left_out = {each.code: each for each in stored.left_out}

    def line(self, name: str, change: Change | None) -> Line:
        booking = self._rows[self._record.bookings[name][0]]
        kind = change.kind if change else "dropped" if name in self._left_out else "in order"
        stood = self._record.stood[name]
        start, end = (datetime.fromisoformat(text) for text in stood["run"])
        people = tuple(self._person(code, held) for code, held in stood["people"])
        is_shown = self._is_all_shown or shows(booking, self._mine)
        before = Stand(Interval(start, end), tuple(stood["resources"]), people if is_shown else ())
        after = self._stand(self._activities[name], self._after[name]) if name in self._after else None
        if after and kind in ("reassigned", "in order"):
            after = Stand(before.run, before.resources, after.people)
        if after and not is_shown:
            after = Stand(after.run, after.resources, ())
        return Line(
            booking_id=booking.id,
            kind=kind,
            title=booking.title if is_shown else shown_title(booking, self._mine),
            project_kind=booking.project.kind if booking.project and is_shown else "",
            before=before,
            after=after,
            why=tuple(self._why(name, kind, change)) if is_shown else (CONFIDENTIAL,),
            told=tuple(told.name for told in self._record.told.get(name, ())) if is_shown else (),
            is_shown=is_shown,
        )

    def _stand(self, activity: Activity, part: Assignment) -> Stand:
        start = part.start + activity.setup
        mode = next((mode for mode in activity.modes if mode.id == part.mode), None)
        people = tuple(
            self._person(code, code_of(need.qualification))
            for need, names in zip(activity.needs, part.people, strict=False)
            for code in names
        )
        people += tuple(self._person(code, None) for code in activity.participants)
        run = self._record.stored.timeline.interval(start, start + part.duration)
        return Stand(run, mode.resources if mode else (), people)

    def _person(self, code: str, held: str | None) -> str:
        name = self._names.people.get(code, code)
        return f"{name} ({held})" if held else name

    def _why(self, name: str, kind: str, change: Change | None) -> list[str]:
        if kind == "in order":
            return [MENDED]
        said = list(self._record.against.get(name, ()))
        if not said and change is not None:
            said = [sentence(self._at_its_old_place(blocker)) for blocker in change.why]
        if kind == "dropped":
            out = self._left_out.get(name)
            said.append(self._elsewhere.left_out_reason(out) if out else self._elsewhere.reason(name))
        return list(dict.fromkeys(said)) or [
            "Nothing is in the way of its old place: a longer search may leave it there."
        ]

    def _at_its_old_place(self, blocker: Blocker) -> str:
        """What is in the way of the place at which it stood."""
        what = and_more(list(dict.fromkeys(blocker.subjects)))
        others = list(dict.fromkeys(self._names.activity(name) for name in blocker.activities))
        by = and_more(others)
        if blocker.rule == "people":
            return self._nobody(blocker.subjects, by)
        if blocker.rule == "participant":
            names = and_more([self._names.people.get(code, code) for code in blocker.subjects])
            return f"{names} {is_or_are(blocker.subjects)} not free then" + (f" ({by})" if by else "")
        if blocker.rule == "group":
            if any(code.endswith(PARTS) for code in blocker.subjects):
                return "another part of the same request runs then"
            return f"{what} has another run then" + (f": {by}" if by else "")
        if blocker.rule in ("precedence", "chain"):
            linked = and_more([self._names.activity(name) for name in blocker.subjects])
            if blocker.rule == "chain":
                return f"it goes only together with {linked}, which has no place"
            return f"it has to keep its distance from {linked}"
        return {
            "window": "its request does not allow its old place any more",
            "calendar": f"{what} {is_or_are(blocker.subjects)} closed then",
            "outage": f"{what} {is_or_are(blocker.subjects)} out then",
            "busy": f"makes room for {by}" if by else f"{what} is taken then",
            "changeover": f"no room is left on {what} for the changeover" + (f" next to {by}" if by else ""),
            "utility": f"not enough {what} is left then" + (f" beside {by}" if by else ""),
        }.get(blocker.rule, "the plan is better so")

    def _nobody(self, subjects: Sequence[str], by: str) -> str:
        """Who is gone, by name, or what nobody who is free then holds."""
        people = [self._names.people[code] for code in subjects if code in self._names.people]
        if people:
            words = f"{and_more(people)} {is_or_are(people)} not free then"
        else:
            held = and_more([code_of(code) for code in subjects])
            words = f"nobody with {held} is free then"
        return f"{words} (busy with {by})" if by else words
