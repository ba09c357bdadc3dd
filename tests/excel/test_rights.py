"""Who may import what: researchers their own requests, managers the centre, administrators accounts too."""

import pytest
from sqlalchemy import select

from scheduler.database import session, transaction
from scheduler.errors import Forbidden
from scheduler.excel import faults as kinds
from scheduler.excel import service
from scheduler.excel.models import ImportRun
from scheduler.projects.models import Project, ProjectMember
from scheduler.requests.models import ActivityRequest
from tests import centre
from tests.excel.trial import counts, import_all, look, places, preview
from tests.excel.workbooks import good_centre, put, spoiled

NOTHING = {"added": 0, "changed": 0, "removed": 0}


def find(model, code):
    return session.scalars(select(model).where(model.code == code)).one()


def _researcher(*projects):
    user = centre.make_user("researcher")
    for code in projects:
        session.add(ProjectMember(project_id=find(Project, code).id, user_id=user.id))
    session.flush()
    return user


def _asked_by_researcher(**request):
    return {
        "Requests": [{"Code": "N-1", "Title": "New", "Project": "OPT", "Wish min": 60} | request],
        "Alternatives": [{"Request": "N-1", "Number": 1, "Resources": "LAB-1"}],
    }


def test_a_researcher_imports_requests_of_the_own_projects_which_are_submitted(any_database):
    import_all(spoiled())
    with transaction():
        user = _researcher("OPT")
        user_id = user.id
    import_all(spoiled(rows=_asked_by_researcher()), user)
    asked = find(ActivityRequest, "N-1")
    assert (asked.state, asked.requester_id) == ("submitted", user_id)
    assert asked.approvals == []
    session.rollback()
    assert counts(import_all(spoiled(rows=_asked_by_researcher()), user)) == NOTHING
    import_all(spoiled(rows=_asked_by_researcher(Title="Newer")), user)
    assert find(ActivityRequest, "N-1").revision == 1
    session.rollback()


@pytest.mark.parametrize(
    ("request_values", "place"),
    [
        ({"Project": "BDR"}, ("Requests", 2, "Project", kinds.FORBIDDEN)),
        ({"Project": "SHN"}, ("Requests", 2, "Project", kinds.UNKNOWN_CODE)),
        ({"State": "approved"}, ("Requests", 2, "State", kinds.FORBIDDEN)),
        ({"Requester": "manager@centre.example"}, ("Requests", 2, "Requester", kinds.FORBIDDEN)),
        ({"Code": "R-5", "Title": "Mine now"}, ("Requests", 2, "Code", kinds.FORBIDDEN)),
    ],
    ids=["another project", "a confidential project", "approving", "in another's name", "another's request"],
)
def test_what_a_researcher_may_not_import_is_refused_at_its_cell(sqlite_database, request_values, place):
    import_all(spoiled())
    with transaction():
        centre.make_user("manager")
        user = _researcher("OPT")
    rows = _asked_by_researcher(**request_values)
    rows["Alternatives"][0]["Request"] = rows["Requests"][0]["Code"]
    assert places(look(spoiled(rows=rows), user)) == [place]


def test_sheets_of_the_centre_that_a_researcher_would_change_are_refused_and_equal_ones_are_not(
    sqlite_database,
):
    import_all(spoiled())
    with transaction():
        user = _researcher("OPT")
    rows = _asked_by_researcher()
    rows["Resources"] = good_centre()["Resources"]
    assert places(look(spoiled(rows=rows), user)) == []
    rows["Resources"][0]["Capacity"] = 9
    rows["Holidays"] = [{"Date": "2026-12-24", "Name": "Day off"}]
    found = look(spoiled(rows=rows), user)
    assert places(found) == [
        ("Resources", None, "", kinds.FORBIDDEN),
        ("Holidays", None, "", kinds.FORBIDDEN),
    ]


@pytest.mark.parametrize("role", ["viewer", "staff"])
def test_others_import_nothing(sqlite_database, role):
    import_all(spoiled())
    with transaction():
        user = centre.make_user(role)
    with pytest.raises(Forbidden):
        look(spoiled(), user)


def test_only_who_sent_a_workbook_accepts_it(sqlite_database):
    import_all(spoiled())
    with transaction():
        user, other = centre.make_user("manager"), centre.make_user("manager", "other@centre.example")
    kept = preview(spoiled(put("Site", 2, "Name", "Other")), user)
    with pytest.raises(Forbidden), transaction(actor=other):
        service.accept(session.get_one(ImportRun, kept["id"]), other)


def test_an_unknown_account_is_made_for_administrators_and_refused_to_managers(sqlite_database):
    import_all(spoiled())
    with transaction():
        manager = centre.make_user("manager")
        administrator = centre.make_user("administrator")
    content = spoiled(
        put("Requests", 2, "Requester", "New@centre.example"),
        put("Staff", 2, "Account", "new@centre.example"),
    )
    assert places(look(content, manager)) == [
        ("Staff", 2, "Account", kinds.UNKNOWN_CODE),
        ("Requests", 2, "Requester", kinds.UNKNOWN_CODE),
    ]
    summary = import_all(content, administrator)
    assert "new@centre.example" in summary["notes"][0]
    made = find(ActivityRequest, "R-1").requester
    assert (made.email, made.password_hash, [role.role for role in made.roles]) == (
        "new@centre.example",
        None,
        ["viewer"],
    )
    session.rollback()
    assert counts(import_all(content, administrator)) == NOTHING
