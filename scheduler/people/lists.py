"""Pages of the two lists that people are described by: qualifications and organisations."""

import secrets
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from scheduler.calendars.form_pages import place, version_sent
from scheduler.calendars.keyed import once
from scheduler.calendars.queries import the_site
from scheduler.database import session, transaction
from scheduler.errors import Forbidden, NotFound, Stale, UserError
from scheduler.people import kinds, pages, service
from scheduler.people.blueprint import blueprint
from scheduler.people.forms import KindForm
from scheduler.people.models import ORGANISATION_KINDS, Organisation, Qualification
from scheduler.security import role_required


@dataclass(frozen=True)
class What:
    """One of the lists, and where its pages are."""

    model: type[kinds.Kind]
    word: str
    many: str
    view: str
    change: str


QUALIFICATIONS = What(
    Qualification, "qualification", "Qualifications", "people.list_qualifications",
    "people.change_qualification",
)  # fmt: skip
ORGANISATIONS = What(
    Organisation, "organisation", "Organisations", "people.list_organisations", "people.change_organisation"
)


@blueprint.get("/lists/qualifications")
@role_required("manager")
def list_qualifications() -> Any:
    return _page(QUALIFICATIONS)


@blueprint.post("/lists/qualifications")
@role_required("manager")
def add_qualification() -> Any:
    return _add(QUALIFICATIONS)


@blueprint.post("/lists/qualifications/<int:qualification_id>")
@role_required("manager")
def change_qualification(qualification_id: int) -> Any:
    return _change(QUALIFICATIONS, qualification_id)


@blueprint.get("/lists/organisations")
@role_required("manager")
def list_organisations() -> Any:
    return _page(ORGANISATIONS)


@blueprint.post("/lists/organisations")
@role_required("manager")
def add_organisation() -> Any:
    return _add(ORGANISATIONS)


@blueprint.post("/lists/organisations/<int:organisation_id>")
@role_required("manager")
def change_organisation(organisation_id: int) -> Any:
    return _change(ORGANISATIONS, organisation_id)


def _add(what: What) -> Any:
    site = the_site()
    service.refuse_edit(current_user, site.id)
    form = KindForm()
    message = None
    if form.validate():
        code, name, kind = form.code.data or "", form.name.data or "", form.kind.data
        key = request.form.get("key") or secrets.token_urlsafe(16)

        def work() -> dict[str, Any]:
            return {"id": kinds.add_kind(what.model, site, code, name, kind, current_user).id}

        asked = {"code": code, "name": name, "kind": kind}
        try:
            once(f"{what.view}:{current_user.id}", key, asked, current_user, work)
        except UserError as error:
            message = place(form, error)
        else:
            flash(f"{name} is in the list.")
            return redirect(url_for(what.view))
    return _page(what, form, message), 400


def _change(what: What, row_id: int) -> Any:
    """Rename it, offer it no more or again, or strike it out, as the button says."""
    site = the_site()
    then = request.form.get("then", "save")
    try:
        with transaction(actor=current_user):
            row = kinds.get_kind(what.model, site.id, row_id)
            name = row.name
            if then == "retire":
                kinds.retire_kind(row, current_user, version_sent())
                said = f"{name} is offered no more."
            elif then == "offer":
                kinds.offer_again(row, current_user, version_sent())
                said = f"{name} is offered again."
            elif then == "delete":
                kinds.delete_kind(row, current_user, version_sent())
                said = f"{name} is struck out."
            else:
                typed, kind = request.form.get("name", "").strip(), request.form.get("kind")
                kinds.change_kind(row, typed, kind, current_user, version_sent())
                said = f"{typed} is saved."
    except (Forbidden, NotFound):
        raise
    except UserError as error:
        session.rollback()
        status = 409 if isinstance(error, Stale) else 400
        return _page(what, faults={row_id: error.message}), status
    flash(said)
    return redirect(url_for(what.view))


def _page(
    what: What,
    form: KindForm | None = None,
    message: str | None = None,
    faults: dict[int, str] | None = None,
) -> str:
    site = the_site()
    listed = kinds.list_kinds(what.model, site.id)
    return render_template(
        "people/list.html",
        what=what,
        lists=(QUALIFICATIONS, ORGANISATIONS),
        listed=listed,
        form=form or KindForm(formdata=None),
        kinds=ORGANISATION_KINDS if what is ORGANISATIONS else (),
        key=request.form.get("key") or secrets.token_urlsafe(16),
        message=message,
        faults=faults or {},
        tabs=pages.TABS,
        may_edit=service.may_edit(current_user, site.id),
    )
