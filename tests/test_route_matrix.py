"""Who may do what: every route and method there is, for every role, what is one's own and what is another's.

A new route gets one line in ROUTES of `route_answers`. Run this file: the failure says which line, with the
answers that it gives now. Judge them; do not copy what is wrong.
"""

import re
import sqlite3
import uuid
from hashlib import sha256

import pytest
from sqlalchemy import select

from scheduler import database
from scheduler.accounts.models import SignIn, User
from scheduler.database import session, transaction, utc_now
from tests.everything import ROLES, client_as, copy_to, csrf_of, make_everything, put_files
from tests.pages import app_on
from tests.route_answers import DATA, OPEN_FAULTS, PUBLIC, ROUTES

MAY, FORBIDDEN, HIDDEN, NOTHING, FAULT, STRANGER, WROTE = "+x.0!?W"
"""In ROUTES, one sign a role: it may (any answer but a refusal of the person), 403, 404, an answer as if it
might though nothing is written. Never there: our fault, a session lost, a refusal or a read that wrote."""

READS = ("GET",)
UNWATCHED = {"audit", "sign_in", "sign_in_attempt", "idempotency_key", "alembic_version"}
"""Tables that a read may write to: that a file was taken, that a session is in use."""

STREAMS = {"plans.run_events"}
"""Does not end by itself: only its head is asked for."""


