"""Lengths as people write them."""

import pytest

from scheduler.requests.lengths import hours_text, read_length, write_length


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("4", 240),
        ("4.5", 270),
        ("4,5", 270),
        (" 4.5 h ", 270),
        ("1 hour", 60),
        ("4 h 30", 270),
        ("4h30 min", 270),
        ("4:30", 270),
        ("0:59", 59),
        ("90 min", 90),
        ("0", 0),
        ("۴", 240),
        ("４.５", 270),
        ("0.1", 6),
        ("2.35", 141),
    ],
)
def test_a_length_is_read_as_it_is_meant(text, minutes):
    assert read_length(text) == minutes


@pytest.mark.parametrize(
    "text",
    ["", "four", "4 hrs", "4 30", "4:60", "-1", "+1", "1e3", "nan", "inf", "4.5.6", "4:30:00", "9" * 31],
)
def test_what_is_no_length_is_refused_with_how_to_write_one(text):
    with pytest.raises(ValueError, match=r"Write hours like 4 or 4\.5"):
        read_length(text)


def test_a_part_of_a_minute_is_refused_with_the_nearest_minutes():
    with pytest.raises(ValueError, match=r"Write 260 min\."):
        read_length("4.333")


@pytest.mark.parametrize("minutes", [*range(241), 1440, 10_000, 129_600])
def test_what_is_written_is_read_back(minutes):
    assert read_length(write_length(minutes)) == minutes


def test_words_for_hours_are_short():
    assert [hours_text(minutes) for minutes in (0, 20, 60, 270, 6000)] == ["0", "0.33", "1", "4.5", "100"]
    assert write_length(None) == ""
