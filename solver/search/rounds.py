"""One call of CP-SAT, that can be stopped, and asked how it stands, from another thread.

Where it runs is for an executor to say. In a thread of this process the model is shared; anywhere
else it travels as text, and only limits end it.
"""

import threading
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model

from solver.model.model import Model
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer as plain numbers: `values` of all variables, None if nothing was found."""

    values: tuple[int, ...] | None
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
    quick
        Whether it is one small round of many.
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
        quick: bool = False,
        told: bool = False,
    ) -> None:
        self._model = model
        self._told = told
        self._stopped = False
        self._lock = threading.Lock()
        self._latest: dict[str, list[Assignment]] | None = None
        self.bound: float | None = None
        self._settings: dict[str, Any] = {
            "max_time_in_seconds": max(0.01, seconds),
            "num_workers": workers,
            "random_seed": seed % (1 << 31),
            "symmetry_level": 0,
            # CP-SAT would take SIGINT for itself, which ends the process if it runs in a thread.
            "catch_sigint_signal": False,
        }
        if effort is not None:
            self._settings["max_deterministic_time"] = effort
        if quick:
            # A small model is searched through in less time than a thorough presolve takes. Where
            # runs have lengths to choose, the linear relaxation and probing pay all the same.
            self._settings["max_presolve_iterations"] = 1
            if not model.elastic:
                self._settings.update(cp_model_probing_level=0, linearization_level=0)
        self._solver = _solver(self._settings)

    def submit(self, executor: Executor) -> Future[Any]:
        """Have it run by an executor; `answer` reads what comes of it."""
        if isinstance(executor, ThreadPoolExecutor):
            return executor.submit(self.run)
        return executor.submit(solve_text, str(self._model.cp.proto), self._settings)

    def answer(self, future: Future[Any]) -> Answer:
        """The answer, once it is there."""
        found: Answer | Outcome = future.result()
        if isinstance(found, Answer):
            return found
        parts = None if found.values is None else self._model.solution(_Values(found.values))
        return Answer(parts, found.bound, found.effort, found.proven)

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
        """Solve the model in this thread."""
        if self._stopped:
            return Answer(None, None, 0.0, False)
        if self._told:
            self._solver.best_bound_callback = self._take_bound
        outcome = _solve(self._solver, self._model.cp, _Listener(self) if self._told else None)
        parts = None if outcome.values is None else self._model.solution(self._solver)
        return Answer(parts, outcome.bound, outcome.effort, outcome.proven)

    def take_solution(self, values: cp_model.CpSolverSolutionCallback) -> None:
        """Keep a solution that was found on the way."""
        found = self._model.solution(values)
        with self._lock:
            self._latest = found

    def _take_bound(self, bound: float) -> None:
        self.bound = bound


def solve_text(text: str, settings: dict[str, Any]) -> Outcome:
    """Solve a model that comes as text; for executors whose workers share nothing with us."""
    model = cp_model.CpModel()
    if not model.proto.parse_text_format(text):
        raise ValueError(f"This is no model of CP-SAT: {text[:60]!r}")
    return _solve(_solver(settings), model, None)


def _solver(settings: dict[str, Any]) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    for name, value in settings.items():
        setattr(solver.parameters, name, value)
    return solver


def _solve(
    solver: cp_model.CpSolver, model: cp_model.CpModel, listener: cp_model.CpSolverSolutionCallback | None
) -> Outcome:
    status = solver.solve(model, listener) if listener is not None else solver.solve(model)
    if status == cp_model.MODEL_INVALID:
        raise RuntimeError(f"The model is not valid: {model.validate()}")
    effort = solver.deterministic_time
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Outcome(None, None, effort, status == cp_model.INFEASIBLE)
    values = tuple(solver.response_proto.solution)
    return Outcome(values, solver.best_objective_bound, effort, status == cp_model.OPTIMAL)


class _Values:
    """Values of variables by their index, as a solver gives them."""

    def __init__(self, values: Sequence[int]) -> None:
        self._values = values

    def value(self, variable: cp_model.IntVar) -> int:
        """Value of a variable."""
        return self._values[variable.index]

    def boolean_value(self, literal: cp_model.IntVar) -> bool:
        """Value of a literal, which may be a negated variable."""
        index = literal.index
        return bool(self._values[index]) if index >= 0 else not self._values[-index - 1]


class _Listener(cp_model.CpSolverSolutionCallback):
    def __init__(self, solving: Round) -> None:
        super().__init__()
        self._solving = solving

    def on_solution_callback(self) -> None:
        self._solving.take_solution(self)
