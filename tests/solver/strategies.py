"""Tiny random problems that use every rule, small enough to try all their plans.

Drawn so that they shrink towards one plain activity on one resource: what a failing test then shows
is close to the rule that is wrong.
"""

from dataclasses import replace

from hypothesis import strategies as st

from solver.checks.check import check
from solver.problem import (
    Activity,
    Changeover,
    Draw,
    Group,
    Level,
    Mode,
    Need,
    Person,
    Pin,
    PrecedenceLag,
    Problem,
    Qualification,
    Resource,
    Utility,
    Window,
)
from solver.weights import Weights

QUALIFICATIONS = ("operator", "inspector")
CONFIGURATIONS = ("cold", "hot")
PHASES = ("run", "all", "setup", "teardown")


def rarely(strategy, otherwise=None):
    """The strategy about once in five times, else the plain value, to which it shrinks."""
    return st.integers(0, 4).flatmap(lambda n: strategy if n == 4 else st.just(otherwise))


def sometimes(strategy, otherwise=None):
    return st.booleans().flatmap(lambda yes: strategy if yes else st.just(otherwise))


@st.composite
def windows(draw, horizon, most=2, binds=("whole",)):
    row = []
    for _ in range(draw(st.integers(1, most))):
        start = draw(st.integers(0, horizon - 1))
        row.append(Window(start, draw(st.integers(start + 1, horizon)), draw(st.sampled_from(binds))))
    return tuple(row)


