"""Reads a workbook in a process of its own: bytes in on stdin, plain cells as JSON lines out.

Nothing of Markaz but `limits` is imported here, so that what a hostile file can reach is small.
Cells are JSON values; what JSON has no word for is a list: ["date", iso], ["time", iso],
["formula", text], ["error", text], ["shown", number, text as displayed], ["long", characters].
"""

import io
import json
import re
import sys
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from scheduler.excel import limits


class Refused(Exception):
    """Why the file is not read, and what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


NOISE = timedelta(milliseconds=5)
SAVE_AGAIN = "Open it in Excel or LibreOffice and save it again as .xlsx."


def main() -> None:
    _limit_memory()
    # openpyxl takes NumPy where it finds it, for nothing that is needed here.
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]
    write = sys.stdout.write
    wanted = set(json.loads(sys.argv[1]))
    try:
        content = sys.stdin.buffer.read(limits.FILE_BYTES + 1)
        for line in read(content, wanted):
            write(json.dumps(line, ensure_ascii=True) + "\n")
        write('"end"\n')
    except Refused as refusal:
        write(json.dumps({"refused": refusal.message, "remedy": refusal.remedy}) + "\n")
    except MemoryError:
        write(
            json.dumps({"refused": "It needs too much memory.", "remedy": "Split it into smaller files."})
            + "\n"
        )
    except Exception as error:
        # Whatever the parser stumbles over, the file is at fault: the reader itself holds no state.
        reason = f"{type(error).__name__}: {error}"[:200]
        write(
            json.dumps({"refused": "It is damaged or not a workbook.", "remedy": SAVE_AGAIN, "why": reason})
            + "\n"
        )


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; the other guards hold there too
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits.CHILD_BYTES, limits.CHILD_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CHILD_SECONDS, limits.CHILD_SECONDS + 5))


def read(content: bytes, wanted: set[str]) -> Iterator[Any]:
    """Lines that say which sheets there are, and the cells of those that are wanted."""
    archive = _checked(content)
    import openpyxl

    # Things that openpyxl leaves out (data validation extensions, odd styles) are none of our data.
    warnings.simplefilter("ignore")
    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    yield {"sheets": [sheet.title for sheet in workbook.worksheets]}
    budget = _Budget()
    for sheet in workbook.worksheets:
        path: str = sheet._worksheet_path  # type: ignore[attr-defined]
        if " ".join(sheet.title.split()).casefold() not in wanted:
            continue
        yield {"sheet": sheet.title, "merges": _merges(archive, path)}
        # The size that the file states is often wrong; believed, rows beyond it would be lost.
        sheet.reset_dimensions()
        displays: dict[int, str] = {}
        for number, row in enumerate(sheet.iter_rows(), start=1):
            cells = [None if cell.value is None else _plain(cell, displays) for cell in row]
            while cells and cells[-1] is None:
                cells.pop()
            if cells:
                budget.spend(sheet.title, number, cells)
                yield [number, cells]


class _Budget:
    """Counts what was read, and stops where it is more than any centre has."""

    def __init__(self) -> None:
        self.rows = self.cells = self.characters = 0

    def spend(self, title: str, number: int, cells: list[Any]) -> None:
        self.rows += 1
        self.cells += len(cells)
        self.characters += sum(len(cell) for cell in cells if isinstance(cell, str))
        if len(cells) > limits.COLUMNS:
            raise Refused(
                f'Sheet "{title}" has something in column {len(cells)} of row {number}.',
                f"Delete all columns beyond number {limits.COLUMNS}.",
            )
        if self.rows > limits.ROWS or self.cells > limits.CELLS:
            raise Refused(
                f"It has more than {limits.ROWS} rows, or {limits.CELLS} cells.",
                "Split it into smaller files.",
            )
        if self.characters > limits.TEXT_CHARACTERS:
            raise Refused("It holds too much text.", "Split it into smaller files.")


def _plain(cell: Any, displays: dict[int, str]) -> Any:
    value = cell.value
    if isinstance(value, str):
        if cell.data_type == "f":
            return ["formula", value[: limits.CELL_CHARACTERS]]
        if cell.data_type == "e":
            return ["error", value]
        return value if len(value) <= limits.CELL_CHARACTERS else ["long", len(value)]
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        display = displays.get(cell._style_id)
        if display is None:
            display = displays[cell._style_id] = _zeros(cell.number_format or "")
        if display and value >= 0 and value == int(value):
            text = _with_zeros(int(value), display)
            return ["shown", int(value), text] if text != str(int(value)) else int(value)
        return value if abs(value) < 1e300 else ["error", "a number without end"]
    if isinstance(value, datetime):
        return ["date", _without_noise(value).isoformat()]
    if isinstance(value, date):
        return ["date", datetime.combine(value, time()).isoformat()]
    if isinstance(value, time):
        return ["time", value.isoformat()]
    if isinstance(value, timedelta):
        return ["time", str(value)]
    # What is left are formulas of more than one cell.
    return ["formula", str(getattr(value, "text", None) or "")[: limits.CELL_CHARACTERS]]


def _without_noise(moment: datetime) -> datetime:
    """08:00 where a cell holds 07:59:59.999: days are kept as fractions, and thirds of a day are rounded."""
    whole = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    return whole if abs(whole - moment) <= NOISE else moment


def _zeros(number_format: str) -> str:
    """The part of a number format that pads with zeros, with the words around it; empty if none does."""
    section = number_format.split(";")[0]
    section = re.sub(r"\[[^\]]*\]", "", section)
    words = re.sub(r'"([^"]*)"|\\(.)|_.|\*.', lambda m: m.group(1) or m.group(2) or "", section)
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.', "", section)
    return words if re.fullmatch(r"[^0-9#?.,%Ee/]*0{2,}[^0-9#?.,%Ee/]*", bare) else ""


def _with_zeros(number: int, display: str) -> str:
    found = re.search(r"0{2,}(?!.*0{2,})", display)
    if found is None:
        return str(number)
    return display[: found.start()] + str(number).zfill(len(found.group())) + display[found.end() :]


def _checked(content: bytes) -> zipfile.ZipFile:
    """The archive, after everything that can be known before parsing."""
    if len(content) > limits.FILE_BYTES:
        raise Refused(f"It is larger than {limits.FILE_BYTES // 1024**2} MB.", "Split it into smaller files.")
    archive = zipfile.ZipFile(io.BytesIO(content))
    members = archive.infolist()
    if len(members) > limits.MEMBERS:
        raise Refused(f"It has {len(members)} parts inside, more than {limits.MEMBERS}.", SAVE_AGAIN)
    names = {member.filename.lstrip("/").lower() for member in members}
    if len(names) != len(members):
        raise Refused("It holds the same part twice.", SAVE_AGAIN)
    if any(member.flag_bits & 0x1 for member in members):
        raise Refused("It is locked with a password.", "Save it without a password.")
    if "xl/workbook.bin" in names:
        raise Refused("It is a binary workbook (.xlsb).", SAVE_AGAIN)
    if "xl/workbook.xml" not in names:
        kind = "an OpenDocument file" if "mimetype" in names else "not a workbook"
        raise Refused(f"It is {kind}.", SAVE_AGAIN)
    if any("vbaproject" in name for name in names):
        raise Refused("It holds macros.", "Save it as .xlsx, which has none.")
    if any(name.startswith("xl/externallinks/") for name in names):
        raise Refused(
            "It is linked to other workbooks.", "Break the links (Data, Edit links) and save it again."
        )
    total = 0
    for member in members:
        total += _unpacked(archive, member, limits.UNPACKED_BYTES - total)
    return archive


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    """Bytes of a member, counted while reading: what the directory says may be a lie."""
    size, tail = 0, b""
    is_xml = member.filename.lower().endswith((".xml", ".rels", ".vml"))
    with archive.open(member) as part:
        while chunk := part.read(1 << 18):
            size += len(chunk)
            if size > left:
                raise Refused(
                    f"Unpacked it is larger than {limits.UNPACKED_BYTES // 1024**2} MB.",
                    "Split it into smaller files.",
                )
            if size > limits.RATIO_FROM_BYTES and size > limits.RATIO * max(member.compress_size, 1):
                raise Refused("It is packed too tightly to be a workbook that people filled.", SAVE_AGAIN)
            if is_xml and (b"<!DOCTYPE" in tail + chunk or b"<!ENTITY" in tail + chunk):
                raise Refused("It defines entities of its own, which no workbook needs.", SAVE_AGAIN)
            tail = chunk[-16:]
    return size


def _merges(archive: zipfile.ZipFile, path: str) -> list[list[int]]:
    """Merged areas of a sheet as [first row, first column, last row, last column]."""
    from openpyxl.utils import range_boundaries

    if not _mentions(archive, path, b"mergeCell"):
        return []
    from defusedxml.ElementTree import iterparse

    found = []
    with archive.open(path) as part:
        for _, element in iterparse(part, forbid_dtd=True):
            if element.tag.endswith("}mergeCell"):
                left, top, right, bottom = range_boundaries(element.get("ref"))
                found.append([int(top or 1), int(left or 1), int(bottom or 1), int(right or 1)])
            element.clear()
    return found


def _mentions(archive: zipfile.ZipFile, path: str, word: bytes) -> bool:
    tail = b""
    with archive.open(path) as part:
        while chunk := part.read(1 << 18):
            if word in tail + chunk or b"\x00" in chunk:  # zero bytes: UTF-16, look closely
                return True
            tail = chunk[-len(word) :]
    return False


if __name__ == "__main__":
    main()
