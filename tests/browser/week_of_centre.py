"""A centre with a published week for the pages to show: every texture of the timeline once or more."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.accounts.models import User
from scheduler.accounts.service import add_user
from scheduler.bookings.models import Booking
from scheduler.bookings.proposal import Duty, Proposal
from scheduler.bookings.service import book
from scheduler.calendars.models import Holiday, Site
from scheduler.calendars.rules import week_span
from scheduler.database import session, transaction, utc_now
from scheduler.errors import UserError
from scheduler.intervals import Interval
from scheduler.people.models import Absence
from scheduler.projects.models import ProjectMember
from scheduler.resources.models import Changeover, Outage
from tests import centre

ZONE = "Asia/Karachi"
PASSWORD = "orbit-lantern-42"
FACILITIES = (
    ("test facility", "TV-1", "Thermal vacuum 1", None),
    ("test facility", "TV-2", "Thermal vacuum 2", "LONG"),
    ("test facility", "BO-1", "Bake-out oven", "LONG"),
    ("test facility", "SH-1", "Shaker 160 kN", "DAY"),
    ("test facility", "AC-1", "Acoustic chamber", "DAY"),
    ("test facility", "EM-1", "EMC chamber", "DAY"),
    ("trainer", "MU-1", "Station mock-up", "DAY"),
    ("trainer", "DS-1", "Docking simulator", "LONG"),
    ("trainer", "NB-1", "Neutral buoyancy pool", "DAY"),
    ("lab", "L-01", "Optics lab", "DAY"),
    ("lab", "L-02", "Antenna lab", "DAY"),
    ("room", "RM-1", "Class room, three groups", "DAY"),
)
PROJECTS = (
    ("BDR", "Badr-3 satellite", "R&D", False),
    ("HIL", "Hilal-2 orbiter", "R&D", False),
    ("SHN", "Shaheen crew", "training", False),
    ("MKR", "Markhor crew", "training", False),
    ("FSL", "Fasal radiometer", "application", False),
    ("QMR", "Qamar, confidential", "application", True),
)
PEOPLE = (
    "Sana Mirza",
    "李雯 Li Wen",
    "Bilal Khan",
    "Noor Ahmed",
    "رابعہ انور",
    "Omar Latif",
    "Wang Jing",
    "Farah Ali",
)
TITLES = (
    "Thermal balance",
    "Leak test",
    "Z axis, sine",
    "Docking run",
    "Feed cut",
    "Beam scan",
    "Bake-out",
    "Dive",
)


@dataclass(frozen=True)
class Centre:
    """What a test needs to know of it."""

    site_id: int
    week: Interval
    first_booking_id: int
    confidential_booking_id: int


def fill(bookings: int = 24, facilities: tuple[Any, ...] = FACILITIES, seed: int = 7) -> Centre:
    """Write it into the database that `session` stands on, for the week of now."""
    chance = random.Random(seed)
    with transaction(reason="filled for a test"):
        site = centre.make_site(time_zone=ZONE)
        monday = _monday_of_now()
        week = week_span(monday, ZoneInfo(ZONE))
        users = _users()
        calendars = {
            "DAY": centre.make_calendar(site, "DAY", range(5), (8, 18)),
            "LONG": centre.make_calendar(site, "LONG", range(5), (7, 20)),
            None: None,
        }
        resources = [
            centre.make_resource(
                site, code, 3 if kind == "room" else 1, name=name, kind=kind, calendar=calendars[calendar]
            )
            for kind, code, name, calendar in facilities
        ]
        projects = [
            centre.make_project(site, code, name=name, kind=kind, is_confidential=hidden)
            for code, name, kind, hidden in PROJECTS
        ]
        session.add(ProjectMember(project=projects[0], user=users["researcher"]))
        people = _people(site, calendars, week)
        _turns(resources, week)
        session.add(
            Holiday(site_id=site.id, on_day=monday + timedelta(days=2), name="Eid", is_provisional=True)
        )
        session.flush()
        first = _fixed_bookings(site, week, resources, projects, people)
        _more_bookings(site, week, resources, projects, people, bookings, chance)
        return Centre(site.id, week, first[0].id, first[1].id)


def _monday_of_now() -> Any:
    today = utc_now().astimezone(ZoneInfo(ZONE)).date()
    return today - timedelta(days=today.weekday())


def _users() -> dict[str, User]:
    names = {
        "manager": "Rabia Anwar",
        "researcher": "Ayesha Siddiqui",
        "administrator": "Yusuf Memon",
        "viewer": "Hina Baloch",
    }
    return {role: add_user(f"{role}@centre.example", name, PASSWORD, role) for role, name in names.items()}


def _people(site: Site, calendars: dict[Any, Any], week: Interval) -> list[Any]:
    operator = centre.make_qualification(site, "vacuum operator")
    instructor = centre.make_qualification(site, "instructor")
    people = [
        centre.make_person(
            site,
            f"P-{number:02d}",
            name,
            (operator if number % 2 else instructor,),
            calendar=calendars["LONG" if number % 3 else "DAY"],
            most_minutes_week=40 * 60,
        )
        for number, name in enumerate(PEOPLE, start=1)
    ]
    people[2].absences.append(Absence(starts_at=_at(week, 3, 0), ends_at=_at(week, 5, 0), reason="Leave"))
    return people


def _turns(resources: list[Any], week: Interval) -> None:
    by_code = {resource.code: resource for resource in resources}
    for before, after in (("A", "B"), ("B", "A")):
        by_code["SH-1"].changeovers.append(
            Changeover(from_configuration=before, to_configuration=after, minutes=90)
        )
    by_code["EM-1"].outages.append(
        Outage(starts_at=_at(week, 3, 8), ends_at=_at(week, 4, 12.75), reason="Amplifier repair")
    )


def _fixed_bookings(
    site: Site, week: Interval, resources: list[Any], projects: list[Any], people: list[Any]
) -> list[Booking]:
    by_code = {resource.code: resource for resource in resources}
    operator = people[0].qualifications[0].qualification
    proposals = [
        Proposal(
            site=site, title="Star tracker ST-4", resources=(by_code["TV-2"],), project=projects[0],
            run=_run(week, 0, 10, 16), setup_minutes=90, teardown_minutes=30,
            duties=(Duty(people[0], operator, "all"),),
        ),
        Proposal(
            site=site, title="Night landing rehearsal", resources=(by_code["L-01"],), project=projects[5],
            run=_run(week, 1, 9, 13),
        ),
        Proposal(
            site=site, title="Hilal-2 orbiter, thermal balance", resources=(by_code["TV-1"],),
            project=projects[1], run=Interval(_at(week, -2, 10), _at(week, 3, 15)), teardown_minutes=240,
        ),
        Proposal(
            site=site, title="Badr-3 Z axis", resources=(by_code["SH-1"],), project=projects[0],
            run=_run(week, 1, 9, 12), setup_minutes=60, configuration="A",
        ),
        Proposal(
            site=site, title="Fasal adapter", resources=(by_code["SH-1"],), project=projects[4],
            run=_run(week, 1, 14, 17), configuration="B",
        ),
        Proposal(
            site=site, title="Class of orbital mechanics", resources=(by_code["RM-1"],), project=projects[2],
            run=_run(week, 0, 9, 12),
        ),
        Proposal(
            site=site, title="Class of survival", resources=(by_code["RM-1"],), project=projects[3],
            run=_run(week, 0, 10, 15), participants=(people[6],),
        ),
        Proposal(
            site=site, title="Beam scan", resources=(by_code["L-02"],), project=projects[0],
            run=_run(week, 2, 10, 13), participants=(people[6],),
        ),
    ]  # fmt: skip
    return [book(proposal) for proposal in proposals]


def _more_bookings(
    site: Site, week: Interval, resources: list[Any], projects: list[Any], people: list[Any],
    wanted: int, chance: random.Random,
) -> None:  # fmt: skip
    placed = tries = 0
    while placed < wanted and tries < wanted * 8:
        tries += 1
        start, hours = chance.choice(range(8, 17)), chance.choice((1, 1.5, 2, 3, 4, 6))
        person = chance.choice(people)
        held = person.qualifications[0].qualification
        with session.begin_nested() as attempt:
            try:
                book(
                    Proposal(
                        site=site,
                        title=chance.choice(TITLES),
                        resources=(chance.choice(resources[1:]),),
                        project=chance.choice(projects),
                        run=_run(week, chance.randrange(5), start, start + hours),
                        setup_minutes=chance.choice((0, 0, 30, 60)),
                        teardown_minutes=chance.choice((0, 0, 30)),
                        duties=(Duty(person, held, "all"),) if chance.random() < 0.6 else (),
                    )
                )
                placed += 1
            except UserError:
                attempt.rollback()


def _at(week: Interval, day: int, hour: float) -> datetime:
    return (week.start + timedelta(days=day, hours=hour)).astimezone(UTC)


def _run(week: Interval, day: int, start: float, end: float) -> Interval:
    return Interval(_at(week, day, start), _at(week, day, end))
