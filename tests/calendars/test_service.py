"""Hours asked of the database in one statement are those of the calendar row by row."""

from datetime import UTC, date, datetime, timedelta

import pytest

from scheduler.calendars.models import CalendarOverlay, CalendarRule, Holiday
from scheduler.calendars.service import Hours, holidays_of, open_intervals
from scheduler.database import session, transaction
from scheduler.intervals import Interval
from tests.centre import make_calendar, make_site

FIRST = datetime(2026, 3, 20, 5, 30, tzinfo=UTC)
SPANS = [Interval(FIRST + timedelta(days=3 * n), FIRST + timedelta(days=5 * n + 9)) for n in range(6)]


@pytest.fixture
def site(any_database):
    with transaction():
        site = make_site(time_zone="Europe/Berlin")
        for number, on_day in enumerate((date(2026, 3, 25), date(2026, 4, 3))):
            session.add(Holiday(site_id=site.id, on_day=on_day, name=f"Day off {number}"))
        session.add(
            Holiday(site_id=site.id, on_day=date(2026, 3, 26), name="Not sure yet", is_provisional=True)
        )
    return site


def overlay(name, from_on, until_on, *hours):
    rules = [
        CalendarRule(weekday=day, opens_minute=opens, closes_minute=closes) for day, opens, closes in hours
    ]
    return CalendarOverlay(name=name, from_on=from_on, until_on=until_on, rules=rules)


def plain(site):
    return make_calendar(site)


def always_open(site):
    return make_calendar(site, days=range(0))


def through_the_night_and_holidays(site):
    calendar = make_calendar(site, days=range(7), hours=(22, 30))
    calendar.keeps_holidays = False
    return calendar


def with_overlays(site):
    calendar = make_calendar(site)
    calendar.overlays = [
        overlay("short days", date(2026, 3, 23), date(2026, 4, 10), (0, 540, 840), (2, 540, 840)),
        overlay("closed", date(2026, 3, 30), date(2026, 3, 31)),
        overlay("a launch", date(2026, 3, 23), date(2026, 3, 27), (0, 0, 1440), (5, 0, 1440)),
    ]
    session.flush()
    return calendar


@pytest.mark.parametrize("make", [plain, always_open, through_the_night_and_holidays, with_overlays])
def test_hours_in_one_statement_are_those_of_the_calendar(site, make):
    with transaction():
        calendar = make(site)
    for span in SPANS:
        expected = open_intervals(calendar, site, span, holidays_of(site))
        assert Hours(site, span).of(calendar.id) == expected


def test_without_a_calendar_it_is_always_open(site):
    assert Hours(site, SPANS[0]).of(None) == [SPANS[0]]


def test_hours_that_were_just_changed_count(site):
    with transaction():
        calendar = make_calendar(site, days=range(1))
        before = Hours(site, SPANS[0]).of(calendar.id)
        calendar.rules.append(CalendarRule(weekday=4, opens_minute=480, closes_minute=1080))
        after = Hours(site, SPANS[0]).of(calendar.id)
    assert len(after) > len(before)
