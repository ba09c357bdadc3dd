"""The week's pages and feed: what they show to whom, and what they refuse."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

from scheduler import database
from scheduler.bookings.models import Booking
from scheduler.bookings.proposal import Duty, Proposal
from scheduler.bookings.service import book, cancel
from scheduler.calendars.models import Site
from scheduler.database import session, transaction
from scheduler.people.models import Absence
from scheduler.projects.models import ProjectMember
from scheduler.requests.models import ActivityRequest
from scheduler.resources.models import Outage, Resource
from tests import centre
from tests.centre import at, span
from tests.pages import app_on, client_of, text_of

WEEK = "2026-W49"


class World:
    """A chamber, a lab, an operator, an open and a confidential project, a booking of each."""

    def __init__(self) -> None:
        with transaction():
            site = centre.make_site(time_zone="UTC")
            day = centre.make_calendar(site)
            self.chamber = centre.make_resource(site, "TV-1", kind="test facility", calendar=day)
            self.lab = centre.make_resource(site, "L-01", kind="lab", calendar=day)
            operator = centre.make_qualification(site)
            person = centre.make_person(site, holds=(operator,), calendar=day, most_minutes_week=2400)
            person.absences.append(Absence(starts_at=at(4, 0), ends_at=at(5, 0), reason="Leave"))
            self.chamber.outages.append(Outage(starts_at=at(3, 8), ends_at=at(3, 18), reason="Pump"))
            self.users = {
                role: centre.make_user(role) for role in ("viewer", "researcher", "manager", "administrator")
            }
            project = centre.make_project(site, "BDR")
            secret = centre.make_project(site, "QMRNOCTA", is_confidential=True)
            session.add(ProjectMember(project=project, user=self.users["researcher"]))
            asked = centre.make_request(project, self.chamber, code="R-007")
            self.request_id = asked.id
            self.open = book(
                Proposal(
                    site=site,
                    title="Leak test",
                    resources=(self.chamber,),
                    run=span(0, 10, 12),
                    setup_minutes=60,
                    activity_request=asked,
                    project=project,
                    duties=(Duty(person, operator, "run"),),
                    alternative=1,
                )
            ).id
            self.hidden = book(
                Proposal(
                    site=site, title="Night vision", resources=(self.lab,), run=span(1, 9, 11), project=secret
                )
            ).id
            self.site_id, self.chamber_id = site.id, self.chamber.id


@pytest.fixture
def app(sqlite_database: str, tmp_path: Path) -> Flask:
    return app_on(sqlite_database, tmp_path)


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def get(app: Flask, world: World, role: str, path: str):
    return client_of(app, world.users[role]).get(path)


def test_the_week_shows_facilities_bookings_and_what_they_are_of(app, world):
    page = text_of(get(app, world, "viewer", f"/week/?week={WEEK}&by=resource"))
    assert "Leak test, TV-1, R&amp;D, Mon 30 Nov 10:00-12:00, setup from Mon 30 Nov 09:00" in page
    assert "TV-1 Chamber TV-1, 3 of 40 open hours in use" in page
    assert "Outage: Pump, until Thu 3 Dec 18:00" in page
    assert f'href="/week/booking/{world.open}"' in page


def test_the_week_shows_people_with_their_hours_and_absences(app, world):
    page = text_of(get(app, world, "viewer", f"/week/?week={WEEK}&by=person"))
    assert "Sana Mirza, 2 of at most 40 hours on duty" in page
    assert "TV-1, Leak test, TV-1, R&amp;D" in page
    assert "Absence: Leave, until Sat 5 Dec 00:00" in page


@pytest.mark.parametrize("by", ["resource", "person", "mine"])
def test_a_confidential_booking_is_busy_to_whoever_may_not_see_it(app, world, by):
    page = text_of(get(app, world, "viewer", f"/week/?week={WEEK}&by={by}"))
    assert "Night vision" not in page
    assert "QMRNOCTA" not in page
    assert f"/week/booking/{world.hidden}" not in page
    assert ("Busy, L-01, Tue 1 Dec 09:00-11:00" in page) == (by == "resource")


def test_a_manager_sees_the_confidential_booking(app, world):
    assert "Night vision, L-01" in text_of(get(app, world, "manager", f"/week/?week={WEEK}"))


def test_my_week_holds_the_bookings_of_own_projects_only(app, world):
    page = text_of(get(app, world, "researcher", f"/week/?week={WEEK}"))
    assert "<h1>My week</h1>" in page
    assert "1 booking, 2 h of run" in page
    assert "Leak test" in page
    assert "Night vision" not in page
    assert "Nothing is booked for you" in text_of(get(app, world, "viewer", f"/week/?week={WEEK}&by=mine"))


def test_a_cancelled_booking_is_gone_from_the_week(app, world):
    with transaction():
        cancel(session.get_one(Booking, world.open), "no more needed")
    assert "Leak test" not in text_of(get(app, world, "manager", f"/week/?week={WEEK}"))


def test_the_weeks_before_and_after_are_linked(app, world):
    page = text_of(get(app, world, "viewer", "/week/?week=2026-W53"))
    assert "week=2026-W52" in page
    assert "week=2027-W01" in page


@pytest.mark.parametrize(
    "query",
    ["week=2026-49", "week=2026-W54", "week=1989-W10", "week=9999-W52", "by=colour"],
    ids=["no week", "no such week in that year", "before our years", "after our years", "no such rows"],
)
def test_a_week_that_cannot_be_read_is_refused_in_words(app, world, query):
    response = get(app, world, "viewer", f"/week/?{query}")
    assert response.status_code == 400
    assert any(word in text_of(response) for word in ("Write", "Choose"))


def test_without_a_week_the_next_one_with_bookings_is_shown_and_says_so(app, world, monkeypatch):
    monkeypatch.setattr("scheduler.bookings.views.utc_now", lambda: at(-1, 12))
    page = text_of(get(app, world, "manager", "/week/"))
    assert "Week 49" in page
    assert "Nothing more is booked in week 48, so this is the next one." in page
    monkeypatch.setattr("scheduler.bookings.views.utc_now", lambda: at(0, 12))
    assert "Nothing more is booked" not in text_of(get(app, world, "manager", "/week/"))


def test_with_nothing_booked_any_more_this_week_is_shown(app, world, monkeypatch):
    monkeypatch.setattr("scheduler.bookings.views.utc_now", lambda: at(30, 12))
    page = text_of(get(app, world, "manager", "/week/"))
    assert "Week 53" in page
    assert "Nothing is booked" in page


def test_a_booking_says_that_its_request_was_changed_since(app, world):
    assert "request changed since" not in text_of(get(app, world, "manager", f"/week/booking/{world.open}"))
    with transaction():
        session.get_one(ActivityRequest, world.request_id).revision += 1
    page = text_of(get(app, world, "manager", f"/week/booking/{world.open}"))
    assert "request changed since" in page
    assert "It is revision 2 now, this was booked for revision 1" in page


def test_a_booking_has_a_page_with_when_where_who_and_for_what(app, world):
    page = text_of(get(app, world, "manager", f"/week/booking/{world.open}"))
    for words in (
        "Mon 30 Nov 10:00–12:00",
        "Mon 30 Nov 09:00–12:00",
        "TV-1",
        "Sana Mirza",
        "Project BDR",
        "R-007",
    ):
        assert words in page
    assert f'href="/requests/{world.request_id}"' in page


def test_the_request_is_linked_for_those_only_who_may_see_it(app, world):
    page = text_of(get(app, world, "viewer", f"/week/booking/{world.open}"))
    assert "R-007" in page
    assert "/requests/" not in page


def test_the_page_of_a_confidential_booking_is_refused(app, world):
    response = get(app, world, "viewer", f"/week/booking/{world.hidden}")
    assert response.status_code == 403
    assert "Night vision" not in text_of(response)


def test_a_booking_that_is_not_there_is_not_found(app, world):
    assert get(app, world, "viewer", "/week/booking/4711").status_code == 404


def test_a_stranger_is_sent_to_the_sign_in(app, world):
    response = client_of(app, None).get("/week/")
    assert response.status_code == 302
    assert response.location.startswith("/sign-in")


def test_the_page_of_a_request_shows_what_is_booked_for_it(app, world):
    page = text_of(get(app, world, "manager", f"/requests/{world.request_id}"))
    assert f'href="/week/booking/{world.open}"' in page


def test_the_feed_gives_the_bookings_that_touch_the_span(app, world):
    body = get(app, world, "viewer", "/week/bookings.json?from=2026-11-30&until=2026-12-07").json
    assert body["from"] == "2026-11-30T00:00:00+00:00"
    first, second = body["bookings"]
    assert (first["title"], first["project"], first["people"]) == ("Leak test", "BDR", ["Sana Mirza"])
    assert second == {
        "title": "Busy",
        "starts_at": "2026-12-01T09:00:00+00:00",
        "ends_at": "2026-12-01T11:00:00+00:00",
        "occupied_from": "2026-12-01T09:00:00+00:00",
        "occupied_until": "2026-12-01T11:00:00+00:00",
        "resources": ["L-01"],
    }


@pytest.mark.parametrize(
    ("until", "found"),
    [("2026-11-30T09:00Z", 0), ("2026-11-30T09:15Z", 1)],
    ids=["ends as it begins", "after"],
)
def test_the_feed_keeps_the_edge_of_its_span(app, world, until, found):
    body = get(app, world, "viewer", f"/week/bookings.json?from=2026-11-30&until={until}").json
    assert len(body["bookings"]) == found


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "from is missing"),
        ("from=2026-11-30", "until is missing"),
        ("from=tomorrow&until=2026-12-07", "is no day"),
        ("from=2026-11-30&until=2026-11-30", "not after"),
        ("from=2026-11-30T08:00&until=2026-12-01", "in which zone"),
        ("from=2026-01-01&until=2027-02-06", "more than 400 days"),
        ("from=1889-01-01&until=2027-02-06", "out of range"),
    ],
)
def test_a_span_that_cannot_be_served_is_refused_in_words(app, world, query, words):
    response = get(app, world, "viewer", f"/week/bookings.json?{query}")
    assert response.status_code == 400
    assert words in response.json["message"]


def test_four_hundred_days_are_served(app, world):
    assert (
        get(app, world, "viewer", "/week/bookings.json?from=2026-01-01&until=2027-02-05").status_code == 200
    )


def test_the_feed_answers_not_modified_while_nothing_changes(app, world):
    client = client_of(app, world.users["viewer"])
    path = "/week/bookings.json?from=2026-11-30&until=2026-12-07"
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    with transaction():
        cancel(session.get_one(Booking, world.open), "no more needed")
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/week/bookings.json?from=2026-11-30&until=2026-12-07",
        f"/week/?week={WEEK}&by=resource",
        f"/week/?week={WEEK}&by=person",
        f"/week/?week={WEEK}&by=mine",
    ],
)
def test_more_bookings_cost_no_more_statements(app, world, path):
    client = client_of(app, world.users["manager"])
    client.get(path)
    few = statements(lambda: client.get(path))
    with transaction():
        for number in range(30):
            _book_more(world, number)
    assert statements(lambda: client.get(path)) == few


def _book_more(world: World, number: int) -> None:
    """A booking of its own project's request, on a facility and with a person of its own."""
    site = session.get_one(Site, world.site_id)
    calendar = centre.make_calendar(site, f"DAY-{number}")
    project = centre.make_project(site, f"P{number}")
    resource = centre.make_resource(site, f"X-{number}", calendar=calendar)
    person = centre.make_person(site, f"Q-{number}", f"Person {number}", calendar=calendar)
    resource.outages.append(Outage(starts_at=at(4, 8), ends_at=at(4, 9)))
    book(
        Proposal(
            site=site,
            title=f"Run {number}",
            resources=(resource,),
            run=span(number % 4, 8 + number % 8, 10 + number % 8),
            project=project,
            activity_request=centre.make_request(project, resource, code=f"R-{100 + number}"),
            participants=(person,),
            alternative=1,
        )
    )


def statements(work) -> int:
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    engine = database.engine()
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert work().status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len([statement for statement in seen if statement.startswith("SELECT")])


def test_time_is_shown_in_the_zone_of_the_site(app, world):
    with transaction():
        session.get_one(Site, world.site_id).time_zone = "Asia/Karachi"
    page = text_of(get(app, world, "manager", f"/week/booking/{world.open}"))
    assert "Mon 30 Nov 15:00–17:00" in page
    assert timedelta(hours=5) == session.get_one(Booking, world.open).starts_at - at(0, 5)


def test_a_part_is_shown_down_with_its_whole(app, world):
    with transaction():
        site = session.get_one(Site, world.site_id)
        centre.make_resource(site, "TV-1A", whole=session.get_one(Resource, world.chamber_id))
    page = text_of(client_of(app, world.users["viewer"]).get(f"/week/?week={WEEK}"))
    assert page.count("Outage: Pump, until Thu 3 Dec 18:00") == 1
    assert "Outage: TV-1: Pump, until Thu 3 Dec 18:00" in page
