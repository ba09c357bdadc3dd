"""The desk beside its bare control: both answer rightly. How fast is no matter of a test."""

import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.benchmarks import desk, desk_centre, desk_clients
from tests.benchmarks.desk_clients import Heard, Slots, in_turn, percentile, total


@pytest.fixture(params=["sqlite", "postgres"])
def kind(request, monkeypatch):
    if request.param == "postgres":
        monkeypatch.setenv("MARKAZ_TEST_POSTGRES_URL", request.getfixturevalue("postgres_url"))
    return request.param


def counts(told):
    """How many answers each of the two gave."""
    return [int(line.split()[-1].replace(",", "")) for line in told.splitlines() if " ms   " in line]


@pytest.mark.parametrize("control", ["rows", "sql"])
def test_both_book_and_nothing_is_refused(kind, control, capsys):
    command = ("bookings", "--clients", "2", "--seconds", "0.3", "--database", kind, "--control", control)
    assert desk.main(command) in (0, 1), "slow is no fault here"
    told = capsys.readouterr()
    assert "answered wrongly" not in told.err
    assert len(counts(told.out)) == 2 and all(number > 0 for number in counts(told.out))
    assert re.search(r"ratio \d", told.out)


def test_both_show_the_same_week(kind, capsys):
    command = ("week", "--bookings", "1920", "--requests", "20", "--database", kind)
    assert desk.main(command) in (0, 1)
    told = capsys.readouterr()
    assert "answered wrongly" not in told.err
    assert counts(told.out) == [20, 20]


def test_an_answer_that_was_not_wanted_fails_the_run(capsys):
    wrong = Heard([0.1], 1.0, ["409: taken"])
    assert desk._told(wrong, Heard([0.1], 1.0), is_reached=True) == 1
    assert "answered wrongly: 409: taken" in capsys.readouterr().err
    assert desk._told(Heard([0.1], 1.0), Heard([0.1], 1.0), is_reached=True) == 0


def test_every_slot_is_given_once():
    first = desk_centre.monday(datetime.now(UTC))
    slots = Slots(first)
    one, other = iter(slots), iter(slots)
    given = list(itertools.chain.from_iterable(itertools.islice(zip(one, other, strict=False), 100)))
    assert len(set(given)) == len(given) == 200
    assert given[0] == (0, first)
    assert given[40] == (0, first + timedelta(minutes=desk_clients.MINUTES))


def test_a_year_of_slots_is_dense_and_keeps_sundays_free():
    first = desk_centre.monday(datetime.now(UTC))
    starts = [desk_centre.slot(first, turn) for turn in range(96)]
    assert len(set(starts)) == 96
    assert {start.weekday() for start in starts} == set(range(6))
    assert {start.hour for start in starts} == set(range(8, 16))
    assert starts[48] == first + timedelta(days=7, hours=8)


def test_each_of_the_two_begins_as_often():
    began = []

    def press(which):
        began.append(which)
        return Heard([0.1], 1.0, [which])

    pairs = in_turn("one", "other", 4, press)
    assert began[::2] == ["one", "other", "one", "other"]
    assert all((pair[0].faults, pair[1].faults) == (["one"], ["other"]) for pair in pairs)
    assert total([pair[0] for pair in pairs]).rate == 1.0


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1.0], 1.0), (list(range(1, 21)), 19), (list(range(1, 22)), 20)],
    ids=["one value", "a twentieth lies above", "rounded up"],
)
def test_the_percentile_is_one_of_the_values(values, expected):
    assert percentile(values, 0.95) == expected
