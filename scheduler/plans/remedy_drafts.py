"""A remedy becomes a draft: the request changed where it asks for that, all of it checked anew."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import select

from scheduler.accounts import service as accounts
from scheduler.accounts.models import User
from scheduler.accounts.rules import Place
from scheduler.calendars.models import Site
from scheduler.database import session
from scheduler.errors import NotFound, Stale, UserError
from scheduler.intervals import Interval
from scheduler.plans.models import Plan
from scheduler.plans.problem import Translation, translate
from scheduler.plans.remedies import OF_REQUEST, Kept, find_kept, kept_from_json, kept_to_json
from scheduler.plans.remedy_changes import change_request
from scheduler.plans.service import take_number
from scheduler.plans.stored import Stored, requests_of
from solver import Assignment, Solution, check, problem_to_json, solution_to_json, verify, why

log = logging.getLogger(__name__)

MADE_BY = "remedy"


@dataclass(frozen=True)
class Origin:
    """By which remedy, for which request, a draft was made of its parent."""

    code: str
    kept: Kept


def origin_of(plan: Plan) -> Origin | None:
    made = (plan.solution or {}).get(MADE_BY)
    return Origin(made["code"], kept_from_json(made)) if made else None


def try_remedy(plan: Plan, code: str, key: str, *, user: User | None) -> Plan:
    """A new draft in which the request `code` is placed by the remedy `key` of a draft.

    The same remedy tried twice leads to the same draft. Refused with `Stale` where the facts have
    changed since the plan was built.
    """
    accounts.require(user, "manager", Place(site_id=plan.site_id))
    # One at a time: two who try the same at once make one draft.
    session.execute(select(Site.id).where(Site.id == plan.site_id).with_for_update())
    session.refresh(plan, with_for_update={"of": Plan})
    before = Stored(plan)
    row = requests_of(plan, before, user).get(code)
    if row is None:
        raise NotFound(f"Plan {plan.number} asks for no such request. See its page.")
    if (made := _made_before(plan, code, key)) is not None:
        return made
    if plan.state == "stale":
        raise Stale(_stale_words(plan))
    if plan.state != "draft" or plan.repair_week is not None:
        state = plan.state if plan.repair_week is None else "a repair"
        raise UserError(
            f"Plan {plan.number} is {state}, so nothing can be tried on it. "
            "Build the week again: the new draft says what would place what is left."
        )
    span = Interval(plan.starts_at, plan.ends_at)
    present = translate(plan.site, span)
    if present.fingerprint != plan.fingerprint:
        raise Stale(_stale_words(plan))
    kept = find_kept(plan, code, key)
    if kept is None:
        raise UserError(
            f"This is no longer among what would place {code}. Look at the page again and choose anew."
        )
    if kept.changes == "centre":
        raise UserError(
            "This asks for a change of the centre. Make that change where the page says, then build again."
        )
    parts = kept.assignments(before.assignments)
    if kept.changes == "request":
        parts = _changed(kept, plan, before, present, parts, user)
        present = translate(plan.site, span)
        parts = _in_ticks(parts, before.timeline.tick_seconds, present.timeline.tick_seconds, code)
    return _draft(plan, Origin(code, kept), before, present, parts)


def _changed(
    kept: Kept,
    plan: Plan,
    before: Stored,
    present: Translation,
    parts: Sequence[Assignment],
    user: User | None,
) -> tuple[Assignment, ...]:
    """Change the requests that the remedy asks something of; the parts in the words of the new problem."""
    activities = {activity.id: activity for activity in before.problem.activities}
    modes: dict[str, Mapping[str, str]] = {}
    for step in kept.steps:
        if step.kind in OF_REQUEST:
            row = requests_of(plan, before, user).get(step.subject)
            if row is None or step.subject not in present.requests:
                raise UserError("It asks for a change of a request that is not yours to change. Try another.")
            modes[step.subject] = change_request(row, activities[step.subject], step, before.timeline, user)
    return tuple(replace(part, mode=modes.get(part.activity, {}).get(part.mode, part.mode)) for part in parts)


def _in_ticks(
    parts: Sequence[Assignment], old_seconds: int, new_seconds: int, code: str
) -> tuple[Assignment, ...]:
    """The same times in the steps of the problem as it is now."""
    if old_seconds == new_seconds:
        return tuple(parts)
    if any((ticks * old_seconds) % new_seconds for part in parts for ticks in (part.start, part.duration)):
        raise UserError(_no_longer(code))
    return tuple(
        replace(
            part,
            start=part.start * old_seconds // new_seconds,
            duration=part.duration * old_seconds // new_seconds,
        )
        for part in parts
    )


def _draft(
    plan: Plan, origin: Origin, before: Stored, present: Translation, parts: Sequence[Assignment]
) -> Plan:
    """The next plan of the site; refused where the verifier finds anything, or the request has no place."""
    verdict = verify(present.problem, parts)
    if check(present.problem) or verdict.violations or origin.code not in {part.activity for part in parts}:
        log.info("a remedy of plan %s does not hold: %s", plan.number, verdict.violations[:3])
        raise UserError(_no_longer(origin.code))
    is_same = origin.kept.changes == "plan"
    answer = Solution(
        assignments=tuple(parts),
        unplaced=why(present.problem, parts),
        status="feasible",
        objective=verdict.objective,
        # What was proven of a problem is not proven of another.
        bound=before.solution.bound if is_same and before.solution else None,
        history=(),
        seconds=0.0,
        seed=before.solution.seed if before.solution else 1,
    )
    free = {activity.id for activity in present.problem.activities if activity.pin is None}
    made = Plan(
        site=plan.site,
        number=take_number(plan.site_id),
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        state="draft",
        tick_seconds=present.timeline.tick_seconds,
        problem=problem_to_json(present.problem),
        solution={
            "answer": solution_to_json(answer),
            "left_out": [asdict(each) for each in present.left_out],
            MADE_BY: {"code": origin.code, **kept_to_json(origin.kept)},
        },
        fingerprint=present.fingerprint,
        parent_id=plan.id,
        objective=answer.objective,
        bound=answer.bound,
        placed=len({part.activity for part in parts} & free),
        asked=present.asked,
        rounding_minutes=present.rounding_minutes,
    )
    session.add(made)
    session.flush()
    return made


def _made_before(plan: Plan, code: str, key: str) -> Plan | None:
    """The draft that this remedy led to already."""
    children = session.scalars(
        select(Plan).where(Plan.parent_id == plan.id, Plan.state == "draft").order_by(Plan.id)
    )
    for child in children:
        origin = origin_of(child)
        if origin is not None and (origin.code, origin.kept.key) == (code, key):
            return child
    return None


def _stale_words(plan: Plan) -> str:
    return (
        f"Requests, bookings or the centre's data have changed since plan {plan.number} was built, so what "
        "would place it may not any more. Build again, and try what the new draft says."
    )


def _no_longer(code: str) -> str:
    return (
        f"With that change {code} would not have the place that was found for it, so nothing was changed. "
        "Try another, or change the request by hand and build again."
    )
