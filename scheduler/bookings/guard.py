"""The last word on double booking: what makes the database itself refuse, whatever path a write came by.

`install` belongs at the end of every migration that touches `hold`, `draw`, `holdable` or `utility`
(a rebuilt SQLite table loses its triggers without a word); `missing` is asked by tests and by
`markaz doctor`.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

NO_OVERLAP = "ex_hold_no_overlap"
SEAT = "ck_hold_seat_exists"
UTILITY = "ck_draw_within_capacity"

# Load of a utility at every moment at which it can have a new peak inside the new draw: its own
# start, the starts of other draws, and both ends of time with another capacity.
_OVER_CAPACITY = """
EXISTS (
  SELECT 1 FROM (
    SELECT NEW.starts_at AS moment
    UNION SELECT d.starts_at FROM draw d WHERE d.utility_id = NEW.utility_id
      AND d.starts_at > NEW.starts_at AND d.starts_at < NEW.ends_at
    UNION SELECT l.starts_at FROM utility_level l WHERE l.utility_id = NEW.utility_id
      AND l.starts_at > NEW.starts_at AND l.starts_at < NEW.ends_at
    UNION SELECT l.ends_at FROM utility_level l WHERE l.utility_id = NEW.utility_id
      AND l.ends_at > NEW.starts_at AND l.ends_at < NEW.ends_at
  ) p
  WHERE NEW.amount + COALESCE((
      SELECT SUM(d.amount) FROM draw d WHERE d.utility_id = NEW.utility_id AND d.id <> NEW.id
        AND d.starts_at <= p.moment AND d.ends_at > p.moment), 0)
    > COALESCE((
      SELECT MIN(l.capacity) FROM utility_level l WHERE l.utility_id = NEW.utility_id
        AND l.starts_at <= p.moment AND l.ends_at > p.moment),
      (SELECT u.capacity FROM utility u WHERE u.id = NEW.utility_id))
)
"""
_OVER_DAY = """
NEW.amount + COALESCE((
    SELECT SUM(d.amount) FROM draw d WHERE d.utility_id = NEW.utility_id AND d.id <> NEW.id
      AND d.on_day = NEW.on_day), 0)
  > COALESCE((
    SELECT MIN(l.capacity) FROM utility_level l WHERE l.utility_id = NEW.utility_id
      AND l.starts_at <= NEW.starts_at AND l.ends_at > NEW.starts_at),
    (SELECT u.capacity FROM utility u WHERE u.id = NEW.utility_id))
"""
_OVER = f"""
CASE (SELECT u.per FROM utility u WHERE u.id = NEW.utility_id)
  WHEN 'day' THEN {_OVER_DAY} ELSE {_OVER_CAPACITY} END
"""  # noqa: S608 - only constants of this file
_SEAT_MISSING = "NEW.seat > (SELECT h.seats FROM holdable h WHERE h.id = NEW.holdable_id)"
_OVERLAP = """
EXISTS (SELECT 1 FROM hold o WHERE o.holdable_id = NEW.holdable_id AND o.seat = NEW.seat
  AND o.id <> NEW.id AND o.starts_at < NEW.ends_at AND o.ends_at > NEW.starts_at)
