"""The clock of a solve."""

from solver.search.construct import greedy
from solver.search.watch import Watch
from solver.solution import Options
from solver.state.index import Index
from solver.state.state import State
from tests.solver.plans import activity, week

PROBLEM = week(activity("x", value=3), activity("y", 18, value=2))


def watch(limit=100.0, stop=None, told=None):
    return Watch(
        PROBLEM, Options(time_limit=limit), None if told is None else lambda *at: told.append(at), stop
    )


def test_only_what_is_better_is_kept_and_told():
    told = []
    clock = watch(told=told)
    index = Index(PROBLEM)
    assert clock.offer(State(index))
    best = greedy(index, "value")
    assert clock.offer(best)
    assert not clock.offer(best)
    assert not clock.offer(State(index))
    assert [progress.objective for progress, _ in told] == [0, 3]
    assert [part.activity for part in clock.assignments()] == ["x"]


def test_what_is_kept_does_not_change_with_the_state():
    clock = watch()
    state = greedy(Index(PROBLEM), "value")
    clock.offer(state)
    state.remove("x")
    assert [part.activity for part in clock.assignments()] == ["x"]


def test_a_bound_only_falls_and_never_below_what_is_reached():
    clock = watch()
    clock.offer(greedy(Index(PROBLEM), "value"))
    for bound, expected in ((5.0, 5.0), (6.0, 5.0), (2.0, 3.0)):
        clock.lower_bound_to(bound)
        assert clock.bound == expected


def test_it_is_over_when_the_time_is_up_or_somebody_says_stop():
    assert watch(limit=1e-9).over()
    assert not watch().over()
    clock = watch(stop=lambda: True)
    assert clock.over()
    assert clock.stopped
    assert not watch(limit=1e-9).stopped


def test_what_is_kept_back_is_at_most_a_tenth():
    clock = watch(limit=100.0)
    clock.keep_back(2.0)
    assert 97 < clock.left() < 98
    clock.keep_back(50.0)
    assert 87 < clock.left() < 89
