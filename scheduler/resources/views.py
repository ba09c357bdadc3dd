"""Facilities: how they stand, what they are, and when they are out."""

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from scheduler.calendars.form_pages import place, version_of
from scheduler.calendars.keyed import once
from scheduler.calendars.models import Site
from scheduler.calendars.queries import the_site
from scheduler.calendars.service import zone_of
from scheduler.calendars.wall_times import day_in_words, write_moment
from scheduler.database import transaction, utc_now
from scheduler.errors import Forbidden, Stale, UserError
from scheduler.intervals import Interval
from scheduler.resources import pages, queries, rules, service
from scheduler.resources.forms import OutageForm, ResourceForm
from scheduler.resources.models import Resource
from scheduler.security import role_required

blueprint = Blueprint("resources", __name__)

LOOK_AHEAD = timedelta(days=21)


@blueprint.get("/", strict_slashes=False)
@role_required("viewer")
def index() -> str:
    site, now = the_site(), utc_now()
    text = request.args.get("q", "")[:100]
    is_retired = request.args.get("retired") == "yes"
    resources = queries.list_resources(site.id, text, retired=is_retired)
    ahead = Interval(now, now + LOOK_AHEAD)
    return _render(
        "resources/index.html",
        site,
        groups=pages.by_kind(resources),
        states={each.id: service.state_of(each, site, ahead) for each in resources},
        text=text,
        is_retired=is_retired,
        may_add=service.may_add(current_user, site.id),
        count=len(resources),
    )


