"""The pages of projects: who finds which, what one sees of them, who changes what."""

import pytest
from sqlalchemy import func, select

from scheduler.accounts.models import Role
from scheduler.database import session, transaction
from scheduler.people.models import Organisation
from scheduler.projects.models import PROJECT_KINDS, Project, ProjectMember
from scheduler.projects.rules import KINDS
from tests.centre import make_project, make_request, make_resource, make_site, make_user
from tests.pages import client_of, text_of

WHO = ("viewer", "researcher", "manager", "administrator")


@pytest.fixture
def world(app):
    with transaction():
        site = make_site()
        users = {role: make_user(role) for role in WHO}
        users["lead"] = make_user("manager", "lead@centre.example")
        chamber = make_resource(site)
        secret = make_project(
            site, "QMR", name="Qamar", is_confidential=True, quota_minutes=600, cost_code="KX-9"
        )
        known = make_project(
            site, "BDR", name="Badr-3", programme="Earth", quota_minutes=300, cost_code="KX-7"
        )
        known.members.append(ProjectMember(user=users["researcher"]))
        partner = Organisation(site_id=site.id, code="KHU", name="Khoo University", kind="partner")
        session.add(partner)
        session.flush()
        role: Role = users["lead"].roles[0]
        role.scope_kind, role.scope_id = "project", secret.id
        make_request(known, chamber, code="R-1", minutes=240)
        ids = {"secret": secret.id, "known": known.id, "partner": partner.id}
        user_ids = {name: user.id for name, user in users.items()}
    return app, ids, user_ids


@pytest.fixture
def clients(world):
    app, _, user_ids = world
    from scheduler.accounts.queries import get_user

    return {name: client_of(app, get_user(user_id)) for name, user_id in user_ids.items()}


def typed(**values):
    kept = {"name": "Badr-3", "kind": "R&D", "programme": "Earth", "partner": "", "priority": "2"}
    return (
        kept | {"quota": "120", "cost_code": "KX-7", "seen_by": "open", "version": "1", "key": "k"} | values
    )


def stored(project_id):
    session.rollback()
    return session.get_one(Project, project_id)


def test_the_kinds_of_the_rules_are_those_of_the_rows():
    assert KINDS == PROJECT_KINDS


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("researcher", {"Badr-3"}),
        ("lead", {"Badr-3", "Qamar"}),
        ("manager", {"Badr-3", "Qamar"}),
        ("administrator", {"Badr-3", "Qamar"}),
    ],
)
def test_confidential_ones_are_listed_for_whoever_belongs_to_them(clients, who, names):
    page = text_of(clients[who].get("/projects/"))
    assert {name for name in ("Badr-3", "Qamar") if name in page} == names


def test_viewers_have_no_list_of_projects(clients):
    assert clients["viewer"].get("/projects/").status_code == 403


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=badr", 1),
        ("q=earth", 1),
        ("q=khoo", 0),
        ("kind=training", 0),
        ("state=closed", 0),
        ("state=open", 2),
    ],
)
def test_the_list_is_filtered(clients, query, count):
    page = clients["manager"].get(f"/projects/?{query}").text
    assert page.count('class="mk-title"') == count


@pytest.mark.parametrize("query", ["kind=leisure", "state=asleep"])
def test_a_filter_that_is_none_is_refused(clients, query):
    assert clients["manager"].get(f"/projects/?{query}").status_code == 400


@pytest.mark.asvs("8.2.3")
def test_hours_cost_code_and_members_are_for_those_inside(world, clients):
    _, ids, _ = world
    inside = text_of(clients["researcher"].get(f"/projects/{ids['known']}"))
    assert "4 h of 5 h" in inside
    assert "KX-7" in inside
    assert "researcher@centre.example" in inside
    outside = text_of(clients["lead"].get(f"/projects/{ids['known']}"))
    assert "Badr-3" in outside
    for word in ("of 5 h", "KX-7", "researcher@centre.example"):
        assert word not in outside
    assert "4 h of 5 h" not in text_of(clients["lead"].get("/projects/"))


def test_a_project_that_is_not_yours_to_see_is_as_if_it_were_not(world, clients):
    _, ids, _ = world
    for path in (f"/projects/{ids['secret']}", f"/projects/{ids['secret']}/edit", "/projects/99"):
        assert clients["researcher"].get(path).status_code == 404


