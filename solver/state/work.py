"""When those on an activity are at work: runs that pause while closed, duties that people share.

A *piece* is a stretch of work without a break, a *duty* the pieces that the same people are there for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from solver.problem import Activity, Mode, Need, Phase, Resource, Window
from solver.state.masks import interval, spans, union

Span = tuple[int, int]
Spans = tuple[Span, ...]
"""Pieces in order of time; none is empty, and no two touch."""

_EVER = 1 << 60
"""Later than any tick, and before none: pins may stick out of the horizon at both ends."""


def phase_span(activity: Activity, phase: Phase, start: int, duration: int) -> Span:
    """Ticks ``[start, end)`` of a phase of a part that starts at `start` and runs `duration` ticks."""
    run = start + activity.setup
    if phase == "setup":
        return start, run
    if phase == "run":
        return run, run + duration
    if phase == "teardown":
        return run + duration, run + duration + activity.teardown
    return start, run + duration + activity.teardown


def length(activity: Activity, duration: int) -> int:
    """Ticks that a part with a run of `duration` occupies."""
    return activity.setup + duration + activity.teardown


def relay(pieces: Spans, longest: int | None) -> tuple[Spans, ...]:
    """The duties into which work is shared so that none is longer than `longest` ticks.

    >>> relay(((0, 5),), 2)
    (((0, 2),), ((2, 4),), ((4, 5),))
    >>> relay(((0, 3), (8, 11)), 4)
    (((0, 3),), ((8, 11),))
    """
    ticks = sum(end - start for start, end in pieces)
    if not ticks:
        return ()
    if longest is None or ticks <= longest:
        return (pieces,)
    each = -(-ticks // -(-ticks // longest))
    found: list[Spans] = []
    duty: list[Span] = []
    left = each
    for start, end in pieces:
        while start < end:
            stop = min(end, start + left)
            duty.append((start, stop))
            left -= stop - start
            start = stop
            if not left:
                found.append(tuple(duty))
                duty, left = [], each
    if duty:
        found.append(tuple(duty))
    return tuple(found)


def shared(names: Sequence[str], count: int, duties: int) -> list[tuple[str, ...]]:
    """The names of a need duty by duty; whoever is named beyond `count` is on the last one."""
    rows = [tuple(names[k * count : (k + 1) * count]) for k in range(duties - 1)]
    return [*rows, tuple(names[(duties - 1) * count :])] if duties else []


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a piece begins or ends: at a tick, or so many ticks after the start of the part if it `moves`."""

    tick: int
    moves: bool

    def at(self, start: int) -> int:
        """The tick for one start of the part."""
        return self.tick + start if self.moves else self.tick


Piece = tuple[Edge, Edge]


@dataclass(frozen=True, slots=True)
class Shape:
    """The pieces of work of a part for some of its starts, all alike.

    Attributes
    ----------
    starts
        Mask of the starts of the part; `EVERY` if its run has no pause.
    run, whole
        Pieces of the run, and of setup, run and teardown together.
    duties
        For each need of the activity its duties, each of some pieces.
    """

    starts: int
    run: tuple[Piece, ...]
    whole: tuple[Piece, ...]
    duties: tuple[tuple[tuple[Piece, ...], ...], ...]


