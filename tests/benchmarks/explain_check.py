"""Are the reasons true and smallest, and is a remedy shown wherever an exhaustive try finds one?

    python -m tests.benchmarks.explain_check WEEK PLAN [--budget SECONDS]

Plain and slow on purpose: every start, mode and choice of people is tried by loops over intervals. It
shares no code with the engine but the dataclasses. PLAN is a solution in the solver's own JSON.
"""

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from solver.codec import solution_from_json
from solver.explanation.remedies import Remedy, apply
from solver.problem import Activity, Group, Mode, Person, Problem, Qualification, Resource
from solver.solution import Reason
from solver.verification.verify import verify
from tests.benchmarks.explain_plain import Plain, phase
from tests.benchmarks.weeks_problem import problem_from_week, read_week

SPREAD = 25


def fault_of(problem: Problem, parts, name: str, reason: Reason) -> str | None:
    """What is wrong with a reason, None if it is true and smallest."""
    placed = {part.activity for part in parts}
    activity = next(a for a in problem.activities if a.id == name)
    rules = [blocker.rule for blocker in reason.blockers]
    before = {
        lag.after: [x.before for x in problem.precedences if x.after == lag.after]
        for lag in problem.precedences
    }
    if reason.follows is not None:
        ahead, line = [name], set()
        while ahead:
            top = ahead.pop()
            more = [b for b in before.get(top, ()) if b not in placed and b not in line]
            line.update(more)
            ahead += more
        head = all(b in placed for b in before.get(reason.follows, ()))
        return None if reason.follows in line and head else "does not follow the line"
    if set(rules) & {"worth", "chain"}:
        return None
    plain = Plain(problem, parts)
    if plain.first(activity, rules) is not None:
        return f"there is a place in spite of {rules}"
    for rule in rules:
        if plain.first(activity, [other for other in rules if other != rule]) is None:
            return f"{rule} is padding in {rules}"
    return None


def what_helps(problem: Problem, parts, name: str) -> str | None:
    """A kind of remedy with which there is a place, by trying all of each kind; None if none helps."""
    placed = {part.activity for part in parts}
    waits = [lag.before for lag in problem.precedences if lag.after == name and lag.before not in placed]
    if waits:
        return _line_helps(problem, parts, name)
    for kind, changed in own_changes(problem, parts, name):
        activity = next(a for a in changed.activities if a.id == name)
        if Plain(changed, parts).first(activity) is not None:
            return kind
    return (
        _shorter(problem, parts, name) or _without_one(problem, parts, name) or _split(problem, parts, name)
    )


def own_changes(problem: Problem, parts, name: str) -> Iterator[tuple[str, Problem]]:
    """The problem changed as far as each kind can go: if that does not help, nothing less does."""
    activity = next(a for a in problem.activities if a.id == name)

    def with_activity(**fields):
        changed = replace(activity, **fields)
        return replace(problem, activities=tuple(changed if a.id == name else a for a in problem.activities))

    def with_resource(resource: Resource, **fields):
        changed = replace(resource, **fields)
        return replace(
            problem, resources=tuple(changed if r.id == resource.id else r for r in problem.resources)
        )

    if activity.deadline is not None:
        yield "later_deadline", with_activity(deadline=None)
    if activity.release is not None:
        yield "earlier_release", with_activity(release=None)
    for other in _alike(problem, activity):
        yield "other_resource", with_activity(modes=(Mode(f"try {other}", (other,)),))
    for qualification in dict.fromkeys(need.qualification for need in activity.needs):
        new = Person("one more", (Qualification(qualification, 0, problem.horizon),))
        yield "another_person", replace(problem, people=(*problem.people, new))
    for utility in problem.utilities:
        levels = tuple(replace(level, amount=10**9) for level in utility.levels)
        raised = replace(utility, levels=levels)
        utilities = tuple(raised if u.id == utility.id else u for u in problem.utilities)
        if any(draw.utility == utility.id for draw in activity.draws):
            yield "more_of_utility", replace(problem, utilities=utilities)
    for resource in problem.resources:
        if any(resource.id in mode.resources for mode in activity.modes):
            for outage in resource.outages:
                left = tuple(o for o in resource.outages if o != outage)
                yield "without_outage", with_resource(resource, outages=left)


def _alike(problem: Problem, activity: Activity):
    """Resources on which activities of the sort run: an equal table of changeovers, or alternatives."""
    own = {r for mode in activity.modes for r in mode.resources if len(mode.resources) == 1}
    tables = [set(r.changeovers) for r in problem.resources if r.id in own and r.changeovers]
    beside = set()
    for other in problem.activities:
        single = {mode.resources[0] for mode in other.modes if len(mode.resources) == 1}
        if single & own:
            beside |= single
    return [
        r.id
        for r in problem.resources
        if r.id not in own and (r.id in beside or set(r.changeovers) in tables)
    ]


