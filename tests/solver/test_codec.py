"""The JSON round trip: exact, small, strict, and with one spelling for one problem."""

import dataclasses
import json

import pytest

from solver.codec import (
    CodecError,
    assignments_from_json,
    assignments_to_json,
    fingerprint,
    problem_from_json,
    problem_to_json,
    solution_from_json,
    solution_to_json,
)
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
from solver.solution import Assignment, Blocker, Progress, Reason, Solution, Unplaced
from solver.weights import Weights

FULL = Problem(
    horizon=96,
    activities=(
        Activity(
            id="bake-out",
            modes=(
                Mode(
                    "big",
                    ("TVAC-1", "hall"),
                    demands=(1, 2),
                    windows=(Window(0, 40, "run"), Window(0, 48)),
                    wish=12,
                    least=6,
                    penalty=3,
                ),
                Mode("small", ("TVAC-2",)),
            ),
            wish=10,
            least=5,
            setup=2,
            teardown=1,
            most_parts=3,
            least_part=2,
            closed="run",
            release=1,
            deadline=90,
            due=50,
            windows=(Window(0, 80, "run"),),
            value=40,
            mandatory=True,
            configuration="hot",
            needs=(Need("operator", 2, "setup"), Need("inspector", longest=4)),
            draws=(Draw("power", 5), Draw("LN2", 1, "all")),
            participants=("p1",),
            groups=("mission",),
            preferred=(Window(10, 30, "run"),),
            programme="lunar",
            previous=(Pin(3, 5, "small"), Pin(20, 5, "big", ((), ("p2",)))),
            move_cost=3,
        ),
        Activity("leak test", (Mode("m", ("TVAC-1",)),), 4, 4, pin=Pin(-2, 4, "m", (("p1", "p2"), ()))),
    ),
    resources=(
        Resource("TVAC-1", 1, (Window(0, 96),), (Window(20, 22),), (Changeover("hot", "cold", 3),), "cold"),
        Resource("hall", 4),
        Resource("TVAC-2", open=()),
    ),
    people=(
        Person("p1", (Qualification("operator", 0, 96),), (Window(0, 40),), (Window(30, 32),), 8, 40, 4),
        Person("p2"),
    ),
    utilities=(Utility("power", (Level(0, 96, 10),)), Utility("LN2", (Level(0, 96, 2),), per="day")),
    groups=(Group("mission"),),
    precedences=(PrecedenceLag("bake-out", "leak test", 2, 20, True),),
    chains=(("bake-out", "leak test"),),
    days=(Window(0, 48), Window(48, 96)),
    weeks=(Window(0, 96),),
    weights=Weights(2, 0.5, 0.25, 0.125, 1, 30, 20, 3, 4, 0.1, 0.2),
    tick_seconds=600,
    name="Wochenplan 热真空 ہفتہ",
)

SOLUTION = Solution(
    assignments=(Assignment("leak test", 1, "m", -2, 4, (("p1", "p2"), ())),),
    unplaced=(
        Unplaced("bake-out", Reason((Blocker("busy", ("TVAC-1",), ("leak test",)), Blocker("window")))),
        Unplaced("other", Reason((Blocker("precedence", ("bake-out",)),), follows="bake-out")),
    ),
    status="feasible",
    objective=4.5,
    bound=None,
    history=(Progress(0.25, 4.0, None, 1, 2), Progress(1.5, 4.5, 6.0, 1, 2)),
    seconds=1.75,
    seed=7,
)


def through_text(data):
    return json.loads(json.dumps(data, allow_nan=False))


def changed(data, path, value):
    """`data` with the value at `path` (keys and indexes) set, or taken away if it is `del`."""
    copy = through_text(data)
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    if value == "del":
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return copy


def test_a_problem_with_every_field_set_comes_back_equal():
    for cls, row in [
        (Problem, FULL),
        (Activity, FULL.activities[0]),
        (Person, FULL.people[0]),
        (Weights, FULL.weights),
    ]:
        at_default = [
            each.name
            for each in dataclasses.fields(cls)
            if each.name != "pin" and getattr(row, each.name) == each.default
        ]
        assert at_default == [], "the example is to use every field"
    assert problem_from_json(through_text(problem_to_json(FULL))) == FULL


def test_a_solution_comes_back_equal():
    assert solution_from_json(through_text(solution_to_json(SOLUTION))) == SOLUTION


def test_assignments_alone_come_back_equal():
    assert (
        assignments_from_json(through_text(assignments_to_json(SOLUTION.assignments))) == SOLUTION.assignments
    )
    assert assignments_from_json([]) == ()


def test_defaults_are_left_out_and_rows_are_short():
    small = Problem(
        8, (Activity("a", (Mode("m", ("r",)),), 2, 1, windows=(Window(0, 4), Window(0, 4, "run"))),)
    )
    assert problem_to_json(small) == {
        "format": "markaz-problem/1",
        "horizon": 8,
        "activities": [
            {
                "id": "a",
                "modes": [{"id": "m", "resources": ["r"]}],
                "wish": 2,
                "least": 1,
                "windows": [[0, 4], [0, 4, "run"]],
            }
        ],
    }


def test_never_open_and_always_open_stay_apart():
    problem = Problem(8, (), (Resource("never", open=()), Resource("always")))
    back = problem_from_json(problem_to_json(problem))
    assert [resource.open for resource in back.resources] == [(), None]


def test_a_week_of_300_activities_in_6_modes_stays_under_400_kilobytes():
    modes = tuple(Mode(f"on R{m:03}", (f"R{m:03}",), windows=(Window(m, m + 100, "run"),)) for m in range(6))
    activities = tuple(
        Activity(f"Q{i:05}", modes, 16, 8, 2, 1, needs=(Need("operator"),), value=50, deadline=600)
        for i in range(300)
    )
    text = json.dumps(problem_to_json(Problem(672, activities)), separators=(",", ":"))
    assert len(text) < 400_000
    assert problem_from_json(json.loads(text)).activities == activities


