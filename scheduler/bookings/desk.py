"""Booking by hand on pages, without script: a new one, a series, and what becomes of one."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from scheduler.accounts.models import User
from scheduler.bookings import acts, edits, queries, rights, series, told
from scheduler.bookings.blueprint import blueprint
from scheduler.bookings.forms import BookingForm, fill
from scheduler.bookings.inputs import Inputs, changed_proposal, new_proposal
from scheduler.bookings.models import Booking
from scheduler.bookings.once import Answer, once
from scheduler.bookings.verdict import Clash, Refused, Verdict
from scheduler.calendars.models import Site
from scheduler.calendars.queries import the_site
from scheduler.calendars.service import zone_of
from scheduler.database import session, transaction, utc_now
from scheduler.errors import Stale, UserError
from scheduler.requests.offers import offers_for
from scheduler.requests.wall_times import which_hour, write_wall
from scheduler.resources.models import Resource
from scheduler.security import LARGEST_ID, may, role_required


@blueprint.route("/new", methods=["GET", "POST"])
@role_required("manager")
def new_booking() -> Any:
    """A booking by hand; one that comes again and again is shown day by day before it is booked."""
    site, user = the_site(), _user()
    form = BookingForm(offers_for(user, site.id), data=_wished())
    key = request.form.get("key") or secrets.token_urlsafe(16)
    if request.method == "GET":
        return _show_form(form, site, key=key)
    _take_free_start(form, site)
    if not form.validate():
        return _show_form(form, site, key=key, status=400)
    try:
        pattern = form.pattern()
        if pattern is not None and request.form.get("then") != "book all":
            return _look(form, site, key)
        answer = once(user, "form", key, _sent(), lambda: _book(form, site, user))
    except UserError as error:
        return _refused(form, site, error, key=key)
    flash(answer["said"])
    return redirect(url_for("bookings.show_booking", booking_id=answer["id"]))


@blueprint.route("/booking/<int:booking_id>/change", methods=["GET", "POST"])
@role_required("manager")
def change_booking(booking_id: int) -> Any:
    """Move it, make it longer or shorter, put it elsewhere or give it to other people."""
    site, user = the_site(), _user()
    booking = _visible(booking_id)
    rights.require_manager(user, booking.site_id, booking.resources)
    form = BookingForm(offers_for(user, site.id), data=fill(booking, zone_of(site)))
    key = request.form.get("key") or secrets.token_urlsafe(16)
    if request.method == "GET":
        return _show_form(form, site, key=key, booking=booking)
    _take_free_start(form, site)
    if not form.validate():
        return _show_form(form, site, key=key, booking=booking, status=400)

    def work() -> Answer:
        row = _visible(booking_id)
        inputs = Inputs(site, form.body() | {"project": None}, user)
        wanted = changed_proposal(inputs, row)
        # From what was sent: the field itself falls back on the row, which would pass any lock.
        sent = request.form.get("version", "")
        version = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 11 else 0
        changed = series.change_series(
            row, wanted, form.scope.data, user=user, now=utc_now(), version=version,
            override_reason=form.override_reason.data or None,
        )  # fmt: skip
        return {"id": row.id, "count": len(changed)}

    try:
        answer = once(user, f"form {booking_id}", key, _sent(), work)
    except UserError as error:
        booking = _visible(booking_id)
        if isinstance(error, Stale):
            form.version.data = str(booking.version)
        return _refused(form, site, error, key=key, booking=booking)
    flash("It is changed." if answer["count"] == 1 else f"{answer['count']} of its series are changed.")
    return redirect(url_for("bookings.show_booking", booking_id=booking_id))


@blueprint.post("/booking/<int:booking_id>/cancel")
def cancel_booking(booking_id: int) -> Any:
    def work(booking: Booking, user: User) -> str:
        reason, scope = request.form.get("reason", "")[:200], request.form.get("scope", "one")
        found = series.cancel_series(booking, scope, reason, user=user, now=utc_now())
        return "It is cancelled." if len(found) == 1 else f"{len(found)} of its series are cancelled."

    return one_deed(booking_id, work)


@blueprint.post("/booking/<int:booking_id>/split")
@role_required("manager")
def split_booking(booking_id: int) -> Any:
    def work(booking: Booking, user: User) -> str:
        inputs = Inputs(booking.site, request.form, user)
        at, second = inputs.moment("at"), inputs.moment("second_start")
        if at is None:
            inputs.fault("at", "Write when the first part ends, like 2026-08-26 12:00.")
        inputs.require()
        assert at is not None
        edits.split(booking, at, second_start=second, user=user, now=utc_now())
        return "It is two bookings now."

    return one_deed(booking_id, work)


@blueprint.post("/booking/<int:booking_id>/swap")
@role_required("manager")
def swap_bookings(booking_id: int) -> Any:
    def work(booking: Booking, user: User) -> str:
        text = request.form.get("with", "").strip()
        if not (text.isascii() and text.isdigit() and len(text) < 11 and 0 < int(text) <= LARGEST_ID):
            raise UserError("Choose the booking that it changes places with.")
        other = _visible(int(text))
        edits.swap(booking, other, user=user, now=utc_now())
        return f"{booking.title} and {other.title} have changed places."

    return one_deed(booking_id, work)


@blueprint.post("/booking/<int:booking_id>/check-in")
def check_in(booking_id: int) -> Any:
    def work(booking: Booking, user: User) -> str:
        edits.check_in(booking, user=user, now=utc_now())
        return f"{booking.title} is checked in."

    return one_deed(booking_id, work)


@blueprint.post("/booking/<int:booking_id>/end")
def end_booking(booking_id: int) -> Any:
    def work(booking: Booking, user: User) -> str:
        edits.end(booking, user=user, now=utc_now(), outcome=request.form.get("outcome", ""))
        return f"{booking.title} is over. What was left of its time is free."

    return one_deed(booking_id, work)


@blueprint.post("/booking/<int:booking_id>/no-show")
@role_required("manager")
def note_no_show(booking_id: int) -> Any:
    def work(booking: Booking, user: User) -> str:
        edits.note_no_show(booking, user=user, now=utc_now())
        return f"Nobody came for {booking.title}. What was left of its time is free."

    return one_deed(booking_id, work)


@blueprint.post("/undo")
def undo() -> Any:
    """Take back what one did last to bookings."""
    user = _user()
    try:
        with transaction(actor=user, reason="undone"):
            words = edits.undo(user, utc_now())
    except UserError as error:
        flash(error.message, "error")
    else:
        flash(f"Undone: {words}.")
    back = request.form.get("back", "")
    return redirect(back if back.startswith("/week/booking/") else url_for("bookings.show_week"))


def deeds_on(booking: Booking) -> dict[str, Any]:
    """What the page of a booking needs to offer what may be done with it."""
    user = _user()
    act = acts.last_act(user, utc_now())
    touched = act is not None and any(each["id"] == booking.id for each in act.changes)
    can = {
        "change": rights.may_change(user, booking),
        "cancel": rights.may_cancel(user, booking),
        "attend": rights.may_attend(user, booking),
        "check_in": booking.actual_start_at is None
        and booking.occupied_from - edits.EARLY <= utc_now() < booking.ends_at,
    }
    return {
        "can": can,
        "key": secrets.token_urlsafe(16),
        "undoable": act if touched else None,
        "split_example": write_wall(
            booking.starts_at + (booking.ends_at - booking.starts_at) / 2, zone_of(booking.site)
        ),
        "others": queries.that_could_swap(booking) if can["change"] else [],
        "series_count": queries.count_of_series(booking.series_id) if booking.series_id else 0,
    }


def deeds_in_week() -> dict[str, Any]:
    user = _user()
    return {"undoable": acts.last_act(user, utc_now()), "may_book": may("manager")}


def one_deed(booking_id: int, work: Callable[[Booking, User], str]) -> Any:
    """One deed on one booking, said on its page; pressed twice it is done once."""
    user = _user()

    def deed() -> Answer:
        booking = _visible(booking_id)
        version = request.form.get("version", "")
        if version.isdigit() and version != str(booking.version):
            raise Stale(f"{booking.title} was changed while you looked. Look at it again and repeat.")
        return {"said": work(booking, user)}

    key = request.form.get("key") or secrets.token_urlsafe(16)
    try:
        answer = once(user, f"{request.endpoint} {booking_id}", key, _sent(), deed)
    except UserError as error:
        flash(error.message, "error")
    else:
        flash(answer["said"])
    return redirect(url_for("bookings.show_booking", booking_id=booking_id))


def _book(form: BookingForm, site: Site, user: User) -> Answer:
    proposal = new_proposal(Inputs(site, form.body(), user))
    reason, pattern = form.override_reason.data or None, form.pattern()
    if pattern is None:
        (booking,) = edits.book_by_hand([proposal], user=user, now=utc_now(), override_reason=reason)
        return {"id": booking.id, "said": f"{booking.title} is booked."}
    chosen = _chosen_places(site)
    left_out = frozenset(day for day, place in chosen.items() if place is None)
    made = series.book_series(
        proposal,
        replace(pattern, but=pattern.but | left_out),
        user=user,
        now=utc_now(),
        places={day: place for day, place in chosen.items() if place is not None},
        override_reason=reason,
    )
    return {"id": made[0].id, "said": f"{proposal.title} is booked {len(made)} times."}


def _look(form: BookingForm, site: Site, key: str) -> Any:
    """The series day by day, with what stands against each and where else it could be."""
    user, pattern = _user(), form.pattern()
    proposal = new_proposal(Inputs(site, form.body(), user))
    assert pattern is not None
    local = proposal.run.start.astimezone(zone_of(site))
    pattern = replace(pattern, weekdays=pattern.weekdays or (local.weekday(),))
    found = series.look(proposal, pattern, user=user, now=utc_now(), places={})
    return _show_form(form, site, key=key, occurrences=found, pattern=pattern)


def _chosen_places(site: Site) -> dict[date, Resource | None]:
    """Days of a series that are left out (None) or go elsewhere, as the page's selects say."""
    chosen: dict[date, Resource | None] = {}
    for name, value in request.form.items():
        if not name.startswith("place-") or not value:
            continue
        try:
            day = date.fromisoformat(name.removeprefix("place-"))
        except ValueError:
            continue
        if value == "leave out":
            chosen[day] = None
        elif value.isascii() and value.isdigit() and len(value) < 11 and 0 < int(value) <= LARGEST_ID:
            place = session.get(Resource, int(value))
            if place is not None and place.site_id == site.id:
                chosen[day] = place
    return chosen


