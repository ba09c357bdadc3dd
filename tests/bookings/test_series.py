"""Series: looked at day by day, booked and changed together."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from scheduler.bookings import series
from scheduler.bookings.acts import proposal_of
from scheduler.bookings.doctor import examine
from scheduler.bookings.models import Booking, Series
from scheduler.bookings.verdict import Clash
from scheduler.calendars.patterns import Pattern, days_of
from scheduler.database import session, transaction
from scheduler.errors import UserError
from tests.bookings.test_edits import NOW, Desk
from tests.centre import at, span

FIRST = date(2026, 12, 1)
"""A Tuesday, the first of its month."""


@pytest.fixture
def desk(any_database, monkeypatch):
    monkeypatch.setattr("scheduler.bookings.acts.LASTS", timedelta(days=10_000))
    return Desk()


@pytest.mark.parametrize(
    ("pattern", "days"),
    [
        (Pattern(count=3), ["12-01", "12-08", "12-15"]),
        (Pattern(interval=2, count=2), ["12-01", "12-15"]),
        (Pattern(weekdays=(1, 3), count=3), ["12-01", "12-03", "12-08"]),
        (Pattern(weekdays=(0,), count=1), ["12-07"]),
        (Pattern(until=date(2026, 12, 15)), ["12-01", "12-08", "12-15"]),
        (Pattern(count=3, but=frozenset({date(2026, 12, 8)})), ["12-01", "12-15"]),
        (Pattern(every="month", weekdays=(1,), nth=2, count=3), ["12-08", "01-12", "02-09"]),
        (Pattern(every="month", weekdays=(3,), nth=5, count=2), ["12-31", "01-28"]),
    ],
    ids=[
        "each week", "each second Tuesday", "two days", "another weekday than the first", "until a day",
        "but one", "the second Tuesday", "the last Thursday",
    ],
)  # fmt: skip
def test_a_pattern_says_its_days(pattern, days):
    assert [f"{day:%m-%d}" for day in days_of(pattern, FIRST, 200, "bookings")] == days


@pytest.mark.parametrize(
    "pattern",
    [
        Pattern(),
        Pattern(count=2, until=FIRST),
        Pattern(count=0),
        Pattern(count=201),
        Pattern(interval=0, count=2),
        Pattern(every="day", count=2),
        Pattern(weekdays=(7,), count=2),
        Pattern(weekdays=tuple(range(7)), until=date(2027, 12, 1)),
        Pattern(count=1, but=frozenset({FIRST})),
        Pattern(until=date(2026, 11, 1)),
    ],
)
def test_a_pattern_that_says_nothing_or_too_much_is_refused(pattern):
    with pytest.raises(UserError):
        days_of(pattern, FIRST, 200, "bookings")


def series_of(desk, pattern, **values):
    with transaction(desk.manager):
        return series.book_series(desk.proposal(), pattern, user=desk.manager, now=NOW, **values)


def test_a_series_is_booked_whole_or_not_at_all(desk):
    desk.book(span(7, 10, 11), title="Bakeout")
    with pytest.raises(Clash, match="Bakeout"):
        series_of(desk, Pattern(count=3))
    assert session.query(Series).count() == 0
    made = series_of(desk, Pattern(count=3, but=frozenset({at(7, 0).date()})))
    assert [booking.starts_at for booking in made] == [at(0, 9), at(14, 9)]


def test_a_look_at_a_series_offers_another_place_for_just_those_days(desk):
    desk.book(span(7, 10, 11), title="Bakeout")
    found = series.look(desk.proposal(), Pattern(count=3), user=desk.manager, now=NOW, places={})
    assert [one.is_allowed for one in found] == [True, False, True]
    assert [one.code for one in found[1].instead] == ["TV-2"]
    made = series_of(desk, Pattern(count=3), places={found[1].day: desk.tv2})
    assert [[one.code for one in booking.resources] for booking in made] == [["TV-1"], ["TV-2"], ["TV-1"]]
    assert examine().is_healthy


def test_this_and_the_following_move_and_the_first_stays(desk):
    first, second, third = series_of(desk, Pattern(count=3))
    with transaction(desk.manager):
        wanted = replace(proposal_of(second), run=span(8, 13, 14))
        series.change_series(second, wanted, "following", user=desk.manager, now=NOW)
    assert [row.run for row in (first, second, third)] == [span(0, 9, 12), span(8, 13, 14), span(15, 13, 14)]
    with transaction(desk.manager):
        series.cancel_series(third, "all", "over", user=desk.manager, now=NOW)
    assert {row.state for row in (first, second, third)} == {"cancelled"}
    desk.undo()
    assert {session.get_one(Booking, row.id).state for row in (first, second, third)} == {"booked"}
    assert examine().is_healthy


@pytest.mark.parametrize("scope", series.SCOPES)
def test_one_that_is_cancelled_is_not_brought_back_by_a_change_of_its_series(desk, scope):
    first, second, _ = series_of(desk, Pattern(count=3))
    with transaction(desk.manager):
        series.cancel_series(first, "one", "not needed", user=desk.manager, now=NOW)
    with pytest.raises(UserError, match="cancelled"), transaction(desk.manager):
        wanted = replace(proposal_of(first), run=span(0, 13, 16))
        series.change_series(first, wanted, scope, user=desk.manager, now=NOW)
    assert (first.state, second.starts_at) == ("cancelled", at(7, 9))
