"""What would place what a draft leaves out: looked for once the draft stands, and kept with it.

The draft is there first, and nobody waits for this. What is found stands in the plan's solution under
"remedies"; of the whole plan that a remedy leads to only what differs is kept.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from json import dumps
from time import monotonic
from typing import Any, Literal

from sqlalchemy import update

from scheduler import jobs
from scheduler.database import retrying, session, transaction
from scheduler.plans.models import Plan
from scheduler.plans.stored import Stored
from solver import (
    Assignment,
    CodecError,
    Explanation,
    Problem,
    Remedy,
    assignments_from_json,
    assignments_to_json,
    explain,
    remedy_from_json,
    remedy_to_json,
    verify,
)

log = logging.getLogger(__name__)

MESSAGE = "remedies"
KEY = "remedies"
SECONDS_EACH = 2.0
MOST_SECONDS = 30.0
KEEP_SECONDS = 3.0
"""Between two times that what was found so far is kept."""
PATIENCE_SECONDS = 30.0
"""So much longer than its time a search is waited for: then its worker is taken to be gone."""
MOST = 5

Changes = Literal["plan", "request", "centre"]
OF_REQUEST = frozenset(
    {
        "later_deadline", "earlier_release", "wider_window", "other_resource", "shorter_run", "split",
        "more_value",
    }
)  # fmt: skip
OF_PLAN = frozenset({"move", "drop", "place_first"})
"""`place_first` without a step stands for: others give way, whatever that takes."""


@dataclass(frozen=True)
class Kept:
    """A remedy as a plan keeps it.

    Parameters
    ----------
    key
        The same for the same remedy of the same request, however often it is looked for.
    changed, gone
        Parts of activities that stand elsewhere in the plan that it leads to, or newly; and ids of
        those that have no place there.
    """

    key: str
    remedy: Remedy
    changed: tuple[Assignment, ...]
    gone: tuple[str, ...]

    @property
    def steps(self) -> tuple[Remedy, ...]:
        return self.remedy.steps or (self.remedy,)

    @property
    def changes(self) -> Changes:
        """What has to be changed for it, besides the plan."""
        kinds = {step.kind for step in self.steps}
        if kinds <= OF_PLAN:
            return "plan"
        return "request" if kinds <= OF_PLAN | OF_REQUEST else "centre"

    def assignments(self, before: Iterable[Assignment]) -> tuple[Assignment, ...]:
        """The whole plan that it leads to."""
        others = {part.activity for part in self.changed} | set(self.gone)
        return (*(part for part in before if part.activity not in others), *self.changed)


@dataclass(frozen=True)
class Found:
    """What was found for one request; `has_place`: whether it has one where all others give way."""

    remedies: tuple[Kept, ...]
    has_place: bool | None

    @property
    def is_settled(self) -> bool:
        """False where the time was up first."""
        return bool(self.remedies) or self.has_place is not None


def found_of(plan: Plan) -> dict[str, Found]:
    """What was found so far, by request; those that nobody looked into are not named."""
    kept = (plan.solution or {}).get(KEY) or {}
    return {code: _found_from_json(found) for code, found in kept.get("found", {}).items()}


def is_looking(plan: Plan, now: datetime) -> bool:
    """Whether a search is on, or waits for a worker."""
    until = ((plan.solution or {}).get(KEY) or {}).get("until")
    return until is not None and now < datetime.fromisoformat(until)


def find_kept(plan: Plan, code: str, key: str) -> Kept | None:
    found = found_of(plan).get(code)
    return next((kept for kept in found.remedies if kept.key == key), None) if found else None


def announce(plan: Plan, now: datetime) -> bool:
    """Note that a search begins soon; False where there is nothing to look for. Then send `MESSAGE`."""
    if not _is_looked_into(plan):
        return False
    todo = _unsettled(Stored(plan), found_of(plan))
    if todo:
        _write(plan, {}, now + timedelta(seconds=_budget(todo) + PATIENCE_SECONDS))
    return bool(todo)


def call(plan_id: int) -> None:
    """Tell a worker to look. Belongs after the commit; without it the page offers to ask again."""
    jobs.nudge(MESSAGE, plan_id, f"nobody looks for remedies of plan {plan_id}")


def look_for(plan_id: int, *, stop: Callable[[], bool], budget: float | None = None) -> bool:
    """Look for remedies of all that a draft leaves out; False if it was stopped before the end.

    Opens its own transactions, and none stays open while the solver thinks. What was found by an
    earlier search stays. Nothing is kept with a plan that is no draft any more.
    """
    stored, answer, todo = _read(plan_id)
    if stored is None or not todo:
        return True
    found: dict[str, Any] = {}
    state = {"kept_at": monotonic(), "is_gone": False}
    worth = verify(stored.problem, stored.assignments).objective

    def is_over() -> bool:
        return bool(state["is_gone"]) or stop()

    def note(explanation: Explanation) -> None:
        if is_over():
            return
        found[explanation.activity] = _found_to_json(stored.problem, stored.assignments, explanation, worth)
        if monotonic() - state["kept_at"] > KEEP_SECONDS:
            state["is_gone"] = not retrying(lambda: _keep(plan_id, answer, found, is_at_end=False))
            state["kept_at"] = monotonic()

    seconds = _budget(todo) if budget is None else budget
    explain(stored.problem, stored.assignments, todo, budget=seconds, stop=is_over, on_explained=note)
    if state["is_gone"]:
        return True
    is_stopped = len(found) < len(todo) and stop()
    is_kept = retrying(lambda: _keep(plan_id, answer, found, is_at_end=not is_stopped))
    return not (is_stopped and is_kept)


def difference(
    before: Sequence[Assignment], after: Sequence[Assignment]
) -> tuple[tuple[Assignment, ...], tuple[str, ...]]:
    """Parts of activities that stand elsewhere or newly, and ids of those that are gone."""
    old, new = by_activity(before), by_activity(after)
    changed = tuple(part for name, parts in new.items() if parts != old.get(name) for part in parts)
    return changed, tuple(sorted(set(old) - set(new)))


def by_activity(assignments: Iterable[Assignment]) -> dict[str, list[Assignment]]:
    """The parts of each activity, in their order."""
    found: dict[str, list[Assignment]] = {}
    for part in sorted(assignments, key=lambda part: (part.activity, part.part)):
        found.setdefault(part.activity, []).append(part)
    return found


def kept_to_json(kept: Kept) -> dict[str, Any]:
    return {
        "key": kept.key,
        "remedy": remedy_to_json(kept.remedy),
        "changed": assignments_to_json(kept.changed),
        "gone": list(kept.gone),
    }


def kept_from_json(data: Mapping[str, Any]) -> Kept:
    return Kept(
        data["key"],
        remedy_from_json(data["remedy"]),
        assignments_from_json(data["changed"]),
        tuple(data["gone"]),
    )


def _read(plan_id: int) -> tuple[Stored | None, Any, list[str]]:
    """A draft, its answer as it is kept, and what is still to be looked into."""
    try:
        plan = session.get(Plan, plan_id)
        if plan is None or not _is_looked_into(plan):
            return None, None, []
        stored = Stored(plan)
        return stored, (plan.solution or {}).get("answer"), _unsettled(stored, found_of(plan))
    finally:
        session.rollback()


def _is_looked_into(plan: Plan) -> bool:
    """A repair leaves out what it has to: its own page says what would help."""
    return plan.state == "draft" and plan.repair_week is None


def _unsettled(stored: Stored, found: Mapping[str, Found]) -> list[str]:
    return [code for code in stored.without_place if code not in found or not found[code].is_settled]


def _budget(todo: Sequence[str]) -> float:
    return min(MOST_SECONDS, SECONDS_EACH * len(todo))


def _keep(plan_id: int, answer: Any, found: Mapping[str, Any], *, is_at_end: bool) -> bool:
    """Keep what was found; False if the plan is not what was looked at, and nothing is changed."""
    with transaction(reason="remedies were looked for"):
        plan = session.get(Plan, plan_id, with_for_update={"of": Plan}, populate_existing=True)
        if plan is None or plan.state != "draft" or (plan.solution or {}).get("answer") != answer:
            log.info("plan %s is no draft any more: no remedies are kept", plan_id)
            return False
        _write(plan, found, None, is_at_end=is_at_end)
        return True


def _write(plan: Plan, found: Mapping[str, Any], until: datetime | None, *, is_at_end: bool = False) -> None:
    """Not through the row: what is worked out from a plan is no change of it that somebody made."""
    solution = plan.solution or {}
    kept = solution.get(KEY) or {}
    said = until.isoformat() if until else kept.get("until")
    remedies = {"until": None if is_at_end else said, "found": {**kept.get("found", {}), **found}}
    session.execute(
        update(Plan)
        .where(Plan.id == plan.id, Plan.state == "draft")
        .values(solution={**solution, KEY: remedies}, updated_at=Plan.updated_at)
        .execution_options(synchronize_session=False)
    )
    session.expire(plan)


def _found_to_json(
    problem: Problem, before: Sequence[Assignment], explanation: Explanation, worth: float
) -> dict[str, Any]:
    others_give_way = _giving_way(problem, explanation, worth)
    remedies = [*explanation.remedies[: MOST - len(others_give_way)], *others_give_way]
    return {
        "has_place": explanation.has_place,
        "remedies": [kept_to_json(keep(before, explanation.activity, remedy)) for remedy in remedies],
    }


def _found_from_json(data: Mapping[str, Any]) -> Found:
    try:
        return Found(tuple(kept_from_json(each) for each in data["remedies"]), data["has_place"])
    except (CodecError, KeyError):
        log.warning("remedies of another version are passed over", exc_info=True)
        return Found((), None)


def _giving_way(problem: Problem, explanation: Explanation, worth: float) -> list[Remedy]:
    """Forcing it in at the least cost, where no remedy says as much by changing nothing but the plan."""
    price = explanation.price
    kinds = [{step.kind for step in remedy.steps or (remedy,)} for remedy in explanation.remedies]
    if price is None or any(each <= OF_PLAN for each in kinds):
        return []
    verdict = verify(problem, price.assignments)
    if verdict.violations:
        return []
    gain = round(verdict.objective - worth, 9)
    return [
        Remedy("place_first", explanation.activity, assignments=price.assignments, cost=price.cost, gain=gain)
    ]


def keep(before: Sequence[Assignment], code: str, remedy: Remedy) -> Kept:
    """A remedy for the request `code`, less what its plan has in common with the one `before`."""
    changed, gone = difference(before, remedy.assignments)
    bare = replace(remedy, assignments=())
    said = dumps([code, remedy_to_json(bare), assignments_to_json(changed), gone], sort_keys=True)
    return Kept(sha256(said.encode()).hexdigest()[:16], bare, changed, gone)
