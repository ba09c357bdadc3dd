"""Rules of `verify` about one activity, on both sides of their edges; all else is allowed."""

import pytest

from solver.problem import Mode, Need, Person, Pin, Qualification, Resource, Window
from tests.solver.plans import LAB, activity, broken_rules, put, week

ELASTIC = week(activity(wish=6, least=3))
LONG_AND_SHORT = (Mode("m", ("lab",)), Mode("short", ("hall",), wish=3, least=2))


@pytest.mark.parametrize(
    ("duration", "broken"),
    [(2, ["length"]), (3, []), (6, []), (7, ["length"])],
    ids=["under the least", "the least", "the wish", "over the wish"],
)
def test_length_lies_between_least_and_wish(duration, broken):
    assert broken_rules(ELASTIC, put("a", 0, duration)) == broken


@pytest.mark.parametrize(
    ("mode", "duration", "broken"),
    [
        ("short", 1, ["length"]),
        ("short", 2, []),
        ("short", 3, []),
        ("short", 4, ["length"]),
        ("m", 3, ["length"]),
    ],
)
def test_a_mode_has_its_own_length(mode, duration, broken):
    problem = week(activity(wish=6, least=4, modes=LONG_AND_SHORT))
    assert broken_rules(problem, put("a", 0, duration, mode=mode)) == broken


PARTED = week(
    activity(wish=8, least=5, most_parts=2, least_part=3), activity("one", wish=8, least=2, least_part=3)
)


@pytest.mark.parametrize(
    ("plan", "broken"),
    [
        ([put("a", 0, 3), put("a", 3, 5, part=2)], []),
        ([put("a", 0, 2), put("a", 3, 4, part=2)], ["part"]),
        ([put("a", 0, 3), put("a", 3, 6, part=2)], ["length"]),
        ([put("a", 0, 3), put("a", 3, 3, part=2), put("a", 6, 2, part=3)], ["part"]),
        ([put("a", 0, 5)], []),
        ([put("a", 0, 4)], ["length"]),
        ([put("one", 0, 2)], []),
        ([put("one", 0, 3), put("one", 3, 3, part=2)], ["part"]),
        ([put("a", 0, 3), put("a", 3, 3)], ["part"]),
        ([put("a", 0, 3, part=2), put("a", 3, 3)], ["part"]),
        ([put("a", 0, 5, part=0)], ["part"]),
        ([put("a", 0, 5, part=2)], ["part"]),
        ([put("a", 0, 4), put("a", 0, 4)], ["busy", "part"]),
    ],
    ids=[
        "two parts",
        "a part too short",
        "too long together",
        "three of two parts",
        "one part",
        "one part under the least",
        "one part may be under the least part",
        "two of one part",
        "one number twice",
        "numbered against time",
        "numbered from 0",
        "numbered from 2",
        "placed twice",
    ],
)
def test_parts_are_numbered_few_and_long_enough(plan, broken):
    assert broken_rules(PARTED, *plan) == broken


@pytest.mark.parametrize(
    ("start", "broken"),
    [(4, ["part"]), (5, []), (6, [])],
    ids=["runs overlap", "runs touch", "runs apart"],
)
def test_parts_exclude_each_other_by_their_runs_alone(start, broken):
    modes = (Mode("m", ("lab",)), Mode("n", ("hall",)))
    problem = week(activity(wish=8, least=8, most_parts=2, setup=1, modes=modes))
    # The setup of the second part, [start, start + 1), may fall into the run [1, 6) of the first.
    plan = [put("a", 0, 5), put("a", start, 3, part=2, mode="n")]
    assert broken_rules(problem, *plan) == broken


