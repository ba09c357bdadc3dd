"""One cell, one value: what is read rightly, and what is refused with which words."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.excel import faults as kinds
from scheduler.excel.faults import CellFault
from scheduler.excel.hours import hours_text, read_hours
from scheduler.excel.moments import is_plain, read_day, read_moment, wall_text
from scheduler.excel.reading import ErrorValue, Formula, LongText, Padded, TimeOfDay
from scheduler.excel.sheets import BY_TITLE
from scheduler.excel.values import read_cell

KARACHI, BERLIN, UTC_ZONE = ZoneInfo("Asia/Karachi"), ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")


def read(sheet: str, field: str, cell: object) -> object:
    return read_cell(cell, BY_TITLE[sheet].column(field), KARACHI)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        (240, 240),
        (240.0, 240),
        ("240", 240),
        (" 240 ", 240),
        ("۲۴۰", 240),
        ("٢٤٠", 240),
        ("２４０", 240),
        ("\u200f۲۴۰", 240),
        ("240.0", 240),
        (Padded(240, "0240"), 240),
    ],
    ids=["number", "float", "text", "spaces", "Urdu", "Arabic", "full-width", "mark", "point", "padded"],
)
def test_numbers_are_read_however_they_are_written(cell, minutes):
    assert read("Requests", "wish_minutes", cell) == minutes


@pytest.mark.parametrize(
    ("cell", "kind", "words"),
    [
        ("4 hrs", kinds.TEXT_FOR_NUMBER, "Write 240."),
        ("45 min", kinds.TEXT_FOR_NUMBER, "Write 45."),
        ("soon", kinds.TEXT_FOR_NUMBER, "Write a number"),
        (True, kinds.TEXT_FOR_NUMBER, "Write a number"),
        (datetime(2026, 1, 1), kinds.TEXT_FOR_NUMBER, "Write a number"),
        (-1, kinds.NEGATIVE, "Write 1 or more."),
        ("−5", kinds.NEGATIVE, "Write 1 or more."),
        (0, kinds.OUT_OF_RANGE, "Write 1 to"),
        (4.5, kinds.NOT_WHOLE, "Write 4 or 5."),
        (Formula("=A1"), kinds.FORMULA, "paste it as a value"),
        (ErrorValue("#REF!"), kinds.ERROR_VALUE, "Write the value"),
        (LongText(90_000), kinds.TOO_LONG, "Shorten"),
    ],
)
def test_what_is_no_number_of_minutes_is_refused(cell, kind, words):
    with pytest.raises(CellFault) as fault:
        read("Requests", "wish_minutes", cell)
    assert fault.value.kind == kind
    assert words in fault.value.remedy


def test_a_lag_below_nothing_has_a_name_of_its_own():
    assert read("Precedences", "min_lag_minutes", 0) == 0
    with pytest.raises(CellFault) as fault:
        read("Precedences", "min_lag_minutes", -1)
    assert fault.value.kind == kinds.NEGATIVE_LAG


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("  TV-1 ", "TV-1"),
        ("TV   1", "TV 1"),
        (12, "12"),
        (12.0, "12"),
        ("007", "007"),
        ("e\u0301tuve", "\u00e9tuve"),
    ],
    ids=["spaces around", "spaces inside", "number", "float", "text with zeros", "decomposed"],
)
def test_codes_are_read_however_they_are_written(cell, code):
    assert read("Resources", "code", cell) == code


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        (Padded(7, "007"), kinds.LEADING_ZEROS),
        (datetime(2026, 3, 4), kinds.NO_CODE),
        (TimeOfDay("08:00:00"), kinds.NO_CODE),
        ("A; B", kinds.NO_CODE),
        ("x" * 61, kinds.TOO_LONG),
    ],
)
def test_what_is_no_code_is_refused(cell, kind):
    with pytest.raises(CellFault) as fault:
        read("Resources", "code", cell)
    assert fault.value.kind == kind


def test_several_codes_stand_apart_by_any_semicolon():
    assert read("Alternatives", "resources", "A; B；C؛ A;") == ("A", "B", "C")
    assert read("Alternatives", "resources", "A\nB \n") == ("A", "B")


@pytest.mark.parametrize(("cell", "state"), [("approved", "approved"), (" APPROVED ", "approved")])
def test_words_of_a_list_are_read_in_any_case(cell, state):
    assert read("Requests", "state", cell) == state


@pytest.mark.parametrize(
    ("sheet", "field", "cell", "remedy"),
    [
        ("Requests", "state", "aproved", "Did you mean approved?"),
        ("Requests", "state", "zzz", "Write one of draft"),
        ("Requests", "priority", 6, "Write one of 1, 2, 3, 4, 5."),
        ("Requests", "priority", "high", "Write one of 1, 2, 3, 4, 5."),
        ("Requests", "is_mandatory", "perhaps", "Write yes or no."),
        ("Site", "time_zone", "Asia/Karatchi", "Did you mean Asia/Karachi?"),
    ],
)
def test_words_out_of_a_list_are_refused(sheet, field, cell, remedy):
    with pytest.raises(CellFault) as fault:
        read(sheet, field, cell)
    assert fault.value.kind == kinds.NOT_IN_LIST
    assert fault.value.remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-30", date(2026, 11, 30)),
        ("2026/11/30", date(2026, 11, 30)),
        ("۲۰۲۶-۱۱-۳۰", date(2026, 11, 30)),
        ("２０２６－１１－３０", date(2026, 11, 30)),
        ("30.11.2026", date(2026, 11, 30)),
        ("11/30/2026", date(2026, 11, 30)),
        ("5/5/2026", date(2026, 5, 5)),
        ("30 Nov 2026", date(2026, 11, 30)),
        ("November 30, 2026", date(2026, 11, 30)),
    ],
)
def test_days_that_read_in_one_way_are_read(text, day):
    assert read_day(text) == day


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("03/04/26", kinds.TWO_READINGS),
        ("03/04/2026", kinds.TWO_READINGS),
        ("3.4.2026", kinds.TWO_READINGS),
        ("13/04/26", kinds.TWO_READINGS),
        ("2026-02-30", kinds.NO_SUCH_DAY),
        ("31/11/2026", kinds.NO_SUCH_DAY),
        ("31 Feb 2027", kinds.NO_SUCH_DAY),
        ("2026-11-30 08:00", kinds.NO_DATE),
        ("soon", kinds.NO_DATE),
        ("2026-11", kinds.NO_DATE),
    ],
)
def test_days_that_do_not_are_refused(text, kind):
    with pytest.raises(CellFault) as fault:
        read_day(text)
    assert fault.value.kind == kind


def test_both_readings_of_a_date_are_named():
    with pytest.raises(CellFault) as fault:
        read_day("03/04/26")
    assert fault.value.message == '"03/04/26" can be 4 Mar 2026 or 3 Apr 2026.'
    assert fault.value.remedy == "Write 2026-03-04 or 2026-04-03."


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-30 08:00", datetime(2026, 11, 30, 3, tzinfo=UTC)),
        ("2026-11-30T08:00:30", datetime(2026, 11, 30, 3, 0, 30, tzinfo=UTC)),
        ("2026-11-30", datetime(2026, 11, 29, 19, tzinfo=UTC)),
        ("2026-11-30 24:00", datetime(2026, 11, 30, 19, tzinfo=UTC)),
        ("۲۰۲۶-۱۱-۳۰ ۰۸:۰۰", datetime(2026, 11, 30, 3, tzinfo=UTC)),
        ("2026-11-30 08:00 AM", datetime(2026, 11, 30, 3, tzinfo=UTC)),
        ("30/11/2026 12:30 pm", datetime(2026, 11, 30, 7, 30, tzinfo=UTC)),
        ("11/30/2026 12:30 a.m.", datetime(2026, 11, 29, 19, 30, tzinfo=UTC)),
        ("2026-11-30 11:59PM", datetime(2026, 11, 30, 18, 59, tzinfo=UTC)),
    ],
)
def test_times_are_local_to_the_site(text, utc):
    assert read_moment(text, KARACHI) == utc


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2026-11-30 25:00", kinds.NO_SUCH_TIME),
        ("2026-11-30 08:60", kinds.NO_SUCH_TIME),
        ("2026-03-29 02:30", kinds.NO_SUCH_TIME),
        ("2026-10-25 02:30", kinds.NO_SUCH_TIME),
        ("9999-11-30 08:00", kinds.NO_SUCH_TIME),
        ("2026-11-30 13:00 PM", kinds.NO_SUCH_TIME),
        ("2026-11-30 00:00 AM", kinds.NO_SUCH_TIME),
        ("03/04/2026 10:30 AM", kinds.TWO_READINGS),
    ],
    ids=[
        "hour 25",
        "minute 60",
        "skipped by the clock",
        "comes twice",
        "far away",
        "13 PM",
        "0 AM",
        "two readings and AM",
    ],
)
def test_times_that_are_none_are_refused(text, kind):
    with pytest.raises(CellFault) as fault:
        read_moment(text, BERLIN)
    assert fault.value.kind == kind


def test_the_hour_that_comes_twice_is_written_and_read_with_its_number():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    for moment, text in ((first, "first"), (first + timedelta(hours=1), "second")):
        assert wall_text(moment, BERLIN) == f"2026-10-25 02:30 {text}"
        assert read_moment(wall_text(moment, BERLIN), BERLIN) == moment
        assert not is_plain(moment, BERLIN)
    assert is_plain(first - timedelta(hours=1), BERLIN)


def test_a_moment_with_parts_of_a_second_is_written_exactly():
    moment = datetime(2026, 11, 30, 8, 0, 1, 250_000, tzinfo=UTC)
    assert not is_plain(moment, UTC_ZONE)
    assert read_moment(wall_text(moment, UTC_ZONE), UTC_ZONE) == moment


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("08:00-12:00; 13:00-17:00", ((480, 720), (780, 1020))),
        ("13:00-17:00, 8-12", ((480, 720), (780, 1020))),
        ("24h", ((0, 1440),)),
        ("00:00-24:00", ((0, 1440),)),
        ("22:00-06:00", ((1320, 1800),)),
        ("22:00–06:00", ((1320, 1800),)),
        ("۰۸:۰۰-۱۷:۰۰", ((480, 1020),)),
        ("08:00-33:20", ((480, 2000),)),
        ("closed", ()),
    ],
)
def test_opening_hours_are_read_and_written_back(text, hours):
    assert read_hours(text) == hours
    assert read_hours(hours_text(hours) or "closed") == hours


@pytest.mark.parametrize("text", ["08:00", "8-8", "morning", "08:00-49:00", "08:61-12:00", "25:00-26:00"])
def test_what_are_no_opening_hours_is_refused(text):
    with pytest.raises(CellFault) as fault:
        read_hours(text)
    assert fault.value.kind == kinds.NO_HOURS
