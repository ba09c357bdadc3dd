"""The weekly workbook: grid, roster, list, what is not placed, and the block to sign."""

from typing import BinaryIO

from openpyxl.utils import get_column_letter

from scheduler.accounts.models import User
from scheduler.calendars.models import Site
from scheduler.database import utc_now
from scheduler.intervals import Interval
from scheduler.plans.models import Plan
from scheduler.reports import look
from scheduler.reports.fit import row_points
from scheduler.reports.lines import wall
from scheduler.reports.look import Sheet
from scheduler.reports.paper import Imprint, made_words, period_words, set_up, zone_words
from scheduler.reports.sheet_grid import write_grid
from scheduler.reports.sheet_roster import write_roster
from scheduler.reports.sheet_sign_off import write_sign_off
from scheduler.reports.table import TEXT, Column, write_head, write_heading
from scheduler.reports.week import Entry, LeftOver, Week
from scheduler.reports.week_facts import week_facts

DAY_AND_TIME = "ddd d mmm hh:mm"
LEGEND = "R R&D · T training · A application · – busy · / setup, teardown · × changeover · grey closed"


def write_week(
    site: Site, span: Interval, stream: BinaryIO, user: User | None = None, plan: Plan | None = None
) -> None:
    """Write the workbook of some days as `user` may see them; `plan` None: the published one."""
    week = week_facts(site, span, user, plan)
    by = user.name if user else "the system"
    imprint = Imprint(
        site=site.name,
        period=period_words(span, week.zone),
        version=week.version,
        made=made_words(utc_now(), week.zone, by),
        zone=zone_words(week.zone, span),
    )
    workbook = look.start_workbook(f"{imprint.site}, {imprint.period}", "Markaz")
    grid = workbook.create_sheet("Grid")
    write_grid(grid, week)
    set_up(grid, imprint, legend=f"{LEGEND} · times are {imprint.zone}")
    roster = workbook.create_sheet("Roster")
    head = write_roster(roster, week, imprint.period, imprint.zone)
    set_up(roster, imprint, f"{head}:{head}")
    listed = workbook.create_sheet("List")
    head = _write_list(listed, week, imprint)
    set_up(listed, imprint, f"{head}:{head}")
    left = workbook.create_sheet("Not placed")
    head = _write_left_over(left, week, imprint)
    set_up(left, imprint, f"{head}:{head}")
    sign_off = workbook.create_sheet("Sign-off")
    write_sign_off(sign_off, week, imprint)
    set_up(sign_off, imprint)
    workbook.save(stream)


def _write_list(sheet: Sheet, week: Week, imprint: Imprint) -> int:
    row = head = write_heading(
        sheet,
        f"List · {imprint.period}",
        [f"All bookings by their start. Times are {imprint.zone}; start and end are those of the run."],
    )
    columns = [
        Column(
            "start", "Start", 17, DAY_AND_TIME, lambda entry: wall(entry.run.start, week.zone), is_strong=True
        ),
        Column("end", "End", 16, DAY_AND_TIME, lambda entry: wall(entry.run.end, week.zone)),
        Column("from", "Setup from", 10, "hh:mm", lambda entry: wall(entry.occupied.start, week.zone)),
        Column("until", "Teardown until", 10, "hh:mm", lambda entry: wall(entry.occupied.end, week.zone)),
        Column(
            "facilities", "Facilities", 14, TEXT, lambda entry: "; ".join(entry.facilities), is_strong=True
        ),
        Column("kind", "Kind", 13, TEXT, lambda entry: _kind(entry.letter)),
        Column("title", "Activity", 32, TEXT, lambda entry: entry.title),
        Column("project", "Project", 9, TEXT, lambda entry: entry.project or "·"),
        Column("request", "Request", 12, TEXT, lambda entry: entry.request or "·"),
        Column("people", "People", 40, TEXT, _people),
        Column("part", "Part", 5, "0", lambda entry: entry.part_no),
        Column("state", "State", 12, TEXT, lambda entry: entry.state),
    ]
    entries = sorted(week.entries, key=lambda entry: (entry.run.start, entry.facilities))
    _write_rows(sheet, row, columns, entries, "Nothing is booked in these days.")
    sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(columns))}{head + max(1, len(entries))}"
    return head


def _write_left_over(sheet: Sheet, week: Week, imprint: Imprint) -> int:
    asked = week.placed_requests + len(week.left_over)
    row = head = write_heading(
        sheet,
        f"Not placed · {imprint.period}",
        [
            f"{imprint.version}. {week.placed_requests} of {asked} requests are placed, "
            f"{len(week.left_over)} are not."
        ],
    )
    columns = [
        Column("code", "Request", 13, TEXT, lambda item: item.code, is_strong=True),
        Column("title", "Activity", 34, TEXT, lambda item: item.title),
        Column("project", "Project", 10, TEXT, lambda item: item.project or "·"),
        Column("kind", "Kind", 14, TEXT, lambda item: _kind(item.letter)),
        Column("reason", "Why not", 58, TEXT, lambda item: item.reason or "·"),
        Column("remedy", "What would help", 52, TEXT, lambda item: item.remedy or "·"),
    ]
    _write_rows(sheet, row, columns, list(week.left_over), "Every request has its place.")
    return head


def _write_rows(
    sheet: Sheet, head: int, columns: list[Column], rows: list[Entry] | list[LeftOver], empty: str
) -> None:
    """A table without totals, whose long texts wrap."""
    write_head(sheet, head, columns)
    sheet.row_dimensions[head].height = 24
    border = look.edges(bottom=look.line())
    for row, item in enumerate(rows, start=head + 1):
        texts = []
        for number, column in enumerate(columns, start=1):
            value = column.value(item)
            cell = look.write(sheet.cell(row, number), value, font=look.font(8, bold=column.is_strong))
            look.dress(cell, alignment=look.top(column.side, is_mixed=column.key == "people"), border=border)
            if column.holds == TEXT:
                texts.append((value, column.width))
            else:
                cell.number_format = column.holds
        sheet.row_dimensions[row].height = row_points(texts, 8)
    if not rows:
        look.write(sheet.cell(head + 1, 1), empty, font=look.font(9, look.INK_3))
    sheet.freeze_panes = sheet.cell(head + 1, 2)


def _kind(letter: str) -> str:
    return f"{letter} {look.KIND_WORDS[letter]}"


def _people(entry: Entry) -> str:
    """Each name once, with what it is there for."""
    roles: dict[str, list[str]] = {}
    for turn in entry.turns:
        known = roles.setdefault(turn.person, [])
        if turn.role not in known:
            known.append(turn.role)
    return ", ".join(f"{name} ({', '.join(known)})" for name, known in roles.items()) or "·"
