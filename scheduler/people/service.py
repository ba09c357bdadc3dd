"""People: who they are, what they hold, when they are away. One function for each thing a user wants.

Each is called inside `transaction()` and raises a `UserError` that says what to do instead.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from scheduler.accounts.models import User
from scheduler.accounts.rules import Place
from scheduler.accounts.service import can
from scheduler.calendars.models import Calendar, Site
from scheduler.calendars.uses import Use
from scheduler.calendars.wall_times import day_in_words
from scheduler.database import normal_code, session, utc_now
from scheduler.errors import Forbidden, Stale, UserError
from scheduler.events import PersonChanged, QualificationLapses, announce
from scheduler.people.models import (
    PERSON_KINDS,
    Absence,
    Organisation,
    Person,
    PersonQualification,
    Qualification,
)
from scheduler.people.rules import LAPSED, limit_faults, standing, validity_fault

WRITTEN = (
    "name", "kind", "email", "organisation_id", "calendar_id", "user_id", "most_minutes_day",
    "most_minutes_week", "least_rest_minutes", "most_days_in_a_row",
)  # fmt: skip
MOST_REASON = 200


def may_edit(user: User | None, site_id: int) -> bool:
    """Managers of the centre or the site."""
    return can(user, "manager", Place(site_id=site_id))


def may_see(user: User | None, person: Person) -> bool:
    """Managers see everybody; whoever is of the staff, oneself."""
    if can(user, "manager"):
        return True
    return user is not None and person.user_id == user.id and can(user, "staff")


def refuse_edit(user: User | None, site_id: int) -> None:
    if not may_edit(user, site_id):
        raise Forbidden("People are kept by the managers of the centre. Ask one of them to change this.")


def add_person(site: Site, code: str, values: Mapping[str, Any], user: User | None) -> Person:
    """A new person; refused with all faults at once."""
    refuse_edit(user, site.id)
    faults = _faults(site.id, values, None)
    if not code or ";" in code:
        faults["code"] = "Write a short code without a semicolon, like S-61."
    elif _has_code(site.id, code):
        faults["code"] = f"{code} is taken, perhaps by somebody who left. Write another one."
    _raise(faults)
    person = Person(site_id=site.id, code=code, **_kept(values))
    session.add(person)
    session.flush()
    return person


def edit_person(person: Person, values: Mapping[str, Any], user: User | None, version: int) -> Person:
    """Change who somebody is; refused when somebody else changed it since `version` was shown."""
    refuse_edit(user, person.site_id)
    refuse_stale(person, version)
    _raise(_faults(person.site_id, values, person))
    for name, value in _kept(values).items():
        setattr(person, name, value)
    _touch(person)
    announce(PersonChanged(person.id))
    return person


def retire(person: Person, user: User | None) -> None:
    """Somebody left: the record stays, with all that refers to it."""
    refuse_edit(user, person.site_id)
    if person.retired_at is not None:
        raise UserError(f"{person.name} has left already.")
    person.retired_at = utc_now()
    session.flush()
    announce(PersonChanged(person.id))


def bring_back(person: Person, user: User | None) -> None:
    refuse_edit(user, person.site_id)
    if person.retired_at is None:
        raise UserError(f"{person.name} is here already.")
    person.retired_at = None
    session.flush()
    announce(PersonChanged(person.id))


def grant(
    person: Person,
    qualification: Qualification,
    since: date | None,
    until: date | None,
    today: date,
    user: User | None,
    version: int,
) -> PersonQualification:
    """Let somebody hold a qualification until a day, from another on.

    One that runs or is to come gets the new last day; one that has lapsed begins anew, so that the
    time between stays without it. A day in the past ends it: it was taken away.
    """
    refuse_edit(user, person.site_id)
    refuse_stale(person, version)
    if person.retired_at is not None:
        raise UserError(f"{person.name} has left. Bring the record back first.")
    if qualification.retired_at is not None:
        raise UserError(f"{qualification.name} is retired. Choose another qualification.")
    running = _running(person, qualification, today)
    start = since if since is not None or running is None else running.valid_from_on
    if running is None and start is None:
        start = today
    if fault := validity_fault(start, until):
        raise UserError(fault, {"until": fault})
    if running is None:
        _refuse_overlap(person, qualification, start, until, None)
        running = PersonQualification(
            qualification_id=qualification.id, valid_from_on=start, valid_until_on=until
        )
        person.qualifications.append(running)
    else:
        _refuse_overlap(person, qualification, start, until, running)
        running.valid_from_on, running.valid_until_on = start, until
    _touch(person)
    announce(QualificationLapses(person.id, qualification.id))
    return running


def withdraw(person: Person, qualification: Qualification, user: User | None, version: int) -> None:
    """Strike out what was entered by mistake: as if it had never been held."""
    refuse_edit(user, person.site_id)
    refuse_stale(person, version)
    rows = [row for row in person.qualifications if row.qualification_id == qualification.id]
    if not rows:
        raise UserError(f"{person.name} does not hold {qualification.name}.")
    for row in rows:
        person.qualifications.remove(row)
    _touch(person)
    announce(QualificationLapses(person.id, qualification.id))


def add_absence(
    person: Person, starts_at: datetime, ends_at: datetime, reason: str, user: User | None
) -> Absence:
    """Leave, illness, travel. What it hits needs repair; it is refused where it stands already."""
    refuse_edit(user, person.site_id)
    refuse_absence(person, starts_at, ends_at)
    absence = Absence(starts_at=starts_at, ends_at=ends_at, reason=reason.strip()[:MOST_REASON])
    person.absences.append(absence)
    session.flush()
    announce(PersonChanged(person.id))
    return absence


def refuse_absence(person: Person, starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        message = "It would end before it begins. Write a later end."
        raise UserError(message, {"ends": message})
    for other in person.absences:
        if other.starts_at <= starts_at and ends_at <= other.ends_at:
            message = f"{person.name} is away for all of that time already."
            raise UserError(message, {"starts": message})


def remove_absence(absence: Absence, user: User | None) -> None:
    """Somebody is there after all: bookings that nothing else stands against are in order again."""
    person = absence.person
    refuse_edit(user, person.site_id)
    person.absences.remove(absence)
    session.flush()
    announce(PersonChanged(person.id))


def refuse_stale(person: Person, version: int) -> None:
    if person.version != version:
        raise Stale(
            f"The record of {person.name} was changed while you wrote. What you typed stands below and is "
            "not saved: compare it with the record as it is now, and save again."
        )


def _running(person: Person, qualification: Qualification, today: date) -> PersonQualification | None:
    """The row that a renewal goes on from: the last of those that run or are to come without a gap."""
    rows = [row for row in person.qualifications if row.qualification_id == qualification.id]
    stands = standing([(row.valid_from_on, row.valid_until_on) for row in rows], today)
    if stands is None or stands.state == LAPSED:
        return None
    last = [row for row in rows if row.valid_until_on == stands.until]
    return max(last, key=lambda row: row.valid_from_on or date.min)


def _refuse_overlap(
    person: Person,
    qualification: Qualification,
    since: date | None,
    until: date | None,
    but: PersonQualification | None,
) -> None:
    for row in person.qualifications:
        if row is but or row.qualification_id != qualification.id:
            continue
        starts_before = (row.valid_from_on or date.min) <= (until or date.max)
        if starts_before and (since or date.min) <= (row.valid_until_on or date.max):
            last = f" until {day_in_words(row.valid_until_on)}" if row.valid_until_on else " for good"
            message = f"It is held{last} already. Write a first day after that."
            raise UserError(message, {"since": message})


def _faults(site_id: int, values: Mapping[str, Any], person: Person | None) -> dict[str, str]:
    faults = limit_faults(
        values["most_minutes_day"], values["most_minutes_week"], values["least_rest_minutes"]
    )
    if values["kind"] not in PERSON_KINDS:
        faults["kind"] = f"Choose one of {', '.join(PERSON_KINDS)}."
    if values["email"] and "@" not in values["email"]:
        faults["email"] = "Write it like name@centre.example, or leave it blank."
    for name, model in (("organisation", Organisation), ("calendar", Calendar)):
        chosen = values[f"{name}_id"]
        row: Any = session.get(model, chosen) if chosen else None
        if chosen and (row is None or row.site_id != site_id):
            faults[name] = "This is not to be had any more. Choose one of the list."
    account = values["user_id"]
    if account:
        other = session.scalar(select(Person).where(Person.user_id == account))
        if session.get(User, account) is None:
            faults["account"] = "There is no such account any more. Choose one of the list."
        elif other is not None and other is not person:
            faults["account"] = f"{other.name} signs in with it. Choose another account."
    return faults


def _kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """Of `values` what is a column of a person."""
    return {name: values[name] for name in WRITTEN if name in values and hasattr(Person, name)}


def _has_code(site_id: int, code: str) -> bool:
    query = select(Person.id).where(Person.site_id == site_id, Person.code_key == normal_code(code))
    return session.scalar(query) is not None


def _touch(person: Person) -> None:
    # So that the version counts changes of what hangs on it too.
    person.updated_at = utc_now()
    session.flush()


def _raise(faults: dict[str, str]) -> None:
    if faults:
        raise UserError(next(iter(faults.values())), faults)


def calendar_uses(calendar_id: int, user: User | None) -> list[Use]:
    """Those whose shifts a calendar gives, as one entry: who they are is not for every reader."""
    sites = list(
        session.scalars(
            select(Person.site_id).where(Person.calendar_id == calendar_id, Person.retired_at.is_(None))
        )
    )
    if not sites:
        return []
    words = "1 person" if len(sites) == 1 else f"{len(sites)} people"
    return [Use(words, "shifts", may_edit(user, sites[0]))]
