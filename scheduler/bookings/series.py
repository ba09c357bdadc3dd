"""Series: bookings at the same local time, looked at one by one, booked and changed together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from scheduler.accounts.models import User
from scheduler.bookings import acts, rights
from scheduler.bookings.edits import book_by_hand, cancel_by_hand, change
from scheduler.bookings.models import Booking, Series
from scheduler.bookings.order import Change, Order, carry_out
from scheduler.bookings.proposal import Proposal
from scheduler.bookings.rules import Refusal
from scheduler.bookings.verdict import Verdict, check, check_all
from scheduler.calendars.patterns import Pattern, days_of
from scheduler.calendars.rules import wall_to_utc
from scheduler.calendars.service import zone_of
from scheduler.database import session
from scheduler.errors import UserError
from scheduler.intervals import Interval
from scheduler.resources.models import Resource

MOST = 200
"""Of one series."""

SCOPES = ("one", "following", "all")
OPEN_STATES = ("booked", "needs repair")


@dataclass(frozen=True)
class Occurrence:
    """One booking of a series to be; where it is refused, other facilities that are free for it.

    `proposal` None: its local time does not exist on that day.
    """

    day: date
    proposal: Proposal | None
    verdict: Verdict | None
    instead: Sequence[Resource] = ()
    fault: str = ""

    @property
    def is_allowed(self) -> bool:
        return self.verdict is not None and self.verdict.is_allowed

    @property
    def refusals(self) -> Sequence[Refusal]:
        return self.verdict.refusals if self.verdict else ()


def look(
    first: Proposal, pattern: Pattern, *, user: User | None, now: datetime, places: Mapping[date, Resource]
) -> list[Occurrence]:
    """Each booking of the series with what stands against it. Writes nothing.

    `places`: another facility for some of the days.
    """
    found: dict[date, Proposal] = {}
    faults: dict[date, str] = {}
    for day in days_of(pattern, _day(first), MOST, "bookings"):
        try:
            found[day] = _on(first, day, places.get(day))
        except UserError as error:
            faults[day] = error.message
    verdicts = dict(zip(found, check_all(list(found.values()), user=user, now=now, most_free=0), strict=True))
    occurrences = []
    for day in sorted([*found, *faults]):
        if day in faults:
            occurrences.append(Occurrence(day, None, None, fault=faults[day]))
            continue
        verdict = verdicts[day]
        instead = [] if verdict.is_allowed else _others_free(found[day], user, now)
        occurrences.append(Occurrence(day, found[day], verdict, instead))
    return occurrences


def book_series(
    first: Proposal,
    pattern: Pattern,
    *,
    user: User | None,
    now: datetime,
    places: Mapping[date, Resource] | None = None,
    override_reason: str | None = None,
) -> list[Booking]:
    """All of them, or none: days left out stand in the pattern, other places in `places`."""
    days = days_of(pattern, _day(first), MOST, "bookings")
    row = Series(site_id=first.site.id, title=first.title, pattern=pattern.as_json())
    session.add(row)
    session.flush()
    proposals = [replace(_on(first, day, (places or {}).get(day)), series_id=row.id) for day in days]
    words = f"{first.title} booked {len(days)} times"
    return book_by_hand(proposals, user=user, now=now, override_reason=override_reason, words=words)


def members(booking: Booking, scope: str, now: datetime) -> list[Booking]:
    """This one, this and those that follow, or all of its series that are still to come."""
    if scope not in SCOPES:
        raise UserError("Choose this one, this and the following, or all of the series.")
    if scope == "one" or booking.series_id is None:
        return [booking]
    statement = (
        select(Booking)
        .where(
            Booking.series_id == booking.series_id,
            Booking.state.in_(OPEN_STATES),
            Booking.starts_at > now,
        )
        .order_by(Booking.starts_at, Booking.id)
    )
    if scope == "following":
        statement = statement.where(Booking.starts_at >= booking.starts_at)
    found = list(session.scalars(statement))
    return found if booking in found else [booking, *found]


def change_series(
    booking: Booking,
    wanted: Proposal,
    scope: str,
    *,
    user: User | None,
    now: datetime,
    version: int | None = None,
    override_reason: str | None = None,
) -> list[Booking]:
    """What `wanted` changes of one booking, for those of `scope` too: as many days and hours later, at
    the same local time, in the same place, with the same people; each of them keeps its own date."""
    found = members(booking, scope, now)
    if found == [booking]:
        kind = "move" if wanted.run.minutes == booking.run.minutes else "resize"
        return [
            change(
                booking,
                wanted,
                user=user,
                now=now,
                version=version,
                override_reason=override_reason,
                kind=kind,
            )
        ]
    if booking.state not in OPEN_STATES:
        over = "is cancelled" if booking.state == "cancelled" else "is over"
        raise UserError(f"{booking.title} {over}. Change its series from one that is still to come.")
    zone = zone_of(booking.site)
    before, after = booking.starts_at.astimezone(zone), wanted.run.start.astimezone(zone)
    days = (after.date() - before.date()).days
    changes = []
    for one in found:
        rights.require_manager(user, one.site_id, one.resources)
        own = acts.proposal_of(one)
        if one.id == booking.id:
            proposal = wanted
        else:
            day = one.starts_at.astimezone(zone).date() + timedelta(days=days)
            start = wall_to_utc(datetime.combine(day, after.time()), zone)
            proposal = replace(
                wanted,
                run=Interval.lasting(start, wanted.run.minutes),
                activity_request=own.activity_request,
                alternative=own.alternative,
                part_no=own.part_no,
                series_id=own.series_id,
            )
        rights.require_manager(user, proposal.site.id, proposal.resources)
        changes.append(Change(one, proposal, version if one.id == booking.id else None))
    words = f"{booking.title} changed, {len(changes)} of its series"
    return carry_out(
        Order(
            changing=changes, user=user, now=now, override_reason=override_reason, kind="series", words=words
        )
    )


def cancel_series(
    booking: Booking, scope: str, reason: str, *, user: User | None, now: datetime
) -> list[Booking]:
    found = members(booking, scope, now)
    cancel_by_hand(found, reason, user=user)
    return found


def _day(proposal: Proposal) -> date:
    return proposal.run.start.astimezone(zone_of(proposal.site)).date()


def _on(first: Proposal, day: date, place: Resource | None) -> Proposal:
    """The same at the same local time of another day, perhaps elsewhere."""
    zone = zone_of(first.site)
    local = first.run.start.astimezone(zone)
    wall = datetime.combine(day, local.time())
    start = first.run.start if day == local.date() else wall_to_utc(wall, zone)
    resources = first.resources if place is None else (place, *first.resources[1:])
    return replace(first, run=Interval.lasting(start, first.run.minutes), resources=resources)


def _others_free(proposal: Proposal, user: User | None, now: datetime) -> list[Resource]:
    """Facilities of the same kind that would take this one, at most three."""
    own = proposal.resources[0]
    others = session.scalars(
        select(Resource)
        .where(
            Resource.site_id == own.site_id,
            Resource.kind == own.kind,
            Resource.id != own.id,
            Resource.retired_at.is_(None),
        )
        .order_by(Resource.code_key)
        .limit(20)
    )
    free = []
    for other in others:
        instead = replace(proposal, resources=(other, *proposal.resources[1:]))
        if check(instead, user=user, now=now, most_free=0).is_allowed:
            free.append(other)
        if len(free) == 3:
            break
    return free
