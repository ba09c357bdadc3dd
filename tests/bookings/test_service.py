"""One door for all bookings: what it holds, what it refuses, and what it says then."""

import pytest
from sqlalchemy import select

from scheduler.bookings.doctor import examine
from scheduler.bookings.models import Booking, Draw, Hold
from scheduler.bookings.proposal import Duty, Proposal, Supply
from scheduler.bookings.service import book, book_all, cancel
from scheduler.database import session, transaction
from scheduler.errors import Conflict, Forbidden, UserError
from scheduler.people.models import Absence, ExclusionGroup
from scheduler.requests.models import Precedence
from scheduler.resources.models import Changeover, Outage, Resource
from tests.centre import (
    at,
    make_calendar,
    make_person,
    make_project,
    make_qualification,
    make_request,
    make_resource,
    make_site,
    make_user,
    make_utility,
    on,
    span,
)


def proposal(site, *resources, run=None, title="Leak test", **values):
    return Proposal(site=site, title=title, resources=resources, run=run or span(0, 9, 12), **values)


@pytest.fixture
def site(any_database):
    with transaction():
        return make_site()


def refused(*proposals, **values):
    with pytest.raises(UserError) as caught, transaction():
        book_all(proposals, **values)
    return caught.value


def test_a_booking_holds_setup_run_and_teardown_of_the_resource(site):
    with transaction():
        booking = book(proposal(site, make_resource(site), setup_minutes=30, teardown_minutes=15))
    (hold,) = booking.holds
    assert (hold.kind, hold.starts_at, hold.ends_at) == ("use", at(0, 8.5), at(0, 12.25))
    assert (booking.starts_at, booking.ends_at) == (at(0, 9), at(0, 12))


def test_a_clash_names_what_is_there_until_when_and_what_is_free_next(site):
    with transaction():
        chamber = make_resource(site, "SH-1", calendar=make_calendar(site, hours=(8, 18)))
        first = book(proposal(site, chamber, title="Badr-3 Z axis"))
    error = refused(proposal(site, chamber, run=span(0, 11, 16)))
    assert isinstance(error, Conflict)
    assert error.clashes == (first.id,)
    assert "SH-1 is held for Badr-3 Z axis until Mon 30 Nov 12:00" in error.message
    assert "Free next: Mon 30 Nov 12:00, Tue 1 Dec 08:00." in error.message


def test_touching_bookings_do_not_clash(site):
    with transaction():
        chamber = make_resource(site)
        book(proposal(site, chamber))
        book(proposal(site, chamber, run=span(0, 12, 13)))
    assert examine().is_healthy


def test_a_person_is_never_at_two_places(site):
    with transaction():
        operator = make_qualification(site)
        sana = make_person(site, holds=(operator,))
        one, two = make_resource(site, "A"), make_resource(site, "B")
        book(proposal(site, one, duties=(Duty(sana, operator, "all"),)))
    error = refused(proposal(site, two, run=span(0, 11, 13), participants=(sana,)))
    assert "Sana Mirza is busy with Leak test until Mon 30 Nov 12:00" in error.message


def test_a_person_named_twice_for_one_time_is_refused(site):
    with transaction():
        operator = make_qualification(site)
        sana = make_person(site, holds=(operator,))
        chamber = make_resource(site)
    error = refused(proposal(site, chamber, duties=(Duty(sana, operator, "all"),), participants=(sana,)))
    assert "named twice" in error.message


def test_a_group_runs_one_thing_at_a_time_but_may_set_up_meanwhile(site):
    with transaction():
        group = ExclusionGroup(site_id=site.id, code="CREW")
        session.add(group)
        one, two = make_resource(site, "A"), make_resource(site, "B")
        book(proposal(site, one, exclusion_group=group))
        book(proposal(site, two, run=span(0, 12, 13), setup_minutes=60, exclusion_group=group))
    assert isinstance(refused(proposal(site, two, run=span(0, 11, 11.5), exclusion_group=group)), Conflict)


