"""Holidays of Pakistan and China as a start: what is certain, what hangs on the moon, what stands already."""

from datetime import date

import pytest

from scheduler.calendars.library import MOVED, NEW, TAKEN, THERE, Known, days_off, make_up_days, offers
from scheduler.errors import UserError


def test_what_hangs_on_the_moon_is_provisional_and_the_rest_is_not():
    known = {each.on_day: each for each in days_off("PK", 2028)}
    assert known[date(2028, 8, 14)] == Known(date(2028, 8, 14), "Independence Day", False)
    fitr = [each for each in known.values() if each.name == "Eid al-Fitr"]
    assert len(fitr) == 3
    assert all(each.is_provisional for each in fitr)


def test_china_has_its_make_up_days_once_they_are_announced():
    assert date(2026, 2, 14) in make_up_days("CN", 2026)
    assert all(day.year == 2026 and day.weekday() >= 5 for day in make_up_days("CN", 2026))
    assert make_up_days("PK", 2026) == []
    assert "Day off (substituted from 4 Jan 2026)" in [each.name for each in days_off("CN", 2026)]
    assert any(each.name.startswith("Chinese New Year") for each in days_off("CN", 2027))


@pytest.mark.parametrize(("country", "year"), [("XX", 2027), ("PK", 1999), ("PK", 2078), ("", 2027)])
def test_what_is_not_known_is_refused_with_what_is(country, year):
    with pytest.raises(UserError, match="Choose"):
        days_off(country, year)


FIRST, SECOND = Known(date(2027, 3, 10), "Eid", True), Known(date(2027, 3, 11), "Eid", True)


@pytest.mark.parametrize(
    ("present", "statuses"),
    [
        ({}, [NEW, NEW]),
        ({FIRST.on_day: "Eid"}, [THERE, NEW]),
        ({FIRST.on_day: "Pi day"}, [TAKEN, NEW]),
        ({date(2027, 3, 11): "Eid", date(2027, 3, 12): "Eid"}, [MOVED, THERE]),
        ({date(2027, 3, 18): "Eid", date(2027, 3, 19): "Eid"}, [NEW, NEW]),
    ],
    ids=["nothing stands", "one stands", "the day is another", "moved by one", "too far to be the same"],
)  # fmt: skip
def test_what_an_administrator_moved_is_not_offered_again(present, statuses):
    assert [offer.status for offer in offers([FIRST, SECOND], present)] == statuses
