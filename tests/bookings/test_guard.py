"""The database itself refuses what must never be, to plain SQL as well: on both databases."""

from contextlib import suppress
from datetime import UTC, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from scheduler.bookings import guard
from scheduler.database import session, transaction
from tests.centre import MONDAY, at, make_site

BOOKING = (
    "INSERT INTO booking (id, site_id, title, state, starts_at, ends_at, occupied_from, occupied_until, "
    "part_no, version, created_at, updated_at) "
    "VALUES (1, 1, 'x', 'booked', :a, :b, :a, :b, 1, 1, :a, :a)"
)
UTILITY = (
    "INSERT INTO utility (id, site_id, code, code_key, name, unit, capacity, per, version, created_at, "
    "updated_at) VALUES (:id, 1, :code, :code, 'x', 'kW', 10, :per, 1, :a, :a)"
)


@pytest.fixture
def guarded(any_database):
    """A booking to hang holds on; holdable 1 has one seat and 2 has three; utilities 1 to 3.

    Utility 1 has 10 at any moment, utility 2 has 10 on a day; utility 3 has 10, but 4 from 12:00 to
    14:00 on Monday.
    """
    with transaction():
        make_site()
        _do("INSERT INTO holdable (id, kind, seats) VALUES (1, 'resource', 1), (2, 'resource', 3)")
        _do(BOOKING, a=at(0, 8), b=at(0, 9))
        for number, per in ((1, "moment"), (2, "day"), (3, "moment")):
            _do(
                UTILITY,
                id=number,
                code=f"u{number}",
                per=per,
                a=MONDAY,
            )
        _do(
            "INSERT INTO utility_level (utility_id, starts_at, ends_at, capacity) VALUES (3, :a, :b, 4)",
            a=at(0, 12),
            b=at(0, 14),
        )


def _do(statement, **values):
    """Plain SQL, with moments in the one width in which each database keeps them."""
    if session.connection().dialect.name == "sqlite":
        values = {
            name: f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}" if hasattr(value, "hour") else value
            for name, value in values.items()
        }
    session.execute(text(statement), values)


def _hold(holdable, seat, start, end):
    _do(
        "INSERT INTO hold (booking_id, holdable_id, seat, kind, starts_at, ends_at) "
        "VALUES (1, :h, :s, 'use', :a, :b)",
        h=holdable,
        s=seat,
        a=at(0, start),
        b=at(0, end),
    )


def _draw(utility, amount, start, end, day=0):
    _do(
        "INSERT INTO draw (booking_id, utility_id, amount, starts_at, ends_at, on_day) "
        "VALUES (1, :u, :amount, :a, :b, :day)",
        u=utility,
        amount=amount,
        a=at(day, start),
        b=at(day, end),
        day=str((MONDAY + timedelta(days=day)).date()),
    )


HOLDS = [
    # what stands, what comes, who refuses it
    ([(1, 1, 9, 12)], (1, 1, 9, 12), guard.NO_OVERLAP, "the same time"),
    ([(1, 1, 9, 12)], (1, 1, 10, 11), guard.NO_OVERLAP, "inside it"),
    ([(1, 1, 9, 12)], (1, 1, 8, 13), guard.NO_OVERLAP, "around it"),
    ([(1, 1, 9, 12)], (1, 1, 11.75, 14), guard.NO_OVERLAP, "over its end"),
    ([(1, 1, 9, 12)], (1, 1, 7, 9.25), guard.NO_OVERLAP, "over its start"),
    ([(1, 1, 9, 12), (1, 1, 13, 15)], (1, 1, 12, 13.25), guard.NO_OVERLAP, "over the start of the second"),
    ([(1, 1, 9, 12)], (1, 1, 12, 13), None, "touching its end"),
    ([(1, 1, 9, 12)], (1, 1, 8, 9), None, "touching its start"),
    ([(1, 1, 9, 12), (1, 1, 13, 15)], (1, 1, 12, 13), None, "exactly between two"),
    ([(1, 1, 9, 12)], (2, 1, 9, 12), None, "another resource"),
    ([(2, 1, 9, 12)], (2, 2, 9, 12), None, "another seat"),
    ([(2, 1, 9, 12), (2, 2, 9, 12)], (2, 3, 9, 12), None, "the last seat"),
    ([(2, 1, 9, 12), (2, 2, 9, 12), (2, 3, 9, 12)], (2, 2, 11, 13), guard.NO_OVERLAP, "a seat that is taken"),
    ([], (2, 4, 9, 12), guard.SEAT, "a seat beyond the capacity"),
    ([], (1, 2, 9, 12), guard.SEAT, "a second seat where there is one"),
    ([], (1, 0, 9, 12), "ck_hold_seat", "seat nought"),
    ([], (1, 1, 9, 9), "ck_hold_order", "no time at all"),
    ([], (1, 1, 12, 9), "ck_hold_order", "an end before the start"),
]


def test_a_hold_is_taken_or_refused(guarded):
    assert _answers(HOLDS, _hold) == _expected(HOLDS)


