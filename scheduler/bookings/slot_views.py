"""Free times on the pages of requests: beside the form, live or by a button, and on a request's own page."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from scheduler.accounts.models import User
from scheduler.bookings import edits, queries, rights, slot_picture
from scheduler.bookings.blueprint import blueprint
from scheduler.bookings.once import Answer, once
from scheduler.bookings.slot_words import cards, why_not
from scheduler.bookings.slots import Found, Slot, find_slots, slot_at
from scheduler.calendars.models import Site
from scheduler.calendars.queries import the_site
from scheduler.calendars.service import zone_of
from scheduler.calendars.words import hours_words
from scheduler.database import session, utc_now
from scheduler.errors import UserError
from scheduler.intervals import Interval
from scheduler.requests import asking
from scheduler.requests import queries as request_queries
from scheduler.requests import service as request_service
from scheduler.requests.choices import listed
from scheduler.requests.forms import RequestForm
from scheduler.requests.models import ActivityRequest
from scheduler.requests.offers import offers_for
from scheduler.requests.preferences import read_slot
from scheduler.requests.sketch import sketch
from scheduler.requests.values import RequestValues
from scheduler.requests.writing import quota_left, values_of
from scheduler.resources.models import Resource
from scheduler.security import LARGEST_ID, role_required

Fact = tuple[str, str, str]


@blueprint.post("/slots")
@role_required("researcher")
def slots() -> Response:
    """The panel for the form as it stands; 204 while it says too little. Writes nothing."""
    site, user = the_site(), _user()
    row = _row_of_form(user)
    kept = values_of(row) if row else None
    form = RequestForm(offers_for(user, site.id, row, kept))
    if not (form.title.data or "").strip():
        # The title says nothing about when it fits.
        form.title.data, form.title.raw_data = "This", ["This"]
    values = asking.read(form, site, kept)
    if values is None or request_service.faults_of(values, user, row):
        return make_response("", 204)
    return make_response(for_form(values=values, row=row, chosen=read_slot(form.slot.data or "")))


@blueprint.post("/slots/<int:request_id>/book")
@role_required("manager")
def book_slot(request_id: int) -> Any:
    """Book one of the slots for a request that is approved, with the people that the card named."""
    user = _user()
    text, version = request.form.get("slot", ""), request.form.get("version", "")
    back = redirect(url_for("requests.show", request_id=request_id))

    def work() -> Answer:
        row = request_queries.get_request(user, request_id)
        run = read_slot(text)
        if run is None:
            raise UserError("This slot cannot be read. Look for time again and choose one.")
        if row.state != "approved":
            raise UserError(f"{row.code} is {row.state}. What is approved can be booked.")
        now = utc_now()
        proposal = slot_at(sketch(values_of(row), the_site(), row), the_site(), run, user=user, now=now)
        wanted = replace(proposal, activity_request=row, project=row.project)
        (booking,) = edits.book_by_hand([wanted], user=user, now=now)
        return {"id": booking.id, "said": f"{row.code} is booked."}

    try:
        answer = once(
            user, f"slot {request_id}", f"{request_id} {version} {text}"[:120], {"slot": text}, work
        )
    except UserError as error:
        session.rollback()
        if type(error) is not UserError and not hasattr(error, "verdict"):
            raise
        flash(error.message, "error")
        return back
    flash(answer["said"])
    return back


def for_form(values: RequestValues, row: ActivityRequest | None, chosen: Interval | None) -> Markup:
    """What stands beside the form."""
    site = the_site()
    values, facts = _after_others(values, row)
    return _panel(values, site, row, facts, chosen=chosen)


def for_request(activity_request: ActivityRequest, may_edit: bool) -> Markup:
    """The same on the page of a request, with buttons that ask for a slot or book it."""
    site, user = the_site(), _user()
    values = values_of(activity_request)
    resources = _places(activity_request)
    return _panel(
        values,
        site,
        activity_request,
        [],
        chosen=values.chosen,
        of_row=True,
        may_prefer=may_edit,
        may_book=activity_request.state == "approved" and rights.may_manage(user, site.id, resources),
    )


def _panel(
    values: RequestValues,
    site: Site,
    row: ActivityRequest | None,
    facts: list[Fact],
    *,
    chosen: Interval | None,
    of_row: bool = False,
    may_prefer: bool = False,
    may_book: bool = False,
) -> Markup:
    user, now, zone = _user(), utc_now(), zone_of(site)
    found = find_slots(sketch(values, site, row), site, user=user, now=now)
    why = None if found.slots else why_not(found, _later(values, site, row, user), zone)
    html = render_template(
        "bookings/_slots.html",
        cards=cards(found, zone, chosen),
        picture=slot_picture.draw(found, site),
        facts=[*_facts(values, found, row), *facts],
        why=why,
        until=values.latest_at,
        row=row,
        of_row=of_row,
        may_prefer=may_prefer,
        may_book=may_book,
    )
    return Markup(html)  # noqa: S704 - rendered by Jinja, which escapes


def _later(values: RequestValues, site: Site, row: ActivityRequest | None, user: User) -> Slot | None:
    """The first slot once the last end, and the windows, no longer count."""
    free = replace(values, latest_at=None, due_at=None, windows=(), preferred="")
    if values.latest_at is None and not values.windows:
        return None
    later = find_slots(sketch(free, site, row), site, user=user, now=utc_now(), most=1)
    return later.slots[0] if later.slots else None


def _facts(values: RequestValues, found: Found, row: ActivityRequest | None) -> list[Fact]:
    """What the slots rest on: people, hours of the project, hazards."""
    facts: list[Fact] = []
    for name, holders, needed in found.holders:
        held = "1 person holds it" if holders == 1 else f"{holders} people hold it"
        facts.append(("ok" if holders >= needed else "warn", _first_up(name), f"{held}, {needed} needed"))
    project = found.asked.project
    left = quota_left(project, row)
    if left is not None and project.quota_minutes is not None:
        takes = f"{hours_words(max(0, left))} of {hours_words(project.quota_minutes)} left"
        text = f"{takes}, this takes {hours_words(values.wish_minutes)}"
        facts.append(("ok" if left >= values.wish_minutes else "warn", "Hours of the project", text))
    if hazards := listed(values.hazards):
        facts.append(("warn", _first_up(", ".join(hazards)), "shown to those who approve"))
    return facts


def _after_others(values: RequestValues, row: ActivityRequest | None) -> tuple[RequestValues, list[Fact]]:
    """What comes first has to be over: the rule book knows it of stored requests only."""
    if row is not None:
        return values, []
    facts: list[Fact] = []
    earliest = values.earliest_at
    for after in values.afters:
        before = session.get_one(ActivityRequest, after.before_id)
        booked = queries.bookings_of_request(before.id)
        if not booked:
            facts.append(("warn", f"After {before.code}", "it is not booked yet: these times may change"))
            continue
        over = max(each.occupied_until for each in booked) + timedelta(minutes=after.min_lag_minutes)
        earliest = max(earliest, over) if earliest else over
    return replace(values, earliest_at=earliest), facts


def _row_of_form(user: User) -> ActivityRequest | None:
    text = request.form.get("request", "")
    if not (text.isascii() and text.isdigit() and len(text) < 11 and 0 < int(text) <= LARGEST_ID):
        return None
    return request_queries.get_request(user, int(text))


def _places(row: ActivityRequest) -> list[Resource]:
    return [resource for way in row.alternatives for resource in way.resources]


def _first_up(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _user() -> User:
    user: User = current_user._get_current_object()
    return user