def _refused(form: BookingForm, site: Site, error: UserError, **values: Any) -> Any:
    session.rollback()
    verdict = error.verdict if isinstance(error, Clash | Refused) else None
    left = form.place_faults(error.faults)
    message = (" ".join(left) or None) if error.faults else error.message
    _, status = told.refusal(error, _user())
    return _show_form(form, site, message=message, verdict=verdict, status=status, **values)


def _show_form(
    form: BookingForm,
    site: Site,
    *,
    key: str,
    booking: Booking | None = None,
    message: str | None = None,
    verdict: Verdict | None = None,
    occurrences: Any = None,
    pattern: Any = None,
    status: int = 200,
) -> Any:
    zone = zone_of(site)
    page = render_template(
        "bookings/form.html",
        form=form,
        booking=booking,
        key=key,
        message=message,
        verdict=verdict,
        free=[write_wall(start, zone) for start in verdict.free] if verdict else [],
        occurrences=occurrences,
        pattern=pattern,
        example_day=utc_now().astimezone(zone).date() + timedelta(days=7),
    )
    return page, status


def _take_free_start(form: BookingForm, site: Site) -> None:
    """One of the free starts was pressed: what is typed, for the same length from there on."""
    text = request.form.get("take", "")
    start = Inputs(site, {"start": text}, None).moment("start")
    run = Inputs(site, form.body(), None).run() if start else None
    if start is not None and run is not None:
        zone = zone_of(site)
        for field, hour, moment in (
            (form.start, form.start_hour, start),
            (form.end, form.end_hour, start + (run.end - run.start)),
        ):
            field.data, hour.data = write_wall(moment, zone), which_hour(moment, zone)


def _wished() -> dict[str, Any]:
    """What a link to the form fills in: a facility, a start."""
    text = request.args.get("resource", "")
    resources = [int(text)] if text.isascii() and text.isdigit() and len(text) < 10 else []
    return {"resources": resources, "start": request.args.get("start", "")[:40]}


def _sent() -> dict[str, Any]:
    """The form as it came: the same key with something else in it is refused."""
    return {name: values for name, values in request.form.lists() if name != "csrf_token"}


def _visible(booking_id: int) -> Booking:
    booking = queries.get_booking(booking_id)
    rights.require_visible(_user(), booking)
    return booking


def _user() -> User:
    user: User = current_user._get_current_object()
    return user
