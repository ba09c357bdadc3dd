"""The 35 bad inputs of the reliability bar, through every door: JSON, the form of booking, that of asking.

Each is refused in words, or stored exactly right; never an error of ours, never something else stored.
"""

import itertools
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from scheduler.bookings.models import Booking
from scheduler.database import session, transaction
from scheduler.projects.models import Project, ProjectMember
from scheduler.requests.models import ActivityRequest
from tests import centre
from tests.bookings.desk import Centre, wall
from tests.pages import app_on, client_of

ZONE = "America/New_York"
"""Its clock goes forward on 8 March 2099 at 02:00, and back on 1 November 2099 at 02:00."""

keys = itertools.count(1)

WISHES = {
    "end before start": {"start": wall(0, 12), "end": wall(0, 9)},
    "zero length": {"start": wall(0, 12), "end": wall(0, 12)},
    "year 0001": {"start": "0001-01-01 09:00", "end": "0001-01-01 10:00"},
    "year 9999": {"start": "9999-12-31 09:00", "end": "9999-12-31 10:00"},
    "year 1 to year 9999": {"start": "0001-01-01 00:00", "end": "9999-12-31 23:00"},
    "a year long": {"end": wall(365, 12)},
    "in the past": {"start": "2001-02-03 09:00", "end": "2001-02-03 12:00"},
    "time text abc": {"start": "abc"},
    "time text nan and inf": {"start": "nan", "end": "inf"},
    "time text empty": {"start": "", "end": ""},
    "31 February": {"start": "2099-02-31 09:00", "end": "2099-03-03 09:00"},
    "resource -1": {"resource": "-1"},
    "resource 999999": {"resource": "999999"},
    "resource 2^63": {"resource": str(2**63)},
    "resource x": {"resource": "x"},
    "resource SQL": {"resource": "1; DROP TABLE booking"},
    "gap, a time that does not exist": {"start": "2099-03-08 02:30", "end": "2099-03-08 06:30"},
    "gap, 0 real minutes": {"start": "2099-03-08 02:00", "end": "2099-03-08 03:00"},
    "overlap, a time that comes twice": {"start": "2099-11-01 01:30", "end": "2099-11-01 06:30"},
    "title of 1 MB": {"title": "x" * 1_000_000},
    "script in title": {"title": "<script>alert(1)</script>"},
    "NUL in title": {"title": "a\0b"},
    "emoji and right to left in title": {"title": "🛰️ \u200fخلاء"},
    "formula in title": {"title": "=cmd|'/c calc'!A1"},
}
SPANS = {
    "feed year 1 to 9999": ("0001-01-01", "9999-12-31"),
    "feed text abc": ("abc", "x"),
    "feed end before start": ("2027-02-02", "2027-02-01"),
    "feed SQL": ("1; DROP TABLE booking", "2027-01-01"),
}
STORED = {"a year long", "script in title", "emoji and right to left in title", "formula in title"}
"""Odd, but in order: what is typed is what is stored."""


class Door:
    """One way in. What it makes is counted, read back and taken away again."""

    model: type = Booking
    times = ("starts_at", "ends_at")
    owner = "manager"
    in_order = STORED

    def __init__(self, desk: Centre) -> None:
        self.desk = desk
        self.clients = {role: client_of(desk.app, user) for role, user in desk.users.items()}
        self.clients[""] = client_of(desk.app, None)

    def wish(self, **changes: str) -> dict[str, str]:
        sound = {"title": "Leak test", "start": wall(0, 9), "end": wall(0, 12)}
        return sound | {"resource": str(self.desk.ids["TV-1"])} | changes

    def count(self) -> int:
        session.rollback()
        return session.scalar(select(func.count()).select_from(self.model)) or 0

    def newest(self):
        session.rollback()
        return session.scalars(select(self.model).order_by(self.model.id.desc())).first()

    def stored(self) -> dict[str, str]:
        """What the newest row says, as it would be typed."""
        row = self.newest()
        start, end = (getattr(row, name) for name in self.times)
        return {"title": row.title, "start": self._typed(start), "end": self._typed(end)}

    def _typed(self, moment) -> str:
        return f"{moment.astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M}" if moment else ""

    def says_why(self, answer, role: str) -> bool:
        """Words of ours, beside the field or above the form, or on the page that it leads on to."""
        if answer.status_code == 302:
            answer = self.clients[role].get(answer.location)
        text = answer.get_data(as_text=True)
        return any(sign in text for sign in ("mk-fault", "mk-note is-bad", 'class="mk-lone'))


class Json(Door):
    def make(self, role, values):
        body = {"title": values["title"], "start": values["start"], "end": values["end"]}
        resource = values["resource"]
        number = int(resource) if resource.lstrip("-").isdigit() else resource
        return self._send(role, "POST", "/week/bookings", body | {"resources": [number]})

    def move(self, role, row_id, version):
        body = {"version": version, "start": wall(1, 9)}
        return self._send(role, "PATCH", f"/week/bookings/{row_id}", body)

    def cancel(self, role, row_id):
        return self._send(role, "DELETE", f"/week/bookings/{row_id}", {"reason": "not mine"})

    def feed(self, first, last):
        query = {"from": first, "until": last}
        return self.clients["viewer"].get("/week/bookings.json", query_string=query)

    def says_why(self, answer, role):
        # A body that is too large is refused before anything reads it.
        return answer.status_code == 413 or bool((answer.json or {}).get("message"))

    def _send(self, role, method, path, body):
        headers = {"Idempotency-Key": f"bad-{next(keys)}", "Accept": "application/json"}
        return self.clients[role].open(path, method=method, json=body, headers=headers)


