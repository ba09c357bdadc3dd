"""CP-SAT on plain numbers: what it finds stands, classes of people lose nothing, stretches keep the rest."""

import random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from solver import Activity, Mode, Need, Person, Problem, Qualification, Resource
from solver.compact.generate import Generator
from solver.compact.lean import lean
from solver.compact.model import CompactModel, classes
from solver.compact.rounds import Proof, Stretches
from solver.model.model import Model
from solver.search.construct import place_pinned
from solver.state.index import Index
from solver.state.state import State
from solver.weights import Weights
from tests.solver.compact.test_compact import judged
from tests.solver.plain import plain_problems

some = settings(
    max_examples=60, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def read(problem, seed=0):
    """The problem as numbers with some schedule of it, None where there is none."""
    plain = lean(Index(problem))
    if plain is None:
        return None, None
    rng = random.Random(seed)
    generator = Generator(plain)
    return plain, generator.build(generator.in_order([rng.random() for _ in plain.names]))


def solved(cp):
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return solver, solver.solve(cp)


@some
@given(plain_problems(most=6))
def test_the_shortest_is_the_same_with_classes_of_people_and_with_each_by_name(problem):
    plain, built = read(problem)
    assume(built is not None)
    model = CompactModel(plain, built, plain.lower_bound())
    solver, status = solved(model.cp)
    assert status == cp_model.OPTIMAL
    found = model.solution(solver)
    assert judged(problem, plain, found).violations == ()

    state = State(Index(problem))
    place_pinned(state)
    by_name = Model(state, list(plain.names), {}, exact=True)
    for parts in by_name.parts.values():
        by_name.cp.add(parts[0].present == 1)
    other, status = solved(by_name.cp)
    assert status == cp_model.OPTIMAL
    ends = [
        part.start + part.duration + state.index.activities[name].setup
        for name, parts in by_name.solution(other).items()
        for part in parts
    ]
    assert found.end == max([plain.end, *ends])
    assert plain.lower_bound() <= found.end <= built.end


@some
@given(plain_problems(most=10), st.integers(0, 99))
def test_a_stretch_made_shorter_leaves_a_schedule_that_stands(problem, seed):
    plain, built = read(problem, seed)
    assume(built is not None)
    rng = random.Random(seed)
    free = rng.sample(range(len(plain.names)), rng.randint(1, len(plain.names)))
    model = CompactModel(plain, built, plain.lower_bound(), free, sooner=1)
    solver, status = solved(model.cp)
    assert status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    if status == cp_model.INFEASIBLE:
        return
    found = model.solution(solver)
    assert found.end < built.end
    assert judged(problem, plain, found).violations == ()


@some
@given(plain_problems(most=10), st.integers(0, 99))
def test_a_schedule_is_one_of_its_own_model(problem, seed):
    plain, built = read(problem, seed)
    assume(built is not None)
    rng = random.Random(seed)
    free = rng.sample(range(len(plain.names)), rng.randint(1, len(plain.names)))
    model = CompactModel(plain, built, built.end, free)
    assert solved(model.cp)[1] == cp_model.OPTIMAL


def welders(count, others=0):
    weld, glue = Qualification("weld", 0, 30), Qualification("glue", 0, 30)
    people = [Person(f"w{n}", (weld,)) for n in range(count)]
    return (*people, *(Person(f"b{n}", (weld, glue)) for n in range(others)))


def work(people, *needs):
    activities = tuple(
        Activity(f"a{n}", (Mode("m", ("room",)),), 2, 2, value=0, mandatory=True, needs=each)
        for n, each in enumerate(needs)
    )
    room = Resource("room", 9)
    return Problem(30, activities, (room,), people=people, weights=Weights(makespan=1.0))


def test_those_who_can_do_the_same_are_one_class():
    problem = work(welders(3, 2), (Need("weld"), Need("glue")))
    plain = lean(Index(problem))
    assert sorted(mask.bit_count() for mask in classes(plain)) == [2, 3]


def test_a_qualification_that_nobody_asks_for_makes_no_class():
    problem = work(welders(3, 2), (Need("weld"),))
    assert [mask.bit_count() for mask in classes(lean(Index(problem)))] == [5]


def test_a_whole_that_is_proven_says_so_and_gives_the_bound():
    problem = work(welders(1, 1), *[(Need("weld"),)] * 5)
    plain, built = read(problem)
    outcome = Proof(plain, built, 1, 1, 10.0, None).run()
    assert (outcome.closed, outcome.bound, outcome.built.end) == (True, 6, 6)


def test_what_is_stopped_before_it_runs_finds_nothing():
    plain, built = read(work(welders(2), *[(Need("weld"),)] * 5))
    proof = Proof(plain, built, 1, 1, 10.0, None)
    proof.stop()
    outcome = proof.run()
    assert (outcome.built, outcome.bound, outcome.closed) == (None, 0, False)


def test_a_stretch_shortens_a_schedule_with_a_gap_in_it():
    plain, built = read(work(welders(1), *[(Need("weld"),)] * 6))
    # The last one starts long after the one before it has ended.
    late = Generator(plain).build(range(6))
    late.starts[5] += 9
    stretches = Stretches(plain, random.Random(1), 1.0)
    outcomes = [stretches.attempt(type(late)(21, late.starts, late.people), 12, 5.0).run() for _ in range(9)]
    assert min(outcome.built.end for outcome in outcomes if outcome.built) == 12
    assert built.end == 12
