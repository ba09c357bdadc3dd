"""Every rule once: a small problem, one activity ``x`` in it, and where it may start.

The others are pinned. Each case stands on one side of an edge; the tests hold the state, the CP-SAT
model and `verify` to the same table.
"""

from dataclasses import replace

from solver.problem import (
    Changeover,
    Draw,
    Group,
    Level,
    Mode,
    Need,
    Person,
    Pin,
    PrecedenceLag,
    Qualification,
    Resource,
    Utility,
    Window,
)
from tests.solver.cases import Case
from tests.solver.plans import HALL, LAB, activity, week


def pinned(name, start, length=4, *, people=None, mode="m", **fields):
    given = activity(name, length, **fields)
    if people is None and not given.needs:
        people = ()
    return replace(given, pin=Pin(start, length, mode, people))


def staff(name, *qualifications, until=20, **fields):
    held = tuple(Qualification(q, 0, until) for q in qualifications)
    return Person(name, held, **fields)


X = activity("x", 4)
OPERATOR = (Need("operator"),)
HOT_COLD = (Changeover("hot", "cold", 3), Changeover("cold", "hot", 2))
POWER = Utility("power", (Level(0, 10, 3), Level(10, 20, 2)))
DAYS = (Window(0, 10), Window(10, 20))
NITROGEN = Utility("LN2", (Level(0, 10, 3), Level(10, 20, 1)), per="day")


def _people(*persons, needs=OPERATOR, others=(), **fields):
    return week(replace(X, needs=needs), *others, people=persons, days=DAYS, weeks=(Window(0, 20),), **fields)


def _with_other(other, x=X, **fields):
    return week(x, other, **fields)


def _lab(**fields):
    return (replace(LAB, **fields), HALL)


def _after(before, **fields):
    return week(X, before, precedences=(PrecedenceLag(before.id, "x", **fields),))


def _before(after, **fields):
    return week(X, after, precedences=(PrecedenceLag("x", after.id, **fields),))


ON_DUTY = pinned("b", 0, 4, on="hall", needs=OPERATOR, people=(("ann",),))

