"""Who works when, as a page; who holds what, as a file."""

from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, send_file
from flask_login import current_user

from scheduler.calendars.choices import read_week
from scheduler.calendars.models import Site
from scheduler.calendars.queries import the_site
from scheduler.calendars.rules import local_days, week_name, week_span
from scheduler.calendars.service import holidays_of, open_intervals, zone_of
from scheduler.database import utc_now
from scheduler.intervals import Interval, intersect
from scheduler.limits import costly
from scheduler.people import pages, queries, service
from scheduler.people.blueprint import blueprint
from scheduler.people.matrix_file import write_matrix
from scheduler.people.models import Person
from scheduler.security import role_required

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Day:
    """One day of one person: hours of the shift, and when away; `is_away` is all of it."""

    hours: tuple[str, ...]
    away: tuple[str, ...]
    is_away: bool


@blueprint.get("/shifts")
@role_required("manager")
def shifts() -> str:
    site = the_site()
    today = utc_now().astimezone(zone_of(site)).date()
    asked = request.args.get("week")
    monday = read_week(asked) if asked else today - timedelta(days=today.weekday())
    span = week_span(monday, zone_of(site))
    off = {day.on_day: day for day in (*holidays_of(site, provisional=True), *holidays_of(site))}
    return render_template(
        "people/shifts.html",
        rows=_rows(site, span),
        days=[(day, off.get(day)) for day, _ in local_days(span, zone_of(site))],
        today=today,
        number=monday.isocalendar().week,
        span=span,
        earlier=week_name(monday - timedelta(days=7)),
        later=week_name(monday + timedelta(days=7)),
        tabs=pages.TABS,
        may_edit=service.may_edit(current_user, site.id),
    )


@blueprint.get("/qualifications.xlsx")
@costly("files")
@role_required("manager")
def qualifications_workbook() -> Any:
    """The matrix with the filters of the page, all of its pages."""
    site = the_site()
    today = utc_now().astimezone(zone_of(site)).date()
    filters = pages.matrix_filters()
    people: list[Person] = []
    number, last = 1, 1
    while number <= last:
        listed = queries.list_holders(
            site.id, today, filters["q"] or "", filters["kind"], filters["shows"], number
        )
        people.extend(listed.rows)
        number, last = number + 1, listed.pages
    held = queries.all_held(site.id, today)
    stream = BytesIO()
    cells = {(each.person.id, each.qualification.id): each.standing for each in held}
    write_matrix(people, queries.list_qualifications(site.id), cells, held, today, stream)
    stream.seek(0)
    name = f"{site.code} qualifications {today}.xlsx"
    return send_file(stream, mimetype=XLSX, as_attachment=True, download_name=name, max_age=0)


def _rows(site: Site, span: Interval) -> list[tuple[Person, list[Day]]]:
    """Everybody with the days of the week; each calendar is expanded once."""
    zone, holidays = zone_of(site), holidays_of(site)
    open_time: dict[int | None, list[Interval]] = {None: [span]}
    rows = []
    for person in queries.everybody(site.id):
        if person.calendar_id not in open_time:
            open_time[person.calendar_id] = open_intervals(person.calendar, site, span, holidays)
        hours = open_time[person.calendar_id]
        away = [Interval(absence.starts_at, absence.ends_at) for absence in person.absences]
        rows.append((person, [_day(whole, day, hours, away, zone) for day, whole in local_days(span, zone)]))
    return rows


def _day(whole: Interval, day: date, hours: list[Interval], away: list[Interval], zone: ZoneInfo) -> Day:
    works = intersect(hours, [whole])
    missing = sorted((part for each in away for part in intersect([each], [whole])), key=lambda p: p.start)
    is_away = any(all(part.contains(time) for time in works or [whole]) for part in missing)

    def words(part: Interval) -> str:
        end = part.end.astimezone(zone)
        until = f"{end:%H:%M}" if end.date() == day else "24:00"
        return f"{part.start.astimezone(zone):%H:%M}–{until}"

    return Day(
        tuple("all day" if part == whole else words(part) for part in works),
        () if is_away else tuple(words(part) for part in missing),
        is_away,
    )
