"""Facts for the workbooks: what is loaded, what is hidden, and in how many statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import event

from scheduler.bookings.service import Duty, Proposal, book
from scheduler.calendars.queries import the_site
from scheduler.database import engine, session, transaction
from scheduler.intervals import Interval
from scheduler.reports.queries import utilisation_facts
from scheduler.reports.week_facts import week_facts
from scheduler.reports.workbook_utilisation import write_utilisation
from scheduler.requests.models import RequestWindow
from scheduler.resources.models import Changeover
from tests.centre import (
    at,
    make_calendar,
    make_person,
    make_project,
    make_qualification,
    make_request,
    make_resource,
    make_site,
    make_user,
    span,
)

WEEK = Interval(at(0, 0), at(7, 0))


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.lstrip().upper().startswith("SELECT"):
            statements.append(statement)

    event.listen(engine(), "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine(), "before_cursor_execute", note)


def book_some(count: int) -> None:
    """So many bookings of as many resources, people and projects."""
    site = make_site()
    qualification = make_qualification(site)
    for number in range(count):
        calendar = make_calendar(site, f"C-{number}")
        resource = make_resource(site, f"TV-{number}", calendar=calendar)
        person = make_person(site, f"P-{number}", holds=(qualification,))
        project = make_project(site, f"PR{number}")
        asked = make_request(project, resource, code=f"R-{number}")
        asked.windows.append(RequestWindow(starts_at=at(0, 8), ends_at=at(4, 18)))
        session.flush()
        book(
            Proposal(
                site,
                "Run",
                (resource,),
                span(0, 9, 11),
                activity_request=asked,
                project=project,
                duties=(Duty(person, qualification, "run"),),
            )
        )


@pytest.mark.parametrize(
    "facts", [utilisation_facts, lambda *args: week_facts(*args, None)], ids=["month", "week"]
)
def test_the_number_of_statements_does_not_grow(sqlite_database, facts):
    counts = []
    for bookings in (1, 12):
        with transaction():
            for table in reversed(list(_tables())):
                session.execute(table.delete())
            book_some(bookings)
        session.rollback()
        with counted() as statements:
            facts(the_site(), WEEK, None)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 22


def _tables():
    from scheduler.database import Base

    skipped = {"audit"}
    return [table for table in Base.metadata.sorted_tables if table.name not in skipped]


def test_figures_come_from_holds_on_both_databases(any_database):
    with transaction():
        site = make_site()
        resource = make_resource(site, calendar=make_calendar(site))
        resource.changeovers.append(Changeover(from_configuration="A", to_configuration="C", minutes=60))
        resource.configuration = "A"
        book(Proposal(site, "Run", (resource,), span(1, 10, 12), setup_minutes=30, configuration="C"))
    found = utilisation_facts(the_site(), WEEK, None).figures.all
    assert (found.available, found.productive, found.setup, found.changeover) == (3000, 120, 30, 60)
    assert found.outside == 0


def test_a_changeover_in_the_span_counts_though_its_booking_begins_after_it(sqlite_database):
    with transaction():
        site = make_site()
        resource = make_resource(site)
        resource.changeovers.append(Changeover(from_configuration="A", to_configuration="C", minutes=120))
        resource.configuration = "A"
        book(Proposal(site, "Run", (resource,), span(7, 1, 3), configuration="C"))
    found = utilisation_facts(the_site(), WEEK, None).figures.all
    assert (found.changeover, found.productive) == (60, 0)


def test_the_parts_of_a_booked_whole_are_held_but_not_asked_for(sqlite_database):
    with transaction():
        site = make_site()
        hall = make_resource(site, "HALL")
        make_resource(site, "BAY-1", whole=hall)
        book(Proposal(site, "Run", (hall,), span(1, 10, 12)))
    stays = utilisation_facts(the_site(), WEEK, None).figures.stays
    assert {(one.facts.facility, one.facts.as_part_of) for one in stays} == {("HALL", ""), ("BAY-1", "HALL")}


@pytest.mark.parametrize(
    ("retired_at", "hours"),
    [(at(-1, 0), None), (at(2, 0), 48), (at(7, 0), 168)],
    ids=["before", "in", "after"],
)
def test_a_retired_facility_is_closed_from_then_on(sqlite_database, retired_at, hours):
    with transaction():
        make_resource(make_site(), retired_at=retired_at)
    facilities = utilisation_facts(the_site(), WEEK, None).figures
    if hours is None:
        assert facilities.facilities == ()
    else:
        assert facilities.of_facility("TV-1").available == hours * 60


def test_cancelled_bookings_count_nowhere(sqlite_database):
    from scheduler.bookings.service import cancel

    with transaction():
        site = make_site()
        cancel(book(Proposal(site, "Run", (make_resource(site),), span(1, 10, 12))), "not needed")
    assert utilisation_facts(the_site(), WEEK, None).figures.all.booked == 0


def test_figures_of_a_confidential_project_count_without_its_name(sqlite_database):
    with transaction():
        site = make_site()
        resource, project = make_resource(site), make_project(site, "ION", is_confidential=True)
        asked = make_request(project, resource, title="Secret firing")
        book(
            Proposal(site, asked.title, (resource,), span(1, 10, 12), activity_request=asked, project=project)
        )
        researcher, manager = make_user("researcher"), make_user("manager")
    partial = utilisation_facts(the_site(), WEEK, researcher)
    full = utilisation_facts(the_site(), WEEK, manager)
    assert partial.figures.all == full.figures.all
    assert "ION" not in str(partial) and "Secret" not in str(partial)
    assert "ION" in str(full) and "Secret" in str(full)


def test_demand_is_narrowed_by_windows(sqlite_database):
    with transaction():
        site = make_site()
        resource, project = make_resource(site), make_project(site)
        wide = make_request(project, resource, code="W", latest_at=at(9, 0))
        wide.windows.append(RequestWindow(starts_at=at(1, 8), ends_at=at(2, 18)))
        make_request(project, resource, code="X", latest_at=at(9, 0))
        make_request(project, resource, code="D", state="declined")
    demand = utilisation_facts(the_site(), WEEK, None).demand
    assert [(item.facts.code, item.unmet) for item in demand] == [("W", 120), ("X", None)]


def test_an_empty_centre_gives_a_workbook_all_the_same(sqlite_database):
    with transaction():
        make_site()
    stream = BytesIO()
    write_utilisation(the_site(), Interval(at(0, 0), at(0, 0) + timedelta(days=40)), stream)
    workbook = load_workbook(stream)
    assert workbook["Bookings"]["A6"].value == "Nothing is booked in this time."


def test_requests_that_came_after_the_plan_are_left_over_with_what_to_do(sqlite_database):
    with transaction():
        site = make_site()
        resource, project = make_resource(site), make_project(site)
        make_request(project, resource, code="IN")
        make_request(project, resource, code="OVER", latest_at=at(9, 0))
        make_request(project, resource, code="WAITS", state="submitted")
    (left,) = week_facts(the_site(), WEEK, None, None).left_over
    assert (left.code, left.reason) == ("IN", "No plan is published for these days.")
    assert left.remedy == "Build the week and publish it."
