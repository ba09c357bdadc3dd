"""A centre that is booked by hand over HTTP: a manager, a chamber, a lab, somebody confidential."""

import itertools
from datetime import UTC, datetime, timedelta

from scheduler.database import session, transaction
from scheduler.projects.models import ProjectMember
from tests import centre
from tests.pages import client_of

MONDAY = (datetime.now(UTC) + timedelta(days=14 - datetime.now(UTC).weekday())).replace(
    hour=0, minute=0, second=0, microsecond=0
)
"""The Monday after the one that comes: by hand one books ahead of the clock, also while it turns midnight."""

_keys = itertools.count(1)


def at(day: int, hour: float) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


def wall(day: int, hour: float) -> str:
    return at(day, hour).strftime("%Y-%m-%d %H:%M")


class Counter:
    """Whoever stands at the counter, with the buttons of the JSON API."""

    def __init__(self, app, user):
        self.client = client_of(app, user)

    def send(self, method, path, body, key=None):
        headers = {"Idempotency-Key": key or f"key-{next(_keys)}"}
        return self.client.open(path, method=method, json=body, headers=headers)

    def book(self, key=None, **values):
        body = {"title": "Leak test", "resources": ["TV-1"], "start": wall(0, 9), "end": wall(0, 12)} | values
        return self.send("POST", "/week/bookings", body, key)

    def change(self, booking_id, key=None, **values):
        return self.send("PATCH", f"/week/bookings/{booking_id}", values, key)

    def cancel(self, booking_id, key=None, **values):
        return self.send("DELETE", f"/week/bookings/{booking_id}", {"reason": "no gas"} | values, key)


class Centre:
    def __init__(self, app, time_zone="UTC"):
        with transaction():
            site = centre.make_site(time_zone=time_zone)
            self.chamber = centre.make_resource(site, "TV-1", kind="test facility")
            self.other = centre.make_resource(site, "TV-2", kind="test facility")
            operator = centre.make_qualification(site)
            centre.make_person(site, holds=(operator,))
            self.users = {
                role: centre.make_user(role)
                for role in ("viewer", "staff", "researcher", "manager", "administrator")
            }
            centre.make_project(site, "BDR")
            secret = centre.make_project(site, "QMR", is_confidential=True)
            session.add(ProjectMember(project=secret, user=self.users["manager"]))
            self.ids = {"TV-1": self.chamber.id, "TV-2": self.other.id}
        self.app = app

    def counter(self, role="manager"):
        return Counter(self.app, self.users[role])
