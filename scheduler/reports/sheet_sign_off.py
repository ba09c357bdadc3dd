"""Last sheet of the weekly workbook: the week in figures, what the signs mean, and lines to sign."""

from scheduler.reports import look
from scheduler.reports.look import Sheet
from scheduler.reports.paper import Imprint
from scheduler.reports.table import write_heading
from scheduler.reports.week import Week

SIGNERS = ("Planned by", "Approved by", "Received by")
SIGNS = (
    ("/", "lightUp", look.BLOCKS["R"], look.TINTS["R"], "setup before a run and teardown after it"),
    ("→ C", "lightTrellis", look.INK_3, look.WHITE, "changeover to the configuration that is named"),
    ("", "solid", look.CLOSED, look.CLOSED, "closed: outside opening hours, holiday"),
    ("out until 12:00", "lightDown", look.BAD, look.BAD_TINT, "outage, until when and why"),
)


def write_sign_off(sheet: Sheet, week: Week, imprint: Imprint) -> None:
    for letter, width in zip("ABCDE", (24, 34, 34, 22, 30), strict=True):
        sheet.column_dimensions[letter].width = width
    row = write_heading(
        sheet,
        f"{imprint.site} · {imprint.period}",
        [f"{imprint.version}. {imprint.made[0].upper()}{imprint.made[1:]}. Times are {imprint.zone}."],
    )
    row = _write_figures(sheet, row, week)
    row = _write_legend(sheet, row + 1)
    _write_lines(sheet, row + 1, imprint)


def _write_figures(sheet: Sheet, row: int, week: Week) -> int:
    hours = sum(entry.run.minutes for entry in week.entries) / 60
    repairs = sum(entry.state == "needs repair" for entry in week.entries)
    asked = week.placed_requests + len(week.left_over)
    by_kind = [
        f"{look.KIND_WORDS[letter]} {count}"
        for letter in look.KIND_WORDS
        if (count := sum(entry.letter == letter for entry in week.entries))
    ]
    on_duty = sum(bool(person.turns) for person in week.people)
    row = _section(sheet, row, "The week in figures")
    for name, words in (
        ("Bookings", f"{len(week.entries)}, {hours:,.1f} h of run" + _listed(by_kind)),
        ("Requests placed", f"{week.placed_requests} of {asked}"),
        ("Requests not placed", f"{len(week.left_over)} of {asked}, see sheet Not placed"),
        ("Bookings that need repair", f"{repairs} of {len(week.entries)}"),
        ("People with a turn", f"{on_duty} of {len(week.people)}"),
    ):
        look.write(sheet.cell(row, 1), name, font=look.font(9), alignment=look.middle())
        look.write(sheet.cell(row, 2), words, font=look.font(9, bold=True), alignment=look.middle())
        row += 1
    return row


def _listed(by_kind: list[str]) -> str:
    return f" ({', '.join(by_kind)})" if by_kind else ""


def _write_legend(sheet: Sheet, row: int) -> int:
    """The same signs as in the grid, so that they can be read in grey too."""
    row = _section(sheet, row, "Signs in the grid")
    for letter, words in look.KIND_WORDS.items():
        look.write(
            sheet.cell(row, 1),
            letter,
            fill=look.solid(look.BLOCKS[letter]),
            font=look.font(8, look.ON_BLOCKS[letter], bold=True),
            alignment=look.middle("center"),
            border=look.edges(bottom=look.line(look.WHITE, "medium")),
        )
        look.write(sheet.cell(row, 2), words, font=look.font(9), alignment=look.middle(indent=1))
        row += 1
    for text, pattern, colour, ground, words in SIGNS:
        look.write(
            sheet.cell(row, 1),
            text,
            fill=look.pattern(pattern, colour, ground),
            font=look.font(8),
            alignment=look.middle("fill" if text == "/" else "center"),
            border=look.edges(bottom=look.line(look.WHITE, "medium")),
        )
        look.write(sheet.cell(row, 2), words, font=look.font(9), alignment=look.middle(indent=1))
        row += 1
    look.write(sheet.cell(row, 1), "R!", font=look.font(8, bold=True), alignment=look.middle("center"))
    look.write(
        sheet.cell(row, 2), "a booking that needs repair", font=look.font(9), alignment=look.middle(indent=1)
    )
    return row + 1


def _write_lines(sheet: Sheet, row: int, imprint: Imprint) -> None:
    row = _section(sheet, row, f"Sign-off · {imprint.version}")
    head = {"font": look.font(8, look.INK_2, bold=True), "alignment": look.bottom()}
    for column, text in enumerate(("", "Name", "Signature", "Date", "Remarks"), start=1):
        look.write(sheet.cell(row, column), text, **head)
    for signer in SIGNERS:
        row += 1
        sheet.row_dimensions[row].height = 34
        look.write(sheet.cell(row, 1), signer, font=look.font(9, bold=True), alignment=look.bottom())
        for column in range(2, 6):
            sheet.cell(row, column).border = look.edges(bottom=look.line(look.INK_3))


def _section(sheet: Sheet, row: int, title: str) -> int:
    look.write(sheet.cell(row, 1), title, font=look.font(10, bold=True), alignment=look.middle())
    for column in range(1, 6):
        sheet.cell(row, column).border = look.edges(bottom=look.line(look.LINE_2))
    sheet.row_dimensions[row].height = 18
    return row + 1
