"""Results beside what others published, as Markdown."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

from tests.benchmarks.results import Entry

PUBLISHED = Path(__file__).parent / "published.json"

Reference = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of an entry beside a reference; with `mean` its mean over the instances is told."""

    title: str
    figure: Callable[[Entry, Reference], Any]
    shape: str = "{}"
    mean: bool = False


def published() -> dict[str, dict[str, Reference]]:
    """For each suite and instance what others reached."""
    return {suite: each["instances"] for suite, each in json.loads(PUBLISHED.read_text()).items()}


def middle(entry: Entry, name: str) -> float | None:
    """Median over the seeds of a figure; None if a seed is without it."""
    figures = [each.get(name) for each in entry["results"]]
    return None if None in figures or not figures else median(figures)


def table(suite: str, entries: Sequence[Entry], before: Sequence[Entry | None] | None = None) -> str:
    """Markdown: one line for each entry, then means; with `before` also what was stored."""
    references = published().get(suite, {})
    columns = [*_FRONT, *_COLUMNS[suite], *_BACK]
    titles = [column.title for column in columns]
    rows = [
        [_shown(column, entry, references.get(entry["instance"], {})) for column in columns]
        for entry in entries
    ]
    if before is not None:
        titles.append("stored before")
        for row, old in zip(rows, before, strict=True):
            row.append("" if old is None else f"{_whole(middle(old, 'value'))} ({old['commit']})")
    return "\n".join([markdown(titles, rows), *_means(suite, entries, references)])


def markdown(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose columns stand below one another also as plain text."""
    rows = list(rows)
    widths = [max(3, *(len(row[i]) for row in [titles, *rows])) for i in range(len(titles))]
    lines = [_line(titles, widths), _line(["-" * width for width in widths], widths)]
    return "\n".join([*lines, *(_line(row, widths) for row in rows)])


def groups(suite: str, entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """Entries of which a mean makes sense: one size or set at one setting, and all sets at one setting.

    Sizes of the made-up weeks have time limits and goals of their own: there is no mean of all.
    """
    found: dict[str, list[Entry]] = {}
    mark = {"weeks": "-", "psplib": "_"}.get(suite)
    for entry in entries:
        name = entry["instance"].partition(mark)[0] if mark else suite
        found.setdefault(f"{name}, {_setting(entry, {})}", []).append(entry)
    if suite == "psplib":
        for entry in entries:
            found.setdefault(f"all, {_setting(entry, {})}", []).append(entry)
    return found


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def _means(suite: str, entries: Sequence[Entry], references: dict[str, Reference]) -> list[str]:
    lines = []
    for name, members in groups(suite, entries).items():
        told = []
        for column in [*_FRONT, *_COLUMNS[suite], *_BACK]:
            figures = [column.figure(each, references.get(each["instance"], {})) for each in members]
            known = [figure for figure in figures if figure is not None]
            if column.mean and known:
                among = "" if len(known) == len(members) else f" (of {len(known)})"
                told.append(f"{column.title} {column.shape.format(fmean(known))}{among}")
        if told:
            lines.append(f"\nMean of {len(members)}, {name}: {'; '.join(told)}.")
    return lines


def _shown(column: Column, entry: Entry, reference: Reference) -> str:
    figure = column.figure(entry, reference)
    return "" if figure is None else column.shape.format(figure)


def _setting(entry: Entry, reference: Reference) -> str:
    variant = f" {entry['variant']}" if entry["variant"] else ""
    return f"{entry['time_limit']:g} s{variant}"


def _checked(entry: Entry, reference: Reference) -> str:
    if wrong := [line for each in entry["results"] for line in each["wrong"]]:
        return f"BROKEN: {wrong[0]}"
    return "yes" if all(each["verifier"] for each in entry["results"]) else "solver.verify"


def _whole(figure: float | None) -> str:
    return "none" if figure is None else f"{figure:,.10g}"


def _value(name: str) -> Callable[[Entry, Reference], float | None]:
    return lambda entry, reference: middle(entry, name)


def _given(name: str) -> Callable[[Entry, Reference], Any]:
    return lambda entry, reference: reference.get(name)


def _ratio(name: str) -> Callable[[Entry, Reference], float | None]:
    def figure(entry: Entry, reference: Reference) -> float | None:
        value, other = middle(entry, "value"), reference.get(name)
        return None if value is None or not other else value / other

    return figure


def _above(name: str, *, least: float | None = None) -> Callable[[Entry, Reference], float | None]:
    def figure(entry: Entry, reference: Reference) -> float | None:
        ratio = _ratio(name)(entry, reference)
        if ratio is None:
            return None
        return ratio - 1 if least is None else max(least, ratio - 1)

    return figure


def _best(name: str, choose: Callable[[Iterable[float]], float]) -> Callable[[Entry, Reference], Any]:
    def figure(entry: Entry, reference: Reference) -> float | None:
        rows = reference.get("published", [])
        return choose(row[name] for row in rows) if rows else None

    return figure


def _to_published(entry: Entry, reference: Reference) -> float | None:
    value, other = middle(entry, "value"), _best("hours", max)(entry, reference)
    return None if value is None or other is None else value / other


def _proven(entry: Entry, reference: Reference) -> float:
    proven: list[bool] = [each["status"] == "optimal" for each in entry["results"]]
    return sum(proven) / len(proven)


_FRONT = (
    Column("instance", lambda entry, reference: entry["instance"]),
    Column("limit", _setting),
    Column("seeds", lambda entry, reference: len(entry["results"])),
)

_BACK = (
    Column("bound", _value("bound"), "{:,.10g}"),
    Column("gap", _value("gap"), "{:.2%}", mean=True),
    Column("proved", _proven, "{:.0%}", mean=True),
    Column("first, s", _value("first_seconds"), "{:.2f}"),
    Column("whole, s", _value("wall"), "{:.1f}"),
    Column("memory, MB", _value("memory_mb"), "{:.0f}"),
    Column("verified", _checked),
    Column("commit", lambda entry, reference: entry["commit"]),
)

_COLUMNS = {
    "weeks": (
        Column("value", _value("value"), "{:,.10g}"),
        Column("greedy", _given("greedy"), "{:,}"),
        Column("to greedy", _ratio("greedy"), "{:.4f}", mean=True),
        Column("sketch", _given("sketch"), "{:,}"),
        Column("to sketch", _ratio("sketch"), "{:.4f}", mean=True),
    ),
    "satnet": (
        Column("hours", _value("value"), "{:,.1f}"),
        Column("published", _best("hours", max), "{:,}"),
        Column("to published", _to_published, "{:.3f}", mean=True),
        Column("satisfied", _value("satisfied"), "{:g}"),
        Column("U_RMS", _value("u_rms"), "{:.3f}"),
        Column("published U_RMS", _best("u_rms", min), "{:.2f}"),
        Column("U_MAX", _value("u_max"), "{:.2f}"),
    ),
    "psplib": (
        Column("makespan", _value("value"), "{:g}"),
        Column("best known", _given("best_known"), "{:g}"),
        Column("above it", _above("best_known"), "{:.2%}", mean=True),
        Column("OR-Tools, 900 s, 8 cores", _given("ortools_900s_8c"), "{:g}"),
    ),
    "mspsp": (
        Column("makespan", _value("value"), "{:g}"),
        Column("published", _given("best_known"), "{:g}"),
        Column("above it (better is 0)", _above("best_known", least=0.0), "{:.2%}", mean=True),
    ),
}
