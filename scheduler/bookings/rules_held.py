"""The rule book's pages about what others hold already: said kindly, before the database refuses it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from scheduler.bookings.rule_facts import BookingFacts, Refusal, ResourceFacts, SupplyFacts, Taken
from scheduler.calendars.words import hours_words, interval_words, moment_words
from scheduler.intervals import Interval, peaks


def refuse_named_twice(facts: BookingFacts) -> Iterator[Refusal]:
    for (person, interval), (other, another) in combinations(facts.everybody, 2):
        if person is other and interval.overlaps(another):
            sentence = f"{person.name} is named twice for the same time. Choose somebody else for one."
            yield Refusal("named twice", sentence, person.name)


def refuse_full(facts: BookingFacts) -> Iterator[Refusal]:
    """Places of a resource, of a zone: as many as others leave at every moment."""
    for resource in facts.resources:
        there = [taken for taken in resource.taken if taken.interval.overlaps(facts.occupied)]
        if most_at_once(there, facts.occupied) + resource.seats > resource.capacity:
            yield _held(resource.code, "held for", there, facts.zone)


def refuse_no_changeover(facts: BookingFacts) -> Iterator[Refusal]:
    """Room to change over from the booking before, and to the one after."""
    for resource in facts.resources:
        before, after = resource.before, resource.after
        if before is not None:
            earliest = before.taken.interval.end + timedelta(minutes=before.minutes)
            if facts.occupied.start < earliest:
                yield _no_room(resource, before.taken, before.minutes, facts.zone, "after", earliest)
        if after is not None:
            latest = after.taken.interval.start - timedelta(minutes=after.minutes)
            if facts.occupied.end > latest:
                yield _no_room(resource, after.taken, after.minutes, facts.zone, "before", latest)


def refuse_busy(facts: BookingFacts) -> Iterator[Refusal]:
    for person, interval in facts.everybody:
        there = [taken for taken in person.taken if taken.interval.overlaps(interval)]
        if there:
            yield _held(person.name, "busy with", there, facts.zone)


def refuse_beside_group(facts: BookingFacts) -> Iterator[Refusal]:
    there = [taken for taken in facts.group_taken if taken.interval.overlaps(facts.run)]
    if there:
        yield _held(facts.group_code, "held for", there, facts.zone)


def refuse_overdrawn(facts: BookingFacts) -> Iterator[Refusal]:
    for supply in facts.supplies:
        same = [other for other in facts.supplies if other.code == supply.code and other is not supply]
        if over := _overdraw(supply, same):
            left, there = over
            yield Refusal(
                "utility",
                f"It draws {supply.amount} {supply.unit} of {supply.code}: more than the {max(left, 0)} that "
                f"are left {interval_words(supply.interval, facts.zone)}. Choose another time, or draw less.",
                supply.code,
                tuple(dict.fromkeys(taken.booking_id for taken in there)),
            )


HELD: tuple[Callable[[BookingFacts], Iterable[Refusal]], ...] = (
    refuse_full,
    refuse_no_changeover,
    refuse_busy,
    refuse_beside_group,
    refuse_overdrawn,
)


def most_at_once(there: Sequence[Taken], within: Interval) -> int:
    cut = [taken.interval.intersection(within) for taken in there]
    loads = [(interval, 1) for interval in cut if interval is not None]
    return max((load for _, load in peaks(loads)), default=0)


def _held(name: str, verb: str, there: Sequence[Taken], zone: ZoneInfo) -> Refusal:
    first = min(there, key=lambda taken: taken.interval)
    until = moment_words(max(taken.interval.end for taken in there), zone)
    return Refusal(
        "held",
        f"{name} is {verb} {first.title} until {until}.",
        name,
        tuple(dict.fromkeys(taken.booking_id for taken in there)),
    )


def _no_room(
    resource: ResourceFacts, other: Taken, minutes: int, zone: ZoneInfo, side: str, bound: datetime
) -> Refusal:
    follows, verb = ("follow", "start from") if side == "after" else ("come before", "end by")
    return Refusal(
        "changeover",
        f"It cannot {follows} {other.title} on {resource.code} so closely: the changeover takes "
        f"{hours_words(minutes)}. It may {verb} {moment_words(bound, zone)}.",
        resource.code,
        (other.booking_id,),
    )


def _overdraw(supply: SupplyFacts, same: Sequence[SupplyFacts]) -> tuple[int, list[Taken]] | None:
    """What is left of it where it is least, and who draws then; None where that is enough."""
    others = [(taken.interval, amount, taken) for taken, amount in supply.others]
    own = [(each.interval, each.amount) for each in same]
    start = supply.interval.start
    if supply.is_daily:
        drawn = sum(amount for _, amount, _ in others) + sum(amount for _, amount in own)
        left = _capacity(supply, start) - drawn
        return (left, [taken for _, _, taken in others]) if supply.amount > left else None
    ends = [end for when, _ in supply.levels for end in (when.start, when.end)]
    moments = {start, *(when.start for when, _, _ in others), *(when.start for when, _ in own), *ends}
    worst: tuple[int, list[Taken]] | None = None
    for moment in sorted(moments):
        if not start <= moment < supply.interval.end:
            continue
        there = [(amount, taken) for when, amount, taken in others if when.start <= moment < when.end]
        mine = sum(amount for when, amount in own if when.start <= moment < when.end)
        left = _capacity(supply, moment) - mine - sum(amount for amount, _ in there)
        if supply.amount > left and (worst is None or left < worst[0]):
            worst = left, [taken for _, taken in there]
    return worst


def _capacity(supply: SupplyFacts, moment: datetime) -> int:
    holding = [amount for when, amount in supply.levels if when.start <= moment < when.end]
    return min(holding, default=supply.capacity)
