"""Runs that wait or go on while closed, and people who relieve each other: as `tests.solver.rules`.

Each case names the length of the run as well, for a run that waits has more than one.
"""

from dataclasses import replace

from solver.problem import Draw, Group, Level, Mode, Need, Resource, Utility, Window
from tests.solver.cases import Case
from tests.solver.plans import HALL, LAB, week
from tests.solver.rules import DAYS, OPERATOR, X, pinned, staff

# Closed in [6, 9) and [14, 17): a run of 4 ticks from 4 on ends at 11, from 12 on at 19.
HOURS = (Window(0, 6), Window(9, 14), Window(17, 20))
WAITS = replace(X, closed="pause")
PAUSED, UNBROKEN = 7, 4


def _lab(**fields):
    return (replace(LAB, **fields), HALL)


def _staffed(*persons, needs):
    return week(replace(X, needs=needs), people=persons, days=DAYS, weeks=(Window(0, 20),))


def _waiting(x=WAITS, *others, **fields):
    return week(x, *others, resources=(*_lab(open=HOURS), Resource("pit", open=(Window(0, 10),))), **fields)


def _waiting_for(*persons, need=OPERATOR[0], **fields):
    return week(
        replace(WAITS, needs=(need,)), people=persons, days=DAYS, resources=_lab(open=HOURS), **fields
    )


def _relieved(*persons, longest, count=1):
    return _staffed(*persons, needs=(Need("operator", count, longest=longest),))


ANN, BOB, CHEN, DANA = (staff(name, "operator") for name in ("ann", "bob", "chen", "dana"))

