"""The rule book: what may be booked, as decisions over facts. Every path asks the same rules.

Each rule gives the refusals that it has, or nothing. What is held already is asked only where the
facts say it: when something is booked in earnest, the database itself has the last word on that.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from scheduler.bookings.rule_facts import (
    BookingFacts,
    DutyFacts,
    LagFacts,
    Neighbour,
    PersonFacts,
    Refusal,
    RequestFacts,
    ResourceFacts,
    Stop,
    SupplyFacts,
    Taken,
)
from scheduler.bookings.rules_held import HELD, refuse_named_twice
from scheduler.bookings.rules_people import PEOPLE
from scheduler.calendars.words import day_words, hours_words, interval_words, moment_words
from scheduler.intervals import Interval, subtract

__all__ = [
    "RULES",
    "BookingFacts",
    "DutyFacts",
    "LagFacts",
    "Neighbour",
    "PersonFacts",
    "Refusal",
    "RequestFacts",
    "ResourceFacts",
    "Stop",
    "SupplyFacts",
    "Taken",
    "refusals",
    "refuse_lag",
]


def refusals(facts: BookingFacts) -> list[Refusal]:
    """Everything that refuses the booking; none: it may be."""
    return [refusal for rule in RULES for refusal in rule(facts)]


def refuse_retired(facts: BookingFacts) -> Iterator[Refusal]:
    for resource in facts.resources:
        if resource.is_retired:
            yield Refusal("retired", f"{resource.code} is retired. Choose another facility.", resource.code)
    for person in [*(duty.person for duty in facts.duties), *facts.participants]:
        if person.is_retired:
            yield Refusal("retired", f"{person.name} has left. Choose somebody else.", person.name)


def refuse_past(facts: BookingFacts) -> Iterator[Refusal]:
    if facts.now is not None and facts.run.start < facts.now:
        start = facts.run.start.astimezone(facts.zone)
        yield Refusal(
            "past", f"{moment_words(facts.run.start, facts.zone)} {start.year} is past. Choose a later start."
        )


def refuse_late_notice(facts: BookingFacts) -> Iterator[Refusal]:
    for resource in facts.resources:
        if facts.now is None or resource.notice_minutes is None or facts.run.start < facts.now:
            continue
        earliest = facts.now + timedelta(minutes=resource.notice_minutes)
        if facts.run.start < earliest:
            yield Refusal(
                "notice",
                f"{resource.code} is booked at least {hours_words(resource.notice_minutes)} ahead. "
                f"The earliest start is {moment_words(earliest, facts.zone)}.",
                resource.code,
            )


def refuse_far_ahead(facts: BookingFacts) -> Iterator[Refusal]:
    for resource in facts.resources:
        if facts.now is None or resource.horizon_days is None:
            continue
        latest = facts.now + timedelta(days=resource.horizon_days)
        if facts.run.start > latest:
            yield Refusal(
                "horizon",
                f"{resource.code} is booked at most {resource.horizon_days} days ahead. "
                f"Choose a start until {moment_words(latest, facts.zone)}.",
                resource.code,
            )


def refuse_length(facts: BookingFacts) -> Iterator[Refusal]:
    length = facts.run.minutes
    for resource in facts.resources:
        least, most = resource.shortest_minutes, resource.longest_minutes
        if least is not None and length < least:
            yield Refusal(
                "length",
                f"{resource.code} is booked for {hours_words(least)} or more, this is {hours_words(length)}.",
                resource.code,
            )
        if most is not None and length > most:
            yield Refusal(
                "length",
                f"{resource.code} is booked for {hours_words(most)} or less, this is {hours_words(length)}. "
                "Shorten it, or book it in parts.",
                resource.code,
            )


def refuse_closed(facts: BookingFacts) -> Iterator[Refusal]:
    for resource in facts.resources:
        if closed := subtract([facts.occupied], resource.open):
            yield Refusal(
                "closed",
                f"{resource.code} is closed {interval_words(closed[0], facts.zone)}. "
                "Choose a time within its opening hours.",
                resource.code,
            )


def refuse_outage(facts: BookingFacts) -> Iterator[Refusal]:
    for resource in facts.resources:
        for outage in resource.outages:
            if outage.interval.overlaps(facts.occupied):
                why = f" ({outage.reason})" if outage.reason else ""
                over = moment_words(outage.interval.end, facts.zone)
                yield Refusal(
                    "outage",
                    f"{resource.code} is out {interval_words(outage.interval, facts.zone)}{why}. "
                    f"Choose a time after {over}, or another facility.",
                    resource.code,
                )
                break


def refuse_uncalibrated(facts: BookingFacts) -> Iterator[Refusal]:
    for resource in facts.resources:
        due = resource.calibrated_until
        if due is not None and facts.occupied.end > due:
            day = day_words(due - timedelta(hours=1), facts.zone)
            yield Refusal(
                "calibration",
                f"The calibration of {resource.code} is due on {day}, before this ends. "
                "Choose a time before, or have it calibrated and write the new day.",
                resource.code,
            )


def refuse_outside_request(facts: BookingFacts) -> Iterator[Refusal]:
    asked = facts.request
    if asked is None:
        return
    for sentence in _against_request(facts, asked):
        yield Refusal("request", sentence, asked.code)


def _against_request(facts: BookingFacts, asked: RequestFacts) -> Iterator[str]:
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


def refuse_over_quota(facts: BookingFacts) -> Iterator[Refusal]:
    left = facts.quota_left_minutes
    if left is not None and facts.run.minutes > left:
        yield Refusal(
            "quota",
            f"{facts.project_code} has {hours_words(max(left, 0))} of its quota left, "
            f"this takes {hours_words(facts.run.minutes)}. Shorten it, or ask for more hours.",
            facts.project_code,
        )


def refuse_broken_lag(facts: BookingFacts) -> Iterator[Refusal]:
    """What follows, or is followed by, the request of this booking."""
    for lag in facts.lags:
        before = [*lag.before, *(() if lag.is_after else (facts.occupied,))]
        after = [*lag.after, *((facts.occupied,) if lag.is_after else ())]
        if after and not before:
            sentence: str | None = (
                f"{lag.names[1]} follows {lag.names[0]}, which is not booked. Book that first."
            )
        else:
            sentence = refuse_lag(
                before, after, lag.min_lag_minutes, lag.max_lag_minutes, lag.names, facts.zone
            )
        if sentence:
            yield Refusal("lag", sentence, lag.names[0] if lag.is_after else lag.names[1])


RULES: tuple[Callable[[BookingFacts], Iterable[Refusal]], ...] = (
    refuse_retired,
    refuse_named_twice,
    refuse_past,
    refuse_late_notice,
    refuse_far_ahead,
    refuse_length,
    refuse_closed,
    refuse_outage,
    refuse_uncalibrated,
    *PEOPLE,
    refuse_outside_request,
    refuse_over_quota,
    refuse_broken_lag,
    *HELD,
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
