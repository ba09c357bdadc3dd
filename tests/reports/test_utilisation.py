"""Utilisation figures: both sides of every edge, by hand, and the sums that always hold."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.calendars.rules import Opening, OpeningRules, local_midnight, open_time
from scheduler.intervals import Interval
from scheduler.reports.utilisation import FacilityFacts, Minutes, StayFacts, months_of, utilise
from tests.centre import at, span

UTC_ZONE = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
WEEK = Interval(at(0, 0), at(7, 0))
OFFICE = OpeningRules(tuple(Opening(day, 8 * 60, 18 * 60) for day in range(5)))


def facility(code="TV-1", capacity=1, rules=OFFICE, outages=(), within=WEEK, zone=UTC_ZONE):
    return FacilityFacts(code, f"Chamber {code}", "lab", capacity, open_time(rules, within, zone), outages)


def stay(run, setup=0, teardown=0, number=1, code="TV-1", **values):
    occupied = Interval(run.start - timedelta(minutes=setup), run.end + timedelta(minutes=teardown))
    facts = {"title": "Leak test", "project": "BDR", "kind": "R&D", "state": "booked", "part_no": 1} | values
    return StayFacts(booking_id=number, facility=code, run=run, occupied=occupied, **facts)


def figures(facilities, stays, within=WEEK, zone=UTC_ZONE) -> Minutes:
    return utilise(facilities, stays, within, zone).all


def test_a_week_by_hand():
    outages = [span(1, 10, 12), span(5, 9, 17)]  # Tuesday while open, Saturday while closed
    found = figures(
        [facility(outages=outages)],
        [stay(span(0, 9, 11), setup=30, teardown=15), stay(span(2, 13, 17), number=2)],
    )
    assert found.calendar == 7 * 24 * 60
    assert found.closed == 7 * 24 * 60 - 5 * 600
    assert found.outage == 120
    assert found.available == 5 * 600 - 120
    assert (found.productive, found.setup, found.changeover) == (120 + 240, 45, 0)
    assert found.booked == 405
    assert found.outside == 0
    assert found.idle == found.available - 405
    assert found.utilisation == pytest.approx(405 / 2880)
    assert found.productive_share == pytest.approx(360 / 405)


@pytest.mark.parametrize(
    ("run", "setup", "productive", "setup_minutes"),
    [
        (span(-1, 20, 24), 0, 0, 0),
        (span(-1, 23, 25), 60, 60, 0),
        (span(0, 0.5, 1), 60, 30, 30),
        (span(6, 23, 25), 30, 60, 30),
        (span(7, 0, 2), 60, 0, 60),
        (span(7, 1, 2), 60, 0, 0),
    ],
    ids=[
        "ends as the span starts",
        "run over the first edge",
        "setup over the first edge",
        "run over the last edge",
        "only its setup lies inside",
        "its setup begins as the span ends",
    ],
)
def test_a_booking_is_cut_at_the_edges_of_the_span(run, setup, productive, setup_minutes):
    found = figures([facility(rules=OpeningRules())], [stay(run, setup=setup)])
    assert (found.productive, found.setup) == (productive, setup_minutes)


def test_a_run_over_midnight_at_the_end_of_a_month_counts_in_both_months():
    found = utilise([facility(rules=OpeningRules())], [stay(span(0, 22, 28))], WEEK, UTC_ZONE)
    assert found.months == (date(2026, 11, 1), date(2026, 12, 1))
    assert found.of_month(date(2026, 11, 1)).productive == 120
    assert found.of_month(date(2026, 12, 1)).productive == 240
    assert [one.month.month for one in found.stays] == [11, 12]


@pytest.mark.parametrize(
    ("monday", "hours"),
    [(date(2026, 3, 23), 167), (date(2026, 10, 19), 169), (date(2026, 11, 30), 168)],
    ids=["clock goes forward", "clock goes back", "clock stays"],
)
def test_a_week_has_as_many_hours_as_its_clock(monday, hours):
    week = Interval(local_midnight(monday, BERLIN), local_midnight(monday + timedelta(days=7), BERLIN))
    always = facility(rules=OpeningRules(), within=week, zone=BERLIN)
    office = facility("L-1", within=week, zone=BERLIN)
    found = utilise([always, office], [], week, BERLIN)
    assert found.of_facility("TV-1").available == hours * 60
    assert found.of_facility("L-1").available == 50 * 60
    assert found.of_facility("L-1").closed == (hours - 50) * 60


def test_months_are_those_of_the_site_not_of_utc():
    karachi = ZoneInfo("Asia/Karachi")
    whole = Interval(local_midnight(date(2026, 11, 30), karachi), local_midnight(date(2026, 12, 2), karachi))
    (november, first), (december, second) = months_of(whole, karachi)
    assert (november, december) == (date(2026, 11, 1), date(2026, 12, 1))
    assert first.end == second.start == datetime(2026, 11, 30, 19, tzinfo=UTC)


def test_two_places_count_twice_and_a_third_booking_at_once_has_none():
    room = facility(capacity=2)
    stays = [stay(span(0, 9, 11), number=number) for number in (1, 2, 3)]
    two, three = figures([room], stays[:2]), figures([room], stays)
    assert two.calendar == 2 * 7 * 24 * 60
    assert two.available == 2 * 3000
    assert (two.booked, two.outside) == (240, 0)
    assert (three.booked, three.outside, three.used) == (360, 120, 240)


def test_of_too_many_at_once_the_last_to_start_is_outside():
    found = utilise([facility()], [stay(span(0, 9, 11)), stay(span(0, 10, 12), number=2)], WEEK, UTC_ZONE)
    assert [one.outside for one in found.stays] == [0, 60]


@pytest.mark.parametrize(
    ("run", "outside"),
    [
        (span(0, 16, 18), 0),
        (span(0, 17, 19), 60),
        (span(0, 18, 20), 120),
        (span(1, 8, 10), 0),
        (span(1, 9, 11), 60),
        (span(5, 10, 11), 60),
    ],
    ids=[
        "until closing",
        "over closing",
        "after closing",
        "before the outage",
        "into the outage",
        "Saturday",
    ],
)
def test_what_is_booked_outside_available_time_is_counted_apart(run, outside):
    found = figures([facility(outages=[span(1, 10, 12)])], [stay(run)])
    assert found.outside == outside
    assert found.idle == found.available - (found.booked - outside)


def test_a_holiday_is_closed():
    rules = OpeningRules(OFFICE.openings, holidays=frozenset({date(2026, 12, 2)}))
    found = figures([facility(rules=rules)], [stay(span(2, 9, 10))])
    assert found.available == 4 * 600
    assert found.outside == 60


def test_a_changeover_is_booked_time_of_its_own():
    found = figures([facility()], [stay(span(0, 11, 12), setup=30, changeovers=(span(0, 9, 10.5),))])
    assert (found.changeover, found.setup, found.productive, found.booked) == (90, 30, 60, 180)
    assert found.outside == 0


def test_without_available_time_there_is_no_share():
    closed = facility(
        rules=OpeningRules(holidays=frozenset(date(2026, 11, 30) + timedelta(days=n) for n in range(8)))
    )
    found = figures([closed], [])
    assert (found.available, found.utilisation, found.productive_share) == (0, None, None)


def test_a_part_held_with_its_whole_counts_for_the_facility_but_for_no_project():
    hall, bay = facility("HALL"), facility("BAY-1")
    run = span(0, 9, 11)
    found = utilise(
        [hall, bay], [stay(run, code="HALL"), stay(run, code="BAY-1", as_part_of="HALL")], WEEK, UTC_ZONE
    )
    assert found.of_facility("BAY-1").booked == 120
    groups = found.grouped(lambda one: one.facts.project)
    assert [one.facts.facility for one in groups["BDR"]] == ["HALL"]


minutes = st.integers(0, 7 * 24 * 60 - 1)
lengths = st.integers(1, 2000)


@st.composite
def intervals(draw):
    return Interval.lasting(WEEK.start + timedelta(minutes=draw(minutes) - 600), draw(lengths))


@st.composite
def stays(draw):
    run = draw(intervals())
    return stay(
        run,
        setup=draw(st.integers(0, 90)),
        teardown=draw(st.integers(0, 90)),
        number=draw(st.integers(1, 99)),
    )


@given(
    st.lists(intervals(), max_size=6),
    st.lists(intervals(), max_size=4),
    st.lists(stays(), max_size=8),
    st.integers(1, 3),
)
def test_the_sums_always_hold(opened, outages, booked, capacity):
    room = FacilityFacts("TV-1", "", "lab", capacity, opened, outages)
    found = utilise([room], booked, WEEK, UTC_ZONE)
    for cell in found.cells.values():
        assert cell.closed + cell.outage + cell.available == cell.calendar
        assert min(cell.closed, cell.outage, cell.available, cell.outside) >= 0
        assert cell.booked - cell.outside <= cell.available
        assert cell.used + cell.idle == cell.available
        assert cell.utilisation is None or 0 <= cell.utilisation <= 1
    for name in ("productive", "changeover", "outside", "booked"):
        assert sum(getattr(one, name) for one in found.stays) == getattr(found.all, name)


@settings(max_examples=30)
@given(st.lists(intervals(), max_size=6), st.lists(stays(), max_size=6), st.integers(1, 3))
def test_minutes_inside_agree_with_counting_minute_by_minute(opened, booked, capacity):
    room = FacilityFacts("TV-1", "", "lab", capacity, opened)
    found = utilise([room], booked, WEEK, UTC_ZONE).all
    used = 0
    for minute in range(7 * 24 * 60):
        moment = WEEK.start + timedelta(minutes=minute)
        if any(one.start <= moment < one.end for one in opened):
            load = sum(one.occupied.start <= moment < one.occupied.end for one in booked)
            used += min(load, capacity)
    assert found.used == used
