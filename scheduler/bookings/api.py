"""Booking by hand as JSON: every write carries a key, and says who is in the way where it is refused."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, jsonify, request
from flask_login import current_user
from werkzeug.exceptions import BadRequest

from scheduler.accounts.models import User
from scheduler.bookings import edits, queries, rights, series, told
from scheduler.bookings.blueprint import blueprint
from scheduler.bookings.inputs import FIELDS, Inputs, changed_proposal, new_proposal
from scheduler.bookings.models import Booking
from scheduler.bookings.once import Answer, once
from scheduler.bookings.verdict import check
from scheduler.calendars.queries import the_site
from scheduler.database import session, utc_now
from scheduler.errors import UserError
from scheduler.security import role_required

View = TypeVar("View", bound=Callable[..., Any])

MOST_FREE = 10
REASON = 500


def answers_json(view: View) -> View:
    """Refusals become JSON with their status, whatever the request says that it accepts."""

    @wraps(view)
    def answered(*args: Any, **values: Any) -> Any:
        try:
            return view(*args, **values)
        except UserError as error:
            refused = error
        body, status = told.refusal(refused, _user())
        session.rollback()
        return jsonify(body), status

    return cast(View, answered)


@blueprint.post("/bookings")
@role_required("manager")
@answers_json
def post_booking() -> tuple[Response, int]:
    body = _body()
    user = _user()

    def work() -> Answer:
        inputs = Inputs(the_site(), body, user)
        inputs.refuse_unknown((*FIELDS, "override_reason"))
        reason = inputs.text("override_reason", REASON)
        proposal = new_proposal(inputs)
        (booking,) = edits.book_by_hand([proposal], user=user, now=utc_now(), override_reason=reason)
        return told.booking_json(booking)

    return jsonify(once(user, "new", _key(), body, work)), 201


@blueprint.patch("/bookings/<int:booking_id>")
@role_required("manager")
@answers_json
def patch_booking(booking_id: int) -> Response:
    """Another time, length, place or other people; with `scope` for more of its series."""
    body = _body()
    user = _user()

    def work() -> Answer:
        booking = _visible(booking_id)
        inputs = Inputs(booking.site, body, user)
        inputs.refuse_unknown((*FIELDS, "version", "scope", "override_reason"))
        version = inputs.number("version", least=1, most=2**31)
        if version is None:
            inputs.fault("version", "Send the version that you saw, so that nobody's change is lost.")
        reason = inputs.text("override_reason", REASON)
        scope = inputs.text("scope", 20) or "one"
        wanted = changed_proposal(inputs, booking)
        changed = series.change_series(
            booking, wanted, scope, user=user, now=utc_now(), version=version, override_reason=reason
        )
        return told.booking_json(booking) | {"changed": [one.id for one in changed]}

    return jsonify(once(user, f"change {booking_id}", _key(), body, work))


@blueprint.delete("/bookings/<int:booking_id>")
@answers_json
def delete_booking(booking_id: int) -> Response:
    """Cancel it; `reason` is told to its people."""
    body = _body()
    user = _user()

    def work() -> Answer:
        booking = _visible(booking_id)
        inputs = Inputs(booking.site, body, user)
        inputs.refuse_unknown(("version", "scope", "reason"))
        reason = inputs.text("reason", 200, required=True)
        version = inputs.number("version", least=1, most=2**31)
        scope = inputs.text("scope", 20) or "one"
        inputs.require()
        found = series.members(booking, scope, utc_now())
        edits.cancel_by_hand(found, reason or "", user=user, version=version if len(found) == 1 else None)
        return told.booking_json(booking) | {"cancelled": [one.id for one in found]}

    return jsonify(once(user, f"cancel {booking_id}", _key(), body, work))


@blueprint.post("/check")
@role_required("researcher")
@answers_json
def check_wish() -> Response:
    """Whether it would be booked now, every reason why not, and the next free starts. Writes nothing."""
    return jsonify(_checked(_body(), 3))


@blueprint.post("/free")
@role_required("researcher")
@answers_json
def free_starts() -> Response:
    """The next starts at which a wish could be booked, at most `most`."""
    body = dict(_body())
    most = body.pop("most", 3)
    if not isinstance(most, int) or isinstance(most, bool) or not 1 <= most <= MOST_FREE:
        words = f"Write a whole number from 1 to {MOST_FREE}."
        raise UserError(f"most: {words}", {"most": words})
    checked = _checked(body, most)
    if checked["allowed"]:
        checked["free"] = [checked["start"], *checked["free"]][:most]
    return jsonify({"free": checked["free"]})


def _checked(body: Mapping[str, Any], most: int) -> dict[str, Any]:
    user = _user()
    inputs = Inputs(the_site(), body, user)
    inputs.refuse_unknown((*FIELDS, "booking"))
    ignoring: list[int] = []
    replaced = inputs.number("booking", least=1, most=2**31 - 1)
    if replaced is not None:
        booking = _visible(replaced)
        ignoring = [booking.id]
        proposal = changed_proposal(inputs, booking)
    else:
        proposal = new_proposal(inputs)
    verdict = check(proposal, user=user, now=utc_now(), ignoring=ignoring, most_free=most)
    return told.verdict_json(verdict, user) | {"start": told.iso(proposal.run.start)}


def _body() -> dict[str, Any]:
    try:
        body = request.get_json(force=True, silent=False)
    except BadRequest:
        raise UserError("This is no JSON. Send one object.", {"body": "Send one JSON object."}) from None
    if not isinstance(body, dict):
        raise UserError("Send one JSON object.", {"body": "Send one JSON object."})
    return body


def _key() -> str:
    return request.headers.get("Idempotency-Key", "")


def _user() -> User:
    user: User = current_user._get_current_object()
    return user


def _visible(booking_id: int) -> Booking:
    booking = queries.get_booking(booking_id)
    rights.require_visible(_user(), booking)
    return booking
