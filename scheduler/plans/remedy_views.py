"""What would place what a plan leaves out: the part of its page that says so, and the two buttons on it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from scheduler.accounts import service as accounts
from scheduler.accounts.rules import Place
from scheduler.database import transaction, utc_now
from scheduler.errors import Forbidden, NotFound, Stale, UserError
from scheduler.plans import queries, remedies, remedy_drafts, remedy_queries, service
from scheduler.plans.blueprint import blueprint
from scheduler.plans.models import Plan
from scheduler.security import role_required


def facts(plan: Plan, *, is_stale: bool) -> dict[str, Any]:
    """What the part of the page needs."""
    is_open = plan.state == "draft" and plan.repair_week is None and not is_stale
    return {
        "unplaced": queries.unplaced(plan, current_user),
        "search": remedy_queries.search_of(plan, current_user, utc_now(), is_open=is_open),
    }


@blueprint.get("/<int:plan_id>/not-placed")
@role_required("manager")
def not_placed(plan_id: int) -> Any:
    plan = queries.get_plan(plan_id)
    is_stale = plan.state == "draft" and service.is_stale(plan)
    return render_template("plans/_not_placed.html", plan=plan, **facts(plan, is_stale=is_stale))


@blueprint.post("/<int:plan_id>/remedies/look")
@role_required("manager")
def look_for_remedies(plan_id: int) -> Any:
    with transaction(actor=current_user, reason="remedies asked for on the page"):
        plan = queries.get_plan(plan_id)
        accounts.require(current_user, "manager", Place(site_id=plan.site_id))
        is_on = remedies.is_looking(plan, utc_now())
        is_announced = not is_on and remedies.announce(plan, utc_now())
    if is_announced:
        remedies.call(plan_id)
    elif not is_on:
        flash("There is nothing to look for: every request has its place, or was looked into already.")
    return redirect(url_for("plans.show_plan", plan_id=plan_id))


@blueprint.post("/<int:plan_id>/remedies")
@role_required("manager")
def try_remedy(plan_id: int) -> Any:
    code, key = request.form.get("request", ""), request.form.get("remedy", "")
    plan = queries.get_plan(plan_id)
    words = remedy_queries.words_of(plan, current_user, code, key)
    reason = f"a remedy of plan {plan.number} for {code[:60]}: {words}"[:500]
    try:
        with transaction(actor=current_user, reason=reason):
            made = remedy_drafts.try_remedy(queries.get_plan(plan_id), code, key, user=current_user)
            made_id, is_announced = made.id, remedies.announce(made, utc_now())
    except Stale as error:
        with transaction(actor=current_user, reason="the facts have changed"):
            service.mark_stale(queries.get_plan(plan_id))
        flash(error.message, "error")
        return redirect(url_for("plans.show_plan", plan_id=plan_id))
    except (Forbidden, NotFound):
        raise
    except UserError as error:
        flash(error.message, "error")
        return redirect(url_for("plans.show_plan", plan_id=plan_id))
    if is_announced:
        remedies.call(made_id)
    return redirect(url_for("plans.show_plan", plan_id=made_id))
