"""Free stretches in which a run of variable length can lie."""

from dataclasses import dataclass
from itertools import product

from solver.problem import Binds, Window
from solver.state.frame import Frame
from solver.state.masks import first, interval, last, runs, spans


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch without a break; the run starts and ends in it.

    Attributes
    ----------
    starts
        Mask of the first ticks of the setup.
    ends
        Mask of the ticks at which the run may end, so that the teardown fits behind it.
    """

    starts: int
    ends: int


def cells_of(frame: Frame, shortest: int) -> list[Cell]:
    """The stretches that a frame leaves to runs of at least `shortest` ticks.

    People and daily budgets are not looked at. Not for runs that pause.
    """
    if not frame.possible:
        return []
    activity = frame.activity
    horizon = frame.state.index.horizon
    setup = runs(frame.setup, activity.setup) & interval(frame.earliest, frame.latest_start + 1)
    # The teardown may end with the horizon, so that a run may end one tick after the last one.
    teardown = runs(frame.teardown, activity.teardown) & interval(
        max(0, frame.earliest_end - activity.teardown), frame.latest_end - activity.teardown + 1
    )
    run_windows = (_windows(activity.windows, "run", horizon), _windows(frame.mode.windows, "run", horizon))
    whole_windows = (
        _windows(activity.windows, "whole", horizon),
        _windows(frame.mode.windows, "whole", horizon),
    )
    cells = []
    for stretch in spans(frame.run):
        for one, other in product(*run_windows):
            begin = max(stretch[0], one[0], other[0])
            end = min(stretch[1], one[1], other[1])
            if end - begin < shortest:
                continue
            for whole, also in product(*whole_windows):
                starts = setup & interval(begin - activity.setup, end - shortest - activity.setup + 1)
                starts &= interval(max(whole[0], also[0]), horizon)
                ends = teardown & interval(begin + shortest, end + 1)
                ends &= interval(0, min(whole[1], also[1]) - activity.teardown + 1)
                if starts and ends and last(ends) - first(starts) - activity.setup >= shortest:
                    cells.append(Cell(starts, ends))
    return cells


def _windows(windows: tuple[Window, ...], binds: Binds, horizon: int) -> list[tuple[int, int]]:
    return [(w.start, w.end) for w in windows if w.binds == binds] or [(0, horizon)]
