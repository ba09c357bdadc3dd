"""Every page in a real browser: no refusal of the content policy, no error, accessible, never too wide."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, Visitor
from tests.browser.shown import SIZES, Shown

PAGES = {
    "sign-in": (None, "/sign-in"),
    "week by facility": ("manager", "/week/?by=resource"),
    "week by person": ("manager", "/week/?by=person"),
    "my week": ("researcher", "/week/?by=mine"),
    "a booking": ("manager", "/week/booking/{booking}"),
    "booking by hand": ("manager", "/week/new"),
    "moving a booking": ("manager", "/week/booking/{booking}/change"),
    "requests": ("manager", "/requests/?state=all"),
    "requests that wait": ("manager", "/requests/"),
    "my requests, with an offer": ("researcher", "/requests/"),
    "a request": ("manager", "/requests/{request}"),
    "a request that waits": ("manager", "/requests/{waiting}"),
    "a request with an offer": ("researcher", "/requests/{declined}"),
    "asking": ("researcher", "/requests/new"),
    "asking from a template": ("researcher", "/requests/new?template=1"),
    "changing a request": ("researcher", "/requests/{waiting}/edit"),
    "kinds of work": ("manager", "/requests/templates"),
    "projects": ("manager", "/projects/"),
    "a project to be": ("manager", "/projects/new"),
    "a project": ("manager", "/projects/{project}"),
    "a project's form": ("manager", "/projects/{project}/edit"),
    "qualifications": ("manager", "/people/qualifications"),
    # Of people, facilities and calendars the first ones: a fresh database counts from 1.
    "a certificate": ("manager", "/people/qualifications?person=1&qualification=1&stand-ins=yes"),
    "people": ("manager", "/people/"),
    "a person": ("manager", "/people/3"),
    "a person to be": ("manager", "/people/new"),
    "a person's form": ("manager", "/people/1/edit"),
    "absences": ("manager", "/people/absences"),
    "shifts": ("manager", "/people/shifts"),
    "list of qualifications": ("manager", "/people/lists/qualifications"),
    "list of organisations": ("manager", "/people/lists/organisations"),
    "an absence": ("manager", "/people/1/absence"),
    "duty hours": ("manager", "/people/duty-hours"),
    "no record of one's own": ("researcher", "/people/me"),
    "facilities": ("viewer", "/facilities/"),
    "a facility": ("manager", "/facilities/6"),
    "a facility to be": ("manager", "/facilities/new"),
    "a facility's form": ("administrator", "/facilities/6/edit"),
    "an outage": ("manager", "/facilities/6/outage"),
    "calendars": ("manager", "/calendars/"),
    "a calendar": ("administrator", "/calendars/1"),
    "a calendar to be": ("manager", "/calendars/new"),
    "weekly hours": ("administrator", "/calendars/1/edit"),
    "other hours": ("administrator", "/calendars/1/hours"),
    "hours of some days": ("administrator", "/calendars/hours/{overlay}"),
    "holidays": ("administrator", "/calendars/holidays"),
    "a holiday": ("administrator", "/calendars/holidays/1"),
    "a year of China": ("administrator", "/calendars/holidays/fill?year=2026&country=CN"),
    "plans": ("manager", "/plans/"),
    "a build": ("manager", "/plans/runs/{run}"),
    "a plan": ("manager", "/plans/{plan}"),
    "a plan and what would place the rest": ("manager", "/plans/{leaving}"),
    "a plan made by a remedy": ("manager", "/plans/{tried}"),
    "publishing": ("manager", "/plans/{plan}/publish"),
    "a week that needs repair": ("manager", "/plans/repair?week={broken_week}"),
    "a week in order": ("manager", "/plans/repair?week=2099-W10"),
    "a repair": ("manager", "/plans/repairs/{repair}"),
    "imports": ("administrator", "/import/"),
    "faults": ("administrator", "/import/{faulty}"),
    "a trial run": ("manager", "/import/{good}"),
    "reports": ("administrator", "/reports/"),
    "users": ("administrator", "/users/"),
    "a user to be": ("administrator", "/users/new"),
    "a user": ("administrator", "/users/1"),
    "one's account": ("viewer", "/account"),
    "audit log": ("administrator", "/audit"),
    "history of a booking": ("administrator", "/audit?entity=booking&id={booking}"),
    "a refusal": ("viewer", "/plans/"),
}
NOT_PAGES = {
    "static": "files that pages are made of",
    "home": "leads on to the first page of whoever asks",
    "health": "JSON for whoever watches the server",
    "accounts.audit_csv": "a file",
    "accounts.audit_workbook": "a file",
    "bookings.bookings_json": "JSON",
    "excel.download_centre": "a file",
    "excel.download_template": "a file",
    "people.qualifications_workbook": "a file",
    "plans.not_placed": "a part of the page of a plan",
    "plans.run_events": "a stream that the page of a build reads",
    "plans.run_json": "JSON that the page of a build reads",
    "reports.download_utilisation": "a file",
    "reports.download_week": "a file",
    "requests.attachment": "a file",
}
"""Routes that answer to GET with something else than a page, and with what."""

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
        broken_week=shown.broken_week,
        repair=shown.repair_id,
        leaving=shown.leaving_plan_id,
        tried=shown.tried_plan_id,
        **shown.desk,
    )


def test_every_page_that_there_is_is_looked_at(live: Live, shown: Shown) -> None:
    addresses = live.app.url_map.bind("127.0.0.1")
    seen = {addresses.match(address(name, shown).partition("?")[0])[0] for name in PAGES}
    there = {rule.endpoint for rule in live.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert there - seen - set(NOT_PAGES) == set(), "Add these to PAGES, or say in NOT_PAGES what they are."
    assert set(NOT_PAGES) <= there - seen, "These are pages, or gone: strike them out of NOT_PAGES."


@pages
def test_a_page_fits_breaks_no_rule_of_accessibility_and_the_browser_has_nothing_to_complain_about(
    visitor: Visitor, shown: Shown, name: str
) -> None:
    page = visitor.page(PAGES[name][0])
    page.goto(address(name, shown))
    assert too_wide(page) == 0
    page.set_viewport_size(SIZES["phone"])
    assert too_wide(page) == 0
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert too_wide(page) == 0
    page.evaluate("document.documentElement.dir = 'ltr'")
    page.set_viewport_size(SIZES["desk"])
    assert visitor.complaints == []
    page.evaluate("document.querySelectorAll('details.mk-fold').forEach(node => { node.open = true; })")
    assert violations(page, RULES) == []
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    assert violations(page, COLOURS) == []
    visitor.complaints.clear()  # the content policy rightly refuses some of what axe tries


REFUSED = {
    "booking by hand": "Book",
    "asking": "Ask",
    "a facility to be": "Add",
    "an outage": "Show what it hits",
    "a person to be": "Add",
    "list of organisations": "Add",
    "a project to be": "Open the project",
    "a user to be": "Add the user",
}
"""Forms that are sent blank, by the button that sends them."""


@pytest.mark.parametrize("name", REFUSED)
def test_a_form_that_is_refused_is_accessible_and_begins_at_its_first_fault(
    visitor: Visitor, shown: Shown, name: str
) -> None:
    page = visitor.page(PAGES[name][0], bypass_csp=True)
    page.goto(address(name, shown))
    page.get_by_role("button", name=REFUSED[name], exact=True).click()
    fault = page.locator(".mk-field.is-bad").first
    expect(fault).to_be_visible()
    expect(page.locator("[aria-invalid=true]").first).to_be_focused()
    assert violations(page, RULES) == []
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    assert violations(page, COLOURS) == []


def violations(page: Page, rules: dict[str, Any]) -> list[tuple[str, str]]:
    # What passes is not described: on a long page that takes longer than finding it out.
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
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