@pytest.mark.parametrize(
    ("durations", "broken"),
    [((1, 2), ["length"]), ((2, 2), ["length"]), ((3, 2), []), ((3, 3), []), ((4, 3), ["length"])],
    ids=[
        "under both",
        "under the longer least",
        "the longer least",
        "the shorter wish",
        "over the shorter wish",
    ],
)
def test_parts_in_modes_of_two_lengths_keep_to_both(durations, broken):
    modes = (Mode("m", ("lab",)), Mode("n", ("hall",), wish=6, least=2))
    problem = week(activity(wish=9, least=5, most_parts=2, modes=modes))
    plan = [put("a", 0, durations[0]), put("a", 10, durations[1], part=2, mode="n")]
    assert broken_rules(problem, *plan) == broken


@pytest.mark.parametrize(
    ("release", "deadline", "start", "broken"),
    [
        (3, None, 2, ["release"]),
        (3, None, 3, []),
        (None, 12, 6, []),
        (None, 12, 7, ["deadline"]),
        (None, None, -1, ["release"]),
        (None, None, 14, []),
        (None, None, 15, ["deadline"]),
        (-5, 99, -1, ["release"]),
        (-5, 99, 15, ["deadline"]),
    ],
    ids=[
        "a tick early",
        "at the release",
        "ends at the deadline",
        "ends a tick late",
        "before the horizon",
        "ends with the horizon",
        "ends after the horizon",
        "a release before the horizon does not widen it",
        "nor does a deadline after it",
    ],
)
def test_the_whole_lies_between_release_and_deadline(release, deadline, start, broken):
    problem = week(activity(setup=1, teardown=1, release=release, deadline=deadline))
    assert broken_rules(problem, put("a", start)) == broken


WINDOW_CASES = [
    ("run a tick early", (Window(4, 10, "run"),), 2, ["window"]),
    ("run at the opening, setup before it", (Window(4, 10, "run"),), 3, []),
    ("run to the end, teardown after it", (Window(4, 10, "run"),), 5, []),
    ("run a tick late", (Window(4, 10, "run"),), 6, ["window"]),
    ("whole a tick early", (Window(4, 10),), 3, ["window"]),
    ("whole fills it", (Window(4, 10),), 4, []),
    ("whole a tick late", (Window(4, 10),), 5, ["window"]),
    ("in the second of two", (Window(0, 3, "run"), Window(8, 14, "run")), 8, []),
    ("across two that touch", (Window(0, 8, "run"), Window(8, 14, "run")), 5, ["window"]),
    ("both sorts kept", (Window(4, 9, "run"), Window(4, 12)), 4, []),
    ("run kept, whole not", (Window(4, 9, "run"), Window(5, 12)), 4, ["window"]),
    ("whole kept, run not", (Window(6, 10, "run"), Window(4, 12)), 4, ["window"]),
]


@pytest.mark.parametrize(
    ("windows", "start", "broken"),
    [case[1:] for case in WINDOW_CASES],
    ids=[case[0] for case in WINDOW_CASES],
)
@pytest.mark.parametrize("of", ["activity", "mode"])
def test_windows_bind_the_run_or_the_whole(of, windows, start, broken):
    """A run of 4 with setup and teardown of 1: the run begins a tick after the start."""
    modes = (Mode("m", ("lab",), windows=windows if of == "mode" else ()), Mode("other", ("lab",)))
    problem = week(activity(setup=1, teardown=1, modes=modes, windows=windows if of == "activity" else ()))
    assert broken_rules(problem, put("a", start)) == broken
    elsewhere = broken if of == "activity" else []
    assert broken_rules(problem, put("a", start, mode="other")) == elsewhere


def test_windows_of_activity_and_mode_bind_both():
    modes = (Mode("m", ("lab",), windows=(Window(6, 12, "run"),)),)
    problem = week(activity(modes=modes, windows=(Window(2, 10, "run"),)))
    assert [broken_rules(problem, put("a", start)) for start in (5, 6, 7)] == [["window"], [], ["window"]]


