"""Pages of imports: send, see every fault or every change, accept once or drop."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from scheduler.audit import Audit
from scheduler.calendars.models import Site
from scheduler.database import session, transaction
from scheduler.excel.models import ImportRun
from scheduler.projects.models import Project, ProjectMember
from scheduler.requests.models import ActivityRequest
from scheduler.resources.models import Resource
from tests import centre
from tests.excel import workbooks
from tests.pages import app_on, client_of, text_of

ROLES = ("viewer", "staff", "researcher", "manager", "administrator")


@pytest.fixture
def app(sqlite_database: str, tmp_path: Path) -> Flask:
    return app_on(sqlite_database, tmp_path)


@pytest.fixture
def users(app: Flask):
    with transaction():
        return {role: centre.make_user(role) for role in ROLES}


def good() -> bytes:
    return workbooks.spoiled()


def bad() -> bytes:
    return workbooks.spoiled(workbooks.put("Requests", 3, "Wish min", "six hours"))


def send(client, content: bytes, name: str = "centre.xlsx", **options):
    # Put together here: the client of Werkzeug leaves a large body's file open.
    head = f'--edge\r\nContent-Disposition: form-data; name="workbook"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + b"\r\n--edge--\r\n"
    return client.post("/import/", data=body, content_type="multipart/form-data; boundary=edge", **options)


def test_a_good_workbook_is_tried_accepted_once_and_then_there(app, users):
    client = client_of(app, users["administrator"])
    response = send(client, good())
    assert response.status_code == 302
    page = text_of(client.get(response.location))
    assert "Nothing has been changed yet." in page
    assert "8 in Requests" in page
    assert session.scalars(select(Resource)).all() == []
    accepted = client.post(f"{response.location}/accept")
    assert accepted.status_code == 302
    page = text_of(client.get(response.location))
    assert "All of it is imported." in page
    assert len(session.scalars(select(ActivityRequest)).all()) == 8
    again = text_of(client.post(f"{response.location}/accept", follow_redirects=True))
    assert "Send the workbook again" in again
    assert len(session.scalars(select(ActivityRequest)).all()) == 8


def test_a_faulty_workbook_shows_the_cell_its_value_what_is_wrong_and_the_remedy(app, users):
    client = client_of(app, users["administrator"])
    response = send(client, bad())
    page = text_of(client.get(response.location))
    (fault,) = session.scalars(select(ImportRun)).one().faults
    assert "1 fault, so nothing can be imported yet." in page
    for words in (fault["cell"], "six hours", fault["message"], fault["remedy"]):
        assert words.replace("'", "&#39;").replace('"', "&#34;") in page
    assert f"{response.location}/accept" not in page
    assert 'aria-disabled="true"' in page
    assert "Send the workbook again" in text_of(
        client.post(f"{response.location}/accept", follow_redirects=True)
    )
    assert session.scalars(select(Site)).all() == []


def test_a_second_time_shows_the_changes_field_by_field(app, users):
    client = client_of(app, users["administrator"])
    first = send(client, good()).location
    client.post(f"{first}/accept")
    changed = workbooks.spoiled(workbooks.put("Resources", 3, "Name", "Thermal chamber one"))
    page = text_of(client.get(send(client, changed).location))
    assert "Thermal chamber 1" in page
    assert "Thermal chamber one" in page
    same = text_of(client.get(send(client, good()).location))
    assert "Accepting it changes nothing" in same


def test_a_trial_run_is_dropped_and_nothing_was_changed(app, users):
    client = client_of(app, users["administrator"])
    path = send(client, good()).location
    page = text_of(client.post(f"{path}/drop", follow_redirects=True))
    assert "is dropped. Nothing was changed." in page
    assert session.scalars(select(ImportRun)).one().content is None
    assert client.post(f"{path}/drop").status_code == 400


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"dear sir", "letter.xlsx"),
        (b"PK\x03\x04 but no more", "broken.xlsx"),
        (b"a;b;c\n1;2;3\n", "list.csv"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_in_words(app, users, content, name):
    client = client_of(app, users["administrator"])
    page = text_of(send(client, content, name, follow_redirects=True))
    assert "Traceback" not in page
    run = session.scalars(select(ImportRun)).one()
    assert run.state == "refused"
    assert run.faults[0]["message"].replace('"', "&#34;").replace("'", "&#39;") in page
    assert run.faults[0]["remedy"].replace('"', "&#34;").replace("'", "&#39;") in page


@pytest.mark.parametrize("name", ["", "empty.xlsx"], ids=["none chosen", "empty"])
def test_no_file_is_shown_again_with_the_fault(app, users, name):
    response = send(client_of(app, users["manager"]), b"", name)
    assert response.status_code == 400
    page = text_of(response)
    assert "Choose a workbook" in page
    assert 'aria-invalid="true"' in page


def test_an_upload_may_have_ten_megabytes_and_not_more(app, users):
    client = client_of(app, users["manager"])
    below = send(client, b"x" * (9 * 1024 * 1024))
    assert below.status_code == 302
    above = send(client, b"x" * (10 * 1024 * 1024 + 1))
    assert above.status_code == 413
    assert "10 MB" in text_of(above)


@pytest.mark.parametrize("role", ["viewer", "staff"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/import/"),
        ("post", "/import/"),
        ("get", "/import/1"),
        ("post", "/import/1/accept"),
        ("post", "/import/1/drop"),
        ("get", "/import/template.xlsx"),
        ("get", "/import/centre.xlsx"),
    ],
)
def test_imports_are_for_researchers_and_above(app, users, role, method, path):
    assert client_of(app, users[role]).open(path, method=method).status_code == 403


def test_a_researcher_sees_own_imports_only(app, users):
    path = send(client_of(app, users["administrator"]), good(), "all.xlsx").location
    researcher = client_of(app, users["researcher"])
    assert researcher.get(path).status_code == 404
    assert "all.xlsx" not in text_of(researcher.get("/import/"))
    assert "all.xlsx" in text_of(client_of(app, users["manager"]).get("/import/"))


def test_nobody_accepts_what_somebody_else_sent_but_an_administrator(app, users):
    path = send(client_of(app, users["administrator"]), good()).location
    manager = client_of(app, users["manager"])
    assert f"{path}/accept" not in text_of(manager.get(path))
    assert "Somebody else sent" in text_of(manager.post(f"{path}/accept", follow_redirects=True))
    assert session.scalars(select(Resource)).all() == []


def test_a_researcher_imports_requests_of_own_projects(app, users):
    administrator = client_of(app, users["administrator"])
    administrator.post(f"{send(administrator, good()).location}/accept")
    with transaction():
        project = session.scalars(select(Project).where(Project.code == "BDR")).one()
        session.add(ProjectMember(project=project, user=session.merge(users["researcher"])))
    rows = {"Requests": [workbooks.good_centre()["Requests"][0] | {"Code": "R-90", "Title": "One more"}]}
    researcher = client_of(app, users["researcher"])
    path = send(researcher, workbooks.content_of(workbooks.make(rows)), "mine.xlsx").location
    page = text_of(researcher.get(path))
    if f"{path}/accept" in page:
        researcher.post(f"{path}/accept")
        row = session.scalars(select(ActivityRequest).where(ActivityRequest.code == "R-90")).one()
        assert row.state == "submitted"
    else:
        pytest.fail(str(session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).first().faults))


def test_the_blank_workbook_opens_and_is_named_as_one(app, users):
    response = client_of(app, users["researcher"]).get("/import/template.xlsx")
    assert response.status_code == 200
    assert "Markaz centre, blank.xlsx" in response.headers["Content-Disposition"]
    book = load_workbook(BytesIO(response.data))
    assert {"Resources", "Projects", "Requests"} <= set(book.sheetnames)


def test_the_centre_is_exported_to_managers_and_noted(app, users):
    administrator = client_of(app, users["administrator"])
    administrator.post(f"{send(administrator, good()).location}/accept")
    assert client_of(app, users["researcher"]).get("/import/centre.xlsx").status_code == 403
    response = client_of(app, users["manager"]).get("/import/centre.xlsx")
    assert response.mimetype.endswith("spreadsheetml.sheet")
    assert "NSC centre.xlsx" in response.headers["Content-Disposition"]
    assert load_workbook(BytesIO(response.data))["Projects"].max_row == 4
    noted = session.scalars(select(Audit).where(Audit.action == "exported")).one()
    assert noted.actor_name == "Manager"
