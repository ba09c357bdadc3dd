"""Progress on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from solver import Assignment, Progress


@contextmanager
def time_bar(time_limit: float, begun: float) -> Iterator[Callable[[Progress, tuple[Assignment, ...]], None]]:
    """A bar that fills with the time, and how the search stands."""
    with _bar(BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}")) as bar:
        row = bar.add_task("reading", total=time_limit)
        bar.update(row, completed=begun)

        def show(progress: Progress, assignments: tuple[Assignment, ...]) -> None:
            bound = "" if progress.bound is None else f", at most {progress.bound:.6g}"
            text = f"objective {progress.objective:.6g}{bound}, {progress.placed} of {progress.asked} placed"
            bar.update(row, completed=begun + progress.seconds, description=text)

        yield show


@contextmanager
def count_bar(total: int) -> Iterator[Callable[[str], None]]:
    """A bar of so many steps (without a terminal: a line for each); called with the name of the next step."""
    if not sys.stderr.isatty():
        yield lambda name: print(name, file=sys.stderr, flush=True)
        return
    with _bar(
        BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
    ) as bar:
        row = bar.add_task("", total=total)
        begun = False

        def step(name: str) -> None:
            nonlocal begun
            bar.update(row, advance=1 if begun else 0, description=name)
            begun = True

        yield step
        bar.update(row, completed=total, description="")


def _bar(*columns: BarColumn | TextColumn | TimeElapsedColumn | MofNCompleteColumn) -> Bar:
    return Bar(*columns, console=Console(stderr=True), transient=True)
