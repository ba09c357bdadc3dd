"""Disturbances of a published week, drawn at random: what is added, moved, called off, out of service."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from solver import Activity, Assignment, Pin, Problem, Window, verify
from solver.repairs.disturb import Added, Cancelled, Disturbance, Down, Moved, disturb

KINDS = ("added", "moved", "cancelled", "down")
_TRIES = 1_000


def draw(problem: Problem, plan: Sequence[Assignment], kind: str, seed: int) -> tuple[Disturbance, Problem]:
    """A disturbance of a kind, and the problem after it; the same for the same seed."""
    rng = random.Random(f"{kind} {seed}")
    for _ in range(_TRIES):
        disturbance = _DRAWN[kind](problem, plan, rng)
        disturbed = disturb(problem, plan, disturbance)
        pinned = list(_pinned(disturbed, plan))
        # What is moved by hand is moved to where no other promise stands.
        if not verify(disturbed, pinned).violations:
            return disturbance, disturbed
    raise ValueError(f"{problem.name}: no disturbance of the kind {kind} leaves the pins standing")


def _pinned(problem: Problem, plan: Sequence[Assignment]) -> Iterator[Assignment]:
    names = {part.activity: part.people for part in plan}
    for activity in problem.activities:
        if (pin := activity.pin) is not None:
            people = pin.people or names.get(activity.id, ())
            yield Assignment(activity.id, 1, pin.mode, pin.start, pin.duration, people)


def _added(problem: Problem, plan: Sequence[Assignment], rng: random.Random) -> Disturbance:
    """A request like one that is there, and urgent."""
    like = rng.choice([activity for activity in problem.activities if activity.pin is None])
    return Added(replace(like, id=f"{like.id}-again", pin=None, previous=()))


def _moved(problem: Problem, plan: Sequence[Assignment], rng: random.Random) -> Disturbance:
    """A booking that is put to another place within its own limits, with the same people."""
    part = rng.choice([part for part in plan if _activity(problem, part).pin is None])
    activity = _activity(problem, part)
    mode = rng.choice(activity.modes)
    length = activity.setup + part.duration + activity.teardown
    last = (problem.horizon if activity.deadline is None else activity.deadline) - length
    start = rng.randint(min(activity.release or 0, last), last)
    return Moved(part.activity, Pin(start, part.duration, mode.id, part.people))


def _cancelled(problem: Problem, plan: Sequence[Assignment], rng: random.Random) -> Disturbance:
    return Cancelled(rng.choice(plan).activity)


def _down(problem: Problem, plan: Sequence[Assignment], rng: random.Random) -> Disturbance:
    """A resource that is in use, from the start of one of its bookings, for half a day to two days."""
    part = rng.choice(plan)
    mode = next(mode for mode in _activity(problem, part).modes if mode.id == part.mode)
    day = 86_400 // problem.tick_seconds
    end = part.start + rng.randint(day // 2, 2 * day)
    return Down(rng.choice(mode.resources), Window(max(0, part.start), min(problem.horizon, end)))


def _activity(problem: Problem, part: Assignment) -> Activity:
    return next(activity for activity in problem.activities if activity.id == part.activity)


_DRAWN = {"added": _added, "moved": _moved, "cancelled": _cancelled, "down": _down}
