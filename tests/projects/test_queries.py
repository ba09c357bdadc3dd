"""Who may see which projects: decided in one place, for every scope of a role."""

import pytest

from scheduler.accounts.models import Role
from scheduler.database import session, transaction
from scheduler.projects.models import ProjectMember
from scheduler.projects.queries import list_projects
from tests.centre import make_project, make_resource, make_site, make_user


@pytest.fixture
def world(any_database):
    with transaction():
        site = make_site()
        for code, secret in (("OPEN", False), ("OWN", True), ("OTHER", True)):
            make_project(site, code, is_confidential=secret)
        make_resource(site, "TV-1")
    return site


@pytest.mark.asvs("8.2.2")
@pytest.mark.parametrize(
    ("role", "scope", "member", "seen"),
    [
        ("viewer", ("centre", None), False, {"OPEN"}),
        ("researcher", ("centre", None), True, {"OPEN", "OWN"}),
        ("manager", ("centre", None), False, {"OPEN", "OWN", "OTHER"}),
        ("manager", ("site", 1), False, {"OPEN", "OWN", "OTHER"}),
        ("manager", ("site", 2), False, {"OPEN"}),
        ("manager", ("resource", 1), False, {"OPEN"}),
        ("manager", ("resource", 1), True, {"OPEN", "OWN"}),
        ("manager", ("project", 2), False, {"OPEN", "OWN"}),
        ("administrator", ("centre", None), False, {"OPEN", "OWN", "OTHER"}),
    ],
)
def test_confidential_projects_are_seen_by_whoever_belongs_to_them(world, role, scope, member, seen):
    with transaction():
        user = make_user("viewer")
        user.roles[:] = [Role(role=role, scope_kind=scope[0], scope_id=scope[1])]
        if member:
            session.add(ProjectMember(project_id=2, user_id=user.id))
        session.flush()
        assert {project.code for project in list_projects(user, world.id)} == seen


def test_the_system_sees_all(world):
    with transaction():
        assert len(list_projects(None, 1)) == 3
