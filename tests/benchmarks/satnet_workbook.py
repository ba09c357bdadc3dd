"""A real week of NASA's Deep Space Network through the whole of Markaz: a centre workbook in, tracks out.

Between the two the workbook is imported, planned and published as any other; `satnet` has the commands.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from scheduler.bookings.models import HOLDING_STATES, Booking, BookingResource
from scheduler.database import session
from scheduler.excel.book import write_book
from scheduler.requests.models import ActivityRequest
from tests.benchmarks.instances import Trouble
from tests.benchmarks.satnet_problem import LEAST_PART_SECONDS, SPLIT_FROM_SECONDS

Rows = dict[str, list[dict[str, Any]]]
MINUTE = 60


def coming_monday(today: date) -> datetime:
    """Midnight in UTC of the first Monday after `today`."""
    monday = today + timedelta(days=7 - today.weekday())
    return datetime(monday.year, monday.month, monday.day, tzinfo=UTC)


def centre_rows(week: dict[str, Any], monday: datetime) -> Rows:
    """The week as rows of a centre workbook, by field.

    Whole minutes: views and windows are rounded inwards, maintenance, setup and teardown outwards.
    An array of antennas is an alternative with several resources; a mission is a project and an
    exclusive group. Setup and teardown may lie outside views and windows, but not outside the horizon.
    """
    horizon = (monday, _at(monday, _down(week["horizon"])))
    rows: Rows = {
        "Site": [{"code": "DSN", "name": "Deep Space Network", "time_zone": "UTC"}],
        "Resources": [
            {"code": antenna, "name": f"Antenna {antenna}", "kind": "antenna", "capacity": 1}
            for antenna in week["antennas"]
        ],
        "Projects": [
            {"code": _mission(mission), "name": f"Mission {mission}", "kind": "application", "priority": 3}
            for mission in sorted({request["mission"] for request in week["requests"]})
        ],
        "Outages": [
            {
                "resource": antenna,
                "starts_at": _at(monday, _down(start)),
                "ends_at": _at(monday, _up(end)),
                "reason": "maintenance",
            }
            for antenna, start, end in week["maintenance"]
        ],
        "Requests": [_request_row(request, horizon) for request in week["requests"]],
        "Alternatives": [],
        "Windows": [],
    }
    for request in week["requests"]:
        _add_ways(rows, request, monday)
    return rows


def _request_row(request: dict[str, Any], horizon: tuple[datetime, datetime]) -> dict[str, Any]:
    wish, least = _down(request["duration"]), _up(request["min"])
    splits = request["duration"] >= SPLIT_FROM_SECONDS
    part = _up(LEAST_PART_SECONDS)
    return {
        "code": request["id"],
        "title": f"Track {request['id']}",
        "project": _mission(request["mission"]),
        "wish_minutes": wish,
        "least_minutes": max(least, part) if splits else least,
        "setup_minutes": _up(request["setup"]),
        "teardown_minutes": _up(request["teardown"]),
        "most_parts": 2 if splits else 1,
        "least_part_minutes": part if splits else None,
        "value": wish,
        "earliest_at": horizon[0],
        "latest_at": horizon[1],
        "exclusion_group": _mission(request["mission"]),
        "priority": 3,
    }


def _add_ways(rows: Rows, request: dict[str, Any], monday: datetime) -> None:
    start, end = _up(request["window"][0]), _down(request["window"][1])
    rows["Windows"].append(_window(request, None, start, end, monday))
    number = 0
    for antennas, views in request["views"].items():
        views = [(_up(on), _down(off)) for on, off in views if _up(on) < _down(off)]
        if not views:
            continue  # a way without a window of its own would be open all week
        number += 1
        rows["Alternatives"].append(
            {
                "request": request["id"],
                "number": number,
                "resources": tuple(antennas.split("_")),
                "penalty": 0,
            }
        )
        rows["Windows"].extend(_window(request, number, on, off, monday) for on, off in views)


def _window(
    request: dict[str, Any], number: int | None, start: int, end: int, monday: datetime
) -> dict[str, Any]:
    return {
        "request": request["id"],
        "alternative": number,
        "starts_at": _at(monday, start),
        "ends_at": _at(monday, end),
        "binds": "run",
    }


def booked_tracks(week: dict[str, Any]) -> list[dict[str, Any]]:
    """What the instance has booked of the week, in seconds from its Monday."""
    ids = {request["id"] for request in week["requests"]}
    requests = [row for row in session.scalars(select(ActivityRequest)) if row.code in ids]
    starts = {row.earliest_at for row in requests if row.earliest_at is not None}
    if len(starts) != 1:
        raise Trouble(
            f"The instance holds {len(requests)} of the {len(ids)} requests of this week. "
            "Import its workbook first."
        )
    monday = starts.pop()
    bookings = session.scalars(
        select(Booking)
        .where(Booking.state.in_(HOLDING_STATES), Booking.request_id.is_not(None))
        .options(selectinload(Booking.uses).joinedload(BookingResource.resource))
        .order_by(Booking.starts_at, Booking.id)
    )
    codes = {row.id: row.code for row in requests}
    return [
        {
            "track_id": codes[booking.request_id],
            "antennas": [resource.code for resource in booking.resources],
            "start": _seconds(booking.occupied_from - monday),
            "tracking_on": _seconds(booking.starts_at - monday),
            "tracking_off": _seconds(booking.ends_at - monday),
            "end": _seconds(booking.occupied_until - monday),
        }
        for booking in bookings
        if booking.request_id in codes
    ]


def write_workbook(week: dict[str, Any], output: Path) -> None:
    """Write the week as a centre workbook of the coming Monday."""
    monday = coming_monday(datetime.now(UTC).date())
    rows = centre_rows(week, monday)
    about = f"Week {week['week']} of {week['year']} of the Deep Space Network, moved to {monday:%Y-%m-%d}."
    with output.open("wb") as stream:
        write_book(stream, rows, ZoneInfo("UTC"), about)
    print(f"{output}: {len(rows['Requests'])} requests, {len(rows['Alternatives'])} alternatives.")


def _mission(number: int) -> str:
    return f"M{number}"


def _at(monday: datetime, minute: int) -> datetime:
    return monday + timedelta(minutes=minute)


def _down(seconds: int) -> int:
    return seconds // MINUTE


def _up(seconds: int) -> int:
    return -(-seconds // MINUTE)


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
