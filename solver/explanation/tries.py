"""Remedies tried out: the changed problem is taken, the activity placed anew, the whole plan verified."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from solver.explanation import remedies_around, remedies_others, remedies_own
from solver.explanation.placed import placed_state
from solver.explanation.reasons import Takers
from solver.explanation.remedies import Remedy, apply, cost_to_others
from solver.explanation.remedies_places import Proposal
from solver.problem import Problem
from solver.search.construct import Chooser
from solver.search.order import before_first
from solver.solution import Assignment, Reason
from solver.state.state import State
from solver.verification.verify import verify

_MOST = 5
_MOST_OF_A_KIND = 2
_STEPS_TRIED = 3

Over = Callable[[], bool]


class Trial:
    """Tries remedies against one plan, which `state` holds and gets back as it was."""

    def __init__(self, state: State, assignments: Sequence[Assignment], takers: Takers) -> None:
        self._state = state
        self._plan = tuple(assignments)
        self._takers = takers
        verdict = verify(state.index.problem, self._plan)
        self._objective = verdict.objective
        self._known = {(violation.rule, violation.subject) for violation in verdict.violations}

    def remedies(self, name: str, why: Reason, over: Over) -> tuple[Remedy, ...]:
        """At most five that are verified, best first."""
        rules = {blocker.rule for blocker in why.blockers}
        activity = self._state.index.activities[name]
        if activity.pin is not None:
            return ()
        if why.follows is not None or "chain" in rules:
            found = list(self._place_first(name, over))
        elif "worth" in rules:
            found = list(self._worth(name))
        else:
            found = list(self._alone(name, over))
        return tuple(_best(found))

    def _alone(self, name: str, over: Over) -> Iterator[tuple[Remedy, float]]:
        """Verified remedies of an activity that waits for no other."""
        state = self._state
        lost = float(state.index.activities[name].value)
        proposals = _proposals(state, name, self._takers, lost, over)
        kinds: dict[str, int] = {}
        for proposal in sorted(proposals, key=_rank):
            kind = proposal.remedy.kind
            if kinds.get(kind, 0) == _MOST_OF_A_KIND or (over() and kinds):
                continue
            remedy = self._tried(name, proposal)
            if remedy is not None:
                kinds[kind] = kinds.get(kind, 0) + 1
                yield remedy, proposal.change
                if sum(min(count, 1) for count in kinds.values()) == _MOST + 1:
                    return

    def _tried(self, name: str, proposal: Proposal) -> Remedy | None:
        """The remedy with the plan that it leads to, None if it does not hold."""
        problem = apply(self._state.index.problem, proposal.remedy)
        gone = {name for name, _ in proposal.others}
        others = [part for part in self._plan if part.activity not in gone]
        others += [part for _, parts in proposal.others for part in parts]
        plan = _resolved(problem, others, name, proposal.parts)
        return self._verified(problem, proposal.remedy, plan, {name})

    def _verified(
        self, problem: Problem, remedy: Remedy, plan: Sequence[Assignment], own: set[str]
    ) -> Remedy | None:
        """The remedy filled in if its plan places `own` and breaks no rule that was not broken before."""
        if not own <= {part.activity for part in plan}:
            return None
        verdict = verify(problem, plan)
        if any((violation.rule, violation.subject) not in self._known for violation in verdict.violations):
            return None
        cost = cost_to_others(problem, self._plan, plan, own)
        return replace(
            remedy,
            assignments=tuple(plan),
            cost=cost,
            gain=round(verdict.objective - self._objective, 9),
        )

    def _worth(self, name: str) -> Iterator[tuple[Remedy, float]]:
        """The least value above its own at which placing it pays."""
        activity = self._state.index.activities[name]
        parts = Chooser(self._state.index).find(self._state, activity)
        if not parts or not self._state.index.problem.weights.value:
            return
        plan = (*self._plan, *parts)
        gain = verify(self._state.index.problem, plan).objective - self._objective
        modes = self._state.index.modes[name]
        index = self._state.index
        share = sum(
            index.calendar.worked(activity, modes[p.mode], p.start, p.duration)
            / index.wish(activity, modes[p.mode])
            for p in parts
        )
        more = int(-gain / (share * self._state.index.problem.weights.value)) + 1
        if more > 0:
            remedy = Remedy("more_value", name, amount=more)
            problem = apply(self._state.index.problem, remedy)
            found = self._verified(problem, remedy, plan, {name})
            if found is not None:
                yield found, float(more)

    def _place_first(self, name: str, over: Over) -> Iterator[tuple[Remedy, float]]:
        """What places the whole line of those that an activity waits for or stands with, and itself."""
        line = line_of(self._state, name)
        lost = float(sum(self._state.index.activities[each].value for each in line))
        first = _first_without_place(self._state, line)
        if first is None:
            return
        at = line.index(first)
        opened = _with(self._state.index.problem, self._plan, line[:at])
        proposals = _proposals(opened, first, Takers(opened), lost, over)
        tried: dict[str, int] = {}
        for proposal in sorted(proposals, key=_rank):
            if over() and tried:
                return
            kind = proposal.remedy.kind
            if tried.get(kind, 0) == _MOST_OF_A_KIND or len(tried) > _MOST:
                continue
            done = self._steps(line, at, opened, proposal, lost, over)
            if done is None:
                continue
            steps, problem, plan = done
            remedy = Remedy("place_first", steps[0].subject if not steps else first, steps=steps)
            found = self._verified(problem, remedy, plan, set(line))
            if found is not None:
                tried[kind] = tried.get(kind, 0) + 1
                yield found, proposal.change

    def _steps(
        self, line: Sequence[str], at: int, opened: State, proposal: Proposal, lost: float, over: Over
    ) -> tuple[tuple[Remedy, ...], Problem, tuple[Assignment, ...]] | None:
        """The first step and as many as the rest of the line needs; None if one of them finds no place."""
        steps = [proposal.remedy]
        problem, plan = _taken(opened, line[at], proposal)
        for name in line[at + 1 :]:
            state = _with(problem, plan, [name])
            if name not in state.placed:
                for more in _cheapest(state, name, lost, over):
                    if more.remedy.subject in line and more.remedy.kind in ("drop", "move"):
                        continue
                    changed, trial = _taken(state, name, more)
                    if name in {part.activity for part in trial}:
                        steps.append(more.remedy)
                        problem, plan = changed, trial
                        break
                else:
                    return None
            else:
                plan = state.assignments()
        return tuple(steps), problem, plan


def line_of(state: State, name: str) -> list[str]:
    """What has to be placed for an activity to be, itself too, those before others first."""
    found = {name: None}
    stack = [name]
    while stack:
        top = stack.pop()
        more = [lag.before for lag in state.index.before[top]] + list(state.index.chains.get(top, ()))
        for other in more:
            if other not in state.placed and other not in found:
                found[other] = None
                stack.append(other)
    return [each for each in before_first(state.index, list(found)) if each in found]


def _proposals(state: State, name: str, takers: Takers, most_lost: float, over: Over) -> list[Proposal]:
    activity = state.index.activities[name]
    found = _of_itself(state, name)
    found += remedies_others.proposals(state, activity, takers, most_lost, over)
    return found


def _of_itself(state: State, name: str) -> list[Proposal]:
    """Proposals for which all others stay where they are."""
    activity = state.index.activities[name]
    own, around = remedies_own.proposals(state, activity), remedies_around.proposals(state, activity)
    return [*own, *around]


def _cheapest(state: State, name: str, most_lost: float, over: Over) -> list[Proposal]:
    """A few proposals, those first that cost others least."""
    if over():
        return []
    proposals = sorted(_of_itself(state, name), key=_rank)
    if not proposals:
        proposals = sorted(_proposals(state, name, Takers(state), most_lost, over), key=_rank)
    return proposals[:_STEPS_TRIED]


def _rank(proposal: Proposal) -> tuple[float, int, int, float]:
    """Value lost by others, how many go and move, then how much is asked for."""
    dropped = sum(not parts for _, parts in proposal.others)
    lost = proposal.change if dropped else 0.0
    return lost, dropped, len(proposal.others) - dropped, proposal.change


def _best(found: list[tuple[Remedy, float]]) -> list[Remedy]:
    """At most five: one of each kind before a second, best first; one that changes only the plan stays."""

    def key(each: tuple[Remedy, float]) -> tuple[float, int, int, float]:
        cost = each[0].cost
        return cost.value_lost, len(cost.dropped), len(cost.moved), each[1]

    ranked = sorted(found, key=key)
    seen: set[str] = set()
    firsts: list[tuple[Remedy, float]] = []
    seconds: list[tuple[Remedy, float]] = []
    for each in ranked:
        kind = each[0].steps[0].kind if each[0].steps else each[0].kind
        (seconds if kind in seen else firsts).append(each)
        seen.add(kind)
    chosen = (firsts + seconds)[:_MOST]
    at_once = next((each for each in firsts if _only_the_plan(each[0])), None)
    if at_once is not None and at_once not in chosen:
        chosen[-1] = at_once
    return [remedy for remedy, _ in sorted(chosen, key=key)]


def _only_the_plan(remedy: Remedy) -> bool:
    return all(step.kind in ("move", "drop") for step in remedy.steps or (remedy,))


def _resolved(
    problem: Problem, others: Sequence[Assignment], name: str, proposed: Sequence[Assignment]
) -> tuple[Assignment, ...]:
    """The plan with the activity at the best place that it has in the problem, or as proposed."""
    state = placed_state(problem, others)
    activity = state.index.activities[name]
    parts = Chooser(state.index).find(state, activity)
    if (not parts or not state.insert(activity, parts)) and not state.insert(activity, proposed):
        return (*others, *proposed)
    return state.assignments()


def _taken(state: State, name: str, proposal: Proposal) -> tuple[Problem, tuple[Assignment, ...]]:
    """The problem and the plan once a proposal is taken."""
    problem = apply(state.index.problem, proposal.remedy)
    gone = {each for each, _ in proposal.others}
    others = [part for part in state.assignments() if part.activity not in gone]
    others += [part for _, parts in proposal.others for part in parts]
    return problem, _resolved(problem, others, name, proposal.parts)


def _with(problem: Problem, plan: Sequence[Assignment], names: Sequence[str]) -> State:
    """The state of a plan with those of the activities placed that find a place."""
    state = placed_state(problem, plan)
    chooser = Chooser(state.index)
    for name in names:
        parts = chooser.find(state, state.index.activities[name])
        if parts:
            state.insert(state.index.activities[name], parts)
    return state


def _first_without_place(state: State, line: Sequence[str]) -> str | None:
    opened = _with(state.index.problem, state.assignments(), line)
    return next((name for name in line if name not in opened.placed), None)
