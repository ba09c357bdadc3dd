"""What would place what a plan leaves out, and what a remedy made of its parent, for the page of a plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from scheduler.accounts import service as accounts
from scheduler.accounts.models import User
from scheduler.accounts.rules import Place
from scheduler.database import session
from scheduler.plans.models import Plan
from scheduler.plans.names import HIDDEN
from scheduler.plans.remedies import Changes, Found, Kept, by_activity, find_kept, found_of, is_looking
from scheduler.plans.remedy_drafts import Origin, origin_of
from scheduler.plans.remedy_words import RemedySpeaker
from scheduler.plans.stored import Stored, names_of, requests_of
from scheduler.resources.models import Resource

Where = Literal["shifts", "hours", "outages", "utilities"]
MADE_AT: Mapping[str, Where] = {
    "another_person": "shifts",
    "longer_opening": "hours",
    "shorter_outage": "outages",
    "without_outage": "outages",
    "more_of_utility": "utilities",
}
"""On which page the centre is changed as a remedy asks for."""


@dataclass(frozen=True)
class RemedyRow:
    """One remedy in words; where the centre has to change first, `where` says on which page, of which row."""

    key: str
    words: str
    gain: str
    cost: str
    place: str
    changes: Changes
    where: Where | None = None
    row_id: int | None = None
    subject: str = ""


@dataclass(frozen=True)
class Search:
    """How the search for remedies stands, and what it found, by request."""

    is_looking: bool = False
    looked: int = 0
    asked: int = 0
    rows: Mapping[str, list[RemedyRow]] = field(default_factory=dict)
    nothing: Mapping[str, str] = field(default_factory=dict)
    may_try: bool = False

    @property
    def is_complete(self) -> bool:
        return self.looked == self.asked

    @property
    def mark(self) -> str:
        """The same as long as the page would show the same."""
        return f"{int(self.is_looking)}-{self.looked}-{sum(len(rows) for rows in self.rows.values())}"


@dataclass(frozen=True)
class Difference:
    """A request whose place a remedy changed; no code where the reader may not know it."""

    what: Literal["placed", "moved", "left out"]
    code: str
    title: str
    was: str
    now: str
    kind: str = ""
    request_id: int | None = None


@dataclass(frozen=True)
class Made:
    """Of which plan, for which request and by which remedy a draft was made, and what differs."""

    parent: Plan
    code: str
    words: str
    differences: list[Difference]


def search_of(plan: Plan, user: User | None, now: datetime, *, is_open: bool) -> Search:
    """What would place what the plan leaves out, as `user` may see it.

    Parameters
    ----------
    is_open
        Whether the plan is a draft that still fits. Of any other nothing is shown: what was found for
        it may not be true any more.
    """
    if not is_open:
        return Search()
    stored = Stored(plan)
    seen = requests_of(plan, stored, user)
    codes = [code for code in stored.without_place if code in seen]
    found = {code: each for code, each in found_of(plan).items() if code in codes}
    speaker = RemedySpeaker(stored.problem, stored.timeline, names_of(plan, stored, user), stored.assignments)
    resources = _resources(plan, found)
    return Search(
        is_looking=is_looking(plan, now),
        looked=sum(each.is_settled for each in found.values()),
        asked=len(codes),
        rows={
            code: [_row(speaker, code, kept, resources) for kept in each.remedies]
            for code, each in found.items()
            if each.remedies
        },
        nothing={code: _nothing_words(each) for code, each in found.items() if not each.remedies},
        may_try=accounts.can(user, "manager", Place(site_id=plan.site_id)),
    )


def words_of(plan: Plan, user: User | None, code: str, key: str) -> str:
    """What a remedy says, for the log; empty where there is none of that key."""
    kept = find_kept(plan, code, key)
    if kept is None:
        return ""
    stored = Stored(plan)
    names = names_of(plan, stored, user)
    return RemedySpeaker(stored.problem, stored.timeline, names, stored.assignments).words(code, kept)


def made_of(plan: Plan, user: User | None) -> Made | None:
    """What a remedy made this draft of; None for a plan that was built."""
    origin = origin_of(plan)
    if origin is None or plan.parent is None:
        return None
    before, after = Stored(plan.parent), Stored(plan)
    names = names_of(plan.parent, before, user)
    speaker = RemedySpeaker(before.problem, before.timeline, names, before.assignments)
    is_seen = names.title(origin.code) != HIDDEN
    return Made(
        parent=plan.parent,
        code=origin.code if is_seen else "",
        words=speaker.words(origin.code, origin.kept),
        differences=_differences(plan, user, before, after, origin),
    )


def _differences(
    plan: Plan, user: User | None, before: Stored, after: Stored, origin: Origin
) -> list[Difference]:
    """The request that was to be placed first, then those that go and those that move."""
    names, seen = names_of(plan, before, user), requests_of(plan, before, user)
    old, new = by_activity(before.assignments), by_activity(after.assignments)
    was = RemedySpeaker(before.problem, before.timeline, names, before.assignments)
    now = RemedySpeaker(after.problem, after.timeline, names, after.assignments)
    found = []
    for code in dict.fromkeys([origin.code, *sorted(old), *sorted(new)]):
        stood = was.stands(code, old[code]) if code in old else ""
        stands = now.stands(code, new[code]) if code in new else ""
        if stood == stands:
            continue
        title, asked = names.title(code), seen.get(code)
        found.append(
            Difference(
                what="moved" if stood and stands else "placed" if stands else "left out",
                code=code if asked else "",
                title=title,
                was=stood,
                now=stands,
                kind=asked.project.kind if asked else "",
                request_id=asked.id if asked else None,
            )
        )
    order = {"placed": 0, "left out": 1, "moved": 2}
    return sorted(found, key=lambda each: order[each.what])


def _row(speaker: RemedySpeaker, code: str, kept: Kept, resources: Mapping[str, Resource]) -> RemedyRow:
    step = next((step for step in kept.steps if step.kind in MADE_AT), None)
    where = MADE_AT[step.kind] if step is not None else None
    resource = resources.get(step.subject) if step is not None else None
    return RemedyRow(
        key=kept.key,
        words=speaker.words(code, kept),
        gain=speaker.gain(kept),
        cost=speaker.cost(kept),
        place=speaker.place(code, kept),
        changes=kept.changes,
        where=where,
        row_id=(resource.calendar_id if where == "hours" else resource.id) if resource else None,
        subject=resource.code if resource else "",
    )


def _resources(plan: Plan, found: Mapping[str, Found]) -> dict[str, Resource]:
    """Those that remedies ask something of."""
    codes = {
        step.subject
        for each in found.values()
        for kept in each.remedies
        for step in kept.steps
        if MADE_AT.get(step.kind) in ("hours", "outages")
    }
    rows = session.scalars(select(Resource).where(Resource.site_id == plan.site_id, Resource.code.in_(codes)))
    return {row.code: row for row in rows} if codes else {}


def _nothing_words(found: Found) -> str:
    if found.has_place is None:
        return "The time was up before anything was found."
    if found.has_place:
        return "No single change that was tried places it."
    return "Nothing that was tried places it, not even where all that is not booked yet gives way."
