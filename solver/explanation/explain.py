"""What stands in the way of activities, what it would cost to force them in, and what would help.

Reasons come from masks, see `solver.explanation.reasons`. A remedy is shown only after it was tried:
the changed problem is taken, the activity placed in it anew, and the whole plan held against
`solver.verify`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import monotonic

from solver.explanation.force import Price, force
from solver.explanation.masks import RULES, Room
from solver.explanation.placed import placed_state
from solver.explanation.reasons import Takers, reason, reasons, smallest
from solver.explanation.remedies import Remedy
from solver.explanation.tries import Trial
from solver.problem import Problem
from solver.search.construct import Chooser, never
from solver.solution import Assignment, Blocker, Reason, Unplaced
from solver.state.state import State

_PRICE_SHARE = 0.5
_MOST_PRICE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one activity is not placed, and what would place it.

    Parameters
    ----------
    price
        The least that forcing it in was found to cost others; None if `has_place` is not true.
    remedies
        At most five, each verified, those that cost others least first, then those that change least.
    has_place
        Whether it can be placed where all others give way; None: the time was up, or somebody said
        stop, before that was looked into.
    """

    activity: str
    reason: Reason
    price: Price | None
    remedies: tuple[Remedy, ...]
    has_place: bool | None = None


def explain(
    problem: Problem,
    assignments: Sequence[Assignment],
    activities: Iterable[str] | None = None,
    *,
    budget: float = 10.0,
    seed: int = 1,
    stop: Callable[[], bool] | None = None,
    on_explained: Callable[[Explanation], None] | None = None,
) -> tuple[Explanation, ...]:
    """Explain what a plan leaves out, that of most value first.

    Parameters
    ----------
    assignments
        A plan that `solver.verify` finds nothing wrong with; all of it stays, but for what a remedy
        says.
    activities
        Ids of those to explain; None: all that are not placed. Those that are placed are passed over.
    budget
        Seconds of wall clock, positive. Reasons are always given; remedies and prices only as long
        as there is time, so that the last explanations may lack them.
    stop
        Asked often; once it answers true no more remedies and prices are looked for.
    on_explained
        Called with each explanation as soon as it stands.

    Raises
    ------
    ValueError
        If an id is not in the problem, the plan names what is not in it, or the budget is not positive.

    >>> from solver.problem import Activity, Mode, Resource
    >>> press = Activity("press", (Mode("m", ("hall",)),), wish=6, least=6, value=2)
    >>> cast = Activity("cast", (Mode("m", ("hall",)),), wish=5, least=5)
    >>> problem = Problem(10, (press, cast), (Resource("hall"),))
    >>> plan = [Assignment("press", 1, "m", 0, 6)]
    >>> (found,) = explain(problem, plan)
    >>> found.reason.blockers
    (Blocker(rule='busy', subjects=('hall',), activities=('press',)),)
    >>> found.remedies[0].kind, found.price.cost.value_lost
    ('shorter_run', 2.0)
    """
    if budget <= 0:
        raise ValueError(f"the budget is {budget} seconds, it has to be positive")
    end = monotonic() + budget
    stopped = stop or never
    state = placed_state(problem, assignments)
    wanted = _wanted(state, activities)
    chooser, takers = Chooser(state.index), Takers(state)
    trial = Trial(state, assignments, takers)
    explanations: list[Explanation] = []
    for number, name in enumerate(wanted):
        why = reason(state, state.index.activities[name], chooser, takers)
        remedies: tuple[Remedy, ...] = ()
        price: Price | None = None
        has_place: bool | None = None
        share = max(0.0, end - monotonic()) / (len(wanted) - number)

        def over(until: float = monotonic() + share) -> bool:
            return stopped() or monotonic() > until

        if not over():
            remedies = trial.remedies(name, why, over)
        if not over():
            left = monotonic() + share * _PRICE_SHARE
            seconds = min(_MOST_PRICE_SECONDS, max(0.05, min(left, end) - monotonic()))
            price = force(state, name, seconds=seconds, seed=seed, stop=stopped)
            has_place = price is not None
        explanation = Explanation(name, why, price, remedies, has_place)
        explanations.append(explanation)
        if on_explained is not None:
            on_explained(explanation)
    return tuple(explanations)


