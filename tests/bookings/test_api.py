"""Booking by hand as JSON: who gets it, what the others hear, and what is never stored."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from scheduler.bookings.doctor import examine
from scheduler.bookings.models import Booking
from scheduler.database import session, transaction
from scheduler.resources.models import Resource
from tests import centre
from tests.bookings.desk import Centre, at, wall
from tests.pages import app_on, client_of


@pytest.fixture
def app(any_database, tmp_path):
    return app_on(any_database, tmp_path)


@pytest.fixture
def desk(app):
    return Centre(app)


def stored() -> int:
    session.rollback()
    return session.scalar(select(func.count(Booking.id))) or 0


def test_the_first_gets_it_and_the_second_hears_who_when_and_what_is_free(desk):
    one = desk.counter()
    won = one.book(title="Bakeout")
    assert won.status_code == 201
    lost = one.book(start=wall(0, 11), end=wall(0, 13))
    assert lost.status_code == 409
    (there,) = lost.json["in_the_way"]
    assert there == {
        "id": won.json["id"],
        "title": "Bakeout",
        "start": at(0, 9).isoformat(),
        "end": at(0, 12).isoformat(),
        "project": None,
        "people": [],
    }
    assert lost.json["free"][0] == at(0, 12).isoformat()
    assert "TV-1 is held for Bakeout" in lost.json["message"]
    assert one.book(start=lost.json["free"][0], end=None, minutes=120).status_code == 201
    assert examine().is_healthy


def test_the_same_key_gets_the_same_answer_and_books_once(desk):
    one = desk.counter()
    first, second = one.book(key="a"), one.book(key="a")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert stored() == 1
    other = one.book(key="a", title="Something else")
    assert other.status_code == 422
    assert "sent before" in other.json["message"]


def test_a_write_without_a_key_is_refused(desk):
    body = {"title": "x", "resources": ["TV-1"], "start": wall(0, 9), "end": wall(0, 10)}
    response = desk.counter().client.post("/week/bookings", json=body)
    assert response.status_code == 422
    assert "Idempotency-Key" in response.json["faults"]
    assert stored() == 0


def test_a_confidential_booking_is_busy_in_what_an_outsider_hears(desk):
    assert desk.counter().book(title="Night vision", project="QMR").status_code == 201
    body = {"title": "x", "resources": ["TV-1"], "start": wall(0, 9), "end": wall(0, 12)}
    heard = desk.counter("researcher").send("POST", "/week/check", body)
    assert heard.status_code == 200
    assert not heard.json["allowed"]
    assert heard.json["in_the_way"] == [
        {"title": "Busy", "start": at(0, 9).isoformat(), "end": at(0, 12).isoformat()}
    ]
    assert "Night vision" not in heard.get_data(as_text=True)


def test_a_move_a_resize_and_a_cancel_keep_their_version(desk):
    one = desk.counter()
    made = one.book().json
    moved = one.change(made["id"], version=made["version"], start=wall(0, 14))
    assert moved.status_code == 200
    assert (moved.json["starts_at"], moved.json["ends_at"]) == (at(0, 14).isoformat(), at(0, 17).isoformat())
    stale = one.change(made["id"], version=made["version"], start=wall(0, 15))
    assert stale.status_code == 409
    assert "changed while you looked" in stale.json["message"]
    assert one.change(made["id"], start=wall(0, 15)).status_code == 422
    resized = one.change(made["id"], version=moved.json["version"], start=wall(0, 14), end=wall(0, 15))
    assert resized.json["ends_at"] == at(0, 15).isoformat()
    gone = one.cancel(made["id"], version=resized.json["version"])
    assert (gone.status_code, gone.json["state"]) == (200, "cancelled")
    assert one.book().status_code == 201


@pytest.mark.parametrize("role", ["viewer", "staff", "researcher"])
def test_who_is_no_manager_books_moves_and_cancels_nothing(desk, role):
    made = desk.counter().book().json
    other = desk.counter(role)
    assert other.book(start=wall(1, 9), end=wall(1, 10)).status_code == 403
    assert other.change(made["id"], version=made["version"], start=wall(1, 9)).status_code == 403
    assert other.cancel(made["id"]).status_code == 403
    assert session.get_one(Booking, made["id"]).state == "booked"


def test_a_manager_of_one_chamber_books_no_other(desk, app):
    with transaction():
        narrow = centre.make_user("manager", "narrow@centre.example")
        narrow.roles[0].scope_kind, narrow.roles[0].scope_id = "resource", desk.ids["TV-2"]
    desk.users["narrow"] = narrow
    assert desk.counter("narrow").book().status_code == 403
    assert desk.counter("narrow").book(resources=["TV-2"]).status_code == 201


def test_a_rule_is_set_aside_with_a_reason_and_says_so(desk):
    with transaction():
        session.get_one(Resource, desk.ids["TV-1"]).longest_minutes = 60
    refused = desk.counter().book()
    assert refused.status_code == 409
    (refusal,) = refused.json["refusals"]
    assert (refusal["rule"], refusal["subject"], refusal["override_role"]) == ("length", "TV-1", "manager")
    done = desk.counter().book(override_reason="acceptance run")
    assert (done.status_code, done.json["override_reason"]) == (201, "acceptance run")


def test_free_starts_can_be_booked(desk):
    one = desk.counter()
    one.book(title="Bakeout")
    body = {"title": "x", "resources": ["TV-1"], "start": wall(0, 10), "minutes": 60, "most": 2}
    free = one.send("POST", "/week/free", body).json["free"]
    assert free[0] == at(0, 12).isoformat()
    for start in free:
        assert one.book(start=start, end=None, minutes=60).status_code == 201


HUGE = 2**63
LONG = "x" * 1_000_000
BAD = {
    "end before start": {"start": wall(0, 12), "end": wall(0, 9)},
    "zero length": {"start": wall(0, 12), "end": wall(0, 12)},
    "year 0001": {"start": "0001-01-01 09:00", "end": "0001-01-01 10:00"},
    "year 9999": {"start": "9999-12-31 09:00", "end": "9999-12-31 10:00"},
    "year 1 to year 9999": {"start": "0001-01-01T00:00:00+00:00", "end": "9999-12-31T23:00:00+00:00"},
    "in the past": {"start": "2001-02-03 09:00", "end": "2001-02-03 10:00"},
    "time text abc": {"start": "abc"},
    "time text nan": {"start": "nan", "end": "inf"},
    "time text empty": {"start": ""},
    "31 February": {"start": "2099-02-31 09:00"},
    "resource id -1": {"resources": [-1]},
    "resource id 999999": {"resources": [999999]},
    "resource id 2^63": {"resources": [HUGE]},
    "resource id x": {"resources": ["x"]},
    "resource id SQL text": {"resources": ["1; DROP TABLE booking"]},
    "title of 1 MB": {"title": LONG},
    "NUL in title": {"title": "a\0b"},
    "unknown field": {"state": "done"},
    "number for a title": {"title": 7},
    "truth for a number": {"end": None, "minutes": True},
    "list for a time": {"start": ["2027-01-01 09:00"]},
    "text for a list": {"resources": "TV-1"},
    "objects where codes belong": {"resources": [{"code": "TV-1"}]},
    "more than 400 days": {"end": wall(401, 9)},
    "both end and length": {"minutes": 30},
    "somebody unknown": {"people": [{"person": "P-9", "qualification": "vacuum operator"}]},
    "an amount of nothing": {"supplies": [{"utility": "LN2", "amount": 0}]},
}


@pytest.mark.parametrize("values", BAD.values(), ids=BAD.keys())
def test_bad_input_is_refused_in_words_and_nothing_is_stored(desk, values):
    response = desk.counter().book(**values)
    assert response.status_code in (409, 413, 422), response.get_data(as_text=True)[:300]
    assert response.json is None or response.json["message"]
    assert stored() == 0


TEXTS = {
    "script": "<script>alert(1)</script>",
    "emoji and right to left": "🛰️ \u200fخلاء",
    "formula": "=cmd|'/c calc'!A1",
}


@pytest.mark.parametrize("title", TEXTS.values(), ids=TEXTS.keys())
def test_odd_titles_are_stored_as_they_are_and_shown_as_text(desk, title):
    made = desk.counter().book(title=title)
    assert made.status_code == 201
    assert session.get_one(Booking, made.json["id"]).title == title
    page = desk.counter().client.get(f"/week/booking/{made.json['id']}").get_data(as_text=True)
    assert "<script>alert" not in page


def test_a_year_long_is_stored_exactly(desk):
    made = desk.counter().book(end=wall(365, 9))
    assert made.status_code == 201
    assert session.get_one(Booking, made.json["id"]).run.minutes == 365 * 24 * 60


@pytest.mark.parametrize("number", [-1, 10**20])
def test_cancelling_what_is_no_id_is_not_found(desk, number):
    assert desk.counter().cancel(number).status_code in (404, 405)


def test_a_stranger_books_and_cancels_nothing(desk, app):
    made = desk.counter().book().json
    stranger = client_of(app, None)
    headers = {"Accept": "application/json", "Idempotency-Key": "k"}
    assert stranger.post("/week/bookings", json={}, headers=headers).status_code == 401
    assert stranger.delete(f"/week/bookings/{made['id']}", json={}, headers=headers).status_code == 401
    assert session.get_one(Booking, made["id"]).state == "booked"


def test_without_the_token_against_forgery_nothing_is_written(desk, app):
    app.config["WTF_CSRF_ENABLED"] = True
    assert desk.counter().book().status_code == 400
    assert stored() == 0


@pytest.mark.parametrize(
    "query",
    ["from=0001-01-01&until=9999-12-31", "from=abc&until=x", "from=2027-02-02&until=2027-02-01",
     "from=1;DROP&until=2027-01-01"],
    ids=["year 1 to 9999", "text", "end before start", "SQL text"],
)  # fmt: skip
def test_a_bad_span_of_the_feed_is_refused(desk, query):
    assert desk.counter("viewer").client.get(f"/week/bookings.json?{query}").status_code == 400


@pytest.mark.parametrize("body", ["", "[]", "7", "{", '"x"', "null"])
def test_a_body_that_is_no_object_is_refused(desk, body):
    response = desk.counter().client.post(
        "/week/bookings", data=body, content_type="application/json", headers={"Idempotency-Key": "k"}
    )
    assert response.status_code == 422


CLOCK = {"start": "2099-03-29 02:30", "end": "2099-03-29 03:30"}


def test_a_time_that_does_not_exist_is_refused_with_the_two_nearest(app):
    desk = Centre(app, "Europe/Berlin")
    gap = desk.counter().book(**CLOCK)
    assert gap.status_code == 422
    assert "Write 01:45 or 03:00" in gap.json["faults"]["start"]
    nothing = desk.counter().book(start="2099-03-29 02:00", end="2099-03-29 03:00")
    assert nothing.status_code == 422
    assert stored() == 0


def test_a_time_that_comes_twice_is_asked_for(app):
    desk = Centre(app, "Europe/Berlin")
    twice = {"start": "2099-10-25 02:30", "end": "2099-10-25 04:00"}
    asked = desk.counter().book(**twice)
    assert "comes twice" in asked.json["faults"]["start"]
    first = desk.counter().book(**twice, start_hour="first")
    start = session.get_one(Booking, first.json["id"]).starts_at
    assert session.get_one(Booking, first.json["id"]).run.minutes == 150
    second = desk.counter().book(**twice, start_hour="second", resources=["TV-2"])
    assert session.get_one(Booking, second.json["id"]).starts_at - start == timedelta(hours=1)
