"""Facts for the rule book, loaded once for all proposals of one order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from scheduler.bookings.facts_held import HeldFacts
from scheduler.bookings.models import HOLDING_STATES, Booking, BookingPerson
from scheduler.bookings.proposal import Proposal, all_held, seats_held
from scheduler.bookings.rule_facts import (
    BookingFacts,
    DutyFacts,
    PersonFacts,
    RequestFacts,
    ResourceFacts,
    Stop,
)
from scheduler.calendars.models import Site
from scheduler.calendars.rules import local_midnight
from scheduler.calendars.service import Hours, zone_of
from scheduler.database import session
from scheduler.intervals import Interval, union
from scheduler.people.models import Person
from scheduler.requests.models import ActivityRequest
from scheduler.resources.models import Outage, Resource

BEGINNING = datetime(1990, 1, 1, tzinfo=UTC)
END = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass
class Ledger:
    """What was asked of the database so far, for one site and span; grows with what is booked.

    Parameters
    ----------
    now
        For what is booked by hand; None for plans.
    ignoring
        Ids of bookings that are about to be changed: as they stand now they are in nobody's way.
    held
        What others hold, under the names that the reader may see; None leaves that to the database.
    """

    site: Site
    span: Interval
    now: datetime | None = None
    ignoring: Collection[int] = ()
    held: HeldFacts | None = None
    _resources: dict[int, ResourceFacts] = field(default_factory=dict)
    _people: dict[int, PersonFacts] = field(default_factory=dict)
    _duties: dict[int, list[Interval]] = field(default_factory=dict)
    _used_minutes: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.zone = zone_of(self.site)
        self.hours = Hours(self.site, self.span)

    @classmethod
    def for_proposals(
        cls,
        proposals: Sequence[Proposal],
        *,
        now: datetime | None = None,
        ignoring: Collection[int] = (),
        ahead: timedelta = timedelta(days=8),
    ) -> "Ledger":
        # A week on either side: weekly limits and rest look beyond the bookings themselves; more
        # where somebody may be on duty so many days in a row.
        days = [duty.person.most_days_in_a_row or 0 for proposal in proposals for duty in proposal.duties]
        margin = timedelta(days=max([8, *(min(most, 60) + 2 for most in days)]))
        start = min(proposal.occupied.start for proposal in proposals) - margin
        end = max(proposal.occupied.end for proposal in proposals) + max(margin, ahead)
        return cls(proposals[0].site, Interval(start, end), now, ignoring)

    def facts_of(self, proposal: Proposal) -> BookingFacts:
        facts = BookingFacts(
            run=proposal.run,
            occupied=proposal.occupied,
            zone=self.zone,
            resources=self._resources_of(proposal),
            duties=[
                DutyFacts(self.person(duty.person), duty.qualification.code, interval)
                for duty, interval in proposal.duty_times
            ],
            participants=[self.person(person) for person in proposal.participants],
            request=_request_facts(proposal.activity_request, proposal.alternative),
            project_code=proposal.project.code if proposal.project else "",
            quota_left_minutes=self.quota_left(proposal),
            resource_codes=frozenset(resource.code for resource in proposal.resources),
            now=self.now,
        )
        return facts if self.held is None else self.held.add_to(facts, proposal)

    def note(self, proposal: Proposal) -> None:
        """`proposal` is booked: what comes after it in the same order has to reckon with it."""
        for duty, interval in proposal.duty_times:
            self._duties_of(duty.person).append(interval)
            known = self._people.get(duty.person.id)
            if known:
                self._people[duty.person.id] = replace(known, duties=tuple(self._duties_of(duty.person)))
        if proposal.project is not None and proposal.project.quota_minutes is not None:
            self._used_minutes[proposal.project.id] = self._used(proposal) + proposal.run.minutes
        if self.held is not None:
            self.held.note(proposal)
            self._people.clear()

    def resource(self, resource: Resource) -> ResourceFacts:
        if resource.id not in self._resources:
            due = resource.calibration_due_on
            self._resources[resource.id] = ResourceFacts(
                code=resource.code,
                is_retired=resource.retired_at is not None,
                open=self.hours.of(resource.calendar_id),
                outages=_stops(outages_of(resource)),
                calibrated_until=local_midnight(due + timedelta(days=1), self.zone) if due else None,
                least_people=resource.least_people,
                is_restricted=resource.is_restricted,
                notice_minutes=resource.notice_minutes,
                horizon_days=resource.horizon_days,
                shortest_minutes=resource.shortest_minutes,
                longest_minutes=resource.longest_minutes,
                capacity=resource.capacity,
            )
        return self._resources[resource.id]

    def person(self, person: Person) -> PersonFacts:
        if person.id not in self._people:
            shifts = None if person.calendar_id is None else self.hours.of(person.calendar_id)
            self._people[person.id] = PersonFacts(
                name=person.name,
                is_retired=person.retired_at is not None,
                shifts=shifts,
                absences=_stops(person.absences),
                holds=self._validity(person),
                most_minutes_day=person.most_minutes_day,
                most_minutes_week=person.most_minutes_week,
                least_rest_minutes=person.least_rest_minutes,
                duties=tuple(self._duties_of(person)),
                most_days_in_a_row=person.most_days_in_a_row,
                kind=person.kind,
                taken=self.held.of(person.holdable_id) if self.held is not None else (),
            )
        return self._people[person.id]

    def quota_left(self, proposal: Proposal) -> float | None:
        if proposal.project is None or proposal.project.quota_minutes is None:
            return None
        return proposal.project.quota_minutes - self._used(proposal)

    def _resources_of(self, proposal: Proposal) -> list[ResourceFacts]:
        own = {resource.id for resource in all_held(proposal.resources)}
        found = []
        for resource, seats in seats_held(proposal.resources):
            facts = replace(self.resource(resource), seats=seats)
            if resource.id not in own:
                # Its own rules for bookings are not asked of those that only stand in it.
                facts = ResourceFacts(
                    facts.code, facts.is_retired, facts.open, facts.outages, facts.calibrated_until,
                    capacity=facts.capacity, seats=seats,
                )  # fmt: skip
            found.append(facts)
        return found

    def _used(self, proposal: Proposal) -> float:
        assert proposal.project is not None
        if proposal.project.id not in self._used_minutes:
            self._used_minutes[proposal.project.id] = used_quota_minutes(proposal.project.id, self.ignoring)
        return self._used_minutes[proposal.project.id]

    def _validity(self, person: Person) -> dict[str, list[Interval]]:
        valid: dict[str, list[Interval]] = {}
        for held in person.qualifications:
            start, end = BEGINNING, END
            if held.valid_from_on is not None:
                start = local_midnight(held.valid_from_on, self.zone)
            if held.valid_until_on is not None:
                end = local_midnight(held.valid_until_on + timedelta(days=1), self.zone)
            valid.setdefault(held.qualification.code, []).append(Interval(start, end))
        return {code: union(intervals) for code, intervals in valid.items()}

    def _duties_of(self, person: Person) -> list[Interval]:
        if person.id not in self._duties:
            rows = session.scalars(
                select(BookingPerson)
                .join(BookingPerson.booking)
                .where(
                    BookingPerson.person_id == person.id,
                    BookingPerson.qualification_id.is_not(None),
                    Booking.state.in_(HOLDING_STATES),
                    Booking.id.not_in(self.ignoring),
                    Booking.occupied_until > self.span.start,
                    Booking.occupied_from < self.span.end,
                )
                .options(selectinload(BookingPerson.booking))
            )
            self._duties[person.id] = [phase for row in rows if (phase := row.booking.phase(row.phase))]
        return self._duties[person.id]


def outages_of(resource: Resource) -> list[Outage]:
    """Its own, and those of the whole that it is a part of."""
    found: list[Outage] = []
    above: Resource | None = resource
    seen: set[int] = set()
    while above is not None and above.id not in seen:
        seen.add(above.id)
        found.extend(above.outages)
        above = above.whole
    return found


def used_quota_minutes(project_id: int, ignoring: Collection[int] = ()) -> float:
    """Minutes of run that stand booked for a project, whenever they are."""
    # Summed in Python: the two databases subtract times in different ways.
    rows = session.execute(
        select(Booking.starts_at, Booking.ends_at).where(
            Booking.project_id == project_id,
            Booking.state.in_(HOLDING_STATES),
            Booking.id.not_in(ignoring),
        )
    )
    return sum(Interval(row.starts_at, row.ends_at).minutes for row in rows)


def booked_parts(request_id: int) -> int:
    """How many bookings of a request stand."""
    return (
        session.scalar(
            select(func.count()).where(Booking.request_id == request_id, Booking.state.in_(HOLDING_STATES))
        )
        or 0
    )


def _stops(rows: Sequence[Any]) -> list[Stop]:
    return [Stop(Interval(row.starts_at, row.ends_at), row.reason) for row in rows]


def _request_facts(asked: ActivityRequest | None, number: int | None) -> RequestFacts | None:
    if asked is None:
        return None
    windows: dict[tuple[str, bool], list[Interval]] = {}
    for window in asked.windows:
        for_all = window.alternative is None
        if window.alternative is None or window.alternative.number == number:
            interval = Interval(window.starts_at, window.ends_at)
            windows.setdefault((window.binds, for_all), []).append(interval)
    one_part = asked.most_parts == 1
    return RequestFacts(
        code=asked.code,
        earliest=asked.earliest_at,
        latest=asked.latest_at,
        run_windows=[found for (binds, _), found in windows.items() if binds == "run"],
        whole_windows=[found for (binds, _), found in windows.items() if binds == "whole"],
        alternatives=[frozenset(resource.code for resource in way.resources) for way in asked.alternatives],
        least_part_minutes=asked.least_minutes if one_part else asked.least_part_minutes or 0,
        wish_minutes=asked.wish_minutes,
    )
