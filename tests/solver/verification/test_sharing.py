"""Rules of `verify` about what activities share, on both sides of their edges."""

from dataclasses import replace

import pytest

from solver.problem import (
    Changeover,
    Draw,
    Group,
    Level,
    Mode,
    Pin,
    Utility,
    Window,
)
from solver.verification.verify import verify
from tests.solver.plans import activity, broken_rules, put, week, with_resource


@pytest.mark.parametrize(
    ("start", "broken"),
    [(5, ["busy"]), (6, []), (14, [])],
    ids=["setup falls into the teardown", "one as the other ends", "much later"],
)
def test_a_resource_of_capacity_1_holds_one_at_a_time(start, broken):
    problem = week(activity("a", setup=1, teardown=1), activity("b", setup=1, teardown=1))
    assert broken_rules(problem, put("a", 0), put("b", start)) == broken
    assert broken_rules(problem, put("b", start), put("a", 0)) == broken


def test_a_long_one_overlaps_all_that_begin_within_it():
    problem = week(activity("long", 12), activity("b", 2), activity("c", 2))
    plan = [put("long", 0, 12), put("b", 2, 2), put("c", 8, 2)]
    assert [violation.rule for violation in verify(problem, plan).violations] == ["busy", "busy"]


@pytest.mark.parametrize(
    ("demands", "start", "broken"),
    [((2, 1), 3, []), ((2, 2), 3, ["capacity"]), ((2, 2), 4, []), ((1, 3), 3, ["capacity"])],
    ids=["the last unit", "one too many", "one too many, but later", "all of it with one inside"],
)
def test_capacity_is_never_exceeded(demands, start, broken):
    modes = [(Mode("m", ("hall",), demands=(each,)),) for each in demands]
    problem = week(activity("a", modes=modes[0]), activity("b", modes=modes[1]))
    assert broken_rules(problem, put("a", 0), put("b", start)) == broken


def test_a_mode_without_demands_takes_one_of_each():
    names = "abcd"
    problem = week(*(activity(name, on="hall") for name in names))
    assert broken_rules(problem, *(put(name, 0) for name in names[:3])) == []
    assert broken_rules(problem, *(put(name, 0) for name in names)) == ["capacity"]


def test_demands_stand_in_the_order_of_the_resources():
    both = (Mode("m", ("lab", "hall"), demands=(1, 3)),)
    problem = week(activity("a", modes=both), activity("b", on="hall"))
    assert broken_rules(problem, put("a", 0), put("b", 3)) == ["capacity"]
    assert broken_rules(problem, put("a", 0), put("b", 4)) == []


HOT_COLD = (Changeover("hot", "cold", 3), Changeover("cold", "hot", 1))


def chamber(*activities, configuration=None, **fields):
    return with_resource(week(*activities, **fields), changeovers=HOT_COLD, configuration=configuration)


@pytest.mark.parametrize(
    ("before", "after", "start", "broken"),
    [
        ("hot", "cold", 6, ["changeover"]),
        ("hot", "cold", 7, []),
        ("cold", "hot", 4, ["changeover"]),
        ("cold", "hot", 5, []),
        ("hot", "hot", 4, []),
        ("hot", "warm", 4, []),
        (None, "cold", 4, []),
        ("hot", None, 4, []),
    ],
    ids=[
        "a tick short",
        "just enough",
        "a tick short the other way",
        "just enough the other way",
        "the same again",
        "a pair that is not listed",
        "none before",
        "none after",
    ],
)
def test_a_changeover_fits_between_neighbours(before, after, start, broken):
    problem = chamber(activity("a", configuration=before), activity("b", configuration=after))
    assert broken_rules(problem, put("a", 0), put("b", start)) == broken


def test_a_changeover_is_only_asked_of_the_very_next():
    problem = chamber(
        activity("a", 2, configuration="hot"),
        activity("between", 1),
        activity("b", 2, configuration="cold"),
    )
    assert broken_rules(problem, put("a", 0, 2), put("b", 3, 2)) == ["changeover"]
    assert broken_rules(problem, put("a", 0, 2), put("between", 2, 1), put("b", 3, 2)) == []


