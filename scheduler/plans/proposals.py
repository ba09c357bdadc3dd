"""What a solution places, as proposals for the one door to bookings."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from scheduler.bookings.proposal import Duty, Proposal, Supply
from scheduler.calendars.models import Site
from scheduler.database import session
from scheduler.people.models import Person, Qualification
from scheduler.plans.desk_rules import code_of
from scheduler.plans.problem import Translation
from scheduler.plans.timeline import Timeline
from scheduler.requests.models import ActivityRequest
from solver import Activity, Assignment


def proposals_of(present: Translation, site: Site, assignments: Iterable[Assignment]) -> list[Proposal]:
    """A proposal for each part that is new; what is pinned is booked already."""
    activities = {activity.id: activity for activity in present.problem.activities}
    new = [part for part in assignments if activities[part.activity].pin is None]
    people = people_named(site, new)
    return [
        proposal_of(
            present.timeline, site, present.requests[part.activity], activities[part.activity], part, people
        )
        for part in new
    ]


def proposal_of(
    timeline: Timeline,
    site: Site,
    asked: ActivityRequest,
    activity: Activity,
    part: Assignment,
    people: Mapping[str, Person],
) -> Proposal:
    """One part of what a request asks for, in its place."""
    start = part.start + activity.setup
    held = {need.qualification.code: need.qualification for need in asked.needs}
    way = next(way for way in asked.alternatives if str(way.number) == part.mode)
    return Proposal(
        site=site,
        title=asked.title,
        # As asked for: the parts of a whole are held with it without being named.
        resources=tuple(way.resources),
        run=timeline.interval(start, start + part.duration),
        setup_minutes=timeline.minutes(activity.setup),
        teardown_minutes=timeline.minutes(activity.teardown),
        activity_request=asked,
        project=asked.project,
        exclusion_group=asked.exclusion_group,
        configuration=asked.configuration,
        duties=duties_of(activity, part, people, held),
        participants=tuple(row.person for row in asked.participants),
        supplies=tuple(Supply(draw.utility, draw.amount, draw.phase) for draw in asked.draws),
        alternative=way.number,
        part_no=part.part,
    )


def duties_of(
    activity: Activity,
    part: Assignment,
    people: Mapping[str, Person],
    held: Mapping[str, Qualification],
) -> tuple[Duty, ...]:
    """Who works on a part, each by the qualification of the need that is met."""
    return tuple(
        Duty(people[code], held[code_of(need.qualification)], need.phase)
        for need, names in zip(activity.needs, part.people, strict=True)
        for code in names
    )


def people_named(site: Site, parts: Iterable[Assignment]) -> dict[str, Person]:
    """Everybody on the duties of some parts, by code."""
    codes = {code for part in parts for names in part.people for code in names}
    rows = session.scalars(select(Person).where(Person.site_id == site.id, Person.code.in_(codes)))
    return {person.code: person for person in rows}
