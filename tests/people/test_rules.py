"""How a qualification stands, on both sides of each edge."""

from datetime import date, timedelta

import pytest

from scheduler.people.rules import LAPSED, LAPSES, LATER, VALID, limit_faults, standing, validity_fault

TODAY = date(2026, 11, 30)


def day(days):
    return None if days is None else TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("spans", "state", "until"),
    [
        ([(None, None)], VALID, None),
        ([(-10, 91)], VALID, 91),
        ([(-10, 90)], LAPSES, 90),
        ([(-10, 0)], LAPSES, 0),
        ([(-10, -1)], LAPSED, -1),
        ([(0, 200)], VALID, 200),
        ([(1, 200)], LATER, 200),
        ([(-50, -10), (5, 200)], LATER, 200),
        ([(-50, 3), (4, 200)], VALID, 200),
        ([(-50, 3), (5, 200)], LAPSES, 3),
        ([(-50, None), (-10, 3)], VALID, None),
        ([(-50, -20), (-15, -10)], LAPSED, -10),
    ],
    ids=["for good", "in 91 days", "in 90 days", "today is its last day", "yesterday was", "begins today",
         "begins tomorrow", "lapsed, and one to come", "goes on the day after", "a day between",
         "one within another", "of two that are over the last"],
)  # fmt: skip
def test_a_qualification_stands_as_its_days_say(spans, state, until):
    found = standing([(day(since), day(last)) for since, last in spans], TODAY)
    assert (found.state, found.until) == (state, day(until))


def test_what_was_never_held_does_not_stand():
    assert standing([], TODAY) is None


@pytest.mark.parametrize(
    ("limits", "fields"),
    [
        ((None, None, None), []),
        ((1440, 7 * 1440, 2880), []),
        ((1441, None, None), ["most_day"]),
        ((None, 7 * 1440 + 1, None), ["most_week"]),
        ((480, 479, None), ["most_week"]),
        ((480, 480, None), []),
        ((None, None, 2881), ["least_rest"]),
    ],
)
def test_limits_that_cannot_be_are_refused_beside_their_field(limits, fields):
    assert list(limit_faults(*limits)) == fields


def test_a_certificate_does_not_end_before_it_begins():
    assert validity_fault(TODAY, TODAY) is None
    assert "later day" in validity_fault(TODAY, day(-1))
    assert validity_fault(None, day(-1)) is None
