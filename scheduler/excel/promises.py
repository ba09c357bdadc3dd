"""What an import may not take away: what bookings already hold, and what a project may still ask for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from sqlalchemy import func, select

from scheduler.bookings.models import Draw, Hold
from scheduler.calendars.models import Site
from scheduler.database import normal_code, session
from scheduler.excel.compare import Change, Comparison
from scheduler.excel.faults import HELD, OUT_OF_RANGE, Fault
from scheduler.excel.stored import Stored
from scheduler.excel.tables import Tables
from scheduler.intervals import Interval, peaks
from scheduler.requests.queries import SPENDS_QUOTA
from scheduler.resources.models import Resource

Levels = list[tuple[datetime, datetime, int]]


def check_promises(comparison: Comparison, tables: Tables, stored: Stored) -> Iterator[Fault]:
    """Changes that bookings stand against, each with what to do about it."""
    for change in comparison.of("Resources", "changed"):
        yield from _check_resource(change, tables, stored)
    yield from _check_utilities(comparison, tables, stored)
    for change in comparison.of("Site", "changed"):
        if stored.site is not None and "time_zone" in change.values and _has_draws():
            message = "Days of the site are counted in its zone, and bookings stand on them."
            yield _fault(change, tables, "time_zone", HELD, message, f"Write {stored.site.time_zone}.")
    yield from _check_quotas(comparison, tables, stored)


def _fault(change: Change, tables: Tables, name: str, kind: str, message: str, remedy: str) -> Fault:
    table = tables.by_title.get(change.sheet.title)
    if table is None or change.row is None:
        return Fault(change.sheet.title, None, "", "", change.owner, kind, message, remedy)
    return table.fault(change.row, name, kind, message, remedy)


def _check_resource(change: Change, tables: Tables, stored: Stored) -> Iterator[Fault]:
    if change.record is None:
        return
    capacity = change.values.get("capacity")
    if capacity is not None and (seats := _seats_held([change.record.id])) > capacity:
        yield _fault(
            change,
            tables,
            "capacity",
            HELD,
            f"Bookings hold {seats} places of {change.owner} at once.",
            f"Write {seats} or more, or cancel bookings first.",
        )
    yield from _check_zone(change, tables, stored)
    if "whole" in change.values:
        wholes = [change.record.values["whole"], change.values["whole"]]
        ids = [
            stored.parents["Resources"][key].id
            for key in map(_key, wholes)
            if key in stored.parents["Resources"]
        ]
        if _seats_held([change.record.id, *ids]):
            yield _fault(
                change,
                tables,
                "whole",
                HELD,
                f"Bookings of {change.owner}, or of the whole, stand on what belongs together.",
                f"Write {wholes[0] or 'nothing'}, or cancel these bookings first.",
            )


def _check_zone(change: Change, tables: Tables, stored: Stored) -> Iterator[Fault]:
    """What is hazardous holds every place of its zone: neither changes under bookings that stand."""
    assert change.record is not None
    resources = stored.parents["Resources"]
    for name, own in (("zone", change.record.id), ("is_hazardous", change.record.id)):
        if name in change.values and _seats_held([own]):
            yield _fault(
                change,
                tables,
                name,
                HELD,
                f"Bookings of {change.owner} stand on the zone as it is.",
                "Leave it, or cancel these bookings first.",
            )
    standing = [
        record.id
        for record in resources.values()
        if record.values["is_hazardous"] and _key(record.values["zone"]) == _key(change.owner)
    ]
    if "capacity" in change.values and standing and _seats_held(standing):
        yield _fault(
            change,
            tables,
            "capacity",
            HELD,
            f"Hazardous bookings hold every place of {change.owner}.",
            f"Leave {change.record.values['capacity']}, or cancel these bookings first.",
        )


def _key(code: str | None) -> str:
    return normal_code(code or "")


def _seats_held(resource_ids: Iterable[int]) -> int:
    statement = (
        select(func.max(Hold.seat))
        .join(Resource, Resource.holdable_id == Hold.holdable_id)
        .where(Resource.id.in_(list(resource_ids)))
    )
    return session.scalar(statement) or 0


def _has_draws() -> bool:
    return session.scalar(select(Draw.id).limit(1)) is not None


def _check_utilities(comparison: Comparison, tables: Tables, stored: Stored) -> Iterator[Fault]:
    """Each utility whose capacity changes: what is drawn of it must still fit."""
    causes: dict[str, tuple[Change, str]] = {}
    for change in comparison.of("Levels"):
        if change.row is not None or _key(change.owner) not in causes:
            edited = [name for name in ("capacity", "ends_at", "starts_at") if name in change.values]
            causes[_key(change.owner)] = (change, edited[0] if edited else "capacity")
    for change in comparison.of("Utilities", "changed"):
        if named := [name for name in ("capacity", "per") if name in change.values]:
            causes[_key(change.owner)] = (change, named[0])
    for key, (change, name) in causes.items():
        record = stored.parents["Utilities"].get(key)
        if record is None:
            continue
        values = dict(record.values)
        for other in comparison.of("Utilities", "changed"):
            if _key(other.owner) == key:
                values |= other.values
        levels = _levels_after(key, comparison, stored)
        over = _overdrawn(record.id, values["capacity"], values["per"], levels)
        if over is not None:
            moment, drawn, capacity = over
            yield _fault(
                change,
                tables,
                name,
                HELD,
                f"Bookings draw {drawn} of {change.owner} on {moment:%Y-%m-%d}, more than {capacity}.",
                f"Leave {drawn} or more, or cancel bookings first.",
            )


def _levels_after(key: str, comparison: Comparison, stored: Stored) -> Levels:
    rows = {record.id: record.values for record in stored.children["Levels"].get(key, ())}
    added = []
    for change in comparison.of("Levels"):
        if _key(change.owner) != key:
            continue
        if change.record is None:
            added.append(change.values)
        elif change.action == "removed":
            rows.pop(change.record.id)
        else:
            rows[change.record.id] = rows[change.record.id] | change.values
    return [(v["starts_at"], v["ends_at"], v["capacity"]) for v in (*rows.values(), *added)]


def _overdrawn(
    utility_id: int, capacity: int, per: str, levels: Levels
) -> tuple[datetime | date, int, int] | None:
    """The first time at which more is drawn than there would be: when, how much, of what."""

    def capacity_at(moment: datetime) -> int:
        return min((most for start, end, most in levels if start <= moment < end), default=capacity)

    draws = session.execute(
        select(Draw.starts_at, Draw.ends_at, Draw.amount, Draw.on_day).where(Draw.utility_id == utility_id)
    ).all()
    if per == "day":
        by_day: dict[date, list[tuple[datetime, int]]] = defaultdict(list)
        for start, _, amount, on_day in draws:
            by_day[on_day].append((start, amount))
        for on_day, parts in sorted(by_day.items()):
            drawn, most = sum(amount for _, amount in parts), min(capacity_at(start) for start, _ in parts)
            if drawn > most:
                return on_day, drawn, most
        return None
    loads = list(peaks((Interval(start, end), amount) for start, end, amount, _ in draws))
    edges = sorted({moment for start, end, _ in levels for moment in (start, end)})
    for index, (moment, load) in enumerate(loads):
        until = loads[index + 1][0] if index + 1 < len(loads) else moment
        for at in (moment, *(edge for edge in edges if moment < edge < until)):
            if load > capacity_at(at):
                return at, load, capacity_at(at)
    return None


def _check_quotas(comparison: Comparison, tables: Tables, stored: Stored) -> Iterator[Fault]:
    """What is newly approved must fit into the quota of its project, in the order of the rows."""
    quotas = {key: record.values["quota_minutes"] for key, record in stored.parents["Projects"].items()}
    for change in comparison.of("Projects", "added", "changed"):
        if "quota_minutes" in change.values:
            quotas[_key(change.owner)] = change.values["quota_minutes"]
    if not any(quota is not None for quota in quotas.values()):
        return
    changed = {_key(change.owner): change for change in comparison.of("Requests", "added", "changed")}
    spent: dict[str, int] = defaultdict(int)
    for key, record in stored.parents["Requests"].items():
        if key not in changed and record.values["state"] in SPENDS_QUOTA:
            spent[_key(record.values["project"])] += record.values["wish_minutes"]
    for key, change in changed.items():
        before = stored.parents["Requests"][key].values if key in stored.parents["Requests"] else {}
        after = before | change.values
        project = _key(after["project"])
        quota = quotas.get(project)
        if after["state"] not in SPENDS_QUOTA or quota is None:
            continue
        wish = after["wish_minutes"]
        was_counted = before.get("state") in SPENDS_QUOTA and _key(before.get("project")) == project
        if spent[project] + wish > quota and not (was_counted and wish <= before["wish_minutes"]):
            left = max(0, quota - spent[project])
            yield _fault(
                change,
                tables,
                "wish_minutes",
                OUT_OF_RANGE,
                f"{after['project']} has {left} of {quota} min left, this takes {wish}.",
                f"Write at most {left}, or raise its quota."
                if left
                else "Raise its quota, or decline others.",
            )
        spent[project] += wish


def target_site_fault(tables: Tables, site: Site | None) -> Fault | None:
    """A workbook of another site, or of several."""
    table = tables.by_title.get("Site")
    if table is None:
        return None
    for row in table.rows[1:]:
        if row.get("code"):
            return table.fault(row, "code", HELD, "A workbook holds one site.", "Delete this row.")
    for row in table.rows[:1]:
        code = row.get("code")
        if code and site is not None and _key(code) != _key(site.code):
            return table.fault(
                row,
                "code",
                HELD,
                f"This is the instance of {site.code}.",
                f"Write {site.code}, or import into another instance (MARKAZ_INSTANCE).",
            )
    return None
