"""What the state machine of the desk stands on: a centre, how a deed is done and compared, what must hold."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
)
from sqlalchemy import select

from scheduler import wiring
from scheduler.accounts.models import User
from scheduler.bookings.doctor import examine
from scheduler.bookings.models import Booking
from scheduler.bookings.proposal import Duty, Proposal, Supply
from scheduler.calendars.queries import the_site
from scheduler.database import Base, session, transaction, utc_now
from scheduler.errors import UserError
from scheduler.intervals import Interval
from scheduler.people.models import ExclusionGroup, Person, Qualification
from scheduler.resources.models import Changeover, Resource, Utility
from tests.bookings.desk_model import CAPACITY, CHANGEOVER_MINUTES, POWER, Kept, Model
from tests.centre import make_person, make_qualification, make_resource, make_site, make_user, make_utility

KEPT_TABLES = (
    "site", "resource", "holdable", "person", "person_qualification", "qualification", "changeover",
    "utility", "exclusion_group", "user_account", "role",
)  # fmt: skip

hours = st.integers(0, 14).map(lambda hour: 60 * hour)
codes = st.sampled_from(sorted(CAPACITY))
wishes = st.tuples(
    st.builds(
        lambda start, minutes, **more: Kept(start=start + 60, end=start + 60 + minutes, **more),
        hours,
        st.sampled_from((60, 60, 120, 240)),
        code=codes,
        setup=st.sampled_from((0, 0, 60)),
        person=st.booleans(),
        crew=st.booleans(),
        power=st.integers(0, 3),
        configuration=st.sampled_from((None, "hot", "cold")),
    ),
    st.sampled_from((1, 1, 2, 3)),
)
"""A booking, and on how many days."""


def open_centre() -> None:
    """All that stays the same from one run of the machine to the next."""
    wiring.listen()
    with transaction():
        site = make_site()
        make_person(site, holds=(make_qualification(site),))
        make_utility(site, "POWER", capacity=POWER)
        session.add(ExclusionGroup(site_id=site.id, code="CREW"))
        rows = {code: make_resource(site, code, capacity) for code, capacity in CAPACITY.items()}
        rows["BAY"].whole = rows["HALL"]
        rows["ONE"].changeovers = [
            Changeover(from_configuration=before, to_configuration=after, minutes=minutes)
            for (before, after), minutes in CHANGEOVER_MINUTES.items()
        ]
        make_user("manager")


def is_any(machine: "DeskMachine") -> bool:
    return bool(machine.model.bookings)


class DeskMachine(RuleBasedStateMachine):
    """Product and model beside each other; the rules are those of its child."""

    def __init__(self):
        super().__init__()
        with transaction():
            for table in reversed(Base.metadata.sorted_tables):
                if table.name not in KEPT_TABLES:
                    session.execute(table.delete())
        session.expunge_all()
        self.model = Model()
        # The real clock is looked at where an outage or an absence strikes: all of it is still to come.
        today = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
        self.monday = today + timedelta(days=14 - today.weekday())

    def moment(self, minutes: int):
        return self.monday + timedelta(minutes=minutes)

    def asked(self, deed, expected: bool, what: str):
        """Do it; gives what came of it, None where it was refused."""
        try:
            with transaction(actor=self.user):
                found = deed()
                return found if found is not None else True
        except UserError as refusal:
            assert not expected, f"{what}: refused ({refusal.message}), and the model allows it: {self.model}"
            return None
        finally:
            session.rollback()

    def agreed(self, done, expected: bool, what: str) -> bool:
        assert expected or not done, f"{what}: done, and the model does not allow it: {self.model}"
        return expected

    @property
    def user(self) -> User:
        return session.scalars(select(User)).one()

    @property
    def how(self) -> dict:
        return {"user": self.user, "now": self.moment(self.model.now)}

    def pick(self, data, keys=None) -> int:
        return data.draw(st.sampled_from(sorted(self.model.bookings if keys is None else keys)))

    def row(self, key: int) -> Booking:
        return session.get_one(Booking, key)

    @invariant()
    def stands_as_the_model_says(self):
        session.rollback()
        stored = {
            row.id: ([use.resource.code for use in row.uses], row.starts_at, row.ends_at, row.state)
            for row in session.scalars(select(Booking))
        }
        expected = {
            key: ([one.code], self.moment(one.start), self.moment(one.end), one.state)
            for key, one in self.model.bookings.items()
        }
        assert stored == expected

    def teardown(self):
        assert examine().is_healthy
        session.rollback()

    def place(self, code: str) -> Resource:
        return session.scalars(select(Resource).where(Resource.code == code)).one()

    def run_of(self, one: Kept) -> Interval:
        return Interval(self.moment(one.start), self.moment(one.end))

    def proposal(self, one: Kept) -> Proposal:
        person, operator = session.scalars(select(Person)).one(), session.scalars(select(Qualification)).one()
        return Proposal(
            site=the_site(),
            title=f"{one.code} at {one.start}",
            resources=(self.place(one.code),),
            run=self.run_of(one),
            setup_minutes=one.setup,
            configuration=one.configuration,
            duties=(Duty(person, operator, "run"),) if one.person else (),
            exclusion_group=session.scalars(select(ExclusionGroup)).one() if one.crew else None,
            supplies=(Supply(session.scalars(select(Utility)).one(), one.power, "run"),) if one.power else (),
        )
