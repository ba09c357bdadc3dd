"""A plan in a few lines on a terminal, in words that a manager understands."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TextIO

from scheduler.accounts.models import User
from scheduler.calendars.service import zone_of
from scheduler.calendars.words import day_words, hours_words
from scheduler.intervals import Interval
from scheduler.plans import queries
from scheduler.plans.models import Plan
from solver import Progress

MOST_LINES = 30
PROVEN = 1e-6


def print_summary(plan: Plan, stream: TextIO | None = None, user: User | None = None) -> None:
    """What is placed of what was asked, what is not and why, how good it is, how long it took."""
    stream = stream or sys.stdout
    for line in summary_lines(plan, user):
        print(line, file=stream)


def summary_lines(plan: Plan, user: User | None = None) -> list[str]:
    not_placed = queries.unplaced(plan, user)
    run = queries.latest_run(plan)
    took = f", built in {queries.progress(run)['seconds']:.0f} s" if run else ""
    lines = [
        f"Plan {plan.number}, {span_words(plan)}: {plan.placed} of {plan.asked} requests placed, "
        f"{gap_words(plan)}{took}."
    ]
    if plan.rounding_minutes:
        lines.append(
            f"Steps of {hours_words(plan.tick_seconds / 60)}: rounding to them takes "
            f"{hours_words(plan.rounding_minutes)} in all from opening hours, windows and shifts."
        )
    if not_placed:
        lines.append(f"Not placed ({len(not_placed)}):")
        width = max(len(row.code) for row in not_placed[:MOST_LINES])
        for row in not_placed[:MOST_LINES]:
            lines.append(f"  {row.code:<{width}}  {row.title} — {row.reason_text}")
        if len(not_placed) > MOST_LINES:
            lines.append(
                f"  and {len(not_placed) - MOST_LINES} more; see the plan's page or the week workbook."
            )
    return lines


def gap_words(plan: Plan) -> str:
    """How far it is from the best possible."""
    gap = queries.gap(plan.objective, plan.bound)
    if gap is None:
        return "gap to the best possible not known"
    if gap < PROVEN:
        return "proven the best possible"
    return f"gap to the best possible {'below 0.1' if gap < 0.0005 else f'{gap * 100:.1f}'} %"


def span_words(plan: Plan) -> str:
    """Mon 30 Nov to Sun 6 Dec."""
    zone = zone_of(plan.site)
    span = Interval(plan.starts_at, plan.ends_at)
    # The end is not included: a plan until midnight ends on the day before.
    first, last = day_words(span.start, zone), day_words(span.end - timedelta(seconds=1), zone)
    return first if first == last else f"{first} to {last}"


@contextmanager
def progress_bar(time_limit_seconds: float) -> Iterator[Callable[[Progress], None] | None]:
    """A bar that fills with the time and says how the search stands; nothing where nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("Building"), BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=time_limit_seconds)

        def show(progress: Progress) -> None:
            gap = queries.gap(progress.objective, progress.bound)
            best = "" if gap is None else f", gap to the best possible {gap * 100:.1f} %"
            bar.update(
                task,
                completed=min(progress.seconds, time_limit_seconds),
                description=f"{progress.placed} of {progress.asked} placed{best}",
            )

        yield show
