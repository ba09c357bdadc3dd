"""A repair in words: counts, reasons at the old place, and lines for a terminal."""

import pytest

from scheduler import cli
from scheduler.database import session, transaction
from scheduler.intervals import Interval
from scheduler.plans import commands, queries
from scheduler.plans.repair_words import count_words
from tests.centre import at, span
from tests.plans.repair_world import BEFORE, WEEK_NAME, World, facts, needing_repair
from tests.plans.week import WEEK


@pytest.fixture
def world(sqlite_database, monkeypatch):
    return World(monkeypatch)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, "nothing changes"),
        ({"moved": 1}, "1 booking moves"),
        ({"moved": 3, "dropped": 1}, "3 bookings move, 1 has no place"),
        ({"reassigned": 2, "in order": 1}, "2 bookings get other people, 1 is in order as it stands"),
    ],
)
def test_a_repair_is_counted(counts, words):
    assert count_words(counts) == words


def test_who_makes_room_says_for_whom(world):
    """What can lie nowhere but on Monday takes the place of one that can lie anywhere."""
    hit = world.booking_of("R-0")
    code = hit.resources[0].code
    other = "TV-2" if code == "TV-1" else "TV-1"
    with transaction():
        world.request("R-0").latest_at = at(0, 12)
    world.out(code, span(0, 0, 12))
    lines = {line.title: line for line in world.spoken(world.found()).lines}
    moved = lines.pop("Activity R-0")
    assert moved.after.resources == (other,)
    assert [line.why for line in lines.values()] == [("Makes room for Activity R-0.",)]


def test_who_loses_the_place_says_why_there_is_no_other(world):
    world.out("TV-1", WEEK)
    world.out("TV-2", WEEK)
    spoken = world.spoken(world.found())
    assert spoken.counts == {"dropped": 8}
    for line in spoken.lines:
        assert line.why[0].endswith("is out until Mon 7 Dec 00:00 (pump).")
        assert len(line.why) == 2
    assert spoken.summary == "8 bookings have no place"
    assert spoken.lost_minutes == 8 * 240


@pytest.fixture
def markaz(world, sqlite_database, capfd, monkeypatch, tmp_path):
    monkeypatch.setenv("MARKAZ_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("MARKAZ_DATABASE_URL", sqlite_database)
    monkeypatch.setattr(commands, "utc_now", lambda: BEFORE)

    def run(*words):
        with pytest.raises(SystemExit) as left:
            cli.main(list(words), prog_name="markaz")
        session.rollback()
        printed = capfd.readouterr()
        return left.value.code, printed.out, printed.err

    return run


def test_the_command_lists_the_repair_and_does_it_if_told_to(world, markaz):
    code, held = world.busiest()
    world.out(code, Interval(held[0].starts_at, held[0].ends_at))
    before = facts(world.bookings())
    exit_code, out, _ = markaz("repair", "--week", WEEK_NAME, "--time-limit", "3")
    assert exit_code == 0
    first, change, why, hint = out.strip().splitlines()
    assert first == "Repair of week 49 (plan 2): 1 booking moves."
    assert change.startswith(f"  moved         {held[0].title}: Mon 30 Nov 08:00-12:00 {code} -> ")
    assert why.strip() == f"{code} is out until Mon 30 Nov 12:00 (pump)."
    assert hint == "Publish it on its page. Or in one go: markaz repair --week 2026-W49 --publish"
    assert facts(world.bookings()) == before

    exit_code, out, _ = markaz("repair", "--week", WEEK_NAME, "--time-limit", "3", "--publish")
    assert exit_code == 0
    assert "The repair is published: 1 booking changed, " in out
    assert needing_repair() == []
    assert queries.get_plan(3).state == "published"


def test_the_command_refuses_what_it_may_not_or_need_not_do(world, markaz):
    assert markaz("repair", "--week", WEEK_NAME)[0::2] == (
        2,
        "No booking that could be moved needs repair in week 49. Report the outage or the absence first, "
        "or choose another week.\n",
    )
    world.out("TV-1", WEEK)
    code, _, err = markaz("--as", "researcher@centre.example", "repair", "--week", WEEK_NAME)
    assert (code, err) == (2, "This needs the role manager. Ask an administrator for it.\n")
