"""A site and a week for the tests of plans, and short ways to ask for its translation."""

from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import event

from scheduler.database import engine, transaction
from scheduler.intervals import Interval
from scheduler.plans import building, queries, service
from scheduler.plans.ledger import Pace
from scheduler.plans.problem import translate
from tests.centre import MONDAY, make_calendar, make_project, make_resource, make_site

WEEK = Interval(MONDAY, MONDAY + timedelta(days=7))
QUICK = Pace(lease_seconds=2.0, heartbeat_seconds=0.2, listen_seconds=0.05, store_seconds=0.1)


class Centre:
    """One site with one chamber that is open on weekdays from 8 to 18, and one project."""

    def __init__(self, **site_values):
        self.site = make_site(**site_values)
        self.day = make_calendar(self.site)
        self.chamber = make_resource(self.site, "TV-1", calendar=self.day)
        self.project = make_project(self.site)

    def translated(self, span=WEEK):
        return translate(self.site, span)

    def problem(self, span=WEEK):
        return self.translated(span).problem

    def activity(self, code="R-1", span=WEEK):
        return activity(self.problem(span), code)


def activity(problem, name):
    return next(each for each in problem.activities if each.id == name)


def resource(problem, name):
    return next(each for each in problem.resources if each.id == name)


def person(problem, name):
    return next(each for each in problem.people if each.id == name)


def utility(problem, name):
    return next(each for each in problem.utilities if each.id == name)


def build(site, span=WEEK, *, time_limit_seconds=5, **options):
    """Order a plan, solve it here, and give it back."""
    with transaction():
        run_id = service.order_build(site, span, time_limit_seconds=time_limit_seconds, **options).id
    building.build(run_id, pace=QUICK)
    run = queries.get_run(run_id)
    assert run.state == "done", run.error
    return queries.get_plan(run.plan_id)


def publish(plan, **values):
    with transaction():
        return service.publish(queries.get_plan(plan.id), **values)


@contextmanager
def statements():
    """The SQL statements that run meanwhile."""
    seen = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement)

    event.listen(engine(), "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine(), "before_cursor_execute", note)
