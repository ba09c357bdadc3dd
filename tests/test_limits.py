"""What costs much is given to each person so many times a minute, and then not."""

import pytest

from scheduler import limits
from scheduler.database import transaction
from tests import centre
from tests.pages import client_of, text_of

pytestmark = pytest.mark.asvs("2.4.1")


@pytest.fixture
def users(app, monkeypatch):
    monkeypatch.setattr(limits, "MOST_A_MINUTE", {"files": 2, "imports": 2, "builds": 2})
    with transaction():
        centre.make_site()
        return {role: centre.make_user(role) for role in ("manager", "administrator")}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/import/template.xlsx"),
        ("GET", "/import/centre.xlsx"),
        ("GET", "/reports/week.xlsx"),
        ("GET", "/reports/utilisation.xlsx"),
        ("GET", "/audit.xlsx"),
        ("GET", "/audit.csv"),
        ("GET", "/people/qualifications.xlsx"),
        ("POST", "/import/"),
        ("POST", "/plans/build"),
    ],
)
def test_the_third_time_within_a_minute_is_refused_and_says_what_to_do(app, users, method, path):
    client = client_of(app, users["administrator"])
    assert [client.open(path, method=method).status_code == 429 for _ in range(2)] == [False, False]
    refused = client.open(path, method=method)
    assert refused.status_code == 429
    assert "2 times within a minute. Wait a minute, then go on." in text_of(refused)


def test_another_person_is_not_held_up_nor_is_another_kind(app, users):
    one, other = client_of(app, users["administrator"]), client_of(app, users["manager"])
    assert [one.get("/import/template.xlsx").status_code for _ in range(3)] == [200, 200, 429]
    assert other.get("/import/template.xlsx").status_code == 200
    assert one.post("/plans/build").status_code != 429


def test_pages_are_not_counted(app, users):
    client = client_of(app, users["manager"])
    assert {client.get("/import/").status_code for _ in range(5)} == {200}
