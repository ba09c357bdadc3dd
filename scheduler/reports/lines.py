"""Rows of the utilisation workbook, and the columns that show them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.reports.queries import UtilisationFacts
from scheduler.reports.table import COUNT, HOURS, MOMENT, MONTH, SHARE, TEXT, Column
from scheduler.reports.utilisation import Minutes, Stay, total

NOTHING = "–"


@dataclass(frozen=True)
class Line:
    """A facility, or a month, with its figures."""

    code: str
    name: str
    kind: str
    capacity: int
    minutes: Minutes
    month: date | None = None


@dataclass(frozen=True)
class GroupLine:
    """A project, or a kind of project, with what it took; `of` are the figures of all facilities."""

    code: str
    name: str
    kind: str
    cost_code: str
    projects: int
    bookings: int
    minutes: Minutes
    asked_minutes: float
    of: Minutes


def facility_lines(facts: UtilisationFacts) -> list[Line]:
    figures = facts.figures
    return [
        Line(item.code, item.name, item.kind, item.capacity, figures.of_facility(item.code))
        for item in figures.facilities
    ]


def month_lines(facts: UtilisationFacts) -> list[Line]:
    return [Line("", "", "", 1, facts.figures.of_month(month), month) for month in facts.figures.months]


def project_lines(facts: UtilisationFacts) -> list[GroupLine]:
    lines = []
    for code, stays in sorted(facts.figures.grouped(lambda stay: stay.facts.project).items()):
        names = facts.projects.get(code)
        kind = names.kind if names else stays[0].facts.kind
        lines.append(
            _group_line(
                facts, code, names.name if names else "", kind, names.cost_code if names else "", stays
            )
        )
    return lines


def kind_lines(facts: UtilisationFacts) -> list[GroupLine]:
    groups = facts.figures.grouped(lambda stay: stay.facts.kind)
    return [_group_line(facts, kind, "", kind, "", stays) for kind, stays in sorted(groups.items())]


def held_as_part(facts: UtilisationFacts) -> float:
    """Minutes in which facilities are held only because a whole that they belong to is booked."""
    return sum(stay.booked for stay in facts.figures.stays if stay.facts.as_part_of)


def _group_line(
    facts: UtilisationFacts, code: str, name: str, kind: str, cost_code: str, stays: list[Stay]
) -> GroupLine:
    asked = [stay for stay in facts.figures.stays if not stay.facts.as_part_of]
    return GroupLine(
        code=code,
        name=name,
        kind=kind,
        cost_code=cost_code,
        projects=len({stay.facts.project for stay in stays}),
        bookings=len({stay.facts.booking_id for stay in stays}),
        minutes=total(_as_minutes(stay) for stay in stays),
        asked_minutes=sum(stay.booked for stay in asked),
        of=facts.figures.all,
    )


def _as_minutes(stay: Stay) -> Minutes:
    return Minutes(
        productive=stay.productive,
        setup=stay.setup + stay.teardown,
        changeover=stay.changeover,
        outside=stay.outside,
    )


def hours_columns() -> list[Column]:
    """Calendar, less what is closed and out, is what there was; then what it went into."""
    return [
        _hours("calendar", "Calendar h"),
        _hours("closed", "− Closed h"),
        _hours("outage", "− Outage h"),
        _hours("available", "= Available h", is_strong=True),
        *booked_columns(),
        _hours("idle", "Idle h"),
        Column(
            "utilisation",
            "Utilisation, % of available",
            12,
            SHARE,
            lambda line: _or_nothing(line.minutes.utilisation),
            'IF({available}=0,"–",({booked}-{outside})/{available})',
            is_strong=True,
        ),
        Column(
            "productive_share",
            "Productive, % of booked",
            12,
            SHARE,
            lambda line: _or_nothing(line.minutes.productive_share),
            'IF({booked}=0,"–",{productive}/{booked})',
        ),
    ]


def booked_columns() -> list[Column]:
    return [
        _hours("booked", "Booked h", is_strong=True),
        _hours("productive", "of it productive h"),
        Column(
            "setup",
            "of it setup h",
            11,
            HOURS,
            lambda line: (line.minutes.setup + line.minutes.changeover) / 60,
            "sum",
        ),
        _hours("changeover", "of setup: changeover h", width=12),
        _hours("outside", "of booked: outside available h", width=12),
    ]


def facility_columns() -> list[Column]:
    return [
        Column("code", "Facility", 11, TEXT, lambda line: line.code, is_strong=True),
        Column("name", "Name", 25, TEXT, lambda line: line.name),
        Column("kind", "Kind", 11, TEXT, lambda line: line.kind),
        Column("capacity", "Places", 7, COUNT, lambda line: line.capacity),
        *hours_columns(),
    ]


def month_columns() -> list[Column]:
    return [
        Column("month", "Month", 22, MONTH, lambda line: line.month, is_strong=True),
        *hours_columns(),
    ]


def project_columns() -> list[Column]:
    return [
        Column("code", "Project", 12, TEXT, lambda line: line.code, is_strong=True),
        Column("name", "Name", 34, TEXT, lambda line: line.name),
        Column("kind", "Kind", 12, TEXT, lambda line: line.kind),
        Column("cost_code", "Cost code", 12, TEXT, lambda line: line.cost_code),
        *_group_columns(),
    ]


def kind_columns() -> list[Column]:
    return [
        Column("kind", "Kind of project", 24, TEXT, lambda line: line.kind, is_strong=True),
        Column("projects", "Projects", 9, COUNT, lambda line: line.projects, "sum"),
        *_group_columns(),
    ]


def _group_columns() -> list[Column]:
    return [
        Column("bookings", "Bookings", 9, COUNT, lambda line: line.bookings, "sum"),
        *booked_columns(),
        Column(
            "of_booked",
            "% of all booked h",
            11,
            SHARE,
            lambda line: _share(line.minutes.booked, line.asked_minutes),
            "sum",
        ),
        Column(
            "of_available",
            "Used, % of available h of all facilities",
            13,
            SHARE,
            lambda line: _share(line.minutes.used, line.of.available),
            "sum",
        ),
    ]


def stay_columns(zone: ZoneInfo) -> list[Column]:
    """Every booking on every facility, month by month: the totals of all sheets are sums of these."""
    return [
        Column("booking", "Booking", 8, "0", lambda stay: stay.facts.booking_id),
        Column("part", "Part", 5, "0", lambda stay: stay.facts.part_no),
        Column("facility", "Facility", 10, TEXT, lambda stay: stay.facts.facility, is_strong=True),
        Column("as_part_of", "Held as part of", 10, TEXT, lambda stay: stay.facts.as_part_of),
        Column("project", "Project", 10, TEXT, lambda stay: stay.facts.project),
        Column("kind", "Kind", 10, TEXT, lambda stay: stay.facts.kind),
        Column("title", "Title", 34, TEXT, lambda stay: stay.facts.title),
        Column("state", "State", 10, TEXT, lambda stay: stay.facts.state),
        Column("month", "Counted in", 9, MONTH, lambda stay: stay.month),
        Column("from", "Run from", 20, MOMENT, lambda stay: wall(stay.facts.run.start, zone)),
        Column("until", "Run until", 20, MOMENT, lambda stay: wall(stay.facts.run.end, zone)),
        _stay_hours("productive", "Productive h"),
        _stay_hours("setup", "Setup h"),
        _stay_hours("teardown", "Teardown h"),
        _stay_hours("changeover", "Change-over h"),
        _stay_hours("booked", "Booked h", is_strong=True),
        _stay_hours("outside", "of it outside available h"),
    ]


def demand_columns(zone: ZoneInfo) -> list[Column]:
    def moment(value: datetime | None) -> Any:
        return wall(value, zone) if value else NOTHING

    return [
        Column("code", "Request", 12, TEXT, lambda item: item.facts.code, is_strong=True),
        Column("title", "Title", 36, TEXT, lambda item: item.facts.title),
        Column("project", "Project", 10, TEXT, lambda item: item.facts.project),
        Column("kind", "Kind", 11, TEXT, lambda item: item.facts.kind),
        Column("priority", "Priority", 8, "0", lambda item: item.facts.priority),
        Column("state", "State", 10, TEXT, lambda item: item.facts.state),
        Column("earliest", "Window from", 20, MOMENT, lambda item: moment(item.facts.earliest)),
        Column("latest", "Window until", 20, MOMENT, lambda item: moment(item.facts.latest)),
        Column("outcome", "Outcome", 11, TEXT, lambda item: item.outcome),
        Column("asked", "Asked h", 9, HOURS, lambda item: item.facts.wish_minutes / 60, "sum"),
        Column("placed", "Placed h", 9, HOURS, lambda item: item.placed / 60, "sum", is_strong=True),
        Column(
            "unmet",
            "Unmet h",
            9,
            HOURS,
            lambda item: NOTHING if item.unmet is None else item.unmet / 60,
            "sum",
            is_strong=True,
        ),
    ]


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """Wall time of the site: a cell of Excel knows no zone."""
    return moment.astimezone(zone).replace(tzinfo=None)


def _hours(key: str, head: str, *, width: float = 11, is_strong: bool = False) -> Column:
    return Column(key, head, width, HOURS, lambda line: getattr(line.minutes, key) / 60, "sum", is_strong)


def _stay_hours(key: str, head: str, *, is_strong: bool = False) -> Column:
    return Column(key, head, 9.5, HOURS, lambda stay: getattr(stay, key) / 60, "sum", is_strong)


def _share(part: float, whole: float) -> Any:
    return part / whole if whole else NOTHING


def _or_nothing(share: float | None) -> Any:
    return NOTHING if share is None else share
