"""The least change to a published plan that makes it one again after something has happened."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace

from solver.checks.check import check
from solver.explanation.reasons import reasons
from solver.problem import Problem
from solver.repairs.changes import Change, changes_between, displaced_from
from solver.repairs.search import Search
from solver.repairs.toll import Toll, published, toll
from solver.search.watch import OnProgress, Watch
from solver.solution import Assignment, Options, ProblemError, Progress, Solution
from solver.state.index import Index
from solver.state.state import State
from solver.verification.verify import verify

__all__ = ["LEAST_ALLOWED", "MOST_MOVED", "Change", "Repair", "Toll", "repair", "toll"]

MOST_MOVED = 0.05
"""Share of the published bookings that a repair moves at most for the value of others."""

LEAST_ALLOWED = 8
"""So many bookings it may move of the smallest plan."""

_REPORT_SECONDS = 1.0
_FINISH = 2.0


@dataclass(frozen=True, slots=True)
class Repair:
    """A plan in place of a published one.

    Parameters
    ----------
    solution
        Feasible for the problem as it is now. Its status is "optimal" only if no repair takes less,
        and none that takes as little is worth more; there is no bound then, or else.
    changes
        What is different for those to whom the plan was published, in order of time; requests that
        were not published and have a place now come last.
    toll
        What it takes from them.
    displaced
        Published activities that could not stay where they were, with whom they were, even if
        nothing else were placed but what is pinned.
    """

    solution: Solution
    changes: tuple[Change, ...]
    toll: Toll
    displaced: tuple[str, ...]


def repair(
    problem: Problem,
    plan: Sequence[Assignment],
    options: Options = Options(),
    executor: Executor | None = None,
    on_progress: OnProgress | None = None,
    *,
    stop: Callable[[], bool] | None = None,
    most_moved: float | None = MOST_MOVED,
) -> Repair:
    """The plan that takes least from those to whom another one was published.

    The order is that of `Toll`: mandatory activities left out, value of published bookings lost,
    bookings moved or dropped (by `Activity.move_cost`), ticks moved, people reassigned; but no more
    bookings are moved for the value of others than `most_moved` allows. Only then comes the objective
    of the problem itself, for which requests that were not published fill in; what its weights say of
    `Activity.previous` does not count.

    Parameters
    ----------
    problem
        As it is now: with the outage, with what is added, without what is called off.
    plan
        What was published; it may name activities that the problem does not have any more.
    executor, on_progress, stop
        As for `solver.solve.solve`.
    most_moved
        Share of the published bookings that may at most be moved or dropped besides those that cannot
        stay, though never less than `LEAST_ALLOWED` bookings; more only for mandatory activities
        that have no place otherwise. None: as many as it takes to lose least value.

    Raises
    ------
    ProblemError
        If the problem has faults; all of them are named.
    ValueError
        If `most_moved` is not between 0 and 1.

    Notes
    -----
    What can stay stays; the rest is placed between it by CP-SAT. Then what has no place, or another
    one, is looked at again with ever more of what competes with it.

    >>> from solver.problem import Activity, Mode, Resource, Window
    >>> cast = Activity("cast", (Mode("m", ("kiln",)),), wish=4, least=4)
    >>> kiln = Resource("kiln", outages=(Window(0, 3),))
    >>> found = repair(Problem(20, (cast,), (kiln,)), [Assignment("cast", 1, "m", 0, 4)])
    >>> found.changes[0].kind, found.changes[0].after[0].start, found.changes[0].why[0].rule
    ('moved', 3, 'outage')
    """
    if most_moved is not None and not 0 <= most_moved <= 1:
        raise ValueError(f"most_moved is a share between 0 and 1, not {most_moved!r}.")
    if executor is None:
        threads = ThreadPoolExecutor(options.workers, "repair")
        try:
            return repair(problem, plan, options, threads, on_progress, stop=stop, most_moved=most_moved)
        finally:
            # Not waited for: whoever said stop gets the answer while CP-SAT still folds up.
            threads.shutdown(wait=False, cancel_futures=True)
    faults = check(problem)
    if faults:
        raise ProblemError(problem, tuple(faults))
    watch = Watch(problem, options, None, stop)
    index = Index(_prepared(problem, plan))
    displaced = displaced_from(index, plan)
    asked = [
        each.id
        for each in index.activities.values()
        if each.previous and each.pin is None and each.id not in set(displaced)
    ]
    published_bookings = sum(bool(each.previous) for each in index.activities.values())
    allowed = len(asked) if most_moved is None else max(LEAST_ALLOWED, int(most_moved * published_bookings))
    teller = _Teller(problem, watch, on_progress)
    search = Search(
        index, options, watch, executor, lambda new: teller.tell(search.state, new=new), asked, allowed
    )
    # To name what has changed, to verify it and to find reasons takes about as long as to begin did.
    watch.keep_back(_FINISH * watch.seconds())
    search.run()
    assignments = search.state.assignments()
    _promise_kept(problem, assignments)
    solution = Solution(
        assignments=assignments,
        unplaced=reasons(search.state),
        status="optimal" if search.proven else "stopped" if watch.stopped else "feasible",
        objective=verify(problem, assignments).objective,
        bound=None,
        history=tuple(teller.history),
        seconds=watch.seconds(),
        seed=options.seed,
    )
    return Repair(
        solution,
        changes_between(search.state, plan),
        toll(problem, plan, assignments),
        displaced,
    )


class _Teller:
    """Keeps the history of a repair and tells of it: at each better one, and once a second."""

    def __init__(self, problem: Problem, watch: Watch, on_progress: OnProgress | None) -> None:
        self._problem = problem
        self._watch = watch
        self._on_progress = on_progress
        self._told_at = 0.0
        self.history: list[Progress] = []

    def tell(self, state: State, *, new: bool) -> None:
        """Tell of what is reached; of what is not `new` only if that was not done within a second."""
        seconds = self._watch.seconds()
        if not new and (self._on_progress is None or seconds - self._told_at < _REPORT_SECONDS):
            return
        held = state.assignments()
        self._told_at = seconds
        objective = verify(self._problem, held).objective if new else self.history[-1].objective
        progress = Progress(seconds, objective, None, len(state.placed), len(self._problem.activities))
        if new:
            self.history.append(progress)
        if self._on_progress is not None:
            self._on_progress(progress, held)


def _prepared(problem: Problem, plan: Sequence[Assignment]) -> Problem:
    """The problem with the plan as what was before, and with none of its weights on that."""
    weights = replace(problem.weights, kept=0.0, moved=0.0, distance=0.0, reassigned=0.0)
    return replace(published(problem, plan), weights=weights)


def _promise_kept(problem: Problem, assignments: tuple[Assignment, ...]) -> None:
    """Raise if the answer breaks a rule, other than promises that break it among themselves."""
    violations = verify(problem, assignments).violations
    if not violations:
        return
    names = {activity.id for activity in problem.activities if activity.pin is not None}
    known = verify(problem, [part for part in assignments if part.activity in names]).violations
    allowed = {(violation.rule, violation.subject) for violation in known}
    wrong = [each for each in violations if (each.rule, each.subject) not in allowed]
    if wrong:
        lines = "; ".join(violation.message for violation in wrong[:5])
        raise RuntimeError(f"{problem.name or 'problem'}: the repair breaks {len(wrong)} rules: {lines}")
