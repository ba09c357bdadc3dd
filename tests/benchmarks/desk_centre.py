"""The centre that the desk is measured on: 40 facilities, their managers, a year that is booked densely."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select, text

from scheduler import migrations
from scheduler.accounts.models import User
from scheduler.bookings.models import Booking, BookingResource, Hold
from scheduler.calendars.models import Holiday
from scheduler.database import make_engine, session, transaction
from scheduler.projects.models import Project
from scheduler.resources.models import Resource
from tests import centre
from tests.pages import app_on, client_of

RESOURCES = 40
A_DAY, DAYS_A_WEEK = 8, 6
"""Bookings of one facility."""
A_WEEK = RESOURCES * A_DAY * DAYS_A_WEEK
"""Bookings of all of them: 1,920."""
FIRST_HOUR = 8
PORTION = 5_000


def monday(now: datetime) -> datetime:
    """Midnight in UTC of the Monday that comes: what is booked by hand lies ahead of the clock."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())


@dataclass(frozen=True)
class Ticket:
    """What a client needs to be somebody: the cookie, and the token of its pages."""

    cookie: str
    token: str


def make_centre(url: str, instance: Path, clients: int) -> list[Ticket]:
    """An empty database becomes a centre; as many managers as there are clients, each signed in.

    The facilities keep opening hours and days off, and limits on notice, horizon and length; each
    booking is of a project: every rule has something to ask about.
    """
    migrate(url)
    app = app_on(url, instance)
    app.config["WTF_CSRF_ENABLED"] = True
    with transaction():
        site = centre.make_site()
        calendar = centre.make_calendar(site, days=range(7), hours=(0, 24))
        for number in range(10):
            on_day = monday(datetime.now(UTC)).date() - timedelta(days=7 + number)
            session.add(Holiday(site_id=site.id, on_day=on_day, name=f"Day off {number}"))
        for number in range(RESOURCES):
            centre.make_resource(
                site, f"TV-{number}", calendar=calendar, kind="test facility",
                notice_minutes=0, horizon_days=3650, shortest_minutes=15, longest_minutes=14 * 24 * 60,
            )  # fmt: skip
        centre.make_project(site, "BDR")
        users = [centre.make_user("manager", f"m{number}@centre.example") for number in range(clients)]
    tickets = [_sign_in(app, user) for user in users]
    session.remove()
    return tickets


def migrate(url: str) -> None:
    engine = make_engine(url)
    migrations.upgrade(engine)
    engine.dispose()


def book_densely(first: datetime, bookings: int) -> None:
    """So many bookings from `first` on, facility by facility, written straight into the tables.

    Only here, for the sake of time: they are those that the one door would have written.
    """
    resources = session.scalars(select(Resource).order_by(Resource.id)).all()
    project_id = session.scalar(select(Project.id))
    held = [(resource.id, resource.holdable_id) for resource in resources]
    session.rollback()
    for portion in range(0, bookings, PORTION):
        numbers = range(portion + 1, min(portion + PORTION, bookings) + 1)
        with transaction():
            rows, uses, holds = [], [], []
            for number in numbers:
                turn, which = divmod(number - 1, len(held))
                start = slot(first, turn)
                end = start + timedelta(minutes=60)
                times = {"starts_at": start, "ends_at": end}
                rows.append(
                    {"id": number, "site_id": 1, "project_id": project_id, "title": f"Run {number}",
                     "state": "booked", "part_no": 1, "version": 1,
                     "occupied_from": start, "occupied_until": end} | times
                )  # fmt: skip
                uses.append({"booking_id": number, "resource_id": held[which][0]})
                holds.append(
                    {"booking_id": number, "holdable_id": held[which][1], "seat": 1, "kind": "use"} | times
                )
            session.execute(insert(Booking), rows)
            session.execute(insert(BookingResource), uses)
            session.execute(insert(Hold), holds)
    _refresh_statistics()


def slot(first: datetime, turn: int) -> datetime:
    """Start of the `turn`-th booking of a facility: eight a day from eight o'clock, Sundays free."""
    day, hour = divmod(turn, A_DAY)
    week, weekday = divmod(day, DAYS_A_WEEK)
    return first + timedelta(weeks=week, days=weekday, hours=FIRST_HOUR + hour)


def _refresh_statistics() -> None:
    """As the database does by itself in the hours after so much was written."""
    with transaction():
        if session.connection().dialect.name == "postgresql":
            session.execute(text("SELECT setval('booking_id_seq', (SELECT max(id) FROM booking))"))
        session.execute(text("ANALYZE"))


def _sign_in(app: object, user: User) -> Ticket:
    client = client_of(app, user)  # type: ignore[arg-type]
    page = client.get("/week/").get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    cookie = client.get_cookie("markaz")
    if found is None or cookie is None:
        raise ValueError("the week page gave no token")
    return Ticket(f"markaz={cookie.value}", found.group(1))
