"""Liked times of requests as preferred windows of activities, with a weight that never costs work."""

import pytest

from scheduler.calendars.models import Holiday
from scheduler.database import session, transaction
from scheduler.intervals import Interval
from scheduler.plans.problem import translate
from scheduler.requests.models import ActivityRequest
from solver import Options, solve
from tests.centre import at, make_project, make_request, make_resource, make_site

WEEK = Interval(at(0, 0), at(7, 0))


@pytest.fixture
def asked(sqlite_database):
    with transaction():
        site = make_site()
        row = make_request(make_project(site), make_resource(site), code="R-1", minutes=240)
        return site.id, row.id


def problem_with(asked, **values):
    from scheduler.calendars.models import Site

    with transaction():
        for name, value in values.items():
            setattr(session.get(ActivityRequest, asked[1]), name, value)
    return translate(session.get(Site, asked[0]), WEEK)


def start_of(translation):
    found = solve(translation.problem, Options(time_limit=5, workers=1))
    (part,) = found.assignments
    return translation.timeline.moment(part.start)


def test_without_a_liking_there_are_no_windows_and_no_weight(asked):
    problem = problem_with(asked).problem
    assert problem.activities[0].preferred == ()
    assert problem.weights.preference == 0


def test_words_are_where_the_plan_puts_it(asked):
    translation = problem_with(asked, preferred="afternoon; Wed")
    assert len(translation.problem.activities[0].preferred) == 1
    assert at(2, 12) <= start_of(translation) < at(2, 18)


def test_a_chosen_slot_is_where_the_plan_puts_it(asked):
    translation = problem_with(asked, preferred_from=at(3, 9), preferred_until=at(3, 13))
    assert start_of(translation) == at(3, 9)


def test_a_liking_costs_less_than_the_least_work_is_worth(asked):
    weights = problem_with(asked, preferred="Wed").problem.weights
    assert 0 < weights.preference < 240


def test_a_liking_out_of_reach_does_not_keep_it_from_being_placed(asked):
    translation = problem_with(asked, preferred="Sun", latest_at=at(2, 0))
    assert start_of(translation) < at(2, 0)


def test_a_day_that_may_become_a_holiday_is_planned_around(asked):
    assert start_of(problem_with(asked)) == at(0, 0)
    provisional(asked, 0)
    translation = problem_with(asked)
    assert start_of(translation) == at(1, 0)
    assert 0 < translation.problem.weights.preference < 240


def test_where_nothing_else_is_left_such_a_day_is_used(asked):
    provisional(asked, 0)
    assert start_of(problem_with(asked, latest_at=at(1, 0))) == at(0, 0)


def test_on_the_days_that_are_left_what_is_liked_still_counts(asked):
    provisional(asked, 0, 1)
    assert at(2, 12) <= start_of(problem_with(asked, preferred="afternoon")) < at(2, 18)


def provisional(asked, *days):
    with transaction():
        for day in days:
            session.add(Holiday(site_id=asked[0], on_day=at(day, 12).date(), name="Eid", is_provisional=True))
