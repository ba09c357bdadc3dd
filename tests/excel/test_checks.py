"""Faults that more than one cell shows, and what must not follow from a fault elsewhere."""

import pytest

from scheduler.excel import faults as kinds
from tests.excel.trial import import_all, look, places
from tests.excel.workbooks import good_centre, put, spoiled


def _with(sheet: str, *more: dict[str, object]) -> bytes:
    rows = good_centre()
    rows[sheet].extend(more)
    return spoiled(rows=rows)


@pytest.mark.parametrize(
    ("pairs", "closing_rows"),
    [
        ([("R-2", "R-1")], [5]),
        ([("R-7", "R-7")], [5]),
        ([("R-2", "R-3"), ("R-4", "R-1")], [6]),
        ([("R-2", "R-1"), ("R-4", "R-3")], [5, 6]),
        ([("R-2", "R-7"), ("R-7", "R-8"), ("R-1", "R-8")], []),
    ],
    ids=["of two", "of one", "of four", "two circles", "a diamond is none"],
)
def test_each_circle_is_one_fault_in_the_row_that_closes_it(sqlite_database, pairs, closing_rows):
    found = look(_with("Precedences", *({"Before": before, "After": after} for before, after in pairs)))
    assert places(found) == [("Precedences", row, "After", kinds.CYCLE) for row in closing_rows]


def test_a_circle_closed_by_what_is_stored_is_found(sqlite_database):
    import_all(spoiled())
    rows = {
        "Resources": [],
        "Projects": [],
        "Requests": [good_centre()["Requests"][0]],
        "Precedences": [{"Before": "R-2", "After": "R-1"}],
    }
    assert places(look(spoiled(rows=rows))) == [("Precedences", 2, "After", kinds.CYCLE)]


@pytest.mark.parametrize(
    ("spoils", "fault"),
    [
        ([put("Requests", 2, "Least min", 241)], ("Requests", 2, "Least min", kinds.OUT_OF_RANGE)),
        ([put("Requests", 6, "Least part min", 601)], ("Requests", 6, "Least part min", kinds.OUT_OF_RANGE)),
        ([put("Precedences", 2, "Max lag min", 29)], ("Precedences", 2, "Max lag min", kinds.OUT_OF_RANGE)),
        ([put("Resources", 2, "Part of", "TV-2")], ("Resources", 4, "Part of", kinds.PART_OF_ITSELF)),
        ([put("Resources", 3, "Capacity", 2)], ("Changeovers", 2, "Resource", kinds.OUT_OF_RANGE)),
        ([put("Changeovers", 2, "To", "COLD")], ("Changeovers", 2, "Minutes", kinds.OUT_OF_RANGE)),
        ([put("Windows", 3, "Alternative", 3)], ("Windows", 3, "Alternative", kinds.UNKNOWN_CODE)),
        ([put("Requests", 2, "Configuration", "hott")], ("Requests", 2, "Configuration", kinds.UNKNOWN_CODE)),
        ([put("Requests", 2, "Requester", "Sana")], ("Requests", 2, "Requester", kinds.UNKNOWN_CODE)),
        ([put("Requests", 9, "Due", "2026-11-29")], ("Requests", 9, "Due", kinds.END_BEFORE_START)),
        ([put("Requests", 9, "Earliest", "2026-12-06")], ("Requests", 9, "Latest", kinds.END_BEFORE_START)),
        ([put("Absences", 2, "To", "2026-12-01")], ("Absences", 2, "To", kinds.END_BEFORE_START)),
        ([put("Overlays", 2, "Until", "2026-12-02")], ("Overlays", 2, "Until", kinds.END_BEFORE_START)),
        ([put("Alternatives", 3, "Number", 1)], ("Alternatives", 3, "Number", kinds.DUPLICATE_ROW)),
        ([put("Requests", 2, "Code", None)], ("Requests", 2, "Code", kinds.EMPTY_CELL)),
    ],
)
def test_faults_between_cells_are_one_fault_at_one_cell(sqlite_database, spoils, fault):
    assert places(look(spoiled(*spoils))) == [fault]


@pytest.mark.parametrize(
    "spoils",
    [
        [put("Requests", 2, "Least min", 240)],
        [put("Precedences", 2, "Max lag min", 30)],
        [put("Overlays", 2, "Until", "2026-12-03")],
        [put("Qualifications", 2, "Valid until", "2026-01-01")],
    ],
    ids=["least is wish", "one lag only", "overlay of a day", "qualified for a day"],
)
def test_the_edge_itself_is_no_fault(sqlite_database, spoils):
    assert places(look(spoiled(*spoils))) == []


