"""`repair` against all plans of tiny problems: none takes less, and of those that do none is worth more."""

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, event, given, note, settings
from hypothesis import strategies as st

from solver import Options, Pin, Problem, Window, check, problem_to_json, solve, verify
from solver.repairs.disturb import Added, Cancelled, Down, Moved, disturb
from solver.repairs.repair import repair, toll
from tests.solver.brute import LATER, is_small, placements
from tests.solver.strategies import problems

OPTIONS = Options(time_limit=4.0, workers=1, seed=1)

few = settings(
    max_examples=60, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
many = settings(
    max_examples=1_000,
    derandomize=False,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@few
@given(problems(), st.integers(0, 10_000))
def test_no_repair_takes_less_than_the_one_that_is_found(problem, seed):
    agrees_with_brute_force(problem, seed)


@pytest.mark.long
@pytest.mark.timeout(3_600)
@many
@given(problems(), st.integers(0, 1_000_000))
def test_no_repair_takes_less_on_many_more_problems(problem, seed):
    agrees_with_brute_force(problem, seed)


def agrees_with_brute_force(problem: Problem, seed: int) -> None:
    assume(is_small(problem))
    plan = solve(problem, replace(OPTIONS, time_limit=1.0)).assignments
    problem = disturbed(problem, plan, random.Random(seed))
    assume(problem.activities and not check(problem) and is_small(problem) and not pins_clash(problem))
    note(f"problem: {problem_to_json(problem)}")
    note(f"plan: {plan}")
    found = repair(problem, plan, OPTIONS)
    note(f"found: {found}")
    verdict = verify(problem, found.solution.assignments)
    assert verdict.violations == ()
    assert found.solution.objective == pytest.approx(verdict.objective, abs=1e-6)
    assert found.toll == toll(problem, plan, found.solution.assignments)
    event(found.solution.status)
    least = least_rank(problem, plan)
    mine = rank(problem, plan, found.solution.assignments)
    assert mine[:-1] > least[:-1] or (mine[:-1] == least[:-1] and mine[-1] >= least[-1] - 1e-6)
    if found.solution.status == "optimal":
        assert mine[:-1] == least[:-1]
        assert mine[-1] == pytest.approx(least[-1], abs=1e-6)


def disturbed(problem, plan, rng):
    """The problem after one of the four things that can happen, drawn at random."""
    kind = rng.choice(["added", "moved", "cancelled", "down"]) if plan else "added"
    if kind == "added":
        like = rng.choice(problem.activities)
        return disturb(problem, plan, Added(replace(like, id="new", pin=None, previous=())))
    part = rng.choice(plan)
    activity = next(each for each in problem.activities if each.id == part.activity)
    if kind == "moved":
        mode = rng.choice(activity.modes)
        people = rng.choice([None, part.people])
        start = rng.randrange(problem.horizon)
        return disturb(problem, plan, Moved(activity.id, Pin(start, part.duration, mode.id, people)))
    if kind == "cancelled":
        return disturb(problem, plan, Cancelled(activity.id))
    mode = next(mode for mode in activity.modes if mode.id == part.mode)
    start = rng.randint(max(0, part.start), problem.horizon - 1)
    end = rng.randint(start + 1, problem.horizon)
    return disturb(problem, plan, Down(rng.choice(mode.resources), Window(start, end)))


def pins_clash(problem):
    """Whether promises exclude each other, or ask for people who are not there."""
    pinned = tuple(each for each in problem.activities if each.pin is not None)
    alone = replace(problem, activities=pinned, precedences=(), chains=())
    return bool(pinned) and (
        any(not placements(problem, each) for each in pinned)
        or bool(verify(alone, solve(alone, replace(OPTIONS, time_limit=1.0)).assignments).violations)
    )


# All plans


def rank(problem, plan, assignments):
    """What a repair is to make as small as possible, one after the other."""
    taken = toll(problem, plan, assignments)
    ordinary = replace(problem.weights, kept=0.0, moved=0.0, distance=0.0, reassigned=0.0)
    objective = verify(replace(problem, weights=ordinary), assignments).objective
    # Fractions and whole numbers: sums of floats could cut off a plan that is as good as the best.
    counts = (taken.left_out, taken.lost, taken.moved, taken.distance, taken.reassigned)
    return (*counts, -objective)


def least_rank(problem, plan):
    """The least rank of all plans without violations."""
    order = pins_then_predecessors_first(problem)
    options = [rated(problem, plan, each) for each in order]
    least = [(0,) * 6]
    for row in reversed(options):
        least.insert(0, added(least[0], row[0][0]))
    best = (float("inf"),) * 6

    def extend(depth, chosen, so_far):
        nonlocal best
        if depth == len(order):
            if not verify(problem, chosen).violations:
                best = min(best, rank(problem, plan, chosen))
            return
        for own, parts in options[depth]:
            # What costs a changeover is worth less than it seems alone, never more.
            if added(added(so_far, own), least[depth + 1]) >= best:
                break
            if parts:
                found = verify(problem, (*chosen, *parts)).violations
                if any(violation.rule not in LATER for violation in found):
                    continue
            extend(depth + 1, (*chosen, *parts), added(so_far, own))

    extend(0, (), (0,) * 6)
    return best


def rated(problem, plan, activity):
    """The ways to place it and the way not to, each with what it counts alone, the least first."""
    free = replace(
        problem,
        activities=(activity,),
        precedences=(),
        chains=(),
        # What hangs on several activities at once: only ever costs more when others come.
        weights=replace(problem.weights, changeover=0.0, makespan=0.0, fairness=0.0, balance=0.0),
    )
    rows = [(rank(free, plan, parts), parts) for parts in placements(problem, activity)]
    if activity.pin is None:
        rows.append((rank(free, plan, ()), ()))
    return sorted(rows, key=lambda row: row[0])


def added(one, other):
    return tuple(a + b for a, b in zip(one, other, strict=True))


def pins_then_predecessors_first(problem):
    done = [activity for activity in problem.activities if activity.pin is not None]
    waiting = [activity for activity in problem.activities if activity.pin is None]
    while waiting:
        names = {activity.id for activity in waiting}
        blocked = {lag.after for lag in problem.precedences if lag.before in names}
        done += [activity for activity in waiting if activity.id not in blocked]
        waiting = [activity for activity in waiting if activity.id in blocked]
    return done
