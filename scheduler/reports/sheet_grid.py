"""The grid of the weekly workbook: one page a day, a row for each place of each facility."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break

from scheduler.calendars.words import DAYS, MONTHS
from scheduler.reports import look
from scheduler.reports.fit import POINTS_A_DIGIT, fitting
from scheduler.reports.grid import (
    DayAxis,
    Piece,
    day_axis,
    draw_lane,
    draw_outages,
    hours_drawn,
    is_open,
    slot_minutes,
)
from scheduler.reports.look import Painter, Sheet
from scheduler.reports.week import Entry, FacilityWeek, Stay, Week

CODE, NAME, FIRST_SLOT = 1, 2, 3
CODE_WIDTH, NAME_WIDTH = 8.5, 22.0
DAY_POINTS = 660.0
"""Width of all slots together: with the names a little more than A4, so that fitting shrinks."""
PAGE_POINTS = 505.0
"""Height for rows on a page."""
ROW_POINTS, LEAST_ROW_POINTS, MOST_ROW_POINTS, TITLE_POINTS = 12.75, 10.5, 20.0, 18.0
LETTER_POINTS = 11.0
LABEL_SIZE = 7.0


@dataclass(frozen=True)
class Row:
    """A row of the grid: one lane of a facility, or the heading of a kind."""

    facility: FacilityWeek | None
    lane: tuple[Stay, ...] = ()
    lane_no: int = 0
    heading: str = ""


def write_grid(sheet: Sheet, week: Week) -> None:
    """A page for each day on which anything is booked; the others are named at the end."""
    width = slot_minutes(week)
    hours = hours_drawn(week)
    axes = [day_axis(day, hours, week.zone, width) for day, _ in week.days]
    slots = max(axis.slots for axis in axes)
    _set_widths(sheet, slots)
    painter = Painter()
    pages = list(_pages(week))
    row = 1
    empty = []
    for (day, whole), axis in zip(week.days, axes, strict=True):
        if not any(entry.occupied.overlaps(whole) for entry in week.entries):
            empty.append(day)
            continue
        for number, rows in enumerate(pages, start=1):
            part = f" · {number} of {len(pages)}" if len(pages) > 1 else ""
            row = _Page(sheet, painter, week, axis, slots, _row_points(pages)).write(row, rows, part)
            sheet.row_breaks.append(Break(id=row - 1))
    if sheet.row_breaks.brk:
        sheet.row_breaks.brk.pop()  # or an empty page would follow the last
    if empty:
        days = ", ".join(_day_words(day, week) for day in empty)
        look.write(sheet.cell(row, 1), f"Nothing is booked on {days}.", font=look.font(8, look.INK_2))
    sheet.freeze_panes = sheet.cell(1, FIRST_SLOT)


def _pages(week: Week) -> Iterator[list[Row]]:
    """Rows that fit on a page; a kind's heading stands over its first row on each."""
    page: list[Row] = []
    kind = ""
    room = _rows_of_page(week)
    for facility in week.facilities:
        rows = [Row(facility, lane, number) for number, lane in enumerate(facility.lanes)]
        heading = [Row(None, heading=_kind_words(facility.kind))]
        needed = len(rows) + (facility.kind != kind)
        if page and len(page) + needed > room:
            yield page
            page, kind = [], ""
        if facility.kind != kind:
            page += heading
            kind = facility.kind
        page += rows
    if page:
        yield page


