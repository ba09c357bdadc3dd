"""Who may do what: roles from least to most, each with a scope."""

from collections.abc import Iterable
from dataclasses import dataclass

from scheduler.accounts.models import ROLES


@dataclass(frozen=True)
class Grant:
    """A role and where it holds: everywhere (`scope_kind` centre), or at one site, resource, project."""

    role: str
    scope_kind: str = "centre"
    scope_id: int | None = None


@dataclass(frozen=True)
class Place:
    """What an action touches; a grant for any of them is enough."""

    site_id: int | None = None
    resource_id: int | None = None
    project_id: int | None = None


ANYWHERE = Place()


def allows(grants: Iterable[Grant], role: str, place: Place = ANYWHERE) -> bool:
    """Whether one of the grants is at least `role` and holds at `place`.

    Asked without a place, any scope is enough: a manager of one chamber may open the managers' pages.
    """
    rank = ROLES.index(role)
    for grant in grants:
        if ROLES.index(grant.role) < rank:
            continue
        if grant.scope_kind == "centre" or place == ANYWHERE:
            return True
        where = {"site": place.site_id, "resource": place.resource_id, "project": place.project_id}
        if grant.scope_id is not None and where.get(grant.scope_kind) == grant.scope_id:
            return True
    return False
