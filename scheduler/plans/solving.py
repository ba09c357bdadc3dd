"""Working on one run of the ledger: solve, let the ledger follow, check the answer, make the draft."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any

from sqlalchemy.exc import DBAPIError

from scheduler.database import retrying, session, transaction, utc_now
from scheduler.plans import ledger
from scheduler.plans.ledger import Claim, Pace, Standing
from scheduler.plans.models import Plan, SolveRun
from solver import (
    Assignment,
    CodecError,
    Options,
    Problem,
    Progress,
    Solution,
    assignments_from_json,
    assignments_to_json,
    problem_from_json,
    solution_to_json,
    solve,
    verify,
    why,
)

log = logging.getLogger(__name__)

OnProgress = Callable[[Progress], None]

_CLOSE = 1e-6
"""Relative difference of two objectives that is rounding."""

LEAST_SHARE = 0.25
"""A run that was broken off gets at least this share of its time limit again."""


class BrokenAnswer(Exception):
    """The solver's answer does not pass the second opinion."""


def never() -> bool:
    """Nobody said stop."""
    return False


def solve_run(
    run_id: int,
    worker: str,
    on_progress: OnProgress | None = None,
    *,
    stop: Callable[[], bool] = never,
    leaving: Callable[[], bool] = never,
    pace: Pace = Pace(),
) -> bool:
    """Claim a run and bring it to its end; False if it is not to be had (yet).

    Opens its own transactions. Whatever goes wrong with the solve stands in the ledger; the draft
    and the end of the run are one transaction.

    Parameters
    ----------
    stop
        Asked now and then; once it answers true, the best so far becomes the plan.
    leaving
        The same, but the run goes back to the queue, for another worker to go on from there.
    """
    mine = retrying(lambda: _claimed(run_id, worker, pace))
    if mine is None:
        return False
    try:
        work = _Work.load(mine)
        with Follower(mine, pace, work, on_progress, lambda: stop() or leaving()) as follower:
            solution = solve(
                work.problem, work.options, on_progress=follower.note, stop=follower.is_over, start=work.start
            )
        if follower.lost:
            log.warning("run %s attempt %s was taken over meanwhile", mine.run_id, mine.attempt)
            return True
        if leaving():
            retrying(lambda: _give_back(mine, pace, follower.standing()))
            return True
        solution = with_all_reasons(work.problem, second_opinion(work.problem, solution))
        retrying(lambda: _finish(mine, work, follower, solution))
    except Exception as error:
        log.exception("run %s attempt %s failed", mine.run_id, mine.attempt)
        words = str(error) if isinstance(error, BrokenAnswer) else f"{type(error).__name__}: {error}"
        retrying(lambda: _fail(mine, words))
    return True


def second_opinion(problem: Problem, solution: Solution) -> Solution:
    """The solution with its objective as the verifier counts it; refused if it breaks any rule."""
    verdict = verify(problem, solution.assignments)
    if verdict.violations:
        first = "; ".join(violation.message for violation in verdict.violations[:3])
        raise BrokenAnswer(
            f"The answer broke {len(verdict.violations)} rules, so nothing of it was kept: {first}. "
            "This is a fault of the program, not of the requests."
        )
    if abs(verdict.objective - solution.objective) > _CLOSE * max(1.0, abs(verdict.objective)):
        raise BrokenAnswer(
            f"The answer claims to be worth {solution.objective:g} and is worth {verdict.objective:g}. "
            "This is a fault of the program, not of the requests."
        )
    return replace(solution, objective=verdict.objective)


def with_all_reasons(problem: Problem, solution: Solution) -> Solution:
    """The solution with the reasons that a solve which was stopped had no time for."""
    if all(left_out.reason.blockers for left_out in solution.unplaced):
        return solution
    return replace(solution, unplaced=why(problem, solution.assignments))


class _Work:
    """What the run is about, read once so that no transaction stays open while the solver works."""

    def __init__(self, run: SolveRun, plan: Plan) -> None:
        self.problem: Problem = problem_from_json(plan.problem)
        self.pins = sum(activity.pin is not None for activity in self.problem.activities)
        self.left_out: list[Any] = (plan.solution or {}).get("left_out", [])
        self.started_at: datetime = run.started_at or utc_now()
        self.history = [(point[0], point[1], point[2]) for point in run.history or []]
        self.solutions = run.solutions
        self.start = _start(run.best_solution)
        used = self.history[-1][0] if self.history else 0.0
        limit = max(run.time_limit_seconds - used, run.time_limit_seconds * LEAST_SHARE)
        self.options = Options(time_limit=limit, workers=run.workers, seed=run.seed)

    @classmethod
    def load(cls, mine: Claim) -> "_Work":
        try:
            return cls(session.get_one(SolveRun, mine.run_id), session.get_one(Plan, mine.plan_id))
        finally:
            session.rollback()

    @property
    def asked(self) -> int:
        return len(self.problem.activities) - self.pins + len(self.left_out)


