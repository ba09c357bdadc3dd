"""The one door: whatever is booked, changed or let go passes here, in one order, whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from scheduler import audit, outbox
from scheduler.accounts import service as accounts
from scheduler.accounts.models import User
from scheduler.accounts.rules import Place
from scheduler.bookings import acts, ahead, changeovers, guard, holding, lags
from scheduler.bookings.facts import Ledger
from scheduler.bookings.models import HOLDING_STATES, Booking, Hold
from scheduler.bookings.proposal import Proposal, all_held, seats_held
from scheduler.bookings.rows import write_row
from scheduler.bookings.rules import Refusal, refusals
from scheduler.bookings.verdict import Clash, Refused, Search, Verdict, bookings_of, check, still_there
from scheduler.calendars.service import zone_of
from scheduler.database import is_writing, session, utc_now
from scheduler.errors import Conflict, Forbidden, Stale, UserError
from scheduler.events import SlotFreed, announce
from scheduler.inserts import insert_whole
from scheduler.resources.models import Resource


@dataclass(frozen=True)
class Change:
    """A booking that is to be as `proposal` says. `version`: as the user saw it; None does not ask."""

    booking: Booking
    proposal: Proposal
    version: int | None = None


@dataclass(frozen=True)
class Release:
    """A booking that is to be let go of, and why."""

    booking: Booking
    reason: str
    version: int | None = None


@dataclass(frozen=True)
class Order:
    """All that is to be done at once.

    Parameters
    ----------
    now
        For what is done by hand: the past, notice and horizon are asked. None for plans.
    override_reason
        Sets aside the rules that the role of `user` may set aside.
    kind, words
        Name of the act and what it did, for "undo"; without a user nothing is kept to be undone.
    keeps_rules
        False for what only makes a booking shorter, or notes what has happened.
    """

    adding: Sequence[Proposal] = ()
    changing: Sequence[Change] = ()
    releasing: Sequence[Release] = ()
    user: User | None = None
    now: datetime | None = None
    override_reason: str | None = None
    kind: str = ""
    words: str = ""
    keeps_rules: bool = True

    @property
    def touching(self) -> list[Change | Release]:
        """What it does to bookings that are there."""
        return [*self.changing, *self.releasing]


def carry_out(order: Order) -> list[Booking]:
    """Lock, check, write, note: the bookings that are new or changed, by the time that they begin."""
    if not is_writing():
        raise ValueError("booking outside transaction()")
    if order.override_reason is not None and not order.override_reason.strip():
        raise UserError("An override needs a reason. Say why the rule does not hold here.")
    _lock(order)
    before = [acts.snapshot(each.booking) for each in order.touching]
    followers = [found for change in order.changing for found in changeovers.following(change.booking)]
    for change in order.changing:
        change.booking.holds.clear()
        change.booking.draws.clear()
    session.flush()
    for release in order.releasing:
        _release(release)
    bookings = _place(order, followers)
    if order.user is not None and order.kind:
        acts.keep(order.user, order.kind, order.words, before, bookings)
    return bookings


def _place(order: Order, followers: list[tuple[Resource, Booking]]) -> list[Booking]:
    wanted: list[tuple[Proposal, Booking | None]] = [(proposal, None) for proposal in order.adding]
    wanted += [(change.proposal, change.booking) for change in order.changing]
    if not wanted:
        return []
    wanted.sort(key=lambda each: each[0].occupied.start)
    changed = [change.booking.id for change in order.changing]
    ledger = Ledger.for_proposals([proposal for proposal, _ in wanted], now=order.now, ignoring=changed)
    bookings = []
    for proposal, booking in wanted:
        overridden = _ask_rules(order, proposal, ledger, changed)
        if booking is None:
            booking = Booking(original_start_at=proposal.run.start, series_id=proposal.series_id)
        write_row(booking, proposal)
        _note_override(booking, order, overridden)
        try:
            changeovers.make_room(booking)
            _hold(booking, proposal)
        except Conflict as conflict:
            raise _clash(conflict, proposal, order, changed) from conflict
        ledger.note(proposal)
        bookings.append(booking)
        if overridden:
            said = {"reason": order.override_reason, "rules": [refusal.sentence for refusal in overridden]}
            audit.record("overridden", "booking", booking.id, said)
    _write_changeovers(order, bookings, followers, changed)
    if order.keeps_rules and (sentence := lags.first_broken(bookings)):
        refusal = Refusal("lag", sentence)
        if order.override_reason is None:
            raise Refused(sentence, Verdict(wanted[-1][0], [refusal]))
        _refuse_override(order, wanted[-1][0], [refusal])
        for booking in bookings:
            _note_override(booking, order, [refusal])
    new = [booking.id for booking in bookings if booking.id not in changed]
    if new:
        outbox.post("bookings.booked", {"bookings": new})
    if changed:
        outbox.post("bookings.changed", {"bookings": changed, "what": order.kind})
        for booking_id in changed:
            announce(SlotFreed(booking_id))
    session.flush()
    return bookings


def _ask_rules(order: Order, proposal: Proposal, ledger: Ledger, changed: Sequence[int]) -> Sequence[Refusal]:
    """What refuses the proposal and is set aside; raises what is not."""
    if not order.keeps_rules:
        return ()
    refused = refusals(ledger.facts_of(proposal))
    if not refused:
        return ()
    if order.override_reason is not None:
        _refuse_override(order, proposal, refused)
        return refused
    message = f"{proposal.title} cannot be booked. " + " ".join(refusal.sentence for refusal in refused)
    if order.now is None:
        raise Refused(message, Verdict(proposal, refused))
    # By hand: everything that is in the way is told at once, and what is free instead.
    verdict = check(proposal, user=order.user, now=order.now, ignoring=changed, most_free=0)
    raise Refused(message, verdict, Search(order.now, tuple(changed)))


def _refuse_override(order: Order, proposal: Proposal, refused: Sequence[Refusal]) -> None:
    verdict = Verdict(proposal, refused)
    firm = [refusal.sentence for refusal in refused if refusal.override_role is None]
    if firm:
        raise Refused(f"{proposal.title} cannot be booked. " + " ".join(firm), verdict)
    role = verdict.override_role or "manager"
    for resource in proposal.resources:
        if not accounts.can(order.user, role, Place(proposal.site.id, resource.id)):
            who = "an administrator" if role == "administrator" else "a manager of the facility"
            raise Forbidden(f"Only {who} may override a rule. {' '.join(verdict.sentences)}")


def _note_override(booking: Booking, order: Order, overridden: Sequence[Refusal]) -> None:
    if not overridden:
        if order.keeps_rules:
            booking.override_reason = booking.overridden_by = booking.overridden_at = None
        return
    booking.override_reason = (order.override_reason or "").strip()[:500]
    booking.overridden_by = order.user
    booking.overridden_at = order.now or booking.overridden_at or utc_now()


def _lock(order: Order) -> None:
    touched = {each.booking.id: each for each in order.touching}
    rows = {booking_id: touched[booking_id].booking for booking_id in sorted(touched)}
    seen: dict[int, int] = {}
    if rows:
        # The rows first, then the things that they hold, each in one order: nobody deadlocks. Not a
        # full lock: holds of others refer to these rows, and must not wait.
        session.flush()
        seen = {booking.id: booking.version for booking in rows.values()}
        session.execute(
            select(Booking.id)
            .where(Booking.id.in_(list(rows)))
            .order_by(Booking.id)
            .with_for_update(key_share=True)
        ).all()
    holdables: set[int] = set()
    utilities: set[int] = set()
    projects: set[int] = set()
    asked = {booking.request_id for booking in rows.values() if booking.request_id is not None}
    for booking in rows.values():
        session.refresh(booking)
        holdables |= {hold.holdable_id for hold in booking.holds}
        utilities |= {draw.utility_id for draw in booking.draws}
    for each in touched.values():
        # Without a version it is the one that was read before the lock: it may have been let go since.
        if each.booking.version != (seen[each.booking.id] if each.version is None else each.version):
            raise Stale(
                f"{each.booking.title} was changed while you looked. Look at it again and repeat what is "
                "still wanted."
            )
    wanted = [*order.adding, *(change.proposal for change in order.changing)]
    for proposal in wanted:
        holdables.update(resource.holdable_id for resource, _ in seats_held(proposal.resources))
        holdables.update(duty.person.holdable_id for duty in proposal.duties)
        holdables.update(person.holdable_id for person in proposal.participants)
        if proposal.exclusion_group is not None:
            holdables.add(proposal.exclusion_group.holdable_id)
        utilities.update(supply.utility.id for supply in proposal.supplies)
        if proposal.project is not None and proposal.project.quota_minutes is not None:
            projects.add(proposal.project.id)
        if proposal.activity_request is not None:
            asked.add(proposal.activity_request.id)
    guard.lock(session.connection(), holdables, utilities, projects, lags.linked(asked))
    for booking in rows.values():
        # While one waited a neighbour may have written the changeover before this one.
        session.expire(booking, ["holds", "draws"])
    # Not before the lock: what was reported while one waited for it counts.
    ahead.note_empty(resource for proposal in wanted for resource, _ in seats_held(proposal.resources))


def _hold(booking: Booking, proposal: Proposal) -> None:
    """Write the booking with its holds and draws; the database has the last word."""
    capacity = {resource.holdable_id: resource.capacity for resource, _ in seats_held(proposal.resources)}
    holds = []
    with session.no_autoflush:
        for claim in holding.claims_of(booking):
            seats = holding.take_seats(claim, capacity.get(claim.holdable_id, 1))
            if seats is None:
                raise Conflict("", ())
            holds += [
                Hold(
                    holdable_id=claim.holdable_id,
                    kind=claim.kind,
                    seat=seat,
                    starts_at=claim.interval.start,
                    ends_at=claim.interval.end,
                )
                for seat in seats
            ]
        draws = holding.draws_of(booking, zone_of(proposal.site))
    try:
        booking.holds, booking.draws = holds, draws
        if booking.id is None:
            parts = (booking.uses, booking.duties, booking.supplies, booking.holds, booking.draws)
            insert_whole(booking, *parts, key="booking_id")
        session.flush()
    except IntegrityError as error:
        if guard.refused_by(error) is None:
            raise
        # Nothing of the order will stand. Who is there is asked in a look of its own.
        session.rollback()
        raise Conflict("", ()) from error


def _write_changeovers(
    order: Order,
    bookings: Sequence[Booking],
    followers: Sequence[tuple[Resource, Booking]],
    changed: Sequence[int],
) -> None:
    for booking in bookings:
        try:
            changeovers.write_around(booking)
        except Conflict as conflict:
            proposal = acts.proposal_of(booking)
            raise _clash(conflict, proposal, order, [booking.id]) from conflict
    for resource, later in followers:
        stands = later.state in HOLDING_STATES
        if stands and resource.id in {held.id for held in all_held(later.resources)}:
            changeovers.write(resource, later)


def _clash(conflict: Conflict, proposal: Proposal, order: Order, changed: Sequence[int]) -> Conflict:
    """The refusal of the database in the words of the rule book, as this user may read them."""
    verdict = Verdict(proposal, ())
    if still_there(proposal):
        with session.no_autoflush:
            verdict = check(proposal, user=order.user, now=order.now, ignoring=list(changed), most_free=0)
    search = Search(order.now, tuple(changed))
    held = [refusal for refusal in verdict.refusals if refusal.in_the_way]
    if not held:
        met = "a booking that was made meanwhile. Choose another time."
        if len(order.adding) + len(order.changing) > 1:
            met = "another one of these bookings, or one that was made meanwhile. Choose other times."
        message = f"{proposal.title} clashes with {met}"
        return Clash(message, verdict, conflict.clashes, search)
    sentences = " ".join(refusal.sentence for refusal in held)
    clashes = tuple(booking.id for booking in bookings_of(held))
    return Clash(sentences, verdict, clashes, search)


def _release(release: Release) -> None:
    """Let go of all that a booking holds; the booking itself stays, with its history."""
    booking = release.booking
    followers = changeovers.following(booking)
    booking.state = "cancelled"
    booking.outcome = release.reason[:200]
    booking.holds.clear()
    booking.draws.clear()
    session.flush()
    for resource, following in followers:
        # What comes after may need a longer changeover without the one between; the time is free now.
        changeovers.write(resource, following)
    announce(SlotFreed(booking.id))
