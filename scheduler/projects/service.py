"""Projects: opening one, changing what it says, who belongs to it.

Each function is called inside `transaction()` and refuses with what to do instead.
"""

from datetime import datetime

from scheduler.accounts import service as accounts
from scheduler.accounts.models import User
from scheduler.accounts.rules import Place
from scheduler.calendars.models import Site
from scheduler.database import session, utc_now
from scheduler.errors import Forbidden, NotFound, Stale, UserError
from scheduler.people.models import Organisation
from scheduler.projects import queries, rules
from scheduler.projects.models import Project, ProjectMember
from scheduler.projects.rules import ProjectValues


def may_edit(project: Project, user: User | None) -> bool:
    """Managers of the centre, of its site, and of the project itself."""
    return accounts.can(user, "manager", Place(site_id=project.site_id, project_id=project.id))


def may_grant(site_id: int, user: User | None) -> bool:
    """Who opens and closes projects and sets priority and quota: not a project's own manager."""
    return accounts.can(user, "manager", Place(site_id=site_id))


def may_see_inside(project: Project, user: User | None) -> bool:
    """Members, quota and cost code are for those who belong to it and for its managers."""
    return may_edit(project, user) or queries.is_member(user, project.id)


def add_project(site: Site, code: str, values: ProjectValues, user: User | None) -> Project:
    """A new project without members."""
    if not may_grant(site.id, user):
        raise Forbidden(f"Projects are opened by managers of {site.name}. Ask one of them.")
    found = rules.faults(values)
    if fault := rules.code_fault(code):
        found["code"] = fault
    elif other := queries.find_by_code(site.id, code):
        state = "a retired project" if other.retired_at else "a project"
        found["code"] = f"{other.code} is the code of {state} already. Take another one."
    found |= _partner_fault(values, site.id)
    if found:
        raise UserError(next(iter(found.values())), found)
    project = Project(site_id=site.id, code=code, name=values.name.strip(), kind=values.kind)
    session.add(project)
    _write(project, values, grants=True)
    session.flush()
    return project


def edit_project(project: Project, version: int, values: ProjectValues, user: User | None) -> None:
    """Change what it says; what the centre grants stays as it is where only its own manager asks."""
    _refuse_other(project, user)
    if project.version != version:
        raise Stale(
            f"{project.code} was changed while you wrote. What you typed stands below and is not saved: "
            "compare it with the project as it is now, and save again."
        )
    found = rules.faults(values) | _partner_fault(values, project.site_id)
    if found:
        raise UserError(next(iter(found.values())), found)
    _write(project, values, grants=may_grant(project.site_id, user))


def close(project: Project, user: User | None, now: datetime | None = None) -> None:
    """Nobody asks for time in its name any more; what is booked stays."""
    _refuse_grant(project, user)
    if project.closed_at is not None:
        raise UserError(f"{project.code} is closed already.")
    project.closed_at = now or utc_now()


def reopen(project: Project, user: User | None) -> None:
    _refuse_grant(project, user)
    if project.closed_at is None:
        raise UserError(f"{project.code} is open.")
    project.closed_at = None


def add_member(project: Project, email: str, user: User | None) -> User:
    """Let somebody ask for time in its name, and see it where it is confidential."""
    _refuse_other(project, user)
    found = accounts.find_user(email)
    if found is None or found.disabled_at is not None:
        fault = (
            f'No user has the e-mail "{email.strip()[:60]}". Check it, or ask an administrator to add them.'
        )
        raise UserError(fault, {"email": fault})
    if any(member.user_id == found.id for member in project.members):
        fault = f"{found.name} is a member already."
        raise UserError(fault, {"email": fault})
    project.members.append(ProjectMember(user_id=found.id))
    session.flush()
    return found


def remove_member(project: Project, user_id: int, user: User | None) -> User:
    """What they asked for stays; they ask for no more."""
    _refuse_other(project, user)
    member = next((each for each in project.members if each.user_id == user_id), None)
    if member is None:
        raise NotFound(f"{project.code} has no such member any more. Load the page again.")
    gone = member.user
    project.members.remove(member)
    session.flush()
    return gone


def _write(project: Project, values: ProjectValues, *, grants: bool) -> None:
    project.name = values.name.strip()
    project.programme = values.programme.strip()
    project.partner_id = values.partner_id
    project.cost_code = values.cost_code.strip()
    project.is_confidential = values.is_confidential
    if grants:
        project.kind = values.kind
        project.priority = values.priority
        project.quota_minutes = values.quota_minutes


def _partner_fault(values: ProjectValues, site_id: int) -> dict[str, str]:
    if values.partner_id is None:
        return {}
    partner = session.get(Organisation, values.partner_id)
    if partner is not None and partner.site_id == site_id:
        return {}
    return {"partner": "This partner is not to be had any more. Choose one of the list."}


def _refuse_other(project: Project, user: User | None) -> None:
    if not may_edit(project, user):
        raise Forbidden(f"{project.code} is changed by its managers. Ask one of them, or an administrator.")


def _refuse_grant(project: Project, user: User | None) -> None:
    if not may_grant(project.site_id, user):
        raise Forbidden(f"{project.code} is opened and closed by managers of the centre. Ask one of them.")
