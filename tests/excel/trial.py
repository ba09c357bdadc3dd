"""Trial runs in tests: the whole way by the service, or in this process where there are very many."""

import io
from typing import Any

from scheduler.accounts.models import User
from scheduler.calendars.queries import find_site, the_site
from scheduler.database import session, transaction
from scheduler.excel import child, service
from scheduler.excel.export import write_centre
from scheduler.excel.models import ImportRun
from scheduler.excel.reading import RawWorkbook, assemble, wanted_titles
from scheduler.excel.study import Study, study


def read_here(content: bytes) -> RawWorkbook:
    """As `read_workbook`, without the process of its own: that takes longer than all the rest."""
    return assemble(child.read(content, set(wanted_titles())))


def look(content: bytes, user: User | None = None) -> Study:
    """What is found in a workbook, faults and changes; nothing is kept."""
    try:
        return study(read_here(content), user, find_site())
    finally:
        session.rollback()


def places(found: Study) -> list[tuple[str, int | None, str, str]]:
    """(sheet, row, column, kind) of every fault."""
    return [(fault.sheet, fault.row, fault.column, fault.kind) for fault in found.faults]


def preview(content: bytes, user: User | None = None) -> dict[str, Any]:
    """A trial run by the service: its state, faults and summary."""
    with transaction(actor=user):
        run = service.preview(content, "centre.xlsx", user, reading=read_here(content))
        kept = {"id": run.id, "state": run.state, "faults": run.faults, "summary": run.summary}
    session.rollback()
    return kept


def import_all(content: bytes, user: User | None = None) -> dict[str, Any]:
    """A trial run and its acceptance; gives the summary."""
    kept = preview(content, user)
    assert kept["faults"] == [], kept["faults"]
    with transaction(actor=user):
        service.accept(session.get_one(ImportRun, kept["id"]), user, read_here(content))
    session.rollback()
    return dict(kept["summary"])


def export(user: User | None = None) -> bytes:
    """The whole centre as it is stored now."""
    stream = io.BytesIO()
    write_centre(the_site(), stream, user)
    session.rollback()
    return stream.getvalue()


def counts(summary: dict[str, Any]) -> dict[str, int]:
    return {name: summary[name] for name in ("added", "changed", "removed")}
