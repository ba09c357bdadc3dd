"""The timeline in a real browser: what stands where, in pixels; folding; both directions; the phone."""

import pytest
from playwright.sync_api import Locator, Page, expect

from scheduler.accounts.models import User
from scheduler.accounts.service import find_user
from scheduler.database import session, transaction
from tests.browser.conftest import Visitor
from tests.browser.shown import Shown
from tests.browser.week_of_centre import PASSWORD


def box(node: Locator) -> dict[str, float]:
    found = node.bounding_box()
    assert found is not None
    return dict(found)


def hour(page: Page, day: int, words: str) -> float:
    """Where an hour of a day stands in the axis, in pixels: labels have no width and hang from it."""
    days = page.locator(".tl-day")
    first, last = (
        int(days.nth(day).get_attribute("data-s") or 0),
        int(days.nth(day).get_attribute("data-e") or 0),
    )
    for label in page.locator(".tl-hour:not([hidden])").all():
        if first <= int(label.get_attribute("data-s") or -1) < last and label.inner_text() == words:
            return box(label)["x"]
    raise AssertionError(f"no hour {words} on day {day}")


def bar(page: Page, words: str) -> Locator:
    return page.locator(f'.tl-bar[aria-label^="{words}"]')


def expected_x(page: Page, day: int, at_hour: float) -> float:
    """By the labels of the axis alone: the same time between two of them is the same width."""
    eight, noon = hour(page, day, "08"), hour(page, day, "12")
    return eight + (at_hour - 8) * (noon - eight) / 4


