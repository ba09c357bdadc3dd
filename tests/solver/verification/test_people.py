"""Rules of `verify` about people, on both sides of their edges."""

from dataclasses import replace

import pytest

from solver.problem import Mode, Need, Person, Pin, Qualification, Window
from tests.solver.plans import activity, broken_rules, put, week

OPERATOR = (Qualification("operator", 0, 20),)
AMNA, BILAL, CHEN = (Person(name, OPERATOR) for name in ("Amna", "Bilal", "Chen"))
RUN = (Need("operator", phase="run"),)


def staffed(*people, needs=RUN, **fields):
    """One activity of 4 ticks with setup and teardown of 1, and these people."""
    return week(activity(setup=1, teardown=1, needs=needs, **fields), people=people)


def on(*names):
    """People for the only need."""
    return (names,)


@pytest.mark.parametrize(
    ("people", "broken"),
    [
        ((("Amna", "Bilal"),), []),
        ((("Amna",),), ["people"]),
        ((("Amna", "Bilal", "Chen"),), ["people"]),
        ((("Amna", "Amna"),), ["people", "person"]),
        ((("Amna", "Nadia"),), ["people"]),
        ((), ["people"]),
        ((("Amna", "Bilal"), ()), ["people"]),
    ],
    ids=[
        "two",
        "one of two",
        "three of two",
        "one twice",
        "somebody unknown",
        "no need named",
        "a need too many",
    ],
)
def test_every_need_has_so_many_different_people(people, broken):
    problem = staffed(AMNA, BILAL, CHEN, needs=(Need("operator", 2, "run"),))
    assert broken_rules(problem, put("a", 0, people=people)) == broken


def test_an_activity_without_needs_has_nobody():
    problem = week(activity(), people=(AMNA,))
    assert broken_rules(problem, put("a", 0)) == []
    assert broken_rules(problem, put("a", 0, people=on("Amna"))) == ["people"]


def test_a_phase_without_length_needs_nobody():
    problem = week(activity(needs=(Need("operator", 2, "setup"),)), people=(AMNA, BILAL))
    assert broken_rules(problem, put("a", 0, people=((),))) == []
    assert broken_rules(problem, put("a", 0, people=on("Amna", "Bilal"))) == ["people"]


PHASES = [("setup", 4, 5), ("run", 5, 9), ("teardown", 9, 10), ("all", 4, 10)]


def covers(kind, start, end):
    """A person who can work in ``[start, end)`` only."""
    if kind == "qualification":
        return Person("Amna", (Qualification("operator", start, end),))
    if kind == "shift":
        return Person("Amna", OPERATOR, shifts=(Window(start, end),))
    return Person("Amna", OPERATOR, absences=(Window(-9, start), Window(end, 99)))


@pytest.mark.parametrize("kind", ["qualification", "shift", "absence"])
@pytest.mark.parametrize(("phase", "start", "end"), PHASES)
def test_people_can_work_for_the_whole_of_the_phase(kind, phase, start, end):
    """The whole of the activity is [4, 10), its run [5, 9)."""
    needs = (Need("operator", phase=phase),)
    plan = put("a", 4, people=on("Amna"))
    assert broken_rules(staffed(covers(kind, start, end), needs=needs), plan) == []
    assert broken_rules(staffed(covers(kind, start + 1, end + 1), needs=needs), plan) == [kind]
    assert broken_rules(staffed(covers(kind, start - 1, end - 1), needs=needs), plan) == [kind]


@pytest.mark.parametrize(
    ("parts", "broken"),
    [([(0, 7), (7, 12)], []), ([(0, 8), (6, 12)], []), ([(0, 7), (8, 12)], True), ([], True)],
    ids=["touching count as one", "overlapping too", "a gap of a tick", "none"],
)
def test_qualifications_and_shifts_are_joined(parts, broken):
    held = tuple(Qualification("operator", *part) for part in parts)
    plan = put("a", 4, people=on("Amna"))
    assert broken_rules(staffed(Person("Amna", held)), plan) == (["qualification"] if broken else [])
    shifts = tuple(Window(*part) for part in parts)
    assert broken_rules(staffed(Person("Amna", OPERATOR, shifts)), plan) == (["shift"] if broken else [])


def test_two_qualifications_do_not_make_up_for_each_other():
    held = (Qualification("operator", 0, 7), Qualification("inspector", 7, 20))
    assert broken_rules(staffed(Person("Amna", held)), put("a", 4, people=on("Amna"))) == ["qualification"]


@pytest.mark.parametrize(
    ("start", "broken"),
    [(3, ["person"]), (4, []), (8, [])],
    ids=["runs overlap", "runs touch", "later"],
)
def test_nobody_is_on_two_duties_at_once(start, broken):
    two = [activity(name, setup=1, teardown=1, needs=RUN, on="hall") for name in "ab"]
    problem = week(*two, people=(AMNA, BILAL))
    first = put("a", 0, people=on("Amna"))
    assert broken_rules(problem, first, put("b", start, people=on("Amna"))) == broken
    assert broken_rules(problem, first, put("b", start, people=on("Bilal"))) == []


