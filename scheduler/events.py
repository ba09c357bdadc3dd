"""A left room says what happened; rooms to its right listen. Wired in `create_app`.

Handlers run at once, inside the transaction of whoever announced.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class CalendarChanged:
    """Opening hours, shifts or days off: of one calendar or all, from one day to another or from now on."""

    site_id: int
    calendar_id: int | None = None
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class PersonChanged:
    """Absences, shifts, or that somebody left."""

    person_id: int


@dataclass(frozen=True)
class OutageReported:
    outage_id: int


@dataclass(frozen=True)
class ResourceChanged:
    """Its opening hours, or that it is retired."""

    resource_id: int


@dataclass(frozen=True)
class OutageEnded:
    """What was taken away is to be had again, all or part of it."""

    resource_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class QualificationLapses:
    """Somebody holds a qualification for another time than before."""

    person_id: int
    qualification_id: int


@dataclass(frozen=True)
class SlotFreed:
    booking_id: int


_handlers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(event: type, handler: Callable[[Any], None]) -> None:
    """Call `handler` with each event of that type; subscribing again changes nothing."""
    if handler not in _handlers[event]:
        _handlers[event].append(handler)


def announce(event: object) -> None:
    for handler in _handlers[type(event)]:
        handler(event)
