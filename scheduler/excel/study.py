"""A workbook is studied: every fault at once, and what importing it would do. Nothing is written."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from scheduler.accounts.models import User
from scheduler.calendars.models import Site
from scheduler.excel import checks, references
from scheduler.excel.compare import Change, Comparison, compare
from scheduler.excel.faults import Fault
from scheduler.excel.known import gather
from scheduler.excel.promises import check_promises, target_site_fault
from scheduler.excel.reading import RawWorkbook
from scheduler.excel.rights import check_changes, hide_unseen, rights_of, settle
from scheduler.excel.sheets import BY_TITLE, SHEETS
from scheduler.excel.stored import Stored, load_stored
from scheduler.excel.tables import Tables, read_rows, read_tables

DEFAULT_SITE = {"code": "CENTRE", "name": "Centre", "time_zone": "UTC"}


@dataclass
class Study:
    """What was found. `accounts` are e-mails of users that are named, but not there yet."""

    tables: Tables
    stored: Stored
    comparison: Comparison
    zone: ZoneInfo
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)


def study(workbook: RawWorkbook, user: User | None, site: Site | None) -> Study:
    """All that can be said of a workbook; `Forbidden` for a user who may not import at all."""
    rights = rights_of(user, site)
    stored = load_stored(site)
    hide_unseen(stored, rights)
    tables = read_tables(workbook, rights.required_sheets)
    faults = list(tables.faults)
    zone = _read_site(tables, site, faults)
    for table in tables:
        if table.sheet.title != "Site":
            faults.extend(read_rows(table, zone))
    _fill_requests(tables)
    known, duplicates = gather(tables, stored, makes_accounts=rights.makes_accounts)
    faults += duplicates
    faults += references.resolve(tables, known)
    faults += references.check_alternatives(tables, stored)
    faults += references.check_repeated(tables)
    faults += checks.check_rows(tables, stored)
    faults += checks.check_cycles(tables, stored)
    settled, refused = settle(tables, stored, rights)
    faults += refused
    if faults:
        comparison = compare(tables.without_faulty_rows(), stored, settled, parents_only=True)
    else:
        comparison = compare(tables, stored, settled)
    faults += check_changes(comparison, tables, rights, stored)
    faults += check_promises(comparison, tables, stored)
    found = Study(tables, stored, comparison, zone, _in_order(faults), accounts=known.users.made)
    if found.accounts:
        found.notes.append(
            f"Accounts that are made, as viewers and without a password: {', '.join(found.accounts)}. "
            "markaz user password gives one."
        )
    if site is None and not tables.rows("Site") and not faults:
        comparison.changes.insert(
            0, Change("added", BY_TITLE["Site"], DEFAULT_SITE["code"], dict(DEFAULT_SITE))
        )
        found.notes.append("There is no site yet, and no sheet Site: CENTRE is made, with time zone UTC.")
    if tables.ignored:
        found.notes.append(f"Not read, for they are no sheets of ours: {', '.join(tables.ignored)}.")
    return found


def _read_site(tables: Tables, site: Site | None, faults: list[Fault]) -> ZoneInfo:
    """The zone in which the times of the workbook are to be read."""
    table = tables.by_title.get("Site")
    stored_zone = ZoneInfo(site.time_zone if site else DEFAULT_SITE["time_zone"])
    if table is None:
        return stored_zone
    faults.extend(read_rows(table, stored_zone))
    if fault := target_site_fault(tables, site):
        faults.append(fault)
    zone = table.rows[0].get("time_zone") if table.rows else None
    return ZoneInfo(zone) if zone else stored_zone


def _fill_requests(tables: Tables) -> None:
    """What a blank Least min and a blank Value mean depends on Wish min."""
    for row in tables.rows("Requests"):
        wish = row.get("wish_minutes")
        for name in ("least_minutes", "value"):
            if name in row.blank and name in row.values:
                if wish is None:
                    row.values.pop(name)
                else:
                    row.values[name] = wish


def _in_order(faults: list[Fault]) -> list[Fault]:
    """By sheet as the template has them, row and column."""
    sheets = {sheet.title: index for index, sheet in enumerate(SHEETS)}

    def place(fault: Fault) -> tuple[int, int, int, str]:
        letters = fault.cell.rstrip("0123456789")
        return sheets.get(fault.sheet, len(sheets)), fault.row or 0, len(letters), letters

    return sorted(faults, key=place)
