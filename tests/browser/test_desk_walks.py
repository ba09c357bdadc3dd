"""The everyday desk by pressing what is on the pages: ask, approve, renew, report an outage."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from scheduler.bookings.models import Booking
from scheduler.bookings.proposal import Duty, Proposal
from scheduler.bookings.service import book
from scheduler.calendars.models import Site
from scheduler.database import session, transaction
from scheduler.intervals import Interval
from scheduler.people.models import Person
from scheduler.projects.models import Project
from scheduler.requests.models import ActivityRequest
from scheduler.resources.models import Resource
from tests import centre
from tests.browser.conftest import Visitor
from tests.browser.hands import Hand
from tests.browser.shown import Shown
from tests.browser.week_of_centre import PASSWORD, ZONE

MOST_SECONDS = 60
AMBER = ("rgb(125, 78, 0)", "rgb(240, 185, 88)")
"""`--mk-warn` of the light theme and of the dark one."""


def test_a_researcher_is_through_with_a_request_in_less_than_a_minute(visitor: Visitor) -> None:
    page = visitor.page(None)
    page.goto("/")
    hand = Hand(page)
    hand.write(page.get_by_label("E-mail"), "researcher@centre.example")
    hand.write(page.get_by_label("Password", exact=True), PASSWORD)
    hand.press(page.get_by_role("button", name="Sign in"))
    hand.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Ask for time"))
    hand.write(page.get_by_label("Title"), "Cold start")
    hand.choose(page.get_by_label("Choice 1, facility"), "TV-2")
    hand.write(page.get_by_label("How long"), "2")
    # What fits is asked for when the field is left: pressing what is chosen next leaves it.
    page.get_by_label("How long").blur()
    offers = page.get_by_role("radiogroup", name="Best free slots").get_by_role("radio")
    expect(offers).to_have_count(3)
    hand.press(offers.nth(1))
    ask = page.locator("[data-ask-button]")
    expect(ask).to_contain_text("Ask for ")
    wished = offers.nth(1).get_attribute("data-short")
    assert wished is not None
    expect(ask).to_have_text(f"Ask for {wished}")
    hand.press(ask)
    expect(page.get_by_role("status")).to_contain_text("is asked for")
    hand.tell("sign in and ask for time")
    assert hand.presses <= 12
    assert hand.seconds < MOST_SECONDS
    asked = session.scalars(select(ActivityRequest).where(ActivityRequest.title == "Cold start")).one()
    assert asked.state == "submitted" and asked.preferred_from is not None
    session.rollback()


def test_a_kind_of_work_that_is_known_takes_less_still(visitor: Visitor) -> None:
    page = visitor.page("researcher")
    page.goto("/requests/new")
    hand = Hand(page)
    hand.choose(page.get_by_label("Kind of work"), "Leak test")
    expect(page.get_by_label("How long")).to_have_value("2")
    hand.press(page.locator("[data-ask-button]"))
    expect(page.get_by_role("status")).to_contain_text("is asked for")
    hand.tell("ask for a known kind of work")
    assert hand.presses <= 3


def ask_ten(shown: Shown) -> None:
    with transaction():
        project = session.scalars(select(Project).where(Project.code == "BDR")).one()
        chamber = session.scalars(select(Resource).where(Resource.code == "TV-2")).one()
        for number in range(10):
            centre.make_request(
                project, chamber, code=f"BDR-{number:04d}", state="submitted", title=f"Ask {number}",
                earliest_at=shown.coming.start, latest_at=shown.coming.end,
            )  # fmt: skip


def test_a_manager_approves_ten_requests_at_once(visitor: Visitor, shown: Shown) -> None:
    ask_ten(shown)
    page = visitor.page()
    page.goto("/week/")
    hand = Hand(page)
    hand.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Requests"))
    hand.write(page.get_by_label("Title, code, project or person"), "Ask")
    hand.press(page.get_by_role("button", name="Find"))
    expect(page.locator('input[name="request"]')).to_have_count(10)
    hand.press(page.get_by_label("Tick all on this page"))
    expect(page.get_by_text("10 ticked")).to_be_visible()
    hand.press(page.get_by_role("button", name="Approve 10"))
    expect(page.get_by_role("status")).to_contain_text("Approved 10 requests.")
    hand.tell("approve ten")
    assert hand.presses <= 6
    states = session.scalars(select(ActivityRequest.state).where(ActivityRequest.title.like("Ask %")))
    assert list(states) == ["approved"] * 10
    session.rollback()


def in_coming_week(shown: Shown, day: int, start: float, end: float) -> Interval:
    local = shown.coming.start.astimezone(ZoneInfo(ZONE))
    return Interval(*(local + timedelta(days=day, hours=hour) for hour in (start, end)))


def book_for(shown: Shown, code: str, days: dict[str, int], *, with_person: bool = False) -> None:
    """Bookings of the coming week, one a day, by title; with Sana Mirza on duty, or nobody."""
    with transaction(reason="booked in a test"):
        site = session.get_one(Site, shown.centre.site_id)
        person = session.scalars(select(Person).order_by(Person.id)).first()
        chamber = session.scalars(select(Resource).where(Resource.code == code)).one()
        assert person is not None
        duty = Duty(person, person.qualifications[0].qualification, "all")
        for title, day in days.items():
            book(
                Proposal(
                    site=site, title=title, resources=(chamber,), run=in_coming_week(shown, day, 9, 15),
                    project=session.scalars(select(Project).where(Project.code == "BDR")).one(),
                    duties=(duty,) if with_person else (),
                )
            )  # fmt: skip


def bar(page: Page, words: str) -> Locator:
    return page.locator(f'.tl-bar[aria-label^="{words}"]').first


def is_amber(node: Locator) -> bool:
    shadow = node.locator(".tl-bar__face").evaluate("node => getComputedStyle(node).boxShadow")
    return any(colour in shadow for colour in AMBER)


def week_page(shown: Shown) -> str:
    return f"/week/?by=resource&week={shown.week_asked_for}"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_certificate_that_lapses_in_mid_week_turns_what_comes_after_it_amber(
    visitor: Visitor, shown: Shown, dark: bool
) -> None:
    book_for(shown, "TV-2", {"Mon run": 0, "Tue run": 1, "Wed run": 2, "Fri run": 4}, with_person=True)
    tuesday = in_coming_week(shown, 1, 0, 1).start.astimezone(ZoneInfo(ZONE)).date()
    page = visitor.page(dark=dark)
    page.goto(week_page(shown))
    assert not any(is_amber(bar(page, f"{day} run")) for day in ("Mon", "Tue", "Wed", "Fri"))

    hand = Hand(page)
    hand.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="People"))
    hand.press(page.get_by_role("row", name="Sana Mirza").get_by_role("link", name="valid until"))
    hand.write(page.get_by_label("Valid until"), tuesday.isoformat())
    hand.press(page.get_by_role("button", name="Renew"))
    expect(page.get_by_text("2 bookings lose their person", exact=True)).to_be_visible()
    hand.tell("let a certificate lapse")

    page.goto(week_page(shown))
    for day, words in (("Mon", False), ("Tue", False), ("Wed", True), ("Fri", True)):
        node = bar(page, f"{day} run")
        assert is_amber(node) is words, day
        assert ("needs repair" in (node.get_attribute("aria-label") or "")) is words, day
        assert node.locator(".tl-mark.is-warn:visible").count() == words, day


def test_an_outage_lists_who_is_hit_and_moves_them_to_needs_repair(visitor: Visitor, shown: Shown) -> None:
    book_for(shown, "TV-2", {"Wed run": 2, "Thu run": 3}, with_person=True)
    book_for(shown, "BO-1", {"Oven run": 3})
    wednesday, friday = (in_coming_week(shown, day, 8, 9).start for day in (2, 4))
    page = visitor.page()
    page.goto("/week/")
    hand = Hand(page)
    hand.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Facilities"))
    hand.press(page.get_by_role("link", name="TV-2", exact=True))
    hand.press(page.get_by_role("link", name="Report an outage"))
    hand.write(page.get_by_label("From"), written(wednesday))
    hand.write(page.get_by_label("Until", exact=True), written(friday))
    hand.write(page.get_by_label("Reason"), "Pump failure")
    hand.press(page.get_by_role("button", name="Show what it hits"))
    hits = page.get_by_label("What it hits")
    expect(hits).to_contain_text("2 bookings are hit")
    for words in ("Wed run", "Thu run", "Told of it: Sana Mirza"):
        expect(hits).to_contain_text(words)
    expect(hits).not_to_contain_text("Oven run")
    assert states() == {"Wed run": "booked", "Thu run": "booked", "Oven run": "booked"}
    hand.press(page.get_by_role("button", name="Report it"))
    expect(page.get_by_role("status")).to_contain_text("The outage of TV-2 is reported.")
    expect(page.get_by_text("2 need repair")).to_be_visible()
    hand.tell("report an outage")
    assert hand.seconds < MOST_SECONDS
    assert states() == {"Wed run": "needs repair", "Thu run": "needs repair", "Oven run": "booked"}
    page.goto(week_page(shown))
    assert is_amber(bar(page, "Wed run")) and is_amber(bar(page, "Thu run"))
    assert not is_amber(bar(page, "Oven run"))
    bar(page, "Wed run").click()
    expect(page.locator(".mk-tag", has_text="needs repair")).to_be_visible()


def written(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M}"


def states() -> dict[str, str]:
    named = Booking.title.in_(("Wed run", "Thu run", "Oven run"))
    found = {row.title: row.state for row in session.scalars(select(Booking).where(named))}
    session.rollback()
    return found
