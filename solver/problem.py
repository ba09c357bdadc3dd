"""What is asked of the solver: a week (or several) of activities, and what they compete for.

All times are whole ticks from the start of the horizon, all intervals half-open ``[start, end)``,
all ids strings. The dataclasses are frozen and carry no behaviour beyond what they hold, so that a
problem can be written to JSON (`solver.codec`), replayed, and turned into a test.
"""

from dataclasses import dataclass, field
from typing import Literal

from solver.weights import Weights

Phase = Literal["setup", "run", "teardown", "all"]
"""Part of a placement: before the run, the run itself, after it, or the three together."""

Binds = Literal["run", "whole"]
"""What must lie inside a window: the run alone, or setup, run and teardown together."""

Per = Literal["moment", "day"]
"""How a utility is limited: at every moment (power), or in sum over a day (deliveries)."""

Closed = Literal["avoid", "pause", "run"]
"""What an activity does while a resource of it is closed: it keeps off, waits, or goes on."""


@dataclass(frozen=True, slots=True)
class Window:
    """Time ``[start, end)`` in ticks in which work may run.

    On an activity or a mode `binds` says what has to lie inside it; on a resource or a person it
    has no meaning, because calendars, outages and shifts always bind all that they touch.
    """

    start: int
    end: int
    binds: Binds = "whole"


@dataclass(frozen=True, slots=True)
class Level:
    """Capacity `amount` (units of the utility, not negative) that holds in ``[start, end)``."""

    start: int
    end: int
    amount: int


@dataclass(frozen=True, slots=True)
class Changeover:
    """Ticks that must lie between an activity in one configuration and the next in another.

    The next is the very next on the resource, by start of its setup. Pairs that are not listed need
    none. An activity without a configuration needs none before or after it, and the resource
    forgets by it how it stood. Nobody has to be there for it, and it may fall into closed hours.
    """

    before: str
    after: str
    ticks: int


@dataclass(frozen=True, slots=True)
class Resource:
    """A lab, chamber or simulator: renewable, capacity 1 (no overlap) or above (cumulative).

    Parameters
    ----------
    open
        Opening hours; None means always open. Touching windows count as one.
    outages
        Time that is taken away from the opening hours.
    changeovers
        Only for capacity 1. Assumed to hold the triangle inequality.
    configuration
        How the resource stands at tick 0, as if an activity in it ended there; None if it does not
        matter, and without effect if a pin is running at tick 0.
    """

    id: str
    capacity: int = 1
    open: tuple[Window, ...] | None = None
    outages: tuple[Window, ...] = ()
    changeovers: tuple[Changeover, ...] = ()
    configuration: str | None = None


