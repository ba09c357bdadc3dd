"""A centre in which every page has something to show, most of it of one confidential project."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from scheduler import database
from scheduler.accounts.models import Role, User
from scheduler.accounts.service import begin_try, finish_try
from scheduler.bookings import acts
from scheduler.bookings.models import Booking
from scheduler.bookings.offer import Offer
from scheduler.calendars.models import CalendarOverlay, Holiday
from scheduler.calendars.queries import the_site
from scheduler.calendars.rules import week_name
from scheduler.database import session, transaction, utc_now
from scheduler.excel.models import ImportRun
from scheduler.intervals import Interval
from scheduler.people.models import Absence, Organisation
from scheduler.plans import building, queries, remedies, repairing, service
from scheduler.plans.ledger import Pace
from scheduler.projects.models import Project, ProjectMember
from scheduler.requests.attachments import FOLDER
from scheduler.requests.models import (
    Precedence,
    RequestAttachment,
    RequestComment,
    RequestNeed,
    RequestTemplate,
)
from scheduler.resources.models import Outage, Resource
from tests.centre import (
    make_calendar,
    make_person,
    make_project,
    make_qualification,
    make_request,
    make_resource,
    make_site,
    make_user,
)

ROLES = ("viewer", "staff", "owner", "other", "lead", "manager", "elsewhere", "administrator")
"""Whoever is signed in: owner asked for what is there and is a member of its project, other is a researcher
of another project, lead manages the project, manager its site, elsewhere a chamber that it does not use."""

INSIDERS = ("owner", "lead", "manager", "administrator")
OUTSIDERS = ("viewer", "staff", "other", "elsewhere")

SECRETS = ("Zirqon", "ZQXVORBA", "Qelvar", "KX-99771", "Vlimpet", "Brumwald")
"""Name, code, programme and cost code of the confidential project, title and note of what it asks for.
Each is so long that no random token of a page holds it by chance."""

STORED = "0" * 32
QUICK = Pace(lease_seconds=2.0, heartbeat_seconds=0.2, listen_seconds=0.05, store_seconds=0.1)


@dataclass
class Everything:
    """Where the database lies; ids by the name that addresses give them; tokens and user ids by role."""

    path: Path
    week: datetime
    ids: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    remedy: dict[str, str] = field(default_factory=dict)


def next_monday() -> datetime:
    """Midnight in UTC of the Monday after next: notice and horizon, if any, allow it."""
    today = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=14 - today.weekday())


def make_everything(path: Path) -> Everything:
    """Fill the database that `session` is bound to; it lies at `path`."""
    world = Everything(path, next_monday())
    with transaction():
        _fill(world)
    week = Interval(world.week, world.week + timedelta(days=7))
    published = _build(week)
    with transaction():
        service.publish(queries.get_plan(published))
    with transaction():
        _ask_more(world)
    draft = _build(week)
    world.ids["repair_id"] = _repair(world, week)
    world.remedy = _look_for_remedies(draft)
    with transaction():
        run = queries.latest_run(queries.get_plan(draft))
        assert run is not None
        world.ids |= {"plan_id": draft, "run_id": run.id, "published_plan_id": published}
        world.ids["booking_id"] = session.scalars(
            select(Booking.id).where(Booking.request_id == world.ids["booked_request_id"])
        ).one()
        for role, user_id in world.users.items():
            world.tokens[role] = _token(user_id)
    session.remove()
    return world


def client_as(app: Flask, world: Everything, role: str | None) -> FlaskClient:
    """Signed in as that role; None is a stranger."""
    client = app.test_client()
    if role is not None:
        with client.session_transaction() as cookie:
            cookie["sign_in"] = world.tokens[role]
    return client


def csrf_of(client: FlaskClient) -> str:
    """The token of forms, as a page of theirs gives it."""
    page = client.get("/account", follow_redirects=True).text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def copy_to(world: Everything, path: Path) -> None:
    """A database of one's own, as it was made."""
    database.session.remove()
    database.engine().dispose()
    for leftover in (path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        leftover.unlink(missing_ok=True)
    path.write_bytes(world.path.read_bytes())
    database.configure(f"sqlite:///{path}")


def _fill(world: Everything) -> None:
    site = make_site()
    calendar = make_calendar(site, days=range(7), hours=(6, 22))
    overlay = CalendarOverlay(
        calendar_id=calendar.id, name="Stocktaking", from_on=world.week.date(), until_on=world.week.date()
    )
    holiday = Holiday(
        site_id=site.id, on_day=world.week.date() + timedelta(days=5), name="Eid", is_provisional=True
    )
    chamber = make_resource(site, "TV-1", calendar=calendar)
    other_chamber = make_resource(site, "TV-2", calendar=calendar)
    skill = make_qualification(site)
    people = {role: _user(role) for role in ROLES}
    session.add_all([overlay, holiday])
    session.flush()
    person = make_person(site, holds=(skill,), user_id=people["staff"].id)
    absence = Absence(
        person_id=person.id,
        starts_at=world.week + timedelta(days=30),
        ends_at=world.week + timedelta(days=31),
    )
    outage = Outage(
        resource_id=other_chamber.id, starts_at=world.week + timedelta(days=30),
        ends_at=world.week + timedelta(days=31), reason="service",
    )  # fmt: skip
    partner = Organisation(site_id=site.id, code="KHU", name="Khoo University", kind="partner")
    session.add_all([absence, outage, partner])
    secret = make_project(
        site, "ZQXVORBA", name="Zirqon", programme="Qelvar", cost_code="KX-99771", is_confidential=True,
        quota_minutes=600,
    )  # fmt: skip
    known = make_project(site, "BDR", name="Badr-3")
    secret.members += [ProjectMember(user=people["owner"])]
    known.members += [ProjectMember(user=people["other"]), ProjectMember(user=people["owner"])]
    session.flush()
    _scope(people["lead"], "project", secret.id)
    _scope(people["manager"], "site", site.id)
    _scope(people["elsewhere"], "resource", other_chamber.id)
    spare = make_user("viewer", "spare@centre.example", name="Spare One")
    times = {"earliest_at": world.week, "latest_at": world.week + timedelta(days=7)}
    booked = make_request(
        secret, chamber, code="ZQXVORBA-0001", title="Vlimpet run", minutes=240, note="Brumwald",
        requester_id=people["owner"].id, **times,
    )  # fmt: skip
    booked.needs.append(RequestNeed(qualification=skill, count=1, phase="all"))
    make_request(known, chamber, code="BDR-0001", minutes=120, requester_id=people["other"].id, **times)
    waiting = make_request(
        secret, chamber, code="ZQXVORBA-0002", title="Vlimpet waits", state="submitted", note="Brumwald",
        requester_id=people["owner"].id, **times,
    )  # fmt: skip
    run = ImportRun(
        site_id=site.id, user_id=people["owner"].id, file_name="Zirqon week.xlsx", sha256="0" * 64,
        state="previewed", content=None, faults=[],
        summary={
            "sheets": [], "added": 1, "changed": 0, "same": 0, "removed": 0,
            "changes": [
                {"sheet": "Requests", "code": "ZQXVORBA-3", "field": "title", "before": None,
                 "after": "Vlimpet"},
            ],
        },
    )  # fmt: skip
    session.add(run)
    session.flush()
    world.users = {role: user.id for role, user in people.items()}
    world.ids = {
        "calendar_id": calendar.id, "overlay_id": overlay.id, "holiday_id": holiday.id,
        "resource_id": chamber.id, "outage_id": outage.id, "person_id": person.id,
        "qualification_id": skill.id, "absence_id": absence.id, "project_id": secret.id,
        "request_id": waiting.id, "booked_request_id": booked.id, "user_id": spare.id,
        "role_id": spare.roles[0].id, "run_id": 0, "import_id": run.id, "site_id": site.id,
        "known_project_id": known.id, "organisation_id": partner.id, "other_chamber_id": other_chamber.id,
    }  # fmt: skip


def _ask_more(world: Everything) -> None:
    """What fits nowhere because of what is booked, and what comes after something confidential."""
    site = the_site()
    known = session.get_one(Project, world.ids["known_project_id"])
    secret = session.get_one(Project, world.ids["project_id"])
    chamber = session.get_one(Resource, world.ids["resource_id"])
    booking = session.scalars(
        select(Booking).where(Booking.request_id == world.ids["booked_request_id"])
    ).one()
    start, end = booking.starts_at, booking.ends_at
    make_request(known, chamber, code="BDR-0002", minutes=120, earliest_at=start, latest_at=end,
                 requester_id=world.users["other"])  # fmt: skip
    make_request(secret, chamber, code="ZQXVORBA-0004", title="Vlimpet too", minutes=120, earliest_at=start,
                 latest_at=end, requester_id=world.users["owner"])  # fmt: skip
    after = make_request(
        known, chamber, code="BDR-0003", minutes=60, requester_id=world.users["other"],
        earliest_at=world.week, latest_at=world.week + timedelta(days=7),
    )  # fmt: skip
    session.add(Precedence(before_id=world.ids["booked_request_id"], after_id=after.id))
    _talk_about(world, booking)
    world.ids |= {"after_request_id": after.id, "site_id": site.id}


def put_files(instance: Path) -> None:
    """The file of the attachment, where the instance of an application keeps it."""
    folder = instance / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / STORED).write_text("Vlimpet", encoding="utf-8")