def test_a_whole_holds_its_parts_and_two_parts_may_be_held_at_once(site):
    with transaction():
        hall = make_resource(site, "HALL")
        bay_1 = make_resource(site, "BAY-1", whole=hall)
        bay_2 = make_resource(site, "BAY-2", whole=hall)
        book(proposal(site, bay_1))
        book(proposal(site, bay_2))
    assert isinstance(refused(proposal(site, hall)), Conflict)
    with transaction():
        book(proposal(site, hall, run=span(1, 9, 12)))
    assert isinstance(refused(proposal(site, bay_2, run=span(1, 11, 13))), Conflict)
    assert examine().is_healthy


def test_seats_are_dealt_anew_when_the_load_leaves_room_but_no_seat_does(site):
    with transaction():
        room = make_resource(site, "ROOM", capacity=2)
        book(proposal(site, room, run=span(0, 13, 15), title="late"))
        before = book(proposal(site, room, run=span(0, 10, 12), title="before"))
        after = book(proposal(site, room, run=span(0, 12, 14), title="after"))
        assert [before.holds[0].seat, after.holds[0].seat] == [1, 2]
        # From 11 to 13 the load is one, but first one seat is taken and then the other.
        book(proposal(site, room, run=span(0, 11, 13), title="between"))
    assert examine().is_healthy
    assert isinstance(refused(proposal(site, room, run=span(0, 11.5, 12.5))), Conflict)


@pytest.mark.parametrize(("amount", "fits"), [(4, True), (5, False)], ids=["to the last unit", "one more"])
def test_a_utility_is_never_drawn_beyond_its_capacity(site, amount, fits):
    with transaction():
        power = make_utility(site, "POWER", capacity=10)
        one, two = make_resource(site, "A"), make_resource(site, "B")
        book(proposal(site, one, supplies=(Supply(power, 6, "run"),)))
    second = proposal(site, two, run=span(0, 11, 14), supplies=(Supply(power, amount, "run"),))
    if fits:
        with transaction():
            book(second)
        assert examine().is_healthy
    else:
        error = refused(second)
        assert isinstance(error, Conflict)
        assert "POWER" in error.message
        assert session.scalar(select(Booking).where(Booking.title == "other")) is None


def test_a_daily_budget_counts_the_day_on_which_the_draw_starts(site):
    with transaction():
        nitrogen = make_utility(site, "LN2", capacity=1, per="day")
        one, two = make_resource(site, "A"), make_resource(site, "B")
        book(proposal(site, one, run=span(0, 20, 30), supplies=(Supply(nitrogen, 1, "run"),)))
        book(proposal(site, two, run=span(1, 8, 9), supplies=(Supply(nitrogen, 1, "run"),)))
    tuesday_again = proposal(site, two, run=span(1, 12, 13), supplies=(Supply(nitrogen, 1, "run"),))
    assert isinstance(refused(tuesday_again), Conflict)


@pytest.fixture
def tvac(site):
    with transaction():
        chamber = make_resource(site, "TV-1")
        chamber.changeovers = [
            Changeover(from_configuration="hot", to_configuration="cold", minutes=120),
            Changeover(from_configuration="cold", to_configuration="hot", minutes=60),
        ]
        return chamber


def test_a_changeover_lies_before_the_later_booking(site, tvac):
    with transaction():
        book(proposal(site, tvac, run=span(0, 8, 10), configuration="hot"))
        later = book(proposal(site, tvac, run=span(0, 13, 15), configuration="cold"))
    changeover = next(hold for hold in later.holds if hold.kind == "changeover")
    assert (changeover.starts_at, changeover.ends_at) == (at(0, 11), at(0, 13))
    assert examine().is_healthy