def test_signing_in_leads_to_the_week(visitor: Visitor) -> None:
    page = visitor.page(None)
    page.goto("/week/")
    page.get_by_label("E-mail").fill("researcher@centre.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="My week")).to_be_visible()


def test_bookings_stand_at_their_time_with_setup_and_teardown_joined(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto("/week/")
    run = box(bar(page, "Star tracker ST-4, TV-2"))
    assert run["x"] == pytest.approx(expected_x(page, 0, 10), abs=1)
    assert run["x"] + run["width"] == pytest.approx(expected_x(page, 0, 16), abs=1)
    setup = box(page.locator('.tl-hatch[title^="Setup of Star tracker ST-4"]'))
    assert setup["x"] == pytest.approx(expected_x(page, 0, 8.5), abs=1)
    assert setup["x"] + setup["width"] == pytest.approx(run["x"], abs=0.5)
    row = box(page.get_by_role("group", name="TV-2 Thermal vacuum 2"))
    assert row["y"] <= run["y"] and run["y"] + run["height"] <= row["y"] + row["height"]
    assert row["height"] == pytest.approx(26, abs=0.5)


def test_a_bar_that_runs_through_nights_is_drawn_across_them(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto("/week/")
    through = box(bar(page, "Hilal-2 orbiter, thermal balance"))
    assert through["x"] == pytest.approx(box(page.locator(".tl-days"))["x"], abs=1)
    assert through["x"] + through["width"] == pytest.approx(expected_x(page, 3, 15), abs=1)


def test_bookings_at_once_in_one_room_stand_below_each_other(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto("/week/")
    first, second = box(bar(page, "Class of orbital mechanics")), box(bar(page, "Class of survival"))
    assert abs(first["y"] - second["y"]) == pytest.approx(26, abs=0.5)


def test_labels_are_whole_words_that_fit(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto("/week/")
    faults = page.evaluate(
        """() => [...document.querySelectorAll('.tl-bar')].filter((bar) => {
            const label = bar.querySelector('.tl-label > bdi');
            const whole = JSON.parse(bar.dataset.labels).concat('').includes(label.textContent);
            const room = bar.querySelector('.tl-label').getBoundingClientRect();
            return !whole || label.getBoundingClientRect().width > room.width + 1;
        }).map((bar) => bar.getAttribute('aria-label'))"""
    )
    assert faults == []
    assert page.locator(".tl-label > bdi").filter(has_text="Hilal-2 orbiter, thermal balance").count() == 1


def test_a_press_unfolds_a_night_and_a_button_all_of_them(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto("/week/")
    before = box(bar(page, "Star tracker ST-4, TV-2"))["width"]
    rules = page.locator(".tl-rule:visible").count()
    page.get_by_role("button", name="Unfold Mon 20:00 to Tue 07:00").click()
    assert page.locator(".tl-rule:visible").count() == rules - 1
    narrower = box(bar(page, "Star tracker ST-4, TV-2"))["width"]
    assert narrower < before
    nights = page.get_by_role("button", name="Show nights")
    nights.click()
    assert page.locator(".tl-rule:visible").count() == 0
    expect(nights).to_have_attribute("aria-pressed", "true")
    nights.click()
    assert box(bar(page, "Star tracker ST-4, TV-2"))["width"] == pytest.approx(before, abs=0.5)


def test_a_group_folds_away(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto("/week/")
    group = page.get_by_role("button", name="Labs")
    row = page.get_by_role("group", name="L-01 Optics lab")
    expect(row).to_be_visible()
    group.click()
    expect(row).to_be_hidden()
    expect(group).to_have_attribute("aria-expanded", "false")


def test_people_stand_on_their_shifts_with_their_places(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto("/week/")
    page.get_by_role("main").get_by_role("link", name="People", exact=True).click()
    row = page.get_by_role("group", name="Sana Mirza")
    duty = row.locator('.tl-bar[aria-label^="TV-2, Star tracker ST-4"]')
    assert box(duty)["x"] == pytest.approx(expected_x(page, 0, 8.5), abs=1)
    shift = box(row.locator(".tl-shift").first)
    assert shift["x"] <= box(duty)["x"]
    expect(
        page.get_by_role("group", name="Bilal Khan").get_by_role("img", name="Absence: Leave")
    ).to_be_visible()


def test_a_bar_leads_to_its_booking(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto("/week/")
    bar(page, "Star tracker ST-4, TV-2").click()
    expect(page.get_by_role("heading", name="Star tracker ST-4")).to_be_visible()


def test_a_confidential_booking_is_busy_and_leads_nowhere(visitor: Visitor) -> None:
    page = visitor.page("viewer")
    page.goto("/week/")
    busy = (
        page.get_by_role("group", name="L-01 Optics lab")
        .locator('.tl-bar.is-x[aria-label^="Busy, L-01"]')
        .first
    )
    expect(busy).to_be_visible()
    assert busy.get_attribute("href") is None
    assert "Night landing" not in page.content()


def test_in_urdu_time_runs_from_the_right(visitor: Visitor) -> None:
    with transaction():
        user = find_user("manager@centre.example")
        assert isinstance(user, User)
        session.merge(user).language = "ur"
    page = visitor.page()
    page.goto("/week/")
    assert page.evaluate("document.documentElement.dir") == "rtl"
    days = page.locator(".tl-day")
    assert box(days.nth(0))["x"] > box(days.nth(1))["x"] > box(days.nth(2))["x"]
    run = box(bar(page, "Star tracker ST-4, TV-2"))
    assert run["x"] + run["width"] == pytest.approx(expected_x(page, 0, 10), abs=1)
    assert run["x"] == pytest.approx(expected_x(page, 0, 16), abs=1)
    names = box(page.locator(".tl-name").first)
    assert names["x"] > box(page.locator(".tl-days"))["x"]


def test_a_phone_shows_days_instead_of_the_timeline(visitor: Visitor, shown: Shown) -> None:
    page = visitor.page("researcher", "phone")
    page.goto("/week/?by=resource")
    expect(page.locator(".tl")).to_be_hidden()
    expect(page.get_by_role("link", name="Star tracker ST-4")).to_be_visible()
    for target in page.locator(".agenda a:visible").all():
        assert box(target)["height"] >= 44
    page.locator(".agenda__strip a").nth(1).click()
    expect(page.get_by_role("heading", name="Tuesday").first).to_be_in_viewport()


def test_the_desk_offers_the_same_as_a_list(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto("/week/")
    button = page.get_by_role("button", name="As a list")
    button.click()
    expect(page.locator(".tl")).to_be_hidden()
    expect(page.get_by_role("link", name="Star tracker ST-4")).to_be_visible()
    button.click()
    expect(page.locator(".tl")).to_be_visible()


def test_without_script_the_week_is_a_list(visitor: Visitor) -> None:
    context = visitor.chromium.new_context(base_url=visitor.live.address, java_script_enabled=False)
    visitor.contexts.append(context)
    context.add_cookies([{"name": "markaz", "value": visitor.cookie("manager"), "url": visitor.live.address}])
    page = context.new_page()
    page.goto("/week/")
    expect(page.locator(".tl")).to_be_hidden()
    expect(page.get_by_role("link", name="Star tracker ST-4")).to_be_visible()
