"""What a resource or a utility has left."""

from solver.problem import Resource
from solver.state.index import Index
from solver.state.lines import Budget, Line, Pool
from solver.state.masks import interval, ticks
from tests.solver.plans import activity, week
from tests.solver.rules import DAYS, HOT_COLD, NITROGEN


def index_of(**fields):
    return Index(week(activity("x"), **fields))


def test_a_line_blocks_changeovers_by_configuration():
    index = index_of(resources=(Resource("lab", changeovers=HOT_COLD, configuration="cold"),))
    line = Line(index, "lab")
    line.hold((8, 10), "hot", "b")
    # From cold at tick 0, then so early that hot can follow, and from hot so late that cold can.
    assert line.blocked("hot") == interval(0, 2) | interval(8, 10)
    assert line.blocked("cold") == interval(8 - 2, 10 + 3)
    assert line.blocked(None) == line.busy == interval(8, 10)
    assert line.changeover_ticks() == 2
    line.release((8, 10), "hot", "b")
    assert line.blocked("cold") == 0


def test_what_was_over_before_tick_0_needs_no_changeover():
    index = index_of(resources=(Resource("lab", changeovers=HOT_COLD),))
    line = Line(index, "lab")
    line.hold((-4, 0), "hot", "b")
    line.hold((5, 6), "cold", "c")
    assert line.changeover_ticks() == 0


def test_a_pool_counts_units():
    index = index_of()
    pool = Pool(index, [(0, 10, 3), (10, 20, 1)])
    pool.hold((-2, 4), 2)
    assert list(ticks(pool.mask(2))) == list(range(4, 10))
    assert pool.mask(1) == interval(0, 20)
    pool.hold((-2, 4), -2)
    assert pool.mask(3) == interval(0, 10)


def test_a_budget_is_for_the_day():
    index = index_of(utilities=(NITROGEN,), days=DAYS)
    budget = Budget(index, "LN2")
    assert budget.mask(1) == interval(0, 20)
    budget.hold(4, 3)
    assert budget.mask(1) == interval(10, 20)
    assert budget.mask(2) == 0
