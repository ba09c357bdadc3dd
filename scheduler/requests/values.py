"""What is asked for and what the centre says about it: plain facts, without database or web."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from scheduler.intervals import Interval


@dataclass(frozen=True)
class Way:
    """An alternative: all of its resources at once; `penalty` is what it costs of the value."""

    resource_ids: tuple[int, ...]
    penalty: int = 0


@dataclass(frozen=True)
class WindowValue:
    """`way` counts from 1; None holds for every way."""

    starts_at: datetime
    ends_at: datetime
    binds: str = "run"
    way: int | None = None


@dataclass(frozen=True)
class NeedValue:
    qualification_id: int
    count: int = 1
    phase: str = "all"


@dataclass(frozen=True)
class DrawValue:
    utility_id: int
    amount: int
    phase: str = "run"


@dataclass(frozen=True)
class After:
    """This request starts so many minutes after the other one ends."""

    before_id: int
    min_lag_minutes: int = 0
    max_lag_minutes: int | None = None
    same_resource: bool = False


@dataclass(frozen=True)
class RequestValues:
    """What is asked for, with rows as ids: the shape that forms give to the service."""

    title: str
    project_id: int
    wish_minutes: int
    least_minutes: int
    ways: tuple[Way, ...] = ()
    setup_minutes: int | None = None
    teardown_minutes: int | None = None
    most_parts: int = 1
    least_part_minutes: int | None = None
    earliest_at: datetime | None = None
    latest_at: datetime | None = None
    due_at: datetime | None = None
    windows: tuple[WindowValue, ...] = ()
    needs: tuple[NeedValue, ...] = ()
    draws: tuple[DrawValue, ...] = ()
    afters: tuple[After, ...] = ()
    participant_ids: tuple[int, ...] = ()
    exclusion_group_id: int | None = None
    priority: int = 3
    value: int = 0
    is_mandatory: bool = False
    configuration: str | None = None
    chain: str | None = None
    note: str = ""
    preferred: str = ""
    preferred_from: datetime | None = None
    preferred_until: datetime | None = None
    hazards: str = ""

    @property
    def chosen(self) -> Interval | None:
        """The slot that was chosen among the free ones."""
        start, end = self.preferred_from, self.preferred_until
        return Interval(start, end) if start and end and start < end else None


@dataclass(frozen=True)
class Facts:
    """What the centre says about the rows that a request names.

    Parameters
    ----------
    quota_left_minutes
        What is left of the hours of the project without this request; None is no limit.
    capacities
        Most units that each utility gives, with its unit, by id.
    setup_minutes, teardown_minutes
        Least of what the resources take of their own, where the request leaves its own blank.
    """

    project_name: str = "The project"
    quota_minutes: int | None = None
    quota_left_minutes: int | None = None
    capacities: Mapping[int, tuple[int, str]] = field(default_factory=dict)
    setup_minutes: int = 0
    teardown_minutes: int = 0