def test_without_any_changeover_a_configuration_may_be_any_word(sqlite_database):
    rows = good_centre()
    rows["Changeovers"] = []
    assert places(look(spoiled(put("Requests", 3, "Configuration", "any"), rows=rows))) == []


def test_a_code_that_cannot_be_read_is_one_fault_though_others_name_it(sqlite_database):
    assert places(look(spoiled(put("Requests", 4, "Code", "=A3")))) == [
        ("Requests", 4, "Code", kinds.FORMULA)
    ]
    assert places(look(spoiled(put("Requests", 5, "Code", "R-3")))) == [
        ("Requests", 5, "Code", kinds.DUPLICATE_CODE)
    ]


def test_a_slip_of_the_pen_is_found_beside_a_code_that_cannot_be_read(sqlite_database):
    rows = good_centre()
    rows["Requests"].append({"Code": "=A9", "Title": "x", "Project": "OPT", "Wish min": 9})
    rows["Draws"][1]["Request"] = "R-9"
    assert places(look(spoiled(rows=rows))) == [
        ("Requests", 10, "Code", kinds.FORMULA),
        ("Draws", 3, "Request", kinds.UNKNOWN_CODE),
    ]


@pytest.mark.parametrize("formula", ['="CNSA"', '="CN"&"SA"', '=CONCATENATE("cn","sa")'])
def test_a_code_that_a_formula_spells_is_one_fault_though_one_other_names_it(sqlite_database, formula):
    rows = good_centre()
    del rows["Staff"][1]["Organisation"]  # which leaves one that names it
    assert places(look(spoiled(put("Organisations", 3, "Code", formula), rows=rows))) == [
        ("Organisations", 3, "Code", kinds.FORMULA)
    ]


@pytest.mark.parametrize(
    ("code", "kind", "more"),
    [("=A2", kinds.FORMULA, 0), ("NSC", kinds.DUPLICATE_CODE, 2)],
    ids=["a formula loses its code", "a double may be a row too many"],
)
def test_a_lost_code_is_believed_where_two_cells_name_it_and_a_doubled_one_where_three_do(
    sqlite_database, code, kind, more
):
    spoil = put("Organisations", 3, "Code", code)  # CNSA, of one person and one project
    rows = good_centre()
    found = places(look(spoiled(spoil, rows=rows)))
    assert ("Organisations", 3, "Code", kind) in found
    assert [fault[3] for fault in found].count(kinds.UNKNOWN_CODE) == more
    rows["Staff"][2]["Organisation"] = "CNSA"
    assert places(look(spoiled(spoil, rows=rows))) == [("Organisations", 3, "Code", kind)]


def test_circles_and_alternatives_are_checked_though_the_sheet_of_requests_is_missing(sqlite_database):
    rows = good_centre()
    rows["Precedences"].append({"Before": "R-7", "After": "R-7"})
    rows["Precedences"].append(dict(rows["Precedences"][0]))
    rows["Windows"][1]["Alternative"] = 3
    found = look(spoiled(lambda workbook: workbook.remove(workbook["Requests"]), rows=rows))
    assert places(found) == [
        ("Requests", None, "", kinds.MISSING_SHEET),
        ("Windows", 3, "Alternative", kinds.UNKNOWN_CODE),
        ("Precedences", 5, "After", kinds.CYCLE),
    ]


def test_of_a_missing_sheet_nothing_is_said_but_that(sqlite_database):
    found = look(spoiled(lambda workbook: workbook.remove(workbook["Resources"])))
    assert places(found) == [("Resources", None, "", kinds.MISSING_SHEET)]


def test_faults_say_what_where_and_what_to_do(sqlite_database):
    found = look(
        spoiled(
            put("Requests", 2, "Wish min", "4 hrs"),
            put("Alternatives", 2, "Resources", "TV-3; TV-2; PUMP"),
            put("Windows", 3, "To", "2026-12-01 20:00"),
        )
    )
    assert [f"{fault.cell}: {fault.message} {fault.remedy}" for fault in found.faults] == [
        'E2: "4 hrs" is not a number. Write 240.',
        'C2: There is no "TV-3", "PUMP" in Resources. Did you mean TV-2?',
        "D3: The end 2026-12-01 20:00 is before its start, 2026-12-02 08:00. "
        "Write a later end, or an earlier start.",
    ]
