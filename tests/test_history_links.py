"""From the page of a thing an administrator reads what was done to it; others are not shown the way."""

import pytest

from tests.bookings.test_views import World
from tests.pages import app_on, client_of


@pytest.fixture
def app(sqlite_database, tmp_path):
    return app_on(sqlite_database, tmp_path)


@pytest.mark.parametrize(
    ("page", "entity"),
    [
        ("/week/booking/1", "booking"),
        ("/requests/1", "activity_request"),
        ("/people/1", "person"),
        ("/facilities/1", "resource"),
        ("/calendars/1", "calendar"),
        ("/projects/1", "project"),
    ],
)
def test_the_page_leads_to_the_history_of_its_row(app, page, entity):
    world = World()
    address = f"/audit?entity={entity}&id=1"
    client = client_of(app, world.users["administrator"])
    assert address.replace("&", "&amp;") in client.get(page).text
    assert "added" in client.get(address).text
    assert "/audit" not in client_of(app, world.users["manager"]).get(page).text