def why(problem: Problem, assignments: Sequence[Assignment]) -> tuple[Unplaced, ...]:
    """A reason for each activity that a plan leaves out, in the order of the problem.

    The same as `Solution.unplaced` of a solve that was not stopped.

    Raises
    ------
    ValueError
        If the plan names what is not in the problem.

    >>> from solver.problem import Activity, Mode, Resource
    >>> press = Activity("press", (Mode("m", ("hall",)),), wish=6, least=6, value=2)
    >>> cast = Activity("cast", (Mode("m", ("hall",)),), wish=5, least=5)
    >>> problem = Problem(10, (press, cast), (Resource("hall"),))
    >>> plan = [Assignment("press", 1, "m", 0, 6)]
    >>> [(each.activity, each.reason.blockers[0].activities) for each in why(problem, plan)]
    [('cast', ('press',))]
    """
    return reasons(placed_state(problem, assignments))


def price(
    problem: Problem,
    assignments: Sequence[Assignment],
    activity: str,
    *,
    seconds: float = 2.0,
    seed: int = 1,
) -> Price | None:
    """What it costs others to force one activity into a plan: the least that is found in the time.

    Returns
    -------
    Price | None
        None if it has no place even where nothing but pins and what comes before it is placed.

    Raises
    ------
    ValueError
        If the activity is not in the problem, or is placed already, or the plan names what is not in
        the problem.

    >>> from solver.problem import Activity, Mode, Resource
    >>> press = Activity("press", (Mode("m", ("hall",)),), wish=6, least=6, value=2)
    >>> cast = Activity("cast", (Mode("m", ("hall",)),), wish=5, least=5)
    >>> problem = Problem(10, (press, cast), (Resource("hall"),))
    >>> plan = [Assignment("press", 1, "m", 0, 6)]
    >>> price(problem, plan, "cast").cost
    Cost(value_lost=2.0, moved=(), dropped=('press',))
    """
    state = placed_state(problem, assignments)
    _known(state, activity)
    if activity in state.placed:
        raise ValueError(f"{activity} is placed already: forcing it in costs nothing")
    return force(state, activity, seconds=seconds, seed=seed)


def why_not_earlier(problem: Problem, assignments: Sequence[Assignment], activity: str) -> Reason:
    """What stands against every start of a placed activity that is earlier than its own.

    Of an activity in parts the first part is asked about, the others staying where they are. The run
    keeps its length, but for pauses.

    Returns
    -------
    Reason
        Its blockers together leave no earlier start in any mode, while without any one of them there
        is one. "worth": it could start earlier, but that is worth less. No blockers: nothing stands
        against it, it could start earlier at equal worth.

    Raises
    ------
    ValueError
        If the activity is not in the problem, or not placed, or the plan names what is not in the
        problem.

    >>> from solver.problem import Activity, Mode, Resource, Window
    >>> cast = Activity("cast", (Mode("m", ("hall",)),), wish=5, least=5)
    >>> problem = Problem(10, (cast,), (Resource("hall", outages=(Window(0, 3),)),))
    >>> why_not_earlier(problem, [Assignment("cast", 1, "m", 3, 5)], "cast").blockers
    (Blocker(rule='outage', subjects=('hall',), activities=()),)
    """
    state = placed_state(problem, assignments)
    _known(state, activity)
    if activity not in state.placed:
        raise ValueError(f"{activity} is not placed: ask why it is not")
    asked = state.index.activities[activity]
    own = state.start(activity)
    if asked.pin is not None or own <= 0:
        return Reason((Blocker("window"),))
    before = state.objective()
    parts = state.remove(activity)
    for part in parts[1:]:
        state.hold(part)
    lengths = (parts[0].duration,)
    kept = None if asked.closed == "pause" else lambda _: lengths
    room = Room(state, asked, lengths=kept, before=own, last=len(parts) == 1)
    if not room.fits(RULES):
        return Reason(smallest(room, Takers(state)))
    for way, (mode, duration) in enumerate(room.ways):
        for start in room.starts_with_people(way, RULES):
            if len(parts) > 1:
                state.remove(activity)
            people = state.crew.choose(asked, mode, start, duration) or ()
            moved = Assignment(activity, 1, mode.id, start, duration, people)
            placed = state.insert(asked, (moved, *parts[1:]))
            worth = state.objective()
            if placed:
                state.remove(activity)
            for part in parts[1:]:
                state.hold(part)
            if placed and worth >= before - 1e-9:
                return Reason(())
    return Reason((Blocker("worth"),))


def _known(state: State, activity: str) -> None:
    if activity not in state.index.activities:
        raise ValueError(f"there is no activity {activity!r} in the problem")


def _wanted(state: State, activities: Iterable[str] | None) -> list[str]:
    """Those to explain: mandatory ones first, then by value."""
    names = list(state.index.activities if activities is None else dict.fromkeys(activities))
    for name in names:
        _known(state, name)
    asked = state.index.activities
    left = [name for name in names if name not in state.placed]
    return sorted(left, key=lambda name: (not asked[name].mandatory, -asked[name].value))
