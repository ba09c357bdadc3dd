"""Faults: each kind found and named, all at once, and nothing called a fault that merely finds no place."""

import dataclasses
import doctest
import importlib
import re
from pathlib import Path

import pytest

from solver.checks.check import check
from solver.problem import (
    Activity,
    Changeover,
    Draw,
    Group,
    Level,
    Mode,
    Need,
    Person,
    Pin,
    PrecedenceLag,
    Problem,
    Qualification,
    Resource,
    Utility,
    Window,
)
from solver.weights import Weights

CHECK_MODULE = importlib.import_module("solver.checks.check")

LEAK_TEST = Activity(
    "leak test",
    (Mode("m", ("TVAC-1",)), Mode("both", ("TVAC-1", "hall"), demands=(1, 3))),
    wish=6,
    least=4,
    needs=(Need("operator"),),
    draws=(Draw("power", 2),),
    participants=("Amna",),
    groups=("mission",),
)
OTHER = Activity("other", (Mode("m", ("TVAC-1",)),), wish=2, least=2)
GOOD = Problem(
    horizon=48,
    activities=(LEAK_TEST, OTHER),
    resources=(Resource("TVAC-1", changeovers=(Changeover("hot", "cold", 2),)), Resource("hall", 3)),
    people=(Person("Amna", (Qualification("operator", 0, 48),)), Person("Bilal")),
    utilities=(Utility("power", (Level(0, 24, 4), Level(24, 48, 0))),),
    groups=(Group("mission"),),
    precedences=(PrecedenceLag("leak test", "other", 1, 9),),
    chains=(("leak test", "other"),),
    days=(Window(-4, 20), Window(20, 44), Window(44, 68)),
    weeks=(Window(-4, 68),),
)


def problem(**changes):
    return dataclasses.replace(GOOD, **changes)


def with_leak_test(**changes):
    return problem(activities=(dataclasses.replace(LEAK_TEST, **changes), OTHER))


def with_mode(**changes):
    return with_leak_test(modes=(dataclasses.replace(LEAK_TEST.modes[1], **changes),))


def with_mode_that_pauses(**changes):
    modes = (LEAK_TEST.modes[0], dataclasses.replace(LEAK_TEST.modes[1], **changes))
    return with_leak_test(modes=modes, least=6, closed="pause")


def with_chamber(**changes):
    return problem(resources=(dataclasses.replace(GOOD.resources[0], **changes), GOOD.resources[1]))


def with_amna(**changes):
    return problem(people=(dataclasses.replace(GOOD.people[0], **changes), GOOD.people[1]))


def with_pins(one, other, **changes):
    first = dataclasses.replace(LEAK_TEST, pin=one, **changes)
    return problem(activities=(first, dataclasses.replace(OTHER, pin=other, **changes)))


def pin(start, duration=4, mode="m", people=None):
    return Pin(start, duration, mode, people)


def pinned_with(*names):
    return with_leak_test(pin=pin(0, people=(names,)))


def precedence(*args, **kwargs):
    return problem(precedences=(PrecedenceLag(*args, **kwargs),))


def levels(*rows):
    return problem(utilities=(Utility("power", tuple(Level(*row) for row in rows)),))


def days(*rows):
    return problem(days=tuple(Window(*row) for row in rows))


NAN = float("nan")

