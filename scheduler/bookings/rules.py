"""The rule book: what may be booked, as decisions over facts. Every path asks the same rules.

Each rule gives the sentence that refuses, or nothing. That two bookings never hold the same thing at
once is not asked here: the database itself refuses it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.calendars.words import day_words, hours_words, interval_words, moment_words
from scheduler.intervals import Interval, subtract


@dataclass(frozen=True)
class Stop:
    """Time that is taken away, and why: an outage, an absence."""

    interval: Interval
    reason: str = ""


@dataclass(frozen=True)
class ResourceFacts:
    code: str
    is_retired: bool
    open: Sequence[Interval]
    outages: Sequence[Stop]


@dataclass(frozen=True)
class PersonFacts:
    """`shifts` None: at any time. `holds`: qualification code -> when it is valid.

    `duties` are those already booked, the ones under test not among them.
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
class DutyFacts:
    person: PersonFacts
    qualification: str
    interval: Interval


@dataclass(frozen=True)
class BookingFacts:
    """One booking to be, with all that the rules ask about."""

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


def refusals(facts: BookingFacts) -> list[str]:
    """Every sentence that refuses the booking; none: it may be."""
    return [sentence for rule in RULES for sentence in rule(facts)]


def refuse_retired(facts: BookingFacts) -> Iterator[str]:
    for resource in facts.resources:
        if resource.is_retired:
            yield f"{resource.code} is retired. Choose another facility."
    for person in [*(duty.person for duty in facts.duties), *facts.participants]:
        if person.is_retired:
            yield f"{person.name} has left. Choose somebody else."


def refuse_closed(facts: BookingFacts) -> Iterator[str]:
    for resource in facts.resources:
        if closed := subtract([facts.occupied], resource.open):
            yield (
                f"{resource.code} is closed {interval_words(closed[0], facts.zone)}. "
                "Choose a time within its opening hours."
            )


def refuse_outage(facts: BookingFacts) -> Iterator[str]:
    for resource in facts.resources:
        for outage in resource.outages:
            if outage.interval.overlaps(facts.occupied):
                why = f" ({outage.reason})" if outage.reason else ""
                over = moment_words(outage.interval.end, facts.zone)
                yield (
                    f"{resource.code} is out {interval_words(outage.interval, facts.zone)}{why}. "
                    f"Choose a time after {over}, or another facility."
                )
                break


def refuse_unqualified(facts: BookingFacts) -> Iterator[str]:
    for duty in facts.duties:
        valid = duty.person.holds.get(duty.qualification)
        if valid is None:
            yield f"{duty.person.name} does not hold {duty.qualification}. Choose somebody who does."
        elif gap := subtract([duty.interval], valid):
            day = day_words(gap[0].start, facts.zone)
            yield (
                f"{duty.person.name}'s {duty.qualification} is not valid on {day}. "
                "Use somebody else or renew it."
            )


def refuse_off_shift(facts: BookingFacts) -> Iterator[str]:
    for duty in facts.duties:
        if duty.person.shifts is not None and (off := subtract([duty.interval], duty.person.shifts)):
            yield (
                f"{duty.person.name} is not on shift {interval_words(off[0], facts.zone)}. "
                "Choose a time within the shift, or somebody else."
            )


def refuse_absent(facts: BookingFacts) -> Iterator[str]:
    taking_part = [(duty.person, duty.interval) for duty in facts.duties]
    taking_part += [(person, facts.run) for person in facts.participants]
    for person, interval in taking_part:
        for absence in person.absences:
            if absence.interval.overlaps(interval):
                why = f" ({absence.reason})" if absence.reason else ""
                yield f"{person.name} is away {interval_words(absence.interval, facts.zone)}{why}."
                break


def refuse_over_limit(facts: BookingFacts) -> Iterator[str]:
    """Minutes of duty that start within one local day, one ISO week."""
    for person, own in _duties_by_person(facts.duties):
        every = [*person.duties, *own]
        for limit, name, key in (
            (person.most_minutes_day, "that day", _day_of),
            (person.most_minutes_week, "that week", _week_of),
        ):
            if limit is None:
                continue
            for group in {key(interval, facts.zone) for interval in own}:
                minutes = sum(interval.minutes for interval in every if key(interval, facts.zone) == group)
                if minutes > limit:
                    yield (
                        f"{person.name} would reach {hours_words(minutes)} of {hours_words(limit)} {name}. "
                        "Move it to another day, or choose somebody else."
                    )
                    break


