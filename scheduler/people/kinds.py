"""What people can hold and where they come from: qualifications and organisations, kept as two lists.

Each is called inside `transaction()` and raises a `UserError` that says what to do instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError

from scheduler.accounts.models import User
from scheduler.calendars.models import Site
from scheduler.database import normal_code, session, utc_now
from scheduler.errors import NotFound, Stale, UserError
from scheduler.people.models import (
    ORGANISATION_KINDS,
    Organisation,
    Person,
    PersonQualification,
    Qualification,
)
from scheduler.people.service import refuse_edit

LONGEST_CODE, LONGEST_NAME = 60, 200

Kind = Qualification | Organisation


@dataclass(frozen=True)
class Listed:
    """One of a list; `people` so many hold it, or belong to it."""

    row: Kind
    people: int


def list_kinds(model: type[Kind], site_id: int) -> list[Listed]:
    """All of a site, those that are offered no more last, with how many people each has."""
    counted: Any
    if model is Qualification:
        counted = select(
            PersonQualification.qualification_id, func.count(PersonQualification.person_id.distinct())
        ).group_by(PersonQualification.qualification_id)
    else:
        counted = select(Person.organisation_id, func.count()).group_by(Person.organisation_id)
    people: dict[int, int] = {row_id: count for row_id, count in session.execute(counted) if row_id}
    found: Select[Any] = select(model).where(model.site_id == site_id)
    rows: Sequence[Kind] = session.scalars(found).all()
    order = sorted(rows, key=lambda row: (row.retired_at is not None, row.code_key))
    return [Listed(row, people.get(row.id, 0)) for row in order]


def get_kind(model: type[Kind], site_id: int, row_id: int) -> Kind:
    found: Select[Any] = select(model).where(model.id == row_id, model.site_id == site_id)
    row: Kind | None = session.scalar(found)
    if row is None:
        raise NotFound("There is no such entry any more. Look at the list as it is now.")
    return row


def add_kind(
    model: type[Kind], site: Site, code: str, name: str, kind: str | None, user: User | None
) -> Kind:
    """One more to choose from; refused with all faults at once."""
    refuse_edit(user, site.id)
    faults = _faults(model, name, kind)
    if not code or ";" in code or len(code) > LONGEST_CODE:
        faults["code"] = f"Write a short code without a semicolon, of at most {LONGEST_CODE} signs."
    elif session.scalar(
        select(model.id).where(model.site_id == site.id, model.code_key == normal_code(code))
    ):
        faults["code"] = f"{code} is in the list already, perhaps offered no more. Write another code."
    _raise(faults)
    row = model(site_id=site.id, code=code, name=name)
    if isinstance(row, Organisation) and kind:
        row.kind = kind
    session.add(row)
    session.flush()
    return row


def change_kind(row: Kind, name: str, kind: str | None, user: User | None, version: int) -> None:
    """Another name; the code stays, because workbooks know it by that."""
    refuse_edit(user, row.site_id)
    _refuse_stale(row, version)
    _raise(_faults(type(row), name, kind))
    row.name = name
    if isinstance(row, Organisation) and kind:
        row.kind = kind
    session.flush()


def retire_kind(row: Kind, user: User | None, version: int) -> None:
    """Offered no more; whoever has it keeps it."""
    refuse_edit(user, row.site_id)
    _refuse_stale(row, version)
    row.retired_at = row.retired_at or utc_now()
    session.flush()


def offer_again(row: Kind, user: User | None, version: int) -> None:
    refuse_edit(user, row.site_id)
    _refuse_stale(row, version)
    row.retired_at = None
    session.flush()


def delete_kind(row: Kind, user: User | None, version: int) -> None:
    """Strike out what was never used; refused while anything refers to it."""
    refuse_edit(user, row.site_id)
    _refuse_stale(row, version)
    remedy = "Offer it no more instead."
    if people := next((each.people for each in list_kinds(type(row), row.site_id) if each.row is row), 0):
        who = "1 person" if people == 1 else f"{people} people"
        verb = "holds" if people == 1 else "hold"
        where = f"{verb} {row.name}" if isinstance(row, Qualification) else f"came from {row.name}"
        raise UserError(f"{who} {where}. {remedy}")
    try:
        with session.begin_nested():
            session.delete(row)
    except IntegrityError:
        # Rooms to the right refer to it: requests, bookings.
        raise UserError(f"Requests or bookings name {row.name}. {remedy}") from None


def _faults(model: type[Kind], name: str, kind: str | None) -> dict[str, str]:
    faults = {}
    if not name:
        faults["name"] = "Write the name."
    elif len(name) > LONGEST_NAME:
        faults["name"] = f"Shorten it to {LONGEST_NAME} signs."
    elif not name.isprintable():
        faults["name"] = "It holds a sign that is no text. Write it anew."
    if model is Organisation and kind not in ORGANISATION_KINDS:
        faults["kind"] = f"Choose one of {', '.join(ORGANISATION_KINDS)}."
    return faults


def _raise(faults: dict[str, str]) -> None:
    if faults:
        raise UserError(next(iter(faults.values())), faults)


def _refuse_stale(row: Kind, version: int) -> None:
    if row.version != version:
        raise Stale(f"{row.name} was changed while you wrote. Look at it as it is now, and write it again.")
