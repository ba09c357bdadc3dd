"""Free times and offers on pages: beside the form, on a request's page, and what their buttons do."""

import re

import pytest

from scheduler.bookings import waiting
from scheduler.bookings.models import Booking
from scheduler.bookings.service import cancel
from scheduler.database import session, transaction, utc_now
from scheduler.intervals import Interval
from scheduler.projects.models import Project
from scheduler.requests import service
from scheduler.requests.models import ActivityRequest
from tests.bookings.asked import Asked
from tests.bookings.desk import at, wall
from tests.centre import make_project, make_user
from tests.pages import client_of, text_of


def span_of(day):
    return Interval(at(day, 8), at(day, 18))


class Shown(Asked):
    """As asked for in the week that comes: pages ask the real clock."""

    def values(self, **changes):
        return super().values(**{"earliest_at": at(0, 0), "latest_at": at(5, 0)} | changes)

    def hold_days(self, *days):
        for day in days:
            self.hold(span_of(day), self.tv1)

    def ask(self, state="approved", **changes):
        with transaction():
            row = service.create_request(self.values(**changes), self.researcher)
            service.submit(row, self.researcher)
            if state == "approved":
                service.approve(row, self.manager)
            return row.id


@pytest.fixture
def centre(app):
    return Shown()


@pytest.fixture
def researcher(app, centre):
    return client_of(app, centre.researcher)


@pytest.fixture
def manager(app, centre):
    return client_of(app, centre.manager)


def form(centre, **changes):
    return {
        "title": "Cold start",
        "project": centre.project.id,
        "wish": "4",
        "ways-0-resources-0": centre.tv1.id,
        "needs-0-qualification": centre.operator.id,
        "needs-0-count": "1",
        "needs-0-phase": "all",
        "earliest": wall(0, 0),
        "latest": wall(5, 0),
        "priority": "3",
        "key": "k",
    } | changes


def slots_in(page):
    return re.findall(r'name="slot" value="([^"]+)"', page)


def test_the_button_shows_three_cards_and_saves_nothing(centre, researcher):
    answer = researcher.post("/requests/new", data=form(centre, look="1"))
    page = text_of(answer)
    assert answer.status_code == 200
    assert "It could fit" in page
    assert len(slots_in(answer.text)) == 3
    assert re.search(r"Vacuum operator (Sana Mirza|Noor Ahmed); setup from 08:00", page)
    assert 'value="Cold start"' in page
    assert session.query(ActivityRequest).count() == 0


def test_the_script_gets_the_same_panel_also_before_there_is_a_title(centre, researcher):
    answer = researcher.post("/week/slots", data=form(centre, title=""))
    assert answer.status_code == 200
    assert len(slots_in(answer.text)) == 3
    assert "<html" not in answer.text


@pytest.mark.parametrize("changes", [{"wish": ""}, {"wish": "x"}, {"project": ""}, {"latest": wall(-9, 0)}])
def test_the_script_gets_nothing_while_the_form_says_too_little(centre, researcher, changes):
    answer = researcher.post("/week/slots", data=form(centre, **changes))
    assert (answer.status_code, answer.data) == (204, b"")


def test_a_viewer_looks_for_nothing(app, centre):
    with transaction():
        viewer = make_user("viewer")
    assert client_of(app, viewer).post("/week/slots", data=form(centre)).status_code == 403


def test_what_does_not_fit_says_why_and_its_button_helps(centre, researcher):
    centre.hold_days(0, 1)
    page = text_of(researcher.post("/requests/new", data=form(centre, look="1", latest=wall(1, 0))))
    assert "It does not fit" in page
    latest = re.search(r'value="latest:([^"]+)"', page)
    assert latest is not None
    again = researcher.post("/requests/new", data=form(centre, look=f"latest:{latest[1]}"))
    assert "It could fit" in text_of(again)
    assert f'value="{latest[1]}"' in again.text


def test_a_fault_stands_beside_its_field_when_one_looks(centre, researcher):
    answer = researcher.post("/requests/new", data=form(centre, look="1", latest=wall(0, 2)))
    assert "That leaves 2 h" in text_of(answer)


def test_the_chosen_card_is_kept_with_the_request(centre, researcher):
    second = slots_in(researcher.post("/requests/new", data=form(centre, look="1")).text)[1]
    researcher.post("/requests/new", data=form(centre, slot=second, then="submit"))
    row = session.query(ActivityRequest).one()
    assert row.preferred_from == at(1, 9)
    page = text_of(researcher.get(f"/requests/{row.id}"))
    assert "Chosen slot" in page


