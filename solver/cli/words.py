"""Reasons, prices and remedies in plain lines, by ids and ticks: what, where, and what to do next."""

from collections.abc import Iterable, Sequence

from solver.explanation.explain import Explanation
from solver.explanation.remedies import Cost, Remedy
from solver.problem import Problem, Window
from solver.solution import Blocker, Reason

_MOST_NAMES = 6


def explanation_lines(problem: Problem, explanation: Explanation) -> list[str]:
    """Why one activity is not placed, what forcing it in costs, and what would help."""
    activity = next(each for each in problem.activities if each.id == explanation.activity)
    must = ", mandatory" if activity.mandatory else ""
    lines = [f"{activity.id} (value {activity.value}{must}) is not placed."]
    lines += [f"  In the way: {text}" for text in reason_lines(explanation.reason)]
    lines.append(f"  Price: {_price(explanation)}")
    if explanation.remedies:
        lines.append("  Any one of these places it:")
        lines += [f"  - {remedy_words(remedy)} ({_effect(remedy)})" for remedy in explanation.remedies]
    else:
        lines.append("  No single change was found that places it: change several, or give more --budget.")
    return lines


def reason_lines(reason: Reason) -> list[str]:
    """What stands in the way together, one thing each."""
    lines = [blocker_words(blocker) for blocker in reason.blockers]
    if reason.follows is not None:
        lines.append(f"first in that line is {reason.follows}: its own reason counts")
    return lines


def blocker_words(blocker: Blocker) -> str:
    """One thing that is in the way.

    >>> blocker_words(Blocker("busy", ("shaker",), ("spin", "shake")))
    'shaker is taken, by spin, shake'
    >>> blocker_words(Blocker("window"))
    'its own release, deadline or windows'
    """
    what = names(blocker.subjects)
    text = {
        "window": f"its own release, deadline or windows{f' ({what})' if what else ''}",
        "calendar": f"the opening hours of {what}",
        "outage": f"outages of {what}",
        "busy": f"{what} is taken",
        "changeover": f"{what} would have to be changed over",
        "people": f"too few people on shift and free ({what})",
        "utility": f"too little of {what} is left",
        "group": f"exclusion group {what} is busy",
        "participant": f"participant {what} is absent or elsewhere",
        "precedence": f"its order with {what}, which is not placed or leaves no room",
        "chain": f"its chain: {what} is not placed",
        "worth": "nothing, but placing it costs more than it is worth",
    }[blocker.rule]
    return f"{text}, by {names(blocker.activities)}" if blocker.activities else text


def remedy_words(remedy: Remedy) -> str:
    """What a remedy asks for, as something to do.

    >>> remedy_words(Remedy("later_deadline", "spin", ticks=2))
    'set the deadline of spin 2 ticks later'
    >>> remedy_words(Remedy("place_first", "a", steps=(Remedy("drop", "b"), Remedy("drop", "c"))))
    'take out b, then take out c'
    """
    if remedy.kind == "place_first":
        if not remedy.steps:
            return f"place {remedy.subject} first"
        return ", then ".join(remedy_words(step) for step in remedy.steps)
    subject, ticks = remedy.subject, count(remedy.ticks, "tick")
    mode = f" in mode {remedy.mode}" if remedy.mode else ""
    other = names(remedy.new_mode.resources) if remedy.new_mode else "another resource"
    before, windows = _span(remedy.before), _spans(remedy.windows)
    return {
        "later_deadline": f"set the deadline of {subject} {ticks} later",
        "earlier_release": f"set the release of {subject} {ticks} earlier",
        "wider_window": f"widen window {before} of {subject}{mode} to {windows}",
        "other_resource": f"let {subject} use {other} as well",
        "shorter_run": f"let the run of {subject} be {ticks} shorter",
        "split": f"let {subject} be split into up to {remedy.amount} parts of at least {ticks}",
        "more_value": f"give {subject} {remedy.amount} more value",
        "another_person": f"put one more person with {subject} on duty in {windows}",
        "longer_opening": f"open {subject} in {windows} as well",
        "shorter_outage": f"shorten the outage {before} of {subject} to {windows}",
        "without_outage": f"do without the outage {before} of {subject}",
        "more_of_utility": f"provide {remedy.amount} more of {subject} in {windows}",
        "move": f"move {subject} {count(abs(remedy.ticks), 'tick')} "
        f"{'later' if remedy.ticks >= 0 else 'earlier'}{f' to mode {remedy.mode}' if remedy.mode else ''}",
        "drop": f"take out {subject}",
    }[remedy.kind]


def cost_words(cost: Cost) -> str:
    """What others lose.

    >>> cost_words(Cost(2.5, dropped=("spin",)))
    'others lose 2.5 of value: drops spin'
    >>> cost_words(Cost(moved=("spin",)))
    'others lose no value: moves spin'
    """
    done = []
    if cost.dropped:
        done.append(f"drops {names(cost.dropped)}")
    if cost.moved:
        done.append(f"moves {names(cost.moved)}")
    lost = f"others lose {cost.value_lost:g} of value" if cost.value_lost else "others lose no value"
    return f"{lost}: {', '.join(done)}" if done else lost


def names(ids: Iterable[str]) -> str:
    """A few ids, and how many more there are.

    >>> names(["a", "b"]), names("abcdefgh")
    ('a, b', 'a, b, c, d, e, f and 2 more')
    """
    given = list(ids)
    more = len(given) - _MOST_NAMES
    text = ", ".join(given[:_MOST_NAMES])
    return f"{text} and {more} more" if more > 0 else text


def count(number: float, thing: str) -> str:
    """A number with its unit, in the plural where it is one.

    >>> count(1, "tick"), count(2, "tick")
    ('1 tick', '2 ticks')
    """
    return f"{number:g} {thing}{'' if number == 1 else 's'}"


def _price(explanation: Explanation) -> str:
    price = explanation.price
    if price is None and explanation.has_place is None:
        return "not known, the time was up: give more --budget."
    if price is None:
        return "none: it has no place even where all others give way."
    too = f", {names(price.placed_too)} placed with it" if price.placed_too else ""
    known = "the least near it" if price.proven else "the least that was found"
    return f"to force it in, {cost_words(price.cost)}{too} ({known})."


def _effect(remedy: Remedy) -> str:
    return f"{cost_words(remedy.cost)}; objective {remedy.gain:+g}"


def _span(window: Window | None) -> str:
    return "" if window is None else f"[{window.start}, {window.end})"


def _spans(windows: Sequence[Window]) -> str:
    return " and ".join(_span(window) for window in windows)
