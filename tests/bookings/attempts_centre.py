"""A small centre in which everybody is in everybody's way: three days of eight hours, ten managers."""

import random
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from scheduler.accounts.models import User
from scheduler.bookings.offer import Offer
from scheduler.bookings.proposal import Duty, Proposal, Supply
from scheduler.bookings.waiting import kept_proposal
from scheduler.calendars.queries import the_site
from scheduler.database import session, transaction
from scheduler.intervals import Interval
from scheduler.people.models import ExclusionGroup, Person, Qualification
from scheduler.projects.models import Project
from scheduler.requests.models import ActivityRequest
from scheduler.resources.models import Changeover, Resource, Utility
from tests.centre import (
    make_person,
    make_project,
    make_qualification,
    make_request,
    make_resource,
    make_site,
    make_user,
    make_utility,
)

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
FIRST = datetime(2026, 11, 30, tzinfo=UTC)
DAYS, OPENS, HOURS = 3, 8, 8
SEATS = {"ONE": 1, "TWO": 1, "MANY": 3, "HALL": 1, "BAY": 1, "YARD": 2, "TANK": 1, "RIG": 1}
BOOKABLE = ("ONE", "TWO", "MANY", "MANY", "HALL", "BAY", "TANK", "RIG")
CREWS = ("CREW-1", "CREW-2", "CREW-3")
POWER, NITROGEN = 6, 9
QUOTA_MINUTES = 240
USERS = 4
ASKED = {"DECIDE": 8, "WAIT": 6, "PLAN": 3}


def prepare() -> None:
    """Everything there is, and nothing booked."""
    with transaction():
        site = make_site()
        operator = make_qualification(site)
        rows = {code: make_resource(site, code, seats) for code, seats in SEATS.items()}
        rows["BAY"].whole = rows["HALL"]
        rows["TANK"].zone = rows["RIG"].zone = rows["YARD"]
        rows["TANK"].is_hazardous = True
        rows["ONE"].changeovers = [
            Changeover(from_configuration="hot", to_configuration="cold", minutes=60),
            Changeover(from_configuration="cold", to_configuration="hot", minutes=30),
        ]
        for number in range(3):
            make_person(site, f"P-{number}", f"Person {number}", holds=(operator,))
        make_utility(site, "POWER", POWER)
        make_utility(site, "LN2", NITROGEN, per="day")
        session.add_all([ExclusionGroup(site_id=site.id, code=code) for code in CREWS])
        project = make_project(site, "FREE")
        make_project(site, "TIGHT", quota_minutes=QUOTA_MINUTES)
        for number in range(USERS):
            make_user("manager", f"m{number}@centre.example")
        states = {"DECIDE": "submitted", "WAIT": "approved", "PLAN": "approved"}
        for kind, count in ASKED.items():
            span = times_of(kind)
            for number in range(count):
                asked = make_request(
                    project, rows["MANY"], rows["TWO"], code=f"{kind}-{number}", minutes=60,
                    state=states[kind], earliest_at=span.start, latest_at=span.end,
                )  # fmt: skip
                if kind == "WAIT":
                    asked.waiting_since, asked.state = NOW, "declined"


def times_of(kind: str) -> Interval:
    """What is only decided lies a week later: no plan takes it."""
    first = FIRST + timedelta(days=7 if kind == "DECIDE" else 0)
    return Interval(first, first + timedelta(days=DAYS))


class Wishes:
    """What somebody may want, drawn at random; the rows of the centre are read once a transaction."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice

    def start(self) -> datetime:
        day, half = self.dice.randrange(DAYS), self.dice.randrange(2 * HOURS - 1)
        return FIRST + timedelta(days=day, hours=OPENS, minutes=30 * half)

    def minutes(self) -> int:
        return self.dice.choice((30, 60, 60, 90))

    def proposal(self) -> Proposal:
        """A place at some time, often with somebody on duty, a crew, power, hours of a project."""
        dice, site = self.dice, the_site()
        duties: tuple[Duty, ...] = ()
        if dice.random() < 0.4:
            person = dice.choice(session.scalars(select(Person).order_by(Person.id)).all())
            operator = session.scalars(select(Qualification)).one()
            duties = (Duty(person, operator, dice.choice(("run", "all"))),)
        supplies = []
        if dice.random() < 0.4:
            utility = self.one(Utility, dice.choice(("POWER", "LN2")))
            supplies = [Supply(utility, dice.randint(1, 3), "run")]
        project = self.one(Project, dice.choice(("FREE", "TIGHT"))) if dice.random() < 0.5 else None
        return Proposal(
            site=site,
            title=f"wish {dice.randrange(10**9)}",
            resources=(self.one(Resource, dice.choice(BOOKABLE)),),
            run=Interval.lasting(self.start(), self.minutes()),
            setup_minutes=dice.choice((0, 0, 30)),
            project=project,
            exclusion_group=self.one(ExclusionGroup, dice.choice(CREWS)) if dice.random() < 0.3 else None,
            configuration=dice.choice((None, "hot", "cold")),
            duties=duties,
            supplies=tuple(supplies),
        )

    def one(self, kind: type, code: str) -> object:
        return session.scalars(select(kind).where(kind.code == code)).one()


def user_of(number: int) -> User:
    """Two processes share a user: they may undo the same deed."""
    email = f"m{number % USERS}@centre.example"
    return session.scalars(select(User).where(User.email == email)).one()


def offer_slots(wishes: Wishes) -> None:
    """To each who waits one slot, free or not: an offer holds nothing."""
    with transaction():
        for asked in session.scalars(select(ActivityRequest).where(ActivityRequest.code.like("WAIT-%"))):
            for old in session.scalars(select(Offer).where(Offer.request_id == asked.id)):
                old.state = "lapsed" if old.state == "open" else old.state
            asked.waiting_since = NOW
            proposal = Proposal(
                site=the_site(), title=asked.title, resources=tuple(asked.alternatives[0].resources),
                run=Interval.lasting(wishes.start(), 60), activity_request=asked, project=asked.project,
                alternative=1,
            )  # fmt: skip
            session.add(
                Offer(
                    request_id=asked.id, proposal=kept_proposal(proposal, asked.id), offered_at=NOW,
                    starts_at=proposal.run.start, ends_at=proposal.run.end, until_at=FIRST,
                )
            )  # fmt: skip
