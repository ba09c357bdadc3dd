"""One call of CP-SAT, that can be stopped, and asked how it stands, from another thread."""

import threading
from dataclasses import dataclass

from ortools.sat.python import cp_model

from solver.model import Model
from solver.solution import Assignment


@dataclass(frozen=True, slots=True)
class Answer:
    """What CP-SAT found.

    Attributes
    ----------
    parts
        For each activity that is placed its parts; None if nothing was found in time.
    bound
        Upper bound of the objective of the model, None if there is none.
    effort
        Deterministic time that it took, about seconds on a machine of its own.
    proven
        Whether there is nothing better in the model.
    """

    parts: dict[str, list[Assignment]] | None
    bound: float | None
    effort: float
    proven: bool


class Round:
    """A model with limits, to be run once.

    Parameters
    ----------
    seconds
        Limit of wall-clock time.
    effort
        Limit of deterministic time; with one worker and without reaching `seconds` the answer is
        the same each time.
    told
        Whether to keep what is found on the way for `latest` and `bound`.

    Attributes
    ----------
    bound
        Upper bound of the objective of the model so far.
    """

    def __init__(
        self,
        model: Model,
        seconds: float,
        effort: float | None,
        workers: int,
        seed: int,
        *,
        told: bool = False,
    ) -> None:
        self._model = model
        self._told = told
        self._stopped = False
        self._lock = threading.Lock()
        self._latest: dict[str, list[Assignment]] | None = None
        self.bound: float | None = None
        self._solver = cp_model.CpSolver()
        parameters = self._solver.parameters
        parameters.max_time_in_seconds = max(0.01, seconds)
        if effort is not None:
            parameters.max_deterministic_time = effort
        parameters.num_workers = workers
        parameters.random_seed = seed % (1 << 31)
        parameters.symmetry_level = 0

    def stop(self) -> None:
        """End the search soon; may be called from another thread, and before it runs."""
        self._stopped = True
        self._solver.stop_search()

    def latest(self) -> dict[str, list[Assignment]] | None:
        """The best that was found on the way, if it is new since the last call."""
        with self._lock:
            found, self._latest = self._latest, None
            return found

    def run(self) -> Answer:
        """Solve the model."""
        if self._stopped:
            return Answer(None, None, 0.0, False)
        if self._told:
            self._solver.best_bound_callback = self._take_bound
            status = self._solver.solve(self._model.cp, _Listener(self))
        else:
            status = self._solver.solve(self._model.cp)
        if status == cp_model.MODEL_INVALID:
            raise RuntimeError(f"The model is not valid: {self._model.cp.validate()}")
        effort = self._solver.deterministic_time
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Answer(None, None, effort, status == cp_model.INFEASIBLE)
        bound = self._solver.best_objective_bound
        return Answer(self._model.solution(self._solver), bound, effort, status == cp_model.OPTIMAL)

    def take_solution(self, values: cp_model.CpSolverSolutionCallback) -> None:
        """Keep a solution that was found on the way."""
        found = self._model.solution(values)
        with self._lock:
            self._latest = found

    def _take_bound(self, bound: float) -> None:
        self.bound = bound


class _Listener(cp_model.CpSolverSolutionCallback):
    def __init__(self, solving: Round) -> None:
        super().__init__()
        self._solving = solving

    def on_solution_callback(self) -> None:
        self._solving.take_solution(self)