def _shorter(problem: Problem, parts, name: str) -> str | None:
    plain = Plain(problem, parts)
    activity = plain.activities[name]
    runs = range(-(-activity.least // 2), activity.least)
    return "shorter_run" if activity.least > 1 and plain.first(activity, runs=runs) else None


def _without_one(problem: Problem, parts, name: str) -> str | None:
    """One placed activity dropped, with those that cannot stay without it, or moved to any other place."""
    activities = {a.id: a for a in problem.activities}
    placed = {part.activity for part in parts}
    before = {lag.before for lag in problem.precedences if lag.after == name}
    for other in sorted(placed):
        if activities[other].pin is not None:
            continue
        gone = {other}
        while more := {x.after for x in problem.precedences if x.before in gone and x.after in placed} - gone:
            gone |= more
        loss = sum(activities[each].value for each in gone)
        left = [p for p in parts if p.activity not in gone]
        if (
            loss < activities[name].value
            and not gone & before
            and Plain(problem, left).first(activities[name])
        ):
            return "drop"
        rest = [p for p in parts if p.activity != other]
        plain = Plain(problem, rest)
        for place in plain.places(activities[name]):
            if Plain(problem, [*rest, place]).first(activities[other]) is not None:
                return "move"
    return None


def _split(problem: Problem, parts, name: str) -> str | None:
    plain = Plain(problem, parts)
    activity = plain.activities[name]
    part_least = max(1, -(-activity.least // 4))
    lengths = range(part_least, activity.least - part_least + 1)
    if activity.most_parts > 1:
        return None
    possible = {run for run in lengths if plain.first(activity, runs=(run,)) is not None}
    for run in sorted(possible):
        if activity.least - run in possible:
            for one in plain.places(activity, runs=(run,)):
                alone = replace(activity, id="the rest", groups=(*activity.groups, "its parts"))
                lags = [
                    replace(x, after=alone.id, max_lag=None) for x in problem.precedences if x.after == name
                ]
                changed = replace(
                    problem,
                    activities=(*problem.activities, alone),
                    groups=(*problem.groups, Group("its parts")),
                    precedences=(*problem.precedences, *lags),
                )
                second = Plain(changed, [*parts, one])
                second.running["its parts"] = [phase(activity, "run", one.start, one.duration)]
                if second.first(alone, runs=(activity.least - run,)) is not None:
                    return "split"
    return None


def _line_helps(problem: Problem, parts, name: str) -> str | None:
    """Those it waits for placed first, the head of the line with one change, the rest with one each."""
    placed = {part.activity for part in parts}
    line = [name]
    while waits := [x.before for x in problem.precedences if x.after == line[0] and x.before not in placed]:
        line.insert(0, waits[0])
    return _extend(problem, parts, line, "place_first")


def _extend(problem: Problem, parts, line, kind: str) -> str | None:
    if not line:
        return kind
    head = next(a for a in problem.activities if a.id == line[0])
    for changed in (problem, *(each for _, each in own_changes(problem, parts, head.id))):
        activity = next(a for a in changed.activities if a.id == head.id)
        found = list(Plain(changed, parts).places(activity))
        for place in found[:: max(1, len(found) // SPREAD)]:
            if _extend(changed, [*parts, place], line[1:], kind) is not None:
                return kind
        if found and changed is problem:
            break
    return None


def wrong_with(problem: Problem, parts, name: str, remedy: Remedy) -> str | None:
    """What is wrong with a remedy that is shown, None if it does what it says."""
    changed = apply(problem, remedy)
    if violations := verify(changed, remedy.assignments).violations:
        return violations[0].message
    old, new = placed_at(parts), placed_at(remedy.assignments)
    if name not in new:
        return "the activity is not placed"
    lost = {other for other in old if other not in new}
    moved = {other for other in old if other in new and old[other] != new[other]}
    if lost != set(remedy.cost.dropped) or moved != set(remedy.cost.moved):
        return "others lose or move that are not named"
    steps = remedy.steps or (remedy,)
    if (lost or moved) and not any(step.kind in ("move", "drop") for step in steps):
        return "others lose or move, though they are not asked to"
    return None


def placed_at(parts):
    found = {}
    for part in sorted(parts, key=lambda part: part.start):
        found.setdefault(part.activity, []).append((part.mode, part.start, part.duration))
    return found


def main() -> None:
    from solver.explanation.explain import explain  # here, so that the checks above stand without the engine

    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("week", type=Path)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--budget", type=float, default=120.0, help="seconds for all remedies")
    parser.add_argument("--only-shown", action="store_true", help="leave out the exhaustive try")
    options = parser.parse_args()
    problem = problem_from_week(read_week(options.week))
    solution = solution_from_json(json.loads(options.plan.read_text()))
    parts, faults, seconds = solution.assignments, [], []
    kinds: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    shown = hopeless = 0
    clock = [time.monotonic()]

    def told(_):
        seconds.append(time.monotonic() - clock[0])
        clock[0] = time.monotonic()

    explanations = explain(problem, parts, budget=options.budget, on_explained=told)
    for each in explanations:
        if fault := fault_of(problem, parts, each.activity, each.reason):
            faults.append(f"{each.activity}: {fault}")
        for remedy in each.remedies:
            kinds[" ".join((remedy.kind, *(step.kind for step in remedy.steps)))] += 1
            if fault := wrong_with(problem, parts, each.activity, remedy):
                faults.append(f"{each.activity}, {remedy.kind}: {fault}")
        if each.remedies:
            shown += 1
        elif not options.only_shown:
            kind = what_helps(problem, parts, each.activity)
            hopeless += kind is None
            missed[f"{kind} for {each.activity}"] += kind is not None
    figures = {
        "instance": problem.name,
        "unplaced": len(explanations),
        "faults": faults,
        "with_remedy": shown,
        "helped_by_nothing": hopeless,
        "missed": sorted(+missed),
        "remedies": dict(kinds.most_common()),
        "seconds_median": round(statistics.median(seconds), 3) if seconds else 0.0,
        "seconds_worst": round(max(seconds, default=0.0), 3),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
