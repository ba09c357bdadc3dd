"""The lists of qualifications and organisations: kept by managers, deleted only while unused."""

import pytest
from sqlalchemy import func, select

from scheduler.database import session, transaction
from scheduler.people.models import Organisation, Person, Qualification
from scheduler.requests.models import RequestNeed
from tests import centre
from tests.pages import app_on, client_of, text_of

LISTS = "/people/lists"


class World:
    """One qualification that is held, one that a request needs, one that nobody uses; two organisations."""

    def __init__(self):
        with transaction():
            site = centre.make_site()
            held = centre.make_qualification(site, "vacuum operator")
            needed = centre.make_qualification(site, "laser 3B")
            spare = centre.make_qualification(site, "diver")
            home = Organisation(site_id=site.id, code="NSC", name="Space Centre", kind="home")
            partner = Organisation(site_id=site.id, code="KHU", name="Khoo University", kind="partner")
            session.add_all([home, partner])
            session.flush()
            centre.make_person(site, holds=(held,), organisation_id=home.id)
            asked = centre.make_request(centre.make_project(site), centre.make_resource(site))
            asked.needs.append(RequestNeed(qualification=needed, count=1, phase="all"))
            self.users = {
                role: centre.make_user(role) for role in ("staff", "researcher", "manager", "administrator")
            }
            narrow = centre.make_user("manager", "narrow@centre.example")
            narrow.roles[0].scope_kind, narrow.roles[0].scope_id = "resource", 1
            self.users["narrow"] = narrow
            self.held, self.needed, self.spare = held.id, needed.id, spare.id
            self.home, self.partner = home.id, partner.id


@pytest.fixture
def app(any_database, tmp_path):
    return app_on(any_database, tmp_path)


@pytest.fixture
def world(app):
    return World()


@pytest.fixture
def client(app, world):
    return client_of(app, world.users["manager"])


def row(model, row_id):
    session.rollback()
    return session.get(model, row_id)


def test_each_list_says_who_uses_what(client):
    page = text_of(client.get(f"{LISTS}/qualifications"))
    for words in ("vacuum operator", "held by 1 person", "diver", "held by nobody"):
        assert words in page
    page = text_of(client.get(f"{LISTS}/organisations"))
    for words in ("Khoo University", "nobody belongs to it", "of 1 person"):
        assert words in page


@pytest.mark.parametrize("role", ["staff", "researcher"])
@pytest.mark.parametrize("name", ["qualifications", "organisations"])
def test_the_lists_are_for_managers(app, world, role, name):
    client = client_of(app, world.users[role])
    assert client.get(f"{LISTS}/{name}").status_code == 403
    assert client.post(f"{LISTS}/{name}", data={"code": "X", "name": "X"}).status_code == 403
    assert client.post(f"{LISTS}/{name}/1", data={"name": "X", "version": "1"}).status_code == 403


def test_a_manager_of_one_facility_reads_and_changes_nothing(app, world):
    client = client_of(app, world.users["narrow"])
    page = client.get(f"{LISTS}/qualifications")
    assert page.status_code == 200
    assert "Add qualification" not in page.text
    assert client.post(f"{LISTS}/qualifications", data={"code": "X", "name": "X"}).status_code == 403
    answer = client.post(f"{LISTS}/qualifications/{world.spare}", data={"name": "X", "version": "1"})
    assert answer.status_code == 403
    assert row(Qualification, world.spare).name == "diver"