def refuse_short_rest(facts: BookingFacts) -> Iterator[str]:
    for person, own in _duties_by_person(facts.duties):
        if not person.least_rest_minutes:
            continue
        rest = timedelta(minutes=person.least_rest_minutes)
        for interval in own:
            for other in [*person.duties, *own]:
                same_day = _day_of(other, facts.zone) == _day_of(interval, facts.zone)
                if other is interval or same_day:
                    continue
                if other.start < interval.end + rest and interval.start < other.end + rest:
                    yield (
                        f"{person.name} needs {hours_words(person.least_rest_minutes)} of rest between "
                        f"the duty {interval_words(other, facts.zone)} and this one. Choose somebody else."
                    )
                    break


def refuse_outside_request(facts: BookingFacts) -> Iterator[str]:
    asked = facts.request
    if asked is None:
        return
    if asked.earliest and facts.occupied.start < asked.earliest:
        yield f"{asked.code} may not start before {moment_words(asked.earliest, facts.zone)}."
    if asked.latest and facts.occupied.end > asked.latest:
        yield f"{asked.code} must be over by {moment_words(asked.latest, facts.zone)}."
    for windows, interval in (
        *((windows, facts.run) for windows in asked.run_windows),
        *((windows, facts.occupied) for windows in asked.whole_windows),
    ):
        if windows and not any(window.contains(interval) for window in windows):
            first = min(windows)
            yield (
                f"{interval_words(interval, facts.zone)} lies in none of the windows of {asked.code}. "
                f"The first is {interval_words(first, facts.zone)}."
            )
    if asked.alternatives and facts.resource_codes not in asked.alternatives:
        ways = ", or ".join(" with ".join(sorted(way)) for way in asked.alternatives[:4])
        chosen = " with ".join(sorted(facts.resource_codes))
        yield f"{asked.code} does not ask for {chosen}. It asks for {ways}."
    if facts.run.minutes < asked.least_part_minutes:
        yield (
            f"{asked.code} needs at least {hours_words(asked.least_part_minutes)} in one go, "
            f"this is {hours_words(facts.run.minutes)}."
        )
    if asked.wish_minutes is not None and facts.run.minutes > asked.wish_minutes:
        wish, length = hours_words(asked.wish_minutes), hours_words(facts.run.minutes)
        yield f"{asked.code} asks for {wish}, this is {length}."


def refuse_over_quota(facts: BookingFacts) -> Iterator[str]:
    left = facts.quota_left_minutes
    if left is not None and facts.run.minutes > left:
        yield (
            f"{facts.project_code} has {hours_words(max(left, 0))} of its quota left, "
            f"this takes {hours_words(facts.run.minutes)}. Shorten it, or ask for more hours."
        )


RULES: tuple[Callable[[BookingFacts], Iterable[str]], ...] = (
    refuse_retired,
    refuse_closed,
    refuse_outage,
    refuse_unqualified,
    refuse_off_shift,
    refuse_absent,
    refuse_over_limit,
    refuse_short_rest,
    refuse_outside_request,
    refuse_over_quota,
)


def refuse_lag(
    before: Sequence[Interval],
    after: Sequence[Interval],
    min_lag_minutes: int,
    max_lag_minutes: int | None,
    names: tuple[str, str],
    zone: ZoneInfo,
) -> str | None:
    """Whole bookings of two requests of which one follows the other; either side may be missing yet."""
    if not before or not after:
        return None
    over = max(interval.end for interval in before)
    earliest = over + timedelta(minutes=min_lag_minutes)
    start = min(interval.start for interval in after)
    if start < earliest:
        return f"{names[1]} may start {moment_words(earliest, zone)} at the earliest: it follows {names[0]}."
    if max_lag_minutes is not None and start > over + timedelta(minutes=max_lag_minutes):
        latest = over + timedelta(minutes=max_lag_minutes)
        return f"{names[1]} must start by {moment_words(latest, zone)}: it follows {names[0]}."
    return None


def _duties_by_person(duties: Sequence[DutyFacts]) -> Iterator[tuple[PersonFacts, list[Interval]]]:
    own: dict[int, tuple[PersonFacts, list[Interval]]] = {}
    for duty in duties:
        own.setdefault(id(duty.person), (duty.person, []))[1].append(duty.interval)
    yield from own.values()


def _day_of(interval: Interval, zone: ZoneInfo) -> date:
    return interval.start.astimezone(zone).date()


def _week_of(interval: Interval, zone: ZoneInfo) -> tuple[int, int]:
    year, week, _ = interval.start.astimezone(zone).isocalendar()
    return year, week
