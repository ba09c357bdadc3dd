"""The bar on a terminal: fits any width, leaves nothing behind; and what Ctrl-C does."""

import io
import signal
import sys
import threading

import pytest

from solver.cli.progress import Bar, line, search_facts, stop_on_interrupt
from solver.solution import Progress

FACTS = search_facts(Progress(3.0, objective=18507.25, bound=19770, placed=210, asked=300))


class Terminal(io.StringIO):
    """A stream that says it is a terminal; its width is not known, so that it counts as 80."""

    def isatty(self):
        return True


@pytest.mark.parametrize("columns", [0, 1, 2, 10, 20, 40, 60, 80, 200])
@pytest.mark.parametrize("seconds", [0, 3, 12, 500])
def test_the_line_stays_one_column_short_of_the_terminal(columns, seconds):
    assert len(line(seconds, 12, FACTS, columns)) <= max(0, columns - 1)


def test_a_wide_terminal_shows_all_and_a_bar():
    text = line(6, 12, FACTS, 120)
    assert text.startswith("[###############...............]  6/12 s")
    for fact in ("objective 18507.2", "bound 19770", "gap 6.4%", "placed 210/300"):
        assert fact in text


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (40, "[######.......]  6/12 s  placed 210/300"),
        (48, "6/12 s  objective 18507.2  placed 210/300"),
        (60, "[#######.......]  6/12 s  objective 18507.2  placed 210/300"),
    ],
)
def test_a_narrow_terminal_shows_what_matters_most(columns, shown):
    assert line(6, 12, FACTS, columns) == shown


def test_without_a_bound_there_is_no_gap():
    assert search_facts(Progress(1.0, 4, None, 1, 2)) == (("objective 4", 1), ("placed 1/2", 0))


def test_the_bar_is_full_and_no_more_when_the_time_is_over():
    assert line(20, 10, (), 40) == f"[{'#' * 28}]  20/10 s"


def test_the_line_is_wiped_at_the_end_and_after_an_error():
    for error in (None, RuntimeError):
        stream = Terminal()
        try:
            with Bar(10, stream) as bar:
                bar.show(Progress(1.0, 4, None, 1, 2))
                if error is not None:
                    raise error
        except RuntimeError:
            pass
        *_, blank, end = stream.getvalue().split("\r")
        assert stream.getvalue().startswith("\r[")
        assert blank.strip() == ""
        assert len(blank) > 0
        assert end == ""


def test_where_there_is_no_terminal_nothing_is_drawn():
    stream = io.StringIO()
    with Bar(10, stream) as bar:
        bar.tell(("placed 1/2", 0))
    assert stream.getvalue() == ""


def test_what_is_said_goes_to_standard_output(capsys):
    with Bar(10, Terminal()) as bar:
        bar.say("spin is not placed.")
    assert capsys.readouterr().out == "spin is not placed.\n"


def test_a_terminal_that_is_gone_does_not_end_the_work():
    class Gone(Terminal):
        def write(self, text):
            raise OSError("no such device")

    with Bar(10, Gone()) as bar:
        bar.tell(("placed 1/2", 0))


def test_ctrl_c_asks_to_stop_and_a_second_one_ends():
    before = signal.getsignal(signal.SIGINT)
    with stop_on_interrupt() as stopped:
        assert not stopped()
        signal.raise_signal(signal.SIGINT)
        assert stopped()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_signals_are_left_alone():
    before, heard = signal.getsignal(signal.SIGINT), []

    def inside():
        with stop_on_interrupt() as stopped:
            heard.append((stopped(), signal.getsignal(signal.SIGINT) is before))

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert heard == [(False, True)]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_the_width_is_that_of_the_terminal_drawn_on():
    import fcntl
    import os
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    with os.fdopen(theirs, "w") as stream, Bar(10, stream) as bar:
        bar.tell(*FACTS)
        drawn = os.read(ours, 4096).decode()
    os.close(ours)
    assert all(len(piece) <= 39 for piece in drawn.split("\r"))
    assert "0/10 s" in drawn
