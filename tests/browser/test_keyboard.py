"""The same walks with the keyboard alone: every step can be reached, and seen where it is."""

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from scheduler.bookings.models import Booking
from scheduler.database import session
from scheduler.requests.models import ActivityRequest
from tests.browser.conftest import Visitor
from tests.browser.hands import Fingers
from tests.browser.shown import Shown
from tests.browser.test_desk_walks import ask_ten, book_for, in_coming_week, states, written
from tests.browser.week_of_centre import PASSWORD


def main_link(page: Page, words: str) -> Locator:
    return page.get_by_role("navigation", name="Main").get_by_role("link", name=words)


def test_time_is_asked_for(visitor: Visitor) -> None:
    page = visitor.page(None)
    page.goto("/")
    fingers = Fingers(page)
    # The form begins in its first field.
    expect(page.get_by_label("E-mail")).to_be_focused()
    fingers.write("researcher@centre.example")
    fingers.go(page.get_by_label("Password", exact=True), most=1)
    fingers.write(PASSWORD)
    fingers.key("Enter")
    expect(page.get_by_role("heading", name="My week")).to_be_visible()
    fingers.enter(main_link(page, "Ask for time"))
    expect(page.get_by_role("heading", name="Ask for time")).to_be_visible()
    fingers.skip()
    fingers.go(page.get_by_label("Title"))
    fingers.write("Cold start")
    place = page.get_by_label("Choice 1, facility")
    fingers.go(place)
    page.keyboard.type("TV-2")
    expect(place.locator("option:checked")).to_contain_text("TV-2")
    fingers.go(page.get_by_label("How long"))
    fingers.write("2")
    fingers.key("Tab")
    offers = page.get_by_role("radiogroup", name="Best free slots").get_by_role("radio")
    expect(offers).to_have_count(3)
    fingers.go(offers.first, most=60)
    fingers.key("ArrowDown")
    expect(offers.nth(1)).to_be_checked()
    ask = page.locator("[data-ask-button]")
    expect(ask).to_contain_text("Ask for ")
    fingers.go(ask, most=4, back=True)
    fingers.key("Enter")
    expect(page.get_by_role("status")).to_contain_text("is asked for")
    asked = session.scalars(select(ActivityRequest).where(ActivityRequest.title == "Cold start")).one()
    assert asked.state == "submitted" and asked.preferred_from is not None
    session.rollback()


def test_ten_requests_are_approved(visitor: Visitor, shown: Shown) -> None:
    ask_ten(shown)
    page = visitor.page()
    page.goto("/requests/?state=submitted&q=Ask")
    fingers = Fingers(page)
    fingers.skip()
    tick = page.get_by_label("Tick all on this page")
    fingers.go(tick)
    fingers.key("Space")
    expect(tick).to_be_checked()
    fingers.enter(page.get_by_role("button", name="Approve 10"))
    expect(page.get_by_role("status")).to_contain_text("Approved 10 requests.")


def test_something_is_booked_by_hand_and_undone(visitor: Visitor, shown: Shown) -> None:
    run = in_coming_week(shown, 1, 9, 11)
    page = visitor.page()
    page.goto("/week/")
    fingers = Fingers(page)
    fingers.skip()
    fingers.enter(page.get_by_role("link", name="New booking"))
    expect(page.get_by_role("heading", name="New booking")).to_be_visible()
    fingers.skip()
    fingers.go(page.get_by_label("Title"))
    fingers.write("Beam scan by hand")
    fingers.go(page.get_by_label("Facility", exact=True))
    page.keyboard.type("L-02")
    fingers.go(page.get_by_label("Starts", exact=True))
    fingers.write(written(run.start))
    fingers.go(page.get_by_label("Ends", exact=True))
    fingers.write(written(run.end))
    fingers.key("Enter")
    expect(page.get_by_role("status")).to_contain_text("Beam scan by hand is booked.")
    session.rollback()
    booking = session.scalars(select(Booking).where(Booking.title == "Beam scan by hand")).one()
    assert (booking.run, [one.code for one in booking.resources]) == (run, ["L-02"])
    session.rollback()
    # The answer to a form that was sent from the content begins there too.
    fingers.enter(page.get_by_role("button", name="Undo"))
    expect(page.get_by_role("status")).to_contain_text("Undone")


def test_an_outage_is_reported(visitor: Visitor, shown: Shown) -> None:
    book_for(shown, "TV-2", {"Wed run": 2, "Thu run": 3})
    book_for(shown, "BO-1", {"Oven run": 3})
    starts, ends = (in_coming_week(shown, day, 8, 9).start for day in (2, 4))
    page = visitor.page()
    page.goto("/facilities/2")
    fingers = Fingers(page)
    fingers.skip()
    fingers.enter(page.get_by_role("link", name="Report an outage"))
    expect(page.get_by_role("heading", name="An outage of TV-2")).to_be_visible()
    fingers.skip()
    fingers.go(page.get_by_label("From"))
    fingers.write(written(starts))
    fingers.go(page.get_by_label("Until", exact=True), most=1)
    fingers.write(written(ends))
    fingers.enter(page.get_by_role("button", name="Show what it hits"))
    expect(page.get_by_label("What it hits")).to_contain_text("2 bookings are hit")
    fingers.enter(page.get_by_role("button", name="Report it"))
    expect(page.get_by_role("status")).to_contain_text("The outage of TV-2 is reported.")
    assert states() == {"Wed run": "needs repair", "Thu run": "needs repair", "Oven run": "booked"}


def test_a_booking_of_the_week_is_reached_and_opened(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto("/week/?by=resource")
    fingers = Fingers(page)
    fingers.skip()
    booking = page.locator('.tl-bar[aria-label^="Star tracker ST-4"]')
    fingers.enter(booking)
    expect(page.get_by_role("heading", name="Star tracker ST-4")).to_be_visible()


def test_a_menu_opens_and_closes(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto("/requests/")
    fingers = Fingers(page)
    fingers.enter(page.locator(".mk-me summary"))
    account = page.get_by_role("link", name="Your account")
    expect(account).to_be_visible()
    fingers.go(account, most=1)
    fingers.key("Escape")
    expect(account).to_be_hidden()
