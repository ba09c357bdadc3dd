"""A relaxation at work in a thread of its own, beside the search."""

import threading

from solver.state.index import Index


class Proof(threading.Thread):
    """Lowers an upper bound of the objective for at most so many seconds."""

    def __init__(self, index: Index, seconds: float) -> None:
        super().__init__(name="proof", daemon=True)
        # Takes a tenth of a second to import, which the first schedule is not to wait for.
        from solver.bounds.relaxation import Relaxation

        self._relaxation = Relaxation(index)
        self._relaxation.on_bound = self._take
        self._seconds = seconds
        self._bound = float("inf")
        self._fault: Exception | None = None

    @property
    def bound(self) -> float:
        """What no schedule exceeds, as far as it is proven; infinite at first.

        Raises
        ------
        Exception
            What the proof broke off with: it is not to be lost in its thread.
        """
        if self._fault is not None:
            raise self._fault
        return self._bound

    def run(self) -> None:
        """What the thread does."""
        try:
            self._relaxation.run(self._seconds)
        # Any fault at all: in a thread it would be lost, here whoever asks for the bound gets it.
        except Exception as fault:
            self._fault = fault

    def stop(self) -> None:
        """End soon."""
        self._relaxation.stop()

    def _take(self, bound: float) -> None:
        self._bound = bound
