"""Reasons as people read them."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.intervals import Interval
from scheduler.plans.left_out import LeftOut
from scheduler.plans.names import HIDDEN, Names
from scheduler.plans.reasons import Speaker
from scheduler.plans.timeline import Timeline
from solver import (
    Activity,
    Blocker,
    Draw,
    Mode,
    Need,
    Person,
    PrecedenceLag,
    Problem,
    Qualification,
    Reason,
    Resource,
    Window,
)
from tests.centre import MONDAY

WEEK = Interval(MONDAY, MONDAY + timedelta(days=7))
NAMES = Names(
    activities={
        "R-1": "Shaker run",
        "R-2": "Leak test",
        "R-3": "Bake-out",
        "R-4": "Dive 9",
        "R-5": "Dive 10",
    },
    people={"P-1": "Sana Mirza"},
    projects={"OPT": "Optical terminal"},
    units={"LN2": "l/h"},
)
ASKED = Activity(
    "R-1",
    (Mode("1", ("TV-1",)), Mode("2", ("TV-2",))),
    wish=16,
    least=8,
    setup=2,
    configuration="hot",
    release=32,
    deadline=80,
    needs=(Need("vacuum operator", 2),),
    draws=(Draw("LN2", 6),),
)
RESOURCES = (Resource("TV-1", outages=(Window(40, 48),)), Resource("TV-2"))
LAGS = (PrecedenceLag("R-2", "R-1", 4, 12),)
TIME = "all of its time (Mon 30 Nov 08:00-20:00)"


def speaker(*blockers, follows=None, asked=ASKED, others=(), names=NAMES, lags=LAGS):
    leak_test = Activity("R-2", (Mode("1", ("TV-1",)),), wish=4, least=4)
    problem = Problem(672, (asked, leak_test), RESOURCES, precedences=lags)
    reasons = {asked.id: Reason(blockers, follows), **dict(others)}
    return Speaker(problem, Timeline(WEEK, 900, ZoneInfo("UTC")), names, reasons)


@pytest.mark.parametrize(
    ("blocker", "reason", "remedy"),
    [
        (
            Blocker("window"),
            "It takes 2.5 h with setup and teardown, more than fits into its time (Mon 30 Nov 08:00-20:00).",
            "A longer window would help.",
        ),
        (
            Blocker("calendar", ("TV-1", "TV-2")),
            "TV-1 and TV-2 are never open for the 2.5 h with setup and teardown that it takes "
            "in its time (Mon 30 Nov 08:00-20:00).",
            "Longer opening hours would help.",
        ),
        (
            Blocker("outage", ("TV-1",)),
            "TV-1 is out Mon 30 Nov 10:00-12:00.",
            "An earlier end of the outage would help.",
        ),
        (
            Blocker("busy", ("TV-1",), ("R-2",)),
            f"TV-1 is held by Leak test in {TIME}.",
            "A longer window or another facility would help.",
        ),
        (
            Blocker("busy", ("TV-1", "TV-2"), ("R-2", "R-3", "R-4", "R-5")),
            f"TV-1 and TV-2 are held by Leak test, Bake-out and 2 more in {TIME}.",
            "A longer window or another facility would help.",
        ),
        (
            Blocker("changeover", ("TV-1",), ("R-2",)),
            "No room is left on TV-1 for the changeover to hot next to Leak test.",
            "More time between two configurations or another facility would help.",
        ),
        (
            Blocker("people", ("vacuum operator",), ("R-2", "R-3", "R-4")),
            f"Fewer than 2 with vacuum operator are on shift and free in {TIME} "
            "(busy with Leak test, Bake-out and Dive 9).",
            "One more on shift with vacuum operator would help.",
        ),
        (
            Blocker("utility", ("LN2",), ("R-2",)),
            "Not enough is left for its 6 l/h of LN2 (taken by Leak test).",
            "Drawing less of LN2 or another day would help.",
        ),
        (
            Blocker("group", ("CREW",), ("R-4",)),
            "CREW has another run at that time: Dive 9.",
            "Another time for CREW would help.",
        ),
        (
            Blocker("participant", ("P-1",), ("R-4",)),
            "Sana Mirza is not free (busy with Dive 9).",
            "Another participant would help.",
        ),
        (
            Blocker("precedence", ("R-2",)),
            "It has to start 1 h to 3 h after Leak test, where there is no room.",
            "A longer time between the two would help.",
        ),
        (
            Blocker("chain", ("R-2", "R-3")),
            "It goes only together with Leak test and Bake-out, which have no place.",
            "Find a place for Leak test and Bake-out first, or take one of them out of the chain.",
        ),
        (
            Blocker("worth"),
            "It fits, but costs more than it brings (lateness, changeovers, penalty).",
            "A higher value, or making it mandatory, would place it.",
        ),
    ],
    ids=lambda value: value.rule if isinstance(value, Blocker) else "",
)
def test_each_rule_in_words(blocker, reason, remedy):
    assert speaker(blocker).reason("R-1") == reason
    assert speaker(blocker).remedy("R-1") == remedy


@pytest.mark.parametrize(
    ("valid_until", "note"),
    [(48, " (Sana Mirza's vacuum operator lapses on Mon 30 Nov)"), (80, "")],
    ids=["before its time ends", "not before"],
)
def test_a_certificate_that_lapses_too_early_is_named(valid_until, note):
    sana = Person("P-1", (Qualification("vacuum operator", 0, valid_until),))
    problem = Problem(672, (ASKED,), RESOURCES, people=(sana,))
    reason = Reason((Blocker("people", ("vacuum operator",)),))
    said = Speaker(problem, Timeline(WEEK, 900, ZoneInfo("UTC")), NAMES, {"R-1": reason}).reason("R-1")
    assert said == f"Fewer than 2 with vacuum operator are on shift and free in {TIME}{note}."


def test_what_takes_the_place_comes_first_and_the_time_is_said_once():
    found = speaker(Blocker("window"), Blocker("calendar", ("TV-1",)), Blocker("busy", ("TV-1",), ("R-2",)))
    assert found.reason("R-1") == (
        "TV-1 is held by Leak test; TV-1 is closed at other times; "
        "it can only lie in its time (Mon 30 Nov 08:00-20:00)."
    )
    assert found.remedy("R-1") == "A longer window, longer opening hours or another facility would help."


def test_who_waits_is_told_the_reason_at_the_start_of_the_line():
    root = ("R-2", Reason((Blocker("busy", ("TV-1",), ("R-3",)),)))
    straight = speaker(Blocker("precedence", ("R-2",)), follows="R-2", others=[root])
    assert straight.reason("R-1") == (
        "Waits for Leak test, which is not placed: TV-1 is held by Bake-out in all of the plan's time."
    )
    assert straight.remedy("R-1") == (
        "Find a place for Leak test first. A longer window or another facility would help."
    )
    through = speaker(Blocker("precedence", ("R-3",)), follows="R-2", others=[root])
    assert through.reason("R-1").startswith(
        "Waits for Bake-out, which waits for Leak test, which is not placed"
    )


def test_several_windows_are_counted():
    asked = Activity(
        "R-1", ASKED.modes, wish=8, least=8, windows=(Window(32, 40, "run"), Window(128, 136, "run"))
    )
    assert speaker(Blocker("window"), asked=asked).reason("R-1") == (
        "It takes 2 h, more than fits into its 2 windows (Mon 30 Nov 08:00 to Tue 1 Dec 10:00)."
    )


def test_what_the_reader_may_not_see_is_another_booking():
    names = Names(activities={"R-1": "Shaker run", "R-2": HIDDEN, "R-3": HIDDEN}, unknown=HIDDEN)
    found = speaker(Blocker("busy", ("TV-1",), ("R-2", "R-3", "R-77")), names=names)
    assert found.reason("R-1") == f"TV-1 is held by another booking and 2 more in {TIME}."


def test_where_the_solver_names_as_many_as_it_does_at_most_there_may_be_others():
    taking = tuple(f"R-{number}" for number in range(2, 12))
    found = speaker(Blocker("busy", ("TV-1",), taking)).reason("R-1")
    assert found == f"TV-1 is held by Leak test, Bake-out and others in {TIME}."


@pytest.mark.parametrize(
    ("lag", "words"),
    [
        (PrecedenceLag("R-2", "R-1"), "It has to start after Leak test, where there is no room."),
        (
            PrecedenceLag("R-2", "R-1", 4),
            "It has to start at least 1 h after Leak test, where there is no room.",
        ),
        (
            PrecedenceLag("R-2", "R-1", 0, 12),
            "It has to start at most 3 h after Leak test, where there is no room.",
        ),
        (
            PrecedenceLag("R-1", "R-2", 2, 12),
            "It has to end 30 min to 3 h before Leak test, where there is no room.",
        ),
    ],
)
def test_lags_are_said_from_the_side_of_the_one_without_a_place(lag, words):
    assert speaker(Blocker("precedence", ("R-2",)), lags=(lag,)).reason("R-1") == words


def test_titles_with_punctuation_are_quoted():
    names = Names(activities={"R-2": "Barq: thermal vacuum, camera head", "R-3": "Bake-out"})
    found = speaker(Blocker("busy", ("TV-1",), ("R-2", "R-3")), names=names).reason("R-1")
    assert found == f'TV-1 is held by "Barq: thermal vacuum, camera head" and Bake-out in {TIME}.'


def test_an_activity_without_a_reason_is_not_given_one():
    assert speaker().reason("R-1") == "No place was found for it in the time."


@pytest.mark.parametrize(
    ("out", "reason", "remedy"),
    [
        (
            LeftOut("R-1", "quota", ("OPT",), 180, 420),
            "Optical terminal has 3 h of its quota left after the requests ahead of it, this takes 7 h.",
            "Shorten it to 3 h, or ask for more hours.",
        ),
        (
            LeftOut("R-1", "quota", ("OPT",), 0, 60),
            "Optical terminal has 0 min of its quota left after the requests ahead of it, this takes 1 h.",
            "Ask for more hours.",
        ),
        (
            LeftOut("R-1", "precedence", ("R-2",)),
            "Waits for Leak test, which is neither booked nor in this plan.",
            "Approve Leak test, plan a span that holds both, or let it follow something else.",
        ),
        (
            LeftOut("R-1", "chain", ("R-2", "R-3")),
            "Goes only together with Leak test and Bake-out, which are neither booked nor in this plan.",
            "Approve Leak test and Bake-out, plan a span that holds all, or take it out of the chain.",
        ),
        (
            LeftOut("R-1", "retired", ("OLD",)),
            "OLD is retired, and it cannot do without.",
            "Choose another in the request.",
        ),
        (LeftOut("R-1", "alternatives"), "It names no facility.", "Say which facility it takes."),
        (
            LeftOut("R-1", "window"),
            "Its times within this plan are shorter than one step of the plan (15 min).",
            "A longer window would help.",
        ),
    ],
    ids=lambda value: value.rule if isinstance(value, LeftOut) else "",
)
def test_what_was_not_even_tried_in_words(out, reason, remedy):
    assert speaker().left_out_reason(out) == reason
    assert speaker().left_out_remedy(out) == remedy