@dataclass(frozen=True, slots=True)
class Qualification:
    """A qualification that a person holds in ``[start, end)``: it must cover the whole phase."""

    id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works (by qualification and shift) or takes part (by name).

    Parameters
    ----------
    shifts
        When the person can be put on duty; None means at any time. Touching shifts count as one.
        Shifts do not bind taking part as a participant.
    absences
        Time in which the person can neither work nor take part.
    max_day, max_week
        Most ticks of duty that start within one day or week of the problem; None is no limit.
        Taking part does not count as duty.
    min_rest
        Least ticks between two duties that start on different days of the problem.
    """

    id: str
    qualifications: tuple[Qualification, ...] = ()
    shifts: tuple[Window, ...] | None = None
    absences: tuple[Window, ...] = ()
    max_day: int | None = None
    max_week: int | None = None
    min_rest: int = 0


@dataclass(frozen=True, slots=True)
class Utility:
    """Power, nitrogen, compressed air: shared by many, with a capacity that may change over time.

    `levels` lie in order, do not overlap and cover the horizon. With ``per="day"`` the sum of the
    amounts whose phase *starts* on a day may not exceed the level at the first tick of that day.
    """

    id: str
    levels: tuple[Level, ...]
    per: Per = "moment"


@dataclass(frozen=True, slots=True)
class Group:
    """An exclusion group (a crew, a mission's runs): the runs of its activities never overlap."""

    id: str


@dataclass(frozen=True, slots=True)
class Need:
    """`count` different people who hold `qualification` over the whole of `phase`.

    Parameters
    ----------
    longest
        Most ticks that anybody is on it at a stretch; None is no limit. A phase of more ticks (pauses
        not counted) is shared: the fewest duties that are short enough, one after the other, of equal
        length rounded up, each by `count` people who hold the qualification over their own duty.
        Nobody has two neighbouring duties. Limits and rest of people count each duty for itself.
    """

    qualification: str
    count: int = 1
    phase: Phase = "all"
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """`amount` of a utility (its own unit, positive) over the whole of `phase`."""

    utility: str
    amount: int
    phase: Phase = "run"


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to do an activity: all of `resources` at once.

    Parameters
    ----------
    demands
        Units of each resource, in the order of `resources`; empty means one of each.
    windows
        Further windows that hold for this mode only, besides those of the activity. Of those that
        bind the run the run must lie inside one; the same for those that bind the whole.
    wish, least
        Run length in ticks for this mode; None takes that of the activity. Parts in modes of
        different lengths keep, in sum, to those of each mode used.
    penalty
        What choosing this mode costs, in units of value, for each part placed in it.
    """

    id: str
    resources: tuple[str, ...]
    demands: tuple[int, ...] = ()
    windows: tuple[Window, ...] = ()
    wish: int | None = None
    least: int | None = None
    penalty: int = 0


@dataclass(frozen=True, slots=True)
class Pin:
    """A placement that is given: a booking that stands, or a place set by hand.

    A pinned activity is always placed there, in one part. Windows, release, deadline, opening
    hours, outages, shifts, absences, qualifications and duty limits are not asked of it, because it
    is a promise; it occupies all that it takes, and nothing may overlap it.

    Parameters
    ----------
    start
        First tick of the setup. May lie before tick 0, and the end after the horizon.
    duration
        Ticks from the start of the run to its end, pauses included.
    people
        Names for each need, in the order of the activity's needs, as in an assignment; None lets the
        solver choose (then qualification, shifts and absences bind those it chooses).
    """

    start: int
    duration: int
    mode: str
    people: tuple[tuple[str, ...], ...] | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that takes time on one of its modes, with people and utilities.

    A placement occupies its resources for setup + run + teardown.

    Parameters
    ----------
    wish, least
        Ticks of run that are asked for, and the least that is of use; equal for a fixed length.
        Over all parts the sum lies in ``[least, wish]``; value is earned in proportion.
    most_parts, least_part
        At most so many placements, each with its own setup, teardown and mode, each with a run of
        at least `least_part` ticks. One part is always allowed.
    closed
        What becomes of it while a resource of its mode is closed. "avoid": the whole lies in opening
        hours. "run": opening hours do not bind it. "pause": its run waits until all resources of the
        mode are open again, and takes as many open ticks as its wish. It starts and ends in open
        time, as setup and teardown lie in open time. Resources and groups are held through the
        pauses; people (participants too) and draws are there in the ticks of work only, so that what
        is before a pause and what is after it are two duties of the same people, each with its own
        limits and rest. Needs a fixed length in each mode and one part. Outages bind all three.
    release, deadline
        The whole of each part lies in ``[release, deadline)``; None means the horizon.
    due
        Tick at which the last part should have ended (teardown included); later costs
        `Weights.lateness`.
    windows
        Those that bind the run: the run of each part lies inside one of them; those that bind the
        whole: so does the whole. None of a sort: no limit of that sort. Each window stands alone,
        touching ones are not joined.
    value
        What a full placement is worth, not negative.
    mandatory
        Placed before all others, whatever its value; a solution without it is not wrong but says so.
    participants
        Ids of persons who take part in the run by name. They are never at two places at once.
    groups
        Ids of exclusion groups; binds the run. Parts of one activity exclude each other as well.
    preferred
        Windows in which each part should lie, bound as those of `windows`; elsewhere costs
        `Weights.preference`.
    programme
        Whose share of all counts in `Weights.fairness`; None: nobody's.
    previous
        Where it stood before, one pin for each part in order of time: not binding, but leaving it
        costs `Weights.moved`, `Weights.distance` and `Weights.reassigned`, losing it `Weights.kept`.
    move_cost
        How much more than another it costs to move this one, not negative: people who are told
        already, a start that is near.
    """

    id: str
    modes: tuple[Mode, ...]
    wish: int
    least: int
    setup: int = 0
    teardown: int = 0
    most_parts: int = 1
    least_part: int = 1
    closed: Closed = "avoid"
    release: int | None = None
    deadline: int | None = None
    due: int | None = None
    windows: tuple[Window, ...] = ()
    value: int = 1
    mandatory: bool = False
    configuration: str | None = None
    needs: tuple[Need, ...] = ()
    draws: tuple[Draw, ...] = ()
    participants: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    pin: Pin | None = None
    preferred: tuple[Window, ...] = ()
    programme: str | None = None
    previous: tuple[Pin, ...] = ()
    move_cost: int = 1


@dataclass(frozen=True, slots=True)
class PrecedenceLag:
    """`after` starts (its setup) at least `min_lag`, at most `max_lag` ticks after `before` ends.

    Counted from the end of the teardown of the last part of `before` to the start of the setup of
    the first part of `after`. `after` is placed only if `before` is placed with at least its least.
    ``same_resource``: both are placed on one set of resources.

    Notes
    -----
    Minimum and maximum time lags as in Bartusch, Möhring and Radermacher (1988), Annals of
    Operations Research 16, 201-240.
    """

    before: str
    after: str
    min_lag: int = 0
    max_lag: int | None = None
    same_resource: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One horizon of one site.

    The objective, to be made as large as possible, is the sum over placed activities of
    ``value * placed / wish`` (ticks of run without pauses, of the mode's wish; parts add up) less the
    penalties of the modes used, less what `weights` says that the rest costs: being late, changing
    over, leaving the preferred windows or the previous place, and so on, see `Weights`.

    Parameters
    ----------
    horizon
        Number of ticks.
    tick_seconds
        Length of a tick in seconds; for people only, the solver does not use it.
    days, weeks
        Local days and weeks in ticks, in order, for daily budgets and duty limits. A clock change
        makes a day longer or shorter. Empty: the horizon is one day, one week.
    chains
        Sets of activities that are placed all together or not at all.
    """

    horizon: int
    activities: tuple[Activity, ...]
    resources: tuple[Resource, ...] = ()
    people: tuple[Person, ...] = ()
    utilities: tuple[Utility, ...] = ()
    groups: tuple[Group, ...] = ()
    precedences: tuple[PrecedenceLag, ...] = ()
    chains: tuple[tuple[str, ...], ...] = ()
    days: tuple[Window, ...] = ()
    weeks: tuple[Window, ...] = ()
    weights: Weights = field(default_factory=Weights)
    tick_seconds: int = 900
    name: str = ""
