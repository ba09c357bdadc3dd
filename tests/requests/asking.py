"""A centre that can be asked for time, and requests for it."""

from dataclasses import replace
from typing import Any

from scheduler.database import session, transaction
from scheduler.projects.models import ProjectMember
from scheduler.requests.values import RequestValues, Way
from tests.centre import (
    at,
    make_person,
    make_project,
    make_qualification,
    make_resource,
    make_site,
    make_user,
    make_utility,
)

NOW = at(0, 0)


class Asking:
    """Two projects, one of them confidential; two chambers; who may ask, who decides, who looks on.

    Each name gives the row as the session of now has it: pages close theirs when they are done.
    """

    def __init__(self) -> None:
        with transaction():
            site = make_site()
            rows = {
                "site": site,
                "manager": make_user("manager"),
                "researcher": make_user("researcher"),
                "other": make_user("researcher", "other@centre.example"),
                "viewer": make_user("viewer"),
                "project": make_project(site, "BDR", name="Badr-3", quota_minutes=1200),
                "secret": make_project(site, "QMR", name="Qamar", is_confidential=True, kind="training"),
                "first": make_resource(site, "TV-1", setup_minutes=30),
                "second": make_resource(site, "TV-2"),
                "operator": make_qualification(site),
                "nitrogen": make_utility(site),
                "person": make_person(site),
            }
            rows["project"].members.append(ProjectMember(user=rows["researcher"]))
            rows["secret"].members.append(ProjectMember(user=rows["other"]))
            self.keys = {name: (type(row), row.id) for name, row in rows.items()}

    def __getattr__(self, name: str) -> Any:
        if name not in self.__dict__.get("keys", ()):
            raise AttributeError(name)
        return session.get(*self.keys[name])

    def values(self, **changes: Any) -> RequestValues:
        """A sound request of the open project; `changes` of it."""
        sound = RequestValues(
            title="Leak test",
            project_id=self.project.id,
            wish_minutes=240,
            least_minutes=240,
            ways=(Way((self.first.id,)), Way((self.second.id,), 10)),
            earliest_at=at(0, 8),
            latest_at=at(4, 18),
        )
        return replace(sound, **changes)
