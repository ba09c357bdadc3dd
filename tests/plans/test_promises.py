"""Promise 2: what the engine places, the rule book accepts - on centres made at random.

Publishing sends every placement through `bookings.service`, which asks each rule anew and knows
nothing of the solver; the doctor then looks at what stands with plain SQL.
"""

import random
from datetime import timedelta

import pytest

from scheduler.bookings.doctor import examine
from scheduler.bookings.queries import bookings_between
from scheduler.database import session, transaction
from scheduler.people.models import Absence, ExclusionGroup, Person
from scheduler.plans import service
from scheduler.plans.building import build
from scheduler.plans.models import Plan
from scheduler.requests.models import Participant, Precedence, RequestDraw, RequestNeed, RequestWindow
from scheduler.resources.models import Changeover, Outage, Resource, UtilityLevel
from tests.centre import (
    at,
    make_calendar,
    make_person,
    make_project,
    make_qualification,
    make_request,
    make_resource,
    make_site,
    make_utility,
    on,
    span,
)

WEEK = span(0, 0, 168)
ZONES = ["UTC", "Asia/Karachi", "Europe/Berlin"]
PHASES = ["setup", "run", "teardown", "all"]


class RandomCentre:
    """Every kind of rule, in proportions that leave some requests without a place."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.site = make_site(time_zone=self.dice.choice(ZONES))
        self.day = make_calendar(self.site, "DAY", range(6), (7, 19))
        self.night = make_calendar(self.site, "NIGHT", range(7), (15, 24))
        self.qualifications = [make_qualification(self.site, code) for code in ("operator", "safety")]
        self.resources = [self._resource(number) for number in range(5)]
        self.resources[4].whole = self.resources[3]
        self.people = [self._person(number) for number in range(6)]
        self.utilities = [
            make_utility(self.site, "POWER", capacity=10),
            make_utility(self.site, "LN2", capacity=3, per="day"),
        ]
        dip = span(1, 10, 16)
        session.add(UtilityLevel(utility=self.utilities[0], starts_at=dip.start, ends_at=dip.end, capacity=4))
        self.groups = [ExclusionGroup(site_id=self.site.id, code=f"CREW-{number}") for number in range(2)]
        session.add_all(self.groups)
        self.projects = [
            make_project(self.site, "FREE"),
            make_project(self.site, "TIGHT", quota_minutes=self.dice.choice([240, 480, 600])),
        ]
        self.requests = [self._request(number) for number in range(24)]
        for before, after in zip(self.requests[::4], self.requests[1::4], strict=False):
            lag = self.dice.choice([0, 30, 120])
            most = self.dice.choice([None, lag + 600])
            session.add(Precedence(before=before, after=after, min_lag_minutes=lag, max_lag_minutes=most))
        session.flush()

    def _resource(self, number: int) -> Resource:
        calendar = self.dice.choice([None, self.day, self.night, self.day])
        resource = make_resource(
            self.site, f"R-{number}", capacity=2 if number == 2 else 1, calendar=calendar
        )
        if number < 2:
            resource.changeovers = [
                Changeover(from_configuration=before, to_configuration=after, minutes=minutes)
                for before, after, minutes in (("hot", "cold", 90), ("cold", "hot", 45))
            ]
            resource.configuration = self.dice.choice([None, "hot", "cold"])
        if self.dice.random() < 0.6:
            outage = span(self.dice.randrange(6), 9, 15)
            resource.outages.append(Outage(starts_at=outage.start, ends_at=outage.end, reason="service"))
        return resource

    def _person(self, number: int) -> Person:
        lapses = self.dice.choice([None, on(self.dice.randrange(7))])
        held = tuple(
            (qualification, None, lapses) for qualification in self.qualifications if self.dice.random() < 0.7
        )
        person = make_person(
            self.site,
            f"P-{number}",
            f"Person {number}",
            holds=held,
            calendar=self.dice.choice([None, self.day, self.night]),
            most_minutes_day=self.dice.choice([None, 300, 480]),
            most_minutes_week=self.dice.choice([None, 900]),
            least_rest_minutes=self.dice.choice([None, 660]),
        )
        if self.dice.random() < 0.4:
            leave = span(self.dice.randrange(7), 0, 24)
            person.absences.append(Absence(starts_at=leave.start, ends_at=leave.end, reason="leave"))
        return person

    def _request(self, number: int):
        dice = self.dice
        wish = dice.choice([60, 90, 120, 240, 480])
        parts = dice.choice([1, 1, 1, 2])
        ways = [
            tuple(dice.sample(self.resources[:4], dice.choice([1, 1, 2]))) for _ in range(dice.choice([1, 2]))
        ]
        if dice.random() < 0.3:
            ways = [(dice.choice(self.resources),)]
        first_day = dice.randrange(5)
        asked = make_request(
            dice.choice(self.projects),
            *ways,
            code=f"Q-{number:02d}",
            minutes=wish,
            least_minutes=dice.choice([wish, wish // 2]),
            setup_minutes=dice.choice([0, 30]),
            teardown_minutes=dice.choice([None, 15]),
            most_parts=parts,
            least_part_minutes=30 if parts > 1 else None,
            earliest_at=dice.choice([None, at(first_day, 0)]),
            latest_at=dice.choice([None, at(7, 0), at(min(first_day + 2, 7), 0)]),
            due_at=dice.choice([None, at(3, 12)]),
            configuration=dice.choice([None, "hot", "cold"]),
            exclusion_group=dice.choice([None, None, *self.groups]),
            chain="both" if number in (2, 3) else None,
        )
        if dice.random() < 0.5:
            asked.needs.append(
                RequestNeed(
                    qualification=dice.choice(self.qualifications),
                    count=dice.choice([1, 2]),
                    phase=dice.choice(PHASES),
                )
            )
        if dice.random() < 0.4:
            asked.draws.append(RequestDraw(utility=dice.choice(self.utilities), amount=dice.randint(1, 3)))
        if dice.random() < 0.3:
            asked.participants.append(Participant(person=dice.choice(self.people)))
        if dice.random() < 0.3:
            for day in (first_day, first_day + 1):
                window = span(day, 8, 8 + max(10, wish / 60 + 2))
                asked.windows.append(
                    RequestWindow(
                        starts_at=window.start, ends_at=window.end, binds=dice.choice(["run", "whole"])
                    )
                )
        return asked


def plan_and_publish(site, seed: int) -> Plan:
    with transaction():
        run_id = service.order_build(site, WEEK, time_limit_seconds=1, workers=1, seed=seed).id
    build(run_id)
    plan = service.latest_draft(site)
    assert plan is not None
    with transaction():
        service.publish(plan)
    return plan


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_engine_places_the_rule_book_accepts(sqlite_database, seed):
    _publish_twice(seed)


def test_and_so_it_does_on_the_other_database(postgres_database):
    _publish_twice(100)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(200, 400))
def test_whatever_the_engine_places_the_rule_book_accepts_for_long(any_database, seed):
    _publish_twice(seed)


def _publish_twice(seed: int) -> None:
    with transaction():
        centre = RandomCentre(seed)
    plan = plan_and_publish(centre.site, seed)
    assert plan.placed
    found = examine()
    assert found.is_healthy, found
    stood = {
        booking.id: (booking.occupied, booking.state, [use.resource_id for use in booking.uses])
        for booking in bookings_between(centre.site.id, WEEK)
    }
    assert stood

    # New wishes fill in; what was published stays where it was.
    with transaction():
        project = centre.projects[0]
        for number in range(3):
            make_request(
                project,
                centre.resources[2],
                code=f"NEW-{number}",
                minutes=60,
                earliest_at=None,
                latest_at=WEEK.end + timedelta(days=1),
            )
    plan_and_publish(centre.site, seed)
    again = {booking.id: booking for booking in bookings_between(centre.site.id, WEEK)}
    for booking_id, (occupied, state, resources) in stood.items():
        booking = again[booking_id]
        assert (booking.occupied, booking.state) == (occupied, state)
        assert [use.resource_id for use in booking.uses] == resources
    assert len(again) > len(stood)
    assert examine().is_healthy
