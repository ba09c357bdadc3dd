"""Between the forms and the rows of people: what is offered, what was typed, what a cell says."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request
from sqlalchemy import func, or_, select

from scheduler.accounts.models import User
from scheduler.calendars.form_pages import number
from scheduler.calendars.models import Calendar, Site
from scheduler.calendars.wall_times import day_in_words
from scheduler.calendars.words import MONTHS
from scheduler.database import session
from scheduler.errors import UserError
from scheduler.people import queries
from scheduler.people.forms import CertificateForm, PersonForm
from scheduler.people.models import PERSON_KINDS, Person, Qualification
from scheduler.people.rules import LAPSED, LAPSES, LATER, STATES, Standing, standing

TABS = (
    ("qualifications", "Qualifications"),
    ("index", "People"),
    ("shifts", "Shifts"),
    ("absences", "Absences"),
    ("duty_hours", "Duty hours"),
)
USUAL_YEARS = 2
"""How long a certificate is offered for, where none before says how long it was good for."""


@dataclass(frozen=True)
class Chosen:
    """The cell of the matrix that the panel beside it is about; nothing chosen is a new certificate."""

    person: Person | None = None
    qualification: Qualification | None = None
    standing: Standing | None = None

    @property
    def is_cell(self) -> bool:
        return self.person is not None and self.qualification is not None

    def defaults(self, today: date) -> dict[str, Any]:
        stands = self.standing
        return {
            "person": self.person.id if self.person else None,
            "qualification": self.qualification.id if self.qualification else None,
            "version": self.person.version if self.person else None,
            "since": today if stands is None or stands.state == LAPSED else None,
            "until": _next_end(stands, today),
        }


def chosen_cell(site: Site, today: date, form: CertificateForm | None) -> Chosen:
    """What the address, or the form that was sent, names; ids that name nothing choose nothing."""
    source = request.form if form is not None else request.args
    person = session.get(Person, number(source.get("person")))
    qualification = queries.find_qualification(site.id, number(source.get("qualification")))
    if person is None or person.site_id != site.id:
        return Chosen(None, qualification)
    if qualification is None:
        return Chosen(person)
    spans = [
        (row.valid_from_on, row.valid_until_on)
        for row in person.qualifications
        if row.qualification_id == qualification.id
    ]
    return Chosen(person, qualification, standing(spans, today))


def cell_words(stands: Standing, today: date) -> str:
    """Mar 28 for what is far, 12 Oct for what is near."""
    day = stands.since if stands.state == LATER else stands.until
    if day is None:
        return "for good"
    if stands.state == LATER:
        return f"from {day.day} {MONTHS[day.month - 1]}"
    is_near = stands.state in (LAPSES, LAPSED) and abs((day - today).days) < 330
    return f"{day.day} {MONTHS[day.month - 1]}" if is_near else f"{MONTHS[day.month - 1]} {day:%y}"


def until_words(until: date | None) -> str:
    return f"valid until {day_in_words(until)}" if until else "valid for good"


def offer_choices(form: PersonForm, site_id: int, person: Person | None = None) -> PersonForm:
    """What can be chosen for a person; what is chosen already stays to be had."""
    form.organisation.choices = [
        ("", "none"),
        *((row.id, f"{row.code}, {row.name}") for row in queries.list_organisations(site_id)),
    ]
    kept = person.calendar_id if person else None
    calendars = session.scalars(
        select(Calendar)
        .where(Calendar.site_id == site_id, or_(Calendar.retired_at.is_(None), Calendar.id == kept))
        .order_by(Calendar.code_key)
    )
    form.calendar.choices = [("", "any time"), *((row.id, f"{row.code}, {row.name}") for row in calendars)]
    taken = select(Person.user_id).where(
        Person.user_id.is_not(None), Person.id != (person.id if person else 0)
    )
    users = session.scalars(
        select(User).where(User.disabled_at.is_(None), User.id.not_in(taken)).order_by(func.lower(User.name))
    )
    form.account.choices = [
        ("", "does not sign in"),
        *((row.id, f"{row.name}, {row.email}") for row in users),
    ]
    if not hasattr(Person, "most_days_in_a_row"):
        del form.days_in_a_row
    return form


def offer_certificates(form: CertificateForm, site_id: int) -> CertificateForm:
    form.person.choices = [("", "who?"), *((row.id, row.name) for row in queries.everybody(site_id))]
    names = queries.list_qualifications(site_id)
    form.qualification.choices = [("", "which?"), *((row.id, row.name) for row in names)]
    return form


def is_chosen(form: CertificateForm) -> bool:
    """Whether both are named; says so beside the field where not."""
    for field, words in ((form.person, "Choose somebody."), (form.qualification, "Choose one.")):
        if field.data is None:
            field.errors = [words]
    return form.person.data is not None and form.qualification.data is not None


def data_of(person: Person) -> dict[str, Any]:
    """A person as the form shows it."""
    return {
        "version": person.version,
        "code": person.code,
        "name": person.name,
        "kind": person.kind,
        "email": person.email or "",
        "organisation": person.organisation_id,
        "calendar": person.calendar_id,
        "account": person.user_id,
        "most_day": person.most_minutes_day,
        "most_week": person.most_minutes_week,
        "least_rest": person.least_rest_minutes,
        "days_in_a_row": getattr(person, "most_days_in_a_row", None),
    }


def values_of(form: PersonForm) -> dict[str, Any]:
    """What was typed, by the names of the columns."""
    values = {
        "name": form.name.data,
        "kind": form.kind.data,
        "email": form.email.data or None,
        "organisation_id": form.organisation.data,
        "calendar_id": form.calendar.data,
        "user_id": form.account.data,
        "most_minutes_day": form.most_day.data,
        "most_minutes_week": form.most_week.data,
        "least_rest_minutes": form.least_rest.data,
    }
    if "days_in_a_row" in form:
        values["most_days_in_a_row"] = form.days_in_a_row.data
    return values


def asked_kind() -> str | None:
    kind = request.args.get("kind") or None
    if kind is not None and kind not in PERSON_KINDS:
        raise UserError(f'There is no kind "{kind[:40]}". Choose one of {", ".join(PERSON_KINDS)}.')
    return kind


def asked_page() -> int:
    return max(1, number(request.args.get("page")))


def matrix_filters() -> dict[str, Any]:
    """What the matrix is narrowed to, as its address says it."""
    shows = request.args.get("shows") or None
    if shows is not None and shows not in STATES:
        raise UserError(f'"{shows[:40]}" is nothing to show. Choose one of {", ".join(STATES)}.')
    page = asked_page()
    return {
        "q": request.args.get("q", "")[:100] or None,
        "kind": asked_kind(),
        "shows": shows,
        "page": page if page > 1 else None,
    }


def _next_end(stands: Standing | None, today: date) -> date:
    """As long again as it was good for; two years where that is not known."""
    if stands is not None and stands.until is not None and stands.since is not None:
        length = stands.until - stands.since
        begins = stands.until if stands.state != LAPSED else today
        if timedelta(days=30) <= length <= timedelta(days=3660):
            return begins + length
    from_day = stands.until if stands is not None and stands.until and stands.is_held else today
    try:
        return from_day.replace(year=from_day.year + USUAL_YEARS)
    except ValueError:  # 29 February
        return from_day.replace(year=from_day.year + USUAL_YEARS, day=28)
