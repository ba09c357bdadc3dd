"""From a problem to a solution: a greedy start, a search, reasons, and a check by other code."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from solver.checks.check import check
from solver.explanation.reasons import reasons
from solver.problem import Problem
from solver.search.construct import Chooser, fill
from solver.search.order import ordered
from solver.search.search import search
from solver.search.start import first_schedule
from solver.search.watch import OnProgress, Watch
from solver.solution import Assignment, Options, ProblemError, Rule, Solution, Status, Unplaced
from solver.state.index import Index
from solver.state.state import State
from solver.verification.verify import verify

_CLOSED = 1e-6
_STOPPED_SECONDS = 0.1
_SAMPLE_SECONDS, _SAMPLE_SHARE = 0.5, 0.01
_FITS: frozenset[Rule] = frozenset(("worth", "chain"))
"""Rules that stand in the way of what there would be room for."""


def solve(
    problem: Problem,
    options: Options = Options(),
    executor: Executor | None = None,
    on_progress: OnProgress | None = None,
    *,
    stop: Callable[[], bool] | None = None,
    start: Sequence[Assignment] = (),
) -> Solution:
    """The best schedule that can be found in the time; always one that keeps every rule.

    Parameters
    ----------
    executor
        Where CP-SAT runs, of threads (default: one of its own). It is not shut down.
    on_progress
        Called, in the calling thread, with the state of the search and the best assignments so far:
        at each improvement, and about each second otherwise.
    stop
        Asked about twenty times a second; once it answers true the best so far is returned. Reasons
        that there is no time for then are left without blockers; `solver.why` finds them.
    start
        An earlier schedule; what of it still fits is the starting point.

    Raises
    ------
    ProblemError
        If the problem has faults; all of them are named.

    Notes
    -----
    Greedy schedules in several orders, then large neighbourhood search: some activities are taken
    out, and CP-SAT places them anew around the rest. A small problem is one neighbourhood, and
    its solution is proven optimal. (Shaw, 1998, Using constraint programming and local search
    methods to solve vehicle routing problems, CP-98.)
    """
    faults = check(problem)
    if faults:
        raise ProblemError(problem, tuple(faults))
    watch = Watch(problem, options, on_progress, stop)
    index = Index(problem)
    first = first_schedule(index, options, watch, start)
    if options.max_rounds is None:
        watch.keep_back(_seconds_for_reasons(first, watch, options))
    search(index, options, watch, first, executor)
    state = _best(first, watch)
    unplaced = _settle(state, watch)
    assignments = state.assignments()
    _promise_kept(problem, index, assignments)
    objective = state.objective()
    return Solution(
        assignments=assignments,
        unplaced=unplaced,
        status=_status(watch, objective),
        objective=objective,
        bound=watch.bound,
        history=tuple(watch.history),
        seconds=watch.seconds(),
        seed=options.seed,
    )


def _best(last: State, watch: Watch) -> State:
    """The best schedule that was seen; where the search left off, if that is it."""
    best = {name: list(parts) for name, parts in watch.best.items()}
    if last.placed == best:
        return last
    state = State(last.index)
    state.restore(best, best)
    return state


def _seconds_for_reasons(state: State, watch: Watch, options: Options) -> float:
    """About how long it will take to find a reason for all that is left out."""
    begun = watch.seconds()
    most = min(_SAMPLE_SECONDS, _SAMPLE_SHARE * options.time_limit)
    found = reasons(state, lambda: watch.over() or watch.seconds() - begun > most)
    known = sum(bool(each.reason.blockers) for each in found)
    return (watch.seconds() - begun) * len(found) / max(1, known)


def _settle(state: State, watch: Watch) -> tuple[Unplaced, ...]:
    """Place what still fits, and say of the rest why it does not.

    Whoever said stop does not wait long for it.
    """
    end = watch.seconds() + _STOPPED_SECONDS if watch.stopped else float("inf")

    def over() -> bool:
        return watch.seconds() > end

    chooser = Chooser(state.index)
    # Most of what fits is found here, in less time than reasons take that would say so.
    if fill(state, ordered(state.index, "density"), chooser, over):
        watch.offer(state)
    while True:
        found = reasons(state, over)
        fit = {each.activity for each in found if {b.rule for b in each.reason.blockers} & _FITS}
        if not fit or over():
            return found
        if not fill(state, [a for a in ordered(state.index, "density") if a.id in fit], chooser):
            return found
        watch.offer(state)


def _status(watch: Watch, objective: float) -> Status:
    if watch.bound is not None and objective >= watch.bound - _CLOSED * max(1.0, abs(watch.bound)):
        return "optimal"
    return "stopped" if watch.stopped else "feasible"


def _promise_kept(problem: Problem, index: Index, assignments: tuple[Assignment, ...]) -> None:
    """Raise if the answer breaks a rule, other than promises that break it among themselves."""
    violations = verify(problem, assignments).violations
    if not violations:
        return
    pinned = [part for part in assignments if index.activities[part.activity].pin is not None]
    known = {(v.rule, v.subject) for v in verify(problem, pinned).violations}
    wrong = [v for v in violations if (v.rule, v.subject) not in known]
    if wrong:
        lines = "; ".join(violation.message for violation in wrong[:5])
        raise RuntimeError(f"{problem.name or 'problem'}: the answer breaks {len(wrong)} rules: {lines}")
