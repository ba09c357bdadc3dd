"""What is exported is imported again without a change; an edit of one cell is found as just that."""

import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import func, select

from scheduler.audit import Audit
from scheduler.database import session, transaction
from scheduler.excel.sheets import SHEETS
from scheduler.people.models import Person
from scheduler.projects.models import Project, ProjectMember
from scheduler.requests.models import ActivityRequest
from scheduler.resources.models import Resource, Stewardship
from tests import centre
from tests.excel.trial import counts, export, import_all, look, preview
from tests.excel.workbooks import good_centre, place, put, spoiled

NOTHING = {"added": 0, "changed": 0, "removed": 0}

EDITS = {
    "Site": ("Name", "Another name"),
    "Resources": ("Location", "Building 9"),
    "Utilities": ("Unit", "kg"),
    "Organisations": ("Name", "Another agency"),
    "Staff": ("Least rest min", 700),
    "Projects": ("Priority", 5),
    "Calendars": ("Tue", "09:00-17:00"),
    "Requests": ("Wish min", 200),
    "Alternatives": ("Penalty", 7),
    "Windows": ("To", datetime(2026, 12, 1, 21)),
    "Needs": ("Count", 2),
    "Draws": ("Amount", 41),
    "Precedences": ("Max lag min", 481),
    "Changeovers": ("Minutes", 91),
    "Outages": ("Reason", "another reason"),
    "Qualifications": ("Valid until", date(2026, 12, 3)),
    "Absences": ("From", datetime(2026, 11, 30)),
    "Holidays": ("Name", "Another day"),
    "Overlays": ("Until", date(2026, 12, 5)),
    "Levels": ("Capacity", 41),
    "Qualification codes": ("Name", "Instructor of flight"),
    "Exclusive groups": ("Name", "Crew one"),
}


def _edited(content: bytes, edits: dict[str, tuple[str, object]]) -> bytes:
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    for sheet, (column, value) in edits.items():
        cell = workbook[sheet].cell(2, place(sheet, column))
        cell.value = value
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd hh:mm"
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _audited() -> int:
    count = session.scalar(select(func.count(Audit.id))) or 0
    session.rollback()
    return count


def test_an_export_is_imported_without_a_change_and_without_a_trace(any_database):
    import_all(spoiled())
    before = _audited()
    content = export()
    summary = import_all(content)
    assert counts(summary) == NOTHING
    assert summary["same"] == sum(len(rows) for rows in good_centre().values())
    assert _audited() == before


def test_an_export_makes_the_same_centre_in_an_empty_database(sqlite_database, tmp_path, sqlite_template):
    from scheduler import database

    import_all(spoiled(put("Requests", 2, "Requester", "sana@centre.example")))
    content = export()
    other = tmp_path / "other.db"
    other.write_bytes(sqlite_template.read_bytes())
    database.configure(f"sqlite:///{other}")
    import_all(content)
    assert counts(preview(export())["summary"]) == NOTHING
    assert counts(preview(content)["summary"]) == NOTHING
    database.configure(sqlite_database)


def test_one_edit_in_each_sheet_is_found_as_exactly_that(any_database):
    assert set(EDITS) == {sheet.title for sheet in SHEETS}
    import_all(spoiled())
    content = _edited(export(), EDITS)

    summary = preview(content)["summary"]

    assert counts(summary) == {"added": 0, "changed": len(EDITS), "removed": 0}
    found = {change["sheet"]: change["field"] for change in summary["changes"]}
    assert found == {sheet: column for sheet, (column, _) in EDITS.items()}
    assert len(summary["changes"]) == len(EDITS)
    import_all(content)
    assert counts(preview(content)["summary"]) == NOTHING


@pytest.mark.parametrize("sheet", [sheet.title for sheet in SHEETS if sheet.is_child])
def test_a_row_taken_out_of_a_child_sheet_is_removed_and_one_put_in_is_added(sqlite_database, sheet):
    import_all(spoiled())
    rows = good_centre()
    gone = rows[sheet].pop()
    content = spoiled(rows=rows)
    assert counts(preview(content)["summary"]) == {"added": 0, "changed": 0, "removed": 1}
    import_all(content)
    rows[sheet].append(gone)
    assert counts(preview(spoiled(rows=rows))["summary"]) == {"added": 1, "changed": 0, "removed": 0}


def test_what_only_pages_write_survives_the_trip(sqlite_database):
    import_all(spoiled())
    with transaction():
        user = centre.make_user("manager", "steward@centre.example")
        resource = session.scalars(select(Resource).where(Resource.code == "TV-1")).one()
        resource.stewards.append(Stewardship(user_id=user.id))
        project = session.scalars(select(Project).where(Project.code == "SHN")).one()
        project.members.append(ProjectMember(user_id=user.id))
        project.closed_at = datetime(2026, 11, 30, 8, 0, 0, 123456, tzinfo=UTC)
        person = session.scalars(select(Person).where(Person.code == "P-1")).one()
        person.user_id = user.id
        asked = session.scalars(select(ActivityRequest).where(ActivityRequest.code == "R-7")).one()
        asked.requester_id = user.id
        asked.due_at = datetime(2026, 12, 1, 8, 0, 30, tzinfo=UTC)
        asked.title = '=HYPERLINK("http://x")'
        asked.note = "-1+1\n@home"
        asked.state = "booked"
        retired = session.scalars(select(Resource).where(Resource.code == "LAB-2")).one()
        retired.retired_at = datetime(2026, 11, 1, tzinfo=UTC)
    content = export()
    found = look(content)
    assert found.faults == []
    assert found.comparison.changes == []


def test_text_that_looks_like_a_formula_is_written_as_text(sqlite_database):
    rows = good_centre()
    for request, title in zip(rows["Requests"], ("=1+1", "+1", "-1", "@x", "#N/A"), strict=False):
        request["Note"] = "'" + title
    import_all(spoiled(rows=rows))
    with transaction():
        for asked in session.scalars(select(ActivityRequest)):
            asked.note = asked.note.lstrip("'")
    workbook = openpyxl.load_workbook(io.BytesIO(export()))
    column = place("Requests", "Note")
    cells = [workbook["Requests"].cell(row, column) for row in range(2, 7)]
    assert [cell.value for cell in cells] == ["=1+1", "+1", "-1", "@x", "#N/A"]
    assert all(cell.data_type == "s" for cell in cells)
    assert all(cell.quotePrefix for cell in cells[:4])


def test_the_hour_that_comes_twice_survives_the_trip(sqlite_database):
    rows = good_centre()
    rows["Site"][0]["Time zone"] = "Europe/Berlin"
    rows["Outages"] = [
        {"Resource": "TV-1", "From": "2026-10-25 02:30 first", "To": "2026-10-25 02:30 second"},
    ]
    import_all(spoiled(rows=rows))
    with transaction():
        outage = session.scalars(select(Resource).where(Resource.code == "TV-1")).one().outages[0]
        assert outage.ends_at - outage.starts_at == timedelta(hours=1)
    assert counts(preview(export())["summary"]) == NOTHING


def test_a_cell_edited_in_a_sheet_of_codes_changes_no_other_row(sqlite_database):
    import_all(spoiled())
    found = look(spoiled(put("Staff", 3, "Name", "Li Wen")))
    assert [(change.action, change.owner, change.values) for change in found.comparison.changes] == [
        ("changed", "P-2", {"name": "Li Wen"})
    ]
