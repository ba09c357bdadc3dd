"""A request that is not stored: what a form asks for, in the shape in which the rule book is asked."""

from typing import TypeVar

from scheduler.calendars.models import Site
from scheduler.database import Base, session
from scheduler.people.models import ExclusionGroup, Person, Qualification
from scheduler.projects.models import Project
from scheduler.requests.models import (
    ActivityRequest,
    Alternative,
    AlternativeResource,
    Participant,
    RequestDraw,
    RequestNeed,
    RequestWindow,
)
from scheduler.requests.values import RequestValues
from scheduler.requests.writing import PLAIN
from scheduler.resources.models import Resource, Utility

Found = TypeVar("Found", bound=Base)


def sketch(values: RequestValues, site: Site, row: ActivityRequest | None = None) -> ActivityRequest:
    """Rows that belong to no session and are never written. With `row` it is that one, changed."""
    asked = ActivityRequest(
        site_id=site.id,
        code=row.code if row else "This",
        state=row.state if row else "draft",
        project=_get(Project, values.project_id),
        exclusion_group=_get(ExclusionGroup, values.exclusion_group_id),
        **{name: getattr(values, name) for name in PLAIN},
    )
    if row is not None:
        asked.id = row.id  # by which what comes before and after it is found
    for number, way in enumerate(values.ways, start=1):
        resources = [found for i in way.resource_ids if (found := _get(Resource, i)) is not None]
        uses = [AlternativeResource(resource=resource) for resource in resources]
        asked.alternatives.append(Alternative(number=number, penalty=way.penalty, uses=uses))
    for window in values.windows:
        asked.windows.append(
            RequestWindow(
                starts_at=window.starts_at,
                ends_at=window.ends_at,
                binds=window.binds,
                alternative=asked.alternatives[window.way - 1] if window.way else None,
            )
        )
    for need in values.needs:
        held = _get(Qualification, need.qualification_id)
        asked.needs.append(RequestNeed(qualification=held, count=need.count, phase=need.phase))
    for draw in values.draws:
        utility = _get(Utility, draw.utility_id)
        asked.draws.append(RequestDraw(utility=utility, amount=draw.amount, phase=draw.phase))
    for person_id in values.participant_ids:
        asked.participants.append(Participant(person=_get(Person, person_id)))
    return asked


def _get(row_type: type[Found], row_id: int | None) -> Found | None:
    return None if row_id is None else session.get(row_type, row_id)
