"""The web application: every room put together."""

from datetime import datetime
from importlib import import_module
from typing import Any

from flask import Flask, redirect, request
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from scheduler import database, error_pages, jobs, limits, migrations, page_frame, security, wiring
from scheduler.accounts import service as accounts
from scheduler.accounts.models import SignIn, User
from scheduler.bookings import hit_fragments, slot_views, waiting_views
from scheduler.calendars import uses
from scheduler.config import Config, load_config, template_folder
from scheduler.database import session, transaction, utc_now
from scheduler.fragments import fill
from scheduler.instance import outdated
from scheduler.projects import scopes, spent
from scheduler.requests import planned
from scheduler.requests.models import ActivityRequest

PREFIXES = {
    "accounts": "",
    "calendars": "/calendars",
    "people": "/people",
    "resources": "/facilities",
    "projects": "/projects",
    "requests": "/requests",
    "bookings": "/week",
    "plans": "/plans",
    "excel": "/import",
    "reports": "/reports",
}
"""Rooms with pages, left to right, and where their addresses begin."""


def create_app(config: Config | None = None) -> Flask:
    """The application for one instance; its database is the one of this process from then on."""
    config = config or load_config()
    database.configure(config.database_url)
    jobs.configure(config.queue_url)
    app = Flask(__name__, template_folder=str(template_folder()))
    app.extensions["markaz_config"] = config
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.before_request
    def _first_start() -> Any:
        return _explain_first_start(app)

    security.protect(app, config, security.Gate(user_of=_user_of, may=accounts.can))
    limits.protect(app, config.queue_url)
    error_pages.register(app)
    page_frame.register(app)
    for room, prefix in PREFIXES.items():
        views = import_module(f"scheduler.{room}.views")
        app.register_blueprint(views.blueprint, url_prefix=prefix or None)
    _wire(app)

    @app.get("/")
    def home() -> Any:
        return redirect(page_frame.home_path(app))

    @app.get("/healthz")
    @security.public
    def health() -> Any:
        session.execute(text("SELECT 1"))
        return {"status": "ok"}

    @app.teardown_appcontext
    def _close(_error: BaseException | None) -> None:
        session.remove()

    return app


def _wire(app: Flask) -> None:
    """Rooms to the right fill the places that pages of left rooms leave open, and hear what they say."""
    scopes.offer()
    spent.tell(import_module("scheduler.requests.queries").spent_by_project)
    for room in ("people", "resources"):
        uses.tell(import_module(f"scheduler.{room}.service").calendar_uses)
    wiring.listen()
    hit_fragments.fill_places(app)
    fill(app, "request", waiting_views.for_request)
    fill(app, "my requests", waiting_views.for_list)
    fill(app, "request slots", slot_views.for_form)
    fill(app, "request slots of", slot_views.for_request)
    fill(app, "week", import_module("scheduler.plans.repair_views").week_fragment)
    planned.tell(_is_planned)
    for room in ("bookings", "plans"):
        fill(app, "request", import_module(f"scheduler.{room}.views").request_fragment)


def _is_planned(row: ActivityRequest) -> bool:
    """Whether the latest plan that whoever asks may see has a place for a request."""
    plans = import_module("scheduler.plans.queries")
    plan = plans.latest_with_answer(row.site_id, drafts=security.may("manager"))
    return plan is not None and any(part.code.partition("#")[0] == row.code for part in plans.placed(plan))


def _user_of(token: str) -> User | None:
    now = utc_now()
    found = accounts.find_signed_in(token, now)
    if found is None:
        return None
    sign_in, user = found
    if accounts.is_use_due(sign_in, now):
        _note_use(sign_in, now)
    return user


def _note_use(sign_in: SignIn, now: datetime) -> None:
    sign_in_id = sign_in.id
    try:
        with transaction():
            accounts.note_use(sign_in_id, now)
    except DBAPIError as error:  # a page that only reads must not fail because somebody writes
        if not database.is_passing(error):
            raise


def _explain_first_start(app: Flask) -> Any:
    """Until there is a user, every page says how to make the first administrator."""
    if app.extensions.get("markaz_ready") or request.endpoint in ("static", "health"):
        return None
    engine = database.engine()
    revision = migrations.current_revision(engine)
    if revision is not None and not migrations.is_current(engine):
        return error_pages.without_frame("first_start.html", outdated=outdated(revision)), 503
    if revision is None or not accounts.is_any_user():
        return error_pages.without_frame("first_start.html", outdated=None), 503
    app.extensions["markaz_ready"] = True
    return None
