"""Puts the values of a workbook into rows: plain ones, references, and what stands in tables of its own."""

from collections.abc import Callable, Iterable
from typing import Any

from scheduler.calendars.models import CalendarRule
from scheduler.database import normal_code, utc_now
from scheduler.excel.columns import Sheet
from scheduler.excel.stored import WEEKDAYS, Stored, is_gathered
from scheduler.projects.models import ProjectMember
from scheduler.requests.models import AlternativeResource, Participant
from scheduler.resources.models import Stewardship


class Ids:
    """Which row each code, e-mail and alternative stands for: those stored, and those just made."""

    def __init__(self, stored: Stored) -> None:
        self.by_sheet: dict[str, dict[str, int]] = {
            title: {key: record.id for key, record in records.items()}
            for title, records in stored.parents.items()
        }
        self.users = {key: user_id for key, (user_id, _) in stored.users.items()}
        self.alternatives: dict[tuple[str, int], int] = {
            (key, record.values["number"]): record.id
            for key, records in stored.children["Alternatives"].items()
            for record in records
        }

    def of(self, title: str, code: str) -> int:
        return self.by_sheet[title][normal_code(code)]

    def of_user(self, email: str | None) -> int | None:
        return self.users[normal_code(email)] if email else None


def set_values(
    sheet: Sheet,
    row: Any,
    values: dict[str, Any],
    ids: Ids,
    *,
    owner: str = "",
    unsaved: dict[str, Any] | None = None,
) -> None:
    """Put values by field into a row; `unsaved` are rows of the same sheet that have no id yet."""
    for name, value in values.items():
        column = sheet.column(name)
        if name in ("code", sheet.parent_field):
            continue
        if name == "retired":
            row.retired_at = utc_now() if value else None
        elif name in ("whole", "zone") and value is not None and normal_code(value) in (unsaved or {}):
            setattr(row, name, (unsaved or {})[normal_code(value)])
        elif is_gathered(sheet, column):
            _GATHERED[name](row, value, ids)
        elif column.kind == "ref":
            setattr(row, f"{name}_id", None if value is None else ids.of(column.refers_to, value))
        elif column.kind == "user":
            setattr(row, f"{name}_id", ids.of_user(value))
        elif sheet.title == "Windows" and name == "alternative":
            row.alternative_id = None if value is None else ids.alternatives[normal_code(owner), value]
        else:
            setattr(row, name, value)


def _set_capacity(row: Any, seats: int, _ids: Ids) -> None:
    row.capacity = seats


def _set_stewards(row: Any, emails: tuple[str, ...], ids: Ids) -> None:
    wanted = [ids.of_user(email) for email in emails]
    row.stewards = _kept(row.stewards, "user_id", wanted, Stewardship)


def _set_members(row: Any, emails: tuple[str, ...], ids: Ids) -> None:
    wanted = [ids.of_user(email) for email in emails]
    row.members = _kept(row.members, "user_id", wanted, ProjectMember)


def _set_participants(row: Any, codes: tuple[str, ...], ids: Ids) -> None:
    wanted = [ids.of("Staff", code) for code in codes]
    row.participants = _kept(row.participants, "person_id", wanted, Participant)


def _set_resources(row: Any, codes: tuple[str, ...], ids: Ids) -> None:
    wanted = [ids.of("Resources", code) for code in codes]
    row.uses = _kept(row.uses, "resource_id", wanted, AlternativeResource)


def _kept(rows: Iterable[Any], name: str, wanted: Iterable[int | None], model: Any) -> list[Any]:
    """The rows that stay, which are not written again, and new ones."""
    have = {getattr(row, name): row for row in rows}
    return [have.get(one) or model(**{name: one}) for one in wanted]


def _hours_setter(weekday: int) -> Callable[[Any, tuple[tuple[int, int], ...], Ids], None]:
    def set_hours(row: Any, hours: tuple[tuple[int, int], ...], _ids: Ids) -> None:
        others = [rule for rule in row.rules if rule.weekday != weekday]
        new = [
            CalendarRule(weekday=weekday, opens_minute=opens, closes_minute=closes) for opens, closes in hours
        ]
        row.rules = others + new

    return set_hours


_GATHERED: dict[str, Callable[[Any, Any, Ids], None]] = {
    "capacity": _set_capacity,
    "stewards": _set_stewards,
    "members": _set_members,
    "participants": _set_participants,
    "resources": _set_resources,
    **{day: _hours_setter(weekday) for weekday, day in enumerate(WEEKDAYS)},
}
