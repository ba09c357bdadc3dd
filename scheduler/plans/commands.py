"""`markaz plan`, `markaz publish`, `markaz repair`, `markaz worker`."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from types import FrameType

import click

from scheduler.accounts.commands import acting_user
from scheduler.calendars.queries import the_site
from scheduler.calendars.rules import local_midnight, monday_of, week_span
from scheduler.config import load_config
from scheduler.database import session, transaction, utc_now
from scheduler.errors import Stale, UserError
from scheduler.intervals import Interval


@click.command()
@click.option("--week", metavar="2026-W49", help="The week to plan, Monday to Sunday.")
@click.option("--from", "from_day", metavar="2026-11-30", help="First day, instead of a week.")
@click.option("--until", "until_day", metavar="2026-12-06", help="Last day, included.")
@click.option("--time-limit", default=60.0, show_default=True, type=click.FloatRange(min=1), help="Seconds.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(min=1), help="Cores to use.")
@click.option("--seed", default=1, show_default=True, type=int, help="Another one may find another plan.")
def plan(
    week: str | None,
    from_day: str | None,
    until_day: str | None,
    time_limit: float,
    workers: int,
    seed: int,
) -> None:
    """Build a plan here and now; without a week, of all that open approved requests ask for.

    Ctrl-C stops, and keeps the best that was found.
    """
    from scheduler.plans import building, queries, service, summary

    user, site = acting_user(), the_site()
    span = _span(site.time_zone, week, from_day, until_day)
    with transaction(actor=user, reason="command line: plan"):
        run_id = service.order_build(
            site, span, time_limit_seconds=time_limit, workers=workers, seed=seed, user=user
        ).id
    with _stop_on_interrupt() as stopped, summary.progress_bar(time_limit) as show:
        building.build(run_id, on_progress=show, stop=stopped.is_set)
    run = queries.get_run(run_id)
    if run.state != "done":
        raise UserError(f"No plan came of it. {run.error or 'The build was called off.'}")
    summary.print_summary(run.plan)
    click.echo(f"Publish it with: markaz publish {run.plan.number}")


@click.command()
@click.argument("number", metavar="[PLAN]", type=int, required=False)
def publish(number: int | None) -> None:
    """Book what a draft places: the latest one, or that of the number."""
    from scheduler.plans import queries, service

    user, site = acting_user(), the_site()
    found = service.latest_draft(site) if number is None else queries.find_plan(site.id, number)
    if found is None:
        what = "There is no draft to publish." if number is None else f"There is no plan {number}."
        raise UserError(f"{what} Build one: markaz plan")
    plan_id = found.id
    try:
        with transaction(actor=user, reason="command line: publish"):
            done = service.publish(queries.get_plan(plan_id), user=user, now=utc_now())
            shown, bookings = done.plan.number, len(done.bookings)
    except Stale:
        with transaction(actor=user, reason="command line: publish"):
            service.mark_stale(queries.get_plan(plan_id))
        raise
    click.echo(f"Plan {shown} is published: {bookings} bookings made.")


@click.command()
@click.option("--week", metavar="2026-W49", required=True, help="The week to repair, Monday to Sunday.")
@click.option("--time-limit", default=15.0, show_default=True, type=click.FloatRange(min=1), help="Seconds.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(min=1), help="Cores to use.")
@click.option(
    "--publish", "is_published", is_flag=True, help="Publish it at once; else it is kept as a draft."
)
def repair(week: str, time_limit: float, workers: int, is_published: bool) -> None:
    """Find the least change after which no booking of a week needs repair.

    Without --publish the changes are listed, and kept as a draft that has a page.
    """
    from scheduler.plans import queries, repair_words, repairing

    user, site, now = acting_user(), the_site(), utc_now()
    task = repairing.prepare(site, week, repairing.span_of(site, week, now), user=user)
    session.rollback()
    found = repairing.search(task, seconds=time_limit, workers=workers)
    with transaction(actor=user, reason="command line: repair"):
        plan_id = repairing.keep(the_site(), task, found, user=user).id
    for line in repair_words.terminal_lines(queries.get_plan(plan_id), user):
        click.echo(line)
    if not is_published:
        click.echo(f"Publish it on its page. Or in one go: markaz repair --week {week} --publish")
        return
    with transaction(actor=user, reason="command line: repair"):
        done = repairing.publish(queries.get_plan(plan_id), user=user, now=utc_now())
        words = repairing.counted(done)
    click.echo(f"The repair is published: {words}.")


@click.command()
def worker() -> None:
    """Build plans that the pages order, until stopped (Ctrl-C, SIGTERM)."""
    from scheduler import jobs
    from scheduler.bookings import waiting  # noqa: F401 - says what a worker looks after
    from scheduler.plans import tasks  # noqa: F401 - says what a message means

    config = load_config()
    click.echo(f"Worker of {config.instance} is ready.", err=True)
    jobs.run_worker(config)
    click.echo("Worker ended.", err=True)


commands: list[click.Command] = [plan, publish, repair, worker]


def _span(time_zone: str, week: str | None, from_day: str | None, until_day: str | None) -> Interval | None:
    """What the options say; of a time that has begun only what is still to come."""
    from zoneinfo import ZoneInfo

    from scheduler.plans.service import rest_of

    zone = ZoneInfo(time_zone)
    if week is not None:
        if from_day is not None or until_day is not None:
            raise UserError("--week and --from/--until say the same in two ways. Give one of them.")
        return rest_of(week_span(monday_of(week), zone), utc_now())
    if from_day is None and until_day is None:
        return None
    if from_day is None or until_day is None:
        raise UserError("--from and --until go together. Give both, or --week.")
    first, last = _day(from_day), _day(until_day)
    if last < first:
        raise UserError(f"--until {until_day} comes before --from {from_day}. Exchange them.")
    span = Interval(local_midnight(first, zone), local_midnight(last + timedelta(days=1), zone))
    return rest_of(span, utc_now())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f'"{text}" is no day. Write it like 2026-11-30.') from None


@contextmanager
def _stop_on_interrupt() -> Iterator[threading.Event]:
    """Ctrl-C means stop and keep the best; a second one ends at once."""
    stopped = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()
        print("\nStopping; the best so far is kept.", file=sys.stderr, flush=True)

    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return
    earlier = signal.signal(signal.SIGINT, note)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, earlier)
