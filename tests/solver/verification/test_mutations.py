"""A plan that keeps every rule, broken in more than 50 ways on each of ten seeds: all are caught."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from solver.checks.check import check
from solver.solution import Assignment
from solver.verification.verify import verify
from tests.solver.rich_world import DAY, HORIZON, World, rich_world

SEEDS = range(10)

Plan = tuple[Assignment, ...]

ONE = ("Chen",)

BREAKS: dict[str, tuple[str, Callable[[World], Plan]]] = {
    "an activity that is unknown": ("unknown", lambda w: w.change("cool", activity="cooling")),
    "a mode that is unknown": ("unknown", lambda w: w.change("cool", mode="attic")),
    "the mode of another activity": ("unknown", lambda w: w.change("cool", mode="lab")),
    "no length": ("length", lambda w: w.change("heat", duration=0)),
    "less than no length": ("length", lambda w: w.change("heat", duration=-3)),
    "a fixed length shortened": ("length", lambda w: w.change("heat", duration=w.length - 1)),
    "a fixed length stretched": ("length", lambda w: w.change("heat", duration=w.length + 1)),
    "over the wish": ("length", lambda w: w.change("bake", duration=13)),
    "under the least": ("length", lambda w: w.change("bake", duration=7)),
    "parts over the wish": ("length", lambda w: w.change("split", 3, duration=10)),
    "placed twice at one time": ("part", lambda w: (*w.plan, w.part("heat"))),
    "placed twice at two times": ("part", lambda w: (*w.plan, replace(w.part("heat"), start=200, part=2))),
    "parts numbered from 0": ("part", lambda w: w.change("heat", part=0)),
    "parts numbered from 2": ("part", lambda w: w.change("heat", part=2)),
    "a number left out": ("part", lambda w: w.change("split", 3, part=4)),
    "a number used twice": ("part", lambda w: w.change("split", 3, part=2)),
    "parts numbered against time": ("part", lambda w: w.move("split", 40)),
    "parts under the least part": ("part", lambda w: w.change("split", 3, duration=2)),
    "a part too many": ("part", lambda w: (*w.plan, replace(w.part("split", 3), start=60, part=4))),
    "two parts at once": ("part", lambda w: w.change("split", 2, start=w.part("split").start + 4)),
    "before the release": ("release", lambda w: w.change("bake", start=7)),
    "before the horizon": ("release", lambda w: w.change("mission", start=-1)),
    "past the deadline": ("deadline", lambda w: w.change("bake", start=48)),
    "past the horizon": ("deadline", lambda w: w.change("mission", start=HORIZON - w.length + 1)),
    "run before its window": ("window", lambda w: w.change("windowed", start=56)),
    "run past its window": ("window", lambda w: w.change("windowed", start=90 - w.length - 2)),
    "whole far before its window": ("window", lambda w: w.change("windowed", start=47)),
    "run past the window of its mode": ("window", lambda w: w.change("bake", start=90, mode="lab")),
    "while closed in the morning": ("calendar", lambda w: w.change("bake", start=6)),
    "while closed in the evening": ("calendar", lambda w: w.change("late", start=229 - w.length)),
    "a pause too long": ("length", lambda w: w.change("cure", duration=31)),
    "a pause too short": ("length", lambda w: w.change("cure", duration=29)),
    "waiting before it begins": ("calendar", lambda w: w.change("cure", start=43, duration=27)),
    "waiting for its end": ("calendar", lambda w: w.change("cure", start=27, duration=13)),
    "setup while closed": ("calendar", lambda w: w.change("cure", start=57, duration=12)),
    "teardown while closed": ("calendar", lambda w: w.change("cure", start=27, duration=12)),
    "waiting for the end of an outage": ("outage", lambda w: w.change("cure", start=125)),
    "going on in an outage": ("outage", lambda w: w.change("overnight", start=141 - w.length)),
    "taken while it waits": ("busy", lambda w: w.change("overnight", start=48 - w.length)),
    "one of its group while it waits": ("group", lambda w: w.change("fire", start=48)),
    "off shift after the pause": ("shift", lambda w: w.change("cure", start=w.part("cure").start + 96)),
    "a participant absent after the pause": (
        "participant",
        lambda w: w.change("cure", start=w.part("cure").start + DAY),
    ),
    "nobody relieved": ("relief", lambda w: w.change("guard", people=(("Gul", "Gul", "Hana"),))),
    "relieved by oneself in the end": (
        "relief",
        lambda w: w.change("guard", people=(("Hana", "Gul", "Gul"),)),
    ),
    "a duty without anybody": ("people", lambda w: w.change("guard", people=(("Gul", "Hana"),))),
    "one for all duties": ("people", lambda w: w.change("guard", people=(("Gul",),))),
    "a duty too many": ("people", lambda w: w.change("guard", people=(("Gul", "Hana", "Gul", "Hana"),))),
    "a relief without qualification": (
        "qualification",
        lambda w: w.change("guard", people=(("Gul", "novice", "Gul"),)),
    ),
    "off shift in a later duty": (
        "shift",
        lambda w: w.change("guard", start=68 + w.shift % 2),
    ),
    "duties beyond the day's limit": (
        "max_day",
        lambda w: tuple(
            replace(each, people=(("Gul",),)) if each.activity == "watch" else each for each in w.plan
        ),
    ),
    "into an outage": ("outage", lambda w: w.change("late", start=150 - w.length - 1)),
    "within an outage": ("outage", lambda w: w.change("late", start=152)),
    "onto another in the chamber": ("busy", lambda w: w.change("cool", start=w.part("bake").start)),
    "a tick into the one before": ("busy", lambda w: w.change("late", start=w.end("cool") - 1)),
    "a bench over its capacity": ("capacity", lambda w: w.change("solder", start=w.part("weld").start + 1)),
    "no time to cool down": ("changeover", lambda w: w.change("cool", start=w.end("bake") + 2)),
    "no time to heat up from the start": ("changeover", lambda w: w.change("bake", start=3)),
    "nobody named": ("people", lambda w: w.change("team", people=())),
    "a need forgotten": ("people", lambda w: w.change("team", people=(("Amna", "Bilal"),))),
    "one of two": ("people", lambda w: w.change("team", people=(("Amna",), ONE))),
    "three of two": ("people", lambda w: w.change("team", people=(("Amna", "Bilal", "Chen"), ONE))),
    "one counted twice": ("people", lambda w: w.change("team", people=(("Amna", "Amna"), ONE))),
    "somebody unknown": ("people", lambda w: w.change("team", people=(("Amna", "Zoe"), ONE))),
    "people where nobody is needed": ("people", lambda w: w.change("heat", people=(ONE,))),
    "somebody without qualification": ("qualification", lambda w: w.change("watch", people=(("novice",),))),
    "an expired qualification": ("qualification", lambda w: w.change("watch", people=(("expired",),))),
    "somebody off shift": ("shift", lambda w: w.change("watch", people=(("off shift",),))),
    "somebody past the last shift": (
        "shift",
        lambda w: w.change("another day", start=185, people=(("Amna",),)),
    ),
    "somebody absent": ("absence", lambda w: w.change("watch", people=(("absent",),))),
    "two duties at once": ("person", lambda w: w.change("watch", start=w.part("team").start + 3)),
    "two duties in one activity": (
        "person",
        lambda w: w.change("watch", start=w.part("team").start, people=(ONE,)),
    ),
    "a duty while taking part": (
        "person",
        lambda w: w.change("watch", start=w.part("visit").start - 1, people=(ONE,)),
    ),
    "taking part at two places": (
        "person",
        lambda w: w.change("train 2", start=w.part("train 1").start + 1),
    ),
    "a participant absent": ("participant", lambda w: w.change("train 2", start=201)),
    "a duty beyond the day's limit": ("max_day", lambda w: w.change("another day", duration=15, start=76)),
    "a duty beyond the week's limit": ("max_week", lambda w: w.change("another day", duration=20)),
    "no rest after midnight": ("min_rest", lambda w: w.change("watch", start=w.part("next day").start - 17)),
    "no rest before midnight": (
        "min_rest",
        lambda w: w.change("next day", start=w.part("another day").start - 17),
    ),
    "two of the crew at once": ("group", lambda w: w.change("mission", start=w.part("train 2").start)),
    "power beyond the level": ("utility", lambda w: w.change("pump", start=w.part("heat").start + 1)),
    "power beyond the lower level": ("utility", lambda w: w.change("burn", start=130)),
    "power a tick into the lower level": ("utility", lambda w: w.change("burn", start=121 - w.length)),
    "nitrogen beyond the day": ("utility", lambda w: w.change("pump", start=125)),
    "the one before is missing": ("precedence", lambda w: w.drop("bake")),
    "order turned round": ("precedence", lambda w: w.change("bake", start=w.end("cool") + 4)),
    "under the least lag": ("precedence", lambda w: w.change("train 2", start=w.end("train 1") + 1)),
    "over the most lag": ("precedence", lambda w: w.change("train 2", start=w.end("train 1") + 13)),
    "on other resources": ("same_resource", lambda w: w.change("bake", mode="lab")),
    "half a chain": ("chain", lambda w: w.drop("train 2")),
    "the other half of a chain": ("chain", lambda w: w.drop("train 1")),
    "a pin left out": ("pin", lambda w: w.drop("pinned")),
    "a pin moved": ("pin", lambda w: w.move("pinned", 1)),
    "a pin moved back": ("pin", lambda w: w.move("pinned", -1)),
    "a pin shortened": ("pin", lambda w: w.change("pinned", duration=4)),
    "a pin in another mode": ("pin", lambda w: w.change("pinned", mode="n")),
    "a pin with other people": ("pin", lambda w: w.change("pinned", people=(("Amna",),))),
    "a pin without its people": ("pin", lambda w: w.change("pinned", people=((),))),
}


def test_there_are_more_than_500_broken_plans():
    assert len(BREAKS) * len(SEEDS) >= 500


@pytest.mark.parametrize("seed", SEEDS)
def test_the_whole_plan_keeps_every_rule(seed):
    world = rich_world(seed)
    assert check(world.problem) == ()
    assert verify(world.problem, world.plan).violations == ()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("rule", "break_plan"), BREAKS.values(), ids=BREAKS.keys())
def test_every_broken_plan_is_caught_by_its_rule(rule, break_plan, seed):
    world = rich_world(seed)
    broken = break_plan(world)
    assert broken != world.plan
    assert rule in {violation.rule for violation in verify(world.problem, broken).violations}


def test_every_rule_of_verify_is_broken_by_some_plan():
    rules = {rule for rule, _ in BREAKS.values()}
    assert rules == {
        "unknown", "length", "part", "pin", "release", "deadline", "window", "calendar", "outage",
        "busy", "capacity", "changeover", "group", "utility", "precedence", "same_resource", "chain",
        "people", "qualification", "shift", "absence", "participant", "person", "max_day", "max_week",
        "min_rest", "relief",
    }  # fmt: skip
