"""Plans: build the week, follow the build, see what came of it and why not all did, publish."""

from datetime import timedelta
from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from scheduler.accounts import service as accounts
from scheduler.accounts.rules import Place
from scheduler.calendars.choices import read_week, week_choices
from scheduler.calendars.queries import the_site
from scheduler.calendars.rules import local_days, week_name, week_span
from scheduler.calendars.service import zone_of
from scheduler.database import transaction, utc_now
from scheduler.errors import Conflict, Forbidden, Stale, UserError
from scheduler.intervals import Interval
from scheduler.limits import costly
from scheduler.plans import (
    live,
    picture,
    queries,
    remedy_queries,
    remedy_views,
    repair_views,
    repairing,
    service,
)
from scheduler.plans.blueprint import blueprint
from scheduler.plans.models import Plan, SolveRun
from scheduler.plans.summary import span_words
from scheduler.requests.models import ActivityRequest
from scheduler.security import may, role_required

__all__ = ["blueprint", "repair_views", "request_fragment"]

TIME_LIMITS = ((20, "20 s, a first look"), (60, "1 min"), (300, "5 min"), (1200, "20 min"))
DEFAULT_SECONDS = 60
PATIENCE_SECONDS = 6
"""A worker that lives looks for orders every 2 s."""


@blueprint.get("/", strict_slashes=False)
@role_required("manager")
def show_plans() -> Any:
    return _list_page()


@blueprint.post("/build")
@costly("builds")
@role_required("manager")
def build() -> Any:
    site = the_site()
    week = request.form.get("week", "").strip()
    try:
        seconds = _seconds(request.form.get("time_limit", ""))
        span = service.rest_of(week_span(read_week(week), zone_of(site)), utc_now()) if week else None
        with transaction(actor=current_user, reason="build ordered on the page"):
            run = service.order_build(site, span, time_limit_seconds=seconds, user=current_user)
            run_id = run.id
    except Forbidden:
        raise
    except UserError as error:
        faults = error.faults or {"week": error.message}
        return _list_page(faults, week, request.form.get("time_limit", "")), 400
    service.enqueue(run_id)
    return redirect(url_for("plans.show_run", run_id=run_id))


@blueprint.get("/runs/<int:run_id>")
@role_required("manager")
def show_run(run_id: int) -> Any:
    run = queries.get_run(run_id)
    return render_template(
        "plans/run.html",
        run=run,
        plan=run.plan,
        facts=queries.progress(run),
        span_words=span_words,
        is_waiting_alone=_is_waiting_alone(run),
    )


@blueprint.get("/runs/<int:run_id>.json")
@role_required("manager")
def run_json(run_id: int) -> Response:
    run = queries.get_run(run_id)
    response = jsonify(queries.progress(run) | {"is_waiting_alone": _is_waiting_alone(run)})
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.get("/runs/<int:run_id>/events")
@role_required("manager")
def run_events(run_id: int) -> Any:
    queries.get_run(run_id)
    if not live.streams.acquire(blocking=False):
        return jsonify(message="Too many pages follow a build. This one asks every 2 s instead."), 503
    response = Response(
        live.events(run_id, request.headers.get("Last-Event-ID")),
        mimetype="text/event-stream",
        headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
    )
    response.call_on_close(live.streams.release)
    return response


@blueprint.post("/runs/<int:run_id>/stop")
@role_required("manager")
def stop(run_id: int) -> Any:
    try:
        with transaction(actor=current_user, reason="stopped on the page"):
            run = queries.get_run(run_id)
            accounts.require(current_user, "manager", Place(site_id=run.plan.site_id))
            service.request_stop(run)
    except Forbidden:
        raise
    except UserError as error:
        flash(error.message, "error")
    return redirect(url_for("plans.show_run", run_id=run_id))


@blueprint.get("/<int:plan_id>")
@role_required("manager")
def show_plan(plan_id: int) -> Any:
    plan = queries.get_plan(plan_id)
    if plan.repair_week is not None:
        return redirect(url_for("plans.show_found_repair", repair_id=plan.id))
    run = queries.latest_run(plan)
    if plan.state == "building" and run is not None:
        return redirect(url_for("plans.show_run", run_id=run.id))
    placed = queries.placed(plan, current_user)
    weeks = picture.weeks_of(plan)
    week = request.args.get("week")
    span = _shown_span(plan, week if week in weeks else weeks[0])
    is_stale = plan.state == "stale" or (plan.state == "draft" and service.is_stale(plan))
    return render_template(
        "plans/plan.html",
        plan=plan,
        run=run,
        seconds=queries.progress(run)["seconds"] if run else None,
        gap=queries.gap(plan.objective, plan.bound),
        span_words=span_words,
        placed=[each for each in placed if each.is_new],
        kinds=picture.kinds_of(placed),
        made=remedy_queries.made_of(plan, current_user),
        drawn=picture.draw_plan(plan, placed, span, current_user, utc_now(), _request_link),
        weeks=weeks if len(weeks) > 1 else [],
        week=week_name(span.start.astimezone(zone_of(plan.site)).date()),
        is_stale=is_stale,
        build_week=_week_of(plan),
        **remedy_views.facts(plan, is_stale=is_stale),
    )


