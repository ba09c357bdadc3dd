"""What is booked stays where it is, and what lies around the span still binds."""

from datetime import timedelta

import pytest

from scheduler.bookings.models import Booking
from scheduler.bookings.service import Duty, Proposal, Supply, book, cancel
from scheduler.database import session, transaction
from scheduler.intervals import Interval
from scheduler.people.models import ExclusionGroup
from scheduler.requests.models import Precedence
from scheduler.resources.models import Changeover
from solver import Draw, Mode, Need, Pin, PrecedenceLag, check
from tests.centre import (
    at,
    make_person,
    make_qualification,
    make_request,
    make_resource,
    make_utility,
    span,
)
from tests.plans.week import Centre, activity, resource


@pytest.fixture
def centre(sqlite_database):
    with transaction():
        yield Centre()


def booked(centre, run, *resources, **values):
    resources = resources or (centre.chamber,)
    return book(Proposal(centre.site, "Leak test", resources, run, **values))


def pins(problem):
    return [each.id for each in problem.activities if each.pin is not None]


def test_a_booking_is_pinned_with_all_that_it_takes(centre):
    operator, power = make_qualification(centre.site), make_utility(centre.site, "POWER", 40)
    first = make_person(centre.site, "P-1", holds=(operator,))
    second = make_person(centre.site, "P-2", holds=(operator,))
    trainee = make_person(centre.site, "T-1")
    group = ExclusionGroup(site_id=centre.site.id, code="CREW", name="Crew")
    session.add(group)
    session.flush()
    booking = booked(
        centre,
        span(0, 9, 12),
        setup_minutes=30,
        teardown_minutes=15,
        duties=(Duty(second, operator, "run"), Duty(first, operator, "run")),
        participants=(trainee,),
        supplies=(Supply(power, 7, "all"),),
        exclusion_group=group,
        configuration="hot",
    )
    problem = centre.problem()
    found = activity(problem, f"booking:{booking.id}")
    assert found.pin == Pin(34, 12, "booked", (("P-1", "P-2"),))
    assert (found.setup, found.wish, found.least, found.teardown, found.value) == (2, 12, 12, 1, 0)
    assert found.modes == (Mode("booked", ("TV-1",)),)
    assert found.needs == (Need("vacuum operator", 2, "run"),)
    assert found.draws == (Draw("POWER", 7, "all"),)
    assert (found.participants, found.groups, found.configuration) == (("T-1",), ("CREW",), "hot")
    assert check(problem) == ()


def test_a_booking_of_a_request_bears_its_code_and_parts_bear_their_number(centre):
    one = make_request(centre.project, centre.chamber, code="R-1", minutes=480, least_minutes=60)
    many = make_request(
        centre.project, centre.chamber, code="R-2", minutes=480, least_minutes=120, most_parts=2
    )
    make_request(centre.project, centre.chamber, code="R-2#1")
    booked(centre, span(0, 9, 12), activity_request=one)
    booked(centre, span(1, 9, 12), activity_request=many, part_no=1)
    booked(centre, span(2, 9, 12), activity_request=many, part_no=2)
    problem = centre.problem()
    assert pins(problem) == ["R-1", "R-2#1;", "R-2#2"]
    assert [each.id for each in problem.activities if each.pin is None] == ["R-2#1"]
    assert check(problem) == ()


@pytest.mark.parametrize(
    ("state", "held"), [("booked", True), ("needs repair", True), ("done", True), ("cancelled", False)]
)
def test_only_bookings_that_hold_are_pinned(centre, state, held):
    booking = booked(centre, span(0, 9, 12))
    if state == "cancelled":
        cancel(booking, "not needed")
    booking.state = state
    session.flush()
    assert bool(pins(centre.problem())) == held


def test_a_request_with_a_booking_is_not_asked_for_again(centre):
    asked = make_request(centre.project, centre.chamber, minutes=180)
    asked.latest_at = at(14, 0)
    session.flush()
    assert centre.translated().asked == 1
    booked(centre, span(8, 9, 12), activity_request=asked)
    assert centre.translated().asked == 0


