"""The sign-in page, and the way out."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from scheduler.accounts import service
from scheduler.accounts.models import SignIn
from scheduler.database import session, transaction, utc_now
from tests.pages import text_of

EMAIL = "rabia@centre.example"
PASSWORD = "chamber-seven"


@pytest.fixture
def user(app):
    with transaction():
        return service.add_user(EMAIL, "Rabia Anwar", PASSWORD, "manager").id


@pytest.fixture
def client(app, user):
    return app.test_client()


def post(client, password=PASSWORD, **values):
    return client.post("/sign-in", data={"email": EMAIL, "password": password} | values)


def test_the_page_asks_for_e_mail_and_password(client):
    page = text_of(client.get("/sign-in"))
    assert 'name="email"' in page
    assert 'autocomplete="current-password"' in page


def test_who_signs_in_lands_on_the_first_page(client):
    answer = post(client)
    assert (answer.status_code, answer.location) == (302, "/")
    assert client.get("/").location == "/requests/"


def test_a_wrong_password_shows_the_form_again_with_the_fault_and_the_address_kept(client):
    answer = post(client, "chamber-eight")
    page = text_of(answer)
    assert answer.status_code == 400
    assert "E-mail and password do not match. 9 tries are left before a pause of 15 min." in page
    assert f'value="{EMAIL}"' in page
    assert "chamber-eight" not in page
    assert re.search(r"<input[^>]*aria-invalid=\"true\"[^>]*autofocus[^>]*name=\"password\"", page)


@pytest.mark.parametrize(
    ("name", "words"), [("email", "Write your e-mail"), ("password", "Write your password")]
)
def test_a_blank_field_is_named(client, name, words):
    answer = post(client, **{name: ""})
    assert answer.status_code == 400
    assert words in text_of(answer)


def test_the_eleventh_try_is_told_to_wait_also_with_the_right_password(client):
    for _ in range(10):
        post(client, "chamber-eight")
    answer = post(client)
    assert answer.status_code == 400
    assert "Too many wrong tries. Try again in 15 min" in text_of(answer)


def test_the_page_that_was_asked_for_comes_after_the_sign_in(client):
    answer = client.get("/requests/?state=all&q=a")
    assert answer.location == "/sign-in?next=/requests/?state%3Dall%26q%3Da"
    assert post(client, next="/requests/?state=all&q=a").location == "/requests/?state=all&q=a"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        " //evil.example",
        "requests",
    ],
)
def test_an_address_elsewhere_is_never_gone_to(client, target):
    assert post(client, next=target).location == "/"


@pytest.mark.asvs("7.2.4")
def test_the_cookie_is_new_after_the_sign_in(client):
    client.get("/sign-in")
    with client.session_transaction() as cookie:
        cookie["planted"] = "before"
    post(client)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["sign_in"]


@pytest.mark.asvs("7.4.1")
def test_signing_out_ends_the_session_at_the_server_too(app, client):
    post(client)
    with client.session_transaction() as cookie:
        token = cookie["sign_in"]
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").location == "/sign-in"
    copied = app.test_client()
    with copied.session_transaction() as cookie:
        cookie["sign_in"] = token
    assert copied.get("/requests/").status_code == 302


@pytest.mark.asvs("7.3.1")
def test_a_session_that_was_left_alone_leads_to_the_sign_in(client):
    post(client)
    assert client.get("/requests/").status_code != 302
    with transaction():
        session.execute(update(SignIn).values(seen_at=utc_now() - timedelta(hours=8)))
    assert client.get("/requests/").location.startswith("/sign-in")


def test_using_a_page_keeps_the_session_but_not_with_every_click(client):
    post(client)
    long_ago = utc_now() - timedelta(hours=7)
    with transaction():
        session.execute(update(SignIn).values(seen_at=long_ago))
    client.get("/requests/")
    first = session.scalar(select(SignIn.seen_at))
    session.rollback()
    assert first > long_ago + timedelta(hours=6)
    client.get("/requests/")
    assert session.scalar(select(SignIn.seen_at)) == first


def test_who_is_disabled_is_out_with_the_next_click(client, user):
    post(client)
    with transaction():
        service.find_user(EMAIL).disabled_at = utc_now()
    assert client.get("/requests/").location.startswith("/sign-in")


def test_who_is_signed_in_is_not_asked_again(client):
    post(client)
    assert client.get("/sign-in").location == "/"
