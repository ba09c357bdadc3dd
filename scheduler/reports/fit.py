"""How much room text takes in a cell, so that rows are high enough and labels are never cut."""

import unicodedata
from collections.abc import Sequence

POINTS_A_DIGIT = 5.0
"""Width of a digit of the house font at 9 points: the unit of column widths."""


_EM = {
    sign: width
    for width, signs in (
        (0.23, "ijl|'"),
        (0.29, " ftI.,:;/!()[]"),
        (0.34, "r-"),
        (0.51, "cksvxyzJ"),
        (0.73, "w"),
        (0.84, "mM"),
        (0.95, "W%"),
    )
    for sign in signs
}
"""Widths of Arial's letters that differ from most, in shares of the size, rounded up."""


def text_points(text: str, size: float) -> float:
    """About how wide a line of text is; wide signs (Chinese) count double, joined marks nothing."""
    return sum(_em(sign) for sign in text) * size


def fitting(labels: Sequence[str], points: float, size: float) -> str:
    """The first of the labels, which are sorted longest first, that fits; else nothing."""
    return next((label for label in labels if label and text_points(label, size) <= points), "")


def line_count(text: str, column_width: float, size: float) -> int:
    """Lines that wrapped text takes in a column of so many digits."""
    room = max(1.0, column_width * POINTS_A_DIGIT - 5)
    return sum(_wrapped(paragraph, room, size) for paragraph in text.split("\n"))


def row_points(texts: Sequence[tuple[str, float]], size: float, least: float = 13) -> float:
    """Height of a row that shows each text whole in a column of its width."""
    lines = max((line_count(text, width, size) for text, width in texts), default=1)
    return max(least, lines * size * 1.2 + 3)


def _wrapped(paragraph: str, room: float, size: float) -> int:
    lines, used = 1, 0.0
    for word in paragraph.split(" "):
        width = text_points(word, size)
        if used and used + width + 0.28 * size > room:
            lines, used = lines + 1, 0.0
        while width > room:
            lines, width = lines + 1, width - room
        used += width + 0.28 * size
    return lines


def _em(sign: str) -> float:
    if unicodedata.combining(sign):
        return 0.0
    if sign in _EM:
        return _EM[sign]
    if unicodedata.east_asian_width(sign) in "WF":
        return 1.0
    return 0.69 if sign.isupper() else 0.56
