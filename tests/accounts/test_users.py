"""The pages of users: listed, added, changed, disabled, given roles; never the last administrator away."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from scheduler.accounts import service
from scheduler.accounts.models import Role, SignIn, User
from scheduler.audit import Audit
from scheduler.database import session, transaction, utc_now
from tests.centre import make_project, make_resource, make_site, make_user
from tests.pages import client_of, text_of

PASSWORD = re.compile(r'<code class="mk-secret" dir="ltr">([^<]+)</code>')


@pytest.fixture
def world(app):
    with transaction():
        site = make_site()
        make_resource(site, "TV-1")
        make_project(site, "BDR")
        make_user("administrator", "shahida@centre.example", name="Shahida Malik")
        make_user("researcher", "daniyal@centre.example", name="Daniyal Hashmi")
    return app


@pytest.fixture
def client(world):
    return client_of(world, find(SHAHIDA))


def find(email):
    return service.find_user(email)


def id_of(email):
    """Ids, because rows do not outlive the request that closes their session."""
    found = find(email).id
    session.rollback()
    return found


DANIYAL, SHAHIDA = "daniyal@centre.example", "shahida@centre.example"


def form(**values):
    return {
        "name": "Noman Zehri",
        "email": "noman@centre.example",
        "language": "en",
        "role": "viewer",
        "scope": "centre",
        "key": "one",
    } | values


def roles_of(user):
    return {(role.role, role.scope_kind, role.scope_id) for role in user.roles}


def test_users_are_listed_with_roles_and_when_they_were_last_here(client):
    page = text_of(client.get("/users/"))
    assert "2 can sign in." in page
    assert "Daniyal Hashmi" in page
    assert page.count("never") == 1


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("q=dani", {"Daniyal"}),
        ("q=SHAHIDA@", {"Shahida"}),
        ("q=%25", set()),
        ("role=administrator", {"Shahida"}),
        ("state=disabled", set()),
        ("state=enabled", {"Daniyal", "Shahida"}),
    ],
)
def test_the_list_is_filtered(client, query, shown):
    panel = text_of(client.get(f"/users/?{query}")).partition('<section class="mk-panel"')[2]
    assert {name for name in ("Daniyal", "Shahida") if name in panel} == shown


@pytest.mark.parametrize("query", ["role=emperor", "state=asleep"])
def test_a_filter_that_is_none_is_refused(client, query):
    assert client.get(f"/users/?{query}").status_code == 400


def test_a_new_user_gets_a_random_password_that_is_shown_once_and_signs_in_with_it(world, client):
    answer = client.post("/users/new", data=form())
    assert answer.status_code == 200
    password = PASSWORD.search(answer.text)[1]
    user = find("noman@centre.example")
    assert roles_of(user) == {("viewer", "centre", None)}
    assert password not in client.get(f"/users/{id_of('noman@centre.example')}").text
    there = world.test_client()
    assert (
        there.post("/sign-in", data={"email": "noman@centre.example", "password": password}).location == "/"
    )
    logged = repr([(row.before, row.after, row.reason) for row in session.scalars(select(Audit))])
    assert password not in logged
    assert "argon2" not in logged


def test_the_same_form_sent_twice_adds_one_user_and_shows_no_second_password(client):
    first = client.post("/users/new", data=form())
    hash_before = find("noman@centre.example").password_hash
    session.rollback()
    second = client.post("/users/new", data=form())
    assert (first.status_code, second.status_code) == (200, 302)
    assert session.scalar(select(func.count(User.id))) == 3
    assert find("noman@centre.example").password_hash == hash_before
    assert "the password was shown then" in text_of(client.get(second.location))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": " "}, "Write a name"),
        ({"name": "x" * 201}, "Shorten the name to 200"),
        ({"email": ""}, "Write the e-mail address"),
        ({"email": "noman"}, "is no e-mail address"),
        ({"email": "a b@centre.example"}, "is no e-mail address"),
        ({"email": "Daniyal@Centre.example"}, "Daniyal Hashmi has this address already"),
        ({"role": "emperor"}, "not to be had"),
        ({"language": "tlh"}, "not to be had"),
        ({"scope": "resource-99"}, "not to be had"),
        ({"scope": "resource-1"}, "A viewer is one for the centre or a site"),
        ({"role": "administrator", "scope": "project-1"}, "An administrator is one for the whole centre"),
    ],
)
def test_a_faulty_form_is_shown_again_with_what_was_typed_and_nobody_is_added(client, values, words):
    answer = client.post("/users/new", data=form(**values))
    page = text_of(answer)
    assert answer.status_code == 400
    assert words in page
    if "name" not in values:
        assert 'value="Noman Zehri"' in page
    assert session.scalar(select(func.count(User.id))) == 2


def test_name_address_and_language_are_changed_and_the_log_says_so(client):
    user = find(DANIYAL)
    address = f"/users/{user.id}"
    data = {"name": "Daniyal H.", "email": "dh@centre.example", "language": "ur", "version": user.version}
    session.rollback()
    assert client.post(address, data=data).location == address
    changed = find("dh@centre.example")
    assert (changed.name, changed.language) == ("Daniyal H.", "ur")
    note = session.scalars(
        select(Audit).where(Audit.action == "changed", Audit.entity == "user_account")
    ).one()
    assert note.before["email"] == "daniyal@centre.example"
    assert note.actor_name == "Shahida Malik"


def test_a_change_of_what_somebody_changed_meanwhile_is_refused_and_kept_on_the_page(client):
    user = find(DANIYAL)
    address, version = f"/users/{user.id}", user.version
    with transaction():
        find(DANIYAL).name = "Somebody was faster"
    data = {"name": "D. H.", "email": "daniyal@centre.example", "language": "en", "version": version}
    answer = client.post(address, data=data)
    assert answer.status_code == 409
    assert "was changed while you wrote" in text_of(answer)
    assert 'value="D. H."' in answer.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)[1]
    assert client.post(address, data=data | {"version": version}).status_code == 302


@pytest.mark.parametrize(
    ("email", "words"), [("shahida@centre.example", "has this address"), ("x", "is no e-mail")]
)
def test_a_faulty_change_is_refused_and_shown_again(client, email, words):
    user = find(DANIYAL)
    data = {"name": "Daniyal", "email": email, "language": "en", "version": user.version}
    session.rollback()
    answer = client.post(f"/users/{user.id}", data=data)
    assert answer.status_code == 400
    assert words in text_of(answer)
    assert find(DANIYAL) is not None


@pytest.mark.asvs("7.4.2")
def test_who_is_disabled_is_cut_off_at_once_and_let_in_again(world, client):
    user = id_of(DANIYAL)
    theirs = client_of(world, find(DANIYAL))
    assert theirs.get("/requests/").status_code == 200
    client.post(f"/users/{user}/disable")
    assert theirs.get("/requests/").location.startswith("/sign-in")
    assert session.scalars(select(SignIn).where(SignIn.user_id == user)).one().ended_at is not None
    assert "disabled since" in text_of(client.get(f"/users/{user}"))
    client.post(f"/users/{user}/enable")
    # The old session stays ended: whoever held it signs in again.
    assert theirs.get("/requests/").location.startswith("/sign-in")
    assert client_of(world, find(DANIYAL)).get("/requests/").status_code == 200


@pytest.mark.asvs("7.4.5")
def test_an_administrator_ends_all_sessions_of_a_user_and_no_others(world, client):
    user = id_of(DANIYAL)
    theirs = [client_of(world, find(DANIYAL)), client_of(world, find(DANIYAL))]
    client.post(f"/users/{user}/sessions/end")
    assert all(each.get("/requests/").status_code == 302 for each in theirs)
    assert client.get("/users/").status_code == 200
    note = session.scalars(select(Audit).where(Audit.action == "ended sessions")).one()
    assert (note.entity_id, note.after) == (user, {"sessions": 2})


@pytest.mark.asvs("6.4.1")
def test_a_new_password_is_shown_once_and_ends_what_the_old_one_opened(world, client):
    user = id_of(DANIYAL)
    theirs = client_of(world, find(DANIYAL))
    answer = client.post(f"/users/{user}/password")
    password = PASSWORD.search(answer.text)[1]
    assert len(password) == 19
    assert theirs.get("/requests/").status_code == 302
    there = world.test_client()
    assert there.post("/sign-in", data={"email": DANIYAL, "password": password}).location == "/"


def test_a_role_for_one_facility_is_given_and_taken(client):
    user = id_of(DANIYAL)
    address = f"/users/{user}"
    session.rollback()
    assert (
        client.post(f"{address}/roles", data={"role": "manager", "scope": "resource-1"}).location == address
    )
    assert ("manager", "resource", 1) in roles_of(find(DANIYAL))
    assert "TV-1 Chamber TV-1" in text_of(client.get(address))
    role = session.scalars(select(Role).where(Role.scope_kind == "resource")).one()
    client.post(f"{address}/roles/{role.id}/take")
    assert roles_of(find(DANIYAL)) == {("researcher", "centre", None)}
    actions = session.scalars(select(Audit.action).where(Audit.entity == "role").order_by(Audit.id))
    assert list(actions)[-2:] == ["added", "removed"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"role": "researcher", "scope": "centre"}, "has this role there already"),
        ({"role": "staff", "scope": "project-1"}, "A staff is one for the centre or a site"),
        ({"role": "administrator", "scope": "site-1"}, "An administrator is one for the whole centre"),
        ({"role": "manager", "scope": "resource-7"}, "not to be had"),
        ({"role": "root", "scope": "centre"}, "not to be had"),
    ],
)
def test_a_role_that_makes_no_sense_is_refused(client, data, words):
    user = id_of(DANIYAL)
    answer = client.post(f"/users/{user}/roles", data=data)
    assert answer.status_code == 400
    assert words in text_of(answer)
    assert roles_of(find(DANIYAL)) == {("researcher", "centre", None)}


def test_the_last_administrator_keeps_the_role(client):
    user = id_of(SHAHIDA)
    role = find(SHAHIDA).roles[0].id
    page = text_of(client.post(f"/users/{user}/roles/{role}/take", follow_redirects=True))
    assert "Shahida Malik is the last administrator who can sign in. Make somebody else" in page
    assert roles_of(find(SHAHIDA)) == {("administrator", "centre", None)}


def test_one_of_two_administrators_may_go_but_a_disabled_one_does_not_count(client):
    with transaction():
        other = make_user("administrator", "other@centre.example", name="Other", disabled_at=utc_now()).id
    me = id_of(SHAHIDA)
    role = find(SHAHIDA).roles[0].id
    client.post(f"/users/{me}/roles/{role}/take")
    assert roles_of(find(SHAHIDA))
    client.post(f"/users/{other}/enable")
    client.post(f"/users/{me}/roles/{role}/take")
    assert not roles_of(find(SHAHIDA))
    assert client.get("/users/").status_code == 403


def test_nobody_disables_the_own_account(client):
    with transaction():
        make_user("administrator", "other@centre.example")
    me = id_of(SHAHIDA)
    page = text_of(client.post(f"/users/{me}/disable", follow_redirects=True))
    assert "You cannot disable your own account. Ask another administrator." in page


@pytest.mark.parametrize("deed", ["disable", "enable"])
def test_what_is_done_already_is_said(client, deed):
    user = id_of(DANIYAL)
    session.rollback()
    if deed == "disable":
        client.post(f"/users/{user}/disable")
    page = text_of(client.post(f"/users/{user}/{deed}", follow_redirects=True))
    assert "is disabled already" in page or "is not disabled" in page


def test_a_user_that_is_not_there_is_said(client):
    for path in ("/users/99", "/users/2147483647"):
        assert client.get(path).status_code == 404
    assert client.post("/users/99/disable").status_code == 404
    assert client.post("/users/1/roles/99/take").status_code == 404


def test_long_lists_come_in_pages(client):
    with transaction():
        for number in range(60):
            make_user("viewer", f"v{number:02}@centre.example", name=f"Viewer {number:02}")
    page = text_of(client.get("/users/"))
    assert "50 of 62, page 1 of 2" in page
    assert "Viewer 59" not in page
    assert "Viewer 59" in text_of(client.get("/users/?page=2"))
    assert client.get("/users/?page=999999").status_code == 200


def test_a_session_that_is_over_is_not_counted(client):
    user = id_of(DANIYAL)
    with transaction():
        for hours, token in ((1, "a"), (9, "b"), (30, "c")):
            moment = utc_now() - timedelta(hours=hours)
            session.add(SignIn(user_id=user, token_hash=token, created_at=moment, seen_at=moment))
    assert "1 session, last used" in text_of(client.get(f"/users/{user}"))
