"""A left room says what happened; rooms to its right listen. Wired in `create_app`.

Handlers run at once, inside the transaction of whoever announced.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class CalendarChanged:
    site_id: int


@dataclass(frozen=True)
class OutageReported:
    outage_id: int


@dataclass(frozen=True)
class QualificationLapses:
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