def test_changeovers_belong_to_their_resource():
    on_both = (Mode("m", ("lab",)), Mode("n", ("hall",)))
    problem = chamber(
        activity("a", configuration="hot", modes=on_both), activity("b", configuration="cold", modes=on_both)
    )
    assert broken_rules(problem, put("a", 0), put("b", 4, mode="n")) == []


@pytest.mark.parametrize(
    ("configuration", "start", "broken"),
    [("hot", 0, ["changeover"]), ("hot", 2, ["changeover"]), ("hot", 3, []), ("cold", 0, []), (None, 0, [])],
    ids=["at tick 0", "a tick short", "just enough", "as it stands", "no matter how it stands"],
)
def test_the_first_changes_over_from_how_the_resource_stands(configuration, start, broken):
    problem = chamber(activity("a", configuration="cold"), configuration=configuration)
    assert broken_rules(problem, put("a", start)) == broken


def test_only_the_first_changes_over_from_how_the_resource_stands():
    problem = chamber(activity("a", 1), activity("b", configuration="cold"), configuration="hot")
    assert broken_rules(problem, put("b", 1)) == ["changeover"]
    assert broken_rules(problem, put("a", 0, 1), put("b", 1)) == []


def test_a_pin_that_runs_at_tick_0_says_how_the_resource_stands():
    pinned = activity("p", configuration="cold", pin=Pin(-2, 4, "m"))
    problem = chamber(pinned, activity("a", configuration="cold"), configuration="hot")
    assert broken_rules(problem, put("p", -2), put("a", 2)) == []
    over = replace(pinned, configuration=None, pin=Pin(-4, 4, "m"))
    problem = replace(problem, activities=(over, problem.activities[1]))
    assert broken_rules(problem, put("p", -4), put("a", 2)) == ["changeover"]
    assert broken_rules(problem, put("p", -4), put("a", 3)) == []


def test_pins_need_no_changeover_among_themselves_but_others_do_to_them():
    hot = activity("hot", configuration="hot", pin=Pin(4, 4, "m"))
    cold = activity("cold", configuration="cold", pin=Pin(8, 4, "m"))
    problem = chamber(hot, cold, activity("c", configuration="cold"), activity("h", configuration="hot"))
    pins = [put("hot", 4), put("cold", 8)]
    assert broken_rules(problem, *pins) == []
    assert broken_rules(problem, *pins, put("c", 0)) == ["changeover"]
    assert broken_rules(problem, *pins, put("h", 0)) == []
    assert broken_rules(problem, *pins, put("h", 12)) == ["changeover"]
    assert broken_rules(problem, *pins, put("h", 13)) == []


@pytest.mark.parametrize(
    ("start", "broken"),
    [(3, ["group"]), (4, []), (6, [])],
    ids=["runs overlap", "runs touch, setup within the other run", "wholes touch"],
)
def test_runs_of_a_group_never_overlap(start, broken):
    problem = week(
        activity("a", setup=1, teardown=1, groups=("crew",)),
        activity("b", setup=1, teardown=1, groups=("mission", "crew"), on="hall"),
        activity("c", setup=1, teardown=1, groups=("mission",), on="hall"),
        groups=(Group("crew"), Group("mission")),
    )
    assert broken_rules(problem, put("a", 0), put("b", start)) == broken
    assert broken_rules(problem, put("a", 0), put("c", start)) == []


POWER = Utility("power", (Level(0, 8, 5), Level(8, 20, 3)))


@pytest.mark.parametrize(
    ("amounts", "starts", "broken"),
    [
        ((5,), (4,), []),
        ((5,), (5,), ["utility"]),
        ((3, 2), (0, 4), []),
        ((3, 3), (0, 3), ["utility"]),
        ((3, 3), (0, 4), []),
        ((2, 2), (5, 7), ["utility"]),
        ((2, 1), (5, 7), []),
    ],
    ids=[
        "all there is, until it falls",
        "a tick into the lower level",
        "two together",
        "two together and one too much",
        "one after the other",
        "too much after it fell",
        "just enough after it fell",
    ],
)
def test_a_utility_suffices_at_every_moment(amounts, starts, broken):
    names = "ab"[: len(amounts)]
    problem = week(
        *(
            activity(name, on="hall", draws=(Draw("power", n),))
            for name, n in zip(names, amounts, strict=True)
        ),
        utilities=(POWER,),
    )
    assert broken_rules(problem, *(put(n, start) for n, start in zip(names, starts, strict=True))) == broken


