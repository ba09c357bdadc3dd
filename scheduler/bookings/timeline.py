"""What a timeline shows: stays on rows become blocks with a place, a label and a name that says all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler.bookings.axis import Axis
from scheduler.calendars.words import interval_words, moment_words
from scheduler.intervals import Interval, intersect, subtract, total_minutes, union

KIND_LETTERS = {"R&D": "r", "training": "t", "application": "a"}
KIND_WORDS = {"r": "R&D", "t": "Training", "a": "Application", "x": "Busy", "n": "No project"}


@dataclass(frozen=True)
class Stay:
    """One booking, or draft of one, on one row.

    Parameters
    ----------
    occupied, run
        What it takes there, and the part of it that is the run; the rest is setup and teardown.
    kind
        Letter of the kind of project: r, t, a; x is confidential to the reader, n is of no project.
    labels
        The longest first; the browser writes the longest that fits.
    says
        Title and where, for the accessible name.
    marks
        Icon and word: ("lock", "frozen").
    """

    occupied: Interval
    run: Interval | None
    kind: str
    labels: tuple[str, ...]
    says: str
    href: str | None = None
    marks: tuple[tuple[str, str], ...] = ()
    is_tentative: bool = False
    is_duty: bool = False


@dataclass(frozen=True)
class Changing:
    """A changeover on a row: `label` is A→C."""

    interval: Interval
    label: str


@dataclass(frozen=True)
class Pause:
    """An outage or absence: `words` say what and until when."""

    interval: Interval
    words: str


@dataclass(frozen=True)
class RowFacts:
    """A resource or person in the span. `capacity` is how much of it there is at once."""

    code: str
    name: str
    open: Sequence[Interval]
    stays: Sequence[Stay]
    changeovers: Sequence[Changing] = ()
    pauses: Sequence[Pause] = ()
    capacity: int = 1
    is_person: bool = False
    most_minutes: int | None = None


@dataclass(frozen=True)
class Block:
    """One thing drawn in a row, from one minute of the axis to another."""

    look: str
    from_minute: int
    until_minute: int
    kind: str = ""
    labels: tuple[str, ...] = ()
    name: str = ""
    href: str | None = None
    marks: tuple[tuple[str, str], ...] = ()
    is_tentative: bool = False
    starts_before: bool = False
    ends_after: bool = False
    lane: int = 0


@dataclass(frozen=True)
class Row:
    """`used_minutes` of `open_minutes`; for people the hours on duty of the limit of the week."""

    code: str
    name: str
    used_minutes: float
    open_minutes: float | None
    blocks: tuple[Block, ...]
    lanes: int = 1
    is_person: bool = False

    @property
    def used_percent(self) -> int | None:
        if not self.open_minutes:
            return None
        return round(100 * self.used_minutes / self.open_minutes)

    @property
    def used_hours(self) -> str:
        return f"{round(self.used_minutes / 60, 1):g}"

    @property
    def open_hours(self) -> str | None:
        return f"{round(self.open_minutes / 60, 1):g}" if self.open_minutes else None

    @property
    def is_full(self) -> bool:
        return bool(self.open_minutes) and self.used_minutes >= (self.open_minutes or 0)

    @property
    def says(self) -> str:
        """The row in words, its share with what it is of."""
        name = f"{self.code} {self.name}".strip()
        if self.is_person:
            limit = f" of at most {self.open_hours}" if self.open_hours else ""
            return f"{name}, {self.used_hours}{limit} hours on duty"
        if self.open_hours is None:
            return f"{name}, no open hours"
        return f"{name}, {self.used_hours} of {self.open_hours} open hours in use"

    @property
    def bars(self) -> list[Block]:
        return [block for block in self.blocks if block.look in ("run", "duty")]


@dataclass(frozen=True)
class RowGroup:
    name: str
    rows: tuple[Row, ...]

    @property
    def is_folded(self) -> bool:
        """A group in which nothing happens starts folded."""
        return not any(row.bars for row in self.rows)


@dataclass(frozen=True)
class Timeline:
    axis: Axis
    groups: tuple[RowGroup, ...]
    now: datetime | None = None
    day_shares: dict[str, int] = field(default_factory=dict)

    @property
    def now_minute(self) -> int | None:
        """Where the line of the present stands; None in another week."""
        span = self.axis.span
        if self.now is None or not span.start <= self.now < span.end:
            return None
        return self.axis.minute(self.now)

    @property
    def now_words(self) -> str:
        return f"{self.now.astimezone(self.axis.zone):%H:%M}" if self.now else ""

    @property
    def rows(self) -> list[Row]:
        return [row for group in self.groups for row in group.rows]


def draw_row(facts: RowFacts, axis: Axis) -> Row:
    """A row with its closed time below and its bars above, overlapping ones in lanes."""
    span = axis.span
    stays = sorted(
        (stay for stay in facts.stays if stay.occupied.overlaps(span)),
        key=lambda stay: (stay.occupied.start, stay.occupied.end, stay.says),
    )
    lanes = lanes_of([stay.occupied for stay in stays])
    blocks = [*_ground(facts, axis)]
    for changing in facts.changeovers:
        if changing.interval.overlaps(span):
            words = f"Changeover {changing.label}, {interval_words(changing.interval, axis.zone)}"
            blocks.append(_block("changeover", changing.interval, axis, labels=(changing.label,), name=words))
    for stay, lane in zip(stays, lanes, strict=True):
        blocks.extend(replace(block, lane=lane) for block in _stay_blocks(stay, axis))
    if facts.is_person:
        used = sum(common.minutes for stay in stays if (common := stay.occupied.intersection(span)))
        available: float | None = facts.most_minutes
    else:
        used, available = use_of(facts, span)
    return Row(
        code=facts.code,
        name=facts.name,
        used_minutes=used,
        open_minutes=available,
        blocks=tuple(blocks),
        lanes=max(lanes, default=0) + 1,
        is_person=facts.is_person,
    )


def lanes_of(intervals: Sequence[Interval]) -> list[int]:
    """The first lane that is free for each of the intervals, which are sorted by their start."""
    free_from: list[datetime] = []
    lanes = []
    for interval in intervals:
        lane = next((lane for lane, end in enumerate(free_from) if end <= interval.start), len(free_from))
        if lane == len(free_from):
            free_from.append(interval.end)
        else:
            free_from[lane] = interval.end
        lanes.append(lane)
    return lanes


def labels_for(title: str, project_code: str, request_code: str) -> tuple[str, ...]:
    """Title, project code with the number of the request, project code: the longest first."""
    number = request_code[len(request_code.rstrip("0123456789")) :].lstrip("0")
    labels = [title]
    if project_code:
        if number:
            labels.append(f"{project_code} {number}")
        labels.append(project_code)
    return tuple(labels)


def use_of(facts: RowFacts, span: Interval) -> tuple[float, float]:
    """Open minutes of a facility within `span` that are taken, and all its open minutes there."""
    opened = subtract(intersect(facts.open, [span]), [pause.interval for pause in facts.pauses])
    taken = [stay.occupied for stay in facts.stays] + [change.interval for change in facts.changeovers]
    used = sum(total_minutes(intersect([interval], opened)) for interval in taken)
    return used, total_minutes(opened) * facts.capacity


def _ground(facts: RowFacts, axis: Axis) -> Iterable[Block]:
    opened = intersect(facts.open, [axis.span])
    if facts.is_person:
        for shift in opened:
            yield _block("shift", shift, axis)
    else:
        for closed in subtract([axis.span], opened):
            yield _block("closed", closed, axis)
    look = "absence" if facts.is_person else "outage"
    for pause in facts.pauses:
        if pause.interval.overlaps(axis.span):
            yield _block(look, pause.interval, axis, labels=(pause.words,), name=pause.words)


def _stay_blocks(stay: Stay, axis: Axis) -> Iterable[Block]:
    if stay.run is None:
        return
    for look, start, end in (
        ("setup", stay.occupied.start, stay.run.start),
        ("teardown", stay.run.end, stay.occupied.end),
    ):
        if end > start and Interval(start, end).overlaps(axis.span):
            words = f"{look.title()} of {stay.says}, {interval_words(Interval(start, end), axis.zone)}"
            yield _block(look, Interval(start, end), axis, kind=stay.kind, name=words)
    if stay.run.overlaps(axis.span):
        yield _block(
            "duty" if stay.is_duty else "run",
            stay.run,
            axis,
            kind=stay.kind,
            labels=stay.labels,
            name=_name(stay, axis.zone),
            href=stay.href,
            marks=stay.marks,
            is_tentative=stay.is_tentative,
        )


def _name(stay: Stay, zone: ZoneInfo) -> str:
    assert stay.run is not None
    parts = [stay.says]
    # A booking that is confidential to the reader is already called Busy.
    if stay.kind in "rta":
        parts.append(KIND_WORDS[stay.kind])
    parts.append(interval_words(stay.run, zone))
    if stay.occupied.start < stay.run.start:
        parts.append(f"setup from {moment_words(stay.occupied.start, zone)}")
    if stay.occupied.end > stay.run.end:
        parts.append(f"teardown until {moment_words(stay.occupied.end, zone)}")
    parts.extend(word for _, word in stay.marks)
    return ", ".join(parts)


def _block(look: str, interval: Interval, axis: Axis, **values: object) -> Block:
    return Block(
        look=look,
        from_minute=axis.minute(interval.start),
        until_minute=axis.minute(interval.end),
        starts_before=interval.start < axis.span.start,
        ends_after=interval.end > axis.span.end,
        **values,  # type: ignore[arg-type]
    )


def provisional_marks(run: Interval, days: Iterable[Interval]) -> tuple[tuple[str, str], ...]:
    """The question mark of a booking that stands on a day that may become a holiday."""
    if any(run.overlaps(day) for day in union(days)):
        return (("question", "on a provisional holiday"),)
    return ()