def test_a_manager_opens_a_project_once(world, clients):
    data = typed(code="SHN", name="Shaheen", partner=world[1]["partner"])
    first = clients["manager"].post("/projects/new", data=data)
    second = clients["manager"].post("/projects/new", data=data)
    assert first.status_code == 302
    assert first.location == second.location
    row = session.scalars(select(Project).where(Project.code == "SHN")).one()
    assert (row.quota_minutes, row.priority, row.partner.code) == (7200, 2, "KHU")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"code": ""}, "Write a code"),
        ({"code": "a;b"}, "workbooks part codes with it"),
        ({"code": "x" * 61}, "Shorten it to 60"),
        ({"code": "bdr"}, "BDR is the code of a project already"),
        ({"name": "  "}, "Write a name"),
        ({"name": "x" * 201}, "Shorten it to 200"),
        ({"kind": "leisure"}, "not to be had"),
        ({"priority": "6"}, "from 1 to 5"),
        ({"priority": ""}, "Choose a priority"),
        ({"quota": "many"}, "Write hours like 120"),
        ({"quota": "nan"}, "Write hours like 120"),
        ({"quota": "-1"}, "Write 0 to 100,000 hours"),
        ({"quota": "1e9"}, "Write 0 to 100,000 hours"),
        ({"partner": "99"}, "not to be had"),
        ({"seen_by": "nobody"}, "not to be had"),
    ],
)
def test_a_faulty_form_is_shown_again_with_what_was_typed(clients, values, words):
    answer = clients["manager"].post(
        "/projects/new", data=typed(code="SHN", programme="Kept as typed") | values
    )
    assert answer.status_code == 400
    assert words in text_of(answer)
    assert "Kept as typed" in answer.text
    assert session.scalar(select(func.count(Project.id))) == 2


def test_a_change_is_saved_and_one_that_comes_late_is_not(world, clients):
    address = f"/projects/{world[1]['known']}"
    assert (
        clients["manager"].post(f"{address}/edit", data=typed(name="Badr-4", quota="4.5")).location == address
    )
    assert (stored(world[1]["known"]).name, stored(world[1]["known"]).quota_minutes) == ("Badr-4", 270)
    late = clients["manager"].post(f"{address}/edit", data=typed(name="Badr-5"))
    assert late.status_code == 409
    assert 'value="Badr-5"' in late.text
    assert stored(world[1]["known"]).name == "Badr-4"


@pytest.mark.asvs("8.2.3", "15.3.3")
def test_its_own_manager_sets_neither_kind_nor_priority_nor_quota(world, clients):
    address = f"/projects/{world[1]['secret']}/edit"
    page = clients["lead"].get(address).text
    assert 'name="programme"' in page
    for name in ("kind", "priority", "quota", "code"):
        assert f'name="{name}"' not in page
    sent = typed(name="Qamar 2", kind="training", priority="1", quota="99999", code="ABC", seen_by="open")
    assert clients["lead"].post(address, data=sent).status_code == 302
    row = stored(world[1]["secret"])
    assert (row.name, row.is_confidential) == ("Qamar 2", False)
    assert (row.kind, row.priority, row.quota_minutes, row.code) == ("R&D", 3, 600, "QMR")


@pytest.mark.asvs("8.2.2")
@pytest.mark.parametrize("path", ["edit", "members", "close", "members/2/remove"])
def test_a_member_and_the_manager_of_another_project_change_nothing(world, clients, path):
    address = f"/projects/{world[1]['known']}/{path}"
    for who in ("researcher", "lead"):
        assert clients[who].post(address, data=typed(email="viewer@centre.example")).status_code == 403
    assert stored(world[1]["known"]).closed_at is None
    assert len(stored(world[1]["known"]).members) == 1


def test_members_are_added_and_removed_by_its_manager(world, clients):
    _, ids, users = world
    address = f"/projects/{ids['secret']}"
    assert clients["researcher"].get(address).status_code == 404
    assert clients["lead"].post(f"{address}/members", data={"email": "Researcher@centre.example"}).location
    assert clients["researcher"].get(address).status_code == 200
    again = clients["lead"].post(f"{address}/members", data={"email": "researcher@centre.example"})
    assert again.status_code == 400
    assert "is a member already" in text_of(again)
    clients["lead"].post(f"{address}/members/{users['researcher']}/remove")
    assert clients["researcher"].get(address).status_code == 404


@pytest.mark.parametrize(
    ("email", "words"), [("nobody@x.y", "No user has the e-mail"), ("", "Write the e-mail")]
)
def test_somebody_unknown_is_no_member(world, clients, email, words):
    answer = clients["manager"].post(f"/projects/{world[1]['known']}/members", data={"email": email})
    assert answer.status_code == 400
    assert words in text_of(answer)


def test_a_closed_project_is_asked_for_no_more_and_opened_again(world, clients):
    address = f"/projects/{world[1]['known']}"
    assert "Badr-3" in clients["researcher"].get("/requests/new").text
    clients["manager"].post(f"{address}/close")
    assert "Badr-3" not in clients["researcher"].get("/requests/new").text
    page = text_of(clients["manager"].post(f"{address}/close", follow_redirects=True))
    assert "is closed already" in page
    clients["manager"].post(f"{address}/reopen")
    assert "Badr-3" in clients["researcher"].get("/requests/new").text
