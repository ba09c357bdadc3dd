"""Booking and cancelling: the one door through which anything is held, whatever path it came by."""

from collections.abc import Sequence
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from scheduler import audit, outbox
from scheduler.accounts import service as accounts
from scheduler.accounts.models import User
from scheduler.accounts.rules import Place
from scheduler.bookings import changeovers, guard, holding
from scheduler.bookings.facts import Ledger
from scheduler.bookings.free import next_free
from scheduler.bookings.holding import Claim
from scheduler.bookings.models import (
    HOLDING_STATES,
    Booking,
    BookingPerson,
    BookingResource,
    BookingUtility,
    Hold,
)
from scheduler.bookings.proposal import Duty, Proposal, Supply, all_held
from scheduler.bookings.rules import refusals, refuse_lag
from scheduler.calendars.service import zone_of
from scheduler.calendars.words import interval_words, moment_words
from scheduler.database import is_writing, session
from scheduler.errors import Conflict, Forbidden, UserError
from scheduler.events import SlotFreed, announce
from scheduler.requests.models import Precedence

__all__ = ["Duty", "Proposal", "Supply", "book", "book_all", "cancel"]


def book(proposal: Proposal, *, user: User | None = None, override_reason: str | None = None) -> Booking:
    """Hold everything that `proposal` takes; refuse if the rules, or another booking, stand against it."""
    return book_all([proposal], user=user, override_reason=override_reason)[0]


def book_all(
    proposals: Sequence[Proposal],
    *,
    releasing: Sequence[Booking] = (),
    user: User | None = None,
    override_reason: str | None = None,
) -> list[Booking]:
    """Book them all, having cancelled those of `releasing`; or refuse, and nothing is changed.

    With a reason, a manager overrides the rule book, never another booking.
    """
    if not is_writing():
        raise ValueError("booking outside transaction()")
    _refuse_override(proposals, user, override_reason)
    _lock(proposals, releasing)
    for booking in releasing:
        _release(booking, "made way for a new plan")
    if not proposals:
        return []
    ledger = Ledger.for_proposals(proposals)
    bookings = []
    for proposal in sorted(proposals, key=lambda proposal: proposal.occupied.start):
        if override_reason is None:
            _refuse_by_rules(proposal, ledger)
        _refuse_itself_twice(proposal)
        booking = _booking_of(proposal)
        changeovers.make_room(booking)
        _hold(booking, proposal)
        ledger.note(proposal)
        bookings.append(booking)
    for booking in bookings:
        changeovers.write_around(booking)
    if override_reason is None:
        _refuse_broken_lags(bookings)
    else:
        for booking in bookings:
            audit.record("overridden", "booking", booking.id, {"reason": override_reason})
    outbox.post("bookings.booked", {"bookings": [booking.id for booking in bookings]})
    return bookings


def cancel(booking: Booking, reason: str) -> None:
    """Let go of all that a booking holds; the booking itself stays, with its history."""
    if booking.state == "cancelled":
        raise UserError(f"{booking.title} is already cancelled.")
    if booking.state == "done":
        raise UserError(f"{booking.title} is over: what has happened is not cancelled.")
    guard.lock(session.connection(), *_ids_of(booking))
    _release(booking, reason)
    outbox.post("bookings.cancelled", {"bookings": [booking.id], "reason": reason})


def _refuse_override(proposals: Sequence[Proposal], user: User | None, reason: str | None) -> None:
    if reason is None:
        return
    if not reason.strip():
        raise UserError("An override needs a reason. Say why the rule does not hold here.")
    for proposal in proposals:
        for resource in proposal.resources:
            if not accounts.can(user, "manager", Place(proposal.site.id, resource.id)):
                raise Forbidden("Only a manager of the facility may override a rule.")


def _refuse_by_rules(proposal: Proposal, ledger: Ledger) -> None:
    if sentences := refusals(ledger.facts_of(proposal)):
        raise UserError(f"{proposal.title} cannot be booked. " + " ".join(sentences))


def _refuse_itself_twice(proposal: Proposal) -> None:
    busy = [(duty.person, interval) for duty, interval in proposal.duty_times]
    busy += [(person, proposal.run) for person in proposal.participants]
    for (person, interval), (other, another) in combinations(busy, 2):
        if person.id == other.id and interval.overlaps(another):
            raise UserError(f"{person.name} is named twice for the same time. Choose somebody else for one.")


def _lock(proposals: Sequence[Proposal], releasing: Sequence[Booking]) -> None:
    holdables: set[int] = set()
    utilities: set[int] = set()
    for proposal in proposals:
        holdables.update(resource.holdable_id for resource in all_held(proposal.resources))
        holdables.update(duty.person.holdable_id for duty in proposal.duties)
        holdables.update(person.holdable_id for person in proposal.participants)
        if proposal.exclusion_group is not None:
            holdables.add(proposal.exclusion_group.holdable_id)
        utilities.update(supply.utility.id for supply in proposal.supplies)
    for booking in releasing:
        more_holdables, more_utilities = _ids_of(booking)
        holdables |= more_holdables
        utilities |= more_utilities
    guard.lock(session.connection(), holdables, utilities)


def _ids_of(booking: Booking) -> tuple[set[int], set[int]]:
    return {hold.holdable_id for hold in booking.holds}, {draw.utility_id for draw in booking.draws}