@pytest.mark.parametrize(
    ("phase", "start", "broken"),
    [
        ("run", 0, []),
        ("setup", 0, []),
        ("teardown", 0, []),
        ("all", 0, []),
        ("setup", 8, ["utility"]),
        ("setup", 7, []),
        ("run", 7, ["utility"]),
        ("run", 3, []),
        ("teardown", 3, ["utility"]),
        ("teardown", 2, []),
        ("all", 3, ["utility"]),
    ],
)
def test_a_utility_is_drawn_in_its_phase(phase, start, broken):
    """A whole of 6 ticks, of which the first is setup and the last is teardown; 4 units last to tick 8."""
    problem = week(activity(setup=1, teardown=1, draws=(Draw("power", 4, phase),)), utilities=(POWER,))
    assert broken_rules(problem, put("a", start)) == broken


def test_draws_of_one_activity_add_up():
    both = (Draw("power", 3, "all"), Draw("power", 2, "setup"))
    problem = week(activity(setup=1, draws=both), utilities=(POWER,))
    assert broken_rules(problem, put("a", 0)) == []
    assert broken_rules(problem, put("a", 8)) == ["utility"]


def test_a_phase_without_length_draws_nothing():
    nothing = (Draw("power", 99, "setup"), Draw("LN2", 99, "teardown"))
    problem = week(activity(draws=nothing), utilities=(POWER, Utility("LN2", (Level(0, 20, 1),), per="day")))
    assert broken_rules(problem, put("a", 0)) == []


DAYS = (Window(-4, 10), Window(10, 20))
LN2 = Utility("LN2", (Level(0, 10, 3), Level(10, 11, 2), Level(11, 20, 0)), per="day")


@pytest.mark.parametrize(
    ("amounts", "starts", "broken"),
    [
        ((3,), (6,), []),
        ((4,), (6,), ["utility"]),
        ((2, 1), (0, 5), []),
        ((2, 2), (0, 5), ["utility"]),
        ((2, 2), (0, 9), []),
        ((3,), (9,), ["utility"]),
        ((3,), (8,), []),
        ((2,), (12,), []),
    ],
    ids=[
        "the budget",
        "over the budget",
        "in sum",
        "over it in sum",
        "on two days",
        "run starts on the second day",
        "run starts on the last tick of the first",
        "the level at the first tick counts",
    ],
)
def test_a_daily_utility_is_counted_where_the_phase_starts(amounts, starts, broken):
    names = "ab"[: len(amounts)]
    wanted = [
        activity(name, 3, on="hall", setup=1, draws=(Draw("LN2", n),))
        for name, n in zip(names, amounts, strict=True)
    ]
    problem = week(*wanted, utilities=(LN2,), days=DAYS)
    assert (
        broken_rules(problem, *(put(n, start, 3) for n, start in zip(names, starts, strict=True))) == broken
    )


def test_promises_may_exceed_what_is_left_but_nothing_comes_on_top():
    low = (Utility("power", (Level(0, 20, 1),)), Utility("LN2", (Level(0, 20, 1),), per="day"))
    everything = {"draws": (Draw("power", 1), Draw("LN2", 1)), "modes": (Mode("m", ("hall",), demands=(2,)),)}
    pins = [activity(name, pin=Pin(4, 4, "m"), **everything) for name in "pq"]
    problem = week(*pins, activity("a", **everything), utilities=low)
    promised = [put("p", 4), put("q", 4)]
    assert broken_rules(problem, *promised) == []
    assert broken_rules(problem, *promised, put("a", 7)) == ["capacity", "utility"]
    assert broken_rules(problem, *promised, put("a", 8)) == ["utility"], "the day is used up"
