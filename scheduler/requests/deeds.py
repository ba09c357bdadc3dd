"""What is done to requests without a form of its own: deciding, asking back, files, slots, copies."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from flask import flash, redirect, request, send_file, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from scheduler.calendars.queries import the_site
from scheduler.calendars.rules import monday_of, week_name
from scheduler.calendars.service import zone_of
from scheduler.database import transaction, utc_now
from scheduler.errors import UserError
from scheduler.idempotency import find_answer, keep_answer
from scheduler.requests import attachments, queries, recurring, service, talking, templates
from scheduler.requests.asking import instance, user
from scheduler.requests.blueprint import blueprint
from scheduler.requests.models import ActivityRequest
from scheduler.requests.preferences import read_slot
from scheduler.security import LARGEST_ID, accepts_upload, role_required


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
    """This one; or with `scope` those of its series that still can be."""
    scope = request.form.get("scope", "one")
    if scope == "one":
        return _move(request_id, "withdrawn", lambda row, note: service.withdraw(row, current_user))

    def work(row: ActivityRequest) -> str:
        done = recurring.for_each(row, scope, lambda each: service.withdraw(each, user()))
        return f"{len(done)} of the series of {row.code} are withdrawn."

    return _do(request_id, work)


@blueprint.post("/<int:request_id>/approve")
@role_required("researcher")  # who leads its project decides too: the service asks
def approve(request_id: int) -> Any:
    return _move(request_id, "approved", lambda row, note: service.approve(row, current_user, note))


@blueprint.post("/<int:request_id>/decline")
@role_required("researcher")  # who leads its project decides too: the service asks
def decline(request_id: int) -> Any:
    waits = request.form.get("waits") == "1"
    word = "declined, and waits for a slot" if waits else "declined"
    return _move(request_id, word, lambda row, note: service.decline(row, current_user, note, waits=waits))


@blueprint.post("/<int:request_id>/ask-back")
@role_required("researcher")  # who leads its project decides too: the service asks
def ask_back(request_id: int) -> Any:
    """A question: the note of the decision is what is asked."""

    def work(row: ActivityRequest) -> str:
        talking.ask_back(row, user(), request.form.get("note", ""))
        return f"{row.code} is asked back. It waits for an answer."

    return _do(request_id, work)


@blueprint.post("/<int:request_id>/comment")
@role_required("researcher")
def comment(request_id: int) -> Any:
    """Once, however often the button is pressed."""
    text, key = request.form.get("text", ""), request.form.get("key", "")

    def work(row: ActivityRequest) -> str:
        scope, asked = f"requests.comment:{user().id}", {"request": request_id, "text": text}
        if not key or find_answer(scope, key, asked) is None:
            was_asked = row.asked_back_at is not None
            talking.comment(row, user(), text)
            if key:
                keep_answer(scope, key, asked, {"id": row.id})
            if was_asked and row.asked_back_at is None:
                return "Answered. It waits for a decision again."
        return "Your comment is there."

    return _do(request_id, work, "talk")


@blueprint.post("/<int:request_id>/attachments")
@role_required("researcher")
@accepts_upload
def attach(request_id: int) -> Any:
    """Once, however often the button is pressed."""
    key = request.form.get("key", "")
    uploads: list[attachments.Upload] = []

    def work(row: ActivityRequest) -> str:
        # A file can be read once, and this may be tried twice.
        uploads.extend([] if uploads else attachments.read_all(request.files.getlist("attachments")))
        if not uploads:
            raise UserError("No file was chosen. Choose one first.")
        scope = f"requests.attach:{user().id}"
        asked = {"request": request_id, "files": [[each.name, each.sha256] for each in uploads]}
        if not key or find_answer(scope, key, asked) is None:
            attachments.attach(row, uploads, user(), instance())
            if key:
                keep_answer(scope, key, asked, {"id": row.id})
        return f"{', '.join(each.name for each in uploads)} {'is' if len(uploads) == 1 else 'are'} attached."

    return _do(request_id, work, "files")


@blueprint.post("/<int:request_id>/attachments/<int:attachment_id>/remove")
@role_required("researcher")
def remove_attachment(request_id: int, attachment_id: int) -> Any:
    gone: list[str] = []

    def work(row: ActivityRequest) -> str:
        found = attachments.find(row, attachment_id)
        gone.append(found.stored_name)
        attachments.detach(row, found, user(), instance())
        return f"{found.name} is taken away."

    answer = _do(request_id, work, "files")
    # Only now: had the write failed, the row would name a file that is gone.
    for name in gone:
        if not queries.is_stored(name):
            attachments.drop(name, instance())
    return answer


@blueprint.get("/<int:request_id>/attachments/<int:attachment_id>")
@role_required("researcher")
def attachment(request_id: int, attachment_id: int) -> Any:
    """To be kept, never shown within our pages: whatever is in it runs nowhere."""
    row = queries.get_request(current_user, request_id)
    found = attachments.find(row, attachment_id)
    path = attachments.path_of(found, instance())
    answer = send_file(
        BytesIO(path.read_bytes()),
        mimetype=attachments.KINDS[found.kind],
        as_attachment=True,
        download_name=found.name,
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@blueprint.post("/<int:request_id>/prefer")
@role_required("researcher")
def prefer(request_id: int) -> Any:
    """Choose one of the free slots; blank takes the choice back."""

    def work(row: ActivityRequest) -> str:
        text = request.form.get("slot", "")
        run = read_slot(text)
        if text and run is None:
            raise UserError("This slot cannot be read. Look for time again and choose one.")
        version = request.form.get("version", "")
        service.prefer(row, run, user(), int(version) if version.isdigit() else 0)
        return f"{row.code} likes that slot best now." if run else f"{row.code} likes no slot best."

    return _do(request_id, work)


@blueprint.post("/<int:request_id>/wait")
@role_required("researcher")
def wait(request_id: int) -> Any:
    waits = request.form.get("waits", "1") == "1"

    def work(row: ActivityRequest) -> str:
        service.wait(row, user(), waits=waits)
        return f"{row.code} waits for a slot." if waits else f"{row.code} waits no more."

    return _do(request_id, work)


@blueprint.post("/<int:request_id>/template")
@role_required("manager")
def save_template(request_id: int) -> Any:
    def work(row: ActivityRequest) -> str:
        kind = request.form.get("project_kind") or None
        made = templates.save_template(row, user(), request.form.get("name", ""), kind)
        return f'"{made.name}" is a template now. The form "Ask for time" offers it.'

    return _do(request_id, work)


@blueprint.post("/copy-week")
@role_required("researcher")
def copy_week() -> Any:
    """Drafts like one's own requests about one week, for another one."""
    site = the_site()
    zone = zone_of(site)
    today = utc_now().astimezone(zone).date()
    this_monday = today - timedelta(days=today.weekday())
    back = url_for("requests.index", state="draft", mine="1")
    try:
        source = monday_of(request.form.get("from") or week_name(this_monday - timedelta(days=7)))
        target = monday_of(request.form.get("to") or week_name(this_monday + timedelta(days=7)))
        weeks = _weeks_between(source, target)
        with transaction(actor=current_user):
            rows = queries.own_requests(user(), site.id)
            made = recurring.copies_of_week(rows, source, weeks, user(), zone)
    except UserError as error:
        flash(f"Nothing is copied. {error.message}", "error")
        return redirect(url_for("requests.index", mine="1"))
    if not made:
        flash(
            f"You asked for nothing in week {week_name(source)}. Copy a request from its page instead.",
            "error",
        )
        return redirect(url_for("requests.index", mine="1"))
    what = "1 request" if len(made) == 1 else f"{len(made)} requests"
    flash(f"Copied {what} to week {week_name(target)} as drafts. Look at them and ask.")
    return redirect(back)


