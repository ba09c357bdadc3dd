"""A call of CP-SAT with its limits."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from solver.model.model import Model
from solver.search.rounds import Round, solve_text
from solver.state.index import Index
from solver.state.state import State
from tests.benchmarks.weeks_problem import DATA, problem_from_week, read_week
from tests.solver.plans import activity, week


def model_of(problem, free=None):
    names = [each.id for each in problem.activities if each.pin is None]
    return Model(State(Index(problem)), names if free is None else free, {})


def test_an_easy_model_is_proven():
    answer = Round(model_of(week(activity("x"), activity("y"))), 10, None, 1, 1).run()
    assert answer.proven
    assert answer.bound == 2
    assert answer.parts is not None
    assert set(answer.parts) == {"x", "y"}


def test_what_is_found_on_the_way_is_told_once():
    solving = Round(model_of(week(activity("x"), activity("y"))), 10, None, 1, 1, told=True)
    answer = solving.run()
    assert solving.latest() == answer.parts
    assert solving.latest() is None
    assert solving.bound == 2


def test_it_ends_at_its_effort():
    problem = problem_from_week(read_week(DATA / "weekly-1.json"))
    answer = Round(
        model_of(problem, [a.id for a in problem.activities if a.pin is None][:120]), 100, 0.02, 1, 1
    ).run()
    assert not answer.proven
    assert answer.effort < 2


def test_stopped_before_it_runs_it_answers_nothing():
    solving = Round(model_of(week(activity("x"))), 10, None, 1, 1)
    solving.stop()
    assert solving.run().parts is None


@pytest.mark.parametrize(
    "executor",
    [
        lambda: ThreadPoolExecutor(1),
        # Threads of CP-SAT do not survive a fork.
        lambda: ProcessPoolExecutor(1, mp_context=get_context("spawn")),
    ],
    ids=["threads", "processes"],
)
def test_any_executor_may_run_it(executor):
    solving = Round(model_of(week(activity("x", 4), activity("y"))), 10, None, 1, 1)
    with executor() as pool:
        answer = solving.answer(solving.submit(pool))
    assert answer.proven
    assert answer.bound == 2
    assert answer.parts == solving.run().parts
    assert set(answer.parts) == {"x", "y"}


def test_what_is_no_model_is_refused():
    with pytest.raises(ValueError, match="no model"):
        solve_text("variables {", {})
