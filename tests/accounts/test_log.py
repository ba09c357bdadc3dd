"""The audit log: searched, read, taken as a file; a row for each write, and no secret in it."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import select

from scheduler import audit
from scheduler.accounts import log, log_files, service
from scheduler.accounts.models import User
from scheduler.audit import Audit
from scheduler.database import Base, session, transaction, utc_now
from scheduler.projects.models import ProjectMember
from tests.centre import make_project, make_site, make_user
from tests.pages import client_of, text_of

DAY = timedelta(days=1)


@pytest.fixture
def world(app):
    with transaction():
        site = make_site()
        make_user("administrator", "shahida@centre.example", name="Shahida Malik")
    with transaction(actor=service.find_user("shahida@centre.example"), reason="=HYPERLINK(1)"):
        project = make_project(session.merge(site), "BDR", name="Badr، بدر")
        project.members.append(ProjectMember(user_id=1))
    with transaction():
        row = session.scalars(select(User)).one()
        row.name = "Shahida M."
    return app


@pytest.fixture
def client(world):
    return client_of(world, service.find_user("shahida@centre.example"))


def rows_of(page):
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("</tr>") if "<td" in row]


def test_the_newest_comes_first_with_who_what_before_and_after(client):
    rows = rows_of(client.get("/audit").text)
    assert "signed in" in rows[0]
    assert "changed user Shahida M." in rows[1]
    assert "Shahida Malik → Shahida M." in rows[1]
    assert "system" in rows[1]


def test_ids_are_shown_as_names_and_lead_to_their_pages(client):
    page = client.get("/audit?entity=project_member").text
    (row,) = rows_of(page)
    assert "project BDR Badr، بدر" in row
    assert "user Shahida M." in row
    assert 'href="/projects/1"' in client.get("/audit?entity=project").text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=Badr", 1),
        ("q=بدر", 1),
        ("q=hyperlink", 2),
        ("q=no+such+word", 0),
        ("q=%25", 0),
        ("actor=malik", 2),
        ("entity=project", 1),
        ("entity=project&id=1", 2),
        ("entity=user_account&id=1", 4),
        ("id=1&action=changed", 1),
        ("action=removed", 0),
        ("entity=nothing", 0),
        ("page=99&entity=project", 1),
    ],
    ids=[
        "a word in a value", "a word in Urdu", "a reason", "nothing", "a sign that searches know", "a person",
        "a kind", "a project with its members", "a user with the roles", "a number and a deed",
        "no such deed", "no such kind", "a page that is not there",
    ],
)  # fmt: skip
def test_the_log_is_searched(client, query, count):
    answer = client.get(f"/audit?{query}")
    assert answer.status_code == 200
    assert len(rows_of(answer.text)) == count


@pytest.mark.parametrize(
    ("since", "until", "found"), [(0, 0, True), (-1, -1, False), (1, 1, False), (-1, 1, True)]
)
def test_days_are_those_of_utc_and_the_last_one_counts(client, since, until, found):
    today = utc_now().date()
    answer = client.get(f"/audit?entity=project&from={today + since * DAY}&until={today + until * DAY}")
    assert bool(rows_of(answer.text)) is found


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=soon", "is no day"),
        ("from=0001-01-01", "out of range"),
        ("from=2026-11-30&until=2026-11-29", "before the first"),
        ("id=x", "is no number of a row"),
        ("id=99999999999999999999", "is no number of a row"),
        ("id=-1", "is no number of a row"),
    ],
)
def test_a_faulty_search_is_said_beside_its_field_and_no_file_is_made(client, query, words):
    answer = client.get(f"/audit?{query}")
    assert answer.status_code == 400
    assert words in text_of(answer)
    assert client.get(f"/audit.csv?{query}").status_code == 400


def test_long_logs_come_in_pages_in_a_constant_number_of_statements(client):
    with transaction():
        for number in range(60):
            audit.record("exported", "workbook", number)
    page = client.get("/audit").text
    assert len(rows_of(page)) == 50
    assert "page 1 of 2" in page
    assert 'rel="next"' in page
    assert len(rows_of(client.get("/audit?page=2").text)) > 10


def cells(content):
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [list(row) for row in sheet.iter_rows()]


@pytest.mark.asvs("1.2.10")
def test_a_file_holds_what_was_searched_for_and_no_formula(client):
    workbook = client.get("/audit.xlsx?entity=project&id=1")
    rows = cells(workbook.data)
    assert [cell.value for cell in rows[0]] == list(log_files.HEADS)
    assert len(rows) == 3
    assert all(cell.data_type != "f" for row in rows for cell in row)
    assert rows[1][-1].value == "=HYPERLINK(1)"
    text = client.get("/audit.csv?entity=project&id=1").data.decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text)))
    assert table[0] == list(log_files.HEADS)
    assert [row[-1] for row in table[1:]] == ["'=HYPERLINK(1)"] * 2
    assert "بدر" in text


@pytest.mark.asvs("1.2.10")
@pytest.mark.parametrize(
    "value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\x00=1", "x" * 40_000]
)
def test_nothing_that_somebody_writes_becomes_a_formula(app, value):
    with transaction():
        audit.record("exported", "workbook", None)
        session.scalars(select(Audit)).first().actor_name = value[:200]
    rows = session.scalars(select(Audit)).all()
    first, second = io.BytesIO(), io.BytesIO()
    log_files.write_workbook(rows, first)
    log_files.write_csv(rows, second)
    assert all(cell.data_type != "f" for row in cells(first.getvalue()) for cell in row)
    who = list(csv.reader(io.StringIO(second.getvalue().decode("utf-8-sig"))))[1][1]
    assert who[:1] not in ("=", "+", "-", "@", "\t", "\r")


def test_a_file_is_bounded_and_says_what_to_do(client, monkeypatch):
    monkeypatch.setattr(log, "MOST_EXPORTED", 3)
    answer = client.get("/audit.csv")
    assert answer.status_code == 400
    assert "a file takes at most 3. Choose fewer days." in text_of(answer)
    assert client.get("/audit.csv?entity=project").status_code == 200


@pytest.mark.asvs("16.2.1")
def test_that_the_log_was_taken_away_is_itself_in_the_log(client):
    client.get("/audit.csv?q=Badr")
    note = session.scalars(select(Audit).where(Audit.action == "exported")).one()
    assert (note.actor_name, note.after["rows"], note.after["q"]) == ("Shahida M.", 1, "Badr")
    assert note.at.tzinfo is UTC


@pytest.mark.parametrize("role", ["viewer", "staff", "researcher", "manager"])
@pytest.mark.parametrize("path", ["/audit", "/audit.csv", "/audit.xlsx"])
def test_only_administrators_read_it(world, role, path):
    with transaction():
        user = make_user(role)
    assert client_of(world, user).get(path).status_code == 403


@pytest.mark.asvs("16.2.5")
def test_columns_that_sound_secret_are_hidden_wherever_they_are():
    hidden = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if audit.is_hidden(column.name)
    }
    assert {"user_account.password_hash", "sign_in.token_hash"} <= hidden
    assert audit.is_hidden("feed_token")
    assert audit.is_hidden("client_secret")
    assert not audit.is_hidden("name")


def test_days_before_1990_are_no_days_of_the_log(client):
    assert client.get("/audit?until=1989-12-31").status_code == 400
    assert client.get("/audit?until=1990-01-01").status_code == 200
    assert datetime(1990, 1, 1, tzinfo=UTC) < utc_now()
