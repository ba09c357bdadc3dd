"""Decisions about people: how a qualification stands, and what may be written about a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

SOON_DAYS = 90
"""A certificate that lapses within so many days is shown as such."""

VALID, LAPSES, LAPSED, LATER = "valid", "lapses", "lapsed", "later"
STATES = (VALID, LAPSES, LAPSED, LATER)

Span = tuple[date | None, date | None]
"""First and last day, both included; None is open."""


@dataclass(frozen=True)
class Standing:
    """How a qualification stands today.

    Parameters
    ----------
    since, until
        First and last day of the time that counts: the one that runs, else the one that comes next,
        else the one that was last. None is open.
    """

    state: str
    since: date | None
    until: date | None

    @property
    def is_held(self) -> bool:
        return self.state in (VALID, LAPSES)


def standing(spans: Iterable[Span], today: date, soon_days: int = SOON_DAYS) -> Standing | None:
    """Of all the times in which somebody holds one qualification; None: never."""
    joined = _joined(spans)
    if not joined:
        return None
    for since, until in joined:
        if (since is None or since <= today) and (until is None or today <= until):
            is_soon = until is not None and until <= today + timedelta(days=soon_days)
            return Standing(LAPSES if is_soon else VALID, since, until)
    coming = [(since, until) for since, until in joined if since is not None and since > today]
    if coming:
        return Standing(LATER, *coming[0])
    return Standing(LAPSED, *joined[-1])


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Sorted; one that begins the day after another ended goes on from it."""
    joined: list[Span] = []
    for since, until in sorted(spans, key=lambda span: span[0] or date.min):
        if joined:
            before_since, before_until = joined[-1]
            if before_until is None:
                continue
            if since is None or since <= before_until + timedelta(days=1):
                end = None if until is None else max(until, before_until)
                joined[-1] = (before_since, end)
                continue
        joined.append((since, until))
    return joined


def limit_faults(
    most_minutes_day: int | None, most_minutes_week: int | None, least_rest_minutes: int | None
) -> dict[str, str]:
    """What is wrong with duty limits, by the name of the field."""
    faults = {}
    if most_minutes_day is not None and most_minutes_day > 1440:
        faults["most_day"] = "A day has 24 h. Write at most that."
    if most_minutes_week is not None and most_minutes_week > 7 * 1440:
        faults["most_week"] = "A week has 168 h. Write at most that."
    if (
        most_minutes_day is not None
        and most_minutes_week is not None
        and most_minutes_week < most_minutes_day
    ):
        faults["most_week"] = "That is less than a day's limit. Write at least as much."
    if least_rest_minutes is not None and least_rest_minutes > 48 * 60:
        faults["least_rest"] = "Write at most 48 h."
    return faults


def validity_fault(since: date | None, until: date | None) -> str | None:
    if since is not None and until is not None and until < since:
        return f"It would lapse before it begins on {since}. Write a later day."
    return None
