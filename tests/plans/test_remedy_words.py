"""Remedies as people read them."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.intervals import Interval
from scheduler.plans.desk_rules import OF_STAFF
from scheduler.plans.names import HIDDEN, Names
from scheduler.plans.remedies import Kept, keep
from scheduler.plans.remedy_words import RemedySpeaker
from scheduler.plans.timeline import Timeline
from solver import Activity, Assignment, Cost, Mode, Problem, Remedy, Resource, Window
from tests.centre import MONDAY

WEEK = Interval(MONDAY, MONDAY + timedelta(days=7))
NAMES = Names(
    activities={
        "R-1": "Shaker run",
        "R-2": "Panel bake-out",
        "R-3": "Dive: nine",
        "S-1": HIDDEN,
        "S-2": HIDDEN,
    },
    units={"POWER": "kW"},
)
ASKED = Activity(
    "R-1",
    (Mode("1", ("TV-1",)),),
    wish=16,
    least=8,
    setup=2,
    release=32,
    deadline=48,
    value=120,
    windows=(Window(32, 48),),
)
OTHERS = tuple(
    Activity(name, (Mode("1", ("TV-1",)), Mode("2", ("TV-2",))), 8, 8)
    for name in ("R-2", "R-3", "S-1", "S-2")
)
PROBLEM = Problem(672, (ASKED, *OTHERS), (Resource("TV-1"), Resource("TV-2")))
BEFORE = (Assignment("R-2", 1, "1", 32, 8),)
PLACED = (Assignment("R-1", 1, "1", 32, 8),)


def speaker(zone="UTC"):
    return RemedySpeaker(PROBLEM, Timeline(WEEK, 900, ZoneInfo(zone)), NAMES, BEFORE)


def kept(kind, subject="R-1", after=(), code="R-1", **values) -> Kept:
    plan = (*(part for part in BEFORE if part.activity not in {p.activity for p in after}), *after, *PLACED)
    return keep(BEFORE, code, Remedy(kind, subject, assignments=plan, **values))


@pytest.mark.parametrize(
    ("remedy", "words"),
    [
        (kept("later_deadline", ticks=8), "Let it end by Mon 30 Nov 14:00, 2 h later"),
        (kept("earlier_release", ticks=2), "Let it begin from Mon 30 Nov 07:30, 30 min earlier"),
        (
            kept("wider_window", before=Window(32, 48), windows=(Window(32, 56),)),
            "Let its window end on Mon 30 Nov 14:00, 2 h later",
        ),
        (
            kept("wider_window", before=Window(32, 48), windows=(Window(28, 48),)),
            "Let its window begin on Mon 30 Nov 07:00, 1 h earlier",
        ),
        (
            kept("wider_window", before=Window(32, 48), windows=(Window(28, 56),)),
            "Let its window be Mon 30 Nov 07:00-14:00",
        ),
        (kept("other_resource", new_mode=Mode("TV-2", ("TV-2",))), "Let it take TV-2"),
        (kept("shorter_run", ticks=4), "Let it run 1 h, 1 h less than its least"),
        (kept("split", ticks=4, amount=2), "Let it run in 2 parts of at least 1 h"),
        (kept("more_value", amount=12), "Raise its value by 12, to 132"),
        (
            kept("another_person", "thermal operator", person="x", windows=(Window(56, 88),)),
            "One more thermal operator on Mon 30 Nov 14:00-22:00",
        ),
        (
            kept("another_person", f"diver{OF_STAFF}", person="x", windows=(Window(32, 34), Window(42, 44))),
            "One more diver of the staff on Mon 30 Nov 08:00-08:30 and Mon 30 Nov 10:30-11:00",
        ),
        (
            kept("longer_opening", "TV-1", windows=(Window(512, 528),)),
            "Open TV-1 on Sat 5 Dec 08:00-12:00 as well",
        ),
        (
            kept("shorter_outage", "TV-1", ticks=4, before=Window(24, 36), windows=(Window(24, 32),)),
            "End the outage of TV-1 by Mon 30 Nov 08:00, 1 h earlier",
        ),
        (
            kept("shorter_outage", "TV-1", ticks=8, before=Window(32, 48), windows=(Window(40, 48),)),
            "Begin the outage of TV-1 on Mon 30 Nov 10:00, 2 h later",
        ),
        (
            kept("without_outage", "TV-1", before=Window(32, 48)),
            "Put off the outage of TV-1, Mon 30 Nov 08:00-12:00",
        ),
        (
            kept("more_of_utility", "POWER", amount=2500, windows=(Window(36, 48),)),
            "2,500 kW more of POWER on Mon 30 Nov 09:00-12:00",
        ),
        (
            kept("more_of_utility", "LN2", amount=3, windows=(Window(96, 192),)),
            "3 more of LN2 on Tue 1 Dec",
        ),
        (
            kept("move", "R-2", (Assignment("R-2", 1, "1", 40, 8),), ticks=8),
            "Move Panel bake-out 2 h later, to Mon 30 Nov 10:00-12:00",
        ),
        (
            kept("move", "R-2", (Assignment("R-2", 1, "1", 28, 8),), ticks=-4),
            "Move Panel bake-out 1 h earlier, to Mon 30 Nov 07:00-09:00",
        ),
        (
            kept("move", "R-2", (Assignment("R-2", 1, "2", 32, 8),), mode="2"),
            "Move Panel bake-out to Mon 30 Nov 08:00-10:00, TV-2",
        ),
        (kept("drop", "R-2"), "Leave out Panel bake-out"),
        (kept("drop", "R-3"), 'Leave out "Dive: nine"'),
        (kept("drop", "S-1"), "Leave out another booking"),
        (kept("place_first"), "Place it as it is"),
        (kept("place_first", cost=Cost(8.0, (), ("R-2",))), "Place it, and let others give way"),
        (
            kept("place_first", "R-2",
                 steps=(Remedy("drop", "R-3"), Remedy("later_deadline", "R-1", ticks=8))),
            'Place Panel bake-out first: leave out "Dive: nine"; let it end by Mon 30 Nov 14:00, 2 h later',
        ),
        (
            kept("place_first", "R-1", steps=(Remedy("drop", "R-3"), Remedy("drop", "R-2"))),
            'Leave out "Dive: nine"; leave out Panel bake-out',
        ),
    ],
)  # fmt: skip
def test_each_kind_is_said_with_names_and_times(remedy, words):
    assert speaker().words("R-1", remedy) == words


def test_what_is_asked_of_another_request_names_it():
    remedy = kept("later_deadline", "R-1", code="R-2", ticks=8)
    assert speaker().words("R-2", remedy) == "Let Shaker run end by Mon 30 Nov 14:00, 2 h later"


def test_times_are_those_of_the_site():
    remedy = kept("later_deadline", ticks=8)
    assert speaker("Asia/Karachi").words("R-1", remedy) == "Let it end by Mon 30 Nov 19:00, 2 h later"


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (Cost(), "costs nobody anything"),
        (Cost(0.0, ("R-2",)), "moves Panel bake-out"),
        (Cost(0.0, ("R-2", "R-3")), 'moves 2: Panel bake-out and "Dive: nine"'),
        (Cost(9.0, ("R-2",), ("R-3",)), 'moves Panel bake-out, leaves out "Dive: nine"'),
        (Cost(9.0, (), ("S-1",)), "leaves out another booking"),
        (Cost(9.0, ("R-2", "S-1", "S-2")), "moves 3: Panel bake-out and 2 other bookings"),
    ],
)
def test_what_it_costs_the_others(cost, words):
    assert speaker().cost(kept("drop", "R-2", cost=cost)) == words


@pytest.mark.parametrize(
    ("gain", "words"), [(64.2, "value +64"), (0.2, "value +0"), (-1234.0, "value \N{MINUS SIGN}1,234")]
)
def test_what_the_plan_gains(gain, words):
    assert speaker().gain(kept("drop", "R-2", gain=gain)) == words


def test_where_the_request_stands_then():
    assert speaker().place("R-1", kept("drop", "R-2")) == "Mon 30 Nov 08:30-10:30, TV-1"
    other = keep(
        BEFORE,
        "R-1",
        Remedy(
            "other_resource",
            "R-1",
            new_mode=Mode("TV-2", ("TV-2",)),
            assignments=(*BEFORE, Assignment("R-1", 1, "TV-2", 32, 4), Assignment("R-1", 2, "TV-2", 96, 4)),
        ),
    )
    assert speaker().place("R-1", other) == "Mon 30 Nov 08:30-09:30 and Tue 1 Dec 00:30-01:30, TV-2"
