"""Lists of facilities for pages, what belongs together, and when something is out."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from scheduler.database import session
from scheduler.errors import NotFound
from scheduler.resources.models import Outage, Resource, Stewardship

MOST_OUTAGES = 200


def parts_below(resource: Resource) -> Iterator[Resource]:
    """The parts, and theirs in turn."""
    seen = {resource.id}
    waiting = list(resource.parts)
    while waiting:
        part = waiting.pop(0)
        if part.id not in seen:
            seen.add(part.id)
            yield part
            waiting.extend(part.parts)


def wholes_above(resource: Resource) -> Iterator[Resource]:
    """What it is a part of, and that in turn."""
    seen = {resource.id}
    above = resource.whole
    while above is not None and above.id not in seen:
        seen.add(above.id)
        yield above
        above = above.whole


def family(resource: Resource) -> list[Resource]:
    """All that cannot be used while this one is out: itself, its parts, and what it is a part of."""
    return [resource, *parts_below(resource), *wholes_above(resource)]


def outages_over(resource: Resource) -> list[Outage]:
    """Its own outages and those of what it is a part of."""
    return [outage for each in (resource, *wholes_above(resource)) for outage in each.outages]


def list_resources(site_id: int, text: str = "", *, retired: bool = False) -> list[Resource]:
    """By code; `text` is looked for in code, name and place."""
    query = select(Resource).where(
        Resource.site_id == site_id,
        Resource.retired_at.is_not(None) if retired else Resource.retired_at.is_(None),
    )
    if words := text.strip()[:100]:
        columns = (Resource.code, Resource.name, Resource.location)
        query = query.where(or_(*(column.icontains(words, autoescape=True) for column in columns)))
    query = query.options(
        joinedload(Resource.calendar), joinedload(Resource.whole), selectinload(Resource.outages)
    )
    return list(session.scalars(query.order_by(Resource.code_key)).unique())


def get_resource(resource_id: int) -> Resource:
    resource = session.scalar(
        select(Resource)
        .where(Resource.id == resource_id)
        .options(
            joinedload(Resource.calendar),
            selectinload(Resource.outages),
            selectinload(Resource.parts),
            selectinload(Resource.changeovers),
            selectinload(Resource.stewards).joinedload(Stewardship.user),
        )
    )
    if resource is None:
        raise NotFound("There is no such facility. The address may be mistyped: look in the list.")
    return resource


def get_outage(outage_id: int) -> Outage:
    outage = session.get(Outage, outage_id)
    if outage is None:
        raise NotFound("There is no such outage any more. Look at the page of the facility.")
    return outage


def outages_to_come(resource: Resource, now: datetime) -> Sequence[Outage]:
    """Those that run or come, of itself and of what it is a part of, by their start."""
    found = [outage for outage in outages_over(resource) if outage.ends_at > now]
    return sorted(found, key=lambda outage: (outage.starts_at, outage.id))[:MOST_OUTAGES]
