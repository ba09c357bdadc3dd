"""Writes what a comparison found, inside the caller's transaction: all of it or nothing."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from scheduler.accounts.models import User
from scheduler.accounts.service import add_user
from scheduler.bookings import changeovers
from scheduler.calendars.models import Site
from scheduler.database import normal_code, session, utc_now
from scheduler.events import CalendarChanged, OutageReported, announce
from scheduler.excel.columns import GROUPS, QUALIFICATIONS, Sheet
from scheduler.excel.compare import Change, Comparison
from scheduler.excel.sheets import BY_TITLE
from scheduler.excel.stored import MODELS, Stored
from scheduler.excel.writing import Ids, set_values
from scheduler.requests.models import ActivityRequest, Alternative, Approval, RequestWindow
from scheduler.resources.models import Outage, Resource

PARENT_ORDER = (
    "Calendars", "Organisations", QUALIFICATIONS, GROUPS, "Utilities", "Resources", "Staff", "Projects",
    "Requests",
)  # fmt: skip
"""What a row refers to is written before it."""
CHILD_ORDER = (
    "Holidays", "Overlays", "Levels", "Changeovers", "Outages", "Qualifications", "Absences", "Needs",
    "Draws", "Precedences",
)  # fmt: skip
AFTER_APPROVAL = ("approved", "booked", "done")
CHUNK = 500
"""So many ids stand in one statement."""


def apply(
    comparison: Comparison, stored: Stored, user: User | None, note: str, accounts: Iterable[str] = ()
) -> Site:
    """Write every change; gives the site, which may be new. `note` goes to the approvals.

    `accounts` are e-mails of users to be made first.
    """
    for email in accounts:
        made = add_user(email, email, None, "viewer")
        stored.users[made.email_key] = (made.id, made.email)
    writer = _Writer(comparison, stored, _write_site(comparison, stored))
    for title in PARENT_ORDER:
        writer.write_parents(BY_TITLE[title])
    for title in CHILD_ORDER:
        writer.remove(BY_TITLE[title])
        writer.write_children(BY_TITLE[title])
    # Windows stand on alternatives: those come first and go last.
    writer.write_children(BY_TITLE["Alternatives"])
    writer.remove(BY_TITLE["Windows"])
    writer.write_children(BY_TITLE["Windows"])
    writer.remove_windows_of_removed()
    writer.remove(BY_TITLE["Alternatives"])
    writer.revise_requests(user, note)
    writer.renew_changeovers()
    writer.announce()
    return writer.site


def _write_site(comparison: Comparison, stored: Stored) -> Site:
    site = stored.site
    for change in comparison.of("Site"):
        if change.action == "added":
            site = Site(**change.values)
            session.add(site)
        elif site is not None:
            for name, value in change.values.items():
                setattr(site, name, value)
    session.flush()
    if site is None:
        raise ValueError("an import without a site")
    return site


class _Writer:
    def __init__(self, comparison: Comparison, stored: Stored, site: Site) -> None:
        self.comparison = comparison
        self.stored = stored
        self.site = site
        self.ids = Ids(stored)
        self.new_outages: list[Outage] = []

    def write_parents(self, sheet: Sheet) -> None:
        added = self.comparison.of(sheet.title, "added")
        rows = {normal_code(change.owner): MODELS[sheet.title](site_id=self.site.id) for change in added}
        for change in added:
            row = rows[normal_code(change.owner)]
            row.code = change.values["code"]
            set_values(sheet, row, change.values, self.ids, unsaved=rows)
        session.add_all(rows.values())
        session.flush()
        for key, row in rows.items():
            self.ids.by_sheet[sheet.title][key] = row.id
        for change, row in self._stored_rows(sheet, self.comparison.of(sheet.title, "changed")):
            set_values(sheet, row, change.values, self.ids)
        session.flush()

    def write_children(self, sheet: Sheet) -> None:
        changed = self.comparison.of(sheet.title, "changed")
        for change, row in self._stored_rows(sheet, changed):
            set_values(sheet, row, change.values, self.ids, owner=change.owner)
        session.flush()
        added = self.comparison.of(sheet.title, "added")
        rows = [MODELS[sheet.title](**self._owner(sheet, change.owner)) for change in added]
        for change, row in zip(added, rows, strict=True):
            set_values(sheet, row, change.values, self.ids, owner=change.owner)
        session.add_all(rows)
        session.flush()
        if sheet.title == "Alternatives":
            for change in changed:
                if "number" in change.values and change.record is not None:
                    key = normal_code(change.owner), change.values["number"]
                    self.ids.alternatives[key] = change.record.id
            for change, row in zip(added, rows, strict=True):
                self.ids.alternatives[normal_code(change.owner), row.number] = row.id
        if sheet.title == "Outages":
            self.new_outages = rows

    def remove(self, sheet: Sheet) -> None:
        for _, row in self._stored_rows(sheet, self.comparison.of(sheet.title, "removed")):
            session.delete(row)
        session.flush()

    def remove_windows_of_removed(self) -> None:
        """Windows that a workbook without a Windows sheet leaves behind on alternatives that go."""
        gone = self.comparison.of("Alternatives", "removed")
        ids = [change.record.id for change in gone if change.record is not None]
        for part in _chunks(ids):
            for window in session.scalars(
                select(RequestWindow).where(RequestWindow.alternative_id.in_(part))
            ):
                session.delete(window)
        session.flush()

    def revise_requests(self, user: User | None, note: str) -> None:
        """Note decisions; a request that changed after its approval is a new revision, its bookings stay."""
        records = self.stored.parents["Requests"]
        changed: dict[str, set[str]] = {}
        for change in self.comparison.changes:
            if "Requests" in (change.sheet.title, change.sheet.parent):
                named = set(change.values) if change.sheet.title == "Requests" else {"children"}
                changed.setdefault(normal_code(change.owner), set()).update(named)
        stored = {key: records[key] for key in changed if key in records}
        for row in self._load(ActivityRequest, [record.id for record in stored.values()]):
            key = normal_code(row.code)
            if stored[key].values["state"] in AFTER_APPROVAL and changed[key] - {"state"}:
                row.revision += 1
            # Also where only its children changed: who looks at an older version is told.
            row.updated_at = utc_now()
            if "state" in changed[key]:
                self._note_decision(row.id, row.state, user, note)
        for change in self.comparison.of("Requests", "added"):
            self._note_decision(self.ids.of("Requests", change.owner), change.values["state"], user, note)
        session.flush()

    def _note_decision(self, request_id: int, state: str, user: User | None, note: str) -> None:
        if state in ("approved", "declined"):
            user_id = user.id if user else None
            session.add(Approval(request_id=request_id, user_id=user_id, decision=state, note=note[:500]))

    def renew_changeovers(self) -> None:
        """Bookings that stand keep the changeovers that now hold; `Conflict` where there is no room."""
        owners = {change.owner for change in self.comparison.of("Changeovers")}
        for change in self.comparison.of("Resources", "changed"):
            if "configuration" in change.values or "capacity" in change.values:
                owners.add(change.owner)
        resources = self._load(Resource, [self.ids.of("Resources", owner) for owner in owners])
        for resource in resources:
            session.expire(resource, ["changeovers"])
        if resources:
            changeovers.renew(resources)

    def announce(self) -> None:
        if any(self.comparison.of(title) for title in ("Calendars", "Overlays", "Holidays")):
            announce(CalendarChanged(self.site.id))
        for change in self.comparison.of("Outages", "changed"):
            if change.record is not None:
                announce(OutageReported(change.record.id))
        for outage in self.new_outages:
            announce(OutageReported(outage.id))

    def _owner(self, sheet: Sheet, owner: str) -> dict[str, int]:
        if not sheet.parent_field:
            return {"site_id": self.site.id}
        return {f"{sheet.parent_field}_id": self.ids.of(sheet.parent, owner)}

    def _stored_rows(self, sheet: Sheet, changes: Iterable[Change]) -> list[tuple[Change, Any]]:
        by_id = {change.record.id: change for change in changes if change.record is not None}
        return [(by_id[row.id], row) for row in self._load(MODELS[sheet.title], list(by_id))]

    def _load(self, model: Any, ids: list[int]) -> list[Any]:
        options = [selectinload(Alternative.uses)] if model is Alternative else []
        found: list[Any] = []
        for part in _chunks(ids):
            found.extend(session.scalars(select(model).where(model.id.in_(part)).options(*options)).unique())
        return found


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK))
