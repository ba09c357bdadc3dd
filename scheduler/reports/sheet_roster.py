"""The roster of the weekly workbook: a row for each person, a column for each day."""

from datetime import date

from openpyxl.utils import get_column_letter

from scheduler.calendars.words import DAYS, MONTHS
from scheduler.intervals import Interval
from scheduler.reports import look
from scheduler.reports.fit import row_points
from scheduler.reports.look import Sheet
from scheduler.reports.table import write_heading
from scheduler.reports.week import Entry, PersonWeek, Turn, Week, clock_words

NAME_WIDTH, TOTAL_WIDTH, ALL_DAYS_WIDTH, QUIET_WIDTH = 20.0, 13.0, 136.0, 11.0
SIZE = 7.0


def write_roster(sheet: Sheet, week: Week, period: str, zone: str) -> int:
    """Everybody with a turn or an absence in these days; gives the row of the head."""
    row = write_heading(
        sheet,
        f"Roster · {period}",
        [
            f"Times are {zone}. A turn stands on the day on which it starts. Hours are those of duties that "
            "start in these days, of the person's limit for a week; taking part counts for no limit."
        ],
    )
    head = row
    widths = _day_widths(week)
    _write_head(sheet, row, week, widths)
    free = []
    for person in week.people:
        if not person.turns and not person.absences:
            free.append(person.name)
            continue
        row += 1
        _write_person(sheet, row, person, week, widths)
    if len(free) == len(week.people):
        look.write(sheet.cell(row + 1, 1), "Nobody is on duty in these days.", font=look.font(8, look.INK_3))
    elif free:
        _write_free(sheet, row + 2, free, len(week.people), len(week.days) + 2)
    sheet.freeze_panes = sheet.cell(head + 1, 2)
    return head


def _day_widths(week: Week) -> list[float]:
    """Days without a turn are narrow, so that the others have room for theirs."""
    starts = [turn.interval.start for person in week.people for turn, _ in person.turns]
    is_busy = [any(whole.start <= start < whole.end for start in starts) for _, whole in week.days]
    if not any(is_busy):
        return [ALL_DAYS_WIDTH / len(week.days)] * len(week.days)
    room = ALL_DAYS_WIDTH - QUIET_WIDTH * is_busy.count(False)
    return [room / is_busy.count(True) if busy else QUIET_WIDTH for busy in is_busy]


def _write_head(sheet: Sheet, row: int, week: Week, widths: list[float]) -> None:
    style = {
        "font": look.font(8, look.INK_2, bold=True),
        "border": look.edges(bottom=look.line(look.LINE_2)),
        "alignment": look.bottom(),
    }
    sheet.column_dimensions["A"].width = NAME_WIDTH
    look.write(sheet.cell(row, 1), "Person", **style)
    for column, (day, _) in enumerate(week.days, start=2):
        sheet.column_dimensions[get_column_letter(column)].width = widths[column - 2]
        words = f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
        if day in week.holidays:
            name, is_provisional = week.holidays[day]
            words += f"\n{name}{'?' if is_provisional else ''}"
        look.write(sheet.cell(row, column), words, **style)
    last = len(week.days) + 2
    sheet.column_dimensions[get_column_letter(last)].width = TOTAL_WIDTH
    look.write(sheet.cell(row, last), "Hours", **style)
    sheet.row_dimensions[row].height = 36 if any(day in week.holidays for day, _ in week.days) else 16


def _write_person(sheet: Sheet, row: int, person: PersonWeek, week: Week, widths: list[float]) -> None:
    border = look.edges(bottom=look.line(), left=look.line(look.LINE, "hair"))
    kind = "" if person.kind == "staff" else f", {person.kind}"
    texts = [(f"{person.name}\n{person.code}{kind}", NAME_WIDTH)]
    texts += [
        (_day_words(person, day, whole, week), width)
        for (day, whole), width in zip(week.days, widths, strict=True)
    ]
    hours, is_over = _hours_words(person, week)
    texts.append((hours, TOTAL_WIDTH))
    for column, (text, _) in enumerate(texts, start=1):
        look.write(
            sheet.cell(row, column),
            text,
            font=look.font(SIZE),
            alignment=look.top(is_mixed=True),
            border=border,
        )
    sheet.cell(row, 1).font = look.font(7.5, bold=True)
    if is_over:
        sheet.cell(row, len(texts)).font = look.font(SIZE, look.BAD, bold=True)
    sheet.row_dimensions[row].height = row_points(texts, SIZE + 0.2, least=20)


def _day_words(person: PersonWeek, day: date, whole: Interval, week: Week) -> str:
    """Turns that start on a day (on the first day also those that began before), and absences."""
    is_first = day == week.days[0][0]
    lines = []
    for turn, entry in person.turns:
        starts_here = whole.start <= turn.interval.start < whole.end
        if starts_here or (is_first and turn.interval.start < whole.start):
            lines.append(_turn_words(turn, entry, week, began_before=not starts_here))
    for absence in person.absences:
        if common := absence.intersection(whole):
            lines.append("away" if common == whole else f"away {clock_words(common, week.zone)}")
    return "\n".join(lines) or "·"


def _turn_words(turn: Turn, entry: Entry, week: Week, *, began_before: bool) -> str:
    when = clock_words(turn.interval, week.zone)
    if began_before:
        when = f"since {DAYS[turn.interval.start.astimezone(week.zone).weekday()]} {when}"
    if not entry.turns:  # the reader may know no more than that the person is not free
        return f"{when} {entry.title}"
    place = " + ".join(entry.facilities)
    role = f"{turn.phase}, {turn.role}" if turn.phase in ("setup", "teardown") else turn.role
    return f"{when} {place}\n{entry.letter} {entry.title} ({role})"


def _hours_words(person: PersonWeek, week: Week) -> tuple[str, bool]:
    duty = person.duty_minutes(week.span) / 60
    other = person.other_minutes(week.span) / 60
    words = f"{duty:.1f} h"
    is_over = False
    if week.is_one_week and person.most_minutes_week is not None:
        limit = person.most_minutes_week / 60
        is_over = duty > limit
        words = f"{duty:.1f} of {limit:g} h" + (", over" if is_over else "")
    if other:
        words += f"\ntakes part {other:.1f} h"
    return words, is_over


def _write_free(sheet: Sheet, row: int, names: list[str], of: int, columns: int) -> None:
    cell = look.merge(sheet, row, 1, columns)
    text = f"No turn in these days, {len(names)} of {of}: {', '.join(names)}."
    look.write(cell, text, font=look.font(8, look.INK_2), alignment=look.top(is_mixed=True))
    sheet.row_dimensions[row].height = row_points([(text, NAME_WIDTH + ALL_DAYS_WIDTH + TOTAL_WIDTH)], 8)