FAULTS = {
    "no horizon": (Problem(0, ()), "horizon"),
    "no tick": (problem(tick_seconds=0), "tick"),
    "weight below 0": (problem(weights=Weights(lateness=-1)), "negative"),
    "weight not a number": (problem(weights=Weights(changeover=NAN)), "negative"),
    "two activities of one id": (problem(activities=(LEAK_TEST, OTHER, OTHER)), "duplicate-id"),
    "two resources of one id": (problem(resources=(*GOOD.resources, Resource("hall", 3))), "duplicate-id"),
    "two persons of one id": (problem(people=(*GOOD.people, Person("Bilal"))), "duplicate-id"),
    "two utilities of one id": (problem(utilities=GOOD.utilities * 2), "duplicate-id"),
    "two groups of one id": (problem(groups=GOOD.groups * 2), "duplicate-id"),
    "a person without id": (problem(people=(*GOOD.people, Person(""))), "empty-id"),
    "no mode": (with_leak_test(modes=()), "no-mode"),
    "two modes of one id": (with_leak_test(modes=LEAK_TEST.modes[:1] * 2), "duplicate-id"),
    "pauses in parts": (with_leak_test(closed="pause", least=6, most_parts=2), "pause"),
    "pauses with a length to choose": (with_leak_test(closed="pause"), "pause pause"),
    "pauses with a length to choose in one mode": (with_mode_that_pauses(wish=8), "pause"),
    "duties of no length": (with_leak_test(needs=(Need("operator", longest=0),)), "not-positive"),
    "unknown resource": (with_mode(resources=("TVAC-1", "TVAC-9")), "unknown-resource"),
    "one resource twice": (with_mode(resources=("hall", "hall"), demands=()), "duplicate-id"),
    "too few demands": (with_mode(demands=(1,)), "demands"),
    "demand of nothing": (with_mode(demands=(1, 0)), "not-positive"),
    "demand above capacity": (with_mode(demands=(1, 4)), "demand-above-capacity"),
    "demand of 2 from a single one": (with_mode(demands=(2, 1)), "demand-above-capacity"),
    "wish of nothing": (with_leak_test(wish=0, least=0), "not-positive not-positive"),
    "least above wish": (with_leak_test(modes=LEAK_TEST.modes[:1], least=7), "least-above-wish"),
    "mode's least above the wish": (with_mode(least=7), "least-above-wish"),
    "mode's wish below the least": (with_mode(wish=3), "least-above-wish"),
    "mode's wish of nothing": (with_mode(wish=0, least=0), "not-positive not-positive"),
    "setup below 0": (with_leak_test(setup=-1), "negative"),
    "teardown below 0": (with_leak_test(teardown=-1), "negative"),
    "no part": (with_leak_test(most_parts=0), "not-positive"),
    "part of nothing": (with_leak_test(least_part=0), "not-positive"),
    "value below 0": (with_leak_test(value=-1), "negative"),
    "penalty below 0": (with_mode(penalty=-1), "negative"),
    "deadline at the release": (with_leak_test(release=8, deadline=8), "window"),
    "window of no time": (with_leak_test(windows=(Window(5, 5),)), "window"),
    "mode's window turned round": (with_mode(windows=(Window(9, 5),)), "window"),
    "need of nobody": (with_leak_test(needs=(Need("operator", 0),)), "not-positive"),
    "draw of nothing": (with_leak_test(draws=(Draw("power", 0),)), "not-positive"),
    "unknown utility": (with_leak_test(draws=(Draw("steam", 1),)), "unknown-utility"),
    "unknown participant": (with_leak_test(participants=("Nadia",)), "unknown-person"),
    "participant twice": (with_leak_test(participants=("Amna", "Amna")), "duplicate-id"),
    "unknown group": (with_leak_test(groups=("crew",)), "unknown-group"),
    "group twice": (with_leak_test(groups=("mission", "mission")), "duplicate-id"),
    "no capacity": (problem(resources=(GOOD.resources[0], Resource("hall", 0))), "capacity"),
    "opening of no time": (with_chamber(open=(Window(8, 8),)), "window"),
    "outage turned round": (with_chamber(outages=(Window(8, 7),)), "window"),
    "changeover below 0": (with_chamber(changeovers=(Changeover("a", "b", -1),)), "negative"),
    "changeover twice": (with_chamber(changeovers=(Changeover("a", "b", 1),) * 2), "duplicate-changeover"),
    "changeover to itself": (with_chamber(changeovers=(Changeover("a", "a", 1),)), "changeover-to-itself"),
    "changeover where several fit": (with_chamber(capacity=2), "changeover-capacity"),
    "shift of no time": (with_amna(shifts=(Window(3, 3),)), "window"),
    "absence turned round": (with_amna(absences=(Window(3, 2),)), "window"),
    "qualification of no time": (with_amna(qualifications=(Qualification("operator", 4, 4),)), "window"),
    "day limit below 0": (with_amna(max_day=-1), "negative"),
    "week limit below 0": (with_amna(max_week=-1), "negative"),
    "rest below 0": (with_amna(min_rest=-1), "negative"),
    "level below 0": (levels((0, 48, -1)), "negative"),
    "levels out of order": (levels((24, 48, 1), (0, 24, 1)), "not-in-order not-covering"),
    "levels overlap": (levels((0, 25, 1), (24, 48, 1)), "not-in-order"),
    "levels with a gap": (levels((0, 23, 1), (24, 48, 1)), "gap"),
    "levels begin late": (levels((1, 48, 1)), "not-covering"),
    "levels end early": (levels((0, 47, 1)), "not-covering"),
    "no level": (levels(), "not-covering"),
    "level of no time": (levels((0, 0, 1), (0, 48, 1)), "window"),
    "days overlap": (days((0, 25), (24, 48)), "not-in-order"),
    "days with a gap": (days((0, 23), (24, 48)), "gap"),
    "days end early": (days((0, 24), (24, 47)), "not-covering"),
    "weeks begin late": (problem(weeks=(Window(1, 48),)), "not-covering"),
    "precedence to nothing": (precedence("leak test", "gone"), "unknown-activity"),
    "precedence on itself": (precedence("other", "other"), "circle"),
    "lag below 0": (precedence("leak test", "other", -1), "negative"),
    "most lag below the least": (precedence("leak test", "other", 5, 4), "lags"),
    "chain to nothing": (problem(chains=(("other", "gone"),)), "unknown-activity"),
    "chain with one twice": (problem(chains=(("other", "other"),)), "duplicate-id"),
    "pinned in an unknown mode": (with_leak_test(pin=pin(0, mode="x")), "unknown-mode"),
    "pinned for nothing": (with_leak_test(pin=pin(0, 0)), "not-positive"),
    "pinned with people for no need": (with_leak_test(pin=pin(0, people=())), "pin-people"),
    "pinned with an unknown person": (pinned_with("Nadia"), "unknown-person"),
    "pinned with one person twice": (pinned_with("Bilal", "Bilal"), "duplicate-id"),
    "pinned with a participant on duty in the run": (pinned_with("Amna"), "pins-clash"),
    "two pins on one chamber": (with_pins(pin(0), pin(3)), "pins-clash"),
}  # fmt: skip


