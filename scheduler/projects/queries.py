"""Lists of projects, and who may see which: the one place that decides it."""

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from scheduler.accounts.models import ROLES, User
from scheduler.accounts.service import grants_of
from scheduler.database import normal_code, session
from scheduler.errors import NotFound
from scheduler.people.models import Organisation
from scheduler.projects.models import Project, ProjectMember

MOST_LISTED = 500
STATES = {"open": "Open", "closed": "Closed"}


def visible(user: User | None) -> ColumnElement[bool]:
    """Projects that `user` may see: the open ones, and the confidential ones one belongs to.

    Managers of the centre see all, those of a site all of it, that of a project the own one. A manager
    of a facility is no more than others here. None is the system, which sees all.
    """
    if user is None:
        return true()
    seen: list[ColumnElement[bool]] = [
        Project.is_confidential.is_(False),
        Project.id.in_(select(ProjectMember.project_id).where(ProjectMember.user_id == user.id)),
    ]
    for grant in grants_of(user):
        if ROLES.index(grant.role) < ROLES.index("manager"):
            continue
        if grant.scope_kind == "centre":
            return true()
        if grant.scope_kind == "site":
            seen.append(Project.site_id == grant.scope_id)
        elif grant.scope_kind == "project":
            seen.append(Project.id == grant.scope_id)
    return or_(*seen)


def list_projects(user: User | None, site_id: int) -> list[Project]:
    return list(
        session.scalars(
            select(Project)
            .where(Project.site_id == site_id, Project.retired_at.is_(None), visible(user))
            .order_by(Project.code_key)
        )
    )


def search_projects(
    user: User, site_id: int, text: str = "", kind: str | None = None, state: str | None = None
) -> list[Project]:
    """Those that a page lists; `text` is looked for in code, name, programme and partner."""
    query = (
        select(Project)
        .outerjoin(Organisation, Organisation.id == Project.partner_id)
        .where(Project.site_id == site_id, Project.retired_at.is_(None), visible(user))
    )
    if kind:
        query = query.where(Project.kind == kind)
    if state:
        query = query.where(
            Project.closed_at.is_(None) if state == "open" else Project.closed_at.is_not(None)
        )
    if words := text.strip():
        columns = (Project.code, Project.name, Project.programme, Organisation.name)
        query = query.where(or_(*(column.icontains(words, autoescape=True) for column in columns)))
    query = query.order_by(Project.code_key).limit(MOST_LISTED)
    return list(session.scalars(query.options(joinedload(Project.partner))))


def get_project(user: User | None, project_id: int) -> Project:
    """A project that `user` may see, with its members."""
    members = selectinload(Project.members).joinedload(ProjectMember.user)
    row = session.scalar(
        select(Project)
        .where(Project.id == project_id, Project.retired_at.is_(None), visible(user))
        .options(joinedload(Project.partner), members)
    )
    if row is None:
        raise NotFound("There is no such project, or it is confidential and you are no member of it.")
    return row


def find_by_code(site_id: int, code: str) -> Project | None:
    """Also retired ones: a code is never given twice."""
    return session.scalar(
        select(Project).where(Project.site_id == site_id, Project.code_key == normal_code(code))
    )


def is_member(user: User | None, project_id: int) -> bool:
    if user is None:
        return False
    query = select(ProjectMember.id).where(
        ProjectMember.project_id == project_id, ProjectMember.user_id == user.id
    )
    return session.scalar(query) is not None


def member_project_ids(user: User) -> set[int]:
    return set(session.scalars(select(ProjectMember.project_id).where(ProjectMember.user_id == user.id)))


def partners(site_id: int, kept_id: int | None = None) -> list[Organisation]:
    """Partners to choose from, and the one that is chosen."""
    return list(
        session.scalars(
            select(Organisation)
            .where(
                Organisation.site_id == site_id,
                Organisation.kind == "partner",
                or_(Organisation.retired_at.is_(None), Organisation.id == kept_id),
            )
            .order_by(func.lower(Organisation.name))
        )
    )
