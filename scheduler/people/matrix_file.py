"""Who holds what, as a workbook: the table of the page, and a list with a state in words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from scheduler.people.models import Person, Qualification
from scheduler.people.queries import Held
from scheduler.people.rules import LAPSED, LAPSES, LATER, Standing

STATE_WORDS = {"valid": "valid", LAPSES: "lapses within 90 days", LAPSED: "lapsed", LATER: "to come"}
FILLS = {LAPSES: "FDF0D5", LAPSED: "FBE1E1"}
LIST_HEADS = ("Person", "Code", "Kind", "Qualification", "Held from", "Valid until", "State")
LIST_WIDTHS = (26, 12, 10, 26, 13, 13, 22)
DAY = "yyyy-mm-dd"


def write_matrix(
    people: Sequence[Person],
    names: Sequence[Qualification],
    cells: Mapping[tuple[int, int], Standing],
    held: Iterable[Held],
    today: date,
    stream: BinaryIO,
) -> None:
    """A cell holds the last day, in red once it is over and in amber where it is near."""
    workbook = Workbook(write_only=True)
    sheet: Any = workbook.create_sheet("Qualifications")
    sheet.freeze_panes = "B3"
    sheet.column_dimensions["A"].width = 26
    for number in range(2, len(names) + 2):
        sheet.column_dimensions[get_column_letter(number)].width = 13
    words = f"Last day on which each is held, as of {today}. Amber: within 90 days. Red: over."
    sheet.append([_cell(sheet, words)])
    sheet.append([_head(sheet, head) for head in ("Person", *(name.name for name in names))])
    for person in people:
        sheet.append(
            [
                _cell(sheet, person.name),
                *(_standing(sheet, cells.get((person.id, name.id))) for name in names),
            ]
        )
    _write_list(workbook, held, {person.id for person in people})
    workbook.save(stream)


def _write_list(workbook: Any, held: Iterable[Held], ids: set[int]) -> None:
    sheet: Any = workbook.create_sheet("List")
    sheet.freeze_panes = "A2"
    for number, width in enumerate(LIST_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_head(sheet, head) for head in LIST_HEADS])
    count = 1
    for each in held:
        if each.person.id not in ids:
            continue
        stands = each.standing
        person, name = each.person, each.qualification.name
        values = (person.name, person.code, person.kind, name, stands.since, stands.until)
        row = [_cell(sheet, value) for value in values]
        sheet.append([*row, _cell(sheet, STATE_WORDS[stands.state], FILLS.get(stands.state))])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(LIST_HEADS))}{count}"


def _standing(sheet: Any, stands: Standing | None) -> Any:
    if stands is None:
        return None
    return _cell(sheet, stands.until or "for good", FILLS.get(stands.state))


def _cell(sheet: Any, value: date | str | None, fill: str | None = None) -> Any:
    text: Any = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
    cell = WriteOnlyCell(sheet, text)
    if isinstance(value, str):
        cell.data_type = "s"  # a name that begins with = is a name
    elif value is not None:
        cell.number_format = DAY
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
    return cell


def _head(sheet: Any, text: str) -> Any:
    cell = _cell(sheet, text)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="bottom")
    return cell
