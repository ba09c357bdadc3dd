"""Faults that more than one cell shows: ends before starts, too little, too much, circles."""

from collections.abc import Callable, Iterator
from datetime import datetime

from scheduler.database import normal_code
from scheduler.excel.faults import CYCLE, END_BEFORE_START, OUT_OF_RANGE, PART_OF_ITSELF, Fault
from scheduler.excel.stored import Stored
from scheduler.excel.tables import Table, TableRow, Tables
from scheduler.excel.values import cell_text


def check_rows(tables: Tables, stored: Stored) -> list[Fault]:
    """What can be said of rows whose cells are in order one by one."""
    faults: list[Fault] = []
    for table in tables:
        for row in table.rows:
            faults.extend(_spans(table, row))
            check = _ROW_CHECKS.get(table.sheet.title)
            if check:
                faults.extend(check(table, row))
    faults.extend(_parts_of_themselves(tables, stored))
    faults.extend(_changeovers_of_many(tables, stored))
    return faults


def _spans(table: Table, row: TableRow) -> Iterator[Fault]:
    wrong_starts = set()
    for first, last in table.sheet.spans:
        start, end = row.get(first), row.get(last)
        # Where one end lies before it, the start may be what is wrong: that is said once.
        if start is None or end is None or first in wrong_starts:
            continue
        if end < start or (end == start and isinstance(end, datetime)):
            wrong_starts.add(first)
            words = _as_written(table, row, last), _as_written(table, row, first)
            how = "is not after its start" if end == start else "is before its start"
            yield table.fault(
                row,
                last,
                END_BEFORE_START,
                f"The end {words[0]} {how}, {words[1]}.",
                "Write a later end, or an earlier start.",
            )


def _as_written(table: Table, row: TableRow, name: str) -> str:
    place = next(n for n, column in table.header.places.items() if column.field == name)
    return cell_text(row.cells[place - 1])


def _check_request(table: Table, row: TableRow) -> Iterator[Fault]:
    wish = row.get("wish_minutes")
    for name, title in (("least_minutes", "Least min"), ("least_part_minutes", "Least part min")):
        minutes = row.get(name)
        if wish is not None and minutes is not None and minutes > wish:
            yield table.fault(
                row,
                name,
                OUT_OF_RANGE,
                f"{title} {minutes} is more than Wish min {wish}.",
                f"Write at most {wish}, or leave it blank.",
            )


def _check_precedence(table: Table, row: TableRow) -> Iterator[Fault]:
    least, most = row.get("min_lag_minutes"), row.get("max_lag_minutes")
    if least is not None and most is not None and most < least:
        yield table.fault(
            row,
            "max_lag_minutes",
            OUT_OF_RANGE,
            f"Max lag min {most} is less than Min lag min {least}.",
            f"Write {least} or more, or leave it blank.",
        )


def _check_changeover(table: Table, row: TableRow) -> Iterator[Fault]:
    names = ("from_configuration", "to_configuration", "minutes")
    if row.knows(*names) and row.values["minutes"] > 0:
        before, after = (normal_code(row.values[name] or "") for name in names[:2])
        if before and before == after:
            yield table.fault(
                row,
                "minutes",
                OUT_OF_RANGE,
                f"From and To are both {row.values['to_configuration']}, and nothing changes.",
                "Write 0, or another configuration.",
            )


_ROW_CHECKS: dict[str, Callable[[Table, TableRow], Iterator[Fault]]] = {
    "Requests": _check_request,
    "Precedences": _check_precedence,
    "Changeovers": _check_changeover,
}


def _parts_of_themselves(tables: Tables, stored: Stored) -> Iterator[Fault]:
    table = tables.by_title.get("Resources")
    if table is None:
        return
    wholes = {
        key: normal_code(record.values["whole"])
        for key, record in stored.parents["Resources"].items()
        if record.values["whole"]
    }
    for row in table.rows:
        if row.knows("code", "whole"):
            wholes.pop(normal_code(row.values["code"]), None)
    for row in table.rows:
        if not row.get("code") or not row.get("whole"):
            continue
        key = normal_code(row.values["code"])
        above: str | None = normal_code(row.values["whole"])
        seen = {key}
        while above is not None and above not in seen:
            seen.add(above)
            above = wholes.get(above)
        if above is None:
            wholes[key] = normal_code(row.values["whole"])
        else:
            yield table.fault(
                row,
                "whole",
                PART_OF_ITSELF,
                f"{row.values['code']} would be a part of itself.",
                "Write another resource, or nothing.",
            )


