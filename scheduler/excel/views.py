"""Workbooks in: send one, see what it would do and every fault, accept or drop it. And the blank one."""

from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_login import current_user

from scheduler import audit
from scheduler.accounts.models import User
from scheduler.calendars.queries import find_site, the_site
from scheduler.database import session, transaction
from scheduler.errors import Forbidden, UserError
from scheduler.excel import queries, service
from scheduler.excel.export import write_centre
from scheduler.excel.template import write_template
from scheduler.limits import costly
from scheduler.security import accepts_upload, may, role_required

blueprint = Blueprint("excel", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/", strict_slashes=False)
@role_required("researcher")
def show_imports() -> Any:
    return _list_page()


@blueprint.post("/")
@costly("imports")
@accepts_upload
@role_required("researcher")
def upload() -> Any:
    sent = request.files.get("workbook")
    content = b""
    if sent is not None:
        content = sent.read()
        sent.close()
    if sent is None or not sent.filename or not content:
        return _list_page("Choose a workbook: a file that ends in .xlsx."), 400
    # Reading takes a while, and nobody else can write while a transaction is open.
    reading = service.read_file(content, sent.filename)
    try:
        with transaction(actor=current_user, reason=f"import of {sent.filename[:200]}"):
            run_id = service.preview(content, sent.filename, current_user, find_site(), reading).id
    except UserError as error:
        return _list_page(error.message), 400
    return redirect(url_for("excel.show_import", run_id=run_id))


@blueprint.get("/<int:run_id>")
@role_required("researcher")
def show_import(run_id: int) -> Any:
    run = queries.get_import(current_user, run_id)
    faults = run.faults or []
    return render_template(
        "excel/import.html",
        run=run,
        sender=session.get(User, run.user_id) if run.user_id else None,
        summary=run.summary or {},
        faults=faults,
        faulty_sheets=len({fault["sheet"] for fault in faults if fault["sheet"]}),
        is_own=run.user_id == current_user.id or may("administrator"),
    )


@blueprint.post("/<int:run_id>/accept")
@role_required("researcher")
def accept(run_id: int) -> Any:
    run = queries.get_import(current_user, run_id)
    reading = service.read_file(run.content, run.file_name) if run.content else None
    try:
        with transaction(actor=current_user, reason=f"import {run_id} accepted on the page"):
            run = service.accept(queries.get_import(current_user, run_id), current_user, reading)
            name = run.file_name
    except UserError as error:
        flash(error.message, "error")
        return redirect(url_for("excel.show_import", run_id=run_id))
    flash(f"{name} is imported.")
    return redirect(url_for("excel.show_import", run_id=run_id))


@blueprint.post("/<int:run_id>/drop")
@role_required("researcher")
def drop(run_id: int) -> Any:
    with transaction(actor=current_user, reason=f"import {run_id} dropped on the page"):
        run = queries.get_import(current_user, run_id)
        if run.state != "previewed":
            raise UserError(f"{run.file_name} is already {run.state}. Nothing is left to drop.")
        service.drop(run)
        name = run.file_name
    flash(f"{name} is dropped. Nothing was changed.")
    return redirect(url_for("excel.show_imports"))


@blueprint.get("/template.xlsx")
@costly("files")
@role_required("researcher")
def download_template() -> Any:
    stream = BytesIO()
    write_template(stream)
    return _send(stream, "Markaz centre, blank.xlsx")


@blueprint.get("/centre.xlsx")
@costly("files")
@role_required("manager")
def download_centre() -> Any:
    site = the_site()
    if not queries.sees_all(current_user):
        raise Forbidden("The workbook of the whole centre is for managers of the site. Ask one of them.")
    stream = BytesIO()
    write_centre(site, stream)
    name = f"{site.code} centre.xlsx"
    with transaction(actor=current_user):
        audit.record("exported", "workbook", None, {"file": name})
    return _send(stream, name)


def _list_page(fault: str | None = None) -> str:
    return render_template(
        "excel/imports.html",
        runs=queries.list_imports(current_user),
        fault_words=fault,
        has_site=find_site() is not None,
    )


def _send(stream: BytesIO, name: str) -> Any:
    stream.seek(0)
    return send_file(stream, mimetype=XLSX, as_attachment=True, download_name=name, max_age=0)
