"""Between the forms and the rows of facilities: what is offered, what was typed."""

from collections.abc import Iterable
from typing import Any

from flask_login import current_user
from sqlalchemy import func, or_, select

from scheduler.accounts.models import Role, User
from scheduler.accounts.rules import Place
from scheduler.accounts.service import can
from scheduler.calendars.models import Calendar
from scheduler.database import session
from scheduler.resources.forms import ResourceForm
from scheduler.resources.models import Resource

GROUP_NAMES = {
    "test facility": "Test facilities",
    "trainer": "Trainers",
    "antenna": "Antennas",
    "lab": "Labs",
    "room": "Rooms",
    "equipment": "Equipment",
}
"""Kinds in the order in which a page shows them: the scarce ones first."""


def by_kind(resources: Iterable[Resource]) -> list[tuple[str, list[Resource]]]:
    """Groups that have members, each with the heading over it."""
    groups: dict[str, list[Resource]] = {kind: [] for kind in GROUP_NAMES}
    for resource in resources:
        groups.setdefault(resource.kind, []).append(resource)
    return [(GROUP_NAMES.get(kind, kind), members) for kind, members in groups.items() if members]


def offer_choices(form: ResourceForm, site_id: int, resource: Resource | None = None) -> ResourceForm:
    """What can be chosen; stewards only by administrators, places only while nothing is booked yet."""
    kept = resource.calendar_id if resource else None
    calendars = session.scalars(
        select(Calendar)
        .where(Calendar.site_id == site_id, or_(Calendar.retired_at.is_(None), Calendar.id == kept))
        .order_by(Calendar.code_key)
    )
    form.calendar.choices = [("", "always open"), *((row.id, f"{row.code}, {row.name}") for row in calendars)]
    if resource is not None:
        del form.capacity
    if resource is None or not can(current_user, "administrator", Place(site_id=site_id)):
        del form.stewards
    else:
        form.stewards.choices = [(user.id, user.name) for user in _managers(resource)]
    return form


def has_stewards(form: ResourceForm, resource: Resource) -> bool:
    """Whether other stewards were chosen than there are."""
    if "stewards" not in form:
        return False
    return set(form.stewards.data or []) != {steward.user_id for steward in resource.stewards}


def data_of(resource: Resource) -> dict[str, Any]:
    """A facility as the form shows it."""
    return {
        "version": resource.version,
        "code": resource.code,
        "name": resource.name,
        "kind": resource.kind,
        "location": resource.location,
        "calendar": resource.calendar_id,
        "setup_minutes": resource.setup_minutes,
        "teardown_minutes": resource.teardown_minutes,
        "calibration_due": resource.calibration_due_on,
        "least_people": resource.least_people,
        "is_restricted": resource.is_restricted,
        "notice": resource.notice_minutes,
        "horizon": resource.horizon_days,
        "shortest": resource.shortest_minutes,
        "longest": resource.longest_minutes,
        "stewards": [steward.user_id for steward in resource.stewards],
    }


def values_of(form: ResourceForm) -> dict[str, Any]:
    """What was typed, by the names of the columns."""
    values = {
        "name": form.name.data,
        "kind": form.kind.data,
        "location": form.location.data or "",
        "calendar_id": form.calendar.data,
        "setup_minutes": form.setup_minutes.data or 0,
        "teardown_minutes": form.teardown_minutes.data or 0,
        "calibration_due_on": form.calibration_due.data,
        "least_people": form.least_people.data or 0,
        "is_restricted": bool(form.is_restricted.data),
        "notice_minutes": form.notice.data,
        "horizon_days": form.horizon.data,
        "shortest_minutes": form.shortest.data,
        "longest_minutes": form.longest.data,
    }
    if "capacity" in form:
        values["capacity"] = form.capacity.data or 1
    return values


def _managers(resource: Resource) -> list[User]:
    """Who can look after something, and who does already."""
    stewards = [steward.user_id for steward in resource.stewards]
    manages = User.roles.any(Role.role.in_(("manager", "administrator")))
    query = select(User).where(or_((User.disabled_at.is_(None)) & manages, User.id.in_(stewards)))
    return list(session.scalars(query.order_by(func.lower(User.name))))
