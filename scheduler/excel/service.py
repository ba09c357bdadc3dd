"""Importing a centre workbook: a trial run first, then all of it or nothing."""

import hashlib
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from sqlalchemy import select, text

from scheduler import audit
from scheduler.accounts.models import User
from scheduler.accounts.service import can
from scheduler.bookings import guard
from scheduler.calendars.models import Site
from scheduler.calendars.queries import find_site
from scheduler.database import normal_code, session
from scheduler.errors import Forbidden, Stale, UserError
from scheduler.excel.apply import apply
from scheduler.excel.compare import Comparison, listed
from scheduler.excel.faults import MOST_KEPT, UNREADABLE_FILE, Fault
from scheduler.excel.models import ImportRun
from scheduler.excel.promises import check_promises
from scheduler.excel.reading import RawWorkbook, UnreadableFile, read_workbook
from scheduler.excel.sheets import SHEETS
from scheduler.excel.stored import Stored
from scheduler.excel.study import Study, study
from scheduler.resources.models import Resource

Reading = RawWorkbook | UnreadableFile


def read_file(content: bytes, file_name: str) -> Reading:
    """The cells of a file, or why it cannot be read. Takes up to a minute: call it outside a transaction."""
    try:
        return read_workbook(content, file_name)
    except UnreadableFile as error:
        return error


def preview(
    content: bytes,
    file_name: str,
    user: User | None,
    site: Site | None = None,
    reading: Reading | None = None,
) -> ImportRun:
    """A trial run, kept with every fault or with what importing would change; nothing else is written."""
    reading = read_file(content, file_name) if reading is None else reading
    site = site or find_site()
    run = ImportRun(
        site_id=site.id if site else None,
        user_id=user.id if user else None,
        file_name=shown_name(file_name),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    if isinstance(reading, UnreadableFile):
        fault = Fault("", None, "", "", "", UNREADABLE_FILE, reading.what, reading.remedy)
        run.faults, run.state, run.summary = [fault.as_json()], "refused", None
    else:
        found = study(reading, user, site)
        run.faults = [fault.as_json() for fault in found.faults[:MOST_KEPT]]
        run.summary = _summary(found)
        run.state = "refused" if found.faults else "previewed"
    run.content = content if run.state == "previewed" else None
    _let_go_of_earlier(user)
    session.add(run)
    session.flush()
    return run


def accept(run: ImportRun, user: User | None, reading: Reading | None = None) -> ImportRun:
    """Import what was previewed; refused where the centre has changed in what it would do."""
    if run.state != "previewed" or run.content is None:
        raise UserError("This trial run is over. Send the workbook again.")
    if user is not None and run.user_id != user.id and not can(user, "administrator"):
        raise Forbidden("Somebody else sent this workbook. Ask them to accept it, or send it yourself.")
    reading = read_file(run.content, run.file_name) if reading is None else reading
    if isinstance(reading, UnreadableFile):
        raise reading
    site = session.get(Site, run.site_id) if run.site_id else find_site()
    _lock(site)
    found = study(reading, user, site)
    if not found.faults:
        _lock_promised(found.comparison, found.stored)
        found.faults.extend(check_promises(found.comparison, found.tables, found.stored))
    summary = _summary(found)
    if found.faults or run.summary is None or summary["fingerprint"] != run.summary["fingerprint"]:
        raise Stale("The centre was changed since this trial run. Send the workbook again and look anew.")
    if found.comparison.changes:
        note = f"imported with {run.file_name}"
        site = apply(found.comparison, found.stored, user, note, found.accounts)
        counts = {name: summary[name] for name in ("added", "changed", "same", "removed")}
        audit.record("imported", "import_run", run.id, {"file": run.file_name, **counts})
    run.site_id = site.id if site else None
    run.state, run.content = "accepted", None
    session.flush()
    return run


def drop(run: ImportRun) -> None:
    """Let go of a workbook that nobody is going to accept."""
    if run.state == "previewed":
        run.state, run.content = "dropped", None


def shown_name(file_name: str) -> str:
    """The last part of a name, without signs that could lead elsewhere or turn the line round."""
    last = PurePath(file_name.replace("\\", "/")).name
    return "".join(sign for sign in last if sign.isprintable())[:200] or "workbook.xlsx"


def _summary(found: Study) -> dict[str, Any]:
    comparison, sheets = found.comparison, []
    totals = dict.fromkeys(("added", "changed", "same", "removed"), 0)
    for sheet in SHEETS:
        table = found.tables.by_title.get(sheet.title)
        counts = {
            "added": len(comparison.of(sheet.title, "added")),
            "changed": len(comparison.of(sheet.title, "changed")),
            "same": comparison.same[sheet.title],
            "removed": len(comparison.of(sheet.title, "removed")),
        }
        faults = sum(fault.sheet == sheet.title for fault in found.faults)
        if table is None and not faults and not any(counts.values()):
            continue
        rows = len(table.rows) if table else 0
        sheets.append({"sheet": sheet.title, "rows": rows, **counts, "faults": faults})
        for name, number in counts.items():
            totals[name] += number
    return {
        "sheets": sheets,
        **totals,
        "faults": len(found.faults),
        "changes": list(listed(comparison, found.zone)),
        "notes": found.notes,
        "fingerprint": _fingerprint(comparison),
    }


def _fingerprint(comparison: Comparison) -> str:
    """Of everything that would be written, and of what it would be written over."""
    digest = hashlib.sha256()
    for change in comparison.changes:
        before = (change.record.id, sorted(change.record.values.items(), key=str)) if change.record else None
        values = sorted(change.values.items(), key=str)
        digest.update(repr((change.action, change.sheet.title, change.owner, values, before)).encode())
    return digest.hexdigest()


def _let_go_of_earlier(user: User | None) -> None:
    statement = select(ImportRun).where(ImportRun.state == "previewed")
    owner = ImportRun.user_id.is_(None) if user is None else ImportRun.user_id == user.id
    for earlier in session.scalars(statement.where(owner)):
        drop(earlier)


def _lock(site: Site | None) -> None:
    """One import of a site at a time; SQLite has one writer anyway."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7003, :id)"), {"id": site.id if site else 0})


def _lock_promised(comparison: Comparison, stored: Stored) -> None:
    """Nobody books on what is about to shrink while it is looked at."""
    resource_ids = _record_ids(comparison, "Resources")
    utility_ids = _record_ids(comparison, "Utilities")
    for change in comparison.of("Levels"):
        record = stored.parents["Utilities"].get(normal_code(change.owner))
        if record is not None:
            utility_ids.append(record.id)
    holdables = session.scalars(select(Resource.holdable_id).where(Resource.id.in_(resource_ids)))
    guard.lock(session.connection(), list(holdables), utility_ids)


def _record_ids(comparison: Comparison, title: str) -> list[int]:
    changes: Iterable[Any] = comparison.of(title, "changed")
    return [change.record.id for change in changes if change.record is not None]
