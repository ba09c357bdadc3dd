"""Zones: everybody takes a place, what is hazardous takes them all, and the database sees to it."""

import pytest
from sqlalchemy.exc import IntegrityError

from scheduler.bookings.doctor import examine
from scheduler.bookings.models import Hold
from scheduler.bookings.proposal import Proposal
from scheduler.bookings.service import book, cancel
from scheduler.bookings.verdict import check
from scheduler.database import session, transaction
from scheduler.errors import Conflict
from tests.centre import make_resource, make_site, span


class Yard:
    def __init__(self):
        with transaction():
            self.site = make_site()
            self.hall = make_resource(self.site, "HALL", 3)
            self.tank = make_resource(self.site, "TANK", zone=self.hall, is_hazardous=True)
            self.bench = make_resource(self.site, "BENCH", zone=self.hall)
            self.far = make_resource(self.site, "FAR")

    def proposal(self, resource, run=None):
        return Proposal(site=self.site, title=resource.code, resources=(resource,), run=run or span(0, 9, 12))

    def book(self, resource, run=None):
        with transaction():
            return book(self.proposal(resource, run))


@pytest.fixture
def yard(any_database):
    return Yard()


def test_nobody_works_in_the_zone_while_something_hazardous_runs(yard):
    yard.book(yard.tank)
    for other in (yard.bench, yard.hall):
        with pytest.raises(Conflict, match="HALL is held for TANK"):
            yard.book(other, span(0, 11, 13))
    yard.book(yard.bench, span(0, 12, 13))
    yard.book(yard.far)
    assert examine().is_healthy


def test_what_is_hazardous_waits_until_the_zone_is_empty(yard):
    first = yard.book(yard.bench)
    with pytest.raises(Conflict, match="HALL is held for BENCH"):
        yard.book(yard.tank)
    verdict = check(yard.proposal(yard.tank))
    assert [refusal.rule for refusal in verdict.refusals] == ["held"]
    with transaction():
        book(Proposal(yard.site, "TANK", (yard.tank,), span(0, verdict.free[0].hour, 14)))
    with transaction():
        cancel(first, "no more")
    assert examine().is_healthy


def test_ordinary_runs_share_the_zone_up_to_its_places(yard):
    with transaction():
        more = [make_resource(yard.site, f"B-{number}", zone=yard.hall) for number in range(3)]
    for one in more:
        yard.book(one)
    with pytest.raises(Conflict, match="HALL is held"):
        yard.book(yard.bench)
    assert examine().is_healthy


def test_the_database_itself_refuses_a_place_in_a_zone_that_is_taken(yard):
    booking = yard.book(yard.tank)
    with pytest.raises(IntegrityError), transaction():
        session.add(
            Hold(
                booking_id=booking.id,
                holdable_id=yard.hall.holdable_id,
                seat=2,
                kind="zone",
                starts_at=booking.starts_at,
                ends_at=booking.ends_at,
            )
        )
