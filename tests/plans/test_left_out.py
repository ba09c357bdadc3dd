"""Requests that are reported without having been tried."""

import pytest

from scheduler.bookings.service import Proposal, book
from scheduler.database import session, transaction
from scheduler.requests.models import Participant, Precedence, RequestDraw
from tests.centre import at, make_person, make_project, make_request, make_resource, make_utility, span
from tests.plans.week import Centre


@pytest.fixture
def centre(sqlite_database):
    with transaction():
        yield Centre()


def left_out(centre):
    return [(out.code, out.rule, out.subjects, out.minutes) for out in centre.translated().left_out]


def follow(before, after):
    session.add(Precedence(before=before, after=after))
    session.flush()


def test_a_request_without_any_way_to_do_it(centre):
    make_request(centre.project)
    assert left_out(centre) == [("R-1", "alternatives", (), None)]


def test_a_retired_participant_or_utility_cannot_be_done_without(centre):
    first = make_request(centre.project, centre.chamber, code="R-1")
    first.participants.append(Participant(person=make_person(centre.site, "T-1", retired_at=at(0, 0))))
    second = make_request(centre.project, centre.chamber, code="R-2")
    second.draws.append(RequestDraw(utility=make_utility(centre.site, retired_at=at(0, 0)), amount=1))
    session.flush()
    assert left_out(centre) == [("R-1", "retired", ("T-1",), None), ("R-2", "retired", ("LN2",), None)]


def test_quota_is_given_out_by_priority_then_code_and_counts_what_is_booked(centre):
    project = make_project(centre.site, "OPT", quota_minutes=10 * 60)
    book(Proposal(centre.site, "Earlier", (centre.chamber,), span(-5, 9, 12), project=project))
    make_request(project, centre.chamber, code="R-1", minutes=240, priority=3)
    make_request(project, centre.chamber, code="R-2", minutes=240, priority=1)
    make_request(project, centre.chamber, code="R-3", minutes=180, priority=3)
    assert left_out(centre) == [("R-1", "quota", ("OPT",), 180)]


@pytest.mark.parametrize(("quota_minutes", "fits"), [(240, True), (239, False), (0, False), (None, True)])
def test_a_wish_may_take_the_quota_to_its_end(centre, quota_minutes, fits):
    project = make_project(centre.site, "OPT", quota_minutes=quota_minutes)
    make_request(project, centre.chamber, minutes=240)
    assert bool(centre.translated().requests) == fits


@pytest.mark.parametrize("state", ["draft", "submitted", "declined", "withdrawn", "done"])
def test_what_follows_a_request_that_is_not_to_be_booked_waits_with_all_behind_it(centre, state):
    first = make_request(centre.project, centre.chamber, code="R-1", state=state)
    second = make_request(centre.project, centre.chamber, code="R-2")
    third = make_request(centre.project, centre.chamber, code="R-3")
    follow(first, second)
    follow(second, third)
    assert left_out(centre) == [
        ("R-2", "precedence", ("R-1",), None),
        ("R-3", "precedence", ("R-2",), None),
    ]
    assert centre.translated().asked == 2


def test_what_follows_a_booking_does_not_wait(centre):
    first = make_request(centre.project, centre.chamber, code="R-1", minutes=180)
    second = make_request(centre.project, centre.chamber, code="R-2")
    follow(first, second)
    book(Proposal(centre.site, "R-1", (centre.chamber,), span(0, 9, 12), activity_request=first))
    assert left_out(centre) == []


@pytest.mark.parametrize(
    ("quota_minutes", "wish_minutes"), [(240, 240), (200, 195), (120, 120), (119, None)],
    ids=["all of it", "what is left, in ticks", "just the least", "less than the least"],
)  # fmt: skip
def test_who_is_content_with_less_gets_what_is_left_of_the_quota(centre, quota_minutes, wish_minutes):
    project = make_project(centre.site, "OPT", quota_minutes=quota_minutes)
    make_request(project, centre.chamber, minutes=240, least_minutes=120, value=100)
    problem = centre.problem()
    found = [each for each in problem.activities if each.id == "R-1"]
    assert [each.wish * problem.tick_seconds // 60 for each in found] == (
        [wish_minutes] if wish_minutes else []
    )
    assert [each.value for each in found] == ([100 * wish_minutes // 240] if wish_minutes else [])


def test_a_way_that_takes_longer_than_the_quota_is_no_choice(centre):
    project = make_project(centre.site, "OPT", quota_minutes=150)
    long = make_resource(centre.site, "LONG", shortest_minutes=180)
    make_request(project, long, centre.chamber, code="R-1", minutes=240, least_minutes=60)
    make_request(make_project(centre.site, "TWO", quota_minutes=150), long, code="R-2", minutes=240,
                 least_minutes=60)  # fmt: skip
    assert [mode.id for mode in centre.activity("R-1").modes] == ["2"]
    assert left_out(centre) == [("R-2", "quota", ("TWO",), 150)]


def test_what_follows_a_request_without_quota_waits(centre):
    first = make_request(make_project(centre.site, "OPT", quota_minutes=0), centre.chamber, code="R-1")
    follow(first, make_request(centre.project, centre.chamber, code="R-2"))
    assert [(code, rule) for code, rule, _, _ in left_out(centre)] == [
        ("R-1", "quota"),
        ("R-2", "precedence"),
    ]


def test_one_member_of_a_chain_that_cannot_come_keeps_all_others(centre):
    make_request(centre.project, centre.chamber, code="R-1", chain="C")
    make_request(centre.project, centre.chamber, code="R-2", chain="C", state="submitted")
    make_request(centre.project, centre.chamber, code="R-3", chain="other")
    assert left_out(centre) == [("R-1", "chain", ("R-2",), None)]


@pytest.mark.parametrize("state", ["declined", "withdrawn"])
def test_a_member_that_was_given_up_keeps_nobody(centre, state):
    make_request(centre.project, centre.chamber, code="R-1", chain="C")
    make_request(centre.project, centre.chamber, code="R-2", chain="C", state=state)
    assert left_out(centre) == []
    assert centre.problem().chains == ()
