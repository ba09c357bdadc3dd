"""Promise 2, both ways round, on small centres at random: what the engine places the rule book accepts, and
a slot that the rule book offers the engine can place."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduler.bookings.doctor import examine
from scheduler.bookings.slots import find_slots
from scheduler.database import session, transaction
from scheduler.intervals import Interval
from scheduler.plans import service
from scheduler.requests.models import ActivityRequest
from tests.plans.random_problem import SPAN, RandomProblem, draft, empty, refused_by_engine

# A changeover before the first booking may lie before the span; the engine looks at nothing before it.
OFFERED = Interval(SPAN.start + timedelta(hours=2), SPAN.end)


@pytest.mark.timeout(280)
def test_engine_and_rule_book_agree_on_random_problems(sqlite_database):
    seen = agree(range(30))
    assert seen["booked"] >= 90
    assert seen["offered"] >= 90


@pytest.mark.timeout(280)
def test_and_so_they_do_on_the_other_database(postgres_database):
    agree(range(50, 60))


@pytest.mark.long
@pytest.mark.timeout(4 * 3600)
def test_engine_and_rule_book_agree_on_a_thousand_problems(any_database):
    agree(range(1000, 2000))


def agree(seeds):
    seen = {"booked": 0, "offered": 0}
    for seed in seeds:
        empty()
        with transaction():
            site_id = RandomProblem(seed, counts_days=seed % 3 == 0).site.id
        if seed % 3:
            seen["offered"] += look_at_slots(site_id, seed)
        seen["booked"] += look_at_plan(site_id, seed)
    return seen


def look_at_plan(site_id, seed):
    """Publishing asks every rule anew, of each booking: one refusal and nothing is booked."""
    site = session.get_one(service.Site, site_id)
    plan = draft(site, seed)
    if plan is None or not plan.placed:
        return 0
    with transaction():
        published = service.publish(plan)
    assert examine().is_healthy, seed
    return len(published.bookings)


def look_at_slots(site_id, seed):
    site = session.get_one(service.Site, site_id)
    found = 0
    for asked in session.scalars(select(ActivityRequest).order_by(ActivityRequest.code_key)).all():
        offered = find_slots(asked, site, user=None, now=SPAN.start, within=OFFERED, by_hand=False).slots
        refused = refused_by_engine(site, asked, offered)
        assert [(seed, asked.code, slot.number, slot.proposal.occupied) for slot in refused] == []
        found += len(offered)
    session.rollback()
    return found
