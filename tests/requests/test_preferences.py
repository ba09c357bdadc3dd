"""Liked times: words and chosen slots as windows, in local time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduler.intervals import Interval
from scheduler.requests.choices import HAZARDS, known, listed
from scheduler.requests.preferences import is_liked, liked_starts, liked_windows, read_slot, write_slot
from tests.centre import at, span

WEEK = Interval(at(0, 0), at(7, 0))
KARACHI = ZoneInfo("Asia/Karachi")
BERLIN = ZoneInfo("Europe/Berlin")


def test_without_words_all_times_are_alike():
    assert liked_windows("", None, 60, WEEK, UTC) == []
    assert is_liked("", None, span(0, 3, 4), UTC)


@pytest.mark.parametrize(
    ("words", "run", "liked"),
    [
        ("morning", span(2, 6, 8), True),
        ("morning", span(2, 11.75, 18), True),
        ("morning", span(2, 12, 13), False),
        ("morning", span(2, 5.75, 8), False),
        ("Wed", span(2, 0, 4), True),
        ("Wed", span(3, 0, 4), False),
        ("morning; Wed", span(2, 9, 12), True),
        ("morning; Wed", span(2, 13, 14), False),
        ("morning; Wed", span(3, 9, 12), False),
        ("morning; evening", span(2, 20, 22), True),
        ("MORNING ;wed", span(2, 9, 12), True),
    ],
)
def test_what_begins_in_a_liked_time_is_liked(words, run, liked):
    assert is_liked(words, None, run, UTC) is liked
    windows = liked_windows(words, None, run.minutes, WEEK, UTC)
    assert any(window.contains(run) for window in windows) is liked


def test_a_morning_is_that_of_the_site():
    (first, *_) = liked_starts("morning", WEEK, KARACHI)
    assert first == span(0, 1, 7)


def test_a_morning_is_six_hours_also_when_the_clock_changes():
    day = Interval(datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC))
    (morning,) = liked_starts("morning", day, BERLIN)
    assert (morning.start.hour, morning.end.hour) == (4, 10)


def test_a_chosen_slot_is_liked_alone():
    slot = span(1, 9, 13)
    assert liked_windows("morning", slot, 240, WEEK, UTC) == [slot]
    assert is_liked("evening", slot, slot, UTC)


def test_a_slot_is_read_as_it_was_written():
    run = span(1, 9.25, 13)
    assert read_slot(write_slot(run)) == run


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2026-09-02T09:00Z/",
        "2026-09-02T09:00Z/0",
        "2026-09-02T09:00Z/-5",
        "2026-09-02T09:00Z/٣",
        "2026-09-02T09:00Z/999999999",
        "2026-02-31T09:00Z/60",
        "0001-01-01T00:00Z/60",
        "9999-12-31T23:59Z/60",
    ],
)
def test_what_is_no_slot_is_none(text):
    assert read_slot(text) is None


def test_words_are_known_however_they_are_spelled():
    assert listed(" laser ;; High   voltage ") == ["laser", "High voltage"]
    assert known("LASER; high voltage; soup", HAZARDS) == ["laser", "high voltage"]