def test_names_of_what_is_confidential_are_not_in_the_panel(app, centre):
    with transaction():
        secret = make_project(centre.site, "QMR", name="Qamar", is_confidential=True)
        secret_id = secret.id
    centre.hold(span_of(0), centre.tv1, project=session.get(Project, secret_id))
    page = text_of(
        client_of(app, centre.researcher).post("/week/slots", data=form(centre, latest=wall(1, 0)))
    )
    assert "Other work" not in page


def test_the_page_of_a_request_looks_only_when_it_is_told_to(centre, researcher):
    request_id = centre.ask("submitted")
    assert slots_in(researcher.get(f"/requests/{request_id}").text) == []
    page = researcher.get(f"/requests/{request_id}?look=1").text
    assert len(slots_in(page)) == 3
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    slot = slots_in(page)[2]
    answer = researcher.post(
        f"/requests/{request_id}/prefer", data={"slot": slot, "version": version}, follow_redirects=True
    )
    assert "likes that slot best now." in text_of(answer)
    session.rollback()
    assert session.get(ActivityRequest, request_id).preferred_from == at(2, 9)
    stale = researcher.post(f"/requests/{request_id}/prefer", data={"slot": slot, "version": version})
    assert stale.status_code == 409


def test_a_manager_books_a_slot_once(centre, manager, researcher):
    request_id = centre.ask()
    page = manager.get(f"/requests/{request_id}?look=1").text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    data = {"slot": slots_in(page)[0], "version": version}
    assert researcher.post(f"/week/slots/{request_id}/book", data=data).status_code == 403
    for _ in range(3):
        said = text_of(manager.post(f"/week/slots/{request_id}/book", data=data, follow_redirects=True))
    assert "is booked." in said
    session.rollback()
    (booking,) = session.query(Booking).all()
    assert (booking.starts_at, booking.request_id, len(booking.duties)) == (at(0, 9), request_id, 1)
    assert session.get(ActivityRequest, request_id).state == "booked"


def test_a_slot_that_is_gone_is_refused_with_who_has_it(centre, manager):
    request_id = centre.ask()
    page = manager.get(f"/requests/{request_id}?look=1").text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    centre.hold(span_of(0), centre.tv1)
    data = {"slot": slots_in(page)[0], "version": version}
    answer = manager.post(f"/week/slots/{request_id}/book", data=data, follow_redirects=True)
    assert "TV-1 is held for" in text_of(answer)
    assert session.query(Booking).count() == 1


@pytest.fixture
def offered(centre):
    blocker = centre.hold(span_of(0), centre.tv1)
    request_id = centre.ask(latest_at=at(0, 18))
    with transaction():
        service.wait(session.get(ActivityRequest, request_id), centre.researcher)
    with transaction():
        cancel(session.get(Booking, blocker), "not needed")
    (offer_id,) = waiting.look_after(utc_now())
    return request_id, offer_id


def test_an_offer_is_shown_to_who_asked_and_taken_there(centre, researcher, offered):
    request_id, offer_id = offered
    for path in ("/requests/", f"/requests/{request_id}"):
        assert f"/week/offers/{offer_id}/accept" in researcher.get(path).text
    page = text_of(researcher.post(f"/week/offers/{offer_id}/accept", follow_redirects=True))
    assert "is booked." in page
    assert session.get(ActivityRequest, request_id).state == "booked"
    again = text_of(researcher.post(f"/week/offers/{offer_id}/accept", follow_redirects=True))
    assert "This offer is over." in again
    assert session.query(Booking).filter_by(state="booked").count() == 1


def test_an_offer_that_was_taken_meanwhile_is_a_409(centre, researcher, offered):
    request_id, offer_id = offered
    centre.hold(span_of(0), centre.tv1)
    answer = researcher.post(f"/week/offers/{offer_id}/accept")
    assert answer.status_code == 409
    assert "It is taken meanwhile." in text_of(answer)
    session.rollback()
    assert session.get(ActivityRequest, request_id).state == "approved"
    assert f"/week/offers/{offer_id}/accept" not in researcher.get(f"/requests/{request_id}").text


def test_an_offer_is_left_to_the_next(centre, researcher, offered):
    page = text_of(researcher.post(f"/week/offers/{offered[1]}/decline", follow_redirects=True))
    assert "It goes to the next who waits." in page


def test_others_do_not_see_or_take_an_offer(app, centre, offered):
    client = client_of(app, centre.other)
    assert f"/week/offers/{offered[1]}/accept" not in client.get("/requests/").text
    assert client.post(f"/week/offers/{offered[1]}/accept").status_code in (403, 404)
    assert client.post("/week/offers/999/accept").status_code == 404
    assert session.query(Booking).filter_by(state="booked").count() == 0
