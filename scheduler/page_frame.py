"""What create_app gives to every page: navigation, clocks, language, theme, and words for times."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g, request
from flask_login import current_user

from scheduler import __version__, security
from scheduler.calendars import words
from scheduler.calendars.models import Site
from scheduler.calendars.queries import find_site
from scheduler.calendars.rules import week_name
from scheduler.database import utc_now
from scheduler.fragments import fragments
from scheduler.intervals import Interval
from scheduler.requests import queries as request_queries

LANGUAGES = {"en": "ltr", "ur": "rtl", "zh-Hans": "ltr"}
THEMES = ("light", "dark")
KIND_LETTERS = {"R&D": "r", "training": "t", "application": "a"}


@dataclass(frozen=True)
class NavItem:
    """A page of the top bar; `role` is the least that may open it, `room` the blueprint behind it."""

    word: str
    path: str
    icon: str
    role: str
    room: str

    @property
    def is_current(self) -> bool:
        """Whether the page that is shown is this one, or one beside or below it."""
        if ASK.path in (request.path, self.path):
            return request.path == self.path
        return request.path.split("/")[1] == self.path.split("/")[1]


ASK = NavItem("Ask for time", "/requests/new", "plus", "researcher", "requests")
OWN_WORDS = {"/week/": ("staff", "My week"), "/requests/": ("researcher", "My requests")}
"""What pages are called for those who see their own things there, and from which role on."""

NAVIGATION = (
    NavItem("Week", "/week/", "cal", "viewer", "bookings"),
    NavItem("Requests", "/requests/", "list", "researcher", "requests"),
    NavItem("People", "/people/qualifications", "person", "manager", "people"),
    NavItem("Facilities", "/facilities/", "wrench", "viewer", "resources"),
    NavItem("Calendar", "/calendars/", "cal", "viewer", "calendars"),
    NavItem("Plans", "/plans/", "plan", "manager", "plans"),
    NavItem("Import", "/import/", "up", "researcher", "excel"),
    NavItem("Reports", "/reports/", "report", "manager", "reports"),
    NavItem("Projects", "/projects/", "table", "researcher", "projects"),
    NavItem("Users", "/users/", "person", "administrator", "accounts"),
    NavItem("Audit log", "/audit", "clock", "administrator", "accounts"),
)


def pages_for(app: Flask) -> list[NavItem]:
    """The pages that exist and that whoever asks may open."""
    items = [item for item in NAVIGATION if item.room in app.blueprints and security.may(item.role)]
    if security.may("manager"):
        return items
    found = []
    for item in items:
        role, word = OWN_WORDS.get(item.path, ("", ""))
        found.append(replace(item, word=word) if role and security.may(role) else item)
        if item.path == "/week/" and security.may(ASK.role):
            found.append(ASK)
    return found


def home_path(app: Flask) -> str:
    """Where whoever asks begins: managers with what waits for them, others with their week."""
    paths = [item.path for item in pages_for(app)]
    wished = "/requests/" if security.may("manager") else "/week/"
    return wished if wished in paths else next(iter(paths), "/requests/")


def register(app: Flask) -> None:
    app.context_processor(lambda: _frame(app))
    app.jinja_env.globals["fragments"] = fragments
    app.jinja_env.filters.update(
        moment=lambda moment: words.moment_words(moment, site_zone()) if moment else "·",
        day=lambda moment: words.day_words(moment, site_zone()) if moment else "·",
        clock=lambda moment: f"{moment.astimezone(site_zone()):%H:%M}",
        span=_span_words,
        hours=lambda minutes: words.hours_words(minutes) if minutes is not None else "·",
        iso_week=lambda moment: week_name(moment.astimezone(site_zone()).date()),
        iso=lambda moment: moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        kind_letter=lambda kind: KIND_LETTERS.get(kind, "x"),
        thousands=lambda number: f"{number:,}",
    )


def current_site() -> Site | None:
    """The site whose time the page shows; None before the first workbook."""
    if "site" not in g:
        g.site = find_site()
    found: Site | None = g.site
    return found


def site_zone() -> ZoneInfo:
    site = current_site()
    return ZoneInfo(site.time_zone) if site else ZoneInfo("UTC")


def _span_words(start: Any, end: datetime | None = None) -> str:
    interval = start if isinstance(start, Interval) else Interval(start, end)  # type: ignore[arg-type]
    return words.interval_words(interval, site_zone()).replace("-", "–")


def _frame(app: Flask) -> dict[str, Any]:
    signed_in = current_user.is_authenticated
    language = getattr(current_user, "language", "en") if signed_in else "en"
    theme = request.cookies.get("markaz_theme")
    site = current_site()
    now = utc_now()
    return {
        "version": __version__,
        "site": site,
        "language": language if language in LANGUAGES else "en",
        "direction": LANGUAGES.get(language, "ltr"),
        "theme": theme if theme in THEMES else None,
        "signed_in": signed_in,
        "pages": pages_for(app) if signed_in else [],
        "may": security.may,
        "now": now,
        "waiting": _waiting(site) if signed_in else None,
        "initials": _initials(current_user.name) if signed_in else "",
    }


def _waiting(site: Site | None) -> int | None:
    """Requests that wait for a manager's answer."""
    if site is None or not security.may("manager"):
        return None
    return request_queries.count_waiting(current_user, site.id)


def _initials(name: str) -> str:
    parts = name.split()
    return "".join(part[0] for part in parts[:1] + parts[1:][-1:]).upper() if parts else "–"