def _talk_about(world: Everything, booking: Booking) -> None:
    """A comment, a file, a template, and a slot that is offered."""
    asked, owner = world.ids["request_id"], world.users["owner"]
    comment = RequestComment(request_id=asked, user_id=owner, text="Brumwald, and no other")
    attached = RequestAttachment(
        request_id=asked, user_id=owner, name="Zirqon plan.txt", stored_name=STORED, kind="txt", size_bytes=7,
        sha256="0" * 64,
    )  # fmt: skip
    template = RequestTemplate(site_id=world.ids["site_id"], name="Leak test", name_key="leak test", asks={})
    starts_at = world.week + timedelta(days=4, hours=9)
    offer = Offer(
        request_id=asked, proposal=acts.snapshot(booking), until_at=utc_now() + timedelta(days=1),
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=2),
    )  # fmt: skip
    session.add_all([comment, attached, template, offer])
    session.flush()
    world.ids |= {"attachment_id": attached.id, "template_id": template.id, "offer_id": offer.id}


def _build(week: Interval) -> int:
    with transaction():
        run_id = service.order_build(the_site(), week, time_limit_seconds=5).id
    building.build(run_id, pace=QUICK)
    run = queries.get_run(run_id)
    assert run.state == "done", run.error
    return run.plan_id


