"""Words and sums of the week."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.intervals import Interval
from scheduler.reports.week import PersonWeek, Turn, clock_words
from tests.centre import at, span

WEEK = Interval(at(0, 0), at(7, 0))
UTC_ZONE = ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        (span(0, 9, 12), "09:00–12:00"),
        (span(0, 22, 24), "22:00–24:00"),
        (span(0, 22, 30), "22:00–06:00 +1 d"),
        (span(0, 22, 48), "22:00–00:00 +2 d"),
    ],
    ids=["in a day", "to midnight", "over midnight", "to the second midnight"],
)
def test_a_turn_says_when_it_ends_on_a_later_day(interval, words):
    assert clock_words(interval, UTC_ZONE) == words


@pytest.mark.parametrize(
    ("start", "minutes"),
    [
        (at(0, 0) - timedelta(minutes=1), 0),
        (at(0, 0), 240),
        (at(7, 0) - timedelta(minutes=1), 240),
        (at(7, 0), 0),
    ],
    ids=["begins before", "begins with it", "begins just inside, ends after", "begins after"],
)
def test_a_duty_counts_whole_in_the_week_in_which_it_starts(start, minutes):
    turn = Turn("Sana", "operator", "run", Interval.lasting(start, 240), is_duty=True)
    person = PersonWeek("P-1", "Sana", "staff", 2400, ((turn, None),), ())  # type: ignore[arg-type]
    assert person.duty_minutes(WEEK) == minutes
    assert person.other_minutes(WEEK) == 0


def test_taking_part_is_no_duty():
    turn = Turn("Sana", "takes part", "run", span(0, 9, 12), is_duty=False)
    person = PersonWeek("P-1", "Sana", "staff", 2400, ((turn, None),), ())  # type: ignore[arg-type]
    assert (person.duty_minutes(WEEK), person.other_minutes(WEEK)) == (0, 180)
