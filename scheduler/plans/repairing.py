"""The repair of a published week: find the least change, keep it as a draft, publish it as one act."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from scheduler import audit, outbox
from scheduler.accounts import service as accounts
from scheduler.accounts.models import User
from scheduler.accounts.rules import Place
from scheduler.bookings import acts, hits
from scheduler.bookings.ground import Ground
from scheduler.bookings.hits import Told
from scheduler.bookings.models import HOLDING_STATES, Booking
from scheduler.bookings.order import Change, Order, Release, carry_out
from scheduler.bookings.proposal import Proposal
from scheduler.calendars.choices import read_week
from scheduler.calendars.models import Site
from scheduler.calendars.rules import week_span
from scheduler.calendars.service import zone_of
from scheduler.database import session, utc_now
from scheduler.errors import Conflict, Forbidden, Stale, UserError
from scheduler.intervals import Interval
from scheduler.people.models import Person
from scheduler.plans import repair_problem
from scheduler.plans.models import Plan, repair_week_of_plan
from scheduler.plans.proposals import duties_of, people_named, proposal_of
from scheduler.plans.repair_problem import Present, is_anew
from scheduler.plans.repair_record import Record, record_json, week_words
from scheduler.plans.service import rest_of, take_number
from solver import Activity, Assignment, Options, Repair, check, problem_to_json, repair, solution_to_json

LOST = "lost its place in the repair of"


@dataclass(frozen=True)
class Task:
    """What a repair of a week has to solve, and what of it the search does not need.

    Parameters
    ----------
    bookings
        Activity id -> id and version of the booking, of all that may move or has to.
    against
        Activity id -> what stands against it, of those that need repair.
    """

    week: str
    present: Present
    bookings: dict[str, tuple[int, int]]
    against: dict[str, list[str]]


@dataclass(frozen=True)
class Repaired:
    """What publishing a repair did."""

    plan: Plan
    changed: list[Booking]
    released: list[Booking]
    told: list[Told]


def rest_of_week(site: Site, week: str, now: datetime) -> Interval | None:
    """What of a week is still to come, and can be repaired; None from its last hour on."""
    span = rest_of(week_span(read_week(week), zone_of(site)), now)
    return span if span.start >= now else None


def span_of(site: Site, week: str, now: datetime) -> Interval:
    """The same; refused where nothing is to come."""
    span = rest_of_week(site, week, now)
    if span is None:
        raise UserError(f"{week_words(week).capitalize()} is over. Choose a week that is still to come.")
    return span


def weeks_of_repairs(site_id: int) -> dict[int, str]:
    """Plan id -> week, of the plans that are repairs."""
    week = repair_week_of_plan()
    rows = session.execute(select(Plan.id, week).where(Plan.site_id == site_id, week.is_not(None)))
    return {plan_id: str(name) for plan_id, name in rows}


def latest_of(site: Site, week: str) -> Plan | None:
    """The repair of a week that was found last, if it was not published yet."""
    return session.scalar(
        select(Plan)
        .where(Plan.site_id == site.id, Plan.state == "draft", repair_week_of_plan() == week)
        .order_by(Plan.number.desc())
        .limit(1)
    )


def next_broken(site_id: int, now: datetime) -> datetime | None:
    """When the next booking that needs repair begins; None if there is none."""
    return session.scalar(
        select(func.min(Booking.occupied_from)).where(
            Booking.site_id == site_id, Booking.state == "needs repair", Booking.occupied_until > now
        )
    )


def prepare(site: Site, week: str, span: Interval, *, user: User | None = None) -> Task:
    """What has to be solved so that nothing in the span needs repair any more."""
    accounts.require(user, "manager", Place(site_id=site.id))
    present = repair_problem.translate(site, span)
    if not present.hit:
        raise UserError(
            f"No booking that could be moved needs repair in {week_words(week)}. "
            "Report the outage or the absence first, or choose another week."
        )
    if faults := check(present.problem):
        shown = " ".join(fault.message for fault in faults[:3])
        raise UserError(f"The bookings and the centre's data contradict each other: {shown} Mend that first.")
    ground = Ground(site, span)
    return Task(
        week=week,
        present=present,
        bookings={
            name: (booking.id, booking.version)
            for name, booking in present.bookings.items()
            if name in present.free | present.hit
        },
        against={name: sentences(ground, present.bookings[name]) for name in sorted(present.hit)},
    )


def search(task: Task, *, seconds: float, workers: int = 2, seed: int = 1) -> Repair:
    """The least change. Asks nothing of the database, so nobody waits for it."""
    options = Options(time_limit=seconds, workers=workers, seed=seed)
    return repair(task.present.problem, task.present.plan, options)


def keep(site: Site, task: Task, found: Repair, *, user: User | None = None) -> Plan:
    """A draft of the repair, so that it can be read in peace, and is in the record."""
    accounts.require(user, "manager", Place(site_id=site.id))
    present = task.present
    plan = Plan(
        site=site,
        number=take_number(site.id),
        starts_at=present.timeline.span.start,
        ends_at=present.timeline.span.end,
        state="draft",
        tick_seconds=present.timeline.tick_seconds,
        problem=problem_to_json(present.problem),
        solution={
            "answer": solution_to_json(found.solution),
            "left_out": [asdict(each) for each in present.lost],
            "repair": record_json(site, task.week, found, task.bookings, task.against),
        },
        fingerprint=present.fingerprint,
    )
    session.add(plan)
    session.flush()
    return plan


def publish(plan: Plan, *, user: User | None = None, now: datetime | None = None) -> Repaired:
    """Do all that the repair says, or nothing.

    Refused with `Stale` where the facts it rests on have changed since, with `Conflict` where something
    of it would have begun by `now`; None asks nothing of the clock.
    """
    accounts.require(user, "manager", Place(site_id=plan.site_id))
    # The second of two who publish at once waits here, and finds it published.
    session.refresh(plan, with_for_update={"of": Plan})
    _refuse_state(plan)
    present = repair_problem.translate(plan.site, Interval(plan.starts_at, plan.ends_at))
    if present.fingerprint != plan.fingerprint:
        raise Stale(stale_words(plan))
    record = Record(plan)
    changing, releasing = _changes(present, record)
    if not changing and not releasing:
        raise UserError(f"Plan {plan.number} changes nothing. There is nothing to publish.")
    if now is not None:
        _refuse_begun(plan, changing, releasing, now)
    concerned = _Concerned()
    concerned.note([*(each.booking for each in changing), *(each.booking for each in releasing)])
    words = f"{week_words(record.week)} repaired".capitalize()
    changed = _carried_out(
        Order(changing=changing, releasing=releasing, user=user, now=None, kind="repair", words=words)
    )
    released = [each.booking for each in releasing]
    _wait_again(released)
    concerned.note(changed)
    plan.state, plan.published_at = "published", utc_now()
    session.flush()
    _tell(plan, concerned, {booking.id for booking in released})
    counted = {"changed": len(changed), "cancelled": len(released)}
    audit.record("published", "plan", plan.id, {"repair": record.week, **counted})
    return Repaired(plan, changed, released, concerned.told)


def _of(plan: Plan) -> str:
    return week_words(plan.repair_week or "")


def is_stale(plan: Plan) -> bool:
    """Whether publishing a draft would be refused because the facts have changed."""
    present = repair_problem.translate(plan.site, Interval(plan.starts_at, plan.ends_at))
    return present.fingerprint != plan.fingerprint


def counted(done: Repaired) -> str:
    """3 bookings changed, 1 cancelled, 6 people told."""
    words = [f"{len(done.changed)} booking{'s' if len(done.changed) != 1 else ''} changed"]
    words += [f"{len(done.released)} cancelled"] if done.released else []
    people = "person" if len(done.told) == 1 else "people"
    return ", ".join([*words, f"{len(done.told)} {people} told"])


def sentences(ground: Ground, booking: Booking) -> list[str]:
    """What stands against a booking, each thing once."""
    return list(dict.fromkeys(each.sentence for each in ground.against(booking)))


def stale_words(plan: Plan) -> str:
    return (
        f"Bookings or the centre's data have changed since the repair of {_of(plan)} was "
        "found. Nothing of it was published. Find the repair again, then publish that."
    )


def _refuse_state(plan: Plan) -> None:
    if plan.repair_week is None:
        raise UserError(f"Plan {plan.number} is no repair. Publish it on its own page.")
    if plan.state == "published":
        raise UserError(f"This repair of {_of(plan)} is already published.")
    if plan.state != "draft":
        raise Stale(stale_words(plan))


def _changes(present: Present, record: Record) -> tuple[list[Change], list[Release]]:
    """What the repair does to the bookings, each with the version that it was found for."""
    after: dict[str, Assignment] = {part.activity: part for part in record.stored.assignments}
    activities = {activity.id: activity for activity in present.problem.activities}
    moved = [change.activity for change in record.found.changes]
    people = people_named(present.site, [after[name] for name in moved if name in after])
    changing, releasing = [], []
    for name in [*moved, *record.mended, *sorted(record.lost)]:
        booking, (_, version) = present.bookings[name], record.bookings[name]
        if name in record.mended:
            changing.append(Change(booking, acts.proposal_of(booking), version))
        elif name in after:
            proposal = _proposal(present, booking, activities[name], after[name], people)
            changing.append(Change(booking, proposal, version))
        else:
            releasing.append(Release(booking, f"{LOST} {week_words(record.week)}", version))
    return changing, releasing


def _proposal(
    present: Present, booking: Booking, activity: Activity, part: Assignment, people: dict[str, Person]
) -> Proposal:
    """The booking as it is to be; what the repair does not speak of stays as somebody made it."""
    stands, asked, timeline = acts.proposal_of(booking), booking.activity_request, present.timeline
    siblings = [each for each in present.bookings.values() if each.request_id == booking.request_id]
    if asked is not None and is_anew(booking, len(siblings) > 1):
        anew = proposal_of(timeline, present.site, asked, activity, part, people)
        return replace(anew, part_no=booking.part_no, series_id=booking.series_id)
    held = {duty.qualification.code: duty.qualification for duty in stands.duties}
    held |= {need.qualification.code: need.qualification for need in (asked.needs if asked else ())}
    stands = replace(stands, duties=duties_of(activity, part, people, held))
    place = activity.previous[0]
    if (part.start, part.duration, part.mode) == (place.start, place.duration, place.mode):
        return stands
    start = part.start + activity.setup
    moved = replace(stands, run=timeline.interval(start, start + part.duration))
    way = next((way for way in asked.alternatives if str(way.number) == part.mode), None) if asked else None
    return replace(moved, resources=tuple(way.resources), alternative=way.number) if way else moved


def _refuse_begun(
    plan: Plan, changing: Sequence[Change], releasing: Sequence[Release], now: datetime
) -> None:
    starts = [change.booking.occupied_from for change in changing]
    starts += [release.booking.occupied_from for release in releasing]
    starts += [change.proposal.occupied.start for change in changing]
    if any(start < now for start in starts):
        raise Conflict(
            f"The repair of {_of(plan)} comes too late: some of it would have begun by now. "
            "Nothing of it was published. Find the repair again, then publish that."
        )


def _carried_out(order: Order) -> list[Booking]:
    """Through the one door; where the rule book knows more than the search, its refusal says what to do."""
    try:
        return carry_out(order)
    except (Stale, Forbidden):
        raise
    except UserError as error:
        raise UserError(
            f"{error.message} Nothing was published: change that booking by hand, then find the repair again."
        ) from error


def _wait_again(released: Iterable[Booking]) -> None:
    """A request without any booking waits for the next plan."""
    for booking in released:
        asked = booking.activity_request
        if asked is None or asked.state != "booked":
            continue
        stands = select(Booking.id).where(
            Booking.request_id == asked.id, Booking.state.in_(HOLDING_STATES), Booking.id != booking.id
        )
        if session.scalar(stands.limit(1)) is None:
            asked.state = "approved"


class _Concerned:
    """Everybody whom the changes concern, each once, with their bookings."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, int | None], tuple[Told, set[int]]] = {}

    def note(self, bookings: Iterable[Booking]) -> None:
        """Whom the bookings concern as they are at this moment."""
        for booking in bookings:
            for told in hits.told_of([booking]):
                key = ("user", told.user_id) if told.user_id else ("person", told.person_id)
                known = self._told.setdefault(key, (told, set()))
                known[1].add(booking.id)

    @property
    def told(self) -> list[Told]:
        return [told for told, _ in self._told.values()]

    @property
    def with_bookings(self) -> list[tuple[Told, list[int]]]:
        return [(told, sorted(ids)) for told, ids in self._told.values()]


def _tell(plan: Plan, concerned: _Concerned, released: set[int]) -> None:
    for told, ids in concerned.with_bookings:
        body = {
            "plan": plan.id,
            "number": plan.number,
            "person": told.person_id,
            "user": told.user_id,
            "bookings": [booking_id for booking_id in ids if booking_id not in released],
            "cancelled": [booking_id for booking_id in ids if booking_id in released],
        }
        outbox.post("bookings.repaired", body)
