"""Requests that follow one another, looked at once all bookings of an order stand."""

from collections.abc import Iterable

from sqlalchemy import select

from scheduler.bookings.models import HOLDING_STATES, Booking
from scheduler.bookings.rules import refuse_lag
from scheduler.calendars.service import zone_of
from scheduler.database import session
from scheduler.requests.models import Precedence


def linked(request_ids: Iterable[int]) -> set[int]:
    """These requests and whatever comes just before or after them; none where nothing does."""
    ids = set(request_ids)
    if not ids:
        return ids
    rows = session.execute(
        select(Precedence.before_id, Precedence.after_id).where(
            Precedence.before_id.in_(ids) | Precedence.after_id.in_(ids)
        )
    )
    return {request_id for row in rows for request_id in row}


def first_broken(bookings: Iterable[Booking]) -> str | None:
    """The sentence of the first lag before or after these bookings that is not kept."""
    request_ids = {booking.request_id for booking in bookings if booking.request_id is not None}
    if not request_ids:
        return None
    lags = session.scalars(
        select(Precedence).where(Precedence.before_id.in_(request_ids) | Precedence.after_id.in_(request_ids))
    ).all()
    if not lags:
        return None
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
            return f"{lag.after.title} follows {lag.before.title}, which is not booked. Book that first."
        sentence = refuse_lag(
            [booking.occupied for booking in before],
            [booking.occupied for booking in after],
            lag.min_lag_minutes,
            lag.max_lag_minutes,
            (lag.before.title, lag.after.title),
            zone_of(after[0].site),
        )
        if sentence:
            return sentence
    return None
