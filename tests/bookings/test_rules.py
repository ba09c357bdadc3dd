"""The rule book, one rule at a time, on both sides of its edge."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from scheduler.bookings.rules import (
    BookingFacts,
    DutyFacts,
    PersonFacts,
    RequestFacts,
    ResourceFacts,
    Stop,
    refusals,
    refuse_lag,
)
from tests.centre import at, span

UTC = ZoneInfo("UTC")
WEEK = [span(0, 0, 168)]
CHAMBER = ResourceFacts("TV-1", False, WEEK, ())
SANA = PersonFacts("Sana Mirza", False, None, (), {"operator": WEEK})
BASE = BookingFacts(
    run=span(0, 9, 12),
    occupied=span(0, 8, 13),
    zone=UTC,
    resources=[CHAMBER],
    resource_codes=frozenset({"TV-1"}),
)


def with_duty(person, interval=None) -> BookingFacts:
    return replace(BASE, duties=[DutyFacts(person, "operator", interval or BASE.run)])


def test_nothing_stands_against_a_booking_that_keeps_every_rule():
    assert refusals(with_duty(SANA)) == []


@pytest.mark.parametrize(
    ("opening", "is_refused"),
    [
        ([span(0, 8, 13)], False),
        ([span(0, 8, 12.75)], True),
        ([span(0, 8.25, 13)], True),
        ([span(0, 8, 10), span(0, 10, 13)], False),
    ],
    ids=["to the minute", "closes within the teardown", "opens within the setup", "touching hours are one"],
)
def test_opening_hours_bind_setup_and_teardown_too(opening, is_refused):
    facts = replace(BASE, resources=[replace(CHAMBER, open=opening)])
    assert bool(refusals(facts)) is is_refused


@pytest.mark.parametrize(("start", "is_refused"), [(13, False), (12.75, True)], ids=["right after", "within"])
def test_an_outage_refuses_what_it_overlaps(start, is_refused):
    facts = replace(BASE, resources=[replace(CHAMBER, outages=[Stop(span(0, start, 20), "pump")])])
    sentences = [refusal.sentence for refusal in refusals(facts)]
    assert bool(sentences) is is_refused
    assert not is_refused or "(pump)" in sentences[0]


@pytest.mark.parametrize(
    ("valid", "is_refused"),
    [([span(0, 9, 12)], False), ([span(0, 9, 11.75)], True), ([span(0, 0, 10), span(0, 10, 24)], False)],
    ids=["the very phase", "lapses before its end", "renewed without a gap"],
)
def test_a_qualification_is_valid_over_the_whole_phase(valid, is_refused):
    assert bool(refusals(with_duty(replace(SANA, holds={"operator": valid})))) is is_refused


@pytest.mark.parametrize(
    ("minutes", "is_refused"), [(180, False), (179, True)], ids=["just", "one minute over"]
)
def test_hours_of_a_day_are_counted_to_the_minute(minutes, is_refused):
    assert bool(refusals(with_duty(replace(SANA, most_minutes_day=minutes)))) is is_refused


def test_hours_of_another_day_or_week_do_not_count():
    person = replace(
        SANA, most_minutes_day=180, most_minutes_week=360, duties=[span(1, 9, 12), span(-1, 9, 20)]
    )
    assert refusals(with_duty(person)) == []
    assert refusals(with_duty(replace(person, most_minutes_week=359)))


@pytest.mark.parametrize(
    ("ended", "is_refused"), [(22, False), (22.25, True)], ids=["11 h", "a quarter less"]
)
def test_rest_lies_between_duties_of_two_days(ended, is_refused):
    person = replace(SANA, least_rest_minutes=11 * 60, duties=[span(-1, 14, ended)])
    assert bool(refusals(with_duty(person))) is is_refused


def test_rest_does_not_part_two_duties_of_one_day():
    person = replace(SANA, least_rest_minutes=11 * 60, duties=[span(0, 14, 16)])
    assert refusals(with_duty(person)) == []


def test_a_participant_needs_no_shift_but_must_be_there():
    trainee = replace(SANA, shifts=[])
    assert refusals(replace(BASE, participants=[trainee])) == []
    away = replace(trainee, absences=[Stop(span(0, 11, 14), "travel")])
    assert "Sana Mirza is away" in refusals(replace(BASE, participants=[away]))[0].sentence
    later = replace(trainee, absences=[Stop(span(0, 12, 14))])
    assert refusals(replace(BASE, participants=[later])) == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"earliest": at(0, 8.25)}, "may not start before"),
        ({"latest": at(0, 12.75)}, "must be over by"),
        ({"run_windows": [[span(0, 9, 11)]]}, "lies in none of the windows"),
        ({"whole_windows": [[span(0, 9, 12)]]}, "lies in none of the windows"),
        ({"run_windows": [[span(0, 9, 10.5), span(0, 10.5, 12)]]}, "lies in none of the windows"),
        (
            {"alternatives": [frozenset({"TV-2"}), frozenset({"TV-1", "L-1"})]},
            "asks for TV-2, or L-1 with TV-1",
        ),
        ({"least_part_minutes": 181}, "at least 3.02 h in one go"),
        ({"wish_minutes": 179}, "asks for 2.98 h, this is 3 h"),
    ],
    ids=[
        "too early",
        "too late",
        "run window",
        "whole window",
        "two windows are not one",
        "other way",
        "short",
        "long",
    ],
)
def test_a_request_binds_its_bookings(values, words):
    facts = replace(BASE, request=RequestFacts("R-1", **({"earliest": None, "latest": None} | values)))
    assert any(words in refusal.sentence for refusal in refusals(facts))


def test_a_request_that_is_kept_to_the_minute_is_not_refused():
    request = RequestFacts(
        "R-1", at(0, 8), at(0, 13), [[span(0, 9, 12)]], [[span(0, 8, 13)]], [frozenset({"TV-1"})], 180, 180
    )
    assert refusals(replace(BASE, request=request)) == []


@pytest.mark.parametrize(("left", "is_refused"), [(180, False), (179, True), (None, False)])
def test_a_quota_is_kept_to_the_minute(left, is_refused):
    assert bool(refusals(replace(BASE, project_code="BDR", quota_left_minutes=left))) is is_refused


def test_every_refusal_is_told_at_once():
    facts = replace(
        with_duty(replace(SANA, shifts=[], is_retired=True)),
        resources=[replace(CHAMBER, open=[], is_retired=True)],
    )
    assert len(refusals(facts)) == 4


@pytest.mark.parametrize(
    ("start", "is_refused"),
    [(11, False), (10.75, True), (12, False), (12.25, True)],
    ids=["at the least lag", "too early", "at the most lag", "too late"],
)
def test_a_lag_counts_from_the_end_of_the_last_part_to_the_start_of_the_first(start, is_refused):
    before = [span(0, 1, 2), span(0, 8, 10)]
    after = [span(0, start, start + 1), span(0, 20, 21)]
    assert bool(refuse_lag(before, after, 60, 120, ("a", "b"), UTC)) is is_refused


def test_a_lag_waits_for_both_sides():
    assert refuse_lag([], [span(0, 1, 2)], 60, None, ("a", "b"), UTC) is None
    assert refuse_lag([span(0, 1, 2)], [], 60, None, ("a", "b"), UTC) is None
