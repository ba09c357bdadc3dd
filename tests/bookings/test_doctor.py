"""What the doctor says of a healthy centre, and that it sees each kind of damage."""

import pytest
from sqlalchemy import text

from scheduler.bookings import guard
from scheduler.bookings.doctor import examine
from scheduler.bookings.proposal import Duty, Proposal, Supply
from scheduler.bookings.queries import get_booking
from scheduler.bookings.service import book, cancel
from scheduler.database import session, transaction
from scheduler.people.models import ExclusionGroup
from scheduler.resources.models import Changeover
from tests.centre import make_person, make_qualification, make_resource, make_site, make_utility, span


@pytest.fixture
def centre(any_database):
    """Two bookings of one chamber with a changeover between, an operator, nitrogen and a crew."""
    with transaction():
        site = make_site()
        chamber = make_resource(site, "TV-1")
        chamber.changeovers = [Changeover(from_configuration="hot", to_configuration="cold", minutes=60)]
        operator = make_qualification(site)
        person = make_person(site, holds=(operator,))
        nitrogen = make_utility(site, capacity=10)
        crew = ExclusionGroup(site_id=site.id, code="CREW")
        session.add(crew)
        for hour, configuration in ((8, "hot"), (12, "cold")):
            book(
                Proposal(
                    site=site,
                    title=f"{configuration} soak",
                    resources=(chamber,),
                    run=span(0, hour, hour + 2),
                    setup_minutes=30,
                    configuration=configuration,
                    duties=(Duty(person, operator, "run"),),
                    supplies=(Supply(nitrogen, 6, "run"),),
                    exclusion_group=crew,
                )
            )
    return site


def test_a_healthy_centre_is_said_to_be_healthy_with_its_counts(centre):
    found = examine()
    assert found.is_healthy, found
    assert (found.bookings, found.holds, found.draws, found.changeovers) == (2, 7, 2, 1)


def test_cancelled_bookings_are_no_overlap(centre):
    first = next(iter(session.scalars(text("SELECT id FROM booking ORDER BY id"))))
    with transaction():
        cancel(get_booking(first), "not needed")
    assert examine().is_healthy


FIRST_DRAW = "WHERE id = (SELECT MIN(id) FROM draw)"
FIRST_DUTY = "WHERE id = (SELECT MIN(id) FROM hold WHERE kind = 'person')"
DAMAGE = {
    "a hold that is gone": (f"DELETE FROM hold {FIRST_DUTY}", "wrong_holds"),
    "a hold that nobody asked for": (
        "INSERT INTO hold (booking_id, holdable_id, seat, kind, starts_at, ends_at) "
        "SELECT MIN(booking_id), MIN(holdable_id), 1, 'use', {later}, {later_end} FROM hold",
        "wrong_holds",
    ),
    "a draw with another amount": (f"UPDATE draw SET amount = 1 {FIRST_DRAW}", "wrong_draws"),
    "a draw that is gone": (f"DELETE FROM draw {FIRST_DRAW}", "wrong_draws"),
    "a changeover that is gone": ("DELETE FROM hold WHERE kind = 'changeover'", "wrong_changeovers"),
    "another configuration": ("UPDATE booking SET configuration = 'cold'", "wrong_changeovers"),
    "two bookings at one time": (
        "UPDATE booking SET occupied_from = {later}, starts_at = {later}, "
        "ends_at = {later_end}, occupied_until = {later_end}",
        "overlaps",
    ),
    "a seat that does not exist": (f"UPDATE hold SET seat = 7 {FIRST_DUTY}", "overlaps"),
    "more than the utility has": (f"UPDATE draw SET amount = 11 {FIRST_DRAW}", "overlaps"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_seen(centre, name):
    statement, where = DAMAGE[name]
    postgres = session.get_bind().dialect.name == "postgresql"
    later, later_end = (
        ("'2026-12-04 08:00:00+00'", "'2026-12-04 09:00:00+00'")
        if postgres
        else ("'2026-12-04 08:00:00.000000'", "'2026-12-04 09:00:00.000000'")
    )
    with transaction():
        guard.remove(session.connection())
        session.execute(text(statement.format(later=later, later_end=later_end)))
        guard_was_missed = examine().missing_guards
    found = examine()
    assert guard_was_missed
    assert getattr(found, where), found
    assert not found.is_healthy