def change_template_now(template_id: int) -> str:
    """Rename or retire a template; gives what is said of it."""
    text = request.form.get("version", "")
    version = int(text) if text.isdigit() else 0
    with transaction(actor=current_user):
        row = templates.get_template(the_site().id, template_id)
        if request.form.get("then") == "retire":
            templates.retire_template(row, user(), version)
            return f'"{row.name}" is offered no more.'
        kind = request.form.get("project_kind") or None
        templates.change_template(row, user(), version, request.form.get("name", ""), kind)
        return f'"{row.name}" is saved.'


def _weeks_between(source: date, target: date) -> int:
    weeks = (target - source).days // 7
    if not 1 <= weeks <= 60:
        raise UserError("Choose a later week to copy to, at most a year ahead.")
    return weeks


def _move(request_id: int, word: str, work: Any) -> Any:
    note = (request.form.get("note") or "").strip()[:500]

    def deed(row: ActivityRequest) -> str:
        work(row, note)
        return f"{row.code} is {word}."

    return _do(request_id, deed, reason=note or None)


def _do(
    request_id: int, work: Callable[[ActivityRequest], str], place: str = "", reason: str | None = None
) -> Any:
    """One deed on one request, said on its page."""

    def attempt() -> str:
        with transaction(actor=current_user, reason=reason):
            return work(queries.get_request(current_user, request_id))

    try:
        try:
            said = attempt()
        except IntegrityError:
            # The same key at the same moment: the other one stands by now.
            said = attempt()
    except UserError as error:
        if type(error) is not UserError:
            raise
        flash(error.message, "error")
    else:
        flash(said)
    return redirect(url_for("requests.show", request_id=request_id, _anchor=place or None))
