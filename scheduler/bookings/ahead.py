"""What most facilities have none of, asked for all of them in one statement instead of one for each."""

from collections.abc import Iterable

from sqlalchemy import bindparam, exists, inspect, select
from sqlalchemy.orm.attributes import set_committed_value

from scheduler.database import session
from scheduler.resources.models import Changeover, Outage, Resource

_HAS = select(
    Resource.id,
    exists().where(Outage.resource_id == Resource.id).label("outages"),
    exists().where(Changeover.resource_id == Resource.id).label("changeovers"),
).where(Resource.id.in_(bindparam("ids", expanding=True)))


def note_empty(resources: Iterable[Resource]) -> None:
    """Say of those without outages or changeovers that there are none; the others load theirs when asked."""
    names = ("outages", "changeovers")
    unknown = {
        resource.id: resource for resource in resources if not inspect(resource).unloaded.isdisjoint(names)
    }
    if not unknown:
        return
    for row in session.execute(_HAS, {"ids": list(unknown)}):
        resource = unknown[row.id]
        for name, has in zip(names, row[1:], strict=True):
            if not has and name in inspect(resource).unloaded:
                set_committed_value(resource, name, [])
