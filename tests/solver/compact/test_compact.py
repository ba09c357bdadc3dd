"""The search for the shortest schedule: never wrong, never worse, the best where it says so."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from solver import (
    Activity,
    Assignment,
    Mode,
    Need,
    Options,
    Person,
    Pin,
    PrecedenceLag,
    Problem,
    Qualification,
    Resource,
    solve,
    verify,
)
from solver.compact.compact import compact
from solver.compact.genetic import Genetic
from solver.compact.lean import lean
from solver.search.watch import Watch
from solver.state.index import Index
from solver.state.state import State
from solver.weights import Weights
from tests.solver.brute import best_objective, is_small
from tests.solver.plain import plain_problems

some = settings(
    max_examples=40, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def judged(problem, plain, built):
    """What `verify` says of a schedule in numbers, with what is pinned to its place."""
    parts = [
        Assignment(
            name,
            1,
            "m",
            built.starts[number],
            next(a.wish for a in problem.activities if a.id == name),
            tuple(
                tuple(person for bit, person in enumerate(plain.people) if mask >> bit & 1)
                for mask in built.people[number]
            ),
        )
        for number, name in enumerate(plain.names)
    ]
    pins = [a for a in problem.activities if a.pin is not None]
    parts += [Assignment(a.id, 1, "m", a.pin.start, a.pin.duration, a.pin.people or ()) for a in pins]
    return verify(problem, parts)


def run(problem, options, watch=None):
    """The search alone, from nothing; the clock and what it holds."""
    watch = watch or Watch(problem, options, None, None)
    index = Index(problem)
    with ThreadPoolExecutor(options.workers) as threads:
        ended = compact(index, options, watch, State(index), threads)
    return ended, watch


def project(seed, count=30, horizon=200):
    """A project of activities in three workshops, each waiting for some before it."""
    rng = random.Random(seed)
    activities = tuple(
        Activity(
            f"a{n}",
            (Mode("m", ("w1", "w2"), (rng.randint(1, 3), rng.randint(1, 3))),),
            wish=(ticks := rng.randint(1, 9)),
            least=ticks,
            value=0,
            mandatory=True,
        )
        for n in range(count)
    )
    lags = tuple(
        PrecedenceLag(f"a{rng.randrange(n)}", f"a{n}") for n in range(1, count) if rng.random() < 0.8
    )
    resources = (Resource("w1", 5), Resource("w2", 6))
    return Problem(horizon, activities, resources, precedences=lags, weights=Weights(makespan=1.0))


@settings(some, max_examples=15)
@given(plain_problems(most=3, horizon=12))
def test_solve_finds_the_shortest_of_all_schedules(problem):
    assume(is_small(problem))
    solution = solve(problem, Options(time_limit=2.0, workers=1, seed=1))
    assert verify(problem, solution.assignments).violations == ()
    assume(not solution.unplaced)
    best = best_objective(problem)
    assert solution.objective <= best + 1e-6
    assert solution.bound >= best - 1e-6
    if solution.status == "optimal":
        assert solution.objective == pytest.approx(best)


@some
@given(plain_problems(most=10), st.integers(0, 99))
def test_breeding_never_loses_the_best(problem, seed):
    plain = lean(Index(problem))
    assume(plain is not None)
    genetic = Genetic(plain, random.Random(seed), lambda: False)
    genetic.start([0.0] * len(plain.names))
    assume(genetic.best is not None)
    ends = [genetic.best.end]
    for _ in range(4):
        genetic.generation()
        ends.append(genetic.best.end)
        assert genetic.variant(genetic.best, 3).end <= ends[-1]
    genetic.begin_anew()
    ends.append(genetic.best.end)
    assert ends == sorted(ends, reverse=True)
    assert ends[-1] >= plain.lower_bound()
    assert judged(problem, plain, genetic.best).violations == ()


def test_one_worker_and_a_limit_in_rounds_give_the_same_each_time():
    problem = project(3)
    options = Options(time_limit=60.0, workers=1, seed=5, max_rounds=3)
    first, second = (run(problem, options)[1] for _ in range(2))
    assert first.assignments() == second.assignments()
    assert first.bound == second.bound
    assert len(first.best) == 30


def test_a_small_project_is_proven():
    ended, watch = run(project(4, count=12), Options(time_limit=30.0, workers=2, seed=1))
    assert ended
    assert watch.rank == (12, watch.bound)


def test_more_rounds_are_never_worse():
    ends = [
        run(project(7, count=60, horizon=400), Options(60.0, workers=1, seed=1, max_rounds=rounds))[1].rank[1]
        for rounds in (1, 4)
    ]
    assert ends[0] <= ends[1] < 0


def test_stop_is_heard_and_the_best_is_kept():
    said = threading.Event()
    problem = project(5, count=80, horizon=600)
    watch = Watch(problem, options := Options(time_limit=120.0), lambda *_: said.set(), said.is_set)
    ended, watch = run(problem, options, watch)
    assert ended and watch.stopped
    assert len(watch.best) == 80
    assert verify(problem, watch.assignments()).violations == ()


def test_people_are_named_and_what_is_pinned_stands():
    weld, glue = Qualification("weld", 0, 40), Qualification("glue", 0, 40)
    problem = Problem(
        40,
        tuple(
            Activity(
                f"a{n}",
                (Mode("m", ("room",)),),
                2,
                2,
                value=0,
                mandatory=True,
                needs=(Need("weld", 1 + n % 2), Need("glue")),
                pin=Pin(1, 2, "m") if n == 0 else None,
            )
            for n in range(5)
        ),
        (Resource("room", 3),),
        people=(Person("ann", (weld,)), Person("bob", (weld, glue)), Person("eve", (weld, glue))),
        weights=Weights(makespan=1.0),
    )
    ended, watch = run(problem, Options(time_limit=20.0))
    assert ended
    assert verify(problem, watch.assignments()).violations == ()
    assert watch.rank == (5, -11.0) == (5, watch.bound)


@pytest.mark.parametrize(
    "change",
    [{"mandatory": False}, {"deadline": 1}, {"modes": (Mode("m", ("w1",)), Mode("n", ("w2",)))}],
    ids=["one may be left out", "one cannot be placed", "one has two modes"],
)
def test_what_is_not_its_kind_is_left_to_the_ordinary_search(change):
    problem = project(1, count=6)
    other = Activity(
        "other", **{"modes": (Mode("m", ("w1",)),), "wish": 3, "least": 3, "mandatory": True, **change}
    )
    problem = Problem(
        200, (*problem.activities, other), problem.resources, weights=Weights(makespan=1.0, value=100.0)
    )
    ended, watch = run(problem, Options(time_limit=5.0))
    assert not ended and watch.rank is None
    solution = solve(problem, Options(time_limit=1.0, seed=1))
    assert verify(problem, solution.assignments).violations == ()
    assert len(solution.assignments) == (6 if "deadline" in change else 7)
