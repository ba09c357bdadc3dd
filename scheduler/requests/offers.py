"""What a request's form offers to choose from: rows of the site as (id, words)."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select

from scheduler.accounts.models import User
from scheduler.accounts.service import can
from scheduler.database import session
from scheduler.people.models import ExclusionGroup, Person, Qualification
from scheduler.projects.models import ProjectMember
from scheduler.requests import queries
from scheduler.requests.lengths import hours_text
from scheduler.requests.models import ActivityRequest
from scheduler.requests.templates import list_templates
from scheduler.requests.values import RequestValues
from scheduler.requests.writing import CODE_LETTERS
from scheduler.resources.models import Resource, Utility

Offer = list[tuple[Any, str]]


def offers_for(
    user: User | None, site_id: int, row: ActivityRequest | None = None, kept: RequestValues | None = None
) -> dict[str, Offer]:
    """Choices of every list; with the retired ones that a request has already."""
    resources = {i for way in kept.ways for i in way.resource_ids} if kept else set()
    needs = {need.qualification_id for need in kept.needs} if kept else set()
    utilities = {draw.utility_id for draw in kept.draws} if kept else set()
    people = set(kept.participant_ids) if kept else set()
    return {
        "projects": _projects(user, site_id, row),
        "resources": [(r.id, _words(r.code, r.name)) for r in _rows(Resource, site_id, resources)],
        "qualifications": [(q.id, _words(q.code, q.name)) for q in _rows(Qualification, site_id, needs)],
        "utilities": [
            (u.id, f"{_words(u.code, u.name)}, at most {u.capacity:,} {u.unit}".rstrip())
            for u in _rows(Utility, site_id, utilities)
        ],
        "people": [(p.id, p.name) for p in sorted(_rows(Person, site_id, people), key=lambda p: p.name)],
        "templates": _templates(user, site_id),
        "requesters": _requesters(user),
        "groups": [(g.id, _words(g.code, g.name)) for g in _rows(ExclusionGroup, site_id, ())],
    }


def _templates(user: User | None, site_id: int) -> Offer:
    """Those for a kind of project that `user` may ask for."""
    kinds = {project.kind for project in queries.projects_to_ask_for(user, site_id)}
    return [(template.id, template.name) for template in list_templates(site_id, kinds)]


def _requesters(user: User | None) -> Offer:
    """On behalf of whom a manager asks: whoever is a member of a project."""
    if user is None or not can(user, "manager"):
        return []
    members = select(ProjectMember.user_id)
    found = session.scalars(
        select(User)
        .where(User.disabled_at.is_(None), User.id.in_(members), User.id != user.id)
        .order_by(func.lower(User.name))
    )
    return [(member.id, f"{member.name}, {member.email}") for member in found]


def _projects(user: User | None, site_id: int, row: ActivityRequest | None) -> Offer:
    projects = queries.projects_to_ask_for(user, site_id)
    if row is not None and row.project not in projects:
        projects.append(row.project)
    spent = queries.spent_by_project(site_id)
    found = []
    for project in projects:
        words = f"{CODE_LETTERS.get(project.kind, '–')} · {project.name}"
        if project.quota_minutes is not None:
            left = project.quota_minutes - spent.get(project.id, 0)
            words += f" · {hours_text(max(0, left))} of {hours_text(project.quota_minutes)} h left"
        found.append((project.id, words))
    return found


def _rows(row_type: type[Any], site_id: int, kept: Collection[int]) -> list[Any]:
    query = select(row_type).where(
        row_type.site_id == site_id, row_type.retired_at.is_(None) | row_type.id.in_(list(kept))
    )
    return list(session.scalars(query.order_by(func.lower(row_type.code), row_type.id)))


def _words(code: str, name: str) -> str:
    return code if not name or name == code else f"{code}  {name}"
