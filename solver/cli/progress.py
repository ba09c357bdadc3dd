"""How far a command is, on one line of a terminal; and how it is told to stop."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from types import FrameType, TracebackType
from typing import TextIO

from solver.solution import Assignment, Progress

_REDRAW_SECONDS = 0.2
_LEAST_BAR, _MOST_BAR = 8, 30
_WIDTH = 80
_WORTH_LESS_THAN_BAR = 2

Fact = tuple[str, int]
"""What the line says, and its rank: where there is no room for all, the highest go first."""


class Bar:
    """A time bar with facts behind it, redrawn while the block lasts and wiped at its end.

    Draws only if the stream is a terminal; the width is asked for each time, since it may change.
    """

    def __init__(self, limit: float, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._limit = limit
        self._begun = monotonic()
        self._facts: tuple[Fact, ...] = ()
        self._drawn = 0
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "Bar":
        self._begun = monotonic()
        if self._stream.isatty():
            self._thread = threading.Thread(target=self._redraw, name="progress", daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread is not None:
            self._end.set()
            self._thread.join()
            with self._lock:
                self._wipe()

    def tell(self, *facts: Fact) -> None:
        """What the line is to say from now on."""
        self._facts = facts

    def show(self, progress: Progress, assignments: tuple[Assignment, ...] = ()) -> None:
        """Say how a search stands; fits as `on_progress`."""
        self.tell(*search_facts(progress))

    def say(self, text: str) -> None:
        """Print lines on standard output above the bar."""
        with self._lock:
            self._wipe()
            print(text, flush=True)

    def _redraw(self) -> None:
        while True:
            with self._lock:
                text = line(monotonic() - self._begun, self._limit, self._facts, _columns(self._stream))
                # What is left of a longer line is blanked out: not every terminal can erase one.
                self._write(f"\r{text}{' ' * (self._drawn - len(text))}")
                self._drawn = len(text)
            if self._end.wait(_REDRAW_SECONDS):
                return

    def _wipe(self) -> None:
        if self._drawn:
            # Not wider than the terminal is now: else the blanks would run into the next line.
            blank = min(self._drawn, max(0, _columns(self._stream) - 1))
            self._write(f"\r{' ' * blank}\r")
            self._drawn = 0

    def _write(self, text: str) -> None:
        # A terminal that is gone is no reason to lose the answer.
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            self._end.set()


def search_facts(progress: Progress) -> tuple[Fact, ...]:
    """What the line says of a search.

    >>> search_facts(Progress(2.0, objective=1050, bound=1200, placed=20, asked=30))
    (('objective 1050', 1), ('bound 1200', 3), ('gap 12.5%', 2), ('placed 20/30', 0))
    """
    facts: list[Fact] = [(f"objective {progress.objective:.6g}", 1)]
    if progress.bound is not None:
        facts.append((f"bound {progress.bound:.6g}", 3))
        if progress.bound > 0:
            gap = max(0.0, (progress.bound - progress.objective) / progress.bound)
            facts.append((f"gap {gap:.1%}", 2))
    return (*facts, (f"placed {progress.placed}/{progress.asked}", 0))


def line(seconds: float, limit: float, facts: Sequence[Fact], columns: int) -> str:
    """The line for a terminal of that width, at least one column short of it.

    >>> line(3, 12, [("objective 1050", 1), ("bound 1200", 3), ("placed 20/30", 0)], 64)
    '[##.........]  3/12 s  objective 1050  bound 1200  placed 20/30'
    >>> line(3, 12, [("objective 1050", 1), ("bound 1200", 3), ("placed 20/30", 0)], 40)
    '3/12 s  objective 1050  placed 20/30'
    """
    room = max(0, columns - 1)
    left = sorted(facts, key=lambda fact: fact[1])
    while True:
        shown = (fact[0] for fact in facts if fact in left)
        text = "  ".join([f"{seconds:.0f}/{limit:g} s", *shown])
        cells = min(_MOST_BAR, room - len(text) - 4)
        fits = len(text) <= room
        if cells >= _LEAST_BAR or not left or (fits and left[-1][1] < _WORTH_LESS_THAN_BAR):
            break
        left.pop()
    if cells >= _LEAST_BAR:
        done = max(0, min(cells, int(cells * seconds / limit)))
        text = f"[{'#' * done}{'.' * (cells - done)}]  {text}"
    return text[:room]


def _columns(stream: TextIO) -> int:
    try:
        # Not `shutil.get_terminal_size`: that asks standard output, which may be a file.
        return os.get_terminal_size(stream.fileno()).columns or _WIDTH
    except (OSError, ValueError):
        return _WIDTH


@contextmanager
def stop_on_interrupt() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed since: once asks to stop and keep the best, twice ends at once."""
    asked = False

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    if threading.current_thread() is not threading.main_thread():
        # Only the main thread hears signals, and may say who hears them.
        yield lambda: False
        return
    before = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)
