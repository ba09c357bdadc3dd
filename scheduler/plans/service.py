"""Plans: ordering a build, stopping it, publishing what came of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from scheduler import audit, jobs, outbox
from scheduler.accounts import service as accounts
from scheduler.accounts.models import User
from scheduler.accounts.rules import Place
from scheduler.bookings.models import HOLDING_STATES, Booking
from scheduler.bookings.proposal import Proposal
from scheduler.bookings.service import book_all
from scheduler.calendars.models import Site
from scheduler.calendars.rules import local_midnight
from scheduler.calendars.service import zone_of
from scheduler.database import session, utc_now
from scheduler.errors import Conflict, Stale, UserError
from scheduler.intervals import Interval
from scheduler.plans.models import Plan, SolveRun, repair_week_of_plan
from scheduler.plans.problem import Translation, translate
from scheduler.plans.proposals import proposals_of
from scheduler.plans.solving import solve_run
from scheduler.plans.timeline import whole_days
from scheduler.requests.models import ActivityRequest
from solver import Fault, check, problem_to_json, solution_from_json, verify

__all__ = [
    "Published",
    "enqueue",
    "latest_draft",
    "mark_stale",
    "order_build",
    "publish",
    "request_stop",
    "rest_of",
    "solve_run",
    "take_number",
]


MESSAGE = "solve"
MOST_DAYS = 92
LONGEST_SECONDS = 4 * 3600
MOST_WORKERS = 64


@dataclass(frozen=True)
class Published:
    """What publishing a plan did."""

    plan: Plan
    bookings: list[Booking]
    superseded: list[Plan]


def order_build(
    site: Site,
    span: Interval | None,
    *,
    time_limit_seconds: float = 60,
    workers: int = 2,
    seed: int = 1,
    user: User | None = None,
) -> SolveRun:
    """A new plan of `span`, waiting to be solved; without a span, of what open requests ask for."""
    accounts.require(user, "manager", Place(site_id=site.id))
    _refuse_options(time_limit_seconds, workers)
    span = _asked_span(site, utc_now()) if span is None else span
    if span.hours > MOST_DAYS * 24 + 1:
        raise UserError(f"A plan spans at most {MOST_DAYS} days. Choose a later start or an earlier end.")
    translation = translate(site, span)
    if not translation.asked:
        raise UserError(
            "No approved request waits for this time. "
            "Approve requests, import a workbook, or choose another week."
        )
    if faults := check(translation.problem):
        raise UserError(_fault_words(faults))
    plan = Plan(
        site=site,
        number=take_number(site.id),
        starts_at=span.start,
        ends_at=span.end,
        tick_seconds=translation.timeline.tick_seconds,
        problem=problem_to_json(translation.problem),
        solution={"answer": None, "left_out": [asdict(each) for each in translation.left_out]},
        fingerprint=translation.fingerprint,
        asked=translation.asked,
        rounding_minutes=translation.rounding_minutes,
    )
    run = SolveRun(
        plan=plan,
        time_limit_seconds=time_limit_seconds,
        workers=workers,
        seed=seed,
        asked=translation.asked,
    )
    session.add_all([plan, run])
    session.flush()
    return run


def take_number(site_id: int) -> int:
    """The next number of a plan. One at a time counts: two at once would take the same."""
    session.execute(select(Site.id).where(Site.id == site_id).with_for_update())
    return (session.scalar(select(func.max(Plan.number)).where(Plan.site_id == site_id)) or 0) + 1


def enqueue(run_id: int) -> None:
    """Tell a worker at once. Belongs after the commit; without it a worker's next look finds the run."""
    jobs.nudge(MESSAGE, run_id, f"run {run_id} waits for a worker to look")


