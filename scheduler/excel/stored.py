"""What the database holds, in the words of the workbook: one record for each row of each sheet."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from scheduler.accounts.models import User
from scheduler.calendars.models import Calendar, CalendarOverlay, CalendarRule, Holiday, Site
from scheduler.calendars.words import DAYS
from scheduler.database import normal_code, session
from scheduler.excel.columns import GROUPS, QUALIFICATIONS, Column, Sheet
from scheduler.excel.sheets import CHILDREN, PARENTS
from scheduler.holdables import Holdable
from scheduler.people.models import (
    Absence,
    ExclusionGroup,
    Organisation,
    Person,
    PersonQualification,
    Qualification,
)
from scheduler.projects.models import Project, ProjectMember
from scheduler.requests.models import (
    ActivityRequest,
    Alternative,
    AlternativeResource,
    Participant,
    Precedence,
    RequestDraw,
    RequestNeed,
    RequestWindow,
)
from scheduler.resources.models import Changeover, Outage, Resource, Stewardship, Utility, UtilityLevel

MODELS: dict[str, Any] = {
    "Site": Site,
    "Resources": Resource,
    "Utilities": Utility,
    "Organisations": Organisation,
    "Staff": Person,
    "Projects": Project,
    "Calendars": Calendar,
    "Requests": ActivityRequest,
    QUALIFICATIONS: Qualification,
    GROUPS: ExclusionGroup,
    "Alternatives": Alternative,
    "Windows": RequestWindow,
    "Needs": RequestNeed,
    "Draws": RequestDraw,
    "Precedences": Precedence,
    "Changeovers": Changeover,
    "Outages": Outage,
    "Qualifications": PersonQualification,
    "Absences": Absence,
    "Holidays": Holiday,
    "Overlays": CalendarOverlay,
    "Levels": UtilityLevel,
}
WEEKDAYS = tuple(day.lower() for day in DAYS)
GATHERED: dict[str, str] = {
    "capacity": "Resources",
    **dict.fromkeys(("stewards", "members", "participants", "resources", *WEEKDAYS), ""),
}
"""Fields that stand in a table of their own; with a sheet where only that one's does."""


@dataclass
class Record:
    """A stored row: `values` by the fields of its sheet, with codes for whatever it refers to."""

    id: int
    values: dict[str, Any]


@dataclass
class Stored:
    """All that one site holds.

    Parameters
    ----------
    parents
        Title of a sheet -> key of a code -> record.
    children
        Title of a sheet -> key of the parent's code -> records.
    users
        Key of an e-mail -> (id, e-mail).
    """

    site: Site | None
    parents: dict[str, dict[str, Record]] = field(default_factory=dict)
    children: dict[str, dict[str, list[Record]]] = field(default_factory=dict)
    users: dict[str, tuple[int, str]] = field(default_factory=dict)

    def code(self, title: str, key: str) -> str | None:
        record = self.parents[title].get(key)
        return str(record.values["code"]) if record else None


def is_gathered(sheet: Sheet, column: Column) -> bool:
    return column.field in GATHERED and GATHERED[column.field] in ("", sheet.title)


def load_stored(site: Site | None) -> Stored:
    """Everything of a site, in as many statements as there are tables; None is an empty centre."""
    stored = Stored(site)
    users = session.execute(select(User.id, User.email_key, User.email)).all()
    stored.users = {key: (user_id, email) for user_id, key, email in users}
    for sheet in PARENTS:
        stored.parents[sheet.title] = {}
    for sheet in CHILDREN:
        stored.children[sheet.title] = defaultdict(list)
    if site is None:
        return stored
    emails = {user_id: email for user_id, _, email in users}
    codes = {sheet.title: _codes(site, sheet) for sheet in PARENTS if sheet.title != "Site"}
    gathered = _gather(codes, emails)
    stored.parents["Site"][normal_code(site.code)] = Record(
        site.id, {"code": site.code, "name": site.name, "time_zone": site.time_zone}
    )
    for sheet in PARENTS:
        if sheet.title != "Site":
            model = MODELS[sheet.title]
            for record in _records(sheet, [model.site_id == site.id], codes, emails, gathered):
                stored.parents[sheet.title][normal_code(record.values["code"])] = record
    for sheet in CHILDREN:
        model = MODELS[sheet.title]
        where = [model.site_id == site.id] if sheet.parent == "Site" else []
        for record in _records(sheet, where, codes, emails, gathered):
            owner = record.values.get(sheet.parent_field) if sheet.parent_field else site.code
            if owner is not None:  # else a row of another site
                stored.children[sheet.title][normal_code(owner)].append(record)
    return stored


