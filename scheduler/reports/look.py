"""How cells look: the light values of the design's tokens, textures that survive grey printing, and
text that stays text.
"""

from collections.abc import Callable
from copy import copy
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook import Workbook
from openpyxl.worksheet.cell_range import CellRange

Cell = Any
Sheet = Any
"""openpyxl's types know no common name for a cell and one that is merged into another."""

FONT = "Arial"
"""With the same widths as Liberation Sans: the sheet prints alike in Excel and in LibreOffice."""

INK, INK_2, INK_3 = "0F151C", "434D5A", "5B6573"
LINE, LINE_2 = "DCE0E6", "7A8493"
PAPER, CLOSED, WHITE = "F4F5F7", "E3E6EB", "FFFFFF"
BAD, BAD_TINT = "B01E2B", "FBE8E9"
WARN, WARN_TINT = "7D4E00", "FDF0D5"
HEAT = ("F1F3F6", "D8E1EE", "B2C6E0", "7FA1CB", "3F6EA8", "123A70")
HEAT_FROM = (0.0, 0.20, 0.40, 0.60, 0.75, 0.90)

BLOCKS = {"R": "0B4F97", "T": "BA7300", "A": "178F70", "–": INK_3, "N": INK_2}
TINTS = {"R": "D6E4F8", "T": "FBE9C6", "A": "CFEEDD", "–": "E6E9EE", "N": "E6E9EE"}
ON_BLOCKS = {"R": WHITE, "T": INK, "A": INK, "–": WHITE, "N": WHITE}
KIND_WORDS = {"R": "R&D", "T": "Training", "A": "Application", "–": "Busy", "N": "No project"}


def font(size: float = 8, colour: str = INK, bold: bool = False) -> Font:
    return Font(name=FONT, size=size, color=colour, bold=bold)


def solid(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor=colour)


def pattern(name: Any, colour: str, ground: str) -> PatternFill:
    """A texture of Excel; where it is not drawn (LibreOffice) both colours are mixed."""
    return PatternFill(name, fgColor=colour, bgColor=ground)


def line(colour: str = LINE, style: Any = "thin") -> Side:
    return Side(style=style, color=colour)


def start_workbook(title: str, author: str) -> Any:
    """A workbook without sheets in the house font."""
    workbook: Any = Workbook()
    # Column widths count in digits of this font.
    workbook._named_styles["Normal"].font = font(9)
    workbook.properties.title = title
    workbook.properties.creator = author
    workbook.remove(workbook.worksheets[0])
    return workbook


def write(cell: Cell, value: Any, **look: Any) -> Cell:
    """Put a value into a cell; text never becomes a formula, whatever it begins with."""
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", value)
        cell.data_type = "s"
        if value[:1] in ("=", "+", "-", "@", "\t", "\r"):
            # Or Excel would take it for a formula as soon as somebody edits the cell.
            cell.quotePrefix = True
    else:
        cell.value = value
    return dress(cell, **look)


def write_formula(cell: Cell, formula: str, **look: Any) -> Cell:
    """A formula of ours: never made of anybody's text."""
    cell.value = formula
    return dress(cell, **look)


def dress(cell: Cell, **look: Any) -> Cell:
    """Set font, fill, border, alignment, number_format."""
    for name, value in look.items():
        setattr(cell, name, value)
    return cell


def dress_alike(cells: list[Cell], **look: Any) -> None:
    """The same look for many cells: made once and copied, which is ten times faster."""
    if not cells:
        return
    first = dress(cells[0], **look)
    for cell in cells[1:]:
        cell._style = copy(first._style)


class Painter:
    """Looks that repeat, made once: twenty thousand cells of a grid share a dozen of them."""

    def __init__(self) -> None:
        self._looks: dict[str, Any] = {}

    def paint(self, cell: Cell, name: str, make: Callable[[], dict[str, Any]]) -> None:
        if name not in self._looks:
            self._looks[name] = copy(dress(cell, **make())._style)
        cell._style = copy(self._looks[name])


def merge(sheet: Sheet, row: int, first: int, last: int) -> Cell:
    """Join cells of a row into one, and give it; no two of them may overlap."""
    if last > first:
        # sheet.merge_cells would compare with all earlier ones and restyle each border: half the time.
        sheet.merged_cells.ranges.add(CellRange(min_row=row, max_row=row, min_col=first, max_col=last))
    return sheet.cell(row, first)


def heat(share: float) -> tuple[PatternFill, Font]:
    """Ground and ink of a share of available hours, in six steps."""
    step = max(index for index, least in enumerate(HEAT_FROM) if share >= least)
    return solid(HEAT[step]), font(8, WHITE if step >= 4 else INK)


def middle(horizontal: str = "left", wrap: bool = False, indent: int = 0) -> Alignment:
    return Alignment(horizontal=horizontal, vertical="center", wrap_text=wrap, indent=indent)


def top(horizontal: str = "left", *, is_mixed: bool = False) -> Alignment:
    """`is_mixed`: names in several scripts, in our own order; alone, a text follows its own script."""
    order = 1 if is_mixed else 0
    return Alignment(horizontal=horizontal, vertical="top", wrap_text=True, readingOrder=order)


def bottom(horizontal: str = "left") -> Alignment:
    return Alignment(horizontal=horizontal, vertical="bottom", wrap_text=True)


def edges(**sides: Any) -> Border:
    return Border(**sides)
