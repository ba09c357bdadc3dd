"""First sheet of the utilisation workbook: key figures with what they are of, checks, words, two charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.worksheet.pagebreak import Break

from scheduler.reports.charts import hours_chart, utilisation_chart
from scheduler.reports.lines import NOTHING, held_as_part
from scheduler.reports.look import INK_2, LINE, LINE_2, Sheet, edges, font, line, middle, write, write_formula
from scheduler.reports.paper import Imprint
from scheduler.reports.queries import UtilisationFacts
from scheduler.reports.table import COUNT, HOURS, ROW_POINTS, SHARE, Placed, write_heading

DEFINITIONS = (
    ("Calendar", "all hours of the days, on each place of each facility"),
    ("Closed", "outside opening hours, on holidays, and once a facility is retired"),
    ("Outage", "inside opening hours, but not to be had; an outage while closed is counted as closed"),
    ("Available", "calendar − closed − outage"),
    ("Booked", "productive + setup, within these days: a booking over an edge is cut there"),
    ("Productive", "the run itself"),
    ("Setup", "setup before the run, teardown after it, changeover between two configurations"),
    (
        "Outside available",
        "booked while closed or in an outage, or above the places there are: counted apart, so that idle is "
        "never negative",
    ),
    ("Idle", "available − (booked − outside available)"),
    ("Utilisation", "(booked − outside available) ÷ available"),
    (
        "Demand",
        "approved, booked and done requests whose whole window lies in these days; placed = hours of run "
        "booked, at most those asked for; unmet = asked − placed",
    ),
)


@dataclass(frozen=True)
class Tables:
    """Where the tables of the other sheets stand."""

    facility: Placed
    project: Placed
    kind: Placed
    month: Placed
    demand: Placed
    bookings: Placed


@dataclass(frozen=True)
class Figure:
    """A key figure: its formula, the same value as stored, and what it is of."""

    name: str
    formula: str
    stored: Any
    holds: str
    of: str


def write_summary(sheet: Sheet, facts: UtilisationFacts, tables: Tables, imprint: Imprint) -> None:
    row = write_heading(
        sheet,
        f"{imprint.site} · utilisation · {imprint.period}",
        [f"{imprint.made[0].upper()}{imprint.made[1:]}. Days are those of {imprint.zone}."],
    )
    for letter, width in zip("ABCD", (34, 16, 16, 84), strict=True):
        sheet.column_dimensions[letter].width = width
    row = _write_figures(sheet, row, "Key figure", _key_figures(facts, tables))
    row = _write_figures(sheet, row + 1, "Check: has to be 0", _checks(facts, tables))
    row = _write_definitions(sheet, row + 1)
    sheet.row_breaks.append(Break(id=row))
    _write_charts(sheet, row + 1, facts, tables)


def _write_figures(sheet: Sheet, row: int, head: str, figures: Sequence[Figure]) -> int:
    for column, text in enumerate((head, "Live formula", "Stored value", "Of what"), start=1):
        write(
            sheet.cell(row, column),
            text,
            font=font(8, INK_2, bold=True),
            alignment=middle("right" if column in (2, 3) else "left", indent=int(column == 4)),
            border=edges(bottom=line(LINE_2)),
        )
    for figure in figures:
        row += 1
        sheet.row_dimensions[row].height = ROW_POINTS
        border = edges(bottom=line(LINE))
        write(sheet.cell(row, 1), figure.name, font=font(9), alignment=middle(), border=border)
        live = write_formula(sheet.cell(row, 2), figure.formula, font=font(9, bold=True))
        stored = write(sheet.cell(row, 3), figure.stored, font=font(9, INK_2))
        for cell in (live, stored):
            cell.number_format, cell.border, cell.alignment = figure.holds, border, middle("right")
        write(sheet.cell(row, 4), figure.of, font=font(8, INK_2), alignment=middle(indent=1), border=border)
    return row + 1


def _key_figures(facts: UtilisationFacts, tables: Tables) -> list[Figure]:
    figures, whole = facts.figures, facts.figures.all
    facility, demand = tables.facility, tables.demand
    inside = [item for item in facts.demand if item.unmet is not None]
    outcomes = [item.outcome for item in inside]
    asked = sum(item.facts.wish_minutes for item in inside)
    unmet = sum(item.unmet or 0 for item in inside)
    bookings = {stay.facts.booking_id for stay in figures.stays if not stay.facts.as_part_of}
    places = sum(item.capacity for item in figures.facilities)
    cell = {key: facility.live_cell(key) for key in facility.letters}

    of_booked = f"of {whole.booked / 60:,.1f} booked hours"

    def hours(name: str, key: str, minutes: float, of: str) -> Figure:
        return Figure(name, f"={cell[key]}", minutes / 60, HOURS, of)

    def requests(name: str, outcome: str) -> Figure:
        formula = f'=COUNTIF({demand.column_range("outcome")},"{outcome}")'
        return Figure(name, formula, outcomes.count(outcome), COUNT, f"of {len(inside):,} requests")

    return [
        hours(
            "Available hours",
            "available",
            whole.available,
            f"of {whole.calendar / 60:,.1f} calendar hours of {len(figures.facilities)} facilities with "
            f"{places} places",
        ),
        hours("Booked hours", "booked", whole.booked, f"in {len(bookings):,} bookings"),
        hours(
            "Productive hours", "productive", whole.productive, f"of {whole.booked / 60:,.1f} booked hours"
        ),
        hours(
            "Setup hours",
            "setup",
            whole.setup + whole.changeover,
            f"of {whole.booked / 60:,.1f} booked hours",
        ),
        hours(
            "Booked outside available time",
            "outside",
            whole.outside,
            f"{of_booked}; not in the utilisation",
        ),
        hours("Idle hours", "idle", whole.idle, f"of {whole.available / 60:,.1f} available hours"),
        Figure(
            "Utilisation",
            f'=IF({cell["available"]}=0,"{NOTHING}",({cell["booked"]}-{cell["outside"]})/{cell["available"]})',
            NOTHING if whole.utilisation is None else whole.utilisation,
            SHARE,
            f"{whole.used / 60:,.1f} of {whole.available / 60:,.1f} available hours",
        ),
        Figure(
            "Asked for, hours of run",
            f"={demand.live_cell('asked')}",
            asked / 60,
            HOURS,
            f"by {len(inside):,} requests whose whole window lies in these days",
        ),
        Figure(
            "Placed, hours of run",
            f"={demand.live_cell('placed')}",
            sum(item.placed for item in inside) / 60,
            HOURS,
            f"of {asked / 60:,.1f} hours asked for",
        ),
        Figure(
            "Unmet, hours of run",
            f"={demand.live_cell('unmet')}",
            unmet / 60,
            HOURS,
            f"of {asked / 60:,.1f} hours asked for",
        ),
        requests("Requests placed", "placed"),
        requests("Requests placed in part", "in part"),
        requests("Requests not placed", "not placed"),
    ]


def _checks(facts: UtilisationFacts, tables: Tables) -> list[Figure]:
    """Differences of sums that have to agree, rounded to a second."""
    booked = tables.facility.live_cell("booked")
    part = held_as_part(facts) / 60

    def check(name: str, other: str, of: str) -> Figure:
        return Figure(name, f"=ROUND({booked}-{other},3)", 0, "0.000", of)

    return [
        check(
            "Facilities − bookings",
            tables.bookings.live_cell("booked"),
            "booked hours by facility, less those of the rows of the sheet Bookings",
        ),
        check("Facilities − months", tables.month.live_cell("booked"), "the same by month"),
        check(
            "Facilities − projects",
            f"({tables.project.live_cell('booked')}+{part!r})",
            f"the same by project, with {part:,.1f} hours held only as part of a booked whole",
        ),
        check(
            "Facilities − kinds",
            f"({tables.kind.live_cell('booked')}+{part!r})",
            "the same by kind of project",
        ),
    ]


def _write_definitions(sheet: Sheet, row: int) -> int:
    write(
        sheet.cell(row, 1),
        "What the words mean",
        font=font(8, INK_2, bold=True),
        border=edges(bottom=line(LINE_2)),
    )
    for column in (2, 3, 4):
        sheet.cell(row, column).border = edges(bottom=line(LINE_2))
    for word, meaning in DEFINITIONS:
        row += 1
        sheet.row_dimensions[row].height = ROW_POINTS
        write(sheet.cell(row, 1), word, font=font(8, bold=True), alignment=middle())
        sheet.merge_cells(start_row=row, start_column=2, end_row=row, end_column=4)
        write(sheet.cell(row, 2), meaning, font=font(8), alignment=middle())
    return row


def _write_charts(sheet: Sheet, row: int, facts: UtilisationFacts, tables: Tables) -> None:
    """Both charts side by side, each also readable as a table on the sheet By facility."""
    count = len(facts.figures.facilities)
    if count == 0:
        return
    write(
        sheet.cell(row, 1),
        "Utilisation by facility, % of available hours, and what the hours went into",
        font=font(10, bold=True),
    )
    sheet.add_chart(utilisation_chart(tables.facility, count), f"A{row + 2}")
    sheet.add_chart(hours_chart(tables.facility, count), f"D{row + 2}")
