"""No double booking, whoever comes at once; and the race itself is shown to find doubles."""

from collections import Counter, defaultdict

import pytest

from scheduler.bookings import guard
from scheduler.bookings.doctor import examine
from scheduler.database import engine
from tests.bookings.race import doubles, prepare, run_race

PROCESSES = 8


@pytest.mark.timeout(280)
def test_of_eight_at_once_exactly_one_gets_it_and_the_others_hear_who(any_database):
    run(any_database, rounds=40)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_of_eight_at_once_exactly_one_gets_it_in_two_hundred_rounds(any_database):
    run(any_database, rounds=200)


def run(url, rounds):
    prepare(PROCESSES)
    answers = run_race(url, rounds, PROCESSES)
    assert [answer.fault for answer in answers if answer.fault] == []
    by_round = defaultdict(list)
    for answer in answers:
        by_round[answer.round].append(answer)
    assert len(by_round) == rounds
    for told in by_round.values():
        (winner,) = [answer.booked for answer in told if answer.booked is not None]
        losers = [answer.clashes for answer in told if answer.booked is None]
        assert losers == [(winner,)] * (PROCESSES - 1)
    assert doubles() == 0
    examination = examine()
    assert examination.is_healthy
    assert examination.bookings == rounds


@pytest.mark.timeout(280)
def test_with_the_guard_off_the_race_finds_doubles(any_database):
    rounds = 20
    prepare(PROCESSES)
    with engine().connect().execution_options(markaz_writes=True) as connection, connection.begin():
        guard.remove(connection)
    answers = run_race(any_database, rounds, PROCESSES, guarded=False)
    assert [answer.fault for answer in answers if answer.fault] == []
    wins = Counter(answer.round for answer in answers if answer.booked is not None)
    assert doubles() >= 0.6 * rounds
    assert sum(1 for count in wins.values() if count > 1) >= 0.6 * rounds
    assert not examine().is_healthy