def _rows_of_page(week: Week) -> int:
    """All rows, where somewhat lower ones fit on one page; else about as many on each page."""
    total = sum(len(facility.lanes) for facility in week.facilities)
    total += len({facility.kind for facility in week.facilities})
    if total <= _rows_that_fit(LEAST_ROW_POINTS):
        return total
    most = _rows_that_fit(ROW_POINTS)
    pages = -(-total // most)
    # Headings are repeated, and the lanes of a facility stay together: a little more than the share.
    return min(most, -(-total // pages) + 2)


def _rows_that_fit(points: float) -> int:
    return int((PAGE_POINTS - TITLE_POINTS - 2 * points) // points)


def _row_points(pages: list[list[Row]]) -> float:
    """Where there are few rows they are higher."""
    most = max(len(rows) for rows in pages) + 2
    return min(MOST_ROW_POINTS, (PAGE_POINTS - TITLE_POINTS) / most)


def _kind_words(kind: str) -> str:
    return {"test facility": "Test facilities", "equipment": "Equipment"}.get(kind, f"{kind.title()}s")


def _set_widths(sheet: Sheet, slots: int) -> None:
    sheet.column_dimensions["A"].width = CODE_WIDTH
    sheet.column_dimensions["B"].width = NAME_WIDTH
    for column in range(FIRST_SLOT, FIRST_SLOT + slots):
        sheet.column_dimensions[get_column_letter(column)].width = DAY_POINTS / slots / POINTS_A_DIGIT


@dataclass(frozen=True)
class _Page:
    sheet: Sheet
    painter: Painter
    week: Week
    axis: DayAxis
    slots: int
    row_points: float

    @property
    def slot_points(self) -> float:
        return DAY_POINTS / self.slots

    def write(self, row: int, rows: Sequence[Row], part: str) -> int:
        """Title, hours and rows from `row` on; gives the row after them."""
        self._write_title(row, part)
        self._write_hours(row + 1)
        row += 2
        open_slots: list[bool] = []
        for item in rows:
            self.sheet.row_dimensions[row].height = self.row_points
            if item.facility is None:
                self._write_heading(row, item.heading)
            else:
                if item.lane_no == 0:
                    open_slots = is_open(item.facility, self.axis)
                self._write_lane(row, item, item.facility, open_slots)
            row += 1
        return row

    def _write_title(self, row: int, part: str) -> None:
        self.sheet.row_dimensions[row].height = TITLE_POINTS
        words = _day_words(self.axis.on, self.week) + part
        look.write(self.sheet.cell(row, CODE), words, font=look.font(12, bold=True), alignment=look.middle())

    def _write_hours(self, row: int) -> None:
        self.sheet.row_dimensions[row].height = ROW_POINTS
        strong = look.edges(bottom=look.line(look.LINE_2))
        head = {"font": look.font(7, look.INK_2, bold=True), "alignment": look.middle(), "border": strong}
        look.write(self.sheet.cell(row, CODE), "Facility", **head)
        look.dress(self.sheet.cell(row, NAME), **head)
        for slot in range(self.slots):
            look.dress(self.sheet.cell(row, FIRST_SLOT + slot), border=strong)
        marks = [*self.axis.hours(), (self.axis.slots, "")]
        for (slot, hour), (following, _) in pairwise(marks):
            cell = look.merge(self.sheet, row, FIRST_SLOT + slot, FIRST_SLOT + following - 1)
            look.write(cell, hour, **head)

    def _write_heading(self, row: int, words: str) -> None:
        grounds = look.solid(look.PAPER)
        for column in range(1, FIRST_SLOT + self.slots):
            self.painter.paint(self.sheet.cell(row, column), "heading", lambda: {"fill": grounds})
        look.write(
            self.sheet.cell(row, CODE),
            words,
            font=look.font(7.5, look.INK_2, bold=True),
            alignment=look.middle(),
        )

    def _write_lane(self, row: int, item: Row, facility: FacilityWeek, open_slots: list[bool]) -> None:
        border = look.edges(bottom=look.line())
        places = f" ({facility.places} places)" if facility.places > 1 else ""
        names = (facility.code, facility.name + places) if item.lane_no == 0 else ("", "")
        look.write(
            self.sheet.cell(row, CODE), names[0],
            font=look.font(7.5, bold=True), alignment=look.middle(), border=border,
        )  # fmt: skip
        look.write(
            self.sheet.cell(row, NAME), names[1],
            font=look.font(7.5), alignment=look.middle(), border=border,
        )  # fmt: skip
        self._write_ground(row, open_slots)
        pieces = draw_lane(item.lane, self.axis)
        outages = draw_outages(facility.outages, pieces, self.axis)
        for piece in [*pieces, *outages]:
            self._write_piece(row, piece)

    def _write_ground(self, row: int, open_slots: list[bool]) -> None:
        hours = {slot for slot, _ in self.axis.hours()}
        for slot in range(self.slots):
            is_hour = slot in hours
            # Beyond the end of a day with fewer hours than others there is nothing to be had.
            is_closed = slot >= self.axis.slots or not open_slots[slot]
            self.painter.paint(
                self.sheet.cell(row, FIRST_SLOT + slot),
                f"ground {is_hour} {is_closed}",
                lambda: _ground(is_hour, is_closed),  # noqa: B023 - called at once or not at all
            )

    def _write_piece(self, row: int, piece: Piece) -> None:
        letter = piece.entry.letter if piece.entry else "–"
        label = fitting(piece.words, (piece.last - piece.first) * self.slot_points - 2, LABEL_SIZE)
        if piece.look == "run" and piece.entry is not None:
            self._write_run(row, piece, piece.entry)
        elif piece.look in ("setup", "teardown"):
            colours = (look.BLOCKS[letter], look.TINTS[letter])
            self._write_bar(
                row, piece.first, piece.last, "/", f"hatch {letter}", _texture("lightUp", *colours)
            )
        elif piece.look == "changeover":
            style = _texture("lightTrellis", look.INK_3, look.WHITE, "center" if label else "fill")
            self._write_bar(row, piece.first, piece.last, label or "×", f"changeover {bool(label)}", style)
        else:
            style = _texture("lightDown", look.BAD, look.BAD_TINT, "center")
            style["font"] = look.font(LABEL_SIZE, look.BAD, bold=True)
            self._write_bar(row, piece.first, piece.last, label, "outage", style)

    def _write_run(self, row: int, piece: Piece, entry: Entry) -> None:
        """A block with the letter of the kind, then the longest label that fits."""
        letter = entry.letter
        mark = letter + ("!" if entry.state == "needs repair" else "")
        block, label = self._letter_and_label(piece)
        edge = look.line(look.BLOCKS[letter])
        self._write_bar(
            row,
            piece.first,
            piece.first + block,
            mark,
            f"block {letter}",
            {
                "fill": look.solid(look.BLOCKS[letter]),
                "font": look.font(LABEL_SIZE, look.ON_BLOCKS[letter], bold=True),
                "alignment": look.middle("center"),
                "border": look.edges(bottom=look.line()),
            },
        )
        if piece.first + block < piece.last:
            self._write_bar(
                row,
                piece.first + block,
                piece.last,
                label,
                f"label {letter}",
                {
                    "fill": look.solid(look.TINTS[letter]),
                    "font": look.font(LABEL_SIZE),
                    "alignment": look.middle("left"),
                    "border": look.edges(bottom=look.line(), top=edge, right=edge),
                },
            )

    def _write_bar(
        self, row: int, first: int, last: int, text: str, name: str, style: dict[str, Any]
    ) -> None:
        """One cell over some slots; the cells under it look the same, for programs that show them."""
        for slot in range(first, last):
            self.painter.paint(self.sheet.cell(row, FIRST_SLOT + slot), name, lambda: style)
        look.write(look.merge(self.sheet, row, FIRST_SLOT + first, FIRST_SLOT + last - 1), text)

    def _letter_and_label(self, piece: Piece) -> tuple[int, str]:
        """Slots for the letter, and the label beside it; all slots where no label fits."""
        slots = piece.last - piece.first
        usual = max(1, round(LETTER_POINTS / self.slot_points))
        for block in range(min(usual, slots - 1), 0, -1):
            if label := self._label(piece, block):
                return block, label
        return slots, ""

    def _label(self, piece: Piece, block: int) -> str:
        """With an arrow where the run goes on beyond what is drawn of the day."""
        assert piece.entry is not None
        drawn = self.axis.drawn
        before = "◄ " if piece.entry.run.start < drawn.start else ""
        after = " ►" if piece.entry.run.end > drawn.end else ""
        labels = [f"{before}{words}{after}" for words in piece.words] + [(before + after).strip()]
        return fitting(labels, (piece.last - piece.first - block) * self.slot_points - 3, LABEL_SIZE)


def _ground(is_hour: bool, is_closed: bool) -> dict[str, Any]:
    hairline = {"left": look.line()} if is_hour else {}
    return {
        "fill": look.solid(look.CLOSED if is_closed else look.WHITE),
        "border": look.edges(bottom=look.line(), **hairline),
    }


def _texture(name: str, colour: str, ground: str, side: str = "fill") -> dict[str, Any]:
    """Excel draws the pattern, LibreOffice only its mixed colour: the signs are there in both."""
    return {
        "fill": look.pattern(name, colour, ground),
        "font": look.font(LABEL_SIZE, look.INK),
        "alignment": look.middle(side),
        "border": look.edges(bottom=look.line()),
    }


def _day_words(day: date, week: Week) -> str:
    words = f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"
    if day in week.holidays:
        name, is_provisional = week.holidays[day]
        words += f" ({name}, {'may be a holiday' if is_provisional else 'holiday'})"
    return words
