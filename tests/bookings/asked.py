"""A centre in which somebody asks for time: open by day, two chambers, two operators."""

from dataclasses import replace
from typing import Any

from scheduler.bookings.proposal import Duty, Proposal
from scheduler.bookings.service import book
from scheduler.bookings.slots import Found, find_slots
from scheduler.database import session, transaction
from scheduler.intervals import Interval
from scheduler.projects.models import ProjectMember
from scheduler.requests import service
from scheduler.requests.models import ActivityRequest
from scheduler.requests.sketch import sketch
from scheduler.requests.values import NeedValue, RequestValues, Way
from tests.centre import (
    at,
    make_calendar,
    make_person,
    make_project,
    make_qualification,
    make_resource,
    make_site,
    make_user,
)

NOW = at(-3, 12)


class Asked:
    """Each name gives the row as the session of now has it."""

    def __init__(self) -> None:
        with transaction():
            site = make_site()
            day = make_calendar(site)
            operator = make_qualification(site)
            rows = {
                "site": site,
                "tv1": make_resource(site, "TV-1", calendar=day, setup_minutes=60),
                "tv2": make_resource(site, "TV-2", calendar=day),
                "operator": operator,
                "sana": make_person(site, "P-1", "Sana Mirza", holds=(operator,), calendar=day),
                "noor": make_person(site, "P-2", "Noor Ahmed", holds=(operator,), calendar=day),
                "manager": make_user("manager"),
                "researcher": make_user("researcher"),
                "other": make_user("researcher", "other@centre.example"),
                "project": make_project(site, "BDR"),
            }
            rows["project"].members += [
                ProjectMember(user=rows["researcher"]),
                ProjectMember(user=rows["other"]),
            ]
            self.keys = {name: (type(row), row.id) for name, row in rows.items()}

    def __getattr__(self, name: str) -> Any:
        if name not in self.__dict__.get("keys", ()):
            raise AttributeError(name)
        return session.get(*self.keys[name])

    def values(self, **changes: Any) -> RequestValues:
        sound = RequestValues(
            title="Cold start",
            project_id=self.project.id,
            wish_minutes=240,
            least_minutes=240,
            ways=(Way((self.tv1.id,)),),
            needs=(NeedValue(self.operator.id),),
            earliest_at=at(0, 0),
            latest_at=at(5, 0),
        )
        return replace(sound, **changes)

    def find(self, **changes: Any) -> Found:
        options = {name: changes.pop(name) for name in ("within", "most", "by_hand") if name in changes}
        asked = sketch(self.values(**changes), self.site)
        return find_slots(asked, self.site, user=self.researcher, now=NOW, **options)

    def hold(self, run: Interval, *resources: Any, people: tuple[Any, ...] = (), **values: Any) -> int:
        """Somebody else's booking."""
        with transaction():
            duties = tuple(Duty(person, self.operator, "run") for person in people)
            proposal = Proposal(
                site=self.site,
                title="Other work",
                resources=resources or (self.tv1,),
                run=run,
                duties=duties,
                **values,
            )
            return book(proposal).id

    def ask(self, state: str = "approved", user: Any = None, **changes: Any) -> int:
        """A stored request."""
        with transaction():
            row = service.create_request(self.values(**changes), user or self.researcher, now=NOW)
            service.submit(row, self.researcher if user is None else user)
            if state == "approved":
                service.approve(row, self.manager)
            return row.id

    def row(self, request_id: int) -> ActivityRequest:
        session.rollback()
        return session.get_one(ActivityRequest, request_id)
