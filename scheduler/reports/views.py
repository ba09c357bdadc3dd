"""Reports: the weekly and the utilisation workbook, and the figures of the latter on the page."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any, BinaryIO

from flask import Blueprint, render_template, request, send_file
from flask_login import current_user

from scheduler.calendars.choices import read_days, read_week, week_choices
from scheduler.calendars.models import Site
from scheduler.calendars.queries import the_site
from scheduler.calendars.rules import week_name, week_span
from scheduler.calendars.service import zone_of
from scheduler.database import transaction, utc_now
from scheduler.errors import UserError
from scheduler.limits import costly
from scheduler.reports import service
from scheduler.reports.lines import facility_lines
from scheduler.reports.queries import utilisation_facts
from scheduler.security import may, role_required

blueprint = Blueprint("reports", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/", strict_slashes=False)
@role_required("manager")
def show_reports() -> Any:
    return _page()


@blueprint.get("/week.xlsx")
@costly("files")
@role_required("manager")
def download_week() -> Any:
    site = the_site()
    monday = read_week(request.args.get("week", ""))
    span = week_span(monday, zone_of(site))
    return _workbook(
        site,
        f"week {week_name(monday)}",
        lambda stream: service.export_week(site, span, stream, current_user),
    )


@blueprint.get("/utilisation.xlsx")
@costly("files")
@role_required("administrator")
def download_utilisation() -> Any:
    site = the_site()
    first, last = _asked_days(site)
    try:
        span = read_days(first, last, zone_of(site), service.MOST_DAYS)
    except UserError as error:
        return _page(error.faults or {"from": error.message})
    return _workbook(
        site,
        f"utilisation {first} to {last}",
        lambda stream: service.export_utilisation(site, span, stream, current_user),
    )


def _page(faults: dict[str, str] | None = None) -> Any:
    site = the_site()
    today = _today(site)
    week = request.args.get("week") or week_name(today)
    first, last = _asked_days(site)
    lines, whole, is_chosen = [], None, False
    faults = dict(faults or {})
    try:
        weeks = week_choices(today, 12, 8, week)
    except UserError as error:
        faults["week"] = error.message
        weeks = week_choices(today, 12, 8)
    if not faults:
        try:
            facts = utilisation_facts(
                site, read_days(first, last, zone_of(site), service.MOST_DAYS), current_user
            )
            lines, whole, is_chosen = facility_lines(facts), facts.figures.all, True
        except UserError as error:
            faults |= error.faults or {"from": error.message}
    page = render_template(
        "reports/reports.html",
        weeks=weeks,
        week=week,
        first=first,
        last=last,
        lines=lines,
        whole=whole,
        is_chosen=is_chosen,
        faults=faults,
        may_export=may("administrator"),
    )
    return (page, 400) if faults else page


def _workbook(site: Site, what: str, write: Callable[[BinaryIO], object]) -> Any:
    stream = BytesIO()
    write(stream)
    stream.seek(0)
    name = f"{site.code} {what}.xlsx"
    with transaction(actor=current_user):
        service.note_export(name)
    return send_file(stream, mimetype=XLSX, as_attachment=True, download_name=name, max_age=0)


def _asked_days(site: Site) -> tuple[str, str]:
    """First and last day as asked; without any, this week."""
    today = _today(site)
    monday = today - timedelta(days=today.weekday())
    sunday = monday + timedelta(days=6)
    return (
        request.args.get("from", monday.isoformat()).strip(),
        request.args.get("until", sunday.isoformat()).strip(),
    )


def _today(site: Site) -> date:
    return utc_now().astimezone(zone_of(site)).date()