class Calendar:
    """When the resources of modes are all open, and what that makes of runs that pause.

    Resources that are not in the problem are passed over.
    """

    def __init__(self, resources: Iterable[Resource], horizon: int) -> None:
        self._horizon = horizon
        self._open = {each.id: each.open for each in resources}
        self._closed: dict[frozenset[str], Spans] = {}
        self._masks: dict[frozenset[str], int] = {}
        self._starts: dict[tuple[frozenset[str], int], dict[int, int]] = {}
        self._shapes: dict[tuple[str, str, int], tuple[Shape, ...]] = {}

    def closed(self, mode: Mode) -> Spans:
        """Times in which not all resources of a mode are open; those at the ends reach far beyond."""
        key = frozenset(mode.resources)
        if key not in self._closed:
            closed = [gap for name in key for gap in _gaps(self._open.get(name))]
            self._closed[key] = _joined(closed)
        return self._closed[key]

    def closed_mask(self, mode: Mode) -> int:
        """Ticks of the horizon in which not all resources of a mode are open."""
        key = frozenset(mode.resources)
        if key not in self._masks:
            self._masks[key] = union((a, min(b, self._horizon)) for a, b in self.closed(mode))
        return self._masks[key]

    def pieces(self, activity: Activity, mode: Mode, phase: Phase, start: int, duration: int) -> Spans:
        """The ticks of a phase of a part in which there is work: all of it, but for pauses of the run.

        A run that is not pinned has pauses only if it is longer than its wish.
        """
        span = phase_span(activity, phase, start, duration)
        if activity.closed != "pause" or phase in ("setup", "teardown"):
            return (span,) if span[0] < span[1] else ()
        if activity.pin is None and duration <= wish_of(activity, mode):
            return (span,)
        run = phase_span(activity, "run", start, duration)
        pauses = [(max(a, run[0]), min(b, run[1])) for a, b in self.closed(mode)]
        edges = [span[0], *(edge for a, b in pauses if a < b for edge in (a, b)), span[1]]
        return tuple((a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b)

    def duties(
        self, activity: Activity, mode: Mode, need: Need, start: int, duration: int
    ) -> tuple[Spans, ...]:
        """The duties of one need of a part, in order of time."""
        if need.longest is None and activity.closed != "pause":
            span = phase_span(activity, need.phase, start, duration)
            return ((span,),) if span[0] < span[1] else ()
        return relay(self.pieces(activity, mode, need.phase, start, duration), need.longest)

    def named(
        self, activity: Activity, mode: Mode, need: Need, names: Sequence[str], start: int, duration: int
    ) -> list[tuple[str, Span]]:
        """Whoever is on a need of a part, with each piece of work."""
        if need.longest is None and activity.closed != "pause":
            span = phase_span(activity, need.phase, start, duration)
            return [(name, span) for name in names] if span[0] < span[1] else []
        duties = self.duties(activity, mode, need, start, duration)
        if len(duties) == 1:
            return [(name, piece) for name in names for piece in duties[0]]
        rows = zip(shared(names, need.count, len(duties)), duties, strict=True)
        return [(name, piece) for people, pieces in rows for name in people for piece in pieces]

    def worked(self, activity: Activity, mode: Mode, start: int, duration: int) -> int:
        """Ticks of a run that count: all but the pauses."""
        if activity.closed != "pause":
            return duration
        return sum(end - begin for begin, end in self.pieces(activity, mode, "run", start, duration))

    def run_starts(self, mode: Mode, worked: int) -> dict[int, int]:
        """For each length that a run of so many open ticks can have the starts of the run, as a mask.

        It starts and ends in an open tick of the horizon.
        """
        key = frozenset(mode.resources), worked
        if key not in self._starts:
            full = interval(0, self._horizon)
            ticks = [t for a, b in spans(full & ~self.closed_mask(mode)) for t in range(a, b)]
            found: dict[int, int] = {}
            for start, last in zip(ticks, ticks[worked - 1 :], strict=False):
                duration = last + 1 - start
                found[duration] = found.get(duration, 0) | 1 << start
            self._starts[key] = dict(sorted(found.items()))
        return self._starts[key]

    def shapes(self, activity: Activity, mode: Mode, duration: int) -> tuple[Shape, ...]:
        """How the work of a part with a run of this length lies, for all starts that it can have."""
        key = activity.id, mode.id, duration
        if key not in self._shapes:
            self._shapes[key] = tuple(self._found_shapes(activity, mode, duration))
        return self._shapes[key]

    def _found_shapes(self, activity: Activity, mode: Mode, duration: int) -> Iterable[Shape]:
        if activity.closed != "pause" or duration <= wish_of(activity, mode):
            yield self._shape(activity, mode, 0, duration, -1)
            return
        starts = self.run_starts(mode, wish_of(activity, mode)).get(duration, 0) >> activity.setup
        alike: dict[Shape, int] = {}
        for begin, end in spans(starts):
            for start in range(begin, end):
                shape = self._shape(activity, mode, start, duration, 0)
                alike[shape] = alike.get(shape, 0) | 1 << start
        for shape, mask in alike.items():
            yield Shape(mask, shape.run, shape.whole, shape.duties)

    def _shape(self, activity: Activity, mode: Mode, start: int, duration: int, starts: int) -> Shape:
        """The shape of one start."""
        pauses = {edge for a, b in self.closed(mode) for edge in (a, b)} if starts == 0 else set()
        run = phase_span(activity, "run", start, duration)

        def edge(tick: int) -> Edge:
            fixed = tick in pauses and run[0] < tick < run[1]
            return Edge(tick, False) if fixed else Edge(tick - start, True)

        def edges(pieces: Spans) -> tuple[Piece, ...]:
            return tuple((edge(a), edge(b)) for a, b in pieces)

        return Shape(
            starts,
            edges(self.pieces(activity, mode, "run", start, duration)),
            edges(self.pieces(activity, mode, "all", start, duration)),
            tuple(
                tuple(edges(duty) for duty in self.duties(activity, mode, need, start, duration))
                for need in activity.needs
            ),
        )


def wish_of(activity: Activity, mode: Mode) -> int:
    """Ticks of run that are asked for in this mode."""
    return activity.wish if mode.wish is None else mode.wish


def _gaps(windows: Sequence[Window] | None) -> list[Span]:
    """What opening hours leave out, at the ends too; nothing where it is always open."""
    if windows is None:
        return []
    row = _joined((window.start, window.end) for window in windows)
    edges = [(-_EVER, -_EVER), *row, (_EVER, _EVER)]
    return [(one[1], other[0]) for one, other in pairwise(edges)]


def _joined(times: Iterable[Span]) -> Spans:
    """The same time, touching and overlapping spans made one, in order."""
    row: list[Span] = []
    for start, end in sorted(times):
        if row and start <= row[-1][1]:
            row[-1] = row[-1][0], max(end, row[-1][1])
        else:
            row.append((start, end))
    return tuple(row)


def neighbours(duties: Sequence[Sequence[Spans]]) -> dict[int, list[int]]:
    """For each duty, counted over all needs, those of the same need just before and after it."""
    found: dict[int, list[int]] = {}
    number = 0
    for own in duties:
        for k in range(len(own) - 1):
            found.setdefault(number + k, []).append(number + k + 1)
            found.setdefault(number + k + 1, []).append(number + k)
        number += len(own)
    return found


def cross(some: Spans, others: Spans) -> bool:
    """Whether any of the one share a tick with any of the others."""
    return any(meet(one, other) for one in some for other in others)


def meet(one: Span, other: Span) -> bool:
    """Whether both share a tick."""
    return one[0] < other[1] and other[0] < one[1]
