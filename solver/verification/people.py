"""Rules of `solver.verify` about people: enough, qualified, on shift, there, rested, at one place."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, pairwise

from solver.problem import Person, Window
from solver.verification.facts import (
    Duty,
    Facts,
    Interval,
    Violation,
    days_of,
    intervals_of,
    joined,
    lies_in_one,
    overlap,
    rows_of,
    spanned,
    weeks_of,
)


def every_need_is_met(facts: Facts) -> Iterator[Violation]:
    for each in facts.placed:
        if each.pin is not None and each.pin.people is not None:
            continue
        needs, people = each.activity.needs, each.assignment.people
        if len(people) != len(needs):
            yield Violation(
                "people", each.id, f"{each.label} has people for {len(people)} of {len(needs)} needs"
            )
            continue
        for need, names in zip(needs, people, strict=True):
            # A phase without work, as setup where there is none, needs nobody.
            duties = len(facts.relays(each, need))
            rows = rows_of(names, need.count, duties)
            if len(names) != need.count * duties or any(len(set(row)) != need.count for row in rows):
                yield Violation(
                    "people",
                    each.id,
                    f"{each.label} needs {need.count if duties else 0} different people with "
                    f"{need.qualification} in phase {need.phase}"
                    f"{f' for each of {duties} duties' if duties > 1 else ''}, not {list(names)}",
                )


def neighbouring_duties_have_different_people(facts: Facts) -> Iterator[Violation]:
    for each in facts.placed:
        if each.pin is not None and each.pin.people is not None:
            continue
        for need, names in zip(each.activity.needs, each.assignment.people, strict=False):
            if need.longest is None:
                continue
            rows = rows_of(names, need.count, len(facts.relays(each, need)))
            for before, after in pairwise(rows):
                for name in sorted(set(before) & set(after)):
                    yield Violation(
                        "relief",
                        each.id,
                        f"{name} is relieved by nobody on {need.qualification} for {each.label}: "
                        f"nobody has two neighbouring duties",
                    )


def people_are_known(facts: Facts) -> Iterator[Violation]:
    for each in facts.placed:
        for names in each.assignment.people:
            for name in names:
                if name not in facts.people:
                    yield Violation(
                        "people", each.id, f"{each.label} is given {name!r}, who is not in the problem"
                    )


def qualifications_cover_the_phase(facts: Facts) -> Iterator[Violation]:
    held: dict[tuple[str, str], list[Interval]] = {}
    for duty in facts.duties:
        key = (duty.person.id, duty.qualification)
        if key not in held:
            own = (q for q in duty.person.qualifications if q.id == duty.qualification)
            held[key] = joined((q.start, q.end) for q in own)
        if duty.chosen and not lies_in_one(duty.interval, held[key]):
            yield Violation(
                "qualification",
                duty.placed.id,
                f"{duty.person.id} does not hold {duty.qualification} throughout {_what(duty)}",
            )


def duties_lie_in_a_shift(facts: Facts) -> Iterator[Violation]:
    shifts = {
        person.id: joined(intervals_of(person.shifts))
        for person in facts.problem.people
        if person.shifts is not None
    }
    for duty in facts.duties:
        own = shifts.get(duty.person.id)
        if duty.chosen and own is not None and not lies_in_one(duty.interval, own):
            yield Violation(
                "shift", duty.placed.id, f"{duty.person.id} is not on shift throughout {_what(duty)}"
            )


def nobody_works_while_absent(facts: Facts) -> Iterator[Violation]:
    for duty in facts.duties:
        if duty.chosen and _absent(duty.person, duty.interval):
            yield Violation("absence", duty.placed.id, f"{duty.person.id} is absent for {_what(duty)}")


def participants_are_not_absent(facts: Facts) -> Iterator[Violation]:
    for each in facts.placed:
        for name in each.activity.participants:
            work = facts.work(each, "run")
            if each.pin is None and any(_absent(facts.people[name], stretch) for stretch in work):
                yield Violation("participant", each.id, f"{name} takes part in {each.label} but is absent")


def nobody_is_at_two_places(facts: Facts) -> Iterator[Violation]:
    """Duties and taking part together: a person has time for one of them at a time."""
    taken: dict[str, list[tuple[Interval, str]]] = defaultdict(list)
    for duty in facts.duties:
        taken[duty.person.id].append((duty.interval, _what(duty)))
    for each in facts.placed:
        for name in each.activity.participants:
            for start, end in facts.work(each, "run"):
                taken[name].append(((start, end), f"the run of {each.label} [{start}, {end})"))
    for name, takes in taken.items():
        takes.sort()
        for i, (interval, what) in enumerate(takes):
            for other, other_what in takes[i + 1 :]:
                if other[0] >= interval[1]:
                    break
                if overlap(interval, other):
                    yield Violation("person", name, f"{name} is on {what} and {other_what} at once")


def duty_stays_within_day_and_week(facts: Facts) -> Iterator[Violation]:
    for person, duties in _by_person(facts):
        for rule, most, periods in (
            ("max_day", person.max_day, days_of(facts.problem)),
            ("max_week", person.max_week, weeks_of(facts.problem)),
        ):
            if most is not None:
                yield from _over_limit(rule, person, most, periods, duties)


def _over_limit(
    rule: str, person: Person, most: int, periods: Sequence[Window], duties: Sequence[Duty]
) -> Iterator[Violation]:
    for period in periods:
        within = [duty for duty in duties if period.start <= duty.start < period.end]
        total = sum(duty.end - duty.start for duty in within)
        # A promise may exceed the limit; what is added to it may not.
        if total > most and not all(duty.pinned for duty in within):
            yield Violation(
                rule,
                person.id,
                f"{person.id} has {total} ticks of duty in [{period.start}, {period.end}), at most {most}",
            )


def rest_lies_between_days(facts: Facts) -> Iterator[Violation]:
    days = days_of(facts.problem)
    for person, duties in _by_person(facts):
        if person.min_rest <= 0:
            continue
        for earlier, later in combinations(duties, 2):
            if earlier.pinned and later.pinned:
                continue
            rest = later.start - earlier.end
            if rest < person.min_rest and spanned(days, earlier.start) != spanned(days, later.start):
                yield Violation(
                    "min_rest",
                    person.id,
                    f"{person.id} rests {rest} ticks between {_what(earlier)} and {_what(later)}, "
                    f"at least {person.min_rest} are due",
                )


PEOPLE_RULES: tuple[Callable[[Facts], Iterator[Violation]], ...] = (
    every_need_is_met,
    neighbouring_duties_have_different_people,
    people_are_known,
    qualifications_cover_the_phase,
    duties_lie_in_a_shift,
    nobody_works_while_absent,
    participants_are_not_absent,
    nobody_is_at_two_places,
    duty_stays_within_day_and_week,
    rest_lies_between_days,
)


def _by_person(facts: Facts) -> Iterator[tuple[Person, list[Duty]]]:
    """Each person on duty with the duties in order of time."""
    duties: dict[str, list[Duty]] = defaultdict(list)
    for duty in facts.duties:
        duties[duty.person.id].append(duty)
    for person_id, own in duties.items():
        yield facts.people[person_id], sorted(own, key=lambda duty: duty.interval)


def _absent(person: Person, interval: Interval) -> bool:
    return any(overlap(interval, (absence.start, absence.end)) for absence in person.absences)


def _what(duty: Duty) -> str:
    return f"{duty.qualification} for {duty.placed.label} [{duty.start}, {duty.end})"
