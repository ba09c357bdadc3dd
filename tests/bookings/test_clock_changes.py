"""Every quarter of an hour around the clock changes of twelve zones: nothing of no length is ever read."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.bookings.inputs import Inputs
from scheduler.calendars.models import Site

ZONES = (
    "Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York", "America/St_Johns",
    "America/Santiago", "America/Havana", "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland",
    "Africa/Casablanca", "Asia/Beirut",
)  # fmt: skip
QUARTER = timedelta(minutes=15)


def changes(zone: ZoneInfo) -> list[datetime]:
    """Moments of two years at which the clock is put forward or back."""
    hours = [datetime(2027, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(2 * 366 * 24)]
    offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
    return [
        hour for hour, before, after in zip(hours[1:], offsets, offsets[1:], strict=False) if before != after
    ]


def read(zone_name, **body):
    inputs = Inputs(Site(code="X", name="X", time_zone=zone_name), body, None)
    return inputs.run(), inputs.faults


@pytest.mark.parametrize("zone_name", ZONES)
def test_a_slot_is_read_exactly_or_refused_and_never_as_no_time(zone_name):
    zone = ZoneInfo(zone_name)
    found = changes(zone)
    assert len(found) >= 4
    gaps = twice = 0
    for change in found:
        first = (change - timedelta(hours=4)).astimezone(zone).replace(tzinfo=None, minute=0)
        for number in range(40):
            start = first + number * QUARTER
            for end in (start + QUARTER, start + 4 * QUARTER):
                body = {"start": f"{start:%Y-%m-%d %H:%M}", "end": f"{end:%Y-%m-%d %H:%M}"}
                run, faults = read(zone_name, **body)
                if run is not None:
                    assert run.minutes > 0
                    assert run.start.astimezone(zone).replace(tzinfo=None) == start
                    assert run.end.astimezone(zone).replace(tzinfo=None) == end
                    continue
                words = " ".join(faults.values())
                if "does not exist" in words:
                    gaps += 1
                    assert words.count("Write ") >= 1
                    assert " or " in words
                elif "comes twice" in words:
                    twice += 1
                    for hour in ("first", "second"):
                        again, _ = read(zone_name, **body, start_hour=hour, end_hour=hour)
                        assert again is not None
                        assert again.minutes > 0
                else:
                    assert "before it has begun" in words
    assert gaps
    assert twice
