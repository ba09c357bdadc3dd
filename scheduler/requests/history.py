"""What became of a request: four steps for the eye, and a list of who did what and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from scheduler.accounts.models import User
from scheduler.audit import Audit
from scheduler.database import session
from scheduler.requests.models import ActivityRequest

STEPS = ("asked", "approved", "planned", "booked")
DONE = {"submitted": 1, "declined": 1, "approved": 2, "booked": 4, "done": 4}
"""How many steps are behind it in that state; of others none."""
WORDS = {
    "draft": "made it a draft",
    "submitted": "asked for it",
    "approved": "approved it",
    "booked": "booked it",
    "done": "noted that it is done",
    "declined": "declined it",
    "withdrawn": "withdrew it",
}
MOST = 60


@dataclass(frozen=True)
class Step:
    word: str
    is_done: bool
    is_bad: bool = False


@dataclass(frozen=True)
class Event:
    """One line of the list. `kind`: state, question, answer, comment or change."""

    at: datetime
    who: str
    kind: str
    words: str
    text: str = ""


def steps(row: ActivityRequest, *, is_planned: bool) -> list[Step]:
    done = DONE.get(row.state, 0) + (1 if is_planned and row.state == "approved" else 0)
    found = [Step(word, number < done) for number, word in enumerate(STEPS)]
    if row.state == "declined":
        found[1] = Step("declined", False, True)
    return found


def events(row: ActivityRequest) -> list[Event]:
    """States from the log, decisions with their notes, and what was said; the latest first."""
    found = [Event(said.at, _name(said.user), said.kind, SAID[said.kind], said.text) for said in row.comments]
    decided = [
        Event(
            each.at,
            _name(each.user),
            "state",
            WORDS.get(each.decision, each.decision) + (f" for {each.resource.code}" if each.resource else ""),
            each.note,
        )
        for each in row.approvals
    ]
    known = {(each.words.partition(" for ")[0], each.who) for each in decided}
    logged = [each for each in _logged(row) if (each.words, each.who) not in known]
    found += decided + logged
    return sorted(found, key=lambda each: each.at, reverse=True)[:MOST]


SAID = {"comment": "wrote", "question": "asked back", "answer": "answered"}


def _logged(row: ActivityRequest) -> list[Event]:
    rows = session.scalars(
        select(Audit)
        .where(
            Audit.entity == "activity_request",
            Audit.entity_id == row.id,
            # The log has an index of moments, none of rows.
            Audit.at >= row.created_at - timedelta(minutes=5),
        )
        .order_by(Audit.id.desc())
        .limit(MOST)
    )
    # A new request is written in two steps, of which the second is no change.
    new_until = row.created_at + timedelta(seconds=2)
    found = [event for each in rows if (event := _event(each)) is not None]
    return [event for event in found if event.kind != "change" or event.at > new_until]


def _event(entry: Audit) -> Event | None:
    after: dict[str, Any] = entry.after or {}
    state = after.get("state")
    if entry.action == "added":
        words = "wrote it down" if state in (None, "draft") else f"brought it in as {state}"
        return Event(entry.at, entry.actor_name, "state", words)
    if state is not None:
        return Event(entry.at, entry.actor_name, "state", WORDS.get(state, state), entry.reason or "")
    if "waiting_since" in after:
        waits = after["waiting_since"] is not None
        words = "put it on the waiting list" if waits else "took it off the waiting list"
        return Event(entry.at, entry.actor_name, "change", words)
    told = [name for name in after if name in FIELDS]
    if not told:
        return None
    return Event(entry.at, entry.actor_name, "change", f"changed {', '.join(FIELDS[name] for name in told)}")


FIELDS = {
    "title": "the title",
    "wish_minutes": "the length",
    "earliest_at": "not before",
    "latest_at": "finished by",
    "due_at": "better by",
    "priority": "the priority",
    "value": "the value",
    "preferred": "the preferred times",
    "preferred_from": "the chosen slot",
    "hazards": "the hazards",
    "note": "the note",
    "configuration": "the configuration",
    "project_id": "the project",
}


def _name(user: User | None) -> str:
    return user.name if user else "the system"


def said_last(events_: Sequence[Event]) -> Event | None:
    """The question that waits for an answer."""
    return next((each for each in events_ if each.kind == "question"), None)
