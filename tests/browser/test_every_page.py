"""Every page in a real browser: no refusal of the content policy, no error, accessible, never too wide."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Visitor
from tests.browser.shown import SIZES, Shown

PAGES = {
    "sign-in": (None, "/sign-in"),
    "week by facility": ("manager", "/week/?by=resource"),
    "week by person": ("manager", "/week/?by=person"),
    "my week": ("researcher", "/week/?by=mine"),
    "a booking": ("manager", "/week/booking/{booking}"),
    "requests": ("manager", "/requests/?state=all"),
    "a request": ("manager", "/requests/{request}"),
    "asking": ("researcher", "/requests/new"),
    "qualifications": ("manager", "/people/qualifications"),
    # Of people, facilities and calendars the first ones: a fresh database counts from 1.
    "a certificate": ("manager", "/people/qualifications?person=1&qualification=1&stand-ins=yes"),
    "people": ("manager", "/people/"),
    "a person": ("manager", "/people/3"),
    "a person's form": ("manager", "/people/1/edit"),
    "absences": ("manager", "/people/absences"),
    "an absence": ("manager", "/people/1/absence"),
    "duty hours": ("manager", "/people/duty-hours"),
    "no record of one's own": ("researcher", "/people/me"),
    "facilities": ("viewer", "/facilities/"),
    "a facility": ("manager", "/facilities/6"),
    "a facility's form": ("administrator", "/facilities/6/edit"),
    "an outage": ("manager", "/facilities/6/outage"),
    "calendars": ("manager", "/calendars/"),
    "a calendar": ("administrator", "/calendars/1"),
    "weekly hours": ("administrator", "/calendars/1/edit"),
    "other hours": ("administrator", "/calendars/1/hours"),
    "holidays": ("administrator", "/calendars/holidays"),
    "a holiday": ("administrator", "/calendars/holidays/1"),
    "a year of China": ("administrator", "/calendars/holidays/fill?year=2026&country=CN"),
    "plans": ("manager", "/plans/"),
    "a build": ("manager", "/plans/runs/{run}"),
    "a plan": ("manager", "/plans/{plan}"),
    "publishing": ("manager", "/plans/{plan}/publish"),
    "imports": ("administrator", "/import/"),
    "faults": ("administrator", "/import/{faulty}"),
    "a trial run": ("manager", "/import/{good}"),
    "reports": ("administrator", "/reports/"),
    "a refusal": ("viewer", "/plans/"),
}
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
COLOURS = {"type": "rule", "values": ["color-contrast"]}

pages = pytest.mark.parametrize("name", PAGES)


def address(name: str, shown: Shown) -> str:
    return PAGES[name][1].format(
        booking=shown.centre.first_booking_id,
        request=shown.request_id,
        run=shown.run_id,
        plan=shown.plan_id,
        faulty=shown.faulty_import_id,
        good=shown.good_import_id,
    )


@pages
def test_no_rule_of_accessibility_is_broken_in_either_theme(
    visitor: Visitor, shown: Shown, name: str
) -> None:
    # axe is put into the page as a script, which the content policy rightly refuses.
    page = visitor.page(PAGES[name][0], bypass_csp=True)
    page.goto(address(name, shown))
    page.evaluate("document.querySelectorAll('details.mk-fold').forEach(node => { node.open = true; })")
    assert violations(page, RULES) == []
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    assert violations(page, COLOURS) == []


@pages
def test_the_browser_has_nothing_to_complain_about_and_no_page_is_too_wide(
    visitor: Visitor, shown: Shown, name: str
) -> None:
    page = visitor.page(PAGES[name][0])
    page.goto(address(name, shown))
    assert too_wide(page) == 0
    page.set_viewport_size(SIZES["phone"])
    assert too_wide(page) == 0
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert too_wide(page) == 0


def violations(page: Page, rules: dict[str, Any]) -> list[tuple[str, str]]:
    found = Axe().run(page, options={"runOnly": rules}).response["violations"]
    return [
        (each["id"], node["html"][:160])
        for each in found
        for node in each["nodes"]
        # How wide a bar is says how long it lasts; the list of the same page is there to be pressed.
        if not (each["id"] == "target-size" and 'class="tl-bar' in node["html"])
    ]


def too_wide(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    return int(page.evaluate("Math.max(0, document.documentElement.scrollWidth - window.innerWidth)"))
