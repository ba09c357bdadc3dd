"""Requests that come again: one for each day of a pattern, moved in local time, changed together."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from scheduler.accounts.models import User
from scheduler.calendars.models import Site
from scheduler.calendars.patterns import Pattern, days_of
from scheduler.calendars.rules import wall_to_utc_forward
from scheduler.calendars.service import zone_of
from scheduler.database import session
from scheduler.errors import UserError
from scheduler.requests import service
from scheduler.requests.lengths import hours_text
from scheduler.requests.models import ActivityRequest
from scheduler.requests.values import RequestValues
from scheduler.requests.writing import quota_left, values_of

MOST = 60
"""Of one series."""

SCOPES = ("one", "following", "all")


def anchor(values: RequestValues, zone: ZoneInfo) -> date | None:
    """The local day that a request is about; None where it may be at any time."""
    starts = [window.starts_at for window in values.windows]
    for moment in (values.preferred_from, values.earliest_at, min(starts, default=None)):
        if moment is not None:
            return moment.astimezone(zone).date()
    return None


def shifted(values: RequestValues, days: int, zone: ZoneInfo) -> RequestValues:
    """The same so many local days later: 09:00 stays 09:00 when the clock is changed between."""

    def later(moment: datetime | None) -> datetime | None:
        return None if moment is None else _later(moment, days, zone)

    windows = []
    for window in values.windows:
        start, end = _later(window.starts_at, days, zone), _later(window.ends_at, days, zone)
        if end <= start:
            day = start.astimezone(zone)
            message = (
                f"The window has no time on {day:%a} {day.day} {day:%b}: the clock goes forward then. "
                "Leave that day out, or choose other hours."
            )
            raise UserError(message, {"but": message})
        windows.append(replace(window, starts_at=start, ends_at=end))
    return replace(
        values,
        windows=tuple(windows),
        earliest_at=later(values.earliest_at),
        latest_at=later(values.latest_at),
        due_at=later(values.due_at),
        preferred_from=later(values.preferred_from),
        preferred_until=later(values.preferred_until),
    )


def create_series(
    values: RequestValues,
    pattern: Pattern,
    user: User | None,
    *,
    requester: User | None = None,
    now: datetime | None = None,
) -> list[ActivityRequest]:
    """One request for each day; all of them, or none with what is wrong."""
    project = service.project_for(values.project_id, user)
    zone = zone_of(session.get_one(Site, project.site_id))
    first = anchor(values, zone)
    if first is None:
        message = "Write from when on it may be: the series counts its days from there."
        raise UserError(message, {"earliest": message})
    if values.chain:
        message = "Leave it blank: each request of a series is placed by itself."
        raise UserError(message, {"chain": message})
    days = days_of(pattern, first, MOST, "requests")
    left = quota_left(project, None)
    if left is not None and len(days) * values.wish_minutes > left:
        message = (
            f"{project.name} has {hours_text(max(0, left))} h left, {len(days)} times takes "
            f"{hours_text(len(days) * values.wish_minutes)} h. Ask less often, or for more hours."
        )
        raise UserError(message, {"count": message})
    rows = []
    for day in days:
        moved = shifted(values, (day - first).days, zone)
        rows.append(service.create_request(moved, user, requester=requester, now=now))
    for row in rows:
        row.series = rows[0].code
    session.flush()
    return rows


def members(row: ActivityRequest, scope: str) -> list[ActivityRequest]:
    """This one, this and those that follow it in time, or all of its series; this one first."""
    if scope not in SCOPES:
        raise UserError("Choose this one, this and the following, or all of the series.")
    if scope == "one" or row.series is None:
        return [row]
    found = session.scalars(
        select(ActivityRequest).where(
            ActivityRequest.series == row.series,
            ActivityRequest.site_id == row.site_id,
            ActivityRequest.retired_at.is_(None),
        )
    )
    zone = zone_of(session.get_one(Site, row.site_id))
    dated = sorted(((_day(each, zone), each.id, each) for each in found), key=lambda each: each[:2])
    own = _day(row, zone), row.id
    return [
        row,
        *(each for day, number, each in dated if each is not row and (scope == "all" or (day, number) > own)),
    ]


def edit_series(
    row: ActivityRequest,
    values: RequestValues,
    scope: str,
    user: User | None,
    version: int,
    *,
    now: datetime | None = None,
) -> tuple[list[ActivityRequest], int]:
    """What `values` change of one, for those of `scope` too, each on its own days.

    Gives those that are changed, and how many stay because of where they stand.
    """
    zone = zone_of(session.get_one(Site, row.site_id))
    before = values_of(row)
    own = anchor(before, zone)
    others = members(row, scope)[1:]
    service.edit_request(row, values, user, version, now=now)
    changed, left = [row], 0
    names = [each.name for each in fields(values) if getattr(values, each.name) != getattr(before, each.name)]
    for other in others:
        if not service.may_edit(other, user):
            left += 1
            continue
        theirs = values_of(other)
        day = anchor(theirs, zone)
        moved = shifted(values, (day - own).days, zone) if day and own else values
        wanted = replace(theirs, **{name: getattr(moved, name) for name in names})
        service.edit_request(other, wanted, user, other.version, now=now)
        changed.append(other)
    return changed, left


def for_each(
    row: ActivityRequest, scope: str, deed: Callable[[ActivityRequest], None]
) -> Sequence[ActivityRequest]:
    """Do the same to this one, which must go, and to those of its series to which it can be done."""
    done = []
    for each in members(row, scope):
        try:
            deed(each)
        except UserError:
            if each is row:
                raise
            continue
        done.append(each)
    return done


def copies_of_week(
    rows: Sequence[ActivityRequest],
    monday: date,
    weeks: int,
    user: User | None,
    zone: ZoneInfo,
    now: datetime | None = None,
) -> list[ActivityRequest]:
    """Drafts like those of `rows` that are about the week of `monday`, so many weeks later."""
    made = []
    for row in rows:
        values = values_of(row)
        day = anchor(values, zone)
        if day is None or not monday <= day < monday + timedelta(days=7):
            continue
        plain = replace(values, preferred_from=None, preferred_until=None, chain=None, afters=())
        made.append(service.create_request(shifted(plain, 7 * weeks, zone), user, now=now))
    return made


def _day(row: ActivityRequest, zone: ZoneInfo) -> date:
    return anchor(values_of(row), zone) or date.min


def _later(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    local = moment.astimezone(zone)
    wall = local.replace(tzinfo=None, fold=0) + timedelta(days=days)
    return moment if not days else wall_to_utc_forward(wall, zone)