def _codes(site: Site, sheet: Sheet) -> dict[int, str]:
    model = MODELS[sheet.title]
    return _pairs(select(model.id, model.code).where(model.site_id == site.id))


def _records(
    sheet: Sheet,
    where: Iterable[Any],
    codes: dict[str, dict[int, str]],
    emails: dict[int, str],
    gathered: dict[tuple[str, str], dict[int, Any]],
) -> Iterable[Record]:
    model = MODELS[sheet.title]
    plain = [column for column in sheet.columns if not is_gathered(sheet, column)]
    statement = select(model.id, *(_attribute(model, column) for column in plain)).where(*where)
    for row_id, *values in session.execute(statement.order_by(model.id)):
        record = Record(row_id, {})
        for column, value in zip(plain, values, strict=True):
            if column.field == "retired":
                value = value is not None
            elif column.kind == "ref":
                value = codes[column.refers_to].get(value)
            elif column.kind == "user":
                value = emails.get(value)
            elif column.field == "alternative":
                value = gathered["Windows", "alternative"].get(value)
            record.values[column.field] = value
        for column in sheet.columns:
            if is_gathered(sheet, column):
                record.values[column.field] = gathered[sheet.title, column.field].get(row_id, column.blank)
        yield record


def _attribute(model: Any, column: Column) -> Any:
    if column.field == "retired":
        return model.retired_at
    if column.kind in ("ref", "user") or (model is RequestWindow and column.field == "alternative"):
        return getattr(model, f"{column.field}_id")
    return getattr(model, column.field)


def _gather(
    codes: dict[str, dict[int, str]], emails: dict[int, str]
) -> dict[tuple[str, str], dict[int, Any]]:
    """(sheet, field) -> id of the row -> value, for what stands in tables of its own."""
    found: dict[tuple[str, str], dict[int, Any]] = {
        ("Windows", "alternative"): _pairs(select(Alternative.id, Alternative.number)),
        ("Resources", "capacity"): _pairs(
            select(Resource.id, Holdable.seats).join(Holdable, Resource.holdable_id == Holdable.id)
        ),
        ("Resources", "stewards"): _lists(
            select(Stewardship.resource_id, Stewardship.user_id).order_by(Stewardship.id), emails
        ),
        ("Projects", "members"): _lists(
            select(ProjectMember.project_id, ProjectMember.user_id).order_by(ProjectMember.id), emails
        ),
        ("Requests", "participants"): _lists(
            select(Participant.request_id, Participant.person_id).order_by(Participant.id), codes["Staff"]
        ),
        ("Alternatives", "resources"): _lists(
            select(AlternativeResource.alternative_id, AlternativeResource.resource_id).order_by(
                AlternativeResource.id
            ),
            codes["Resources"],
        ),
    }
    for title, owner in (("Calendars", CalendarRule.calendar_id), ("Overlays", CalendarRule.overlay_id)):
        hours: dict[str, dict[int, list[Any]]] = {day: defaultdict(list) for day in WEEKDAYS}
        rules = select(owner, CalendarRule.weekday, CalendarRule.opens_minute, CalendarRule.closes_minute)
        for row_id, weekday, opens, closes in session.execute(rules.where(owner.is_not(None))):
            hours[WEEKDAYS[weekday]][int(row_id or 0)].append((opens, closes))
        for day in WEEKDAYS:
            found[title, day] = {row_id: tuple(sorted(spans)) for row_id, spans in hours[day].items()}
    return found


def _pairs(statement: Any) -> dict[int, Any]:
    return {row_id: value for row_id, value in session.execute(statement)}  # noqa: C416 - rows are no pairs to dict()


def _lists(statement: Any, names: dict[int, str]) -> dict[int, tuple[str, ...]]:
    lists: dict[int, list[str]] = defaultdict(list)
    for row_id, named_id in session.execute(statement):
        if named_id in names:
            lists[row_id].append(names[named_id])
    return {row_id: tuple(items) for row_id, items in lists.items()}
