"""Lengths of time as people write them in forms."""

import re

LETTERS = 30
CLOCK = re.compile(r"(\d+):([0-5]\d)")
MINUTES = re.compile(r"(\d+)\s*(?:m|min|minutes?)", re.IGNORECASE)
HOURS = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:h|hours?)?", re.IGNORECASE)
BOTH = re.compile(r"(\d+)\s*(?:h|hours?)\s*(\d+)\s*(?:m|min|minutes?)?", re.IGNORECASE)


def read_length(text: str) -> int:
    """Minutes of a length as people write it: `4`, `4.5`, `4.5 h`, `4 h 30`, `4:30`, `90 min`.

    Raises
    ------
    ValueError
        If it cannot be read, or is not a whole number of minutes; the message says what to write.
    """
    written = text.strip()
    if len(written) <= LETTERS:
        if match := CLOCK.fullmatch(written) or BOTH.fullmatch(written):
            return int(match[1]) * 60 + int(match[2])
        if match := MINUTES.fullmatch(written):
            return int(match[1])
        if match := HOURS.fullmatch(written):
            minutes = float(match[1].replace(",", ".")) * 60
            if abs(minutes - round(minutes)) > 0.01:
                raise ValueError(f'"{written}" is not a whole number of minutes. Write {round(minutes)} min.')
            return round(minutes)
    raise ValueError(f'"{written[:40]}" is no length. Write hours like 4 or 4.5, or minutes like 90 min.')


def write_length(minutes: int | None) -> str:
    """The shortest text that `read_length` reads as `minutes`."""
    if minutes is None:
        return ""
    if minutes % 15 == 0:
        return f"{minutes / 60:g}"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d}"


def length_text(minutes: int) -> str:
    """The same with its unit, for remedies that tell what to write: 4.5 h, 4:20 h, 7 min."""
    text = write_length(minutes)
    return text if text.endswith("min") else f"{text} h"


def hours_text(minutes: float) -> str:
    """Hours without a unit, for sentences that count them: 4, 4.5, 0.33."""
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
