"""Calendars and holidays: the year and why each day is as it is, weekly hours, other hours, days off."""

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from scheduler.calendars import changing, forms, hours, library, service
from scheduler.calendars.choices import FIRST_DAY, LAST_DAY
from scheduler.calendars.form_pages import Refused, attempt, day_sent, number, place, version_of
from scheduler.calendars.keyed import once
from scheduler.calendars.models import Calendar, CalendarOverlay, Site
from scheduler.calendars.queries import the_site
from scheduler.calendars.uses import uses_of
from scheduler.calendars.wall_times import day_in_words
from scheduler.calendars.year import day_of, months_of, why
from scheduler.database import transaction, utc_now
from scheduler.errors import Forbidden, UserError
from scheduler.security import role_required

blueprint = Blueprint("calendars", __name__)


@blueprint.get("/", strict_slashes=False)
@role_required("viewer")
def index() -> str:
    site = the_site()
    calendars = service.list_calendars(site.id)
    return _render(
        "calendars/index.html",
        site,
        calendars=calendars,
        weeks={each.id: hours.week_of(service.openings(each.rules)) for each in calendars},
        uses={each.id: uses_of(each.id, current_user) for each in calendars},
        may_add=changing.may_add(current_user, site.id),
    )


@blueprint.get("/<int:calendar_id>")
@role_required("viewer")
def show(calendar_id: int) -> str:
    site, calendar = the_site(), changing.get_calendar(calendar_id)
    chosen = day_sent()
    year = _year(site, chosen)
    facts = service.year_facts(calendar, site, year)
    shown = next((each for each in (chosen, _today(site)) if each and each.year == year), date(year, 1, 1))
    day = day_of(shown, facts)
    uses = uses_of(calendar.id, current_user)
    return _render(
        "calendars/show.html",
        site,
        calendar=calendar,
        year=year,
        months=months_of(year, facts),
        day=day,
        reasons=why(day, facts),
        week=hours.week_of(facts.openings),
        others=[other for other in facts.others if other.from_on.year <= year <= other.until_on.year],
        uses=uses,
        may_edit=changing.may_edit(current_user, calendar, uses),
        may_add=changing.may_add(current_user, site.id),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@role_required("manager")
def new() -> Any:
    """A new calendar, or a copy of one."""
    site = the_site()
    if not changing.may_add(current_user, site.id):
        raise Forbidden("Calendars are made by managers of the centre. Ask one of them.")
    like = changing.get_calendar(number(request.args["like"])) if "like" in request.args else None
    data = forms.week_data(hours.week_of(service.openings(like.rules))) if like else {}
    form = forms.CalendarForm(data=data | ({"keeps_holidays": like.keeps_holidays} if like else {}))
    key = request.form.get("key") or secrets.token_urlsafe(16)
    refused = None
    if request.method == "POST" and not form.fill_in(request.form.get("fill", "")) and form.validate():
        asked = {"code": form.code.data, "name": form.name.data, "week": form.week}

        def work() -> dict[str, Any]:
            calendar = changing.add_calendar(
                site, form.code.data or "", form.name.data, form.keeps_holidays.data, form.week, current_user
            )
            if like is not None:
                changing.copy_overlays(calendar, changing.get_calendar(like.id))
            return {"id": calendar.id}

        try:
            answer = once(f"calendars.new:{current_user.id}", key, asked, current_user, work)
        except UserError as error:
            refused = Refused(place(form, error))
        else:
            flash(f"{form.code.data} is made. Give it to facilities or people on their pages.")
            return redirect(url_for("calendars.show", calendar_id=answer["id"]))
    return _form_page("calendars/form.html", form, None, refused, key=key)


@blueprint.route("/<int:calendar_id>/edit", methods=["GET", "POST"])
@role_required("manager")
def edit(calendar_id: int) -> Any:
    calendar = changing.get_calendar(calendar_id)
    changing.refuse_edit(current_user, calendar)
    data = {"name": calendar.name, "keeps_holidays": calendar.keeps_holidays, "version": calendar.version}
    form = forms.CalendarForm(data=data | forms.week_data(hours.week_of(service.openings(calendar.rules))))
    refused = None
    if request.method == "POST" and not form.fill_in(request.form.get("fill", "")) and form.validate():

        def work() -> None:
            changing.edit_calendar(
                changing.get_calendar(calendar_id), form.name.data, form.keeps_holidays.data, form.week,
                current_user, version_of(form),
            )  # fmt: skip

        refused = attempt(form, current_user, work, lambda: changing.get_calendar(calendar_id).version)
        if refused is None:
            flash("The weekly hours are saved.")
            return redirect(url_for("calendars.show", calendar_id=calendar_id))
    return _form_page("calendars/form.html", form, changing.get_calendar(calendar_id), refused)


@blueprint.post("/<int:calendar_id>/retire")
@role_required("manager")
def retire(calendar_id: int) -> Any:
    page = url_for("calendars.show", calendar_id=calendar_id)
    return _deed(lambda: changing.retire_calendar(changing.get_calendar(calendar_id), current_user), page,
                 "The calendar is retired.")  # fmt: skip


@blueprint.route("/<int:calendar_id>/hours", methods=["GET", "POST"])
@role_required("manager")
def add_overlay(calendar_id: int) -> Any:
    """Other hours for some days, or for one."""
    calendar = changing.get_calendar(calendar_id)
    data: dict[str, Any] = {"version": calendar.version}
    data["since"] = data["until"] = day_sent()
    week = hours.week_of(service.openings(calendar.rules))
    return _overlay_page(calendar, None, forms.OverlayForm(data=data | forms.week_data(week)))


@blueprint.route("/hours/<int:overlay_id>", methods=["GET", "POST"])
@role_required("manager")
def edit_overlay(overlay_id: int) -> Any:
    overlay = changing.get_overlay(overlay_id)
    data: dict[str, Any] = {
        "version": overlay.calendar.version,
        "name": overlay.name,
        "since": overlay.from_on,
    }
    data |= {"until": overlay.until_on} | forms.week_data(hours.week_of(service.openings(overlay.rules)))
    return _overlay_page(overlay.calendar, overlay, forms.OverlayForm(data=data))


@blueprint.post("/hours/<int:overlay_id>/remove")
@role_required("manager")
def remove_overlay(overlay_id: int) -> Any:
    with transaction(actor=current_user):
        overlay = changing.get_overlay(overlay_id)
        calendar_id, name = overlay.calendar_id, overlay.name
        changing.remove_overlay(overlay, current_user)
    flash(f"{name} is removed: the weekly hours hold there again.")
    return redirect(url_for("calendars.show", calendar_id=calendar_id))


@blueprint.get("/holidays")
@role_required("viewer")
def holidays() -> Any:
    return _holidays_page(forms.HolidayForm())


@blueprint.post("/holidays")
@role_required("administrator")
def add_holiday() -> Any:
    form, site, refused = forms.HolidayForm(), the_site(), None
    if form.validate():
        values = form.on_day.data, form.name.data, form.is_provisional.data
        refused = attempt(form, current_user, lambda: changing.add_holiday(site, *values, current_user))
        if refused is None:
            flash(f"{form.name.data} is on {day_in_words(form.on_day.data)}.")
            return redirect(url_for("calendars.holidays", year=form.on_day.data.year))
    return _holidays_page(form, refused), 400


@blueprint.get("/holidays/<int:holiday_id>")
@role_required("viewer")
def show_holiday(holiday_id: int) -> Any:
    """One day off: what confirming it would hit, another day for it."""
    return _holiday_page(holiday_id, forms.MoveForm(), None)


@blueprint.post("/holidays/<int:holiday_id>/confirm")
@role_required("administrator")
def confirm_holiday(holiday_id: int) -> Any:
    page = url_for("calendars.show_holiday", holiday_id=holiday_id)
    return _deed(lambda: changing.confirm_holiday(changing.get_holiday(holiday_id), current_user), page,
                 "It is confirmed: it closes now. Bookings that it hits need repair.")  # fmt: skip


@blueprint.post("/holidays/<int:holiday_id>/move")
@role_required("administrator")
def move_holiday(holiday_id: int) -> Any:
    form, refused = forms.MoveForm(), None
    if form.validate():

        def work() -> None:
            changing.move_holiday(changing.get_holiday(holiday_id), form.on_day.data, current_user)

        refused = attempt(form, current_user, work, reason="moved")
        if refused is None:
            flash(f"It is on {day_in_words(form.on_day.data)} now.")
            return redirect(url_for("calendars.show_holiday", holiday_id=holiday_id))
    return _holiday_page(holiday_id, form, refused), 400


@blueprint.post("/holidays/<int:holiday_id>/remove")
@role_required("administrator")
def remove_holiday(holiday_id: int) -> Any:
    with transaction(actor=current_user):
        holiday = changing.get_holiday(holiday_id)
        name, year = holiday.name, holiday.on_day.year
        changing.remove_holiday(holiday, current_user)
    flash(f"{name} is no day off any more.")
    return redirect(url_for("calendars.holidays", year=year))


@blueprint.route("/holidays/fill", methods=["GET", "POST"])
@role_required("administrator")
def fill() -> Any:
    """A year of a country from the library: looked at first, then added."""
    site = the_site()
    changing.refuse_site(current_user, site.id)
    source = request.form if request.method == "POST" else request.args
    year = number(source.get("year")) or _today(site).year + 1
    form = forms.FillForm(data={"country": request.args.get("country", "PK")})
    form.calendars.choices = [
        (each.id, each.code) for each in service.list_calendars(site.id) if each.keeps_holidays and each.rules
    ]
    country = form.country.data if form.country.data in library.COUNTRIES else "PK"
    known, extra = library.days_off(country, year), library.make_up_days(country, year)
    if request.method == "POST" and form.validate():
        ticked = set(request.form.getlist("day"))
        with transaction(actor=current_user, reason=f"{library.COUNTRIES[country]} {year} from the library"):
            added = changing.fill_year(
                site, [each for each in known if each.on_day.isoformat() in ticked], current_user
            )
            days = [day for day in extra if day.isoformat() in request.form.getlist("work")]
            calendars = [changing.get_calendar(each) for each in form.calendars.data or []]
            worked = changing.add_make_up_days(calendars, days, form.like.data, current_user)
            said = f"{len(added)} days off are added" + (f", {worked} make-up working days" if worked else "")
        flash(f"{said}. Provisional ones close nothing until they are confirmed.")
        return redirect(url_for("calendars.holidays", year=year))
    present = {row.on_day: row.name for row in service.holidays_in(site.id, year)}
    page = _render(
        "calendars/fill.html", site, form=form, year=year, country=country, countries=library.COUNTRIES,
        offers=library.offers(known, present), make_up=extra,
    )  # fmt: skip
    return page, 400 if form.first_fault() else 200


def _deed(work: Callable[[], None], page: str, words: str) -> Any:
    """Do it and say so, or say why not, and go back to `page`."""
    try:
        with transaction(actor=current_user):
            work()
    except UserError as error:
        if type(error) is not UserError:
            raise
        flash(error.message, "error")
    else:
        flash(words)
    return redirect(page)


def _overlay_page(calendar: Calendar, overlay: CalendarOverlay | None, form: forms.OverlayForm) -> Any:
    changing.refuse_edit(current_user, calendar)
    calendar_id, overlay_id = calendar.id, overlay.id if overlay else None
    refused = None
    if request.method == "POST" and not form.fill_in(request.form.get("fill", "")) and form.validate():

        def work() -> None:
            changing.save_overlay(
                changing.get_calendar(calendar_id),
                changing.get_overlay(overlay_id) if overlay_id else None,
                form.name.data, form.since.data, form.until.data or form.since.data, form.week,
                current_user, version_of(form),
            )  # fmt: skip

        refused = attempt(form, current_user, work, lambda: changing.get_calendar(calendar_id).version)
        if refused is None:
            flash(f"{form.name.data} is saved.")
            day = form.since.data.isoformat()
            return redirect(url_for("calendars.show", calendar_id=calendar_id, day=day))
    return _form_page(
        "calendars/overlay.html", form, changing.get_calendar(calendar_id), refused, is_new=not overlay_id
    )


def _form_page(
    template: str, form: forms.WeekForm, calendar: Calendar | None, refused: Refused | None, **facts: Any
) -> Any:
    message = refused.message if refused else None
    shown = {"form": form, "calendar": calendar, "message": message, "templates": hours.TEMPLATES}
    page = _render(template, the_site(), **shown, **facts)
    return page, refused.status if refused else 400 if form.first_fault() else 200


def _holidays_page(form: forms.HolidayForm, refused: Refused | None = None) -> str:
    site = the_site()
    year = _year(site, form.on_day.data)
    rows = service.holidays_in(site.id, year)
    return _render(
        "calendars/holidays.html", site, rows=rows, year=year, form=form, message=refused and refused.message
    )


def _holiday_page(holiday_id: int, form: forms.MoveForm, refused: Refused | None) -> str:
    holiday = changing.get_holiday(holiday_id)
    return _render(
        "calendars/holiday.html", the_site(), holiday=holiday, form=form, message=refused and refused.message
    )


def _year(site: Site, day: date | None) -> int:
    """The year that is asked for: in the address, of a day, else this one."""
    year = number(request.args.get("year")) or (day or _today(site)).year
    if not FIRST_DAY.year <= year < LAST_DAY.year:
        raise UserError(
            f"{year} is out of range. Choose a year from {FIRST_DAY.year} to {LAST_DAY.year - 1}."
        )
    return year


def _render(template: str, site: Site, **facts: Any) -> str:
    shared = {
        "may_keep_site": changing.may_keep_site(current_user, site.id),
        "today": _today(site),
        "in_words": day_in_words,
        "week_words": hours.week_words,
        "week_hours": lambda week: round(hours.week_minutes(week) / 60, 1),
    }
    return render_template(template, **shared, **facts)


def _today(site: Site) -> date:
    return utc_now().astimezone(service.zone_of(site)).date()
