"""Requests that come again: their days, local time over clock changes, and changes of more than one."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduler.calendars.patterns import Pattern
from scheduler.database import session, transaction
from scheduler.errors import UserError
from scheduler.requests import recurring, service
from scheduler.requests.models import ActivityRequest
from scheduler.requests.values import RequestValues, WindowValue
from scheduler.requests.writing import values_of
from tests.centre import at
from tests.requests.asking import NOW, Asking

BERLIN = ZoneInfo("Europe/Berlin")
WEEKLY = Pattern(every="week", count=3)


@pytest.fixture
def centre(any_database):
    return Asking()


def make(centre, pattern=WEEKLY, **changes):
    with transaction():
        rows = recurring.create_series(centre.values(**changes), pattern, centre.researcher, now=NOW)
        return [row.id for row in rows]


def rows_of(ids):
    session.rollback()
    return [session.get(ActivityRequest, i) for i in ids]


def test_each_time_is_a_request_of_its_own_with_one_word_for_all(centre):
    rows = rows_of(make(centre, wish_minutes=60, least_minutes=60))
    assert [row.earliest_at for row in rows] == [at(0, 8), at(7, 8), at(14, 8)]
    assert [row.latest_at for row in rows] == [at(4, 18), at(11, 18), at(18, 18)]
    assert {row.series for row in rows} == {rows[0].code}
    assert len({row.code for row in rows}) == 3


def test_each_second_tuesday_but_one(centre):
    pattern = Pattern(
        every="week", interval=2, weekdays=(1,), until=date(2027, 1, 20), but=frozenset({date(2026, 12, 15)})
    )
    rows = rows_of(make(centre, pattern, wish_minutes=60, least_minutes=60))
    assert [row.earliest_at.date() for row in rows] == [
        date(2026, 12, 1),
        date(2026, 12, 29),
        date(2027, 1, 12),
    ]


@pytest.mark.parametrize(
    ("changes", "pattern", "field"),
    [
        ({"earliest_at": None}, WEEKLY, "earliest"),
        ({"chain": "A"}, WEEKLY, "chain"),
        ({}, Pattern(every="week", count=6), "count"),
        ({}, Pattern(every="week"), "count"),
        ({}, Pattern(every="week", count=2, interval=60), "interval"),
        ({"wish_minutes": 60, "least_minutes": 60}, Pattern(every="week", until=date(2026, 11, 1)), "until"),
    ],
    ids=[
        "no day to count from",
        "a chain",
        "more hours than are left",
        "no end",
        "too far apart",
        "no day left",
    ],
)
def test_a_series_that_cannot_be_is_refused_whole(centre, changes, pattern, field):
    with pytest.raises(UserError) as refused:
        make(centre, pattern, **changes)
    assert field in refused.value.faults
    session.rollback()
    assert session.query(ActivityRequest).count() == 0


def test_nine_stays_nine_when_the_clock_is_changed_between():
    values = _values(datetime(2026, 3, 23, 8, tzinfo=UTC), datetime(2026, 3, 23, 11, tzinfo=UTC))
    moved = recurring.shifted(values, 7, BERLIN)
    assert moved.earliest_at == datetime(2026, 3, 30, 7, tzinfo=UTC)
    back = recurring.shifted(values, -150, BERLIN)
    assert back.earliest_at.astimezone(BERLIN).hour == 9


def test_a_window_within_the_lost_hour_is_refused_with_its_day():
    start, end = datetime(2026, 3, 22, 1, 10, tzinfo=UTC), datetime(2026, 3, 22, 1, 50, tzinfo=UTC)
    values = replace(_values(None, None), windows=(WindowValue(start, end),))
    with pytest.raises(UserError, match="no time on Sun 29 Mar"):
        recurring.shifted(values, 7, BERLIN)


def test_no_days_later_is_the_same_moment_in_an_hour_that_comes_twice():
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    values = _values(second, datetime(2026, 10, 25, 9, tzinfo=UTC))
    assert recurring.shifted(values, 0, BERLIN).earliest_at == second


@pytest.mark.parametrize(("scope", "changed"), [("one", [1]), ("following", [1, 2]), ("all", [0, 1, 2])])
def test_a_change_goes_as_far_as_it_is_told_and_each_keeps_its_days(centre, scope, changed):
    ids = make(centre, wish_minutes=60, least_minutes=60)
    with transaction():
        row = session.get(ActivityRequest, ids[1])
        values = replace(values_of(row), title="Vent", earliest_at=at(7, 10))
        recurring.edit_series(row, values, scope, centre.researcher, row.version, now=NOW)
    rows = rows_of(ids)
    assert [number for number, row in enumerate(rows) if row.title == "Vent"] == changed
    hours = [row.earliest_at.hour for row in rows]
    assert [number for number, hour in enumerate(hours) if hour == 10] == changed
    assert [row.earliest_at.date() for row in rows] == [at(0, 8).date(), at(7, 8).date(), at(14, 8).date()]


def test_what_is_decided_stays_when_all_of_a_series_is_changed(centre):
    ids = make(centre, wish_minutes=60, least_minutes=60)
    with transaction():
        first = session.get(ActivityRequest, ids[0])
        service.submit(first, centre.researcher)
        service.approve(first, centre.manager)
    with transaction():
        row = session.get(ActivityRequest, ids[1])
        values = replace(values_of(row), title="Vent")
        changed, left = recurring.edit_series(row, values, "all", centre.researcher, row.version, now=NOW)
        assert (len(changed), left) == (2, 1)
    assert [row.title for row in rows_of(ids)] == ["Leak test", "Vent", "Vent"]


def test_withdrawing_the_following_leaves_the_earlier_ones(centre):
    ids = make(centre, wish_minutes=60, least_minutes=60)
    with transaction():
        row = session.get(ActivityRequest, ids[1])
        done = recurring.for_each(row, "following", lambda each: service.withdraw(each, centre.researcher))
        assert len(done) == 2
    assert [row.state for row in rows_of(ids)] == ["draft", "withdrawn", "withdrawn"]


def test_a_week_is_copied_with_its_local_times(centre):
    ids = make(centre, wish_minutes=60, least_minutes=60)
    with transaction():
        rows = [session.get(ActivityRequest, i) for i in ids]
        made = recurring.copies_of_week(rows, date(2026, 12, 7), 2, centre.researcher, ZoneInfo("UTC"), NOW)
        assert [row.earliest_at for row in made] == [at(21, 8)]
        assert made[0].state == "draft"
        assert made[0].series is None


def _values(earliest, latest):
    return RequestValues("Leak test", 1, 60, 60, earliest_at=earliest, latest_at=latest)
