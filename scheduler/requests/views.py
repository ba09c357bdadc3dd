"""Requests: the list, one of them, asking for one, changing it; templates of kinds of work."""

import secrets
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from scheduler.calendars.models import Site
from scheduler.calendars.queries import the_site
from scheduler.calendars.service import zone_of
from scheduler.database import utc_now
from scheduler.errors import Stale, UserError
from scheduler.projects.models import PROJECT_KINDS
from scheduler.requests import (
    asking,
    attachments,
    choices,
    deeds,
    form_values,
    history,
    planned,
    queries,
    service,
    words,
)
from scheduler.requests import templates as kept_templates
from scheduler.requests.asking import user
from scheduler.requests.blueprint import blueprint
from scheduler.requests.forms import DecisionForm, RequestForm
from scheduler.requests.models import STATES, ActivityRequest
from scheduler.requests.offers import offers_for
from scheduler.requests.preferences import read_slot
from scheduler.requests.values import RequestValues
from scheduler.requests.writing import values_of
from scheduler.security import accepts_upload, may, role_required

__all__ = ["blueprint", "deeds"]

TABS = {
    "submitted": "Waiting",
    "approved": "Approved",
    "booked": "Booked",
    "done": "Done",
    "declined": "Declined",
    "draft": "Drafts",
    "withdrawn": "Withdrawn",
}
"""States in the order of the tabs; `all` comes last."""


