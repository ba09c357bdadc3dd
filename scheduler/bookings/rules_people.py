"""The rule book's pages about people: qualification, shift, absence, duty limits, company."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from scheduler.bookings.rule_facts import BookingFacts, DutyFacts, PersonFacts, Refusal
from scheduler.calendars.words import day_words, hours_words, interval_words
from scheduler.intervals import Interval, subtract


def refuse_unqualified(facts: BookingFacts) -> Iterator[Refusal]:
    for duty in facts.duties:
        name, valid = duty.person.name, duty.person.holds.get(duty.qualification)
        if valid is None:
            sentence = f"{name} does not hold {duty.qualification}. Choose somebody who does."
            yield Refusal("qualification", sentence, name)
        elif gap := subtract([duty.interval], valid):
            day = day_words(gap[0].start, facts.zone)
            sentence = f"{name}'s {duty.qualification} is not valid on {day}. Use somebody else or renew it."
            yield Refusal("qualification", sentence, name)


def refuse_off_shift(facts: BookingFacts) -> Iterator[Refusal]:
    for duty in facts.duties:
        if duty.person.shifts is not None and (off := subtract([duty.interval], duty.person.shifts)):
            yield Refusal(
                "shift",
                f"{duty.person.name} is not on shift {interval_words(off[0], facts.zone)}. "
                "Choose a time within the shift, or somebody else.",
                duty.person.name,
            )


def refuse_absent(facts: BookingFacts) -> Iterator[Refusal]:
    for person, interval in facts.everybody:
        for absence in person.absences:
            if absence.interval.overlaps(interval):
                why = f" ({absence.reason})" if absence.reason else ""
                away = interval_words(absence.interval, facts.zone)
                yield Refusal("absence", f"{person.name} is away {away}{why}.", person.name)
                break


def refuse_over_limit(facts: BookingFacts) -> Iterator[Refusal]:
    """Minutes of duty that start within one local day, one ISO week."""
    for person, own in _duties_by_person(facts.duties):
        every = [*person.duties, *own]
        for limit, name, key in (
            (person.most_minutes_day, "that day", _day_of),
            (person.most_minutes_week, "that week", _week_of),
        ):
            if limit is None:
                continue
            for group in sorted({key(interval, facts.zone) for interval in own}):
                minutes = sum(interval.minutes for interval in every if key(interval, facts.zone) == group)
                if minutes > limit:
                    yield Refusal(
                        "hours",
                        f"{person.name} would reach {hours_words(minutes)} of {hours_words(limit)} {name}. "
                        "Move it to another day, or choose somebody else.",
                        person.name,
                    )
                    break


def refuse_short_rest(facts: BookingFacts) -> Iterator[Refusal]:
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
                    yield Refusal(
                        "rest",
                        f"{person.name} needs {hours_words(person.least_rest_minutes)} of rest between "
                        f"the duty {interval_words(other, facts.zone)} and this one. Choose somebody else.",
                        person.name,
                    )
                    break


def refuse_days_in_a_row(facts: BookingFacts) -> Iterator[Refusal]:
    """Local days that a duty touches, one after the other, those of this booking among them."""
    for person, own in _duties_by_person(facts.duties):
        if person.most_days_in_a_row is None:
            continue
        mine = days_touched(own, facts.zone)
        days = mine | days_touched(person.duties, facts.zone)
        longest = max(len(_row_around(day, days)) for day in mine)
        if longest > person.most_days_in_a_row:
            row = max((_row_around(day, days) for day in mine), key=len)
            yield Refusal(
                "days in a row",
                f"{person.name} would be on duty {longest} days in a row, {row[0]:%a} {row[0].day} to "
                f"{row[-1]:%a} {row[-1].day} {row[-1]:%b}, of at most {person.most_days_in_a_row}. "
                "Choose another day, or somebody else.",
                person.name,
            )


def refuse_too_few(facts: BookingFacts) -> Iterator[Refusal]:
    """So many different people on duty throughout the run as a resource demands."""
    present = {id(duty.person) for duty in facts.duties if duty.interval.contains(facts.run)}
    for resource in facts.resources:
        if len(present) < resource.least_people:
            yield Refusal(
                "people",
                f"{resource.code} needs {resource.least_people} people on duty during the whole run, "
                f"this has {len(present)}. Name more of them.",
                resource.code,
            )


def refuse_unescorted(facts: BookingFacts) -> Iterator[Refusal]:
    """A visitor takes part in a restricted place only beside somebody of the staff."""
    visitors = [person for person, _ in facts.everybody if person.kind == "visitor"]
    escorts = [
        person
        for person, interval in facts.everybody
        if person.kind == "staff" and interval.contains(facts.run)
    ]
    if not visitors or escorts:
        return
    for resource in facts.resources:
        if resource.is_restricted:
            yield Refusal(
                "escort",
                f"{resource.code} is restricted: {visitors[0].name} visits, and nobody of the staff is "
                "there during the whole run. Name somebody of the staff too.",
                resource.code,
            )


def days_touched(duties: Iterable[Interval], zone: ZoneInfo) -> set[date]:
    """Local days of which duties take any time."""
    days = set()
    for duty in duties:
        day = duty.start.astimezone(zone).date()
        # A duty that ends at midnight takes nothing of the day that begins then.
        last = (duty.end - timedelta(microseconds=1)).astimezone(zone).date()
        while day <= last:
            days.add(day)
            day += timedelta(days=1)
    return days


def _row_around(day: date, days: set[date]) -> list[date]:
    first, last = day, day
    while first - timedelta(days=1) in days:
        first -= timedelta(days=1)
    while last + timedelta(days=1) in days:
        last += timedelta(days=1)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _duties_by_person(duties: Sequence[DutyFacts]) -> Iterator[tuple[PersonFacts, list[Interval]]]:
    own: dict[int, tuple[PersonFacts, list[Interval]]] = {}
    for duty in duties:
        own.setdefault(id(duty.person), (duty.person, []))[1].append(duty.interval)
    yield from own.values()


def _day_of(interval: Interval, zone: ZoneInfo) -> tuple[int, int]:
    return interval.start.astimezone(zone).date().toordinal(), 0


def _week_of(interval: Interval, zone: ZoneInfo) -> tuple[int, int]:
    year, week, _ = interval.start.astimezone(zone).isocalendar()
    return year, week


PEOPLE: tuple[Callable[[BookingFacts], Iterable[Refusal]], ...] = (
    refuse_unqualified,
    refuse_off_shift,
    refuse_absent,
    refuse_over_limit,
    refuse_short_rest,
    refuse_days_in_a_row,
    refuse_too_few,
    refuse_unescorted,
)
