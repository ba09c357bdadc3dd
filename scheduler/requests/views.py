"""Requests: the list, one of them, asking, changing, deciding."""

import secrets
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from scheduler.accounts.models import User
from scheduler.calendars.models import Site
from scheduler.calendars.queries import the_site
from scheduler.calendars.service import zone_of
from scheduler.database import transaction, utc_now
from scheduler.errors import Stale, UserError
from scheduler.idempotency import find_answer, keep_answer
from scheduler.projects.models import PROJECT_KINDS
from scheduler.requests import form_values, queries, service, words
from scheduler.requests.forms import DecisionForm, RequestForm
from scheduler.requests.models import STATES, ActivityRequest
from scheduler.requests.offers import offers_for
from scheduler.requests.values import RequestValues
from scheduler.requests.writing import values_of
from scheduler.security import LARGEST_ID, may, role_required

blueprint = Blueprint("requests", __name__)

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
    state = request.args.get("state") or ("submitted" if may("manager") else "all")
    if state != "all" and state not in STATES:
        raise UserError(f'There is no state "{state[:40]}". Choose one of the tabs.')
    text, kind = request.args.get("q", "")[:100], request.args.get("kind") or None
    if kind is not None and kind not in PROJECT_KINDS:
        raise UserError(f'There is no kind "{kind[:40]}". Choose one of {", ".join(PROJECT_KINDS)}.')
    sort = request.args.get("sort", "kind")
    descending = request.args.get("order") == "down"
    listed = queries.list_requests(
        current_user,
        site.id,
        state=None if state == "all" else state,
        text=text,
        kind=kind,
        page=_page_number(),
        sort=sort if sort in queries.SORTS else "kind",
        descending=descending,
    )
    counts = queries.counts_by_state(current_user, site.id, text, kind)
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
        descending=descending,
        words=words,
        zone=zone_of(site),
        may_decide=may("manager") and state == "submitted",
    )


@blueprint.post("/decide")
@role_required("manager")
def decide() -> Any:
    """Approve or decline those that are ticked: all of them or none."""
    decision = {"approve": "approved", "decline": "declined"}.get(request.form.get("decision", ""))
    ids = [int(text) for text in request.form.getlist("request") if text.isascii() and text.isdigit()]
    back = redirect(url_for("requests.index", state="submitted"))
    if decision is None or not ids:
        flash("Nothing was ticked. Tick the requests to decide on first.", "error")
        return back
    try:
        with transaction(actor=current_user):
            rows = [queries.get_request(current_user, min(i, LARGEST_ID)) for i in dict.fromkeys(ids)]
            service.decide_many(rows, current_user, decision, request.form.get("note", ""))
    except UserError as error:
        flash(error.message, "error")
        return back
    flash(f"{decision.capitalize()} {len(rows)} {'request' if len(rows) == 1 else 'requests'}.")
    return back


@blueprint.route("/new", methods=["GET", "POST"])
@role_required("researcher")
def new() -> Any:
    site = the_site()
    form = RequestForm(offers_for(current_user, site.id))
    key = request.form.get("key") or secrets.token_urlsafe(16)
    message = None
    if request.method == "POST" and not _added_row(form):
        values = _read(form, site)
        if values is not None:
            try:
                row_id, code = _create_once(values, key)
            except UserError as error:
                message = _place(form, error)
            else:
                flash(_said(code))
                return redirect(url_for("requests.show", request_id=row_id))
    return _show_form(form, site, key=key, message=message)


