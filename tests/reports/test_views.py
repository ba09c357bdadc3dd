"""The reports page and its downloads: who gets which, and what a bad span is answered with."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from scheduler.audit import Audit
from scheduler.bookings.proposal import Proposal
from scheduler.bookings.service import book
from scheduler.database import session, transaction
from tests import centre
from tests.centre import span
from tests.pages import app_on, client_of, text_of

WEEK = "/reports/week.xlsx?week=2026-W49"
SPAN = "from=2026-11-30&until=2026-12-06"


@pytest.fixture
def app(sqlite_database: str, tmp_path: Path) -> Flask:
    return app_on(sqlite_database, tmp_path)


@pytest.fixture
def users(app: Flask):
    with transaction():
        site = centre.make_site(code="مرکز")
        chamber = centre.make_resource(site, "TV-1", calendar=centre.make_calendar(site))
        book(
            Proposal(
                site=site,
                title="Leak test",
                resources=(chamber,),
                run=span(0, 10, 12),
                setup_minutes=60,
                project=centre.make_project(site),
            )
        )
        roles = ("viewer", "researcher", "manager", "administrator")
        return {role: centre.make_user(role) for role in roles}


@pytest.mark.parametrize(
    ("path", "least"),
    [
        ("/reports/", "manager"),
        (WEEK, "manager"),
        (f"/reports/utilisation.xlsx?{SPAN}", "administrator"),
    ],
)
def test_each_report_has_its_role(app, users, path, least):
    allowed = {"manager": ("manager", "administrator"), "administrator": ("administrator",)}[least]
    answers = {role: client_of(app, user).get(path).status_code for role, user in users.items()}
    assert answers == {role: 200 if role in allowed else 403 for role in users}


def test_the_page_shows_the_hours_of_each_facility_with_what_they_are_of(app, users):
    page = text_of(client_of(app, users["manager"]).get(f"/reports/?{SPAN}"))
    assert "2.0 h productive, 1.0 h setup and changeover of 50.0 h available" in page
    assert "6.0 %" in page


def test_the_weekly_workbook_opens_and_its_name_survives_every_script(app, users):
    response = client_of(app, users["manager"]).get(WEEK)
    assert response.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename=")
    assert disposition.isascii()
    assert "week%202026-W49.xlsx" in disposition
    book_ = load_workbook(BytesIO(response.data))
    values = {cell.value for sheet in book_ for row in sheet.iter_rows() for cell in row}
    assert any(isinstance(value, str) and "Leak test" in value for value in values)


def test_the_utilisation_workbook_opens(app, users):
    response = client_of(app, users["administrator"]).get(f"/reports/utilisation.xlsx?{SPAN}")
    assert "utilisation%202026-11-30%20to%202026-12-06.xlsx" in response.headers["Content-Disposition"]
    assert load_workbook(BytesIO(response.data)).sheetnames


def test_a_download_is_noted_with_who_took_it(app, users):
    client_of(app, users["manager"]).get(WEEK)
    noted = session.scalars(select(Audit).where(Audit.action == "exported")).one()
    assert noted.actor_name == "Manager"
    assert "2026-W49" in noted.after["file"]


def test_only_administrators_are_offered_the_utilisation_workbook(app, users):
    assert "/reports/utilisation.xlsx" not in text_of(client_of(app, users["manager"]).get("/reports/"))
    assert "/reports/utilisation.xlsx" in text_of(client_of(app, users["administrator"]).get("/reports/"))


@pytest.mark.parametrize("path", ["/reports/", "/reports/utilisation.xlsx"])
@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("from=soon&until=2026-12-06", "from", "is no day"),
        ("from=2026-11-30&until=", "until", "Choose a day"),
        ("from=2026-12-06&until=2026-11-30", "until", "before the first"),
        ("from=2026-01-01&until=2027-02-05", "until", "more than 400 days"),
        ("from=1066-10-14&until=2026-12-06", "from", "out of range"),
    ],
)
def test_a_bad_span_is_shown_again_with_the_fault_beside_its_field(app, users, path, query, field, words):
    response = client_of(app, users["administrator"]).get(f"{path}?{query}")
    assert response.status_code == 400
    page = text_of(response)
    assert words in page
    assert f'id="{field}-fault"' in page


def test_one_day_and_four_hundred_days_are_served(app, users):
    client = client_of(app, users["administrator"])
    assert client.get("/reports/?from=2026-11-30&until=2026-11-30").status_code == 200
    assert client.get("/reports/?from=2026-01-01&until=2027-02-04").status_code == 200


@pytest.mark.parametrize("week", ["", "2026-49", "2026-W54", "1980-W01"])
def test_a_week_that_cannot_be_read_is_refused_in_words(app, users, week):
    response = client_of(app, users["manager"]).get(f"/reports/week.xlsx?week={week}")
    assert response.status_code == 400
    assert "Traceback" not in text_of(response)