_TABLE = (
    (
        "goes on while closed, but not in an outage",
        week(replace(X, closed="run"), resources=_lab(open=(Window(2, 5),), outages=(Window(12, 14),))),
        {(0, 4): True, (8, 4): True, (9, 4): False, (14, 4): True},
    ),
    (
        "waits while closed",
        _waiting(),
        {
            (2, UNBROKEN): True,
            (3, UNBROKEN): False,
            (3, PAUSED): True,
            (4, PAUSED): True,
            (5, PAUSED): True,
            (9, UNBROKEN): True,
            (12, PAUSED): True,
        },
    ),
    (
        "setup and teardown lie in open time",
        _waiting(replace(WAITS, setup=1, teardown=1)),
        {
            (1, UNBROKEN): False,
            (0, UNBROKEN): True,
            (3, PAUSED): True,
            (4, PAUSED): True,
            (5, PAUSED): False,
            (8, UNBROKEN): False,
            (9, UNBROKEN): False,
        },
    ),
    (
        "an outage is not waited for",
        week(WAITS, resources=_lab(open=HOURS, outages=(Window(7, 8),))),
        {(2, UNBROKEN): True, (4, PAUSED): False, (12, PAUSED): True},
    ),
    (
        "the resource is held while it waits",
        _waiting(WAITS, pinned("b", 7, 1, closed="run")),
        {(4, PAUSED): False, (9, UNBROKEN): True},
    ),
    (
        "the group is held while it waits",
        _waiting(
            replace(WAITS, groups=("crew",)),
            pinned("b", 7, 1, on="hall", groups=("crew",)),
            groups=(Group("crew"),),
        ),
        {(4, PAUSED): False, (9, UNBROKEN): True},
    ),
    (
        "all resources of the mode are open when it works",
        _waiting(replace(WAITS, modes=(Mode("m", ("lab", "pit")),))),
        {(2, UNBROKEN): True, (3, PAUSED): True, (4, PAUSED): False},
    ),
    (
        "the run with its pauses lies in its window",
        _waiting(replace(WAITS, windows=(Window(3, 11, "run"),))),
        {(4, PAUSED): True, (5, PAUSED): False},
    ),
    (
        "people may be away while it waits",
        _waiting_for(staff("ann", "operator", shifts=(Window(0, 6), Window(9, 11)))),
        {(4, PAUSED): True, (5, PAUSED): False},
    ),
    (
        "people may be on another duty while it waits",
        _waiting(
            replace(WAITS, needs=OPERATOR),
            pinned("b", 6, 3, on="hall", needs=OPERATOR, people=(("ann",),)),
            people=(ANN,),
        ),
        {(4, PAUSED): True, (2, UNBROKEN): True},
    ),
    (
        "people are there whenever it works",
        _waiting_for(staff("ann", "operator", absences=(Window(10, 11),))),
        {(3, PAUSED): True, (4, PAUSED): False},
    ),
    (
        "a participant may be elsewhere while it waits",
        _waiting(
            replace(WAITS, participants=("ann",)),
            pinned("b", 6, 3, on="hall", participants=("ann",)),
            people=(ANN,),
        ),
        {(4, PAUSED): True},
    ),
    (
        "a participant is there whenever it works",
        _waiting(
            replace(WAITS, participants=("ann",)),
            pinned("b", 10, 1, on="hall", participants=("ann",)),
            people=(ANN,),
        ),
        {(3, PAUSED): True, (4, PAUSED): False},
    ),
    (
        "nothing is drawn while it waits",
        _waiting(
            replace(WAITS, draws=(Draw("power", 2),)),
            utilities=(
                Utility("power", (Level(0, 6, 2), Level(6, 9, 1), Level(9, 12, 2), Level(12, 20, 1))),
            ),
        ),
        {(4, PAUSED): True, (5, PAUSED): True, (9, UNBROKEN): False},
    ),
    (
        "each stretch of work is a duty of its day",
        week(
            replace(WAITS, needs=OPERATOR),
            people=(staff("ann", "operator", max_day=2),),
            days=DAYS,
            resources=_lab(open=(Window(0, 8), Window(11, 20))),
        ),
        {(6, PAUSED): True, (5, PAUSED): False, (7, PAUSED): False},
    ),
    (
        "rest lies between two stretches of work on two days",
        week(
            replace(WAITS, needs=OPERATOR),
            people=(staff("ann", "operator", min_rest=3),),
            days=DAYS,
            resources=_lab(open=(Window(0, 8), Window(11, 20))),
        ),
        {(6, PAUSED): True},
    ),
    (
        "too little rest between two stretches of work on two days",
        week(
            replace(WAITS, needs=OPERATOR),
            people=(staff("ann", "operator", min_rest=4),),
            days=DAYS,
            resources=_lab(open=(Window(0, 8), Window(11, 20))),
        ),
        {(6, PAUSED): False, (11, UNBROKEN): True},
    ),
    ("one person for a short duty", _relieved(ANN, longest=4), {(0, 4): True}),
    ("nobody follows upon oneself", _relieved(ANN, longest=3), {(0, 4): False}),
    ("two relieve each other", _relieved(ANN, BOB, longest=1), {(0, 4): True}),
    ("each duty has so many", _relieved(ANN, BOB, CHEN, longest=2, count=2), {(0, 4): False}),
    ("each duty has enough", _relieved(ANN, BOB, CHEN, DANA, longest=2, count=2), {(0, 4): True}),
    (
        "a shift covers the duty, not the phase",
        _relieved(
            staff("ann", "operator", shifts=(Window(3, 5),)),
            staff("bob", "operator", shifts=(Window(5, 7),)),
            longest=2,
        ),
        {(2, 4): False, (3, 4): True, (4, 4): False},
    ),
    (
        "a qualification covers the duty, not the phase",
        _relieved(staff("ann", "operator", until=9), BOB, longest=2),
        {(7, 4): True, (8, 4): False},
    ),
    (
        "each duty counts for the day",
        _relieved(staff("ann", "operator", max_day=1), BOB, longest=1),
        {(0, 4): False},
    ),
    (
        "each duty counts for the day and is enough",
        _relieved(staff("ann", "operator", max_day=2), staff("bob", "operator", max_day=2), longest=1),
        {(0, 4): True},
    ),
    (
        "duties are of equal length rounded up",
        _relieved(
            staff("ann", "operator", shifts=(Window(0, 2), Window(4, 5))),
            staff("bob", "operator", shifts=(Window(2, 4),)),
            longest=3,
        ),
        {(0, 4): True, (1, 4): False},
    ),
    (
        "of a run that waits the ticks of work are shared",
        _waiting_for(
            staff("ann", "operator", shifts=(Window(0, 6),)),
            staff("bob", "operator", shifts=(Window(9, 20),)),
            need=Need("operator", longest=2),
        ),
        {(4, PAUSED): True, (3, PAUSED): False, (5, PAUSED): False},
    ),
)

CLOSED_CASES = [
    Case(f"{name} at {start} for {ticks}", problem, start, fits, ticks)
    for name, problem, places in _TABLE
    for (start, ticks), fits in places.items()
]
