"""`markaz user ...`: users made and given passwords on the command line."""

import re

import pytest
from click.testing import CliRunner

from scheduler import database
from scheduler.accounts.commands import random_password
from scheduler.accounts.passwords import check_password
from scheduler.accounts.service import find_user
from scheduler.audit import Audit
from scheduler.cli import main
from scheduler.database import session


@pytest.fixture(autouse=True)
def instance(tmp_path, monkeypatch):
    monkeypatch.setenv("MARKAZ_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.delenv("MARKAZ_DATABASE_URL", raising=False)
    yield
    database.session.remove()
    database.engine().dispose()


def run(*words, text=None):
    return CliRunner().invoke(main, list(words), input=text)


@pytest.mark.asvs("6.3.2", "6.4.1")
def test_the_first_administrator_gets_a_random_password_shown_once():
    answer = run("user", "add", "--role", "administrator", "--name", "Shahida Malik", "head@centre.example")
    assert answer.exit_code == 0
    password = re.search(r"shown only now\): (\S+)", answer.output).group(1)
    user = find_user("HEAD@centre.example")
    assert (user.name, [role.role for role in user.roles]) == ("Shahida Malik", ["administrator"])
    assert check_password(user.password_hash, password)


def test_a_password_may_come_from_standard_input_and_is_not_shown():
    answer = run(
        "user",
        "add",
        "--role",
        "viewer",
        "--password-stdin",
        "v@centre.example",
        text="wandering lapwing 7\n",
    )
    assert answer.exit_code == 0
    assert "lapwing" not in answer.output
    assert check_password(find_user("v@centre.example").password_hash, "wandering lapwing 7")


@pytest.mark.parametrize(
    ("words", "text", "fault"),
    [
        (("--role", "emperor", "x@centre.example"), None, "emperor"),
        (("--role", "viewer", "no-address"), None, "e-mail"),
        (("--role", "viewer", "--password-stdin", "x@centre.example"), "short\n", "8"),
        (("x@centre.example",), None, "--role"),
    ],
    ids=["unknown role", "no address", "short password", "no role"],
)
def test_a_wrong_user_is_refused_and_not_made(words, text, fault):
    answer = run("user", "add", *words, text=text)
    assert answer.exit_code == 2
    assert fault in answer.output
    run("migrate")
    assert find_user("x@centre.example") is None


def test_the_same_address_twice_is_refused():
    run("user", "add", "--role", "viewer", "v@centre.example")
    assert run("user", "add", "--role", "viewer", "V@centre.example").exit_code == 2


def test_a_new_password_replaces_the_old_one_and_the_log_says_so_without_it():
    run(
        "user",
        "add",
        "--role",
        "viewer",
        "--password-stdin",
        "v@centre.example",
        text="wandering lapwing 7\n",
    )
    answer = run("user", "password", "--password-stdin", "v@centre.example", text="patient heron 12\n")
    assert answer.exit_code == 0
    user = find_user("v@centre.example")
    assert check_password(user.password_hash, "patient heron 12")
    assert not check_password(user.password_hash, "wandering lapwing 7")
    assert "argon2" not in repr([(row.before, row.after) for row in session.query(Audit)])


def test_a_researcher_cannot_make_users():
    run("user", "add", "--role", "researcher", "r@centre.example")
    answer = run("--as", "r@centre.example", "user", "add", "--role", "administrator", "me@centre.example")
    assert answer.exit_code == 2
    assert "administrator" in answer.output
    assert find_user("me@centre.example") is None


def test_random_passwords_are_long_and_never_the_same():
    made = {random_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(password) == 19 for password in made)
