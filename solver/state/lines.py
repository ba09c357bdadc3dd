"""What is held of a single resource or utility."""

from bisect import insort
from itertools import pairwise

import numpy as np

from solver.state.index import Index, Span
from solver.state.masks import from_array, interval


class Line:
    """A resource of capacity 1: the parts on it in order of time, and the changeovers between them.

    Attributes
    ----------
    items
        ``(start, end, configuration or "", activity)``, in order.
    busy
        Ticks that are taken, without changeovers.
    """

    def __init__(self, index: Index, resource: str) -> None:
        self._index = index
        self._resource = resource
        self._changes = bool(index.gaps[resource])
        self._initial = index.resources[resource].configuration
        self.items: list[tuple[int, int, str, str]] = []
        self.busy = 0
        self._zones: dict[str, int] = {}

    def hold(self, span: Span, configuration: str | None, activity: str) -> None:
        """Take the resource for ``[start, end)``."""
        insort(self.items, (*span, configuration or "", activity))
        self.busy |= interval(*span)
        self._zones.clear()

    def release(self, span: Span, configuration: str | None, activity: str) -> None:
        """Take back what `hold` did."""
        self.items.remove((*span, configuration or "", activity))
        self.busy &= ~interval(*span)
        self._zones.clear()

    def blocked(self, configuration: str | None) -> int:
        """Ticks that an activity in `configuration` cannot take, changeovers counted in."""
        if not self._changes or configuration is None:
            return self.busy
        if configuration not in self._zones:
            gap = self._index.gap
            mask = interval(0, gap(self._resource, self._initial, configuration))
            for start, end, other, _ in self.items:
                mask |= interval(
                    start - gap(self._resource, configuration, other or None),
                    end + gap(self._resource, other or None, configuration),
                )
            self._zones[configuration] = mask
        return self._zones[configuration]

    def changeover_ticks(self) -> int:
        """Ticks of changeover that the order of the activities needs, the first from tick 0 on."""
        if not self._changes:
            return 0
        row = [item for item in self.items if item[1] > 0]
        initial = self._initial if row and row[0][0] >= 0 else None
        configurations = [initial, *(item[2] or None for item in row)]
        return sum(self._index.gap(self._resource, one, other) for one, other in pairwise(configurations))


class Pool:
    """Something of which several units can be taken at a time: a resource or a momentary utility.

    Attributes
    ----------
    left
        Units that are free at each tick; below 0 only where bookings that stand exceed the level.
    """

    def __init__(self, index: Index, levels: list[tuple[int, int, int]]) -> None:
        self._horizon = index.horizon
        self.left = np.zeros(index.horizon, dtype=np.int64)
        for start, end, amount in levels:
            self.left[max(start, 0) : max(end, 0)] = amount
        self._masks: dict[int, int] = {}

    def hold(self, span: Span, amount: int) -> None:
        """Take `amount` units for ``[start, end)``; a negative amount gives them back."""
        start, end = max(span[0], 0), max(span[1], 0)
        if start < end:
            self.left[start:end] -= amount
            self._masks.clear()

    def mask(self, amount: int) -> int:
        """Ticks at which `amount` units are free."""
        if amount not in self._masks:
            self._masks[amount] = from_array(self.left >= amount)
        return self._masks[amount]


class Budget:
    """A utility that is limited in sum over each day."""

    def __init__(self, index: Index, utility: str) -> None:
        self._index = index
        self.left = [index.level_at(utility, start) for start, _ in index.days]

    def hold(self, tick: int, amount: int) -> None:
        """Take `amount` from the day in which `tick` lies; a negative amount gives it back."""
        day = self._index.day_of(tick)
        if 0 <= day < len(self.left):
            self.left[day] -= amount

    def mask(self, amount: int) -> int:
        """Ticks of the days that have `amount` left."""
        mask = 0
        for (start, end), left in zip(self._index.days, self.left, strict=True):
            if left >= amount:
                mask |= interval(start, end)
        return mask
