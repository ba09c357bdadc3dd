"""What was asked for and what came of it: wished minutes placed and unmet, request by request.

A request counts in a span when its whole window lies in it. One whose window reaches over an edge
may still be served outside, so it is told apart and has nothing unmet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduler.intervals import Interval

DEMAND_STATES = ("approved", "booked", "done")
"""Requests that the centre agreed to serve."""

OUTCOMES = ("placed", "in part", "not placed")


@dataclass(frozen=True)
class DemandFacts:
    """A request: its window (None has no edge on that side) and the runs booked for it."""

    code: str
    title: str
    project: str
    kind: str
    priority: int
    state: str
    earliest: datetime | None
    latest: datetime | None
    wish_minutes: float
    runs: Sequence[Interval] = ()


@dataclass(frozen=True)
class Demand:
    """`placed` minutes lie in the span, at most those wished; `unmet` None: may be served outside."""

    facts: DemandFacts
    placed: float
    unmet: float | None

    @property
    def outcome(self) -> str:
        if self.placed >= self.facts.wish_minutes:
            return "placed"
        return "in part" if self.placed else "not placed"


def demand_of(requests: Iterable[DemandFacts], span: Interval) -> list[Demand]:
    """Requests whose window touches the span, each with what was booked for it there."""
    found = []
    for facts in requests:
        if not _touches(facts, span):
            continue
        runs = [common.minutes for run in facts.runs if (common := run.intersection(span))]
        placed = min(sum(runs), facts.wish_minutes)
        unmet = facts.wish_minutes - placed if lies_in(facts.earliest, facts.latest, span) else None
        found.append(Demand(facts, placed, unmet))
    return found


def lies_in(earliest: datetime | None, latest: datetime | None, span: Interval) -> bool:
    """Whether a window lies in the span as a whole."""
    return earliest is not None and latest is not None and span.start <= earliest and latest <= span.end


def _touches(facts: DemandFacts, span: Interval) -> bool:
    if any(run.overlaps(span) for run in facts.runs):
        return True
    starts_before_end = facts.earliest is None or facts.earliest < span.end
    ends_after_start = facts.latest is None or facts.latest > span.start
    return facts.state != "done" and starts_before_end and ends_after_start
