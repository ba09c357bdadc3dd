"""Random problems without alternatives, of which only the end counts: projects, with people or without."""

from hypothesis import strategies as st

from solver import (
    Activity,
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
from solver.checks.check import check
from solver.problem import Draw
from solver.weights import Weights

SKILLS = ("weld", "glue", "test")


@st.composite
def plain_problems(draw, most=8, horizon=60, steady=None):
    """Mandatory activities of fixed length; `steady`: without calendars, dates and bookings that stand."""
    steady = draw(st.booleans()) if steady is None else steady
    places = [draw(_resource(f"r{n}", horizon, steady)) for n in range(draw(st.integers(1, 3)))]
    people = [draw(_person(f"p{n}", horizon, steady)) for n in range(draw(st.integers(0, 5)))]
    power = Utility("power", (Level(0, horizon // 2, 3), Level(horizon // 2, horizon, 3 if steady else 2)))
    count = draw(st.integers(2, most))
    wanted = [draw(_activity(f"a{n}", places, people, steady)) for n in range(count)]
    if not steady and draw(st.booleans()):
        last = wanted[-1]
        pin = Pin(draw(st.integers(0, 8)), last.wish, "m")
        wanted[-1] = Activity(last.id, last.modes, last.wish, last.least, value=0, mandatory=True, pin=pin)
    lags = [
        PrecedenceLag(f"a{before}", f"a{after}", draw(st.sampled_from([0, 0, 1, 2])))
        for after in range(1, count)
        for before in draw(st.sets(st.integers(0, after - 1), max_size=2))
    ]
    problem = Problem(
        horizon,
        tuple(draw(st.permutations(wanted))),
        tuple(places),
        people=tuple(people),
        utilities=(power,),
        precedences=tuple(lags),
        weights=Weights(makespan=1.0),
    )
    assert check(problem) == (), "these strategies are to make problems without faults"
    return problem


@st.composite
def _resource(draw, name, horizon, steady):
    opening = None if steady or draw(st.booleans()) else (Window(draw(st.integers(0, 4)), horizon),)
    outages = () if steady or draw(st.booleans()) else (Window(at := draw(st.integers(3, 9)), at + 2),)
    return Resource(name, draw(st.integers(1, 4)), open=opening, outages=outages)


@st.composite
def _person(draw, name, horizon, steady):
    held = draw(st.sets(st.sampled_from(SKILLS), min_size=1))
    shifts = None if steady or draw(st.booleans()) else (Window(draw(st.integers(0, 5)), horizon),)
    return Person(name, tuple(Qualification(skill, 0, horizon) for skill in sorted(held)), shifts=shifts)


@st.composite
def _activity(draw, name, places, people, steady):
    ticks = draw(st.integers(1, 4))
    chosen = sorted(draw(st.sets(st.integers(0, len(places) - 1), min_size=1)))
    demands = tuple(draw(st.integers(1, places[n].capacity)) for n in chosen)
    needs = []
    for skill in SKILLS:
        able = sum(any(q.id == skill for q in person.qualifications) for person in people)
        if able and draw(st.booleans()):
            needs.append(Need(skill, draw(st.integers(1, min(2, able)))))
    if sum(need.count for need in needs) > len(people):
        needs = []
    return Activity(
        name,
        (Mode("m", tuple(places[n].id for n in chosen), demands),),
        wish=ticks,
        least=ticks,
        setup=0 if needs else draw(st.integers(0, 1)),
        release=None if steady else draw(st.sampled_from([None, None, 3])),
        value=draw(st.sampled_from([0, 2])),
        mandatory=True,
        needs=tuple(needs),
        draws=draw(st.sampled_from([(), (Draw("power", 1, "all"),)])),
    )
