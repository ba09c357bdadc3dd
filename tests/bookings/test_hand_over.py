"""A duty goes to somebody else, by the rule book; time, place and everybody else stay."""

from datetime import timedelta

import pytest

from scheduler.bookings import edits
from scheduler.bookings.doctor import examine
from scheduler.bookings.proposal import Duty
from scheduler.bookings.verdict import Refused
from scheduler.database import transaction
from scheduler.errors import Forbidden, UserError
from tests.bookings.test_edits import Desk
from tests.centre import make_person


@pytest.fixture
def desk(any_database, monkeypatch):
    monkeypatch.setattr("scheduler.bookings.acts.LASTS", timedelta(days=10_000))
    return Desk()


def test_a_duty_is_handed_over_and_taken_back(desk):
    with transaction():
        li = make_person(desk.site, "P-2", "Li Wen", holds=(desk.operator,))
        guest = make_person(desk.site, "P-3", "A Guest")
    booking = desk.book(duties=(Duty(desk.sana, desk.operator, "run"),), participants=(guest,))
    run = booking.run
    (duty,) = [row for row in booking.duties if row.is_duty]
    desk.do(edits.hand_over, booking, duty, li)
    assert {(row.person.name, row.is_duty) for row in booking.duties} == {
        ("Li Wen", True),
        ("A Guest", False),
    }
    assert booking.run == run
    assert examine().is_healthy
    assert "handed over to Li Wen" in desk.undo()
    assert [row.person.name for row in booking.duties if row.is_duty] == [desk.sana.name]


def test_whoever_may_not_do_it_is_given_no_duty(desk):
    with transaction():
        trainee = make_person(desk.site, "P-2", "Li Wen")
    booking = desk.book(duties=(Duty(desk.sana, desk.operator, "run"),))
    (duty,) = booking.duties
    with pytest.raises(Refused, match="Li Wen"):
        desk.do(edits.hand_over, booking, duty, trainee)
    with pytest.raises(Forbidden):
        desk.do(edits.hand_over, booking, duty, trainee, user=desk.researcher)
    assert [row.person.name for row in booking.duties] == [desk.sana.name]


def test_taking_part_is_no_duty_to_hand_over(desk):
    booking = desk.book(participants=(desk.sana,))
    with pytest.raises(UserError, match="no duty there"):
        desk.do(edits.hand_over, booking, booking.duties[0], desk.sana)
