"""Must show 2: whichever two ways of writing a booking meet, nothing is held twice, nobody sees a fault."""

import pytest

from scheduler.bookings.doctor import examine
from tests.bookings.attempts import cover, every_pair, run
from tests.bookings.attempts_centre import prepare
from tests.bookings.attempts_checks import wrong
from tests.bookings.attempts_paths import DEAR, PATHS
from tests.bookings.attempts_unguarded import disarm_database

LONG_ATTEMPTS = 200_000
A_SWEEP = 700
"""About so many attempts come of every pair once, one attempt of each process in a round."""


def look_at(heard):
    assert heard.faults == []
    assert heard.wrong == []
    assert wrong() == []
    assert examine().is_healthy
    assert len(heard.pairs) == len(PATHS) * (len(PATHS) + 1) / 2
    assert [pair for pair, rounds in heard.pairs.items() if not rounds] == []
    for path in PATHS:
        # Enough of them came through for the others to have been in their way.
        least = 0.03 if path in DEAR else 0.2
        assert heard.done(path) >= least * heard.tried(path), (path, heard.told)


@pytest.mark.timeout(600)
def test_every_pair_of_ways_to_write_at_once_leaves_nothing_held_twice(any_database):
    prepare()
    heard = cover(any_database, every_pair(1), 2)
    look_at(heard)
    assert heard.attempts >= 1_000


@pytest.mark.long
@pytest.mark.timeout(4 * 3600)
def test_two_hundred_thousand_attempts_leave_nothing_held_twice(any_database):
    prepare()
    each = 8
    sweeps = LONG_ATTEMPTS // (A_SWEEP * each) + 1
    total = 0
    while total < LONG_ATTEMPTS:
        heard = cover(any_database, every_pair(sweeps), each, seed=sweeps)
        look_at(heard)
        total, sweeps = total + heard.attempts, sweeps + 1


@pytest.mark.timeout(280)
def test_with_the_guard_off_the_same_checks_find_what_is_wrong(any_database):
    rounds = 24
    prepare()
    disarm_database()
    heard = run(any_database, [("create", "create")] * (rounds + 1), 1, guarded=False)
    assert heard.faults == []
    assert len({found.split(",")[0] for found in heard.wrong}) >= 0.6 * rounds
