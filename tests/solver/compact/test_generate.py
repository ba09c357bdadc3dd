"""Schedules on packed numbers: the same as `State` gives, activity by activity, in much less time."""

import random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from solver import Assignment, verify
from solver.compact.generate import Generator, choose
from solver.compact.lean import lean
from solver.search.construct import place_pinned
from solver.state.frame import Frame
from solver.state.index import Index
from solver.state.masks import ticks
from solver.state.state import State
from tests.solver.plain import plain_problems

some = settings(
    max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@some
@given(plain_problems(), st.integers(0, 99))
def test_each_activity_starts_as_early_as_the_rules_let_it(problem, seed):
    index = Index(problem)
    plain = lean(index)
    assume(plain is not None)
    rng = random.Random(seed)
    generator = Generator(plain)
    order = generator.in_order([rng.random() for _ in plain.names])
    built = generator.build(order)
    state = State(index)
    place_pinned(state)
    for number in order:
        activity = index.activities[plain.names[number]]
        able = [
            start
            for start in ticks(Frame(state, activity, activity.modes[0]).starts(activity.wish))
            if state.crew.choose(activity, activity.modes[0], start, activity.wish) is not None
        ]
        if built is None:
            if not able:
                return
            names = state.crew.choose(activity, activity.modes[0], able[0], activity.wish)
            assert state.insert(activity, [Assignment(activity.id, 1, "m", able[0], activity.wish, names)])
            continue
        assert built.starts[number] == able[0]
        names = tuple(named(plain, mask) for mask in built.people[number])
        part = Assignment(activity.id, 1, "m", able[0], activity.wish, names)
        assert state.insert(activity, [part])
        assert state.placed[activity.id][0].people == names
    assert built.end == max(state.end(name) for name in state.placed)
    assert verify(problem, state.assignments()).violations == ()


def named(plain, mask):
    return tuple(person for number, person in enumerate(plain.people) if mask >> number & 1)


@some
@given(plain_problems(steady=True), st.integers(0, 99))
def test_a_schedule_built_backwards_is_one_when_it_is_turned_round(problem, seed):
    index = Index(problem)
    plain = lean(index)
    assume(plain is not None)
    rng = random.Random(seed)
    generator = Generator(plain, backwards=True)
    built = generator.build(generator.in_order([rng.random() for _ in plain.names]))
    state = State(index)
    starts = [built.end - start - length for start, length in zip(built.starts, plain.ticks, strict=True)]
    for number in sorted(range(len(starts)), key=starts.__getitem__):
        activity = index.activities[plain.names[number]]
        names = tuple(named(plain, mask) for mask in built.people[number])
        part = Assignment(activity.id, 1, "m", starts[number], activity.wish, names)
        assert state.insert(activity, [part])


@some
@given(plain_problems(most=12), st.integers(0, 99))
def test_an_order_by_any_keys_puts_none_before_those_it_waits_for(problem, seed):
    plain = lean(Index(problem))
    assume(plain is not None)
    rng = random.Random(seed)
    for backwards in (False, True) if plain.steady else (False,):
        generator = Generator(plain, backwards=backwards)
        order = generator.in_order([rng.randrange(4) for _ in plain.names])
        place = {activity: at for at, activity in enumerate(order)}
        assert sorted(order) == list(range(len(plain.names)))
        assert all(place[o] < place[a] for a in place for o in generator.waits[a])


@given(plain_problems(steady=False))
@settings(max_examples=30, derandomize=True, deadline=None, database=None)
def test_time_does_not_run_backwards_where_ticks_differ(problem):
    plain = lean(Index(problem))
    assume(plain is not None and not plain.steady)
    with pytest.raises(ValueError, match="all ticks are alike"):
        Generator(plain, backwards=True)


@pytest.mark.parametrize(
    ("needs", "free", "chosen"),
    [
        (((0b11, 1), (0b01, 1)), 0b11, (0b10, 0b01)),
        (((0b111, 1),), 0b110, (0b010,)),
        (((0b110, 2), (0b111, 1)), 0b111, (0b110, 0b001)),
        (((0b011, 1), (0b110, 1), (0b001, 1)), 0b111, (0b010, 0b100, 0b001)),
    ],
    ids=["one moves for the other", "the least sought after", "all of them", "two move"],
)
def test_people_are_seated_where_they_can_be(needs, free, chosen):
    assert choose(needs, free) == chosen


def test_too_few_people_are_refused():
    with pytest.raises(ValueError, match="not enough people"):
        choose(((0b01, 1), (0b01, 1)), 0b11)
