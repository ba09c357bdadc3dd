"""Cells say exactly where a run of variable length can lie."""

from hypothesis import HealthCheck, given, settings

from solver.problem import Window
from solver.search.construct import place_pinned
from solver.state.cells import cells_of
from solver.state.frame import Frame
from solver.state.index import Index
from solver.state.masks import has
from solver.state.state import State
from tests.solver.plans import activity, week
from tests.solver.rules import pinned
from tests.solver.strategies import problems


def frame_of(problem, name="x"):
    state = State(Index(problem))
    place_pinned(state)
    x = state.index.activities[name]
    return Frame(state, x, x.modes[0])


def in_a_cell(frame, start, duration, shortest):
    run_end = start + frame.activity.setup + duration
    return any(has(cell.starts, start) and has(cell.ends, run_end) for cell in cells_of(frame, shortest))


def test_a_window_that_binds_the_run_lets_the_setup_out():
    x = activity("x", wish=6, least=2, setup=2, teardown=1, windows=(Window(4, 9, "run"),))
    frame = frame_of(week(x, pinned("b", 0, 3)))
    (cell,) = cells_of(frame, 2)
    assert not has(cell.starts, 2)
    assert has(cell.starts, 3)
    assert has(cell.ends, 9)
    assert not has(cell.ends, 10)


def test_too_short_a_stretch_is_no_cell():
    x = activity("x", wish=6, least=4)
    assert len(cells_of(frame_of(week(x, pinned("b", 3), pinned("c", 11))), 4)) == 2
    assert len(cells_of(frame_of(week(x, pinned("b", 4), pinned("c", 11))), 4)) == 2
    assert len(cells_of(frame_of(week(x, pinned("b", 3, 5), pinned("c", 11))), 4)) == 1


@settings(
    max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(problems())
def test_cells_agree_with_the_starts_of_every_length(problem):
    """But for people and daily budgets, which cells leave out."""
    state = State(Index(problem))
    place_pinned(state)
    for each in problem.activities:
        if each.pin is not None or each.needs or state.index.budget_draws(each):
            continue
        if each.closed == "pause":
            continue  # has no length to choose, and no one stretch to lie in
        for mode in each.modes:
            frame = Frame(state, each, mode)
            least, wish = state.index.least(each, mode), state.index.wish(each, mode)
            for duration in range(least, wish + 1):
                starts = frame.starts(duration)
                for start in range(problem.horizon):
                    assert in_a_cell(frame, start, duration, least) == has(starts, start)
