"""Offers from the waiting list: on the page of a request, above one's own requests, and their answers."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from markupsafe import Markup

from scheduler.accounts.models import User
from scheduler.bookings import waiting
from scheduler.bookings.blueprint import blueprint
from scheduler.bookings.verdict import Refused
from scheduler.calendars.queries import the_site
from scheduler.database import retrying, session, transaction, utc_now
from scheduler.errors import Conflict, UserError
from scheduler.requests.models import ActivityRequest
from scheduler.security import role_required


@blueprint.post("/offers/<int:offer_id>/accept")
@role_required("researcher")
def accept_offer(offer_id: int) -> Any:
    """Book it; 409 where somebody else has it by now."""
    user = _user()

    def work() -> tuple[int, str]:
        with transaction(actor=user, reason="accepted an offer"):
            offer = waiting.get_offer(offer_id, user)
            booking = waiting.accept(offer, user, utc_now())
            return booking.id, offer.activity_request.code

    try:
        booking_id, code = retrying(work)
    except (Conflict, Refused) as error:
        message = error.message
        with transaction(actor=user, reason="the offer was taken"):
            waiting.note_taken(waiting.get_offer(offer_id, user), utc_now())
        raise Conflict(f"It is taken meanwhile. {message} The request goes on waiting.") from error
    except UserError as error:
        if type(error) is not UserError:
            raise
        session.rollback()
        flash(error.message, "error")
        return redirect(url_for("requests.show", request_id=_request_id(offer_id, user)))
    flash(f"{code} is booked.")
    return redirect(url_for("bookings.show_booking", booking_id=booking_id))


@blueprint.post("/offers/<int:offer_id>/decline")
@role_required("researcher")
def decline_offer(offer_id: int) -> Any:
    user = _user()
    try:
        with transaction(actor=user, reason="declined an offer"):
            offer = waiting.get_offer(offer_id, user)
            waiting.decline(offer, user, utc_now())
            code = offer.activity_request.code
    except UserError as error:
        if type(error) is not UserError:
            raise
        flash(error.message, "error")
    else:
        flash(f"It goes to the next who waits. {code} waits on for another slot.")
    return redirect(url_for("requests.show", request_id=_request_id(offer_id, user)))


def for_request(activity_request: ActivityRequest) -> Markup:
    """What is offered to one request."""
    if activity_request.waiting_since is None:
        return Markup("")
    return _shown(activity_request.id)


def for_list() -> Markup:
    """What is offered to whoever looks at the own requests."""
    return _shown(None)


def _shown(request_id: int | None) -> Markup:
    user = _user()
    offers = waiting.open_offers(user, the_site().id, utc_now(), request_id)
    if not offers:
        return Markup("")
    html = render_template(
        "bookings/_waiting.html",
        offers=[
            (
                offer,
                waiting.run_of(offer),
                waiting.resources_of(offer),
                waiting.people_of(offer),
                waiting.may_answer(offer, user),
            )
            for offer in offers
        ],
        with_code=request_id is None,
    )
    return Markup(html)  # noqa: S704 - rendered by Jinja, which escapes


def _request_id(offer_id: int, user: User) -> int:
    return waiting.get_offer(offer_id, user).request_id


def _user() -> User:
    user: User = current_user._get_current_object()
    return user
