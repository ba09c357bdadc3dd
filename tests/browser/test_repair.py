"""From an outage to a week in order again, by pressing what is on the pages."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from scheduler.bookings import hits
from scheduler.bookings.models import Booking
from scheduler.calendars.queries import the_site
from scheduler.calendars.service import zone_of
from scheduler.database import session, transaction
from scheduler.plans import queries, service
from scheduler.resources.models import Resource
from tests.browser.conftest import Visitor
from tests.browser.shown import SIZES, Shown
from tests.browser.test_every_page import COLOURS, RULES, too_wide, violations


def amber(page: Page, week: str) -> int:
    """Bars on the timeline of a week that need repair."""
    page.goto(f"/week/?week={week}&by=resource")
    expect(page.locator(".tl-bar").first).to_be_visible()
    return page.get_by_role("link", name=re.compile("needs repair")).count()


def test_an_outage_is_reported_and_its_week_repaired(visitor: Visitor, shown: Shown) -> None:
    hits.listen()
    with transaction():
        service.publish(queries.get_plan(shown.plan_id))
    chamber = session.scalars(select(Resource).where(Resource.code == "SH-1")).one()
    hit = next(
        booking
        for booking in session.scalars(select(Booking).order_by(Booking.starts_at))
        if booking.starts_at > shown.coming.start and chamber.id in {row.id for row in booking.resources}
    )
    zone = zone_of(the_site())
    first = (hit.occupied_from - timedelta(minutes=30)).astimezone(zone)
    last = (hit.occupied_until + timedelta(minutes=30)).astimezone(zone)
    chamber_id, week = chamber.id, shown.week_asked_for
    session.rollback()

    page = visitor.page(bypass_csp=True)
    assert amber(page, week) == 0
    page.goto(f"/facilities/{chamber_id}/outage")
    page.get_by_label("From").fill(f"{first:%Y-%m-%d %H:%M}")
    page.get_by_label("Until", exact=True).fill(f"{last:%Y-%m-%d %H:%M}")
    page.get_by_role("button", name="Report it").click()
    assert amber(page, week) >= 1
    page.goto(f"/facilities/{chamber_id}")
    page.get_by_role("link", name="Find the repair").click()
    expect(page.get_by_role("region", name="Needs repair")).to_contain_text("SH-1 is out until")

    page.get_by_role("button", name="Find the repair").click()
    expect(page.get_by_role("region", name="Changes")).to_contain_text("SH-1 is out until")
    expect(page.get_by_text("Nothing changes until you publish it.")).to_be_visible()
    assert violations(page, RULES) == []
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    assert violations(page, COLOURS) == []
    page.set_viewport_size(SIZES["phone"])
    assert too_wide(page) == 0
    page.set_viewport_size(SIZES["desk"])
    assert session.scalars(select(Booking).where(Booking.state == "needs repair")).first() is not None
    session.rollback()

    page.get_by_role("button", name="Publish the repair").click()
    expect(page.get_by_role("status")).to_contain_text("is repaired")
    assert amber(page, week) == 0
    expect(page.locator("[data-needs-repair]")).to_have_count(0)
