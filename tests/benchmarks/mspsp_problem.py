"""A project with people of several skills (format `mspsp/1`) as a problem, and back as starts and names."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from solver.problem import Activity, Mode, Need, Person, PrecedenceLag, Problem, Qualification
from solver.solution import Assignment
from solver.weights import Weights
from tests.benchmarks.network import (
    horizon,
    list_schedule_length,
    precedences_without_empty,
    starts_with_empty,
)


def read_project(path: Path) -> dict[str, Any]:
    """The project as it lies in the file."""
    project: dict[str, Any] = json.loads(path.read_text())
    if project.get("format") != "mspsp/1":
        raise ValueError(f"{path} is not in format mspsp/1: {project.get('format')!r}")
    return project


def problem_from_project(project: dict[str, Any]) -> Problem:
    """One activity for each that takes time, all mandatory, worth nothing: the makespan is all.

    A skill is a qualification that is held all the time, and needed over the whole run.
    """
    length = horizon(project["durations"], list_length(project))
    activities = tuple(
        _activity(number, duration, project["skill_requirements"][number])
        for number, duration in enumerate(project["durations"])
        if duration
    )
    return Problem(
        name=project["name"],
        horizon=length,
        activities=activities,
        people=tuple(
            Person(f"p{number}", tuple(Qualification(f"s{skill}", 0, length) for skill in skills))
            for number, skills in enumerate(project["staff_skills"])
        ),
        precedences=tuple(
            PrecedenceLag(str(before), str(after))
            for before, after in precedences_without_empty(project["durations"], successors(project))
        ),
        weights=Weights(makespan=1.0),
    )


def list_length(project: dict[str, Any]) -> int:
    """Makespan of a list schedule in which whoever is free and has the skill is taken."""
    free = set(range(len(project["staff_skills"])))
    busy: dict[int, set[int]] = {}

    def take(number: int) -> bool:
        people = _crew(project["skill_requirements"][number], project["staff_skills"], sorted(free))
        if people is None:
            return False
        busy[number] = people
        free.difference_update(people)
        return True

    def give(number: int) -> None:
        free.update(busy.pop(number))

    return list_schedule_length(project["durations"], successors(project), take, give)


def successors(project: dict[str, Any]) -> list[list[int]]:
    """For each activity those just after it."""
    after: list[list[int]] = [[] for _ in project["durations"]]
    for before, later in project["precedences"]:
        after[before].append(later)
    return after


def answer(project: dict[str, Any], assignments: Iterable[Assignment]) -> dict[str, Any]:
    """What is placed, as `mspsp-schedule/1`: starts, and for each activity who gives which skill."""
    parts = {int(part.activity): part for part in assignments}
    durations = project["durations"]
    starts = {number: part.start for number, part in parts.items()}
    return {
        "format": "mspsp-schedule/1",
        "instance": project["name"],
        "starts": starts_with_empty(durations, successors(project), starts),
        "assigned": [
            _named(project["skill_requirements"][number], parts.get(number))
            for number in range(len(durations))
        ],
        "makespan": max((start + durations[number] for number, start in starts.items()), default=0),
    }


def _named(required: Sequence[int], part: Assignment | None) -> list[list[int]]:
    if part is None:
        return []
    skills = [skill for skill, count in enumerate(required) if count]
    return [
        [skill, int(person.removeprefix("p"))]
        for skill, names in zip(skills, part.people, strict=True)
        for person in names
    ]


def _activity(number: int, duration: int, required: Sequence[int]) -> Activity:
    return Activity(
        str(number),
        (Mode("m", ()),),
        wish=duration,
        least=duration,
        value=0,
        mandatory=True,
        needs=tuple(Need(f"s{skill}", count, "run") for skill, count in enumerate(required) if count),
    )


def _crew(required: Sequence[int], skills: Sequence[Sequence[int]], free: Sequence[int]) -> set[int] | None:
    """Free people who meet all that is required, by augmenting paths; None if there are too few."""
    places = [skill for skill, count in enumerate(required) for _ in range(count)]
    # Those with few skills first: the others stay free for what only they can do.
    people = sorted(free, key=lambda person: len(skills[person]))
    held: dict[int, int] = {}

    def place(position: int, tried: set[int]) -> bool:
        for person in people:
            if person in tried or places[position] not in skills[person]:
                continue
            tried.add(person)
            if person not in held or place(held[person], tried):
                held[person] = position
                return True
        return False

    if all(place(position, set()) for position in range(len(places))):
        return set(held)
    return None
