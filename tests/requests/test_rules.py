"""What may be asked for, and where a request may go from where it stands."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.requests.models import STATES
from scheduler.requests.rules import (
    TRANSITIONS,
    allowed_transitions,
    faults,
    find_cycle,
    is_allowed,
    next_code,
    quota_fault,
)
from scheduler.requests.values import After, DrawValue, Facts, NeedValue, RequestValues, Way, WindowValue
from tests.centre import at

SOUND = RequestValues(
    title="Leak test",
    project_id=1,
    wish_minutes=240,
    least_minutes=240,
    ways=(Way((1,)),),
    earliest_at=at(0, 8),
    latest_at=at(0, 18),
)
FACTS = Facts()


def faults_of(**changes):
    return faults(replace(SOUND, **changes), FACTS)


def test_a_sound_request_has_no_fault():
    assert faults(SOUND, FACTS) == {}


@pytest.mark.parametrize(
    ("field", "changes", "is_fault"),
    [
        ("title", {"title": "x"}, False),
        ("title", {"title": "  "}, True),
        ("title", {"title": "x" * 200}, False),
        ("title", {"title": "x" * 201}, True),
        ("wish", {"wish_minutes": 1, "least_minutes": 1}, False),
        ("wish", {"wish_minutes": 0, "least_minutes": 0}, True),
        ("wish", {"wish_minutes": 90 * 1440, "latest_at": None}, False),
        ("wish", {"wish_minutes": 90 * 1440 + 1, "latest_at": None}, True),
        ("least", {"least_minutes": 1}, False),
        ("least", {"least_minutes": 0}, True),
        ("least", {"least_minutes": 241}, True),
        ("setup", {"setup_minutes": 0}, False),
        ("setup", {"setup_minutes": -1}, True),
        ("setup", {"setup_minutes": 14 * 1440, "latest_at": None}, False),
        ("setup", {"setup_minutes": 14 * 1440 + 1, "latest_at": None}, True),
        ("teardown", {"teardown_minutes": -1}, True),
        ("most_parts", {"most_parts": 50}, False),
        ("most_parts", {"most_parts": 51}, True),
        ("most_parts", {"most_parts": 0}, True),
        ("least_part", {"least_part_minutes": 240}, False),
        ("least_part", {"least_part_minutes": 241}, True),
        ("least_part", {"least_part_minutes": 0}, True),
        ("priority", {"priority": 1}, False),
        ("priority", {"priority": 0}, True),
        ("priority", {"priority": 5}, False),
        ("priority", {"priority": 6}, True),
        ("value", {"value": 0}, False),
        ("value", {"value": -1}, True),
        ("value", {"value": 1_000_000_000}, False),
        ("value", {"value": 1_000_000_001}, True),
        ("latest", {"latest_at": at(0, 12)}, False),
        ("latest", {"latest_at": at(0, 12) - timedelta(minutes=1)}, True),
        ("latest", {"latest_at": at(0, 12), "setup_minutes": 1}, True),
        ("latest", {"latest_at": at(0, 12), "least_minutes": 239, "teardown_minutes": 1}, False),
        ("latest", {"latest_at": at(0, 8)}, True),
        ("latest", {"latest_at": at(0, 9), "earliest_at": None}, False),
        ("due", {"due_at": at(0, 18)}, False),
        ("due", {"due_at": at(0, 18) + timedelta(minutes=1)}, True),
        ("due", {"due_at": at(0, 8)}, True),
        ("due", {"due_at": at(0, 8) + timedelta(minutes=1)}, False),
        ("ways-0-resources-0", {"ways": ()}, True),
        ("ways-0-resources-0", {"ways": (Way(()),)}, True),
        ("ways-0-resources-0", {"ways": (Way((1, 2)),)}, False),
        ("ways-0-resources-0", {"ways": (Way((1, 1)),)}, True),
        ("ways-1-resources-0", {"ways": (Way((1, 2)), Way((2, 1)))}, True),
        ("ways-1-resources-0", {"ways": (Way((1, 2)), Way((1,)))}, False),
        ("ways-0-penalty", {"ways": (Way((1,), -1),)}, True),
        ("windows-0-until", {"windows": (WindowValue(at(0, 8), at(0, 8)),)}, True),
        ("windows-0-until", {"windows": (WindowValue(at(0, 8), at(0, 9)),)}, False),
        ("windows-0-way", {"windows": (WindowValue(at(0, 8), at(0, 9), way=1),)}, False),
        ("windows-0-way", {"windows": (WindowValue(at(0, 8), at(0, 9), way=2),)}, True),
        ("needs-0-count", {"needs": (NeedValue(1, 0),)}, True),
        ("needs-0-count", {"needs": (NeedValue(1, 50),)}, False),
        ("needs-0-count", {"needs": (NeedValue(1, 51),)}, True),
        ("needs-1-phase", {"needs": (NeedValue(1), NeedValue(1))}, True),
        ("needs-1-phase", {"needs": (NeedValue(1, phase="run"), NeedValue(1, phase="setup"))}, False),
        ("needs-0-phase", {"needs": (NeedValue(1, phase="night"),)}, True),
        ("draws-0-amount", {"draws": (DrawValue(1, 0),)}, True),
        ("draws-0-amount", {"draws": (DrawValue(1, 1),)}, False),
        ("afters-0-min_lag", {"afters": (After(9, -1),)}, True),
        ("afters-0-max_lag", {"afters": (After(9, 60, 59),)}, True),
        ("afters-0-max_lag", {"afters": (After(9, 60, 60),)}, False),
        ("afters-1-code", {"afters": (After(9), After(9))}, True),
    ],
)
def test_both_sides_of_each_edge(field, changes, is_fault):
    found = faults_of(**changes)
    assert (field in found) is is_fault, found
    if not is_fault:
        assert found == {}


def test_all_faults_are_said_at_once():
    found = faults_of(title="", wish_minutes=0, ways=(), priority=9)
    assert {"title", "wish", "ways-0-resources-0", "priority"} <= set(found)


def test_too_little_time_says_how_much_there_is_and_what_to_do():
    assert faults_of(wish_minutes=360, least_minutes=360, latest_at=at(0, 12))["latest"] == (
        "That leaves 4 h for 6 h of work. Choose a later end, an earlier start or a shorter length."
    )


def test_the_setup_of_the_facility_counts_where_the_request_has_none():
    values = replace(SOUND, latest_at=at(0, 13))
    assert faults(values, Facts(setup_minutes=60)) == {}
    assert "work, setup and teardown" in faults(values, Facts(setup_minutes=61))["latest"]
    assert faults(replace(values, setup_minutes=0), Facts(setup_minutes=61)) == {}


@pytest.mark.parametrize(
    ("hour", "is_fault"), [(13.9, False), (14, False), (14.1, True), (18, True), (20, True)]
)
def test_what_cannot_begin_any_more_in_time_is_refused(hour, is_fault):
    assert ("latest" in faults(SOUND, FACTS, now=at(0, hour))) is is_fault


def test_more_than_a_utility_ever_gives_is_refused():
    facts = Facts(capacities={1: (10, "l/h")})
    assert faults(replace(SOUND, draws=(DrawValue(1, 10),)), facts) == {}
    found = faults(replace(SOUND, draws=(DrawValue(1, 11),)), facts)
    assert found["draws-0-amount"] == "There is never more than 10 l/h. Write less."


@pytest.mark.parametrize(
    ("left", "fault"),
    [
        (None, None),
        (420, None),
        (419, "Laser has 6.98 of 120 h left, this takes 7. Shorten it to 6:59 h or ask for more hours."),
        (180, "Laser has 3 of 120 h left, this takes 7. Shorten it to 3 h or ask for more hours."),
        (0, "Laser has 0 of 120 h left, this takes 7. Ask for more hours."),
        (-60, "Laser has 0 of 120 h left, this takes 7. Ask for more hours."),
    ],
)
def test_the_hours_of_the_project_bind(left, fault):
    assert quota_fault(420, Facts("Laser", 7200, left)) == fault


@pytest.mark.parametrize(
    ("pairs", "cycle"),
    [
        ([], None),
        ([(1, 2), (2, 3), (1, 3)], None),
        ([(1, 1)], [1]),
        ([(1, 2), (2, 1)], [1, 2]),
        ([(5, 1), (1, 2), (2, 3), (3, 1)], [1, 2, 3]),
        ([(1, 2), (3, 2), (2, 4), (4, 3)], [2, 4, 3]),
    ],
)
def test_a_circle_is_found_where_there_is_one(pairs, cycle):
    assert find_cycle(pairs) == cycle


def test_a_long_chain_is_no_circle_and_no_trouble():
    assert find_cycle([(number, number + 1) for number in range(50_000)]) is None


def test_every_state_knows_where_it_leads():
    assert set(TRANSITIONS) == set(STATES)
    assert all(following <= set(STATES) for following in TRANSITIONS.values())


@pytest.mark.parametrize(
    ("state", "following", "allowed"),
    [
        ("draft", "submitted", True),
        ("draft", "approved", False),
        ("submitted", "approved", True),
        ("submitted", "booked", False),
        ("approved", "booked", True),
        ("approved", "done", False),
        ("booked", "done", True),
        ("booked", "approved", True),
        ("booked", "withdrawn", False),
        ("done", "draft", False),
        ("declined", "approved", False),
        ("declined", "draft", True),
        ("withdrawn", "draft", True),
    ],
)
def test_no_step_can_be_skipped(state, following, allowed):
    assert is_allowed(state, following) is allowed
    assert (following in allowed_transitions(state)) is allowed


def test_codes_count_on_from_the_highest():
    assert next_code("R", []) == "R-0001"
    assert next_code("T", [3, 41, 7]) == "T-0042"
    assert next_code("R", [99_999]) == "R-100000"