DRAWS = [
    ([(1, 6, 9, 12)], (1, 4, 9, 12), None, "just the capacity"),
    ([(1, 6, 9, 12)], (1, 5, 9, 12), guard.UTILITY, "one more than the capacity"),
    ([], (1, 11, 9, 12), guard.UTILITY, "more than there is, alone"),
    ([(1, 6, 9, 12)], (1, 5, 11, 14), guard.UTILITY, "over at the end of the other"),
    ([(1, 6, 9, 12)], (1, 5, 8, 9.5), guard.UTILITY, "over at the start of the other"),
    ([(1, 6, 9, 12)], (1, 10, 12, 14), None, "touching"),
    ([(1, 6, 9, 12), (1, 6, 12, 15)], (1, 4, 9, 15), None, "two after each other count once each"),
    ([(1, 4, 9, 11), (1, 4, 10, 13)], (1, 3, 8, 14), guard.UTILITY, "three at one moment in the middle"),
    ([(1, 10, 9, 12)], (3, 10, 9, 12), None, "another utility"),
    ([(2, 6, 9, 10)], (2, 4, 20, 21), None, "just what is left of the day"),
    ([(2, 6, 9, 10)], (2, 5, 20, 21), guard.UTILITY, "more than is left of the day"),
    ([(2, 6, 9, 10)], (2, 10, 9, 10, 1), None, "another day"),
    ([], (3, 5, 11, 12), None, "before the dip"),
    ([], (3, 5, 11, 12.25), guard.UTILITY, "into the dip"),
    ([], (3, 5, 8, 18), guard.UTILITY, "across the whole dip"),
    ([], (3, 4, 8, 18), None, "across the dip, within it"),
    ([], (3, 10, 14, 18), None, "from its end on"),
    ([(3, 3, 13, 15)], (3, 2, 11, 13.5), guard.UTILITY, "together over in the dip"),
    ([], (1, 0, 9, 12), "ck_draw_amount", "nothing at all"),
]


def test_a_draw_is_taken_or_refused(guarded):
    assert _answers(DRAWS, _draw) == _expected(DRAWS)


class _UndoError(Exception):
    """So that one database serves every row of a table."""


def _answers(rows, write):
    return {why: _answer(stands, comes, refused_by, write) for stands, comes, refused_by, why in rows}


def _expected(rows):
    return {why: f"refused by {refused_by}" if refused_by else "taken" for _, _, refused_by, why in rows}


def _answer(stands, comes, refused_by, write):
    answer = "taken"
    with suppress(_UndoError), transaction():
        for each in stands:
            write(*each)
        try:
            write(*comes)
        except IntegrityError as refusal:
            words = str(refusal.orig)
            answer = f"refused by {refused_by if refused_by and refused_by in words else words}"
        raise _UndoError
    return answer


def _expect(refused_by, write):
    if refused_by is None:
        with transaction():
            write()
        return
    with pytest.raises(IntegrityError, match=refused_by), transaction():
        write()


MOVES = [
    ("UPDATE hold SET starts_at = :t WHERE starts_at = :b", at(0, 11), guard.NO_OVERLAP),
    ("UPDATE hold SET holdable_id = 2, seat = 4 WHERE starts_at = :b", at(0, 0), guard.SEAT),
    ("UPDATE hold SET ends_at = :t WHERE starts_at = :b", at(0, 16), None),
]


@pytest.mark.parametrize(
    ("statement", "moment", "refused_by"), MOVES, ids=["onto another", "off the seats", "free"]
)
def test_a_hold_that_is_moved_is_judged_as_a_new_one(guarded, statement, moment, refused_by):
    with transaction():
        _hold(1, 1, 9, 12)
        _hold(1, 1, 12, 15)
    values = {"b": at(0, 12)} | ({"t": moment} if ":t" in statement else {})
    _expect(refused_by, lambda: _do(statement, **values))


def test_a_draw_that_is_raised_is_judged_as_a_new_one(guarded):
    with transaction():
        _draw(1, 6, 9, 12)
        _draw(1, 4, 9, 12)
    _expect(guard.UTILITY, lambda: _do("UPDATE draw SET amount = 5 WHERE amount = 4"))
    _expect(None, lambda: _do("UPDATE draw SET amount = 3 WHERE amount = 4"))


def test_without_the_guard_the_same_insert_goes_through(guarded):
    # The negative control: it is the guard that refuses above, and nothing else.
    with transaction():
        guard.remove(session.connection())
    with transaction():
        _hold(1, 1, 9, 12)
        _hold(1, 1, 10, 11)
        _draw(1, 11, 9, 12)
    with transaction():
        assert session.execute(text("SELECT COUNT(*) FROM hold")).scalar() == 2


def test_the_refusal_is_known_by_its_name(guarded):
    with transaction():
        _hold(1, 1, 9, 12)
    with pytest.raises(IntegrityError) as refusal, transaction():
        _hold(1, 1, 9, 12)
    assert guard.refused_by(refusal.value) == guard.NO_OVERLAP


def test_on_a_server_two_bookings_may_change_places_in_one_transaction(postgres_database):
    with transaction():
        make_site()
        _do("INSERT INTO holdable (id, kind, seats) VALUES (1, 'resource', 1)")
        _do(BOOKING, a=at(0, 8), b=at(0, 9))
        _hold(1, 1, 9, 10)
        _hold(1, 1, 10, 11)
    swap = "UPDATE hold SET starts_at = :a, ends_at = :b WHERE id = :id"
    with transaction():
        _do("SET CONSTRAINTS ALL DEFERRED")
        _do(swap, id=1, a=at(0, 10), b=at(0, 11))
        _do(swap, id=2, a=at(0, 9), b=at(0, 10))
    with pytest.raises(IntegrityError, match=guard.NO_OVERLAP), transaction():
        _do("SET CONSTRAINTS ALL DEFERRED")
        _do(swap, id=1, a=at(0, 9), b=at(0, 11))
