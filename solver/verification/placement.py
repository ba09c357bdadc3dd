"""Rules of `solver.verify` that concern one activity: its parts, lengths, windows, calendars, pin."""

from collections.abc import Callable, Iterator, Sequence

from solver.problem import Window
from solver.verification.facts import (
    Facts,
    Interval,
    Placed,
    Violation,
    intervals_of,
    joined,
    lies_in_one,
)


def parts_are_numbered_in_order_of_time(facts: Facts) -> Iterator[Violation]:
    for activity_id, parts in facts.by_activity.items():
        numbers = [part.assignment.part for part in parts]
        if numbers != list(range(1, len(parts) + 1)):
            yield Violation(
                "part", activity_id, f"{activity_id}: parts in order of time are numbered {numbers}"
            )


def parts_are_few_and_long_enough(facts: Facts) -> Iterator[Violation]:
    for activity_id, parts in facts.by_activity.items():
        activity = parts[0].activity
        most = 1 if activity.pin else activity.most_parts
        if len(parts) > most:
            yield Violation(
                "part", activity_id, f"{activity_id} is in {len(parts)} parts, {most} are allowed"
            )
        if len(parts) > 1:
            for part in parts:
                if part.assignment.duration < activity.least_part:
                    yield Violation(
                        "part",
                        activity_id,
                        f"{part.label} runs for {part.assignment.duration} ticks, "
                        f"a part needs {activity.least_part}",
                    )


def lengths_lie_between_least_and_wish(facts: Facts) -> Iterator[Violation]:
    for activity_id, parts in facts.by_activity.items():
        if parts[0].pin:
            continue
        total = sum(facts.worked(part) for part in parts)
        # Where modes differ in length the sum keeps to all that are used, so that parts of a long
        # and a short mode never earn more than one full placement.
        least, wish = max(part.least for part in parts), min(part.wish for part in parts)
        if not least <= total <= wish:
            yield Violation(
                "length", activity_id, f"{activity_id} runs for {total} ticks in all, not {least} to {wish}"
            )


def pins_stand_where_they_were_put(facts: Facts) -> Iterator[Violation]:
    for activity in facts.problem.activities:
        pin = activity.pin
        if pin is None:
            continue
        parts = facts.by_activity.get(activity.id, [])
        # Where the people are still to be found there may be none, and the activity stays unplaced.
        if not parts and (pin.people is not None or not activity.needs):
            yield Violation("pin", activity.id, f"{activity.id} is pinned but not placed")
        for part in parts:
            given = (pin.start, pin.duration, pin.mode)
            found = (part.start, part.assignment.duration, part.mode.id)
            if found != given:
                yield Violation(
                    "pin",
                    activity.id,
                    f"{activity.id} is pinned to (start, duration, mode) {given}, not {found}",
                )
            if pin.people is not None and part.assignment.people != pin.people:
                yield Violation("pin", activity.id, f"{activity.id} is pinned with people {pin.people}")


def release_and_deadline_hold(facts: Facts) -> Iterator[Violation]:
    for each in _not_pinned(facts):
        release, deadline = each.activity.release, each.activity.deadline
        earliest = max(0, release) if release is not None else 0
        latest = min(facts.problem.horizon, deadline) if deadline is not None else facts.problem.horizon
        if each.start < earliest:
            yield Violation("release", each.id, f"{each.label} starts at {each.start}, before {earliest}")
        if each.end > latest:
            yield Violation("deadline", each.id, f"{each.label} ends at {each.end}, after {latest}")


def windows_hold(facts: Facts) -> Iterator[Violation]:
    for each in _not_pinned(facts):
        for owner, windows in (("", each.activity.windows), (f" of mode {each.mode.id}", each.mode.windows)):
            if _outside(each.run, [window for window in windows if window.binds == "run"]):
                yield Violation(
                    "window", each.id, f"The run {_span(each.run)} of {each.label} is in no one window{owner}"
                )
            if _outside(each.whole, [window for window in windows if window.binds == "whole"]):
                yield Violation(
                    "window",
                    each.id,
                    f"The whole {_span(each.whole)} of {each.label} is in no one window{owner}",
                )


def resources_are_open(facts: Facts) -> Iterator[Violation]:
    hours = {
        resource.id: joined(intervals_of(resource.open))
        for resource in facts.problem.resources
        if resource.open is not None
    }
    for each in _not_pinned(facts):
        for resource_id in each.mode.resources:
            if resource_id not in hours:
                continue
            for what, interval in _within_hours(each):
                if not lies_in_one(interval, hours[resource_id]):
                    yield Violation(
                        "calendar",
                        each.id,
                        f"{what}{each.label} {_span(interval)} is not within what {resource_id} is open",
                    )


def outages_are_kept_free(facts: Facts) -> Iterator[Violation]:
    for each in _not_pinned(facts):
        start, end = each.whole
        for resource_id in each.mode.resources:
            for outage in facts.resources[resource_id].outages:
                if outage.start < end and start < outage.end and outage.start < outage.end:
                    yield Violation(
                        "outage",
                        each.id,
                        f"{each.label} {_span(each.whole)} meets the outage "
                        f"[{outage.start}, {outage.end}) of {resource_id}",
                    )


PLACEMENT_RULES: tuple[Callable[[Facts], Iterator[Violation]], ...] = (
    parts_are_numbered_in_order_of_time,
    parts_are_few_and_long_enough,
    lengths_lie_between_least_and_wish,
    pins_stand_where_they_were_put,
    release_and_deadline_hold,
    windows_hold,
    resources_are_open,
    outages_are_kept_free,
)


def _not_pinned(facts: Facts) -> Iterator[Placed]:
    return (each for each in facts.placed if each.pin is None)


def _within_hours(each: Placed) -> list[tuple[str, Interval]]:
    """What of a placement has to lie in opening hours, each stretch in one of them."""
    if each.activity.closed == "run":
        return []
    if each.activity.closed == "avoid":
        return [("", each.whole)]
    start, end = each.run
    found: list[tuple[str, Interval]] = [
        ("The first tick of the run of ", (start, start + 1)),
        ("The last tick of the run of ", (end - 1, end)),
    ]
    if each.activity.setup:
        found.append(("The setup of ", each.phase("setup")))
    if each.activity.teardown:
        found.append(("The teardown of ", each.phase("teardown")))
    return found


def _outside(interval: Interval, windows: Sequence[Window]) -> bool:
    """Whether there are windows, and the interval lies in none of them alone."""
    return bool(windows) and not lies_in_one(interval, intervals_of(windows))


def _span(interval: Interval) -> str:
    return f"[{interval[0]}, {interval[1]})"
