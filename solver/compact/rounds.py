"""One call of CP-SAT on a lean problem: to prove the whole, or to make a stretch of time shorter."""

import random
from dataclasses import dataclass

from ortools.sat.python import cp_model

from solver.compact.generate import Built
from solver.compact.lean import Lean
from solver.compact.model import CompactModel

_FEW = 30
"""Most activities with people of which the whole is relaxed."""

_FIRST_SIZE = 30.0
_MOST_SOONER = 12
"""Most ticks by which a stretch is made shorter at once."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt.

    Attributes
    ----------
    built
        A schedule, None if none was found.
    bound
        No schedule of the whole problem ends earlier; 0 where nothing is said of it.
    closed
        Whether the search was finished: nothing better is in the model.
    """

    built: Built | None
    bound: int
    closed: bool


class Attempt:
    """A model with its limits, to be run once, in any thread.

    Parameters
    ----------
    proves
        No schedule ends earlier than this if the model has none; 0 if that says nothing of the whole.
    """

    def __init__(
        self, model: CompactModel, seed: int, *, seconds: float, effort: float | None, proves: int = 0
    ) -> None:
        self._model = model
        self._proves = proves
        self._stopped = False
        self._solver = cp_model.CpSolver()
        parameters = self._solver.parameters
        parameters.num_workers = 1
        parameters.random_seed = seed % (1 << 31)
        parameters.symmetry_level = 0
        parameters.catch_sigint_signal = False
        # Relaxations of lengths and capacities are weak, and cost more than they cut.
        parameters.linearization_level = 0
        parameters.max_time_in_seconds = max(0.01, seconds)
        if effort is not None:
            parameters.max_deterministic_time = effort

    def stop(self) -> None:
        """End the search soon; may be called from another thread, and before it runs."""
        self._stopped = True
        self._solver.stop_search()

    def run(self) -> Outcome:
        """Solve the model."""
        if self._stopped:
            return Outcome(None, 0, False)
        status = self._solver.solve(self._model.cp, self._listener())
        if status == cp_model.MODEL_INVALID:
            raise RuntimeError(f"The model is not valid: {self._model.cp.validate()}")
        closed = status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Outcome(None, self._proves if closed else 0, closed)
        return Outcome(self._model.solution(self._solver), self._bound(), closed)

    def _bound(self) -> int:
        return 0

    def _listener(self) -> cp_model.CpSolverSolutionCallback | None:
        return None


class Proof(Attempt):
    """The whole problem, until it is proven or stopped.

    Attributes
    ----------
    found
        The best on the way, None if there was nothing new.
    bound
        No schedule ends earlier, as far as is known.
    """

    def __init__(self, lean: Lean, known: Built, bound: int, seed: int, seconds: float, effort: float | None):
        model = CompactModel(lean, known, bound)
        super().__init__(model, seed, seconds=seconds, effort=effort)
        if lean.people and len(lean.names) <= _FEW:
            # Who does what is an assignment, for which relaxations are strong where it is all there is.
            self._solver.parameters.linearization_level = 2
        self.known = known
        self.found: Built | None = None
        self.bound = bound
        self._solver.best_bound_callback = self._take_bound

    def _take_bound(self, bound: float) -> None:
        self.bound = max(self.bound, round(bound))

    def _bound(self) -> int:
        return max(self.bound, round(self._solver.best_objective_bound))

    def _listener(self) -> cp_model.CpSolverSolutionCallback:
        return _Listener(self)

    def take(self, values: cp_model.CpSolverSolutionCallback) -> None:
        """Keep a schedule that was found on the way."""
        built = self._model.solution(values)
        if built.end < self.known.end:
            self.found = built


class _Listener(cp_model.CpSolverSolutionCallback):
    def __init__(self, proof: Proof) -> None:
        super().__init__()
        self._proof = proof

    def on_solution_callback(self) -> None:
        self._proof.take(self)


class Stretches:
    """Chooses stretches of time whose activities are placed anew, so that the rest can move up.

    Notes
    -----
    The number of activities follows what CP-SAT can finish: more if it finds at once that there is
    nothing, fewer if it does not come to an end.
    """

    def __init__(self, lean: Lean, rng: random.Random, effort: float) -> None:
        self._lean = lean
        self._rng = rng
        self._effort = effort
        self._most = float(len(lean.names))
        self._size = min(self._most, _FIRST_SIZE)

    def attempt(self, base: Built, bound: int, seconds: float) -> Attempt:
        """Another try to end before `base`, by a stretch somewhere in it."""
        lean, rng = self._lean, self._rng
        size = min(len(lean.names), max(5, round(self._size * rng.uniform(0.6, 1.4))))
        centre = rng.uniform(-0.05, 1.05) * base.end
        by_time = sorted(
            range(len(lean.names)),
            key=lambda a: abs(base.starts[a] + lean.ticks[a] / 2 - centre),
        )
        least = max(bound, base.end - _MOST_SOONER)
        model = CompactModel(lean, base, least, by_time[:size], sooner=1)
        proves = base.end if size == len(lean.names) else 0
        return Attempt(model, rng.randrange(1 << 30), seconds=seconds, effort=self._effort, proves=proves)

    def learn(self, outcome: Outcome) -> None:
        """Take account of how an attempt came out."""
        if outcome.built is None:
            self._size *= 1.02 if outcome.closed else 0.985
        self._size = min(self._most, max(10.0, self._size))
