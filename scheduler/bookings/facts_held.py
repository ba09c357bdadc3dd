"""What others hold, as facts for the rule book: so that a refusal is known before anything is written."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, select

from scheduler.bookings.changeovers import has_changeovers, minutes_between
from scheduler.bookings.models import HOLDING_STATES, Booking, Draw, Hold
from scheduler.bookings.proposal import Proposal, Supply, all_held, seats_held
from scheduler.bookings.queries import BUSY
from scheduler.bookings.rule_facts import BookingFacts, LagFacts, Neighbour, SupplyFacts, Taken
from scheduler.calendars.models import Site
from scheduler.calendars.rules import local_days
from scheduler.calendars.service import zone_of
from scheduler.database import session
from scheduler.intervals import Interval
from scheduler.requests.models import Precedence
from scheduler.resources.models import Resource


@dataclass(frozen=True)
class _Held:
    """A hold of somebody else; `configuration` is that of its booking."""

    taken: Taken
    kind: str
    configuration: str | None


@dataclass
class HeldFacts:
    """Holds and draws of others within a span, each thing asked once.

    Parameters
    ----------
    project_ids
        Projects whose bookings the reader may know by name; others are busy.
    ignoring
        Ids of bookings that are about to be changed.
    """

    site: Site
    span: Interval
    project_ids: Collection[int]
    ignoring: Collection[int] = ()
    _held: dict[int, list[_Held]] = field(default_factory=dict)
    _draws: dict[int, list[tuple[Taken, int]]] = field(default_factory=dict)
    _lags: dict[int, list[LagFacts]] = field(default_factory=dict)

    def add_to(self, facts: BookingFacts, proposal: Proposal) -> BookingFacts:
        rows = seats_held(proposal.resources)
        resources = []
        own = {resource.id for resource in all_held(proposal.resources)}
        for (resource, _), known in zip(rows, facts.resources, strict=True):
            changes = resource.id in own and has_changeovers(resource)
            taken = self.of(resource.holdable_id, without_changeovers=changes)
            before, after = self._neighbours(resource, proposal) if changes else (None, None)
            resources.append(replace(known, taken=taken, before=before, after=after))
        group = proposal.exclusion_group
        return replace(
            facts,
            resources=resources,
            supplies=[
                self._supply(supply, interval)
                for supply in proposal.supplies
                if (interval := proposal.phase(supply.phase))
            ],
            group_code=group.code if group else "",
            group_taken=self.of(group.holdable_id) if group else (),
            lags=self._lags_of(proposal),
        )

    def note(self, proposal: Proposal) -> None:
        """`proposal` is as good as booked: it is in the way of what comes after it."""

        def put(holdable_id: int, kind: str, interval: Interval, seats: int = 1) -> None:
            taken = Taken(interval, 0, proposal.title)
            held = self._of(holdable_id)
            held.extend([_Held(taken, kind, proposal.configuration)] * seats)

        own = {resource.id for resource in all_held(proposal.resources)}
        for resource, seats in seats_held(proposal.resources):
            put(resource.holdable_id, "use" if resource.id in own else "zone", proposal.occupied, seats)
        for duty, interval in proposal.duty_times:
            put(duty.person.holdable_id, "person", interval)
        for person in proposal.participants:
            put(person.holdable_id, "person", proposal.run)
        if proposal.exclusion_group is not None:
            put(proposal.exclusion_group.holdable_id, "group", proposal.run)
        for supply in proposal.supplies:
            if drawn := proposal.phase(supply.phase):
                self._draws_of(supply.utility.id).append((Taken(drawn, 0, proposal.title), supply.amount))

    def of(self, holdable_id: int, *, without_changeovers: bool = False) -> list[Taken]:
        """What is held of one thing. Changeovers are left out where they would be written anew."""
        return [
            held.taken
            for held in self._of(holdable_id)
            if not (without_changeovers and held.kind == "changeover")
        ]

    def _of(self, holdable_id: int) -> list[_Held]:
        if holdable_id not in self._held:
            rows = session.execute(
                select(
                    Hold.starts_at, Hold.ends_at, Hold.kind,
                    Booking.id, Booking.title, Booking.project_id, Booking.configuration,
                )
                .join(Hold.booking)
                .where(
                    Hold.holdable_id == holdable_id,
                    Hold.starts_at < self.span.end,
                    Hold.ends_at > self.span.start,
                    Hold.booking_id.not_in(self.ignoring),
                )
                .order_by(Hold.starts_at, Hold.id)
            )  # fmt: skip
            self._held[holdable_id] = [
                _Held(
                    self._taken(row),
                    row.kind,
                    row.configuration,
                )
                for row in rows
            ]
        return self._held[holdable_id]

    def _taken(self, row: Any) -> Taken:
        """By a row with times, id, title and project; what is confidential to the reader is busy."""
        is_shown = row.project_id is None or row.project_id in self.project_ids
        return Taken(Interval(row.starts_at, row.ends_at), row.id, row.title if is_shown else BUSY)

    def _neighbours(
        self, resource: Resource, proposal: Proposal
    ) -> tuple[Neighbour | None, Neighbour | None]:
        """The uses just before and just after on a resource that is changed over.

        One that overlaps is neither: then it is full, which another rule says.
        """
        occupied = proposal.occupied
        uses = [held for held in self._of(resource.holdable_id) if held.kind == "use"]
        earlier = [held for held in uses if held.taken.interval.end <= occupied.start]
        later = [held for held in uses if held.taken.interval.start >= occupied.end]
        before = max(earlier, key=lambda held: held.taken.interval.end, default=None)
        after = min(later, key=lambda held: held.taken.interval.start, default=None)
        own = proposal.configuration
        return (
            Neighbour(before.taken, minutes_between(resource, before.configuration, own)) if before else None,
            Neighbour(after.taken, minutes_between(resource, own, after.configuration)) if after else None,
        )

    def _supply(self, supply: Supply, interval: Interval) -> SupplyFacts:
        utility = supply.utility
        others = self._draws_of(utility.id)
        if utility.per == "day":
            ((_, day),) = local_days(Interval.lasting(interval.start, 1 / 60), zone_of(self.site))[:1]
            others = [each for each in others if day.start <= each[0].interval.start < day.end]
        else:
            others = [each for each in others if each[0].interval.overlaps(interval)]
        return SupplyFacts(
            code=utility.code,
            unit=utility.unit,
            amount=supply.amount,
            interval=interval,
            capacity=utility.capacity,
            is_daily=utility.per == "day",
            levels=[(Interval(row.starts_at, row.ends_at), row.capacity) for row in utility.levels],
            others=others,
        )

    def _draws_of(self, utility_id: int) -> list[tuple[Taken, int]]:
        if utility_id not in self._draws:
            rows = session.execute(
                select(
                    Draw.starts_at, Draw.ends_at, Draw.amount, Booking.id, Booking.title, Booking.project_id
                )
                .join(Draw.booking)
                .where(
                    Draw.utility_id == utility_id,
                    Draw.starts_at < self.span.end,
                    Draw.ends_at > self.span.start,
                    Draw.booking_id.not_in(self.ignoring),
                )
            )
            self._draws[utility_id] = [
                (
                    self._taken(row),
                    row.amount,
                )
                for row in rows
            ]
        return self._draws[utility_id]

    def _lags_of(self, proposal: Proposal) -> list[LagFacts]:
        asked = proposal.activity_request
        if asked is None:
            return []
        if asked.id not in self._lags:
            lags = session.scalars(
                select(Precedence).where(
                    (Precedence.before_id == asked.id) | (Precedence.after_id == asked.id)
                )
            ).all()
            self._lags[asked.id] = [
                LagFacts(
                    before=self._standing(Booking.request_id == lag.before_id),
                    after=self._standing(Booking.request_id == lag.after_id),
                    is_after=lag.after_id == asked.id,
                    names=(lag.before.title, lag.after.title),
                    min_lag_minutes=lag.min_lag_minutes,
                    max_lag_minutes=lag.max_lag_minutes,
                )
                for lag in lags
            ]
        return self._lags[asked.id]

    def _standing(self, which: ColumnElement[bool]) -> list[Interval]:
        rows = session.execute(
            select(Booking.occupied_from, Booking.occupied_until).where(
                which, Booking.state.in_(HOLDING_STATES), Booking.id.not_in(self.ignoring)
            )
        )
        return [Interval(row.occupied_from, row.occupied_until) for row in rows]