def _booking_of(proposal: Proposal) -> Booking:
    occupied = proposal.occupied
    booking = Booking(
        site=proposal.site,
        title=proposal.title,
        activity_request=proposal.activity_request,
        project=proposal.project,
        exclusion_group=proposal.exclusion_group,
        configuration=proposal.configuration,
        alternative=proposal.alternative,
        request_revision=proposal.activity_request.revision if proposal.activity_request else None,
        part_no=proposal.part_no,
        starts_at=proposal.run.start,
        ends_at=proposal.run.end,
        occupied_from=occupied.start,
        occupied_until=occupied.end,
        original_start_at=proposal.run.start,
    )
    booking.uses = [BookingResource(resource=resource) for resource in proposal.resources]
    booking.duties = [
        BookingPerson(person=duty.person, qualification=duty.qualification, phase=duty.phase)
        for duty in proposal.duties
    ] + [BookingPerson(person=person, phase="run") for person in proposal.participants]
    booking.supplies = [
        BookingUtility(utility=supply.utility, amount=supply.amount, phase=supply.phase)
        for supply in proposal.supplies
    ]
    return booking


def _hold(booking: Booking, proposal: Proposal) -> None:
    """Write the booking with its holds and draws; the database has the last word."""
    seats = {resource.holdable_id: resource.capacity for resource in all_held(booking.resources)}
    holds = []
    with session.no_autoflush:
        claims = holding.claims_of(booking)
        for claim in claims:
            seat = holding.take_seat(claim, seats.get(claim.holdable_id, 1))
            if seat is None:
                raise _conflict(claim, proposal)
            holds.append(
                Hold(
                    holdable_id=claim.holdable_id,
                    kind=claim.kind,
                    seat=seat,
                    starts_at=claim.interval.start,
                    ends_at=claim.interval.end,
                )
            )
        booking.holds = holds
        booking.draws = holding.draws_of(booking, zone_of(proposal.site))
    try:
        with session.begin_nested():
            session.add(booking)
    except IntegrityError as error:
        raise _refused(error, proposal) from error


def _conflict(claim: Claim, proposal: Proposal) -> Conflict:
    """Who and what is in the way, until when, and when it is free next."""
    zone = zone_of(proposal.site)
    in_the_way = holding.holds_in_the_way([claim])
    first = in_the_way[0]
    name = _name_of(claim, proposal)
    end = moment_words(max(hold.ends_at for hold in in_the_way), zone)
    what = f"the changeover to {first.booking.title}" if first.kind == "changeover" else first.booking.title
    verb = "busy with" if claim.kind == "person" else "held for"
    free = next_free(proposal)
    when = f" Free next: {', '.join(moment_words(start, zone) for start in free)}." if free else ""
    return Conflict(
        f"{name} is {verb} {what} until {end}.{when or ' Nothing is free in the two weeks after it.'}",
        tuple(dict.fromkeys(hold.booking_id for hold in in_the_way)),
    )


def _name_of(claim: Claim, proposal: Proposal) -> str:
    for resource in all_held(proposal.resources):
        if resource.holdable_id == claim.holdable_id:
            return resource.code
    for person in [*(duty.person for duty in proposal.duties), *proposal.participants]:
        if person.holdable_id == claim.holdable_id:
            return person.name
    return proposal.exclusion_group.code if proposal.exclusion_group else "It"


def _refused(error: IntegrityError, proposal: Proposal) -> Exception:
    """The database's refusal in words; what is not a guard's is a fault of ours."""
    name = guard.refused_by(error)
    if name == guard.UTILITY:
        names = ", ".join(
            f"{supply.amount} {supply.utility.unit} of {supply.utility.code}" for supply in proposal.supplies
        )
        words = interval_words(proposal.occupied, zone_of(proposal.site))
        return Conflict(
            f"{proposal.title} draws {names}: more than is left {words}. Choose another time, or draw less."
        )
    if name is not None:
        return Conflict(
            f"{proposal.title} clashes with a booking that was made meanwhile. Choose another time."
        )
    return error


def _release(booking: Booking, reason: str) -> None:
    followers = changeovers.following(booking)
    booking.state = "cancelled"
    booking.outcome = reason[:200]
    booking.holds.clear()
    booking.draws.clear()
    session.flush()
    for resource, following in followers:
        # What comes after may need a longer changeover without the one between; the time is free now.
        changeovers.write(resource, following)
    announce(SlotFreed(booking.id))


def _refuse_broken_lags(bookings: Sequence[Booking]) -> None:
    request_ids = {booking.request_id for booking in bookings if booking.request_id is not None}
    if not request_ids:
        return
    lags = session.scalars(
        select(Precedence).where(Precedence.before_id.in_(request_ids) | Precedence.after_id.in_(request_ids))
    ).all()
    concerned = {lag.before_id for lag in lags} | {lag.after_id for lag in lags}
    times: dict[int, list[Booking]] = {}
    for booking in session.scalars(
        select(Booking).where(Booking.request_id.in_(concerned), Booking.state.in_(HOLDING_STATES))
    ):
        if booking.request_id is not None:
            times.setdefault(booking.request_id, []).append(booking)
    for lag in lags:
        before, after = times.get(lag.before_id, []), times.get(lag.after_id, [])
        if not after:
            continue
        if not before:
            raise UserError(
                f"{lag.after.title} follows {lag.before.title}, which is not booked. Book that first."
            )
        sentence = refuse_lag(
            [booking.occupied for booking in before],
            [booking.occupied for booking in after],
            lag.min_lag_minutes,
            lag.max_lag_minutes,
            (lag.before.title, lag.after.title),
            zone_of(after[0].site),
        )
        if sentence:
            raise UserError(sentence)
