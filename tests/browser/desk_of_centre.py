"""What the everyday desk shows besides the week: what waits, what is offered, kinds of work, other hours."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from scheduler.accounts.models import User
from scheduler.bookings import acts
from scheduler.bookings.models import Booking
from scheduler.bookings.offer import Offer
from scheduler.calendars.models import Calendar, CalendarOverlay, Site
from scheduler.database import session, utc_now
from scheduler.people.models import Organisation, Person
from scheduler.projects.models import Project
from scheduler.requests import templates
from scheduler.requests.models import ActivityRequest, RequestAttachment, RequestComment
from scheduler.resources.models import Resource
from tests import centre
from tests.browser.week_of_centre import Centre


def fill_desk(filled: Centre) -> dict[str, int]:
    """Write it; give the ids that addresses of pages are made of."""
    site = session.get_one(Site, filled.site_id)
    calendar = session.scalars(select(Calendar).order_by(Calendar.id)).first()
    project = session.scalars(select(Project).where(Project.code == "BDR")).one()
    manager, researcher = _user("manager"), _user("researcher")
    chamber = session.scalars(select(Resource).where(Resource.code == "TV-1")).one()
    monday = filled.week.start + timedelta(days=14)
    assert calendar is not None
    overlay = CalendarOverlay(
        calendar_id=calendar.id, name="Stocktaking", from_on=monday.date(), until_on=monday.date()
    )
    session.add(overlay)
    session.add(Organisation(site_id=site.id, code="KHU", name="Khoo University", kind="partner"))
    waiting = _ask(
        project, chamber, researcher, filled, "BDR-0901", hazards="laser;lifting", state="submitted"
    )
    waiting.comments.append(RequestComment(user_id=researcher.id, text="Before the review, or not at all."))
    waiting.attachments.append(
        RequestAttachment(
            user_id=researcher.id, name="fixture.pdf", stored_name="0" * 32, kind="pdf", size_bytes=90_000,
            sha256="0" * 64,
        )
    )  # fmt: skip
    declined = _ask(
        project, chamber, researcher, filled, "BDR-0902", state="declined", waiting_since=utc_now()
    )
    session.flush()
    templates.save_template(waiting, manager, "Leak test", None)
    person = session.scalars(select(Person).order_by(Person.id)).first()
    assert person is not None
    person.most_days_in_a_row = 5
    session.add(
        Offer(
            request_id=declined.id,
            proposal=acts.snapshot(session.get_one(Booking, filled.first_booking_id)),
            starts_at=monday + timedelta(hours=9),
            ends_at=monday + timedelta(hours=11),
            until_at=utc_now() + timedelta(days=1),
        )
    )
    return {"overlay": overlay.id, "waiting": waiting.id, "declined": declined.id, "project": project.id}


def _user(role: str) -> User:
    return session.scalars(select(User).where(User.email_key == f"{role}@centre.example")).one()


def _ask(
    project: Project, chamber: Resource, user: User, filled: Centre, code: str, **values: Any
) -> ActivityRequest:
    row: ActivityRequest = centre.make_request(
        project, chamber, code=code, title=f"Cold start {code[-1]}", requester_id=user.id,
        earliest_at=filled.week.start + timedelta(days=14), latest_at=filled.week.end + timedelta(days=14),
        **values,
    )  # fmt: skip
    return row
