"""The repair of a week: what needs it and why, the least change that was found, publishing it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from scheduler.accounts import service as accounts
from scheduler.accounts.rules import Place
from scheduler.bookings.ground import Ground
from scheduler.bookings.models import Booking
from scheduler.bookings.queries import bookings_between, shown_title, shows, visible_project_ids
from scheduler.calendars.choices import read_week, week_words
from scheduler.calendars.models import Site
from scheduler.calendars.queries import the_site
from scheduler.calendars.rules import week_name, week_span
from scheduler.calendars.service import zone_of
from scheduler.calendars.words import moment_words
from scheduler.database import session, transaction, utc_now
from scheduler.errors import Conflict, Forbidden, NotFound, Stale, UserError
from scheduler.intervals import Interval
from scheduler.limits import costly
from scheduler.plans import queries, repair_words, repairing, service
from scheduler.plans.blueprint import blueprint
from scheduler.plans.models import Plan
from scheduler.plans.repair_problem import may_be_repaired
from scheduler.plans.repair_record import week_words as in_words
from scheduler.security import may, role_required

SECONDS = 5.0
"""So long the page searches at most: whoever asked waits for it."""


@dataclass(frozen=True)
class Broken:
    """A booking that needs repair, why, and why this page cannot move it; empty where it can."""

    booking: Booking
    title: str
    why: list[str]
    stays: str
    is_shown: bool


@blueprint.get("/repair")
@role_required("manager")
def show_repair() -> Any:
    return _week_page(_asked_week(request.args))


@blueprint.post("/repair")
@costly("builds")
@role_required("manager")
def find_repair() -> Any:
    site, week = the_site(), _asked_week(request.form)
    try:
        task = repairing.prepare(site, week, repairing.span_of(site, week, utc_now()), user=current_user)
        session.rollback()
        found = repairing.search(task, seconds=SECONDS)
        with transaction(actor=current_user, reason="repair looked for on the page"):
            repairing.keep(the_site(), task, found, user=current_user)
    except Forbidden:
        raise
    except UserError as error:
        return _week_page(week, error.message), 400
    return redirect(url_for("plans.show_repair", week=week))


@blueprint.get("/repairs/<int:repair_id>")
@role_required("manager")
def show_found_repair(repair_id: int) -> Any:
    return _plan_page(_get_repair(repair_id))


@blueprint.post("/repairs/<int:repair_id>")
@role_required("manager")
def publish_repair(repair_id: int) -> Any:
    plan = _get_repair(repair_id)
    week = plan.repair_week
    try:
        with transaction(actor=current_user, reason="repair published on the page"):
            done = repairing.publish(queries.get_plan(repair_id), user=current_user, now=utc_now())
            words = f"{in_words(week or '').capitalize()} is repaired: {repairing.counted(done)}."
    except Forbidden:
        raise
    except (Stale, Conflict) as error:
        if isinstance(error, Stale):
            with transaction(actor=current_user, reason="the facts have changed"):
                service.mark_stale(queries.get_plan(repair_id))
        return _plan_page(_get_repair(repair_id), error.message), 409
    except UserError as error:
        return _plan_page(_get_repair(repair_id), error.message), 400
    flash(words)
    return redirect(url_for("bookings.show_week", week=week))


def week_fragment(week: str) -> Markup:
    """For the page of a week: how many bookings need repair, and the way there; empty where none does."""
    if not may("manager"):
        return Markup("")
    site = the_site()
    count = len(_needing_repair(site.id, week_span(read_week(week), zone_of(site)), utc_now()))
    if not count:
        return Markup("")
    html = render_template("plans/_repair_of_week.html", count=count, week=week)
    return Markup(html)  # noqa: S704 - rendered by Jinja, which escapes


def _asked_week(values: Any) -> str:
    """The week that is asked for, or the one in which something needs repair next."""
    text: str = values.get("week", "").strip()
    if text:
        return week_name(read_week(text))
    site, now = the_site(), utc_now()
    moment = repairing.next_broken(site.id, now) or now
    return week_name(moment.astimezone(zone_of(site)).date())


def _get_repair(plan_id: int) -> Plan:
    plan = queries.get_plan(plan_id)
    if plan.repair_week is None:
        raise NotFound("That plan is no repair. See the list of plans.")
    return plan


def _week_page(week: str, message: str | None = None) -> str:
    site, now = the_site(), utc_now()
    broken = _broken(site, week, now)
    plan = repairing.latest_of(site, week)
    return _page(site, week, plan, broken, message)


def _plan_page(plan: Plan, message: str | None = None) -> str:
    week = plan.repair_week or ""
    broken = _broken(plan.site, week, utc_now()) if plan.published_at is None else []
    return _page(plan.site, week, plan, broken, message)


def _page(site: Site, week: str, plan: Plan | None, broken: list[Broken], message: str | None) -> str:
    monday = read_week(week)
    is_stale = plan is not None and (
        plan.state == "stale" or (plan.state == "draft" and repairing.is_stale(plan))
    )
    return render_template(
        "plans/repair.html",
        week=week,
        number=monday.isocalendar().week,
        week_words=week_words(monday),
        earlier=week_name(monday - timedelta(days=7)),
        later=week_name(monday + timedelta(days=7)),
        broken=broken,
        may_move=[each for each in broken if not each.stays],
        plan=plan,
        spoken=repair_words.speak(plan, current_user) if plan is not None else None,
        is_stale=is_stale,
        may_publish=accounts.can(current_user, "manager", Place(site_id=site.id)),
        seconds=SECONDS,
        message=message,
    )


def _needing_repair(site_id: int, span: Interval, now: datetime) -> list[Booking]:
    found = bookings_between(site_id, span, ("needs repair",))
    return [booking for booking in found if booking.occupied_until > now]


def _broken(site: Site, week: str, now: datetime) -> list[Broken]:
    """What needs repair in a week and is not over, by time."""
    zone = zone_of(site)
    rest = repairing.rest_of_week(site, week, now)
    found = _needing_repair(site.id, week_span(read_week(week), zone), now)
    if not found:
        return []
    around = Interval(min(each.occupied_from for each in found), max(each.occupied_until for each in found))
    ground, mine = Ground(site, around), visible_project_ids(current_user)
    return [
        Broken(
            booking=each,
            title=shown_title(each, mine),
            why=_why(ground, each) if shows(each, mine) else [repair_words.CONFIDENTIAL],
            stays=_why_it_stays(each, rest, zone),
            is_shown=shows(each, mine),
        )
        for each in found
    ]


def _why(ground: Ground, booking: Booking) -> list[str]:
    return repairing.sentences(ground, booking) or [repair_words.MENDED]


def _why_it_stays(booking: Booking, rest: Interval | None, zone: ZoneInfo) -> str:
    """Why a repair of what is to come of the week leaves it; empty where it may move."""
    if rest is not None and may_be_repaired(booking, rest):
        return ""
    if booking.actual_start_at is not None:
        return "It has begun: end it, or change it by hand."
    if rest is None:
        return "The week is as good as over: change it by hand."
    if booking.occupied_from < rest.start:
        return f"It begins before {moment_words(rest.start, zone)}: change it by hand."
    return "It runs beyond this week: change it by hand."
