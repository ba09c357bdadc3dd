"""A full week of a made-up centre: 31 facilities, 40 people, 110 bookings, all through the front door."""

import random
from datetime import datetime

from scheduler.bookings.service import Duty, Proposal, book
from scheduler.calendars.models import Holiday, Site
from scheduler.calendars.rules import week_span
from scheduler.calendars.service import zone_of
from scheduler.database import session
from scheduler.errors import UserError
from scheduler.intervals import Interval
from scheduler.people.models import Absence, Person
from scheduler.projects.models import Project
from scheduler.resources.models import Changeover, Outage, Resource
from tests.centre import (
    at,
    make_calendar,
    make_person,
    make_project,
    make_qualification,
    make_request,
    make_resource,
    make_site,
    on,
)

LABS = (
    "Optics", "Battery", "Propulsion bench", "Attitude control", "Radio", "Clean room", "Thermal",
    "Materials", "Data handling", "Payload assembly", "Robotics", "Life support",
)  # fmt: skip
FACILITIES = (
    ("TV-1", "Thermal vacuum chamber 1"), ("TV-2", "Thermal vacuum chamber 2"), ("BO-1", "Bake-out oven"),
    ("SH-1", "Shaker 160 kN"), ("AC-1", "Acoustic chamber"), ("EM-1", "EMC chamber"),
    ("AN-1", "Antenna range"), ("MP-1", "Mass properties"),
)  # fmt: skip
TRAINERS = (
    ("MU-1", "Station mock-up"), ("DS-1", "Docking simulator"), ("RS-1", "Robotics simulator"),
    ("PT-1", "Part-task trainer 1"), ("PT-2", "Part-task trainer 2"), ("NB-1", "Neutral buoyancy pool"),
    ("CF-1", "Centrifuge"),
)  # fmt: skip
PROJECTS = (
    ("BDR", "Badr-3", "R&D"), ("OPT", "Optical terminal", "R&D"), ("ION", "Ion thruster", "R&D"),
    ("SHN", "شاہین عملہ تربیت", "training"), ("TGW", "天宫 joint crew", "training"),
    ("EVA", "Spacewalk course", "training"), ("CRP", "Crop monitoring", "application"),
    ("FLD", "Flood mapping", "application"), ("GEO", "Telecom service", "application"),
)  # fmt: skip
TITLES = {
    "R&D": ("Vibration Z axis", "Thermal balance", "Leak test", "Pattern cut 12 GHz", "ارتعاش کا امتحان"),
    "training": ("Dive 9", "Docking approach", "对接训练", "Suit fit", "Emergency drill"),
    "application": ("Receiver acceptance", "Camera calibration", "Ground terminal check", "Data link test"),
}
NAMES = (
    "Sana Mirza", "李雯 Li Wen", "نور احمد", "Rabia Anwar", "Mei Lin", "Yusuf Memon", "Hamid Raza",
    "王芳 Wang Fang", "Adeel Khan", "فاطمہ زہرا",
)  # fmt: skip


def make_busy_week(seed: int = 7, time_zone: str = "UTC", wanted: int = 110) -> Site:
    """Inside `transaction()`: the week of `tests.centre`, deterministic for a seed."""
    random_choice = random.Random(seed)
    site = make_site(time_zone=time_zone)
    resources = _make_resources(site)
    people = _make_people(site)
    projects = [
        make_project(site, code, name=name, kind=kind, cost_code=f"C-{number:03}")
        for number, (code, name, kind) in enumerate(PROJECTS, start=1)
    ]
    projects[2].is_confidential = True
    session.add(Holiday(site_id=site.id, on_day=on(4), name="Founders' day"))
    session.flush()
    _book_many(site, resources, people, projects, random_choice, wanted)
    for number in range(900, 904):
        make_request(
            projects[number % 9], resources[12], code=f"{projects[number % 9].code}-{number}",
            title="Second thermal cycle", minutes=600, **_window(site),
        )  # fmt: skip
    session.add(
        Outage(
            resource=_by_code(resources, "EM-1"), starts_at=at(3, 8), ends_at=at(4, 12), reason="calibration"
        )
    )
    session.add(Absence(person=people[1], starts_at=at(2, 0), ends_at=at(3, 0), reason="leave"))
    session.flush()
    return site


