"""From a workbook to bookings, and from requests to a published week, by pressing what is on the pages."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from scheduler.bookings.models import Booking
from scheduler.calendars.queries import the_site
from scheduler.database import session, transaction
from scheduler.plans import ledger, queries
from scheduler.plans.ledger import Pace
from scheduler.plans.models import SolveRun
from scheduler.plans.solving import solve_run
from scheduler.requests.models import Alternative, AlternativeResource, RequestNeed
from scheduler.resources.models import Resource
from tests import centre
from tests.browser.conftest import Visitor
from tests.browser.shown import Shown
from tests.excel import workbooks

QUICK = Pace(lease_seconds=20.0, heartbeat_seconds=0.2, listen_seconds=0.1, store_seconds=0.2)
LIMIT_SECONDS = 300


def send(page: Page, path: Path) -> None:
    page.goto("/import/")
    page.get_by_label("Workbook (.xlsx").set_input_files(path)
    page.get_by_role("button", name="Try it").click()


def test_a_faulty_workbook_is_mended_and_imported(visitor: Visitor, tmp_path: Path) -> None:
    good = workbooks.good_centre()
    # New things only: the centre that is there stays as it is.
    rows = {
        "Resources": [{"Code": "SIM-9", "Name": "Docking simulator", "Kind": "trainer"}],
        "Projects": [{"Code": "SHN", "Name": "Shaheen crew", "Kind": "training"}],
        "Requests": [good["Requests"][2] | {"Code": "R-800", "Exclusive group": None, "Participants": None}],
        "Alternatives": [{"Request": "R-800", "Number": 1, "Resources": "SIM-9"}],
    }
    path = tmp_path / "centre.xlsx"
    page = visitor.page("administrator")

    path.write_bytes(workbooks.spoiled(workbooks.put("Requests", 2, "Wish min", "six hours"), rows=rows))
    send(page, path)
    expect(page.get_by_role("alert")).to_contain_text("1 fault, so nothing can be imported yet.")
    fault = page.locator(".mk-cell").first
    expect(fault).to_contain_text("six hours")
    expect(page.get_by_role("button", name="Accept all")).to_have_count(0)

    path.write_bytes(workbooks.spoiled(rows=rows))
    send(page, path)
    expect(page.get_by_text("Nothing has been changed yet.")).to_be_visible()
    page.get_by_role("button", name="Accept all").click()
    expect(page.get_by_text("All of it is imported.")).to_be_visible()
    page.goto("/week/?by=resource")
    expect(page.get_by_role("group", name="SIM-9 Docking simulator")).to_be_attached()


@contextmanager
def a_worker() -> Iterator[None]:
    """A worker of this process: takes what waits, one after the other."""
    over = threading.Event()

    def work() -> None:
        try:
            while not over.wait(0.1):
                for run_id in ledger.waiting():
                    session.rollback()
                    solve_run(run_id, "worker of the test", stop=over.is_set, pace=QUICK)
                session.remove()
        finally:
            session.remove()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(30)
        assert not thread.is_alive()


def ask_for_too_much(shown: Shown) -> None:
    """More than the week holds, each in several ways: no search is through with it in a moment."""
    with transaction():
        site = the_site()
        resources = session.scalars(select(Resource).order_by(Resource.id)).all()[1:8]
        project = centre.make_project(site, "HRD")
        operator = centre.make_qualification(site, "crew chief")
        for number in range(1, 4):
            centre.make_person(site, f"C-{number}", f"Chief {number}", (operator,), most_minutes_week=1800)
        for number in range(90):
            asked = centre.make_request(
                project,
                code=f"H-{number:03d}",
                minutes=75 + 45 * (number % 7),
                title=f"Hard run {number}",
                value=100 + (number * 37) % 90,
                setup_minutes=15 * (number % 3),
                earliest_at=shown.coming.start,
                latest_at=shown.coming.end - timedelta(days=number % 3),
            )
            for way in range(1, 4):
                resource = resources[(number * way + way) % len(resources)]
                asked.alternatives.append(
                    Alternative(number=way, penalty=way, uses=[AlternativeResource(resource=resource)])
                )
            if number % 2:
                asked.needs.append(RequestNeed(qualification=operator, count=1, phase="all"))


@pytest.mark.timeout(120)
def test_a_week_is_built_stopped_and_published(visitor: Visitor, shown: Shown) -> None:
    ask_for_too_much(shown)
    page = visitor.page()
    page.goto("/plans/")
    page.get_by_label("For", exact=True).select_option(shown.week_asked_for)
    page.get_by_label("At most").select_option(str(LIMIT_SECONDS))
    page.get_by_role("button", name="Build").click()
    expect(page.locator("[data-state]")).to_have_text("Waiting for a worker")

    with a_worker():
        expect(page.locator("[data-state]")).to_have_text("Improving", timeout=20_000)
        expect(page.locator(".mk-c-best")).to_be_attached(timeout=30_000)
        expect(page.locator("[data-curve]")).to_have_attribute("aria-label", re.compile(r"^Best plan [\d,]+"))
        page.get_by_role("button", name="Stop, keep the best").click()
        expect(page.get_by_role("link", name="See what is placed")).to_be_visible(timeout=30_000)

    session.rollback()
    run = session.scalars(select(SolveRun).order_by(SolveRun.id.desc())).first()
    assert run is not None and run.state == "done" and run.cancel_requested
    assert queries.progress(run)["seconds"] < LIMIT_SECONDS / 2
    session.rollback()

    page.get_by_role("link", name="See what is placed").click()
    expect(page.get_by_role("heading", name="Not placed")).to_be_visible()
    expect(page.get_by_text("Endless soak").first).to_be_visible()
    before = len(session.scalars(select(Booking)).all())
    session.rollback()
    page.get_by_role("link", name="Publish…").click()
    expect(page.get_by_text("Checked independently: 0 clashes.")).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status")).to_contain_text("is published")
    expect(page.locator(".tl-bar").first).to_be_visible()
    after = len(session.scalars(select(Booking)).all())
    session.rollback()
    assert after - before >= 60


def test_a_plan_that_no_longer_fits_is_not_published(visitor: Visitor, shown: Shown) -> None:
    page = visitor.page()
    page.goto(f"/plans/{shown.plan_id}/publish")
    with transaction():
        session.scalars(select(Resource).where(Resource.code == "TV-2")).one().teardown_minutes = 20
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", name="no longer fits")).to_be_visible()
    expect(page.get_by_role("button", name="Build again")).to_be_visible()


def test_a_build_is_followed_by_asking_where_events_do_not_come_through(
    visitor: Visitor, shown: Shown
) -> None:
    page = visitor.page()
    page.route("**/events", lambda route: route.fulfill(status=503, body="busy"))
    page.goto("/plans/")
    page.get_by_label("For", exact=True).select_option(shown.week_asked_for)
    page.get_by_role("button", name="Build").click()
    expect(page.locator("[data-state]")).to_have_text("Waiting for a worker")
    with a_worker():
        expect(page.get_by_role("link", name="See what is placed")).to_be_visible(timeout=30_000)
    # The refused stream is what the browser says about it, and all that it says.
    assert all("503" in complaint for complaint in visitor.complaints)
    visitor.complaints.clear()


def test_a_workbook_is_downloaded_from_the_reports(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto("/reports/")
    with page.expect_download() as begun:
        page.get_by_role("button", name="Weekly workbook").click()
    name = begun.value.suggested_filename
    assert name.startswith("NSC week ") and name.endswith(".xlsx")