"""

_HOLD_COLUMNS = "holdable_id, seat, starts_at, ends_at"
_DRAW_COLUMNS = "utility_id, amount, starts_at, ends_at, on_day"

# AFTER, not BEFORE: only then has a new row its id, so that it does not count itself twice.
SQLITE = {
    f"{name}_{moment.split()[0].lower()}": f"""
      CREATE TRIGGER {name}_{moment.split()[0].lower()} AFTER {moment} ON {table}
      WHEN {condition} BEGIN SELECT RAISE(ABORT, '{name}'); END"""
    for name, table, columns, condition in (
        (NO_OVERLAP, "hold", _HOLD_COLUMNS, _OVERLAP),
        (SEAT, "hold", _HOLD_COLUMNS, _SEAT_MISSING),
        (UTILITY, "draw", _DRAW_COLUMNS, _OVER),
    )
    for moment in ("INSERT", f"UPDATE OF {columns}")
}

# The ranges over integers need no extension; deferrable lets one transaction swap two bookings.
_PG_EXCLUDE = f"""
ALTER TABLE hold ADD CONSTRAINT {NO_OVERLAP} EXCLUDE USING gist (
  int8range(holdable_id, holdable_id, '[]') WITH &&,
  int4range(seat, seat, '[]') WITH &&,
  tstzrange(starts_at, ends_at, '[)') WITH &&
) DEFERRABLE INITIALLY IMMEDIATE
"""
_PG_FUNCTIONS = {
    SEAT: f"""
      CREATE OR REPLACE FUNCTION {SEAT}() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF {_SEAT_MISSING} THEN
          RAISE EXCEPTION '{SEAT}' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
      END $$""",
    UTILITY: f"""
      CREATE OR REPLACE FUNCTION {UTILITY}() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        -- one writer for each utility: without the lock two draws do not see each other;
        -- NO KEY, because the foreign key of the draw already holds a key share on the row
        PERFORM 1 FROM utility u WHERE u.id = NEW.utility_id FOR NO KEY UPDATE;
        IF ({_OVER}) THEN
          RAISE EXCEPTION '{UTILITY}' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
      END $$""",
}
_PG_TRIGGERS = {
    SEAT: f"CREATE TRIGGER {SEAT} AFTER INSERT OR UPDATE OF {_HOLD_COLUMNS} ON hold "
    f"FOR EACH ROW EXECUTE FUNCTION {SEAT}()",
    UTILITY: f"CREATE TRIGGER {UTILITY} AFTER INSERT OR UPDATE OF {_DRAW_COLUMNS} ON draw "
    f"FOR EACH ROW EXECUTE FUNCTION {UTILITY}()",
}


def install(connection: Connection) -> None:
    """Put every guard in place; those that stand are made anew."""
    remove(connection)
    if connection.dialect.name == "sqlite":
        for statement in SQLITE.values():
            connection.exec_driver_sql(statement)
        return
    connection.exec_driver_sql(_PG_EXCLUDE)
    for statement in (*_PG_FUNCTIONS.values(), *_PG_TRIGGERS.values()):
        connection.exec_driver_sql(statement)


def remove(connection: Connection) -> None:
    """Take the guards away: for migrations that rebuild a table, and for negative controls in tests."""
    if connection.dialect.name == "sqlite":
        for name in SQLITE:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        return
    connection.exec_driver_sql(f"ALTER TABLE hold DROP CONSTRAINT IF EXISTS {NO_OVERLAP}")
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {SEAT} ON hold")
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {UTILITY} ON draw")


def missing(connection: Connection) -> list[str]:
    """Names of guards that ought to be there and are not."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        expected: Iterable[str] = SQLITE
    else:
        found = connection.execute(
            text(
                "SELECT conname FROM pg_constraint "
                "WHERE conname = :no_overlap AND conrelid = 'hold'::regclass "
                "UNION SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
            ),
            {"no_overlap": NO_OVERLAP},
        )
        expected = (NO_OVERLAP, SEAT, UTILITY)
    present = set(found.scalars())
    return [name for name in expected if name not in present]


def lock(
    connection: Connection,
    holdable_ids: Iterable[int],
    utility_ids: Iterable[int] = (),
    project_ids: Iterable[int] = (),
    request_ids: Iterable[int] = (),
) -> None:
    """Wait until nobody else writes on any of these, always in one order, so that nobody deadlocks.

    Projects are those with a quota of hours, requests those that follow one another. SQLite needs no
    lock: `transaction()` has the only one for writing to the whole database.
    """
    if connection.dialect.name == "sqlite":
        return
    for holdable_id in sorted(set(holdable_ids)):
        connection.execute(text("SELECT pg_advisory_xact_lock(7001, :id)"), {"id": holdable_id})
    for utility_id in sorted(set(utility_ids)):
        connection.execute(text("SELECT pg_advisory_xact_lock(7002, :id)"), {"id": utility_id})
    for project_id in sorted(set(project_ids)):
        connection.execute(text("SELECT pg_advisory_xact_lock(7004, :id)"), {"id": project_id})
    for request_id in sorted(set(request_ids)):
        connection.execute(text("SELECT pg_advisory_xact_lock(7005, :id)"), {"id": request_id})


def refused_by(error: DBAPIError) -> str | None:
    """Which guard refused, if one did."""
    words = str(error.orig)
    return next((name for name in (NO_OVERLAP, SEAT, UTILITY) if name in words), None)
