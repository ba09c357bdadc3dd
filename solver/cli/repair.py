"""The command `repair`: the least change to a published plan after something has happened."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from solver.checks.check import check
from solver.cli.files import Refused, read_as, read_problem, read_solution, refuse_faults, write_json
from solver.cli.progress import Bar, stop_on_interrupt
from solver.cli.solve import search_options, summary
from solver.cli.words import blocker_words, count, names
from solver.codec import activity_from_json, problem_to_json, repair_to_json, solution_to_json
from solver.problem import Activity, Pin, Problem, Window
from solver.repairs.disturb import Added, Cancelled, Disturbance, Down, Moved, disturb
from solver.repairs.repair import Change, Repair, Toll, repair
from solver.solution import Assignment


def run_repair(options: argparse.Namespace) -> None:
    """Repair a plan, print what changes, and write the new solution."""
    problem = read_problem(options.problem)
    plan = read_solution(options.solution).assignments
    disturbance = _disturbance(options, problem, plan)
    if disturbance is not None:
        try:
            problem = disturb(problem, plan, disturbance)
        except ValueError as error:
            raise Refused(str(error)) from error
        refuse_faults(check(problem))
    with stop_on_interrupt() as stopped, Bar(options.time_limit) as bar:
        found = repair(
            problem,
            plan,
            search_options(options),
            on_progress=bar.show,
            stop=stopped,
            most_moved=_share(options.most_moved),
        )
    for path, data in (
        (options.output, solution_to_json(found.solution)),
        (options.answer, repair_to_json(found)),
        (options.changed_problem, problem_to_json(problem)),
    ):
        if path is not None:
            write_json(path, data)
    print("\n".join(repair_lines(found)))
    print(summary(problem, found.solution))


def repair_lines(found: Repair) -> list[str]:
    """The list of changes, and what they take from those to whom the plan was published."""
    if not found.changes:
        return ["Nothing has to change."]
    return [line for change in found.changes for line in _change_lines(change)] + [_toll(found.toll)]


def _change_lines(change: Change) -> list[str]:
    before, after = _places(change.before), _places(change.after)
    what = {
        "moved": f"from {before} to {after}",
        "dropped": f"was {before}, has no place now",
        "reassigned": f"{before}, with other people: {_people(change.before)} -> {_people(change.after)}",
        "added": f"new, {after}",
        "cancelled": f"was {before}, is not asked for any more",
    }[change.kind]
    lines = [f"{change.kind:<10}  {change.activity}: {what}"]
    lines += [f"{'':<12}in the way of its old place: {blocker_words(blocker)}" for blocker in change.why]
    if change.makes_room_for:
        lines.append(f"{'':<12}makes room for {names(change.makes_room_for)}")
    return lines


def _places(parts: Sequence[Assignment]) -> str:
    return ", ".join(f"{part.start} in {part.mode} for {part.duration}" for part in parts)


def _people(parts: Sequence[Assignment]) -> str:
    return names(dict.fromkeys(each for part in parts for who in part.people for each in who)) or "nobody"


def _toll(toll: Toll) -> str:
    text = (
        f"In all: {float(toll.lost):g} of published value lost, move costs {toll.moved}, "
        f"{count(toll.distance, 'tick')} between old and new starts, {toll.reassigned} people reassigned."
    )
    return f"{text} Mandatory and without a place: {toll.left_out}." if toll.left_out else text


def _disturbance(
    options: argparse.Namespace, problem: Problem, plan: Sequence[Assignment]
) -> Disturbance | None:
    """What has happened, as it was given; None if the problem file says it already."""
    if options.down is not None:
        resource, start, end = options.down
        window = Window(_tick("--down", start), _tick("--down", end))
        if window.end <= window.start:
            raise Refused(f"--down {resource}: {start} to {end} is no time; give an end after the start.")
        return Down(resource, window)
    if options.add is not None:
        return Added(read_as(activity_from_json, Path(options.add)))
    if options.cancel is not None:
        return Cancelled(options.cancel)
    if options.move is not None:
        return _moved(problem, plan, *options.move)
    return None


def _share(percent: float) -> float:
    if not 0 <= percent <= 100:
        raise Refused(f"--most-moved: {percent:g} is no share of the bookings; give 0 to 100 percent.")
    return percent / 100


def _moved(problem: Problem, plan: Sequence[Assignment], name: str, start: str, mode: str) -> Moved:
    """The new place, as long as the run was if the mode allows it."""
    activity = next((each for each in problem.activities if each.id == name), None)
    if activity is None:
        raise Refused(f"--move: there is no activity {name!r} in the problem; give one of its ids.")
    if mode not in {each.id for each in activity.modes}:
        modes = names(each.id for each in activity.modes)
        raise Refused(f"--move {name}: there is no mode {mode!r}; it has {modes}.")
    return Moved(name, Pin(_tick(f"--move {name}", start), _duration(activity, mode, plan), mode))


def _duration(activity: Activity, mode_id: str, plan: Sequence[Assignment]) -> int:
    mode = next(each for each in activity.modes if each.id == mode_id)
    wish = activity.wish if mode.wish is None else mode.wish
    least = min(activity.least, wish) if mode.least is None else mode.least
    was = sum(part.duration for part in plan if part.activity == activity.id)
    return min(max(was, least), wish) if was else wish


def _tick(where: str, text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Refused(f"{where}: {text!r} is not a tick; write a whole number such as 12.") from error
