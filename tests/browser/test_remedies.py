"""A manager sees what would place what is left out, tries it, and publishes what came of it."""

import re

from playwright.sync_api import expect
from sqlalchemy import select

from scheduler.database import session, transaction, utc_now
from scheduler.plans import queries, remedies
from scheduler.requests.models import ActivityRequest
from tests.browser.conftest import Visitor
from tests.browser.shown import Shown


def never() -> bool:
    return False


def forget(plan_id: int) -> None:
    """As if nobody had looked yet."""
    with transaction():
        plan = queries.get_plan(plan_id)
        plan.solution = {name: kept for name, kept in (plan.solution or {}).items() if name != remedies.KEY}


def test_a_remedy_is_tried_and_its_draft_published(visitor: Visitor, shown: Shown) -> None:
    page = visitor.page()
    page.goto(f"/plans/{shown.leaving_plan_id}")
    row = page.get_by_role("row").filter(has_text="Star tracker, hot case")
    expect(row).to_contain_text("costs nobody anything · changes the request")
    row.get_by_text(re.compile(r"^\d more$")).click()
    row.get_by_role("button", name=re.compile("^Try Let it end by")).click()
    expect(page.get_by_role("heading", name="What differs from plan")).to_be_visible()
    differs = page.get_by_role("region", name="What differs").get_by_role("row")
    expect(differs.nth(1)).to_contain_text(re.compile(r"placed.*B-3.*Star tracker, hot case", re.DOTALL))
    asked = session.scalars(select(ActivityRequest).where(ActivityRequest.code == "B-3")).one()
    assert asked.revision == 2
    page.get_by_role("link", name="Publish…").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text(re.compile(r"Plan \d+ is published: 3 bookings"))).to_be_visible()


def test_the_page_follows_the_search_and_moves_nothing_that_is_in_use(visitor: Visitor, shown: Shown) -> None:
    forget(shown.leaving_plan_id)
    page = visitor.page()
    page.goto(f"/plans/{shown.leaving_plan_id}")
    expect(page.get_by_text("0 of 3 looked into.")).to_be_visible()
    page.get_by_role("button", name="Look for what would place them").click()
    expect(page.get_by_role("status").filter(has_text="Looking for what would place them")).to_be_visible()
    page.locator("[data-not-placed] tbody").hover()
    remedies.look_for(shown.leaving_plan_id, stop=never)
    session.rollback()
    assert not remedies.is_looking(queries.get_plan(shown.leaving_plan_id), utc_now())
    news = page.get_by_role("button", name="Show what was found")
    expect(news).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Try"))).to_have_count(0)
    news.click()
    expect(page.get_by_role("button", name=re.compile("^Try")).first).to_be_visible()
    expect(page.get_by_text("Each way to place one was tried out.")).to_be_visible()


def test_what_is_found_shows_by_itself_where_nobody_is_at_it(visitor: Visitor, shown: Shown) -> None:
    forget(shown.leaving_plan_id)
    with transaction():
        remedies.announce(queries.get_plan(shown.leaving_plan_id), utc_now())
    page = visitor.page()
    page.goto(f"/plans/{shown.leaving_plan_id}")
    expect(page.get_by_text("0 of 3 looked into.")).to_be_visible()
    remedies.look_for(shown.leaving_plan_id, stop=never)
    expect(page.get_by_role("button", name=re.compile("^Try")).first).to_be_visible()
