"""How many statements the desk asks of the database: the same, however much is booked."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from scheduler import database
from scheduler.bookings import verdict
from tests.bookings.desk import Centre, at, wall
from tests.pages import app_on


@pytest.fixture
def desk(any_database, tmp_path):
    return Centre(app_on(any_database, tmp_path))


@contextmanager
def statements():
    """The SQL statements that run meanwhile."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(database.engine(), "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine(), "before_cursor_execute", note)


def counted(work, status):
    work()  # the first time something may be made ready
    with statements() as seen:
        assert work().status_code == status
    return len(seen)


def book_many(counter, number):
    for which in range(number):
        start = at(which % 5, 8 + which // 5 * 0.5)
        answer = counter.book(start=start.isoformat(), end=(start + timedelta(minutes=30)).isoformat())
        assert answer.status_code == 201


def test_a_booking_asks_as_often_with_an_empty_week_as_with_a_full_one(desk):
    counter = desk.counter()
    hours = iter(range(100))

    def book():
        hour = next(hours) / 2
        return counter.book(resources=["TV-2"], start=wall(6, hour), end=wall(6, hour + 0.5), project="BDR")

    empty = counted(book, 201)
    book_many(counter, 30)
    assert counted(book, 201) == empty
    assert empty <= 30, "each is a way to the database and back, most of them under the lock"


def test_a_refusal_asks_as_often_with_an_empty_week_as_with_a_full_one(desk):
    counter = desk.counter()
    counter.book(start=wall(6, 9), end=wall(6, 12))

    def refused():
        return counter.book(start=wall(6, 9), end=wall(6, 12))

    empty = counted(refused, 409)
    book_many(counter, 30)
    assert counted(refused, 409) == empty


def test_what_is_free_is_looked_for_once_the_lock_is_let_go(desk, monkeypatch):
    held = []
    look = verdict.next_free

    def next_free(*args, **values):
        held.append(database.is_writing())
        return look(*args, **values)

    monkeypatch.setattr(verdict, "next_free", next_free)
    counter = desk.counter()
    counter.book(start=wall(6, 9), end=wall(6, 12))
    answer = counter.book(start=wall(6, 9), end=wall(6, 12))
    assert answer.status_code == 409
    assert answer.json["free"][0] == at(6, 12).isoformat()
    assert "Free next" in answer.json["message"]
    assert held == [False]
