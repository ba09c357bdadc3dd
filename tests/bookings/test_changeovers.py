"""Changeovers follow the matrix: when that changes, what stands is written anew."""

import pytest

from scheduler.bookings import changeovers
from scheduler.bookings.doctor import examine
from scheduler.bookings.proposal import Proposal
from scheduler.bookings.service import book
from scheduler.database import session, transaction
from scheduler.errors import Conflict
from scheduler.resources.models import Changeover
from tests.centre import at, make_resource, make_site, span


@pytest.fixture
def two_soaks(any_database):
    """Hot until 10:00, cold from 14:00, two hours of changeover between."""
    with transaction():
        site = make_site()
        chamber = make_resource(site, "TV-1")
        chamber.changeovers = [Changeover(from_configuration="hot", to_configuration="cold", minutes=120)]
        soaks = [
            book(
                Proposal(
                    site=site,
                    title=f"{configuration} soak",
                    resources=(chamber,),
                    run=span(0, start, start + 2),
                    configuration=configuration,
                )
            )
            for start, configuration in ((8, "hot"), (14, "cold"))
        ]
    return chamber, soaks


def test_a_longer_changeover_in_the_matrix_is_held_at_once(two_soaks):
    chamber, (_, cold) = two_soaks
    with transaction():
        chamber.changeovers[0].minutes = 240
        changeovers.renew([chamber])
    (hold,) = [hold for hold in cold.holds if hold.kind == "changeover"]
    assert (hold.starts_at, hold.ends_at) == (at(0, 10), at(0, 14))
    assert examine().is_healthy


def test_a_changeover_that_has_no_room_any_more_is_refused_and_nothing_is_changed(two_soaks):
    chamber, (hot, _) = two_soaks
    with pytest.raises(Conflict, match="cold soak cannot follow hot soak on TV-1") as caught, transaction():
        chamber.changeovers[0].minutes = 241
        changeovers.renew([chamber])
    assert caught.value.clashes == (hot.id,)
    assert chamber.changeovers[0].minutes == 120
    assert examine().is_healthy


def test_a_matrix_that_is_gone_gives_its_time_back(two_soaks):
    chamber, (_, cold) = two_soaks
    with transaction():
        chamber.changeovers.clear()
        session.flush()
        changeovers.renew([chamber])
    assert [hold.kind for hold in cold.holds] == ["use"]
    assert examine().is_healthy


def test_one_configuration_twice_needs_no_changeover(two_soaks):
    chamber, (hot, _) = two_soaks
    with transaction():
        again = book(
            Proposal(
                site=hot.site, title="again", resources=(chamber,), run=span(0, 10, 11), configuration="hot"
            )
        )
    assert [hold.kind for hold in again.holds] == ["use"]
