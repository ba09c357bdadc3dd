"""Bars for whoever looks, lines for whoever reads later."""

import io
import sys

from solver import Progress
from tests.benchmarks.bars import count_bar, time_bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def look(monkeypatch):
    """A terminal that is looked at; not a fixture, because pytest sets standard error anew after those."""
    stream = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def test_the_bar_of_a_solve_says_how_it_stands(monkeypatch):
    terminal = look(monkeypatch)
    with time_bar(60, 0.5) as show:
        show(Progress(1.0, 1400, None, 29, 40), ())
        show(Progress(2.0, 1412, 1500.5, 30, 40), ())
    assert "objective 1412, at most 1500.5, 30 of 40 placed" in terminal.getvalue()


def test_the_bar_of_a_run_ends_full(monkeypatch):
    terminal = look(monkeypatch)
    with count_bar(2) as step:
        step("weekly-1, seed 1")
        step("weekly-1, seed 2")
    assert "2/2" in terminal.getvalue()


def test_without_a_terminal_each_step_is_a_line(capsys):
    with count_bar(2) as step:
        step("weekly-1, seed 1")
        step("weekly-1, seed 2")
    assert capsys.readouterr().err == "weekly-1, seed 1\nweekly-1, seed 2\n"
