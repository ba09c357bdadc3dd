"""Faults between activities, for `solver.check`: precedences, chains, and pins that clash."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from solver.problem import Activity, Mode, Pin, Problem
from solver.solution import Fault
from solver.state.work import Calendar, phase_span


def relation_faults(problem: Problem) -> Iterator[Fault]:
    """Precedences and chains that cannot be meant, and promises that exclude each other."""
    yield from _precedences(problem)
    yield from _circles(problem)
    yield from _chains(problem)
    yield from _clashes(problem)


def _precedences(problem: Problem) -> Iterator[Fault]:
    activities = {activity.id for activity in problem.activities}
    for each in problem.precedences:
        subject = f"{each.before} -> {each.after}"
        for activity_id in dict.fromkeys((each.before, each.after)):
            if activity_id not in activities:
                yield Fault("unknown-activity", subject, f"{subject}: there is no activity {activity_id!r}.")
        if each.before == each.after:
            yield Fault("circle", subject, f"{each.before} is to come after itself.")
        if each.min_lag < 0:
            yield Fault("negative", subject, f"{subject}: the least lag is {each.min_lag} ticks.")
        if each.max_lag is not None and each.max_lag < each.min_lag:
            yield Fault(
                "lags",
                subject,
                f"{subject}: the most lag {each.max_lag} is less than the least {each.min_lag}.",
            )


def _circles(problem: Problem) -> Iterator[Fault]:
    """One fault for each knot of activities that wait for one another, naming all in it."""
    followers: dict[str, set[str]] = defaultdict(set)
    waits_for: Counter[str] = Counter()
    for before, after in {(each.before, each.after) for each in problem.precedences}:
        if before != after:
            followers[before].add(after)
            waits_for[after] += 1
    members = {activity_id for before in followers for activity_id in (before, *followers[before])}
    ready = [activity_id for activity_id in members if not waits_for[activity_id]]
    while ready:
        done = ready.pop()
        members.discard(done)
        for after in followers[done]:
            waits_for[after] -= 1
            if not waits_for[after]:
                ready.append(after)
    # What is left is in a circle or behind one.
    while members:
        start = min(members)
        circle = _circle_from(start, followers, members)
        if circle:
            yield Fault(
                "circle", circle[0], f"These wait for one another: {' -> '.join([*circle, circle[0]])}."
            )
        members -= {start, *circle}


def _circle_from(start: str, followers: dict[str, set[str]], members: set[str]) -> list[str]:
    """A shortest way from `start` back to it within `members`; empty if there is none."""
    came_from: dict[str, str] = {}
    frontier = [start]
    while frontier:
        following: list[str] = []
        for each in frontier:
            for after in sorted(followers[each] & members):
                if after == start:
                    way = [each]
                    while way[-1] != start:
                        way.append(came_from[way[-1]])
                    return way[::-1]
                if after not in came_from:
                    came_from[after] = each
                    following.append(after)
        frontier = following
    return []


def _chains(problem: Problem) -> Iterator[Fault]:
    activities = {activity.id for activity in problem.activities}
    for chain in problem.chains:
        subject = ", ".join(chain)
        for member, times in Counter(chain).items():
            if member not in activities:
                yield Fault("unknown-activity", subject, f"Chain {subject}: there is no activity {member!r}.")
            if times > 1:
                yield Fault("duplicate-id", subject, f"Chain {subject}: {member} is in it {times} times.")


def _clashes(problem: Problem) -> Iterator[Fault]:
    """Pins that take the same resource of capacity 1, person or group at the same time."""
    calendar = Calendar(problem.resources, problem.horizon)
    single = {resource.id for resource in problem.resources if resource.capacity == 1}
    taken: dict[tuple[str, str], list[tuple[int, int, str]]] = defaultdict(list)
    for activity in problem.activities:
        mode = next((m for m in activity.modes if activity.pin and m.id == activity.pin.mode), None)
        if activity.pin is None or mode is None:
            continue
        for holder, start, end in _taken_by(calendar, activity, activity.pin, mode, single):
            if start < end:
                taken[holder].append((start, end, activity.id))
    for (kind, holder_id), spans in taken.items():
        spans.sort()
        for i, (_, end, one) in enumerate(spans):
            for start, _, other in spans[i + 1 :]:
                if start >= end:
                    break
                yield Fault(
                    "pins-clash",
                    one,
                    f"{one} and {other} are pinned to {kind} {holder_id} at once, at tick {start}.",
                )


def _taken_by(
    calendar: Calendar, activity: Activity, pin: Pin, mode: Mode, single: set[str]
) -> Iterator[tuple[tuple[str, str], int, int]]:
    """What a pin takes for itself alone: holder, start, end."""
    whole = phase_span(activity, "all", pin.start, pin.duration)
    run = phase_span(activity, "run", pin.start, pin.duration)
    for resource_id in dict.fromkeys(mode.resources):
        if resource_id in single:
            yield ("resource", resource_id), *whole
    for group in dict.fromkeys(activity.groups):
        yield ("group", group), *run
    for name in dict.fromkeys(activity.participants):
        for piece in calendar.pieces(activity, mode, "run", pin.start, pin.duration):
            yield ("person", name), *piece
    for need, names in zip(activity.needs, pin.people or (), strict=False):
        if need.longest is None or need.longest > 0:
            on_duty = calendar.named(activity, mode, need, names, pin.start, pin.duration)
            for name, piece in dict.fromkeys(on_duty):
                yield ("person", name), *piece