def test_one_is_added_once_however_often_the_form_is_sent(client):
    sent = {"code": "crane", "name": "Crane driver", "key": "k1"}
    for _ in range(2):
        answer = client.post(f"{LISTS}/qualifications", data=sent, follow_redirects=True)
        assert "Crane driver is in the list." in text_of(answer)
    session.rollback()
    count = session.scalar(select(func.count()).where(Qualification.code == "crane"))
    assert count == 1
    client.post(
        f"{LISTS}/organisations", data={"code": "PUN", "name": "Punjab", "kind": "partner", "key": "k"}
    )
    assert session.scalars(select(Organisation.kind).where(Organisation.code == "PUN")).one() == "partner"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": ""}, "Write a short code"),
        ({"code": "a;b"}, "Write a short code"),
        ({"code": "x" * 61}, "Shorten it to 60 signs"),
        ({"code": "DIVER"}, "DIVER is in the list already"),
        ({"name": ""}, "Write the name."),
        ({"name": "x" * 201}, "Shorten it to 200 signs"),
        ({"name": "a\x07b"}, "a sign that is no text"),
    ],
)
def test_a_bad_one_is_shown_again_with_what_was_typed(client, changes, words):
    sent = {"code": "crane", "name": "Crane driver", "key": "k1"} | changes
    answer = client.post(f"{LISTS}/qualifications", data=sent)
    assert answer.status_code == 400
    assert words in text_of(answer)
    kept = next(text for name, text in sent.items() if name in ("code", "name") and name not in changes)
    assert f'value="{kept}"' in answer.text
    session.rollback()
    assert session.scalar(select(func.count(Qualification.id))) == 3


def test_it_is_renamed_by_whoever_saw_it_as_it_is(client, world):
    address = f"{LISTS}/qualifications/{world.held}"
    answer = client.post(address, data={"name": "Vacuum, level 2", "version": "1"}, follow_redirects=True)
    assert "Vacuum, level 2 is saved." in text_of(answer)
    assert (row(Qualification, world.held).name, row(Qualification, world.held).code) == (
        "Vacuum, level 2", "vacuum operator",
    )  # fmt: skip
    stale = client.post(address, data={"name": "Something else", "version": "1"})
    assert stale.status_code == 409
    assert "was changed while you wrote" in text_of(stale)
    assert 'value="Something else"' in stale.text
    bad = client.post(address, data={"name": " ", "version": "2"})
    assert bad.status_code == 400
    assert "Write the name." in text_of(bad)
    other = client.post(
        f"{LISTS}/organisations/{world.partner}", data={"name": "K", "kind": "x", "version": "1"}
    )
    assert other.status_code == 400
    assert row(Organisation, world.partner).name == "Khoo University"


def test_what_is_offered_no_more_stays_with_whoever_has_it(client, world):
    address = f"{LISTS}/qualifications/{world.held}"
    client.post(address, data={"then": "retire", "version": "1"})
    assert row(Qualification, world.held).retired_at is not None
    assert session.scalars(select(Person)).one().qualifications[0].qualification_id == world.held
    session.rollback()
    assert ">vacuum operator</option>" not in client.get("/people/qualifications").text
    assert "offered no more" in text_of(client.get(f"{LISTS}/qualifications"))
    client.post(address, data={"then": "offer", "version": "2"})
    assert row(Qualification, world.held).retired_at is None


def test_what_nobody_uses_is_deleted(client, world):
    data = {"then": "delete", "version": "1"}
    answer = client.post(f"{LISTS}/qualifications/{world.spare}", data=data, follow_redirects=True)
    assert "diver is struck out." in text_of(answer)
    assert row(Qualification, world.spare) is None
    client.post(f"{LISTS}/organisations/{world.partner}", data=data)
    assert row(Organisation, world.partner) is None
    assert client.post(f"{LISTS}/qualifications/{world.spare}", data=data).status_code == 404


@pytest.mark.parametrize(
    ("name", "of", "words"),
    [
        ("qualifications", "held", "1 person holds vacuum operator. Offer it no more instead."),
        ("qualifications", "needed", "Requests or bookings name laser 3B. Offer it no more instead."),
        ("organisations", "home", "1 person came from Space Centre. Offer it no more instead."),
    ],
)
def test_what_is_used_is_not_deleted(client, world, name, of, words):
    answer = client.post(f"{LISTS}/{name}/{getattr(world, of)}", data={"then": "delete", "version": "1"})
    assert answer.status_code == 400
    assert words in text_of(answer)
    model = Organisation if name == "organisations" else Qualification
    assert row(model, getattr(world, of)) is not None