@st.composite
def long_windows(draw, horizon):
    """Windows that leave most of the horizon, so that plans stay possible."""
    start = draw(st.integers(0, horizon // 3))
    end = draw(st.integers(horizon - horizon // 3, horizon))
    cut = draw(rarely(st.integers(start + 1, end - 1)))
    return (Window(start, end),) if cut is None else (Window(cut, end), Window(start, cut))


@st.composite
def resources(draw, horizon):
    row = [draw(_unary("R1", horizon))]
    if draw(st.booleans()):
        capacity = draw(st.integers(1, 2))
        row.append(draw(_unary("R2", horizon)) if capacity == 1 else Resource("R2", 2))
    return tuple(row)


@st.composite
def _unary(draw, name, horizon):
    gaps = draw(st.tuples(st.integers(0, 2), st.integers(0, 2)))
    hot_cold = (Changeover("hot", "cold", gaps[0]), Changeover("cold", "hot", gaps[1]))
    return Resource(
        name,
        open=draw(rarely(long_windows(horizon))),
        outages=draw(rarely(st.integers(0, horizon - 1).map(lambda t: (Window(t, t + 1),)), ())),
        changeovers=draw(sometimes(st.just(hot_cold), ())),
        configuration=draw(rarely(st.sampled_from(CONFIGURATIONS))),
    )


@st.composite
def persons(draw, horizon):
    return tuple(draw(_person(f"P{i + 1}", horizon)) for i in range(draw(st.sampled_from([2, 0, 1, 3]))))


@st.composite
def _person(draw, name, horizon):
    held = draw(st.sampled_from([QUALIFICATIONS, QUALIFICATIONS[:1], QUALIFICATIONS[1:]]))
    rows = [Qualification(each, 0, horizon) for each in held]
    if rows and (until := draw(rarely(st.integers(1, horizon - 1)))) is not None:
        rows[0] = Qualification(held[0], 0, until)
        if draw(st.booleans()):
            rows.append(Qualification(held[0], until, horizon))
    return Person(
        name,
        tuple(rows),
        shifts=draw(rarely(long_windows(horizon))),
        absences=draw(rarely(st.integers(0, horizon - 1).map(lambda t: (Window(t, t + 1),)), ())),
        max_day=draw(rarely(st.integers(1, 4))),
        max_week=draw(rarely(st.integers(1, 6))),
        min_rest=draw(rarely(st.integers(1, 4), 0)),
    )


@st.composite
def utilities(draw, horizon):
    row = []
    if draw(sometimes(st.just(True), False)):
        cut = draw(st.integers(1, horizon - 1))
        high, low = draw(st.integers(2, 4)), draw(st.integers(1, 3))
        row.append(Utility("power", (Level(0, cut, high), Level(cut, horizon, low))))
    if draw(rarely(st.just(True), False)):
        row.append(Utility("LN2", (Level(0, horizon, draw(st.integers(1, 4))),), per="day"))
    return tuple(row)


@st.composite
def activities(draw, name, horizon, places, people, draws_on, groups):
    least = draw(st.integers(1, 4))
    wish = least + draw(rarely(st.integers(1, 3), 0))
    in_parts = draw(rarely(st.just(True), False))
    needs = ()
    if people:
        needs = draw(sometimes(st.lists(_needs(), min_size=1, max_size=2).map(tuple), ()))
        # Many names times many parts is more than can be tried.
        in_parts = in_parts and not needs
    return Activity(
        id=name,
        modes=draw(_modes(horizon, places, wish, least)),
        wish=wish,
        least=least,
        setup=draw(rarely(st.just(1), 0)),
        teardown=draw(rarely(st.just(1), 0)),
        most_parts=draw(st.integers(2, 3)) if in_parts else 1,
        least_part=draw(st.integers(1, 2)) if in_parts else 1,
        release=draw(rarely(st.integers(0, horizon // 2))),
        deadline=draw(rarely(st.integers(horizon // 2 + 1, horizon))),
        due=draw(rarely(st.integers(1, horizon))),
        windows=draw(rarely(windows(horizon, binds=("whole", "run")), ())),
        value=draw(st.integers(1, 9)),
        mandatory=draw(rarely(st.just(True), False)),
        configuration=draw(sometimes(st.sampled_from(CONFIGURATIONS))),
        needs=needs,
        draws=draw(_draws(draws_on)),
        participants=draw(rarely(st.just((people[0].id,)), ())) if people else (),
        groups=draw(sometimes(st.just(groups), ())),
        preferred=draw(rarely(windows(horizon, binds=("whole", "run")), ())),
        programme=draw(sometimes(st.sampled_from(("P1", "P2")))),
        move_cost=draw(rarely(st.integers(0, 3), 1)),
    )


@st.composite
def _modes(draw, horizon, places, wish, least):
    first = Mode("m1", (draw(st.sampled_from(places)).id,))
    chosen = [first]
    if len(places) > 1 and draw(st.booleans()):
        other = draw(st.sampled_from([(places[0].id,), (places[1].id,), (places[0].id, places[1].id)]))
        capacity = {place.id: place.capacity for place in places}
        length = draw(rarely(st.just(wish + 1)))
        chosen.append(
            Mode(
                "m2",
                other,
                demands=draw(rarely(st.just(tuple(capacity[each] for each in other)), ())),
                windows=draw(rarely(windows(horizon, binds=("run", "whole")), ())),
                wish=length,
                least=draw(st.sampled_from([None, least])) if length is None else draw(st.just(length)),
                penalty=draw(rarely(st.integers(1, 3), 0)),
            )
        )
    return tuple(chosen)


@st.composite
def _needs(draw):
    return Need(
        draw(st.sampled_from(QUALIFICATIONS)),
        draw(rarely(st.just(2), 1)),
        draw(st.sampled_from(PHASES)),
    )


@st.composite
def _draws(draw, draws_on):
    return tuple(
        Draw(utility.id, draw(st.integers(1, 2)), draw(st.sampled_from(PHASES)))
        for utility in draws_on
        if draw(st.booleans())
    )


@st.composite
def _precedences(draw, count):
    row = []
    for after in range(1, count):
        if draw(rarely(st.just(True), False)):
            min_lag = draw(st.integers(0, 2))
            row.append(
                PrecedenceLag(
                    f"A{draw(st.integers(1, after))}",
                    f"A{after + 1}",
                    min_lag,
                    draw(rarely(st.integers(min_lag, min_lag + 3))),
                    draw(rarely(st.just(True), False)),
                )
            )
    return tuple(row)


@st.composite
def _pin(draw, activity, horizon, people):
    names = None
    if people and activity.needs and draw(st.booleans()):
        # Different people for each need, so that one pin does not clash with itself.
        ids = [person.id for person in people if person.id not in activity.participants]
        names = tuple((ids.pop(),) if ids else () for _ in activity.needs)
    return Pin(
        draw(st.integers(-2, horizon - 1)),
        draw(st.integers(1, 3)),
        draw(st.sampled_from(activity.modes)).id,
        names,
    )


@st.composite
def problems(draw):
    """A problem without faults of 2 to 5 activities and at most 12 ticks."""
    horizon = draw(st.integers(7, 12))
    count = draw(st.sampled_from([4, 3, 2, 5]))
    places = draw(resources(horizon))
    people = draw(persons(horizon))
    draws_on = draw(utilities(horizon))
    groups = draw(sometimes(st.just(("crew",)), ()))
    wanted = [draw(activities(f"A{i + 1}", horizon, places, people, draws_on, groups)) for i in range(count)]
    if draw(rarely(st.just(True), False)):
        fixed = wanted[-1]
        wanted[-1] = _with_pin(fixed, draw(_pin(fixed, horizon, people)))
    if draw(sometimes(st.just(True), False)):
        places = tuple([replace(each, open=draw(opening_hours(horizon))) for each in places])
        wanted = [draw(_while_closed(each)) for each in wanted]
    if draw(sometimes(st.just(True), False)):
        wanted = [draw(_with_previous(each, horizon, people)) for each in wanted]
    cut = draw(sometimes(st.integers(1, horizon - 1)))
    days = () if cut is None else (Window(-1, cut), Window(cut, horizon))
    problem = Problem(
        horizon=horizon,
        activities=tuple(wanted),
        resources=places,
        people=people,
        utilities=draws_on,
        groups=tuple(Group(each) for each in groups),
        precedences=draw(_precedences(count)),
        chains=draw(rarely(st.just((("A1", "A2"),)), ())),
        days=days,
        weights=Weights(
            lateness=draw(st.sampled_from([0.0, 0.5, 2.0])),
            changeover=draw(st.sampled_from([0.0, 0.25, 2.0])),
            **draw(rarely(_more_weights(), {})),
        ),
    )
    assert check(problem) == (), "these strategies are to make problems without faults"
    return problem


@st.composite
def opening_hours(draw, horizon):
    """Hours with a break or two of some ticks, so that a run may wait for their end; or none."""
    if draw(rarely(st.just(True), False)):
        return None
    row, start = [], draw(rarely(st.integers(1, 2), 0))
    for _ in range(draw(st.sampled_from([2, 2, 3, 1]))):
        end = start + draw(st.integers(1, 4))
        row.append(Window(start, end))
        start = end + draw(st.integers(1, 2))
    row[-1] = Window(row[-1].start, max(row[-1].end, horizon - draw(st.integers(0, 2))))
    return tuple(row)


@st.composite
def _while_closed(draw, activity):
    """The activity as one that may pause or go on while closed, and whose people may be relieved."""
    needs = tuple(
        replace(need, longest=draw(sometimes(st.integers(1, 3)))) if need.count == 1 else need
        for need in activity.needs
    )
    closed = draw(st.sampled_from(["pause", "avoid", "run"]))
    if closed != "pause":
        return replace(activity, needs=needs, closed=closed)
    longer = activity.least + 1
    modes = (
        replace(mode, least=None) if mode.wish is None else replace(mode, wish=longer, least=longer)
        for mode in activity.modes
    )
    return replace(
        activity,
        needs=needs,
        closed=closed,
        wish=activity.least,
        modes=tuple(modes),
        most_parts=1,
        least_part=1,
    )


@st.composite
def _with_previous(draw, activity, horizon, people):
    """The activity with some earlier places, of modes that it may not have any more."""
    if draw(st.booleans()):
        return activity
    pins = draw(st.lists(_pin(activity, horizon, people), min_size=1, max_size=activity.most_parts))
    if draw(rarely(st.just(True), False)):
        pins[0] = replace(pins[0], mode="gone")
    return replace(activity, previous=tuple(pins))


@st.composite
def _more_weights(draw):
    """Some terms of the objective besides the usual ones."""
    names = ("preference", "makespan", "fairness", "balance", "kept", "moved", "distance", "reassigned")
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    found = {name: draw(st.sampled_from([0.5, 1.0, 3.0])) for name in chosen}
    return {**found, "value": draw(st.sampled_from([1.0, 0.0, 2.5]))}


def _with_pin(activity, pin):
    return replace(activity, pin=pin)
