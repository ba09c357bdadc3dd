"""The demo from end to end: an empty instance becomes a published week with its workbooks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, Engine, inspect, text

from scheduler import migrations
from scheduler.accounts.commands import random_password
from scheduler.accounts.models import User
from scheduler.accounts.service import find_user
from scheduler.calendars.queries import the_site
from scheduler.calendars.rules import week_name, week_span
from scheduler.config import Config
from scheduler.database import transaction
from scheduler.demo import centre, projects
from scheduler.demo.load import ZONE, load
from scheduler.demo.shapes import Week, week_after
from scheduler.errors import UserError
from scheduler.instance import drop_everything, open_database, rows_held
from scheduler.intervals import Interval
from scheduler.plans import building, queries, service
from scheduler.plans.models import Plan
from scheduler.plans.solving import OnProgress
from scheduler.reports.workbook_utilisation import write_utilisation
from scheduler.reports.workbook_week import write_week

MANAGER = next(email for email, _, role, _ in projects.USERS if role == "manager")
OTHER_INSTANCE = "MARKAZ_INSTANCE=instance/demo python3 -m scheduler demo"


@dataclass(frozen=True)
class Walked:
    """What the demo left behind."""

    plan: Plan
    bookings: int
    workbooks: tuple[Path, ...]
    passwords: dict[str, str]


def start_anew(config: Config) -> Engine:
    """An empty, migrated database; only where there was none, or an earlier demo."""
    engine = open_database(config)
    with engine.connect().execution_options(markaz_writes=True) as connection, connection.begin():
        if rows_held(connection) and not _is_demo(connection):
            raise UserError(
                f"{config.instance} holds a centre of its own, and the demo leaves that alone. "
                f"Give it another place: {OTHER_INSTANCE}"
            )
        drop_everything(connection)
        migrations.upgrade_within(connection)
    return engine


def walk(
    config: Config, now: datetime, time_limit_seconds: float, on_progress: OnProgress | None = None
) -> Walked:
    """Load, plan, publish and write the week after `now` into an instance that `start_anew` has emptied."""
    week = week_after(now, ZONE)
    passwords = {email: random_password() for email, *_ in projects.USERS}
    with transaction(reason="demo: load"):
        load(week, passwords)
    span = week_span(week.monday, week.zone)
    plan_id = _build(span, time_limit_seconds, on_progress)
    with transaction(actor=_manager(), reason="demo: publish"):
        published = service.publish(queries.get_plan(plan_id), user=_manager())
        bookings = len(published.bookings)
    plan = queries.get_plan(plan_id)
    return Walked(plan, bookings, _write_workbooks(config, week, span, plan), passwords)


def _is_demo(connection: Connection) -> bool:
    """The one site has the demo's code; a database that is not even ours has no such table."""
    if not inspect(connection).has_table("site"):
        return False
    return list(connection.scalars(text("SELECT code FROM site"))) == [centre.SITE_CODE]


def _build(span: Interval, time_limit_seconds: float, on_progress: OnProgress | None) -> int:
    with transaction(actor=_manager(), reason="demo: plan"):
        run = service.order_build(the_site(), span, time_limit_seconds=time_limit_seconds, user=_manager())
        run_id, plan_id = run.id, run.plan_id
    building.build(run_id, on_progress)
    run = queries.get_run(run_id)
    if run.state != "done":
        raise UserError(f"The demo's week could not be built: {run.error or run.state}. Run it again.")
    return plan_id


def _write_workbooks(config: Config, week: Week, span: Interval, plan: Plan) -> tuple[Path, ...]:
    site, manager, name = the_site(), _manager(), week_name(week.monday)
    return (
        _written(
            config.instance / f"week-{name}.xlsx",
            lambda stream: write_week(site, span, stream, user=manager, plan=plan),
        ),
        _written(
            config.instance / f"utilisation-{name}.xlsx",
            lambda stream: write_utilisation(site, span, stream, user=manager),
        ),
    )


def _written(path: Path, write: Callable[[BinaryIO], None]) -> Path:
    """Whole or not at all: what stood there stays until the new one is complete."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    part.touch(0o600)  # it names what is confidential to others
    try:
        with part.open("wb") as stream:
            write(stream)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _manager() -> User:
    user = find_user(MANAGER)
    if user is None:
        raise ValueError(f"the demo has no user {MANAGER}")
    return user
