"""The application as a whole: its first start, where one begins, what stands around every page."""

import re

import pytest

from scheduler import database, fragments
from scheduler.app import PREFIXES, create_app
from scheduler.bookings.proposal import Proposal
from scheduler.bookings.service import book
from scheduler.config import Config
from scheduler.database import transaction
from scheduler.page_frame import NAVIGATION
from tests.centre import make_project, make_request, make_resource, make_site, make_user, span
from tests.pages import client_of, text_of


def test_every_room_with_pages_is_there(app):
    assert set(PREFIXES) == set(app.blueprints)
    assert {item.room for item in NAVIGATION} == set(PREFIXES)


def test_without_a_database_each_page_says_how_to_make_the_first_administrator(tmp_path):
    app = create_app(Config(tmp_path, f"sqlite:///{tmp_path / 'markaz.db'}", ""))
    for path in ("/", "/sign-in", "/requests/"):
        answer = app.test_client().get(path)
        assert answer.status_code == 503
        assert "markaz user add --role administrator you@centre.example" in text_of(answer)
    with app.test_client().get("/static/css/tokens.css") as answer:
        assert answer.status_code == 200
    database.engine().dispose()


def test_without_a_user_too_and_with_the_first_one_no_longer(app):
    client = app.test_client()
    assert "Make the first administrator" in text_of(client.get("/sign-in"))
    with transaction():
        make_user("administrator")
    assert client.get("/sign-in").status_code == 200


def test_a_database_of_another_version_says_so(app):
    with transaction() as current:
        current.connection().exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    answer = app.test_client().get("/sign-in")
    assert answer.status_code == 503
    assert "belongs to another version" in text_of(answer)


@pytest.mark.parametrize(
    ("role", "path"),
    [("viewer", "/week/"), ("staff", "/week/"), ("researcher", "/week/"), ("manager", "/requests/")],
)
def test_everybody_begins_at_the_page_for_the_role(app, role, path):
    with transaction():
        make_site()
        user = make_user(role)
    assert client_of(app, user).get("/").location == path


def paths_of_nav(page):
    nav = re.search(r'<nav class="mk-nav".*?</nav>', page, re.DOTALL)[0]
    return re.findall(r'href="([^"]+)"', nav)


@pytest.mark.parametrize("role", ["viewer", "researcher", "manager", "administrator"])
def test_no_page_is_shown_that_would_be_refused(app, role):
    with transaction():
        make_site()
        user = make_user(role)
    client = client_of(app, user)
    page = client.get("/week/")
    shown = paths_of_nav(page.text)
    for item in NAVIGATION:
        status = client.get(item.path).status_code
        assert (status == 403) == (item.path not in shown), item


def test_before_the_first_workbook_the_pages_say_what_to_do(app):
    with transaction():
        user = make_user("manager")
    answer = client_of(app, user).get("/requests/")
    assert answer.status_code == 404
    assert "There is no site yet. Import a centre workbook" in text_of(answer)


def test_the_clocks_show_the_site_above_utc(app):
    with transaction():
        make_site(time_zone="Asia/Karachi")
        user = make_user("researcher")
    page = client_of(app, user).get("/requests/").text
    site, utc = re.search(r"data-site>\w{3} (\d\d):(\d\d)<.*?data-utc>(\d\d):(\d\d)<", page).group(1, 3)
    assert (int(site) - int(utc)) % 24 == 5
    assert 'data-zone="Asia/Karachi"' in page


@pytest.mark.parametrize(
    ("language", "direction", "sheet"),
    [
        ("en", "ltr", "bootstrap.min.css"),
        ("ur", "rtl", "bootstrap.rtl.min.css"),
        ("zh-Hans", "ltr", "bootstrap.min.css"),
    ],
)
def test_language_and_direction_are_those_of_the_user(app, language, direction, sheet):
    with transaction():
        make_site()
        user = make_user("researcher", language=language)
    page = client_of(app, user).get("/requests/").text
    assert f'<html lang="{language}" dir="{direction}"' in page
    assert f"/{sheet}" in page


@pytest.mark.parametrize(("cookie", "theme"), [(None, "light"), ("dark", "dark"), ('"><script>', "light")])
def test_the_theme_is_the_one_that_was_chosen(app, cookie, theme):
    with transaction():
        make_user()
    client = app.test_client()
    if cookie:
        client.set_cookie("markaz_theme", cookie)
    assert f'data-bs-theme="{theme}"' in client.get("/sign-in").text


def test_a_manager_sees_how_many_requests_wait(app):
    with transaction():
        project = make_project(make_site())
        for number in range(3):
            make_request(project, code=f"R-{number}", state="submitted")
        user = make_user("manager")
    assert 'title="3 wait for an answer">3<' in client_of(app, user).get("/requests/").text


def test_the_page_of_a_request_shows_what_is_booked_for_it(app):
    with transaction():
        site = make_site()
        chamber = make_resource(site)
        row = make_request(make_project(site), chamber)
        booking = book(Proposal(site, "Leak test", (chamber,), span(1, 9, 11), activity_request=row))
        path = f"/requests/{row.id}"
        link = f"/week/booking/{booking.id}"
        user = make_user("manager")
    page = client_of(app, user).get(path).text
    assert link in page
    assert "Tue 1 Dec" in page


def test_a_place_is_filled_by_the_rooms_to_the_right_in_turn(app):
    fragments.fill(app, "test", lambda word: f"<b>{len(word)}</b>")
    fragments.fill(app, "test", lambda word: "")
    fragments.fill(app, "test", lambda word: "<i>x</i>")
    with app.app_context():
        assert fragments.fragments("test", word="four") == "<b>4</b><i>x</i>"
        assert fragments.fragments("nowhere") == ""
