"""Signing in: three steps, a throttle, sessions that end."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduler.accounts import service
from scheduler.accounts.models import SignIn, SignInAttempt
from scheduler.audit import Audit
from scheduler.database import session, transaction
from scheduler.errors import Forbidden, UserError
from tests.centre import MONDAY

NOW = MONDAY
EMAIL = "rabia@centre.example"
PASSWORD = "chamber-seven"


@pytest.fixture
def user(any_database):
    with transaction():
        return service.add_user(EMAIL, "Rabia Anwar", PASSWORD, "manager")


def sign_in(password=PASSWORD, email=EMAIL, address="10.0.0.1", now=NOW):
    with transaction():
        attempt_id = service.begin_try(email, address, now).id
    found = service.find_by_password(email, password)
    with transaction(actor=found):
        return service.finish_try(attempt_id, found, now)


def test_the_right_password_gives_a_session_of_its_user(user):
    token = sign_in(email=f"  {EMAIL.upper()} ")
    assert service.find_sign_in(token, NOW).user_id == user.id


@pytest.mark.asvs("7.2.3", "7.2.4")
def test_every_sign_in_has_a_token_of_its_own_and_none_is_stored(user):
    tokens = {sign_in(), sign_in()}
    assert len(tokens) == 2
    assert all(len(token) >= 40 for token in tokens)
    stored = {row.token_hash for row in session.scalars(select(SignIn))}
    assert not stored & tokens


@pytest.mark.asvs("16.3.1")
@pytest.mark.parametrize(
    ("email", "password"), [(EMAIL, "chamber-eight"), ("nobody@centre.example", PASSWORD)]
)
def test_a_wrong_password_or_name_gives_none_and_is_written_down(user, email, password):
    assert sign_in(password, email) is None
    assert session.scalar(select(SignIn)) is None
    note = session.scalar(select(Audit).where(Audit.action == "refused sign-in"))
    assert note.after == {"email": email, "address": "10.0.0.1"}


@pytest.mark.asvs("7.4.2")
def test_who_is_disabled_cannot_sign_in_and_is_out_at_once(user):
    token = sign_in()
    with transaction():
        service.find_user(EMAIL).disabled_at = NOW
    assert service.find_sign_in(token, NOW) is None
    assert sign_in() is None


@pytest.mark.asvs("6.3.1")
def test_after_ten_wrong_tries_even_the_right_password_waits_a_quarter_of_an_hour(user):
    for left in range(9, -1, -1):
        assert sign_in("wrong-wrong") is None
        assert service.tries_left(EMAIL, "10.0.0.1", NOW) == left
    with pytest.raises(UserError, match="Try again in 15 min"):
        sign_in()
    with pytest.raises(UserError, match="Try again in 1 min"):
        sign_in(now=NOW + timedelta(minutes=14, seconds=30))
    assert sign_in(now=NOW + timedelta(minutes=15))


@pytest.mark.asvs("6.3.1")
def test_the_owner_gets_in_from_another_address_meanwhile(user):
    for _ in range(10):
        sign_in("wrong-wrong", address="10.6.6.6")
    assert sign_in(address="10.0.0.1")


def test_tries_that_wait_for_their_answer_count_already(user):
    with transaction():
        for _ in range(10):
            service.begin_try(EMAIL, "10.0.0.1", NOW)
    with pytest.raises(UserError, match="Too many wrong tries"):
        sign_in()


def test_a_right_try_is_not_counted(user):
    for _ in range(12):
        assert sign_in()
    assert session.scalar(select(SignInAttempt)) is None


@pytest.mark.asvs("7.3.1")
@pytest.mark.parametrize(
    ("later", "lasts"),
    [(timedelta(hours=7, minutes=59), True), (timedelta(hours=8), False)],
    ids=["just in time", "eight hours alone"],
)
def test_a_session_left_alone_ends(user, later, lasts):
    token = sign_in()
    assert (service.find_sign_in(token, NOW + later) is not None) is lasts


@pytest.mark.asvs("7.3.2")
def test_a_session_in_use_lasts_a_day_and_no_longer(user):
    token = sign_in()
    for hour in range(1, 24):
        now = NOW + timedelta(hours=hour)
        found = service.find_sign_in(token, now)
        assert service.is_use_due(found, now)
        with transaction():
            service.note_use(found.id, now)
    assert service.find_sign_in(token, NOW + timedelta(hours=24, seconds=-1))
    assert service.find_sign_in(token, NOW + timedelta(hours=24)) is None


@pytest.mark.asvs("7.4.1")
def test_signing_out_ends_that_session_and_ending_all_ends_the_rest(user):
    first, second = sign_in(), sign_in()
    with transaction():
        service.sign_out(first, NOW)
    assert service.find_sign_in(first, NOW) is None
    assert service.find_sign_in(second, NOW)
    with transaction():
        service.end_all_sessions(service.find_user(EMAIL), NOW)
    assert service.find_sign_in(second, NOW) is None


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --", "\u0661" * 43])
def test_a_made_up_token_is_nobody(user, token):
    assert service.find_sign_in(token, NOW) is None


def test_a_role_that_is_missing_is_refused_with_where_to_get_it(user):
    service.require(user, "manager")
    with pytest.raises(Forbidden, match="needs the role administrator"):
        service.require(user, "administrator")


def test_an_address_can_have_one_account_only(user):
    with pytest.raises(UserError, match="already has an account"), transaction():
        service.add_user(EMAIL.upper(), "Other", PASSWORD, "viewer")


def test_a_new_user_with_a_weak_password_is_not_made(any_database):
    with pytest.raises(UserError, match="first that a stranger"), transaction():
        service.add_user(EMAIL, "Rabia", "password", "viewer")
    assert service.find_user(EMAIL) is None
