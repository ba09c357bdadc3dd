"""Only the room of bookings makes holds and draws: there is one door, and no path beside it."""

import ast

import pytest

from scheduler.__main__ import ROOT

GUARDED = {"Booking", "BookingPerson", "BookingResource", "BookingUtility", "Hold", "Draw"}
ROWS = "scheduler.bookings.models"


def makers(source: str) -> list[str]:
    """Guarded rows that a module makes or inserts, under the names by which it imports them."""
    tree = ast.parse(source)
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if node.module == ROWS and alias.name in GUARDED:
                    names.add(alias.asname or alias.name)
                if f"{node.module}.{alias.name}" == ROWS:
                    names |= {f"{alias.asname or alias.name}.{row}" for row in GUARDED}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            inserted = ast.unparse(node.args[0]) if called.endswith("insert") and node.args else ""
            found += [name for name in (called, inserted) if name in names]
    return found


def test_no_other_room_makes_what_the_database_guards():
    guilty = {}
    for path in (ROOT / "scheduler").rglob("*.py"):
        if not path.is_relative_to(ROOT / "scheduler" / "bookings"):
            made = makers(path.read_text(encoding="utf-8"))
            if made:
                guilty[path.relative_to(ROOT).as_posix()] = made
    assert guilty == {}


@pytest.mark.parametrize(
    "planted",
    [
        "from scheduler.bookings.models import Hold\nHold(booking_id=1)",
        "from scheduler.bookings.models import Draw as Taken\nsession.add(Taken())",
        "from scheduler.bookings import models as rows\nrows.Hold(seat=2)",
        "from scheduler.bookings.models import Draw\nsession.execute(insert(Draw), values)",
    ],
)
def test_a_planted_one_is_seen(planted):
    assert makers(planted)


def test_a_look_at_them_is_no_making():
    assert makers("from scheduler.bookings.models import Hold\nselect(Hold).where(Hold.seat == 1)") == []
