"""When there is work on a part: pauses taken out, duties shared, to the tick."""

from dataclasses import replace

import pytest

from solver.problem import Mode, Need, Pin, Resource, Window
from solver.state.index import Index
from solver.state.masks import ticks
from solver.state.work import Calendar, Edge, relay, shared
from tests.solver.plans import activity, week

LAB = Resource("lab", open=(Window(0, 6), Window(9, 14), Window(14, 16)))
PIT = Resource("pit", open=(Window(4, 12),))
ALWAYS = Resource("hall", 3)
ON_LAB, ON_BOTH, IN_HALL = Mode("m", ("lab",)), Mode("both", ("lab", "pit")), Mode("h", ("hall",))
WAITS = activity("x", 4, closed="pause", setup=1, teardown=1)


@pytest.fixture
def calendar():
    return Calendar((LAB, PIT, ALWAYS), 20)


@pytest.mark.parametrize(
    ("ticks", "longest", "lengths"),
    [
        (0, 2, []),
        (4, None, [4]),
        (4, 4, [4]),
        (5, 4, [3, 2]),
        (9, 4, [3, 3, 3]),
        (10, 3, [3, 3, 3, 1]),
        (7, 1, [1] * 7),
    ],
)
def test_work_is_shared_in_the_fewest_duties_that_are_short_enough(ticks, longest, lengths):
    duties = relay(((3, 3 + ticks),) if ticks else (), longest)
    assert [duty[0][1] - duty[0][0] for duty in duties] == lengths
    assert [duty[0][0] for duty in duties] == [3 + sum(lengths[:n]) for n in range(len(lengths))]


def test_pauses_are_not_shared():
    assert relay(((0, 3), (8, 13)), 4) == (((0, 3), (8, 9)), ((9, 13),))
    assert relay(((0, 4), (8, 12)), 4) == (((0, 4),), ((8, 12),))


@pytest.mark.parametrize("longest", range(1, 12))
@pytest.mark.parametrize("length", range(1, 40))
def test_no_duty_is_empty_or_too_long(length, longest):
    duties = relay(((0, length),), longest)
    assert len(duties) == -(-length // longest)
    assert all(0 < end - start <= longest for ((start, end),) in duties)


def test_names_are_given_out_duty_by_duty_and_the_last_takes_the_rest():
    assert shared(["a", "b", "c", "d"], 2, 2) == [("a", "b"), ("c", "d")]
    assert shared(["a", "b", "c"], 1, 2) == [("a",), ("b", "c")]
    assert shared(["a"], 2, 3) == [("a",), (), ()]
    assert shared([], 1, 0) == []


def test_a_run_that_waits_has_its_length_from_its_start(calendar):
    starts = calendar.run_starts(ON_LAB, 4)
    assert {length: list(ticks(mask)) for length, mask in starts.items()} == {
        4: [0, 1, 2, 9, 10, 11, 12],
        7: [3, 4, 5],
    }
    assert {n: list(ticks(m)) for n, m in calendar.run_starts(ON_BOTH, 4).items()} == {7: [4, 5]}
    assert calendar.run_starts(IN_HALL, 20) == {20: 1}
    assert calendar.run_starts(IN_HALL, 21) == {}


@pytest.mark.parametrize(
    ("phase", "pieces"),
    [
        ("setup", ((3, 4),)),
        ("run", ((4, 6), (9, 11))),
        ("teardown", ((11, 12),)),
        ("all", ((3, 6), (9, 12))),
    ],
)
def test_only_the_run_has_pauses(calendar, phase, pieces):
    assert calendar.pieces(WAITS, ON_LAB, phase, 3, 7) == pieces


def test_nothing_pauses_that_is_not_longer_than_its_wish_or_does_not_wait(calendar):
    assert calendar.pieces(WAITS, ON_LAB, "run", 5, 4) == ((6, 10),)
    assert calendar.pieces(replace(WAITS, closed="run"), ON_LAB, "run", 3, 7) == ((4, 11),)
    assert calendar.worked(WAITS, ON_LAB, 3, 7) == 4
    assert calendar.worked(replace(WAITS, closed="avoid"), ON_LAB, 3, 7) == 7


def test_a_pin_pauses_whatever_its_length_also_beyond_the_horizon(calendar):
    pinned = replace(WAITS, setup=0, pin=Pin(-2, 9, "m"))
    assert calendar.pieces(pinned, ON_LAB, "run", -2, 9) == ((0, 6),)
    assert calendar.pieces(pinned, IN_HALL, "run", -2, 9) == ((-2, 7),)
    assert calendar.pieces(pinned, ON_LAB, "run", 6, 3) == ()
    assert calendar.worked(pinned, ON_LAB, 6, 3) == 0


def test_who_is_on_a_need_is_told_piece_by_piece(calendar):
    need = Need("operator", phase="run", longest=3)
    on_duty = calendar.named(WAITS, ON_LAB, need, ("ann", "bob"), 3, 7)
    assert on_duty == [("ann", (4, 6)), ("bob", (9, 11))]
    assert calendar.named(WAITS, ON_LAB, replace(need, longest=None), ("ann",), 3, 7) == [
        ("ann", (4, 6)),
        ("ann", (9, 11)),
    ]


def test_starts_of_one_shape_have_their_pieces_where_it_says(calendar):
    need = Need("operator", phase="all", longest=3)
    asked = replace(WAITS, needs=(need, Need("inspector")))
    covered = []
    for shape in calendar.shapes(asked, ON_LAB, 7):
        for start in ticks(shape.starts):
            covered.append(start)

            def at(pieces, start=start):
                return tuple((a.at(start), b.at(start)) for a, b in pieces)

            assert at(shape.run) == calendar.pieces(asked, ON_LAB, "run", start, 7)
            assert at(shape.whole) == calendar.pieces(asked, ON_LAB, "all", start, 7)
            for number, each in enumerate(asked.needs):
                duties = tuple(at(duty) for duty in shape.duties[number])
                assert duties == calendar.duties(asked, ON_LAB, each, start, 7)
    assert sorted(covered) == [2, 3, 4], "the setup is before the run"


def test_without_pauses_there_is_one_shape_that_moves(calendar):
    asked = replace(WAITS, needs=(Need("operator", phase="run", longest=2),))
    (shape,) = calendar.shapes(asked, ON_LAB, 4)
    assert shape.starts == -1
    assert shape.duties == ((((Edge(1, True), Edge(3, True)),), ((Edge(3, True), Edge(5, True)),)),)


def test_a_run_that_waits_is_as_many_ways_as_it_has_lengths():
    x = replace(WAITS, modes=(ON_LAB,))
    y = activity("y", wish=5, least=2, modes=(ON_LAB,))
    index = Index(week(x, y, resources=(LAB,)))
    assert index.ways(x, ON_LAB) == [(4, 4), (7, 7)]
    assert index.ways(y, ON_LAB) == [(2, 5)]