def test_the_whole_of_a_pinned_booking_holds_its_parts(centre):
    hall = make_resource(centre.site, "HALL")
    make_resource(centre.site, "BAY", whole=hall)
    session.expire(hall)
    booked(centre, span(0, 9, 12), hall)
    assert centre.problem().activities[0].modes[0].resources == ("BAY", "HALL")


def test_the_tick_measures_what_stands(centre):
    booked(centre, Interval(at(0, 9) + timedelta(minutes=5), at(0, 10)))
    problem = centre.problem()
    assert problem.tick_seconds == 300
    assert problem.activities[0].pin == Pin(109, 11, "booked", ())


def test_rows_that_retired_after_the_booking_stay_in_the_problem(centre):
    operator = make_qualification(centre.site)
    gone = make_person(centre.site, "P-1", holds=(operator,))
    booked(centre, span(0, 9, 12), duties=(Duty(gone, operator, "all"),))
    gone.retired_at = centre.chamber.retired_at = at(0, 0)
    session.flush()
    problem = centre.problem()
    assert {each.id for each in problem.people} == {"P-1"}
    assert {each.id for each in problem.resources} == {"TV-1"}
    assert check(problem) == ()


# Around the span


def test_the_whole_week_counts_where_the_plan_has_only_a_part_of_it(centre):
    booked(centre, span(0, 9, 12))
    booked(centre, span(4, 9, 12))
    booked(centre, span(7, 9, 12))
    problem = centre.problem(Interval(at(2, 0), at(4, 0)))
    assert [each.pin.start for each in problem.activities] == [-156, 228]


@pytest.mark.parametrize(("rest_minutes", "seen"), [(540, False), (555, True)])
def test_the_longest_rest_reaches_beyond_the_week(centre, rest_minutes, seen):
    make_person(centre.site, least_rest_minutes=rest_minutes)
    booked(centre, span(7, 9, 12))
    assert bool(pins(centre.problem())) == seen


def test_a_resource_stands_as_the_last_booking_before_left_it(centre):
    centre.chamber.changeovers = [Changeover(from_configuration="hot", to_configuration="cold", minutes=30)]
    centre.chamber.configuration = "cold"
    assert resource(centre.problem(), "TV-1").configuration == "cold"
    booked(centre, span(-10, 9, 12), configuration="warm")
    assert resource(centre.problem(), "TV-1").configuration == "warm"
    booked(centre, span(-4, 9, 12), configuration="hot")
    assert resource(centre.problem(), "TV-1").configuration == "hot"
    booked(centre, span(-3, 9, 12))
    assert resource(centre.problem(), "TV-1").configuration is None
    cancel(session.get_one(Booking, 3), "not needed")
    assert resource(centre.problem(), "TV-1").configuration == "hot"


def test_a_lag_counts_from_a_booking_wherever_it_lies(centre):
    before = make_request(centre.project, centre.chamber, code="R-1", minutes=180, earliest_at=at(-30, 0))
    after = make_request(centre.project, centre.chamber, code="R-2")
    session.add(Precedence(before=before, after=after, min_lag_minutes=0, max_lag_minutes=30 * 1440))
    booked(centre, span(-28, 9, 12), activity_request=before)
    problem = centre.problem()
    assert problem.precedences == (PrecedenceLag("R-1", "R-2", 0, 30 * 96),)
    assert activity(problem, "R-1").pin.start == -28 * 96 + 36


def test_of_parts_the_last_binds_the_most_that_may_lie_between(centre):
    before = make_request(
        centre.project, centre.chamber, code="R-1", minutes=360, least_minutes=60, most_parts=2
    )
    after = make_request(centre.project, centre.chamber, code="R-2")
    session.add(Precedence(before=before, after=after, min_lag_minutes=60, max_lag_minutes=1440))
    booked(centre, span(0, 9, 12), activity_request=before, part_no=1)
    booked(centre, span(1, 9, 12), activity_request=before, part_no=2)
    assert set(centre.problem().precedences) == {
        PrecedenceLag("R-1#1", "R-2", 4, None),
        PrecedenceLag("R-1#2", "R-2", 4, 96),
    }
