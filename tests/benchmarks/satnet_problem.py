"""A week of NASA's Deep Space Network (format `satnet-week/1`) as a problem, and back as tracks."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from solver.problem import Activity, Group, Mode, Problem, Resource, Window
from solver.solution import Assignment
from solver.weights import Weights

TICK_SECONDS = 60
SPLIT_FROM_SECONDS = 8 * 3600
LEAST_PART_SECONDS = 4 * 3600


def read_week(path: Path) -> dict[str, Any]:
    """The week as it lies in the file."""
    week: dict[str, Any] = json.loads(path.read_text())
    if week.get("format") != "satnet-week/1":
        raise ValueError(f"{path} is not in format satnet-week/1: {week.get('format')!r}")
    return week


def problem_from_week(week: dict[str, Any], fairness: float = 0.0) -> Problem:
    """Ticks of 60 s: views and windows rounded inwards, maintenance, setup and teardown outwards.

    A tick of tracking is worth 1, so that the objective counts minutes. An array of antennas is a
    mode with several resources, a mission a group and a programme; requests of 8 h or more may be split.
    `fairness` is the weight of the sum over missions of the squared unsatisfied share, in minutes.
    """
    outages: dict[str, list[Window]] = {antenna: [] for antenna in week["antennas"]}
    for antenna, start, end in week["maintenance"]:
        outages[antenna].append(Window(_down(start), _up(end)))
    return Problem(
        name=f"satnet week {week['week']}",
        horizon=_down(week["horizon"]),
        tick_seconds=TICK_SECONDS,
        resources=tuple(
            Resource(antenna, outages=tuple(sorted(windows, key=lambda w: w.start)))
            for antenna, windows in outages.items()
        ),
        groups=tuple(Group(str(m)) for m in sorted({r["mission"] for r in week["requests"]})),
        activities=tuple(_activity(request) for request in week["requests"]),
        weights=Weights(fairness=fairness),
    )


def _activity(request: dict[str, Any]) -> Activity:
    wish, least = _down(request["duration"]), _up(request["min"])
    split = request["duration"] >= SPLIT_FROM_SECONDS
    part = _up(LEAST_PART_SECONDS)
    return Activity(
        id=request["id"],
        modes=tuple(
            Mode(
                resource,
                tuple(resource.split("_")),
                windows=tuple(
                    Window(_up(on), _down(off), "run") for on, off in views if _up(on) < _down(off)
                ),
            )
            for resource, views in request["views"].items()
            if any(_up(on) < _down(off) for on, off in views)
        ),
        wish=wish,
        least=max(least, part) if split else least,
        setup=_up(request["setup"]),
        teardown=_up(request["teardown"]),
        most_parts=2 if split else 1,
        least_part=part if split else 1,
        windows=(Window(_up(request["window"][0]), _down(request["window"][1]), "run"),),
        value=wish,
        groups=(str(request["mission"]),),
        programme=str(request["mission"]),
    )


def tracks(week: dict[str, Any], assignments: Iterable[Assignment]) -> list[dict[str, Any]]:
    """What is placed, one row per track, in seconds from the start of the week."""
    requests = {request["id"]: request for request in week["requests"]}
    rows = []
    for part in assignments:
        request = requests[part.activity]
        on = (part.start + _up(request["setup"])) * TICK_SECONDS
        off = on + part.duration * TICK_SECONDS
        rows.append(
            {
                "track_id": part.activity,
                "antennas": part.mode.split("_"),
                "start": on - request["setup"],
                "tracking_on": on,
                "tracking_off": off,
                "end": off + request["teardown"],
            }
        )
    return rows


def _down(seconds: int) -> int:
    return seconds // TICK_SECONDS


def _up(seconds: int) -> int:
    return -(-seconds // TICK_SECONDS)
