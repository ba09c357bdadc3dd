"""The waiting list: when a slot comes free, whoever waits and fits is offered one, one after the other.

A freed slot is only noted where it is freed; a worker looks for who fits, because asking the whole rule
book takes longer than anybody who cancels should wait.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import joinedload

from scheduler import jobs, outbox
from scheduler.accounts.models import User
from scheduler.bookings import acts, service
from scheduler.bookings.models import Booking
from scheduler.bookings.offer import FreedSlot, Offer
from scheduler.bookings.proposal import Proposal
from scheduler.bookings.slots import Slot, find_slots
from scheduler.calendars.models import Site
from scheduler.calendars.service import zone_of
from scheduler.calendars.words import interval_words, moment_words
from scheduler.database import session, transaction, utc_now
from scheduler.errors import Forbidden, NotFound, UserError
from scheduler.events import SlotFreed, subscribe
from scheduler.intervals import Interval
from scheduler.people.models import Person
from scheduler.requests import queries as request_queries
from scheduler.requests import service as request_service
from scheduler.requests.models import ActivityRequest
from scheduler.requests.sketch import sketch
from scheduler.requests.writing import values_of
from scheduler.resources.models import Resource

LOOKS_EVERY_SECONDS = 3.0
LASTS = timedelta(hours=24)
LEAST_LASTS = timedelta(minutes=15)
MOST_SEARCHED = 50
"""Requests that are looked at when something comes free."""
MOST_SLOTS = 6


def listen() -> None:
    subscribe(SlotFreed, on_slot_freed)


def on_slot_freed(event: SlotFreed) -> None:
    """Note it, where anybody waits at all."""
    booking = session.get(Booking, event.booking_id)
    if booking is not None and request_queries.is_anybody_waiting(booking.site_id):
        session.add(FreedSlot(site_id=booking.site_id))


@jobs.chore(every_seconds=LOOKS_EVERY_SECONDS)
def look_after_waiting() -> None:
    """Let offers lapse, and offer what came free. Opens transactions of its own."""
    look_after(utc_now())


def look_after(now: datetime) -> list[int]:
    """The same at `now`; gives the ids of the offers that are new."""
    lapsing = session.scalars(_lapsing(now)).all()
    noted = session.scalars(select(FreedSlot)).all()
    sites = {row.site_id for row in noted} | {row.activity_request.site_id for row in lapsing}
    seen = [row.id for row in noted]
    if not sites:
        session.rollback()
        return []
    if lapsing:
        with transaction(reason="nobody took the offer in time"):
            for offer in session.scalars(_lapsing(now).with_for_update(of=Offer)):
                _close(offer, "lapsed", now)
    made = [offer_id for site_id in sorted(sites) for offer_id in _offer_at(site_id, now)]
    if seen:
        with transaction(reason="looked for who waits"):
            session.execute(delete(FreedSlot).where(FreedSlot.id.in_(seen)))
    session.rollback()
    return made


def accept(offer: Offer, user: User | None, now: datetime) -> Booking:
    """Book what is offered, if it is still free; refused with what is in the way where it is not."""
    _require(offer, user)
    session.refresh(offer, with_for_update=True)
    asked = offer.activity_request
    if offer.state != "open" or offer.until_at <= now:
        raise UserError(f"This offer is over. {asked.code} is offered the next slot that fits.")
    if asked.waiting_since is None or asked.state not in ("approved", "declined"):
        raise UserError(f"{asked.code} is {asked.state} and waits for no slot.")
    booking = service.book(acts.proposal_from(offer.proposal), user=user, now=now)
    _close(offer, "accepted", now)
    offer.booking = booking
    request_service.note_booked(asked)
    session.flush()
    return booking


def decline(offer: Offer, user: User | None, now: datetime) -> None:
    """Leave it to the next one who waits; the request waits on for another."""
    _require(offer, user)
    if offer.state != "open":
        raise UserError("This offer is over already.")
    _close(offer, "declined", now)
    session.add(FreedSlot(site_id=offer.activity_request.site_id))


def note_taken(offer: Offer, now: datetime) -> None:
    """Somebody else has it: the request goes on waiting."""
    if offer.state == "open":
        _close(offer, "taken", now)
        session.add(FreedSlot(site_id=offer.activity_request.site_id))


def get_offer(offer_id: int, user: User | None) -> Offer:
    offer = session.scalar(
        select(Offer)
        .join(ActivityRequest, ActivityRequest.id == Offer.request_id)
        .where(Offer.id == offer_id, request_queries.visible(user))
    )
    if offer is None:
        raise NotFound("There is no such offer, or it is for a request that you may not see.")
    return offer


def open_offers(user: User, site_id: int, now: datetime, request_id: int | None = None) -> list[Offer]:
    """What is offered now: of one request, or to `user`."""
    query = (
        select(Offer)
        .join(ActivityRequest, ActivityRequest.id == Offer.request_id)
        .where(
            Offer.state == "open",
            Offer.until_at > now,
            ActivityRequest.site_id == site_id,
            request_queries.visible(user),
        )
        .options(joinedload(Offer.activity_request))
        .order_by(Offer.until_at, Offer.id)
    )
    if request_id is None:
        query = query.where(ActivityRequest.requester_id == user.id)
    else:
        query = query.where(Offer.request_id == request_id)
    return list(session.scalars(query))


def may_answer(offer: Offer, user: User | None) -> bool:
    asked = offer.activity_request
    return request_service.is_owner(asked, user) or request_service.may_decide(asked, user)


def _offer_at(site_id: int, now: datetime) -> list[int]:
    """One offer for each who waits and has none, as far as there is room for them."""
    made = []
    for asked in request_queries.waiting_for_slot(site_id)[:MOST_SEARCHED]:
        request_id = asked.id
        slot = _slot_for(asked, session.get_one(Site, site_id), now)
        session.rollback()
        if slot is not None and (offer_id := _make(request_id, slot, now)) is not None:
            made.append(offer_id)
    return made


def _slot_for(asked: ActivityRequest, site: Site, now: datetime) -> Slot | None:
    """The best slot that nobody else is being offered, and that it did not leave before."""
    offers = session.scalars(
        select(Offer).where((Offer.state == "open") | (Offer.request_id == asked.id))
    ).all()
    if any(offer.request_id == asked.id and offer.state == "open" for offer in offers):
        return None
    found = find_slots(sketch(values_of(asked), site, asked), site, user=None, now=now, most=MOST_SLOTS)
    for slot in found.slots:
        if slot.run.start > now + 2 * LEAST_LASTS and not any(_is_same(slot, offer) for offer in offers):
            return slot
    return None


def _is_same(slot: Slot, offer: Offer) -> bool:
    """Whether an offer is of the same places at the same time, or shares them with it."""
    if not Interval(offer.starts_at, offer.ends_at).overlaps(slot.proposal.occupied):
        return False
    places = {resource.id for resource in slot.proposal.resources}
    people = {duty.person.id for duty in slot.proposal.duties}
    theirs = offer.proposal
    return bool(places & set(theirs["resources"]) or people & {each[0] for each in theirs["people"]})


def _make(request_id: int, slot: Slot, now: datetime) -> int | None:
    kept = kept_proposal(slot.proposal, request_id)
    occupied = slot.proposal.occupied
    with transaction(reason="a slot came free"):
        # Whoever else offers to the same request waits here, and then finds this offer.
        asked = session.get(ActivityRequest, request_id, with_for_update=True, populate_existing=True)
        is_open = session.scalar(
            select(Offer.id).where(Offer.request_id == request_id, Offer.state == "open").limit(1)
        )
        if asked is None or asked.waiting_since is None or is_open is not None:
            return None
        lasts = max(LEAST_LASTS, min(LASTS, (slot.run.start - now) / 2))
        offer = Offer(
            request_id=request_id,
            proposal=kept,
            starts_at=occupied.start,
            ends_at=occupied.end,
            until_at=now + lasts,
            offered_at=now,
        )
        session.add(offer)
        session.flush()
        zone = zone_of(session.get_one(Site, asked.site_id))
        outbox.post(
            "offer.made",
            {
                "offer_id": offer.id,
                "request_id": request_id,
                "code": asked.code,
                "user": asked.requester_id,
                "when": interval_words(slot.run, zone),
                "until": moment_words(offer.until_at, zone),
            },
        )
        return offer.id


def kept_proposal(proposal: Proposal, request_id: int) -> dict[str, object]:
    """A proposal as `acts.proposal_from` reads it."""
    people = [[duty.person.id, duty.qualification.id, duty.phase] for duty in proposal.duties]
    return {
        "site": proposal.site.id,
        "title": proposal.title,
        "resources": [resource.id for resource in proposal.resources],
        "run": [proposal.run.start.isoformat(), proposal.run.end.isoformat()],
        "setup": proposal.setup_minutes,
        "teardown": proposal.teardown_minutes,
        "request": request_id,
        "project": proposal.project.id if proposal.project else None,
        "group": proposal.exclusion_group.id if proposal.exclusion_group else None,
        "configuration": proposal.configuration,
        "people": people + [[person.id, None, "run"] for person in proposal.participants],
        "supplies": [[supply.utility.id, supply.amount, supply.phase] for supply in proposal.supplies],
        "alternative": proposal.alternative,
        "part": proposal.part_no,
        "series": None,
    }


def run_of(offer: Offer) -> Interval:
    start, end = (datetime.fromisoformat(text) for text in offer.proposal["run"])
    return Interval(start, end)


def resources_of(offer: Offer) -> list[str]:
    return [session.get_one(Resource, i).code for i in offer.proposal["resources"]]


def people_of(offer: Offer) -> list[str]:
    """Who would be on duty."""
    return [session.get_one(Person, i).name for i, held, _ in offer.proposal["people"] if held is not None]


def _lapsing(now: datetime) -> Select[Offer]:
    return (
        select(Offer)
        .where(Offer.state == "open", Offer.until_at <= now)
        .options(joinedload(Offer.activity_request))
        .order_by(Offer.id)
    )


def _close(offer: Offer, state: str, now: datetime) -> None:
    offer.state = state
    offer.answered_at = now
    told = {"offer_id": offer.id, "request_id": offer.request_id}
    outbox.post(f"offer.{state}", told)


def _require(offer: Offer, user: User | None) -> None:
    if not may_answer(offer, user):
        raise Forbidden("This is offered to somebody else. Who asked answers, or a manager.")
