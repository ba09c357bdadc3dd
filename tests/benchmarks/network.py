"""Networks of activities without durations left out, and a quick schedule that bounds their makespan.

What `psplib_problem` and `mspsp_problem` have in common. Activities are numbered from 0.
"""

from collections.abc import Callable, Sequence
from heapq import heappop, heappush


def precedences_without_empty(
    durations: Sequence[int], successors: Sequence[Sequence[int]]
) -> list[tuple[int, int]]:
    """Pairs (before, after) of activities that take time, those that lead through empty ones included."""
    pairs = []
    for before, duration in enumerate(durations):
        if not duration:
            continue
        seen: set[int] = set()
        open_ends = list(successors[before])
        while open_ends:
            after = open_ends.pop()
            if after in seen:
                continue
            seen.add(after)
            if durations[after]:
                pairs.append((before, after))
            else:
                open_ends.extend(successors[after])
    return sorted(pairs)


def starts_with_empty(
    durations: Sequence[int], successors: Sequence[Sequence[int]], starts: dict[int, int]
) -> list[int | None]:
    """Start of every activity: an empty one starts when all before it have ended.

    None for what is not in `starts`, and for an empty activity after such a one.
    """
    before = predecessors(successors)
    result: list[int | None] = [None] * len(durations)
    for number in in_order(successors):
        if durations[number]:
            result[number] = starts.get(number)
            continue
        ends = [_end(result[each], durations[each]) for each in before[number]]
        known = [end for end in ends if end is not None]
        result[number] = max(known, default=0) if len(known) == len(ends) else None
    return result


def list_schedule_length(
    durations: Sequence[int],
    successors: Sequence[Sequence[int]],
    take: Callable[[int], bool],
    give: Callable[[int], None],
) -> int:
    """Makespan of the schedule that at every moment starts what can start, the longest tail first.

    Parameters
    ----------
    take
        Takes what an activity needs, and says whether there was enough.
    give
        Gives back what an activity took.

    Raises
    ------
    ValueError
        If an activity does not even fit alone.

    Notes
    -----
    The parallel schedule generation scheme as in Kolisch (1996), European Journal of Operational
    Research 90, 320-333.
    """
    tail = _tails(durations, successors)
    waits_for = [len(each) for each in predecessors(successors)]
    ready = sorted((n for n, count in enumerate(waits_for) if not count), key=lambda n: -tail[n])
    running: list[tuple[int, int]] = []
    now = 0
    while ready or running:
        for number in list(ready):
            if take(number):
                ready.remove(number)
                heappush(running, (now + durations[number], number))
        if not running:
            raise ValueError(f"activity {ready[0]} needs more than there is")
        now = running[0][0]
        while running and running[0][0] == now:
            _, number = heappop(running)
            give(number)
            for after in successors[number]:
                waits_for[after] -= 1
                if not waits_for[after]:
                    ready.append(after)
        ready.sort(key=lambda n: -tail[n])
    return now


def horizon(durations: Sequence[int], list_length: int) -> int:
    """Time enough for every schedule that is worth having, and for a first one that is not.

    The best makespan is at most `list_length`; but whoever places one activity after the other finds no
    room for the last ones in a horizon without slack. All in a row need no more than their sum.
    """
    return max(1, min(sum(durations), list_length + list_length // 2))


def predecessors(successors: Sequence[Sequence[int]]) -> list[list[int]]:
    """For each activity those just before it."""
    before: list[list[int]] = [[] for _ in successors]
    for number, after in enumerate(successors):
        for each in after:
            before[each].append(number)
    return before


def in_order(successors: Sequence[Sequence[int]]) -> list[int]:
    """All activities, each after those before it.

    Raises
    ------
    ValueError
        If they go round in a circle.
    """
    waits_for = [len(each) for each in predecessors(successors)]
    order = [number for number, count in enumerate(waits_for) if not count]
    for number in order:
        for after in successors[number]:
            waits_for[after] -= 1
            if not waits_for[after]:
                order.append(after)
    if len(order) < len(successors):
        raise ValueError("the precedences go round in a circle")
    return order


def _tails(durations: Sequence[int], successors: Sequence[Sequence[int]]) -> list[int]:
    tail = [0] * len(durations)
    for number in reversed(in_order(successors)):
        tail[number] = durations[number] + max((tail[after] for after in successors[number]), default=0)
    return tail


def _end(start: int | None, duration: int) -> int | None:
    return None if start is None else start + duration
