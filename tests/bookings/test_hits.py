"""Outages, absences, lapsed certificates and days off turn bookings to "needs repair", and back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduler.bookings import hits
from scheduler.bookings.models import Booking
from scheduler.bookings.proposal import Duty, Proposal
from scheduler.bookings.service import book
from scheduler.bookings.stand_ins import stand_ins
from scheduler.calendars import changing
from scheduler.calendars.models import Holiday, Site
from scheduler.database import session, transaction
from scheduler.intervals import Interval
from scheduler.outbox import OutboxMessage
from scheduler.people import service as people
from scheduler.people.models import Absence, Person, Qualification
from scheduler.resources import service as resources
from scheduler.resources.models import Outage, Resource
from tests import centre
from tests.centre import MONDAY, at, on, span

BEFORE = MONDAY - timedelta(days=30)


@pytest.fixture
def world(any_database, monkeypatch):
    """A hall with a bay, a lab, two operators, a booking in the bay with the first of them on Tuesday."""
    monkeypatch.setattr(hits, "utc_now", lambda: BEFORE)
    hits.listen()
    return World()


class World:
    def __init__(self):
        with transaction():
            site = centre.make_site(time_zone="UTC")
            day = centre.make_calendar(site)
            hall = centre.make_resource(site, "HALL", calendar=day)
            bay = centre.make_resource(site, "BAY-1", calendar=day, whole=hall)
            other = centre.make_resource(site, "BAY-2", calendar=day, whole=hall)
            lab = centre.make_resource(site, "L-01", calendar=day)
            operator = centre.make_qualification(site)
            first = centre.make_person(site, "P-1", "Sana Mirza", (operator,), calendar=day)
            second = centre.make_person(site, "P-2", "Li Wen", (operator,), calendar=day)
            self.manager = centre.make_user("manager")
            self.administrator = centre.make_user("administrator")
            session.flush()
            self.ids = {row.code: row.id for row in (hall, bay, other, lab, operator, first, second)}
            self.site_id, self.calendar_id = site.id, day.id
            self.tuesday = self.book(bay, 1, first)

    def book(self, resource, day, person=None, **values):
        operator = session.get_one(Qualification, self.ids["vacuum operator"])
        duties = (Duty(person, operator, "run"),) if person else ()
        site = session.get_one(Site, self.site_id)
        proposal = Proposal(
            site=site, title=f"Run of day {day}", resources=(resource,), run=span(day, 9, 12),
            duties=duties, **values,
        )  # fmt: skip
        return book(proposal).id

    def get(self, code):
        model = Person if code.startswith("P-") else Resource
        return session.get_one(model, self.ids[code])

    def report(self, code, interval, reason="pump"):
        with transaction():
            return resources.report_outage(self.get(code), [interval], reason, self.manager)[0].id


def state(booking_id):
    session.rollback()
    return session.scalar(select(Booking.state).where(Booking.id == booking_id))


def topics():
    session.rollback()
    return list(session.scalars(select(OutboxMessage.topic).order_by(OutboxMessage.id)))


def test_an_outage_of_its_own_bay_hits_a_booking_and_says_who_is_told(world):
    world.report("BAY-1", span(1, 8, 10))
    assert state(world.tuesday) == "needs repair"
    session.rollback()
    message = session.scalars(
        select(OutboxMessage).where(OutboxMessage.topic == "bookings.needs_repair")
    ).one()
    assert message.body["bookings"] == [world.tuesday]
    assert message.body["people"] == [world.ids["P-1"]]
    assert "BAY-1 is out: pump" in message.body["why"]


@pytest.mark.parametrize(
    ("code", "start", "end", "hit"),
    [
        ("HALL", 8, 10, True),
        ("BAY-2", 8, 10, False),
        ("L-01", 8, 10, False),
        ("BAY-1", 8, 9, False),
        ("BAY-1", 12, 14, False),
        ("BAY-1", 11.75, 14, True),
    ],
    ids=[
        "of the whole",
        "of a sister",
        "elsewhere",
        "over as it begins",
        "after its end",
        "its last quarter",
    ],
)
def test_an_outage_hits_what_it_takes_away(world, code, start, end, hit):
    world.report(code, span(1, start, end))
    assert state(world.tuesday) == ("needs repair" if hit else "booked")


def test_an_outage_of_a_part_hits_a_booking_of_the_whole(world):
    with transaction():
        whole = world.book(world.get("HALL"), 2)
    world.report("BAY-2", span(2, 8, 10))
    assert (state(whole), state(world.tuesday)) == ("needs repair", "booked")


def test_a_preview_lists_what_is_hit_and_changes_nothing(world):
    found = hits.hit_by_outage(world.get("HALL"), [span(1, 8, 10), span(8, 8, 10)], BEFORE)
    assert [hit.booking.id for hit in found] == [world.tuesday]
    assert state(world.tuesday) == "booked"


def test_ending_an_outage_early_frees_what_lies_after(world):
    outage_id = world.report("BAY-1", span(0, 8, 60))
    assert state(world.tuesday) == "needs repair"
    with transaction():
        resources.end_outage(session.get_one(Outage, outage_id), at(0, 20), world.manager)
    assert state(world.tuesday) == "booked"
    assert session.get_one(Outage, outage_id).ends_at == at(0, 20)
    assert topics()[-2:] == ["bookings.in_order", "outage.ended"]


def test_ending_it_too_late_leaves_what_was_hit(world):
    outage_id = world.report("BAY-1", span(0, 8, 60))
    with transaction():
        resources.end_outage(session.get_one(Outage, outage_id), at(1, 10), world.manager)
    assert state(world.tuesday) == "needs repair"


def test_what_two_things_stand_against_stays_until_both_are_gone(world):
    outage_id = world.report("BAY-1", span(1, 8, 10))
    with transaction():
        absence = people.add_absence(world.get("P-1"), at(1, 0), at(2, 0), "leave", world.manager)
        absence_id = absence.id
    with transaction():
        resources.end_outage(session.get_one(Outage, outage_id), BEFORE, world.manager)
    assert state(world.tuesday) == "needs repair"
    with transaction():
        people.remove_absence(session.get_one(Absence, absence_id), world.manager)
    assert state(world.tuesday) == "booked"


@pytest.mark.parametrize(
    ("day", "expected"), [(0, "needs repair"), (1, "booked")], ids=["before", "that day"]
)
def test_a_certificate_that_lapses_before_turns_the_booking(world, day, expected):
    with transaction():
        person = world.get("P-1")
        qualification = session.get_one(Qualification, world.ids["vacuum operator"])
        people.grant(person, qualification, None, on(day), on(-30), world.manager, person.version)
    assert state(world.tuesday) == expected


def test_renewing_it_turns_the_booking_back(world):
    qualification_id = world.ids["vacuum operator"]
    for day, expected in ((0, "needs repair"), (400, "booked")):
        with transaction():
            person = world.get("P-1")
            qualification = session.get_one(Qualification, qualification_id)
            people.grant(person, qualification, None, on(day), on(-30), world.manager, person.version)
        assert state(world.tuesday) == expected
    assert hits.resting_on(world.get("P-1"), session.get_one(Qualification, qualification_id), BEFORE) == 1


def test_confirming_a_provisional_day_hits_and_moving_it_away_mends(world):
    with transaction():
        holiday = Holiday(site_id=world.site_id, on_day=on(1), name="Eid", is_provisional=True)
        session.add(holiday)
        session.flush()
        holiday_id = holiday.id
    assert state(world.tuesday) == "booked"
    site = session.get_one(Site, world.site_id)
    assert [hit.booking.id for hit in hits.hit_by_day_off(site, on(1), BEFORE)] == [world.tuesday]
    with transaction():
        changing.confirm_holiday(session.get_one(Holiday, holiday_id), world.administrator)
    assert state(world.tuesday) == "needs repair"
    with transaction():
        changing.move_holiday(session.get_one(Holiday, holiday_id), on(2), world.administrator)
    assert state(world.tuesday) == "booked"


def test_hours_that_no_longer_hold_it_hit_a_booking(world):
    with transaction():
        calendar = changing.get_calendar(world.calendar_id)
        week = ((), ((600, 1080),), (), (), (), (), ())
        changing.edit_calendar(calendar, "Day", True, week, world.administrator, calendar.version)
    assert state(world.tuesday) == "needs repair"


def test_a_booking_made_against_the_hours_with_a_reason_is_not_hit_by_hours(world):
    with transaction():
        session.get_one(Booking, world.tuesday).override_reason = "launch"
        calendar = changing.get_calendar(world.calendar_id)
        changing.edit_calendar(calendar, "Day", True, ((),) * 7, world.administrator, calendar.version)
        changing.edit_calendar(
            calendar, "Day", True, (((0, 60),), *((),) * 6), world.administrator, calendar.version
        )
    assert state(world.tuesday) == "booked"


def test_a_booking_that_is_over_stays_as_it_is(world, monkeypatch):
    monkeypatch.setattr(hits, "utc_now", lambda: at(3, 0))
    world.report("BAY-1", span(1, 8, 10))
    assert state(world.tuesday) == "booked"


def test_somebody_who_left_is_lost(world):
    with transaction():
        people.retire(world.get("P-1"), world.manager)
    assert state(world.tuesday) == "needs repair"


@pytest.mark.parametrize(
    ("due", "expected"), [(0, "needs repair"), (1, "booked")], ids=["before", "that day"]
)
def test_a_calibration_that_is_due_before_its_end_hits_it(world, due, expected):
    with transaction():
        bay = world.get("BAY-1")
        values = {name: getattr(bay, name) for name in resources.WRITTEN} | {"calibration_due_on": on(due)}
        resources.edit_resource(bay, values, world.manager, bay.version)
    assert state(world.tuesday) == expected


def test_a_stand_in_is_free_on_shift_there_and_qualified(world):
    booking = session.get_one(Booking, world.tuesday)
    assert [person.name for person in stand_ins(booking, booking.duties[0])] == ["Li Wen"]


@pytest.mark.parametrize("why", ["away", "busy", "lapsed", "at the limit", "left"])
def test_nobody_stands_in_whom_a_rule_keeps_from_it(world, why):
    with transaction():
        second = world.get("P-2")
        if why == "away":
            second.absences.append(Absence(starts_at=at(1, 11), ends_at=at(1, 20)))
        elif why == "busy":
            world.book(world.get("L-01"), 1, second)
        elif why == "lapsed":
            second.qualifications[0].valid_until_on = on(0)
        elif why == "at the limit":
            second.most_minutes_week = 179
        else:
            second.retired_at = BEFORE
    booking = session.get_one(Booking, world.tuesday)
    assert stand_ins(booking, booking.duties[0]) == []


def test_everybody_concerned_is_told_once(world):
    with transaction():
        project = centre.make_project(session.get_one(Site, world.site_id))
        asked = centre.make_request(
            project, world.get("L-01"), minutes=180, requester_id=world.manager.id, latest_at=at(6, 0)
        )
        world.get("P-2").user_id = world.manager.id
        booking_id = world.book(
            world.get("L-01"), 2, world.get("P-2"), activity_request=asked, project=project, alternative=1
        )
    told = hits.told_of([session.get_one(Booking, booking_id)])
    assert [(each.name, each.user_id) for each in told] == [("Li Wen", world.manager.id)]


def test_an_absence_lists_duties_that_it_touches(world):
    person = world.get("P-1")
    assert hits.hit_by_absence(person, Interval(at(1, 12), at(2, 0)), BEFORE) == []
    (hit,) = hits.hit_by_absence(person, Interval(at(1, 11.9), at(2, 0)), BEFORE)
    assert [duty.person_id for duty in hit.lost] == [person.id]
