"""Workbooks for tests: a small good centre by titles of columns, and ways to write and spoil it."""

import io
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

from scheduler.excel.sheets import BY_TITLE, SHEETS

Rows = dict[str, list[dict[str, Any]]]


def good_centre() -> Rows:
    """A centre with something in every sheet; week 49 of 2026, zone Asia/Karachi."""
    return {
        "Site": [{"Code": "NSC", "Name": "National Space Centre", "Time zone": "Asia/Karachi"}],
        "Resources": [
            {"Code": "HALL", "Name": "Hall", "Kind": "room", "Capacity": 3, "Location": "Building 1"},
            {"Code": "TV-1", "Name": "Thermal chamber 1", "Kind": "test facility", "Calendar": "DAY",
             "Setup min": 30, "Teardown min": 15, "Configuration": "cold",
             "Calibration due": date(2027, 3, 1)},
            {"Code": "TV-2", "Name": "Thermal chamber 2", "Kind": "test facility", "Part of": "HALL"},
            {"Code": "SIM-1", "Name": "Docking simulator", "Kind": "trainer",},
            {"Code": "LAB-1", "Name": "光学实验室", "Calendar": "DAY", "Zone": "HALL", "Hazardous": "yes",
             "Least people": 2, "Restricted": "yes", "Notice min": 1440, "Horizon days": 180,
             "Shortest min": 30, "Longest min": 2880},
            {"Code": "LAB-2", "Name": "خلائی تجربہ گاہ"},
        ],
        "Utilities": [
            {"Code": "LN2", "Name": "Liquid nitrogen", "Unit": "l", "Capacity": 400, "Per": "day"},
            {"Code": "POWER", "Name": "Power", "Unit": "kW", "Capacity": 90},
        ],
        "Organisations": [
            {"Code": "NSC", "Name": "The centre", "Kind": "home"},
            {"Code": "CNSA", "Name": "Partner agency", "Kind": "partner"},
        ],
        "Staff": [
            {"Code": "P-1", "Name": "Sana Mirza", "Organisation": "NSC", "Calendar": "DAY",
             "Most min a day": 480, "Most min a week": 2400, "Least rest min": 660,
             "Most days in a row": 6},
            {"Code": "P-2", "Name": "李雯", "Organisation": "CNSA", "E-mail": "li@centre.example"},
            {"Code": "P-3", "Name": "Noor Ahmed", "Kind": "trainee"},
            {"Code": "P-4", "Name": "Rabia Anwar"},
        ],
        "Projects": [
            {"Code": "BDR", "Name": "Badr-3", "Kind": "R&D", "Programme": "Badr", "Partner": "CNSA",
             "Priority": 1, "Quota min": 60000, "Cost code": "C-1"},
            {"Code": "SHN", "Name": "Shaheen crew", "Kind": "training", "Confidential": "yes"},
            {"Code": "OPT", "Name": "Optical terminal", "Kind": "application"},
        ],
        "Calendars": [
            {"Code": "DAY", "Name": "Day shift", "Keeps holidays": "yes", "Mon": "08:00-12:00; 13:00-17:00",
             "Tue": "08:00-17:00", "Wed": "24h", "Thu": "08:00-17:00", "Fri": "22:00-06:00"},
            {"Code": "OPEN", "Name": "Always open", "Keeps holidays": "no"},
        ],
        "Requests": [
            _request("R-1", "Hot case", "BDR", 240, **{"Least min": 180, "Configuration": "hot"}),
            _request("R-2", "Leak test", "BDR", 120, **{"Setup min": 30, "Teardown min": 0, "Priority": 2}),
            _request("R-3", "Dive 9", "SHN", 90, **{"Exclusive group": "CREW", "Participants": "P-3"}),
            _request("R-4", "Docking run", "SHN", 60, **{"Exclusive group": "CREW", "Chain": "C-1"}),
            _request("R-5", "Long exposure", "OPT", 600,
                     **{"Most parts": 2, "Least part min": 240, "Value": 900, "Mandatory": "yes"}),
            _request("R-6", "Alignment", "OPT", 60, State="draft", Note="two lines\nof note"),
            _request("R-7", "Calibration", "OPT", 45),
            _request("R-8", "Review", "BDR", 30, Due=datetime(2026, 12, 3, 12)),
        ],
        "Alternatives": [
            {"Request": "R-1", "Number": 1, "Resources": "TV-1"},
            {"Request": "R-1", "Number": 2, "Resources": "TV-2", "Penalty": 20},
            {"Request": "R-2", "Number": 1, "Resources": "TV-1"},
            {"Request": "R-3", "Number": 1, "Resources": "SIM-1; HALL"},
            {"Request": "R-4", "Number": 1, "Resources": "SIM-1"},
            {"Request": "R-5", "Number": 1, "Resources": "LAB-1"},
            {"Request": "R-6", "Number": 1, "Resources": "LAB-1"},
            {"Request": "R-7", "Number": 1, "Resources": "LAB-2"},
            {"Request": "R-8", "Number": 1, "Resources": "HALL"},
        ],
        "Windows": [
            {"Request": "R-1", "From": datetime(2026, 11, 30, 8), "To": datetime(2026, 12, 1, 20)},
            {"Request": "R-1", "Alternative": 2, "From": "2026-12-02 08:00", "To": "2026-12-02 20:00",
             "Binds": "whole"},
            {"Request": "R-5", "From": datetime(2026, 11, 30, 8), "To": datetime(2026, 12, 4, 20),
             "Binds": "run"},
        ],
        "Needs": [
            {"Request": "R-1", "Qualification": "vacuum operator", "Count": 1, "Phase": "all"},
            {"Request": "R-3", "Qualification": "instructor", "Phase": "run"},
            {"Request": "R-4", "Qualification": "instructor"},
        ],
        "Draws": [
            {"Request": "R-1", "Utility": "LN2", "Amount": 40, "Phase": "run"},
            {"Request": "R-5", "Utility": "POWER", "Amount": 10},
        ],
        "Precedences": [
            {"Before": "R-1", "After": "R-2", "Min lag min": 30, "Max lag min": 480},
            {"Before": "R-3", "After": "R-4", "Same resource": "yes"},
            {"Before": "R-5", "After": "R-6"},
        ],
        "Changeovers": [
            {"Resource": "TV-1", "From": "cold", "To": "hot", "Minutes": 90},
            {"Resource": "TV-1", "From": "hot", "To": "cold", "Minutes": 120},
        ],
        "Outages": [
            {"Resource": "TV-2", "From": datetime(2026, 12, 1, 8), "To": datetime(2026, 12, 1, 18),
             "Reason": "calibration"},
            {"Resource": "SIM-1", "From": datetime(2026, 12, 3, 8), "To": datetime(2026, 12, 3, 10)},
        ],
        "Qualifications": [
            {"Person": "P-1", "Qualification": "vacuum operator", "Valid from": date(2026, 1, 1),
             "Valid until": date(2026, 12, 2)},
            {"Person": "P-2", "Qualification": "vacuum operator"},
            {"Person": "P-4", "Qualification": "instructor", "Valid from": date(2025, 1, 1)},
        ],
        "Absences": [
            {"Person": "P-2", "From": datetime(2026, 12, 1), "To": datetime(2026, 12, 2), "Reason": "leave"},
        ],
        "Holidays": [
            {"Date": date(2026, 12, 25), "Name": "Quaid-e-Azam Day"},
            {"Date": date(2026, 12, 4), "Name": "A moon not yet seen", "Provisional": "yes"},
        ],
        "Overlays": [
            {"Calendar": "DAY", "Name": "Short days", "From": date(2026, 12, 3), "Until": date(2026, 12, 4),
             "Thu": "08:00-13:00"},
        ],
        "Levels": [
            {"Utility": "POWER", "From": datetime(2026, 12, 2), "To": datetime(2026, 12, 3), "Capacity": 40},
        ],
        "Qualification codes": [{"Code": "instructor", "Name": "Flight instructor"}],
        "Exclusive groups": [{"Code": "CREW", "Name": "Crew 1"}],
    }  # fmt: skip