class Follower:
    """Carries what the solver tells to the ledger, and what the ledger says to the solver.

    A thread of its own: the solver never waits for the database, and the signs of life go on while
    it thinks.
    """

    def __init__(
        self,
        mine: Claim,
        pace: Pace,
        work: _Work,
        on_progress: OnProgress | None,
        stop: Callable[[], bool],
    ) -> None:
        self.lost = False
        self.history = list(work.history)
        self.solutions = work.solutions
        self._mine, self._pace, self._work = mine, pace, work
        self._on_progress, self._stop = on_progress, stop
        # The curve of an attempt goes on where that of the last one ended.
        self._offset = max(0.0, (utc_now() - work.started_at).total_seconds()) if mine.attempt > 1 else 0.0
        self._lock = threading.Lock()
        self._news: tuple[Progress, tuple[Assignment, ...], bool] | None = None
        self._best: float | None = None
        self._over = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name=f"run {mine.run_id}", daemon=True)

    def __enter__(self) -> "Follower":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def is_over(self) -> bool:
        """What the solver asks: did somebody say stop, or take the run away?"""
        return self._over.is_set() or self._stop()

    def note(self, progress: Progress, assignments: tuple[Assignment, ...]) -> None:
        """What the solver tells; at once back to it."""
        shown = replace(
            progress,
            seconds=self._offset + progress.seconds,
            placed=progress.placed - self._work.pins,
            asked=self._work.asked,
        )
        with self._lock:
            # Not "larger": a mandatory activity may come in at the price of worth.
            better = shown.objective != self._best
            if better:
                self._best = shown.objective
                self.solutions += 1
            pending = self._news is not None and self._news[2]
            self._news = (shown, assignments, better or pending)
            point = (round(shown.seconds, 2), shown.objective, shown.bound)
            if not self.history or self.history[-1][1:] != point[1:]:
                self.history.append(point)
        if self._on_progress is not None:
            self._on_progress(shown)

    def standing(self) -> Standing | None:
        """News for the ledger, once; None if there is none."""
        with self._lock:
            if self._news is None:
                return None
            (shown, assignments, better), self._news = self._news, None
            return Standing(
                shown.objective,
                shown.bound,
                shown.placed,
                shown.asked,
                self.solutions,
                list(self.history),
                {"assignments": assignments_to_json(assignments)} if better else None,
            )

    def _follow(self) -> None:
        beaten_at, stored_at = time.monotonic(), 0.0
        while not self._ended.wait(self._pace.listen_seconds):
            now = time.monotonic()
            standing = self.standing() if now - stored_at >= self._pace.store_seconds else None
            try:
                if standing is not None or now - beaten_at >= self._pace.heartbeat_seconds:
                    with transaction():
                        word = ledger.beat(self._mine, self._pace, standing)
                    beaten_at, stored_at = now, now if standing is not None else stored_at
                else:
                    word = ledger.listen(self._mine)
            except DBAPIError:
                # The database is away or busy: the solver goes on, the next round tries again.
                log.warning("run %s: no sign of life could be written", self._mine.run_id, exc_info=True)
                continue
            finally:
                session.remove()
            if word != "go on":
                self.lost = word == "lost"
                self._over.set()


def _claimed(run_id: int, worker: str, pace: Pace) -> Claim | None:
    with transaction(reason="a worker takes the build"):
        return ledger.claim(run_id, worker, pace)


def _finish(mine: Claim, work: _Work, follower: Follower, solution: Solution) -> None:
    free = {activity.id for activity in work.problem.activities if activity.pin is None}
    placed = len({part.activity for part in solution.assignments} & free)
    seconds = round(follower._offset + solution.seconds, 2)
    standing = Standing(
        solution.objective,
        solution.bound,
        placed,
        work.asked,
        follower.solutions,
        [*follower.history, (seconds, solution.objective, solution.bound)],
        {"assignments": assignments_to_json(solution.assignments)},
    )
    with transaction(reason="the build is done"):
        if not ledger.close(mine, "done", standing):
            return
        plan = session.get_one(Plan, mine.plan_id)
        plan.state = "draft"
        plan.solution = {"answer": solution_to_json(solution), "left_out": work.left_out}
        plan.objective, plan.bound = solution.objective, solution.bound
        plan.placed, plan.asked = placed, work.asked


def _give_back(mine: Claim, pace: Pace, standing: Standing | None) -> None:
    with transaction(reason="the worker has to go"):
        ledger.beat(mine, pace, standing)
        ledger.give_back(mine)


def _fail(mine: Claim, error: str) -> None:
    with transaction(reason="the build failed"):
        if ledger.close(mine, "failed", error=error):
            session.get_one(Plan, mine.plan_id).state = "failed"


def _start(best: dict[str, Any] | None) -> Sequence[Assignment]:
    try:
        return assignments_from_json((best or {}).get("assignments", []))
    except CodecError:
        return ()
