"""What the rule book is told of a booking to be, and what it answers. Plain values: no database, no web."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler.intervals import Interval

OVERRIDES: dict[str, str | None] = {
    "retired": None,
    "named twice": None,
    "held": None,
    "changeover": None,
    "utility": None,
    "past": "administrator",
    "outage": "administrator",
    "calibration": "administrator",
    "qualification": "administrator",
    "people": "administrator",
    "escort": "administrator",
    "absence": "administrator",
}
"""Who may set a rule aside: nobody what the database guards, administrators what keeps people and
equipment safe, managers of the facility every other rule."""


@dataclass(frozen=True)
class Refusal:
    """One reason why a booking may not be.

    Parameters
    ----------
    rule
        Short name of the rule.
    sentence
        What, where, until when, and what to do.
    subject
        Code or name of what it is about.
    in_the_way
        Ids of the bookings that stand in its way.
    """

    rule: str
    sentence: str
    subject: str = ""
    in_the_way: tuple[int, ...] = ()

    @property
    def override_role(self) -> str | None:
        """The least role that may set the rule aside; None: nobody."""
        return OVERRIDES.get(self.rule, "manager")


@dataclass(frozen=True)
class Stop:
    """Time that is taken away, and why: an outage, an absence."""

    interval: Interval
    reason: str = ""


@dataclass(frozen=True)
class Taken:
    """Time that another booking holds, under the name that the reader may see."""

    interval: Interval
    booking_id: int
    title: str


@dataclass(frozen=True)
class Neighbour:
    """The booking before, or after, on a resource that is changed over, and the minutes between."""

    taken: Taken
    minutes: int


@dataclass(frozen=True)
class ResourceFacts:
    """`seats` of `capacity` are wanted; `taken` is what others hold, each one seat.

    `calibrated_until`: the first moment at which its calibration is due. What stands in a zone
    or is held as part of a whole is asked like the rest.
    """

    code: str
    is_retired: bool
    open: Sequence[Interval]
    outages: Sequence[Stop]
    calibrated_until: datetime | None = None
    least_people: int = 0
    is_restricted: bool = False
    notice_minutes: int | None = None
    horizon_days: int | None = None
    shortest_minutes: int | None = None
    longest_minutes: int | None = None
    capacity: int = 1
    seats: int = 1
    taken: Sequence[Taken] = ()
    before: Neighbour | None = None
    after: Neighbour | None = None


@dataclass(frozen=True)
class PersonFacts:
    """`shifts` None: at any time. `holds`: qualification code -> when it is valid.

    `duties` are those already booked, the ones under test not among them; `taken` all that the
    person takes part in.
    """

    name: str
    is_retired: bool
    shifts: Sequence[Interval] | None
    absences: Sequence[Stop]
    holds: Mapping[str, Sequence[Interval]]
    most_minutes_day: int | None = None
    most_minutes_week: int | None = None
    least_rest_minutes: int | None = None
    duties: Sequence[Interval] = ()
    most_days_in_a_row: int | None = None
    kind: str = "staff"
    taken: Sequence[Taken] = ()


@dataclass(frozen=True)
class RequestFacts:
    """What a request asks of each of its bookings; windows that bind the run, and the whole."""

    code: str
    earliest: datetime | None
    latest: datetime | None
    run_windows: Sequence[Sequence[Interval]] = ()
    whole_windows: Sequence[Sequence[Interval]] = ()
    alternatives: Sequence[frozenset[str]] = ()
    least_part_minutes: float = 0
    wish_minutes: float | None = None


@dataclass(frozen=True)
class LagFacts:
    """A request that comes before or after this one: the whole bookings of both that stand already.

    `before` and `after` are without the booking under test; `is_after`: it belongs to the later one.
    """

    before: Sequence[Interval]
    after: Sequence[Interval]
    is_after: bool
    names: tuple[str, str]
    min_lag_minutes: int = 0
    max_lag_minutes: int | None = None


@dataclass(frozen=True)
class DutyFacts:
    person: PersonFacts
    qualification: str
    interval: Interval


@dataclass(frozen=True)
class SupplyFacts:
    """Units drawn of a utility; `others` are the draws of other bookings, `levels` other capacities.

    Of a daily budget `others` are those of the day, whenever they are.
    """

    code: str
    unit: str
    amount: int
    interval: Interval
    capacity: int
    is_daily: bool = False
    levels: Sequence[tuple[Interval, int]] = ()
    others: Sequence[tuple[Taken, int]] = ()


@dataclass(frozen=True)
class BookingFacts:
    """One booking to be, with all that the rules ask about.

    `now` None is for plans, whose span says how near and how far ahead they book.
    """

    run: Interval
    occupied: Interval
    zone: ZoneInfo
    resources: Sequence[ResourceFacts]
    duties: Sequence[DutyFacts] = ()
    participants: Sequence[PersonFacts] = ()
    request: RequestFacts | None = None
    project_code: str = ""
    quota_left_minutes: float | None = None
    resource_codes: frozenset[str] = field(default_factory=frozenset)
    now: datetime | None = None
    supplies: Sequence[SupplyFacts] = ()
    group_code: str = ""
    group_taken: Sequence[Taken] = ()
    lags: Sequence[LagFacts] = ()

    @property
    def everybody(self) -> list[tuple[PersonFacts, Interval]]:
        """Whoever takes part, on duty or not, each for the time of it."""
        taking_part = [(duty.person, duty.interval) for duty in self.duties]
        return taking_part + [(person, self.run) for person in self.participants]