def test_a_changeover_without_room_is_refused(site, tvac):
    with transaction():
        book(proposal(site, tvac, run=span(0, 8, 10), configuration="hot"))
    error = refused(proposal(site, tvac, run=span(0, 11.75, 15), configuration="cold", title="Cold soak"))
    assert "the changeover" in error.message
    with transaction():
        book(proposal(site, tvac, run=span(0, 12, 15), configuration="cold"))


def test_a_booking_between_two_rewrites_the_changeover_of_the_later_one(site, tvac):
    with transaction():
        book(proposal(site, tvac, run=span(0, 0, 2), configuration="hot"))
        later = book(proposal(site, tvac, run=span(0, 18, 20), configuration="cold"))
        between = book(proposal(site, tvac, run=span(0, 10, 17.5), configuration="cold"))
    assert [hold.kind for hold in later.holds] == ["use"]
    assert {hold.kind for hold in between.holds} == {"use", "changeover"}
    assert examine().is_healthy


def test_cancelling_gives_the_time_back_and_rewrites_the_changeover_after_it(site, tvac):
    with transaction():
        book(proposal(site, tvac, run=span(0, 0, 2), configuration="hot"))
        between = book(proposal(site, tvac, run=span(0, 10, 12), configuration="cold"))
        later = book(proposal(site, tvac, run=span(0, 18, 20), configuration="cold"))
    with transaction():
        cancel(between, "the test article broke")
    assert between.state == "cancelled"
    assert between.holds == []
    assert {hold.kind for hold in later.holds} == {"use", "changeover"}
    assert examine().is_healthy
    with pytest.raises(UserError, match="already cancelled"), transaction():
        cancel(between, "again")


def test_all_are_booked_or_none(site):
    with transaction():
        chamber = make_resource(site)
    refused(proposal(site, chamber, title="first"), proposal(site, chamber, title="second"))
    assert session.scalars(select(Booking)).all() == []
    assert session.scalars(select(Hold)).all() == []
    assert session.scalars(select(Draw)).all() == []


def test_releasing_and_booking_in_one_order_swaps_two_bookings(site):
    with transaction():
        chamber = make_resource(site)
        first = book(proposal(site, chamber, run=span(0, 8, 10), title="a"))
        second = book(proposal(site, chamber, run=span(0, 10, 12), title="b"))
    with transaction():
        book_all(
            [
                proposal(site, chamber, run=span(0, 10, 12), title="a"),
                proposal(site, chamber, run=span(0, 8, 10), title="b"),
            ],
            releasing=[first, second],
        )
    assert examine().is_healthy
    assert examine().bookings == 4


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (span(0, 17, 19), "TV-1 is closed Mon 30 Nov 18:00-19:00"),
        (span(2, 9, 12), "TV-1 is out Wed 2 Dec 11:00-15:00 (calibration)"),
    ],
    ids=["past closing", "into an outage"],
)
def test_closed_time_and_outages_are_refused(site, run, words):
    with transaction():
        chamber = make_resource(site, calendar=make_calendar(site))
        outage = span(2, 11, 15)
        session.add(
            Outage(resource=chamber, starts_at=outage.start, ends_at=outage.end, reason="calibration")
        )
    assert words in refused(proposal(site, chamber, run=run)).message


def test_a_manager_overrides_the_rule_book_with_a_reason_but_nobody_else_does(site):
    with transaction():
        chamber = make_resource(site, calendar=make_calendar(site))
        manager, researcher = make_user("manager"), make_user("researcher")
    late = proposal(site, chamber, run=span(0, 17, 19))
    with pytest.raises(Forbidden), transaction():
        book(late, user=researcher, override_reason="I want it")
    with pytest.raises(UserError, match="needs a reason"), transaction():
        book(late, user=manager, override_reason="  ")
    with transaction(manager):
        book(late, user=manager, override_reason="launch campaign")


def test_an_override_never_double_books(site):
    with transaction():
        chamber = make_resource(site)
        manager = make_user("manager")
        book(proposal(site, chamber))
    with pytest.raises(Conflict), transaction():
        book(proposal(site, chamber), user=manager, override_reason="urgent")