class BookingForm(Door):
    def make(self, role, values):
        return self.clients[role].post("/week/new", data=self._fields(values))

    def move(self, role, row_id, version):
        fields = self._fields(self.wish(start=wall(1, 9), end=wall(1, 12))) | {"version": str(version)}
        return self.clients[role].post(f"/week/booking/{row_id}/change", data=fields)

    def cancel(self, role, row_id):
        data = {"reason": "not mine", "key": f"bad-{next(keys)}"}
        return self.clients[role].post(f"/week/booking/{row_id}/cancel", data=data)

    def feed(self, first, last):
        query = {"from": first, "until": last}
        return self.clients["administrator"].get("/reports/utilisation.xlsx", query_string=query)

    def _fields(self, values):
        return {
            "title": values["title"], "project": "", "resources-0": values["resource"],
            "start": values["start"], "end": values["end"], "setup_minutes": "",
            "teardown_minutes": "", "key": f"bad-{next(keys)}", "then": "save",
        }  # fmt: skip


class AskingForm(Door):
    """What a booking holds as its times are here the times that it has to lie between."""

    model = ActivityRequest
    times = ("earliest_at", "latest_at")
    owner = "researcher"
    # Times may be left open there: any time will do.
    in_order = STORED | {"time text empty"}

    def make(self, role, values):
        return self.clients[role].post("/requests/new", data=self._fields(values))

    def move(self, role, row_id, version):
        fields = self._fields(self.wish(start=wall(1, 9), end=wall(1, 12))) | {"version": str(version)}
        return self.clients[role].post(f"/requests/{row_id}/edit", data=fields)

    def cancel(self, role, row_id):
        return self.clients[role].post(f"/requests/{row_id}/withdraw", data={})

    def feed(self, first, last):
        return self.clients["viewer"].get("/week/", query_string={"week": first if "W" in first else last})

    def _fields(self, values):
        project = session.scalars(select(Project.id).where(Project.code == "BDR")).one()
        session.rollback()
        return {
            "title": values["title"], "project": str(project), "ways-0-resources-0": values["resource"],
            "wish": "2", "priority": "3", "earliest": values["start"], "latest": values["end"],
            "key": f"bad-{next(keys)}", "then": "submit",
        }  # fmt: skip


DOORS = {"JSON": Json, "form of booking": BookingForm, "form of asking": AskingForm}


@pytest.fixture
def desk(any_database, tmp_path):
    app = app_on(any_database, tmp_path)
    desk = Centre(app, ZONE)
    with transaction():
        session.add_all(
            ProjectMember(project=project, user=session.merge(desk.users["researcher"]))
            for project in session.scalars(select(Project).where(Project.code == "BDR"))
        )
        desk.users["other"] = centre.make_user("researcher", "other@centre.example")
    return desk


@pytest.fixture(params=DOORS.values(), ids=DOORS.keys())
def door(request, desk):
    return request.param(desk)


def test_all_35_are_tried():
    others = (
        "another cancels",
        "another moves",
        "a stranger cancels",
        "a stranger makes",
        "no token",
        "id -1",
    )
    assert len(WISHES) + len(SPANS) + len(others) + len(("id 10^20",)) == 35


@pytest.mark.asvs("1.3.3", "1.4.2", "2.2.1")
def test_a_bad_wish_is_refused_in_words_or_stored_exactly_as_it_was_typed(door):
    wrong = {}
    for name, changes in WISHES.items():
        values, before = door.wish(**changes), door.count()
        answer = door.make(door.owner, values)
        made = door.count() - before
        if name in door.in_order:
            kept = door.stored() if made else {}
            if made != 1 or kept.items() - values.items():
                wrong[name] = (answer.status_code, made, kept)
            elif door.cancel(door.owner, door.newest().id).status_code not in (200, 302):
                wrong[name] = "it cannot be taken back"
        elif made or answer.status_code not in (400, 409, 413, 422) or not door.says_why(answer, door.owner):
            wrong[name] = (answer.status_code, made, door.stored() if made else None)
    assert wrong == {}


@pytest.mark.asvs("8.2.2", "8.3.1")
def test_another_user_neither_cancels_nor_moves_it_and_a_stranger_does_nothing(door):
    door.make(door.owner, door.wish())
    row = door.newest()
    assert row is not None
    row_id, state, version, stood = row.id, row.state, row.version, door.stored()
    for deed in (lambda who: door.cancel(who, row_id), lambda who: door.move(who, row_id, version)):
        answer = deed("other")
        assert answer.status_code in (302, 403, 404)
        assert door.says_why(answer, "other")
        assert (door.newest().state, door.newest().version, door.stored()) == (state, version, stood)
        answer = deed("")
        assert answer.status_code == 401 or "/sign-in" in answer.location
        assert (door.newest().version, door.stored()) == (version, stood)
    answer = door.make("", door.wish(start=wall(2, 9), end=wall(2, 12)))
    assert answer.status_code == 401 or "/sign-in" in answer.location
    assert door.count() == 1


@pytest.mark.asvs("3.5.1")
def test_without_the_token_against_forgery_nothing_is_made(door, desk):
    desk.app.config["WTF_CSRF_ENABLED"] = True
    answer = door.make(door.owner, door.wish())
    assert answer.status_code == 400
    assert door.says_why(answer, door.owner)
    assert door.count() == 0


@pytest.mark.parametrize("number", [-1, 10**20])
def test_cancelling_what_is_no_id_is_not_found(door, number):
    assert door.cancel(door.owner, number).status_code in (404, 405)


@pytest.mark.parametrize("span", SPANS.values(), ids=SPANS.keys())
def test_a_bad_span_is_refused_in_words(door, span):
    answer = door.feed(*span)
    assert answer.status_code == 400
    assert door.says_why(answer, "viewer")
