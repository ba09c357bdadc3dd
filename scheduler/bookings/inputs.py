"""From what a script or a form sends to a proposal: every fault at once, each with its field."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from scheduler.accounts.models import User
from scheduler.bookings import acts
from scheduler.bookings.models import Booking
from scheduler.bookings.proposal import Duty, Proposal, Supply
from scheduler.calendars.models import Site
from scheduler.calendars.rules import wall_to_utc
from scheduler.calendars.service import zone_of
from scheduler.database import Coded, normal_code, session
from scheduler.errors import UserError
from scheduler.intervals import Interval
from scheduler.people.models import ExclusionGroup, Person, Qualification
from scheduler.projects.models import Project
from scheduler.projects.queries import visible
from scheduler.requests import queries as request_queries
from scheduler.requests.models import PHASES, ActivityRequest
from scheduler.requests.wall_times import read_wall
from scheduler.resources.models import Resource, Utility

Row = TypeVar("Row", bound=Coded)

TITLE = 200
MOST_ROWS = 50
LARGEST_ID = 2**31 - 1
LONGEST_DAYS = 400
MOST_MINUTES = 24 * 60 * LONGEST_DAYS
FIRST_YEAR, LAST_YEAR = 1990, 2199

TIMES = ("start", "end", "minutes", "start_hour", "end_hour")
FIELDS = (
    "title", *TIMES, "resources", "setup_minutes", "teardown_minutes", "project", "request", "alternative",
    "group", "configuration", "people", "participants", "supplies",
)  # fmt: skip

_BESIDE: Mapping[type, tuple[ExecutableOption, ...]] = {Resource: (joinedload(Resource.parts),)}
"""What is asked for right after, read in the same statement."""


class Inputs:
    """Reads one body. Faults are gathered in `faults`; `require` raises them all together."""

    def __init__(self, site: Site, body: Mapping[str, Any], user: User | None) -> None:
        self.site, self.body, self.user = site, body, user
        self.zone = zone_of(site)
        self.faults: dict[str, str] = {}

    def require(self) -> None:
        if self.faults:
            said = " ".join(f"{name}: {text}" for name, text in self.faults.items())
            raise UserError(f"This cannot be read. {said}", self.faults)

    def refuse_unknown(self, known: Iterable[str]) -> None:
        for name in sorted(set(self.body) - set(known))[:5]:
            self.faults[name[:40]] = f'There is no field "{name[:40]}". Leave it out.'

    def fault(self, name: str, text: str) -> None:
        self.faults.setdefault(name, text)

    def text(self, name: str, longest: int, *, required: bool = False) -> str | None:
        value = self.body.get(name)
        if value is None or value == "":
            if required:
                self.fault(name, "Say in a few words what it is.")
            return None
        if not isinstance(value, str):
            self.fault(name, "Write a text.")
            return None
        value = value.strip()
        if len(value) > longest:
            self.fault(name, f"Shorten it to {longest} signs.")
        elif any(ord(sign) < 32 for sign in value):
            self.fault(name, "It holds a sign that is no text. Write it anew.")
        elif required and not value:
            self.fault(name, "Say in a few words what it is.")
        else:
            return value or None
        return None

    def number(self, name: str, least: int = 0, most: int = MOST_MINUTES) -> int | None:
        value = self.body.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.isascii() and value.strip().isdigit() and len(value) < 10:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.fault(name, f"Write a whole number from {least:,} to {most:,}.")
            return None
        return value

    def moment(self, name: str) -> datetime | None:
        """A local time as people write it, or one with its offset from UTC."""
        text = self.body.get(name)
        if text is None or text == "":
            return None
        remedy = "Write it like 2026-08-26 09:00."
        if not isinstance(text, str) or len(text) > 40:
            self.fault(name, f"This is no day and time. {remedy}")
            return None
        hour = self.body.get(f"{name}_hour") or ""
        if hour not in ("first", "second", ""):
            self.fault(f"{name}_hour", "Say first or second.")
            return None
        second = {"first": False, "second": True}.get(hour)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is not None:
            if FIRST_YEAR <= moment.year <= LAST_YEAR:
                return moment.replace(microsecond=0)
            self.fault(name, f"It is out of range. Write a year from {FIRST_YEAR} to {LAST_YEAR}.")
            return None
        wall = read_wall(text)
        if wall is None:
            self.fault(name, f'"{text[:40]}" is no day and time. {remedy}')
            return None
        try:
            return wall_to_utc(wall, self.zone, second=second)
        except UserError as error:
            self.fault(name, error.message)
            return None

    def run(self, before: Interval | None = None) -> Interval | None:
        """From `start` to `end`, or for so many `minutes`; what is not said stays as it was `before`."""
        start, end, minutes = self.moment("start"), self.moment("end"), self.number("minutes", least=1)
        if {"start", "end", "minutes"} & set(self.faults):
            return None
        if start is None:
            if before is None:
                self.fault("start", "Write when it starts, like 2026-08-26 09:00.")
                return None
            start = before.start
        if end is not None and minutes is not None:
            self.fault("minutes", "Write either the end or the length, not both.")
            return None
        if end is None:
            length = before.minutes if minutes is None and before is not None else minutes
            if length is None:
                self.fault("end", "Write when it ends, or how many minutes it takes.")
                return None
            run = Interval.lasting(start, length)
        elif end <= start:
            self.fault("end", "It ends before it has begun: no time lies between. Write a later end.")
            return None
        else:
            run = Interval(start, end)
        if run.minutes > MOST_MINUTES or run.end.year > LAST_YEAR:
            self.fault("end", f"That is longer than {LONGEST_DAYS} days. Write an earlier end.")
            return None
        return run

    def one(self, name: str, row_type: type[Row], value: Any = None) -> Row | None:
        """A row of the site by its code, or by its id."""
        value = self.body.get(name) if value is None else value
        if value is None or value == "":
            return None
        found = None
        if isinstance(value, int) and not isinstance(value, bool):
            found = session.get(row_type, value) if 0 < value <= LARGEST_ID else None
        elif isinstance(value, str) and len(value) <= 60 and "\0" not in value:
            known_as = (row_type.site_id == self.site.id, row_type.code_key == normal_code(value))
            rows = session.scalars(select(row_type).where(*known_as).options(*_BESIDE.get(row_type, ())))
            found = rows.unique().one_or_none()
        if found is None or found.site_id != self.site.id:
            shown = value[:40] if isinstance(value, str) else str(value)[:40]
            what = row_type.__name__.lower()
            self.fault(name, f'There is no {what} "{shown}". Choose one that there is.')
            return None
        return found

    def rows(self, name: str, row_type: type[Row]) -> tuple[Row, ...] | None:
        values = self.several(name)
        if values is None:
            return None
        found = [row for value in values if (row := self.one(name, row_type, value)) is not None]
        return tuple(dict.fromkeys(found))

    def several(self, name: str) -> Any:
        values = self.body.get(name)
        if values is None:
            return None
        if not isinstance(values, list) or len(values) > MOST_ROWS:
            self.fault(name, f"Give a list of at most {MOST_ROWS}.")
            return None
        return [value for value in values if value not in (None, "")]

    def duties(self) -> tuple[Duty, ...] | None:
        rows = self._objects("people", ("person", "qualification", "phase"))
        if rows is None:
            return None
        duties = []
        for row in rows:
            person = self.one("people", Person, row.get("person") or "?")
            held = self.one("people", Qualification, row.get("qualification") or "?")
            phase = self._phase("people", row, "all")
            if person is not None and held is not None and phase is not None:
                duties.append(Duty(person, held, phase))
        return tuple(duties)

    def supplies(self) -> tuple[Supply, ...] | None:
        rows = self._objects("supplies", ("utility", "amount", "phase"))
        if rows is None:
            return None
        supplies = []
        for row in rows:
            utility = self.one("supplies", Utility, row.get("utility") or "?")
            amount, phase = row.get("amount"), self._phase("supplies", row, "run")
            if not isinstance(amount, int) or isinstance(amount, bool) or not 1 <= amount <= 10**9:
                self.fault("supplies", "Write a whole amount of 1 or more.")
            elif utility is not None and phase is not None:
                supplies.append(Supply(utility, amount, phase))
        return tuple(supplies)

    def project(self) -> Project | None:
        found = self.one("project", Project)
        if found is not None and (found.retired_at is not None or not self._may_see(found)):
            self.fault("project", f'There is no project "{found.code}". Choose one that there is.')
            return None
        return found

    def _may_see(self, project: Project) -> bool:
        if not project.is_confidential:
            return True
        seen = session.scalar(select(Project.id).where(Project.id == project.id, visible(self.user)))
        return seen is not None

    def request(self) -> ActivityRequest | None:
        code = self.text("request", 60)
        if code is None:
            return None
        found = request_queries.find_by_code(self.site.id, code, self.user)
        if found is None:
            self.fault("request", f'There is no request "{code}" that you may see. Write its code.')
        elif found.state not in ("approved", "booked"):
            self.fault("request", f"{found.code} is {found.state}. Approve it first.")
        else:
            return found
        return None

    def _objects(self, name: str, known: tuple[str, ...]) -> list[dict[str, Any]] | None:
        rows = self.several(name)
        if rows is None:
            return None
        if any(not isinstance(row, dict) or set(row) - set(known) for row in rows):
            self.fault(name, f"Each holds {', '.join(known)}, and nothing else.")
            return None
        found: list[dict[str, Any]] = rows
        return found

    def _phase(self, name: str, row: dict[str, Any], usual: str) -> str | None:
        phase = row.get("phase", usual)
        if phase not in PHASES:
            self.fault(name, f"A phase is one of {', '.join(PHASES)}.")
            return None
        return str(phase)


def new_proposal(inputs: Inputs) -> Proposal:
    """What a new booking is to be; raises every fault at once."""
    asked = inputs.request()
    title = inputs.text("title", TITLE, required=asked is None) or (asked.title if asked else "")
    resources = inputs.rows("resources", Resource) or ()
    if not resources:
        inputs.fault("resources", "Choose at least one facility.")
    run = inputs.run()
    setup, teardown = inputs.number("setup_minutes"), inputs.number("teardown_minutes")
    project = asked.project if asked else inputs.project()
    group = inputs.one("group", ExclusionGroup)
    configuration = inputs.text("configuration", 60)
    duties, supplies = inputs.duties(), inputs.supplies()
    participants = inputs.rows("participants", Person)
    alternative = inputs.number("alternative", least=1, most=1000)
    inputs.require()
    assert run is not None
    if asked is not None:
        participants = participants or tuple(row.person for row in asked.participants)
        drawn = tuple(Supply(draw.utility, draw.amount, draw.phase) for draw in asked.draws)
        supplies = supplies if supplies is not None else drawn
        group, configuration = group or asked.exclusion_group, configuration or asked.configuration
        setup = asked.setup_minutes if setup is None else setup
        teardown = asked.teardown_minutes if teardown is None else teardown
        alternative = alternative or _way_of(asked, resources)
    return Proposal(
        site=inputs.site,
        title=title,
        resources=resources,
        run=run,
        setup_minutes=max(one.setup_minutes for one in resources) if setup is None else setup,
        teardown_minutes=max(one.teardown_minutes for one in resources) if teardown is None else teardown,
        activity_request=asked,
        project=project,
        exclusion_group=group,
        configuration=configuration,
        duties=duties or (),
        participants=participants or (),
        supplies=supplies or (),
        alternative=alternative,
    )


def changed_proposal(inputs: Inputs, booking: Booking) -> Proposal:
    """What a booking is to be after a change; what is not said stays."""
    wanted = acts.proposal_of(booking)
    run = inputs.run(booking.run)
    values: dict[str, Any] = {}
    if (title := inputs.text("title", TITLE)) is not None:
        values["title"] = title
    for name in ("setup_minutes", "teardown_minutes"):
        if (number := inputs.number(name)) is not None:
            values[name] = number
    if "resources" in inputs.body:
        values["resources"] = inputs.rows("resources", Resource)
        if not values["resources"]:
            inputs.fault("resources", "Choose at least one facility.")
        elif booking.activity_request is not None:
            values["alternative"] = _way_of(booking.activity_request, values["resources"])
    for name, found in (
        ("duties", inputs.duties()),
        ("supplies", inputs.supplies()),
        ("participants", inputs.rows("participants", Person)),
    ):
        if found is not None:
            values[name] = found
    if "configuration" in inputs.body:
        values["configuration"] = inputs.text("configuration", 60)
    inputs.require()
    assert run is not None
    return replace(wanted, run=run, **values)


def _way_of(asked: ActivityRequest, resources: tuple[Resource, ...]) -> int | None:
    chosen = {resource.id for resource in resources}
    for way in asked.alternatives:
        if {resource.id for resource in way.resources} == chosen:
            return way.number
    return None
