"""Projects: the list, one of them, opening and changing one, its members."""

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from scheduler.calendars.queries import the_site
from scheduler.database import transaction
from scheduler.errors import Forbidden, Stale, UserError
from scheduler.idempotency import find_answer, keep_answer
from scheduler.projects import queries, rules, service, spent
from scheduler.projects.forms import MemberForm, ProjectForm
from scheduler.projects.models import PROJECT_KINDS, Project
from scheduler.projects.rules import ProjectValues
from scheduler.security import role_required

blueprint = Blueprint("projects", __name__)

NOTHING = ProjectValues(name="", kind="R&D")


@blueprint.get("/", strict_slashes=False)
@role_required("researcher")
def projects() -> Any:
    site = the_site()
    text = request.args.get("q", "").strip()[:100]
    kind, state = request.args.get("kind") or None, request.args.get("state") or None
    if kind is not None and kind not in PROJECT_KINDS:
        raise UserError(f'There is no kind "{kind[:40]}". Choose one of {", ".join(PROJECT_KINDS)}.')
    if state is not None and state not in queries.STATES:
        raise UserError(f'There is no state "{state[:40]}". Choose one of {", ".join(queries.STATES)}.')
    rows = queries.search_projects(current_user, site.id, text, kind, state)
    mine = queries.member_project_ids(current_user)
    return render_template(
        "projects/projects.html",
        rows=rows,
        spent=spent.spent_by_project(site.id),
        inside={row.id for row in rows if row.id in mine or service.may_edit(row, current_user)},
        mine=mine,
        text=text,
        kind=kind,
        state=state,
        kinds=PROJECT_KINDS,
        states=queries.STATES,
        may_add=service.may_grant(site.id, current_user),
        most=queries.MOST_LISTED,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@role_required("manager")
def new_project() -> Any:
    site = the_site()
    if not service.may_grant(site.id, current_user):
        raise Forbidden(f"Projects are opened by managers of {site.name}. Ask one of them.")
    form = ProjectForm(_partners(site.id, None), is_new=True, grants=True)
    key = request.form.get("key") or secrets.token_urlsafe(16)
    message = None
    if request.method == "POST":
        values = form.read(NOTHING)
        if values is not None:
            try:
                project_id, code = _add_once(form.code.data or "", values, key)
            except UserError as error:
                message = _place(form, error)
            else:
                flash(f"{code} is opened. Add its members.")
                return redirect(url_for("projects.project", project_id=project_id))
    page = render_template("projects/new_project.html", form=form, key=key, message=message)
    return page, 400 if request.method == "POST" else 200


@blueprint.get("/<int:project_id>")
@role_required("researcher")
def project(project_id: int) -> Any:
    return _project_page(project_id, MemberForm(formdata=None))


@blueprint.route("/<int:project_id>/edit", methods=["GET", "POST"])
@role_required("researcher")
def edit_project(project_id: int) -> Any:
    row = queries.get_project(current_user, project_id)
    if not service.may_edit(row, current_user):
        raise Forbidden(f"{row.code} is changed by its managers. Ask one of them, or an administrator.")
    kept = _values_of(row)
    form = ProjectForm(
        _partners(row.site_id, row.partner_id),
        is_new=False,
        grants=service.may_grant(row.site_id, current_user),
        data=_form_data(row),
    )
    message, status = None, 400
    if request.method == "POST":
        values = form.read(kept)
        if values is not None:
            try:
                code = _save(project_id, form, values)
            except Stale as error:
                message, status = error.message, 409
                form.version.data = queries.get_project(current_user, project_id).version
            except Forbidden:
                raise
            except UserError as error:
                message = _place(form, error)
            else:
                flash(f"{code} is saved.")
                return redirect(url_for("projects.project", project_id=project_id))
    row = queries.get_project(current_user, project_id)
    page = render_template("projects/edit_project.html", form=form, row=row, message=message)
    return page, status if request.method == "POST" else 200


@blueprint.post("/<int:project_id>/close")
@role_required("manager")
def close(project_id: int) -> Any:
    return _do(project_id, "{} is closed: nobody asks for time in its name.", service.close)


@blueprint.post("/<int:project_id>/reopen")
@role_required("manager")
def reopen(project_id: int) -> Any:
    return _do(project_id, "{} is open again.", service.reopen)


@blueprint.post("/<int:project_id>/members")
@role_required("researcher")
def add_member(project_id: int) -> Any:
    form = MemberForm()
    if form.validate_on_submit():
        try:
            with transaction(actor=current_user):
                row = queries.get_project(current_user, project_id)
                name = service.add_member(row, form.email.data or "", current_user).name
        except Forbidden:
            raise
        except UserError as error:
            if not error.faults:
                raise
            form.place_faults(error.faults)
        else:
            flash(f"{name} is a member.")
            return redirect(url_for("projects.project", project_id=project_id))
    elif not service.may_edit(queries.get_project(current_user, project_id), current_user):
        raise Forbidden("Members are added by the managers of a project. Ask one of them.")
    return _project_page(project_id, form), 400


@blueprint.post("/<int:project_id>/members/<int:user_id>/remove")
@role_required("researcher")
def remove_member(project_id: int, user_id: int) -> Any:
    with transaction(actor=current_user):
        row = queries.get_project(current_user, project_id)
        name = service.remove_member(row, user_id, current_user).name
    flash(f"{name} is no member any more.")
    return redirect(url_for("projects.project", project_id=project_id))


def _do(project_id: int, words: str, work: Any) -> Any:
    try:
        with transaction(actor=current_user):
            row = queries.get_project(current_user, project_id)
            work(row, current_user)
            code = row.code
    except UserError as error:
        if type(error) is not UserError:
            raise
        flash(error.message, "error")
    else:
        flash(words.format(code))
    return redirect(url_for("projects.project", project_id=project_id))


def _project_page(project_id: int, member_form: MemberForm) -> str:
    row = queries.get_project(current_user, project_id)
    return render_template(
        "projects/project.html",
        row=row,
        member_form=member_form,
        members=sorted(row.members, key=lambda member: member.user.name.casefold()),
        spent=spent.spent_by_project(row.site_id).get(row.id, 0),
        may_edit=service.may_edit(row, current_user),
        may_grant=service.may_grant(row.site_id, current_user),
        is_inside=service.may_see_inside(row, current_user),
        is_member=queries.is_member(current_user, row.id),
    )


def _add_once(code: str, values: ProjectValues, key: str) -> tuple[int, str]:
    """The new project; the one made before where the same form was sent twice."""
    scope, asked = f"projects.new_project:{current_user.id}", {"code": code, "values": str(values)}

    def add() -> dict[str, Any]:
        with transaction(actor=current_user):
            answer = find_answer(scope, key, asked)
            if answer is None:
                row = service.add_project(the_site(), code, values, current_user)
                answer = {"id": row.id, "code": row.code}
                keep_answer(scope, key, asked, answer)
            return answer

    try:
        answer = add()
    except IntegrityError:
        answer = add()  # the same form, or the same code, at the same moment: it stands by now
    return answer["id"], answer["code"]


def _save(project_id: int, form: ProjectForm, values: ProjectValues) -> str:
    text = str(form.version.data or "")
    version = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    with transaction(actor=current_user):
        row = queries.get_project(current_user, project_id)
        service.edit_project(row, version, values, current_user)
        return row.code


def _values_of(row: Project) -> ProjectValues:
    return ProjectValues(
        name=row.name,
        kind=row.kind,
        programme=row.programme,
        partner_id=row.partner_id,
        priority=row.priority,
        quota_minutes=row.quota_minutes,
        cost_code=row.cost_code,
        is_confidential=row.is_confidential,
    )


def _form_data(row: Project) -> dict[str, Any]:
    return {
        "name": row.name,
        "kind": row.kind,
        "programme": row.programme,
        "partner": row.partner_id,
        "priority": row.priority,
        "quota": rules.quota_text(row.quota_minutes),
        "cost_code": row.cost_code,
        "seen_by": "confidential" if row.is_confidential else "open",
        "version": row.version,
    }


def _partners(site_id: int, kept_id: int | None) -> list[tuple[int, str]]:
    return [(partner.id, f"{partner.code} {partner.name}") for partner in queries.partners(site_id, kept_id)]


def _place(form: ProjectForm, error: UserError) -> str | None:
    left = form.place_faults(error.faults)
    return " ".join(left) or None if error.faults else error.message
