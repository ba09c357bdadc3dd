"""As many rows in the audit log as writes, counted by the database itself."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from scheduler.accounts.models import Role, User
from scheduler.audit import QUIET, Audit
from scheduler.bookings import service as bookings
from scheduler.bookings.models import Booking
from scheduler.calendars.queries import the_site
from scheduler.database import Base, session, transaction, utc_now
from scheduler.excel.models import ImportRun
from scheduler.projects.models import Project
from scheduler.requests.models import ActivityRequest, RequestNeed
from tests.centre import make_person, make_project, make_qualification, make_request, make_user
from tests.excel import workbooks
from tests.excel.test_views import send
from tests.pages import client_of
from tests.plans.week import WEEK, Centre, build, publish

DEEDS = ("added", "changed", "removed")


def watch():
    """Lets SQLite write down every row that is written, by triggers; gives the last row of the log."""
    with transaction() as current:
        connection = current.connection()
        connection.exec_driver_sql("CREATE TABLE seen (entity TEXT, row_id INTEGER, action TEXT)")
        for mapper in Base.registry.mappers:
            if getattr(mapper.class_, "is_audited", False):
                _watch_table(connection, str(mapper.local_table), [column.name for column in mapper.columns])
        return session.scalars(select(Audit.id).order_by(Audit.id.desc())).first() or 0


def _watch_table(connection, table, names):
    told = [name for name in names if name not in QUIET]
    differs = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in told)
    for action, event, which in (
        ("added", "AFTER INSERT", "NEW"),
        ("removed", "AFTER DELETE", "OLD"),
        ("changed", "AFTER UPDATE", "NEW"),
    ):
        connection.exec_driver_sql(
            f"CREATE TRIGGER seen_{table}_{action} {event} ON {table} "
            f"{f'WHEN {differs} ' if action == 'changed' else ''}BEGIN "
            f"INSERT INTO seen VALUES ('{table}', {which}.id, '{action}'); END"
        )


def differences(since):
    """What the database saw and the log has not, what only the log has, and how many were seen."""
    seen = [tuple(row) for row in session.connection().exec_driver_sql("SELECT * FROM seen")]
    rows = session.scalars(select(Audit).where(Audit.id > since, Audit.action.in_(DEEDS)))
    logged = [(row.entity, row.entity_id, row.action) for row in rows]
    session.rollback()
    return _without(seen, logged), _without(logged, seen), len(seen)


def _without(some, others):
    left = list(others)
    return [each for each in some if each not in left or left.remove(each)]


@pytest.fixture
def administrator(app):
    with transaction():
        user = make_user("administrator")
    return client_of(app, user)


def id_of(row, **values):
    found = session.scalars(select(row.id).filter_by(**values)).one()
    session.rollback()
    return found


@pytest.mark.asvs("16.2.1", "16.2.2")
def test_each_write_about_users_and_projects_is_in_the_log_once(administrator):
    with transaction():
        Centre()
    since = watch()
    post = administrator.post
    post(
        "/users/new",
        data={"name": "N", "email": "n@x.y", "language": "en", "role": "viewer", "scope": "centre"},
    )
    user = id_of(User, email="n@x.y")
    post(f"/users/{user}", data={"name": "N. Z.", "email": "n@x.y", "language": "ur", "version": 1})
    post(f"/users/{user}/roles", data={"role": "manager", "scope": "resource-1"})
    post(f"/users/{user}/roles/{id_of(Role, scope_kind='resource')}/take")
    for deed in ("disable", "enable", "password", "sessions/end"):
        post(f"/users/{user}/{deed}")
    values = {
        "name": "Badr-3",
        "kind": "R&D",
        "priority": "2",
        "quota": "120",
        "seen_by": "open",
        "partner": "",
    }
    post("/projects/new", data=values | {"code": "BDR-3"})
    project = id_of(Project, code="BDR-3")
    post(f"/projects/{project}/edit", data=values | {"seen_by": "confidential", "version": 1})
    post(f"/projects/{project}/members", data={"email": "n@x.y"})
    post(f"/projects/{project}/members/{user}/remove")
    post(f"/projects/{project}/close")
    post(f"/projects/{project}/reopen")
    missing, invented, count = differences(since)
    assert (missing, invented) == ([], [])
    assert count >= 14


@pytest.mark.asvs("16.2.1", "16.2.2")
def test_each_row_that_an_import_writes_changes_or_removes_is_in_the_log_once(administrator):
    since = watch()
    for content in (workbooks.spoiled(), workbooks.spoiled(workbooks.put("Projects", 3, "Members", None))):
        where = send(administrator, content).location
        administrator.post(f"{where}/accept")
    assert {run.state for run in session.scalars(select(ImportRun))} == {"accepted"}
    missing, invented, count = differences(since)
    assert (missing, invented) == ([], [])
    assert count > 60


@pytest.mark.asvs("16.2.1", "16.2.2")
def test_each_write_from_request_to_cancelled_booking_is_in_the_log_once(administrator):
    with transaction():
        centre = Centre()
        skill = make_qualification(centre.site)
        make_person(centre.site, holds=(skill,))
        row = make_request(centre.project, centre.chamber, code="R-1", state="submitted")
        row.needs.append(RequestNeed(qualification=skill, count=1, phase="all"))
        make_request(make_project(centre.site, "SHN"), centre.chamber, code="R-2")
        asked = row.id
    since = watch()
    administrator.post(f"/requests/{asked}/approve", data={"note": "yes"})
    assert session.get_one(ActivityRequest, asked).state == "approved"
    session.rollback()
    publish(build(the_site(), WEEK))
    with transaction():
        first, *_ = session.scalars(select(Booking).order_by(Booking.id))
        bookings.cancel(first, "the chamber is down")
    missing, invented, count = differences(since)
    assert (missing, invented) == ([], [])
    assert count > 8


def test_a_write_beside_the_log_is_found_by_the_count(administrator):
    since = watch()
    with transaction():
        session.execute(update(User).values(name="nobody wrote this down"))
    missing, invented, count = differences(since)
    assert ([entity for entity, _, _ in missing], invented, count) == (["user_account"], [], 1)


def test_what_goes_because_its_parent_let_go_of_it_is_in_the_log(administrator):
    with transaction():
        user = make_user("viewer")
        role = user.roles[0].id
    with transaction(reason="no reason"):
        found = session.scalars(select(User).where(User.email == "viewer@centre.example")).one()
        found.roles.clear()
    note = session.scalars(select(Audit).where(Audit.action == "removed")).one()
    assert (note.entity, note.entity_id, note.reason) == ("role", role, "no reason")
    assert note.before["role"] == "viewer"
    assert note.at > utc_now() - timedelta(minutes=5)
