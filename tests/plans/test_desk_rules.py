"""What the rule book asks at the desk, said to the solver: what it plans can be booked."""

from datetime import timedelta

import pytest

from scheduler.bookings.service import Duty, Proposal, book
from scheduler.database import session, transaction
from scheduler.intervals import Interval
from scheduler.plans import queries
from scheduler.requests.models import Participant, RequestNeed
from scheduler.resources.models import Outage
from solver import Window
from tests.centre import (
    at,
    make_calendar,
    make_person,
    make_qualification,
    make_request,
    make_resource,
    on,
    span,
)
from tests.plans.week import WEEK, Centre, activity, build, person, publish, resource


@pytest.fixture
def centre(sqlite_database):
    with transaction():
        return Centre()


def left_out(centre):
    return {out.code: (out.rule, out.subjects) for out in centre.translated().left_out}


def test_a_chamber_cannot_be_used_after_the_day_of_its_calibration(centre):
    with transaction():
        centre.chamber.calibration_due_on = on(1)
        make_request(centre.project, centre.chamber)
    (outage,) = resource(centre.problem(), "TV-1").outages
    timeline = centre.translated().timeline
    assert timeline.moment(outage.start) == at(2, 0)
    assert outage.end == timeline.horizon


def test_an_outage_of_the_whole_is_one_of_its_parts(centre):
    with transaction():
        bay = make_resource(centre.site, "BAY", whole=centre.chamber)
        make_request(centre.project, bay)
        out = span(0, 8, 12)
        session.add(Outage(resource=centre.chamber, starts_at=out.start, ends_at=out.end))
    assert len(resource(centre.problem(), "BAY").outages) == 1


def test_a_zone_takes_one_place_of_each_and_all_for_what_is_hazardous(centre):
    with transaction():
        hall = make_resource(centre.site, "HALL", 3)
        tank = make_resource(centre.site, "TANK", zone=hall, is_hazardous=True)
        bench = make_resource(centre.site, "BENCH", zone=hall)
        make_request(centre.project, tank, code="R-1")
        make_request(centre.project, bench, code="R-2")
        book(Proposal(centre.site, "Fill", (tank,), span(0, 9, 10)))
    problem = centre.problem()
    (hazardous,), (ordinary,) = activity(problem, "R-1").modes, activity(problem, "R-2").modes
    assert dict(zip(hazardous.resources, hazardous.demands, strict=True)) == {"HALL": 3, "TANK": 1}
    assert (ordinary.resources, ordinary.demands) == (("BENCH", "HALL"), ())
    pinned = next(each for each in problem.activities if each.pin)
    assert pinned.modes[0].demands == (3, 1)
    plan = build(centre.site, WEEK, time_limit_seconds=2)
    assert plan.placed == 2
    assert len(publish(plan).bookings) == 2


def test_a_place_that_is_too_long_too_short_or_too_lonely_is_no_choice(centre):
    with transaction():
        operator = make_qualification(centre.site)
        visitor = make_person(centre.site, "V-1", kind="visitor")
        lonely = make_resource(centre.site, "LONELY", least_people=2)
        short = make_resource(centre.site, "SHORT", longest_minutes=60)
        secret = make_resource(centre.site, "SECRET", is_restricted=True)
        one = make_request(centre.project, lonely, code="R-1")
        one.needs.append(RequestNeed(qualification=operator, phase="run"))
        make_request(centre.project, short, code="R-2")
        visit = make_request(centre.project, secret, code="R-3")
        visit.participants.append(Participant(person=visitor))
        make_request(centre.project, short, centre.chamber, code="R-4")
    assert left_out(centre) == {
        "R-1": ("people", ("LONELY",)),
        "R-2": ("length", ("SHORT",)),
        "R-3": ("escort", ("SECRET",)),
    }
    assert [mode.id for mode in centre.activity("R-4").modes] == ["2"]


def test_a_run_that_may_shrink_shrinks_to_the_longest_that_a_place_takes(centre):
    with transaction():
        short = make_resource(centre.site, "SHORT", longest_minutes=90, shortest_minutes=60)
        make_request(centre.project, short, minutes=180, least_minutes=30)
    (mode,) = centre.activity().modes
    minutes = centre.problem().tick_seconds // 60
    assert (mode.wish * minutes, mode.least * minutes) == (90, 60)


@pytest.mark.parametrize("count", [1, 2])
def test_a_visitor_in_a_restricted_place_is_planned_with_somebody_of_the_staff(centre, count):
    with transaction():
        operator = make_qualification(centre.site)
        make_person(centre.site, "T-1", kind="trainee", holds=(operator,))
        make_person(centre.site, "T-2", kind="trainee", holds=(operator,))
        make_person(centre.site, "Z-1", holds=(operator,), calendar=centre.day)
        visitor = make_person(centre.site, "V-1", kind="visitor")
        secret = make_resource(centre.site, "SECRET", is_restricted=True)
        asked = make_request(centre.project, secret)
        asked.participants.append(Participant(person=visitor))
        asked.needs.append(RequestNeed(qualification=operator, phase="run", count=count))
        asked.needs.append(RequestNeed(qualification=operator, phase="setup"))
    plan = build(centre.site, WEEK, time_limit_seconds=2)
    (booking,) = publish(plan).bookings
    on_run = {duty.person.code for duty in booking.duties if duty.is_duty and duty.phase == "run"}
    assert len(on_run) == count
    assert "Z-1" in on_run


