"""Neighbourhoods free what competes, and leave what cannot move."""

import random

import pytest

from solver.problem import PrecedenceLag
from solver.search.construct import greedy
from solver.search.neighbourhoods import Neighbourhoods
from solver.search.ruin import Ruin
from solver.state.index import Index
from solver.verification.verify import verify
from tests.benchmarks.weeks_problem import DATA, problem_from_week, read_week
from tests.solver.plans import activity, week
from tests.solver.rules import pinned


@pytest.fixture(scope="module")
def index():
    return Index(problem_from_week(read_week(DATA / "weekly-1.json")))


def picks(index, state, count=40, size=20.0, taken=()):
    picker = Neighbourhoods(index, random.Random(5), size)
    return [picker.pick(state, taken) for _ in range(count)]


def test_pins_and_what_is_taken_stay(index):
    state = greedy(index, "density")
    taken = set(list(state.placed)[:50])
    for _, free in picks(index, state, taken=taken):
        assert free
        assert len(set(free)) == len(free)
        assert all(index.activities[name].pin is None for name in free)
        assert taken.isdisjoint(free)


def test_what_waits_for_an_unplaced_one_brings_it_along(index):
    state = greedy(index, "density")
    for _, free in picks(index, state):
        for name in free:
            for lag in index.before[name]:
                pin = index.activities[lag.before].pin
                assert lag.before in state.placed or lag.before in free or pin is not None


def test_a_chain_is_freed_whole():
    problem = week(*(activity(f"a{i}", 2) for i in range(8)), chains=(("a1", "a5"),), horizon=30)
    index = Index(problem)
    for _, free in picks(index, greedy(index, "value"), size=2.0):
        assert ("a1" in free) == ("a5" in free)


def test_what_brings_more_is_chosen_more_often(index):
    state = greedy(index, "density")
    picker = Neighbourhoods(index, random.Random(5), 20.0)
    for _ in range(50):
        for kind in ("left out", "short", "place", "any"):
            picker.learn(kind, 0.0, 0.01, proven=True)
        picker.learn("time", 0.01, 0.01, proven=True)
    kinds = [picker.pick(state, ())[0] for _ in range(40)]
    assert kinds.count("time") > 20


def test_the_size_of_a_kind_follows_what_can_be_proven_of_it(index):
    picker = Neighbourhoods(index, random.Random(5), 30.0)
    picker.learn("any", 0.0, 0.1, proven=False)
    assert picker.sizes["any"] < 30 == picker.sizes["time"]
    for _ in range(500):
        picker.learn("any", 0.0, 0.001, proven=True)
    assert 30 < picker.sizes["any"] <= 120


def test_a_kick_leaves_the_schedule_valid_and_tells_of_what_is_better(index):
    state = greedy(index, "value")
    seen = []
    Ruin(index, random.Random(2)).kick(state, lambda s: seen.append(s.objective()), lambda: False)
    assert len(seen) == 20 and seen[-1] == state.objective()
    assert verify(index.problem, state.assignments()).violations == ()


def test_a_kick_may_make_it_worse_but_never_costs_a_mandatory_one():
    # Two fill the lab and are worth more than the long one, which is mandatory.
    short = [activity(f"s{n}", 4, value=10 + n) for n in range(9)]
    problem = week(*short, activity("long", 8, value=1, mandatory=True))
    worse = 0
    for seed in range(10):
        state = greedy(Index(problem), "value")
        ruin = Ruin(state.index, random.Random(seed))
        ruin.burst(state, lambda: False)
        before = state.objective()
        for _ in range(5):
            ruin.kick(state, lambda _: None, lambda: False)
            assert "long" in state.placed
            worse += state.objective() < before
    assert worse


def test_a_kick_ends_when_it_is_told(index):
    state = greedy(index, "value")
    before = state.assignments()
    Ruin(index, random.Random(2)).kick(state, lambda _: None, lambda: True)
    assert state.assignments() == before


def test_ruin_never_makes_it_worse_and_keeps_every_rule(index):
    state = greedy(index, "value")
    before = state.objective()
    gain = Ruin(index, random.Random(2)).burst(state, lambda: False)
    assert gain >= 0
    assert state.objective() == pytest.approx(before * (1 + gain))
    assert verify(index.problem, state.assignments()).violations == ()


def test_ruin_puts_back_what_stands_on_what_it_took_out():
    problem = week(
        activity("a", 4, value=5),
        activity("b", 4, value=5, on="hall"),
        activity("c", 4, value=6),
        pinned("p", 12, 8),
        precedences=(PrecedenceLag("a", "b"),),
        horizon=20,
    )
    index = Index(problem)
    state = greedy(index, "value")
    for seed in range(5):
        Ruin(index, random.Random(seed)).burst(state, lambda: False)
        assert set(state.placed) == {"a", "b", "c", "p"}
        assert verify(problem, state.assignments()).violations == ()
