"""Promise 2, the other half: where the engine finds no place, the rule book offers none either.

Random centres of two days, with a little of every rule, built, published, and then tried by hand.
"""

import random
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select

from scheduler.bookings.service import Duty, Proposal, Supply, book
from scheduler.calendars.models import Site
from scheduler.database import session, transaction
from scheduler.errors import UserError
from scheduler.intervals import Interval
from scheduler.people.models import Absence, ExclusionGroup, Person, PersonQualification
from scheduler.plans import queries
from scheduler.requests.models import (
    ActivityRequest,
    Participant,
    Precedence,
    RequestDraw,
    RequestNeed,
    RequestWindow,
)
from scheduler.resources.models import Changeover, Outage, UtilityLevel
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
)
from tests.plans.week import build, publish

SPAN = Interval(at(0, 0), at(2, 0))
HOUR = timedelta(hours=1)


def make_random_centre(rng, quota_minutes=None):
    site = make_site(time_zone=rng.choice(["UTC", "Asia/Karachi"]))
    day = make_calendar(site, "DAY", days=range(7), hours=(6, 20))
    late = make_calendar(site, "LATE", days=range(7), hours=(12, 30))
    resources = [
        make_resource(site, "TV-1", calendar=day),
        make_resource(site, "TV-2", calendar=rng.choice([day, late, None])),
        make_resource(site, "HALL", capacity=2),
    ]
    make_resource(site, "BAY", whole=resources[1])
    session.expire(resources[1])
    resources[0].changeovers = [
        Changeover(from_configuration=one, to_configuration=other, minutes=60 * rng.randint(1, 2))
        for one, other in (("hot", "cold"), ("cold", "hot"))
    ]
    resources[0].outages = [random_time(rng, Outage, 3)]
    skills = [make_qualification(site, "operator"), make_qualification(site, "safety")]
    people = [
        make_person(
            site,
            f"P-{number}",
            f"Person {number}",
            holds=tuple(rng.sample(skills, rng.randint(1, 2))),
            calendar=rng.choice([day, late, None]),
            most_minutes_day=rng.choice([None, 240, 480]),
            most_minutes_week=rng.choice([None, 600]),
            least_rest_minutes=rng.choice([None, 660]),
        )
        for number in range(3)
    ]
    people[0].absences = [random_time(rng, Absence, 5)]
    power = make_utility(site, "POWER", 10)
    power.levels = [random_time(rng, UtilityLevel, 6, capacity=5)]
    gas = make_utility(site, "LN2", 8, per="day")
    group = ExclusionGroup(site_id=site.id, code="CREW", name="Crew")
    session.add(group)
    project = make_project(site, quota_minutes=quota_minutes)
    requests = [
        make_random_request(rng, project, number, resources, skills, people, (power, gas), group)
        for number in range(14)
    ]
    for before, after in ((0, 1), (2, 3)):
        session.add(
            Precedence(
                before=requests[before],
                after=requests[after],
                min_lag_minutes=60 * rng.randint(0, 2),
                max_lag_minutes=rng.choice([None, 12 * 60]),
            )
        )
    session.flush()
    return site


def make_random_request(rng, project, number, resources, skills, people, utilities, group):
    ways = rng.sample([*resources, (resources[0], resources[2])], rng.randint(1, 2))
    wish = 60 * rng.randint(2, 8)
    asked = make_request(
        project,
        *ways,
        code=f"R-{number}",
        minutes=wish,
        least_minutes=wish if rng.random() < 0.7 else 60,
        setup_minutes=60 * rng.randint(0, 1),
        teardown_minutes=60 * rng.randint(0, 1),
        configuration=rng.choice([None, "hot", "cold"]),
        exclusion_group=group if rng.random() < 0.3 else None,
        value=rng.randint(1, 20),
        earliest_at=SPAN.start + HOUR * rng.randint(0, 12),
        latest_at=SPAN.end - HOUR * rng.randint(0, 12),
    )
    if rng.random() < 0.6:
        phase = rng.choice(["setup", "run", "all"])
        asked.needs.append(RequestNeed(qualification=rng.choice(skills), phase=phase))
    if rng.random() < 0.4:
        asked.draws.append(RequestDraw(utility=rng.choice(utilities), amount=rng.randint(2, 5)))
    if rng.random() < 0.2:
        asked.participants.append(Participant(person=rng.choice(people)))
    if rng.random() < 0.3:
        asked.windows.append(
            random_time(rng, RequestWindow, rng.randint(6, 20), binds=rng.choice(["run", "whole"]))
        )
    return asked


def random_time(rng, kind, hours, **values):
    start = SPAN.start + HOUR * rng.randint(0, 47 - hours)
    return kind(starts_at=start, ends_at=start + HOUR * hours, **values)


@pytest.mark.parametrize("seed", range(20, 23))
def test_what_the_engine_cannot_place_the_rule_book_offers_nowhere(sqlite_database, seed):
    with transaction():
        site = make_random_centre(random.Random(seed))
    publish(build(site, SPAN, time_limit_seconds=3))
    plan = build(site, SPAN, time_limit_seconds=3)
    assert plan.placed == 0, "a second build found more; give the first one more time"
    left = [row.request_id for row in queries.unplaced(plan)]
    assert left
    with transaction():
        assert [offer for request_id in left for offer in offers(request_id)] == []


def offers(request_id):
    """Every hour, way and person with which the request could be booked by hand."""
    asked = session.get_one(ActivityRequest, request_id)
    whole = timedelta(minutes=asked.setup_minutes + asked.least_minutes + asked.teardown_minutes)
    starts = [SPAN.start + HOUR * number for number in range(48)]
    tries = product([start for start in starts if start + whole <= SPAN.end], asked.alternatives)
    return [
        (asked.code, start, way.number, [duty.person.code for duty in duties])
        for start, way in list(tries)
        for duties in staffings(asked)
        if would_book(by_hand(asked, way, start, duties))
    ]


def by_hand(asked, way, start, duties):
    return Proposal(
        site=session.get_one(Site, asked.site_id),
        title=asked.title,
        resources=tuple(way.resources),
        run=Interval.lasting(start + timedelta(minutes=asked.setup_minutes), asked.least_minutes),
        setup_minutes=asked.setup_minutes,
        teardown_minutes=asked.teardown_minutes,
        activity_request=asked,
        project=asked.project,
        exclusion_group=asked.exclusion_group,
        configuration=asked.configuration,
        duties=duties,
        participants=tuple(row.person for row in asked.participants),
        supplies=tuple(Supply(draw.utility, draw.amount, draw.phase) for draw in asked.draws),
        alternative=way.number,
    )


def staffings(asked):
    """Ways to meet the one need, if there is one."""
    if not asked.needs:
        return [()]
    (need,) = asked.needs
    holders = session.scalars(
        select(Person)
        .join(PersonQualification)
        .where(PersonQualification.qualification_id == need.qualification_id)
    ).all()
    return [(Duty(person, need.qualification, need.phase),) for person in holders]


class NotKept(Exception):
    """Undoes what was only tried."""


def would_book(proposal):
    try:
        with session.begin_nested():
            book(proposal)
            raise NotKept
    except NotKept:
        return True
    except UserError:
        return False
