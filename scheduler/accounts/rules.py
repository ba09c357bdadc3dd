"""Who may do what: roles from least to most, each with a scope; how long a session lasts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

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


IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=24)
NOTED_EVERY = timedelta(minutes=5)
"""A session's last use is written at most so often: pages stay reads."""

MOST_TRIES = 10
TRIES_WITHIN = timedelta(minutes=15)


def is_over(started_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Whether a session is too old, or was left alone too long."""
    return now >= started_at + ABSOLUTE or now >= seen_at + IDLE


def pause_until(tries: Sequence[datetime], now: datetime) -> datetime | None:
    """When an account may be tried again from one address; None is at once.

    `tries` are the wrong ones, in any order; each counts for a quarter of an hour.
    """
    counted = sorted(moment for moment in tries if moment > now - TRIES_WITHIN)
    if len(counted) < MOST_TRIES:
        return None
    return counted[-MOST_TRIES] + TRIES_WITHIN
