"""A scatter plot as SVG, written by hand: axes with ticks, labels, units, a legend."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

WIDTH, HEIGHT = 760, 480
LEFT, RIGHT, TOP, BOTTOM = 80, 30, 50, 70
# Told apart without colour too: by shape, and by line.
_COLOURS = ("#0b57a4", "#b3261e", "#0b57a4")

Mark = Literal["circle", "ring", "square"]

Point = tuple[float, float, str]
"""Across, up, and what is written beside it."""


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one kind with a mark of their own; `joined` by a line in their order."""

    name: str
    points: Sequence[Point]
    mark: Mark = "circle"
    joined: bool = False


@dataclass(frozen=True, slots=True)
class _Axis:
    low: float
    high: float
    step: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        return self.begin + (value - self.low) / (self.high - self.low) * (self.end - self.begin)

    def ticks(self) -> list[float]:
        return [self.low + n * self.step for n in range(round((self.high - self.low) / self.step) + 1)]


def scatter(title: str, across: str, up: str, series: Sequence[Series]) -> str:
    """The plot; `ValueError` if there is no point at all."""
    points = [point for each in series for point in each.points]
    if not points:
        raise ValueError("there is nothing to plot")
    x = _axis([point[0] for point in points], LEFT, WIDTH - RIGHT)
    y = _axis([point[1] for point in points], HEIGHT - BOTTOM, TOP)
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        _text(WIDTH / 2, 24, title, size=15),
        *_frame(x, y),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 22, across),
        f'<g transform="rotate(-90)">{_text(-(TOP + HEIGHT - BOTTOM) / 2, 20, up)}</g>',
    ]
    shown = [each for each in series if each.points]
    for number, each in enumerate(shown):
        body += _drawn(each, x, y, _COLOURS[number % len(_COLOURS)])
        body += _legend(each, number, _COLOURS[number % len(_COLOURS)])
    return "\n".join([*body, "</svg>", ""])


def _axis(values: Sequence[float], begin: float, end: float) -> _Axis:
    """Five or so steps of 1, 2 or 5 times a power of ten around all values."""
    low, high = min(values), max(values)
    span = (high - low) or max(abs(high), 1.0)
    rough = span / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return _Axis(first * step, max(last, first + 1) * step, step, begin, end)


def _frame(x: _Axis, y: _Axis) -> list[str]:
    lines = [
        f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="black"/>',
    ]
    for value in x.ticks():
        at = x.at(value)
        lines.append(f'<path d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM + 5}" stroke="#ddd"/>')
        lines.append(_text(at, HEIGHT - BOTTOM + 20, _number(value)))
    for value in y.ticks():
        at = y.at(value)
        lines.append(f'<path d="M{LEFT - 5} {at:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        lines.append(_text(LEFT - 9, at + 4, _number(value), anchor="end"))
    return lines


def _drawn(series: Series, x: _Axis, y: _Axis, colour: str) -> list[str]:
    places = [(x.at(across), y.at(up), text) for across, up, text in series.points]
    lines = []
    if series.joined and len(places) > 1:
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py, _ in places)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}"/>')
    for px, py, text in places:
        lines.append(_mark(px, py, colour, series.mark))
        if px > WIDTH - RIGHT - 90:
            lines.append(_text(px - 8, py - 6, text, anchor="end", size=11))
        else:
            lines.append(_text(px + 8, py - 6, text, anchor="start", size=11))
    return lines


def _legend(series: Series, number: int, colour: str) -> list[str]:
    at = LEFT + 210 * number
    return [
        _mark(at + 5, TOP - 12, colour, series.mark),
        _text(at + 16, TOP - 8, series.name, anchor="start"),
    ]


def _mark(x: float, y: float, colour: str, mark: Mark) -> str:
    if mark == "square":
        return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{colour}"/>'
    fill = "white" if mark == "ring" else colour
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{fill}" stroke="{colour}"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "middle", size: int = 12) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'


def _number(value: float) -> str:
    return f"{value:,.6g}" if abs(value) > 1e-12 else "0"
