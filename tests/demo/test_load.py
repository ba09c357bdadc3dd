"""The demo centre is what it is said to be, and becomes rows on both databases."""

from collections import Counter
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from scheduler.accounts.models import User
from scheduler.database import session, transaction
from scheduler.demo import centre, facilities, projects, staff
from scheduler.demo.load import WEEK_ASKS, load
from scheduler.demo.shapes import DAYS, Week, doubles, lags_of, needs_of, week_after, weekdays
from scheduler.people.models import Person
from scheduler.projects.models import Project
from scheduler.requests.models import ActivityRequest, Precedence
from scheduler.resources.models import Resource, Utility

KARACHI = ZoneInfo("Asia/Karachi")
WEEK = Week(date(2026, 11, 30), KARACHI)


@pytest.fixture
def demo(any_database):
    with transaction(reason="demo"):
        load(WEEK, {email: "a long password" for email, *_ in projects.USERS})


def _count(model, *conditions):
    return session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_every_table_of_the_demo_becomes_rows(demo):
    kinds = Counter(session.scalars(select(Resource.kind)))
    assert kinds == {"lab": 12, "test facility": 8, "trainer": 7, "room": 3}
    assert _count(Utility) == 5
    assert _count(Person, Person.kind == "staff") == 60
    assert Counter(session.scalars(select(Project.kind))) == {"R&D": 8, "training": 5, "application": 5}
    in_the_week = ActivityRequest.latest_at <= WEEK.moment("Sun 24:00")
    assert _count(ActivityRequest, ActivityRequest.state == "approved", in_the_week) == 120
    assert _count(ActivityRequest, ActivityRequest.state == "submitted") >= 3
    roles = Counter(role.role for user in session.scalars(select(User)) for role in user.roles)
    assert roles == {"manager": 1, "researcher": 2, "administrator": 1, "viewer": 1}
    assert all(user.password_hash for user in session.scalars(select(User)))


def test_times_are_local_to_karachi_and_lags_in_minutes(sqlite_database):
    with transaction():
        load(WEEK, {email: "a long password" for email, *_ in projects.USERS})
    row = session.scalars(select(ActivityRequest).where(ActivityRequest.code == "PNI-VALVE")).one()
    assert row.earliest_at == datetime(2026, 11, 29, 19, tzinfo=UTC)
    assert row.due_at == datetime(2026, 12, 1, 7, tzinfo=UTC)
    lags = {
        (row.before.code, row.after.code): (row.min_lag_minutes, row.max_lag_minutes)
        for row in session.scalars(select(Precedence))
    }
    assert lags["ABR-BO", "ABR-TV"] == (120, 2880)
    assert lags["STA-1", "STA-2"] == (60, None)


def test_some_certificates_lapse_within_the_week_and_there_are_eight_roles_or_more():
    lapsing = [one.code for one in staff.STAFF if " until " in one.holds]
    assert len(lapsing) >= 3
    assert len(staff.QUALIFICATIONS) >= 8


def test_the_week_has_a_holiday_on_a_workday_outages_and_one_urgent_request():
    assert any(day in DAYS[:5] and not provisional for day, _, provisional in centre.HOLIDAYS)
    assert len(facilities.OUTAGES) >= 3
    assert [ask.code for ask in WEEK_ASKS if ask.mandatory and ask.priority == 1] == ["PNI-VALVE"]


def test_some_projects_have_a_partner_and_some_are_confidential():
    assert sum(one.partner is not None for one in projects.PROJECTS) >= 5
    assert any(one.confidential for one in projects.PROJECTS)


def test_names_are_in_three_scripts():
    names = "".join(one.name for one in staff.STAFF)
    assert any("\u0600" <= sign <= "\u06ff" for sign in names)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in names)
    assert any("a" <= sign <= "z" for sign in names)


@pytest.mark.parametrize(
    "codes",
    [
        [ask.code for ask in WEEK_ASKS],
        [one.code for one in facilities.FACILITIES],
        [one.code for one in staff.STAFF] + [one.code for one in staff.TRAINEES],
        [one.code for one in projects.PROJECTS],
    ],
    ids=["requests", "facilities", "people", "projects"],
)
def test_no_code_stands_twice(codes):
    assert doubles(codes) == []


def test_names_of_people_are_not_used_twice():
    assert doubles([one.name for one in (*staff.STAFF, *staff.TRAINEES)]) == []


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        (datetime(2026, 11, 29, 18, 59, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 11, 29, 19, 0, tzinfo=UTC), date(2026, 12, 7)),
        (datetime(2026, 11, 30, 12, 0, tzinfo=UTC), date(2026, 12, 7)),
        (datetime(2026, 12, 31, 12, 0, tzinfo=UTC), date(2027, 1, 4)),
    ],
    ids=[
        "Sunday, a minute to midnight in Karachi",
        "Monday there already",
        "on a Monday",
        "over the year's end",
    ],
)
def test_the_coming_week_begins_on_the_next_monday_of_the_site(now, monday):
    assert week_after(now, KARACHI).monday == monday


def test_a_moment_is_local_and_a_span_may_cross_days():
    assert WEEK.moment("Tue 09:30") == datetime(2026, 12, 1, 4, 30, tzinfo=UTC)
    assert WEEK.span("Tue 09:00-17:00").hours == 8
    assert WEEK.span("Mon 22:00 - Wed 06:00").hours == 32
    assert WEEK.moment("Sun 24:00") == datetime(2026, 12, 6, 19, tzinfo=UTC)


def test_days_of_the_week_are_read_as_ranges_and_lists():
    assert weekdays("Mon-Wed") == [0, 1, 2]
    assert weekdays("Mon, Thu-Fri") == [0, 3, 4]


def test_needs_and_lags_are_read_with_their_defaults():
    assert [(need.qualification, need.count, need.phase) for need in needs_of("QA; DIVER 2 run")] == [
        ("QA", 1, "all"),
        ("DIVER", 2, "run"),
    ]
    (lag,) = lags_of("=ABR-BO 2-48")
    assert (lag.before, lag.min_hours, lag.max_hours, lag.same_resource) == ("ABR-BO", 2, 48, True)