def request_stop(run: SolveRun) -> None:
    """Stop, and keep the best so far; one that has not begun is called off."""
    called_off = session.execute(
        update(SolveRun)
        .where(SolveRun.id == run.id, SolveRun.state == "queued", SolveRun.best_solution.is_(None))
        .values(state="cancelled", finished_at=utc_now(), error="Called off before it began.")
        .returning(SolveRun.id)
    ).all()
    if called_off:
        run.plan.state = "failed"
        return
    asked = session.execute(
        update(SolveRun)
        .where(SolveRun.id == run.id, SolveRun.state.in_(("queued", "running")))
        .values(cancel_requested=True)
        .returning(SolveRun.id)
    ).all()
    if not asked:
        raise UserError("This build is over already. Look at its plan.")


def latest_draft(site: Site) -> Plan | None:
    """The last ordinary plan that could be published."""
    return session.scalar(
        select(Plan)
        .where(Plan.site_id == site.id, Plan.state == "draft", repair_week_of_plan().is_(None))
        .order_by(Plan.number.desc())
        .limit(1)
    )


def publish(plan: Plan, *, user: User | None = None, now: datetime | None = None) -> Published:
    """Book all that the draft places, or nothing.

    What should have begun by `now` is refused; None asks nothing. Refused with `Stale` where the
    facts it rests on have changed since: then `mark_stale`, in a transaction of its own, notes that
    for good.
    """
    accounts.require(user, "manager", Place(site_id=plan.site_id))
    # The second of two who publish at once waits here, and finds the plan published.
    session.refresh(plan, with_for_update={"of": Plan})  # its site is joined, and not locked
    _refuse_state(plan)
    present = translate(plan.site, Interval(plan.starts_at, plan.ends_at))
    if present.fingerprint != plan.fingerprint:
        raise Stale(_stale_words(plan))
    answer = solution_from_json((plan.solution or {})["answer"])
    verdict = verify(present.problem, answer.assignments)
    if verdict.violations:
        raise ValueError(f"plan {plan.number} passed once and does not now: {verdict.violations[0].message}")
    proposals = proposals_of(present, plan.site, answer.assignments)
    if not proposals:
        raise UserError(
            f"Plan {plan.number} places nothing. See why on its page, mend that, and build again."
        )
    if now is not None:
        _refuse_begun(plan, proposals, now)
    bookings = book_all(proposals, user=user)
    for proposal in proposals:
        if proposal.activity_request is not None:
            proposal.activity_request.state = "booked"
    superseded = _supersede(plan)
    plan.state, plan.published_at = "published", utc_now()
    session.flush()
    body = {"plan": plan.id, "number": plan.number, "bookings": [booking.id for booking in bookings]}
    outbox.post("plans.published", body)
    audit.record("published", "plan", plan.id, {"bookings": len(bookings)})
    return Published(plan, bookings, superseded)


def mark_stale(plan: Plan) -> None:
    """Note that a draft rests on facts that have changed."""
    if plan.state == "draft":
        plan.state = "stale"


def is_stale(plan: Plan, present: Translation | None = None) -> bool:
    """Whether publishing a draft would be refused because the facts have changed."""
    present = present or translate(plan.site, Interval(plan.starts_at, plan.ends_at))
    return present.fingerprint != plan.fingerprint


def rest_of(span: Interval, now: datetime) -> Interval:
    """What of a span is still to come, from the next full hour on; a span wholly past stays as it is."""
    hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return Interval(max(span.start, hour), span.end) if span.start < now and hour < span.end else span


