"""The utilisation workbook: what the hours of the facilities went into, and what was asked for in vain."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break

from scheduler.accounts.models import User
from scheduler.calendars.models import Site
from scheduler.calendars.service import zone_of
from scheduler.database import utc_now
from scheduler.intervals import Interval
from scheduler.reports import lines
from scheduler.reports.lines import Line
from scheduler.reports.look import (
    INK_2,
    LINE_2,
    Sheet,
    edges,
    font,
    heat,
    line,
    middle,
    start_workbook,
    write,
)
from scheduler.reports.paper import Imprint, made_words, period_words, set_up, zone_words
from scheduler.reports.queries import UtilisationFacts, utilisation_facts
from scheduler.reports.summary import Tables, write_summary
from scheduler.reports.table import ROW_POINTS, Column, Placed, write_heading, write_table

MOST_ROWS_BELOW = 20
"""Facilities that fit below the months on one page."""
NO_BOOKINGS = "Nothing is booked in this time."
MADE_OF = (
    "Hours of one place each: a facility with n places counts n times. "
    "What is booked is the sum of rows of the sheet Bookings."
)


def write_utilisation(site: Site, span: Interval, stream: BinaryIO, user: User | None = None) -> None:
    """Write the workbook for a span that was cut to whole days of the site."""
    facts = utilisation_facts(site, span, user)
    zone = zone_of(site)
    imprint = Imprint(
        site=site.name,
        period=period_words(span, zone),
        version="Utilisation",
        made=made_words(utc_now(), zone, user.name if user else "the system"),
        zone=zone_words(zone, span),
    )
    workbook = start_workbook(f"Utilisation, {imprint.period}", "Markaz")
    pages = _Pages(workbook, imprint, zone)
    summary = workbook.create_sheet("Summary")
    tables = Tables(
        facility=_by_facility(pages, facts),
        project=_by_group(pages, "By project", facts, lines.project_columns(), lines.project_lines(facts)),
        kind=_by_group(pages, "By kind", facts, lines.kind_columns(), lines.kind_lines(facts)),
        month=_by_month(pages, facts),
        demand=_demand(pages, facts),
        bookings=_bookings(pages, facts),
    )
    write_summary(summary, facts, tables, imprint)
    set_up(summary, imprint)
    workbook.save(stream)


@dataclass(frozen=True)
class _Pages:
    """Makes sheets of one workbook that all bear the same imprint."""

    workbook: Any
    imprint: Imprint
    zone: ZoneInfo

    def add(self, title: str, notes: Sequence[str], repeats_head: bool = True) -> tuple[Sheet, int]:
        sheet = self.workbook.create_sheet(title)
        row = write_heading(sheet, f"{title} · {self.imprint.period}", notes)
        set_up(sheet, self.imprint, f"{row}:{row}" if repeats_head else None)
        return sheet, row


def _by_facility(pages: _Pages, facts: UtilisationFacts) -> Placed:
    sheet, row = pages.add(
        "By facility",
        [
            "Available = calendar − closed − outage. Booked = productive + setup (setup, teardown, "
            "changeover). Idle = available − booked, without what was booked outside available time.",
            MADE_OF,
        ],
    )
    whole = Line("", "", "", 0, facts.figures.all)
    placed = write_table(
        sheet, row, lines.facility_columns(), lines.facility_lines(facts), "There is no facility.", whole
    )
    sheet.freeze_panes = sheet.cell(row + 1, 3)
    return placed


def _by_group(
    pages: _Pages,
    title: str,
    facts: UtilisationFacts,
    columns: list[Column],
    rows: list[lines.GroupLine],
) -> Placed:
    notes = [MADE_OF + " A booking of two facilities counts on both."]
    if minutes := lines.held_as_part(facts):
        notes.append(
            f"Not in these sums: {minutes / 60:,.1f} h in which facilities were held only as parts of "
            "a whole that was booked."
        )
    sheet, row = pages.add(title, notes)
    placed = write_table(sheet, row, columns, rows, NO_BOOKINGS)
    sheet.freeze_panes = sheet.cell(row + 1, 2)
    return placed


def _by_month(pages: _Pages, facts: UtilisationFacts) -> Placed:
    notes = ["Months of the site's calendar, cut to the span. " + MADE_OF]
    # Two tables: the head of the first says nothing about the second.
    sheet, row = pages.add("By month", notes, repeats_head=False)
    whole = Line("", "", "", 0, facts.figures.all)
    placed = write_table(sheet, row, lines.month_columns(), lines.month_lines(facts), "", whole)
    if len(facts.figures.facilities) > MOST_ROWS_BELOW:
        sheet.row_breaks.append(Break(id=placed.stored + 1))
    _write_heat_map(sheet, placed.stored + 2, facts)
    sheet.freeze_panes = sheet.cell(row + 1, 2)
    return placed


def _write_heat_map(sheet: Sheet, row: int, facts: UtilisationFacts) -> None:
    """Facility by month: share of the available hours that was used, in six steps, figure in every cell."""
    figures = facts.figures
    write(
        sheet.cell(row, 1),
        "Utilisation by facility and month, % of the available hours of that month",
        font=font(10, bold=True),
    )
    head = row + 1
    write(sheet.cell(head, 1), "Facility", font=font(8, INK_2, bold=True), border=edges(bottom=line(LINE_2)))
    for column, month in enumerate(figures.months, start=2):
        cell = sheet.cell(head, column)
        if sheet.column_dimensions[get_column_letter(column)].width < 9:
            sheet.column_dimensions[get_column_letter(column)].width = 9
        write(
            cell,
            month,
            number_format="mmm yyyy",
            font=font(8, INK_2, bold=True),
            alignment=middle("center"),
            border=edges(bottom=line(LINE_2)),
        )
    for offset, facility in enumerate(figures.facilities, start=1):
        sheet.row_dimensions[head + offset].height = ROW_POINTS
        write(sheet.cell(head + offset, 1), facility.code, font=font(8, bold=True), alignment=middle())
        for column, month in enumerate(figures.months, start=2):
            share = figures.cells[facility.code, month].utilisation
            cell = sheet.cell(head + offset, column)
            border = edges(left=line("FFFFFF"), bottom=line("FFFFFF"))
            if share is None:
                write(cell, lines.NOTHING, font=font(8, INK_2), alignment=middle("center"), border=border)
                continue
            ground, ink = heat(share)
            write(cell, share, number_format="0%", fill=ground, font=ink, border=border)
            cell.alignment = middle("center")


def _demand(pages: _Pages, facts: UtilisationFacts) -> Placed:
    sheet, row = pages.add(
        "Demand",
        [
            "Approved requests whose whole window lies in these days: hours of run asked for, placed, unmet.",
            "Below them those whose window reaches over an edge: they may still be served outside, so "
            "nothing of them is unmet.",
        ],
    )
    columns = lines.demand_columns(pages.zone)
    inside = [item for item in facts.demand if item.unmet is not None]
    beyond = [item for item in facts.demand if item.unmet is None]
    placed = write_table(sheet, row, columns, inside, "No request has its whole window in these days.")
    if beyond:
        second = placed.stored + 2
        write(sheet.cell(second, 1), "Window reaches over an edge of these days", font=font(10, bold=True))
        write_table(sheet, second + 1, columns, beyond, "")
    sheet.freeze_panes = sheet.cell(row + 1, 2)
    return placed


def _bookings(pages: _Pages, facts: UtilisationFacts) -> Placed:
    sheet, row = pages.add(
        "Bookings",
        [
            "One row for each booking on each facility and month, cut at the edges of the span: what all "
            "other sheets are sums of.",
            f"Times are {pages.imprint.zone}.",
        ],
    )
    placed = write_table(sheet, row, lines.stay_columns(pages.zone), facts.figures.stays, NO_BOOKINGS)
    sheet.freeze_panes = sheet.cell(row + 1, 4)
    sheet.auto_filter.ref = f"A{row}:{get_column_letter(len(placed.letters))}{placed.last}"
    return placed
