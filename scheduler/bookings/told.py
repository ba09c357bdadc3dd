"""Refusals as data: what is in the way, as this reader may know it, what is free, who may override."""

from datetime import datetime
from typing import Any

from scheduler.accounts.models import User
from scheduler.bookings import queries
from scheduler.bookings.models import Booking
from scheduler.bookings.verdict import Clash, Refused, Verdict
from scheduler.errors import Conflict, Forbidden, NotFound, Stale, UserError


def refusal(error: UserError, user: User | None) -> tuple[dict[str, Any], int]:
    """Body and status of what was refused."""
    body: dict[str, Any] = {"message": error.message}
    if isinstance(error, Clash | Refused):
        return body | verdict_json(error.verdict, user), 409
    if isinstance(error, Conflict):
        return body | {"in_the_way": [], "free": []}, 409
    if isinstance(error, Stale):
        return body | {"in_the_way": [], "free": []}, 409
    if isinstance(error, Forbidden):
        return body, 403
    if isinstance(error, NotFound):
        return body, 404
    return body | ({"faults": error.faults} if error.faults else {}), 422


def verdict_json(verdict: Verdict, user: User | None) -> dict[str, Any]:
    project_ids = queries.visible_project_ids(user)
    return {
        "allowed": verdict.is_allowed,
        "refusals": [
            {
                "rule": each.rule,
                "sentence": each.sentence,
                "subject": each.subject,
                "override_role": each.override_role,
            }
            for each in verdict.refusals
        ],
        "in_the_way": [in_the_way(booking, project_ids) for booking in verdict.in_the_way],
        "free": [iso(start) for start in verdict.free],
        "override_role": verdict.override_role,
    }


def in_the_way(booking: Booking, project_ids: set[int]) -> dict[str, Any]:
    """Who and when; of what is confidential to the reader only when."""
    times = {
        "title": queries.shown_title(booking, project_ids),
        "start": iso(booking.occupied_from),
        "end": iso(booking.occupied_until),
    }
    if not queries.shows(booking, project_ids):
        return times
    return times | {
        "id": booking.id,
        "project": booking.project.code if booking.project else None,
        "people": list(dict.fromkeys(duty.person.name for duty in booking.duties)),
    }


def booking_json(booking: Booking) -> dict[str, Any]:
    """A booking as an answer to whoever has just written it."""
    return {
        "id": booking.id,
        "version": booking.version,
        "title": booking.title,
        "state": booking.state,
        "starts_at": iso(booking.starts_at),
        "ends_at": iso(booking.ends_at),
        "occupied_from": iso(booking.occupied_from),
        "occupied_until": iso(booking.occupied_until),
        "resources": [resource.code for resource in booking.resources],
        "series_id": booking.series_id,
        "override_reason": booking.override_reason,
    }


def iso(moment: datetime) -> str:
    return moment.isoformat()
