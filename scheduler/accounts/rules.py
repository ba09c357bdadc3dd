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
    Not so the manager of a project, who there is as good as a researcher: the centre's pages show
    what others do.
    """
    rank = ROLES.index(role)
    for grant in grants:
        if ROLES.index(grant.role) < rank:
            continue
        if grant.scope_kind == "centre":
            return True
        if place == ANYWHERE:
            if grant.scope_kind != "project" or rank <= ROLES.index("researcher"):
                return True
            continue
        where = {"site": place.site_id, "resource": place.resource_id, "project": place.project_id}
        if grant.scope_id is not None and where.get(grant.scope_kind) == grant.scope_id:
            return True
    return False


SCOPE_KINDS = ("centre", "site", "resource", "project")
SCOPES_OF_ROLE = {
    "viewer": ("centre", "site"),
    "staff": ("centre", "site"),
    "researcher": ("centre", "site"),
    "manager": SCOPE_KINDS,
    "administrator": ("centre",),
}
"""Where each role may be given: what one chamber or one project asks for is a manager."""

LANGUAGES = {"en": "English", "ur": "اردو", "zh-Hans": "简体中文"}
"""Codes that a user's pages may be marked with, each under its own name."""


def scope_fault(role: str, scope_kind: str) -> str | None:
    """Why `role` is not given for such a scope, and which one is; None if it may be."""
    if scope_kind in SCOPES_OF_ROLE[role]:
        return None
    if role == "administrator":
        return "An administrator is one for the whole centre. Choose that, or make it a manager."
    return f"A {role} is one for the centre or a site. Choose one of them, or make it a manager."


def is_last_administrator(administrators: Iterable[int], user_id: int) -> bool:
    """Whether `user_id` is the only one left of the enabled administrators' ids."""
    return set(administrators) == {user_id}


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
