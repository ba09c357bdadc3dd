"""Which pages each role is offered, and under which name."""

import pytest

from scheduler.database import transaction
from tests.centre import make_site, make_user
from tests.pages import client_of


def names(app, role):
    with transaction():
        make_site()
        user = make_user(role)
    page = client_of(app, user).get("/week/").text
    bar = page.split('<nav class="mk-nav"')[1].split("</nav>")[0]
    return [part.split("</a>")[0].split(">")[-1].strip() for part in bar.split("<a ")[1:]]


@pytest.mark.parametrize(
    ("role", "first"),
    [
        ("viewer", ["Week", "Facilities"]),
        ("staff", ["My week", "Facilities"]),
        ("researcher", ["My week", "Ask for time", "My requests", "Facilities"]),
    ],
)
def test_people_find_their_own_things_first(app, role, first):
    assert names(app, role)[: len(first)] == first


def test_managers_find_what_is_everybody_s(app):
    found = names(app, "manager")
    assert found[:2] == ["Week", "Requests"]
    assert "Ask for time" not in found


def test_asking_is_a_page_of_its_own_in_the_bar(app):
    with transaction():
        make_site()
        user = make_user("researcher")
    page = client_of(app, user).get("/requests/new").text
    bar = page.split('<nav class="mk-nav"')[1].split("</nav>")[0]
    assert bar.count('aria-current="page"') == 1
    assert 'href="/requests/new" aria-current="page"' in bar


@pytest.mark.parametrize("path", ["/people/qualifications", "/people/shifts", "/people/lists/organisations"])
def test_a_page_beside_the_one_of_the_bar_is_of_it(app, path):
    with transaction():
        make_site()
        user = make_user("manager")
    page = client_of(app, user).get(path).text
    bar = page.split('<nav class="mk-nav"')[1].split("</nav>")[0]
    assert bar.count('aria-current="page"') == 1
    assert 'href="/people/qualifications" aria-current="page"' in bar


def test_administrators_find_users_and_the_audit_log(app):
    assert names(app, "administrator")[-2:] == ["Users", "Audit log"]