@blueprint.get("/<int:resource_id>")
@role_required("viewer")
def show(resource_id: int) -> str:
    site, now = the_site(), utc_now()
    resource = queries.get_resource(resource_id)
    outages = queries.outages_to_come(resource, now)
    return _render(
        "resources/show.html",
        site,
        resource=resource,
        state=service.state_of(resource, site, Interval(now, now + LOOK_AHEAD)),
        outages=outages,
        alike={each.id: len(service.likes_of(each, now)) for each in outages},
        past_outages=sum(outage.ends_at <= now for outage in resource.outages),
        may_edit=service.looks_after(current_user, resource),
        may_report=service.may_report(current_user, resource),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@role_required("manager")
def new() -> Any:
    site = the_site()
    if not service.may_add(current_user, site.id):
        raise Forbidden("Facilities are added by managers of the centre. Ask one of them.")
    form = pages.offer_choices(ResourceForm(), site.id)
    key = request.form.get("key") or secrets.token_urlsafe(16)
    message = None
    if request.method == "POST" and form.validate():
        values, code = pages.values_of(form), form.code.data or ""

        def work() -> dict[str, Any]:
            return {"id": service.add_resource(site, code, values, current_user).id}

        try:
            answer = once(
                f"resources.new:{current_user.id}", key, values | {"code": code}, current_user, work
            )
        except UserError as error:
            message = place(form, error)
        else:
            flash(f"{code} is in the list of facilities.")
            return redirect(url_for("resources.show", resource_id=answer["id"]))
    return _show_form(site, form, None, message, key=key)


@blueprint.route("/<int:resource_id>/edit", methods=["GET", "POST"])
@role_required("manager")
def edit(resource_id: int) -> Any:
    site = the_site()
    resource = queries.get_resource(resource_id)
    service.refuse_edit(current_user, resource)
    form = pages.offer_choices(ResourceForm(data=pages.data_of(resource)), site.id, resource)
    message, status = None, 400
    if request.method == "POST" and form.validate():
        try:
            with transaction(actor=current_user):
                resource = queries.get_resource(resource_id)
                if pages.has_stewards(form, resource):
                    service.set_stewards(resource, form.stewards.data or [], current_user)
                service.edit_resource(resource, pages.values_of(form), current_user, version_of(form))
        except Stale as error:
            message, status = error.message, 409
            form.version.data = queries.get_resource(resource_id).version
        except Forbidden:
            raise
        except UserError as error:
            message = place(form, error)
        else:
            flash("Saved.")
            return redirect(url_for("resources.show", resource_id=resource_id))
    return _show_form(site, form, queries.get_resource(resource_id), message, status=status)


@blueprint.post("/<int:resource_id>/retire")
@role_required("manager")
def retire(resource_id: int) -> Any:
    return _turn(resource_id, service.retire, "is retired. The record stays, and can be brought back")


@blueprint.post("/<int:resource_id>/bring-back")
@role_required("manager")
def bring_back(resource_id: int) -> Any:
    return _turn(resource_id, service.bring_back, "is to be had again")


@blueprint.route("/<int:resource_id>/outage", methods=["GET", "POST"])
@role_required("manager")
def report_outage(resource_id: int) -> Any:
    """First what it hits and who is told, then reported."""
    site, now = the_site(), utc_now()
    resource = queries.get_resource(resource_id)
    if not service.may_report(current_user, resource):
        raise Forbidden(f"An outage of {resource.code} is reported by its managers. Tell one of them.")
    form = OutageForm(data={"starts": rules.rounded(now)})
    key = request.form.get("key") or secrets.token_urlsafe(16)
    message, times = None, None
    if request.method == "POST" and form.validate():
        try:
            if request.form.get("then") == "report":
                _report_once(resource_id, form, key)
                flash(f"The outage of {resource.code} is reported. Bookings that it hits need repair.")
                return redirect(url_for("resources.show", resource_id=resource_id))
            times = _times(form, resource, now)
        except UserError as error:
            message, times = place(form, error), None
    page = _render(
        "resources/outage.html", site, resource=resource, form=form, key=key, message=message, times=times
    )
    return page, 400 if message or form.first_fault() else 200


@blueprint.post("/outages/<int:outage_id>/end")
@role_required("manager")
def end_outage(outage_id: int) -> Any:
    """End one that runs, strike out one to come; with `all` those like it too."""
    now = utc_now()
    try:
        with transaction(actor=current_user):
            outage = queries.get_outage(outage_id)
            resource_id, code = outage.resource_id, outage.resource.code
            if request.form.get("which") == "all":
                count = service.remove_like(outage, now, current_user)
                said = f"{count} outages of {code} are struck out."
            else:
                said = (
                    f"{code} is in order again." if outage.starts_at < now else f"{code} stays in order then."
                )
                service.end_outage(outage, now, current_user)
    except UserError as error:
        if type(error) is not UserError:
            raise
        flash(error.message, "error")
    else:
        flash(said)
    return redirect(url_for("resources.show", resource_id=resource_id))


def _times(form: OutageForm, resource: Resource, now: datetime) -> list[Interval]:
    return service.plan_outage(
        resource, (form.starts.data, form.ends.data), form.every_weeks.data, form.repeat_until.data, now
    )


def _report_once(resource_id: int, form: OutageForm, key: str) -> None:
    zone = zone_of(the_site())
    asked = {
        "resource": resource_id,
        "from": write_moment(form.starts.data, zone),
        "until": write_moment(form.ends.data, zone),
        "weeks": form.every_weeks.data,
        "last": str(form.repeat_until.data),
    }

    def work() -> dict[str, Any]:
        resource = queries.get_resource(resource_id)
        times = _times(form, resource, utc_now())
        outages = service.report_outage(resource, times, form.reason.data or "", current_user)
        return {"ids": [outage.id for outage in outages]}

    once(f"resources.outage:{current_user.id}", key, asked, current_user, work, form.reason.data or None)


def _turn(resource_id: int, deed: Any, words: str) -> Any:
    try:
        with transaction(actor=current_user):
            resource = queries.get_resource(resource_id)
            deed(resource, current_user)
            code = resource.code
    except UserError as error:
        if type(error) is not UserError:
            raise
        flash(error.message, "error")
    else:
        flash(f"{code} {words}.")
    return redirect(url_for("resources.show", resource_id=resource_id))


def _show_form(
    site: Site, form: ResourceForm, resource: Resource | None, message: str | None, *, key: str = "",
    status: int = 400,
) -> Any:  # fmt: skip
    page = _render("resources/form.html", site, form=form, resource=resource, message=message, key=key)
    return page, status if message or form.first_fault() else 200


def _render(template: str, site: Site, **facts: Any) -> str:
    today = _today(site)
    shared = {
        "today": today,
        "in_words": day_in_words,
        "calibration_of": lambda resource: rules.calibration(resource.calibration_due_on, today),
    }
    return render_template(template, **shared, **facts)


def _today(site: Site) -> date:
    return utc_now().astimezone(zone_of(site)).date()
