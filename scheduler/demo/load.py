"""The demo's tables become rows."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.accounts.models import User
from scheduler.accounts.service import add_user
from scheduler.calendars.models import Calendar, CalendarOverlay, CalendarRule, Holiday, Site
from scheduler.database import session
from scheduler.demo import centre, facilities, laboratory, projects, staff, testing, training
from scheduler.demo.shapes import Week, listed, minutes, minutes_of_day, weekdays
from scheduler.demo.wishes import add_requests
from scheduler.people.models import (
    Absence,
    ExclusionGroup,
    Organisation,
    Person,
    PersonQualification,
    Qualification,
)
from scheduler.projects.models import Project, ProjectMember
from scheduler.resources.models import Changeover, Outage, Resource, Stewardship, Utility, UtilityLevel

WEEK_ASKS = (*testing.ASKS, *laboratory.ASKS, *training.ASKS)
ZONE = ZoneInfo(centre.TIME_ZONE)


@dataclass
class Centre:
    """Rows by code, as far as later tables name them."""

    site: Site
    week: Week
    organisations: dict[str, Organisation]
    calendars: dict[str, Calendar]
    utilities: dict[str, Utility]
    resources: dict[str, Resource]
    qualifications: dict[str, Qualification]
    people: dict[str, Person]
    groups: dict[str, ExclusionGroup]
    users: dict[str, User]
    projects: dict[str, Project]


def load(week: Week, passwords: dict[str, str]) -> Site:
    """Write the whole demo centre and its wishes; `passwords` by e-mail. Inside a transaction."""
    site = Site(code=centre.SITE_CODE, name=centre.SITE_NAME, time_zone=centre.TIME_ZONE)
    session.add(site)
    session.flush()
    made = Centre(site, week, {}, {}, {}, {}, {}, {}, {}, {}, {})
    _add_organisations(made)
    _add_calendars(made)
    _add_utilities(made)
    _add_users(made, passwords)
    _add_resources(made)
    _add_people(made)
    _add_projects(made)
    session.flush()
    add_requests(made, week, [("approved", ask) for ask in WEEK_ASKS])
    next_week = replace(week, monday=week.monday + timedelta(days=7))
    add_requests(made, next_week, laboratory.LATER)
    session.flush()
    return site


def _add_organisations(made: Centre) -> None:
    for code, name, kind in centre.ORGANISATIONS:
        row = Organisation(site_id=made.site.id, code=code, name=name, kind=kind)
        made.organisations[code] = _added(row)


def _add_calendars(made: Centre) -> None:
    for code, name, openings, keeps_holidays in centre.CALENDARS:
        row = Calendar(site_id=made.site.id, code=code, name=name, keeps_holidays=keeps_holidays)
        row.rules = _rules(openings)
        made.calendars[code] = _added(row)
    for code, name, first, last, openings in centre.OVERLAYS:
        made.calendars[code].overlays.append(
            CalendarOverlay(
                name=name, from_on=made.week.day(first), until_on=made.week.day(last), rules=_rules(openings)
            )
        )
    for day, name, is_provisional in centre.HOLIDAYS:
        _added(
            Holiday(site_id=made.site.id, on_day=made.week.day(day), name=name, is_provisional=is_provisional)
        )


def _rules(openings: Iterable[tuple[str, str, str]]) -> list[CalendarRule]:
    return [
        CalendarRule(weekday=day, opens_minute=minutes_of_day(opens), closes_minute=minutes_of_day(closes))
        for days, opens, closes in openings
        for day in weekdays(days)
    ]


def _add_utilities(made: Centre) -> None:
    for code, name, unit, capacity, per in centre.UTILITIES:
        row = Utility(site_id=made.site.id, code=code, name=name, unit=unit, capacity=capacity, per=per)
        made.utilities[code] = _added(row)
    for code, when, capacity in centre.UTILITY_LEVELS:
        span = made.week.span(when)
        made.utilities[code].levels.append(
            UtilityLevel(starts_at=span.start, ends_at=span.end, capacity=capacity)
        )


def _add_users(made: Centre, passwords: dict[str, str]) -> None:
    for email, name, role, _ in projects.USERS:
        made.users[email] = add_user(email, name, passwords[email], role)


def _add_resources(made: Centre) -> None:
    for one in facilities.FACILITIES:
        row = Resource(
            site_id=made.site.id,
            code=one.code,
            name=one.name,
            kind=one.kind,
            calendar=made.calendars[one.calendar],
            whole=made.resources[one.whole] if one.whole else None,
            setup_minutes=minutes(one.setup),
            teardown_minutes=minutes(one.teardown),
            configuration=one.configuration,
            calibration_due_on=made.week.day(one.calibration_due) if one.calibration_due else None,
            location=one.location,
        )
        row.capacity = one.capacity
        if one.kind != "lab":
            row.stewards.append(Stewardship(user=made.users["manager@nsc.example"]))
        made.resources[one.code] = _added(row)
    for code, (configurations, hours) in facilities.CHANGEOVERS.items():
        made.resources[code].changeovers.extend(
            Changeover(from_configuration=before, to_configuration=after, minutes=minutes(hours[i][j]))
            for i, before in enumerate(configurations)
            for j, after in enumerate(configurations)
            if hours[i][j]
        )
    for code, when, reason in facilities.OUTAGES:
        span = made.week.span(when)
        made.resources[code].outages.append(Outage(starts_at=span.start, ends_at=span.end, reason=reason))


def _add_people(made: Centre) -> None:
    for code, name in staff.QUALIFICATIONS:
        made.qualifications[code] = _added(Qualification(site_id=made.site.id, code=code, name=name))
    for code, name in staff.CREWS:
        made.groups[code] = _added(ExclusionGroup(site_id=made.site.id, code=code, name=name))
    for one in staff.STAFF:
        row = _person(made, one, kind="staff")
        row.calendar = made.calendars[one.shift]
        row.most_minutes_day = minutes(staff.MOST_HOURS_A_DAY)
        row.most_minutes_week = minutes(staff.MOST_HOURS_A_WEEK)
        row.least_rest_minutes = minutes(staff.LEAST_REST_HOURS)
        for held in listed(one.holds):
            name, _, until = held.partition(" until ")
            row.qualifications.append(
                PersonQualification(
                    qualification=made.qualifications[name],
                    valid_until_on=made.week.day(until) if until else None,
                )
            )
    for trainee in staff.TRAINEES:
        _person(made, trainee, kind="trainee")


def _person(made: Centre, one: staff.Staff | staff.Trainee, kind: str) -> Person:
    row = Person(
        site_id=made.site.id,
        code=one.code,
        name=one.name,
        kind=kind,
        organisation=made.organisations[one.organisation],
    )
    for words in listed(one.away):
        span = made.week.span(words)
        row.absences.append(Absence(starts_at=span.start, ends_at=span.end, reason="leave"))
    made.people[one.code] = _added(row)
    return row


def _add_projects(made: Centre) -> None:
    for one in projects.PROJECTS:
        row = Project(
            site_id=made.site.id,
            code=one.code,
            name=one.name,
            kind=one.kind,
            programme=one.programme,
            partner=made.organisations[one.partner] if one.partner else None,
            priority=one.priority,
            quota_minutes=minutes(one.quota),
            cost_code=one.cost_code,
            is_confidential=one.confidential,
        )
        for email, _, _, codes in projects.USERS:
            if one.code in codes:
                row.members.append(ProjectMember(user=made.users[email]))
        made.projects[one.code] = _added(row)


def _added(row: Any) -> Any:
    session.add(row)
    return row
