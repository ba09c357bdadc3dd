"""Problems as plain numbers: which are, and that nothing of them is lost."""

from dataclasses import replace

import pytest

from solver import (
    Activity,
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
from solver.compact.compact import is_compact
from solver.compact.lean import lean
from solver.state.index import Index
from solver.weights import Weights

ROOM = (Mode("m", ("room",)),)


def activity(name, ticks=2, **more):
    given = {"wish": ticks, "least": ticks, "value": 0, "mandatory": True, **more}
    return Activity(name, given.pop("modes", ROOM), **given)


def project(*activities, **more):
    given = {
        "horizon": 20,
        "resources": (Resource("room", 2), Resource("by day", 2, open=(Window(0, 8), Window(10, 18)))),
        "weights": Weights(makespan=1.0),
        "people": (Person("ann", (Qualification("weld", 0, 20),)), Person("bob")),
        "utilities": (Utility("power", (Level(0, 20, 3),)), Utility("gas", (Level(0, 20, 3),), per="day")),
        "groups": (Group("crew"),),
        **more,
    }
    return Problem(activities=activities, **given)


def test_plain_activities_are_read_in_an_order_in_which_none_waits_for_a_later_one():
    read = lean(Index(project(activity("b"), activity("a", 3), precedences=(PrecedenceLag("a", "b", 1),))))
    assert (read.names, read.ticks) == (("a", "b"), (3, 2))
    assert (read.before, read.after) == (((), ((0, 1),)), (((1, 1),), ()))
    assert read.steady


@pytest.mark.parametrize(
    "more",
    [
        {"mandatory": False},
        {"least": 1},
        {"modes": (*ROOM, Mode("n", ("room",)))},
        {"most_parts": 2},
        {"windows": (Window(0, 9),)},
        {"modes": (Mode("m", ("room",), windows=(Window(0, 9),)),)},
        {"groups": ("crew",)},
        {"participants": ("bob",)},
        {"draws": (Draw("gas", 1),)},
        {"draws": (Draw("power", 1),), "setup": 1},
        {"needs": (Need("weld", 1, "setup"),)},
        {"needs": (Need("weld", 2),)},
        {"needs": (Need("weld", longest=1),)},
        {"closed": "pause", "modes": (Mode("m", ("by day",)),)},
        {"closed": "run", "modes": (Mode("m", ("by day",)),)},
    ],
    ids=[
        "may be left out",
        "elastic",
        "several modes",
        "in parts",
        "windows",
        "windows of its mode",
        "exclusion group",
        "participants",
        "by the day",
        "draw for a phase only",
        "need for a phase without length",
        "more people than there are",
        "relief",
        "waits while closed",
        "goes on while closed",
    ],
)
def test_what_has_more_to_it_is_declined(more):
    assert lean(Index(project(activity("plain")))) is not None
    assert lean(Index(project(activity("plain"), activity("rich", **more)))) is None


@pytest.mark.parametrize("lag", [{"max_lag": 3}, {"same_resource": True}], ids=str)
def test_lags_with_more_to_them_are_declined(lag):
    problem = project(activity("a"), activity("b"), precedences=(PrecedenceLag("a", "b", 0, **lag),))
    assert lean(Index(problem)) is None


@pytest.mark.parametrize("limit", [{"max_day": 5}, {"max_week": 5}, {"min_rest": 1}], ids=str)
def test_people_with_limits_are_declined(limit):
    problem = project(activity("a", needs=(Need("weld"),)))
    ann, bob = problem.people
    assert lean(Index(problem)) is not None
    assert lean(Index(replace(problem, people=(replace(ann, **limit), bob)))) is None


def test_a_qualification_that_ends_within_the_horizon_is_declined():
    problem = project(activity("a", needs=(Need("weld"),)))
    people = (Person("ann", (Qualification("weld", 0, 19),)),)
    assert lean(Index(replace(problem, people=people))) is None


def test_closed_ticks_of_a_resource_and_bookings_that_stand_count_as_taken():
    read = lean(
        Index(
            project(
                activity("a"),
                activity("stands", 2, pin=Pin(4, 2, "m")),
                resources=(Resource("room", 2, open=(Window(2, 20),), outages=(Window(9, 10),)),),
            )
        )
    )
    assert read.names == ("a",)
    assert read.fields[0].taken == (2, 2, 0, 0, 1, 1, 0, 0, 0, 2, *[0] * 10)
    assert (read.end, read.steady) == (6, False)


def test_a_booking_that_stands_limits_those_before_and_after_it():
    problem = project(
        activity("before", 3),
        activity("stands", 2, pin=Pin(8, 2, "m")),
        activity("after", 1),
        precedences=(PrecedenceLag("before", "stands", 1), PrecedenceLag("stands", "after", 2)),
    )
    read = lean(Index(problem))
    limits = dict(zip(read.names, zip(read.release, read.latest, strict=True), strict=True))
    assert limits == {"before": (0, 4), "after": (12, 19)}


def test_release_and_deadline_are_the_first_and_last_start():
    read = lean(Index(project(activity("a", 3, release=2, deadline=11))))
    assert (read.release, read.latest, read.steady) == ((2,), (8,), False)


def test_what_all_can_have_at_once_is_not_counted():
    assert lean(Index(project(activity("a"), activity("b")))).fields == ()
    assert len(lean(Index(project(activity("a"), activity("b"), activity("c")))).fields) == 1


def test_those_who_hold_one_of_two_qualifications_are_counted_together():
    people = (
        Person("ann", (Qualification("weld", 0, 20),)),
        Person("bob", (Qualification("weld", 0, 20), Qualification("glue", 0, 20))),
    )
    needs = (Need("weld"), Need("glue"))
    read = lean(Index(project(activity("a", needs=needs), activity("b", needs=needs), people=people)))
    assert sorted((each.most, each.asked) for each in read.fields) == [(1, (1, 1)), (2, (2, 2))]
    assert read.people == ("ann", "bob")


def test_no_schedule_ends_before_the_longest_path_or_the_work_is_done():
    chain = project(activity("a", 5), activity("b", 4), precedences=(PrecedenceLag("a", "b", 2),))
    assert lean(Index(chain)).lower_bound() == 11
    work = project(*(activity(name, 3) for name in "abcde"))
    assert lean(Index(work)).lower_bound() == 8  # 15 ticks of work in two places


@pytest.mark.parametrize(
    ("weights", "more", "compact"),
    [
        (Weights(makespan=1.0), {}, True),
        (Weights(makespan=1.0, lateness=1.0), {}, True),
        (Weights(makespan=1.0, lateness=1.0), {"due": 3}, False),
        (Weights(makespan=1.0), {"due": 3}, True),
        (Weights(), {}, False),
        (Weights(makespan=1.0, balance=1.0), {}, False),
        (Weights(makespan=1.0), {"mandatory": False}, False),
        (Weights(makespan=1.0, preference=1.0), {"preferred": (Window(0, 4),)}, False),
        (Weights(makespan=1.0, moved=1.0), {"previous": (Pin(0, 2, "m"),)}, False),
    ],
)
def test_a_problem_is_compact_if_only_its_end_counts(weights, more, compact):
    assert is_compact(Index(project(activity("a", **more), weights=weights))) is compact
