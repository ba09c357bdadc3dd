"""What the pages of the browser tests show: a published week, a draft, an import with faults."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from scheduler.accounts.models import User
from scheduler.accounts.service import begin_try, finish_try
from scheduler.calendars.models import Site
from scheduler.calendars.queries import the_site
from scheduler.database import session, transaction, utc_now
from scheduler.excel import service as imports
from scheduler.intervals import Interval
from scheduler.plans import building, queries, service
from scheduler.requests.models import ActivityRequest
from tests.browser.asked_of_centre import ask
from tests.browser.desk_of_centre import fill_desk
from tests.browser.remedies_of_centre import leave_out
from tests.browser.repair_of_centre import break_week
from tests.browser.week_of_centre import Centre, fill
from tests.excel import workbooks

SIZES: dict[str, Any] = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


@dataclass(frozen=True)
class Shown:
    """Where the filled database lies, and the ids of what stands in it."""

    path: Path
    centre: Centre
    week_asked_for: str
    tokens: dict[str, str]
    request_id: int
    plan_id: int
    run_id: int
    faulty_import_id: int
    good_import_id: int
    broken_week: str
    repair_id: int
    leaving_plan_id: int
    tried_plan_id: int
    desk: dict[str, int]

    @property
    def coming(self) -> Interval:
        week = timedelta(days=7)
        return Interval(self.centre.week.start + week, self.centre.week.end + week)


def make_shown(path: Path) -> Shown:
    centre = fill()
    week = ask(centre, 24)
    with transaction():
        desk = fill_desk(centre)
        tokens = {role: _token(role) for role in ("manager", "researcher", "administrator", "viewer")}
    broken_week, repair_id = break_week(centre)
    leaving_plan_id, tried_plan_id = leave_out(centre)
    coming = Interval(centre.week.start + timedelta(days=7), centre.week.end + timedelta(days=7))
    with transaction():
        run_id = service.order_build(the_site(), coming, time_limit_seconds=10).id
    building.build(run_id)
    plan_id = queries.get_run(run_id).plan_id
    faulty = workbooks.spoiled(
        workbooks.put("Requests", 3, "Wish min", "six hours"),
        workbooks.put("Resources", 4, "Part of", "TV-9"),
        workbooks.put("Staff", 4, "Most min a week", "forty"),
    )
    with transaction():
        administrator = _user("administrator")
        site = session.get_one(Site, centre.site_id)
        faulty_id = imports.preview(faulty, "centre-week-36.xlsx", administrator, site).id
        good_id = imports.preview(workbooks.spoiled(), "centre.xlsx", _user("manager"), site).id
    asked = session.scalars(select(ActivityRequest).where(ActivityRequest.code == "R-900")).one()
    return Shown(
        path=path,
        centre=centre,
        week_asked_for=week,
        tokens=tokens,
        request_id=asked.id,
        plan_id=plan_id,
        run_id=run_id,
        faulty_import_id=faulty_id,
        good_import_id=good_id,
        broken_week=broken_week,
        repair_id=repair_id,
        leaving_plan_id=leaving_plan_id,
        tried_plan_id=tried_plan_id,
        desk=desk,
    )


def _user(role: str) -> User:
    return session.scalars(select(User).where(User.email_key == f"{role}@centre.example")).one()


def _token(role: str) -> str:
    now, user = utc_now(), _user(role)
    token = finish_try(begin_try(user.email, "", now).id, user, now)
    assert token is not None
    return token