def _request(code: str, title: str, project: str, wish: int, **more: Any) -> dict[str, Any]:
    return {
        "Code": code,
        "Title": title,
        "Project": project,
        "Wish min": wish,
        "Earliest": datetime(2026, 11, 30),
        "Latest": datetime(2026, 12, 5),
        **more,
    }


def make(rows: Mapping[str, list[dict[str, Any]]]) -> Workbook:
    """A workbook with these sheets and no others, header in row 1."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for sheet in SHEETS:
        if sheet.title in rows:
            page = workbook.create_sheet(sheet.title)
            page.append([column.title for column in sheet.columns])
            for row in rows[sheet.title]:
                unknown = set(row) - {column.title for column in sheet.columns}
                assert not unknown, f"{sheet.title} has no column {unknown}"
                page.append([row.get(column.title) for column in sheet.columns])
    return workbook


def content_of(workbook: Workbook) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def spoiled(*spoil: Callable[[Workbook], None], rows: Rows | None = None) -> bytes:
    """The good centre, after each of `spoil` had its way with it."""
    workbook = make(good_centre() if rows is None else rows)
    for one in spoil:
        one(workbook)
    return content_of(workbook)


def put(sheet: str, row: int, column: str, value: Any) -> Callable[[Workbook], None]:
    """Write a cell by the title of its column."""

    def spoil(workbook: Workbook) -> None:
        workbook[sheet].cell(row, place(sheet, column)).value = value

    return spoil


def place(sheet: str, column: str) -> int:
    return [one.title for one in BY_TITLE[sheet].columns].index(column) + 1


def row_of(sheet: str, first: str) -> int:
    """The row in which the good centre has that in its first column."""
    rows = good_centre()[sheet]
    title = BY_TITLE[sheet].columns[0].title
    return next(number for number, row in enumerate(rows, start=2) if row.get(title) == first)
