"""A made-up week of a space centre (format `space-centre-week/1`) as a problem, and back."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from solver.problem import (
    Activity,
    Changeover,
    Draw,
    Level,
    Mode,
    Need,
    Person,
    Pin,
    PrecedenceLag,
    Problem,
    Qualification,
    Resource,
    Utility,
    Window,
)
from solver.solution import Assignment

DATA = Path(__file__).parent / "data" / "weeks"


def read_week(path: Path) -> dict[str, Any]:
    """The week as it lies in the file."""
    week: dict[str, Any] = json.loads(path.read_text())
    if week.get("format") != "space-centre-week/1":
        raise ValueError(f"{path} is not in format space-centre-week/1: {week.get('format')!r}")
    return week


def problem_from_week(week: dict[str, Any]) -> Problem:
    """One tick per slot, one mode per alternative resource (its id is the resource's)."""
    horizon = week["horizon"]
    return Problem(
        name=week["name"],
        horizon=horizon,
        tick_seconds=week["slot_minutes"] * 60,
        resources=tuple(
            Resource(
                resource["id"],
                outages=tuple(Window(start, end) for start, end in resource["unavailable"]),
                changeovers=tuple(
                    Changeover(before, after, slots)
                    for before, row in week["changeovers"][resource["kind"]].items()
                    for after, slots in row.items()
                    if slots
                ),
            )
            for resource in week["resources"]
        ),
        people=tuple(
            Person(
                person["id"],
                tuple(Qualification(skill, 0, horizon) for skill in person["skills"]),
                tuple(Window(start, end) for start, end in person["available"]),
            )
            for person in week["staff"]
        ),
        utilities=tuple(
            Utility(utility["id"], tuple(Level(*level) for level in utility["capacity"]))
            for utility in week["utilities"]
        ),
        activities=tuple(_activity(request) for request in week["requests"]),
        precedences=tuple(
            PrecedenceLag(lag["before"], lag["after"], lag["min_lag"], lag["max_lag"])
            for lag in week["precedences"]
        ),
    )


def _activity(request: dict[str, Any]) -> Activity:
    pinned = request["pinned"]
    return Activity(
        id=request["id"],
        modes=tuple(Mode(resource, (resource,)) for resource in request["resources"]),
        wish=request["duration"],
        least=request["duration"],
        setup=request["setup"],
        teardown=request["teardown"],
        release=request["release"],
        deadline=request["deadline"],
        value=request["value"],
        configuration=request["family"],
        needs=tuple(Need(need["skill"], need["count"], need["phase"]) for need in request["staff"]),
        draws=tuple(Draw(draw["id"], draw["amount"]) for draw in request["utilities"]),
        pin=Pin(pinned["start"], request["duration"], pinned["resource"]) if pinned else None,
    )


def schedule(week: dict[str, Any], assignments: Iterable[Assignment]) -> dict[str, Any]:
    """What is placed, as the format's schedule."""
    return {
        "instance": week["name"],
        "bookings": [
            {
                "request": part.activity,
                "resource": part.mode,
                "start": part.start,
                "staff": [list(names) for names in part.people],
            }
            for part in assignments
        ],
    }
