"""Sets of ticks as Python integers: bit ``t`` stands for tick ``t``.

One machine word holds 64 ticks, so a week of quarter hours is eleven words: intersections, shifts
and searches for a free stretch cost next to nothing. A negative integer has infinitely many ones
and stands for "every tick"; it may be shifted and intersected like any other.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

EVERY = -1


def interval(start: int, end: int) -> int:
    """Ticks ``[start, end)``, without those before tick 0."""
    start = max(start, 0)
    return ((1 << (end - start)) - 1) << start if end > start else 0


def union(intervals: Iterable[tuple[int, int]]) -> int:
    """Ticks that lie in at least one of the half-open intervals."""
    mask = 0
    for start, end in intervals:
        mask |= interval(start, end)
    return mask


def runs(mask: int, length: int) -> int:
    """Ticks at which `length` ticks in a row begin that are all in `mask`; every tick for 0.

    Notes
    -----
    Doubling: a run of ``2 n`` is a run of ``n`` followed by another, so that the number of steps
    grows with the logarithm of `length` only.
    """
    if length <= 0:
        return EVERY
    have = 1
    while have < length and mask:
        step = min(have, length - have)
        mask &= mask >> step
        have += step
    return mask


def shifted(mask: int, ticks: int) -> int:
    """`mask` moved `ticks` later, or earlier if negative; what falls before tick 0 is lost."""
    return mask << ticks if ticks >= 0 else mask >> -ticks


def at_least(masks: Iterable[int], count: int) -> int:
    """Ticks that lie in at least `count` of the masks."""
    if count <= 0:
        return EVERY
    levels = [0] * count
    for mask in masks:
        for level in range(count - 1, 0, -1):
            levels[level] |= levels[level - 1] & mask
        levels[0] |= mask
    return levels[-1]


def spans(mask: int) -> list[tuple[int, int]]:
    """The maximal intervals ``[start, end)`` of a mask that is not negative, in order."""
    found: list[tuple[int, int]] = []
    offset = 0
    while mask:
        zeros = (mask & -mask).bit_length() - 1
        mask >>= zeros
        offset += zeros
        ones = (~mask & (mask + 1)).bit_length() - 1
        found.append((offset, offset + ones))
        mask >>= ones
        offset += ones
    return found


def ticks(mask: int) -> Iterator[int]:
    """The ticks of a mask that is not negative, earliest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def first(mask: int) -> int:
    """The earliest tick of `mask`, which is not empty."""
    return (mask & -mask).bit_length() - 1


def last(mask: int) -> int:
    """The latest tick of `mask`, which is positive."""
    return mask.bit_length() - 1


def has(mask: int, tick: int) -> bool:
    """Whether `tick` is in `mask`; no tick before 0 is."""
    return tick >= 0 and bool(mask >> tick & 1)


def from_array(flags: NDArray[np.bool_]) -> int:
    """Ticks at which `flags` (shape (ticks,)) holds."""
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")


class Tally:
    """How many of some masks hold each tick, as masks can be added and taken away.

    Notes
    -----
    Bit-sliced: plane i is the mask of the ticks whose number has bit i. To add a mask is to add with
    carry in all ticks at once.
    """

    def __init__(self) -> None:
        self._planes: list[int] = []

    def add(self, mask: int) -> None:
        """Count one more at the ticks of a mask that is not negative."""
        planes = self._planes
        for i, plane in enumerate(planes):
            if not mask:
                return
            planes[i] = plane ^ mask
            mask &= plane
        if mask:
            planes.append(mask)

    def remove(self, mask: int) -> None:
        """Count one less at the ticks of a mask that was added."""
        planes = self._planes
        for i, plane in enumerate(planes):
            if not mask:
                return
            planes[i] = plane ^ mask
            mask &= ~plane

    def at_least(self, count: int) -> int:
        """Ticks that lie in at least `count` of the masks; every tick for 0."""
        if count <= 0:
            return EVERY
        if count >> len(self._planes):
            return 0
        # From the highest bit down: where all bits so far are equal, and where one is above already.
        equal, above = EVERY, 0
        for i in range(len(self._planes) - 1, -1, -1):
            plane = self._planes[i]
            if count >> i & 1:
                equal &= plane
            else:
                above |= equal & plane
                equal &= ~plane
            if not equal:
                break
        return above | equal
