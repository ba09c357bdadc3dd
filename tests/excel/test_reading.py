"""Files that are no good workbook are refused with a reason and a remedy, and cost little."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from scheduler.excel import child, limits
from scheduler.excel.reading import Formula, Padded, UnreadableFile, read_workbook
from tests.excel.trial import read_here
from tests.excel.workbooks import content_of, good_centre, make, spoiled


def _with_member(name: str, data: bytes, compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO(spoiled())
    with zipfile.ZipFile(stream, "a", compress) as archive:
        archive.writestr(name, data)
    return stream.getvalue()


def _with_sheet_xml(change: Callable[[bytes], bytes], sheet: str = "xl/worksheets/sheet1.xml") -> bytes:
    old, stream = zipfile.ZipFile(io.BytesIO(spoiled())), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            data = old.read(name)
            archive.writestr(name, change(data) if name == sheet else data)
    return stream.getvalue()


def _entities(declared: str, used: str) -> bytes:
    def change(xml: bytes) -> bytes:
        body = xml.decode()
        start = body.index("<worksheet")
        return (
            (f"<?xml version='1.0'?><!DOCTYPE x [{declared}]>" + body[start:])
            .replace("NSC", used, 1)
            .encode()
        )

    return _with_sheet_xml(change)


LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)


def _other_zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "x")
    return stream.getvalue()


def _many_parts() -> bytes:
    stream = io.BytesIO(spoiled())
    with zipfile.ZipFile(stream, "a") as archive:
        for number in range(limits.MEMBERS):
            archive.writestr(f"xl/media/{number}.png", b"")
    return stream.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600

BAD_FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "text with the name of a workbook": (lambda: b"Code;Title\nR-1;x\n", "not an Excel workbook"),
    "old xls": (lambda: OLE, "old workbook"),
    "locked with a password": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
    "cut off": (lambda: spoiled()[:3000], "damaged"),
    "larger than is read": (lambda: b"PK" + b"\0" * limits.FILE_BYTES, "larger than 10 MB"),
    "a zip of something else": (_other_zip, "not a workbook"),
    "bomb of blanks": (lambda: _with_member("xl/bomb.xml", b" " * 60_000_000), "packed too tightly"),
    "macros": (lambda: _with_member("xl/vbaProject.bin", b"x"), "macros"),
    "links to other workbooks": (
        lambda: _with_member("xl/externalLinks/externalLink1.xml", b"<x/>"),
        "linked to other workbooks",
    ),
    "too many parts": (_many_parts, "parts inside"),
    "an external entity": (
        lambda: _entities('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"),
        "defines entities",
    ),
    "billion laughs": (lambda: _entities(LAUGHS, "&j;"), "defines entities"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_with_its_reason_and_a_remedy(name):
    make_file, words = BAD_FILES[name]
    with pytest.raises(UnreadableFile, match=words) as refusal:
        read_workbook(make_file(), "centre.xlsx")
    assert refusal.value.remedy


def test_what_unpacks_to_too_much_is_refused_while_it_is_counted(monkeypatch):
    content = spoiled()
    size = sum(member.file_size for member in zipfile.ZipFile(io.BytesIO(content)).infolist())
    monkeypatch.setattr(limits, "UNPACKED_BYTES", size)
    assert read_here(content).sheets
    monkeypatch.setattr(limits, "UNPACKED_BYTES", size - 1)
    with pytest.raises(child.Refused, match="Unpacked it is larger"):
        read_here(content)


def test_rows_are_counted_and_one_too_many_is_refused(monkeypatch):
    content = spoiled()
    rows = sum(len(sheet.rows) for sheet in read_here(content).sheets.values())
    monkeypatch.setattr(limits, "ROWS", rows)
    assert read_here(content).sheets
    monkeypatch.setattr(limits, "ROWS", rows - 1)
    with pytest.raises(child.Refused, match="rows"):
        read_here(content)


def test_a_member_that_lies_about_its_size_is_refused():
    content = bytearray(_with_member("xl/media/1.bin", b"x" * 5000, zipfile.ZIP_STORED))
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    with pytest.raises(UnreadableFile, match="damaged"):
        read_workbook(bytes(content), "centre.xlsx")


@pytest.mark.parametrize("name", ["centre.xls", "centre.csv", "centre"])
def test_a_workbook_of_another_name_is_refused(name):
    with pytest.raises(UnreadableFile, match=r"\.xlsx"):
        read_workbook(spoiled(), name)


def test_a_good_workbook_is_read_with_its_sheets_and_the_names_of_the_others():
    workbook = make(good_centre())
    workbook.create_sheet("My notes")
    read = read_workbook(content_of(workbook), "Centre.XLSX")
    assert len(read.sheets["Requests"].rows) == 9
    assert read.others == ["My notes"]
    assert read.sheets["Requests"].rows[1][1][:2] == ["R-1", "Hot case"]


def test_rows_beyond_a_wrong_dimension_are_read():
    def change(xml: bytes) -> bytes:
        start, end = xml.index(b"<dimension"), xml.index(b"/>", xml.index(b"<dimension"))
        return xml[:start] + b'<dimension ref="A1:B2"' + xml[end:]

    read = read_workbook(_with_sheet_xml(change, "xl/worksheets/sheet2.xml"), "centre.xlsx")
    assert len(read.sheets["Resources"].rows) == 7
    assert len(read.sheets["Resources"].rows[2][1]) > 2


def test_dates_of_a_1904_workbook_are_the_same_days():
    workbook = make(good_centre())
    workbook.epoch = CALENDAR_MAC_1904
    read = read_workbook(content_of(workbook), "centre.xlsx")
    assert read.sheets["Requests"].rows[1][1][11] == datetime(2026, 11, 30)


def test_formulas_padded_numbers_and_merged_areas_are_told_apart():
    def spoil(workbook: openpyxl.Workbook) -> None:
        page = workbook["Resources"]
        page["B3"] = "=A3"
        page["A4"].value, page["A4"].number_format = 7, "000"
        page["A5"].value, page["A5"].number_format = 1234, "000"
        page["A6"].value, page["A6"].number_format = 5, '"TV-"00'
        page.merge_cells("E1:F1")

    sheet = read_workbook(spoiled(spoil), "centre.xlsx").sheets["Resources"]
    cells = dict(sheet.rows)
    assert cells[3][1] == Formula("=A3")
    assert cells[4][0] == Padded(7, "007")
    assert cells[5][0] == 1234
    assert cells[6][0] == Padded(5, "TV-05")
    assert sheet.merges == [(1, 5, 1, 6)]


def test_a_cell_far_to_the_right_is_refused_and_one_far_below_is_not():
    wide = spoiled(lambda workbook: workbook["Requests"].__setitem__("XFD4", "x"))
    with pytest.raises(UnreadableFile, match="column 16384 of row 4"):
        read_workbook(wide, "centre.xlsx")
    low = spoiled(lambda workbook: workbook["Draws"].__setitem__("A60000", "R-1"))
    assert read_workbook(low, "centre.xlsx").sheets["Draws"].rows[-1] == (60000, ["R-1"])
