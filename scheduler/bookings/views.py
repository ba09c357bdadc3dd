"""The published week: by facility, by person, one's own; one booking; the same as JSON."""

from datetime import date, datetime, timedelta

from flask import Response, jsonify, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from scheduler.bookings import agenda, api, desk, duty_views, feed, queries, rights, week
from scheduler.bookings.blueprint import blueprint
from scheduler.bookings.models import Booking
from scheduler.calendars.choices import read_week
from scheduler.calendars.models import Site
from scheduler.calendars.queries import the_site
from scheduler.calendars.rules import week_name, week_span
from scheduler.calendars.service import zone_of
from scheduler.database import utc_now
from scheduler.errors import UserError
from scheduler.requests import queries as request_queries
from scheduler.requests.models import ActivityRequest
from scheduler.security import may

__all__ = ["api", "blueprint", "desk", "duty_views", "request_fragment"]

BY = {"resource": "Facilities", "person": "People", "mine": "Mine"}


@blueprint.get("/", strict_slashes=False)
def show_week() -> str:
    site = the_site()
    zone = zone_of(site)
    now = utc_now()
    today = now.astimezone(zone).date()
    asked = request.args.get("week")
    this_monday = today - timedelta(days=today.weekday())
    monday = read_week(asked) if asked else max(this_monday, _next_monday(site, now) or this_monday)
    by = request.args.get("by") or ("resource" if may("manager") or not may("staff") else "mine")
    if by not in BY:
        raise UserError(f'There is no week by "{by}". Choose one of {", ".join(BY)}.')
    span = week_span(monday, zone)
    loaded = week.load_week(site, span, current_user, now)
    picture = None
    shown = loaded.bookings
    if by == "resource":
        picture = week.draw(loaded, week.facility_rows(loaded, _link))
    elif by == "person":
        picture = week.draw(loaded, week.person_rows(loaded, _link))
        shown = [booking for booking in shown if booking.duties]
    else:
        shown = agenda.bookings_of_user(shown, current_user.id, queries.project_ids_of_member(current_user))
    return render_template(
        "bookings/week.html",
        **desk.deeds_in_week(),
        by=by,
        choices=BY,
        monday=monday,
        last_day=monday + timedelta(days=6),
        number=monday.isocalendar().week,
        week=week_name(monday),
        earlier=week_name(monday - timedelta(days=7)),
        later=week_name(monday + timedelta(days=7)),
        is_this_week=week_name(monday) == week_name(today),
        this_week=week_name(today),
        looks_ahead=not asked and monday > this_monday,
        picture=picture,
        days=agenda.make_agenda(loaded, shown, _link, are_own=by == "mine"),
        count=len(shown),
        run_minutes=sum(booking.run.minutes for booking in shown),
        zone_name=site.time_zone,
    )


@blueprint.get("/booking/<int:booking_id>")
def show_booking(booking_id: int) -> str:
    booking = queries.get_booking(booking_id)
    rights.require_visible(current_user, booking)
    return render_template(
        "bookings/booking.html",
        booking=booking,
        may_see_request=_may_see_request(booking),
        phases=[(name, phase) for name in ("setup", "teardown") if (phase := booking.phase(name))],
        parts=queries.bookings_of_request(booking.request_id) if booking.request_id else [],
        **desk.deeds_on(booking),
    )


@blueprint.get("/bookings.json")
def bookings_json() -> Response | tuple[Response, int]:
    site = the_site()
    try:
        span = feed.read_span(request.args.get("from"), request.args.get("until"), zone_of(site))
    except UserError as error:
        return jsonify(message=error.message), 400
    response = jsonify(feed.feed(site, span, current_user))
    response.add_etag()
    response.make_conditional(request)
    return response


def request_fragment(activity_request: ActivityRequest) -> Markup:
    """What is booked for a request, for its page; empty where nothing is."""
    bookings = queries.bookings_of_request(activity_request.id)
    if not bookings:
        return Markup("")
    html = render_template("bookings/_of_request.html", bookings=bookings)
    return Markup(html)  # noqa: S704 - rendered by Jinja, which escapes


def _next_monday(site: Site, now: datetime) -> date | None:
    """The Monday of the week in which something is booked next: what one comes for on a Sunday."""
    moment = queries.next_booked_moment(site.id, now)
    if moment is None:
        return None
    day = moment.astimezone(zone_of(site)).date()
    return day - timedelta(days=day.weekday())


def _may_see_request(booking: Booking) -> bool:
    if booking.activity_request is None:
        return False
    found = request_queries.find_by_code(booking.site_id, booking.activity_request.code, current_user)
    return found is not None


def _link(booking_id: int) -> str:
    return url_for("bookings.show_booking", booking_id=booking_id)
