"""A week in which a trainer fails: two bookings need repair, and the least change was found."""

from datetime import timedelta

from sqlalchemy import select

from scheduler.bookings.models import Booking
from scheduler.bookings.proposal import Duty, Proposal
from scheduler.bookings.service import book
from scheduler.calendars.models import Site
from scheduler.calendars.queries import the_site
from scheduler.calendars.rules import week_name
from scheduler.calendars.service import zone_of
from scheduler.database import session, transaction
from scheduler.intervals import Interval
from scheduler.people.models import Person
from scheduler.plans import repairing
from scheduler.projects.models import Project
from scheduler.resources.models import Outage, Resource
from tests.browser.week_of_centre import Centre


def break_week(filled: Centre) -> tuple[str, int]:
    """Three weeks after the one that is filled; the name of the week, and the id of its repair."""
    start = filled.week.start + timedelta(days=21)
    week = Interval(start, start + timedelta(days=7))
    with transaction(reason="filled for a test"):
        site = session.get_one(Site, filled.site_id)
        projects = {row.code: row for row in session.scalars(select(Project))}
        people = session.scalars(select(Person).order_by(Person.id)).all()
        trainer = session.scalars(select(Resource).where(Resource.code == "MU-1")).one()
        for hour, code, person in ((9, "SHN", people[1]), (13, "QMR", people[5])):
            proposal = Proposal(
                site=site, title=f"Hatch drill of {code}", resources=(trainer,), project=projects[code],
                run=Interval(start + timedelta(hours=hour), start + timedelta(hours=hour + 3)),
                duties=(Duty(person, person.qualifications[0].qualification, "run"),),
            )  # fmt: skip
            book(proposal)
        until = start + timedelta(hours=20)
        trainer.outages.append(Outage(starts_at=start, ends_at=until, reason="Hatch motor"))
        for booking in session.scalars(select(Booking).where(Booking.title.startswith("Hatch drill"))):
            booking.state = "needs repair"
    name = week_name(start.astimezone(zone_of(the_site())).date())
    task = repairing.prepare(the_site(), name, week)
    found = repairing.search(task, seconds=5)
    with transaction(reason="filled for a test"):
        return name, repairing.keep(the_site(), task, found).id