@blueprint.get("/<int:request_id>")
@role_required("researcher")
def show(request_id: int) -> str:
    site = the_site()
    row = queries.get_request(current_user, request_id)
    return render_template(
        "requests/show.html",
        row=row,
        befores=queries.predecessors(row.id),
        afters=queries.successors(row.id),
        words=words,
        zone=zone_of(site),
        form=DecisionForm(),
        may_edit=service.may_edit(row, current_user),
        may_decide=service.may_decide(row, current_user),
        is_owner=service.is_owner(row, current_user) or service.may_decide(row, current_user),
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
    form = RequestForm(offers_for(current_user, site.id, row, kept), data=data)
    message = None
    status = 200
    if request.method == "POST" and not _added_row(form):
        values = _read(form, site, kept)
        if values is not None:
            try:
                code = _save(request_id, values, form)
            except Stale as error:
                message, status = error.message, 409
                form.version.data = queries.get_request(current_user, request_id).version
            except UserError as error:
                message = _place(form, error)
            else:
                flash(_said(code))
                return redirect(url_for("requests.show", request_id=request_id))
    row = queries.get_request(current_user, request_id)
    return _show_form(form, site, row=row, message=message, status=status)


@blueprint.post("/<int:request_id>/submit")
@role_required("researcher")
def submit(request_id: int) -> Any:
    return _move(request_id, "asked for", lambda row, note: service.submit(row, current_user))


@blueprint.post("/<int:request_id>/reopen")
@role_required("researcher")
def reopen(request_id: int) -> Any:
    return _move(request_id, "a draft again", lambda row, note: service.reopen(row, current_user))


@blueprint.post("/<int:request_id>/withdraw")
@role_required("researcher")
def withdraw(request_id: int) -> Any:
    return _move(request_id, "withdrawn", lambda row, note: service.withdraw(row, current_user))


@blueprint.post("/<int:request_id>/approve")
@role_required("manager")
def approve(request_id: int) -> Any:
    return _move(request_id, "approved", lambda row, note: service.approve(row, current_user, note))


@blueprint.post("/<int:request_id>/decline")
@role_required("manager")
def decline(request_id: int) -> Any:
    return _move(request_id, "declined", lambda row, note: service.decline(row, current_user, note))


def _move(request_id: int, word: str, work: Any) -> Any:
    note = (request.form.get("note") or "").strip()[:500]
    try:
        with transaction(actor=current_user, reason=note or None):
            row = queries.get_request(current_user, request_id)
            work(row, note)
            code = row.code
    except UserError as error:
        if type(error) is not UserError:
            raise
        flash(error.message, "error")
    else:
        flash(f"{code} is {word}.")
    return redirect(url_for("requests.show", request_id=request_id))


def _create_once(values: RequestValues, key: str) -> tuple[int, str]:
    """The new request; the one made before where the same form was sent twice."""
    scope, asked = (
        f"requests.new:{current_user.id}",
        {"values": str(values), "then": request.form.get("then")},
    )

    def create() -> dict[str, Any]:
        with transaction(actor=current_user):
            answer = find_answer(scope, key, asked)
            if answer is None:
                row = service.create_request(values, current_user)
                if request.form.get("then") == "submit":
                    service.submit(row, current_user)
                answer = {"id": row.id, "code": row.code}
                keep_answer(scope, key, asked, answer)
            return answer

    try:
        answer = create()
    except IntegrityError:
        # The same form at the same moment, or an import that took the code: both stand by now.
        answer = create()
    return answer["id"], answer["code"]


def _save(request_id: int, values: RequestValues, form: RequestForm) -> str:
    version = int(form.version.data) if (form.version.data or "").isdigit() else 0
    with transaction(actor=current_user):
        row = queries.get_request(current_user, request_id)
        service.edit_request(row, values, current_user, version)
        if request.form.get("then") == "submit" and row.state == "draft":
            service.submit(row, current_user)
        return row.code


def _read(form: RequestForm, site: Site, kept: RequestValues | None = None) -> RequestValues | None:
    user: User = current_user
    return form_values.read(form, site.id, zone_of(site), user, is_manager=may("manager"), kept=kept)


def _added_row(form: RequestForm) -> bool:
    """Whether the button "one more row" was pressed: then nothing is checked and nothing saved."""
    return form.add_row(request.form.get("more", ""))


def _place(form: RequestForm, error: UserError) -> str | None:
    """Put the faults beside their fields; what has no field is said above the form."""
    left = form.place_faults(error.faults)
    return " ".join(left) if error.faults else error.message


def _show_form(
    form: RequestForm,
    site: Site,
    *,
    row: ActivityRequest | None = None,
    key: str | None = None,
    message: str | None = None,
    status: int = 200,
) -> Any:
    is_bad = bool(message or form.first_fault())
    page = render_template(
        "requests/form.html",
        form=form,
        row=row,
        key=key,
        message=message,
        example_day=utc_now().astimezone(zone_of(site)).date() + timedelta(days=7),
    )
    return page, 400 if is_bad and status == 200 else status


def _said(code: str) -> str:
    if request.form.get("then") == "submit":
        return f"{code} is asked for. A manager answers it."
    return f"{code} is saved."


def _page_number() -> int:
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
