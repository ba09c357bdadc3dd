"""What a role may be given for, of every room up to this one: sites, facilities, projects."""

from functools import partial
from typing import Any

from sqlalchemy import select

from scheduler.accounts import scopes
from scheduler.calendars.models import Site
from scheduler.database import session
from scheduler.projects.models import Project
from scheduler.resources.models import Resource


def offer() -> None:
    """Tell accounts; again changes nothing."""
    scopes.offer("site", lambda: _named(select(Site.id, Site.code, Site.name).order_by(Site.code)))
    for kind, row in (("resource", Resource), ("project", Project)):
        scopes.offer(kind, partial(_standing, row))


def _standing(row: Any) -> dict[int, str]:
    return _named(select(row.id, row.code, row.name).where(row.retired_at.is_(None)).order_by(row.code_key))


def _named(query: Any) -> dict[int, str]:
    return {row_id: f"{code} {name}" for row_id, code, name in session.execute(query)}
