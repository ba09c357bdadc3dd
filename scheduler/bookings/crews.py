"""People for a booking that has none yet: who holds what is needed, is there and free, and may do it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from scheduler.bookings.facts import Ledger
from scheduler.bookings.proposal import Duty, Proposal
from scheduler.bookings.rule_facts import PersonFacts
from scheduler.bookings.rules import refusals
from scheduler.calendars.models import Site
from scheduler.database import session
from scheduler.intervals import Interval, intersect, peaks, subtract
from scheduler.people.models import Person, PersonQualification, Qualification
from scheduler.requests.models import ActivityRequest, RequestNeed


class Crews:
    """Chooses for each need of one request; the least busy of that week first."""

    def __init__(self, asked: ActivityRequest, site: Site) -> None:
        self.asked = asked
        # Whoever is the rarest is chosen first: others may still be found for what many can do.
        self.holders = {need.qualification.id: _holders(site.id, need.qualification) for need in asked.needs}
        self.needs = sorted(asked.needs, key=lambda need: len(self.holders[need.qualification.id]))
        self.missed = ""
        self._ledger: Ledger | None = None
        self._free: dict[tuple[int, str], list[Interval]] = {}
        self._may: dict[tuple[int, int, str, datetime], bool] = {}

    @property
    def everybody(self) -> tuple[Duty, ...]:
        """All who might be chosen, once each."""
        found = {
            person.id: Duty(person, need.qualification, need.phase)
            for need in self.asked.needs
            for person in self.holders[need.qualification.id]
        }
        return tuple(found.values())

    @property
    def counts(self) -> list[tuple[str, int, int]]:
        """By qualification how many hold it at some time, and how many are needed."""
        return [
            (_name(need.qualification), len(self.holders[need.qualification.id]), need.count)
            for need in self.asked.needs
        ]

    def times_with_enough(self) -> list[tuple[str, list[Interval]]]:
        """By qualification when as many as are needed are there and free."""
        found = []
        for need in self.asked.needs:
            free = [
                (each, 1)
                for person in self.holders[need.qualification.id]
                for each in self._free_of(person, need.qualification)
            ]
            enough, start = [], None
            for moment, load in peaks(free):
                if load >= need.count and start is None:
                    start = moment
                elif load < need.count and start is not None:
                    enough.append(Interval(start, moment))
                    start = None
            found.append((_name(need.qualification), enough))
        return found

    def use(self, ledger: Ledger) -> None:
        """Take facts from there; of it the span that is looked at."""
        self._ledger = ledger

    @property
    def ledger(self) -> Ledger:
        assert self._ledger is not None
        return self._ledger

    def for_booking(self, proposal: Proposal) -> tuple[Duty, ...] | None:
        """Duties for all its needs; None where there are not enough people, which `missed` then names."""
        taken = {person.id for person in proposal.participants}
        duties: list[Duty] = []
        for need in self.needs:
            interval = proposal.phase(need.phase)
            if interval is None:
                continue
            chosen = self._choose(need, interval, proposal, taken)
            if len(chosen) < need.count:
                self.missed = self.missed or _name(need.qualification)
                return None
            duties += chosen
            taken |= {duty.person.id for duty in chosen}
        return tuple(duties)

    def free_time(self, person: PersonFacts, span: Interval) -> list[Interval]:
        """When somebody is not away and takes part in nothing else."""
        free = subtract([span], (stop.interval for stop in person.absences))
        return subtract(free, (taken.interval for taken in person.taken))

    def _choose(
        self, need: RequestNeed, interval: Interval, proposal: Proposal, taken: set[int]
    ) -> list[Duty]:
        chosen: list[Duty] = []
        there = [
            person
            for person in self.holders[need.qualification.id]
            if person.id not in taken and self._is_there(person, need.qualification, interval)
        ]
        for person in sorted(there, key=lambda each: (self._busy_minutes(each, interval), each.name)):
            duty = Duty(person, need.qualification, need.phase)
            if self._may_do(duty, proposal):
                chosen.append(duty)
                if len(chosen) == need.count:
                    break
        return chosen

    def _is_there(self, person: Person, held: Qualification, interval: Interval) -> bool:
        return any(each.contains(interval) for each in self._free_of(person, held))

    def _free_of(self, person: Person, held: Qualification) -> list[Interval]:
        """When somebody is on shift, not away, not busy, and holds it."""
        key = person.id, held.code
        if key not in self._free:
            facts = self.ledger.person(person)
            free = self.free_time(facts, self.ledger.span)
            free = intersect(free, facts.holds.get(held.code, ()))
            self._free[key] = free if facts.shifts is None else intersect(free, facts.shifts)
        return self._free[key]

    def _may_do(self, duty: Duty, proposal: Proposal) -> bool:
        """Whether the rule book lets this person do it, asked about nothing else: limits, rest."""
        key = duty.person.id, duty.qualification.id, duty.phase, proposal.run.start
        if key not in self._may:
            alone = Proposal(
                site=proposal.site,
                title=proposal.title,
                resources=(),
                run=proposal.run,
                setup_minutes=proposal.setup_minutes,
                teardown_minutes=proposal.teardown_minutes,
                duties=(duty,),
            )
            facts = self.ledger.facts_of(alone)
            self._may[key] = not [
                refusal for refusal in refusals(facts) if refusal.subject == duty.person.name
            ]
        return self._may[key]

    def _busy_minutes(self, person: Person, interval: Interval) -> float:
        week = Interval(interval.start - timedelta(days=4), interval.end + timedelta(days=3))
        duties = self.ledger.person(person).duties
        return sum(duty.minutes for duty in duties if duty.overlaps(week))


def _name(held: Qualification) -> str:
    return held.name or held.code


def _holders(site_id: int, qualification: Qualification) -> Sequence[Person]:
    holds = Person.qualifications.any(PersonQualification.qualification_id == qualification.id)
    return session.scalars(
        select(Person)
        .where(Person.site_id == site_id, Person.retired_at.is_(None), holds)
        .options(
            selectinload(Person.qualifications).joinedload(PersonQualification.qualification),
            selectinload(Person.absences),
        )
        .order_by(func.lower(Person.name), Person.id)
    ).all()