_TABLE = (
    ("horizon", week(X), {16: True, 17: False}),
    ("release", week(replace(X, release=3)), {2: False, 3: True}),
    ("deadline", week(replace(X, deadline=9)), {5: True, 6: False}),
    ("window that binds the whole", week(replace(X, setup=1, windows=(Window(2, 8),))), {2: True, 1: False}),
    (
        "window that binds the run",
        week(replace(X, setup=1, teardown=1, windows=(Window(2, 6, "run"),))),
        {0: False, 1: True, 2: False},
    ),
    (
        "touching windows stand alone",
        week(replace(X, windows=(Window(0, 6), Window(6, 12)))),
        {2: True, 4: False},
    ),
    (
        "window of the mode",
        week(activity("x", modes=(Mode("m", ("lab",), windows=(Window(5, 9),)),))),
        {5: True, 6: False},
    ),
    (
        "opening hours",
        week(X, resources=_lab(open=(Window(2, 6), Window(6, 9)))),
        {1: False, 5: True, 6: False},
    ),
    ("outage", week(X, resources=_lab(outages=(Window(6, 8),))), {2: True, 3: False, 7: False, 8: True}),
    ("no overlap", _with_other(pinned("b", 6)), {2: True, 3: False, 9: False, 10: True}),
    (
        "setup and teardown occupy",
        _with_other(pinned("b", 6, setup=1, teardown=1), replace(X, setup=1)),
        {1: True, 2: False, 11: False, 12: True},
    ),
    (
        "capacity",
        week(
            activity("x", 4, modes=(Mode("m", ("hall",), (2,)),)),
            pinned("b", 6, 4, modes=(Mode("m", ("hall",), (1,)),)),
            pinned("c", 6, 2, modes=(Mode("m", ("hall",), (1,)),)),
        ),
        {2: True, 3: False, 7: False, 8: True},
    ),
    (
        "all resources of a mode at once",
        week(
            activity("x", modes=(Mode("m", ("lab", "pit")),)),
            pinned("b", 6, on="pit"),
            resources=(LAB, HALL, Resource("pit")),
        ),
        {2: True, 3: False},
    ),
    (
        "changeover after",
        _with_other(
            pinned("b", 2, configuration="hot"),
            replace(X, configuration="cold"),
            resources=_lab(changeovers=HOT_COLD),
        ),
        {8: False, 9: True},
    ),
    (
        "changeover before",
        _with_other(
            pinned("b", 12, configuration="hot"),
            replace(X, configuration="cold"),
            resources=_lab(changeovers=HOT_COLD),
        ),
        {6: True, 7: False},
    ),
    (
        "changeover from the state at tick 0",
        week(replace(X, configuration="cold"), resources=_lab(changeovers=HOT_COLD, configuration="hot")),
        {2: False, 3: True},
    ),
    (
        "no changeover within a configuration",
        _with_other(
            pinned("b", 2, configuration="hot"),
            replace(X, configuration="hot"),
            resources=_lab(changeovers=HOT_COLD),
        ),
        {6: True},
    ),
    ("qualification", _people(staff("ann", "inspector")), {0: False}),
    ("qualification that ends", _people(staff("ann", "operator", until=9)), {5: True, 6: False}),
    (
        "shift",
        _people(staff("ann", "operator", shifts=(Window(2, 5), Window(5, 9)))),
        {1: False, 5: True, 6: False},
    ),
    ("absence", _people(staff("ann", "operator", absences=(Window(6, 7),))), {2: True, 3: False, 7: True}),
    (
        "nobody works twice at once",
        _people(staff("ann", "operator"), others=(replace(ON_DUTY, pin=replace(ON_DUTY.pin, start=6)),)),
        {2: True, 3: False, 10: True},
    ),
    (
        "different people for one need",
        _people(staff("ann", "operator"), needs=(Need("operator", 2),)),
        {0: False},
    ),
    (
        "different people for two needs",
        _people(
            staff("ann", "operator", "inspector"),
            staff("bob", "operator"),
            needs=(Need("operator"), Need("inspector")),
        ),
        {0: True},
    ),
    (
        "one person for two needs at once",
        _people(staff("ann", "operator", "inspector"), needs=(Need("operator"), Need("inspector"))),
        {0: False},
    ),
    (
        "one person for two phases",
        week(
            replace(X, setup=2, needs=(Need("operator", 1, "setup"), Need("operator", 1, "run"))),
            people=(staff("ann", "operator"),),
        ),
        {0: True},
    ),
    (
        "need of a phase",
        week(
            replace(X, setup=2, needs=(Need("operator", 1, "setup"),)),
            people=(staff("ann", "operator", shifts=(Window(5, 7),)),),
        ),
        {4: False, 5: True, 6: False},
    ),
    (
        "a phase without length needs nobody",
        week(
            replace(X, needs=(Need("operator", 1, "setup"),)),
            people=(staff("ann", "operator", shifts=(Window(5, 7),)),),
        ),
        {0: True},
    ),
    (
        "duty in a day",
        _people(staff("ann", "operator", max_day=7), others=(ON_DUTY,)),
        {5: False, 9: False, 10: True},
    ),
    (
        "duty in a day that suffices",
        _people(staff("ann", "operator", max_day=8), others=(ON_DUTY,)),
        {5: True},
    ),
    ("duty in a week", _people(staff("ann", "operator", max_week=7), others=(ON_DUTY,)), {10: False}),
    (
        "rest",
        _people(staff("ann", "operator", min_rest=8), others=(ON_DUTY,)),
        {5: True, 11: False, 12: True},
    ),
    (
        "participant elsewhere",
        week(
            replace(X, participants=("ann",)),
            pinned("b", 6, on="hall", participants=("ann",)),
            people=(staff("ann"),),
        ),
        {2: True, 3: False},
    ),
    (
        "participant on duty",
        week(
            replace(X, participants=("ann",)),
            replace(ON_DUTY, pin=replace(ON_DUTY.pin, start=6)),
            people=(staff("ann", "operator"),),
        ),
        {2: True, 3: False},
    ),
    (
        "participant absent",
        week(replace(X, setup=1, participants=("ann",)), people=(staff("ann", absences=(Window(0, 3),)),)),
        {1: False, 2: True},
    ),
    (
        "participant off shift",
        week(replace(X, participants=("ann",)), people=(staff("ann", shifts=(Window(0, 3),)),)),
        {5: True},
    ),
    (
        "a participant meets no need of the run",
        week(replace(X, needs=OPERATOR, participants=("ann",)), people=(staff("ann", "operator"),)),
        {0: False},
    ),
    (
        "utility",
        _with_other(
            pinned("b", 2, on="hall", draws=(Draw("power", 2),)),
            replace(X, draws=(Draw("power", 2),)),
            utilities=(POWER,),
        ),
        {5: False, 6: True},
    ),
    (
        "utility that falls",
        week(replace(X, draws=(Draw("power", 3),)), utilities=(POWER,)),
        {6: True, 7: False},
    ),
    (
        "utility drawn in the setup",
        week(replace(X, setup=2, draws=(Draw("power", 3, "setup"),)), utilities=(POWER,)),
        {8: True, 9: False},
    ),
    (
        "two draws of one utility",
        week(replace(X, draws=(Draw("power", 2), Draw("power", 1, "all"))), utilities=(POWER,)),
        {6: True, 7: False},
    ),
    (
        "daily budget",
        _with_other(
            pinned("b", 0, on="hall", draws=(Draw("LN2", 2),)),
            replace(X, draws=(Draw("LN2", 1),)),
            utilities=(NITROGEN,),
            days=DAYS,
        ),
        {5: True, 10: True},
    ),
    (
        "daily budget that is used up",
        _with_other(
            pinned("b", 0, on="hall", draws=(Draw("LN2", 3),)),
            replace(X, draws=(Draw("LN2", 1),)),
            utilities=(NITROGEN,),
            days=DAYS,
        ),
        {9: False, 10: True},
    ),
    (
        "group",
        week(
            replace(X, setup=1, groups=("crew",)),
            pinned("b", 6, on="hall", groups=("crew",)),
            groups=(Group("crew"),),
        ),
        {1: True, 2: False, 8: False, 9: True},
    ),
    ("least lag", _after(pinned("b", 2, on="hall"), min_lag=2), {7: False, 8: True}),
    ("most lag", _after(pinned("b", 2, on="hall"), max_lag=3), {9: True, 10: False}),
    ("least lag to what comes after", _before(pinned("b", 12, on="hall"), min_lag=2), {6: True, 7: False}),
    ("most lag to what comes after", _before(pinned("b", 12, on="hall"), max_lag=3), {4: False, 5: True}),
    ("same resource", _after(pinned("b", 2), same_resource=True), {6: True}),
    ("another resource", _after(pinned("b", 2, on="hall"), same_resource=True), {6: False}),
)

CASES = [
    Case(f"{name} at {start}", problem, start, fits)
    for name, problem, starts in _TABLE
    for start, fits in starts.items()
]
