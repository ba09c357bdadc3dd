"""The command `explain`: why activities are not placed, or not earlier, and what would help."""

import argparse

from solver.cli.files import Refused, read_problem, read_solution, write_json
from solver.cli.progress import Bar, stop_on_interrupt
from solver.cli.words import explanation_lines, reason_lines
from solver.codec import explanations_to_json
from solver.explanation.explain import Explanation, explain, why_not_earlier
from solver.problem import Problem
from solver.solution import Solution
from solver.verification.verify import verify


def run_explain(options: argparse.Namespace) -> None:
    """Print each explanation as soon as it stands, and write all of them where asked to."""
    problem = read_problem(options.problem)
    solution = read_solution(options.solution)
    verdict = verify(problem, solution.assignments)
    if verdict.violations:
        lines = [violation.message for violation in verdict.violations]
        raise Refused("\n".join([*lines, "Explain needs a solution that breaks no rule: solve again."]))
    placed = {part.activity for part in solution.assignments}
    wanted = options.activity or [each.id for each in problem.activities if each.id not in placed]
    _refuse_unknown(problem, wanted)
    for name in dict.fromkeys(wanted):
        if name in placed:
            _print_why_not_earlier(problem, solution, name)
    left = [name for name in dict.fromkeys(wanted) if name not in placed]
    explanations: tuple[Explanation, ...] = ()
    with stop_on_interrupt() as stopped, Bar(options.budget) as bar:
        done = 0

        def tell(explanation: Explanation) -> None:
            nonlocal done
            done += 1
            bar.say("\n".join(explanation_lines(problem, explanation)))
            bar.tell((f"explained {done}/{len(left)}", 0))

        bar.tell((f"explained 0/{len(left)}", 0))
        if left:
            explanations = explain(
                problem, solution.assignments, left, budget=options.budget, stop=stopped, on_explained=tell
            )
    if not wanted:
        print("Every activity is placed.")
    if options.output is not None:
        write_json(options.output, explanations_to_json(explanations))


def _refuse_unknown(problem: Problem, wanted: list[str]) -> None:
    known = {activity.id for activity in problem.activities}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        lines = (f"There is no activity {name!r} in the problem; give one of its ids." for name in unknown)
        raise Refused("\n".join(lines))


def _print_why_not_earlier(problem: Problem, solution: Solution, name: str) -> None:
    start = min(part.start for part in solution.assignments if part.activity == name)
    print(f"{name} is placed at {start}.")
    lines = reason_lines(why_not_earlier(problem, solution.assignments, name))
    for text in lines or ["nothing: it could start earlier and be worth as much"]:
        print(f"  Against earlier: {text}")