@pytest.mark.parametrize(
    ("phases", "broken"),
    [
        (("setup", "run"), []),
        (("setup", "teardown"), []),
        (("run", "all"), ["person"]),
        (("run", "run"), ["person"]),
    ],
)
def test_one_person_serves_two_needs_of_an_activity_only_one_after_the_other(phases, broken):
    problem = staffed(AMNA, BILAL, needs=tuple(Need("operator", phase=phase) for phase in phases))
    assert broken_rules(problem, put("a", 0, people=(("Amna",), ("Amna",)))) == broken
    assert broken_rules(problem, put("a", 0, people=(("Amna",), ("Bilal",)))) == []


@pytest.mark.parametrize(
    ("start", "broken"),
    [(3, ["person"]), (4, [])],
    ids=["runs overlap", "runs touch, setup within the other run"],
)
def test_a_participant_is_at_one_place(start, broken):
    two = [activity(name, setup=1, teardown=1, participants=("Amna",), on="hall") for name in "ab"]
    problem = week(*two, people=(AMNA,))
    assert broken_rules(problem, put("a", 0), put("b", start)) == broken


@pytest.mark.parametrize(
    ("start", "broken"),
    [(3, ["person"]), (4, [])],
    ids=["duty while taking part", "duty after it"],
)
def test_nobody_works_while_taking_part(start, broken):
    problem = week(
        activity("a", setup=1, teardown=1, participants=("Amna",)),
        activity("b", setup=1, teardown=1, needs=RUN, on="hall"),
        people=(AMNA,),
    )
    assert broken_rules(problem, put("a", 0), put("b", start, people=on("Amna"))) == broken


def test_a_participant_may_set_up_but_not_run_the_own_activity():
    for phase, broken in [("setup", []), ("teardown", []), ("run", ["person"]), ("all", ["person"])]:
        problem = staffed(AMNA, needs=(Need("operator", phase=phase),), participants=("Amna",))
        assert broken_rules(problem, put("a", 0, people=on("Amna"))) == broken


@pytest.mark.parametrize(
    ("absence", "broken"),
    [((4, 5), []), ((4, 6), ["participant"]), ((8, 12), ["participant"]), ((9, 12), [])],
    ids=["in the setup", "into the run", "from the last tick of the run", "in the teardown"],
)
def test_a_participant_is_not_absent_in_the_run(absence, broken):
    problem = staffed(Person("Amna", absences=(Window(*absence),)), needs=(), participants=("Amna",))
    assert broken_rules(problem, put("a", 4)) == broken


def test_taking_part_needs_no_shift_and_is_no_duty():
    off = Person("Amna", shifts=(), max_day=0, max_week=0)
    assert broken_rules(staffed(off, needs=(), participants=("Amna",)), put("a", 4)) == []


DAYS = (Window(-2, 10), Window(10, 20))


def limited(count=3, pins=(), **limits):
    """Activities of 3 ticks on duty throughout for Amna, who has limits; some of them pinned."""
    wanted = [
        activity(
            name,
            3,
            on="hall",
            needs=(Need("operator"),),
            pin=Pin(pins[i], 3, "m", on("Amna")) if i < len(pins) else None,
        )
        for i, name in enumerate("abcd"[:count])
    ]
    return week(*wanted, people=(Person("Amna", OPERATOR, **limits),), days=DAYS, weeks=(Window(0, 20),))


def duties(*starts):
    return [put(name, start, 3, people=on("Amna")) for name, start in zip("abcd", starts, strict=False)]


@pytest.mark.parametrize(
    ("limit", "starts", "broken"),
    [
        (6, (0, 3), []),
        (5, (0, 3), ["max_day"]),
        (5, (0, 10), []),
        (5, (6, 9), ["max_day"]),
        (5, (9, 13), []),
        (2, (0,), ["max_day"]),
        (3, (0,), []),
    ],
    ids=[
        "the limit",
        "a tick over it",
        "on two days",
        "the second starts on the last tick of the day",
        "each day its own",
        "one alone over it",
        "one alone",
    ],
)
def test_duty_of_a_day_is_limited_by_where_it_starts(limit, starts, broken):
    assert broken_rules(limited(max_day=limit), *duties(*starts)) == broken


@pytest.mark.parametrize(("limit", "broken"), [(9, []), (8, ["max_week"])])
def test_duty_of_a_week_is_limited(limit, broken):
    assert broken_rules(limited(max_week=limit), *duties(0, 6, 13)) == broken


@pytest.mark.parametrize(
    ("weeks", "broken"),
    [((), ["max_week"]), ((Window(0, 10), Window(10, 20)), [])],
    ids=["the horizon is one week", "two weeks"],
)
def test_each_week_has_its_own_limit(weeks, broken):
    problem = replace(limited(max_week=5), weeks=weeks)
    assert broken_rules(problem, *duties(0, 10)) == broken