def _asked_span(site: Site, now: datetime) -> Interval:
    """Whole local days from the earliest to the latest time that open approved requests name."""
    zone = zone_of(site)
    booked = select(Booking.request_id).where(
        Booking.request_id.is_not(None), Booking.state.in_(HOLDING_STATES), Booking.site_id == site.id
    )
    rows = session.execute(
        select(ActivityRequest.earliest_at, ActivityRequest.latest_at).where(
            ActivityRequest.site_id == site.id,
            ActivityRequest.state == "approved",
            ActivityRequest.retired_at.is_(None),
            ActivityRequest.id.not_in(booked),
        )
    ).all()
    if not rows:
        raise UserError(
            "No approved request waits. "
            "Approve requests (Requests page, or markaz approve), or import a workbook."
        )
    # What can no longer be done does not pull the plan into the past, unless there is nothing else.
    rows = [row for row in rows if row.latest_at is None or row.latest_at > now] or rows
    today = now.astimezone(zone).date()
    monday = today + timedelta(days=7 - today.weekday())
    coming = Interval(local_midnight(monday, zone), local_midnight(monday + timedelta(days=7), zone))
    week = coming.end - coming.start
    starts, ends = [], []
    for earliest, latest in rows:
        starts.append(earliest or (coming.start if latest is None else min(coming.start, latest - week)))
        ends.append(latest or (coming.end if earliest is None else max(coming.end, earliest + week)))
    span = rest_of(whole_days(Interval(min(starts), max(ends)), zone), now)
    last_day = span.start.astimezone(zone).date() + timedelta(days=MOST_DAYS)
    return Interval(span.start, min(span.end, local_midnight(last_day, zone)))


def _refuse_options(time_limit_seconds: float, workers: int) -> None:
    if not 1 <= time_limit_seconds <= LONGEST_SECONDS:
        raise UserError(
            f"A build takes from 1 to {LONGEST_SECONDS} s, not {time_limit_seconds:g} s. "
            "Choose a time between."
        )
    if not 1 <= workers <= MOST_WORKERS:
        raise UserError(
            f"A build uses from 1 to {MOST_WORKERS} workers, not {workers}. Choose a number between."
        )


def _refuse_state(plan: Plan) -> None:
    if plan.repair_week is not None:
        raise UserError(
            f"Plan {plan.number} is a repair. Publish it on its own page, or find and publish one with: "
            f"markaz repair --week {plan.repair_week} --publish"
        )
    again = f"Plan {plan.number} is {{}}. Build the week again and publish that."
    words = {
        "published": f"Plan {plan.number} is already published. Its bookings stand on the week's timeline.",
        "building": f"Plan {plan.number} is still being built. Wait for it, or stop it and keep the best.",
        "superseded": again.format("superseded by a later one"),
        "stale": _stale_words(plan),
        "failed": again.format("not built: the build failed or was called off"),
    }
    if plan.state == "stale":
        raise Stale(words["stale"])
    if plan.state != "draft":
        raise UserError(words[plan.state])


def _refuse_begun(plan: Plan, proposals: Sequence[Proposal], now: datetime) -> None:
    """A plan of the past is kept as it was; of one that runs nothing may have begun unseen."""
    begun = [proposal for proposal in proposals if proposal.run.start < now]
    if begun and now < plan.ends_at:
        words = f"{len(begun)} runs of it" if len(begun) > 1 else f"{begun[0].title}"
        raise Conflict(
            f"Plan {plan.number} comes too late: {words} would have begun by now. "
            "Build what is left of the week again (markaz plan, or the button on its page), "
            "then publish that."
        )


def _stale_words(plan: Plan) -> str:
    return (
        f"Requests, bookings or the centre's data have changed since plan {plan.number} was built. "
        "Build it again (markaz plan, or the button on its page), then publish that."
    )


def _supersede(plan: Plan) -> list[Plan]:
    earlier = session.scalars(
        select(Plan).where(
            Plan.site_id == plan.site_id,
            Plan.id != plan.id,
            Plan.state == "published",
            Plan.starts_at < plan.ends_at,
            Plan.ends_at > plan.starts_at,
        )
    ).all()
    for other in earlier:
        other.state = "superseded"
    return list(earlier)


def _fault_words(faults: tuple[Fault, ...]) -> str:
    shown = " ".join(fault.message for fault in faults[:5])
    more = f" And {len(faults) - 5} more." if len(faults) > 5 else ""
    return (
        f"The requests and the centre's data contradict each other: {shown}{more} "
        "Mend that, then build again."
    )
