"""Booking and cancelling at random, against a model of a few lines that knows nothing of holds or seats."""

import itertools

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from scheduler.bookings.doctor import examine
from scheduler.bookings.proposal import Duty, Proposal, Supply
from scheduler.bookings.queries import get_booking
from scheduler.bookings.service import book, cancel
from scheduler.calendars.queries import the_site
from scheduler.database import Base, session, transaction
from scheduler.errors import Conflict
from scheduler.people.models import ExclusionGroup, Person, Qualification
from scheduler.resources.models import Changeover, Resource, Utility
from tests.centre import make_person, make_qualification, make_resource, make_site, make_utility, span

CAPACITY = {"ONE": 1, "TWO": 2, "HALL": 1, "BAY": 1}
PARTS = {"HALL": {"HALL", "BAY"}}
CHANGEOVER_HOURS = {("hot", "cold"): 2, ("cold", "hot"): 1}
POWER = 5


class Centre(RuleBasedStateMachine):
    """The model is a list of (start, end, resources, person, group, power, configuration)."""

    def __init__(self):
        super().__init__()
        with transaction():
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(table.delete())
            site = make_site()
            operator = make_qualification(site)
            make_person(site, holds=(operator,))
            make_utility(site, "POWER", capacity=POWER)
            session.add(ExclusionGroup(site_id=site.id, code="CREW"))
            rows = {code: make_resource(site, code, capacity) for code, capacity in CAPACITY.items()}
            rows["BAY"].whole = rows["HALL"]
            rows["ONE"].changeovers = [
                Changeover(from_configuration=before, to_configuration=after, minutes=hours * 60)
                for (before, after), hours in CHANGEOVER_HOURS.items()
            ]
        self.booked: dict[int, tuple] = {}

    @rule(
        start=st.integers(0, 20),
        hours=st.integers(1, 6),
        code=st.sampled_from(sorted(CAPACITY)),
        with_person=st.booleans(),
        with_group=st.booleans(),
        power=st.integers(0, 3),
        configuration=st.sampled_from([None, "hot", "cold"]),
    )
    def book(self, start, hours, code, with_person, with_group, power, configuration):
        wanted = (
            start,
            start + hours,
            PARTS.get(code, {code}),
            with_person,
            with_group,
            power,
            configuration,
        )
        expected = self.fits(wanted)
        try:
            with transaction():
                booking = book(_proposal(start, hours, code, with_person, with_group, power, configuration))
        except Conflict:
            assert not expected, f"refused, though it fits: {wanted} beside {self.booked}"
        else:
            assert expected, f"booked, though it does not fit: {wanted} beside {self.booked}"
            self.booked[booking.id] = wanted

    @precondition(lambda self: self.booked)
    @rule(data=st.data())
    def cancel(self, data):
        booking_id = data.draw(st.sampled_from(sorted(self.booked)))
        with transaction():
            cancel(get_booking(booking_id), "changed plans")
        del self.booked[booking_id]

    @invariant()
    def is_healthy(self):
        found = examine()
        assert found.is_healthy, found

    def teardown(self):
        session.rollback()

    def fits(self, wanted) -> bool:
        others = [*self.booked.values(), wanted]
        for hour in range(wanted[0], wanted[1]):
            running = [other for other in others if other[0] <= hour < other[1]]
            for code, capacity in CAPACITY.items():
                if sum(code in other[2] for other in running) > capacity:
                    return False
            if sum(other[3] for other in running) > 1 or sum(other[4] for other in running) > 1:
                return False
            if sum(other[5] for other in running) > POWER:
                return False
        line = sorted(other for other in others if "ONE" in other[2])
        return all(
            first[1] + CHANGEOVER_HOURS.get((first[6], second[6]), 0) <= second[0]
            for first, second in itertools.pairwise(line)
        )


def _proposal(start, hours, code, with_person, with_group, power, configuration) -> Proposal:
    site = the_site()
    person, operator = session.query(Person).one(), session.query(Qualification).one()
    return Proposal(
        site=site,
        title=f"{code} at {start}",
        resources=(session.query(Resource).filter_by(code=code).one(),),
        run=span(0, start, start + hours),
        configuration=configuration,
        duties=(Duty(person, operator, "run"),) if with_person else (),
        exclusion_group=session.query(ExclusionGroup).one() if with_group else None,
        supplies=(Supply(session.query(Utility).one(), power, "run"),) if power else (),
    )


def _run(examples: int, *, is_long: bool = False) -> None:
    run_state_machine_as_test(
        Centre,
        settings=settings(
            max_examples=examples,
            derandomize=not is_long,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_bookings_agree_with_a_plain_model(any_database):
    _run(12)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_bookings_agree_with_a_plain_model_for_long(any_database):
    _run(400, is_long=True)
