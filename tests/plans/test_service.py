"""From an order to a published week, and what refuses it on the way."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from scheduler.audit import Audit
from scheduler.bookings.doctor import examine
from scheduler.bookings.models import Booking
from scheduler.bookings.service import Duty, Proposal, book
from scheduler.database import session, transaction
from scheduler.errors import Conflict, Forbidden, Stale, UserError
from scheduler.intervals import Interval
from scheduler.outbox import OutboxMessage
from scheduler.people.models import ExclusionGroup
from scheduler.plans import queries, service
from scheduler.plans.models import Plan
from scheduler.requests.models import ActivityRequest, Participant, Precedence, RequestDraw, RequestNeed
from scheduler.resources.models import Changeover, Outage, Resource
from tests.centre import (
    at,
    make_person,
    make_qualification,
    make_request,
    make_resource,
    make_user,
    make_utility,
    span,
)
from tests.plans.week import WEEK, Centre, build, publish


@pytest.fixture
def centre(any_database):
    with transaction():
        return Centre()


@pytest.fixture
def lite(sqlite_database):
    with transaction():
        return Centre()


def bookings():
    session.rollback()
    return {
        row.activity_request.code if row.activity_request else row.title: row
        for row in session.scalars(select(Booking).order_by(Booking.id))
    }


def states():
    session.rollback()
    return dict(session.execute(select(ActivityRequest.code, ActivityRequest.state)).all())


def refused_to_publish(plan, kind=UserError, **values):
    with pytest.raises(kind) as caught:
        publish(plan, **values)
    return caught.value.message


def make_rich_request(centre):
    """One that takes something of everything."""
    operator, power = make_qualification(centre.site), make_utility(centre.site, "POWER", 40)
    make_person(centre.site, "P-1", holds=(operator,), calendar=centre.day)
    crew = ExclusionGroup(site_id=centre.site.id, code="CREW", name="Crew")
    asked = make_request(
        centre.project,
        centre.chamber,
        minutes=120,
        setup_minutes=30,
        teardown_minutes=15,
        configuration="hot",
        exclusion_group=crew,
        title="Leak test",
    )
    asked.needs.append(RequestNeed(qualification=operator, count=1, phase="setup"))
    asked.draws.append(RequestDraw(utility=power, amount=7, phase="run"))
    asked.participants.append(Participant(person=make_person(centre.site, "T-1", "Ali Khan")))
    return asked


# Ordering


def test_an_order_makes_a_numbered_plan_that_waits_to_be_solved(centre):
    with transaction():
        make_request(centre.project, centre.chamber)
        first = service.order_build(centre.site, WEEK, time_limit_seconds=7, workers=1, seed=3)
        second = service.order_build(centre.site, WEEK)
    assert (first.state, first.attempt, first.time_limit_seconds, first.seed) == ("queued", 0, 7, 3)
    assert (first.plan.state, first.plan.number, second.plan.number) == ("building", 1, 2)
    assert (first.plan.asked, first.plan.tick_seconds, first.plan.starts_at) == (1, 900, WEEK.start)
    assert len(first.plan.fingerprint) == 64


def test_an_order_with_nothing_to_plan_says_what_to_do(lite):
    with pytest.raises(UserError, match=r"No approved request waits\. Approve requests"), transaction():
        service.order_build(lite.site, None)
    with pytest.raises(UserError, match="No approved request waits for this time"), transaction():
        service.order_build(lite.site, WEEK)
    assert session.scalar(select(func.count(Plan.id))) == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [({"time_limit_seconds": 0}, "from 1 to"), ({"workers": 0}, "from 1 to 64 workers")],
)
def test_an_order_out_of_bounds_is_refused(lite, options, words):
    with transaction():
        make_request(lite.project, lite.chamber)
    with pytest.raises(UserError, match=words), transaction():
        service.order_build(lite.site, WEEK, **options)


def test_a_plan_of_a_year_is_refused(lite):
    with pytest.raises(UserError, match="at most 92 days"), transaction():
        service.order_build(lite.site, Interval(at(0, 0), at(365, 0)))


def test_only_a_manager_orders_and_publishes(lite):
    with transaction():
        make_request(lite.project, lite.chamber)
        researcher, manager = make_user("researcher"), make_user("manager")
    with pytest.raises(Forbidden), transaction():
        service.order_build(lite.site, WEEK, user=researcher)
    plan = build(lite.site, user=manager)
    refused_to_publish(plan, Forbidden, user=researcher)
    assert publish(plan, user=manager).bookings


def test_requests_that_wait_for_each_other_are_named_before_anything_is_solved(lite):
    with transaction():
        first = make_request(lite.project, lite.chamber, code="R-1")
        second = make_request(lite.project, lite.chamber, code="R-2")
        session.add_all([Precedence(before=first, after=second), Precedence(before=second, after=first)])
    with pytest.raises(UserError, match=r"R-1 -> R-2 -> R-1\. Mend that"), transaction():
        service.order_build(lite.site, WEEK)


def test_without_a_span_a_plan_takes_what_open_requests_ask_for(sqlite_database):
    with transaction():
        centre = Centre(time_zone="Asia/Karachi")
        make_request(centre.project, centre.chamber, code="R-1", earliest_at=at(401, 8), latest_at=at(403, 8))
        make_request(
            centre.project, centre.chamber, code="R-2", earliest_at=at(404, 8), latest_at=at(404, 18)
        )
        make_request(centre.project, centre.chamber, code="R-3", latest_at=at(500, 0), state="draft")
        plan = service.order_build(centre.site, None).plan
    # Midnight in Karachi is 19:00 the day before.
    assert (plan.starts_at, plan.ends_at) == (at(400, 19), at(404, 19))


def test_requests_without_dates_take_the_coming_week(lite):
    with transaction():
        make_request(lite.project, lite.chamber, earliest_at=None, latest_at=None)
        plan = service.order_build(lite.site, None).plan
    now = datetime.now(UTC)
    assert plan.starts_at.weekday() == 0
    assert timedelta() < plan.starts_at - now <= timedelta(days=7)
    assert plan.ends_at - plan.starts_at == timedelta(days=7)


@pytest.mark.parametrize(
    ("now", "start"),
    [(at(-1, 0), 0), (at(2, 9.5), 58), (at(2, 10), 59), (at(6, 23.5), 0), (at(8, 0), 0)],
    ids=["before", "within an hour", "on the hour", "no full hour is left", "past"],
)
def test_of_a_time_that_has_begun_only_the_rest_is_planned(now, start):
    assert service.rest_of(WEEK, now) == Interval(at(0, start), WEEK.end)


# From build to bookings


def test_a_build_ends_as_a_draft_with_value_bound_and_count(centre):
    with transaction():
        make_request(centre.project, centre.chamber, code="R-1", minutes=120)
        make_request(centre.project, centre.chamber, code="R-2", minutes=700)
    plan = build(centre.site)
    assert (plan.state, plan.placed, plan.asked, plan.objective, plan.bound) == ("draft", 1, 2, 120.0, 120.0)
    assert service.latest_draft(centre.site).id == plan.id
    run = queries.latest_run(plan)
    assert (run.state, run.attempt, run.placed, run.asked, run.objective) == ("done", 1, 1, 2, 120.0)
    assert queries.progress(run)["gap"] == 0.0
    assert bookings() == {}


def test_publishing_books_all_that_was_asked_and_nothing_else(centre):
    with transaction():
        make_rich_request(centre)
    done = publish(build(centre.site))
    (booking,) = done.bookings
    assert booking.title == "Leak test"
    assert [resource.code for resource in booking.resources] == ["TV-1"]
    assert (booking.starts_at - booking.occupied_from, booking.occupied_until - booking.ends_at) == (
        timedelta(minutes=30),
        timedelta(minutes=15),
    )
    assert booking.run.minutes == 120
    assert [(duty.person.code, duty.phase, duty.is_duty) for duty in booking.duties] == [
        ("P-1", "setup", True),
        ("T-1", "run", False),
    ]
    assert [(supply.utility.code, supply.amount, supply.phase) for supply in booking.supplies] == [
        ("POWER", 7, "run")
    ]
    assert (booking.configuration, booking.exclusion_group.code, booking.alternative) == ("hot", "CREW", 1)
    assert (booking.activity_request.code, booking.project.code) == ("R-1", "BDR")
    assert examine().is_healthy


def test_publishing_marks_requests_plan_log_and_outbox(centre):
    with transaction():
        make_request(centre.project, centre.chamber, code="R-1")
        make_request(centre.project, centre.chamber, code="R-2", minutes=700)
        manager = make_user("manager")
    plan = build(centre.site)
    publish(plan, user=manager)
    assert states() == {"R-1": "booked", "R-2": "approved"}
    plan = queries.get_plan(plan.id)
    assert plan.state == "published"
    assert plan.published_at is not None
    assert session.scalar(select(func.count(Audit.id)).where(Audit.action == "published")) == 1
    topics = session.scalars(select(OutboxMessage.topic)).all()
    assert topics.count("plans.published") == 1


def test_parts_become_bookings_numbered_in_order_of_time(lite):
    with transaction():
        make_request(
            lite.project, lite.chamber, minutes=900, least_minutes=900, most_parts=2, least_part_minutes=300
        )
    publish(build(lite.site))
    rows = session.scalars(select(Booking).order_by(Booking.starts_at)).all()
    assert [row.part_no for row in rows] == [1, 2]
    assert sum(row.run.minutes for row in rows) == 900


def test_publishing_twice_is_refused(centre):
    with transaction():
        make_request(centre.project, centre.chamber)
    plan = build(centre.site)
    publish(plan)
    assert refused_to_publish(plan) == (
        "Plan 1 is already published. Its bookings stand on the week's timeline."
    )
    assert len(bookings()) == 1


def test_of_two_who_publish_at_once_one_is_told_that_it_is_done(centre):
    with transaction():
        for number in range(4):
            make_request(centre.project, centre.chamber, code=f"R-{number}")
    plan_id = build(centre.site).id
    session.remove()
    together, told = threading.Barrier(2), []

    def publish_it():
        together.wait()
        try:
            with transaction():
                told.append(len(service.publish(queries.get_plan(plan_id)).bookings))
        except UserError as error:
            told.append(error.message)
        finally:
            session.remove()

    threads = [threading.Thread(target=publish_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told, key=str) == [
        4,
        "Plan 1 is already published. Its bookings stand on the week's timeline.",
    ]
    assert len(bookings()) == 4


def test_a_plan_that_is_being_built_or_failed_is_not_published(lite):
    with transaction():
        make_request(lite.project, lite.chamber)
        run = service.order_build(lite.site, WEEK)
        plan_id = run.plan_id
    assert "still being built" in refused_to_publish(queries.get_plan(plan_id))
    with transaction():
        service.request_stop(queries.latest_run(queries.get_plan(plan_id)))
    assert "called off" in refused_to_publish(queries.get_plan(plan_id))


def test_a_plan_that_places_nothing_is_not_published(lite):
    with transaction():
        make_request(lite.project, lite.chamber, minutes=700)
    assert "places nothing" in refused_to_publish(build(lite.site))


def add_outage(centre):
    row = Outage(resource_id=centre.chamber.id, starts_at=at(4, 8), ends_at=at(4, 9))
    session.add(row)


def withdraw(_centre):
    session.scalar(select(ActivityRequest)).state = "withdrawn"


def book_by_hand(centre):
    book(Proposal(centre.site, "Visit", (session.get_one(Resource, centre.chamber.id),), span(4, 15, 18)))


@pytest.mark.parametrize("change", [add_outage, withdraw, book_by_hand])
def test_a_plan_whose_facts_have_changed_is_stale_and_books_nothing(lite, change):
    with transaction():
        make_request(lite.project, lite.chamber)
    plan = build(lite.site)
    assert not service.is_stale(queries.get_plan(plan.id))
    with transaction():
        change(lite)
    before = set(bookings())
    assert service.is_stale(queries.get_plan(plan.id))
    words = refused_to_publish(plan, Stale)
    assert "have changed since plan 1 was built. Build it again" in words
    assert set(bookings()) == before
    with transaction():
        service.mark_stale(queries.get_plan(plan.id))
    assert queries.get_plan(plan.id).state == "stale"
    assert refused_to_publish(plan, Stale) == words
    assert service.latest_draft(lite.site) is None


def test_what_should_have_begun_already_is_not_published(lite):
    with transaction():
        make_request(lite.project, lite.chamber, earliest_at=at(1, 9), latest_at=at(1, 14))
    plan = build(lite.site)
    start = queries.placed(plan)[0].run.start
    words = refused_to_publish(plan, Conflict, now=start + timedelta(minutes=1))
    assert words.startswith("Plan 1 comes too late: ")
    assert "would have begun by now. Build what is left of the week again" in words
    assert not bookings()
    assert publish(plan, now=start).bookings


def test_a_plan_of_the_past_is_published_as_it_is(lite):
    with transaction():
        make_request(lite.project, lite.chamber)
    plan = build(lite.site)
    assert publish(plan, now=plan.ends_at).bookings


def test_of_two_drafts_of_one_week_only_the_first_is_published(lite):
    with transaction():
        make_request(lite.project, lite.chamber)
    first, second = build(lite.site), build(lite.site)
    publish(first)
    refused_to_publish(second, Stale)
    assert len(bookings()) == 1


def test_planning_again_keeps_the_published_week_and_fills_in(centre):
    with transaction():
        make_request(centre.project, centre.chamber, code="R-1", minutes=360, value=1)
    first = build(centre.site)
    publish(first)
    (stands,) = bookings().values()
    run, booking_id = stands.run, stands.id
    with transaction():
        project = session.merge(centre.project, load=True)
        chamber = session.get_one(Resource, centre.chamber.id)
        for number in range(2, 8):
            make_request(project, chamber, code=f"R-{number}", minutes=360, value=1000)
    second = build(centre.site)
    # Five days of ten hours take one run of six each; one day has R-1, though it is worth least.
    assert (second.placed, second.asked) == (4, 6)
    assert [(each.code, each.is_new) for each in queries.placed(second) if not each.is_new] == [
        ("R-1", False)
    ]
    done = publish(second)
    assert [plan.number for plan in done.superseded] == [1]
    session.rollback()
    assert session.get_one(Booking, booking_id).run == run
    assert len(bookings()) == 5
    assert examine().is_healthy
    assert queries.get_plan(first.id).state == "superseded"


def test_a_published_plan_of_another_week_stays(lite):
    with transaction():
        make_request(lite.project, lite.chamber, code="R-1")
        make_request(lite.project, lite.chamber, code="R-2", earliest_at=at(7, 0), latest_at=at(14, 0))
    publish(build(lite.site))
    assert publish(build(lite.site, Interval(at(7, 0), at(14, 0)))).superseded == []


def test_changeovers_to_what_stands_around_the_week_are_kept(lite):
    with transaction():
        chamber = session.get_one(Resource, lite.chamber.id)
        chamber.calendar = None
        chamber.changeovers = [
            Changeover(from_configuration=one, to_configuration=other, minutes=240)
            for one, other in (("hot", "cold"), ("cold", "hot"))
        ]
        for run in (Interval(at(-1, 22), at(0, 0)), Interval(at(1, 0), at(1, 2))):
            book(Proposal(lite.site, "Hot", (chamber,), run, configuration="hot"))
        make_request(lite.project, chamber, minutes=960, configuration="cold")
    publish(build(lite.site, Interval(at(0, 0), at(1, 0))))
    assert bookings()["R-1"].run == span(0, 4, 20)
    assert examine().is_healthy


def test_rest_from_a_duty_on_the_evening_before_is_kept(lite):
    with transaction():
        operator = make_qualification(lite.site)
        sana = make_person(lite.site, holds=(operator,), least_rest_minutes=11 * 60)
        lab = make_resource(lite.site, "LAB")
        book(Proposal(lite.site, "Late", (lab,), span(-1, 20, 23), duties=(Duty(sana, operator, "run"),)))
        asked = make_request(lite.project, lab, minutes=60, latest_at=at(0, 11))
        asked.needs.append(RequestNeed(qualification=operator))
    publish(build(lite.site))
    assert bookings()["R-1"].starts_at == at(0, 10)
