"""What somebody, or the solver, wants to have booked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from scheduler.calendars.models import Site
from scheduler.intervals import Interval
from scheduler.people.models import ExclusionGroup, Person, Qualification
from scheduler.projects.models import Project
from scheduler.requests.models import ActivityRequest
from scheduler.resources.models import Resource, Utility


@dataclass(frozen=True)
class Duty:
    """Somebody who works in a phase (setup, run, teardown, all) by a qualification."""

    person: Person
    qualification: Qualification
    phase: str


@dataclass(frozen=True)
class Supply:
    """Whole units of a utility during a phase."""

    utility: Utility
    amount: int
    phase: str


@dataclass(frozen=True)
class Proposal:
    """One booking to be: everything that it would take.

    Parameters
    ----------
    run
        The run alone; setup lies before it, teardown after it.
    resources
        As asked for; the parts of a whole are held with it without being named.
    alternative
        Number of the alternative of the request that this is.
    """

    site: Site
    title: str
    resources: tuple[Resource, ...]
    run: Interval
    setup_minutes: int = 0
    teardown_minutes: int = 0
    activity_request: ActivityRequest | None = None
    project: Project | None = None
    exclusion_group: ExclusionGroup | None = None
    configuration: str | None = None
    duties: tuple[Duty, ...] = ()
    participants: tuple[Person, ...] = ()
    supplies: tuple[Supply, ...] = ()
    alternative: int | None = None
    part_no: int = 1
    series_id: int | None = None

    @property
    def occupied(self) -> Interval:
        return Interval(
            self.run.start - timedelta(minutes=self.setup_minutes),
            self.run.end + timedelta(minutes=self.teardown_minutes),
        )

    def phase(self, name: str) -> Interval | None:
        """The time of setup, run, teardown or all; None where that phase has no length."""
        occupied = self.occupied
        start, end = {
            "setup": (occupied.start, self.run.start),
            "run": (self.run.start, self.run.end),
            "teardown": (self.run.end, occupied.end),
            "all": (occupied.start, occupied.end),
        }[name]
        return Interval(start, end) if end > start else None

    @property
    def duty_times(self) -> Iterator[tuple[Duty, Interval]]:
        """Duties that take time, each with it."""
        for duty in self.duties:
            if interval := self.phase(duty.phase):
                yield duty, interval


def seats_held(resources: tuple[Resource, ...] | list[Resource]) -> list[tuple[Resource, int]]:
    """All that is held with the resources, and how many seats of each: zones, besides wholes' parts.

    Of the zone in which something stands one seat; every seat where it is hazardous.
    """
    seats = {resource.id: (resource, 1) for resource in all_held(resources)}
    for resource, _ in list(seats.values()):
        zone = resource.zone
        if zone is not None and zone.id != resource.id:
            wanted = zone.capacity if resource.is_hazardous else 1
            seats[zone.id] = (zone, max(wanted, seats.get(zone.id, (zone, 1))[1]))
    return list(seats.values())


def all_held(resources: tuple[Resource, ...] | list[Resource]) -> list[Resource]:
    """The resources and, of each whole, all its parts: every one once."""
    held: dict[int, Resource] = {}
    waiting = list(resources)
    while waiting:
        resource = waiting.pop(0)
        if resource.id not in held:
            held[resource.id] = resource
            waiting.extend(resource.parts)
    return list(held.values())