def _changeovers_of_many(tables: Tables, stored: Stored) -> Iterator[Fault]:
    """Changeovers mean something only where one booking follows another."""
    table = tables.by_title.get("Changeovers")
    if table is None:
        return
    capacities = {key: record.values["capacity"] for key, record in stored.parents["Resources"].items()}
    for row in tables.rows("Resources"):
        if row.get("code"):
            capacities[normal_code(row.values["code"])] = row.get("capacity") or 1
    told = set()
    for row in table.rows:
        key = normal_code(row.get("resource") or "")
        if capacities.get(key, 1) > 1 and row.get("minutes") and key not in told:
            told.add(key)
            yield table.fault(
                row,
                "resource",
                OUT_OF_RANGE,
                f"{row.values['resource']} takes {capacities[key]} bookings at once, "
                "so none of them follows another.",
                "Delete its changeovers, or write Capacity 1.",
            )


def check_cycles(tables: Tables, stored: Stored) -> list[Fault]:
    """Requests that wait for each other: one fault for each circle, at the row that closes it."""
    table = tables.by_title.get("Precedences")
    if table is None:
        return []
    edges = [
        (normal_code(row.values["before"]), normal_code(row.values["after"]), row)
        for row in table.rows
        if row.get("before") and row.get("after")
    ]
    named = {after for _, after, _ in edges}
    named |= {normal_code(row.values["code"]) for row in tables.rows("Requests") if row.get("code")}
    following: dict[str, set[str]] = {}
    for after, records in stored.children["Precedences"].items():
        if after not in named:
            for record in records:
                following.setdefault(normal_code(record.values["before"]), set()).add(after)
    suspects = _in_circles([*((b, a) for b, afters in following.items() for a in afters),
                            *((before, after) for before, after, _ in edges)])  # fmt: skip
    faults = []
    for before, after, row in edges:
        if before in suspects and after in suspects:
            path = _path(following, after, before)
            if path is not None:
                faults.append(_cycle(table, row, path))
                continue
        following.setdefault(before, set()).add(after)
    return faults


def _cycle(table: Table, row: TableRow, path: list[str]) -> Fault:
    before, after = row.values["before"], row.values["after"]
    if before == after:
        message = f"{after} would have to come after itself."
    elif len(path) == 2:
        message = f"{before} and {after} wait for each other."
    else:
        message = f"{after} already comes before {before}, over {len(path) - 2} other requests."
    return table.fault(row, "after", CYCLE, message, "Delete this row, or one of the others of the circle.")


def _in_circles(edges: list[tuple[str, str]]) -> set[str]:
    """Nodes left when all that nothing waits for, and all that wait for nothing, are taken away."""
    left = {node for edge in edges for node in edge}
    for here, there in ((0, 1), (1, 0)):
        count = dict.fromkeys(left, 0)
        outgoing: dict[str, list[str]] = {}
        for edge in edges:
            if edge[0] in left and edge[1] in left:
                count[edge[there]] += 1
                outgoing.setdefault(edge[here], []).append(edge[there])
        free = [node for node, number in count.items() if number == 0]
        while free:
            node = free.pop()
            left.discard(node)
            for other in outgoing.get(node, ()):
                count[other] -= 1
                if count[other] == 0:
                    free.append(other)
    return left


def _path(following: dict[str, set[str]], start: str, end: str) -> list[str] | None:
    """Nodes on a way from start to end, both included."""
    came_from: dict[str, str | None] = {start: None}
    waiting = [start]
    while waiting:
        node = waiting.pop()
        if node == end:
            path: list[str] = []
            step: str | None = node
            while step is not None:
                path.append(step)
                step = came_from[step]
            return path
        for other in following.get(node, ()):
            if other not in came_from:
                came_from[other] = node
                waiting.append(other)
    return None
