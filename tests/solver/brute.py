"""All plans of a tiny problem, tried one by one: what the search is measured against.

Knows nothing of masks or models. It lists every placement of every activity, combines them, and asks
`verify` what is allowed; the only thing of its own is the order in which it tries.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product

from solver.problem import Activity, Mode, Problem
from solver.solution import Assignment
from solver.verification.verify import verify

Parts = tuple[Assignment, ...]

# Broken by what is still missing, mended by what is added later: asked only of whole plans.
LATER = {"chain", "changeover", "pin"}

# Mandatory activities come before any value: in these problems no objective is near it.
MANDATORY = 10_000.0


@dataclass(frozen=True)
class Best:
    objective: float
    assignments: Parts


def best_objective(problem: Problem) -> float:
    """The greatest objective of a plan, among those that place most of what is mandatory."""
    return best_plan(problem).objective


def best_plan(problem: Problem) -> Best:
    """One of the best plans, found by trying all."""
    found = _search(problem, leave_out_pins=False) or _search(problem, leave_out_pins=True)
    assert found is not None, "a plan of the pins alone is always allowed"
    return found


def is_small(problem: Problem) -> bool:
    """Whether all plans can be tried in a moment."""
    ways = [sum(1 for _ in candidates(problem, activity)) for activity in problem.activities]
    return max(ways) <= 150 and sum(ways) <= 250


def placements(problem: Problem, activity: Activity) -> list[Parts]:
    """Every way to place the activity that is allowed if it is alone."""
    alone = replace(problem, activities=(activity,), precedences=(), chains=())
    return [parts for parts in candidates(problem, activity) if not verify(alone, parts).violations]


def candidates(problem: Problem, activity: Activity) -> Iterator[Parts]:
    """Every way to place the activity within the horizon, allowed or not."""
    pin = activity.pin
    if pin is not None:
        mode = next(mode for mode in activity.modes if mode.id == pin.mode)
        worked = ticks_worked(problem, activity, mode, pin.start, pin.duration)
        people = [pin.people] if pin.people is not None else _people(problem, activity, worked)
        for names in people:
            yield (Assignment(activity.id, 1, mode.id, pin.start, pin.duration, names),)
        return
    for mode in activity.modes:
        wish = activity.wish if mode.wish is None else mode.wish
        least = activity.least if mode.least is None else mode.least
        yield from ((part,) for part in _single(problem, activity, mode, least, wish))
    if activity.most_parts > 1:
        yield from _several(problem, activity)


def _single(
    problem: Problem, activity: Activity, mode: Mode, shortest: int, longest: int
) -> Iterator[Assignment]:
    if activity.closed == "pause":
        for start, duration in _with_pauses(problem, activity, mode, longest):
            for names in _people(problem, activity, longest):
                yield Assignment(activity.id, 1, mode.id, start, duration, names)
        return
    for duration in range(shortest, longest + 1):
        total = activity.setup + duration + activity.teardown
        for names in _people(problem, activity, duration):
            for start in range(problem.horizon - total + 1):
                yield Assignment(activity.id, 1, mode.id, start, duration, names)


def _with_pauses(problem: Problem, activity: Activity, mode: Mode, wish: int) -> Iterator[tuple[int, int]]:
    """Every start with every length in which so many ticks are worked."""
    for start in range(problem.horizon):
        for duration in range(wish, problem.horizon - start - activity.setup - activity.teardown + 1):
            if ticks_worked(problem, activity, mode, start, duration) == wish:
                yield start, duration


def ticks_worked(problem: Problem, activity: Activity, mode: Mode, start: int, duration: int) -> int:
    """Ticks of a run in which there is work: where it pauses those in which all resources are open."""
    run = range(start + activity.setup, start + activity.setup + duration)
    if activity.closed != "pause":
        return len(run)
    hours = [each.open for each in problem.resources if each.id in mode.resources and each.open is not None]
    return sum(all(any(w.start <= t < w.end for w in windows) for windows in hours) for t in run)


def _several(problem: Problem, activity: Activity) -> Iterator[Parts]:
    loose = replace(activity, least=1, modes=tuple(replace(mode, least=1) for mode in activity.modes))
    alone = replace(problem, activities=(loose,), precedences=(), chains=())
    parts = []
    for mode in activity.modes:
        wish = activity.wish if mode.wish is None else mode.wish
        for part in _single(problem, activity, mode, activity.least_part, wish):
            if not verify(alone, (part,)).violations:
                parts.append(part)
    for count in range(2, activity.most_parts + 1):
        for chosen in combinations(sorted(parts, key=lambda part: part.start), count):
            if sum(part.duration for part in chosen) <= max(m.wish or activity.wish for m in activity.modes):
                yield tuple(replace(part, part=i) for i, part in enumerate(chosen, start=1))


def _people(problem: Problem, activity: Activity, duration: int) -> list[tuple[tuple[str, ...], ...]]:
    """Every choice of names for the needs; whether they can is for `verify` to say."""
    ticks = {
        "setup": activity.setup,
        "run": duration,
        "teardown": activity.teardown,
        "all": activity.setup + duration + activity.teardown,
    }
    choices = []
    for need in activity.needs:
        able = [p.id for p in problem.people if need.qualification in {q.id for q in p.qualifications}]
        duties = -(-ticks[need.phase] // (need.longest or max(1, ticks[need.phase])))
        rows = product(combinations(able, need.count), repeat=duties)
        choices.append([tuple(name for names in row for name in names) for row in rows])
    return list(product(*choices))


def _search(problem: Problem, *, leave_out_pins: bool) -> Best | None:
    order = _pins_then_predecessors_first(problem)
    options = [_rated(problem, activity, leave_out_pins) for activity in order]
    if not all(options):
        return None
    hopes = [0.0]
    for rated in reversed(options):
        hopes.insert(0, hopes[0] + rated[0][0])
    best: Best | None = None
    most = -float("inf")

    def extend(depth: int, chosen: Parts, worth: float) -> None:
        nonlocal best, most
        if depth == len(order):
            verdict = verify(problem, chosen)
            placed = {part.activity for part in chosen}
            rank = verdict.objective + MANDATORY * sum(a.mandatory and a.id in placed for a in order)
            if not verdict.violations and rank > most + 1e-9:
                best, most = Best(verdict.objective, chosen), rank
            return
        for own, parts in options[depth]:
            # What costs a changeover is worth less than it seems alone, never more.
            if worth + own + hopes[depth + 1] <= most + 1e-9:
                break
            if parts:
                found = verify(problem, (*chosen, *parts)).violations
                if any(violation.rule not in LATER for violation in found):
                    continue
            extend(depth + 1, (*chosen, *parts), worth + own)

    extend(0, (), 0.0)
    return best


def _rated(problem: Problem, activity: Activity, leave_out_pins: bool) -> list[tuple[float, Parts]]:
    """The ways to place it and the way not to, each with what it is worth alone, best first."""
    free = replace(
        problem,
        activities=(activity,),
        precedences=(),
        chains=(),
        # What hangs on several activities at once: only ever costs more when others come.
        weights=replace(problem.weights, changeover=0.0, makespan=0.0, fairness=0.0, balance=0.0),
    )
    first = MANDATORY * activity.mandatory
    rated = [(first + verify(free, parts).objective, parts) for parts in placements(problem, activity)]
    if activity.pin is None or (leave_out_pins and activity.pin.people is None):
        rated.append((verify(free, ()).objective, ()))
    return sorted(rated, key=lambda each: -each[0])


def _pins_then_predecessors_first(problem: Problem) -> list[Activity]:
    done = [activity for activity in problem.activities if activity.pin is not None]
    waiting = [activity for activity in problem.activities if activity.pin is None]
    while waiting:
        names = {activity.id for activity in waiting}
        blocked = {lag.after for lag in problem.precedences if lag.before in names}
        ready = [activity for activity in waiting if activity.id not in blocked]
        done += ready
        waiting = [activity for activity in waiting if activity.id in blocked]
    return done
