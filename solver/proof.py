"""A relaxation at work in a thread of its own, beside the search."""

import threading

from solver.index import Index
from solver.relaxation import Relaxation


class Proof(threading.Thread):
    """Lowers an upper bound of the objective for at most so many seconds.

    Attributes
    ----------
    bound
        What no schedule exceeds, as far as it is proven; infinite at first.
    """

    def __init__(self, index: Index, seconds: float) -> None:
        super().__init__(name="proof", daemon=True)
        self._relaxation = Relaxation(index)
        self._relaxation.on_bound = self._take
        self._seconds = seconds
        self.bound = float("inf")

    def run(self) -> None:
        """What the thread does."""
        self._relaxation.run(self._seconds)

    def stop(self) -> None:
        """End soon."""
        self._relaxation.stop()

    def _take(self, bound: float) -> None:
        self.bound = bound
