"""The grid sheet: what a row says where something is unusual."""

import itertools
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from scheduler.bookings.service import Proposal, book
from scheduler.calendars.queries import the_site
from scheduler.calendars.rules import local_midnight, week_span
from scheduler.calendars.service import zone_of
from scheduler.database import session, transaction
from scheduler.intervals import Interval
from scheduler.reports.workbook_week import write_week
from scheduler.resources.models import Changeover, Outage
from tests.centre import at, make_project, make_resource, make_site, span

WEEK = Interval(at(0, 0), at(7, 0))


def grid_of(week=WEEK):
    """Rows of the grid as texts, without the empty cells."""
    session.rollback()
    stream = BytesIO()
    write_week(the_site(), week, stream)
    rows = load_workbook(stream)["Grid"].iter_rows(values_only=True)
    return [[text for text in row if text not in (None, "")] for row in rows]


def row_of(rows, code, number=0):
    return [row for row in rows if row and row[0] == code][number]


@pytest.fixture
def site(sqlite_database):
    with transaction():
        return make_site()


def test_a_run_over_midnight_says_on_both_pages_that_it_goes_on(site):
    with transaction():
        project = make_project(the_site(), "BDR")
        book(Proposal(the_site(), "Bake-out", (make_resource(the_site()),), span(0, 14, 34), project=project))
    rows = grid_of()
    assert row_of(rows, "TV-1", 0)[-2:] == ["R", "Bake-out · BDR ►"]
    assert row_of(rows, "TV-1", 1)[-2:] == ["R", "◄ Bake-out · BDR"]


def test_two_at_once_have_a_row_each_under_one_name(site):
    with transaction():
        room = make_resource(the_site(), "CR-1", capacity=2)
        for title in ("First", "Second"):
            book(Proposal(the_site(), title, (room,), span(0, 9, 12)))
    rows = grid_of()
    number = rows.index(row_of(rows, "CR-1"))
    assert rows[number] == ["CR-1", "Chamber CR-1 (2 places)", "N", "First"]
    assert rows[number + 1] == ["N", "Second"]


def test_a_changeover_names_the_configuration_and_an_outage_its_end(site):
    with transaction():
        shaker = make_resource(the_site(), "SH-1", configuration="A")
        shaker.changeovers.append(Changeover(from_configuration="A", to_configuration="C", minutes=90))
        shaker.outages.append(Outage(starts_at=at(0, 14), ends_at=at(1, 12), reason="repair"))
        book(Proposal(the_site(), "Run", (shaker,), span(0, 10, 12), configuration="C"))
    assert row_of(grid_of(), "SH-1")[2:] == ["→ C", "N", "Run", "out until Tue 12:00: repair"]


def test_a_booking_that_needs_repair_is_marked(site):
    with transaction():
        book(
            Proposal(the_site(), "Run", (make_resource(the_site()),), span(0, 10, 12))
        ).state = "needs repair"
    assert row_of(grid_of(), "TV-1")[2:] == ["N!", "Run"]


def test_what_fits_nowhere_is_left_out_rather_than_cut(site):
    with transaction():
        project = make_project(the_site(), "LONGCODE")
        resource = make_resource(the_site())
        book(Proposal(the_site(), "Thermal balance", (resource,), span(0, 10, 10.25), project=project))
    assert row_of(grid_of(), "TV-1")[2:] == ["R"]


def test_a_title_that_looks_like_a_formula_is_text(site):
    with transaction():
        book(Proposal(the_site(), "=1+1", (make_resource(the_site()),), span(0, 10, 12)))
    assert row_of(grid_of(), "TV-1")[2:] == ["N", "=1+1"]


def test_the_day_on_which_the_clock_goes_back_has_an_hour_more(sqlite_database):
    with transaction():
        site = make_site(time_zone="Europe/Berlin")
        start = local_midnight(date(2026, 10, 25), zone_of(site))
        book(Proposal(site, "Night run", (make_resource(site),), Interval.lasting(start, 120)))
    rows = grid_of(week_span(date(2026, 10, 19), zone_of(the_site())))
    assert rows[0] == ["Sun 25 Oct 2026"]
    assert rows[1][:6] == ["Facility", "00", "01", "02", "02", "03"]
    assert rows[-1][0].startswith("Nothing is booked on Mon 19 Oct 2026, ")


def test_a_centre_without_bookings_says_so(site):
    rows = grid_of()
    assert len(rows) == 1
    assert rows[0][0].startswith("Nothing is booked on Mon 30 Nov 2026")


@pytest.mark.parametrize(
    ("facilities", "pages"),
    [(36, [36]), (42, [42]), (44, [24, 20]), (80, [28, 28, 24])],
    ids=["a full page", "a few more, somewhat lower", "too many for one", "three pages alike"],
)
def test_a_day_is_one_page_where_it_can_be_and_else_pages_alike(site, facilities, pages):
    with transaction():
        made = [make_resource(the_site(), f"L-{number:02d}") for number in range(facilities)]
        book(Proposal(the_site(), "First", (made[0],), span(0, 9, 12)))
    rows = grid_of()
    heads = [number for number, row in enumerate(rows) if row and row[0].startswith("Mon 30 Nov")]
    codes = [number for number, row in enumerate(rows) if row and row[0].startswith("L-")]
    bounds = [*heads, len(rows)]
    found = [sum(a < number < b for number in codes) for a, b in itertools.pairwise(bounds)]
    assert found == pages
