"""How the centre workbook looks: one writer for the blank template and for the export."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from scheduler.excel.columns import GROUPS, QUALIFICATIONS, Column, Sheet
from scheduler.excel.hours import hours_text
from scheduler.excel.moments import is_plain, wall_text
from scheduler.excel.sheets import SHEETS
from scheduler.excel.words import clean

INK, PAPER, TINT, ACCENT, LINE, GREY = "0F151C", "FFFFFF", "E4E7EC", "2F45C5", "C3CAD3", "5B6573"
LAST_ROW = 20_000
"""As far down as drop-downs and number formats are put."""

_WIDTHS = {
    "code": 14, "ref": 14, "refs": 26, "user": 26, "users": 26, "configuration": 14, "text": 22, "whole": 12,
    "flag": 11, "choice": 14, "date": 13, "moment": 18, "hours": 26, "zone": 20,
}  # fmt: skip
_WIDE = {"name": 34, "title": 44, "note": 44, "resources": 34}
_FORMATS = {"date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm", "whole": "0"}
_README_WIDTHS = (22, 20, 12, 92, 32)
_RIGHT = Alignment(horizontal="right", indent=1)
_HAIR = Border(bottom=Side(style="thin", color=LINE))


def _font(color: str = INK, *, bold: bool = False, size: int = 11) -> Font:
    return Font(name="Calibri", size=size, bold=bold, color=color)


Rows = Mapping[str, Iterable[Mapping[str, Any]]]
"""Title of a sheet -> its rows, by field."""


def write_book(stream: IO[bytes], rows: Rows, zone: ZoneInfo, about: str) -> None:
    """A whole centre workbook; `about` is the line under its title."""
    workbook = Workbook(write_only=True)
    workbook.properties.title = "Markaz centre workbook"
    workbook.properties.creator = "Markaz"
    lists = _lists()
    _write_readme(workbook, about)
    for sheet in SHEETS:
        _write_sheet(workbook, sheet, rows.get(sheet.title, ()), zone, lists)
    _write_lists(workbook, lists)
    workbook.save(stream)


def text_cell(sheet: Any, text: str) -> Any:
    """A cell that is text whatever it begins with: never a formula, also not after editing."""
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    if text[:1] in ("=", "+", "-", "@"):
        cell.quotePrefix = True
    return cell


def _write_sheet(
    workbook: Workbook,
    sheet: Sheet,
    rows: Iterable[Mapping[str, Any]],
    zone: ZoneInfo,
    lists: dict[str, Sequence[str]],
) -> None:
    page = workbook.create_sheet(sheet.title)
    page.freeze_panes = "B2"
    page.sheet_properties.tabColor = ACCENT if sheet.required else INK if not sheet.is_child else GREY
    _print_landscape(page)
    page.print_title_rows = "1:1"
    for number, column in enumerate(sheet.columns, start=1):
        letter = get_column_letter(number)
        dimension = page.column_dimensions[letter]
        dimension.width = max(_WIDE.get(column.field, _WIDTHS[column.kind]), len(column.title) + 3)
        # Text, so that Excel turns no code into a number or a date.
        dimension.number_format = _FORMATS.get(column.kind, "@" if column.is_code else "General")
        if validation := _validation(column, letter, lists):
            page.data_validations.append(validation)
    page.row_dimensions[1].height = 21
    page.append([_head(page, column) for column in sheet.columns])
    for row in rows:
        page.append([_cell(page, column, row.get(column.field), zone) for column in sheet.columns])


def _head(page: Any, column: Column) -> Any:
    cell = text_cell(page, column.title)
    cell.font = _font(PAPER if column.required else INK, bold=True)
    cell.fill = PatternFill("solid", fgColor=INK if column.required else TINT)
    is_number = column.kind in _FORMATS
    cell.alignment = Alignment("right" if is_number else None, "center", indent=1 if is_number else 0)
    cell.border = _HAIR
    needed = "Required." if column.required else "May stay blank."
    example = f"\nExample: {column.example}" if column.example else ""
    cell.comment = Comment(f"{column.hint}\n{needed}{example}", "Markaz", height=110, width=300)
    return cell


def _cell(page: Any, column: Column, value: Any, zone: ZoneInfo) -> Any:
    """A value as the reader reads it back exactly."""
    if value is None or value == "" or value == ():
        return None
    if isinstance(value, bool):
        return None if not value and not column.blank else "yes" if value else "no"
    if isinstance(value, datetime):
        if not is_plain(value, zone):
            return text_cell(page, wall_text(value, zone))
        cell = WriteOnlyCell(page, value=value.astimezone(zone).replace(tzinfo=None))
        cell.alignment = _RIGHT
        cell.number_format = _FORMATS["moment"] + (":ss" if value.astimezone(UTC).second else "")
        return cell
    if isinstance(value, date):
        cell = WriteOnlyCell(page, value=datetime(value.year, value.month, value.day))  # noqa: DTZ001 - a wall day
        cell.alignment = _RIGHT
        cell.number_format = _FORMATS["date"]
        return cell
    if isinstance(value, int):
        cell = WriteOnlyCell(page, value=value)
        cell.alignment = _RIGHT
        return cell
    text = (
        hours_text(value)
        if column.kind == "hours"
        else "; ".join(value)
        if isinstance(value, tuple)
        else value
    )
    cell = text_cell(page, clean(text))
    if column.is_code:
        cell.number_format = "@"
    return cell


def _lists() -> dict[str, Sequence[str]]:
    """Title of a list -> what a cell of its columns may hold."""
    lists: dict[str, Sequence[str]] = {"yes or no": ("yes", "no")}
    for sheet in SHEETS:
        for column in sheet.columns:
            if column.choices:
                title = _list_title(sheet, column)
                lists.setdefault(title, column.choices)
    return lists


def _list_title(sheet: Sheet, column: Column) -> str:
    shared = ("priority", "phase")
    return column.title if column.field in shared else f"{sheet.title}: {column.title}"


def _validation(column: Column, letter: str, lists: dict[str, Sequence[str]]) -> DataValidation | None:
    """A drop-down: values of a list are demanded, codes of another sheet only offered."""
    if column.choices or column.kind == "flag":
        choices = column.choices or lists["yes or no"]
        place, items = next(
            (number, items) for number, items in enumerate(lists.values(), start=1) if items == choices
        )
        source = f"Lists!${get_column_letter(place)}$2:${get_column_letter(place)}${len(items) + 1}"
        validation = DataValidation("list", formula1=source, allow_blank=True, showErrorMessage=True)
        validation.errorTitle = column.title
        validation.error = f"Choose one of {', '.join(choices)}."
    elif column.kind == "ref" and column.refers_to not in (QUALIFICATIONS, GROUPS):
        source = f"'{column.refers_to}'!$A$2:$A${LAST_ROW}"
        validation = DataValidation("list", formula1=source, allow_blank=True, showErrorMessage=False)
    else:
        return None
    validation.add(f"{letter}2:{letter}{LAST_ROW}")
    return validation


def _write_lists(workbook: Workbook, lists: dict[str, Sequence[str]]) -> None:
    page = workbook.create_sheet("Lists")
    page.freeze_panes = "A2"
    for number, title in enumerate(lists, start=1):
        page.column_dimensions[get_column_letter(number)].width = max(16, len(title) + 3)
    heads = []
    for title in lists:
        cell = text_cell(page, title)
        cell.font, cell.fill = _font(bold=True), PatternFill("solid", fgColor=TINT)
        heads.append(cell)
    page.append(heads)
    for number in range(max(len(items) for items in lists.values())):
        page.append(
            [
                None
                if number >= len(items)
                else int(items[number])
                if items[number].isdigit()
                else items[number]
                for items in lists.values()
            ]
        )


_STEPS = (
    "Fill the sheets Resources, Projects and Requests; the ways to do a request stand in Alternatives. "
    "All other sheets are for those who need them: leave them empty or delete them.",
    "Columns with a dark head are required in every row. Point at a head to read what belongs there.",
    "A code names a row, and stays with it: import the workbook again and the rows with known codes are "
    "updated, those with new codes added. Nothing is doubled, and no row of a sheet with codes is removed.",
    "The rows of the other sheets belong to a row with a code. Where such a sheet is in the workbook, its "
    "rows replace the earlier ones of every resource, person or request that the workbook names: also when "
    "there are none. Delete a sheet that you do not mean to change.",
    "Times are local to the site. Write real dates, or text such as 2026-11-30 08:00. In the hour that comes "
    "twice when clocks go back, write 2026-10-25 01:30 first, or second.",
    "Several codes in one cell stand apart by a semicolon: A; B.",
    "A blank State means approved when a manager or administrator imports, submitted when a researcher does; "
    "a request that is already stored keeps its state.",
    "Check and import: the page Import, or the command markaz import FILE. A trial run comes first; it names "
    "every fault with its cell, and what would change. Then all of it is imported, or nothing.",
)


def _write_readme(workbook: Workbook, about: str) -> None:
    page = workbook.create_sheet("README")
    page.sheet_view.showGridLines = False
    page.sheet_properties.tabColor = INK
    _print_landscape(page)
    for letter, width in zip("ABCDE", _README_WIDTHS, strict=True):
        page.column_dimensions[letter].width = width
    page.row_dimensions[1].height = 26
    page.append([_word(page, "Markaz centre workbook", _font(size=18, bold=True), wrap=False)])
    page.append([_word(page, about, _font(GREY), wrap=False)])
    page.append([])
    line = 4
    for number, step in enumerate(_STEPS, start=1):
        _set_height(page, line, step)
        start = _word(page, f"{number}.", _font(ACCENT, bold=True))
        start.alignment = Alignment(horizontal="right", vertical="top", indent=1)
        label = {1: "To fill it", len(_STEPS): "To import it"}.get(number, "")
        page.append([_word(page, label, _font(bold=True)), None, start, _word(page, step, _font())])
        line += 1
    page.append([])
    heads = ("Sheet", "Column", "Required", "What stands there", "Example")
    page.append([_word(page, head, _font(PAPER, bold=True), fill=INK) for head in heads])
    line += 2
    for sheet in SHEETS:
        _set_height(page, line, sheet.hint)
        words = (sheet.title, "", "yes" if sheet.required else "", sheet.hint, "")
        cells = [_word(page, word, _font(bold=True), fill=TINT) for word in words]
        cells[0].hyperlink = f"#'{sheet.title}'!A1"
        cells[0].font = _font(ACCENT, bold=True)
        page.append(cells)
        line += 1
        for column in sheet.columns:
            _set_height(page, line, column.hint)
            words = ("", column.title, "yes" if column.required else "", column.hint, column.example)
            page.append([_word(page, word, _font()) for word in words])
            line += 1


def _word(page: Any, text: str, font: Font, *, fill: str = "", wrap: bool = True) -> Any:
    cell = text_cell(page, text)
    cell.font = font
    cell.alignment = Alignment(wrap_text=wrap, vertical="top")
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
    return cell


def _set_height(page: Any, line: int, text: str) -> None:
    # Programs do not fit the height of wrapped rows that were never edited in them.
    lines = -(-len(text) // (_README_WIDTHS[3] + 4))
    page.row_dimensions[line].height = 15.5 * max(1, lines)


def _print_landscape(page: Any) -> None:
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
