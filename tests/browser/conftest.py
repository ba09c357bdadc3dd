"""A real Chromium before a running Markaz; every page is watched for refusals and errors."""

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from scheduler import database, jobs
from scheduler.app import create_app
from scheduler.config import Config
from tests.browser.shown import SIZES, Shown, make_shown

MISSING_CHROMIUM = (
    "No Chromium for the tests: apt-get install chromium, or playwright install chromium, "
    "or set MARKAZ_CHROMIUM to one."
)
LAUNCH = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


HUNG_UP = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <_io.FileIO name='.*/static/:pytest.PytestUnraisableExceptionWarning"
)
"""A page that is closed hangs up, and the little server of the tests leaves the file that it was sending."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(HUNG_UP)


def find_chromium(own: str) -> str | None:
    """The first that is there: of MARKAZ_CHROMIUM, of the system, Playwright's `own`."""
    named = os.environ.get("MARKAZ_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    for name in ("chromium", "google-chrome"):
        if found := shutil.which(name):
            return found
    return own if Path(own).exists() else None


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = find_chromium(playwright.chromium.executable_path)
        if path is None:
            pytest.fail(MISSING_CHROMIUM)
        browser = playwright.chromium.launch(executable_path=path, args=list(LAUNCH))
        yield browser
        browser.close()


@dataclass
class Live:
    """The server of all browser tests; which database it serves, each test says."""

    address: str
    app: Any


@pytest.fixture(scope="session")
def shown(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """A filled database, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("shown")
    path = folder / "markaz.db"
    path.write_bytes(sqlite_template.read_bytes())
    database.configure(f"sqlite:///{path}")
    made = make_shown(path)
    database.session.remove()
    with database.engine().connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.engine().dispose()
    return made


@pytest.fixture(scope="session")
def live(shown: Shown, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("instance")
    app = create_app(Config(folder, f"sqlite:///{shown.path}", f"sqlite:///{folder / 'queue.db'}"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Live(f"http://127.0.0.1:{server.server_port}", app)
    server.shutdown()
    thread.join(5)
    server.server_close()


class Visitor:
    """Somebody with a browser: opens pages, and remembers what the browser complained about."""

    def __init__(self, chromium: Browser, live: Live, shown: Shown) -> None:
        self.chromium, self.live, self.shown = chromium, live, shown
        self.complaints: list[str] = []
        self.contexts: list[Any] = []

    def page(
        self,
        role: str | None = "manager",
        size: str = "desk",
        *,
        dark: bool = False,
        bypass_csp: bool = False,
    ) -> Page:
        """A new page of a new browser window, signed in without the form."""
        context = self.chromium.new_context(
            viewport=SIZES[size],
            color_scheme="dark" if dark else "light",
            base_url=self.live.address,
            bypass_csp=bypass_csp,
            locale="en-GB",
            # Colours on their way from one to another are no colours to judge.
            reduced_motion="reduce",
        )
        context.set_default_timeout(8000)
        self.contexts.append(context)
        if role is not None:
            context.add_cookies([{"name": "markaz", "value": self.cookie(role), "url": self.live.address}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._note(page, said))
        return page

    def _note(self, page: Page, said: Any) -> None:
        if said.type in ("error", "warning") and "the server responded with a status of 4" not in said.text:
            self.complaints.append(f"{page.url}: {said.text}")

    def cookie(self, role: str) -> str:
        with self.live.app.test_request_context():
            serializer = self.live.app.session_interface.get_signing_serializer(self.live.app)
            return str(serializer.dumps({"sign_in": self.shown.tokens[role]}))

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def visitor(chromium: Browser, live: Live, shown: Shown, tmp_path: Path) -> Iterator[Visitor]:
    """On a copy of the filled database. A complaint of the browser fails the test."""
    path = tmp_path / "markaz.db"
    path.write_bytes(shown.path.read_bytes())
    database.configure(f"sqlite:///{path}")
    jobs.configure(f"sqlite:///{tmp_path / 'queue.db'}")
    visitor = Visitor(chromium, live, shown)
    yield visitor
    visitor.close()
    database.session.remove()
    database.engine().dispose()
    assert visitor.complaints == []