def test_a_visitor_who_could_be_on_duty_is_not_left_alone_in_a_restricted_place(centre):
    with transaction():
        operator = make_qualification(centre.site)
        make_person(centre.site, "A-1", kind="visitor", holds=(operator,))
        make_person(centre.site, "Z-1", holds=(operator,), calendar=centre.day)
        secret = make_resource(centre.site, "SECRET", is_restricted=True)
        for number, phase in enumerate(("run", "setup")):
            asked = make_request(centre.project, secret, code=f"R-{number}", setup_minutes=60)
            asked.needs.append(RequestNeed(qualification=operator, phase=phase))
    plan = build(centre.site, WEEK, time_limit_seconds=2)
    people = {duty.person.code for booking in publish(plan).bookings for duty in booking.duties}
    assert (plan.placed, people) == (2, {"Z-1"})


def test_where_nobody_stays_for_the_run_a_trainee_may_set_up_and_a_visitor_may_not(centre):
    with transaction():
        operator = make_qualification(centre.site)
        make_person(centre.site, "A-1", kind="visitor", holds=(operator,))
        make_person(centre.site, "T-1", kind="trainee", holds=(operator,))
        make_person(centre.site, "Z-1", holds=(operator,))
        secret = make_resource(centre.site, "SECRET", is_restricted=True)
        for code, count in (("R-2", 2), ("R-3", 3)):
            asked = make_request(centre.project, secret, code=code, setup_minutes=60)
            asked.needs.append(RequestNeed(qualification=operator, phase="setup", count=count))
    plan = build(centre.site, WEEK, time_limit_seconds=2)
    (row,) = queries.unplaced(plan)
    assert row.code == "R-3"
    assert "Fewer than 3 with vacuum operator who is no visitor are on shift" in row.reason_text
    (booking,) = publish(plan).bookings
    assert {duty.person.code for duty in booking.duties} == {"T-1", "Z-1"}


def test_who_lacks_an_escort_is_told_so(centre):
    with transaction():
        operator = make_qualification(centre.site)
        make_person(centre.site, "T-1", kind="trainee", holds=(operator,))
        visitor = make_person(centre.site, "V-1", kind="visitor")
        secret = make_resource(centre.site, "SECRET", is_restricted=True)
        asked = make_request(centre.project, secret)
        asked.participants.append(Participant(person=visitor))
        asked.needs.append(RequestNeed(qualification=operator, phase="run"))
    (row,) = queries.unplaced(build(centre.site, WEEK, time_limit_seconds=2))
    assert "Nobody with vacuum operator of the staff is on shift" in row.reason_text


@pytest.mark.parametrize(("most", "free_days"), [(7, 0), (6, 1), (3, 1), (2, 2), (None, 0)])
def test_so_many_days_are_kept_free_that_no_row_gets_too_long(centre, most, free_days):
    with transaction():
        make_person(centre.site, most_days_in_a_row=most)
        make_request(centre.project, centre.chamber)
    problem = centre.problem()
    shifts = person(problem, "P-1").shifts or (Window(0, problem.horizon),)
    free = problem.horizon - sum(each.end - each.start for each in shifts)
    assert free * problem.tick_seconds == free_days * 24 * 3600


def test_on_a_day_kept_free_of_duty_one_may_still_take_part(centre):
    with transaction():
        sana = make_person(centre.site, most_days_in_a_row=1, kind="trainee")
        for day in range(5):
            asked = make_request(
                centre.project, centre.chamber, code=f"R-{day}",
                earliest_at=at(day, 0), latest_at=at(day + 1, 0),
            )  # fmt: skip
            asked.participants.append(Participant(person=sana))
    assert build(centre.site, WEEK, time_limit_seconds=2).placed == 5


def test_who_works_at_most_two_days_in_a_row_is_planned_so_and_the_plan_is_booked(centre):
    with transaction():
        operator = make_qualification(centre.site)
        sana = make_person(
            centre.site, holds=(operator,), most_days_in_a_row=2, most_minutes_day=180,
            calendar=make_calendar(centre.site, "ALL", days=range(7)),
        )  # fmt: skip
        chamber = make_resource(centre.site, "TV-9")
        book(
            Proposal(
                centre.site, "Sunday", (chamber,), span(-1, 9, 10), duties=(Duty(sana, operator, "all"),)
            )
        )
        for number in range(6):
            asked = make_request(centre.project, chamber, code=f"R-{number}", minutes=180)
            asked.needs.append(RequestNeed(qualification=operator, phase="run"))
    plan = build(centre.site, Interval(WEEK.start, WEEK.end), time_limit_seconds=2)
    days = sorted({booking.starts_at.date() for booking in publish(plan).bookings})
    worked = {on(-1), *days}
    assert plan.placed >= 4
    assert not any({day, day + timedelta(days=1), day + timedelta(days=2)} <= worked for day in worked)
