"""What must never be, asked of the database in SQL alone: no code of the rules, holds or seats is used.

From what was agreed (bookings, places, people, supplies), not from what the guard looks at.
"""

from sqlalchemy import text

from scheduler.database import engine, session

_LIVE = "b.state IN ('booked', 'needs repair', 'done')"

# Every place that a booking stands in: as agreed, the parts of a whole, and (once) its zone.
_STANDS = f"""
stands AS (
  SELECT b.id, r.id AS place, 0 AS is_zone, 1 AS seats, b.occupied_from AS a, b.occupied_until AS z
  FROM booking b JOIN booking_resource u ON u.booking_id = b.id JOIN resource r ON r.id = u.resource_id
  WHERE {_LIVE}
  UNION SELECT b.id, part.id, 0, 1, b.occupied_from, b.occupied_until
  FROM booking b JOIN booking_resource u ON u.booking_id = b.id JOIN resource part ON part.whole_id = u.resource_id
  WHERE {_LIVE}
  UNION SELECT b.id, zone.id, 1, MAX(CASE WHEN r.is_hazardous THEN h.seats ELSE 1 END),
    b.occupied_from, b.occupied_until
  FROM booking b JOIN booking_resource u ON u.booking_id = b.id JOIN resource r ON r.id = u.resource_id
  JOIN resource zone ON zone.id = r.zone_id JOIN holdable h ON h.id = zone.holdable_id
  WHERE {_LIVE} GROUP BY b.id, zone.id, b.occupied_from, b.occupied_until
)"""  # noqa: E501

_TIMES = """
CASE d.phase WHEN 'setup' THEN b.occupied_from WHEN 'teardown' THEN b.ends_at
  WHEN 'run' THEN b.starts_at ELSE b.occupied_from END AS a,
CASE d.phase WHEN 'setup' THEN b.starts_at WHEN 'teardown' THEN b.occupied_until
  WHEN 'run' THEN b.ends_at ELSE b.occupied_until END AS z"""

_DRAWS = f"""
drawn AS (
  SELECT b.id, d.utility_id, d.amount, {_TIMES}
  FROM booking b JOIN booking_utility d ON d.booking_id = b.id WHERE {_LIVE}
)"""

CHECKS = {
    # The load has its peaks where something begins.
    "more than the places that there are": f"""
      WITH {_STANDS} SELECT s.place, s.id FROM stands s JOIN resource r ON r.id = s.place
      JOIN holdable h ON h.id = r.holdable_id JOIN stands o ON o.place = s.place AND o.a <= s.a AND o.z > s.a
      GROUP BY s.place, s.id, s.a, h.seats HAVING SUM(o.seats) > h.seats""",
    "somebody at two places": f"""
      WITH busy AS (SELECT d.id, d.person_id, {_TIMES}
        FROM booking b JOIN booking_person d ON d.booking_id = b.id WHERE {_LIVE})
      SELECT one.id, other.id FROM busy one JOIN busy other
      ON other.person_id = one.person_id AND other.id > one.id AND other.a < one.z AND one.a < other.z
      AND one.a < one.z AND other.a < other.z""",
    "a crew at two places": f"""
      SELECT b.id, o.id FROM booking b JOIN booking o ON o.exclusion_group_id = b.exclusion_group_id
      AND o.id > b.id AND o.starts_at < b.ends_at AND b.starts_at < o.ends_at
      AND o.state IN ('booked', 'needs repair', 'done') WHERE {_LIVE}""",
    "more power than there is": f"""
      WITH {_DRAWS} SELECT s.utility_id, s.id FROM drawn s JOIN utility u ON u.id = s.utility_id
      JOIN drawn o ON o.utility_id = s.utility_id AND o.a <= s.a AND o.z > s.a
      WHERE u.per <> 'day' GROUP BY s.utility_id, s.id, s.a, u.capacity HAVING SUM(o.amount) > u.capacity""",
    "more a day than there is": f"""
      WITH {_DRAWS} SELECT s.utility_id, {{day}} AS day FROM drawn s
      JOIN utility u ON u.id = s.utility_id WHERE u.per = 'day'
      GROUP BY s.utility_id, u.capacity, {{day}} HAVING SUM(s.amount) > u.capacity""",
    "no room to change over": f"""
      WITH {_STANDS} SELECT s.id, n.id FROM stands s JOIN stands n ON n.place = s.place AND n.id <> s.id
      AND n.is_zone = 0 AND s.is_zone = 0 AND n.a >= s.z
      JOIN booking sb ON sb.id = s.id JOIN booking nb ON nb.id = n.id
      JOIN changeover c ON c.resource_id = s.place AND c.from_configuration = sb.configuration
      AND c.to_configuration = nb.configuration
      WHERE NOT EXISTS (SELECT 1 FROM stands m WHERE m.place = s.place AND m.a >= s.z AND m.z <= n.a)
      AND {{minutes}} < c.minutes""",
    "more hours of a project than it has": f"""
      SELECT p.id, p.code FROM project p JOIN booking b ON b.project_id = p.id WHERE {_LIVE}
      GROUP BY p.id, p.code, p.quota_minutes HAVING SUM({{run}}) > p.quota_minutes""",
    "one seat held twice": """
      SELECT a.id, b.id FROM hold a JOIN hold b ON b.holdable_id = a.holdable_id AND b.seat = a.seat
      AND b.id > a.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at""",
    "let go of and still held": "SELECT b.id, h.id FROM booking b JOIN hold h ON h.booking_id = b.id "
    "WHERE b.state = 'cancelled'",
    "booked and not held": "SELECT b.id, b.state FROM booking b WHERE b.state <> 'cancelled' "
    "AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.booking_id = b.id)",
}  # fmt: skip

_MINUTES = {
    "sqlite": "ROUND((julianday({z}) - julianday({a})) * 1440)",
    "postgresql": "EXTRACT(EPOCH FROM ({z} - {a})) / 60",
}


def wrong() -> list[str]:
    """Everything that must not be, as it stands in the database now."""
    minutes = _MINUTES[engine().dialect.name]
    names = {
        "minutes": minutes.format(a="s.z", z="n.a"),
        "day": "DATE(s.a)" if engine().dialect.name == "sqlite" else "DATE(s.a AT TIME ZONE 'UTC')",
        "run": minutes.format(a="b.starts_at", z="b.ends_at"),
    }
    session.rollback()
    found = [
        f"{what}: {tuple(row)}"
        for what, statement in CHECKS.items()
        for row in session.execute(text(statement.format(**names)))
    ]
    session.rollback()
    return found
