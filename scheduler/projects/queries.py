"""Lists of projects, and who may see which: the one place that decides it."""

from sqlalchemy import ColumnElement, or_, select, true

from scheduler.accounts.models import User
from scheduler.accounts.rules import allows
from scheduler.accounts.service import grants_of
from scheduler.database import session
from scheduler.projects.models import Project, ProjectMember


def visible(user: User | None) -> ColumnElement[bool]:
    """Projects that `user` may see: the open ones, and the confidential ones one belongs to.

    Managers and administrators see all; None is the system, which does too.
    """
    if user is None or allows(grants_of(user), "manager"):
        return true()
    mine = select(ProjectMember.project_id).where(ProjectMember.user_id == user.id)
    return or_(Project.is_confidential.is_(False), Project.id.in_(mine))


def list_projects(user: User | None, site_id: int) -> list[Project]:
    return list(
        session.scalars(
            select(Project)
            .where(Project.site_id == site_id, Project.retired_at.is_(None), visible(user))
            .order_by(Project.code_key)
        )
    )