@pytest.mark.parametrize(("faulty", "codes"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_found_and_no_other(faulty, codes):
    assert " ".join(fault.code for fault in check(faulty)) == codes


@pytest.mark.parametrize("faulty", [faulty for faulty, _ in FAULTS.values()], ids=FAULTS.keys())
def test_each_fault_is_told_in_a_sentence(faulty):
    for fault in check(faulty):
        assert fault.message.endswith(".")
        assert len(fault.message) > 20


NO_FAULTS = {
    "the example": GOOD,
    "nothing to place": problem(activities=(), precedences=(), chains=()),
    "no people, utilities, days": Problem(8, (OTHER,), (Resource("TVAC-1"),)),
    "demand of all there is": with_mode(demands=(1, 3)),
    "least as long as the wish": with_leak_test(least=6),
    "a window that is too short": with_leak_test(windows=(Window(0, 3, "run"),)),
    "time after the horizon": with_leak_test(release=100),
    "deadline before the horizon": with_leak_test(deadline=-5),
    "release and deadline too close": with_leak_test(release=8, deadline=9),
    "nobody holds the qualification": with_leak_test(needs=(Need("astronaut"),)),
    "more people than there are": with_leak_test(needs=(Need("operator", 9),)),
    "a draw above every level": with_leak_test(draws=(Draw("power", 99),)),
    "a chamber that never opens": with_chamber(open=()),
    "a chamber out of order throughout": with_chamber(outages=(Window(0, 48),)),
    "opening hours that touch and overlap": with_chamber(open=(Window(0, 9), Window(9, 12), Window(10, 14))),
    "nothing to change from hot to hot": with_chamber(changeovers=(Changeover("hot", "hot", 0),)),
    "lags that leave one tick": precedence("leak test", "other", 5, 5),
    "the same pair twice": problem(precedences=(PrecedenceLag("leak test", "other"),) * 2),
    "same resources where none are common": precedence("leak test", "other", same_resource=True),
    "levels far beyond the horizon": levels((-10, 480, 1)),
    "pinned before the horizon": with_leak_test(pin=pin(-20)),
    "pinned outside all windows": with_leak_test(windows=(Window(0, 8),), pin=pin(30)),
    "pinned longer than the wish": with_leak_test(pin=pin(0, 40)),
    "pinned with somebody unqualified": with_leak_test(pin=pin(0, people=(("Bilal",),))),
    "pinned with fewer people than needed": with_leak_test(pin=pin(0, people=((),))),
    "two pins that touch": with_pins(pin(0), pin(4)),
    "two pins against the order": with_pins(pin(4), pin(0)),
}


@pytest.mark.parametrize("good", NO_FAULTS.values(), ids=NO_FAULTS.keys())
def test_what_has_a_meaning_is_no_fault(good):
    assert check(good) == ()


HALL = (Mode("m", ("hall",)),)


@pytest.mark.parametrize(
    ("one", "other", "changes", "clash"),
    [
        (pin(0), pin(3), {"modes": HALL}, None),
        (pin(0), pin(3), {"modes": HALL, "groups": ("mission",)}, "group mission"),
        (pin(0), pin(3), {"modes": HALL, "groups": ("mission",), "setup": 1, "teardown": 0}, "group mission"),
        (pin(0), pin(4), {"modes": HALL, "groups": ("mission",), "setup": 1}, None),
        (pin(0), pin(3), {"modes": HALL, "participants": ("Amna",)}, "person Amna"),
        (pin(0), pin(4), {"modes": HALL, "participants": ("Amna",)}, None),
        (pin(0, people=(("Bilal",),)), pin(3, people=(("Bilal",),)), {"modes": HALL}, "person Bilal"),
        (pin(0, people=(("Bilal",),)), pin(3, people=(("Amna",),)), {"modes": HALL}, None),
        (pin(0, people=(("Bilal",),)), pin(3), {"modes": HALL}, None),
    ],
    ids=[
        "a hall with room for both",
        "one group, runs overlap",
        "one group, the last tick of a run",
        "one group, only setup overlaps the run",
        "one participant at two places",
        "one participant, one after the other",
        "one person on two duties",
        "two persons",
        "the other's people still to be found",
    ],
)
def test_pins_clash_on_what_only_one_can_have(one, other, changes, clash):
    changes = {"needs": (Need("operator"),), "draws": (), "participants": (), "groups": (), **changes}
    faults = check(with_pins(one, other, **changes))
    assert [fault.code for fault in faults] == (["pins-clash"] if clash else [])
    assert all(clash in fault.message for fault in faults)


def test_a_circle_is_named_once_with_all_who_are_in_it():
    activities = tuple(dataclasses.replace(OTHER, id=name) for name in "abcdef")
    pairs = ["ab", "bc", "ca", "cd", "de", "fa"]
    faulty = problem(
        activities=activities, chains=(), precedences=tuple(PrecedenceLag(*pair) for pair in pairs)
    )
    assert [fault.message for fault in check(faulty)] == ["These wait for one another: a -> b -> c -> a."]


def test_two_circles_are_both_named():
    activities = tuple(dataclasses.replace(OTHER, id=name) for name in "abcd")
    pairs = ["ab", "ba", "cd", "dc", "ac"]
    faulty = problem(
        activities=activities, chains=(), precedences=tuple(PrecedenceLag(*pair) for pair in pairs)
    )
    assert [fault.subject for fault in check(faulty)] == ["a", "c"]


def test_all_faults_are_told_at_once():
    broken = dataclasses.replace(
        with_leak_test(modes=(Mode("m", ("TVAC-9",)),), least=9, value=-1, groups=("crew",)),
        tick_seconds=0,
        chains=(("gone",),),
    )
    assert {fault.code for fault in check(broken)} == {
        "tick",
        "unknown-resource",
        "least-above-wish",
        "negative",
        "unknown-group",
        "unknown-activity",
    }


def test_every_code_that_check_can_give_has_a_case():
    source = "".join(path.read_text() for path in Path(CHECK_MODULE.__file__).parent.glob("*.py"))
    given = set(re.findall(r'Fault\(\s*"([^"]+)"', source))
    shown = {code for _, codes in FAULTS.values() for code in codes.split()}
    assert len(given) > 20
    assert given <= shown


def test_examples_in_the_docstrings_run():
    outcome = doctest.testmod(CHECK_MODULE)
    assert outcome.attempted > 0
    assert outcome.failed == 0
