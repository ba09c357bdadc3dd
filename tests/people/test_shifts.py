"""Who works when, as a page; who holds what, as a workbook."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from scheduler.calendars.models import Holiday
from scheduler.calendars.rules import week_name
from scheduler.database import session, transaction, utc_now
from scheduler.people.models import Absence
from tests import centre
from tests.centre import MONDAY, at
from tests.pages import client_of, text_of

WEEK = week_name(MONDAY.date())
TODAY = utc_now().date()


class World:
    def __init__(self):
        with transaction():
            site = centre.make_site(time_zone="UTC")
            day = centre.make_calendar(site, "DAY", range(5), (8, 16))
            day.keeps_holidays = True
            operator = centre.make_qualification(site, "vacuum operator")
            diver = centre.make_qualification(site, "=diver")
            first = centre.make_person(
                site, "P-1", "Sana Mirza", ((operator, None, TODAY + timedelta(days=20)),), calendar=day
            )
            centre.make_person(
                site, "P-2", "=Li Wen", ((diver, None, TODAY - timedelta(days=3)), operator), kind="trainee"
            )
            first.absences += [
                Absence(starts_at=at(0, 0), ends_at=at(1, 0)), Absence(starts_at=at(1, 12), ends_at=at(1, 14))
            ]  # fmt: skip
            session.add(
                Holiday(site_id=site.id, on_day=at(2, 0).date(), name="Iqbal Day", is_provisional=False)
            )
            session.add(Holiday(site_id=site.id, on_day=at(3, 0).date(), name="Eid", is_provisional=True))
            self.users = {role: centre.make_user(role) for role in ("staff", "researcher", "manager")}


@pytest.fixture
def world(app):
    return World()


def rows_of(page):
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    return [row.split("</td>") for row in body.split("</tr>")[:-1]]


def test_the_week_shows_hours_days_off_and_who_is_away(app, world):
    page = client_of(app, world.users["manager"]).get(f"/people/shifts?week={WEEK}").text
    assert "Eid, provisional" in " ".join(page.split())
    sana = next(row for row in rows_of(page) if "Sana Mirza" in row[0])
    monday, tuesday, wednesday, thursday, _, saturday, _ = sana[1:8]
    assert "away" in monday and "08:00" not in monday
    assert "08:00–16:00" in tuesday and "away 12:00–14:00" in tuesday
    assert "does not work" in wednesday
    assert "08:00–16:00" in thursday
    assert "does not work" in saturday
    li = next(row for row in rows_of(page) if "Li Wen" in row[0])
    assert "any time" in li[0] and all("all day" in cell for cell in li[1:8])


@pytest.mark.parametrize("role", ["staff", "researcher"])
@pytest.mark.parametrize("path", ["shifts", "qualifications.xlsx"])
def test_both_are_for_managers(app, world, role, path):
    assert client_of(app, world.users[role]).get(f"/people/{path}").status_code == 403


@pytest.mark.parametrize("week", ["2026", "0001-W01", "9999-W52", "<b>"])
def test_a_week_that_is_none_is_refused(app, world, week):
    answer = client_of(app, world.users["manager"]).get("/people/shifts", query_string={"week": week})
    assert answer.status_code == 400


def test_without_people_the_page_says_how_they_come(app):
    with transaction():
        centre.make_site()
        user = centre.make_user("manager")
    assert "Nobody is in the list yet." in text_of(client_of(app, user).get("/people/shifts"))


def sheets(app, world, query=""):
    answer = client_of(app, world.users["manager"]).get(f"/people/qualifications.xlsx{query}")
    assert answer.status_code == 200
    assert "NSC qualifications 20" in answer.headers["Content-Disposition"]
    workbook = load_workbook(BytesIO(answer.data))
    return workbook["Qualifications"], workbook["List"]


def test_the_workbook_holds_the_table_and_a_list_in_words(app, world):
    table, listed = sheets(app, world)
    heads = [cell.value for cell in table[2]]
    assert heads == ["Person", "=diver", "vacuum operator"]
    by_name = {row[0].value: row for row in table.iter_rows(min_row=3)}
    near = by_name["Sana Mirza"][2]
    assert near.value.date() == TODAY + timedelta(days=20)
    assert near.fill.fgColor.rgb.endswith("FDF0D5")
    assert by_name["=Li Wen"][1].fill.fgColor.rgb.endswith("FBE1E1")
    assert by_name["=Li Wen"][2].value == "for good"
    states = {(row[0].value, row[3].value): row[6].value for row in listed.iter_rows(min_row=2)}
    assert states == {
        ("Sana Mirza", "vacuum operator"): "lapses within 90 days",
        ("=Li Wen", "=diver"): "lapsed",
        ("=Li Wen", "vacuum operator"): "valid",
    }


def test_nothing_in_it_is_a_formula(app, world):
    for sheet in sheets(app, world):
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_the_filters_of_the_page_hold_for_the_file(app, world):
    table, listed = sheets(app, world, "?kind=trainee")
    assert [row[0].value for row in table.iter_rows(min_row=3)] == ["=Li Wen"]
    assert {row[0].value for row in listed.iter_rows(min_row=2)} == {"=Li Wen"}
