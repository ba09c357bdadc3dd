"""What the relaxation proves is never below what a plan reaches, and it can be stopped at once."""

import math
import threading

import pytest
from hypothesis import HealthCheck, assume, event, given, note, settings

from solver import problem_to_json
from solver.bounds.energy import EnergyBound
from solver.bounds.relaxation import Relaxation
from solver.bounds.relaxed import Stopped, relax
from solver.problem import Changeover, Mode, Need, Pin, PrecedenceLag, Resource, Window
from solver.state.index import Index
from solver.weights import Weights
from tests.benchmarks.weeks_problem import DATA, problem_from_week, read_week
from tests.solver.brute import best_objective, is_small
from tests.solver.plans import HALL, LAB, activity, week
from tests.solver.rules import pinned, staff
from tests.solver.strategies import problems

few = settings(
    max_examples=200, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
many = settings(
    max_examples=3_000,
    derandomize=False,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def proven(problem, seconds=5.0):
    relaxation = Relaxation(Index(problem))
    relaxation.run(seconds)
    return relaxation.bound


def by_energy(problem):
    relaxed = relax(Index(problem))
    names = [each.id for each in relaxed.index.problem.activities if each.pin is None]
    programme = EnergyBound(relaxed.index, names)
    programme.build()
    return relaxed.constant + programme.solve(5.0)


@few
@given(problems())
def test_no_plan_of_a_tiny_problem_is_above_the_bounds(problem):
    holds_against_all_plans(problem)


@pytest.mark.long
@pytest.mark.timeout(3_600)
@many
@given(problems())
def test_no_plan_of_many_more_tiny_problems_is_above_the_bounds(problem):
    holds_against_all_plans(problem)


def holds_against_all_plans(problem):
    assume(is_small(problem))
    note(f"problem: {problem_to_json(problem)}")
    best, bound = best_objective(problem), proven(problem)
    event("met" if bound <= best + 1e-6 else "above")
    assert bound >= best - 1e-6
    assert by_energy(problem) >= best - 1e-6


def test_a_capacity_that_is_too_tight_is_caught(monkeypatch):
    """The comparison above must be able to fail: a relaxation that counts one head too few does."""
    problem = week(
        activity("x", needs=(Need("operator"),), value=7), people=(staff("ann", "operator"),), horizon=4
    )
    assert proven(problem) == best_objective(problem) == 7
    heads = "solver.bounds.relaxed._heads"
    monkeypatch.setattr(heads, lambda state, qualification: [0] * state.index.horizon)
    assert proven(problem) < best_objective(problem)


def test_people_count_by_qualification():
    both = (
        activity("x", needs=(Need("operator"),), value=7),
        activity("y", on="hall", needs=(Need("operator"),), value=5),
    )
    assert proven(week(*both, people=(staff("ann", "operator"),), horizon=4)) == 7
    assert proven(week(*both, people=(staff("ann", "operator"), staff("bob", "operator")), horizon=4)) == 12


@pytest.mark.parametrize(("gap", "bound"), [(2, 12), (3, 7)], ids=["just fits", "one tick too long"])
def test_changeovers_count(gap, bound):
    lab = Resource("lab", changeovers=(Changeover("hot", "cold", gap), Changeover("cold", "hot", gap)))
    two = (
        activity("x", configuration="hot", value=7),
        activity("y", configuration="cold", value=5),
    )
    assert proven(week(*two, resources=(lab, HALL), horizon=10)) == bound


def test_what_needs_no_configuration_lifts_the_changeover():
    lab = Resource("lab", changeovers=(Changeover("hot", "cold", 9), Changeover("cold", "hot", 9)))
    three = (
        activity("x", configuration="hot", value=7),
        activity("y", 1, value=1),
        activity("z", configuration="cold", value=5),
    )
    problem = week(*three, resources=(lab, HALL), horizon=9)
    assert proven(problem) >= best_objective(problem) == 13


@pytest.mark.parametrize(("ticks", "bound"), [(24, 1), (8, 2)], ids=["longer than the lags", "short"])
def test_long_duties_are_not_handed_over_to_the_next_shift(ticks, bound):
    """Two heads are there all the time, but only one of them throughout."""
    shifts = {"early": (0, 36), "middle": (18, 54), "late": (36, 72)}
    people = tuple(
        staff(name, "operator", until=72, shifts=(Window(*shift),)) for name, shift in shifts.items()
    )
    two = (
        activity(name, ticks, on="hall", needs=(Need("operator"),), release=18, deadline=54) for name in "xy"
    )
    problem = week(*two, people=people, horizon=72)
    assert proven(problem) == bound


def test_a_pin_that_nobody_can_staff_may_be_missing():
    free = activity("x", 4, value=7)
    pin = activity("p", 4, needs=(Need("operator"),), value=2, pin=Pin(0, 4, "m"))
    problem = week(free, pin, horizon=4)
    assert proven(problem) >= best_objective(problem) == 7


def test_what_follows_something_without_a_place_counts_nothing():
    problem = week(
        activity("x", needs=(Need("operator"),), value=7),
        activity("y", on="hall", value=5),
        precedences=(PrecedenceLag("x", "y"),),
        people=(staff("ann", "inspector"),),
    )
    assert proven(problem) == 0


def test_the_end_of_all_counts():
    problem = week(
        activity("x", value=50), activity("y", value=50), weights=Weights(makespan=1.0), horizon=20
    )
    assert proven(problem) == best_objective(problem) == 92


def test_pins_alone_are_worth_what_they_are():
    assert proven(week(pinned("b", 3, 14, value=2))) == 2


def test_energy_limits_elastic_runs():
    long = tuple(activity(f"a{i}", wish=40, least=4, value=40, setup=1) for i in range(3))
    assert 55 <= by_energy(week(*long, horizon=60)) < 61


def test_prices_that_are_not_the_best_prove_less_but_never_too_much():
    problem = week(*(activity(f"a{i}", wish=10, least=1, value=10) for i in range(3)), horizon=20)
    relaxed = relax(Index(problem))
    programme = EnergyBound(relaxed.index, [each.id for each in problem.activities])
    programme.build()
    best = best_objective(week(*problem.activities[:2], horizon=20))
    assert programme.bound_by({}) >= best
    assert programme.bound_by(dict.fromkeys(range(3), 0.3)) >= best
    assert programme.bound_by(dict.fromkeys(range(3), -5.0)) >= best


def test_modes_that_differ_and_parts_are_no_reason_to_prove_too_much():
    modes = (Mode("l", ("lab",), penalty=3), Mode("h", ("hall",), wish=12, least=12))
    problem = week(activity("x", wish=8, least=4, modes=modes, value=7, most_parts=2, least_part=2))
    assert proven(problem) >= best_objective(problem) - 1e-6


def test_the_bound_only_falls_and_is_told_each_time():
    told = []
    relaxation = Relaxation(Index(problem_from_week(read_week(DATA / "small-1.json"))))
    relaxation.on_bound = told.append
    assert relaxation.bound == math.inf
    relaxation.run(20.0)
    assert told == sorted(told, reverse=True)
    assert len(set(told)) == len(told)
    assert told[-1] == relaxation.bound
    assert 1_412 <= relaxation.bound <= 1_500


def test_it_stops_when_told_and_keeps_what_it_has():
    relaxation = Relaxation(Index(problem_from_week(read_week(DATA / "weekly-1.json"))))
    begun = threading.Event()
    relaxation.on_bound = lambda bound: begun.set()
    thread = threading.Thread(target=relaxation.run, args=(600.0,))
    thread.start()
    assert begun.wait(60)
    relaxation.stop()
    thread.join(60)
    assert not thread.is_alive()
    assert 18_608 <= relaxation.bound <= 24_659


def test_nothing_is_done_after_a_stop():
    relaxation = Relaxation(Index(week(activity("x"), resources=(LAB, HALL))))
    relaxation.stop()
    relaxation.run(600.0)
    assert relaxation.bound == math.inf


def test_building_ends_in_the_middle_when_told():
    index = Index(week(activity("x"), activity("y"), resources=(LAB, HALL)))
    with pytest.raises(Stopped):
        relax(index, lambda: True)
    relaxed = relax(index)
    with pytest.raises(Stopped):
        EnergyBound(relaxed.index, ["x", "y"]).build(lambda: True)
