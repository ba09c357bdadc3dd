"""People: who they are, what they hold and until when, when they are away, how many hours they work."""

import secrets
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from scheduler.calendars.choices import read_week
from scheduler.calendars.form_pages import place, version_of, version_sent
from scheduler.calendars.keyed import once
from scheduler.calendars.models import Site
from scheduler.calendars.queries import the_site
from scheduler.calendars.rules import week_name, week_span
from scheduler.calendars.service import zone_of
from scheduler.calendars.wall_times import day_in_words
from scheduler.database import transaction, utc_now
from scheduler.errors import Forbidden, Stale, UserError
from scheduler.intervals import Interval
from scheduler.people import lists, pages, queries, service, shifts
from scheduler.people.blueprint import blueprint
from scheduler.people.forms import AbsenceForm, CertificateForm, PersonForm
from scheduler.people.models import PERSON_KINDS, Person
from scheduler.people.rules import STATES
from scheduler.security import may, role_required

__all__ = ["blueprint", "lists", "shifts"]


@blueprint.get("/", strict_slashes=False)
@role_required("staff")
def index() -> Any:
    if not may("manager"):
        return redirect(url_for("people.own"))
    site = the_site()
    text, kind = request.args.get("q", "")[:100], pages.asked_kind()
    has_left = request.args.get("left") == "yes"
    listed = queries.list_people(site.id, text, kind, retired=has_left, page=pages.asked_page())
    return _render(
        "people/index.html",
        site,
        listed=listed,
        counts=queries.counts_by_kind(site.id, text),
        text=text,
        kind=kind,
        has_left=has_left,
        kinds=PERSON_KINDS,
        held={person.id: list(queries.held_by(person, _today(site))) for person in listed.rows},
    )


@blueprint.get("/me")
@role_required("staff")
def own() -> Any:
    """One's own record, or that there is none."""
    person = queries.person_of_user(current_user.id)
    if person is None:
        return _render("people/own.html", the_site())
    return redirect(url_for("people.show", person_id=person.id))


@blueprint.get("/qualifications")
@role_required("manager")
def qualifications() -> Any:
    return _matrix_page()


@blueprint.post("/qualifications")
@role_required("manager")
def renew() -> Any:
    """Renew a certificate in place, or add one."""
    site = the_site()
    form = pages.offer_certificates(CertificateForm(), site.id)
    message, status = None, 400
    if form.validate() and pages.is_chosen(form):
        try:
            with transaction(actor=current_user, reason="certificate renewed"):
                person = queries.get_person(form.person.data)
                qualification = queries.find_qualification(site.id, form.qualification.data)
                if qualification is None:
                    raise UserError("There is no such qualification any more. Choose another one.")
                service.grant(
                    person, qualification, form.since.data, form.until.data, _today(site), current_user,
                    version_of(form, person),
                )  # fmt: skip
                said = f"{person.name}, {qualification.name}: {pages.until_words(form.until.data)}."
        except Stale as error:
            message, status = error.message, 409
            form.version.data = None
        except Forbidden:
            raise
        except UserError as error:
            message = place(form, error)
        else:
            flash(said)
            chosen = {"person": form.person.data, "qualification": form.qualification.data}
            return redirect(url_for("people.qualifications", **(pages.matrix_filters() | chosen)))
    return _matrix_page(form, message), status


@blueprint.post("/<int:person_id>/qualifications/<int:qualification_id>/remove")
@role_required("manager")
def remove_certificate(person_id: int, qualification_id: int) -> Any:
    site = the_site()
    with transaction(actor=current_user, reason="entered by mistake"):
        person = queries.get_person(person_id)
        qualification = queries.find_qualification(site.id, qualification_id)
        if qualification is None:
            raise UserError("There is no such qualification any more.")
        service.withdraw(person, qualification, current_user, version_sent())
        said = f"{person.name} does not hold {qualification.name} any more."
    flash(said)
    return redirect(url_for("people.show", person_id=person_id))


@blueprint.get("/absences")
@role_required("manager")
def absences() -> Any:
    site = the_site()
    return _render("people/absences.html", site, absences=queries.list_absences(site.id, utc_now()))