@pytest.mark.parametrize(
    ("opening", "start", "broken"),
    [
        (None, 0, []),
        ((), 0, ["calendar"]),
        ((Window(4, 10),), 3, ["calendar"]),
        ((Window(4, 10),), 4, []),
        ((Window(4, 10),), 5, ["calendar"]),
        ((Window(4, 7), Window(7, 12)), 5, []),
        ((Window(7, 12), Window(4, 8)), 5, []),
        ((Window(4, 7), Window(8, 12)), 4, ["calendar"]),
        ((Window(4, 10, "run"),), 3, ["calendar"]),
    ],
    ids=[
        "always open",
        "never open",
        "a tick before it opens",
        "as it opens",
        "a tick too late",
        "across two that touch",
        "across two that overlap, out of order",
        "across a break",
        "what a calendar window binds has no meaning",
    ],
)
def test_resources_are_open_for_the_whole(opening, start, broken):
    problem = week(activity(setup=1, teardown=1), resources=(Resource("lab", open=opening),))
    assert broken_rules(problem, put("a", start)) == broken


@pytest.mark.parametrize(
    ("start", "broken"),
    [(4, []), (5, ["outage"]), (11, ["outage"]), (12, [])],
    ids=["ends as it begins", "teardown meets it", "setup meets it", "begins as it ends"],
)
def test_outages_are_kept_free_by_the_whole(start, broken):
    problem = week(activity(setup=1, teardown=1), resources=(Resource("lab", outages=(Window(10, 12),)),))
    assert broken_rules(problem, put("a", start)) == broken


def test_every_resource_of_a_mode_is_asked():
    both = (Mode("m", ("lab", "hall")),)
    closed_hall = week(activity(modes=both), resources=(LAB, Resource("hall", 3, open=(Window(8, 20),))))
    assert broken_rules(closed_hall, put("a", 7)) == ["calendar"]
    assert broken_rules(closed_hall, put("a", 8)) == []


PINNED = activity(pin=Pin(2, 4, "m"), modes=(Mode("m", ("lab",)), Mode("n", ("lab",))), most_parts=2)


@pytest.mark.parametrize(
    ("plan", "broken"),
    [
        ([put("a", 2)], []),
        ([], ["pin"]),
        ([put("a", 3)], ["pin"]),
        ([put("a", 2, 3)], ["pin"]),
        ([put("a", 2, mode="n")], ["pin"]),
        ([put("a", 2), put("a", 8, part=2)], ["part", "pin"]),
    ],
    ids=["there", "missing", "moved", "shortened", "in another mode", "and once more"],
)
def test_a_pin_stands_where_it_was_put(plan, broken):
    assert broken_rules(week(PINNED), *plan) == broken


def test_a_pin_is_not_asked_for_windows_calendars_lengths():
    closed = Resource("lab", open=(), outages=(Window(0, 20),))
    promised = activity(
        wish=9,
        least=9,
        pin=Pin(-3, 30, "m"),
        release=5,
        deadline=8,
        windows=(Window(6, 7, "run"), Window(6, 7)),
        modes=(Mode("m", ("lab",), windows=(Window(1, 2),)),),
    )
    assert broken_rules(week(promised, resources=(closed,)), put("a", -3, 30)) == []


def test_people_that_come_with_a_pin_stay():
    needs = (Need("operator"),)
    people = (Person("Amna", (Qualification("operator", 0, 20),)), Person("Bilal"))
    problem = week(activity(pin=Pin(2, 4, "m", (("Bilal",),)), needs=needs), people=people)
    assert broken_rules(problem, put("a", 2, people=(("Bilal",),))) == []
    assert broken_rules(problem, put("a", 2, people=(("Amna",),))) == ["pin"]
    assert broken_rules(problem) == ["pin"]


def test_a_pin_without_names_may_stay_unplaced_where_nobody_is_found():
    problem = week(activity(pin=Pin(2, 4, "m"), needs=(Need("operator"),)))
    assert broken_rules(problem) == []
    assert broken_rules(problem, put("a", 2, people=((),))) == ["people"]