@pytest.fixture(scope="module")
def world(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("matrix") / "made.db"
    path.write_bytes(sqlite_template.read_bytes())
    database.configure(f"sqlite:///{path}")
    made = make_everything(path)
    owner = made.users["owner"]
    made.ids["sign_in_id"] = session.scalars(select(SignIn.id).where(SignIn.user_id == owner)).one()
    session.remove()
    with database.engine().connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    return made


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("asked") / "asked.db"


@pytest.fixture(scope="module")
def app(world, place):
    made = app_on(f"sqlite:///{place}", place.parent)
    put_files(place.parent)
    made.config.update(WTF_CSRF_ENABLED=True, TESTING=False, PROPAGATE_EXCEPTIONS=False)
    yield made
    database.session.remove()
    database.engine().dispose()


@pytest.fixture
def fresh(app, world, place):
    """Gives the database back as it was made, as often as it is called."""

    def again():
        copy_to(world, place)
        put_files(place.parent)

    again()
    return again


def routes(app):
    """Every (method, rule) besides those that each route has."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


def name_of(method, rule):
    return f"{method} {rule.endpoint}"


def address_of(rule, world):
    """The route's address, for the thing of the confidential project."""

    def value(match):
        own = {
            ("projects.remove_member", "user_id"): world.users["owner"],
            ("static", "filename"): "css/markaz.css",
        }
        own |= {
            (f"excel.{view}", "run_id"): world.ids["import_id"] for view in ("show_import", "accept", "drop")
        }
        key = (rule.endpoint, match[1])
        return str(own.get(key, world.ids.get(match[1], 1)))

    return re.sub(r"<(?:\w+:)?(\w+)>", value, rule.rule)


class Caller:
    """One role with its session and its token against forgery."""

    def __init__(self, app, world, role):
        self.app, self.world, self.role = app, world, role
        self.renew()

    def renew(self):
        self.client = client_as(self.app, self.world, self.role)
        self.token = csrf_of(self.client)

    def ask(self, method, rule, token=None, **options):
        headers = {"X-CSRFToken": token or self.token or "", "Idempotency-Key": uuid.uuid4().hex}
        body = DATA.get(name_of(method, rule), {})
        body = body(self.world) if callable(body) else body
        kind = "json" if "json" in body else "data"
        options = {kind: body.get("json", body)} | options if method not in READS else options
        answer = self.client.open(
            address_of(rule, self.world), method=method, headers=headers,
            buffered=rule.endpoint not in STREAMS, **options,
        )  # fmt: skip
        status = answer.status_code
        is_stranger = status == 401 or (status == 302 and answer.location.startswith("/sign-in"))
        answer.close()
        return status, is_stranger and rule.endpoint != "accounts.sign_out"


def contents(place):
    """A sum over all that the database holds, but what UNWATCHED names."""
    sum_ = sha256()
    with sqlite3.connect(place) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        for (table,) in tables.fetchall():
            if table not in UNWATCHED and not table.startswith("sqlite_"):
                sum_.update(repr((table, connection.execute(f"SELECT * FROM {table}").fetchall())).encode())
    connection.close()
    return sum_.hexdigest()


def sign_of(status, is_stranger, is_written):
    if status == 403:
        return FORBIDDEN
    if status == 404:
        return HIDDEN
    if is_stranger:
        return STRANGER
    if status >= 500 and status != 503:
        return FAULT
    return MAY if is_written else NOTHING


@pytest.fixture(scope="module")
def callers(app, world, place):
    copy_to(world, place)
    return {role: Caller(app, world, role) for role in ROLES}


def answers(method, rule, callers, fresh, place):
    """What each role is answered; of a write also whether it wrote anything, where a body is known for it."""
    before = contents(place)
    signs = ""
    for role in ROLES:
        status, is_stranger = callers[role].ask(method, rule)
        is_changed = contents(place) != before
        is_done = method in READS or name_of(method, rule) not in DATA or is_changed
        sign = sign_of(status, is_stranger, is_done)
        if is_changed and (sign != MAY or method in READS):
            sign = WROTE
        signs += sign
        if method not in READS:
            fresh()
        if rule.endpoint == "accounts.sign_out":
            callers[role].renew()
    return signs


@pytest.mark.asvs("8.1.1", "8.2.1", "8.2.2", "8.3.1")
def test_every_route_answers_each_role_as_the_table_says(app, world, callers, fresh, place):
    missing, wrong = [], []
    for method, rule in routes(app):
        name = name_of(method, rule)
        found = answers(method, rule, callers, fresh, place)
        if name not in ROUTES:
            missing.append(f'    "{name}": "{found}",')
        elif found not in (ROUTES[name], OPEN_FAULTS.get(name)):
            wrong.append(f"{name}: the table says {ROUTES[name]}, the answers are {found}")
    heads = f"The signs stand for {', '.join(ROLES)}."
    assert not missing, "\n".join(
        [f"Judge these lines, and add them to ROUTES in tests/route_answers.py. {heads}", *missing]
    )
    assert not wrong, "\n".join([heads, *wrong])


def test_every_number_in_an_address_has_an_example(app, world):
    names = {name for _, rule in routes(app) for name in re.findall(r"<(?:\w+:)?(\w+)>", rule.rule)}
    missing = [f'"{name}": its id' for name in sorted(names - set(world.ids) - {"filename"})]
    assert missing == [], "Make one in tests/everything.py, and add to world.ids there."


def test_the_table_names_no_route_that_is_gone(app):
    assert set(ROUTES) | set(DATA) <= {name_of(method, rule) for method, rule in routes(app)}


def test_the_table_has_a_sign_for_each_role():
    assert OPEN_FAULTS.keys() <= ROUTES.keys()
    assert {name: signs for name, signs in ROUTES.items() if not re.fullmatch(r"[+x.0]{8}", signs)} == {}


@pytest.mark.asvs("8.3.1", "7.2.1")
def test_nobody_gets_in_without_signing_in_but_to_what_is_public(app, world, fresh, place):
    before = contents(place)
    nobody = Caller(app, world, None)
    public = set()
    for method, rule in routes(app):
        nobody.renew()
        status, is_stranger = nobody.ask(method, rule)
        assert status < 500
        if not is_stranger:
            public.add(name_of(method, rule))
    assert public == PUBLIC
    assert contents(place) == before


@pytest.mark.asvs("7.4.2")
def test_whoever_is_disabled_is_a_stranger_everywhere_at_once(app, world, callers, fresh, place):
    with transaction():
        for role in ROLES:
            session.get_one(User, world.users[role]).disabled_at = utc_now()
    before = contents(place)
    for method, rule in routes(app):
        for role in ("owner", "administrator"):
            if name_of(method, rule) == "POST accounts.sign_out":
                continue
            _, is_stranger = callers[role].ask(method, rule)
            assert is_stranger or name_of(method, rule) in PUBLIC, (role, name_of(method, rule))
    assert contents(place) == before


@pytest.mark.asvs("3.5.1", "3.5.3")
def test_no_write_is_done_by_reading_and_none_without_the_own_token(app, world, callers, fresh, place):
    caller, before = callers["administrator"], contents(place)
    stolen = callers["manager"].token
    for method, rule in routes(app):
        if method in READS:
            continue
        for token in ("made up", stolen):
            assert caller.ask(method, rule, token=token)[0] == 400, (name_of(method, rule), token)
        token, caller.token = caller.token, None
        assert caller.ask(method, rule)[0] == 400, name_of(method, rule)
        caller.token = token
        reads = {other for other, each in routes(app) if each.rule == rule.rule}
        if "GET" not in reads:
            assert caller.client.get(address_of(rule, world)).status_code == 405, name_of(method, rule)
    assert contents(place) == before


@pytest.mark.asvs("8.2.2")
def test_a_number_that_is_no_row_is_never_a_fault_of_ours(app, world, callers, fresh, place):
    before = contents(place)
    for method, rule in routes(app):
        if "<int:" not in rule.rule:
            continue
        for number in (0, 2**31 - 1, 2**31, 10**20):
            address = re.sub(r"<[^>]+>", str(number), rule.rule)
            headers = {"X-CSRFToken": callers["administrator"].token, "Idempotency-Key": uuid.uuid4().hex}
            answer = callers["administrator"].client.open(address, method=method, headers=headers)
            assert 300 <= answer.status_code < 500, (method, address, answer.status_code)
    assert contents(place) == before
