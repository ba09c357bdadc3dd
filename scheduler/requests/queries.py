"""Lists of requests for pages, and who may see which."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from scheduler.accounts.models import User
from scheduler.accounts.rules import Place, allows
from scheduler.accounts.service import grants_of
from scheduler.database import normal_code, session
from scheduler.errors import NotFound
from scheduler.projects.models import Project, ProjectMember
from scheduler.projects.queries import visible as visible_projects
from scheduler.requests.models import (
    STATES,
    ActivityRequest,
    Alternative,
    AlternativeResource,
    Precedence,
    RequestAttachment,
    RequestDraw,
    RequestNeed,
)

PAGE_ROWS = 50
SORTS = {
    "kind": (Project.kind, ActivityRequest.code_key),
    "code": (ActivityRequest.code_key,),
    "title": (func.lower(ActivityRequest.title), ActivityRequest.code_key),
    "project": (func.lower(Project.name), ActivityRequest.code_key),
    "length": (ActivityRequest.wish_minutes, ActivityRequest.code_key),
    "latest": (ActivityRequest.latest_at, ActivityRequest.code_key),
    "waits": (ActivityRequest.created_at, ActivityRequest.code_key),
}
SPENDS_QUOTA = ("approved", "booked", "done")
"""States in which a request takes from the hours of its project."""


@dataclass(frozen=True)
class Page:
    """One page of a list: `number` of `pages`, and how many rows there are in all."""

    rows: Sequence[ActivityRequest]
    number: int
    pages: int
    total: int


def visible(user: User | None) -> ColumnElement[bool]:
    """Requests that `user` may see: one's own and those of projects one is a member of or leads.

    Managers see all but those of confidential projects to which they are strangers, unless these ask
    for a facility that they look after.
    """
    if user is None:
        return true()
    seen = ActivityRequest.project_id.in_(select(Project.id).where(visible_projects(user)))
    grants = grants_of(user)
    if allows(grants, "manager"):
        facilities = [g.scope_id for g in grants if g.scope_kind == "resource" and allows([g], "manager")]
        asked_of = (
            select(Alternative.request_id)
            .join(AlternativeResource, AlternativeResource.alternative_id == Alternative.id)
            .where(AlternativeResource.resource_id.in_(facilities))
        )
        return or_(seen, ActivityRequest.id.in_(asked_of))
    mine = select(ProjectMember.project_id).where(ProjectMember.user_id == user.id)
    led = [
        g.scope_id
        for g in grants
        if g.scope_kind == "project" and allows([g], "manager", Place(project_id=g.scope_id))
    ]
    own = or_(
        ActivityRequest.requester_id == user.id,
        ActivityRequest.project_id.in_(mine),
        ActivityRequest.project_id.in_(led),
    )
    return and_(own, seen)


def list_requests(
    user: User | None,
    site_id: int,
    state: str | None = None,
    text: str = "",
    kind: str | None = None,
    page: int = 1,
    sort: str = "kind",
    descending: bool = False,
    own_of: int | None = None,
) -> Page:
    """Requests of a site; `text` is looked for in title, code, project and requester.

    `own_of`: only what that user asked for.
    """
    query = _matching(select(ActivityRequest), user, site_id, text, kind, own_of)
    if state is not None:
        query = query.where(ActivityRequest.state == state)
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, ceil(total / PAGE_ROWS))
    number = min(max(1, page), pages)
    order = [column.desc() if descending else column.asc() for column in SORTS.get(sort, SORTS["kind"])]
    query = query.order_by(*order).limit(PAGE_ROWS).offset((number - 1) * PAGE_ROWS).options(*_for_lists())
    return Page(list(session.scalars(query).unique()), number, pages, total)


def counts_by_state(
    user: User | None,
    site_id: int,
    text: str = "",
    kind: str | None = None,
    own_of: int | None = None,
) -> dict[str, int]:
    """How many requests stand in each state, with 0 where there is none."""
    query = _matching(select(ActivityRequest.state, func.count()), user, site_id, text, kind, own_of)
    found = {state: int(count) for state, count in session.execute(query.group_by(ActivityRequest.state))}
    return {state: found.get(state, 0) for state in STATES}


def count_waiting(user: User | None, site_id: int) -> int:
    """Requests that wait for an answer."""
    query = select(func.count(ActivityRequest.id)).where(
        ActivityRequest.site_id == site_id, ActivityRequest.state == "submitted", visible(user)
    )
    return session.scalar(query) or 0


def list_waiting(user: User | None, site_id: int) -> list[ActivityRequest]:
    """All requests that wait for an answer, by code."""
    query = _matching(select(ActivityRequest), user, site_id, "", None)
    query = query.where(ActivityRequest.state == "submitted").order_by(ActivityRequest.code_key)
    return list(session.scalars(query.options(*_for_lists())).unique())


def get_request(user: User | None, request_id: int) -> ActivityRequest:
    """A request that `user` may see, with all that its page shows."""
    query = select(ActivityRequest).where(ActivityRequest.id == request_id, visible(user))
    row = session.scalar(query.options(*_for_lists()))
    if row is None:
        raise NotFound("There is no such request, or it belongs to a project that you are not a member of.")
    return row


def find_by_code(site_id: int, code: str, user: User | None = None) -> ActivityRequest | None:
    return session.scalar(
        select(ActivityRequest).where(
            ActivityRequest.site_id == site_id, ActivityRequest.code_key == normal_code(code), visible(user)
        )
    )


def projects_to_ask_for(user: User | None, site_id: int) -> list[Project]:
    """Open projects in whose name `user` may ask: the own ones, for managers all that they may see."""
    query = select(Project).where(
        Project.site_id == site_id,
        Project.retired_at.is_(None),
        Project.closed_at.is_(None),
        visible_projects(user),
    )
    if user is not None and not allows(grants_of(user), "manager"):
        mine = select(ProjectMember.project_id).where(ProjectMember.user_id == user.id)
        query = query.where(Project.id.in_(mine))
    return list(session.scalars(query.order_by(func.lower(Project.name))))


def spent_minutes(project_id: int, except_request_id: int | None = None) -> int:
    """Minutes of run that the approved, booked and done requests of a project wish."""
    query = select(func.coalesce(func.sum(ActivityRequest.wish_minutes), 0)).where(
        ActivityRequest.project_id == project_id, ActivityRequest.state.in_(SPENDS_QUOTA)
    )
    if except_request_id is not None:
        query = query.where(ActivityRequest.id != except_request_id)
    return int(session.scalar(query) or 0)


def spent_by_project(site_id: int) -> dict[int, int]:
    """The same for every project of a site in one statement; without those that spent nothing."""
    query = (
        select(ActivityRequest.project_id, func.sum(ActivityRequest.wish_minutes))
        .where(ActivityRequest.site_id == site_id, ActivityRequest.state.in_(SPENDS_QUOTA))
        .group_by(ActivityRequest.project_id)
    )
    return {project_id: int(minutes) for project_id, minutes in session.execute(query)}


def predecessors(request_id: int) -> list[Precedence]:
    """What has to come before a request."""
    return list(
        session.scalars(
            select(Precedence)
            .where(Precedence.after_id == request_id)
            .options(joinedload(Precedence.before))
            .order_by(Precedence.id)
        )
    )


def successors(request_id: int) -> list[Precedence]:
    """What has to come after a request."""
    return list(
        session.scalars(
            select(Precedence)
            .where(Precedence.before_id == request_id)
            .options(joinedload(Precedence.after))
            .order_by(Precedence.id)
        )
    )


def seen_beside(row: ActivityRequest, user: User | None) -> set[int]:
    """Ids of the requests before and after one that `user` may see as well."""
    beside = [link.before_id for link in predecessors(row.id)] + [
        link.after_id for link in successors(row.id)
    ]
    return set(
        session.scalars(select(ActivityRequest.id).where(ActivityRequest.id.in_(beside), visible(user)))
    )


def precedence_pairs(site_id: int) -> list[tuple[int, int]]:
    """Every (before, after) of a site, as ids."""
    query = (
        select(Precedence.before_id, Precedence.after_id)
        .join(ActivityRequest, ActivityRequest.id == Precedence.after_id)
        .where(ActivityRequest.site_id == site_id)
    )
    return [(before, after) for before, after in session.execute(query)]


def own_requests(user: User, site_id: int) -> list[ActivityRequest]:
    """What somebody asked for and did not take back, by code."""
    query = (
        select(ActivityRequest)
        .where(
            ActivityRequest.site_id == site_id,
            ActivityRequest.retired_at.is_(None),
            ActivityRequest.requester_id == user.id,
            ActivityRequest.state.in_(("submitted", "approved", "booked", "done")),
            visible(user),
        )
        .order_by(ActivityRequest.code_key)
    )
    return list(session.scalars(query.options(*_for_lists())).unique())


def is_any_of_user(user: User, site_id: int) -> bool:
    query = select(ActivityRequest.id).where(
        ActivityRequest.site_id == site_id, ActivityRequest.requester_id == user.id
    )
    return session.scalar(query.limit(1)) is not None


def series_of(row: ActivityRequest, user: User | None) -> list[ActivityRequest]:
    """The requests of its series that `user` may see, in order of time; none where it is no series."""
    if row.series is None:
        return []
    query = (
        select(ActivityRequest)
        .where(
            ActivityRequest.series == row.series,
            ActivityRequest.site_id == row.site_id,
            ActivityRequest.retired_at.is_(None),
            visible(user),
        )
        .order_by(ActivityRequest.earliest_at, ActivityRequest.id)
    )
    return list(session.scalars(query))


def waiting_for_slot(site_id: int) -> list[ActivityRequest]:
    """Whoever waits for a slot to come free: the most urgent first, of them who waits longest."""
    query = (
        select(ActivityRequest)
        .where(
            ActivityRequest.site_id == site_id,
            ActivityRequest.waiting_since.is_not(None),
            ActivityRequest.state.in_(("approved", "declined")),
            ActivityRequest.retired_at.is_(None),
        )
        .order_by(ActivityRequest.priority, ActivityRequest.waiting_since, ActivityRequest.id)
    )
    return list(session.scalars(query.options(*_for_lists())).unique())


def is_anybody_waiting(site_id: int) -> bool:
    """Whether any request waits for a slot to come free."""
    query = select(ActivityRequest.id).where(
        ActivityRequest.site_id == site_id, ActivityRequest.waiting_since.is_not(None)
    )
    return session.scalar(query.limit(1)) is not None


def is_stored(stored_name: str) -> bool:
    """Whether a request still names a file."""
    query = select(RequestAttachment.id).where(RequestAttachment.stored_name == stored_name)
    return session.scalar(query) is not None


def hours_left(user: User | None, site_id: int) -> dict[int, tuple[int, int]]:
    """Minutes left and in all of each project with a quota for which `user` may ask."""
    spent = spent_by_project(site_id)
    return {
        project.id: (max(0, project.quota_minutes - spent.get(project.id, 0)), project.quota_minutes)
        for project in projects_to_ask_for(user, site_id)
        if project.quota_minutes is not None
    }


def _matching(
    query: Any, user: User | None, site_id: int, text: str, kind: str | None, own_of: int | None = None
) -> Any:
    query = (
        query.join(Project, Project.id == ActivityRequest.project_id)
        .outerjoin(User, User.id == ActivityRequest.requester_id)
        .where(ActivityRequest.site_id == site_id, ActivityRequest.retired_at.is_(None), visible(user))
    )
    if kind:
        query = query.where(Project.kind == kind)
    if own_of is not None:
        query = query.where(ActivityRequest.requester_id == own_of)
    if words := text.strip()[:100]:
        columns = (ActivityRequest.title, ActivityRequest.code, Project.name, Project.code, User.name)
        query = query.where(or_(*(column.icontains(words, autoescape=True) for column in columns)))
    return query


def _for_lists() -> list[Any]:
    """A constant number of statements, however many rows."""
    ways = selectinload(ActivityRequest.alternatives).selectinload(Alternative.uses)
    return [
        joinedload(ActivityRequest.project),
        joinedload(ActivityRequest.requester),
        ways.joinedload(AlternativeResource.resource),
        selectinload(ActivityRequest.needs).joinedload(RequestNeed.qualification),
        selectinload(ActivityRequest.draws).joinedload(RequestDraw.utility),
    ]
