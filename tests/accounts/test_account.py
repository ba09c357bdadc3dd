"""The own account: name, language, theme, password, sessions."""

import pytest
from sqlalchemy import select

from scheduler.accounts import service
from scheduler.accounts.models import SignIn
from scheduler.accounts.rules import LANGUAGES
from scheduler.audit import Audit
from scheduler.database import session, transaction
from scheduler.page_frame import LANGUAGES as SHOWN
from tests.centre import make_site, make_user
from tests.pages import client_of, text_of

EMAIL, PASSWORD = "rabia@centre.example", "chamber-seven"
NEW = "four quiet herons"


@pytest.fixture
def user(app):
    with transaction():
        make_site()
        return service.add_user(EMAIL, "Rabia Anwar", PASSWORD, "viewer")


@pytest.fixture
def client(app, user):
    return client_of(app, user)


def change(client, old=PASSWORD, password=NEW, again=None):
    data = {"old": old, "password": password, "again": password if again is None else again}
    return client.post("/account/password", data=data)


def signs_in(app, password):
    return app.test_client().post("/sign-in", data={"email": EMAIL, "password": password}).status_code == 302


def test_everybody_has_the_page_also_without_any_role(app, client, user):
    assert "viewer" in text_of(client.get("/account"))
    with transaction():
        found = service.find_user(EMAIL)
        found.roles.clear()
    assert "no role yet: ask an administrator" in text_of(client.get("/account"))


def test_name_language_and_theme_are_kept(client):
    answer = client.post("/account", data={"name": " Rabia  A. ", "language": "ur", "theme": "dark"})
    assert answer.location == "/account"
    assert "markaz_theme=dark" in answer.headers["Set-Cookie"]
    page = client.get("/account").text
    assert 'lang="ur" dir="rtl" data-bs-theme="dark"' in page
    assert service.find_user(EMAIL).name == "Rabia A."
    answer = client.post("/account", data={"name": "Rabia", "language": "en", "theme": ""})
    assert "markaz_theme=;" in answer.headers["Set-Cookie"]


def test_the_languages_offered_are_those_that_pages_know():
    assert set(LANGUAGES) == set(SHOWN)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": " "}, "Write a name"),
        ({"language": "tlh"}, "not to be had"),
        ({"theme": "pink"}, "not to be had"),
    ],
)
def test_a_faulty_form_is_shown_again_and_nothing_is_kept(client, values, words):
    answer = client.post("/account", data={"name": "R.", "language": "en", "theme": ""} | values)
    assert answer.status_code == 400
    assert words in text_of(answer)
    assert "Set-Cookie" not in answer.headers or "markaz_theme" not in answer.headers["Set-Cookie"]
    assert service.find_user(EMAIL).name == "Rabia Anwar"


@pytest.mark.asvs("6.2.1", "6.2.8", "6.2.9")
@pytest.mark.parametrize("password", ["eightlet", "x" * 64, "w" * 256, "  both  ends  ", "خلائی مرکز کراچی"])
def test_the_password_is_changed_verbatim_from_eight_signs_on(app, client, password):
    assert change(client, password=password).status_code == 302
    assert signs_in(app, password)
    assert not signs_in(app, PASSWORD)


@pytest.mark.asvs("6.2.1", "6.2.4")
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"password": "seven77"}, "has 7 signs"),
        ({"password": "x" * 257}, "at most 256"),
        ({"password": "password1"}, "first that a stranger would try"),
        ({"password": "P@ssw0rd2024!"}, "first that a stranger would try"),
        ({"password": "Rabia Anwar"}, "first that a stranger would try"),
        ({"password": EMAIL}, "first that a stranger would try"),
        ({"password": PASSWORD}, "the password that you have now"),
        ({"again": "four quiet heron"}, "The two are not the same"),
        ({"password": ""}, "Write the new password"),
        ({"old": ""}, "Write the password that you have now"),
        ({"old": "chamber-eight"}, "This is not your password. 9 tries are left"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_what_to_do(app, client, values, words):
    answer = change(client, **values)
    assert answer.status_code == 400
    assert words in text_of(answer)
    assert "heron" not in answer.text
    assert signs_in(app, PASSWORD)


@pytest.mark.asvs("6.3.1")
def test_the_old_password_cannot_be_guessed_from_a_page_left_open(client):
    for _ in range(10):
        change(client, old="chamber-eight")
    answer = change(client)
    assert answer.status_code == 400
    assert "Too many wrong tries. Try again in 15 min" in text_of(answer)


@pytest.mark.asvs("7.4.3")
def test_a_new_password_ends_all_sessions_but_this_one(app, user, client):
    other = client_of(app, user)
    change(client)
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302
    assert "argon2" not in repr([(row.before, row.after) for row in session.scalars(select(Audit))])


def test_a_session_elsewhere_is_ended_and_this_one_stays(app, user, client):
    other = client_of(app, user)
    page = client.get("/account").text
    assert page.count("this one") == 1
    newest = session.scalars(select(SignIn.id).order_by(SignIn.id.desc())).first()
    session.rollback()
    assert client.post(f"/account/sessions/{newest}/end").location == "/account"
    assert other.get("/account").status_code == 302
    assert client.get("/account").status_code == 200


@pytest.mark.asvs("8.2.2")
def test_a_session_of_somebody_else_is_not_to_be_ended(app, client):
    with transaction():
        theirs = make_user("viewer", "other@centre.example")
        their_id = theirs.id
    there = client_of(app, theirs)
    sign_in = session.scalars(select(SignIn.id).where(SignIn.user_id == their_id)).one()
    session.rollback()
    assert client.post(f"/account/sessions/{sign_in}/end").status_code == 404
    assert there.get("/account").status_code == 200