PROBLEM_FAULTS = [
    ("the whole is no object", (), [], "expected an object", ""),
    ("no format", ("format",), "del", "is missing", "format"),
    ("another format", ("format",), "markaz-problem/2", "expected 'markaz-problem/1'", "format"),
    ("unknown key at the top", ("speed",), 1, "Problem has no such field", "speed"),
    (
        "unknown key within",
        ("activities", 0, "modes", 0, "where"),
        1,
        "no such",
        "activities[0].modes[0].where",
    ),
    ("missing field", ("activities", 1, "wish"), "del", "Activity needs this", "activities[1].wish"),
    ("text for a number", ("horizon",), "96", "expected a whole number, not '96'", "horizon"),
    ("true for a number", ("activities", 0, "wish"), True, "expected a whole number", "activities[0].wish"),
    (
        "fraction for a number",
        ("activities", 0, "wish"),
        1.0,
        "expected a whole number",
        "activities[0].wish",
    ),
    ("null for a number", ("activities", 0, "wish"), None, "expected a whole number", "activities[0].wish"),
    ("number for text", ("activities", 1, "id"), 7, "expected text, not 7", "activities[1].id"),
    (
        "number for a switch",
        ("activities", 0, "mandatory"),
        1,
        "expected true or false",
        "activities[0].mandatory",
    ),
    (
        "text for a list",
        ("activities", 0, "modes", 0, "resources"),
        "TVAC-1",
        "expected a list, not 'TVAC-1'",
        "activities[0].modes[0].resources",
    ),
    ("list for an object", ("activities", 0), [], "expected an object", "activities[0]"),
    ("object for a list", ("activities",), {}, "expected a list", "activities"),
    (
        "word out of its list",
        ("utilities", 1, "per"),
        "hour",
        "one of moment, day, not 'hour'",
        "utilities[1].per",
    ),
    ("word of another type", ("utilities", 1, "per"), [], "one of moment, day", "utilities[1].per"),
    ("row too short", ("days", 1), [48], "expected a row [start, end, binds]", "days[1]"),
    ("row too long", ("days", 1), [48, 96, "run", 1], "expected a row", "days[1]"),
    ("row as an object", ("days", 1), {"start": 48, "end": 96}, "expected a row", "days[1]"),
    ("cell of a row", ("days", 1), [48, "96"], "expected a whole number", "days[1][1]"),
    ("not a number", ("weights", "lateness"), float("nan"), "a finite number", "weights.lateness"),
    ("endless", ("weights", "lateness"), float("inf"), "a finite number", "weights.lateness"),
    ("beyond all floats", ("weights", "lateness"), 10**400, "a finite number", "weights.lateness"),
    ("nested text", ("activities", 1, "pin", "people", 0, 1), 3, "text", "activities[1].pin.people[0][1]"),
]


@pytest.mark.parametrize(
    ("path", "value", "message", "where"),
    [case[1:] for case in PROBLEM_FAULTS],
    ids=[case[0] for case in PROBLEM_FAULTS],
)
def test_a_fault_in_a_problem_is_refused_with_its_path(path, value, message, where):
    data = problem_to_json(FULL)
    bad = changed(data, path, value) if path else value
    with pytest.raises(CodecError) as caught:
        problem_from_json(bad)
    assert caught.value.path == where
    assert message in str(caught.value)
    assert str(caught.value).startswith(where)


def test_a_problem_is_not_read_as_a_solution_nor_the_other_way():
    with pytest.raises(CodecError, match="markaz-solution/1"):
        solution_from_json(problem_to_json(FULL))
    with pytest.raises(CodecError, match="markaz-problem/1"):
        problem_from_json(solution_to_json(SOLUTION))


def test_a_fault_in_assignments_is_refused_with_its_path():
    good = assignments_to_json(SOLUTION.assignments)
    with pytest.raises(CodecError, match=r"^\[0\]\.start: expected a whole number"):
        assignments_from_json(changed(good, (0, "start"), None))


def test_fingerprint_is_that_of_the_content():
    again = problem_from_json(through_text(problem_to_json(FULL)))
    assert fingerprint(again) == fingerprint(FULL)
    assert len(fingerprint(FULL)) == 64


def test_fingerprint_of_a_known_problem_never_changes():
    # Stored plans compare it with that of today: another spelling would make every plan stale.
    problem = Problem(8, (Activity("a", (Mode("m", ("r",)),), 2, 1),), (Resource("r", open=(Window(0, 8),)),))
    assert fingerprint(problem) == "29f2d13994f8f44506cd4ba42876bf7b04b53fd5a3de906e7a8ae5b1975e365e"


def test_equal_problems_have_equal_fingerprints_whole_floats_too():
    whole, fraction = (dataclasses.replace(FULL, weights=Weights(lateness=each)) for each in (2, 2.0))
    assert whole == fraction
    assert fingerprint(whole) == fingerprint(fraction)


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(FULL, horizon=97),
        dataclasses.replace(FULL, name="other"),
        dataclasses.replace(FULL, chains=()),
        dataclasses.replace(FULL, activities=FULL.activities[::-1]),
        dataclasses.replace(FULL, weights=dataclasses.replace(FULL.weights, changeover=0.26)),
    ],
    ids=["horizon", "name", "chains", "order of activities", "a weight"],
)
def test_another_problem_has_another_fingerprint(other):
    assert fingerprint(other) != fingerprint(FULL)
