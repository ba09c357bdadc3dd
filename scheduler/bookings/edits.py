"""Changing what is booked, by hand: one function for each intention, all through the one door."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from scheduler import outbox
from scheduler.accounts.models import User
from scheduler.bookings import acts, rights
from scheduler.bookings.models import Booking, BookingPerson
from scheduler.bookings.order import Change, Order, Release, carry_out
from scheduler.bookings.proposal import Duty, Proposal
from scheduler.calendars.service import zone_of
from scheduler.calendars.words import moment_words
from scheduler.database import session
from scheduler.errors import Forbidden, Stale, UserError
from scheduler.intervals import Interval
from scheduler.people.models import Person
from scheduler.requests.models import ActivityRequest

SHORTEST_MINUTES = 1


def book_by_hand(
    proposals: Sequence[Proposal],
    *,
    user: User | None,
    now: datetime,
    override_reason: str | None = None,
    words: str = "",
) -> list[Booking]:
    """New bookings; who makes them manages every facility that they take."""
    for proposal in proposals:
        rights.require_manager(user, proposal.site.id, proposal.resources)
    words = words or f"{proposals[0].title} booked"
    bookings = carry_out(
        Order(adding=proposals, user=user, now=now, override_reason=override_reason, kind="book", words=words)
    )
    _note_requests(bookings)
    return bookings


def change(
    booking: Booking,
    wanted: Proposal,
    *,
    user: User | None,
    now: datetime,
    version: int | None = None,
    override_reason: str | None = None,
    kind: str = "move",
) -> Booking:
    """Make a booking what `wanted` says: another time, length, place, or other people."""
    _refuse_over(booking)
    _require(user, booking, wanted)
    zone = zone_of(booking.site)
    words = f"{wanted.title} moved to {moment_words(wanted.run.start, zone)}"
    if booking.starts_at < now and wanted.run.start == booking.starts_at:
        # It runs already: its start is past, which is no reason against a later end.
        asked_at = min(now, booking.starts_at)
    else:
        asked_at = now
    carry_out(
        Order(
            changing=[Change(booking, wanted, version)],
            user=user,
            now=asked_at,
            override_reason=override_reason,
            kind=kind,
            words=words,
        )
    )
    return booking


def move(booking: Booking, start: datetime, **how: Any) -> Booking:
    """The same run at another start."""
    wanted = acts.proposal_of(booking)
    return change(booking, replace(wanted, run=Interval.lasting(start, wanted.run.minutes)), **how)


def resize(booking: Booking, run: Interval, **how: Any) -> Booking:
    """A longer or shorter run."""
    return change(booking, replace(acts.proposal_of(booking), run=run), kind="resize", **how)


def split(
    booking: Booking,
    at: datetime,
    *,
    second_start: datetime | None = None,
    user: User | None,
    now: datetime,
    version: int | None = None,
    override_reason: str | None = None,
) -> list[Booking]:
    """Two bookings of one: up to `at`, and the rest, there or at `second_start`. The first keeps its id."""
    _refuse_over(booking)
    whole = acts.proposal_of(booking)
    _require(user, booking, whole)
    if not booking.starts_at < at < booking.ends_at:
        raise UserError(
            f"{booking.title} cannot be split at {moment_words(at, zone_of(booking.site))}: that is not "
            "within its run. Choose a moment between its start and its end."
        )
    setup, teardown = whole.setup_minutes, whole.teardown_minutes
    if second_start is None and (setup or teardown):
        # Both stay on the spot: nothing is taken down and put up again between them.
        first = replace(whole, run=Interval(whole.run.start, at), teardown_minutes=0)
        rest = replace(whole, run=Interval(at, whole.run.end), setup_minutes=0)
    else:
        first = replace(whole, run=Interval(whole.run.start, at))
        start = second_start or at
        rest = replace(whole, run=Interval.lasting(start, Interval(at, whole.run.end).minutes))
    return carry_out(
        Order(
            changing=[Change(booking, first, version)],
            adding=[replace(rest, part_no=booking.part_no + 1, series_id=None)],
            user=user,
            now=min(now, booking.starts_at) if second_start is None else now,
            override_reason=override_reason,
            kind="split",
            words=f"{booking.title} split",
        )
    )


def swap(
    one: Booking,
    other: Booking,
    *,
    user: User | None,
    now: datetime,
    versions: tuple[int | None, int | None] = (None, None),
    override_reason: str | None = None,
) -> None:
    """Each takes the start and the place of the other; people and length stay with their own."""
    if one.id == other.id:
        raise UserError("A booking is not swapped with itself. Choose another one.")
    wanted = []
    for booking, partner in ((one, other), (other, one)):
        _refuse_over(booking)
        proposal = acts.proposal_of(booking)
        proposal = replace(
            proposal,
            run=Interval.lasting(partner.starts_at, proposal.run.minutes),
            resources=tuple(partner.resources),
            alternative=_alternative(proposal.activity_request, partner) or proposal.alternative,
        )
        _require(user, booking, proposal)
        wanted.append(proposal)
    carry_out(
        Order(
            changing=[Change(one, wanted[0], versions[0]), Change(other, wanted[1], versions[1])],
            user=user,
            now=now,
            override_reason=override_reason,
            kind="swap",
            words=f"{one.title} and {other.title} swapped",
        )
    )


def hand_over(
    booking: Booking, duty: BookingPerson, person: Person, *, user: User | None, now: datetime
) -> None:
    """`person` does a duty from now on; time, place and everybody else stay."""
    _refuse_over(booking)
    whole = acts.proposal_of(booking)
    _require(user, booking, whole)
    given = Duty(duty.person, duty.qualification, duty.phase) if duty.qualification else None
    if given is None or given not in whole.duties:
        raise UserError(f"{duty.person.name} has no duty there to hand over. Look at the booking again.")
    duties = list(whole.duties)
    duties[duties.index(given)] = replace(given, person=person)
    carry_out(
        Order(
            changing=[Change(booking, replace(whole, duties=tuple(duties)))],
            user=user,
            now=min(now, booking.starts_at),
            kind="hand over",
            words=f"{given.qualification.name} of {booking.title} handed over to {person.name}",
        )
    )


def cancel_by_hand(
    bookings: Sequence[Booking], reason: str, *, user: User | None, version: int | None = None
) -> None:
    """Let go of them all; who asked for one may cancel it too."""
    if not reason.strip():
        raise UserError("Say why it is cancelled.", {"reason": "Say why: its people are told."})
    for booking in bookings:
        if booking.state == "cancelled":
            raise UserError(f"{booking.title} is already cancelled.")
        _refuse_over(booking)
        if not rights.may_cancel(user, booking):
            raise Forbidden(
                f"{booking.title} is cancelled by a manager of its facility, or by who asked for it."
            )
    releases = [Release(booking, reason.strip(), version) for booking in bookings]
    words = f"{bookings[0].title} cancelled" + (f", {len(bookings)} of them" if len(bookings) > 1 else "")
    carry_out(Order(releasing=releases, user=user, kind="cancel", words=words))
    ids = [booking.id for booking in bookings]
    outbox.post("bookings.cancelled", {"bookings": ids, "reason": reason.strip()})


def undo(user: User, now: datetime) -> str:
    """Take back what `user` did last; refused where anybody has changed it since. Gives what it was."""
    act = acts.last_act(user, now)
    if act is None:
        raise UserError("There is nothing to undo: what you did last was undone, or is more than a day old.")
    rows = {each["id"]: session.get_one(Booking, each["id"], populate_existing=True) for each in act.changes}
    for each in act.changes:
        booking = rows[each["id"]]
        if booking.version != each["version"]:
            raise Stale(
                f"{booking.title} was changed since. It is not undone; look at it and change it again."
            )
        if not rights.may_change(user, booking) and not rights.may_cancel(user, booking):
            raise Forbidden(f"{booking.title} is no longer yours to change.")
    stood = [each for each in act.changes if _stood(each)]
    carry_out(
        Order(
            changing=[
                Change(rows[each["id"]], acts.proposal_from(each["before"]), each["version"])
                for each in stood
            ],
            releasing=[
                Release(rows[each["id"]], "undone", each["version"])
                for each in act.changes
                if not _stood(each) and rows[each["id"]].state != "cancelled"
            ],
            user=user,
            now=None,
            kind="",
        )
    )
    act.undone_at = now
    session.flush()
    return act.words


def _stood(change_: dict[str, Any]) -> bool:
    return change_["before"] is not None and change_["before"]["state"] != "cancelled"


def check_in(booking: Booking, *, user: User | None, now: datetime) -> None:
    """Somebody is there: the run has begun, at `now`."""
    _require_attend(user, booking)
    _refuse_over(booking)
    if booking.actual_start_at is not None:
        raise UserError(f"{booking.title} is checked in already.")
    if now < booking.occupied_from - EARLY or now >= booking.ends_at:
        zone = zone_of(booking.site)
        raise UserError(
            f"{booking.title} is checked in from {moment_words(booking.occupied_from - EARLY, zone)} "
            f"until {moment_words(booking.ends_at, zone)}."
        )
    booking.actual_start_at = now
    session.flush()


def end(booking: Booking, *, user: User | None, now: datetime, outcome: str = "") -> None:
    """The run is over: what is left of its time is free again at once."""
    _require_attend(user, booking)
    _refuse_over(booking)
    if now < booking.starts_at:
        raise UserError(f"{booking.title} has not begun. Cancel it, or move it.")
    booking.actual_start_at = booking.actual_start_at or booking.starts_at
    booking.actual_end_at = now
    _release_rest(booking, now, user)
    booking.state = "done"
    booking.outcome = outcome.strip()[:200] or None
    session.flush()


def note_no_show(booking: Booking, *, user: User | None, now: datetime) -> None:
    """Nobody came: the rest of its time is free again, and the booking says so."""
    if not rights.may_change(user, booking):
        raise Forbidden("A manager of the facility notes that nobody came.")
    _refuse_over(booking)
    if booking.actual_start_at is not None:
        raise UserError(f"{booking.title} was checked in. End it instead.")
    if now < booking.starts_at + PATIENCE:
        latest = moment_words(booking.starts_at + PATIENCE, zone_of(booking.site))
        raise UserError(f"{booking.title} may still begin. From {latest} on one may say that nobody came.")
    _release_rest(booking, now, user)
    booking.state = "done"
    booking.outcome = "no show"
    session.flush()


EARLY = timedelta(minutes=30)
PATIENCE = timedelta(minutes=15)


def _release_rest(booking: Booking, now: datetime, user: User | None) -> None:
    """Shorten a booking to what was used of it, on a full minute; teardown follows as agreed."""
    over = now.replace(second=0, microsecond=0) + (timedelta(minutes=1) if now.second else timedelta())
    over = max(over, booking.starts_at + timedelta(minutes=SHORTEST_MINUTES))
    if over >= booking.ends_at:
        return
    wanted = replace(acts.proposal_of(booking), run=Interval(booking.starts_at, over))
    carry_out(Order(changing=[Change(booking, wanted)], user=user, keeps_rules=False))


def _require(user: User | None, booking: Booking, wanted: Proposal) -> None:
    rights.require_manager(user, booking.site_id, booking.resources)
    rights.require_manager(user, wanted.site.id, wanted.resources)


def _require_attend(user: User | None, booking: Booking) -> None:
    if not rights.may_attend(user, booking):
        raise Forbidden(f"{booking.title} is checked in by its people, or by a manager of its facility.")


def _refuse_over(booking: Booking) -> None:
    if booking.state == "cancelled":
        raise UserError(f"{booking.title} is cancelled. Book it anew.")
    if booking.state == "done":
        raise UserError(f"{booking.title} is over: what has happened is not changed.")


def _alternative(asked: ActivityRequest | None, partner: Booking) -> int | None:
    """Which alternative of a request the places of another booking are."""
    if asked is None:
        return None
    wanted = {resource.id for resource in partner.resources}
    for way in asked.alternatives:
        if {resource.id for resource in way.resources} == wanted:
            return way.number
    return None


def _note_requests(bookings: Sequence[Booking]) -> None:
    """A request that is booked by hand is booked: no plan places it again."""
    for booking in bookings:
        if booking.activity_request is not None and booking.activity_request.state == "approved":
            booking.activity_request.state = "booked"