@blueprint.get("/<int:plan_id>/publish")
@role_required("manager")
def confirm_publish(plan_id: int) -> Any:
    plan = queries.get_plan(plan_id)
    if plan.state not in ("draft", "stale") or plan.repair_week is not None:
        return redirect(url_for("plans.show_plan", plan_id=plan.id))
    if plan.state == "stale" or service.is_stale(plan):
        return _stale_page(plan)
    return render_template(
        "plans/publish.html", plan=plan, checked=picture.check_plan(plan), what=_what(plan)
    )


@blueprint.post("/<int:plan_id>/publish")
@role_required("manager")
def publish(plan_id: int) -> Any:
    plan = queries.get_plan(plan_id)
    try:
        with transaction(actor=current_user, reason="published on the page"):
            published = service.publish(plan, user=current_user, now=utc_now())
            count, number = len(published.bookings), plan.number
            week = week_name(published.bookings[0].starts_at.astimezone(zone_of(plan.site)).date())
    except Stale:
        with transaction(actor=current_user, reason="the facts have changed"):
            service.mark_stale(queries.get_plan(plan_id))
        return _stale_page(queries.get_plan(plan_id))
    except Conflict as error:
        return render_template("plans/stale.html", plan=queries.get_plan(plan_id), words=error.message), 409
    except Forbidden:
        raise
    except UserError as error:
        flash(error.message, "error")
        return redirect(url_for("plans.show_plan", plan_id=plan_id))
    flash(f"Plan {number} is published: {count} bookings.")
    return redirect(url_for("bookings.show_week", week=week))


def request_fragment(activity_request: ActivityRequest) -> Markup:
    """Why the latest plan has no place for a request that waits; empty where it has, or there is none."""
    if activity_request.state != "approved":
        return Markup("")
    plan = queries.latest_with_answer(activity_request.site_id, drafts=may("manager"))
    if plan is None:
        return Markup("")
    reason = next(
        (each for each in queries.unplaced(plan, current_user) if each.request_id == activity_request.id),
        None,
    )
    if reason is None:
        return Markup("")
    html = render_template("plans/_of_request.html", plan=plan, reason=reason)
    return Markup(html)  # noqa: S704 - rendered by Jinja, which escapes


def _list_page(faults: dict[str, str] | None = None, week: str = "", seconds: str = "") -> str:
    site = the_site()
    today = utc_now().astimezone(zone_of(site)).date()
    plans = queries.list_plans(site.id)
    return render_template(
        "plans/plans.html",
        plans=plans,
        gaps={plan.id: queries.gap(plan.objective, plan.bound) for plan in plans},
        repairs=repairing.weeks_of_repairs(site.id),
        weeks=week_choices(today, 0, 12),
        span_words=span_words,
        week=week,
        time_limits=TIME_LIMITS,
        seconds=seconds or str(DEFAULT_SECONDS),
        faults=faults or {},
    )


def _seconds(text: str) -> float:
    text = text.strip()
    if not text:
        return DEFAULT_SECONDS
    if not text.isdecimal() or len(text) > 6:
        message = f'"{text[:20]}" is no number of seconds. Write a whole number like 60.'
        raise UserError(message, {"time_limit": message})
    if not 1 <= int(text) <= service.LONGEST_SECONDS:
        message = f"A build takes from 1 to {service.LONGEST_SECONDS} s. Choose a time between."
        raise UserError(message, {"time_limit": message})
    return float(text)


def _is_waiting_alone(run: SolveRun) -> bool:
    """Whether an order lies there though nothing else is being built: then no worker is alive."""
    waited = utc_now() - run.queued_at
    if run.state != "queued" or waited < timedelta(seconds=PATIENCE_SECONDS):
        return False
    return not queries.is_building(run.plan.site_id)


def _shown_span(plan: Plan, week: str) -> Interval:
    """All days of a short plan; of a long one the given week."""
    zone = zone_of(plan.site)
    if plan.ends_at - plan.starts_at > timedelta(days=picture.MOST_DAYS):
        return week_span(read_week(week), zone)
    days = local_days(Interval(plan.starts_at, plan.ends_at), zone)
    return Interval(days[0][1].start, days[-1][1].end)


def _week_of(plan: Plan) -> str:
    """The week that a plan was built for; empty for another span."""
    weeks = picture.weeks_of(plan)
    return weeks[0] if len(weeks) == 1 else ""


def _what(plan: Plan) -> str:
    week = _week_of(plan)
    return f"week {int(week[-2:])}" if week else f"plan {plan.number}"


def _stale_page(plan: Plan) -> Any:
    words = (
        f"Requests, bookings or the centre's data have changed since plan {plan.number} was built, "
        "so it no longer fits. Nothing was published."
    )
    return render_template("plans/stale.html", plan=plan, words=words, build_week=_week_of(plan)), 409


def _request_link(request_id: int) -> str:
    return url_for("requests.show", request_id=request_id)