def test_people_are_asked_for_qualification_shift_absence_and_hours(site):
    with transaction():
        operator = make_qualification(site)
        chamber = make_resource(site)
        lapsed = make_person(site, "P-1", "Li Wen", holds=((operator, None, on(0)),))
        away = make_person(site, "P-2", "Bilal Khan", holds=(operator,))
        leave = span(1, 0, 24)
        away.absences.append(Absence(starts_at=leave.start, ends_at=leave.end, reason="leave"))
        full = make_person(site, "P-3", "Sana Mirza", holds=(operator,), most_minutes_day=240)
        early = make_person(site, "P-4", "Noor Ahmed", holds=(operator,), calendar=make_calendar(site))
        nobody = make_person(site, "P-5", "Mei Lin")

    def words(person, run):
        return refused(proposal(site, chamber, run=run, duties=(Duty(person, operator, "all"),))).message

    assert "Li Wen's vacuum operator is not valid on Tue 1 Dec" in words(lapsed, span(0, 22, 26))
    assert "Bilal Khan is away" in words(away, span(1, 9, 10))
    assert "Sana Mirza would reach 5 h of 4 h that day" in words(full, span(0, 9, 14))
    assert "Noor Ahmed is not on shift" in words(early, span(0, 17, 19))
    assert "Mei Lin does not hold vacuum operator" in words(nobody, span(0, 9, 10))


def test_hours_of_one_order_add_up(site):
    with transaction():
        operator = make_qualification(site)
        chamber = make_resource(site)
        sana = make_person(site, holds=(operator,), most_minutes_day=240)
    day = [
        proposal(site, chamber, run=span(0, hour, hour + 2), duties=(Duty(sana, operator, "all"),))
        for hour in (8, 10, 12)
    ]
    assert "6 h of 4 h" in refused(*day).message
    with transaction():
        book_all(day[:2])


def test_a_quota_is_not_exceeded(site):
    with transaction():
        chamber = make_resource(site)
        project = make_project(site, quota_minutes=300)
        book(proposal(site, chamber, project=project))
    error = refused(proposal(site, chamber, run=span(1, 9, 12), project=project))
    assert "BDR has 2 h of its quota left, this takes 3 h" in error.message


def test_a_follower_keeps_its_lag_and_is_not_booked_without_the_one_before(site):
    with transaction():
        chamber = make_resource(site)
        project = make_project(site)
        bake = make_request(project, chamber, code="BAKE")
        leak = make_request(project, chamber, code="LEAK")
        session.add(Precedence(before=bake, after=leak, min_lag_minutes=60, max_lag_minutes=180))

    def run_of(activity_request, run):
        return proposal(
            site, chamber, run=run, activity_request=activity_request, project=project, alternative=1,
            title=activity_request.title,
        )  # fmt: skip

    assert "which is not booked" in refused(run_of(leak, span(0, 12, 14))).message
    with transaction():
        book(run_of(bake, span(0, 8, 10)))
    assert "may start Mon 30 Nov 11:00 at the earliest" in refused(run_of(leak, span(0, 10.5, 12.5))).message
    assert "must start by Mon 30 Nov 13:00" in refused(run_of(leak, span(0, 13.25, 15.25))).message
    with transaction():
        book(run_of(leak, span(0, 13, 15)))


def test_a_retired_facility_is_refused(site):
    with transaction():
        chamber = make_resource(site, retired_at=at(0, 0))
    assert "retired" in refused(proposal(site, chamber)).message
    assert session.get(Resource, chamber.id).retired_at is not None


def test_booking_outside_a_transaction_is_a_fault_of_ours(site):
    with transaction():
        chamber = make_resource(site)
    with pytest.raises(ValueError, match="outside transaction"):
        book(proposal(site, chamber))
