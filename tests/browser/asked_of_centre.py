"""Approved requests for the coming week, some of which cannot be placed: something to build a plan of."""

from datetime import timedelta

from sqlalchemy import select

from scheduler.calendars.models import Site
from scheduler.calendars.rules import week_name
from scheduler.calendars.service import zone_of
from scheduler.database import session, transaction
from scheduler.intervals import Interval
from scheduler.people.models import Qualification
from scheduler.projects.models import Project
from scheduler.requests.models import RequestNeed
from scheduler.resources.models import Resource
from tests import centre
from tests.browser.week_of_centre import Centre


def ask(filled: Centre, wanted: int = 20) -> str:
    """Ask for the week after the one that is filled; give its name."""
    coming = Interval(filled.week.start + timedelta(days=7), filled.week.end + timedelta(days=7))
    with transaction(reason="asked for in a test"):
        site = session.get_one(Site, filled.site_id)
        projects = session.scalars(select(Project).order_by(Project.id)).all()
        resources = session.scalars(select(Resource).order_by(Resource.id)).all()
        operator = session.scalars(select(Qualification).order_by(Qualification.id)).first()
        for number in range(1, wanted + 1):
            asked = centre.make_request(
                projects[number % len(projects)],
                resources[number % len(resources)],
                code=f"R-{number:03d}",
                minutes=60 * (1 + number % 5),
                title=f"Run {number} of {projects[number % len(projects)].code}",
                setup_minutes=30 * (number % 3),
                earliest_at=coming.start,
                latest_at=coming.end,
            )
            if number % 4 == 0:
                asked.needs.append(RequestNeed(qualification=operator, count=1, phase="all"))
        # Six days without a pause, in a laboratory that closes at night: nothing can hold it.
        centre.make_request(
            projects[0], resources[9], code="R-900", minutes=6 * 24 * 60, title="Endless soak",
            earliest_at=coming.start, latest_at=coming.end,
        )  # fmt: skip
        return week_name(coming.start.astimezone(zone_of(site)).date())
