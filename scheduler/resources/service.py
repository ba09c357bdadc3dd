"""Facilities and their outages. One function for each thing a user wants.

Each is called inside `transaction()` and raises a `UserError` that says what to do instead.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from scheduler import outbox
from scheduler.accounts.models import ROLES, User
from scheduler.accounts.rules import Place
from scheduler.accounts.service import can, grants_of
from scheduler.calendars.models import Calendar, Site
from scheduler.calendars.service import open_intervals, zone_of
from scheduler.calendars.uses import Use
from scheduler.database import normal_code, session, utc_now
from scheduler.errors import Forbidden, Stale, UserError
from scheduler.events import OutageEnded, OutageReported, ResourceChanged, announce
from scheduler.intervals import Interval
from scheduler.resources.models import RESOURCE_KINDS, Outage, Resource, Stewardship
from scheduler.resources.queries import outages_over
from scheduler.resources.rules import State, is_like, repeat_faults, rounded, state_at, times_of, value_faults

MOST_REASON = 200


def may_add(user: User | None, site_id: int) -> bool:
    return can(user, "manager", Place(site_id=site_id))


def may_report(user: User | None, resource: Resource) -> bool:
    """Every manager who may manage it: a chamber that fails does not wait for its steward."""
    return can(user, "manager", Place(site_id=resource.site_id, resource_id=resource.id))


def looks_after(user: User | None, resource: Resource) -> bool:
    """Administrators, its stewards, managers of just this one; without a steward every manager."""
    if can(user, "administrator", Place(site_id=resource.site_id, resource_id=resource.id)):
        return True
    if user is None or not may_report(user, resource):
        return False
    if not resource.stewards or any(steward.user_id == user.id for steward in resource.stewards):
        return True
    rank = ROLES.index("manager")
    return any(
        ROLES.index(grant.role) >= rank and (grant.scope_kind, grant.scope_id) == ("resource", resource.id)
        for grant in grants_of(user)
    )


def refuse_edit(user: User | None, resource: Resource) -> None:
    if not looks_after(user, resource):
        names = ", ".join(steward.user.name for steward in resource.stewards) or "the managers of the centre"
        raise Forbidden(f"{resource.code} is looked after by {names}. Ask them, or an administrator.")


def add_resource(site: Site, code: str, values: Mapping[str, Any], user: User | None) -> Resource:
    """A new facility; refused with all faults at once."""
    if not may_add(user, site.id):
        raise Forbidden("Facilities are added by managers of the centre. Ask one of them.")
    faults = _faults(site.id, values)
    if not code or ";" in code:
        faults["code"] = "Write a short code without a semicolon, like TV-3."
    elif _has_code(site.id, code):
        faults["code"] = f"{code} is taken, perhaps by one that is retired. Write another one."
    _raise(faults)
    resource = Resource(site_id=site.id, code=code)
    resource.capacity = values.get("capacity") or 1
    _write(resource, values)
    session.add(resource)
    session.flush()
    return resource


def edit_resource(resource: Resource, values: Mapping[str, Any], user: User | None, version: int) -> Resource:
    """Change what it is; refused when somebody changed it since `version` was shown."""
    refuse_edit(user, resource)
    if resource.version != version:
        raise Stale(
            f"{resource.code} was changed while you wrote. What you typed stands below and is not saved: "
            "compare it with the facility as it is now, and save again."
        )
    _raise(_faults(resource.site_id, values))
    _write(resource, values)
    resource.updated_at = utc_now()
    session.flush()
    announce(ResourceChanged(resource.id))
    return resource


def set_stewards(resource: Resource, user_ids: Sequence[int], user: User | None) -> None:
    """Who looks after it; administrators decide."""
    if not can(user, "administrator", Place(site_id=resource.site_id)):
        raise Forbidden("Who looks after what is decided by administrators. Ask one.")
    kept = [steward for steward in resource.stewards if steward.user_id in user_ids]
    known = {steward.user_id for steward in kept}
    resource.stewards = [*kept, *(Stewardship(user_id=each) for each in user_ids if each not in known)]


def retire(resource: Resource, user: User | None) -> None:
    """Not to be had any more: the record stays, its bookings need repair."""
    refuse_edit(user, resource)
    if resource.retired_at is not None:
        raise UserError(f"{resource.code} is retired already.")
    resource.retired_at = utc_now()
    session.flush()
    announce(ResourceChanged(resource.id))


def bring_back(resource: Resource, user: User | None) -> None:
    refuse_edit(user, resource)
    if resource.retired_at is None:
        raise UserError(f"{resource.code} is not retired.")
    resource.retired_at = None
    session.flush()
    announce(ResourceChanged(resource.id))


def plan_outage(
    resource: Resource, first: tuple[datetime, datetime], every_weeks: int, until_on: Any, now: datetime
) -> list[Interval]:
    """The times of an outage that is about to be reported; refused where they cannot be."""
    zone = zone_of(session.get_one(Site, resource.site_id))
    starts_at, ends_at = first
    if ends_at <= starts_at:
        message = "It would be over before it begins. Write a later end."
        raise UserError(message, {"ends": message})
    if ends_at <= now:
        message = "That is over already. Write an end that is still to come."
        raise UserError(message, {"ends": message})
    span = Interval(starts_at, ends_at)
    _raise(repeat_faults(span, every_weeks, until_on, zone))
    times = times_of(span, every_weeks, until_on, zone)
    known = [Interval(outage.starts_at, outage.ends_at) for outage in resource.outages]
    if all(any(other.contains(time) for other in known) for time in times):
        message = f"{resource.code} is out for all of that time already."
        raise UserError(message, {"starts": message})
    return times


def report_outage(
    resource: Resource, times: Sequence[Interval], reason: str, user: User | None
) -> list[Outage]:
    """Take the facility away at these times; the bookings that it hits need repair from then on."""
    if not may_report(user, resource):
        raise Forbidden(f"An outage of {resource.code} is reported by its managers. Tell one of them.")
    outages = [
        Outage(starts_at=time.start, ends_at=time.end, reason=reason.strip()[:MOST_REASON]) for time in times
    ]
    resource.outages.extend(outages)
    session.flush()
    for outage in outages:
        announce(OutageReported(outage.id))
    said = {"resource_id": resource.id, "outages": [outage.id for outage in outages], "reason": reason}
    outbox.post("outage.reported", said)
    return outages


def end_outage(outage: Outage, now: datetime, user: User | None) -> None:
    """It is in order again, sooner than was said; one that has not begun is struck out."""
    resource = outage.resource
    _refuse_report(user, resource)
    if outage.ends_at <= now:
        raise UserError(f"This outage of {resource.code} is over already.")
    freed = (
        Interval(max(rounded(now), outage.starts_at), outage.ends_at)
        if rounded(now) < outage.ends_at
        else None
    )
    if outage.starts_at >= now:
        resource.outages.remove(outage)
    elif freed is not None:
        outage.ends_at = max(freed.start, outage.starts_at)
    session.flush()
    if freed is not None:
        announce(OutageEnded(resource.id, freed.start, freed.end))
        outbox.post("outage.ended", {"resource_id": resource.id, "ends_at": freed.start.isoformat()})


def remove_like(outage: Outage, now: datetime, user: User | None) -> int:
    """Strike out all that come of one that comes back: same weekday, hours and reason. How many."""
    resource = outage.resource
    _refuse_report(user, resource)
    alike = likes_of(outage, now)
    for each in alike:
        end_outage(each, now, user)
    return len(alike)


def likes_of(outage: Outage, now: datetime) -> list[Outage]:
    """Those of the same facility that are not over and look the same, itself among them."""
    zone = zone_of(session.get_one(Site, outage.resource.site_id))
    own = Interval(outage.starts_at, outage.ends_at)
    return [
        other
        for other in outage.resource.outages
        if other.ends_at > now
        and other.reason == outage.reason
        and is_like(own, Interval(other.starts_at, other.ends_at), zone)
    ]


def state_of(resource: Resource, site: Site, ahead: Interval) -> State:
    """How it stands at the start of `ahead`, looking that far."""
    stops = [(Interval(outage.starts_at, outage.ends_at), outage.reason) for outage in outages_over(resource)]
    open_time = open_intervals(resource.calendar, site, ahead)
    return state_at(ahead, resource.retired_at is not None, open_time, stops)


def _refuse_report(user: User | None, resource: Resource) -> None:
    if not may_report(user, resource):
        raise Forbidden(f"Outages of {resource.code} are kept by its managers. Ask one of them.")


WRITTEN = (
    "name", "kind", "location", "calendar_id", "setup_minutes", "teardown_minutes", "calibration_due_on",
    "least_people", "is_restricted", "notice_minutes", "horizon_days", "shortest_minutes", "longest_minutes",
)  # fmt: skip


def _write(resource: Resource, values: Mapping[str, Any]) -> None:
    for name in WRITTEN:
        if name in values:
            setattr(resource, name, values[name])


def _faults(site_id: int, values: Mapping[str, Any]) -> dict[str, str]:
    faults = value_faults(values)
    if values["kind"] not in RESOURCE_KINDS:
        faults["kind"] = f"Choose one of {', '.join(RESOURCE_KINDS)}."
    calendar = session.get(Calendar, values["calendar_id"]) if values["calendar_id"] else None
    if values["calendar_id"] and (calendar is None or calendar.site_id != site_id):
        faults["calendar"] = "This is not to be had any more. Choose one of the list."
    return faults


def _has_code(site_id: int, code: str) -> bool:
    query = select(Resource.id).where(Resource.site_id == site_id, Resource.code_key == normal_code(code))
    return session.scalar(query) is not None


def _raise(faults: dict[str, str]) -> None:
    if faults:
        raise UserError(next(iter(faults.values())), faults)


def calendar_uses(calendar_id: int, user: User | None) -> list[Use]:
    """Facilities whose opening hours a calendar gives."""
    rows = session.scalars(
        select(Resource)
        .where(Resource.calendar_id == calendar_id, Resource.retired_at.is_(None))
        .order_by(Resource.code_key)
    )
    return [
        Use(row.code, row.name, looks_after(user, row), "resources.show", {"resource_id": row.id})
        for row in rows
    ]
