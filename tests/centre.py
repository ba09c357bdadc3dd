"""A small centre for tests: a site, a few resources, people, a project, users. Factories, no fixtures."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from scheduler.accounts.models import Role, User
from scheduler.calendars.models import Calendar, CalendarRule, Site
from scheduler.database import normal_code, session
from scheduler.intervals import Interval
from scheduler.people.models import Person, PersonQualification, Qualification
from scheduler.projects.models import Project
from scheduler.requests.models import ActivityRequest, Alternative, AlternativeResource
from scheduler.resources.models import Resource, Utility

MONDAY = datetime(2026, 11, 30, tzinfo=UTC)
"""Midnight in UTC of the Monday of week 49 of 2026."""


def at(day: int, hour: float) -> datetime:
    """A moment of that week: day 0 is Monday, hours in UTC."""
    return MONDAY + timedelta(days=day, hours=hour)


def span(day: int, start_hour: float, end_hour: float) -> Interval:
    return Interval(at(day, start_hour), at(day, end_hour))


def make_site(**values: Any) -> Site:
    return _added(Site(**{"code": "NSC", "name": "National Space Centre", "time_zone": "UTC"} | values))


def make_calendar(
    site: Site, code: str = "DAY", days: range = range(5), hours: tuple[int, int] = (8, 18)
) -> Calendar:
    calendar = Calendar(site_id=site.id, code=code, name=code)
    calendar.rules = [
        CalendarRule(weekday=day, opens_minute=hours[0] * 60, closes_minute=hours[1] * 60) for day in days
    ]
    return _added(calendar)


def make_resource(site: Site, code: str = "TV-1", capacity: int = 1, **values: Any) -> Resource:
    resource = Resource(**{"site_id": site.id, "code": code, "name": f"Chamber {code}"} | values)
    resource.capacity = capacity
    return _added(resource)


def make_person(
    site: Site, code: str = "P-1", name: str = "Sana Mirza", holds: tuple[Any, ...] = (), **values: Any
) -> Person:
    """`holds`: qualifications, or (qualification, valid_from_on, valid_until_on)."""
    person = Person(**{"site_id": site.id, "code": code, "name": name} | values)
    for held in holds:
        qualification, valid_from, valid_until = held if isinstance(held, tuple) else (held, None, None)
        person.qualifications.append(
            PersonQualification(
                qualification=qualification, valid_from_on=valid_from, valid_until_on=valid_until
            )
        )
    return _added(person)


def make_qualification(site: Site, code: str = "vacuum operator") -> Qualification:
    return _added(Qualification(site_id=site.id, code=code, name=code))


def make_utility(site: Site, code: str = "LN2", capacity: int = 10, **values: Any) -> Utility:
    return _added(
        Utility(
            **{"site_id": site.id, "code": code, "name": code, "unit": "l/h", "capacity": capacity} | values
        )
    )


def make_project(site: Site, code: str = "BDR", **values: Any) -> Project:
    return _added(
        Project(**{"site_id": site.id, "code": code, "name": f"Project {code}", "kind": "R&D"} | values)
    )


def make_user(role: str = "manager", email: str | None = None, **values: Any) -> User:
    email = email or f"{role}@centre.example"
    user = User(**{"email": email, "email_key": normal_code(email), "name": role.title()} | values)
    user.roles.append(Role(role=role))
    return _added(user)


def make_request(
    project: Project,
    *ways: Resource | tuple[Resource, ...],
    code: str = "R-1",
    minutes: int = 120,
    **values: Any,
) -> ActivityRequest:
    """Approved, one alternative for each of `ways`."""
    activity_request = ActivityRequest(
        **{
            "site_id": project.site_id,
            "project": project,
            "code": code,
            "title": f"Activity {code}",
            "state": "approved",
            "wish_minutes": minutes,
            "least_minutes": minutes,
            "value": minutes,
            "earliest_at": MONDAY,
            "latest_at": MONDAY + timedelta(days=7),
        }
        | values
    )
    for number, way in enumerate(ways, start=1):
        resources = way if isinstance(way, tuple) else (way,)
        activity_request.alternatives.append(
            Alternative(
                number=number, uses=[AlternativeResource(resource=resource) for resource in resources]
            )
        )
    return _added(activity_request)


def on(day: int) -> date:
    """A date of that week: day 0 is Monday."""
    return at(day, 0).date()


def _added(row: Any) -> Any:
    session.add(row)
    session.flush()
    return row
