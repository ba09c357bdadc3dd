"""A week of antennas goes the whole walk as any other centre: workbook, import, bookings, tracks."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from scheduler.bookings.service import Proposal, book
from scheduler.calendars.queries import the_site
from scheduler.database import session, transaction
from scheduler.excel.book import write_book
from scheduler.intervals import Interval
from scheduler.requests.models import ActivityRequest
from scheduler.resources.models import Resource
from tests.benchmarks import satnet_workbook
from tests.benchmarks.instances import Trouble
from tests.excel.trial import counts, import_all, preview

SMALL = Path(__file__).parent / "data" / "satnet" / "small-1.json"
MONDAY = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
def week():
    return json.loads(SMALL.read_text())


@pytest.fixture
def content(week, tmp_path):
    path = tmp_path / "week.xlsx"
    with path.open("wb") as stream:
        write_book(stream, satnet_workbook.centre_rows(week, MONDAY), ZoneInfo("UTC"), "small")
    return path.read_bytes()


def find(code):
    return session.scalars(select(ActivityRequest).where(ActivityRequest.code == code)).one()


@pytest.mark.parametrize(
    ("today", "monday"),
    [(date(2026, 11, 29), 30), (date(2026, 11, 30), 37), (date(2026, 12, 1), 37)],
    ids=["Sunday", "Monday itself", "Tuesday"],
)
def test_the_coming_monday_lies_after_today(today, monday):
    assert satnet_workbook.coming_monday(today) == datetime(2026, 11, 1, tzinfo=UTC) + timedelta(
        days=monday - 1
    )


def test_a_week_is_imported_without_a_fault_and_again_without_a_change(any_database, content):
    import_all(content)
    assert counts(preview(content)["summary"]) == {"added": 0, "changed": 0, "removed": 0}
    assert the_site().time_zone == "UTC"
    session.rollback()


def test_views_are_rounded_inwards_and_those_without_a_minute_are_left_out(sqlite_database, content):
    import_all(content)
    asked = find("a1-1")
    ways = {way.id: [resource.code for resource in way.resources] for way in asked.alternatives}
    windows = {
        (ways[w.alternative_id][0] if w.alternative_id else None, _minutes(w.starts_at), _minutes(w.ends_at))
        for w in asked.windows
    }
    assert windows == {
        (None, 0, 1440),
        ("DSS-91", 61, 500),
        ("DSS-91", 834, 1333),
        ("DSS-92", 60, 333),
    }
    assert {window.binds for window in asked.windows} == {"run"}
    # 40,010 to 40,055 s holds no whole minute: without its only view the alternative is no way at all.
    assert [[r.code for r in way.resources] for way in find("c3-2").alternatives] == [["DSS-91"]]
    session.rollback()


def test_arrays_splits_groups_and_maintenance_keep_their_meaning(sqlite_database, content):
    import_all(content)
    long = find("b2-1")
    assert (long.wish_minutes, long.least_minutes, long.most_parts, long.least_part_minutes) == (
        540,
        240,
        2,
        240,
    )
    assert (find("a1-2").least_minutes, find("a1-2").most_parts) == (120, 1)
    ways = [[resource.code for resource in way.resources] for way in find("a1-2").alternatives]
    assert ways == [["DSS-92"], ["DSS-92", "DSS-93"]]
    assert find("a1-1").exclusion_group_id == find("a1-2").exclusion_group_id != long.exclusion_group_id
    assert (long.earliest_at, long.latest_at) == (MONDAY, MONDAY + timedelta(seconds=648_000))
    outage = session.scalars(select(Resource).where(Resource.code == "DSS-91")).one().outages[0]
    assert (_minutes(outage.starts_at), _minutes(outage.ends_at)) == (600, 721)
    session.rollback()


def test_what_is_booked_comes_back_as_tracks_in_seconds_from_the_monday(sqlite_database, content, week):
    import_all(content)
    with transaction():
        asked = find("a1-2")
        way = asked.alternatives[1]
        start = MONDAY + timedelta(minutes=300)
        book(
            Proposal(
                site=the_site(),
                title=asked.title,
                resources=tuple(way.resources),
                run=Interval.lasting(start, 120),
                setup_minutes=60,
                teardown_minutes=15,
                activity_request=asked,
                alternative=2,
                project=asked.project,
                exclusion_group=asked.exclusion_group,
            )
        )
    tracks = satnet_workbook.booked_tracks(week)
    session.rollback()
    assert tracks == [
        {
            "track_id": "a1-2",
            "antennas": ["DSS-92", "DSS-93"],
            "start": 14_400,
            "tracking_on": 18_000,
            "tracking_off": 25_200,
            "end": 26_100,
        }
    ]


def test_tracks_of_a_week_that_was_never_imported_are_refused(sqlite_database, week):
    with pytest.raises(Trouble, match="0 of the 6 requests"):
        satnet_workbook.booked_tracks(week)


def _minutes(moment):
    return int((moment - MONDAY).total_seconds()) // 60