@blueprint.get("/duty-hours")
@role_required("manager")
def duty_hours() -> Any:
    site = the_site()
    today = _today(site)
    asked = request.args.get("week")
    monday = read_week(asked) if asked else today - timedelta(days=today.weekday())
    return _render(
        "people/duty_hours.html",
        site,
        people=queries.everybody(site.id),
        span=week_span(monday, zone_of(site)),
        week=week_name(monday),
        number=monday.isocalendar().week,
        monday=monday,
        earlier=week_name(monday - timedelta(days=7)),
        later=week_name(monday + timedelta(days=7)),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@role_required("manager")
def new() -> Any:
    site = the_site()
    service.refuse_edit(current_user, site.id)
    form = pages.offer_choices(PersonForm(), site.id)
    key = request.form.get("key") or secrets.token_urlsafe(16)
    message = None
    if request.method == "POST" and form.validate():
        values, code = pages.values_of(form), form.code.data or ""

        def work() -> dict[str, Any]:
            return {"id": service.add_person(site, code, values, current_user).id}

        asked = values | {"code": code}
        try:
            answer = once(f"people.new:{current_user.id}", key, asked, current_user, work)
        except UserError as error:
            message = place(form, error)
        else:
            flash(f"{values['name']} is in the list of people.")
            return redirect(url_for("people.show", person_id=answer["id"]))
    return _show_form(site, form, None, message, key=key)


@blueprint.get("/<int:person_id>")
@role_required("staff")
def show(person_id: int) -> Any:
    site = the_site()
    person = queries.get_person(person_id)
    if not service.may_see(current_user, person):
        raise Forbidden("The records of others are for managers. Yours is under My record.")
    return _render(
        "people/show.html",
        site,
        person=person,
        held=list(queries.held_by(person, _today(site))),
        absences=[absence for absence in person.absences if absence.ends_at > utc_now()],
        past_absences=sum(absence.ends_at <= utc_now() for absence in person.absences),
        is_own=person.user_id == current_user.id,
    )


@blueprint.route("/<int:person_id>/edit", methods=["GET", "POST"])
@role_required("manager")
def edit(person_id: int) -> Any:
    site = the_site()
    person = queries.get_person(person_id)
    service.refuse_edit(current_user, person.site_id)
    form = pages.offer_choices(PersonForm(data=pages.data_of(person)), site.id, person)
    message, status = None, 400
    if request.method == "POST" and form.validate():
        try:
            with transaction(actor=current_user):
                person = queries.get_person(person_id)
                service.edit_person(person, pages.values_of(form), current_user, version_of(form))
        except Stale as error:
            message, status = error.message, 409
            form.version.data = queries.get_person(person_id).version
        except UserError as error:
            message = place(form, error)
        else:
            flash("Saved.")
            return redirect(url_for("people.show", person_id=person_id))
    return _show_form(site, form, queries.get_person(person_id), message, status=status)


@blueprint.post("/<int:person_id>/retire")
@role_required("manager")
def retire(person_id: int) -> Any:
    return _turn(person_id, service.retire, "has left. The record stays, and can be brought back")


@blueprint.post("/<int:person_id>/bring-back")
@role_required("manager")
def bring_back(person_id: int) -> Any:
    return _turn(person_id, service.bring_back, "is back")


@blueprint.route("/<int:person_id>/absence", methods=["GET", "POST"])
@role_required("manager")
def add_absence(person_id: int) -> Any:
    """First what it hits and who could stand in, then saved."""
    site = the_site()
    person = queries.get_person(person_id)
    service.refuse_edit(current_user, person.site_id)
    form = AbsenceForm()
    key = request.form.get("key") or secrets.token_urlsafe(16)
    message, interval = None, None
    if request.method == "POST" and form.validate():
        try:
            if request.form.get("then") == "save":
                _save_absence(person_id, form, key)
                flash(f"{person.name} is away then.")
                return redirect(url_for("people.show", person_id=person_id))
            service.refuse_absence(person, form.starts.data, form.ends.data)
            interval = Interval(form.starts.data, form.ends.data)
        except UserError as error:
            message = place(form, error)
    is_bad = bool(message or form.first_fault())
    page = _render(
        "people/absence.html", site, form=form, person=person, key=key, message=message, interval=interval
    )
    return page, 400 if is_bad else 200


@blueprint.post("/absences/<int:absence_id>/remove")
@role_required("manager")
def remove_absence(absence_id: int) -> Any:
    with transaction(actor=current_user):
        absence = queries.get_absence(absence_id)
        person_id, name = absence.person_id, absence.person.name
        service.remove_absence(absence, current_user)
    flash(f"{name} is there after all.")
    return redirect(url_for("people.show", person_id=person_id))


def _save_absence(person_id: int, form: AbsenceForm, key: str) -> None:
    asked = {"person": person_id, "starts": form.starts.data, "ends": form.ends.data}

    def work() -> dict[str, Any]:
        person = queries.get_person(person_id)
        reason = form.reason.data or ""
        absence = service.add_absence(person, form.starts.data, form.ends.data, reason, current_user)
        return {"id": absence.id}

    once(f"people.absence:{current_user.id}", key, asked, current_user, work)


def _turn(person_id: int, deed: Any, words: str) -> Any:
    try:
        with transaction(actor=current_user):
            person = queries.get_person(person_id)
            deed(person, current_user)
            name = person.name
    except Forbidden:
        raise
    except UserError as error:
        flash(error.message, "error")
    else:
        flash(f"{name} {words}.")
    return redirect(url_for("people.show", person_id=person_id))


def _show_form(
    site: Site,
    form: PersonForm,
    person: Person | None,
    message: str | None,
    *,
    key: str = "",
    status: int = 400,
) -> Any:
    page = _render("people/form.html", site, form=form, person=person, message=message, key=key)
    return page, status if message or form.first_fault() else 200


def _matrix_page(form: CertificateForm | None = None, message: str | None = None) -> str:
    site = the_site()
    today = _today(site)
    filters = pages.matrix_filters()
    listed = queries.list_holders(
        site.id, today, filters["q"] or "", filters["kind"], filters["shows"], filters["page"] or 1
    )
    held = queries.all_held(site.id, today)
    names = queries.list_qualifications(site.id)
    chosen = pages.chosen_cell(site, today, form)
    if form is None:
        form = pages.offer_certificates(CertificateForm(formdata=None, data=chosen.defaults(today)), site.id)
    return _render(
        "people/qualifications.html",
        site,
        listed=listed,
        names=names,
        cells={(each.person.id, each.qualification.id): each.standing for each in held},
        valid={name.id: sum(e.qualification is name and e.standing.is_held for e in held) for name in names},
        worrying=queries.lapsing(held),
        people_count=sum(queries.counts_by_kind(site.id).get(kind, 0) for kind in PERSON_KINDS),
        filters=filters,
        kinds=PERSON_KINDS,
        states=STATES,
        chosen=chosen,
        form=form,
        message=message,
        cell_words=pages.cell_words,
    )


def _render(template: str, site: Site, **facts: Any) -> str:
    shared = {
        "may_edit": service.may_edit(current_user, site.id),
        "today": _today(site),
        "in_words": day_in_words,
        "tabs": pages.TABS,
    }
    return render_template(template, **shared, **facts)


def _today(site: Site) -> date:
    return utc_now().astimezone(zone_of(site)).date()
