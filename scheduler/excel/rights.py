"""Who may import what, and which state a request gets by being imported."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from scheduler.accounts.models import User
from scheduler.accounts.rules import Place
from scheduler.accounts.service import can
from scheduler.calendars.models import Site
from scheduler.database import normal_code, session
from scheduler.errors import Forbidden
from scheduler.excel.compare import Comparison
from scheduler.excel.faults import FORBIDDEN, Fault
from scheduler.excel.stored import Record, Stored
from scheduler.excel.tables import Table, TableRow, Tables
from scheduler.projects.models import Project
from scheduler.projects.queries import visible
from scheduler.requests.queries import projects_to_ask_for
from scheduler.requests.rules import MANAGER_EDITS, OWNER_EDITS, is_allowed

REQUEST_SHEETS = ("Requests", "Alternatives", "Windows", "Needs", "Draws", "Precedences")
BY_BOOKINGS = ("booked", "done")
"""States that only bookings bring about: a workbook neither gives nor takes them."""


@dataclass(frozen=True)
class Rights:
    """What the importing user may do.

    Parameters
    ----------
    makes_accounts
        An e-mail that no account has makes one, without a password: only administrators make accounts.
    project_keys
        Keys of the projects in whose name a researcher may ask; None is any.
    """

    user: User | None
    is_manager: bool
    makes_accounts: bool = False
    project_keys: frozenset[str] | None = None

    @property
    def required_sheets(self) -> tuple[str, ...]:
        return ("Resources", "Projects", "Requests") if self.is_manager else ("Requests",)


def rights_of(user: User | None, site: Site | None) -> Rights:
    """What `user` may import; refused to whoever may not import at all."""
    if can(user, "manager", Place(site_id=site.id if site else None)):
        return Rights(user, True, makes_accounts=can(user, "administrator"))
    if user is None or site is None or not can(user, "researcher"):
        raise Forbidden("Only researchers, managers and administrators import workbooks. Ask one of them.")
    projects = projects_to_ask_for(user, site.id)
    return Rights(user, False, project_keys=frozenset(normal_code(project.code) for project in projects))


def hide_unseen(stored: Stored, rights: Rights) -> None:
    """Forget the projects that a researcher may not see, so that no message names them."""
    if rights.is_manager or stored.site is None:
        return
    statement = select(Project.code_key).where(Project.site_id == stored.site.id, visible(rights.user))
    seen = set(session.scalars(statement))
    projects = stored.parents["Projects"]
    stored.parents["Projects"] = {key: projects[key] for key in projects if key in seen}


def settle(tables: Tables, stored: Stored, rights: Rights) -> tuple[dict[int, dict[str, Any]], list[Fault]]:
    """By `id` of a row of Requests the state and requester that it gets; and what is not allowed."""
    table = tables.by_title.get("Requests")
    settled: dict[int, dict[str, Any]] = {}
    faults: list[Fault] = []
    if table is None:
        return settled, faults
    for row in table.rows:
        if row.get("code") is None:
            continue
        record = stored.parents["Requests"].get(normal_code(row.values["code"]))
        refusal = None if rights.is_manager else _refuse_other_project(table, row, rights)
        if refusal is None:
            decided = settled[id(row)] = {}
            refusal = _settle_state(table, row, record, rights, decided)
            if record is None and "requester" in row.blank | table.header.absent and rights.user is not None:
                decided["requester"] = rights.user.email
        if refusal is not None:
            faults.append(refusal)
    return settled, faults


def _settle_state(
    table: Table, row: TableRow, record: Record | None, rights: Rights, decided: dict[str, Any]
) -> Fault | None:
    word = row.get("state")
    if record is None:
        default = "approved" if rights.is_manager else "submitted"
        decided["state"] = default if word is None or word in BY_BOOKINGS else word
        if not rights.is_manager and word not in (None, "draft", "submitted"):
            return _state_fault(table, row, f"Only a manager makes a request {word}.", "Write submitted.")
        return None
    stored = record.values["state"]
    if word is None or word == stored:
        return None
    wanted = "approved" if word in BY_BOOKINGS else word
    if stored in BY_BOOKINGS:
        decided["state"] = stored
        if wanted != "approved":
            return _state_fault(
                table, row, f"It is {stored}, and cannot become {word} here.", f"Write {stored}, or nothing."
            )
    elif rights.is_manager:
        decided["state"] = wanted
    elif wanted == "approved" or not is_allowed(stored, wanted) or wanted == "declined":
        return _state_fault(
            table, row, f"It is {stored}; only a manager makes it {word}.", f"Write {stored}, or nothing."
        )
    return None


def _state_fault(table: Table, row: TableRow, message: str, remedy: str) -> Fault:
    return table.fault(row, "state", FORBIDDEN, message, remedy)


def _refuse_other_project(table: Table, row: TableRow, rights: Rights) -> Fault | None:
    project = row.get("project")
    if project is not None and normal_code(project) not in (rights.project_keys or ()):
        return table.fault(
            row,
            "project",
            FORBIDDEN,
            f"{project} is not open to you.",
            "Write one of your own open projects, or ask a manager to make you a member.",
        )
    requester = row.get("requester")
    if requester and rights.user and normal_code(requester) != rights.user.email_key:
        return table.fault(
            row,
            "requester",
            FORBIDDEN,
            "A researcher asks in the own name.",
            f"Write {rights.user.email}, or leave it blank.",
        )
    return None


def check_changes(comparison: Comparison, tables: Tables, rights: Rights, stored: Stored) -> Iterator[Fault]:
    """Changes that this user may not make, or that nobody may."""
    touched: dict[str, str] = {}
    for change in comparison.changes:
        if change.sheet.title in REQUEST_SHEETS:
            touched.setdefault(normal_code(change.owner), change.owner)
    if not rights.is_manager:
        yield from _foreign_sheets(comparison)
    rows = {normal_code(row.values["code"]): row for row in tables.rows("Requests") if row.get("code")}
    for key, code in touched.items():
        record = stored.parents["Requests"].get(key)
        if record is None:
            continue
        refusal = _refuse_edit(record, code, rights, _new_state(comparison, key))
        if refusal is None:
            continue
        if key in rows and rows[key].get("code"):
            yield tables.by_title["Requests"].fault(rows[key], "code", FORBIDDEN, *refusal)
        else:
            yield Fault("Requests", None, "Code", "", code, FORBIDDEN, *refusal)


def _foreign_sheets(comparison: Comparison) -> Iterator[Fault]:
    # What is made by being named (a group of the own requests) is in no row.
    changes = [change for change in comparison.changes if change.row is not None or change.record is not None]
    for title in dict.fromkeys(change.sheet.title for change in changes):
        if title not in REQUEST_SHEETS:
            message = "Only a manager changes what stands in this sheet."
            remedy = "Leave its rows as they are stored, or delete the sheet."
            yield Fault(title, None, "", "", "", FORBIDDEN, message, remedy)


def _new_state(comparison: Comparison, key: str) -> str | None:
    for change in comparison.of("Requests", "changed"):
        if normal_code(change.owner) == key:
            return change.values.get("state")
    return None


def _refuse_edit(record: Record, code: str, rights: Rights, new_state: str | None) -> tuple[str, str] | None:
    state = record.values["state"]
    if rights.is_manager:
        if state in MANAGER_EDITS or new_state in MANAGER_EDITS:
            return None
        return f"{code} is {state} and stays as it is.", "Leave its rows as they are stored, or ask anew."
    if rights.user is None or normal_code(record.values["requester"] or "") != rights.user.email_key:
        return f"{code} was asked for by somebody else.", "Ask them or a manager, or take another code."
    if state in OWNER_EDITS or new_state is not None:
        return None
    return f"{code} is {state} already.", "Ask a manager to change it."