@blueprint.get("/", strict_slashes=False)
@role_required("researcher")
def index() -> str:
    site = the_site()
    is_mine = not may("manager") or request.args.get("mine") == "1"
    state = request.args.get("state") or ("submitted" if may("manager") and not is_mine else "all")
    if state != "all" and state not in STATES:
        raise UserError(f'There is no state "{state[:40]}". Choose one of the tabs.')
    text, kind = request.args.get("q", "")[:100], request.args.get("kind") or None
    if kind is not None and kind not in PROJECT_KINDS:
        raise UserError(f'There is no kind "{kind[:40]}". Choose one of {", ".join(PROJECT_KINDS)}.')
    usual = "waits" if is_mine else "kind"
    sort = request.args.get("sort", usual)
    order = request.args.get("order") or ("down" if is_mine and sort == usual else "")
    descending = order == "down"
    own = request.args.get("mine") == "1"
    listed = queries.list_requests(
        current_user,
        site.id,
        state=None if state == "all" else state,
        text=text,
        kind=kind,
        page=_page_number(),
        sort=sort if sort in queries.SORTS else "kind",
        descending=descending,
        own_of=current_user.id if own else None,
    )
    counts = queries.counts_by_state(
        current_user, site.id, text, kind, own_of=current_user.id if own else None
    )
    return render_template(
        "requests/index.html",
        listed=listed,
        counts=counts | {"all": sum(counts.values())},
        tabs=TABS,
        state=state,
        text=text,
        kind=kind,
        kinds=PROJECT_KINDS,
        sort=sort,
        usual=usual,
        descending=descending,
        own=own,
        is_mine=is_mine,
        words=words,
        zone=zone_of(site),
        may_decide=may("manager") and state == "submitted",
        can_copy_week=queries.is_any_of_user(user(), site.id),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@role_required("researcher")
@accepts_upload
def new() -> Any:
    site = the_site()
    form = asking.blank_form(site)
    key = request.form.get("key") or secrets.token_urlsafe(16)
    if request.method == "GET" or form.add_row(request.form.get("more", "")):
        return _show_form(form, site, key=key)
    if request.form.get("more") == "template":
        return _show_form(asking.with_template(form, site), site, key=key)
    if "look" in request.form:
        return _look(form, site, key=key)
    then = request.form.get("then", "draft")
    message = None
    values = asking.read(form, site)
    if values is not None:
        try:
            row_id, code, count = asking.create_once(form, values, key, then)
        except UserError as error:
            message = asking.place(form, error)
        else:
            flash(asking.said_of_new(code, count, then))
            return redirect(url_for("requests.show", request_id=row_id))
    return _show_form(form, site, key=key, message=message)


@blueprint.get("/<int:request_id>")
@role_required("researcher")
def show(request_id: int) -> str:
    site = the_site()
    row = queries.get_request(current_user, request_id)
    happened = history.events(row)
    return render_template(
        "requests/show.html",
        row=row,
        befores=queries.predecessors(row.id),
        seen_ids=queries.seen_beside(row, current_user),
        afters=queries.successors(row.id),
        series=queries.series_of(row, current_user),
        steps=history.steps(row, is_planned=planned.is_planned(row)),
        events=happened,
        question=history.said_last(happened) if row.asked_back_at else None,
        preferred=choices.known(row.preferred, choices.PREFERRED),
        hazards=choices.listed(row.hazards),
        words=words,
        kinds=PROJECT_KINDS,
        most_files=attachments.MOST_FILES,
        zone=zone_of(site),
        form=DecisionForm(),
        key=secrets.token_urlsafe(16),
        is_looking=request.args.get("look") == "1",
        may_edit=service.may_edit(row, current_user),
        may_decide=service.may_decide(row, current_user),
        is_owner=service.is_owner(row, current_user) or service.may_decide(row, current_user),
        is_asker=service.is_owner(row, current_user),
    )


@blueprint.route("/<int:request_id>/edit", methods=["GET", "POST"])
@role_required("researcher")
def edit(request_id: int) -> Any:
    site = the_site()
    row = queries.get_request(current_user, request_id)
    service.refuse_edit(row, current_user)
    kept = values_of(row)
    codes = {link.before_id: link.before.code for link in queries.predecessors(row.id)}
    data = form_values.fill(kept, zone_of(site), codes, row.version)
    form = RequestForm(offers_for(user(), site.id, row, kept), data=data)
    message = None
    status = 200
    if request.method == "POST" and "look" in request.form:
        return _look(form, site, row=row, kept=kept)
    if request.method == "POST" and not form.add_row(request.form.get("more", "")):
        values = asking.read(form, site, kept)
        if values is not None:
            try:
                said = asking.save(request_id, values, form)
            except Stale as error:
                message, status = error.message, 409
                form.version.data = queries.get_request(current_user, request_id).version
            except UserError as error:
                message = asking.place(form, error)
            else:
                flash(said)
                return redirect(url_for("requests.show", request_id=request_id))
    row = queries.get_request(current_user, request_id)
    return _show_form(form, site, row=row, message=message, status=status)


@blueprint.get("/templates")
@role_required("manager")
def templates() -> str:
    return _templates_page()


@blueprint.post("/templates/<int:template_id>")
@role_required("manager")
def change_template(template_id: int) -> Any:
    """Another name or kind; or offered no more."""
    try:
        said = deeds.change_template_now(template_id)
    except Stale:
        raise
    except UserError as error:
        return _templates_page(faults={template_id: error.message}), 400
    flash(said)
    return redirect(url_for("requests.templates"))


def _templates_page(faults: dict[int, str] | None = None) -> str:
    site = the_site()
    rows = kept_templates.list_templates(site.id)
    return render_template(
        "requests/templates.html",
        rows=rows,
        said={row.id: kept_templates.said_by(row) for row in rows},
        kinds=PROJECT_KINDS,
        faults=faults or {},
    )


def _look(
    form: RequestForm,
    site: Site,
    *,
    key: str | None = None,
    row: ActivityRequest | None = None,
    kept: RequestValues | None = None,
) -> Any:
    """The form again, beside it whether it could fit. Nothing is saved."""
    asking.use_remedy(form)
    values = asking.read(form, site, kept)
    message = None
    if values is not None:
        found = service.faults_of(values, user(), row)
        if found:
            message = asking.place(form, UserError("", found))
            values = None
    return _show_form(form, site, row=row, key=key, message=message, looked=values)


def _show_form(
    form: RequestForm,
    site: Site,
    *,
    row: ActivityRequest | None = None,
    key: str | None = None,
    message: str | None = None,
    status: int = 200,
    looked: RequestValues | None = None,
) -> Any:
    is_bad = bool(message or form.first_fault())
    page = render_template(
        "requests/form.html",
        form=form,
        row=row,
        key=key,
        message=message,
        looked=looked,
        chosen=read_slot(form.slot.data or ""),
        from_template=asking.said_by_template(form, site),
        hours_left=queries.hours_left(user(), site.id),
        example_day=utc_now().astimezone(zone_of(site)).date() + timedelta(days=7),
    )
    return page, 400 if is_bad and status == 200 else status


def _page_number() -> int:
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
