"""Rows written past the unit of work: the same as by a flush, in the tables, the log and the session."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import inspect, select

from scheduler.audit import Audit
from scheduler.bookings.models import Booking, BookingPerson, BookingResource, BookingUtility, Draw, Hold
from scheduler.calendars.models import Site
from scheduler.database import session, table_of, transaction
from scheduler.inserts import insert_whole
from scheduler.people.models import Person, Qualification
from scheduler.projects.models import Project
from scheduler.resources.models import Resource, Utility
from tests import centre
from tests.bookings.test_statements import statements

START = datetime(2026, 12, 7, 9, tzinfo=UTC)
END = START + timedelta(hours=2)
PARTS = ("uses", "duties", "supplies", "holds", "draws")
TYPES = (Booking, BookingResource, BookingPerson, BookingUtility, Hold, Draw)


@pytest.fixture
def user(any_database):
    with transaction():
        site = centre.make_site()
        centre.make_resource(site, "TV-1")
        centre.make_resource(site, "TV-2")
        centre.make_person(site, "SM")
        centre.make_qualification(site)
        centre.make_utility(site)
        centre.make_project(site)
        return centre.make_user("manager")


def make_booking():
    """One of everything, two of what a facility gives."""
    site, project, person = (session.scalar(select(each)) for each in (Site, Project, Person))
    utility, held = session.scalar(select(Utility)), session.scalar(select(Qualification))
    resources = session.scalars(select(Resource).order_by(Resource.code)).all()
    times = {"starts_at": START, "ends_at": END}
    booking = Booking(site=site, project=project, title="Leak test", **times)
    booking.occupied_from, booking.occupied_until = START, END
    booking.uses = [BookingResource(resource=resource) for resource in resources]
    booking.duties = [
        BookingPerson(person=person, qualification=held),
        BookingPerson(person=person, phase="run"),
    ]
    booking.supplies = [BookingUtility(utility=utility, amount=2)]
    booking.holds = [Hold(holdable_id=one.holdable_id, kind="use", **times) for one in resources]
    booking.draws = [Draw(utility_id=utility.id, amount=2, on_day=START.date(), **times)]
    return booking


def put(booking):
    insert_whole(booking, *(getattr(booking, name) for name in PARTS), key="booking_id")


def flush(booking):
    session.add(booking)
    session.flush()


def written(user, write):
    """What stands in the tables and in the log of one booking that is then taken away again."""
    with transaction(actor=user, reason="for comparison"):
        first = session.scalar(select(Audit.id).order_by(Audit.id.desc()).limit(1)) or 0
        booking = make_booking()
        write(booking)
        ids = [booking.id, *(part.id for name in PARTS for part in getattr(booking, name))]
        assert all(ids)
        rows = [
            {name: value for name, value in row._mapping.items() if not name.endswith("_at") and name != "id"}
            for row_type in TYPES
            for row in session.execute(select(table_of(row_type)).order_by("id"))
        ]
        for row in rows:
            row.pop("booking_id", None)
        session.flush()
        log = session.execute(
            select(Audit.actor_id, Audit.entity, Audit.action, Audit.before, Audit.after, Audit.reason)
            .where(Audit.id > first)
            .order_by(Audit.entity, Audit.id)
        )
        notes = [row._asdict() for row in log]
        for note in notes:
            for name in ("id", "booking_id"):
                note["after"].pop(name, None)
        session.delete(booking)
    return rows, notes


def test_it_writes_and_logs_what_a_flush_does(user):
    rows, notes = written(user, flush)
    assert len(rows) == 9 and len(notes) == 6
    assert written(user, put) == (rows, notes)


def test_the_session_has_the_rows_as_if_it_had_read_them(user):
    user_id = user.id
    with transaction(actor=user):
        booking = make_booking()
        put(booking)
        with statements() as seen:
            assert session.get(Booking, booking.id) is booking
            assert (booking.version, booking.state, booking.created_by_id) == (1, "booked", user_id)
            assert booking.created_at is not None and booking.holds[1].booking is booking
            session.flush()
        assert seen == [] and not session.dirty and not session.new
        booking.title = "Leak test, again"
        del booking.holds[0]
        session.flush()
        assert booking.version == 2 and len(session.scalars(select(Hold)).all()) == 1
    assert session.get_one(Booking, booking.id).title == "Leak test, again"


def test_what_is_taken_back_leaves_nothing(user):
    with pytest.raises(ZeroDivisionError), transaction():
        booking = make_booking()
        put(booking)
        assert 1 / 0
    assert session.scalar(select(Booking)) is None and session.scalar(select(Hold)) is None
    assert inspect(booking).transient and inspect(booking.holds[0]).transient
    assert (booking.title, booking.activity_request, len(booking.uses)) == ("Leak test", None, 2)


def test_what_goes_with_a_savepoint_leaves_nothing_and_the_rest_stays(user):
    with transaction():
        first = make_booking()
        put(first)
        for hold in list(first.holds):
            first.holds.remove(hold)
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            with session.begin_nested():
                second = make_booking()
                put(second)
            taken_back = second.id
            assert 1 / 0
        assert inspect(second).transient and inspect(first).persistent
        assert (second.title, len(second.holds)) == ("Leak test", 2)
        third = make_booking()
        put(third)
        assert third.id == taken_back or session.get(Booking, taken_back) is None
    assert set(session.scalars(select(Booking))) == {first, third}
    assert {hold.booking_id for hold in session.scalars(select(Hold))} == {third.id}


def test_it_writes_only_within_a_transaction(user):
    with pytest.raises(ValueError, match="outside transaction"):
        put(make_booking())


def test_a_default_of_the_database_is_not_guessed(user):
    with transaction(), pytest.raises(ValueError, match="is_hazardous cannot be written"):
        insert_whole(Resource(code="TV-9", name="TV-9"), key="resource_id")


def test_rows_of_one_type_keep_their_order(user):
    with transaction():
        booking = make_booking()
        (held, *_) = booking.holds
        booking.holds = [
            Hold(
                holdable_id=held.holdable_id,
                kind="use",
                starts_at=START + timedelta(days=day),
                ends_at=END + timedelta(days=day),
            )
            for day in reversed(range(40))
        ]
        put(booking)
        ids = [hold.id for hold in booking.holds]
        assert ids == sorted(ids) and len(set(ids)) == 40
        found = dict(session.execute(select(table_of(Hold).c.id, table_of(Hold).c.starts_at)).all())
    assert found == {hold.id: hold.starts_at for hold in booking.holds}
