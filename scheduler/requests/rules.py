"""Where a request may go from where it stands, and what may be asked for."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from scheduler.requests.choices import HAZARDS, PREFERRED, listed
from scheduler.requests.lengths import hours_text, length_text
from scheduler.requests.models import PHASES
from scheduler.requests.values import Facts, RequestValues

TRANSITIONS: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"submitted", "withdrawn"}),
    "submitted": frozenset({"approved", "declined", "withdrawn"}),
    "approved": frozenset({"booked", "declined", "withdrawn"}),
    "booked": frozenset({"approved", "done"}),
    "done": frozenset(),
    "declined": frozenset({"draft", "booked"}),
    "withdrawn": frozenset({"draft"}),
}
"""From a booked request the way back is to lose its bookings, which makes it approved again. What was
declined for lack of room is booked when it waited for a slot and one came free."""

OWNER_EDITS = frozenset({"draft", "submitted"})
MANAGER_EDITS = frozenset({"draft", "submitted", "approved", "booked"})

MOST_RUN_MINUTES = 90 * 24 * 60
MOST_EXTRA_MINUTES = 14 * 24 * 60
MOST_PARTS = 50
MOST_PEOPLE = 50
MOST_NUMBER = 1_000_000_000
TITLE_LETTERS = 200


def allowed_transitions(state: str) -> frozenset[str]:
    """The states that a request in `state` may go to."""
    return TRANSITIONS[state]


def is_allowed(state: str, following: str) -> bool:
    return following in TRANSITIONS[state]


def faults(values: RequestValues, facts: Facts, now: datetime | None = None) -> dict[str, str]:
    """Field of the form -> what is wrong with it and what to do; empty for a sound request.

    With `now` a request that cannot begin any more is a fault too.
    """
    found: dict[str, str] = {}
    for check in (_text_faults, _length_faults, _part_faults, _way_faults, _number_faults):
        found |= check(values)
    found |= _time_faults(values, facts, now)
    found |= _window_faults(values)
    found |= _need_faults(values)
    found |= _draw_faults(values, facts)
    found |= _after_faults(values)
    if fault := quota_fault(values.wish_minutes, facts):
        found.setdefault("wish", fault)
    return found


def quota_fault(wish_minutes: int, facts: Facts) -> str | None:
    """What is wrong where a project has fewer hours left than are asked for."""
    left = facts.quota_left_minutes
    if left is None or wish_minutes <= left:
        return None
    remedy = f"Shorten it to {length_text(left)} or ask for more hours" if left > 0 else "Ask for more hours"
    of_all = f"{hours_text(max(0, left))} of {hours_text(facts.quota_minutes or 0)} h"
    return f"{facts.project_name} has {of_all} left, this takes {hours_text(wish_minutes)}. {remedy}."


def find_cycle(pairs: Iterable[tuple[int, int]]) -> list[int] | None:
    """Requests that each have to come after the one before, and the first after the last; or None."""
    following: dict[int, list[int]] = {}
    for before, after in pairs:
        following.setdefault(before, []).append(after)
    done: set[int] = set()
    for first in following:
        # Depth first without recursion: a chain may be longer than Python's stack.
        path: list[int] = []
        on_path: set[int] = set()
        stack: list[tuple[int, bool]] = [(first, False)]
        while stack:
            node, is_left = stack.pop()
            if is_left:
                path.pop()
                on_path.discard(node)
                done.add(node)
                continue
            if node in on_path:
                return path[path.index(node) :]
            if node in done:
                continue
            path.append(node)
            on_path.add(node)
            stack.append((node, True))
            stack.extend((after, False) for after in following.get(node, ()))
    return None


def next_code(letter: str, numbers: Iterable[int]) -> str:
    """The code after the highest number that is taken: R-0001, R-0002."""
    return f"{letter}-{max(numbers, default=0) + 1:04d}"


def _text_faults(values: RequestValues) -> dict[str, str]:
    found = {}
    for name, words in (("hazards", HAZARDS), ("preferred", PREFERRED)):
        text = getattr(values, name)
        if strange := set(listed(text)) - set(words):
            found[name] = f'There is no "{sorted(strange)[0][:40]}". Choose among {", ".join(words)}.'
    chosen = values.preferred_from, values.preferred_until
    if (chosen[0] is None) != (chosen[1] is None) or (chosen[0] and chosen[1] and chosen[1] <= chosen[0]):
        found["slot"] = "The chosen slot has no end after its start. Choose it again."
    if not values.title.strip():
        return found | {"title": "Say in a few words what is to be done."}
    if len(values.title) > TITLE_LETTERS:
        return found | {"title": f"The title has {len(values.title)} signs. Shorten it to {TITLE_LETTERS}."}
    return found


def _length_faults(values: RequestValues) -> dict[str, str]:
    found = {}
    if values.wish_minutes <= 0:
        found["wish"] = "A run takes more than 0 min. Write a length like 4.5."
    elif values.wish_minutes > MOST_RUN_MINUTES:
        found["wish"] = f"One request lasts at most {MOST_RUN_MINUTES // 1440} days. Split it into several."
    if values.least_minutes <= 0:
        found["least"] = "The least length is more than 0 min. Leave it blank to take the wish."
    elif values.least_minutes > values.wish_minutes > 0:
        wished = length_text(values.wish_minutes)
        found["least"] = (
            f"{length_text(values.least_minutes)} is more than the wished {wished}. Write at most {wished}."
        )
    for name, minutes in (("setup", values.setup_minutes), ("teardown", values.teardown_minutes)):
        if minutes is not None and not 0 <= minutes <= MOST_EXTRA_MINUTES:
            found[name] = f"Write 0 to {MOST_EXTRA_MINUTES // 60} h, or nothing to take the facility's."
    return found


def _part_faults(values: RequestValues) -> dict[str, str]:
    found = {}
    if not 1 <= values.most_parts <= MOST_PARTS:
        found["most_parts"] = f"Write 1 to {MOST_PARTS} parts."
    least_part = values.least_part_minutes
    if least_part is not None:
        if least_part <= 0:
            found["least_part"] = "A part takes more than 0 min. Leave it blank if any length will do."
        elif least_part > values.wish_minutes > 0:
            found["least_part"] = (
                f"A part of {hours_text(least_part)} h is longer than the wished "
                f"{hours_text(values.wish_minutes)} h in all. Write less, or leave it blank."
            )
    return found


def _way_faults(values: RequestValues) -> dict[str, str]:
    if not values.ways:
        return {"ways-0-resources-0": "Choose at least one facility."}
    found = {}
    seen: dict[frozenset[int], int] = {}
    for row, way in enumerate(values.ways):
        place = f"ways-{row}-resources-0"
        same = seen.setdefault(frozenset(way.resource_ids), row)
        if not way.resource_ids:
            found[place] = "Choose a facility, or leave the whole row blank."
        elif len(set(way.resource_ids)) < len(way.resource_ids):
            found[place] = "One facility stands here twice. Take one of them out."
        elif same < row:
            found[place] = f"This is the same as choice {same + 1}. Take one of them out."
        if not 0 <= way.penalty <= MOST_NUMBER:
            found[f"ways-{row}-penalty"] = f"Write 0 to {MOST_NUMBER:,}."
    return found


def _number_faults(values: RequestValues) -> dict[str, str]:
    found = {}
    if not 1 <= values.priority <= 5:
        found["priority"] = "Choose 1 (first) to 5 (last)."
    if not 0 <= values.value <= MOST_NUMBER:
        found["value"] = f"Write 0 to {MOST_NUMBER:,}."
    return found


def _time_faults(values: RequestValues, facts: Facts, now: datetime | None) -> dict[str, str]:
    found = {}
    earliest, latest, due = values.earliest_at, values.latest_at, values.due_at
    extra = _or(values.setup_minutes, facts.setup_minutes) + _or(
        values.teardown_minutes, facts.teardown_minutes
    )
    takes = timedelta(minutes=values.least_minutes + extra)
    start = max((moment for moment in (earliest, now) if moment is not None), default=None)
    if latest is not None:
        if earliest is not None and latest <= earliest:
            found["latest"] = "This is not after the earliest start. Choose a later end, or an earlier start."
        elif now is not None and latest <= now:
            found["latest"] = "This is over already. Choose a later end."
        elif start is not None and latest - start < takes and values.least_minutes > 0:
            there = (latest - start).total_seconds() / 60
            what = "work, setup and teardown" if extra else "work"
            needed = hours_text(values.least_minutes + extra)
            found["latest"] = (
                f"That leaves {hours_text(there)} h for {needed} h of {what}. "
                "Choose a later end, an earlier start or a shorter length."
            )
    if due is not None:
        if earliest is not None and due <= earliest:
            found["due"] = "This is not after the earliest start. Choose a later time, or leave it blank."
        elif latest is not None and due > latest:
            found["due"] = "This is after the latest end, which holds anyway. Leave it blank."
    return found


def _window_faults(values: RequestValues) -> dict[str, str]:
    found = {}
    for row, window in enumerate(values.windows):
        if window.ends_at <= window.starts_at:
            found[f"windows-{row}-until"] = "This is not after the start of the window. Choose a later end."
        if window.way is not None and not 1 <= window.way <= len(values.ways):
            found[f"windows-{row}-way"] = (
                f"There is no choice {window.way}. Take one that is filled in, or all."
            )
    return found


def _need_faults(values: RequestValues) -> dict[str, str]:
    found = {}
    seen: set[Any] = set()
    for row, need in enumerate(values.needs):
        if not 1 <= need.count <= MOST_PEOPLE:
            found[f"needs-{row}-count"] = f"Write 1 to {MOST_PEOPLE} people."
        found |= _phase_fault(f"needs-{row}", need.phase, (need.qualification_id, need.phase), seen)
    return found


def _draw_faults(values: RequestValues, facts: Facts) -> dict[str, str]:
    found = {}
    seen: set[Any] = set()
    for row, draw in enumerate(values.draws):
        most, unit = facts.capacities.get(draw.utility_id, (MOST_NUMBER, ""))
        if draw.amount < 1:
            found[f"draws-{row}-amount"] = "Write 1 or more, or leave the whole row blank."
        elif draw.amount > most:
            found[f"draws-{row}-amount"] = (
                f"There is never more than {most:,} {unit}".rstrip() + ". Write less."
            )
        found |= _phase_fault(f"draws-{row}", draw.phase, (draw.utility_id, draw.phase), seen)
    return found


def _phase_fault(place: str, phase: str, key: Any, seen: set[Any]) -> dict[str, str]:
    is_double = key in seen
    seen.add(key)
    if phase not in PHASES:
        return {f"{place}-phase": f"Choose one of {', '.join(PHASES)}."}
    if is_double:
        return {f"{place}-phase": "This stands in an earlier row already. Put both into one row."}
    return {}


def _after_faults(values: RequestValues) -> dict[str, str]:
    found = {}
    seen: set[int] = set()
    for row, after in enumerate(values.afters):
        if after.before_id in seen:
            found[f"afters-{row}-code"] = "This request stands in an earlier row. Take one of them out."
        seen.add(after.before_id)
        if after.min_lag_minutes < 0:
            found[f"afters-{row}-min_lag"] = "Write 0 or more."
        elif after.max_lag_minutes is not None and after.max_lag_minutes < after.min_lag_minutes:
            found[f"afters-{row}-max_lag"] = "At most is less than at least. Write more, or leave it blank."
    return found


def _or(minutes: int | None, otherwise: int) -> int:
    return otherwise if minutes is None else minutes
