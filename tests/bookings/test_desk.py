"""Booking by hand on pages: shows, refuses, keeps what was typed, does the deed once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from scheduler.bookings.models import Booking
from scheduler.database import session, transaction
from scheduler.people.models import Person
from scheduler.resources.models import Resource
from tests.bookings.desk import Centre, at, wall
from tests.pages import app_on, client_of, text_of


@pytest.fixture
def app(sqlite_database, tmp_path):
    return app_on(sqlite_database, tmp_path)


@pytest.fixture
def desk(app):
    return Centre(app)


def page_of(desk, role="manager"):
    return client_of(desk.app, desk.users[role])


def wish(desk, **values):
    return {
        "title": "Leak test", "resources-0": str(desk.ids["TV-1"]), "start": wall(0, 9), "end": wall(0, 12),
        "key": "k1", "then": "save",
    } | values  # fmt: skip


def book(desk, **values):
    answer = desk.counter().book(**values)
    assert answer.status_code == 201, answer.json
    return answer.json


def stored():
    session.rollback()
    return session.scalar(select(func.count(Booking.id)))


def test_the_form_books_and_shows_the_booking(desk):
    client = page_of(desk)
    assert "New booking" in text_of(client.get("/week/new"))
    response = client.post("/week/new", data=wish(desk), follow_redirects=True)
    assert response.status_code == 200
    page = text_of(response)
    assert "Leak test is booked." in page
    assert "Move or change" in page


def test_the_same_form_sent_twice_books_once(desk):
    client = page_of(desk)
    first, second = (client.post("/week/new", data=wish(desk)) for _ in range(2))
    assert first.location == second.location
    assert stored() == 1


@pytest.mark.parametrize("role", ["viewer", "staff", "researcher"])
def test_the_form_is_for_managers(desk, role):
    assert page_of(desk, role).get("/week/new").status_code == 403
    assert page_of(desk, role).post("/week/new", data=wish(desk)).status_code == 403
    assert "New booking" not in text_of(page_of(desk, role).get("/week/"))


@pytest.mark.parametrize(
    ("values", "words", "status"),
    [
        ({"title": ""}, "Say in a few words", 422),
        ({"resources-0": ""}, "Choose at least one facility", 422),
        ({"resources-0": "999999"}, "not to be had", 400),
        ({"start": "abc"}, "is no day and time", 422),
        ({"start": ""}, "Write when it starts", 422),
        ({"end": wall(0, 9)}, "It ends before it has begun", 422),
        ({"start": "2001-02-03 09:00", "end": "2001-02-03 10:00"}, "is past", 409),
        ({"setup_minutes": "abc"}, "Write a whole number", 422),
        ({"people-0-person": "1"}, "There is no qualification", 422),
        ({"every": "week"}, "until which day: one of both", 422),
        ({"every": "week", "count": "3", "but": "tomorrow"}, "Write days like", 422),
        ({"title": "x" * 300}, "Shorten it", 422),
    ],
)
def test_a_bad_form_is_shown_again_with_what_was_typed(desk, values, words, status):
    response = page_of(desk).post("/week/new", data=wish(desk, configuration="hot case", **values))
    assert response.status_code == status
    page = response.get_data(as_text=True)
    assert words in page
    assert "hot case" in page
    assert stored() == 0


def test_a_clash_says_who_is_there_and_offers_free_starts(desk):
    book(desk, title="Bakeout")
    response = page_of(desk).post("/week/new", data=wish(desk, start=wall(0, 10)))
    assert response.status_code == 409
    page = text_of(response)
    assert "TV-1 is held for Bakeout" in page
    assert f'name="take" value="{wall(0, 12)}"' in page


def test_a_free_start_that_is_pressed_is_booked_for_the_same_length(desk):
    book(desk, title="Bakeout")
    typed = wish(desk, start=wall(0, 10), end=wall(0, 12), take=wall(0, 12))
    response = page_of(desk).post("/week/new", data=typed, follow_redirects=True)
    assert "Leak test is booked." in text_of(response)
    made = session.scalars(select(Booking).where(Booking.title == "Leak test")).one()
    assert (made.starts_at, made.ends_at) == (at(0, 12), at(0, 14))


@pytest.mark.parametrize("take", ["soon", "2099-02-31 09:00", "x" * 100])
def test_a_free_start_that_cannot_be_read_changes_nothing_of_what_was_typed(desk, take):
    book(desk, title="Bakeout")
    response = page_of(desk).post("/week/new", data=wish(desk, start=wall(0, 10), take=take))
    assert response.status_code == 409
    assert f'value="{wall(0, 10)}"' in response.get_data(as_text=True)


def test_a_rule_is_set_aside_with_a_reason_that_stays_on_the_page(desk):
    with transaction():
        session.get_one(Resource, desk.ids["TV-1"]).longest_minutes = 60
    client = page_of(desk)
    assert "Set the rule aside because" in text_of(client.post("/week/new", data=wish(desk)))
    done = client.post("/week/new", data=wish(desk, override_reason="acceptance"), follow_redirects=True)
    assert "A rule was set aside for this booking" in text_of(done)
    assert "acceptance" in text_of(done)
    week = re.search(r"week=(\d+-W\d+)", done.get_data(as_text=True)).group(1)
    assert "a rule set aside" in text_of(client.get(f"/week/?week={week}&by=resource"))


def test_a_series_is_looked_at_before_it_is_booked(desk):
    book(desk, title="Bakeout", start=wall(7, 9), end=wall(7, 12))
    client = page_of(desk)
    repeat = {"every": "week", "count": "3"}
    looked = client.post("/week/new", data=wish(desk, **repeat))
    page = text_of(looked)
    assert "2 of 3 can be booked as they stand" in page
    assert "in TV-2 instead" in page
    assert stored() == 1
    (day,) = re.findall(
        r'name="place-([\d-]+)"[^>]*>\s*<option value="">as it stands', looked.get_data(as_text=True)
    )
    chosen = {f"place-{day}": str(desk.ids["TV-2"]), "then": "book all"}
    response = client.post("/week/new", data=wish(desk, **repeat, **chosen), follow_redirects=True)
    assert "Leak test is booked 3 times." in text_of(response)
    assert stored() == 4


def test_a_booking_is_moved_by_its_form_and_the_move_undone(desk):
    made = book(desk)
    client = page_of(desk)
    path = f"/week/booking/{made['id']}"
    shown = client.get(f"{path}/change").get_data(as_text=True)
    assert wall(0, 9) in shown
    version = re.search(r'name="version"[^>]*value="(\d+)"', shown).group(1)
    data = wish(desk, start=wall(1, 9), end=wall(1, 12), version=version, key="m1", scope="one")
    assert "It is changed." in text_of(client.post(f"{path}/change", data=data, follow_redirects=True))
    stale = client.post(f"{path}/change", data=data | {"key": "m2"})
    assert stale.status_code == 409
    assert "was changed while you looked" in text_of(stale)
    undone = client.post("/week/undo", data={"back": path}, follow_redirects=True)
    assert "Undone: Leak test moved to" in text_of(undone)
    assert session.get_one(Booking, made["id"]).starts_at.strftime("%Y-%m-%d %H:%M") == wall(0, 9)
    assert client.post("/week/undo", data={"back": "//evil.example"}).location == "/week/"


def test_split_swap_and_cancel_from_the_page_of_a_booking(desk):
    one, two = book(desk), book(desk, resources=["TV-2"], title="Bakeout")
    client = page_of(desk)
    path = f"/week/booking/{one['id']}"

    def press(deed, **data):
        return text_of(client.post(f"{path}/{deed}", data=data, follow_redirects=True))

    assert "Write when the first part ends" in press("split")
    assert "have changed places" in press("swap", **{"with": str(two["id"])})
    assert "It is two bookings now." in press("split", at=wall(0, 10))
    assert "Choose the booking" in press("swap", **{"with": "x"})
    assert "Say why it is cancelled" in press("cancel")
    assert "It is cancelled." in press("cancel", reason="no gas")
    assert "is already cancelled" in press("cancel", reason="no gas")


def test_somebody_of_the_duty_checks_in_and_ends_it(desk, monkeypatch):
    made = book(desk, people=[{"person": "P-1", "qualification": "vacuum operator"}])
    with transaction():
        session.scalars(select(Person)).one().user = session.merge(desk.users["staff"])
    row = session.get_one(Booking, made["id"])
    start = row.starts_at
    monkeypatch.setattr("scheduler.bookings.desk.utc_now", lambda: start)
    path = f"/week/booking/{made['id']}"
    assert page_of(desk, "viewer").post(f"{path}/check-in").status_code == 302
    assert session.get_one(Booking, made["id"]).actual_start_at is None
    client = page_of(desk, "staff")
    assert "is checked in." in text_of(client.post(f"{path}/check-in", follow_redirects=True))
    assert "is over." in text_of(client.post(f"{path}/end", follow_redirects=True))
    session.rollback()
    assert session.get_one(Booking, made["id"]).state == "done"


def test_that_nobody_came_is_noted_once_it_is_late_enough(desk, monkeypatch):
    made = book(desk)
    start = session.get_one(Booking, made["id"]).starts_at
    path = f"/week/booking/{made['id']}/no-show"
    client = page_of(desk)
    assert "may still begin" in text_of(client.post(path, follow_redirects=True))
    monkeypatch.setattr("scheduler.bookings.desk.utc_now", lambda: start + timedelta(minutes=15))
    assert "Nobody came for Leak test." in text_of(client.post(path, follow_redirects=True))
    session.rollback()
    assert session.get_one(Booking, made["id"]).outcome == "no show"


def test_what_is_confidential_is_not_touched_by_who_may_not_see_it(desk):
    made = book(desk, project="QMR")
    path = f"/week/booking/{made['id']}"
    for deed in ("cancel", "check-in", "end"):
        client = page_of(desk, "researcher")
        page = text_of(client.post(f"{path}/{deed}", data={"reason": "x"}, follow_redirects=True))
        assert "Leak test" not in page
    assert session.get_one(Booking, made["id"]).state == "booked"
