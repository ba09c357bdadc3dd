"""A bound of the objective that is worth telling: CP-SAT on a problem that asks for less.

The relaxed problem (`solver.bounds.relaxed`) is solved component by component beside the search; what is
proven of each adds up to a bound of the whole at any time.
"""

import threading
import time
from collections.abc import Callable

from ortools.sat.python import cp_model
from ortools.util.python.solve_interrupter import SolveInterrupter

from solver.bounds.alone import alone, pins_only
from solver.bounds.energy import EnergyBound
from solver.bounds.people import add_unbroken_duties
from solver.bounds.relaxed import Relaxed, Stopped, components, relax
from solver.model.model import Model
from solver.state.index import Index

OnBound = Callable[[float], None]

_EVERY = 1e18

_ELASTIC_SHARE = 0.1
_FEW, _MOST = 100, 2_500
"""Most activities that CP-SAT gets whatever they are, without a bound by energy before it, and most that
it gets at all."""

_PROVERS = ("objective_lb_search", "core")
"""What CP-SAT is to run with several workers; left to itself it spends them on finding solutions."""


class Component:
    """Activities that share nothing with others, and what is proven of them.

    Parameters
    ----------
    relaxed
        The relaxed problem of the whole.
    most
        What the activities are worth at most, known beforehand.

    Attributes
    ----------
    bound
        Upper bound of what they are worth in the objective; it only ever falls.
    proven
        Whether the relaxation is solved, so that more time would not help.
    """

    def __init__(self, index: Index, relaxed: Relaxed, names: list[str], most: float) -> None:
        self.names = names
        self.bound = most
        self.proven = False
        self._index = index
        self._relaxed = relaxed
        self._solver = cp_model.CpSolver()
        self._interrupter = SolveInterrupter()
        self._stopped = False

    def stop(self) -> None:
        """End the work soon; may be called from another thread, before it begins, and again."""
        self._stopped = True
        self._solver.stop_search()
        self._interrupter.interrupt()

    def solve(self, seconds: float, workers: int, tell: Callable[[], None]) -> None:
        """Lower the bound for at most so long; `tell` is called whenever it has fallen."""
        if self._stopped or seconds <= 0:
            return
        end = time.monotonic() + seconds
        if len(self.names) > _FEW:
            self._solve_energy(seconds)
            tell()
        if len(self.names) <= _FEW or not self._is_beyond_models():
            self._solve_model(end - time.monotonic(), workers, tell)

    def _is_beyond_models(self) -> bool:
        """Whether CP-SAT would prove nothing: too many activities, or many whose runs are elastic."""
        index = self._relaxed.index
        activities = [index.activities[name] for name in self.names]
        elastic = sum(
            a.most_parts > 1 or any(index.least(a, mode) < index.wish(a, mode) for mode in a.modes)
            for a in activities
        )
        return len(activities) > _MOST or _ELASTIC_SHARE * len(activities) < elastic

    def _solve_energy(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        programme = EnergyBound(self._relaxed.index, self.names)
        try:
            programme.build(lambda: self._stopped)
        except Stopped:
            return
        found = programme.solve(end - time.monotonic(), self._interrupter)
        if found is not None:
            self.bound = min(self.bound, found)

    def _solve_model(self, seconds: float, workers: int, tell: Callable[[], None]) -> None:
        end = time.monotonic() + seconds
        if self._stopped or seconds <= 0:
            return
        model = Model(pins_only(self._relaxed.index), self.names, {}, exact=True)
        add_unbroken_duties(model, self._index, self._relaxed.state)

        def take(best: float) -> None:
            bound = model.objective.bound(min(max(best, -_EVERY), _EVERY), 0)
            if bound < self.bound:
                self.bound = bound
                tell()
            if self._stopped:
                self._solver.stop_search()

        solver = self._solver
        parameters = solver.parameters
        parameters.max_time_in_seconds = max(0.01, end - time.monotonic())
        parameters.num_workers = workers
        parameters.symmetry_level = 0
        parameters.catch_sigint_signal = False
        if workers == 1:
            # Proves from above, conflict by conflict, where the default waits for the best solution:
            # on weeks of 300 activities it has in 2 s what that has in 20 s.
            parameters.use_objective_lb_search = True
        else:
            parameters.subsolvers.extend(_PROVERS)
        solver.best_bound_callback = take
        if self._stopped:
            return
        status = solver.solve(model.cp)
        if status == cp_model.MODEL_INVALID:
            raise RuntimeError(f"The relaxation is not valid: {model.cp.validate()}")
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            take(solver.best_objective_bound)
        self.proven = status == cp_model.OPTIMAL


class Relaxation:
    """An upper bound of the objective of a problem, made lower and lower beside the search.

    Parameters
    ----------
    index
        The problem, without faults.

    Attributes
    ----------
    on_bound
        Called with `bound` whenever it has fallen, in the thread that calls `run`.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._components: list[Component] = []
        self._constant = 0.0
        self._told = float("inf")
        self._stop = threading.Event()
        self._built = False
        self.on_bound: OnBound | None = None

    def build(self) -> None:
        """Relax the problem and part it; CP-SAT models are built one by one in `run`.

        Raises
        ------
        Stopped
            If `stop` is called before it is done.
        """
        relaxed = relax(self._index, self._stop.is_set)
        hopes = alone(relaxed.index, self._stop.is_set)
        self._constant = relaxed.constant
        self._components = [
            Component(self._index, relaxed, names, sum(hopes[name] for name in names))
            for names in components(relaxed.index)
        ]
        self._built = True

    @property
    def bound(self) -> float:
        """What no feasible schedule exceeds, as far as it is proven; infinite before `build`."""
        if not self._built:
            return float("inf")
        return self._constant + sum(component.bound for component in self._components)

    def stop(self) -> None:
        """End `run` soon; may be called from another thread, also before it, and more than once."""
        self._stop.set()
        for component in self._components:
            component.stop()

    def run(self, seconds: float, workers: int = 1) -> None:
        """Lower the bound for at most so many seconds, or until `stop`, or nothing is left to gain."""
        end = time.monotonic() + seconds
        try:
            if not self._built:
                self.build()
        except Stopped:
            return
        self._tell()
        for number, component in enumerate(self._components):
            left = end - time.monotonic()
            if self._stop.is_set() or left <= 0:
                return
            # In proportion to what there is to prove; what one leaves over is for the next ones.
            waiting = sum(len(each.names) for each in self._components[number:])
            component.solve(left * len(component.names) / waiting, workers, self._tell)
            self._tell()

    def _tell(self) -> None:
        bound = self.bound
        if bound < self._told - 1e-9:
            self._told = bound
            if self.on_bound is not None:
                self.on_bound(bound)