def _repair(world: Everything, week: Interval) -> int:
    """A repair of what is confidential: found, and not needed any more."""
    of_secret = update(Booking).where(Booking.request_id == world.ids["booked_request_id"])
    with transaction():
        session.execute(of_secret.values(state="needs repair"))
    task = repairing.prepare(the_site(), week_name(world.week.date()), week)
    found = repairing.search(task, seconds=2)
    with transaction():
        repair_id = repairing.keep(the_site(), task, found).id
        session.execute(of_secret.values(state="booked"))
    return repair_id


def _look_for_remedies(plan_id: int) -> dict[str, str]:
    """What is to be sent to try one that a manager may try."""
    remedies.look_for(plan_id, stop=lambda: False)
    found = remedies.found_of(queries.get_plan(plan_id))["BDR-0002"].remedies
    key = next(each.key for each in found if each.changes != "centre")
    session.rollback()
    return {"request": "BDR-0002", "remedy": key}


def _user(role: str) -> User:
    granted = {"owner": "researcher", "other": "researcher", "lead": "manager", "elsewhere": "manager"}
    return make_user(granted.get(role, role), f"{role}@centre.example", name=f"User {role.title()}")


def _scope(user: User, kind: str, row_id: int) -> None:
    role: Role = user.roles[0]
    role.scope_kind, role.scope_id = kind, row_id


def _token(user_id: int) -> str:
    now, user = utc_now(), session.get_one(User, user_id)
    token = finish_try(begin_try(user.email, "", now).id, user, now)
    assert token is not None
    return token
