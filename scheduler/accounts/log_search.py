"""What the audit log is asked for: read from an address, and put back into one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from scheduler.accounts.log import Search

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)
MOST_LETTERS = 100
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class Asked:
    """The search, the texts of its form as they were sent, and what is wrong with them."""

    search: Search
    texts: dict[str, str]
    faults: dict[str, str]


def read(arguments: Mapping[str, str]) -> Asked:
    """A fault leaves its own field out of the search."""
    names = ("q", "actor", "entity", "id", "action", "from", "until")
    texts = {name: (arguments.get(name) or "").strip()[:MOST_LETTERS] for name in names}
    faults: dict[str, str] = {}
    first, last = _day(texts, "from", faults), _day(texts, "until", faults)
    if first and last and last < first:
        faults["until"] = f"The last day is before the first, {first}. Choose a later one."
        last = None
    search = Search(
        text=texts["q"],
        actor=texts["actor"],
        entity=texts["entity"],
        entity_id=_number(texts, faults),
        action=texts["action"],
        since=_midnight(first) if first else None,
        until=_midnight(last + timedelta(days=1)) if last else None,
    )
    return Asked(search, texts, faults)


def _day(texts: dict[str, str], field: str, faults: dict[str, str]) -> date | None:
    text = texts[field]
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        faults[field] = f'"{text[:20]}" is no day. Write it like 2026-11-30.'
        return None
    if not FIRST_DAY <= day < LAST_DAY:
        faults[field] = f"{text} is out of range. Choose a year from {FIRST_DAY.year} to {LAST_DAY.year}."
        return None
    return day


def _number(texts: dict[str, str], faults: dict[str, str]) -> int | None:
    text = texts["id"]
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= LARGEST_ID):
        faults["id"] = f'"{text[:20]}" is no number of a row. Write it as the log shows it.'
        return None
    return int(text)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
