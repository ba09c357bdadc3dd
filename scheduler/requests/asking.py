"""What the form of a request does: filled from elsewhere, looked at for time, stored once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app, request
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from scheduler.accounts.models import User
from scheduler.calendars.models import Site
from scheduler.calendars.rules import local_midnight
from scheduler.calendars.service import zone_of
from scheduler.database import session, transaction, utc_now
from scheduler.errors import UserError
from scheduler.idempotency import find_answer, keep_answer
from scheduler.requests import attachments, form_values, queries, recurring, service, templates
from scheduler.requests.forms import RequestForm
from scheduler.requests.models import ActivityRequest
from scheduler.requests.offers import offers_for
from scheduler.requests.values import RequestValues
from scheduler.requests.writing import values_of
from scheduler.security import may

NOT_TYPED = ("csrf_token", "submit")


def instance() -> Path:
    """The folder in which files lie."""
    folder: Path = current_app.extensions["markaz_config"].instance
    return folder


def blank_form(site: Site) -> RequestForm:
    """A new request; filled from a template or an earlier one where the address names it."""
    offers = offers_for(user(), site.id)
    data: dict[str, Any] = {}
    if (copied := _number("copy")) is not None:
        data = _copied(queries.get_request(user(), copied), site)
    elif (chosen := _number("template")) is not None:
        told = templates.known(templates.get_template(site.id, chosen))
        data = form_values.fill_template({"template": chosen}, told)
    projects = offers["projects"]
    if not data.get("project") and len(projects) == 1:
        data["project"] = projects[0][0]
    if request.method == "GET" and not data.get("earliest"):
        data |= _coming_week(site)
    return RequestForm(offers, data=data)


def with_template(form: RequestForm, site: Site) -> RequestForm:
    """The same form, with what the chosen template knows filled in."""
    typed = {name: value for name, value in form.data.items() if name not in NOT_TYPED}
    if form.template.data is None:
        return form
    told = templates.known(templates.get_template(site.id, form.template.data))
    return RequestForm(form.offers, formdata=None, data=form_values.fill_template(typed, told))


def said_by_template(form: RequestForm, site: Site) -> str:
    """What the chosen template fills in, in words; blank without one."""
    if form.template.data is None or form.template.errors:
        return ""
    try:
        return templates.said_by(templates.get_template(site.id, form.template.data))
    except UserError:
        return ""


def read(form: RequestForm, site: Site, kept: RequestValues | None = None) -> RequestValues | None:
    return form_values.read(form, site.id, zone_of(site), user(), is_manager=may("manager"), kept=kept)


def create_once(form: RequestForm, values: RequestValues, key: str, then: str) -> tuple[int, str, int]:
    """The new request, or the first of its series, its code and how many; those made before where the
    same form was sent twice."""
    uploads = attachments.read_all(request.files.getlist("attachments"))
    pattern = form.pattern()
    scope = f"requests.new:{current_user.id}"
    asked = {
        "values": str(values),
        "then": then,
        "pattern": str(pattern),
        "requester": form.requester.data,
        "files": [each.name for each in uploads],
    }

    def create() -> dict[str, Any]:
        with transaction(actor=current_user):
            answer = find_answer(scope, key, asked)
            if answer is None:
                rows = _make(form, values, pattern)
                for row in rows:
                    if then == "submit":
                        service.submit(row, user())
                    if uploads:
                        attachments.attach(row, uploads, user(), instance())
                answer = {"id": rows[0].id, "code": rows[0].code, "count": len(rows)}
                keep_answer(scope, key, asked, answer)
            return answer

    try:
        answer = create()
    except IntegrityError:
        # The same form at the same moment, or an import that took the code: both stand by now.
        answer = create()
    return answer["id"], answer["code"], answer.get("count", 1)


def save(request_id: int, values: RequestValues, form: RequestForm) -> str:
    """What the form changes, of one or of more of its series; in words."""
    version = int(form.version.data) if (form.version.data or "").isdigit() else 0
    with transaction(actor=current_user):
        row = queries.get_request(user(), request_id)
        scope = form.scope.data if row.series else "one"
        rows, left = recurring.edit_series(row, values, scope, user(), version)
        if request.form.get("then") == "submit" and row.state == "draft":
            service.submit(row, user())
            return f"{row.code} is asked for. A manager answers it."
        if len(rows) == 1 and not left:
            return f"{row.code} is saved."
        stays = f" {left} stay as they are: they are decided or over." if left else ""
        return f"{row.code} and {len(rows) - 1} more of its series are saved.{stays}"


def said_of_new(code: str, count: int, then: str) -> str:
    what = code if count == 1 else f"{code} and {count - 1} more"
    verb = "is" if count == 1 else "are"
    if then == "submit":
        return f"{what} {verb} asked for. A manager answers {'it' if count == 1 else 'them'}."
    return f"{what} {verb} saved."


def use_remedy(form: RequestForm) -> None:
    """The button of a remedy fills in a later end."""
    kind, _, text = request.form.get("look", "").partition(":")
    if kind == "latest":
        form.latest.data, form.latest.raw_data = text[:40], [text[:40]]
        form.latest_hour.data = ""


def place(form: RequestForm, error: UserError) -> str | None:
    """Put the faults beside their fields; what has no field is said above the form."""
    left = form.place_faults(error.faults)
    return " ".join(left) if error.faults else error.message


def user() -> User:
    found: User = current_user._get_current_object()
    return found


def _make(form: RequestForm, values: RequestValues, pattern: Any) -> Sequence[ActivityRequest]:
    requester = None
    if form.requester.data is not None and may("manager"):
        requester = session.get(User, form.requester.data)
    if pattern is not None:
        return recurring.create_series(values, pattern, user(), requester=requester)
    return [service.create_request(values, user(), requester=requester)]


def _copied(row: ActivityRequest, site: Site) -> dict[str, Any]:
    """All of an earlier request but its slot; times that are over move on by whole weeks."""
    values = replace(values_of(row), preferred_from=None, preferred_until=None)
    zone = zone_of(site)
    day = recurring.anchor(values, zone)
    today = utc_now().astimezone(zone).date()
    if day is not None and day <= today:
        values = recurring.shifted(values, 7 * ((today - day).days // 7 + 1), zone)
    codes = {link.before_id: link.before.code for link in queries.predecessors(row.id)}
    data = form_values.fill(values, zone, codes, 0)
    allowed = {project.id for project in queries.projects_to_ask_for(user(), site.id)}
    if data["project"] not in allowed:
        data["project"] = None
    return data


def _coming_week(site: Site) -> dict[str, Any]:
    """Most ask for the next days: from tomorrow, for two weeks."""
    zone = zone_of(site)
    today = utc_now().astimezone(zone).date()
    start = local_midnight(today + timedelta(days=1), zone).astimezone(zone)
    end = local_midnight(today + timedelta(days=15), zone).astimezone(zone)
    return {"earliest": f"{start:%Y-%m-%d %H:%M}", "latest": f"{end:%Y-%m-%d %H:%M}"}


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
