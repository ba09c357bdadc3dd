"""A draft that leaves something out, what would place it, and the draft that one of these led to."""

from datetime import timedelta

from sqlalchemy import select

from scheduler.calendars.models import Site
from scheduler.calendars.queries import the_site
from scheduler.database import session, transaction
from scheduler.intervals import Interval
from scheduler.plans import queries, remedies, remedy_drafts
from scheduler.projects.models import Project
from scheduler.requests.models import RequestWindow
from scheduler.resources.models import Outage, Resource
from tests import centre
from tests.browser.week_of_centre import Centre
from tests.plans.remedy_week import draft_of


def leave_out(filled: Centre) -> tuple[int, int]:
    """Five weeks after the week that is filled; the ids of the two drafts."""
    start = filled.week.start + timedelta(days=35)
    week = Interval(start, start + timedelta(days=7))
    with transaction(reason="filled for a test"):
        _ask(session.get_one(Site, filled.site_id), week)
    plan_id = draft_of(the_site(), [("B-1", "1", 0, 8, 4), ("B-2", "1", 1, 8, 6)], week)
    remedies.look_for(plan_id, stop=_never)
    session.rollback()
    found = remedies.found_of(queries.get_plan(plan_id))["B-3"].remedies
    key = next(each.key for each in found if each.remedy.kind == "move")
    with transaction(reason="filled for a test"):
        tried_id = remedy_drafts.try_remedy(queries.get_plan(plan_id), "B-3", key, user=None).id
    remedies.look_for(tried_id, stop=_never)
    session.rollback()
    return plan_id, tried_id


def _ask(site: Site, week: Interval) -> None:
    """B-1 and B-2 are placed; B-3 has one morning only, B-4 a chamber that is out, B-5 a Sunday."""
    projects = {row.code: row for row in session.scalars(select(Project).where(Project.site_id == site.id))}
    resources = {row.code: row for row in session.scalars(select(Resource))}
    oven, chamber, pool = resources["BO-1"], resources["EM-1"], resources["NB-1"]
    times = {"earliest_at": week.start, "latest_at": week.end}

    def at(hours: float):
        return week.start + timedelta(hours=hours)

    morning = {"earliest_at": at(8), "latest_at": at(12)}
    sunday = {"earliest_at": at(6 * 24 + 8), "latest_at": at(6 * 24 + 14)}
    ask = centre.make_request
    ask(projects["BDR"], oven, code="B-1", minutes=240, title="Panel bake-out", **times)
    ask(projects["FSL"], chamber, code="B-2", minutes=360, title="Radiated emission", **times)
    ask(projects["HIL"], oven, code="B-3", minutes=240, title="Star tracker, hot case", **morning)
    ask(projects["MKR"], pool, code="B-5", minutes=180, title="Dive: rescue drill", **sunday)
    late = ask(projects["QMR"], chamber, code="B-4", minutes=240, title="Filter susceptibility", **times)
    late.windows.append(RequestWindow(starts_at=at(3 * 24 + 8), ends_at=at(3 * 24 + 12)))
    chamber.outages.append(Outage(starts_at=at(3 * 24 + 6), ends_at=at(3 * 24 + 11), reason="Amplifier"))


def _never() -> bool:
    return False
