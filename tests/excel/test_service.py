"""Importing: once, twice, by whom, on top of what is booked; all of it or nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from scheduler import audit
from scheduler.bookings.doctor import examine
from scheduler.bookings.models import Booking, Hold
from scheduler.bookings.service import Proposal, Supply, book
from scheduler.calendars.queries import the_site
from scheduler.database import session, transaction
from scheduler.errors import Stale, UserError
from scheduler.excel import apply as applying
from scheduler.excel import faults as kinds
from scheduler.excel import service
from scheduler.excel.models import ImportRun
from scheduler.intervals import Interval
from scheduler.projects.models import Project
from scheduler.requests.models import ActivityRequest, Approval, RequestWindow
from scheduler.resources.models import Resource, Utility
from tests import centre
from tests.excel.trial import counts, import_all, look, places, preview, read_here
from tests.excel.workbooks import good_centre, put, spoiled

NOTHING = {"added": 0, "changed": 0, "removed": 0}
REQUEST_SHEETS = ("Requests", "Alternatives", "Windows", "Needs", "Draws", "Precedences")


def find(model, code):
    return session.scalars(select(model).where(model.code == code)).one()


def book_chamber(code="TV-1", day=0, hour=4, minutes=60, **values):
    """One hour of a resource in that week, in UTC."""
    start = datetime(2026, 11, 30, hour, tzinfo=UTC) + timedelta(days=day)
    resource = find(Resource, code)
    return book(
        Proposal(
            **{
                "site": the_site(),
                "title": f"Booking of {code}",
                "resources": (resource,),
                "run": Interval.lasting(start, minutes),
                "project": find(Project, "BDR"),
            }
            | values
        )
    )


def test_importing_twice_updates_and_never_doubles(any_database):
    first = import_all(spoiled())
    assert first["added"] == 63
    assert counts(import_all(spoiled())) == NOTHING
    changed = import_all(spoiled(put("Requests", 2, "Title", "Cold case")))
    assert counts(changed) == {"added": 0, "changed": 1, "removed": 0}
    assert session.scalar(select(func.count(ActivityRequest.id))) == 8
    session.rollback()


def test_a_code_spelled_otherwise_is_the_same_row_and_keeps_its_spelling(sqlite_database):
    import_all(spoiled())
    assert counts(import_all(spoiled(put("Resources", 7, "Code", " lab-2 ")))) == NOTHING
    assert find(Resource, "LAB-2")
    session.rollback()


def test_rows_of_a_sheet_with_codes_stay_when_the_workbook_leaves_them_out(sqlite_database):
    import_all(spoiled())
    rows = good_centre()
    rows["Resources"] = rows["Resources"][:2]
    for sheet in (*REQUEST_SHEETS[1:], "Outages"):
        del rows[sheet]
    assert counts(import_all(spoiled(rows=rows))) == NOTHING


def test_rows_of_a_child_sheet_replace_only_those_of_the_parents_that_are_named(sqlite_database):
    import_all(spoiled())
    rows = {
        "Resources": [],
        "Projects": [],
        "Requests": [good_centre()["Requests"][0]],
        "Alternatives": [{"Request": "R-1", "Number": 1, "Resources": "TV-2"}],
        "Outages": [{"Resource": "SIM-1", "From": datetime(2026, 12, 7), "To": datetime(2026, 12, 8)}],
    }
    summary = preview(spoiled(rows=rows))["summary"]
    assert counts(summary) == {"added": 0, "changed": 2, "removed": 1}
    import_all(spoiled(rows=rows))
    asked = find(ActivityRequest, "R-1")
    assert [[use.code for use in way.resources] for way in asked.alternatives] == [["TV-2"]]
    # The window of alternative 2 goes with it, that of all alternatives stays.
    assert [window.alternative_id for window in asked.windows] == [None]
    assert len(find(ActivityRequest, "R-5").alternatives) == 1
    assert len(find(Resource, "TV-2").outages) == 1
    assert find(Resource, "SIM-1").outages[0].starts_at == datetime(2026, 12, 6, 19, tzinfo=UTC)
    session.rollback()


def test_nothing_is_written_when_the_last_step_fails(any_database, monkeypatch):
    import_all(spoiled())
    kept = preview(spoiled(put("Requests", 2, "Title", "Cold case"), put("Site", 2, "Name", "Other")))

    def fail(*_):
        raise RuntimeError("cable pulled")

    monkeypatch.setattr(applying._Writer, "announce", fail)
    with pytest.raises(RuntimeError), transaction():
        service.accept(session.get_one(ImportRun, kept["id"]), None)
    assert find(ActivityRequest, "R-1").title == "Hot case"
    assert the_site().name == "National Space Centre"
    assert session.get_one(ImportRun, kept["id"]).state == "previewed"
    session.rollback()


def test_what_changed_since_the_trial_run_is_not_imported(sqlite_database):
    import_all(spoiled())
    kept = preview(spoiled(put("Requests", 2, "Title", "Cold case")))
    with transaction():
        find(ActivityRequest, "R-1").title = "Somebody was faster"
    with pytest.raises(Stale, match="since this trial run"), transaction():
        service.accept(session.get_one(ImportRun, kept["id"]), None)
    assert find(ActivityRequest, "R-1").title == "Somebody was faster"
    session.rollback()


def test_a_trial_run_is_accepted_once_and_lets_go_of_its_content(sqlite_database):
    import_all(spoiled())
    run = session.scalars(select(ImportRun)).one()
    assert (run.state, run.content) == ("accepted", None)
    session.rollback()
    with pytest.raises(UserError, match="is over"), transaction():
        service.accept(session.get_one(ImportRun, run.id), None)


def test_a_refused_workbook_is_not_kept_and_cannot_be_accepted(sqlite_database):
    kept = preview(spoiled(put("Requests", 2, "Wish min", "x")))
    run = session.get_one(ImportRun, kept["id"])
    assert (run.state, run.content) == ("refused", None)
    session.rollback()
    with pytest.raises(UserError), transaction():
        service.accept(session.get_one(ImportRun, kept["id"]), None)


def test_an_unreadable_file_is_one_fault_of_the_file(sqlite_database):
    with transaction():
        run = service.preview(b"no workbook", "../../centre.xlsx", None)
        assert run.state == "refused"
        assert run.file_name == "centre.xlsx"
        assert [(fault["sheet"], fault["kind"]) for fault in run.faults] == [("", kinds.UNREADABLE_FILE)]


def test_each_change_has_its_author_and_reason(sqlite_database):
    with transaction():
        user = centre.make_user("manager")
        user_id = user.id
    kept = preview(spoiled(), user)
    with transaction(actor=user, reason="import of centre.xlsx"):
        service.accept(session.get_one(ImportRun, kept["id"]), user)
    notes = session.scalars(select(audit.Audit).where(audit.Audit.entity == "activity_request")).all()
    assert {(note.actor_id, note.action, note.reason) for note in notes} == {
        (user_id, "added", "import of centre.xlsx")
    }
    asked = find(ActivityRequest, "R-1")
    assert asked.requester_id == user_id
    assert [(row.decision, row.user_id) for row in asked.approvals] == [("approved", user_id)]
    session.rollback()


def test_a_changed_request_is_a_new_revision_only_after_its_approval(sqlite_database):
    import_all(spoiled())
    import_all(
        spoiled(
            put("Requests", 2, "Title", "Cold case"),
            put("Requests", 7, "Title", "x"),
            put("Needs", 3, "Count", 2),
        )
    )
    revisions = {code: find(ActivityRequest, code).revision for code in ("R-1", "R-2", "R-3", "R-6")}
    assert revisions == {"R-1": 2, "R-2": 1, "R-3": 2, "R-6": 1}
    session.rollback()


def test_a_booked_request_stays_booked_and_becomes_a_new_revision(any_database):
    import_all(spoiled())
    with transaction():
        asked = find(ActivityRequest, "R-8")
        book_chamber("HALL", activity_request=asked, alternative=1, minutes=30)
        asked.state = "booked"
    import_all(spoiled(put("Requests", 9, "Title", "Long review"), put("Requests", 9, "State", "approved")))
    asked = find(ActivityRequest, "R-8")
    assert (asked.state, asked.revision, asked.title) == ("booked", 2, "Long review")
    assert session.scalar(select(func.count(Booking.id)).where(Booking.state == "booked")) == 1
    session.rollback()
    found = look(spoiled(put("Requests", 9, "State", "withdrawn")))
    assert places(found) == [("Requests", 9, "State", kinds.FORBIDDEN)]


def test_a_blank_state_leaves_what_is_stored_and_a_new_request_of_a_manager_is_approved(sqlite_database):
    import_all(spoiled())
    assert find(ActivityRequest, "R-1").state == "approved"
    assert find(ActivityRequest, "R-6").state == "draft"
    session.rollback()
    import_all(spoiled(put("Requests", 7, "State", None)))
    assert find(ActivityRequest, "R-6").state == "draft"
    session.rollback()
    import_all(spoiled(put("Requests", 7, "State", "approved")))
    asked = find(ActivityRequest, "R-6")
    assert asked.state == "approved"
    assert asked.revision == 1
    assert session.scalar(select(func.count(Approval.id)).where(Approval.request_id == asked.id)) == 1
    session.rollback()


def test_capacity_below_what_is_held_is_refused_and_what_is_held_is_not(any_database):
    rows = good_centre()
    rows["Resources"][5]["Capacity"] = 3
    import_all(spoiled(rows=rows))
    with transaction():
        book_chamber("LAB-2")
        book_chamber("LAB-2")
    assert places(look(spoiled(put("Resources", 7, "Capacity", 2), rows=rows))) == []
    found = look(spoiled(put("Resources", 7, "Capacity", 1), rows=rows))
    assert places(found) == [("Resources", 7, "Capacity", kinds.HELD)]
    assert "2 or more" in found.faults[0].remedy
    # The other faults of the workbook are named at the same time.
    spoils = (put("Resources", 7, "Capacity", 1), put("Requests", 2, "Wish min", "x"))
    assert len(look(spoiled(*spoils, rows=rows)).faults) == 2


def test_a_utility_below_what_is_drawn_is_refused(any_database):
    import_all(spoiled())
    with transaction():
        book_chamber("LAB-2", hour=4, supplies=(Supply(find(Utility, "POWER"), 50, "run"),))
        book_chamber("SIM-1", hour=4, supplies=(Supply(find(Utility, "LN2"), 300, "run"),))
    assert places(look(spoiled(put("Utilities", 3, "Capacity", 50)))) == []
    assert places(look(spoiled(put("Utilities", 3, "Capacity", 49)))) == [
        ("Utilities", 3, "Capacity", kinds.HELD)
    ]
    assert places(look(spoiled(put("Utilities", 2, "Capacity", 299)))) == [
        ("Utilities", 2, "Capacity", kinds.HELD)
    ]
    level = {"From": datetime(2026, 11, 30), "To": datetime(2026, 12, 1)}
    for capacity, faults in ((50, []), (49, [("Levels", 2, "Capacity", kinds.HELD)])):
        spoils = [put("Levels", 2, title, value) for title, value in (level | {"Capacity": capacity}).items()]
        assert places(look(spoiled(*spoils))) == faults


def test_the_parts_and_the_zone_that_bookings_stand_on_do_not_change(sqlite_database):
    import_all(spoiled())
    with transaction():
        book_chamber("TV-2", supplies=(Supply(find(Utility, "POWER"), 1, "run"),))
    assert places(look(spoiled(put("Resources", 4, "Part of", None)))) == [
        ("Resources", 4, "Part of", kinds.HELD)
    ]
    assert places(look(spoiled(put("Site", 2, "Time zone", "UTC")))) == [("Site", 2, "Time zone", kinds.HELD)]
    assert places(look(spoiled(put("Resources", 6, "Part of", "TV-1")))) == []


def test_changeovers_of_bookings_follow_a_changed_matrix(any_database):
    rows = good_centre()
    del rows["Overlays"]
    import_all(spoiled(rows=rows))
    with transaction():
        book_chamber("TV-1", day=1, hour=4, configuration="cold")
        book_chamber("TV-1", day=1, hour=9, configuration="hot")
    rows["Changeovers"][0]["Minutes"] = 30
    import_all(spoiled(rows=rows))
    hold = session.scalars(select(Hold).where(Hold.kind == "changeover")).one()
    assert hold.ends_at - hold.starts_at == timedelta(minutes=30)
    assert examine().is_healthy
    session.rollback()
    rows["Changeovers"][0]["Minutes"] = 6000
    with pytest.raises(UserError, match="changeover"):
        import_all(spoiled(rows=rows))
    assert examine().is_healthy
    session.rollback()


def test_the_quota_of_a_project_holds_for_what_is_newly_approved(sqlite_database):
    rows = good_centre()
    rows["Projects"][0]["Quota min"] = 240 + 120 + 30
    import_all(spoiled(rows=rows))
    rows["Requests"][7]["Wish min"] = 31
    found = look(spoiled(rows=rows))
    assert places(found) == [("Requests", 9, "Wish min", kinds.OUT_OF_RANGE)]
    assert found.faults[0].message == "BDR has 30 of 390 min left, this takes 31."
    rows["Requests"][7] |= {"Wish min": 31, "State": "draft"}
    assert places(look(spoiled(rows=rows))) == []


def test_a_workbook_of_another_site_is_refused(sqlite_database):
    import_all(spoiled())
    assert places(look(spoiled(put("Site", 2, "Code", "ELSE")))) == [("Site", 2, "Code", kinds.HELD)]


def test_windows_that_stay_keep_their_rows(sqlite_database):
    import_all(spoiled())
    before = {window.id for window in session.scalars(select(RequestWindow))}
    session.rollback()
    import_all(spoiled(put("Windows", 2, "To", datetime(2026, 12, 1, 21))))
    assert {window.id for window in session.scalars(select(RequestWindow))} == before
    session.rollback()


def test_a_workbook_is_read_again_when_it_is_accepted(sqlite_database):
    kept = preview(spoiled())
    with transaction():
        run = service.accept(session.get_one(ImportRun, kept["id"]), None)
        assert run.state == "accepted"
    assert read_here(spoiled()).others == []
    assert find(ActivityRequest, "R-1").title == "Hot case"
    session.rollback()