def _make_resources(site: Site) -> list[Resource]:
    day = make_calendar(site, "DAY", hours=(7, 19))
    long_day = make_calendar(site, "LONG", range(6), (6, 22))
    always = None
    found = [
        make_resource(site, f"L-{number:02}", name=f"{name} lab", kind="lab", calendar=day, setup_minutes=15)
        for number, name in enumerate(LABS, start=1)
    ]
    for code, name in FACILITIES:
        calendar = always if code in ("TV-1", "TV-2") else long_day
        found.append(make_resource(site, code, name=name, kind="test facility", calendar=calendar))
    found += [
        make_resource(site, code, name=name, kind="trainer", calendar=long_day) for code, name in TRAINERS
    ]
    hall = make_resource(site, "HALL", name="Assembly hall", kind="room", calendar=day)
    found += [
        hall,
        *(
            make_resource(site, f"BAY-{n}", name=f"Bay {n}", kind="room", calendar=day, whole=hall)
            for n in (1, 2)
        ),
    ]
    found.append(make_resource(site, "CR-1", capacity=3, name="Control room", kind="room", calendar=long_day))
    shaker = _by_code(found, "SH-1")
    shaker.configuration = "Z"
    for before, after in (("X", "Z"), ("Z", "X")):
        shaker.changeovers.append(Changeover(from_configuration=before, to_configuration=after, minutes=90))
    session.flush()
    return found


def _make_people(site: Site) -> list[Person]:
    shift = make_calendar(site, "SHIFT", range(7), (6, 22))
    operator = make_qualification(site, "operator")
    return [
        make_person(
            site, f"P-{number:02}", NAMES[number % 10] + (f" {number // 10 + 1}" if number > 9 else ""),
            holds=(operator,), calendar=shift, most_minutes_week=2400,
            kind="trainee" if number % 8 == 7 else "staff",
        )
        for number in range(40)
    ]  # fmt: skip


def _book_many(
    site: Site,
    resources: list[Resource],
    people: list[Person],
    projects: list[Project],
    random_choice: random.Random,
    wanted: int,
) -> None:
    operator = people[0].qualifications[0].qualification
    booked = 0
    for number in range(1, 8 * wanted):
        project = random_choice.choice(projects)
        resource = random_choice.choice(resources)
        is_chamber = resource.code.startswith("TV")
        minutes = random_choice.choice((720, 1800, 2880) if is_chamber else (60, 90, 120, 180, 240, 300, 420))
        start = at(random_choice.randrange(6 if is_chamber else 5), random_choice.randrange(8, 52) / 4)
        activity_request = make_request(
            project, resource, code=f"{project.code}-{number}",
            title=random_choice.choice(TITLES[project.kind]), minutes=minutes, **_window(site),
        )  # fmt: skip
        proposal = Proposal(
            site=site,
            title=activity_request.title,
            resources=(resource,),
            run=Interval.lasting(start, minutes),
            setup_minutes=random_choice.choice((0, 15, 30, 60)),
            teardown_minutes=random_choice.choice((0, 15, 30)),
            activity_request=activity_request,
            project=project,
            configuration=random_choice.choice("XZ") if resource.code == "SH-1" else None,
            duties=(Duty(random_choice.choice(people), operator, "run"),),
            participants=(random_choice.choice(people),),
        )
        try:
            book(proposal)
        except UserError:
            session.delete(activity_request)
        else:
            activity_request.state = "booked"
            booked += 1
        session.flush()
        if booked == wanted:
            return


def _by_code(resources: list[Resource], code: str) -> Resource:
    return next(resource for resource in resources if resource.code == code)


def week_of(site: Site) -> Interval:
    """That week as the site's clock has it."""
    return week_span(on(0), zone_of(site))


def _window(site: Site) -> dict[str, datetime]:
    week = week_of(site)
    return {"earliest_at": week.start, "latest_at": week.end}