def test_without_days_the_horizon_is_one():
    problem = replace(limited(max_day=5, min_rest=4), days=())
    assert broken_rules(problem, *duties(0)) == []
    assert broken_rules(problem, *duties(0, 10)) == ["max_day"]


def test_promised_duty_counts_but_is_not_asked():
    problem = limited(pins=(0, 3), max_day=5, max_week=8)
    assert broken_rules(problem, *duties(0, 3)) == []
    assert broken_rules(problem, *duties(0, 3, 6)) == ["max_day", "max_week"]
    assert broken_rules(problem, *duties(0, 3, 10)) == ["max_week"]


@pytest.mark.parametrize(
    ("rest", "starts", "broken"),
    [
        (4, (6, 13), []),
        (5, (6, 13), ["min_rest"]),
        (5, (3, 6), []),
        (4, (8, 15), []),
        (5, (8, 15), ["min_rest"]),
        (5, (10, 13), []),
        (4, (3, 6, 12), ["min_rest"]),
    ],
    ids=[
        "just enough",
        "a tick short",
        "no rest within a day",
        "over midnight, counted from its end",
        "over midnight, a tick short",
        "no rest within the second day",
        "the last of a day counts",
    ],
)
def test_rest_lies_between_duties_of_two_days(rest, starts, broken):
    assert broken_rules(limited(min_rest=rest), *duties(*starts)) == broken


def test_rest_is_asked_between_phases_of_one_activity_on_two_days():
    needs = (Need("operator", phase="setup"), Need("operator", phase="run"))
    problem = week(
        activity(setup=1, needs=needs), people=(Person("Amna", OPERATOR, min_rest=1), BILAL), days=DAYS
    )
    assert broken_rules(problem, put("a", 9, people=(("Amna",), ("Amna",)))) == ["min_rest"]
    assert broken_rules(problem, put("a", 9, people=(("Amna",), ("Bilal",)))) == []
    assert broken_rules(problem, put("a", 10, people=(("Amna",), ("Amna",)))) == []


def test_promised_duties_need_no_rest_among_themselves_but_others_do_to_them():
    problem = limited(pins=(6, 10), min_rest=4)
    assert broken_rules(problem, *duties(6, 10)) == []
    assert broken_rules(problem, *duties(6, 10, 13)) == [], "rest from the first is just enough"
    assert broken_rules(limited(pins=(6, 10), min_rest=5), *duties(6, 10, 13)) == ["min_rest"]


def test_what_began_before_the_first_day_counts_for_rest():
    problem = limited(pins=(-3,), min_rest=4)
    assert broken_rules(problem, *duties(-3, 3)) == ["min_rest"]
    assert broken_rules(problem, *duties(-3, 4)) == []
    first_tick_of_the_day = limited(pins=(-2,), min_rest=4)
    assert broken_rules(first_tick_of_the_day, *duties(-2, 1)) == []


def test_people_are_asked_of_a_pin_only_if_the_solver_chose_them():
    unfit = Person("Amna", shifts=(), absences=(Window(0, 20),), max_day=0)
    given = week(activity(needs=RUN, pin=Pin(2, 4, "m", on("Amna"))), people=(unfit,))
    assert broken_rules(given, put("a", 2, people=on("Amna"))) == []
    chosen = week(activity(needs=RUN, pin=Pin(2, 4, "m")), people=(unfit,))
    assert broken_rules(chosen, put("a", 2, people=on("Amna"))) == ["absence", "qualification", "shift"]


def test_duty_limits_are_not_asked_of_a_pin_whoever_chose():
    tired = Person("Amna", OPERATOR, max_day=0, max_week=0)
    problem = week(activity(needs=RUN, pin=Pin(2, 4, "m")), people=(tired,))
    assert broken_rules(problem, put("a", 2, people=on("Amna"))) == []


def test_a_participant_of_a_pin_may_be_absent_but_is_taken():
    absent = Person("Amna", OPERATOR, absences=(Window(0, 20),))
    pinned = activity("p", participants=("Amna",), pin=Pin(2, 4, "m"))
    problem = week(pinned, activity("a", participants=("Amna",), on="hall"), people=(absent,))
    assert broken_rules(problem, put("p", 2)) == []
    assert broken_rules(problem, put("p", 2), put("a", 5)) == ["participant", "person"]


def test_people_of_every_part_are_asked():
    modes = (Mode("m", ("lab",)),)
    problem = week(
        activity(wish=8, least=8, most_parts=2, needs=RUN, modes=modes),
        people=(Person("Amna", OPERATOR, shifts=(Window(0, 8),)),),
    )
    parts = [put("a", 0, people=on("Amna")), put("a", 4, part=2, people=on("Amna"))]
    assert broken_rules(problem, *parts) == []
    assert broken_rules(problem, parts[0], put("a", 5, part=2, people=on("Amna"))) == ["shift"]
