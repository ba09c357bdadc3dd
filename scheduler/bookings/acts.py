"""What a user did to bookings, kept with what stood before, so that the last of it can be undone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from scheduler.accounts.models import User
from scheduler.bookings.models import Booking, BookingAct
from scheduler.bookings.proposal import Duty, Proposal, Supply
from scheduler.calendars.models import Site
from scheduler.database import insert_plainly, session
from scheduler.intervals import Interval
from scheduler.people.models import ExclusionGroup, Person, Qualification
from scheduler.projects.models import Project
from scheduler.requests.models import ActivityRequest
from scheduler.resources.models import Resource, Utility

LASTS = timedelta(hours=24)
"""So long an act can be undone."""


def proposal_of(booking: Booking) -> Proposal:
    """What would book it anew, as it stands."""
    return Proposal(
        site=booking.site,
        title=booking.title,
        resources=tuple(booking.resources),
        run=booking.run,
        setup_minutes=_minutes(booking.starts_at - booking.occupied_from),
        teardown_minutes=_minutes(booking.occupied_until - booking.ends_at),
        activity_request=booking.activity_request,
        project=booking.project,
        exclusion_group=booking.exclusion_group,
        configuration=booking.configuration,
        duties=tuple(
            Duty(duty.person, duty.qualification, duty.phase)
            for duty in booking.duties
            if duty.qualification is not None
        ),
        participants=tuple(duty.person for duty in booking.duties if not duty.is_duty),
        supplies=tuple(Supply(row.utility, row.amount, row.phase) for row in booking.supplies),
        alternative=booking.alternative,
        part_no=booking.part_no,
        series_id=booking.series_id,
    )


def snapshot(booking: Booking) -> dict[str, Any]:
    """The booking as plain values, to be put back by `proposal_from`."""
    return {
        "id": booking.id,
        "state": booking.state,
        "site": booking.site_id,
        "title": booking.title,
        "resources": [use.resource_id for use in booking.uses],
        "run": [booking.starts_at.isoformat(), booking.ends_at.isoformat()],
        "setup": _minutes(booking.starts_at - booking.occupied_from),
        "teardown": _minutes(booking.occupied_until - booking.ends_at),
        "request": booking.request_id,
        "project": booking.project_id,
        "group": booking.exclusion_group_id,
        "configuration": booking.configuration,
        "people": [[duty.person_id, duty.qualification_id, duty.phase] for duty in booking.duties],
        "supplies": [[row.utility_id, row.amount, row.phase] for row in booking.supplies],
        "alternative": booking.alternative,
        "part": booking.part_no,
        "series": booking.series_id,
    }


def proposal_from(kept: dict[str, Any]) -> Proposal:
    """What `snapshot` kept, as a proposal."""
    people = [
        (session.get_one(Person, person), _maybe(Qualification, held), phase)
        for person, held, phase in kept["people"]
    ]
    start, end = (datetime.fromisoformat(text) for text in kept["run"])
    return Proposal(
        site=session.get_one(Site, kept["site"]),
        title=kept["title"],
        resources=tuple(session.get_one(Resource, row_id) for row_id in kept["resources"]),
        run=Interval(start, end),
        setup_minutes=kept["setup"],
        teardown_minutes=kept["teardown"],
        activity_request=_maybe(ActivityRequest, kept["request"]),
        project=_maybe(Project, kept["project"]),
        exclusion_group=_maybe(ExclusionGroup, kept["group"]),
        configuration=kept["configuration"],
        duties=tuple(Duty(person, held, phase) for person, held, phase in people if held is not None),
        participants=tuple(person for person, held, _ in people if held is None),
        supplies=tuple(
            Supply(session.get_one(Utility, utility), amount, phase)
            for utility, amount, phase in kept["supplies"]
        ),
        alternative=kept["alternative"],
        part_no=kept["part"],
        series_id=kept["series"],
    )


def keep(
    user: User, kind: str, words: str, before: Sequence[dict[str, Any]], bookings: Sequence[Booking]
) -> None:
    """Note what `user` did: `before` of each booking that was there, and every one that there is now."""
    session.flush()
    known = {each["id"]: each for each in before}
    ids = list(dict.fromkeys([*known, *(booking.id for booking in bookings)]))
    changes = [
        {
            "id": booking_id,
            "before": known.get(booking_id),
            "version": session.get_one(Booking, booking_id).version,
        }
        for booking_id in ids
    ]
    act = {"user_id": user.id, "kind": kind, "words": words[:300], "changes": changes}
    insert_plainly(BookingAct, act)


def last_act(user: User, now: datetime) -> BookingAct | None:
    """What `user` did last and could still undo."""
    act = session.scalar(
        select(BookingAct).where(BookingAct.user_id == user.id).order_by(BookingAct.id.desc()).limit(1)
    )
    return act if act is not None and act.undone_at is None and act.at > now - LASTS else None


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


def _maybe(row_type: Any, row_id: int | None) -> Any:
    return None if row_id is None else session.get_one(row_type, row_id)
