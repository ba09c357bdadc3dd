"""A remedy that asks something of a request, as a change of that request."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from sqlalchemy import select

from scheduler.accounts.models import User
from scheduler.database import session
from scheduler.errors import UserError
from scheduler.intervals import Interval
from scheduler.plans.asked import worth
from scheduler.plans.timeline import Rounding, Timeline
from scheduler.requests import service as requests
from scheduler.requests.models import ActivityRequest
from scheduler.requests.values import RequestValues, Way, WindowValue
from scheduler.requests.writing import values_of
from scheduler.resources.models import Resource
from solver import Activity, Mode, Remedy, Window


def change_request(
    row: ActivityRequest, activity: Activity, remedy: Remedy, timeline: Timeline, user: User | None
) -> dict[str, str]:
    """Ask for what the remedy says, by the requests' own service and its rules.

    Returns
    -------
    dict
        How the modes of the activity are called once the request is translated again, by their ids in
        the remedy.

    Raises
    ------
    UserError
        If the request cannot be changed so, with what to do instead.
    """
    numbers = [str(way.number) for way in row.alternatives]
    values = changed_values(row, activity, remedy, timeline)
    try:
        requests.edit_request(row, values, user, row.version)
    except UserError as error:
        if not error.faults:
            raise
        raise UserError(f"{row.code} cannot be changed so. {error.message}") from error
    session.flush()
    session.expire(row)
    names = dict(zip(numbers, (str(way.number) for way in row.alternatives), strict=False))
    if remedy.new_mode is not None:
        names[remedy.new_mode.id] = str(row.alternatives[-1].number)
    return names


def changed_values(
    row: ActivityRequest, activity: Activity, remedy: Remedy, timeline: Timeline
) -> RequestValues:
    """What the request says once the remedy is taken."""
    values = values_of(row)
    minutes = timeline.minutes(remedy.ticks)
    if remedy.kind == "later_deadline":
        return replace(values, latest_at=timeline.moment((activity.deadline or 0) + remedy.ticks))
    if remedy.kind == "earlier_release":
        return replace(values, earliest_at=timeline.moment((activity.release or 0) - remedy.ticks))
    if remedy.kind == "shorter_run":
        return replace(values, least_minutes=values.least_minutes - minutes)
    if remedy.kind == "split":
        return replace(values, most_parts=remedy.amount, least_part_minutes=minutes)
    if remedy.kind == "more_value":
        return replace(values, value=worth(row) + remedy.amount)
    if remedy.kind == "wider_window":
        return _widened(row, values, remedy, timeline)
    if remedy.kind == "other_resource" and remedy.new_mode is not None:
        return _with_way(row, values, activity, remedy.new_mode)
    raise ValueError(f"{remedy.kind} is no change of a request")


def _widened(
    row: ActivityRequest, values: RequestValues, remedy: Remedy, timeline: Timeline
) -> RequestValues:
    """The window that the plan knows as `remedy.before`, wider; what rounding took of it stays."""
    before, wide = remedy.before, remedy.windows[0]
    numbers: Mapping[str, int] = {str(way.number): at for at, way in enumerate(row.alternatives, start=1)}
    way = numbers.get(remedy.mode)
    for at, window in enumerate(values.windows):
        if before is None or window.way != way or _ticks(window, timeline) != before:
            continue
        wider = replace(
            window,
            starts_at=timeline.moment(wide.start) if wide.start < before.start else window.starts_at,
            ends_at=timeline.moment(wide.end) if wide.end > before.end else window.ends_at,
        )
        return replace(values, windows=(*values.windows[:at], wider, *values.windows[at + 1 :]))
    raise UserError(f"{row.code} has no such window any more. Build again, then look at what would help.")


def _ticks(window: WindowValue, timeline: Timeline) -> Window | None:
    """The window as the plan knows it."""
    found = Rounding(timeline).inwards([Interval(window.starts_at, window.ends_at)])
    binds: Literal["run", "whole"] = "run" if window.binds == "run" else "whole"
    return Window(*found[0], binds) if found else None


def _with_way(row: ActivityRequest, values: RequestValues, activity: Activity, new: Mode) -> RequestValues:
    """One more way to do it: that of a mode which differs in one resource, its windows with it."""
    for at, way in enumerate(row.alternatives):
        mode = next((mode for mode in activity.modes if mode.id == str(way.number)), None)
        if mode is None or len(mode.resources) != len(new.resources):
            continue
        exchanged = [pair for pair in zip(mode.resources, new.resources, strict=True) if pair[0] != pair[1]]
        codes = [use.resource.code for use in way.uses]
        if len(exchanged) != 1 or exchanged[0][0] not in codes:
            continue
        old, other = exchanged[0]
        other_id = session.scalar(
            select(Resource.id).where(Resource.site_id == row.site_id, Resource.code == other)
        )
        if other_id is None:
            break
        ids = tuple(other_id if use.resource.code == old else use.resource_id for use in way.uses)
        windows = [
            replace(window, way=len(values.ways) + 1) for window in values.windows if window.way == at + 1
        ]
        return replace(
            values,
            ways=(*values.ways, Way(ids, way.penalty)),
            windows=(*values.windows, *windows),
        )
    raise UserError(
        f"{row.code} takes it as a part of something else. Choose the facility in the request, "
        "then build again."
    )
