"""Must show 1: twenty at once over HTTP, one gets it, and with the guard off the race finds doubles."""

from collections import defaultdict

import pytest
from sqlalchemy import select

from scheduler.bookings import guard
from scheduler.bookings.doctor import examine
from scheduler.bookings.models import Booking
from scheduler.database import engine, session
from tests.bookings.http_race import CLIENTS, KINDS, prepare, race, server
from tests.bookings.race import doubles


def run(url, instance, rounds):
    tickets = prepare(url, instance)
    with server(url, instance) as port:
        for kind in KINDS:
            heard = race(port, tickets, rounds, kind)
            look_at(kind, heard, rounds)
    assert doubles() == 0
    examination = examine()
    assert examination.is_healthy
    assert examination.bookings == rounds * len(KINDS)


def look_at(kind, heard, rounds):
    assert [told for told in heard if told.status not in (201, 409)] == []
    by_round = defaultdict(list)
    for told in heard:
        by_round[told.round].append(told)
    assert len(by_round) == rounds
    for told in by_round.values():
        won = [one.body["id"] for one in told if one.status == 201]
        lost = [one.body for one in told if one.status == 409]
        if kind == "pressed twice":
            assert (len(won), len(set(won))) == (CLIENTS, 1)
            continue
        (winner,) = won
        assert len(lost) == CLIENTS - 1
        for body in lost:
            (there,) = body["in_the_way"]
            assert there["id"] == winner
            assert there["title"] in body["message"]
            assert body["free"]


@pytest.mark.timeout(280)
def test_of_twenty_at_once_one_is_told_yes_and_the_others_who_is_there(any_database, tmp_path):
    run(any_database, tmp_path, 4)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_of_twenty_at_once_one_is_told_yes_in_fifty_rounds_of_each_kind(any_database, tmp_path):
    run(any_database, tmp_path, 50)


@pytest.mark.timeout(280)
def test_with_the_guard_off_the_race_over_http_finds_doubles(any_database, tmp_path):
    rounds = 8
    tickets = prepare(any_database, tmp_path)
    with engine().connect().execution_options(markaz_writes=True) as connection, connection.begin():
        guard.remove(connection)
    with server(any_database, tmp_path, "unguarded") as port:
        heard = race(port, tickets, rounds, "same slot")
    doubled = {told.round for told in heard if told.status == 201}
    wins = [sum(told.round == turn and told.status == 201 for told in heard) for turn in doubled]
    assert sum(count > 1 for count in wins) >= 0.6 * rounds
    starts = session.scalars(select(Booking.starts_at)).all()
    assert sum(starts.count(start) > 1 for start in set(starts)) >= 0.6 * rounds
