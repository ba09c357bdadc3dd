"""What the desk is measured against: the same guard on the same tables, and nothing else.

    python -m tests.benchmarks.desk_control DATABASE_URL rows|sql

One write transaction, the guard's lock, a look for an overlap, the rows, one commit, with the triggers and
constraints that stand in the database; no sign-in, rules, audit, key, outbox or undo. `rows` does it with
the product's own `transaction`, guard and rows, so that what differs is the checks; `sql` with three
statements of plain SQL. Says its port, and ends when its standard input does.
"""

import os
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, jsonify, request
from sqlalchemy import Engine, text
from waitress import create_server

import scheduler.models  # noqa: F401 - every table that these refer to
from scheduler.bookings import guard, holding
from scheduler.bookings.models import Booking, BookingResource, Hold
from scheduler.database import configure, session, transaction
from scheduler.intervals import Interval
from scheduler.serve import THREADS

OVERLAP = text(
    "SELECT booking_id FROM hold WHERE holdable_id = :holdable"
    " AND starts_at < :end AND ends_at > :start LIMIT 1"
)
BOOKING = text(
    "INSERT INTO booking (site_id, title, state, part_no, version, created_at, updated_at,"
    " starts_at, ends_at, occupied_from, occupied_until)"
    " VALUES (1, :title, 'booked', 1, 1, :now, :now, :start, :end, :start, :end) RETURNING id"
)
USE = text("INSERT INTO booking_resource (booking_id, resource_id) VALUES (:booking, :resource)")
HOLD = text(
    "INSERT INTO hold (booking_id, holdable_id, seat, kind, starts_at, ends_at)"
    " VALUES (:booking, :holdable, 1, 'use', :start, :end)"
)
WEEK = text(
    "SELECT b.id, b.title, b.state, b.starts_at, b.ends_at, b.occupied_from, b.occupied_until, r.code"
    " FROM booking b JOIN booking_resource u ON u.booking_id = b.id JOIN resource r ON r.id = u.resource_id"
    " WHERE b.site_id = 1 AND b.state = 'booked' AND b.occupied_from < :until AND b.occupied_until > :from"
    " ORDER BY b.occupied_from, b.id"
)


def application(engine: Engine, way: str) -> Flask:
    """Two addresses: POST / books, GET / is a week."""
    app = Flask(__name__)
    moment = _as_stored(engine)
    put = _plain_sql(engine, moment) if way == "sql" else _rows

    @app.post("/")
    def book() -> tuple[Response, int]:
        asked: dict[str, Any] = request.get_json()
        start = datetime.fromisoformat(asked["start"]).astimezone(UTC)
        booking = put(asked, Interval.lasting(start, asked["minutes"]))
        return (jsonify(taken=True), 409) if booking is None else (jsonify(id=booking), 201)

    @app.teardown_appcontext
    def _close(_error: BaseException | None) -> None:
        session.remove()

    @app.get("/")
    def week() -> Response:
        span = [datetime.fromisoformat(request.args[name]).astimezone(UTC) for name in ("from", "until")]
        with engine.connect() as connection:
            found = connection.execute(WEEK, {"from": moment(span[0]), "until": moment(span[1])})
            return jsonify(bookings=[_as_json(row) for row in found])

    return app


def _rows(asked: dict[str, Any], run: Interval) -> int | None:
    """Book with the product's transaction, guard and rows."""
    with transaction():
        guard.lock(session.connection(), [asked["holdable"]])
        seats = holding.take_seats(holding.Claim(asked["holdable"], "use", run), 1)
        if seats is None:
            return None
        times = {"starts_at": run.start, "ends_at": run.end}
        occupied = {"occupied_from": run.start, "occupied_until": run.end}
        booking = Booking(site_id=1, title=asked["title"], **times, **occupied)
        booking.uses = [BookingResource(resource_id=asked["resource"])]
        booking.holds = [Hold(holdable_id=asked["holdable"], kind="use", seat=seats[0], **times)]
        session.add(booking)
        session.flush()
        return booking.id


def _plain_sql(engine: Engine, moment: Callable[[datetime], Any]) -> Callable[..., int | None]:
    writing = engine.execution_options(markaz_writes=True)

    def put(asked: dict[str, Any], run: Interval) -> int | None:
        values = asked | {
            "start": moment(run.start),
            "end": moment(run.end),
            "now": moment(datetime.now(UTC)),
        }
        with writing.begin() as connection:
            guard.lock(connection, [asked["holdable"]])
            if connection.execute(OVERLAP, values).scalar() is not None:
                return None
            booking: int = connection.execute(BOOKING, values).scalar_one()
            connection.execute(USE, values | {"booking": booking})
            connection.execute(HOLD, values | {"booking": booking})
        return booking

    return put


def _as_json(row: Any) -> dict[str, Any]:
    found = dict(row._mapping)
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in found.items()
    }


def _as_stored(engine: Engine) -> Callable[[datetime], Any]:
    """A moment as the database keeps it: SQLite as text of one width."""
    if engine.dialect.name == "sqlite":
        return lambda value: value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return lambda value: value


def main(url: str, way: str) -> None:
    engine = configure(url)
    for row_type in (Booking, BookingResource):
        row_type.is_audited = False
    server = create_server(application(engine, way), host="127.0.0.1", port=0, threads=THREADS, ident=None)
    threading.Thread(target=_end_with_the_benchmark, daemon=True).start()
    print(server.effective_port, flush=True)
    server.run()


def _end_with_the_benchmark() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
